"""A copy of a workbook with its faulty cells marked, to be mended and sent again."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import coordinate_from_string, get_column_letter
from openpyxl.utils.exceptions import CellCoordinatesException

from .archive import check_parts, open_archive
from .results import FAULT_LIST_HEADER, FAULT_LIST_NAME, Sheet
from .workbook import read_workbook

_FILL = PatternFill("solid", start_color="FFFFD9B3", end_color="FFFFD9B3")
_AUTHOR = "导入检查"
# Excel holds no more in a cell, and a comment of this length can no longer be read.
_MAX_CELL, _MAX_COMMENT = 32_767, 1_000
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384

Fault = tuple[str, str, str]


def annotate_workbook(data: bytes, sheets: Sequence[Sheet], faults: Sequence[Fault]) -> bytes:
    """The annotated xlsx. ``data`` is an xlsx, or empty and ``sheets`` are what another kind of table held."""
    book = _load(data) if data else Workbook()
    titles = {name: name for name in book.sheetnames} if data else _build(book, sheets)
    marks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sheet, place, message in faults:
        marks[sheet, place].append(message)
    values = {
        (sheet, place): _mark(book[titles[sheet]], place, messages) if sheet in titles else ""
        for (sheet, place), messages in marks.items()
    }
    _list_faults(book, faults, values)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _load(data: bytes) -> Workbook:
    check_parts(open_archive(data))
    with warnings.catch_warnings():
        # About extensions that openpyxl does not keep.
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.title == FAULT_LIST_NAME and _first_row(sheet) == FAULT_LIST_HEADER:
            book.remove(sheet)
    if any(sheet.uncomputed for sheet in read_workbook(data).sheets):
        _keep_formulas(book, data)
    return book


def _keep_formulas(book: Workbook, data: bytes) -> None:
    """Put the words of formulas that nobody has computed back as text: they would be empty cells otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas = load_workbook(BytesIO(data), keep_links=False)
    for read in read_workbook(data).sheets:
        for row, column in read.uncomputed:
            value = formulas[read.name].cell(row + 1, column + 1).value
            _write(book[read.name].cell(row + 1, column + 1), str(getattr(value, "text", value) or ""))


def _build(book: Workbook, sheets: Sequence[Sheet]) -> dict[str, str]:
    """Put the sheets into a new workbook; their titles in it by their names, which Excel may not take as they are."""
    book.remove(book.worksheets[0])
    titles: dict[str, str] = {}
    for sheet in sheets:
        titles[sheet.name] = _title(book, sheet.name)
        copy = book.create_sheet(titles[sheet.name])
        if sheet.is_hidden:
            copy.sheet_state = "hidden"
        for row, cells in enumerate(sheet.rows, 1):
            for column, text in enumerate(cells, 1):
                if text:
                    _write(copy.cell(row, column), text)
        for first_row, first_column, last_row, last_column in sheet.merges:
            copy.merge_cells(
                start_row=first_row + 1,
                start_column=first_column + 1,
                end_row=last_row + 1,
                end_column=last_column + 1,
            )
        for row in sheet.hidden_rows:
            copy.row_dimensions[row + 1].hidden = True
        for column in sheet.hidden_columns:
            copy.column_dimensions[get_column_letter(column + 1)].hidden = True
    return titles


def _mark(sheet: Any, place: str, messages: list[str]) -> str:
    """Colour a cell and comment it; what stands in it. Nothing happens for what is no cell."""
    try:
        letters, row = coordinate_from_string(place)
        if not 0 < row <= _MAX_ROW:
            return ""
        cell = sheet[f"{letters}{row}"]
    except (CellCoordinatesException, ValueError, AttributeError, KeyError):
        return ""
    if isinstance(cell, MergedCell):
        cell = next(
            (sheet.cell(area.min_row, area.min_col) for area in sheet.merged_cells.ranges if place in area), cell
        )
    if isinstance(cell, MergedCell):
        return ""
    cell.fill = _FILL
    text = "\n".join(dict.fromkeys(messages))
    comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text)[:_MAX_COMMENT], _AUTHOR)
    comment.width, comment.height = 320, 40 + 20 * min(12, len(text) // 22 + 1)
    cell.comment = comment
    return "" if cell.value is None else str(cell.value)


def _list_faults(book: Workbook, faults: Sequence[Fault], values: dict[tuple[str, str], str]) -> None:
    if FAULT_LIST_NAME in book.sheetnames:
        # Somebody's own sheet of this name: it keeps it, and reading tells the two apart by their headers.
        book[FAULT_LIST_NAME].title = _title(book, f"{FAULT_LIST_NAME}（原）")
    sheet = book.create_sheet(FAULT_LIST_NAME)
    rows = [FAULT_LIST_HEADER, *([fault[0], fault[1], values.get(fault[:2], ""), fault[2]] for fault in faults)]
    for row, texts in enumerate(rows, 1):
        for column, text in enumerate(texts, 1):
            cell = sheet.cell(row, column)
            _write(cell, text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if row == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (18, 10, 40, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _write(cell: Any, text: str) -> None:
    """Text stays text: nothing that begins with = + - @ becomes a formula, here or when somebody edits the cell."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_MAX_CELL]
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@", "\t", "\r")


def _title(book: Workbook, name: str) -> str:
    """A name that Excel takes: at most 31 characters, without its signs, and not there yet."""
    clean = "".join(" " if character in "\\/*?:[]" else character for character in name).strip("' ")[:31] or "表"
    title, number = clean, 2
    while title.lower() in {other.lower() for other in book.sheetnames}:
        title, number = f"{clean[:27]} {number}", number + 1
    return title


def _first_row(sheet: Any) -> list[Any]:
    return [cell.value for cell in next(sheet.iter_rows(min_row=1, max_row=1), ())][: len(FAULT_LIST_HEADER)]
