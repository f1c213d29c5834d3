"""A plan as a workbook that can be edited and read back, and the empty workbook to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from measures.reading import Clause, Obligation, PlanText
from measures.sheets import words

from .book import Book, add_hint, add_list, fitting, guess_height, set_up_page
from .guidance import write_guidance

HINT = (
    "可以改的：类别、编号、标题、正文、牵头单位、配合单位、完成时限；一行是一条，可以增行、删行。"
    "不要改的：灰色的「条款标识」和本页第三行的表头；新增的行，「条款标识」留空。多个单位之间用顿号「、」隔开。"
    "详细说明见「填写说明」页。"
)
_WIDTHS = (12, 9, 9, 18, 62, 22, 28, 16)
_OBLIGATION_WIDTHS = (12, 26, 14, 24, 28, 10, 7, 5, 5, 6, 8, 50)
_ABOUT_WIDTHS = (14, 90)
_ABOUT_HINTS: Mapping[str, str] = {
    words.ABOUT_TITLE: "计划的全名",
    words.ABOUT_NUMBER: "例：渝府办发〔2021〕152号；没有的留空",
    words.ABOUT_ISSUED_BY: "例：重庆市人民政府办公厅",
    words.ABOUT_ISSUED_ON: "例：2021-12-29",
    words.ABOUT_START: "四位数字，例：2021",
    words.ABOUT_END: "四位数字，例：2030",
    words.ABOUT_MEMBERS: "联席会议的成员单位，用顿号「、」隔开；文件没有列出的留空",
}
# Empty rows of the template that are ruled, and rows below a plan that still have drop-downs.
_RULED_ROWS = 30
_ROWS_TO_ADD = 1000
# Rows that stand out: what the others belong to.
_LEVELS = frozenset({words.CLAUSE_KINDS["chapter"], words.CLAUSE_KINDS["section"]})
_LEVEL_TINT = "#F3F6FA"
_TITLE_HEIGHT, _HINT_HEIGHT, _HEADER_HEIGHT = 36, 36, 24

_ID, _KIND, _LABEL, _HEADING, _LEAD, _COOPERATING, _DUE = 0, 1, 2, 3, 5, 6, 7
_OBLIGATION_KIND, _RECURRENCE, _INCLUDES_DAY = 2, 5, 10


def write_template(*, units: Sequence[str], title: str = "", year: int | None = None) -> bytes:
    """An empty workbook to fill in, in the form of ``write_plan``. ``year`` is the first year of the plan.

    Raises ``NotWritable`` for a title or a unit's name that no cell can hold.
    """
    about = {words.ABOUT_TITLE: title, words.ABOUT_START: _number(year)}
    return _write(title, [], about, [], units=units, ruled=_RULED_ROWS)


def write_plan(plan: PlanText, *, units: Sequence[str], dues: Mapping[str, str] | None = None) -> bytes:
    """The plan as a workbook: clauses, what the plan says of itself, obligations, guidance, and ``units`` to choose from.

    ``dues`` are words of the deadline column by clause path, for a plan that came from a table. All cells are text.
    Raises ``NotWritable``, naming the clause, for text that no cell can hold.
    """
    clauses = [clause_row(clause, (dues or {}).get(clause.path, "")) for clause in plan.clauses]
    obligations = [_obligation_row(obligation) for obligation in plan.obligations]
    return _write(plan.title, clauses, _about(plan), obligations, units=units, ruled=0)


def add_plan_sheets(book: Book, plan: PlanText) -> None:
    """Beside a sheet of the plan's clauses: what it says of itself and its obligations, to be read back with it."""
    info, duties = (book.add_sheet(name) for name in (words.ABOUT, words.OBLIGATIONS))
    _write_about(book, info, _about(plan))
    _write_obligations(book, duties, [_obligation_row(obligation) for obligation in plan.obligations], ruled=0)


def _about(plan: PlanText) -> dict[str, str]:
    return {
        words.ABOUT_TITLE: plan.title,
        words.ABOUT_NUMBER: plan.document_number or "",
        words.ABOUT_ISSUED_BY: plan.issued_by or "",
        words.ABOUT_ISSUED_ON: plan.issued_on or "",
        words.ABOUT_START: _number(plan.period.start),
        words.ABOUT_END: _number(plan.period.end),
        words.ABOUT_MEMBERS: words.join_names(plan.members),
    }


def clause_row(clause: Clause, due: str) -> list[str]:
    """A clause's cells, in the order of ``words.PLAN_HEADER``; ``due`` are the words of the deadline column."""
    return [
        clause.path,
        words.CLAUSE_KINDS.get(clause.kind, clause.kind),
        clause.label,
        clause.heading,
        clause.text,
        words.join_names([party.as_written for party in clause.lead]),
        words.join_names([party.as_written for party in clause.cooperating]),
        due,
    ]


def _obligation_row(obligation: Obligation) -> list[str]:
    recurrence = obligation.recurrence
    return [
        obligation.basis,
        obligation.title,
        words.OBLIGATION_KINDS.get(obligation.kind, obligation.kind),
        obligation.obliged,
        words.join_names(obligation.recipients),
        words.RECURRENCES.get(recurrence.type, recurrence.type),
        _number(recurrence.year),
        _number(recurrence.month),
        _number(recurrence.day),
        _number(recurrence.times),
        words.YES_NO[recurrence.includes_day],
        obligation.text,
    ]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _write(
    title: str,
    clauses: list[list[str]],
    about: Mapping[str, str],
    obligations: list[list[str]],
    *,
    units: Sequence[str],
    ruled: int,
) -> bytes:
    names = list(dict.fromkeys(name for name in units if name.strip()))
    with Book() as book:
        # In the order of their tabs.
        plan, info, duties = (book.add_sheet(name) for name in (words.PLAN, words.ABOUT, words.OBLIGATIONS))
        _write_clauses(book, plan, title, clauses, ruled=ruled, units=len(names))
        _write_about(book, info, about)
        _write_obligations(book, duties, obligations, ruled=ruled)
        write_guidance(book, book.add_sheet(words.GUIDANCE))
        _write_units(book, book.add_sheet(words.UNITS), names)
    return book.data


def _write_clauses(book: Book, sheet: Any, title: str, clauses: list[list[str]], *, ruled: int, units: int) -> None:
    last_column = len(words.PLAN_HEADER) - 1
    first = words.PLAN_HEADER_ROW + 1
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, book.look("locked" if column == _ID else "column"))
    for row, (text, look, height) in enumerate(
        ((fitting(title, "题名") or words.DEFAULT_TITLE, "title", _TITLE_HEIGHT), (HINT, "hint", _HINT_HEIGHT))
    ):
        sheet.set_row(row, height)
        # The words are put in after merging: merge_range alone would guess at their type.
        sheet.merge_range(row, 0, row, last_column, "", book.look(look))
        sheet.put(row, 0, text, book.look(look))
    _write_header(book, sheet, words.PLAN_HEADER_ROW, words.PLAN_HEADER)

    blank = [""] * len(words.PLAN_HEADER)
    for row, cells in enumerate(chain(clauses, [blank] * ruled), first):
        tint = {"bg_color": _LEVEL_TINT} if cells[_KIND] in _LEVELS else {}
        guess_height(sheet, row, zip(cells, _WIDTHS, strict=True))
        for column, text in enumerate(cells):
            where = f"条款「{cells[_ID]}」的{words.PLAN_HEADER[column]}"
            is_bold = bool(tint) and column in (_LABEL, _HEADING)
            look = book.look("centred" if column == _KIND else "cell", bold=is_bold, **tint)
            sheet.put(row, column, fitting(text, where), book.look("locked") if column == _ID else look)

    last = first + len(clauses) + ruled - 1
    set_up_page(sheet, header_row=words.PLAN_HEADER_ROW, last_row=max(last, first), last_column=last_column)
    sheet.autofilter(words.PLAN_HEADER_ROW, 0, max(last, first), last_column)
    rows = (first, last + _ROWS_TO_ADD)
    add_hint(sheet, rows, _ID, "条款标识", "系统据此认出是哪一条，请不要改。新增的行留空。")
    add_list(
        sheet,
        rows,
        _KIND,
        list(words.CLAUSE_KINDS.values()),
        hint=("类别", "这一行在文件里是什么。新增的行可以留空，由系统按编号判断。"),
        is_closed=True,
    )
    add_hint(sheet, rows, _LABEL, "编号", "照文件上印的写，例：一、　（二）　3.　第五条。没有编号的段留空。")
    for column, role in ((_LEAD, "负责"), (_COOPERATING, "配合")):
        message = f"{role}这一条的单位。多个单位用顿号「、」隔开，按文件的次序写；下拉列表只是提示，可以直接输入。"
        if units:
            source = f"='{words.UNITS}'!$A$1:$A${units}"
            add_list(sheet, rows, column, source, hint=(words.PLAN_HEADER[column], message), is_closed=False)
        else:
            add_hint(sheet, rows, column, words.PLAN_HEADER[column], message)
    add_hint(sheet, rows, _DUE, "完成时限", "例：2026年12月底前　每年12月15日前　每季度末　长期坚持。没有的留空。")


def _write_about(book: Book, sheet: Any, about: Mapping[str, str]) -> None:
    for column, width in enumerate(_ABOUT_WIDTHS):
        sheet.set_column(column, column, width, book.look("column"))
    _write_header(book, sheet, 0, words.ABOUT_HEADER)
    for row, item in enumerate(words.ABOUT_ITEMS, 1):
        guess_height(sheet, row, [(about.get(item, ""), _ABOUT_WIDTHS[1])], least=24)
        sheet.put(row, 0, item, book.look("locked", font_size=11))
        sheet.put(row, 1, fitting(about.get(item, ""), f"「{words.ABOUT}」的{item}"), book.look("cell"))
        add_hint(sheet, (row, row), 1, item, _ABOUT_HINTS[item])
    set_up_page(sheet, header_row=0, last_row=len(words.ABOUT_ITEMS), last_column=1)


def _write_obligations(book: Book, sheet: Any, obligations: list[list[str]], *, ruled: int) -> None:
    for column, width in enumerate(_OBLIGATION_WIDTHS):
        sheet.set_column(column, column, width, book.look("column"))
    _write_header(book, sheet, 0, words.OBLIGATIONS_HEADER)
    blank = [""] * len(words.OBLIGATIONS_HEADER)
    for row, cells in enumerate(chain(obligations, [blank] * ruled), 1):
        guess_height(sheet, row, zip(cells, _OBLIGATION_WIDTHS, strict=True))
        for column, text in enumerate(cells):
            where = f"条款「{cells[0]}」时限义务的{words.OBLIGATIONS_HEADER[column]}"
            sheet.put(row, column, fitting(text, where), book.look("cell"))

    last = len(obligations) + ruled
    set_up_page(sheet, header_row=0, last_row=max(last, 1), last_column=len(words.OBLIGATIONS_HEADER) - 1)
    rows = (1, last + _ROWS_TO_ADD)
    add_hint(sheet, rows, 0, "条款标识", "写明这项义务的条款，照「责任分解」页的条款标识填。")
    for column, source, message in (
        (_OBLIGATION_KIND, words.OBLIGATION_KINDS, "这项义务是什么。"),
        (_RECURRENCE, words.RECURRENCES, "多久一次。「每年至少」请在「次数」写几次。"),
        (_INCLUDES_DAY, {"yes": words.YES_NO[True], "no": words.YES_NO[False]}, "期限当日办理算不算按时。"),
    ):
        title = words.OBLIGATIONS_HEADER[column]
        add_list(sheet, rows, column, list(source.values()), hint=(title, message), is_closed=True)


def _write_units(book: Book, sheet: Any, names: list[str]) -> None:
    sheet.set_column(0, 0, 40, book.look("column"))
    for row, name in enumerate(names):
        sheet.put(row, 0, fitting(name, f"单位「{name[:20]}」的名称"), book.look("column"))
    sheet.hide()


def _write_header(book: Book, sheet: Any, row: int, header: Iterable[str]) -> None:
    sheet.set_row(row, _HEADER_HEIGHT)
    for column, text in enumerate(header):
        sheet.put(row, column, text, book.look("header"))
