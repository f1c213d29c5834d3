"""A comparison as a workbook to hand round."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock

from measures.comparing import Change, ChangeKind, Comparison, Side, compare, sides_of, words_of
from measures.reading import load, read_plan
from measures.sheets.writing import NotWritable, write_comparison
from tests.measures.sheets_reading_back import opened, texts

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"


def a_side(path: str, text: str, **changes) -> Side:
    return Side(path, **{"label": "", "heading": "", "kind": "item", **changes}, text=text)


def written(*changes: Change) -> bytes:
    return write_comparison(Comparison(list(changes)), before_title="甲计划", after_title="乙计划")


def stretches(data: bytes, cell: str) -> list[tuple[str, bool, bool]]:
    """The pieces of a cell with marks: words, whether underlined, whether struck through."""
    value = load_workbook(BytesIO(data), rich_text=True)["逐条对照"][cell].value
    assert isinstance(value, CellRichText)
    return [
        (piece.text, piece.font.u == "single", bool(piece.font.strike))
        if isinstance(piece, TextBlock)
        else (piece, False, False)
        for piece in value
    ]


REWORDED = Change(
    ChangeKind.REWORDED,
    a_side("一", "市公安局负责反拐工作的组织协调。"),
    a_side("一", "市教委负责反拐工作的组织协调，每年报告。"),
    lead_gained=("市教委",),
    lead_lost=("市公安局",),
    cooperating_gained=("市妇联", "团市委"),
    dues_gained=("每年12月15日前",),
    dues_lost=("2030年年底",),
)
SAME = Change(ChangeKind.SAME, a_side("二", "不变。"), a_side("二", "不变。"))
NEW = Change(ChangeKind.NEW, None, a_side("三", "=新增"), lead_gained=("市教委",))
DROPPED = Change(ChangeKind.DROPPED, a_side("四", "删去的。"), None, cooperating_lost=("市妇联",))
MOVED = Change(ChangeKind.MOVED, a_side("五", "移动的。"), a_side("六", "移动的。"), is_manual=True)


def test_every_change_is_one_row():
    sheet = opened(written(REWORDED, SAME, NEW, DROPPED, MOVED))["逐条对照"]

    assert texts(sheet, 3) == [
        ["变化", "原编号", "新编号", "原文", "新文", "负责增加", "负责减少", "配合增加", "配合减少", "时限变化"],
        [
            "改写",
            "一",
            "一",
            "市公安局负责反拐工作的组织协调。",
            "市教委负责反拐工作的组织协调，每年报告。",
            "市教委",
            "市公安局",
            "市妇联、团市委",
            "",
            "增加：每年12月15日前\n减少：2030年年底",
        ],
        ["不变", "二", "二", "不变。", "不变。", "", "", "", "", ""],
        ["新增", "", "三", "", "=新增", "市教委", "", "", "", ""],
        ["删去", "四", "", "删去的。", "", "", "", "", "市妇联", ""],
        ["移动（人工指定）", "五", "六", "移动的。", "移动的。", "", "", "", "", ""],
    ]
    assert "甲计划" in sheet["A2"].value
    assert "乙计划" in sheet["A2"].value


def test_what_was_gained_is_underlined_and_what_was_lost_struck_through():
    data = written(REWORDED)

    assert stretches(data, "D4") == [
        ("市", False, False),
        ("公安局", False, True),
        ("负责反拐工作的组织协调。", False, False),
    ]
    assert stretches(data, "E4") == [
        ("市", False, False),
        ("教委", True, False),
        ("负责反拐工作的组织协调", False, False),
        ("，每年报告", True, False),
        ("。", False, False),
    ]


def test_each_side_is_marked_in_its_own_punctuation_and_spaces():
    change = Change(ChangeKind.REWORDED, a_side("一", "甲(乙), 丙负责"), a_side("一", "甲（乙），丁负责"))

    data = written(change)

    assert stretches(data, "D4") == [("甲(乙), ", False, False), ("丙", False, True), ("负责", False, False)]
    assert stretches(data, "E4") == [("甲（乙），", False, False), ("丁", True, False), ("负责", False, False)]


def test_of_a_split_only_the_parts_are_marked_and_of_a_merger_only_what_was_joined():
    before, after = a_side("一", "开展宣传，加强打击。"), a_side("二", "开展宣传教育。")

    data = written(Change(ChangeKind.SPLIT, before, after), Change(ChangeKind.MERGED, before, after))

    sheet = load_workbook(BytesIO(data), rich_text=True)["逐条对照"]
    marked = [[isinstance(sheet.cell(row, column).value, CellRichText) for column in (4, 5)] for row in (4, 5)]
    assert marked == [[False, True], [True, False]]


def test_a_text_that_changed_altogether_keeps_both_texts():
    data = written(Change(ChangeKind.REWORDED, a_side("一", "甲"), a_side("一", "乙")))

    sheet = opened(data)["逐条对照"]
    assert (sheet["D4"].value, sheet["D4"].font.strike) == ("甲", True)
    assert (sheet["E4"].value, sheet["E4"].font.underline) == ("乙", "single")


def test_rows_without_a_change_are_folded_away():
    sheet = opened(written(SAME, REWORDED, SAME, SAME, NEW))["逐条对照"]

    rows = {row: sheet.row_dimensions[row] for row in range(3, 9)}
    assert [row for row, found in rows.items() if found.hidden] == [4, 6, 7]
    assert [row for row, found in rows.items() if found.outlineLevel] == [4, 6, 7]
    assert [row for row, found in rows.items() if found.collapsed] == [3, 5]
    assert "没有变化的 3 条已收起" in sheet["A2"].value


def test_a_clause_whose_units_alone_changed_is_not_folded_away():
    change = Change(ChangeKind.SAME, a_side("一", "甲"), a_side("一", "甲"), lead_gained=("市教委",))

    sheet = opened(written(change, SAME))["逐条对照"]

    assert [sheet.row_dimensions[row].hidden for row in (4, 5)] == [False, True]


def test_where_nothing_changed_everything_is_in_view():
    sheet = opened(written(SAME, SAME))["逐条对照"]

    assert [sheet.row_dimensions[row].hidden for row in (4, 5)] == [False, False]
    assert "没有变化" in sheet["A2"].value


def test_units_are_listed_with_what_they_gain_and_lose():
    sheet = opened(written(REWORDED, SAME, NEW, DROPPED))["单位增减"]

    assert texts(sheet) == [
        ["单位", "新增负责", "减少负责", "新增配合", "减少配合"],
        ["市教委", "一、三", "", "", ""],
        ["市公安局", "", "一", "", ""],
        ["市妇联", "", "", "一", "四"],
        ["团市委", "", "", "一", ""],
    ]


def test_the_summary_counts():
    sheet = opened(written(REWORDED, SAME, SAME, NEW, DROPPED, MOVED))["汇总"]

    assert (sheet["B1"].value, sheet["B2"].value) == ("甲计划", "乙计划")
    assert {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(5, 17)} == {
        "不变": 2,
        "改写": 1,
        "移动": 1,
        "拆分": 0,
        "合并": 0,
        "新增": 1,
        "删去": 1,
        "合计": 6,
        "负责增加": 2,
        "负责减少": 1,
        "配合增加": 2,
        "配合减少": 1,
    }


def test_paths_are_said_as_the_caller_says_them():
    data = write_comparison(
        Comparison([REWORDED, NEW]), before_title="甲", after_title="乙", name_path=lambda path: f"第{path}"
    )

    book = opened(data)
    assert [row[1:3] for row in texts(book["逐条对照"], 4)] == [["第一", "第一"], ["", "第三"]]
    assert texts(book["单位增减"])[1] == ["市教委", "第一、第三", "", "", ""]


def test_every_sheet_prints_across_one_page_with_its_header():
    book = opened(written(REWORDED))

    assert [
        (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.fitToWidth or 1)
        for sheet in book
    ] == [("A4", "$3:$3", "landscape", 1), ("A2", "$1:$1", "landscape", 1), ("A5", "$4:$4", "landscape", 1)]
    assert book["逐条对照"].print_area == "'逐条对照'!$A$1:$J$4"
    assert book["逐条对照"].auto_filter.ref == "A3:J4"


def test_an_empty_comparison_is_a_workbook():
    assert texts(opened(written())["逐条对照"], 4) == []


def test_text_that_no_cell_can_hold_is_refused_by_its_clause():
    with pytest.raises(NotWritable, match="条款「二」的原文有 32,768 个字"):
        written(Change(ChangeKind.REWORDED, a_side("一", "宣" * 32_768), a_side("二", "宣")))


@pytest.mark.parametrize(("before", "after"), [("000", "001"), ("003", "000"), ("004", "000")])
def test_documents_compared_keep_every_word(before, after):
    plans = [read_plan(load(next(DOCUMENTS.glob(f"{start}*.txt")))) for start in (before, after)]
    comparison = compare(sides_of(plans[0]), sides_of(plans[1]))

    book = opened(write_comparison(comparison, before_title=plans[0].title, after_title=plans[1].title))

    rows = texts(book["逐条对照"], 4)
    assert [row[3:5] for row in rows] == [
        [words_of(change.before), words_of(change.after)] for change in comparison.changes
    ]


TEXT = st.lists(
    st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4), st.sampled_from("甲乙丙，,（( =\n")),
    max_size=12,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT, st.sampled_from([ChangeKind.REWORDED, ChangeKind.SPLIT, ChangeKind.MERGED]))
def test_marks_change_no_character(before, after, kind):
    data = written(Change(kind, a_side("一", before), a_side("一", after)))

    sheet = load_workbook(BytesIO(data), rich_text=True)["逐条对照"]
    assert [str(sheet[cell].value or "") for cell in ("D4", "E4")] == [before, after]
