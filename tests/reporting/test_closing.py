"""Closing a year, opening it again, and what may not be written in between."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import EntryState, JobKind, JobState, YearState
from reporting.models import Duty, Job, Notice, Progress, Year
from reporting.services.closing import LeftChanged, YearIsOpen, close_year, reopen_year, write_in_year, write_in_years
from reporting.services.entries import (
    StaleEntry,
    accept_entry,
    fulfil_duty,
    reopen_entry,
    return_entry,
    save_entry,
    submit_entry,
    withdraw_entry,
)
from reporting.services.extensions import ask_extension
from reporting.services.jobs import ask
from reporting.services.refusals import YearIsOver
from reporting.services.remaining import in_one_line, remaining_in
from tests.factories import (
    ConferenceFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    UserFactory,
    YearFactory,
    this_year,
)
from tests.reporting.rows import rows
from tests.year_rows import filing_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return ProgressFactory(draft=True, work_done="开展宣传。")


@pytest.fixture
def year(entry):
    return YearFactory(conference=entry.conference)


@pytest.fixture
def chief(year):
    return PostingFactory(office_head=True, conference=year.conference).user


# --- Closing ------------------------------------------------------------------------------------------------------


def test_closing_says_who_and_when_and_what_was_left(year, chief):
    left = close_year(year, by=chief, reason="明年一并处理。")

    assert (year.state, year.closed_by) == (YearState.CLOSED, chief)
    assert year.closed_at is not None
    event = Event.objects.get(action=Action.CLOSE_YEAR)
    assert (event.actor, event.before, event.after, event.reason) == (chief, "open", "closed", "明年一并处理。")
    assert event.detail == {"left": {"entries": 1, "own_report": 1}, "entries": 1}
    assert dict(left) == event.detail["left"]


def test_every_entry_of_the_year_and_no_other_gets_another_version(year, entry, chief):
    duty = DutyFactory(conference=year.conference, year=year.year)
    others = [ProgressFactory(), ProgressFactory(responsibility=entry.responsibility, year=year.year - 1)]

    close_year(year, by=chief, reason="归档。")

    assert [Progress.objects.get(pk=entry.pk).lock_version, Duty.objects.get(pk=duty.pk).lock_version] == [1, 1]
    assert [Progress.objects.get(pk=other.pk).lock_version for other in others] == [0, 0]


def test_nothing_left_needs_no_reason(year, entry, chief):
    Progress.objects.update(state=EntryState.ACCEPTED)
    filing_of(year.conference)

    assert close_year(year, by=chief) == []


def test_something_left_needs_a_reason(year, chief):
    before = rows()

    with pytest.raises(ValueError, match="reason"):
        close_year(year, by=chief, reason="  ")

    assert rows() == before


def test_what_is_left_must_be_what_was_seen(year, entry, chief):
    seen = in_one_line(remaining_in(year))
    submit_entry(entry, by=UserFactory())

    with pytest.raises(LeftChanged) as changed:
        close_year(year, by=chief, reason="归档。", seen=seen)

    assert dict(changed.value.left) == {"entries_to_review": 1, "own_report": 1}
    assert Year.objects.get().state == YearState.OPEN


def test_closing_twice_is_refused(year, chief):
    close_year(year, by=chief, reason="归档。")
    before = rows()

    with pytest.raises(YearIsOver):
        close_year(year, by=chief, reason="归档。")

    assert rows() == before


def test_people_of_the_units_are_told(year, entry, chief):
    liaison = PostingFactory(department=entry.department).user
    PostingFactory()

    close_year(year, by=chief, reason="归档。")

    notice = Notice.objects.get()
    assert (notice.recipient, notice.path) == (liaison, f"/work/{year.year}/")
    assert notice.subject == f"{year.conference.short_name}{year.year}年度已关闭归档"


# --- What is left -------------------------------------------------------------------------------------------------


def test_what_is_left_is_counted_by_kind(year, entry):
    conference = year.conference
    ObligationFactory(conference=conference)
    DutyFactory(conference=conference)
    DutyFactory(conference=conference, returned=True)
    DutyFactory(conference=conference, submitted=True)
    DutyFactory(conference=conference, accepted=True)
    DutyFactory(conference=conference, of_conference=True)
    DutyFactory(conference=conference, kind=ObligationKind.MEETING)
    DutyFactory(conference=conference, state=EntryState.CLOSED)
    ProgressFactory(responsibility__clause=entry.clause, submitted=True)

    assert dict(remaining_in(year)) == {
        "reports": 2,
        "district_reports": 1,
        "other_duties": 1,
        "entries": 1,
        "entries_to_review": 1,
        "duties_to_review": 1,
        "own_report": 1,
    }


@pytest.mark.parametrize(
    ("must_report", "knows", "left"), [(False, True, 1), (False, False, 2), (True, True, 2), (True, False, 2)]
)
def test_a_cooperating_unit_leaves_open_what_it_does_not_know_of_or_must_report(must_report, knows, left, year, entry):
    acknowledged_at = timezone.now() if knows else None
    ProgressFactory(
        responsibility__clause=entry.clause, responsibility__cooperating=True, acknowledged_at=acknowledged_at
    )
    entry.clause.version.plan.cooperating_must_report = must_report
    entry.clause.version.plan.save()

    assert dict(remaining_in(year))["entries"] == left


def test_counting_takes_three_queries(year, django_assert_num_queries):
    with django_assert_num_queries(3):
        remaining_in(year)


# --- After it -----------------------------------------------------------------------------------------------------


def acts(person):
    return {
        "save": (
            "draft",
            lambda entry: save_entry(
                entry, by=person, lock_version=entry.lock_version, values={_field(entry): "关闭后写的"}
            ),
        ),
        "submit": ("draft", lambda entry: submit_entry(entry, by=person)),
        "withdraw": ("submitted", lambda entry: withdraw_entry(entry, by=person)),
        "accept": ("submitted", lambda entry: accept_entry(entry, by=person)),
        "return": ("submitted", lambda entry: return_entry(entry, by=person, reason="补充")),
        "reopen": ("accepted", lambda entry: reopen_entry(entry, by=person, reason="补充")),
    }


def _field(entry):
    return "work_done" if isinstance(entry, Progress) else "statement"


@pytest.mark.parametrize("factory", [ProgressFactory, DutyFactory])
@pytest.mark.parametrize("is_fresh", [True, False], ids=["opened_after", "opened_before"])
@pytest.mark.parametrize("act", ["save", "submit", "withdraw", "accept", "return", "reopen"])
def test_nothing_is_done_with_an_entry_of_a_closed_year(act, is_fresh, factory, refused):
    person = UserFactory()
    state, do = acts(person)[act]
    entry = factory(**{state: True})
    year = YearFactory(conference=entry.conference)
    close_year(year, by=person, reason="归档。")
    if is_fresh:
        entry.refresh_from_db()
    before = rows()

    with refused(YearIsOver) as refusal:
        do(entry)

    assert str(refusal.value) == f"{this_year()}年度已经关闭归档，不能再修改。"
    assert rows() == before


def test_no_duty_of_a_closed_year_is_fulfilled(year, chief, refused):
    duty = DutyFactory(conference=year.conference)
    close_year(year, by=chief, reason="归档。")

    with refused(YearIsOver):
        fulfil_duty(duty, by=chief, reason="纪要归档")


def test_writing_in_a_closed_year_is_refused(year, chief, refused):
    write_in_year(year.conference_id, year.year)
    close_year(year, by=chief, reason="归档。")

    with refused(YearIsOver):
        write_in_year(year.conference_id, year.year)
    write_in_year(year.conference_id, year.year + 1)


# --- Opening it again ---------------------------------------------------------------------------------------------


def test_reopening_says_who_and_why_and_lets_write_again(year, entry, chief):
    close_year(year, by=chief, reason="归档。")

    reopen_year(year, by=chief, reason="  两家单位漏报。 ")

    assert (year.state, year.closed_at, year.closed_by) == (YearState.OPEN, None, None)
    event = Event.objects.get(action=Action.REOPEN_YEAR)
    assert (event.actor, event.before, event.after, event.reason) == (chief, "closed", "open", "两家单位漏报。")
    entry.refresh_from_db()
    save_entry(entry, by=UserFactory(), lock_version=entry.lock_version, values={"work_done": "补报。"})
    assert Progress.objects.get(pk=entry.pk).work_done == "补报。"


def test_a_form_opened_before_the_year_was_closed_and_opened_again_is_not_lost(year, entry, chief, refused):
    close_year(year, by=chief, reason="归档。")
    reopen_year(year, by=chief, reason="漏报。")

    with refused(StaleEntry) as stale:
        save_entry(entry, by=UserFactory(), lock_version=0, values={"work_done": "补报。"})

    assert stale.value.current.work_done == "开展宣传。"


def test_reopening_an_open_year_is_refused(year, chief):
    before = rows()

    with pytest.raises(YearIsOpen):
        reopen_year(year, by=chief, reason="漏报。")

    assert rows() == before


def test_reopening_needs_a_reason(year, chief):
    close_year(year, by=chief, reason="归档。")

    with pytest.raises(ValueError, match="reason"):
        reopen_year(year, by=chief, reason=" ")


def test_an_archive_that_is_being_made_is_given_up(year, chief):
    close_year(year, by=chief, reason="归档。")
    job = ask(JobKind.ARCHIVE, conference=year.conference, year=year.year, by=chief)

    reopen_year(year, by=chief, reason="漏报。")

    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED


# --- A district's own year ------------------------------------------------------------------------------------------


@pytest.fixture
def district_report():
    """What a district has handed in to the city, and the district's own year."""
    duty = DutyFactory(of_conference=True, submitted=True)
    own = YearFactory(conference=duty.obliged_conference, year=duty.year)
    YearFactory(conference=duty.conference, year=duty.year)
    close_year(own, by=PostingFactory(office_head=True, conference=own.conference).user, reason="年末归档")
    duty.refresh_from_db()
    return duty


@pytest.mark.parametrize(
    "act",
    [
        lambda duty, by: withdraw_entry(duty, by=by),
        lambda duty, by: save_entry(duty, by=by, lock_version=duty.lock_version, values={"statement": "改写"}),
        lambda duty, by: ask_extension(duty, by=by, reason="数据未齐", until=duty.due_on + timedelta(days=9)),
    ],
    ids=["withdraw", "save", "extend"],
)
def test_a_district_that_has_closed_its_year_takes_nothing_back_from_the_city(district_report, act):
    person = PostingFactory(office_staff=True, conference=district_report.obliged_conference).user

    with pytest.raises(YearIsOver), transaction.atomic():
        act(district_report, person)

    district_report.refresh_from_db()
    assert district_report.state == EntryState.SUBMITTED


def test_the_city_goes_on_reviewing_what_a_closed_district_has_filed(district_report):
    accept_entry(district_report, by=PostingFactory(office_staff=True, conference=district_report.conference).user)

    assert district_report.state == EntryState.ACCEPTED


def test_years_are_held_together_and_in_one_order_for_everybody(year):
    lower = YearFactory(conference=ConferenceFactory(upper=year.conference), year=year.year)
    asked = [(lower.conference_id, year.year), (year.conference_id, year.year), (None, year.year)]

    for wanted in (asked, asked[::-1]):
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            write_in_years(wanted)
        (held,) = (query["sql"] for query in queries if query["sql"].startswith("SELECT"))
        assert held.partition("ORDER BY ")[2].startswith('"reporting_year"."id" ASC')

    close_year(lower, by=UserFactory(), reason="归档。")
    with transaction.atomic(), pytest.raises(YearIsOver):
        write_in_years(asked)
    with transaction.atomic():
        write_in_years([])
