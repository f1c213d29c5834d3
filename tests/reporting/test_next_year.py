"""A year is closed and the next one opened on another version of the plan: what was written is there to go on from."""

import pytest
from django.urls import reverse

from reporting.models import AnnualReport, Progress, ReportSection
from reporting.report_structure import chapter_key, clause_key
from reporting.services.closing import close_year
from reporting.services.entries import accept_entry, return_entry, save_entry, submit_entry
from reporting.services.filing import file_away
from reporting.services.remaining import in_one_line, remaining_in
from reporting.services.reports import report_for
from reporting.services.years import open_year
from tests.drafts import GUARD, SETTLE, TEACH_MORE, YEAR, Town, document
from tests.report_rows import as_user, fresh, page_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def town():
    return Town()


def close(town, year):
    opened = town.conference.years.get(year=year)
    close_year(opened, by=town.office, reason="报完。", seen=in_one_line(remaining_in(opened)))


@pytest.fixture
def before(town):
    """Schools have written about their measure, and been accepted; then the year was closed."""
    town.open(year=YEAR - 1)
    entry = town.progress("市教育局", "二/(一)/2", year=YEAR - 1)
    liaison = town.liaison("市教育局")
    save_entry(entry, by=liaison, lock_version=0, values={"work_done": "去年办班三十期。", "status": "done"})
    entry.refresh_from_db()
    submit_entry(entry, by=liaison)
    accept_entry(entry, by=town.office)
    close(town, YEAR - 1)
    return liaison


def test_words_of_a_closed_year_stand_beside_the_reworded_clause_in_another_place(town, before):
    town.publish(document(TEACH_MORE, GUARD, SETTLE))
    open_year(town.conference, YEAR, by=town.office)

    entry = town.progress("市教育局", "二/(一)/1", year=YEAR)
    page = as_user(before).get(reverse("reporting:progress", args=[entry.pk]))

    assert entry.clause.text.startswith("开展反拐宣传教育进学校、进社区活动")
    assert "去年办班三十期。" in page_text(page)


def test_the_closed_year_keeps_its_own_version_of_the_plan(town, before):
    version = town.conference.years.get(year=YEAR - 1).version

    town.publish(document(TEACH_MORE, GUARD, SETTLE))
    open_year(town.conference, YEAR, by=town.office)

    assert town.conference.years.get(year=YEAR - 1).version == version
    assert set(Progress.objects.filter(year=YEAR - 1).values_list("clause__version", flat=True)) == {version.pk}
    assert town.progress("市教育局", "二/(一)/2", year=YEAR - 1).work_done == "去年办班三十期。"
    assert town.conference.years.get(year=YEAR).version != version


def test_what_was_returned_is_not_asked_for_any_more_once_the_year_is_closed(town):
    town.open(year=YEAR - 1)
    entry = town.progress("市教育局", "二/(一)/2", year=YEAR - 1)
    liaison = town.liaison("市教育局")
    save_entry(entry, by=liaison, lock_version=0, values={"work_done": "办班。", "status": "done"})
    entry.refresh_from_db()
    submit_entry(entry, by=liaison)
    return_entry(entry, by=town.office, reason="请写明场次。")
    page = as_user(liaison).get(reverse("reporting:work_year", args=[YEAR - 1]))
    assert [row["reason"] for row in page.context["returned"]] == ["请写明场次。"]

    close(town, YEAR - 1)

    page = as_user(liaison).get(reverse("reporting:work_year", args=[YEAR - 1]))
    assert page.context["returned"] == []
    assert "已归档（未报）" in page_text(page)


def _section(report, key, heading, body=""):
    return ReportSection.objects.create(
        conference_id=report.conference_id, report=report, key=key, position=50, level=2, heading=heading, body=body
    )


@pytest.fixture
def reports(town, before):
    """Last year's report, filed with chapters 「二」 and 「三」, and the one that the unit begins now."""
    old = AnnualReport.objects.create(
        conference=town.conference,
        department=town.units["市教育局"],
        year=YEAR - 1,
        duty=town.duty("市教育局", year=YEAR - 1),
        title="去年的报告",
    )
    _section(old, chapter_key("二"), "预防犯罪", "去年的预防。")
    _section(old, chapter_key("三"), "组织保障", "去年的保障。")
    _section(old, clause_key("二/(一)"), "健全机制", "去年的机制。")
    _section(old, "problems", "问题", "去年缺人。")
    file_away(old, recipient=town.conference.pk, duty=old.duty, by=before)
    open_year(town.conference, YEAR, by=town.office)
    return fresh(report_for(town.duty("市教育局")))


def beside(report, reader):
    page = as_user(reader).get(reverse("reporting:duty", args=[report.duty_id]))
    return {row["key"]: row["last_year"] for row in page.context["sections"]}


def test_a_report_shows_last_years_chapters_by_their_heading(before, reports):
    reports.sections.filter(key__startswith="chapter:").delete()
    # A chapter was put in before the others.
    for key, heading in (("二", "总体目标"), ("三", "预防犯罪"), ("四", "组织保障")):
        _section(reports, chapter_key(key), heading)

    shown = beside(reports, before)

    assert {key: shown[chapter_key(key)] for key in "二三四"} == {"二": "", "三": "去年的预防。", "四": "去年的保障。"}
    assert shown["problems"] == "去年缺人。"


def test_a_chapter_that_was_only_reworded_is_found_by_its_number(before, reports):
    reports.sections.filter(key__startswith="chapter:").delete()
    _section(reports, chapter_key("二"), "预防拐卖犯罪")
    _section(reports, chapter_key("三"), "组织保障")

    shown = beside(reports, before)

    assert (shown[chapter_key("二")], shown[chapter_key("三")]) == ("去年的预防。", "去年的保障。")
