"""A plain list as a workbook."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from measures.sheets.writing import NotWritable, write_rows
from tests.measures.sheets_reading_back import opened, texts


def test_a_list_keeps_numbers_as_numbers_and_words_as_words():
    moment = datetime(2026, 12, 15, 9, 30, tzinfo=UTC)
    values = ["市公安局", 12, 1.5, Decimal("2.5"), None, True, date(2026, 12, 15), moment, 10**17, float("nan"), "=1+1"]

    sheet = opened(write_rows("单位名单", [f"列{n}" for n in range(len(values))], [values]))["单位名单"]

    shown = [cell.value for cell in sheet[2]]
    assert shown == [
        "市公安局",
        12,
        1.5,
        2.5,
        None,
        "是",
        "2026-12-15",
        "2026-12-15 09:30",
        "100000000000000000",
        "nan",
        "=1+1",
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "n", "n", "s", "s", "s", "s", "s", "s"]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@甲", "\t=1", "\r=1", "{=1}", "http://a.b", "007"])
def test_no_cell_is_a_formula_a_link_or_a_guessed_number(value):
    sheet = opened(write_rows("导出", [value], [[value]])).active

    assert texts(sheet) == [[value], [value]]
    assert sheet["A2"].hyperlink is None


def test_an_empty_list_is_its_header():
    sheet = opened(write_rows("空", ["单位", "条数"], [])).active

    assert texts(sheet) == [["单位", "条数"]]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2026年[反拐]进展：一/二*?", "2026年 反拐 进展：一 二"),
        ("名" * 40, "名" * 31),
        ("😀" * 20, "😀" * 15),
        ("'甲'", "甲"),
        ("", "导出"),
        ("History", "导出"),
        ("\x07", "导出"),
    ],
)
def test_the_sheet_is_named_as_excel_allows(title, name):
    assert opened(write_rows(title, ["单位"], [])).sheetnames == [name]


def test_text_that_no_cell_can_hold_is_refused_by_its_place():
    with pytest.raises(NotWritable, match="第 3 行第 2 列有 32,768 个字"):
        write_rows("名单", ["甲", "乙"], [["", ""], ["", "宣" * 32_768]])


def test_rows_may_be_longer_than_the_header():
    assert texts(opened(write_rows("名单", ["甲"], [["一", "二"]])).active) == [["甲", ""], ["一", "二"]]
