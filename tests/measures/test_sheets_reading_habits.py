"""Habits of the people who make responsibility tables, each seen in tables of several places."""

from __future__ import annotations

import pytest

from measures.reading import Recurrence
from measures.sheets import Role, read_due, read_table
from measures.sheets.headers import guess_role
from tests.measures.test_sheets_reading import asked, codes, read, sheet, written


def test_units_written_once_before_all_their_tasks():
    table = read("单位|工作任务", "县公安局|1.开展打击行动", "|2.完善信息系统", "县民政局|3.做好安置")

    assert written(table) == {
        "1": "1.开展打击行动 | 县公安局 / ",
        "2": "2.完善信息系统 | 县公安局 / ",
        "3": "3.做好安置 | 县民政局 / ",
    }
    assert asked(table, "units_from_above") == ["工作表「Sheet1」第 3 行没有写单位，已按上面一行的单位读入，请核对。"]


def test_units_left_blank_below_the_first_measure_of_a_task():
    table = read(
        "重点任务|具体措施|牵头单位|配合单位",
        "健全机制|召开会议|市公安局|市民政局",
        "|建立台账||",
        "|通报情况|市委政法委|",
        "加强宣传|进社区||",
        "|进校园|市教育局|",
    )

    measures = [(clause.text, clause.lead, clause.cooperating) for clause in table.plan.clauses if clause.text]
    assert [(text, [p.name for p in lead], [p.name for p in others]) for text, lead, others in measures] == [
        ("召开会议", ["市公安局"], ["市民政局"]),
        ("建立台账", ["市公安局"], ["市民政局"]),
        ("通报情况", ["市委政法委"], []),
        ("进社区", [], []),
        ("进校园", ["市教育局"], []),
    ]
    assert codes(table) == ["units_from_above", "measure_without_responsibility"]


def test_units_are_not_taken_from_above_a_chapter():
    table = read(
        "工作任务|具体措施|责任单位",
        "一、预防|加强教育|市教育局",
        "二、打击||",
        "|侦破案件|",
    )

    assert [[party.name for party in clause.lead] for clause in table.plan.clauses] == [[], ["市教育局"], [], []]


def test_chapters_in_the_column_of_tasks_beside_numbered_rows():
    table = read(
        "序号|工作任务|牵头单位",
        "|（一）完善体制机制|",
        "1|制定五年规划|省公安厅",
        "|（二）强化科技支撑|",
        "2|建设实验室|省公安厅",
    )

    assert list(written(table)) == ["(一)", "(一)/1", "(二)", "(二)/2"]
    assert codes(table) == []


def test_caption_above_the_first_header_is_a_chapter_as_those_above_the_others():
    table = read(
        "（一）宣传教育类|||",
        "序号|事项|责任单位|完成时限",
        "1|编印手册|县妇联|5月底前",
        "（二）打击整治类|||",
        "序号|事项|责任单位|完成时限",
        "1|严打专项|县公安局|11月底前",
        merges=[(0, 0, 0, 3), (3, 0, 3, 3)],
    )

    assert list(written(table)) == ["(一)", "(一)/1", "(二)", "(二)/1"]


def test_decimal_numbers_begin_anew_below_each_chapter():
    table = read("编号|任务内容|主办单位", "1.1|加强宣传|市公安局", "1.2|排查|市公安局", "2.1|侦办|市公安局")

    assert codes(table) == []


def test_table_may_begin_at_the_article_that_first_assigns_something():
    table = read(
        "章节|条|内容|责任单位",
        "第二章 预防|第六条|健全机制|市公安局",
        "|第九条|加强宣传|市教育局",
        "第三章 打击|第十条|始终保持高压|市公安局",
    )

    assert list(written(table)) == [
        "第二章", "第二章/第六条", "第二章/第九条", "第三章", "第三章/第十条",
    ]  # fmt: skip
    assert [(question.code, question.path) for question in table.plan.questions if question.path] == [
        ("numbering_gap", "第二章/第九条")
    ]


def test_three_levels_of_tasks_and_nothing_else():
    table = read("一级任务|二级任务|三级任务|责任单位", "一、法治|（一）制度|修订办法|市司法局")

    assert [column.role for column in table.layouts[0].columns] == [
        Role.CHAPTER, Role.CHAPTER, Role.TASK, Role.RESPONSIBLE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("责任单位及分工", Role.RESPONSIBLE),
        ("牵头单位及主要职责", Role.LEAD),
        ("会办部门", Role.COOPERATING),
        ("督办事项", Role.TASK),
        ("主要目标", Role.TASK),
        ("办理要求", Role.MEASURE),
        ("策略措施", Role.MEASURE),
        ("条", Role.NUMBER),
    ],
)
def test_further_headers(header, role):
    assert guess_role(header) == role


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("立行立改", Recurrence("event")),
        ("12月底", Recurrence("once", month=12, day=31, includes_day=True)),
        ("6月", Recurrence("once", month=6, day=30, includes_day=True)),
        ("9月1日", Recurrence("once", month=9, day=1, includes_day=True)),
    ],
)
def test_deadlines_without_qian(words, due):
    assert read_due(words) == due


def test_exported_plan_without_its_grey_column_is_refused_as_a_template():
    table = read_table(
        [sheet("类别|编号|标题|正文|牵头单位|配合单位|完成时限", "节|一、|总则|||市公安局||", name="责任分解")]
    )

    assert [(fault.cell, fault.message) for fault in table.faults] == [
        ("A1", "模板缺少「条款标识」列，请补上，或重新下载模板。")
    ]
