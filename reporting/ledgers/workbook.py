"""A ledger as a workbook: landscape A4, headings in view and on every page, every word a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from measures.sheets import words
from measures.sheets.writing import Book, add_plan_sheets, clause_row
from measures.sheets.writing.book import MAX_CELL, fitting, guess_height, set_up_page
from reporting.ledgers.contents import Ledger, Line, Row, Said
from reporting.resources import ProgressResource

Pulse = Callable[[int, int, str], None]

SHEET, ROWS_SHEET, DISTRICTS_SHEET, NUMBERS_SHEET = "责任分解台账", "单位进展", "区县进展", "数据"
# What an import reads stands under the words of its template; the rest it leaves alone.
HEADER = (
    "序号",
    "章节",
    *words.PLAN_HEADER[:2],
    "编号\n（条款编号）",
    "标题\n（工作任务）",
    "正文\n（具体措施）",
    *words.PLAN_HEADER[5:],
    "进展情况",
    "存在问题",
    "下步措施",
    "完成状态",
    "备注",
)
_WIDTHS = (5, 9, 9, 6, 10, 13, 34, 14, 17, 11, 38, 19, 19, 11, 10)
_PATH, _KIND = 2, 3
_LABEL, _HEADING, _DONE = 4, 5, 10
_HEADER_ROW = 2
# A row of a sheet is 409 points high at most: what does not fit would be cut off on paper without a word. Of longer
# texts the beginnings stand here, and all of them on the sheet of the units.
_MOST_DONE, _MOST_BESIDE = 420, 200
_MORE = f"\n（全文见「{ROWS_SHEET}」页）"
_TOO_LONG = "…（超过单元格上限，全文见系统）"
_LEVELS = frozenset({words.CLAUSE_KINDS["chapter"], words.CLAUSE_KINDS["section"]})
_LEVEL_TINT = "#F3F6FA"

ROWS_HEADER = tuple(str(column.column_name) for column in ProgressResource.fields.values())
_ROWS_WIDTHS = (11, 6, 13, 18, 15, 16, 6, 10, 12, 12, 11, 60, 30, 30, 8, 8)
_NUMBERS_HEADER = ("单位", "条款", "指标", "数值", "计量单位", "原文写法", "说明")
_NUMBERS_WIDTHS = (20, 18, 28, 14, 10, 18, 36)
# Rows between two signs of life.
_OFTEN = 200


def write_ledger(ledger: Ledger, progress: Pulse | None = None) -> bytes:
    """The ledger as a workbook. ``progress`` is told how many rows of all are written."""
    total = len(ledger.lines) + len(ledger.rows) + ledger.district_count
    written = 0

    def step(stage: str) -> None:
        nonlocal written
        if progress is not None and written % _OFTEN == 0:
            progress(written, total, stage)
        written += 1

    with Book() as book:
        _write_lines(book, book.add_sheet(SHEET), ledger, lambda: step("条款"))
        _write_rows(book, book.add_sheet(ROWS_SHEET), ledger, ledger.rows, lambda: step("单位进展"))
        if ledger.district_count:
            sheet = book.add_sheet(DISTRICTS_SHEET)
            _write_rows(book, sheet, ledger, ledger.district_rows, lambda: step("区县进展"))
        if ledger.numbers:
            _write_numbers(book, book.add_sheet(NUMBERS_SHEET), ledger)
        add_plan_sheets(book, ledger.plan)
    return book.data


# --- Clause by clause ---------------------------------------------------------------------------------------------


def _write_lines(book: Book, sheet: Any, ledger: Ledger, step: Callable[[], None]) -> None:
    last_column, first = len(HEADER) - 1, _HEADER_ROW + 1
    for column, width in enumerate(_WIDTHS):
        # By these an import tells the clauses apart; to a reader they say nothing.
        sheet.set_column(column, column, width, book.look("column"), {"hidden": column in (_PATH, _KIND)})
    for row, (text, look, height) in enumerate(((ledger.title, "title", 36), (ledger.subtitle, "hint", 24))):
        sheet.set_row(row, height)
        sheet.merge_range(row, 0, row, last_column, "", book.look(look))
        sheet.put(row, 0, text, book.look(look))
    _write_header(book, sheet, _HEADER_ROW, HEADER, height=36)
    for row, line in enumerate(ledger.lines, first):
        _write_line(book, sheet, row, line)
        step()
    last = max(first + len(ledger.lines) - 1, first)
    set_up_page(sheet, header_row=_HEADER_ROW, last_row=last, last_column=last_column)
    sheet.autofilter(_HEADER_ROW, 0, last, last_column)
    sheet.set_header(_in_header(ledger))


def _write_line(book: Book, sheet: Any, row: int, line: Line) -> None:
    path, kind, label, heading, text, *parties = clause_row(line.clause, line.due)
    cells = [
        str(line.number or ""),
        line.chapter,
        path,
        kind,
        label,
        heading,
        text,
        *parties,
        together(line.said, "work_done", _MOST_DONE),
        together(line.said, "problems", _MOST_BESIDE),
        together(line.said, "next_steps", _MOST_BESIDE),
        line.standing,
        line.note,
    ]
    tint = {"bg_color": _LEVEL_TINT} if kind in _LEVELS else {}
    guess_height(sheet, row, zip(cells, _WIDTHS, strict=True))
    plain, bold = book.look("cell", **tint), book.look("cell", bold=bool(tint), **tint)
    centred = book.look("centred", **tint)
    for column, words_of_cell in enumerate(cells):
        look = bold if column in (_LABEL, _HEADING) else centred if column == 0 else plain
        # The plan's own words are never cut: where no cell holds them, there is no such table.
        is_of_plan = column < _DONE
        kept = fitting(words_of_cell, f"条款「{path}」的{HEADER[column]}") if is_of_plan else _fitting(words_of_cell)
        sheet.put(row, column, kept, look)


def together(said: Sequence[Said], name: str, most: int) -> str:
    """What the units say, one after another under their names; each cut alike where all do not fit ``most``."""
    texts = [(one.unit, text) for one in said if (text := getattr(one, name).strip())]
    if not texts:
        return ""
    share = most // len(texts)
    is_long = sum(len(text) for _unit, text in texts) > most
    pieces = [
        f"【{unit}】{text[: max(share, 20)].rstrip()}…"
        if is_long and len(text) > max(share, 20)
        else f"【{unit}】{text}"
        for unit, text in texts
    ]
    return "\n".join(pieces) + (_MORE if is_long else "")


# --- Unit by unit -------------------------------------------------------------------------------------------------


def _write_rows(book: Book, sheet: Any, ledger: Ledger, rows: Iterable[Row], step: Callable[[], None]) -> None:
    """In the form that the sheet of progress is exchanged in: the header first, and its columns alone."""
    for column, width in enumerate(_ROWS_WIDTHS):
        sheet.set_column(column, column, width, book.look("column"))
    _write_header(book, sheet, 0, ROWS_HEADER)
    cell, figure = book.look("cell"), book.look("number")
    last = 0
    for last, row in enumerate(rows, 1):
        if row.work_done or row.problems or row.next_steps:
            texts = ((str(value or ""), width) for value, width in zip(row, _ROWS_WIDTHS, strict=True))
            guess_height(sheet, last, texts)
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(last, column, value, figure)
            else:
                sheet.put(last, column, _fitting(value or ""), cell)
        step()
    set_up_page(sheet, header_row=0, last_row=max(last, 1), last_column=len(ROWS_HEADER) - 1)
    sheet.autofilter(0, 0, max(last, 1), len(ROWS_HEADER) - 1)
    sheet.set_header(_in_header(ledger))


def _write_numbers(book: Book, sheet: Any, ledger: Ledger) -> None:
    for column, width in enumerate(_NUMBERS_WIDTHS):
        sheet.set_column(column, column, width, book.look("column"))
    _write_header(book, sheet, 0, _NUMBERS_HEADER)
    cell, figure = book.look("cell"), book.look("figure")
    for row, number in enumerate(ledger.numbers, 1):
        guess_height(
            sheet, row, ((str(value or ""), width) for value, width in zip(number, _NUMBERS_WIDTHS, strict=True))
        )
        for column, value in enumerate(number):
            if column == 3 and value is not None:
                sheet.write_number(row, column, float(value), figure)
            else:
                sheet.put(row, column, _fitting(str(value or "")), cell)
    last = max(len(ledger.numbers), 1)
    set_up_page(sheet, header_row=0, last_row=last, last_column=len(_NUMBERS_HEADER) - 1)
    sheet.autofilter(0, 0, last, len(_NUMBERS_HEADER) - 1)
    sheet.set_header(_in_header(ledger))


def _write_header(book: Book, sheet: Any, row: int, header: Iterable[str], *, height: int = 24) -> None:
    sheet.set_row(row, height)
    for column, text in enumerate(header):
        sheet.put(row, column, text, book.look("header"))


def _in_header(ledger: Ledger) -> str:
    """The words on top of every page on paper; an ampersand would be a command there."""
    return f"&R&9{ledger.title[:100].replace('&', '&&')}"


def _fitting(text: str) -> str:
    """The text, or its beginning where no cell holds all of it: Excel counts a character beyond the basic plane twice."""
    if len(text) * 2 <= MAX_CELL or len(text.encode("utf-16-le")) // 2 <= MAX_CELL:
        return text
    room = (MAX_CELL - len(_TOO_LONG)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _TOO_LONG
