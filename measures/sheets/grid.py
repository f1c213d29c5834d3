"""A sheet made even: rows of one width, merged cells filled, unseen characters gone."""

from __future__ import annotations

import re
from functools import cached_property

from measures.sources.results import Sheet

MAX_COLUMNS = 256
# What Excel writes for a carriage return, and what no printed text holds.
_CARRIAGE = re.compile(r"_x000[dD]_\n?|\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]|_x00[01][0-9a-fA-F]_")
_UNCLEAN = re.compile(rf"{_CARRIAGE.pattern}|{_CONTROL.pattern}")


def cell_name(row: int, column: int) -> str:
    """0-based row and column as Excel names the cell: (6, 1) is B7."""
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """0-based column as Excel names it: 1 is B, 26 is AA."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Grid:
    """The cells of one sheet. ``raw`` is as in the file, ``rows`` has the words of each merged cell all over it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.name = sheet.name
        self.width = min(max((len(row) for row in sheet.rows), default=0), MAX_COLUMNS)
        self.is_cut = any(any(row[MAX_COLUMNS:]) for row in sheet.rows if len(row) > MAX_COLUMNS)
        self.raw = [self._even(row) for row in sheet.rows]
        self.height = len(self.raw)
        self.rows = list(self.raw)
        # Every cell of a merged range, to the range's first cell; and what each range covers.
        self.anchors: dict[tuple[int, int], tuple[int, int]] = {}
        self.ranges: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        self._fill()
        self.hidden_rows = frozenset(sheet.hidden_rows)
        self.hidden_columns = frozenset(sheet.hidden_columns)
        self.uncomputed = frozenset(sheet.uncomputed)

    def _even(self, row: list[str]) -> list[str]:
        cells = row[: self.width]
        if _UNCLEAN.search("\t".join(cells)):
            cells = [_CONTROL.sub("", _CARRIAGE.sub("\n", cell)) for cell in cells]
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        return cells

    def _fill(self) -> None:
        # Ranges never overlap in a sound file; this bounds the work that an unsound one can make.
        room = self.height * self.width
        for first_row, first_column, last_row, last_column in self.sheet.merges:
            last_row, last_column = min(last_row, self.height - 1), min(last_column, self.width - 1)
            if min(first_row, first_column) < 0 or first_row > last_row or first_column > last_column:
                continue
            room -= (last_row - first_row + 1) * (last_column - first_column + 1)
            if room < 0:
                break
            anchor = (first_row, first_column)
            if anchor in self.anchors:
                continue
            self.ranges[anchor] = (first_row, first_column, last_row, last_column)
            words = self.raw[first_row][first_column]
            for row in range(first_row, last_row + 1):
                if self.rows[row] is self.raw[row]:
                    self.rows[row] = list(self.raw[row])
                self.rows[row][first_column : last_column + 1] = [words] * (last_column - first_column + 1)
                for column in range(first_column, last_column + 1):
                    self.anchors[row, column] = anchor

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The first cell of the merged range that a cell belongs to, or the cell itself."""
        return self.anchors.get((row, column), (row, column))

    def cell_of(self, row: int, column: int) -> str:
        """How Excel names the cell that holds the words shown here."""
        return cell_name(*self.anchor(row, column))

    def texts(self, row: int) -> list[tuple[int, str]]:
        """(column, words) of the row's cells that hold any, each merged range once."""
        found, seen = [], set()
        for column, words in enumerate(self.rows[row]):
            if words and not words.isspace():
                anchor = self.anchors.get((row, column))
                if anchor is None or anchor not in seen:
                    seen.add(anchor)
                    found.append((column, words.strip()))
        return found

    def is_spread(self, row: int, column: int) -> bool:
        """Whether a cell is merged across all, or nearly all, of the columns in use."""
        found = self.ranges.get(self.anchor(row, column))
        return found is not None and found[3] - found[1] + 1 >= max(2, (self.used_width + 1) // 2)

    @cached_property
    def used_width(self) -> int:
        """The number of columns up to the last that holds words."""
        return max((column + 1 for row in self.raw for column, words in enumerate(row) if words), default=0)
