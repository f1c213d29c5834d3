"""Tables of a Word document: as sheets with their merged cells, and as lines in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .limits import MAX_COLUMNS, Count
from .results import Sheet
from .wordnumbering import W

if TYPE_CHECKING:
    from .wordtext import Walker


class Tables:
    """The tables of one document, in order; those within another's cell come after it."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.sheets: list[Sheet] = []
        self._count = Count()

    def lines(self, table: Any) -> list[str]:
        """The table's rows with a tab between cells; of a row with one cell, or a table with one column, the
        paragraphs. The table itself goes to ``sheets``."""
        sheet = Sheet(f"表{len(self.sheets) + 1}", [])
        self.sheets.append(sheet)
        lines: list[str] = []
        # Column → the merge that is open there, as (first row, first column, last column).
        open_merges: dict[int, tuple[int, int, int]] = {}
        for index, row in enumerate(_rows(table)):
            cells, paragraphs = self._row(row, index, sheet, open_merges)
            width = len(cells)
            while cells and not cells[-1]:
                cells.pop()
            self._count.row(sheet.name, index, len(cells), sum(map(len, cells)))
            sheet.rows.append(cells)
            if len(paragraphs) == 1 or width == 1:
                lines.extend(line for cell in paragraphs for line in cell)
            else:
                lines.append("\t".join(" ".join(" ".join(cell).split()) for cell in paragraphs).rstrip())
        _close(sheet, open_merges, set(), len(sheet.rows))
        sheet.merges.sort()
        while sheet.rows and not sheet.rows[-1]:
            sheet.rows.pop()
        return lines

    def _row(
        self, row: Any, index: int, sheet: Sheet, open_merges: dict[int, tuple[int, int, int]]
    ) -> tuple[list[str], list[list[str]]]:
        """The cells by column, and the paragraphs of each cell as it stands; continued merges are empty."""
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells = [""] * _span(before)
        paragraphs: list[list[str]] = []
        going_on: set[int] = set()
        for cell in _cells(row):
            properties = cell.find(f"{W}tcPr")
            find = properties.find if properties is not None else lambda path: None
            span = _span(find(f"{W}gridSpan"), 1)
            column = len(cells)
            content = [line for line in self.walker.blocks(cell) if line.strip()]
            merge, horizontal = find(f"{W}vMerge"), find(f"{W}hMerge")
            if horizontal is not None and horizontal.get(f"{W}val") != "restart" and column:
                # The older way to merge cells of a row.
                self._widen(sheet, open_merges, index, column)
                cells.append("")
                continue
            if merge is not None and merge.get(f"{W}val") != "restart" and column in open_merges:
                going_on.add(column)
                paragraphs.append([])
                cells.extend([""] * span)
                continue
            _close(sheet, open_merges, going_on, index, only=column)
            if merge is not None:
                open_merges[column] = (index, column, column + span - 1)
                going_on.add(column)
            elif span > 1:
                sheet.merges.append((index, column, index, column + span - 1))
            paragraphs.append(content)
            cells.append("\n".join(line.strip() for line in content))
            cells.extend([""] * (span - 1))
        _close(sheet, open_merges, going_on, index)
        return cells, paragraphs

    @staticmethod
    def _widen(sheet: Sheet, open_merges: dict[int, tuple[int, int, int]], index: int, column: int) -> None:
        for key, (first_row, first, last) in list(open_merges.items()):
            if last == column - 1 and first_row == index:
                open_merges[key] = (first_row, first, column)
                return
        if sheet.merges and sheet.merges[-1][0] == index and sheet.merges[-1][3] == column - 1:
            first_row, first, last_row, _ = sheet.merges.pop()
            sheet.merges.append((first_row, first, last_row, column))
        else:
            sheet.merges.append((index, column - 1, index, column))


def _close(
    sheet: Sheet,
    open_merges: dict[int, tuple[int, int, int]],
    going_on: set[int],
    row: int,
    *,
    only: int | None = None,
) -> None:
    """Write down the vertical merges that end above this row."""
    for column in [only] if only is not None else list(open_merges):
        if column in open_merges and column not in going_on:
            first_row, first, last = open_merges.pop(column)
            if (row - 1, last) != (first_row, first):
                sheet.merges.append((first_row, first, row - 1, last))


def _rows(table: Any) -> list[Any]:
    """The rows, also those within content controls; without those whose deletion is tracked."""
    rows: list[Any] = []
    for element in table:
        if element.tag == f"{W}tr":
            if element.find(f"{W}trPr/{W}del") is None:
                rows.append(element)
        elif element.tag == f"{W}sdt":
            content = element.find(f"{W}sdtContent")
            rows.extend(_rows(content) if content is not None else ())
        elif element.tag in (f"{W}ins", f"{W}customXml", f"{W}moveTo"):
            rows.extend(_rows(element))
    return rows


def _cells(row: Any) -> list[Any]:
    cells: list[Any] = []
    for element in row:
        if element.tag == f"{W}tc":
            cells.append(element)
        elif element.tag == f"{W}sdt":
            content = element.find(f"{W}sdtContent")
            cells.extend(_cells(content) if content is not None else ())
        elif element.tag == f"{W}customXml":
            cells.extend(_cells(element))
    return cells


def _span(element: Any, least: int = 0) -> int:
    value = element.get(f"{W}val", "") if element is not None else ""
    return max(least, min(int(value), MAX_COLUMNS + 1)) if value.isdigit() and len(value) < 7 else least
