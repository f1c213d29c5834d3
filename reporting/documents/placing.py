"""Where signatory and date stand, and how enclosures are numbered; for Word and for the page alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .characters import width
from .content import Document
from .paper import CHARACTERS
from .wording import chinese_date, listed

DRAFT_MARK = "（草稿）"

_BLANK_DATE = "　　年　月　日"
_DATE_GAP = 4.0
_LEAST_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Signing:
    """Signatory and date with their indents, in characters from the edges of the text.

    Sealed: the date keeps ``date_right`` free on its right, the signatory is centred between ``left`` and the right
    edge less ``right``. Not sealed: both begin at their ``left``.
    """

    signatory: tuple[str, ...]
    date: str
    left: float
    right: float
    date_left: float
    date_right: float
    is_long: bool


def date_text(day: date | None) -> str:
    """The date, or room for one that is written by hand."""
    return chinese_date(day) if day else _BLANK_DATE


def signing_of(document: Document) -> Signing:
    """Signatory and date by GB/T 9704-2012, 7.3.5.

    With a seal (7.3.5.1) the date keeps four characters free on its right and the signatory is centred over it; a
    signatory too long for that keeps two free, and the date moves to the middle below it. Without (7.3.5.2) the
    signatory keeps two free and the date begins two characters further right; a date that would then come closer to
    the edge than two characters moves both to the left.
    """
    lines = tuple(line.strip() for line in document.signatory.split("\n") if line.strip())
    day = date_text(document.signed_on)
    longest = min(max((width(line) for line in lines), default=0.0), float(CHARACTERS))
    date_width = width(day)
    if not document.is_sealed:
        left = max(CHARACTERS - _LEAST_GAP - max(longest, date_width + 2), 0.0)
        return Signing(lines, day, left, 0.0, left + 2, 0.0, is_long=False)
    middle = _DATE_GAP + date_width / 2
    is_long = longest / 2 + _LEAST_GAP > middle
    if is_long:
        middle = min(longest / 2 + _LEAST_GAP, CHARACTERS / 2)
    return Signing(lines, day, CHARACTERS - 2 * middle, 0.0, 0.0, middle - date_width / 2, is_long)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A line of 附件说明: 「附件：」 on the first, a number where there are several."""

    label: str
    number: str
    name: str


def enclosures_of(document: Document) -> tuple[Enclosure, ...]:
    """The lines of 附件说明, in the order of the annexes and then of the accompanying files."""
    names = document.enclosures
    return tuple(
        Enclosure("附件：" if place == 1 else "", f"{place}." if len(names) > 1 else "", name.strip().rstrip("。；，"))
        for place, name in enumerate(names, start=1)
    )


def annex_label(document: Document, place: int) -> str:
    """「附件」, or 「附件2」 where several enclosures are listed."""
    return f"附件{place}" if len(document.enclosures) > 1 else "附件"


def addressee_of(document: Document) -> str:
    """主送机关 with its full-width colon."""
    return document.addressee.strip().rstrip(":：") + "："


def copies_of(document: Document) -> str:
    """抄送机关 with the full stop behind the last; nothing if there is none."""
    return listed(document.copies_to).rstrip("。") + "。" if document.copies_to else ""
