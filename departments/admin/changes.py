"""What an event of the administration says: which fields changed, from what to what, in the row and within it.

The detail holds the act (add, change, delete), ``fields`` as name → [before, after], and ``rows`` for the rows within
the row. Choices are kept as their codes, foreign keys as the words of the row they pointed to, so that the trail reads
the same when that row is gone. Passwords are no field of a model's form and never get here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models

# A clause's text is a few hundred characters; a whole document has its own version row and digest.
LONGEST = 2000
SECRET = {"password"}


def words(value: Any) -> Any:
    """``value`` as JSON keeps it."""
    if value is None or isinstance(value, (bool, int, float, list, dict)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)[:LONGEST]


def changes_of(form: forms.ModelForm, formsets: Any, *, add: bool) -> dict[str, Any]:
    """The detail of an event about a form and its formsets that have just been saved."""
    return {
        "act": "add" if add else "change",
        "fields": _fields(form, add=add),
        "rows": [row for formset in formsets for row in _rows(formset)],
    }


def changed(**fields: tuple[Any, Any]) -> dict[str, Any]:
    """The detail of a change made by a program: ``changed(is_confirmed=(False, True))``."""
    return {
        "act": "change",
        "fields": {name: [words(before), words(after)] for name, (before, after) in fields.items()},
        "rows": [],
    }


def added(row: models.Model) -> dict[str, Any]:
    return {"act": "add", "fields": {name: [None, value] for name, value in _snapshot(row).items()}, "rows": []}


def deleted(row: models.Model) -> dict[str, Any]:
    """The detail of a deletion: the whole row as it was."""
    return {"act": "delete", "fields": {name: [value, None] for name, value in _snapshot(row).items()}, "rows": []}


def _snapshot(row: models.Model) -> dict[str, Any]:
    return {
        field.name: words(getattr(row, field.name))
        for field in row._meta.concrete_fields
        if field.name not in SECRET and not field.primary_key
    }


def _fields(form: forms.ModelForm, *, add: bool) -> dict[str, list[Any]]:
    fields: dict[str, list[Any]] = {}
    for name in form.changed_data:
        try:
            form._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if name not in SECRET:
            fields[name] = [None if add else _before(form, name), words(form.cleaned_data.get(name))]
    return fields


def _before(form: forms.ModelForm, name: str) -> Any:
    value = form.get_initial_for_field(form.fields[name], name)
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField) and value is not None and field.queryset is not None:
        # The row may lie outside what this person may choose now.
        value = field.queryset.model._base_manager.filter(pk=getattr(value, "pk", value)).first()
    return words(value)


def _rows(formset: Any) -> list[dict[str, Any]]:
    label = formset.model._meta.label_lower
    rows = []
    gone = set(map(id, formset.deleted_objects))
    new = set(map(id, formset.new_objects))
    touched = {id(row) for row, _fields_changed in formset.changed_objects}
    for form in formset.forms:
        row = form.instance
        if id(row) in gone:
            detail = deleted(row)
        elif id(row) in new:
            detail = {"act": "add", "fields": _fields(form, add=True), "rows": []}
        elif id(row) in touched:
            detail = {"act": "change", "fields": _fields(form, add=False), "rows": []}
        else:
            continue
        rows.append({"model": label, "title": str(row)[:200], **detail})
    return rows
