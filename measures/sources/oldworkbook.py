"""xls (Excel 97–2003), by xlrd, with merged cells and hidden rows and columns."""

from __future__ import annotations

import os
from typing import Any

import xlrd
from openpyxl.styles.numbers import is_date_format

from .archive import DAMAGED, ENCRYPTED
from .limits import MAX_SHEETS, Count
from .numberformats import shown_date, shown_number
from .results import Kind, Sheet, Source, Unreadable, is_fault_list

_ERRORS = xlrd.error_text_from_code


def read_old_workbook(data: bytes) -> Source:
    """All sheets with something in them. xlrd knows of no formula without a value. Raises ``Unreadable``."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        try:
            book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=nowhere)
        except xlrd.XLRDError as error:
            raise Unreadable(ENCRYPTED if "encrypt" in str(error).lower() else DAMAGED) from None
        except MemoryError:
            raise
        except Exception:
            # xlrd trusts the offsets in a file; what a wrong one leads to may be any error.
            raise Unreadable(DAMAGED) from None
    if book.nsheets > MAX_SHEETS:
        raise Unreadable(f"工作簿有 {book.nsheets} 个工作表，上限是 {MAX_SHEETS} 个。请只留下需要的，另存后再导入。")
    source, count = Source(Kind.XLS), Count()
    for old in book.sheets():
        sheet = _read_sheet(book, old, count)
        if sheet.rows and not is_fault_list(sheet):
            source.sheets.append(sheet)
    if not source.sheets:
        raise Unreadable("工作簿是空的，没有可读的内容。请核对选错文件没有。")
    return source


def _read_sheet(book: Any, old: Any, count: Count) -> Sheet:
    sheet = Sheet(old.name, [], is_hidden=bool(old.visibility))
    for row in range(old.nrows):
        cells = [
            _text(book, kind, value, index)
            for kind, value, index in zip(
                old.row_types(row), old.row_values(row), old._cell_xf_indexes[row], strict=True
            )
        ]
        while cells and not cells[-1]:
            cells.pop()
        count.row(sheet.name, row, len(cells), sum(map(len, cells)))
        sheet.rows.append(cells)
    while sheet.rows and not sheet.rows[-1]:
        sheet.rows.pop()
    height, width = len(sheet.rows), max(map(len, sheet.rows), default=0)
    sheet.merges = sorted(
        (top, left, bottom - 1, right - 1)
        for top, bottom, left, right in old.merged_cells
        if top < height and left < width
    )
    sheet.hidden_rows = sorted(row for row, info in old.rowinfo_map.items() if info.hidden and row < height)
    sheet.hidden_columns = sorted(column for column, info in old.colinfo_map.items() if info.hidden and column < width)
    return sheet


def _text(book: Any, kind: int, value: Any, index: int) -> str:
    if kind == xlrd.XL_CELL_TEXT:
        return str(value).strip()
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == xlrd.XL_CELL_ERROR:
        return str(_ERRORS.get(value, "#VALUE!"))
    if kind not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    format = "General"
    if index < len(book.xf_list) and (known := book.format_map.get(book.xf_list[index].format_key)):
        format = known.format_str or "General"
    if kind == xlrd.XL_CELL_DATE or is_date_format(format):
        try:
            moment = xlrd.xldate_as_datetime(value, book.datemode)
        except (ValueError, OverflowError, xlrd.xldate.XLDateError):
            return "#####"
        return shown_date(moment if value >= 1 else moment.time(), format)
    return shown_number(value, format)
