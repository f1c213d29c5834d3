"""Workbooks that we wrote, read back with openpyxl alone."""

from __future__ import annotations

import re
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet


def opened(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data), rich_text=False)


def unescaped(text: str) -> str:
    """What a cell says, as OOXML has it (ST_Xstring)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def texts(sheet: Worksheet, first_row: int = 1) -> list[list[str]]:
    """All cells from a row on (from 1); fails on a cell that is anything but text."""
    rows = []
    for cells in sheet.iter_rows(min_row=first_row):
        assert {cell.data_type for cell in cells if cell.value is not None} <= {"s"}
        rows.append([unescaped(cell.value or "") for cell in cells])
    return rows


def validations(sheet: Worksheet) -> dict[str, tuple[str | None, str | None, bool]]:
    """Of each column with a drop-down: its source, how it objects, and whether it objects at all."""
    return {
        str(found.sqref).split(":")[0].rstrip("0123456789"): (found.formula1, found.errorStyle, found.showErrorMessage)
        for found in sheet.data_validations.dataValidation
        if found.type == "list"
    }
