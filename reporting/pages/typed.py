"""What somebody has sent in a form whose page has no place for it any more, right or wrong, to be copied."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from reporting.pages.papers import kept_of
from reporting.plain_text import as_people_see


def kept_in(*sent: forms.Form | None) -> list[dict[str, Any]]:
    """Every visible field of the forms that says something, as it was typed: nothing need be valid."""
    fields = [field for form in sent if form is not None for field in form.visible_fields()]
    return kept_of([(field.label, words_of(field)) for field in fields])


def words_of(field: forms.BoundField) -> str:
    """What was typed, or the words of what was chosen. A choice that the page did not offer nobody has made."""
    given = field.data
    if isinstance(field.field, forms.FileField) or given is None or given is False:
        return ""
    if given is True:
        return _("是")
    if isinstance(field.field, forms.ChoiceField):
        words = {str(value): str(label) for value, label in field.field.choices}  # type: ignore[misc, union-attr]
        chosen = given if isinstance(given, list) else [given]
        return _("、").join(words[str(one)] for one in chosen if str(one) and str(one) in words)
    return as_people_see(str(given))
