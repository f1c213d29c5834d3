"""What an official document (公文) consists of, whatever it is printed with.

All values are plain and frozen. Every text is cleaned when it is put in (``characters.clean``), so what is once a
document can be written as Word, as a page and as JSON without looking again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from .characters import clean

DEEPEST_LEVEL = 4


class ColumnKind(StrEnum):
    """How the cells of a column stand."""

    TEXT = "text"
    NUMBER = "number"
    CENTRED = "centred"


class Form(StrEnum):
    """Where signatory and date stand: under the text (and under the seal), or at the head, as minutes have it."""

    LETTER = "letter"
    MINUTES = "minutes"


class _Cleaned:
    """Cleans the texts of a frozen dataclass when it is made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # only dataclasses inherit this
            value = getattr(self, field.name)
            cleaned = _cleaned(value)
            if cleaned is not value:
                object.__setattr__(self, field.name, cleaned)


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(inner) for inner in value)
    return value


@dataclass(frozen=True, slots=True)
class Heading(_Cleaned):
    """A heading with its number as written: 一、 is level 1, （一） 2, 1. 3, （1） 4.

    ``run_on`` is text that goes on in the same line: 「（一）加强领导。各单位要……」.
    """

    level: int
    text: str
    run_on: str = ""

    def __post_init__(self) -> None:
        _Cleaned.__post_init__(self)
        if not 1 <= self.level <= DEEPEST_LEVEL:
            raise ValueError(f"level of a heading: {self.level}")


@dataclass(frozen=True, slots=True)
class Paragraph(_Cleaned):
    """A paragraph of the text; ``\\n`` inside is a line break."""

    text: str


@dataclass(frozen=True, slots=True)
class Labelled(_Cleaned):
    """A label and what belongs to it, lines aligned behind the colon: 「出席：市公安局　张三」."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Column(_Cleaned):
    """A column; ``width`` is its share of the table beside the other columns' widths."""

    title: str
    width: int = 1
    kind: ColumnKind = ColumnKind.TEXT

    def __post_init__(self) -> None:
        _Cleaned.__post_init__(self)
        if self.width < 1:
            raise ValueError(f"width of a column: {self.width}")


@dataclass(frozen=True, slots=True)
class Table(_Cleaned):
    """A table; every row has a text for every column. ``landscape`` asks for a page of its own across the sheet."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    landscape: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        _Cleaned.__post_init__(self)
        if not self.columns:
            raise ValueError("a table without columns")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row of a table has more or fewer cells than there are columns")

    @property
    def is_small(self) -> bool:
        """Whether it is set in 五号, as there is much to go beside each other, and not in 小四."""
        return self.landscape or len(self.columns) > 4


Block = Heading | Paragraph | Labelled | Table


@dataclass(frozen=True, slots=True)
class Annex(_Cleaned):
    """附件: begins on a new page. Its number follows from its place among the annexes."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def is_landscape(self) -> bool:
        """Whether the whole annex lies across the sheet: it has tables, and all of them ask for it."""
        tables = [block for block in self.blocks if isinstance(block, Table)]
        return bool(tables) and all(table.landscape for table in tables)


@dataclass(frozen=True, slots=True)
class Document(_Cleaned):
    """An official document.

    ``title``: ``\\n`` where lines must break, otherwise they are broken where the words allow.
    ``addressee``: with or without its colon. ``closing``: the last sentence (特此报告。).
    ``signed_on``: ``None`` leaves room to write the date by hand.
    ``number``: 文号, as 「渝反拐办〔2026〕5号」. ``masthead``: 发文机关标志, in red.
    ``annexes`` are printed with the document; ``attachments`` names what goes with it as files. Both are listed below
    the text, annexes first. ``copies_to``: 抄送. ``issued_by``, ``issued_on``: 印发机关 and 印发日期.
    ``note``: 附注, printed in brackets. ``is_sealed``: a seal goes over signatory and date.
    """

    title: str
    addressee: str
    blocks: tuple[Block, ...]
    signatory: str
    signed_on: date | None
    number: str = ""
    masthead: str = ""
    closing: str = ""
    annexes: tuple[Annex, ...] = ()
    attachments: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    issued_by: str = ""
    issued_on: date | None = None
    note: str = ""
    form: Form = Form.LETTER
    is_sealed: bool = True
    is_draft: bool = False

    @property
    def enclosures(self) -> tuple[str, ...]:
        """What 附件说明 lists, in its order."""
        return tuple(annex.title for annex in self.annexes) + self.attachments
