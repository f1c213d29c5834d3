"""Markup as somebody hostile would write it, in every text that there is, and how to find it on a page."""

from __future__ import annotations

from html.parser import HTMLParser

from django.apps import apps
from django.db.models import CharField, Field, JSONField, Model, QuerySet, TextField

from tests import site

PAYLOAD = """<xss onxss=1>"onxss='onxss=&{{7*7}}"""
# What is part of an address or compared with something else than itself.
NOT_FREE = set(site.one_after_another("NOT_FREE"))
NOT_WRITABLE = set(site.one_after_another("NOT_WRITABLE"))


class Markup(HTMLParser):
    """Finds a tag or an attribute that came out of somebody's text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "xss" or any(name.startswith("onxss") for name, _value in attributes):
            self.found.append(self.get_starttag_text() or tag)


def is_free(field: Field) -> bool:
    """Whether people write what stands in this column."""
    if not isinstance(field, (CharField, TextField)) or isinstance(field, JSONField):
        return False
    return not field.choices and field.name not in NOT_FREE and (field.max_length or 999) >= 20


def mark_everything(payload: str) -> None:
    """Write the payload behind every free text of every row, past all forms and all rules of the models."""
    for app in ("departments", "measures", "reporting"):
        for model in apps.get_app_config(app).get_models():
            free = [field for field in model._meta.concrete_fields if is_free(field)]
            if free and model._meta.model_name not in NOT_WRITABLE:
                mark(model, free, payload)


def mark(model: type[Model], free: list[Field], payload: str) -> None:
    for row in model._base_manager.values("pk", *(field.name for field in free)):
        # Also a long text must end in markup; and a short one, which may be unique, begins as it was.
        texts = {field.name: f"{row[field.name]}{payload}"[: field.max_length] for field in free}
        QuerySet(model).filter(pk=row["pk"]).update(**texts)
