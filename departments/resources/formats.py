"""The two formats of exchange, XLSX and CSV: what is read is guarded, what is written never acts as a formula.

Every cell is read as text; the columns say what it means. The first row that is not empty is the header.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

import tablib
import xlsxwriter
from django.utils.translation import gettext as _
from import_export.formats.base_formats import Format
from openpyxl.utils import get_column_letter

from departments.resources.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, FileRefused
from departments.resources.workbooks import read_workbook

# What a cell of a workbook holds at most; XlsxWriter would leave a longer text out without a word.
_MOST_CHARACTERS = 32_767

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# What a spreadsheet program may take for a formula, also behind apostrophes that an earlier export has put there.
_ACTIVE = re.compile(r"'*[=+\-@\t\r\n]")
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a file: where, what stands there, and what to do about it."""

    row: int
    column: str
    value: str
    message: str


class Sheet(tablib.Dataset):
    """Rows of texts under their headers.

    ``numbers`` are the rows' numbers as spreadsheet programs show them, ``faults`` what could not be read.
    """

    def __init__(self, headers: list[str]) -> None:
        super().__init__(headers=headers)
        self.numbers: list[int] = []
        self.faults: list[Fault] = []


def read_sheet(content: bytes) -> Sheet:
    """The table in a file, whose format is told by its content and not by its name. Raises FileRefused."""
    if not content:
        raise FileRefused(_("文件是空的，请选择有内容的文件。"))
    if len(content) > MOST_BYTES:
        raise FileRefused(_("文件超过 %(limit)d MB，请拆分后分次导入。") % {"limit": MOST_BYTES // 1024**2})
    if content.startswith(_OLE2):
        raise FileRefused(_("文件已加密或是旧格式（xls），请去掉密码、另存为 xlsx 后再导入。"))
    return _sheet_of(*(read_workbook(content) if content.startswith(_ZIP) else _read_csv(content)))


def escaped(value: Any) -> Any:
    """``value`` for a cell of a CSV file: a text that would act as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and _ACTIVE.match(value) else value


def unescaped(text: str) -> str:
    """Take off the apostrophe that ``escaped`` has put before a text."""
    return text[1:] if text.startswith("'") and _ACTIVE.match(text) else text


# --- Formats ------------------------------------------------------------------------------------------------------


class SheetFormat(Format):
    """What import-export asks of a format. Exporting takes a dataset of texts and whole numbers."""

    title = ""
    extension = ""
    content_type = ""

    def get_title(self) -> str:
        return self.title

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return self.content_type

    def can_import(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> Sheet:
        return read_sheet(in_stream)


class CSV(SheetFormat):
    """UTF-8 with a byte order mark, without which Excel would take Chinese for something else."""

    title = "CSV"
    extension = "csv"
    content_type = "text/csv; charset=utf-8"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([escaped(header) for header in dataset.headers])
        writer.writerows([escaped(value) for value in row] for row in dataset)
        return text.getvalue().encode("utf-8-sig")


class XLSX(SheetFormat):
    """Texts are written as texts, so that none of them is a formula, a link or a number with its zeros cut off."""

    title = "Excel（xlsx）"
    extension = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        stream = BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet()
            as_text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
            heading = workbook.add_format({"num_format": "@", "bold": True, "bg_color": "#f1eee6", "bottom": 1})
            for column, header in enumerate(dataset.headers):
                # Cells that somebody fills in later are texts too: a code keeps its zeros, a day stays as typed.
                sheet.set_column(column, column, min(40, max(12, 2 * len(header) + 4)), as_text)
                sheet.write_string(0, column, header, heading)
            for number, row in enumerate(dataset, start=1):
                for column, value in enumerate(row):
                    _write(sheet, number, column, value)
            sheet.freeze_panes(1, 0)
        return stream.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        # Only what already begins with an apostrophe needs one more, for reading takes one off.
        text = escaped(value) if value.startswith("'") else value
        if len(text) > _MOST_CHARACTERS:
            raise FileRefused(_("有一格内容超过 Excel 的上限（32767 字），请改用 CSV 导出。"))
        sheet.write_string(row, column, text)


# --- From rows of texts to a sheet --------------------------------------------------------------------------------


def _sheet_of(rows: Iterable[tuple[int, list[str]]], uncomputed: set[tuple[int, int]]) -> Sheet:
    """``rows`` are numbered from 1; ``uncomputed`` are places (row, column from 0) of formulas without a value."""
    sheet: Sheet | None = None
    for number, cells in rows:
        if not any(cell.strip() for cell in cells) and not any(row == number for row, _column in uncomputed):
            continue
        if sheet is None:
            sheet = Sheet(_headers(cells))
            continue
        if len(sheet.numbers) >= MOST_ROWS:
            raise FileRefused(_("超过 %(limit)d 行，请拆分后分次导入。") % {"limit": MOST_ROWS})
        sheet.numbers.append(number)
        sheet.append(_cells_under(sheet, number, cells))
    if sheet is None:
        raise FileRefused(_("文件里没有内容。第一行应当是表头，可先导出一份作为样表。"))
    for number, column in sorted(uncomputed):
        header = sheet.headers[column] if column < len(sheet.headers) else get_column_letter(column + 1)
        sheet.faults.append(
            Fault(
                number, header, "", _("这一格是公式，文件里没有保存它的结果；请在 Excel 中打开、重新保存，或改填数值。")
            )
        )
    if not sheet.numbers:
        raise FileRefused(_("只有表头，没有数据行。"))
    return sheet


def _headers(cells: list[str]) -> list[str]:
    headers = [" ".join(cell.split()) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if empty := [get_column_letter(column) for column, header in enumerate(headers, start=1) if not header]:
        raise FileRefused(_("表头第 %(columns)s 列是空的，请填写列名或删去该列。") % {"columns": "、".join(empty)})
    if twice := sorted({header for header in headers if headers.count(header) > 1}):
        raise FileRefused(_("表头中「%(names)s」重复，请只保留一列。") % {"names": "」「".join(twice)})
    return headers


def _cells_under(sheet: Sheet, number: int, cells: list[str]) -> list[str]:
    width = len(sheet.headers)
    for column, text in enumerate(cells[width:], start=width + 1):
        if text:
            message = _("这一格在表头之外，没有列名；请删去，或检查这一行是否错位。")
            sheet.faults.append(Fault(number, get_column_letter(column), text, message))
    row = [unescaped(text) for text in cells[:width]]
    for header, text in zip(sheet.headers, row, strict=False):
        if text in _ERRORS:
            sheet.faults.append(Fault(number, header, text, _("这一格的公式出错，请改正后再导入。")))
        elif any(_is_control(character) for character in text):
            sheet.faults.append(Fault(number, header, "", _("这一格含有不可见的控制字符，请重新输入。")))
    return row + [""] * (width - len(row))


def _is_control(character: str) -> bool:
    return character not in "\t\n" and unicodedata.category(character) in ("Cc", "Cs")


# --- CSV ----------------------------------------------------------------------------------------------------------


def _read_csv(content: bytes) -> tuple[Iterator[tuple[int, list[str]]], set[tuple[int, int]]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    return _csv_rows(text, delimiter), set()


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS:
                raise FileRefused(_("第 %(row)d 行超过 %(limit)d 列。") % {"row": number, "limit": MOST_COLUMNS})
            yield number, [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
    except csv.Error:
        raise FileRefused(
            _("CSV 第 %(row)d 行之后的引号不配对或内容过长，无法读取；请用 Excel 打开检查后重新保存。")
            % {"row": number}
        ) from None


def _decoded(content: bytes) -> str:
    """Text in UTF-8, UTF-16 or GBK. Raises FileRefused for what is no text."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(_is_control(character) and character != "\r" for character in set(text)):
            return text.removeprefix("\ufeff")
    raise FileRefused(_("无法识别的文件：只接受 Excel（xlsx）和 CSV（UTF-8、GBK 或 UTF-16 编码）。"))


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in content:
        # Without a mark: a comma or a line break has its zero on the one side or on the other.
        return ("utf-16-le",) if content[1::2].count(0) > content[::2].count(0) else ("utf-16-be",)
    return ("utf-8-sig", "gb18030")
