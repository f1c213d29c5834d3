"""Styles of a Word document, as far as they give a paragraph its number or take a text away."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .wordnumbering import W

_CONTENTS = re.compile(r"(?:toc|目录)\s?\d", re.IGNORECASE)
_OFF = ("0", "false", "off")


@dataclass(slots=True)
class Styles:
    # Paragraph style → (numId, ilvl) as the style itself says, either None.
    numbers: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    # Numbering style → numId.
    lists: dict[str, str] = field(default_factory=dict)
    # Paragraph styles of a table of contents.
    contents: set[str] = field(default_factory=set)
    # Styles whose text is not printed.
    hidden: set[str] = field(default_factory=set)
    default: str | None = None

    @classmethod
    def read(cls, root: Any) -> Styles:
        """From the root of styles.xml, which may be missing (None)."""
        styles = cls()
        for element in root.iterfind(f"{W}style") if root is not None else ():
            key = element.get(f"{W}styleId") or ""
            kind = element.get(f"{W}type")
            based_on = element.find(f"{W}basedOn")
            if based_on is not None:
                styles.parents[key] = based_on.get(f"{W}val") or ""
            number = own_number(element.find(f"{W}pPr"))
            if kind == "numbering" and number[0]:
                styles.lists[key] = number[0]
            if is_on(element.find(f"{W}rPr/{W}vanish")):
                styles.hidden.add(key)
            if kind != "paragraph":
                continue
            if number != (None, None):
                styles.numbers[key] = number
            if element.get(f"{W}default") in ("1", "true", "on"):
                styles.default = key
            name = element.find(f"{W}name")
            if name is not None and _CONTENTS.fullmatch(name.get(f"{W}val") or ""):
                styles.contents.add(key)
        return styles

    def number_of(self, style: str | None) -> tuple[str | None, int | None, str | None]:
        """numId and ilvl by the style or the nearest that it is based on, and the style that says so."""
        number: str | None = None
        level: int | None = None
        source: str | None = None
        current = style or self.default
        for _ in range(20):
            if not current:
                break
            own = self.numbers.get(current, (None, None))
            if level is None:
                level = own[1]
            if own[0] is not None:
                number, source = own[0], current
                break
            current = self.parents.get(current)
        return number, level, source


def own_number(properties: Any) -> tuple[str | None, int | None]:
    """(numId, ilvl) of a w:pPr, each None where it says nothing."""
    if properties is None:
        return None, None
    number, level = properties.find(f"{W}numPr/{W}numId"), properties.find(f"{W}numPr/{W}ilvl")
    index = level.get(f"{W}val", "") if level is not None else ""
    return (
        number.get(f"{W}val") if number is not None else None,
        int(index) if index.isdigit() and len(index) < 3 else None,
    )


def is_on(element: Any) -> bool:
    """Whether a property like w:vanish is there and not switched off."""
    return element is not None and element.get(f"{W}val") not in _OFF
