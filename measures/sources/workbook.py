"""xlsx: openpyxl's reader in read-only mode, extended by what it leaves out there.

Merged cells, hidden rows and columns and formulas without a value are taken in the same pass over a sheet's XML that
gives the cells. lxml does the parsing, which is several times faster than openpyxl's own; entities are never resolved.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO, Any

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel, from_ISO8601

from .archive import check_parts, open_archive, read_part
from .limits import MAX_CHARACTERS, MAX_COLUMNS, MAX_SHEETS, Count
from .numberformats import shown_date, shown_number
from .results import Kind, Sheet, Source, Unreadable, is_fault_list

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _VALUE, _FORMULA, _INLINE = (_MAIN + name for name in ("row", "c", "v", "f", "is"))
_TEXT, _RUN, _STRING, _MERGE, _COLUMN = (_MAIN + name for name in ("t", "r", "si", "mergeCell", "col"))
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FALSE = (None, "0", "false")
_UNREADABLE = "工作簿的结构特殊，无法读取。请用 Excel 或 WPS 打开后另存为 .xlsx，再导入。"
_STRICT = "这是「严格的 Open XML」格式的工作簿。请在 Excel 里另存为普通的 .xlsx 后再导入。"


def read_workbook(data: bytes) -> Source:
    """All sheets with something in them, hidden ones too (they say so). Raises ``Unreadable``."""
    archive = open_archive(data)
    check_parts(archive)
    source = Source(Kind.XLSX)
    count = Count()
    for name, part, state in _Package(data).open():
        sheet = Sheet(name, [], is_hidden=state != "visible")
        with archive.open(part.path) as stream:
            SheetParser(stream, part, count).read_into(sheet)
        if sheet.rows and not is_fault_list(sheet):
            source.sheets.append(sheet)
    if not source.sheets:
        raise Unreadable("工作簿是空的，没有可读的内容。请核对选错文件没有。")
    return source


class _Part:
    """What the cells of one sheet need to be understood."""

    def __init__(self, path: str, strings: list[str], formats: list[str], epoch: Any) -> None:
        self.path, self.strings, self.formats, self.epoch = path, strings, formats, epoch
        # By style: the number as shown. Most cells share a few styles.
        self.showing: dict[str | None, Callable[[str], str]] = {}

    def show(self, style: str | None) -> Callable[[str], str]:
        if style not in self.showing:
            index = int(style or 0)
            format = self.formats[index] if index < len(self.formats) else "General"
            self.showing[style] = _date_shower(format, self.epoch) if is_date_format(format) else _number_shower(format)
        return self.showing[style]


class _Package(ExcelReader):
    """openpyxl's reader of the package, with its own way through the parts that may be large or odd."""

    def __init__(self, data: bytes) -> None:
        try:
            super().__init__(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        except (KeyError, OSError, ValueError, zipfile.BadZipFile):
            raise Unreadable(_UNREADABLE) from None

    def open(self) -> Iterator[tuple[str, _Part, str]]:
        """Name, part and state of each worksheet, in the workbook's order. Charts are left out."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.read_manifest()
                self.read_strings()
                self.read_workbook()
                sheets = list(self.parser.find_sheets())
            formats = self._formats()
        except (KeyError, TypeError, ValueError, AttributeError, OSError, IndexError, etree.LxmlError):
            if b"purl.oclc.org/ooxml" in (read_part(self.archive, "xl/workbook.xml") or b""):
                raise Unreadable(_STRICT) from None
            raise Unreadable(_UNREADABLE) from None
        if len(sheets) > MAX_SHEETS:
            raise Unreadable(f"工作簿有 {len(sheets)} 个工作表，上限是 {MAX_SHEETS} 个。请只留下需要的，另存后再导入。")
        for sheet, relation in sheets:
            if "chartsheet" in relation.Type or "dialogsheet" in relation.Type or "Macrosheet" in relation.Type:
                continue
            if relation.target not in self.valid_files:
                raise Unreadable(
                    f"工作簿里缺少工作表「{sheet.name}」的内容，文件可能已损坏。请用 Excel 打开后另存，再导入。"
                )
            part = _Part(relation.target, self.shared_strings, formats, self.wb.epoch)
            yield sheet.name, part, sheet.state or "visible"

    def read_strings(self) -> None:
        part = self.package.find("application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml")
        if part is None:
            return
        characters = 0
        with self.archive.open(part.PartName[1:]) as stream:
            for element in _elements(stream, _STRING):
                text = _text_of(element)
                characters += len(text)
                if characters > MAX_CHARACTERS:
                    raise Unreadable("表格的内容太多。请只留下责任分解表所在的工作表，另存后再导入。")
                self.shared_strings.append(text)

    def _formats(self) -> list[str]:
        """The number format of each style. Fonts and fills, over which files differ most, are not looked at."""
        data = next((read_part(self.archive, name) for name in self.valid_files if name.endswith("/styles.xml")), None)
        if data is None:
            return []
        root = _parse(data)
        own = {
            int(element.get("numFmtId", 0)): element.get("formatCode", "General")
            for element in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        }
        ids = [int(element.get("numFmtId", 0)) for element in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")]
        return [own.get(number) or _BUILT_IN.get(number, "General") for number in ids]


# 27–36 and 50–58 are dates in Chinese Excel; openpyxl knows those of English Excel only.
_BUILT_IN: dict[int, str] = dict(BUILTIN_FORMATS) | {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm"),
}


class SheetParser:
    """One pass over a sheet's XML, a row at a time."""

    def __init__(self, stream: IO[bytes], part: _Part, count: Count) -> None:
        self.stream, self.part, self.count = stream, part, count

    def read_into(self, sheet: Sheet) -> None:
        row = -1
        for element in _elements(self.stream, _ROW, _MERGE, _COLUMN):
            if element.tag == _ROW:
                row = _whole(element.get("r"), row + 2) - 1
                if element.get("hidden") not in _FALSE:
                    sheet.hidden_rows.append(row)
                cells = self._cells(element, row, sheet)
                if cells:
                    self.count.row(sheet.name, row, len(cells), sum(map(len, cells)))
                    self._put(sheet, row, cells)
            elif element.tag == _MERGE:
                self._merge(element, sheet)
            elif element.get("hidden") not in _FALSE:
                first, last = _whole(element.get("min"), 1), _whole(element.get("max"), 1)
                # A hidden column to the right of everything, 16,384 of them, says nothing.
                sheet.hidden_columns.extend(range(max(first, 1) - 1, min(last, MAX_COLUMNS)))
        sheet.hidden_rows = [row for row in sheet.hidden_rows if row < len(sheet.rows)]
        width = max(map(len, sheet.rows), default=0)
        sheet.hidden_columns = sorted({column for column in sheet.hidden_columns if column < width})
        sheet.merges = sorted(merge for merge in sheet.merges if merge[0] < len(sheet.rows) and merge[1] < width)

    def _put(self, sheet: Sheet, row: int, cells: list[str]) -> None:
        if row < len(sheet.rows):
            # Rows out of order, or twice: the file says so, and nothing of it is thrown away.
            if sheet.rows[row]:
                raise Unreadable(
                    f"工作表「{sheet.name}」里第 {row + 1} 行出现两次，文件可能已损坏。请用 Excel 打开后另存，再导入。"
                )
            sheet.rows[row] = cells
            return
        sheet.rows.extend([] for _ in range(row - len(sheet.rows)))
        sheet.rows.append(cells)

    def _cells(self, element: Any, row: int, sheet: Sheet) -> list[str]:
        cells: list[str] = []
        column = -1
        for cell in element:
            place = cell.get("r")
            column = _column(place) if place else column + 1
            if not len(cell):
                continue
            text = self._text(cell, row, column, sheet)
            if not text:
                continue
            if column >= MAX_COLUMNS:
                self.count.row(sheet.name, row, column + 1, 0)
            if column < len(cells):
                cells[column] = text
            else:
                cells.extend([""] * (column - len(cells)))
                cells.append(text)
        return cells

    def _text(self, cell: Any, row: int, column: int, sheet: Sheet) -> str:
        kind, value, formula = cell.get("t"), None, False
        for child in cell:
            tag = child.tag
            if tag == _VALUE:
                value = child.text
            elif tag == _FORMULA:
                formula = True
            elif tag == _INLINE:
                return _text_of(child).strip()
        if value is None:
            # An empty text is a value too: =IF(A1="";"";…) was computed.
            if formula and kind != "str":
                sheet.uncomputed.append((row, column))
            return ""
        try:
            if kind == "s":
                return self.part.strings[int(value)].strip()
            if kind is None or kind == "n":
                return self.part.show(cell.get("s"))(value)
            if kind == "b":
                return "TRUE" if value.strip() in ("1", "true") else "FALSE"
            if kind == "d":
                return shown_date(from_ISO8601(value))
        except (ValueError, IndexError, OverflowError):
            raise Unreadable(
                f"工作表「{sheet.name}」第 {row + 1} 行第 {column + 1} 列的内容已损坏，无法读取。请用 Excel 打开后另存，再导入。"
            ) from None
        return _unescape(value).strip()

    def _merge(self, element: Any, sheet: Sheet) -> None:
        try:
            first_column, first_row, last_column, last_row = range_boundaries(element.get("ref", ""))
        except (TypeError, ValueError):
            return
        if None in (first_column, first_row, last_column, last_row):
            return
        sheet.merges.append((first_row - 1, first_column - 1, last_row - 1, last_column - 1))


def _elements(stream: IO[bytes], *tags: str) -> Iterator[Any]:
    """The elements with these tags as they end; each is emptied once it was looked at."""
    try:
        for _, element in etree.iterparse(
            stream,
            tag=tags,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        ):
            yield element
            element.clear()
            # The emptied ones before it go too: a hundred thousand of them are megabytes.
            while element.getprevious() is not None and element.getparent() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        raise Unreadable("工作簿里的内容已损坏，无法读取。请用 Excel 或 WPS 打开后另存，再导入。") from None


def _parse(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _text_of(element: Any) -> str:
    """The text of a shared or inline string: its own or that of its runs. Readings of characters (rPh) are no text."""
    first = element[0] if len(element) else None
    if first is not None and first.tag == _TEXT:
        return _unescape(first.text or "")
    return _unescape("".join(run.findtext(_TEXT) or "" for run in element if run.tag == _RUN))


def _unescape(text: str) -> str:
    """_x000D_ and the like: how Excel writes characters that XML cannot hold. Those stay out."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    if code == 0x5F:
        return "_"
    return chr(code) if code in (9, 10) or (code >= 32 and not 0xD800 <= code < 0xE000) else ""


def _number_shower(format: str) -> Callable[[str], str]:
    def show(value: str) -> str:
        # Excel writes more digits than it shows: 0.1+0.2 is 0.30000000000000004 in the file.
        if value.isdigit() and len(value) < 16:
            return shown_number(int(value), format)
        return shown_number(float(value), format)

    return show


def _date_shower(format: str, epoch: Any) -> Callable[[str], str]:
    is_duration = is_timedelta_format(format)

    def show(value: str) -> str:
        number = float(value)
        try:
            moment = from_excel(number, epoch, timedelta=is_duration)
        except (ValueError, OverflowError):
            # What Excel itself shows for a day before 1900.
            return "#####"
        return shown_date(moment, format)

    return show


def _column(place: str) -> int:
    """BC7 → 54."""
    column = 0
    for character in place:
        if not character.isalpha():
            break
        column = column * 26 + ord(character.upper()) - 64
    if not 0 < column <= 16_384:
        raise Unreadable("工作簿里有写错的单元格位置，文件可能已损坏。请用 Excel 打开后另存，再导入。")
    return column - 1


def _whole(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not text.isdigit() or not 0 < int(text[:12]) <= 1_048_576:
        raise Unreadable("工作簿里有写错的行号或列号，文件可能已损坏。请用 Excel 打开后另存，再导入。")
    return int(text)
