"""Fields of text for the ledger: cleaned as people see it, and refused where the numbers of people stand in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from departments.sensitive import refuse_sensitive
from reporting.plain_text import as_people_see

_MOST_CHARACTERS = 20_000


def _as_people_see(value: Any) -> str:
    """What somebody typed or pasted, as the ledger keeps it.

    Raises ValidationError for a NUL: no program copies one; whoever sends it is told so, and nothing is saved.
    """
    text = "" if value is None else str(value)
    if "\x00" in text:
        raise ValidationError(_("含有无法保存的空字符，请重新粘贴为纯文本。"), code="null_characters_not_allowed")
    return as_people_see(text)


class PlainTextField(forms.CharField):
    """Text for the ledger, as it is pasted from Word: refuses the numbers of people, keeps lines, tabs and emoji.

    Control characters (but NUL, which is refused) and characters of no width go, every kind of line break becomes
    one, and a fixed space an ordinary one, so that searching and comparing do not stumble over what nobody sees.
    """

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        self.most = kwargs.pop("max_length", _MOST_CHARACTERS)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        # No max_length and so no maxlength: the browser would cut what is pasted without a word. The server refuses
        # it and keeps it all.
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        # Before the ends are trimmed, and before the limit: browsers send two characters for each line break.
        return super().to_python(_as_people_see(value)) or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            message = _("最多%(most)d字，现在有%(count)d字。请精简，或把全文作为附件上传。")
            raise ValidationError(message, code="max_length", params={"most": self.most, "count": len(value)})

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        refuse_sensitive(text)
        return text


class LineField(PlainTextField):
    """Text of one line, cleaned and refused like PlainTextField: whatever breaks was pasted into it is a space."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput())
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class DayField(forms.DateField):
    """A date, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


def refuse_after_next_year(day: date, year: int) -> None:
    """Raise ValidationError for a day that something of ``year`` is not due any more: as far as deadlines are moved."""
    latest = date(year + 1, 12, 31)
    if day > latest:
        raise ValidationError(_("最迟到%(day)s。"), code="too_far", params={"day": latest.isoformat()})
