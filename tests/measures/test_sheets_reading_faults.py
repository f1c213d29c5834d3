"""Cells that cannot be taken: all of them at once, each by sheet, cell, value and what to do."""

from __future__ import annotations

import pytest

from measures.sheets import Fault, read_table
from measures.sources.results import Sheet

HEADER = ["序号", "工作任务", "牵头单位", "配合单位", "完成时限", "责任人", "联系人及电话", "备注"]
# Made up by the rules of GB 11643 and of Luhn.
IDENTITY, OLD_IDENTITY, CARD, MOBILE = "11010519491231002X", "110105491231002", "6222021234567890128", "13812345678"


def row(**cells: str) -> list[str]:
    return [{"序号": "1", "工作任务": "加强宣传", "牵头单位": "市公安局", **cells}.get(name, "") for name in HEADER]


def faults(*rows: list[str], **more) -> list[Fault]:
    return read_table([Sheet("表", [HEADER, *rows], **more)]).faults


@pytest.mark.parametrize(
    ("column", "cell", "value", "message"),
    [
        ("工作任务", "B2", "#REF!", "单元格是错误值（#REF!），请改正公式，或直接填写内容。"),
        ("牵头单位", "C2", "#N/A", "单元格是错误值（#N/A），请改正公式，或直接填写内容。"),
        ("配合单位", "D2", "#VALUE!", "单元格是错误值（#VALUE!），请改正公式，或直接填写内容。"),
        ("完成时限", "E2", "#DIV/0!", "单元格是错误值（#DIV/0!），请改正公式，或直接填写内容。"),
        ("完成时限", "E2", "2026年13月", "「2026年13月」没有这个月份，请改正。"),
        ("完成时限", "E2", "每年2月30日前", "日期「2月30日」不存在，请改正。"),
        ("完成时限", "E2", "2026-02-30", "日期「2026-02-30」不存在，请改正。"),
        ("完成时限", "E2", "2206年底前", "年份 2206 不在 1990—2100 之间，请核对。"),
        ("牵头单位", "C2", "12345", "这不是单位名称，请改为单位名称，多个单位用顿号分开。"),
        ("牵头单位", "C2", "https://a.gov.cn/b", "单位列里是网址或邮箱，请改为单位名称。"),
        ("牵头单位", "C2", "同上", "写作「同上」，但上面一行没有内容，请填写完整。"),
    ],
)
def test_fault_of_one_cell(column, cell, value, message):
    assert faults(row(**{column: value})) == [Fault("表", cell, value, message)]


def test_long_text_and_long_unit():
    long_text, long_unit = "宣" * 20_001, "市公安局" * 26

    assert faults(row(工作任务=long_text, 牵头单位=long_unit)) == [
        Fault("表", "B2", f"{'宣' * 100}…", "内容有 20001 字，上限是 20000 字，请拆分或删减。"),
        Fault("表", "C2", f"{long_unit[:100]}…", "单位名称超过 100 字，请核对是否填错了列，多个单位用顿号分开。"),
    ]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(IDENTITY, "110…2X"), (OLD_IDENTITY, "110…02"), (CARD, "622…28"), ("1101051949 1231 002X", "110…2X")],
)
@pytest.mark.parametrize("column", ["工作任务", "备注", "责任人", "联系人及电话"])
def test_private_numbers_are_refused_everywhere_and_not_repeated(column, number, shown):
    found = faults(row(**{column: f"张三（{number}）"}))

    cell = f"{'ABCDEFGH'[HEADER.index(column)]}2"
    assert found == [Fault("表", cell, f"张三（{shown}）", "含有证件号码，请删除。")]


@pytest.mark.parametrize(
    ("column", "is_fault"), [("工作任务", True), ("备注", True), ("责任人", False), ("联系人及电话", False)]
)
def test_mobile_numbers_stand_only_beside_people(column, is_fault):
    messages = [fault.message for fault in faults(row(**{column: f"张三{MOBILE}"}))]

    expected = ["含有手机号码，请删除；联系电话只能放在「联系人及电话」或「责任人」列。"]
    assert messages == (expected if is_fault else [])


@pytest.mark.parametrize(
    "words",
    ["110105194912310021", "经费12000000元", "023-63150000", "20261231", "6222021234567890129", "13812345678元"],
)
def test_other_numbers_are_no_faults(words):
    assert faults(row(备注=words)) == []


def test_error_values_and_formulas_matter_only_where_they_are_read():
    messages = [fault.cell for fault in faults(row(备注="#REF!"), uncomputed=[(1, 1), (1, 7)])]

    assert messages == ["B2"]


def test_missing_column_is_a_fault_of_the_header():
    table = read_table(
        [Sheet("表", [["反拐任务表", "", ""], ["序号", "工作任务", "完成时限"], ["1", "加强宣传", "长期"]])]
    )

    assert [(fault.cell, fault.message) for fault in table.faults] == [
        ("A2", "缺少单位列（「牵头单位」「责任单位」「配合单位」等），请补上这一列，或在栏目对应里指定。")
    ]
    assert [clause.text for clause in table.plan.clauses] == ["加强宣传"]


def test_units_without_any_task_above():
    found = faults(row(序号="", 工作任务=""))

    assert found == [Fault("表", "C2", "市公安局", "这一行有单位，没有工作任务，请填写任务，或删去这一行。")]


def test_all_faults_at_once_with_everything_else_read():
    table = read_table(
        [
            Sheet("甲", [HEADER, row(牵头单位="#REF!"), row(序号="2", 完成时限="2月30日前", 备注=MOBILE)]),
            Sheet("乙", [HEADER, row(序号="3"), row(序号="4", 配合单位="00000")], uncomputed=[(1, 1)]),
        ]
    )

    assert [(fault.sheet, fault.cell) for fault in table.faults] == [
        ("甲", "C2"), ("甲", "E3"), ("甲", "H3"), ("乙", "B2"), ("乙", "D3"),
    ]  # fmt: skip
    assert [clause.path for clause in table.plan.clauses] == ["1", "2", "3", "4"]


def test_control_characters_are_cleaned():
    clause = read_table([Sheet("表", [HEADER, row(工作任务="加强\x00宣\x08传_x000D_\n教育")])]).plan.clauses[0]

    assert clause.text == "加强宣传\n教育"


def test_fault_of_a_merged_cell_is_told_once():
    rows = [row(牵头单位="#REF!"), row(序号="2", 牵头单位="")]

    assert [fault.cell for fault in faults(*rows, merges=[(1, 2, 2, 2)])] == ["C2"]


def test_numbers_and_deadlines_that_no_column_can_hold():
    found = faults(row(序号="一" * 41), row(序号="2", 完成时限="每年底前，" * 50))

    assert [(fault.cell, fault.message) for fault in found] == [
        ("A2", "编号有 41 字，上限是 40 字，请核对是否填错了列。"),
        ("E3", "完成时限有 250 字，上限是 200 字，请核对是否填错了列。"),
    ]
