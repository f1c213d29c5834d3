"""What the cells of a column mean: days, numbers, yes or no, words of a closed set, other rows by their codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YES, _NO = {"是", "yes", "true", "1", "y"}, {"否", "no", "false", "0", "n"}
# Between the names in one cell.
SEPARATOR = "、"


class Column(Field):
    """A column of a sheet.

    ``is_reference``: written for the reader's sake; when it is filled in, it must say what the row says already.
    ``is_fact``: written for the reader's sake and not read at all, because it changes by itself.
    ``is_key``: says which row is meant, and is never written.
    ``is_needed``: a new row cannot do without it.
    ``keeps``: an empty cell leaves what is there, or what the model gives a new row.
    """

    def __init__(
        self,
        attribute: str,
        column_name: Any,
        widget: Widget | None = None,
        *,
        is_reference: bool = False,
        is_fact: bool = False,
        is_key: bool = False,
        is_needed: bool = False,
        keeps: bool = False,
    ) -> None:
        super().__init__(attribute, column_name, widget or Text(), saves_null_values=not keeps)
        self.readonly = is_reference or is_fact or is_key
        self.is_reference, self.is_fact, self.is_key, self.is_needed = is_reference, is_fact, is_key, is_needed
        self.keeps = keeps


class Text(Widget):
    """A text as it stands, without white space at its ends; empty is ``""``."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return str(value or "").strip()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else str(value)


class WholeNumber(Text):
    """Digits."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise ValueError(_("请填不带小数的数字，如「12」。"))
        return int(text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class Day(Text):
    """「2026-01-31」, 「2026/1/31」 or 「2026年1月31日」; written as the first."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            year, month, day = map(int, found.groups() if found else text.split())
            return date(year, month, day)
        except ValueError:
            raise ValueError(_("请填日期，如「2026-01-31」。")) from None


class YesNo(Text):
    """「是」 or 「否」."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        text = super().clean(value).casefold()
        if not text:
            return None
        if text not in _YES | _NO:
            raise ValueError(_("请填「是」或「否」。"))
        return text in _YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else "是" if value else "否"


class Word(Text):
    """One of a closed set, in the words that pages show: always written in Chinese, read in either language."""

    def __init__(self, choices: type[models.TextChoices]) -> None:
        super().__init__()
        self.choices = choices

    @cached_property
    def _words(self) -> dict[str, str]:
        # A sheet is the same whatever language whoever wrote it was reading.
        with translation.override(settings.LANGUAGE_CODE):
            return {choice.value: str(choice.label) for choice in self.choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value)
        known = {str(choice.label): choice.value for choice in self.choices}
        known |= {word: value for value, word in self._words.items()}
        if text and text not in known:
            raise ValueError(_("请填下列之一：%(words)s。") % {"words": SEPARATOR.join(self._words.values())})
        return known.get(text, "")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self._words.get(value, "") if value else ""


class Names(Text):
    """Several names in one cell, each once, in their order."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        names = (name.strip() for name in re.split(r"[、\n]", super().clean(value)))
        return list(dict.fromkeys(name for name in names if name))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return SEPARATOR.join(value or ())


class Code(Text):
    """Another row by its code. ``rows`` are those that may be meant; what is not among them does not exist."""

    def __init__(self, name: Any, by: str = "code") -> None:
        super().__init__()
        self.name, self.by = name, by
        self.rows: dict[str, Any] = {}

    def among(self, rows: Iterable[Any]) -> None:
        self.rows = {getattr(row, self.by): row for row in rows}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if text not in self.rows:
            raise ValueError(
                _("没有%(name)s「%(code)s」，或不在您的管理范围内。") % {"name": self.name, "code": text[:60]}
            )
        return self.rows[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(getattr(value, self.by))
