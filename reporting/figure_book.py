"""The year's numbers as a workbook: the sums, and every unit's number behind them. In Chinese, as documents are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from departments.models import Conference
from measures.sheets.writing.book import Book, guess_height, set_up_page
from reporting.models import Indicator
from reporting.services.figures import IndicatorSum, percent_text

_SUMS = (
    ("序号", 6),
    ("代码", 9),
    ("指标", 30),
    ("计量单位", 10),
    ("合计", 14),
    ("其中：成员单位", 14),
    ("其中：区县", 14),
    ("上年合计", 14),
    ("变动", 10),
    ("应报", 7),
    ("已报", 7),
    ("无法统计", 9),
    ("未报", 7),
    ("区县已报/应报", 13),
    ("说明", 24),
)
_VALUES = (
    ("指标代码", 9),
    ("指标", 30),
    ("计量单位", 10),
    ("填报单位", 30),
    ("数值", 16),
    ("原文写法", 18),
    ("情况", 12),
    ("说明", 44),
)
# Beyond these many digits a spreadsheet rounds: the number is written as text then.
_EXACT = Decimal(10) ** 13


def write_sums(found: Sequence[IndicatorSum], conference: Conference, year: int) -> bytes:
    """Two sheets: one row an indicator, and one row a number. Texts are never formulas; what is missing is empty."""
    with Book() as book:
        _write(
            book,
            "汇总",
            f"{conference.name}{year}年度数据汇总表",
            _SUMS,
            (_sum_row(*one) for one in enumerate(found, 1)),
        )
        _write(book, "分单位", f"{conference.name}{year}年度分单位数据表", _VALUES, _value_rows(found))
    return book.data


def _write(book: Book, name: str, title: str, columns: Sequence[tuple[str, int]], rows: Iterator[list[Any]]) -> None:
    sheet = book.add_sheet(name)
    last_column = len(columns) - 1
    for column, (_header, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    # Rows are written from the top down, each once (constant memory).
    sheet.set_row(0, 34)
    for column in range(len(columns)):
        sheet.put(0, column, title if column == 0 else "", book.look("title"))
    sheet.join(0, 0, 0, last_column)
    sheet.set_row(1, 32)
    for column, (header, _width) in enumerate(columns):
        sheet.put(1, column, header, book.look("header"))
    last = 1
    for last, cells in enumerate(rows, 2):
        texts = [(cell, columns[column][1]) for column, cell in enumerate(cells) if isinstance(cell, str)]
        guess_height(sheet, last, texts)
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.put(last, column, cell, book.look("cell"))
            elif cell is None:
                sheet.put(last, column, "", book.look("cell"))
            else:
                places = "#,##0" if isinstance(cell, int) else "#,##0.00"
                sheet.write_number(last, column, cell, book.look("figure", num_format=places))
    set_up_page(sheet, header_row=1, last_row=last, last_column=last_column)


def _sum_row(place: int, one: IndicatorSum) -> list[Any]:
    return [
        place,
        one.indicator.code,
        one.indicator.name,
        one.indicator.unit,
        _number(one.total),
        _number(one.of_units),
        _number(one.of_districts),
        _number(one.last_year),
        percent_text(one.change) if one.change is not None else None,
        len(one.units),
        len(one.reported),
        len(one.uncountable),
        len(one.missing),
        f"{len(one.filed)}/{len(one.districts)}" if one.districts else None,
        "；".join(_remarks(one)) or None,
    ]


def _remarks(one: IndicatorSum) -> Iterator[str]:
    if one.is_inexact:
        yield "含约数"
    if one.indicator.is_cumulative:
        yield "累计数，各年不相加"
    if not one.indicator.is_summed:
        yield "不加总"


def _value_rows(found: Sequence[IndicatorSum]) -> Iterator[list[Any]]:
    for one in found:
        for unit in one.units:
            written = unit.figure.as_written if unit.figure else ""
            explanation = unit.figure.explanation if unit.figure else ""
            standing = _standing(unit.value, unit.cannot_be_counted, has_sheet=unit.has_sheet)
            yield _value_row(one.indicator, unit.department.name, unit.value, written, standing, explanation)
        for district in one.districts:
            standing = _standing(district.value, district.cannot_be_counted, has_sheet=district.has_filed)
            remark = "报告已退回，待重报" if district.is_returned else ""
            name = str(district.conference)
            yield _value_row(one.indicator, name, district.value, district.as_written, standing, remark)


def _value_row(
    indicator: Indicator, who: str, value: Decimal | None, written: str, standing: str, remark: str
) -> list[Any]:
    number = _number(value)
    return [indicator.code, indicator.name, indicator.unit, who, number, written or None, standing, remark or None]


def _standing(value: Decimal | None, cannot_be_counted: bool, *, has_sheet: bool) -> str:
    if cannot_be_counted:
        return "无法统计"
    if value is not None:
        return "已报"
    return "此项未填" if has_sheet else "未报"


def _number(value: Decimal | None) -> float | int | str | None:
    if value is None:
        return None
    if abs(value) >= _EXACT:
        return f"{value:f}"
    return int(value) if value == value.to_integral_value() else float(value)
