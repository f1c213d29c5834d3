"""Deadlines and who owes them, sentence by sentence."""

from __future__ import annotations

import pytest

from measures.reading import Obligation, Recurrence, read_plan

HEAD = "东湖市反对拐卖人口行动实施方案（2022—2030年）\n一、措施\n1.加强宣传。（市公安局负责）\n二、保障\n"


def obligations(sentence: str) -> list[Obligation]:
    return [o for o in read_plan(f"{HEAD}1.{sentence}\n2.加强领导。\n").obligations if o.basis == "二/1"]


@pytest.mark.parametrize(
    ("sentence", "recurrence"),
    [
        (
            "每年12月15日前，各成员单位应向市反拐办报送工作情况。",
            Recurrence("annual", month=12, day=15, includes_day=True),
        ),
        ("各成员单位每年１１月底前向市反拐办报送工作总结。", Recurrence("annual", month=11, day=30, includes_day=True)),
        ("各成员单位每月5日前向市反拐办报送工作情况。", Recurrence("monthly", day=5, includes_day=True)),
        ("各成员单位每季度末向市反拐办报送工作情况。", Recurrence("quarterly", day=31, includes_day=True)),
        (
            "各成员单位于2022年3月1日前向市反拐办报送实施方案。",
            Recurrence("once", year=2022, month=3, day=1, includes_day=True),
        ),
        (
            "各成员单位于2022年6月底前向市反拐办报送实施方案。",
            Recurrence("once", year=2022, month=6, day=30, includes_day=True),
        ),
        ("市反拐联席会议2030年年底进行终期评估。", Recurrence("once", year=2030, month=12, day=31)),
        ("市反拐联席会议每年至少召开2次全体会议。", Recurrence("at_least", times=2)),
        ("市反拐联席会议每年开展一次督查。", Recurrence("annual", times=1)),
        ("市反拐联席会议每半年开展1次督查。", Recurrence("half_yearly", times=1)),
        ("市反拐联席会议对重点地区及时挂牌督办。", Recurrence("event")),
        ("各区县政府应当将反拐经费纳入年度财政预算。", Recurrence("annual")),
    ],
)
def test_recurrence_of_every_phrase(sentence, recurrence):
    assert [obligation.recurrence for obligation in obligations(sentence)] == [recurrence]


@pytest.mark.parametrize(
    "sentence",
    [
        "受害人经过3个月无法查明其身份的，依法办理户籍。",
        "根据《2021年12月底前重点工作方案》加强领导。",
        "本方案自2022年1月1日起施行。",
        "2013年以来，各成员单位做了大量工作。",
        "发现疑似情形应当及时向公安机关报告。",
        "认真落实（国办发〔2021〕13号）要求。",
    ],
)
def test_other_times_are_no_obligation(sentence):
    assert obligations(sentence) == []


def test_subject_carries_on_through_the_sentence():
    found = obligations("市反拐联席会议要加强领导，每年召开1次会议，2030年年底进行终期评估。")

    assert [(o.kind, o.obliged) for o in found] == [
        ("meeting", "市反拐联席会议"),
        ("final_assessment", "市反拐联席会议"),
    ]


def test_subject_is_not_cut_at_a_word_inside_the_name():
    (found,) = obligations("市反对拐卖人口工作联席会议每年召开1次会议。")

    assert found.obliged == "市反对拐卖人口工作联席会议"


def test_two_recipients_are_told_apart():
    (found,) = obligations("每年12月30日前，各区县联席会议应向市反拐联席会议和同级人民政府报送年度工作情况。")

    assert (found.kind, found.recipients, found.title) == (
        "annual_report",
        ("市反拐联席会议", "同级人民政府"),
        "报送年度工作情况",
    )


def test_deadline_of_a_measure_is_owed_by_its_lead():
    plan = read_plan(f"{HEAD}1.2022年6月底前，完成信息系统建设。（市公安局负责，市妇联配合）\n2.加强领导。\n")

    found = [(o.kind, o.title, o.obliged, o.recurrence) for o in plan.obligations]
    due = Recurrence("once", year=2022, month=6, day=30, includes_day=True)
    assert found == [("task", "完成信息系统建设", "市公安局", due)]


def test_undated_duty_is_asked_about():
    plan = read_plan(f"{HEAD}1.各成员单位要结合实际制定实施方案。\n2.加强领导。\n")

    assert [o.kind for o in plan.obligations] == ["implementation_plan"]
    assert [q.path for q in plan.questions if q.code == "deadline_unclear"] == ["二/1"]


@pytest.mark.parametrize(
    ("sentence", "recurrences", "asked"),
    [
        (
            "各成员单位每年6月20日、12月20日前报送工作情况。",
            [Recurrence("half_yearly", day=20, includes_day=True)],
            False,
        ),
        ("各成员单位每年6月底和12月底前报送工作情况。", [Recurrence("half_yearly", day=31, includes_day=True)], False),
        (
            "各成员单位每年1月10日、7月20日前报送工作情况。",
            [
                Recurrence("annual", month=1, day=10, includes_day=True),
                Recurrence("annual", month=7, day=20, includes_day=True),
            ],
            False,
        ),
        (
            "各成员单位于每年11月30日前报送工作总结。",
            [Recurrence("annual", month=11, day=30, includes_day=True)],
            False,
        ),
        ("各成员单位每年年底前报送工作总结。", [Recurrence("annual", month=12, day=31, includes_day=True)], False),
        ("市反拐联席会议每年第一季度召开全体会议。", [Recurrence("annual", month=3, day=31, includes_day=True)], False),
        (
            "市反拐联席会议每年12月中旬召开全体会议。",
            [Recurrence("annual", month=12, day=20, includes_day=True)],
            False,
        ),
        ("各成员单位每半年报送一次工作情况。", [Recurrence("half_yearly", times=1)], False),
        ("市反拐联席会议每年召开1—2次会议。", [Recurrence("at_least", times=1)], False),
        ("市反拐联席会议2030年开展终期评估。", [Recurrence("once", year=2030)], False),
        ("各成员单位次年1月15日前报送全年总结。", [Recurrence("annual", month=1, day=15, includes_day=True)], True),
        ("市反拐联席会议每两年开展一次评估。", [Recurrence("event")], True),
        (
            "各成员单位每季度首月10日前报送工作情况。",
            [Recurrence("quarterly", month=1, day=10, includes_day=True)],
            True,
        ),
        ("各成员单位每季度结束后10日内报送工作情况。", [Recurrence("quarterly")], True),
        ("各成员单位12月10日前报送工作情况。", [Recurrence("once", month=12, day=10, includes_day=True)], True),
        ("各成员单位年底前报送工作总结。", [Recurrence("once", month=12, day=31, includes_day=True)], True),
        ("各成员单位每年度结束后30日内报送工作总结。", [Recurrence("annual")], True),
    ],
)
def test_harder_deadlines_are_read_or_asked_about(sentence, recurrences, asked):
    plan = read_plan(f"{HEAD}1.{sentence}\n2.加强领导。\n")

    assert [obligation.recurrence for obligation in plan.obligations] == recurrences
    assert ("deadline_unclear" in [question.code for question in plan.questions]) == asked


@pytest.mark.parametrize(
    ("written", "recurrence"),
    [
        ("（市公安局负责；2023年底前完成）", Recurrence("once", year=2023, month=12, day=31)),
        ("（市公安局负责，2025年6月完成）", Recurrence("once", year=2025, month=6, day=30, includes_day=True)),
        ("（责任单位：市公安局；完成时限：长期坚持）", Recurrence("continuing")),
        (
            "（市公安局负责）（完成时限：2022年12月底）",
            Recurrence("once", year=2022, month=12, day=31, includes_day=True),
        ),
        (
            "\n责任单位：市公安局\n完成时限：2022年12月底",
            Recurrence("once", year=2022, month=12, day=31, includes_day=True),
        ),
        ("\n责任单位：市公安局\n时限：每年11月底前", Recurrence("annual", month=11, day=30, includes_day=True)),
        (
            "\n责任单位：市公安局\n完成时间：2023—2025年",
            Recurrence("once", year=2025, month=12, day=31, includes_day=True),
        ),
        ("\n责任单位：市公安局\n时间要求：2022年起", Recurrence("continuing")),
        (
            "\n责任单位：市公安局\n进度安排：2023年第三季度",
            Recurrence("once", year=2023, month=9, day=30, includes_day=True),
        ),
    ],
)
def test_deadline_beside_the_units_is_a_task_of_the_lead(written, recurrence):
    plan = read_plan(f"{HEAD}1.建设信息系统。{written}\n2.加强领导。\n")

    (owed,) = plan.obligations
    assert (owed.kind, owed.title, owed.obliged, owed.recurrence) == ("task", "建设信息系统", "市公安局", recurrence)


def test_deadline_that_is_no_date_is_asked_about():
    plan = read_plan(f"{HEAD}1.建设信息系统。\n责任单位：市公安局\n完成时限：按序时进度\n2.加强领导。\n")

    assert plan.obligations == []
    assert [q.path for q in plan.questions if q.code == "deadline_unclear"] == ["二/1"]


def test_subject_carries_over_a_semicolon_but_not_over_a_full_stop():
    plan = read_plan(
        f"{HEAD}1.各成员单位每季度末报送进展；每年11月30日前报送总结。每年12月5日前报送台账。\n2.加强领导。\n"
    )

    assert [owed.obliged for owed in plan.obligations] == ["各成员单位", "各成员单位", ""]


def test_month_without_a_year_is_of_the_year_of_a_plan_for_one_year():
    plan = read_plan(
        "东湖市2023年反拐工作要点\n一、措施\n1.加强宣传。（市公安局负责）\n2.12月10日前，各成员单位报送工作情况。\n"
    )

    assert plan.obligations[0].recurrence == Recurrence("once", year=2023, month=12, day=10, includes_day=True)
