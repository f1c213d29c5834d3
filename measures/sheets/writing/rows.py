"""A plain list as a workbook."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from measures.sheets import words

from .book import MAX_ROWS, Book, NotWritable, display_width, fitting, guess_height, set_up_page

_NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LENGTH = 31
_WIDEST, _NARROWEST = 50, 8
# A double holds this many decimal digits without loss; longer numbers are codes, which must not be rounded.
_EXACT = 10**15


def write_rows(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A list with its header as a workbook; ``title`` names the sheet.

    Numbers stay numbers, ``None`` is an empty cell, dates and all else are text. Raises ``NotWritable`` for text that
    no cell and rows that no sheet can hold.
    """
    widths = [_width(text) for text in header]
    last = 0
    with Book() as book:
        sheet = book.add_sheet(sheet_name(title))
        for column, text in enumerate(header):
            sheet.put(0, column, fitting(text, f"表头第 {column + 1} 列"), book.look("header"))
        for last, values in enumerate(rows, 1):
            if last >= MAX_ROWS:
                raise NotWritable(f"要导出的超过 {MAX_ROWS - 1:,} 行，一张工作表放不下；请先筛选，分几次导出。")
            cells = [_cell(value) for value in values]
            texts = [str(cell) for cell in cells]
            if any(_needs_height(text) for text in texts):
                guess_height(sheet, last, [(text, _WIDEST) for text in texts])
            widths += [_NARROWEST] * (len(cells) - len(widths))
            for column, (cell, text) in enumerate(zip(cells, texts, strict=True)):
                if isinstance(cell, str):
                    fitting(cell, f"第 {last + 1} 行第 {column + 1} 列")
                    sheet.put(last, column, cell, book.look("cell"))
                else:
                    sheet.write_number(last, column, cell, book.look("figure"))
                widths[column] = max(widths[column], _width(text))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        last_column = max(len(widths) - 1, 0)
        set_up_page(sheet, header_row=0, last_row=last, last_column=last_column)
        sheet.autofilter(0, 0, last, last_column)
    return book.data


def sheet_name(title: str) -> str:
    """The title without what Excel does not take in the name of a sheet."""
    name = _NOT_IN_A_SHEETS_NAME.sub(" ", fitting(title, "题名"))
    # Excel counts UTF-16 units, and takes no name that begins or ends with an apostrophe.
    name = name.encode("utf-16-le")[: _NAME_LENGTH * 2].decode("utf-16-le", "ignore").strip(" '")
    return name if name and name.lower() != "history" else "导出"


def _cell(value: object) -> str | int | float:
    """What the cell holds: a number if Excel holds it exactly, otherwise text."""
    if value is None or isinstance(value, bool):
        return words.YES_NO[value] if value is not None else ""
    if isinstance(value, int | float | Decimal) and math.isfinite(value) and -_EXACT < value < _EXACT:
        return value if isinstance(value, int) else float(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _needs_height(text: str) -> bool:
    return "\n" in text or len(text) * 2 > _WIDEST


def _width(text: str) -> int:
    """How many columns of digits the longest line of a text needs, within bounds."""
    longest = max(display_width(line[:_WIDEST]) for line in text.split("\n"))
    return min(max(longest + 2, _NARROWEST), _WIDEST)
