"""A workbook under construction: looks, page set-up, and what Excel can hold."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from math import ceil
from types import TracebackType
from typing import Any, Self
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

# Rows go to disk as they are written, and texts stay in their cells: the escapes of characters that XML has no room
# for (_x000C_) are then read back unambiguously, which those of a table of shared strings are not by every reader.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MAX_CELL = 32_767
MAX_ROWS = 1_048_576
A4 = 9
MAX_HEIGHT = 409
_LINE = 16.2

_FONT = {"font_name": "宋体", "font_size": 11}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter", "text_wrap": True},
    "hint": {"font_color": "#404040", "bg_color": "#FFF8E1", "valign": "vcenter", "text_wrap": True, "indent": 1},
    "header": {
        "font_name": "黑体",
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "border_color": "#8C8C8C",
        "bg_color": "#D9E2EC",
    },
    # Whole columns, so that what people add stays text: 「1.10」 is a number of a clause, not 1.1.
    "column": {"num_format": "@", "text_wrap": True, "valign": "top"},
    "cell": {"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"},
}
_LOOKS["centred"] = {**_LOOKS["cell"], "align": "center"}
_LOOKS["locked"] = {
    **_LOOKS["cell"],
    "font_size": 9,
    "font_color": "#595959",
    "bg_color": "#E7E6E6",
}
_LOOKS["unchanged"] = {**_LOOKS["cell"], "font_color": "#595959"}
_LOOKS["number"] = {**_LOOKS["cell"], "num_format": "0", "align": "right"}
_LOOKS["figure"] = {**_LOOKS["cell"], "num_format": "General", "align": "right"}
_LOOKS["bold"] = {**_LOOKS["cell"], "bold": True}


class NotWritable(Exception):
    """Something that a workbook cannot hold; ``str()`` is a Chinese sentence that says where and what to do."""


def fitting(text: str, where: str) -> str:
    """The text itself. Raises ``NotWritable`` if no cell can hold it; ``where`` names the cell to a person."""
    try:
        # Excel counts UTF-16 units: a character beyond the basic plane is two.
        length = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        raise NotWritable(
            f"{where}第 {error.start + 1} 个字符（U+{ord(text[error.start]):04X}）不是完整的字符，"
            "不能写入表格；请在原文中删去这个字符后再导出。"
        ) from error
    if length > MAX_CELL:
        raise NotWritable(
            f"{where}有 {length:,} 个字，超过 Excel 一个单元格能容纳的 {MAX_CELL:,} 个字；请把它分成几段后再导出。"
        )
    return text


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet whose rows may have a height that is only a first guess.

    XlsxWriter marks every height as chosen by a person, and such a row no longer grows with its text. Without any
    height not every program fits the rows when it opens the file.
    """

    def __init__(self) -> None:
        super().__init__()
        self.guessed: set[int] = set()
        self._is_guess = False

    def put(self, row: int, column: int, text: str, look: Any) -> None:
        """Write a cell of text, or one that is empty to every program."""
        if text:
            self.write_string(row, column, text, look)
        else:
            self.write_blank(row, column, None, look)

    def join(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Merge cells that are written on their own; XlsxWriter's way would write them all at once, out of turn."""
        self.merge.append([first_row, first_column, last_row, last_column])

    def _write_row(self, row: int, *args: Any, **kwargs: Any) -> None:
        self._is_guess = row in self.guessed
        super()._write_row(row, *args, **kwargs)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        if tag == "row" and self._is_guess:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class Book:
    """A new workbook; ``with Book() as book: …`` and then ``book.data``. Rows must be written from the top down."""

    def __init__(self) -> None:
        self._stream = BytesIO()
        self._workbook = xlsxwriter.Workbook(self._stream, _OPTIONS)
        self._looks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closed after an error too: otherwise the rows on disk stay there until the garbage collector comes by.
        self._workbook.close()

    @property
    def data(self) -> bytes:
        return self._stream.getvalue()

    def add_sheet(self, name: str) -> Any:
        return self._workbook.add_worksheet(name, _Sheet)

    def look(self, name: str, **changes: Any) -> Any:
        """A named look, with changes if any; the same one for the same name and changes."""
        key = name + repr(sorted(changes.items()))
        if key not in self._looks:
            self._looks[key] = self._workbook.add_format({**_FONT, **_LOOKS[name], **changes})
        return self._looks[key]

    def words(self, **properties: Any) -> Any:
        """A look of some words inside a cell."""
        key = repr(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self._workbook.add_format({**_FONT, **properties})
        return self._looks[key]


def set_up_page(sheet: Any, *, header_row: int, last_row: int, last_column: int, pages: int = 0) -> None:
    """Landscape A4, all columns on one page's width, the header on every page, and always in view on the screen.

    ``pages`` is the number of pages that all rows must go on, 0 for as many as it takes.
    """
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, pages)
    sheet.center_horizontally()
    sheet.repeat_rows(header_row)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.freeze_panes(header_row + 1, 0)


def add_list(
    sheet: Any,
    rows: tuple[int, int],
    column: int,
    source: str | list[str],
    *,
    hint: tuple[str, str],
    is_closed: bool,
) -> None:
    """A drop-down over a column's rows. Unless closed, it only suggests: anything else may be written as well."""
    sheet.data_validation(
        rows[0],
        column,
        rows[1],
        column,
        {
            "validate": "list",
            "source": source,
            "input_title": hint[0],
            "input_message": hint[1],
            "error_type": "stop" if is_closed else "information",
            "show_error": is_closed,
            "error_title": "不在可选的词里",
            "error_message": "请从下拉列表中选一个，或者留空。",
        },
    )


def add_hint(sheet: Any, rows: tuple[int, int], column: int, title: str, message: str) -> None:
    """A hint that shows beside the cell that is being filled in."""
    sheet.data_validation(
        rows[0], column, rows[1], column, {"validate": "any", "input_title": title, "input_message": message}
    )


def guess_height(
    sheet: Any, row: int, cells: Iterable[tuple[str, float]], options: dict[str, Any] | None = None, least: float = 18
) -> None:
    """Give a row the height that its wrapped texts need; ``cells`` are texts and the widths of their columns."""
    lines = max((_lines(text, width) for text, width in cells), default=1)
    sheet.set_row(row, min(max(lines * _LINE + 2.5, least), MAX_HEIGHT), None, options)
    sheet.guessed.add(row)


def display_width(line: str) -> int:
    """How many digits one line is wide: a Chinese character is two."""
    return len(line) if line.isascii() else sum(1 + (east_asian_width(character) in "WF") for character in line)


def _lines(text: str, width: float) -> int:
    # The font's characters are a little wider than those in which a column's width is counted.
    room = max(width * 0.97, 1)
    return sum(max(ceil(display_width(line) / room), 1) for line in text.split("\n"))
