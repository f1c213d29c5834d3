"""What a report consists of: its sections by key, in the structure in which such reports are written.

The headings are plain Chinese and carry no number: a section that stays empty is not printed, and the numbers follow
from those that are (``numbered``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar

from reporting.documents.wording import heading_number

OVERVIEW, WORK, DISTRICTS, PROBLEMS, NEXT_STEPS = "overview", "work", "districts", "problems", "next_steps"

_LONGEST_KEY = 80
_LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it should be: ``text`` is what compiling found for it."""

    key: str
    level: int
    heading: str
    text: str = ""


class Leveled(Protocol):
    level: int


L = TypeVar("L", bound=Leveled)


def chapter_key(chapter: str) -> str:
    return _key("chapter", chapter)


def clause_key(path: str) -> str:
    return _key("clause", path)


def _key(kind: str, path: str) -> str:
    key = f"{kind}:{path}"
    # A path may be longer than a key; nobody reads it back.
    return key if len(key) <= _LONGEST_KEY else f"{kind}:#{sha256(path.encode()).hexdigest()[:60]}"


def structure(work: Iterable[Part], texts: dict[str, str] | None = None) -> list[Part]:
    """The four parts of a report, with ``work`` (levels 2 and 3) below the second; ``texts`` by key."""
    found = texts or {}
    return [
        Part(OVERVIEW, 1, "基本情况", found.get(OVERVIEW, "")),
        Part(WORK, 1, "主要工作及成效", found.get(WORK, "")),
        *(Part(part.key, part.level, part.heading[:_LONGEST_HEADING], part.text) for part in work),
        Part(PROBLEMS, 1, "存在的问题和困难", found.get(PROBLEMS, "")),
        Part(NEXT_STEPS, 1, "下一步工作打算", found.get(NEXT_STEPS, "")),
    ]


def numbered(sections: Iterable[L]) -> Iterator[tuple[str, L]]:
    """Each section with its number, as it stands among those given: 一、 （一） 1.

    A section of the third level under the same heading of the first counts from one again below each of the second.
    """
    places = [0, 0, 0, 0]
    for section in sections:
        level = min(max(section.level, 1), len(places))
        places[level - 1] += 1
        places[level:] = [0] * (len(places) - level)
        yield heading_number(level, places[level - 1]), section
