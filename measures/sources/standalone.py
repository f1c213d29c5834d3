"""Documents that are responsibility tables with a title above them: their text is no plan, their tables are.

Such a document, a Word file or a page that some system has saved as .xls, is read by its tables. The words above a
table become its first rows, as they are in a workbook, and the text keeps only what stands beside the tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from measures.reading.numerals import fold, match_label

from .results import Sheet

_NAMES_UNITS = re.compile(r"单位|部门|牵头|主办|处室|科室|分工")
_CLAUSES = frozenset({"part", "chapter", "division", "article", "cn", "(cn)", "n", "decimal2", "decimal3"})
_HEADER_WITHIN, _MAX_HEADER, _MAX_TITLE = 6, 30, 60
# Titles, an organ, a date, a line of notice: what is longer is cut from its beginning.
_ROWS_ABOVE = 15


def set_apart(flow: Sequence[str | Sheet]) -> str | None:
    """The text of a document without its tables, with the words above each table put on top of it.

    ``flow`` is the document in order: lines and tables. ``None``, and nothing changed, for a document whose text has
    clauses of its own, or without a table of responsibilities.
    """
    if not any(isinstance(one, Sheet) and _assigns(one) for one in flow):
        return None
    above: list[str] = []
    lines: list[str] = []
    titles: list[tuple[Sheet, list[str]]] = []
    clauses = 0
    for one in flow:
        if isinstance(one, str):
            above += [line for line in one.split("\n") if line.strip()]
            continue
        clauses += sum(map(_is_clause, above[:-2])) + sum(
            _is_clause(line) and not _may_head(line) for line in above[-2:]
        )
        titles.append((one, above[-_ROWS_ABOVE:]))
        lines += above
        above = []
    clauses += sum(map(_is_clause, above)) if not _are_notes(above) else 0
    if clauses > 1:
        return None
    for sheet, words in titles:
        _put_above(sheet, words)
    return "\n".join([*lines, *above])


def _assigns(sheet: Sheet) -> bool:
    """Whether one of the first rows looks like a header, and these rows speak of units."""
    first = [[cell for cell in row if cell.strip()] for row in sheet.rows[:_HEADER_WITHIN]]
    header = any(len(cells) > 2 and max(map(len, cells)) <= _MAX_HEADER for cells in first)
    named = any(len(cell) <= _MAX_HEADER and _NAMES_UNITS.search(cell) for cells in first for cell in cells)
    return header and named and len(sheet.rows) > 1


def _is_clause(line: str) -> bool:
    label = match_label(line.strip())
    return label is not None and label.family in _CLAUSES


def _may_head(line: str) -> bool:
    return len(line.strip()) <= _MAX_TITLE and "。" not in line


def _are_notes(lines: Sequence[str]) -> bool:
    """「注：1.…⏎2.…」 below a table."""
    return bool(lines) and bool(re.match(r"(?:注|备注|说明|填[表报]说明)\s*\d{0,2}[:.、]", fold(lines[0].strip())))


def _put_above(sheet: Sheet, words: Sequence[str]) -> None:
    width, height = max(map(len, sheet.rows), default=1), len(words)
    if not height:
        return
    sheet.rows[:0] = [[line.strip()] for line in words]
    moved = [(top + height, left, bottom + height, right) for top, left, bottom, right in sheet.merges]
    across = [(row, 0, row, width - 1) for row in range(height)] if width > 1 else []
    sheet.merges = sorted([*across, *moved])
    sheet.hidden_rows = [row + height for row in sheet.hidden_rows]
