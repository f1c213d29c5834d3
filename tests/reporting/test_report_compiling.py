"""Compiling reports: what is woven from entries, and that nobody's words are lost to it."""

import pytest
from django.utils import translation

from departments.models import DepartmentName, Event
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import EntryState, ImplementationStatus
from reporting.models import AnnualReport, Duty, Figure, FirstLead, Progress, ReportSection
from reporting.services.compiling import begin_report, compile_report
from reporting.services.refusals import WrongState
from reporting.services.report_writing import restore_section
from reporting.services.reports import conference_report_for, report_for
from tests.factories import DepartmentFactory, DutyFactory, YearFactory
from tests.report_rows import YEAR, bodies, district_duty, district_of, section, town

pytestmark = pytest.mark.django_db

ACCEPTED = {"state": EntryState.ACCEPTED, "status": ImplementationStatus.CONTINUING}


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


# --- A unit's own -----------------------------------------------------------------------------------------------------


def test_report_has_the_usual_parts_and_a_chapter_for_each_in_which_the_unit_works(city):
    report = report_for(city.duty(1))

    parts = list(report.sections.values_list("key", "level", "heading"))
    assert parts == [
        ("overview", 1, "基本情况"),
        ("work", 1, "主要工作及成效"),
        ("chapter:二", 2, "预防犯罪"),
        ("problems", 1, "存在的问题和困难"),
        ("next_steps", 1, "下一步工作打算"),
    ]


def test_head_of_a_report_names_the_unit_in_full_and_whom_it_goes_to(city):
    DepartmentName.objects.create(
        department=city.units[0], conference=city.conference, name="测试市教育委员会", kind="full"
    )

    report = report_for(city.duty(recipients=["市反拐办", "市政府"]))

    assert (report.title, report.addressee, report.signatory) == (
        "测试市教育委员会关于报送2026年度反拐工作情况的报告",
        "市反拐办、市政府",
        "测试市教育委员会",
    )


def test_unit_is_called_by_the_name_that_was_in_force(city):
    names = city.units[0].names
    names.update(valid_to="2026-06-30")
    DepartmentName.objects.create(
        department=city.units[0], conference=city.conference, name="市教育局", kind="full", valid_from="2026-07-01"
    )
    DepartmentName.objects.create(
        department=city.units[0], conference=city.conference, name="市教育厅", kind="full", valid_from="2027-01-01"
    )

    assert report_for(city.duty()).signatory == "市教育局"


def test_head_follows_a_change_of_name_unless_somebody_wrote_another(city):
    report = city.report()
    city.units[0].names.update(valid_to="2026-12-10")
    DepartmentName.objects.create(
        department=city.units[0], conference=city.conference, name="市教育局", kind="full", valid_from="2026-12-10"
    )
    AnnualReport.objects.filter(pk=report.pk).update(signatory="市教委办公室")

    compile_report(AnnualReport.objects.get(pk=report.pk), by=city.liaisons[0])

    report.refresh_from_db()
    assert (report.title, report.signatory) == ("市教育局关于报送2026年度反拐工作情况的报告", "市教委办公室")


def test_statement_from_before_there_were_sections_stands_in_the_first(city):
    report = report_for(city.duty(statement="全年工作\r\n总结。"))

    assert bodies(report)["overview"] == "全年工作\n总结。"


def test_a_duty_of_another_kind_has_no_report(city):
    duty = DutyFactory(obligation__kind=ObligationKind.OTHER)

    with pytest.raises(ValueError, match="other"):
        report_for(duty)


def test_unit_compiles_all_its_entries_with_those_marked_where_it_cooperates(city):
    city.entry("二/(一)", 0, work_done="开展宣传12场", problems="缺人；", next_steps="补充人员", state=EntryState.DRAFT)
    city.entry("二/(二)", 0, work_done="配合排查。\n核实线索。", state=EntryState.SUBMITTED)
    entry = city.entry("三/(一)", 0, work_done="办案。", problems="经费不足", status=ImplementationStatus.DONE)
    Figure.objects.create(
        conference=city.conference, progress=entry, position=0, name="结案", as_written="约3", unit="件"
    )

    report = city.report()

    found = bodies(report)
    assert found["chapter:二"] == "1.宣传教育。开展宣传12场。\n2.排查（配合）。配合排查。\n核实线索。"
    assert found["chapter:三"] == "办案。办案。\n数据：结案约3件。"
    assert found["problems"] == "1.宣传教育。缺人。\n2.办案。经费不足。"
    assert found["next_steps"] == "宣传教育。补充人员。"
    assert found["overview"] == (
        "2026年，按照《反拐行动实施细则》（渝府〔2021〕152号）要求，市教委承担反拐工作措施3条，其中负责2条、配合1条。"
        "目前，未开展2条，本年度已完成1条。"
    )


def test_what_a_unit_only_has_to_know_of_is_not_called_work_that_has_not_begun(city):
    city.entry("二/(二)", 0, acknowledged_at="2026-05-01T09:00+08:00")

    report = city.report()

    assert bodies(report)["overview"].endswith("目前，未开展2条，已知悉（配合，不需填报）1条。")


def test_compiled_text_is_chinese_whatever_language_the_person_reads(city):
    with translation.override("en"):
        report = city.report()

    assert "未开展3条" in bodies(report)["overview"]


def test_what_a_person_wrote_is_not_overwritten(city):
    report = city.report()
    ReportSection.objects.filter(report=report, key="chapter:二").update(body="我写的。")
    city.entry("二/(一)", 0, work_done="开展宣传。", state=EntryState.DRAFT)

    done = compile_report(report, by=city.liaisons[0])

    row = section(report, "chapter:二")
    assert (row.body, row.compiled_body) == ("我写的。", "宣传教育。开展宣传。")
    assert done.kept == 1


def test_what_nobody_changed_is_compiled_anew(city):
    city.entry("二/(一)", 0, work_done="开展宣传。", state=EntryState.DRAFT)
    report = city.report()
    version = section(report, "chapter:二").lock_version
    city.entry("二/(一)", 0, work_done="开展宣传120场。")

    compile_report(report, by=city.liaisons[0])

    row = section(report, "chapter:二")
    assert (row.body, row.lock_version) == ("宣传教育。开展宣传120场。", version + 1)


def test_compiling_twice_changes_nothing_the_second_time(city):
    city.entry("二/(一)", 0, work_done="\u00a0开展宣传 。\x0b\ufeff又一行。 ", state=EntryState.DRAFT)
    report = city.report()
    before = list(report.sections.order_by("pk").values())

    done = compile_report(report, by=city.liaisons[0])

    assert list(report.sections.order_by("pk").values()) == before
    assert (done.written, done.kept) == (0, 0)


def test_one_section_is_put_back_on_demand(city):
    city.entry("二/(一)", 0, work_done="开展宣传。", state=EntryState.DRAFT)
    report = city.report()
    ReportSection.objects.filter(report=report, key__in=["chapter:二", "overview"]).update(body="我写的。")

    restore_section(report, "chapter:二", by=city.liaisons[0])

    assert bodies(report)["chapter:二"] == "宣传教育。开展宣传。"
    assert bodies(report)["overview"] == "我写的。"


def test_a_section_whose_source_is_gone_goes_unless_somebody_wrote_it(city):
    report = city.report()
    ReportSection.objects.filter(report=report, key="chapter:二").update(body="我写的。")
    Progress.objects.filter(department=city.units[0]).update(state=EntryState.CLOSED)

    compile_report(report, by=city.liaisons[0])

    assert list(bodies(report)) == ["overview", "work", "chapter:二", "problems", "next_steps"]
    row = section(report, "chapter:二")
    assert (row.body, row.compiled_body) == ("我写的。", "")


def test_beginning_a_report_begins_its_duty_and_says_so_once(city):
    report = city.report()

    duty = Duty.objects.get(pk=report.duty_id)
    assert (duty.state, duty.updated_by, duty.lock_version) == (EntryState.DRAFT, city.liaisons[0], 0)
    events = Event.objects.filter(action__in=[Action.START, Action.COMPILE]).order_by("pk")
    assert [(event.action, event.object_type) for event in events] == [
        (Action.START, "reporting.duty"),
        (Action.COMPILE, "reporting.annualreport"),
    ]


def test_beginning_again_compiles_nothing(city):
    report = city.report()
    events = Event.objects.count()

    assert begin_report(report.duty, city.conference, YEAR, by=city.liaisons[0]) == report
    assert Event.objects.count() == events


@pytest.mark.parametrize("state", ["to_sign", "submitted", "accepted", "closed"])
def test_a_report_on_its_way_is_not_compiled(city, state, refused):
    report = city.report()
    Duty.objects.filter(pk=report.duty_id).update(state=state)
    before = list(report.sections.values())

    with refused(WrongState):
        compile_report(AnnualReport.objects.select_related("duty").get(pk=report.pk), by=city.liaisons[0])

    assert list(report.sections.values()) == before


def test_nothing_is_begun_in_a_closed_year(city, refused):
    city.conference.years.update(state="closed")
    duty = city.duty()

    with refused(WrongState):
        begin_report(duty, city.conference, YEAR, by=city.liaisons[0])

    assert not AnnualReport.objects.exists()


# --- A conference's ---------------------------------------------------------------------------------------------------


def test_accepted_entries_are_woven_under_their_clauses_with_their_units(city):
    city.entry("二/(一)", 0, work_done="开展宣传12场。", **ACCEPTED)
    city.entry("二/(一)", 1, work_done="走访家庭。", **ACCEPTED)
    city.entry("二/(二)", 0, work_done="配合排查。", **ACCEPTED)
    city.entry("二/(二)", 1, work_done="还在写。", state=EntryState.SUBMITTED)

    report = begin_report(None, city.conference, YEAR, by=city.staff)

    rows = list(report.sections.values_list("level", "heading", "body"))
    assert rows[1:6] == [
        (1, "主要工作及成效", ""),
        (2, "预防犯罪", ""),
        (3, "宣传教育（二（一））", "市教委：开展宣传12场。\n市妇联：走访家庭。"),
        (3, "排查（二（二））", "市教委：配合排查。"),
        (2, "打击犯罪", ""),
    ]


def test_a_conference_counts_entries_as_such_and_not_as_clauses(city):
    for unit in (0, 1):
        city.entry("二/(一)", unit, work_done="开展宣传。", **ACCEPTED)

    report = begin_report(None, city.conference, YEAR, by=city.staff)

    assert bodies(report)["overview"].endswith("措施3条、责任事项5项，其中审核通过2项。目前，长期坚持2项。")


def test_first_responsible_unit_comes_first(city):
    Progress.objects.filter(pk=city.entries["二/(一)", 1].pk).update(role="lead")
    for unit in (0, 1):
        city.entry("二/(一)", unit, work_done=f"第{unit}家。", **ACCEPTED)
    FirstLead.objects.create(
        conference=city.conference, year=YEAR, clause=city.clauses["二/(一)"], department=city.units[1]
    )

    report = begin_report(None, city.conference, YEAR, by=city.staff)

    assert bodies(report)["clause:二/(一)"] == "市妇联：第1家。\n市教委：第0家。"


def test_problems_and_next_steps_are_gathered_by_unit(city):
    city.entry("二/(一)", 0, work_done="一。", problems="缺人", next_steps="招人", **ACCEPTED)
    city.entry("三/(一)", 0, work_done="二。", problems="缺钱；", next_steps="招人", **ACCEPTED)
    city.entry("二/(二)", 1, work_done="三。", problems="没路。", **ACCEPTED)
    city.entry("二/(一)", 1, work_done="四。", problems="草稿里的问题。", state=EntryState.DRAFT)

    report = begin_report(None, city.conference, YEAR, by=city.staff)

    assert bodies(report)["problems"] == "市教委：缺人。缺钱。\n市妇联：没路。"
    assert bodies(report)["next_steps"] == "市教委：招人。"


def test_units_problems_come_from_their_accepted_report_where_entries_say_nothing(city):
    city.entry("二/(一)", 0, work_done="一。", problems="缺人。", **ACCEPTED)
    for unit in (0, 1):
        report = city.report(unit)
        ReportSection.objects.filter(report=report, key="problems").update(body=f"报告{unit}。")
        Duty.objects.filter(pk=report.duty_id).update(state=EntryState.ACCEPTED)

    report = begin_report(None, city.conference, YEAR, by=city.staff)

    assert bodies(report)["problems"] == "市教委：缺人。\n市妇联：报告1。"


def test_city_tells_of_its_districts(city):
    filed, late, missing = (district_of(city, name) for name in ("江岸区", "江汉区", "硚口区"))
    for district, state, day in ((filed, "submitted", 5), (late, "accepted", 20), (missing, "draft", None)):
        duty = district_duty(city, district)
        report = report_for(duty)
        ReportSection.objects.filter(report=report, key="overview").update(body=f"{district}工作顺利。\n第二段。")
        moment = f"2026-12-{day:02}T08:00+08:00" if day else None
        Duty.objects.filter(pk=duty.pk).update(state=state, first_submitted_at=moment)

    report = begin_report(None, city.conference, YEAR, by=city.staff)

    assert bodies(report)["districts"] == (
        "截至2026年12月10日，应报送年度报告的区县3个，已报送2个，其中逾期报送1个（江汉区）；未报送1个：硚口区。\n"
        f"江岸区：{filed}工作顺利。\n江汉区：{late}工作顺利。"
    )


def test_district_without_a_plan_compiles_the_reports_of_its_units(city):
    district = district_of(city)
    YearFactory(conference=district, year=YEAR)
    units = [
        DepartmentFactory(conference=district, member=True, name=name) for name in ("区公安局", "区民政局", "区教委")
    ]
    for unit, state in zip(units, ("accepted", "submitted", "draft"), strict=True):
        duty = DutyFactory(obligation=city.obligation, conference=district, department=unit, year=YEAR)
        report = report_for(duty)
        for key in ("work", "problems"):
            ReportSection.objects.filter(report=report, key=key).update(body=f"{unit}的{key}。")
        Duty.objects.filter(pk=duty.pk).update(state=state)

    report = begin_report(district_duty(city, district), district, YEAR, by=city.staff)

    found = bodies(report)
    assert found["overview"] == f"2026年，{district.short_name}应报送年度报告的成员单位3家，已报送2家。"
    assert found["work"] == "区公安局：区公安局的work。\n区民政局：区民政局的work。"
    assert found["problems"] == "区公安局：区公安局的problems。\n区民政局：区民政局的problems。"


def test_districts_report_is_the_one_that_answers_its_duty(city):
    district = district_of(city)
    duty = district_duty(city, district)

    report = conference_report_for(district, YEAR)

    assert (report.duty, report.conference, report.department) == (duty, district, None)
    assert report_for(duty) == report
    assert (report.title, report.addressee, report.signatory) == (
        "江岸区反拐工作联席会议关于2026年反拐工作情况的报告",
        f"{city.conference.office_name}、江岸区人民政府",
        "江岸区反拐工作联席会议",
    )


def test_what_an_office_had_begun_answers_the_duty_that_is_asked_for_later(city):
    district = district_of(city)
    begun = conference_report_for(district, YEAR)
    assert begun.duty is None

    duty = district_duty(city, district)

    assert report_for(duty).pk == begun.pk
    assert conference_report_for(district, YEAR).duty == duty
