"""Our own template: what was exported comes back as it was, and what people change in it is what changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from measures.reading import Clause, Obligation, Party, Period, PlanText, Recurrence, load, read_plan
from measures.sheets import TableText, read_table
from measures.sheets.words import CLAUSE_KINDS, OBLIGATION_KINDS, RECURRENCES, YES_NO, join_names
from measures.sources.results import Sheet

HEADER = ["条款标识", "类别", "编号", "标题", "正文", "牵头单位", "配合单位", "完成时限"]
OWED = ["条款标识", "事项", "类别", "义务主体", "报送对象", "周期", "年", "月", "日", "次数", "含当日", "原文"]
DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.txt"))
PLAN = PlanText(
    title="东湖市反对拐卖人口行动计划（2021—2030年）",
    document_number="东府办发〔2021〕15号",
    issued_by="东湖市人民政府办公厅",
    issued_on="2021-12-29",
    period=Period(2021, 2030),
    members=["市公安局", "市教委", "市委统战部（市民宗局）"],
    clauses=[
        Clause("题首", "", "front", "", "东湖市反对拐卖人口行动计划\n（2021—2030年）", 0, 0),
        Clause("一", "一、", "section", "健全机制", "", 0, 0),
        Clause("一/1", "1.", "item", "加强宣传。", "  开展活动。（市教委负责）", 0, 0, [Party("市公安局", "市公安局")]),
        Clause("一/1#2", "", "paragraph", "", "另有一段。", 0, 0, [Party("各成员单位", "各成员单位", True)]),
        Clause("一/2", "2.", "item", "", "完善机制。", 0, 0, [Party("市公安局", "市公安局")], [Party("市教委", "教委")]),
    ],
    obligations=[
        Obligation(
            "annual_report", "年度工作情况", "各成员单位", ("市反拐联席会议", "同级人民政府"),
            Recurrence("annual", month=12, day=15, includes_day=True), "一/1#2", "每年12月15日前报送。",
        ),
        Obligation("meeting", "会议", "", (), Recurrence("at_least", times=1), "一", "每年至少召开1次会议。"),
        Obligation("other", "总评估", "联席会议", (), Recurrence("once", 12, 31, 2030), "一", "2030年年底"),
    ],
    questions=[],
)  # fmt: skip


def exported(plan: PlanText, dues: dict[str, str] | None = None) -> list[Sheet]:
    def number(value: int | None) -> str:
        return "" if value is None else str(value)

    def names(parties: list[Party]) -> str:
        return join_names([party.as_written for party in parties])

    rows = [[plan.title], ["提示"], list(HEADER)]
    for c in plan.clauses:
        words = [c.path, CLAUSE_KINDS[c.kind], c.label, c.heading, c.text]
        rows.append([*words, names(c.lead), names(c.cooperating), (dues or {}).get(c.path, "")])
    about = [
        ["项目", "内容"], ["题名", plan.title], ["文号", plan.document_number or ""],
        ["发文机关", plan.issued_by or ""], ["成文日期", plan.issued_on or ""], ["起始年", number(plan.period.start)],
        ["终止年", number(plan.period.end)], ["成员单位", join_names(plan.members)],
    ]  # fmt: skip
    owed = [list(OWED)]
    for o in plan.obligations:
        r = o.recurrence
        when = [
            RECURRENCES[r.type],
            number(r.year),
            number(r.month),
            number(r.day),
            number(r.times),
            YES_NO[r.includes_day],
        ]
        owed.append([o.basis, o.title, OBLIGATION_KINDS[o.kind], o.obliged, join_names(o.recipients), *when, o.text])
    return [
        Sheet("责任分解", rows, [(0, 0, 0, 7), (1, 0, 1, 7)]),
        Sheet("计划信息", about),
        Sheet("时限义务", owed),
        Sheet("填写说明", [["请照样填写"]]),
        Sheet("单位", [["市公安局"]], is_hidden=True),
    ]


def without_offsets(plan: PlanText) -> PlanText:
    return replace(plan, clauses=[replace(clause, start=0, end=0) for clause in plan.clauses], questions=[])


def faults(table: TableText) -> list[tuple[str, str]]:
    return [(f"{fault.sheet}!{fault.cell}", fault.message) for fault in table.faults]


def test_plan_comes_back_as_it_was():
    table = read_table(exported(PLAN))

    assert without_offsets(table.plan) == PLAN
    assert table.faults == []
    assert table.notes == []
    assert table.plan.questions == []
    for clause in table.plan.clauses:
        assert table.source_text[clause.start : clause.end] == clause.label + clause.heading + clause.text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_documents_come_back_as_they_were(document):
    plan = without_offsets(read_plan(load(document)))

    table = read_table(exported(plan))

    assert without_offsets(table.plan) == plan
    assert table.faults == []


def test_own_bracket_in_the_text_names_nobody():
    clause = read_table(exported(PLAN)).plan.clauses[2]

    assert ([party.name for party in clause.lead], clause.cooperating) == (["市公安局"], [])


@pytest.mark.parametrize(
    ("after", "label", "path", "kind"),
    [
        ("一/2", "3.", "一/3", "item"),
        ("一/1", "3.", "一/3", "item"),
        ("一/1#2", "", "一/1#3", "paragraph"),
        ("一", "（一）", "一/(一)", "item"),
        ("一/2", "二、", "二", "section"),
        ("一/2", "2.", "一/2~2", "item"),
        ("一/2", "（1）", "一/(1)", "item"),
    ],
)
def test_added_row_takes_its_place_from_its_number(after, label, path, kind):
    sheets = exported(PLAN)
    at = next(index for index, row in enumerate(sheets[0].rows) if row[0] == after)
    sheets[0].rows.insert(at + 1, ["", "", label, "", "新增的内容。", "市公安局", "", ""])

    table = read_table(sheets)

    clause = table.plan.clauses[at - 2]
    assert (clause.path, clause.kind, clause.text) == (path, kind, "新增的内容。")
    assert table.faults == []


def test_units_divided_otherwise_are_read_as_in_any_table():
    sheets = exported(PLAN)
    sheets[0].rows[-1][5:7] = ["市公安局，市教委", "市妇联\n市残联"]

    clause = read_table(sheets).plan.clauses[-1]

    assert [party.name for party in clause.lead] == ["市公安局", "市教委"]
    assert [party.name for party in clause.cooperating] == ["市妇联", "市残联"]


def test_deadline_of_a_clause_without_obligation_becomes_one():
    table = read_table(exported(PLAN, {"一/1": "每年6月底前"}))

    assert table.dues == {"一/1": "每年6月底前"}
    assert [o.basis for o in table.plan.obligations] == ["一/1#2", "一", "一", "一/1"]
    assert [q.code for q in table.plan.questions] == ["due_from_words"]


def test_deadline_that_contradicts_the_sheet_of_obligations_is_asked_about():
    same = read_table(exported(PLAN, {"一/1#2": "每年12月15日前"}))
    other = read_table(exported(PLAN, {"一/1#2": "每年11月15日前"}))

    assert same.plan.questions == []
    assert [(q.code, q.path) for q in other.plan.questions] == [("due_differs", "一/1#2")]
    assert other.plan.obligations == PLAN.obligations


def test_every_fault_of_a_template_at_once():
    sheets = exported(PLAN)
    rows = sheets[0].rows
    rows[5][1] = "小节"
    rows[7][0] = "一//2"
    rows[7][7] = "2026年13月"
    sheets[1].rows[4][1] = "2021-13-01"
    sheets[1].rows[6][1] = "2300"
    sheets[2].rows[1][7:9] = ["2", "30"]
    sheets[2].rows[2][0] = "九"
    sheets[2].rows[3][2] = "大会"
    sheets[2].rows[3][6] = "二〇三〇"

    table = read_table(sheets)

    kinds = "、".join(CLAUSE_KINDS.values())
    owed = "、".join([*OBLIGATION_KINDS.values(), "专题会议", "评估"])
    assert faults(table) == [
        ("责任分解!B6", f"不认得这个类别，请从下拉列表里选：{kinds}。"),
        ("责任分解!A8", "条款标识格式不对，应如「一/(一)/1」「第五条」「一/(一)/1#2」；新增的行请留空。"),
        ("责任分解!H8", "「2026年13月」没有这个月份，请改正。"),
        ("计划信息!B5", "成文日期不存在或写法不认得，请写成 2026-12-31 的样子。"),
        ("计划信息!B7", "终止年应是 1990—2100 之间的整数，请改正。"),
        ("时限义务!I2", "2月没有30日，请改正。"),
        ("时限义务!A3", "「责任分解」工作表里没有这个条款标识，请核对。"),
        ("时限义务!C4", f"不认得这个类别，请从下拉列表里选：{owed}。"),
        ("时限义务!G4", "年应是 1990—2100 之间的整数，请改正。"),
    ]
    assert [clause.text for clause in table.plan.clauses] == [clause.text for clause in PLAN.clauses]


def test_repeated_identity_and_missing_column():
    sheets = exported(PLAN)
    sheets[0].rows[6][0] = "一/1"
    for row in sheets[0].rows[2:]:
        del row[6]

    assert faults(read_table(sheets)) == [
        ("责任分解!A3", "模板缺少「配合单位」列，请补上，或重新下载模板。"),
        ("责任分解!A7", "条款标识与第 6 行重复；复制出来的新行请清空条款标识。"),
        ("时限义务!A2", "「责任分解」工作表里没有这个条款标识，请核对。"),
    ]
