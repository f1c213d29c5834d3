"""Reading the one table in an xlsx file that somebody has sent: guarded, and never more than a sheet of ours."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from departments.resources.limits import MOST_COLUMNS, MOST_ROWS, FileRefused

_MOST_ENTRIES = 1000
# Rows that are wider than any sheet of ours, though empty there: each one costs as much as its width.
_MOST_WIDE_ROWS = 1000
_MOST_UNPACKED = 40 * 1024 * 1024
# What takes time and memory is the number of elements: 20,000 rows of 16 cells have a million and a quarter.
_MOST_TAGS = 3_000_000
_LAST_ROW = 1_048_576
_MOST_RATIO = 200
_FORMULA_CELL = re.compile(rb"<(?:\w+:)?f[\s>/]")
_DECLARATION = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T)")
_HARMLESS_PART = re.compile(r"xl/printerSettings/[^/]+\.bin")


def read_workbook(content: bytes) -> tuple[list[tuple[int, list[str]]], set[tuple[int, int]]]:
    has_formulas = _guard(content)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of every extension of the format that it leaves alone.
            warnings.simplefilter("ignore")
            rows = list(_workbook_rows(content))
            return rows, _uncomputed(content, rows) if has_formulas else set()
    except FileRefused:
        raise
    except Exception:
        raise FileRefused(_("Excel 文件已损坏或结构异常，无法读取；请用 Excel 打开后另存为 xlsx 再导入。")) from None


def _guard(content: bytes) -> bool:
    """Refuse what is no harmless workbook before it is parsed; return whether it has formulas."""
    has_formulas, tags = False, 0
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > _MOST_ENTRIES or unpacked > min(_MOST_UNPACKED, _MOST_RATIO * len(content)):
                raise FileRefused(_("文件解压后过大（疑似压缩炸弹），已拒绝。"))
            if any(entry.flag_bits & 1 for entry in entries):
                raise FileRefused(_("文件已加密，请去掉密码后再导入。"))
            if len(set(names)) < len(names) or any(".." in name.split("/") for name in names):
                raise FileRefused(_("文件内部结构异常，已拒绝。"))
            if any(name.lower().endswith(".bin") and not _HARMLESS_PART.fullmatch(name) for name in names):
                raise FileRefused(_("文件含有宏或嵌入对象，已拒绝；请另存为不含宏的 xlsx。"))
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise FileRefused(_("这不是 Excel（xlsx）文件；只接受 xlsx 和 CSV。"))
            if b"macroEnabled" in archive.read("[Content_Types].xml"):
                raise FileRefused(_("文件含有宏或嵌入对象，已拒绝；请另存为不含宏的 xlsx。"))
            for name in names:
                if name.lower().endswith((".xml", ".rels")):
                    part = archive.read(name)
                    tags += part.count(b"<")
                    if tags > _MOST_TAGS:
                        raise FileRefused(_("文件解压后过大（疑似压缩炸弹），已拒绝。"))
                    if _DECLARATION.search(part):
                        raise FileRefused(_("文件内部结构异常，已拒绝。"))
                    has_formulas = has_formulas or (
                        name.startswith("xl/worksheets/") and _FORMULA_CELL.search(part) is not None
                    )
    except FileRefused:
        raise
    except Exception:
        raise FileRefused(_("文件已损坏，无法读取；请重新导出或另存后再导入。")) from None
    return has_formulas


def _workbook_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the one visible sheet that holds something."""
    workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    filled = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible" and _has_content(sheet)]
    if len(filled) > 1:
        raise FileRefused(
            _("工作簿里有 %(number)d 张有内容的表（%(names)s），请只保留要导入的一张。")
            % {"number": len(filled), "names": "、".join(sheet.title for sheet in filled[:5])}
        )
    for sheet in filled:
        number_of_rows = 0
        for number, values in _rows(sheet, values_only=True):
            cells = [_text(value) for value in values]
            if any(cells):
                number_of_rows += 1
                if number_of_rows > MOST_ROWS + 1:
                    raise FileRefused(_("超过 %(limit)d 行，请拆分后分次导入。") % {"limit": MOST_ROWS})
                yield number, cells


def _rows(sheet: Any, *, values_only: bool) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows of a sheet with their numbers, no wider than a sheet of ours and no more than Excel has."""
    # The size that the file claims is not asked: it may be wrong, or a million columns.
    sheet.reset_dimensions()
    wide = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=values_only), start=1):
        # A row may claim any number, and all rows before it are made up.
        if number > _LAST_ROW:
            raise FileRefused(_("文件内部结构异常，已拒绝。"))
        if len(cells) > MOST_COLUMNS:
            wide += 1
            beyond = (cell if values_only else cell.value for cell in cells[MOST_COLUMNS:])
            if wide > _MOST_WIDE_ROWS or any(value is not None for value in beyond):
                raise FileRefused(_("第 %(row)d 行超过 %(limit)d 列。") % {"row": number, "limit": MOST_COLUMNS})
        yield number, cells[:MOST_COLUMNS]


def _has_content(sheet: Any) -> bool:
    return any(value is not None for _number, values in _rows(sheet, values_only=True) for value in values)


def _uncomputed(content: bytes, rows: list[tuple[int, list[str]]]) -> set[tuple[int, int]]:
    """Places of formulas for which the file holds no result: read as values, they look like empty cells."""
    computed = dict(rows)
    workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    found = set()
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for number, cells in _rows(sheet, values_only=False):
            for column, cell in enumerate(cells):
                if getattr(cell, "data_type", "") == "f":
                    values = computed.get(number, [])
                    if column >= len(values) or not values[column]:
                        found.add((number, column))
    return found


def _text(value: Any) -> str:
    """A cell's value as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        case _:
            return str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_\n", "\n")
