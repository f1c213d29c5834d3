"""Sheets as they were read, as a workbook again: their words, merged cells and hidden rows, without their looks."""

from __future__ import annotations

from collections.abc import Sequence

from measures.sources import Sheet

from .book import Book, fitting
from .rows import sheet_name


def write_copy(sheets: Sequence[Sheet]) -> bytes:
    """A workbook that reads back as ``sheets``. Raises ``NotWritable`` for text that no cell can hold."""
    with Book() as book:
        for source in sheets:
            sheet = book.add_sheet(sheet_name(source.name))
            for column in source.hidden_columns:
                sheet.set_column(column, column, None, None, {"hidden": True})
            for area in source.merges:
                sheet.join(*area)
            hidden = set(source.hidden_rows)
            for row, cells in enumerate(source.rows):
                if row in hidden:
                    sheet.set_row(row, None, None, {"hidden": True})
                for column, text in enumerate(cells):
                    if text:
                        sheet.put(row, column, fitting(text, f"第 {row + 1} 行第 {column + 1} 列"), book.look("cell"))
            if source.is_hidden:
                sheet.hide()
    return book.data
