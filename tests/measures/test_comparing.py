"""What becomes of clauses when a plan is changed in one known way."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.comparing import ChangeKind, Comparison, Correction, Side, Unit, compare, due_words, sides_of
from measures.reading import Clause, Obligation, Party, Period, PlanText, Recurrence

POLICE, CIVIL, WOMEN, HEALTH = (Unit(name, name) for name in ("市公安局", "市民政局", "市妇联", "市卫生健康委"))
REGISTER = "加强婚姻登记管理,婚姻登记工作人员发现疑似拐卖妇女情形的,应当及时向公安机关报告。"
HOSPITAL = "医疗机构全面推行实名制挂号、就诊制度,落实孕产妇出入院信息登记,严禁以他人名义入院分娩。"
STREET = "组织街面巡查,及时救助流浪乞讨的未成年人,查找其父母或者其他监护人,妥善安置。"
BLOOD = "采集失踪儿童父母血样,录入全国打拐信息库,对来历不明儿童落户的比对后办理。"
NETWORK = "监督网络平台主动筛查违法犯罪信息,严格社交账号实名制管理,定期开展清理行动。"
BUDGET = "将反拐工作所需经费纳入年度财政预算,鼓励慈善机构和个人捐助公益项目。"
TEXTS = (REGISTER, HOSPITAL, STREET, BLOOD, NETWORK, BUDGET)


def side(path: str, text: str = "", heading: str = "", *, lead=(POLICE,), cooperating=(), dues=(), kind="item") -> Side:
    return Side(path, f"{path.rpartition('/')[2]}.", heading, text, kind, tuple(lead), tuple(cooperating), tuple(dues))


def chapter(path: str, heading: str) -> Side:
    return side(path, heading=heading, lead=(), kind="section")


def numbered(*texts: str, under: str = "一") -> list[Side]:
    return [side(f"{under}/{number}", text) for number, text in enumerate(texts, 1)]


def told(comparison: Comparison) -> list[tuple[str, str | None, str | None]]:
    """Kind, from and to of all that is not SAME."""
    return [
        (change.kind.value, change.before and change.before.path, change.after and change.after.path)
        for change in comparison.changes
        if change.kind != ChangeKind.SAME
    ]


# --- The same ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "采集失踪儿童父母血样，录入全国打拐信息库，对来历不明儿童落户的比对后办理。",
        "采集失踪儿童父母血\n样,录入全国 打拐信息库,对来历不明\u3000儿童落户的比对后办理。",
        "\ufeff采集失踪儿童父母血样,录入全国打拐\u200b信息库,对来历不明儿童落户的比对后办理。\r\n",
    ],
)
def test_width_and_line_breaks_are_no_change(text):
    assert told(compare([side("一/1", BLOOD)], [side("一/1", text)])) == []


def test_brackets_of_another_kind_are_a_change():
    assert told(compare([side("一/1", f"〔{BLOOD}〕")], [side("一/1", f"({BLOOD})")])) == [("reworded", "一/1", "一/1")]


def test_order_of_units_is_no_change():
    before = [side("一/1", BLOOD, lead=(POLICE, CIVIL), cooperating=(WOMEN, HEALTH))]
    after = [side("一/1", BLOOD, lead=(CIVIL, POLICE), cooperating=(HEALTH, WOMEN))]

    assert compare(before, after).is_nothing


def test_boundary_of_heading_and_text_is_no_change():
    assert compare([side("一/1", BLOOD, "办理户籍。")], [side("一/1", f"办理户籍。{BLOOD}")]).is_nothing


def test_same_number_of_a_unit_decides_and_not_its_name():
    before = [side("一/1", BLOOD, lead=(Unit("unit:7", "市卫生局"),))]
    after = [side("一/1", BLOOD, lead=(Unit("unit:7", "市卫生健康委"),))]

    assert compare(before, after).is_nothing


some_sides = st.lists(
    st.builds(
        lambda path, heading, text, kind, lead: Side(path, "", heading, text, kind, lead),
        st.sampled_from(["一", "一/1", "一/2", "二", "二/1", "二/1/(1)", "三#2"]),
        st.sampled_from(["", "工作目标", "行动措施"]),
        st.sampled_from(["", " ", "。", BLOOD, BUDGET, BLOOD + BUDGET, "按照职责分工做好有关工作。"]),
        st.sampled_from(["item", "front", "preamble", "goal"]),
        st.sampled_from([(), (POLICE,), (CIVIL, POLICE)]),
    ),
    max_size=12,
)


@given(some_sides)
def test_anything_compared_with_itself_is_the_same(sides):
    comparison = compare(sides, sides)

    assert comparison.is_nothing
    assert comparison.counts["same"] == len(sides)


@given(some_sides, some_sides)
def test_every_clause_is_told_of(before, after):
    comparison = compare(before, after)

    titles = [one for one in (*before, *after) if one.kind == "front"]
    told_before = {id(change.before) for change in comparison.changes}
    told_after = {id(change.after) for change in comparison.changes}
    assert {id(one) for one in before} - told_before <= set(map(id, titles))
    assert {id(one) for one in after} - told_after <= set(map(id, titles))
    assert comparison == compare(before, after)


# --- Reworded ---------------------------------------------------------------------------------------------------------


def test_equal_text_with_other_units_and_deadline_is_reworded():
    before = [side("一/1", BLOOD, lead=(POLICE, CIVIL), cooperating=(WOMEN,), dues=("每年12月15日前",))]
    after = [side("一/1", BLOOD, lead=(POLICE,), cooperating=(CIVIL, WOMEN, HEALTH), dues=("每年12月30日前",))]

    assert compare(before, after).as_dict() == {
        "same": 0,
        "reworded": 1,
        "moved": 0,
        "split": 0,
        "merged": 0,
        "new": 0,
        "dropped": 0,
        "changes": [
            {
                "kind": "reworded",
                "from": "一/1",
                "to": "一/1",
                "before": f"1.{BLOOD}",
                "after": f"1.{BLOOD}",
                "lead_gained": [],
                "lead_lost": ["市民政局"],
                "cooperating_gained": ["市民政局", "市卫生健康委"],
                "cooperating_lost": [],
                "dues_gained": ["每年12月30日前"],
                "dues_lost": ["每年12月15日前"],
            }
        ],
    }


@pytest.mark.parametrize(
    "text",
    [
        BLOOD.replace("办理", "予以办理"),
        "公安机关采集失踪儿童父母血样并及时录入打拐信息库。来历不明儿童落户前应当比对,严把落户关口。",
    ],
)
@pytest.mark.parametrize("path", ["一/4", "二/(三)/9"])
def test_rewording_is_recognised_wherever_it_stands(text, path):
    before, after = numbered(*TEXTS), numbered(*TEXTS)
    after[3] = side(path, text)

    assert told(compare(before, after)) == [("reworded", "一/4", path)]


def test_wholly_different_text_under_one_number_is_dropped_and_new():
    before, after = numbered(*TEXTS), numbered(*TEXTS)
    after[2] = side("一/3", "对跨国劳务人员进行出国前安全培训,提高防范意识,严格审查劳务合作项目。")

    assert told(compare(before, after)) == [("dropped", "一/3", None), ("new", None, "一/3")]


def test_one_changed_date_among_alike_clauses_is_reworded():
    before = [side(f"一/{n}", f"第{n}项任务按季度报送办公室汇总,每年{n}月15日前完成。") for n in range(1, 13)]
    after = list(before)
    after[6] = side("一/7", "第7项任务按季度报送办公室汇总,每年8月20日前完成。")

    assert told(compare(before, after)) == [("reworded", "一/7", "一/7")]


# --- Moved ------------------------------------------------------------------------------------------------------------


def test_insertion_moves_what_follows():
    before = numbered(REGISTER, HOSPITAL, STREET)

    after = numbered(REGISTER, NETWORK, HOSPITAL, STREET)

    assert told(compare(before, after)) == [
        ("new", None, "一/2"),
        ("moved", "一/2", "一/3"),
        ("moved", "一/3", "一/4"),
    ]


def test_section_goes_to_another_chapter_with_all_that_is_under_it():
    section = ["重点人群", STREET, BLOOD]
    before = [chapter("一", "预防"), chapter("二", "救助"), chapter("二/(一)", section[0])]
    before += numbered(*section[1:], under="二/(一)")
    after = [chapter("一", "预防"), chapter("一/(一)", section[0]), *numbered(*section[1:], under="一/(一)")]
    after += [chapter("二", "救助")]

    assert told(compare(before, after)) == [
        ("moved", "二/(一)", "一/(一)"),
        ("moved", "二/(一)/1", "一/(一)/1"),
        ("moved", "二/(一)/2", "一/(一)/2"),
    ]


def test_another_path_and_other_units_is_reworded():
    before, after = [side("一/1", BLOOD)], [side("二/1", BLOOD, lead=(CIVIL,))]

    (change,) = compare(before, after).changes

    assert (change.kind, change.lead_gained, change.lead_lost, change.likeness) == (
        ChangeKind.REWORDED,
        ("市民政局",),
        ("市公安局",),
        1.0,
    )


def test_equal_headings_follow_the_chapters_that_they_are_in():
    def plan(*chapters: str) -> list[Side]:
        sides = []
        for number, name in zip("一二三", chapters, strict=False):
            sides += [chapter(number, name), chapter(f"{number}/1", "工作目标"), chapter(f"{number}/2", "行动措施")]
        return sides

    comparison = compare(plan("预防犯罪", "救助安置"), plan("宣传教育", "预防犯罪", "救助安置"))

    assert told(comparison) == [
        ("new", None, "一"),
        ("new", None, "一/1"),
        ("new", None, "一/2"),
        ("moved", "一", "二"),
        ("moved", "一/1", "二/1"),
        ("moved", "一/2", "二/2"),
        ("moved", "二", "三"),
        ("moved", "二/1", "三/1"),
        ("moved", "二/2", "三/2"),
    ]


# --- Split, merged, new, dropped --------------------------------------------------------------------------------------


def test_two_items_joined_are_merged_and_nothing_is_gained_that_one_had():
    before = numbered(REGISTER, HOSPITAL, STREET)
    before[1] = replace(before[1], lead=(HEALTH,))
    after = [side("一/1", REGISTER), side("一/2", f"{HOSPITAL}{STREET}", lead=(POLICE, HEALTH, WOMEN))]

    comparison = compare(before, after)

    assert told(comparison) == [("merged", "一/2", "一/2"), ("merged", "一/3", "一/2")]
    assert [change.lead_gained for change in comparison.changes[1:]] == [("市妇联",), ("市妇联",)]
    assert [change.lead_lost for change in comparison.changes[1:]] == [(), ()]


def test_one_item_in_two_is_split_and_nothing_is_lost_that_one_has():
    before = [side("一/1", REGISTER), side("一/2", f"{HOSPITAL}{STREET}", lead=(POLICE, HEALTH, WOMEN))]
    after = numbered(REGISTER, HOSPITAL, STREET)
    after[1] = replace(after[1], lead=(HEALTH,))

    comparison = compare(before, after)

    assert told(comparison) == [("split", "一/2", "一/2"), ("split", "一/2", "一/3")]
    assert [change.lead_lost for change in comparison.changes[1:]] == [("市妇联",), ("市妇联",)]
    assert [change.lead_gained for change in comparison.changes[1:]] == [(), ()]


def test_repeated_clause_is_new_and_the_first_stays():
    assert told(compare(numbered(REGISTER, BLOOD), numbered(REGISTER, BLOOD, BLOOD))) == [("new", None, "一/3")]


def test_clause_that_was_there_twice_is_dropped_once():
    assert told(compare(numbered(REGISTER, BLOOD, BLOOD), numbered(REGISTER, BLOOD))) == [("dropped", "一/3", None)]


def test_dropped_clauses_are_told_of_where_they_stood():
    after = [side("一/1", REGISTER), side("一/3", STREET)]

    comparison = compare(numbered(REGISTER, HOSPITAL, STREET, BLOOD), after)

    assert [(change.kind.value, (change.before or change.after).path) for change in comparison.changes] == [
        ("same", "一/1"),
        ("dropped", "一/2"),
        ("same", "一/3"),
        ("dropped", "一/4"),
    ]


def test_new_and_dropped_clauses_gain_and_lose_all_of_their_units():
    comparison = compare([side("一", BLOOD, cooperating=(WOMEN,))], [side("二", BUDGET, lead=(CIVIL,), dues=("每年",))])

    assert [
        (change.lead_gained, change.lead_lost, change.cooperating_lost, change.dues_gained)
        for change in comparison.changes
    ] == [((), ("市公安局",), ("市妇联",), ()), (("市民政局",), (), (), ("每年",))]


@pytest.mark.parametrize(("before", "after"), [([], []), (numbered(*TEXTS), []), ([], numbered(*TEXTS))])
def test_empty_plans(before, after):
    counts = compare(before, after).counts

    assert (counts["dropped"], counts["new"]) == (len(before), len(after))


def test_totally_different_plans_have_nothing_in_common():
    other = [
        "推进老旧小区改造,完善供水供电管网,增加停车位和充电设施。",
        "严格执行森林防火值班制度,清理林下可燃物,配备灭火器材。",
        "开展农产品质量抽检,建立农药经营台账,查处假冒伪劣种子。",
    ]

    assert compare(numbered(*TEXTS), numbered(*other)).counts == {
        "same": 0,
        "reworded": 0,
        "moved": 0,
        "split": 0,
        "merged": 0,
        "new": 3,
        "dropped": 6,
    }


def test_title_without_a_counterpart_says_nothing():
    title = Side("题首", "", "某市实施方案", "", "front")

    assert compare([title, *numbered(BLOOD)], numbered(BLOOD)).is_nothing
    assert told(compare([title], [replace(title, heading="某市行动计划")])) == [("reworded", "题首", "题首")]


# --- Corrections ------------------------------------------------------------------------------------------------------


def test_correction_goes_before_what_was_found():
    before, after = numbered(REGISTER, BLOOD), numbered(REGISTER, BLOOD)

    comparison = compare(before, after, corrections=[Correction("一/1", "一/2"), Correction("一/2", "")])

    assert [
        (change.kind.value, change.before and change.before.path, change.after and change.after.path, change.is_manual)
        for change in comparison.changes
    ] == [("new", None, "一/1", False), ("reworded", "一/1", "一/2", True), ("dropped", "一/2", None, True)]


def test_corrections_with_one_end_in_common_are_a_split_or_a_merger():
    before, after = numbered(REGISTER, BLOOD), numbered(NETWORK, BUDGET, STREET)

    split = compare(before, after, corrections=[Correction("一/1", "一/1"), Correction("一/1", "一/2")])
    merged = compare(before, after, corrections=[Correction("一/1", "一/3"), Correction("一/2", "一/3")])

    assert told(split)[:2] == [("split", "一/1", "一/1"), ("split", "一/1", "一/2")]
    assert told(merged)[-2:] == [("merged", "一/1", "一/3"), ("merged", "一/2", "一/3")]


def test_later_correction_holds():
    sides = numbered(REGISTER, BLOOD)

    dropped = compare(
        sides, sides, corrections=[Correction("一/1", "一/1"), Correction("一/1", ""), Correction("", "一/1")]
    )
    linked = compare(sides, sides, corrections=[Correction("一/1", ""), Correction("一/1", "一/1")])

    assert told(dropped) == [("dropped", "一/1", None), ("new", None, "一/1")]
    assert told(linked) == []


def test_correction_of_a_path_that_is_gone_is_listed_and_changes_nothing():
    sides = numbered(REGISTER, BLOOD)
    stale = [Correction("九/9", "一/1"), Correction("", "")]

    comparison = compare(sides, sides, corrections=stale)

    assert (comparison.is_nothing, comparison.stale) == (True, stale)


# --- Sides of a plan --------------------------------------------------------------------------------------------------


def plan(*clauses: Clause, obligations: tuple[Obligation, ...] = ()) -> PlanText:
    return PlanText("某市实施方案", None, None, None, Period(), [], list(clauses), list(obligations), [])


def test_sides_of_a_plan_leave_out_front_and_back_but_not_the_title():
    read = plan(
        Clause("题首", "", "front", "", "[ 索引号 ] 1\n某市实施方案", 0, 1),
        Clause("一", "一、", "section", "保障措施", "", 1, 2),
        Clause(
            "一/1",
            "1.",
            "item",
            "",
            BUDGET,
            2,
            3,
            [Party("市财政局（国资委）", "市财政局（国资委）"), Party("市财政局", "财政局")],
            [Party("各成员单位", "各成员单位", True)],
        ),
        Clause("落款", "", "back", "", "扫一扫在手机打开当前页", 3, 4),
        obligations=(
            Obligation("budget", "", "", (), Recurrence("annual", month=12, day=15, includes_day=True), "一/1", ""),
            Obligation("report", "", "", (), Recurrence("at_least", times=1), "一/1", ""),
        ),
    )

    assert sides_of(read) == [
        Side("题首", "", "某市实施方案", "", "front"),
        Side("一", "一、", "保障措施", "", "section"),
        Side(
            "一/1",
            "1.",
            "",
            BUDGET,
            "item",
            (Unit("市财政局", "市财政局（国资委）"),),
            (Unit("各成员单位", "各成员单位"),),
            ("每年12月15日前", "每年至少1次"),
        ),
    ]


def test_key_of_a_unit_may_be_given():
    read = plan(Clause("一", "一、", "item", "", BLOOD, 0, 1, [Party("市公安局", "公安局")]))

    (only,) = sides_of(read, lambda party: f"unit:{len(party.name)}")

    assert only.lead == (Unit("unit:4", "市公安局"),)


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [
        (Recurrence("annual", month=12, day=15, includes_day=True), "每年12月15日前"),
        (Recurrence("annual", month=12, day=15, includes_day=False), "每年12月15日前（不含当日）"),
        (Recurrence("annual", month=6, day=30), "每年6月底前"),
        (Recurrence("annual", month=12, day=31), "每年底"),
        (Recurrence("annual", times=1), "每年1次"),
        (Recurrence("annual"), "每年"),
        (Recurrence("at_least", times=2), "每年至少2次"),
        (Recurrence("half_yearly", times=1), "每半年1次"),
        (Recurrence("quarterly", day=31), "每季度末前"),
        (Recurrence("quarterly", month=1, day=10), "每季度首月10日前"),
        (Recurrence("monthly", day=5), "每月5日前"),
        (Recurrence("once", year=2030, month=12, day=31), "2030年底"),
        (Recurrence("once", year=2026, month=6, day=1), "2026年6月1日前"),
        (Recurrence("once", year=2028, month=2, day=28), "2028年2月28日前"),
        (Recurrence("once", year=2026), "2026年"),
        (Recurrence("once"), "一次性"),
        (Recurrence("event"), "及时"),
        (Recurrence("continuing"), "长期坚持"),
    ],
)
def test_due_words(recurrence, words):
    assert due_words(recurrence) == words
