"""Writing a report: two people write two sections at once, and of one section nobody's words are lost."""

import pytest

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, ReportSection
from reporting.permissions import can_review
from reporting.services.compiling import begin_report
from reporting.services.refusals import WrongState, YearIsOver
from reporting.services.report_writing import (
    Head,
    Seen,
    StaleReport,
    digest_of,
    plain,
    seen_of,
    seen_of_head,
    write_report,
)
from tests.factories import PostingFactory, YearFactory
from tests.report_rows import YEAR, bodies, district_duty, district_of, section, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


@pytest.fixture
def report(city):
    return city.report()


def shown(report, *keys):
    """Sections by key, as a form has them: id, what it shows and the mark of that."""
    return {key: section(report, key) for key in keys}


def write(report, by, texts, opened):
    """Save ``texts`` by key from a form that was opened when the sections were ``opened``."""
    return write_report(
        report,
        by=by,
        bodies={row.pk: texts.get(key, row.body) for key, row in opened.items()},
        seen={row.pk: seen_of(row) for row in opened.values()},
    )


def test_a_section_is_written_with_its_next_version(city, report):
    opened = shown(report, "overview", "problems")

    write(report, city.liaisons[0], {"problems": " 缺人。\r\n缺钱。 "}, opened)

    row = section(report, "problems")
    assert (row.body, row.lock_version) == ("缺人。\n缺钱。", opened["problems"].lock_version + 1)
    assert section(report, "overview").lock_version == opened["overview"].lock_version


def test_two_people_write_two_sections_at_once(city, report):
    opened = shown(report, "overview", "problems")

    write(report, city.liaisons[0], {"problems": "缺人。"}, opened)
    write(report, city.liaisons[0], {"overview": "概况。"}, opened)

    assert (bodies(report)["overview"], bodies(report)["problems"]) == ("概况。", "缺人。")


def test_of_one_section_the_second_is_told_and_nothing_is_written(city, report, refused):
    opened = shown(report, "overview", "problems")
    write(report, city.liaisons[0], {"problems": "甲。"}, opened)

    with refused(StaleReport) as refusal:
        write(report, city.liaisons[0], {"problems": "乙。", "overview": "概况。"}, opened)

    row = section(report, "problems")
    assert refusal.value.sections == {row.pk: row}
    assert bodies(report)["problems"] == "甲。"
    assert bodies(report)["overview"] != "概况。"


def test_the_same_words_twice_are_no_conflict(city, report):
    opened = shown(report, "problems")

    for _click in range(2):
        write(report, city.liaisons[0], {"problems": "缺人。"}, opened)

    assert section(report, "problems").lock_version == opened["problems"].lock_version + 1


def test_a_section_that_compiling_took_away_is_a_conflict_and_not_lost(city, report, refused):
    opened = shown(report, "chapter:三")
    ReportSection.objects.filter(pk=opened["chapter:三"].pk).delete()

    with refused(StaleReport) as refusal:
        write(report, city.liaisons[0], {"chapter:三": "写了。"}, opened)

    assert refusal.value.sections == {opened["chapter:三"].pk: None}


def test_what_is_not_touched_keeps_its_old_mark(city, report):
    """So that a later word of the same form still meets what somebody else wrote meanwhile."""
    opened = shown(report, "overview", "problems")
    write(report, city.liaisons[0], {"problems": "缺人。"}, opened)

    written = write(report, city.liaisons[0], {"overview": "概况。"}, opened)

    assert written.sections[opened["problems"].pk] == seen_of(opened["problems"])
    assert written.sections[opened["overview"].pk] == seen_of(section(report, "overview"))


def test_the_head_is_written_and_guarded_like_a_section(city, report, refused):
    def head(title):
        return Head(title, "市反拐办", "市教委", "", None)

    opened = seen_of_head(report)
    write_report(report, by=city.liaisons[0], bodies={}, seen={}, head=head("甲"), seen_head=opened)

    with refused(StaleReport) as refusal:
        write_report(report, by=city.liaisons[0], bodies={}, seen={}, head=head("乙"), seen_head=opened)

    report.refresh_from_db()
    assert (report.title, refusal.value.head) == ("甲", report)


@pytest.mark.parametrize("state", ["to_sign", "submitted", "accepted", "closed"])
def test_a_report_on_its_way_is_locked(city, report, state, refused):
    opened = shown(report, "problems")
    Duty.objects.filter(pk=report.duty_id).update(state=state)

    with refused(WrongState):
        write(report, city.liaisons[0], {"problems": "缺人。"}, opened)

    assert bodies(report)["problems"] == ""


def test_a_returned_report_is_written_and_stays_returned(city, report):
    Duty.objects.filter(pk=report.duty_id).update(state="returned", return_reason="缺数据")

    write(report, city.liaisons[0], {"problems": "缺人。"}, shown(report, "problems"))

    assert Duty.objects.get(pk=report.duty_id).state == EntryState.RETURNED


def test_nothing_is_written_in_a_closed_year(city, report, refused):
    city.conference.years.update(state="closed")

    with refused(YearIsOver):
        write(report, city.liaisons[0], {"problems": "缺人。"}, shown(report, "problems"))


@pytest.mark.parametrize("closed", ["city", "district"])
def test_a_districts_report_is_locked_by_either_closed_year(city, closed, refused):
    district = district_of(city)
    YearFactory(conference=district, year=YEAR)
    writer = PostingFactory(office_staff=True, conference=district).user
    report = begin_report(district_duty(city, district), district, YEAR, by=writer)
    {"city": city.conference, "district": district}[closed].years.update(state="closed")

    with refused(YearIsOver):
        write(report, writer, {"problems": "缺人。"}, shown(report, "problems"))


def test_everybody_who_writes_is_in_the_trail_once(city, report):
    deputy = PostingFactory(deputy=True, department=city.units[0]).user
    for number, person in enumerate((deputy, city.liaisons[0], deputy)):
        write(report, person, {"problems": f"第{number}次。"}, shown(report, "problems"))

    begun = Event.objects.of(report.duty).filter(action=Action.START).order_by("pk")
    assert [event.actor for event in begun] == [city.liaisons[0], deputy]
    report.refresh_from_db()
    assert report.updated_by == deputy


def test_nobody_reviews_a_report_that_they_wrote(city):
    """Somebody of the district's office who works in the city's office too."""
    district = district_of(city)
    writer = PostingFactory(office_staff=True, conference=district).user
    PostingFactory(user=writer, office_staff=True, conference=city.conference)
    report = begin_report(district_duty(city, district), district, YEAR, by=writer)
    Duty.objects.filter(pk=report.duty_id).update(state="submitted", updated_by=None)

    duty = Duty.objects.get(pk=report.duty_id)
    assert (can_review(writer, duty), can_review(city.staff, duty)) == (False, True)


def test_who_writes_what_no_duty_asks_for_is_in_the_trail_of_the_report(city):
    report = begin_report(None, city.conference, YEAR, by=city.staff)
    write(report, city.chief, {"problems": "缺人。"}, shown(report, "problems"))
    write(report, city.chief, {"problems": "缺钱。"}, shown(report, "problems"))

    begun = Event.objects.of(report).filter(action=Action.WRITE_REPORT).order_by("pk")
    assert [event.actor for event in begun] == [city.staff, city.chief]


def test_two_reports_do_not_mix(city, report):
    """Ids of another report's sections are none of this one's."""
    other = city.report(1)
    foreign = section(other, "problems")

    with pytest.raises(StaleReport):
        write_report(
            report,
            by=city.liaisons[0],
            bodies={foreign.pk: "写到别人那里。"},
            seen={foreign.pk: Seen(foreign.lock_version, digest_of(foreign.body))},
        )

    assert bodies(other)["problems"] == ""
    assert AnnualReport.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("控\x00制\x0b字\x1f符", "控制\n字符"),
        ("软\u00ad连\ufeff字\u00a0符", "软连字 符"),
        ("👨\u200d👩\u200d👧 家庭", "👨\u200d👩\u200d👧 家庭"),
        ("甲\t乙\n1\t2", "甲\t乙\n1\t2"),
        ("  前后  ", "前后"),
    ],
)
def test_text_is_kept_as_a_form_gives_it_back(typed, kept):
    assert plain(typed) == kept
    assert plain(kept) == kept
