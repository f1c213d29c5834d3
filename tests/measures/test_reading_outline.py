"""Numbers, paragraphs and parts."""

from __future__ import annotations

import pytest

from measures.reading import read_plan
from measures.reading.numerals import fold, match_label, number

HEAD = "东湖市反对拐卖人口行动实施方案（2022—2030年）\n"
BRACKET = "（市公安局负责）"


def paths(text: str) -> list[str]:
    return [clause.path for clause in read_plan(text).clauses if clause.label]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("二○○八", 2008),
        ("１２", 12),
        ("甲", None),
        ("", None),
    ],
)
def test_number_of_chinese_numeral(text, value):
    assert number(text) == value


def test_fold_keeps_the_length():
    text = "（１）〔二〕【三】　：，"

    assert len(fold(text)) == len(text)
    assert fold(text) == "(1)(二)(三) :,"


@pytest.mark.parametrize(
    ("line", "component"),
    [
        ("一、总则", "一"),
        ("十一、附则", "十一"),
        ("（一）机制", "(一)"),
        ("(一) 机制", "(一)"),
        ("㈠机制", "(一)"),
        ("1.机制", "1"),
        ("1．机制", "1"),
        ("１、机制", "1"),
        ("12. 机制", "12"),
        ("（1）机制", "(1)"),
        ("⑴机制", "(1)"),
        ("①机制", "①"),
        ("——机制", "——"),
        ("--机制", "——"),
        ("第三章 总 则", "第三章"),
        ("第五条 为了", "第五条"),
        ("第二节　机制", "第二节"),
        ("1.2025年底前完成", "1"),
        ("2.1 机制", "2.1"),
        ("1）机制", "1)"),
    ],
)
def test_label_of_every_style(line, component):
    found = match_label(line)

    assert found is not None
    assert found.component == component


@pytest.mark.parametrize(
    "line",
    [
        "1.5亿元以上",
        "2021年底",
        "3个月内",
        "12月15日前",
        "第三条规定的情形",
        "第五条、第六条",
        "一是加强",
        "95.5%以上",
        "10000.",
        "（2021—2030年）",
        "—",
        "——",
    ],
)
def test_label_is_not_seen_in_other_text(line):
    assert match_label(line) is None


def test_levels_are_learnt_from_the_document():
    text = (
        HEAD + f"一、甲\n（一）乙\n1.丙。{BRACKET}\n（1）丁。{BRACKET}\n——戊。{BRACKET}\n"
        f"——己。{BRACKET}\n2.庚。{BRACKET}\n（二）辛\n二、壬\n"
    )

    assert paths(text) == [
        "一",
        "一/(一)",
        "一/(一)/1",
        "一/(一)/1/(1)",
        "一/(一)/1/(1)/——",
        "一/(一)/1/(1)/——#2",
        "一/(一)/2",
        "一/(二)",
        "二",
    ]


def test_arabic_numbers_may_stand_above_chinese_ones():
    text = HEAD + f"1.甲\n一、乙。{BRACKET}\n二、丙。{BRACKET}\n2.丁\n一、戊。{BRACKET}\n"

    assert paths(text) == ["1", "1/一", "1/二", "2", "2/一"]


def test_items_stand_below_articles_and_articles_below_chapters():
    text = (
        HEAD + f"第一章 甲\n第一条 乙。\n（一）丙。{BRACKET}\n第二条 丁。{BRACKET}\n第二章 戊\n第三条 己。{BRACKET}\n"
    )

    assert paths(text) == ["第一章", "第一章/第一条", "第一章/第一条/(一)", "第一章/第二条", "第二章", "第二章/第三条"]


def test_repeated_number_gets_a_path_of_its_own():
    assert paths(HEAD + f"一、甲\n1.乙。{BRACKET}\n1.丙。{BRACKET}\n") == ["一", "一/1", "一/1~2"]


def test_numbers_counted_on_through_the_document_are_no_gap():
    plan = read_plan(HEAD + f"一、甲\n1.乙。{BRACKET}\n2.丙。{BRACKET}\n二、丁\n3.戊。{BRACKET}\n")

    assert "numbering_gap" not in [question.code for question in plan.questions]


def test_enumeration_in_prose_stays_in_its_paragraph():
    plan = read_plan(HEAD + f"一、甲\n1.加强宣传。\n一是进社区。\n二是进学校。{BRACKET}\n2.乙。{BRACKET}\n")

    assert [clause.path for clause in plan.measures] == ["一/1", "一/2"]


def test_hard_wrapped_lines_are_joined_at_the_margin():
    body = (
        "　　一、加强预防工作，健全发现、举报拐卖人口犯罪的工作\n机制，投入资金\n"
        "1.5亿元以上，完善信息通报制度，做到早发现、早报告、\n"
        "早处置。（市公安局负责，市民政局、市卫生健康委、市总\n工会配合）\n"
        "　　二、加强宣传工作，充分发挥新闻媒体和基层组织的作\n"
        "用，提高群众反拐意识。（市委宣传部负责，市公安局配合）\n"
        "　　三、加强救助工作，完善救助管理机构服务功能，做好受害\n"
        "人安置和康复工作。（市民政局负责，市妇联配合）\n"
    )

    plan = read_plan(HEAD + body)

    assert [clause.path for clause in plan.measures] == ["一", "二", "三"]
    assert "市总工会" in [party.name for party in plan.measures[0].cooperating]


def test_short_heading_does_not_swallow_the_paragraph_below():
    plan = read_plan(HEAD + f"一、指导思想\n以人为本，落实责任，加强工作。\n二、措施\n1.甲。{BRACKET}\n")

    clause = next(clause for clause in plan.clauses if clause.path == "一")
    assert (clause.heading, clause.text) == ("指导思想", "以人为本，落实责任，加强工作。")


def test_first_sentence_of_a_numbered_line_is_its_heading():
    plan = read_plan(
        HEAD + f"一、甲\n1.娱乐场所。加强管理，严格执法。{BRACKET}\n2.网络空间。加强监管，清理信息。{BRACKET}\n"
    )

    assert [clause.heading for clause in plan.measures] == ["娱乐场所。", "网络空间。"]


def test_paper_run_into_one_line_is_read_by_its_spaces():
    text = (
        HEAD.strip()
        + " 为做好工作，"
        + "加强部门协作，" * 60
        + f"制定本方案。 一、重点任务 1.加强宣传。{BRACKET} 2.加强救助。{BRACKET} 二、保障"
    )

    assert paths(text) == ["一", "一/1", "一/2", "二"]
    assert "line_breaks_lost" in [question.code for question in read_plan(text).questions]


def test_table_of_contents_opens_no_clause():
    contents = "目 录\n一、甲……1\n二、乙……3\n"

    assert paths(HEAD + contents + f"一、甲\n1.丙。{BRACKET}\n二、乙\n1.丁。{BRACKET}\n") == [
        "一",
        "一/1",
        "二",
        "二/1",
    ]


def test_numbered_notice_before_the_plan_does_not_take_its_paths():
    notice = (
        "北山区人民政府办公室关于印发反对拐卖人口行动实施方案的通知\n北政办发〔2022〕8号\n"
        "各街道办事处：\n现将方案印发给你们。\n"
        "一、提高认识。各单位要重视。\n二、抓好落实。各单位要尽责。\n附件：1.实施方案\n2.任务分工表\n"
        "北山区人民政府办公室\n2022年3月1日\n"
        "附件1\n北山区反对拐卖人口行动实施方案（2022—2030年）\n"
    )

    plan = read_plan(notice + f"一、甲\n1.乙。{BRACKET}\n二、丙\n1.丁。{BRACKET}\n三、戊\n")

    assert [clause.path for clause in plan.clauses if clause.label] == [
        "题首/一",
        "题首/二",
        "一",
        "一/1",
        "二",
        "二/1",
        "三",
    ]
    assert plan.title == "北山区反对拐卖人口行动实施方案（2022—2030年）"
    assert (plan.document_number, plan.issued_by, plan.issued_on) == (
        "北政办发〔2022〕8号",
        "北山区人民政府办公室",
        "2022-03-01",
    )
    assert next(q.message for q in plan.questions if q.code == "annex_missing").count("任务分工表") == 1


def test_annex_after_the_plan_is_kept_apart():
    text = HEAD + f"一、甲\n1.乙。{BRACKET}\n2.丁。{BRACKET}\n附件2\n任务分工表\n一、丙\n"

    assert paths(text) == ["一", "一/1", "一/2", "附件2/一"]
