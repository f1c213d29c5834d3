"""The five published documents, read whole."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import pytest

from measures.reading import PlanText, load, read_plan

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"
WEB, PDF = "000_chongqing_2021_web.txt", "001_chongqing_2021_pdf.txt"
CORPS, COUNTY, CITY_2008 = "002_corps_2021.txt", "003_yunyang_2013.txt", "004_chongqing_2008.txt"
ALL = [WEB, PDF, CORPS, COUNTY, CITY_2008]


@functools.cache
def source(name: str) -> str:
    return load(DOCUMENTS / name)


@functools.cache
def plan(name: str) -> PlanText:
    return read_plan(source(name))


def squeezed(text: str) -> str:
    return "".join(text.split())


def clause(name: str, path: str):
    return next(clause for clause in plan(name).clauses if clause.path == path)


def names(parties) -> list[str]:
    return [party.name for party in parties]


def codes(name: str) -> list[str]:
    return [question.code for question in plan(name).questions]


@pytest.mark.parametrize(
    ("name", "measures", "lead", "cooperating", "only_lead"),
    [
        (WEB, 53, 116, 170, 7),
        (PDF, 53, 116, 170, 7),
        (CORPS, 43, 83, 124, 9),
        (COUNTY, 54, 85, 145, 13),
        (CITY_2008, 0, 0, 0, 0),
    ],
)
def test_measures_are_all_found(name, measures, lead, cooperating, only_lead):
    found = plan(name).measures

    assert len(found) == measures
    assert sum(len(clause.lead) for clause in found) == lead
    assert sum(len(clause.cooperating) for clause in found) == cooperating
    assert sum(not clause.cooperating for clause in found) == only_lead


@pytest.mark.parametrize("name", ALL)
def test_spans_give_the_source_back(name):
    clauses = plan(name).clauses

    assert squeezed("".join(source(name)[clause.start : clause.end] for clause in clauses)) == squeezed(source(name))
    assert all(before.end <= after.start for before, after in itertools.pairwise(clauses))


@pytest.mark.parametrize("name", ALL)
def test_label_heading_and_text_give_the_source_back(name):
    printed = "".join(clause.label + clause.heading + clause.text for clause in plan(name).clauses)

    assert squeezed(printed) == squeezed(source(name))


@pytest.mark.parametrize("name", ALL)
def test_paths_are_unique(name):
    paths = [clause.path for clause in plan(name).clauses]

    assert len(paths) == len(set(paths))


def test_web_and_pdf_copy_have_equal_paths_but_for_the_web_footer():
    web = [clause.path for clause in plan(WEB).clauses if clause.kind != "back"]

    assert web == [clause.path for clause in plan(PDF).clauses]


def test_web_and_pdf_copy_name_the_same_units_but_for_one_spelling():
    def parties(name):
        return [(c.path, names(c.lead), names(c.cooperating)) for c in plan(name).measures]

    different = [path for (path, *web), (_, *pdf) in zip(parties(WEB), parties(PDF), strict=True) if web != pdf]

    assert different == ["二/(五)/1"]


@pytest.mark.parametrize(
    ("name", "title", "issue", "years"),
    [
        (
            WEB,
            "重庆市贯彻中国反对拐卖人口行动计划(2021—2030年)实施细则",
            ("渝府办发〔2021〕152号", "重庆市人民政府办公厅", "2021-12-29"),
            (2021, 2030),
        ),
        (
            PDF,
            "重庆市贯彻中国反对拐卖人口行动计划 (2021—2030年)实施细则",
            ("渝府办发〔2021〕152号", "重庆市人民政府办公厅", "2021-12-29"),
            (2021, 2030),
        ),
        (
            CORPS,
            "兵团贯彻落实《中国反对拐卖人口行动计划(2021—2030年)》实施细则",
            (None, "新疆生产建设兵团办公厅", "2021-11-18"),
            (2021, 2030),
        ),
        (
            COUNTY,
            "云阳县人民政府办公室关于贯彻落实中国反对拐卖人口行动计划（2013—2020年）的实施意见",
            ("云阳府办发〔2013〕208号", "云阳县人民政府办公室", "2013-08-12"),
            (2013, 2020),
        ),
        (
            CITY_2008,
            "重庆市实施《中国反对拐卖妇女儿童行动计划》(2008―2012年)的意见",
            ("渝办发〔2008〕371号", "重庆市人民政府办公厅", "2008-12-19"),
            (2008, 2012),
        ),
    ],
)
def test_heading_is_read(name, title, issue, years):
    read = plan(name)

    assert read.title == title
    assert (read.document_number, read.issued_by, read.issued_on) == issue
    assert (read.period.start, read.period.end) == years


@pytest.mark.parametrize(("name", "count"), [(WEB, 0), (PDF, 0), (CORPS, 30), (COUNTY, 23), (CITY_2008, 27)])
def test_members_are_counted(name, count):
    assert len(plan(name).members) == count


@pytest.mark.parametrize(("name", "units"), [(WEB, 34), (PDF, 34), (CORPS, 30), (COUNTY, 22)])
def test_distinct_units_are_counted(name, units):
    found = {party.name for c in plan(name).measures for party in c.lead + c.cooperating if not party.group}

    assert len(found) == units


def test_corps_members_have_their_prefixes_restored():
    assert plan(CORPS).members[:6] == [
        "兵团党委宣传部",
        "兵团党委政法委",
        "兵团党委统战部",
        "兵团党委网信办",
        "兵团发展改革委",
        "兵团教育局",
    ]


def test_corps_units_are_all_members():
    units = {party.name for c in plan(CORPS).measures for party in c.lead + c.cooperating if not party.group}

    assert units == set(plan(CORPS).members)


def test_prefix_changes_after_a_comma_group():
    found = clause(CORPS, "第六章/第四十一条")

    assert names(found.lead) == ["兵团党委宣传部", "兵团党委网信办", "兵团文体广电和旅游局", "兵团公安局"]
    assert [party.as_written for party in found.lead] == ["兵团党委宣传部", "网信办", "兵团文体广电和旅游局", "公安局"]


def test_county_units_take_no_prefix():
    assert plan(COUNTY).members[0] == "宣传部"
    assert names(clause(COUNTY, "三/(一)/2/(1)").lead) == ["综治办", "司法局"]


def test_enumeration_comma_between_lead_and_cooperating():
    found = clause(COUNTY, "三/(六)/2/(2)")

    assert (names(found.lead), names(found.cooperating)) == (["公安局"], ["法院", "检察院"])


def test_second_paragraph_under_one_number_is_its_own_clause():
    found = clause(WEB, "二/(二)/1#2")

    assert found.label == ""
    assert names(found.lead) == ["市人力社保局", "市残联"]


def test_heading_alone_on_its_line_goes_with_the_paragraph_below():
    found = clause(WEB, "五/(一)")

    assert (found.label, found.heading) == ("(一)", "公益宣传。")
    assert found.text.startswith("发挥新闻媒体")
    assert names(found.lead)[0] == "市委宣传部"
    assert names(clause(WEB, "五/(一)#2").lead) == ["市司法局"]


def test_name_broken_over_a_page_is_joined():
    assert "市人力社保局" in names(clause(PDF, "二/(五)/1").cooperating)


def test_bracket_in_bracket_is_one_group():
    found = clause(WEB, "五/(四)")

    assert names(found.lead) == ["市公安局"]
    assert [(party.name, party.group) for party in found.cooperating] == [
        ("重庆市反对拐卖人口行动工作联席会议各成员单位", True)
    ]


def test_dashes_are_numbered_by_their_order():
    assert clause(COUNTY, "三/(一)/2/(2)/——#10").text.startswith("加强拐卖人口罪犯")


def test_goal_is_no_measure():
    found = clause(COUNTY, "三/(一)/1")

    assert (found.kind, found.heading, found.is_measure) == ("goal", "工作目标", False)


def test_obligations_of_the_2021_plan():
    owed = [
        (
            o.kind,
            o.obliged,
            o.recipients,
            o.recurrence.type,
            o.recurrence.year,
            o.recurrence.month,
            o.recurrence.day,
            o.recurrence.times,
        )
        for o in plan(WEB).obligations
    ]

    office, both = ("同级反拐联席会议办公室",), ("市反拐联席会议", "同级人民政府")
    assert owed == [
        ("implementation_plan", "市反拐联席会议成员单位", (), "once", None, None, None, None),
        ("meeting", "各区县反拐联席会议", (), "at_least", None, None, None, 1),
        ("supervision", "市反拐联席会议", (), "event", None, None, None, None),
        ("stage_assessment", "市反拐联席会议", (), "annual", None, None, None, 1),
        ("final_assessment", "市反拐联席会议", (), "once", 2030, 12, 31, None),
        ("budget", "各区县政府", (), "annual", None, None, None, None),
        ("annual_report", "各级反拐联席会议成员单位", office, "annual", None, 12, 15, None),
        ("annual_report", "各区县反拐联席会议", both, "annual", None, 12, 30, None),
    ]


def test_obligations_of_web_and_pdf_copy_are_the_same():
    def owed(name):
        return [(o.kind, o.title, o.obliged, o.recipients, o.recurrence, o.basis) for o in plan(name).obligations]

    assert owed(WEB) == owed(PDF)


def test_undated_assessments_are_asked_about():
    asked = [q.message for q in plan(CITY_2008).questions if q.code == "deadline_unclear"]

    assert any("终期评估" in message for message in asked)
    assert all(o.recurrence.year is None for o in plan(CITY_2008).obligations)


def test_missing_number_is_kept_and_asked_about():
    asked = [q for q in plan(COUNTY).questions if q.code == "numbering_gap"]

    assert [q.path for q in asked] == ["三/(六)"]
    assert "（六）" in asked[0].message


def test_missing_annex_is_asked_about():
    assert [q.path for q in plan(CITY_2008).questions if q.code == "annex_missing"] == ["五"]


def test_missing_document_number_and_second_date_are_asked_about():
    assert {"no_document_number", "two_dates"} <= set(codes(CORPS))


def test_web_copy_leaves_one_question_only():
    assert codes(WEB) == ["deadline_unclear"]
