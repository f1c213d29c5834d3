"""Lines of a pdf page with what their places on the paper say: indentation, blank lines, gaps between columns."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import pypdfium2
from pypdfium2 import raw

# pdfium's own marks: a hyphen at the end of a line, and signs that stand for nothing.
_MARKS = frozenset(map(ord, "\ufffe\uffff\x02\x03\xad\u200b\ufeff\0"))
_LINE_ENDS = frozenset(map(ord, "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
_MAX_INDENT = 20


@dataclass(slots=True)
class PrintedLine:
    """One line; ``left`` and ``baseline`` in points from the page's lower left corner."""

    text: str = ""
    left: float = 0.0
    baseline: float = 0.0
    # From one ideograph to the next, in points.
    widths: list[float] = field(default_factory=list)


def page_lines(page: pypdfium2.PdfPage) -> list[PrintedLine]:
    """The lines that print something, in the order of the page's own text."""
    textpage = page.get_textpage()
    lines = [line for line in _Builder(textpage).lines() if line.text.strip()]
    textpage.close()
    page.close()
    return lines


def as_text(pages: Sequence[list[PrintedLine]]) -> str:
    """All pages' lines: two columns of indentation to each ideograph that a line begins further to the right, and a
    blank line where the paper has a gap."""
    everything = [line for lines in pages for line in lines]
    widths = [width for line in everything for width in line.widths]
    em = median(widths) if widths else 12.0
    # Lines wide enough to be of a paragraph tell where the margin is; left-most of the places that are common.
    places = Counter(round(line.left) for line in everything if len(line.text) >= 15)
    common = [place for place, times in places.items() if times >= max(2, len(everything) // 50)]
    gaps = [
        above.baseline - below.baseline
        for lines in pages
        for above, below in pairwise(lines)
        if above.baseline > below.baseline
    ]
    usual = median(gaps) if gaps else 0.0
    result: list[str] = []
    for lines in pages:
        margin = min(common, default=min((line.left for line in lines), default=0.0))
        # Facing pages of a bound paper lie further left and right.
        if lines and not any(abs(line.left - margin) < em / 2 for line in lines):
            margin = min(line.left for line in lines)
        above: PrintedLine | None = None
        for line in lines:
            if above is not None and usual and above.baseline - line.baseline > 1.6 * usual:
                result.append("")
            indent = round((line.left - margin) / em)
            result.append("\u3000" * max(0, min(indent, _MAX_INDENT)) + line.text.strip())
            above = line
    return "\n".join(result)


class _Builder:
    """Puts the characters of one page together."""

    def __init__(self, textpage: pypdfium2.PdfTextPage) -> None:
        self.page = textpage.raw
        self.count = max(0, raw.FPDFText_CountChars(self.page))
        self._box = raw.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def lines(self) -> list[PrintedLine]:
        lines: list[PrintedLine] = []
        line, parts, right = PrintedLine(), list[str](), 0.0
        last_x: float | None = None
        space_waiting = False
        high = 0
        for index in range(self.count):
            code = raw.FPDFText_GetUnicode(self.page, index)
            if code in _LINE_ENDS:
                line.text = "".join(parts)
                lines.append(line)
                line, parts, last_x, space_waiting = PrintedLine(), [], None, False
                continue
            if code in _MARKS or (code < 32 and code != 9):
                continue
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code, high = (0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0) if high else (0xFFFD, 0)
            if code > 0x10FFFF:
                continue
            character = chr(code)
            if character in " \t" and raw.FPDFText_IsGenerated(self.page, index) == 1:
                # pdfium's guess from a distance; whether there is one is decided with the next character.
                space_waiting = bool(parts)
                continue
            left, end = self._edges(index)
            if parts:
                parts.append(_between(parts[-1][-1], character, left - right, end - left, space_waiting))
                if not parts[-1]:
                    parts.pop()
            else:
                line.left, line.baseline = left, self._baseline(index)
            space_waiting = False
            if _is_wide(character):
                if last_x is not None and 4 < left - last_x < 60:
                    line.widths.append(left - last_x)
                last_x = left
            else:
                last_x = None
            parts.append(character)
            right = end
        line.text = "".join(parts)
        return [*lines, line]

    def _edges(self, index: int) -> tuple[float, float]:
        """Where a character begins and ends, with the room that its font gives it."""
        if not raw.FPDFText_GetLooseCharBox(self.page, index, self._box):
            return 0.0, 0.0
        return float(self._box.left), float(self._box.right)

    def _baseline(self, index: int) -> float:
        if not raw.FPDFText_GetCharOrigin(self.page, index, self._x, self._y):
            return 0.0
        return float(self._y.value)


def _between(before: str, after: str, gap: float, width: float, is_guessed: bool) -> str:
    """What stands between two characters that the page sets apart: two spaces between columns, one between words."""
    if gap > 1.2 * max(width, 6.0):
        return "" if before.isspace() or after.isspace() else "  "
    # A line is stretched to the margin, and digits stand a little off from ideographs: that is no space.
    return " " if is_guessed and not (_is_wide(before) or _is_wide(after)) else ""


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef" or "\u2014" <= character <= "\u201d"
