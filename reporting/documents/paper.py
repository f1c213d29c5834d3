"""The sheet that GB/T 9704-2012 prescribes, in the units of Word (twips: 1/20 point, 1/1440 inch).

A4; margins of 37 mm above (天头), 28 mm left (订口), 26 mm right and 35 mm below; in between 156 × 225 mm of text
(版心) with 22 lines of 28 characters of 16 points (3号).
"""

from __future__ import annotations

from dataclasses import dataclass


def millimetres(value: float) -> int:
    """Millimetres in twips."""
    return round(value * 1440 / 25.4)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with its margins; ``footer`` is how far the foot of the page number is from the edge."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int
    footer: int

    @property
    def text_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def text_height(self) -> int:
        return self.height - self.top - self.bottom


# The dash of the page number lies 7 mm below the text, so its line of 14 points ends 2.47 mm lower.
UPRIGHT = Sheet(width=11906, height=16838, top=2098, right=1474, bottom=1984, left=1588, footer=millimetres(25.5))
# Turned so that the head of a wide table is at the binding edge: 天头 is right, 订口 is above (GB/T 9704-2012, 8).
ACROSS = Sheet(width=16838, height=11906, top=1588, right=2098, bottom=1474, left=1984, footer=millimetres(15))

LINES, CHARACTERS = 22, 28
# Rounded down: at 580 twips the last line would not fit, as at -848 the last character.
LINE = UPRIGHT.text_height // LINES
BODY_POINTS = 16
CHARACTER_SPACE = -849  # in 1/4096 of a point: 15.793 points for each character of 16
# In twips, for what is not set on the grid: 28 characters fill a line once it is justified, 29 do not fit.
BODY_SPACING = -6
CHARACTER = UPRIGHT.text_width / CHARACTERS


def characters(count: float) -> int:
    """So many characters of the text in twips."""
    return round(count * CHARACTER)
