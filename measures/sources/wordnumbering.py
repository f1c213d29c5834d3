"""The numbers that Word generates in front of paragraphs (numbering.xml), as they are printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from .counting import WORD_FORMATS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
# Wingdings and Symbol, where Word takes its bullets from, lie in the private area: only their being there counts.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_CLOSES = "、，．。：；）)】〕》①②③④⑤⑥⑦⑧⑨⑩"


@dataclass(slots=True)
class Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    is_legal: bool = False
    # 1-based level whose paragraphs make this one start again; 0: none does; None: every level above.
    restart: int | None = None
    style: str | None = None


@dataclass(slots=True)
class _List:
    """One w:num: the levels of its abstract definition with its own changes."""

    abstract: str
    levels: dict[int, Level]
    start_overrides: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """Counts while a document is walked through; ``label`` must be asked once for each paragraph, in order."""

    lists: dict[str, _List] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _overridden: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def read(cls, root: Any, list_styles: dict[str, str]) -> Numbering:
        """From the root of numbering.xml; ``list_styles`` are the numbering styles and their w:numId."""
        abstracts = {element.get(f"{W}abstractNumId"): element for element in root.iterfind(f"{W}abstractNum")}
        numbers = {element.get(f"{W}numId"): element for element in root.iterfind(f"{W}num")}
        abstract_of = {key: _value(element, "abstractNumId") for key, element in numbers.items()}

        def resolve(abstract: str | None) -> str | None:
            # A definition may only point to a style, and the style to the list with the real one.
            for _ in range(LEVELS):
                element = abstracts.get(abstract)
                link = _value(element, "numStyleLink") if element is not None else None
                if link is None or link not in list_styles:
                    break
                abstract = abstract_of.get(list_styles[link])
            return abstract

        numbering = cls()
        for key, element in numbers.items():
            abstract = resolve(abstract_of[key])
            definition = abstracts.get(abstract)
            if key is None or abstract is None or definition is None:
                continue
            levels = {_whole(level.get(f"{W}ilvl"), 0): _level(level) for level in definition.iterfind(f"{W}lvl")}
            starts: dict[int, int] = {}
            for override in element.iterfind(f"{W}lvlOverride"):
                index = _whole(override.get(f"{W}ilvl"), 0)
                if (own := override.find(f"{W}lvl")) is not None:
                    levels[index] = _level(own)
                if (start := _value(override, "startOverride")) is not None:
                    starts[index] = _whole(start, 1)
                    levels[index] = replace(levels.get(index, Level()), start=starts[index])
            numbering.lists[key] = _List(abstract, levels, starts)
        return numbering

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a list keeps for a paragraph style."""
        known = self.lists.get(number)
        return next((index for index, level in known.levels.items() if level.style == style), 0) if known else 0

    def label(self, number: str, index: int) -> str:
        """The number in front of the next paragraph of this list and level, with what stands between it and the text."""
        known = self.lists.get(number)
        if known is None or not 0 <= index < LEVELS or index not in known.levels:
            return ""
        level = known.levels[index]
        counts = self._counts.setdefault(known.abstract, [None] * LEVELS)
        if index in known.start_overrides and (number, index) not in self._overridden:
            counts[index] = known.start_overrides[index]
            self._overridden.add((number, index))
        else:
            current = counts[index]
            counts[index] = level.start if current is None else current + 1
        for deeper in range(index + 1, LEVELS):
            restart = known.levels.get(deeper, Level()).restart
            if restart is None or (restart and index < restart):
                counts[deeper] = None
        return _printed(known, index, counts)


def _printed(known: _List, index: int, counts: list[int | None]) -> str:
    level = known.levels[index]
    if level.format == "bullet":
        text = _PRIVATE.sub("•", level.text)
        return f"{text} " if text.strip() else ""

    def count(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        other = known.levels.get(place, Level())
        current = counts[place]
        format = "decimal" if level.is_legal and other.format != "none" else other.format
        return WORD_FORMATS.get(format, str)(other.start if current is None else current)

    text = _PLACE.sub(count, level.text)
    if not text:
        return ""
    # A tab or space behind 「一、」 only keeps the text apart, which the mark does already.
    return text if level.suffix == "nothing" or text[-1] in _CLOSES else f"{text} "


def _level(element: Any) -> Level:
    restart = _value(element, "lvlRestart")
    format_ = element.find(f"{W}numFmt")
    # Newer formats stand in an mc:AlternateContent, with decimal as the fallback.
    if format_ is None:
        format_ = next(iter(element.iter(f"{W}numFmt")), None)
    legal = element.find(f"{W}isLgl")
    return Level(
        start=_whole(_value(element, "start"), 0),
        format=(format_.get(f"{W}val") if format_ is not None else None) or "decimal",
        text=_value(element, "lvlText") or "",
        suffix=_value(element, "suff") or "tab",
        is_legal=legal is not None and legal.get(f"{W}val") not in ("0", "false", "off"),
        restart=_whole(restart, 0) if restart is not None else None,
        style=_value(element, "pStyle"),
    )


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{W}{name}")
    value = child.get(f"{W}val") if child is not None else None
    return str(value) if value is not None else None


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return max(-1, min(int(text or ""), 100_000))
    except ValueError:
        return otherwise
