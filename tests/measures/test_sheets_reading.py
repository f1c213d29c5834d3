"""Responsibility tables as people make them: which clauses, which units, under which paths."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from measures.reading import Period, UnreadablePlan
from measures.sheets import Place, Role, TableText, find_layouts, looks_like_table, read_table
from measures.sources.results import Sheet

HEADER = "序号|工作任务|牵头单位|配合单位|完成时限"
SPREAD = (0, 0, 0, 4)


def sheet(*rows: str, name: str = "Sheet1", merges: Sequence[tuple[int, int, int, int]] = (), **more) -> Sheet:
    """One row a string, cells divided by ``|``."""
    return Sheet(name, [row.split("|") for row in rows], list(merges), **more)


def read(*rows: str, **more) -> TableText:
    return read_table([sheet(*rows, **more)])


def written(table: TableText) -> dict[str, str]:
    """Path to what the clause says and who does it: 「1. 加强宣传 | 市公安局 / 市教委」."""
    lines = {}
    for clause in table.plan.clauses:
        words = "".join([clause.label, clause.heading, clause.text])
        names = ["、".join(party.name for party in parties) for parties in (clause.lead, clause.cooperating)]
        lines[clause.path] = f"{words} | {names[0]} / {names[1]}" if clause.is_measure else words
    return lines


def codes(table: TableText) -> list[str]:
    heading = {"no_title", "no_document_number", "no_issuer", "no_issue_date", "no_period"}
    return [question.code for question in table.plan.questions if question.code not in heading]


def asked(table: TableText, code: str) -> list[str]:
    return [question.message for question in table.plan.questions if question.code == code]


def test_guangdong_style():
    table = read(
        "附件1|||||||",
        "东湖市反对拐卖人口行动实施方案（2021—2030年）任务分工表|||||||",
        "序号|工作任务|具体措施|牵头单位|责任单位|完成时限|联系人及电话|备注",
        "一、健全预防机制|||||||",
        "1|加强宣传教育|（1）开展主题宣传活动。|市公安局|市教育局、市妇联\n团市委|每年6月底前|张三 13812345678|",
        "||（2）建立宣传阵地。|市委宣传部|市文化广电旅游局，市广电台|长期坚持||",
        "2|强化重点管理|加强中介市场管理。|市人力资源社会保障局|各县（市、区）人民政府|2022年12月底前||",
        "二、严厉打击犯罪|||||||",
        "3|加大打击力度|提升侦办能力。|市公安局|市检察院；市法院|2025年底前||",
        merges=[(1, 0, 1, 7), (3, 0, 3, 7), (4, 0, 5, 0), (4, 1, 5, 1), (7, 0, 7, 7)],
    )

    assert written(table) == {
        "一": "一、健全预防机制",
        "一/1": "1加强宣传教育",
        "一/1/(1)": "（1）开展主题宣传活动。 | 市公安局 / 市教育局、市妇联、团市委",
        "一/1/(2)": "（2）建立宣传阵地。 | 市委宣传部 / 市文化广电旅游局、市广电台",
        "一/2": "2强化重点管理",
        "一/2#2": "加强中介市场管理。 | 市人力资源社会保障局 / 各县（市、区）人民政府",
        "二": "二、严厉打击犯罪",
        "二/3": "3加大打击力度",
        "二/3#2": "提升侦办能力。 | 市公安局 / 市检察院、市法院",
    }
    assert table.plan.title == "东湖市反对拐卖人口行动实施方案（2021—2030年）"
    assert table.plan.period == Period(2021, 2030)
    assert codes(table) == ["due_from_words"] * 4
    assert table.faults == []
    assert table.dues["一/1/(1)"] == "每年6月底前"
    assert table.places["一/2#2"] == Place("Sheet1", 6)


def test_bare_table_without_title_as_from_csv():
    table = read("序号,工作任务,责任单位".replace(",", "|"), "1|加强宣传|市公安局", "2|完善机制|市民政局")

    assert written(table) == {"1": "1加强宣传 | 市公安局 / ", "2": "2完善机制 | 市民政局 / "}
    assert table.plan.title == ""


def test_two_level_header_with_merged_cells():
    table = read(
        "序号|工作任务|责任单位||完成时限",
        "||牵头单位|配合单位|",
        "1|加强宣传|市公安局|市民政局|",
        merges=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)],
    )

    assert [column.header for column in table.layouts[0].columns] == [
        "序号", "工作任务", "责任单位/牵头单位", "责任单位/配合单位", "完成时限",
    ]  # fmt: skip
    assert (table.layouts[0].header_first, table.layouts[0].header_last) == (0, 1)
    assert written(table) == {"1": "1加强宣传 | 市公安局 / 市民政局"}


def test_two_level_header_without_merged_cells():
    table = read("序号|工作任务|责任单位||完成时限", "||牵头单位|配合单位|", "1|加强宣传|市公安局|市民政局|")

    assert written(table) == {"1": "1加强宣传 | 市公安局 / 市民政局"}


@pytest.mark.parametrize("above", range(6))
def test_header_in_any_of_the_first_rows(above):
    titles = ["附件2", "东湖市反拐工作责任分解表", "填报单位：市公安局", "", "单位：件"][:above]

    table = read(*titles, HEADER, "1|加强宣传|市公安局||")

    assert table.layouts[0].header_first == len(titles)
    assert written(table) == {"1": "1加强宣传 | 市公安局 / "}


def test_responsible_units_cooperate_beside_a_lead_column_and_lead_without():
    beside = read("工作任务|牵头单位|责任单位", "1.加强宣传|市公安局|市民政局")
    alone = read("工作任务|责任单位|配合单位", "1.加强宣传|市公安局|市民政局")

    assert written(beside) == written(alone) == {"1": "1.加强宣传 | 市公安局 / 市民政局"}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("市公安局、市民政局", "市公安局、市民政局 / "),
        ("市公安局，市民政局", "市公安局、市民政局 / "),
        ("市公安局,市民政局；市妇联", "市公安局、市民政局、市妇联 / "),
        ("市公安局;市民政局", "市公安局、市民政局 / "),
        ("市公安局\n市民政局\n", "市公安局、市民政局 / "),
        ("市公安局 市妇联", "市公安局、市妇联 / "),
        ("市公安局　市妇联", "市公安局、市妇联 / "),
        ("市 公 安 局", "市公安局 / "),
        ("市公安\n局、市妇联", "市公安局、市妇联 / "),
        ("市人力社\n保局", "市人力社保局 / "),
        ("1.市公安局\n2.市妇联", "市公安局、市妇联 / "),
        ("①市公安局②市妇联", "市公安局、市妇联 / "),
        ("市文化和旅游局和市妇联", "市文化和旅游局、市妇联 / "),
        ("市公安局（牵头）、市民政局", "市公安局 / 市民政局"),
        ("市公安局（牵头）\n市民政局\n市妇联", "市公安局 / 市民政局、市妇联"),
        ("市公安局牵头，市民政局配合", "市公安局 / 市民政局"),
        ("牵头单位：市公安局 配合单位：市民政局", "市公安局 / 市民政局"),
        ("牵头单位：市公安局\n配合单位：市民政局\n市妇联", "市公安局 / 市民政局、市妇联"),
        ("市委统战部（市民宗局）、市妇联", "市委统战部、市妇联 / "),
        ("各成员单位", "各成员单位 / "),
        ("各区县、市妇联", "各区县、市妇联 / "),
        ("各县（市、区）人民政府", "各县（市、区）人民政府 / "),
        ("市公安局、教育局、民政局", "市公安局、市教育局、市民政局 / "),
    ],
)
def test_several_units_in_one_cell(cell, expected):
    table = read("序号|工作任务|责任单位", f"1|加强宣传|{cell}", "2|完善机制|市司法局、卫生健康委、财政局")

    assert written(table)["1"] == f"1加强宣传 | {expected}"


def test_prefix_is_inherited_from_lead_to_cooperating_cell():
    table = read(
        HEADER,
        "1|加强宣传|兵团党委宣传部、网信办|兵团教育局、民政局、妇联|",
        "2|完善机制|兵团公安局|司法局、卫生健康委|",
    )

    assert written(table) == {
        "1": "1加强宣传 | 兵团党委宣传部、兵团党委网信办 / 兵团教育局、兵团民政局、兵团妇联",
        "2": "2完善机制 | 兵团公安局 / 兵团司法局、兵团卫生健康委",
    }
    assert table.plan.clauses[0].lead[1].as_written == "网信办"


def test_open_ended_list_is_asked_about():
    table = read(HEADER, "1|加强宣传|市公安局|市民政局、市妇联等|")

    assert written(table) == {"1": "1加强宣传 | 市公安局 / 市民政局、市妇联"}
    assert codes(table) == ["open_ended_list"]


@pytest.mark.parametrize("mark", ["同上", "〃", "″", "同 上", '"'])
def test_ditto_stands_for_the_cell_above(mark):
    table = read(HEADER, "1|加强宣传|市公安局|市妇联|", f"2|完善机制|{mark}|{mark}|", f"3|强化打击|{mark}||")

    assert written(table) == {
        "1": "1加强宣传 | 市公安局 / 市妇联",
        "2": "2完善机制 | 市公安局 / 市妇联",
        "3": "3强化打击 | 市公安局 / ",
    }


def test_ditto_of_the_left_cell_and_ditto_with_more_units():
    table = read(HEADER, "1|加强宣传|各成员单位|同左|", "2|完善机制|同上、市妇联||")

    assert written(table) == {
        "1": "1加强宣传 | 各成员单位 / 各成员单位",
        "2": "2完善机制 | 各成员单位、市妇联 / ",
    }


def test_chapter_column_merged_vertically():
    table = read(
        "章节|序号|工作任务|责任单位",
        "一、健全预防机制|1|加强宣传|市公安局",
        "|2|完善机制|市民政局",
        "二、打击犯罪|1|依法惩治|市法院",
        merges=[(1, 0, 2, 0)],
    )

    assert written(table) == {
        "一": "一、健全预防机制",
        "一/1": "1加强宣传 | 市公安局 / ",
        "一/2": "2完善机制 | 市民政局 / ",
        "二": "二、打击犯罪",
        "二/1": "1依法惩治 | 市法院 / ",
    }


@pytest.mark.parametrize("second", ["", "一、健全预防机制", "同上"])
def test_chapter_column_blank_or_written_again_goes_on(second):
    table = read("章节|工作任务|责任单位", "一、健全预防机制|1.加强宣传|市公安局", f"{second}|2.完善机制|市民政局")

    assert list(written(table)) == ["一", "一/1", "一/2"]


def test_two_chapter_columns_make_two_levels():
    table = read(
        "章|节|工作任务|责任单位",
        "第一章 预防|第一节 宣传|1.加强宣传|市公安局",
        "||2.完善机制|市民政局",
        "|第二节 排查|1.定期排查|市民政局",
        "第二章 打击|第一节 侦办|1.快侦快破|市公安局",
        merges=[(1, 0, 3, 0), (1, 1, 2, 1)],
    )

    assert list(written(table)) == [
        "第一章", "第一章/第一节", "第一章/第一节/1", "第一章/第一节/2", "第一章/第二节", "第一章/第二节/1",
        "第二章", "第二章/第一节", "第二章/第一节/1",
    ]  # fmt: skip
    assert [clause.kind for clause in table.plan.clauses[:3]] == ["chapter", "section", "item"]


def test_chapter_rows_two_levels_deep():
    table = read(
        HEADER,
        "一、预防||||",
        "（一）宣传||||",
        "1|加强宣传|市公安局||",
        "（二）排查||||",
        "2|定期排查|市民政局||",
        "二、打击||||",
        "3|依法惩治|市法院||",
        merges=[(row, 0, row, 4) for row in (1, 2, 4, 6)],
    )

    assert list(written(table)) == ["一", "一/(一)", "一/(一)/1", "一/(二)", "一/(二)/2", "二", "二/3"]
    assert codes(table) == []


def test_chapters_numbered_in_the_serial_column():
    table = read(HEADER, "一|健全预防机制|||", "1|加强宣传|市公安局||", "二|打击犯罪|||", "1|依法惩治|市法院||")

    assert written(table) == {
        "一": "一健全预防机制",
        "一/1": "1加强宣传 | 市公安局 / ",
        "二": "二打击犯罪",
        "二/1": "1依法惩治 | 市法院 / ",
    }


def test_unnumbered_chapters_are_told_by_their_words():
    table = read("类别|序号|工作任务|责任单位", "宣传教育|1|加强宣传|市公安局", "打击犯罪|1|依法惩治|市法院")

    assert list(written(table)) == ["宣传教育", "宣传教育/1", "打击犯罪", "打击犯罪/1"]


def test_unnumbered_tasks_are_paragraphs_of_their_chapter():
    rows = ["章节|工作任务|责任单位", "一、预防|加强宣传|市公安局", "|定期排查|市民政局", "二、打击|依法惩治|市法院"]

    assert list(written(read(*rows))) == ["一", "一#2", "一#3", "二", "二#2"]


def test_inserting_a_numbered_row_elsewhere_changes_no_path():
    rows = ["章节|工作任务|责任单位", "一、预防|加强宣传|市公安局", "|定期排查|市民政局", "二、打击|1.依法惩治|市法院"]

    before = written(read(*rows))
    after = written(read(*rows[:2], "|5.新增任务|市妇联", *rows[2:]))

    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {"一/5"}


@pytest.mark.parametrize(
    ("task", "path", "label"),
    [
        ("1.加强宣传", "1", "1."),
        ("1．加强宣传", "1", "1．"),
        ("（一）加强宣传", "(一)", "（一）"),
        ("第五条 加强宣传", "第五条", "第五条"),
        ("①加强宣传", "①", "①"),
        ("一、加强宣传", "一", "一、"),
        ("（1）加强宣传", "(1)", "（1）"),
    ],
)
def test_task_begins_with_its_printed_number(task, path, label):
    clause = read("工作任务|责任单位", f"{task}|市公安局").plan.clauses[0]

    assert (clause.path, clause.label, clause.text) == (path, label, "加强宣传")


@pytest.mark.parametrize(
    ("number", "path"),
    [
        ("一（一）1", "一/(一)/1"),
        ("一/（一）/1", "一/(一)/1"),
        ("一、（一）、1", "一/(一)/1"),
        ("第五条", "第五条"),
        ("（二）", "(二)"),
        ("3", "3"),
        ("1.2", "1.2"),
        ("第三章第五条", "第三章/第五条"),
        ("２", "2"),
    ],
)
def test_number_column_gives_the_path(number, path):
    table = read("序号|条款编号|工作任务|责任单位", f"7|{number}|加强宣传|市公安局")

    assert written(table) == {path: f"{number}加强宣传 | 市公安局 / "}


def test_number_column_under_its_chapter_says_the_chapter_only_once():
    table = read("章节|条款编号|工作任务|责任单位", "一、预防|一（一）1|加强宣传|市公安局", "|（一）2|定期排查|市妇联")

    assert list(written(table)) == ["一", "一/(一)/1", "一/(一)/2"]


def test_printed_numbers_win_over_the_running_number():
    table = read(
        "序号|工作任务|责任单位", "1|（一）加强宣传|市公安局", "2|（二）完善机制|市民政局", "3|（三）排查|市妇联"
    )

    assert list(written(table)) == ["(一)", "(二)", "(三)"]


def test_list_inside_a_cell_is_no_number_of_the_clause():
    table = read("序号|工作任务|责任单位", "1|1.加强宣传。\n2.完善机制。|市公安局", "2|1.排查。\n2.打击。|市妇联")

    assert written(table) == {
        "1": "11.加强宣传。\n2.完善机制。 | 市公安局 / ",
        "2": "21.排查。\n2.打击。 | 市妇联 / ",
    }
    assert [clause.label for clause in table.plan.clauses] == ["1", "2"]


def test_task_merged_over_several_measures():
    table = read(
        "序号|重点任务|具体措施|牵头单位|配合单位",
        "1|加强宣传|开展集中宣传。|市公安局|市妇联",
        "||建立宣传阵地。|市委宣传部|",
        "2|完善机制|健全会商机制。|市民政局|",
        merges=[(1, 0, 2, 0), (1, 1, 2, 1)],
    )

    assert [(c.path, c.kind, c.heading, c.text) for c in table.plan.clauses] == [
        ("1", "section", "加强宣传", ""),
        ("1#2", "paragraph", "", "开展集中宣传。"),
        ("1#3", "paragraph", "", "建立宣传阵地。"),
        ("2", "section", "完善机制", ""),
        ("2#2", "paragraph", "", "健全会商机制。"),
    ]


def test_measures_with_running_numbers_of_their_own():
    table = read(
        "序号|重点任务|具体措施|牵头单位",
        "1|一、加强宣传|开展集中宣传。|市公安局",
        "2||建立宣传阵地。|市委宣传部",
        "3|二、完善机制|健全会商机制。|市民政局",
        merges=[(1, 1, 2, 1)],
    )

    assert list(written(table)) == ["一", "一/1", "一/2", "二", "二/3"]
    assert codes(table) == []


def test_one_task_whose_units_stand_in_several_rows():
    table = read(
        "序号|工作任务|牵头单位|配合单位",
        "1|加强宣传|市公安局|市教育局",
        "|||市妇联",
        "2|完善机制|市民政局|",
        merges=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2)],
    )

    assert written(table) == {
        "1": "1加强宣传 | 市公安局 / 市教育局、市妇联",
        "2": "2完善机制 | 市民政局 / ",
    }
    assert codes(table) == []


def test_units_merged_over_several_tasks_are_of_each_and_blank_ones_of_none():
    table = read(
        HEADER,
        "1|加强宣传|市公安局|市妇联|长期坚持",
        "2|完善机制||||",
        "3|依法惩治||||",
        merges=[(1, 2, 2, 2), (1, 4, 2, 4)],
    )

    assert written(table) == {
        "1": "1加强宣传 | 市公安局 / 市妇联",
        "2": "2完善机制 | 市公安局 / ",
        "3": "3依法惩治",
    }
    assert table.dues == {"1": "长期坚持", "2": "长期坚持"}
    assert codes(table) == ["due_from_words", "measure_without_responsibility"]


def test_units_below_a_task_without_merged_cells_are_kept_and_asked_about():
    table = read(HEADER, "1|加强宣传|市公安局||", "|||市妇联|")

    assert written(table) == {"1": "1加强宣传 | 市公安局 / 市妇联"}
    assert codes(table) == ["units_without_task"]


def test_header_repeated_on_every_page():
    table = read(
        "东湖市反拐工作责任分解表||||",
        HEADER,
        "1|加强宣传|市公安局||",
        "第1页||||",
        "东湖市反拐工作责任分解表||||",
        HEADER,
        "2|完善机制|市民政局||",
        merges=[SPREAD, (4, 0, 4, 4)],
    )

    assert written(table) == {"1": "1加强宣传 | 市公安局 / ", "2": "2完善机制 | 市民政局 / "}
    assert len(table.layouts) == 1


def test_second_table_below_with_another_header():
    table = read(
        "章节|工作任务|责任单位",
        "一、预防|1.加强宣传|市公安局",
        "二、打击责任分解表||",
        "序号|工作任务|牵头单位",
        "1|依法惩治|市法院",
        merges=[(2, 0, 2, 2)],
    )

    assert list(written(table)) == ["一", "一/1", "二", "二/1"]
    assert [layout.header_first for layout in table.layouts] == [0, 3]


@pytest.mark.parametrize(
    "row",
    [
        "合计|2项|||",
        "|总计|||",
        "小计||||",
        "注：牵头单位排第一位。||||",
        "填表人：李四||审核人：王五||",
        "||||",
        "5||||",
    ],
)
def test_rows_that_are_no_tasks(row):
    table = read(HEADER, "1|加强宣传|市公安局||", row)

    assert written(table) == {"1": "1加强宣传 | 市公安局 / "}
    assert codes(table) == []


def test_notes_below_the_table_go_on_over_several_rows():
    rows = ["备注：1.本表每季度更新。||||", "2.完成情况报联席会议办公室。||||"]

    table = read(HEADER, "1|加强宣传|市公安局||", *rows, merges=[(2, 0, 2, 4), (3, 0, 3, 4)])

    assert written(table) == {"1": "1加强宣传 | 市公安局 / "}
    assert table.notes == ["工作表「Sheet1」第 3—4 行是表下的说明，没有读入。"]


def test_chapters_go_on_over_sheets_and_other_sheets_are_named():
    table = read_table(
        [
            sheet("说明", "请各单位按时报送。", name="填表说明"),
            sheet(HEADER, "一、预防||||", "1|加强宣传|市公安局||", name="预防", merges=[(1, 0, 1, 4)]),
            sheet("工作任务|责任单位", "2.定期排查|市民政局", name="排查"),
            sheet("序号|措施|主办单位", "二、打击||", "1|依法惩治|市法院", name="打击", merges=[(1, 0, 1, 2)]),
        ]
    )

    assert list(written(table)) == ["一", "一/1", "一/2", "二", "二/1"]
    assert [layout.sheet for layout in table.layouts] == ["预防", "排查", "打击"]
    assert table.notes == ["工作表「填表说明」没有责任分解表，没有读入。"]
    assert table.places["二/1"] == Place("打击", 2)


def test_sheets_that_are_chapters():
    rows = [HEADER, "1|加强宣传|市公安局||"]

    named = read_table([sheet(*rows, name="一、预防"), sheet(*rows, name="二、打击")])
    titled = read_table([sheet("一、预防||||", *rows), sheet("二、打击||||", *rows)])

    assert list(written(named)) == list(written(titled)) == ["一", "一/1", "二", "二/1"]


def test_hidden_rows_columns_and_sheets():
    rows = [HEADER, "1|加强宣传|市公安局||", "2|完善机制|市民政局||", "3|依法惩治|市法院||", "5|排查|市妇联||"]

    table = read_table(
        [
            Sheet("表", [row.split("|") for row in rows], hidden_rows=[2, 3], hidden_columns=[3]),
            Sheet("旧表", [row.split("|") for row in rows], is_hidden=True),
        ]
    )

    assert list(written(table)) == ["1", "2", "3", "5"]
    assert asked(table, "hidden_rows") == ["工作表「表」第 3—4 行是隐藏的，已一并读入，请核对是否应当包括。"]
    assert asked(table, "hidden_columns") == ["工作表「表」的「配合单位」列是隐藏的，已一并读入，请核对。"]
    assert len(asked(table, "hidden_sheet")) == 1
    assert asked(table, "numbering_gap") == [
        "「5排查」编号不连续：此处应为第 4 项，表中是第 5 项。已按原表保留，请核对是否缺漏。"
    ]


def test_questions_of_rows():
    table = read(
        "章节|序号|工作任务|牵头单位|配合单位",
        "一、预防|1|加强反拐宣传教育|市公安局|",
        "|2|完善机制||市民政局",
        "|3|由市公安局牵头建立会商机制。||",
        "|3|加强反拐宣传教育|市妇联|",
        "|4|由市教育局牵头开展排查。|市妇联|",
    )

    assert {(question.code, question.path) for question in table.plan.questions if question.path} == {
        ("measure_without_lead", "一/2"),
        ("responsibility_in_prose", "一/3"),
        ("number_repeated", "一/3~2"),
        ("clause_repeated", "一/3~2"),
        ("responsibility_in_prose", "一/4"),
    }


def test_title_rows_give_number_period_and_issuer():
    table = read(
        "东湖市人民政府办公厅关于印发东湖市反对拐卖人口行动计划（2021—2030年）的通知||||",
        "东府办发〔2021〕15号||||",
        "东湖市反对拐卖人口行动计划（2021—2030年）责任分解表||||",
        HEADER,
        "1|加强宣传|市公安局||",
    )

    plan = table.plan
    assert (plan.document_number, plan.issued_by, plan.period) == (
        "东府办发〔2021〕15号",
        "东湖市人民政府办公厅",
        Period(2021, 2030),
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("《东湖市反对拐卖人口行动计划（2021—2030年）》责任分解表", "东湖市反对拐卖人口行动计划（2021—2030年）"),
        ("东湖市反对拐卖人口实施方案重点任务分工表", "东湖市反对拐卖人口实施方案"),
        ("2022年东湖市反拐工作责任分解表", "2022年东湖市反拐工作责任分解表"),
        ("东湖市反拐工作联席会议2022年\n重点任务清单", "东湖市反拐工作联席会议2022年重点任务清单"),
    ],
)
def test_title_of_the_plan(title, expected):
    assert read(f"{title}||||", HEADER, "1|加强宣传|市公安局||").plan.title == expected


def test_year_and_conference_of_a_yearly_table():
    plan = read("东湖市反拐工作联席会议2022年重点任务清单||||", HEADER, "1|加强宣传|市公安局||12月底前").plan

    assert (plan.issued_by, plan.period) == ("东湖市反拐工作联席会议", Period(2022, 2022))
    assert plan.obligations[0].recurrence.year == 2022


def test_given_title_is_taken_where_the_sheet_has_none():
    assert read_table([sheet(HEADER, "1|加强宣传|市公安局||")], title="东湖市方案").plan.title == "东湖市方案"


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("牵头\n单位", Role.LEAD),
        ("主责单位", Role.LEAD),
        ("牵头（责任）单位", Role.LEAD),
        ("第一责任单位", Role.LEAD),
        ("责任部门", Role.RESPONSIBLE),
        ("落实单位", Role.RESPONSIBLE),
        ("配 合 部 门", Role.COOPERATING),
        ("协同单位", Role.COOPERATING),
        ("参加单位", Role.COOPERATING),
        ("完成时限（年月）", Role.DUE),
        ("时间节点", Role.DUE),
        ("目标任务", Role.TASK),
        ("主要任务", Role.TASK),
        ("任务分工", Role.TASK),
        ("工作举措", Role.MEASURE),
        ("工作要求", Role.MEASURE),
        ("联系人及电话", Role.CONTACT),
        ("责任领导", Role.LEADER),
        ("进展情况", Role.PROGRESS),
        ("存在问题", Role.PROBLEMS),
        ("下步措施", Role.NEXT),
        ("是否销号", Role.STATUS),
        ("佐证材料", Role.EVIDENCE),
        ("备注", Role.NOTE),
    ],
)
def test_column_synonyms(header, role):
    rows = [["序号", "内容", header, "牵头单位", "责任单位", "配合单位"], ["1", "加强宣传", "", "市公安局", "", ""]]
    if role in {Role.TASK, Role.MEASURE}:
        del rows[0][1], rows[1][1]

    layout = find_layouts([Sheet("表", rows)])[0]

    assert next(column.role for column in layout.columns if column.header == "".join(header.split())) == role


def test_division_of_work_may_head_units():
    table = read("序号|工作任务|任务分工", "1|加强宣传|市公安局、市妇联", "2|完善机制|市民政局负责")

    assert written(table) == {"1": "1加强宣传 | 市公安局、市妇联 / ", "2": "2完善机制 | 市民政局 / "}


def test_what_a_person_chose_overrides_the_guess():
    sheets = [sheet("序号|事情|谁来办|工作任务|责任单位", "1|加强宣传|市公安局|略|市妇联")]
    layout = find_layouts(sheets)[0]

    chosen = {1: Role.TASK, 2: Role.LEAD, 3: Role.IGNORE, 4: Role.COOPERATING}
    table = read_table(sheets, roles={layout.signature: chosen})

    assert written(table) == {"1": "1加强宣传 | 市公安局 / 市妇联"}
    assert table.layouts[0].signature == layout.signature


def test_signature_is_that_of_the_header_words_in_order():
    marks = [
        find_layouts([sheet(header, "1|加强宣传|市公安局||")])[0].signature
        for header in (
            HEADER,
            "序 号|工作\n任务|牵头单位|配合单位|完成时限",
            "序号|工作任务|配合单位|牵头单位|完成时限",
        )
    ]

    assert marks[0] == marks[1] != marks[2]
    assert len(marks[0]) == 16


def test_deadlines_become_obligations_and_one_question_a_wording():
    table = read(
        HEADER,
        "1|加强宣传|市公安局||2026年12月底前",
        "2|完善机制|市民政局||2026年12月底前",
        "3|依法惩治|市法院||2026-06-30",
        "4|定期排查|市妇联||按计划推进",
    )

    assert [(o.basis, o.obliged, o.recurrence.year, o.recurrence.month) for o in table.plan.obligations] == [
        ("1", "市公安局", 2026, 12),
        ("2", "市民政局", 2026, 12),
        ("3", "市法院", 2026, 6),
    ]
    assert asked(table, "due_from_words") == ["完成时限「2026年12月底前」（共 2 条）读作「2026年12月31日前」，请确认。"]
    assert asked(table, "due_unclear") == ["完成时限「按计划推进」不能确定日期，请补填。"]


def test_offsets_give_each_clauses_own_words():
    table = read(HEADER, "一、预防||||", "1|加强\n宣传|市公安局||", merges=[(1, 0, 1, 4)])

    assert table.source_text == "一、预防\n1加强\n宣传"
    assert [table.source_text[c.start : c.end] for c in table.plan.clauses] == ["一、预防", "1加强\n宣传"]


def test_unknown_columns_are_named():
    table = read("序号|工作任务|责任单位|口径|", "1|加强宣传|市公安局|甲|乙")

    assert table.notes == [
        "工作表「Sheet1」的「口径」、第 5 列（没有表头）不知道是什么，没有读入；需要时请在栏目对应里指定。",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ["姓名|单位|电话", "张三|市公安局|"],
        ["指标|数值", "宣传场次|12"],
        ["今天天气很好"],
        [""],
        [],
    ],
)
def test_other_tables_are_refused(rows):
    sheets = [sheet(*rows)]

    with pytest.raises(UnreadablePlan, match=r"没有找到责任分解表|是空的"):
        read_table(sheets)
    assert not looks_like_table(sheets)


def test_refusal_says_which_headers_were_looked_for():
    with pytest.raises(UnreadablePlan, match=r"「工作任务」.*「牵头单位」"):
        read_table([sheet("甲|乙", "1|2")])


def test_tables_of_a_document_are_told():
    assert looks_like_table([sheet("姓名|电话", "张三|"), sheet("工作任务|责任单位", "加强宣传|市公安局")])


def test_headings_among_the_tasks():
    table = read(
        "工作任务|责任单位",
        "一、健全预防机制|",
        "（一）加强宣传|",
        "1.开展集中宣传。|市公安局",
        "2.建立宣传阵地。|市妇联",
        "（二）定期排查|",
        "排查重点人员。|市民政局",
        "二、打击犯罪|市法院",
    )

    assert [(c.path, c.kind, c.heading) for c in table.plan.clauses] == [
        ("一", "section", "健全预防机制"),
        ("一/(一)", "section", "加强宣传"),
        ("一/(一)/1", "item", ""),
        ("一/(一)/2", "item", ""),
        ("一/(二)", "section", "定期排查"),
        ("一/(二)#2", "paragraph", ""),
        ("二", "item", ""),
    ]
    assert codes(table) == []
