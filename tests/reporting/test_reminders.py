"""Who is reminded of what, when, and how often."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Posting, User
from reporting.enums import EntryState, YearState
from reporting.models import Duty, Mail, Notice, Reminder, WorkDay
from reporting.services.reminders import _remind, plan_reminders, send_reminders, step_reached
from reporting.working_days import Calendar
from tests.factories import (
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    ReminderFactory,
    WorkDayFactory,
    YearFactory,
)
from tests.reporting.rows import rows

DUE = date(2026, 12, 15)  # a Tuesday


def shanghai(text):
    return timezone.make_aware(datetime.fromisoformat(text))


# --- The step that a day has reached ------------------------------------------------------------------------------

# Written down by hand from a calendar: deadline → (day on which the step begins, step). December has no holidays.
BEGINS = {
    "2026-12-15": [  # Tuesday
        ("2026-11-13", 30),  # 15 November is a Sunday
        ("2026-11-30", 15),
        ("2026-12-08", 7),
        ("2026-12-11", 3),  # the 12th is a Saturday
        ("2026-12-14", 1),
        ("2026-12-15", 0),
        ("2026-12-16", -1),
    ],
    "2024-12-15": [  # Sunday
        ("2024-11-15", 30),
        ("2024-11-29", 15),  # the 30th is a Saturday
        ("2024-12-06", 7),  # the 8th is a Sunday
        ("2024-12-12", 3),
        ("2024-12-13", 0),  # both the 14th and the 15th are days off: the last working day before
        ("2024-12-16", -1),
    ],
    "2029-12-15": [  # Saturday
        ("2029-11-15", 30),
        ("2029-11-30", 15),
        ("2029-12-07", 7),
        ("2029-12-12", 3),
        ("2029-12-14", 0),
        ("2029-12-16", -1),
    ],
    "2028-12-30": [  # Saturday
        ("2028-11-30", 30),
        ("2028-12-15", 15),
        ("2028-12-22", 7),  # the 23rd is a Saturday
        ("2028-12-27", 3),
        ("2028-12-29", 0),
        ("2028-12-31", -1),
    ],
    "2026-12-30": [  # Wednesday
        ("2026-11-30", 30),
        ("2026-12-15", 15),
        ("2026-12-23", 7),
        ("2026-12-25", 3),  # the 27th is a Sunday
        ("2026-12-29", 1),
        ("2026-12-30", 0),
        ("2026-12-31", -1),
    ],
}


@pytest.mark.parametrize("due", BEGINS)
def test_steps_begin_on_the_days_of_the_table(due):
    due_on = date.fromisoformat(due)
    plain = Calendar({})

    days = [due_on + timedelta(days=offset) for offset in range(-45, 4)]
    reached = [(day, step_reached(due_on, day, plain)) for day in days]

    begins = [
        (day.isoformat(), step)
        for (day, step), (_yesterday, before) in zip(reached[1:], reached, strict=False)
        if step != before
    ]
    assert begins == BEGINS[due]
    assert reached[0][1] is None


def simulated(due_on, works):
    """Day by day, as a clerk would: on each working day do what falls before the next one. Another way to say it."""
    steps = {}
    current, day = None, due_on - timedelta(days=60)
    while day <= due_on + timedelta(days=5):
        if day > due_on:
            current = -1
        elif works(day):
            following = day + timedelta(days=1)
            while not works(following):
                following += timedelta(days=1)
            for step in (30, 15, 7, 3, 1, 0):
                if due_on - timedelta(days=step) < following:
                    current = step
        steps[day] = current
        day += timedelta(days=1)
    return steps


@pytest.mark.parametrize("year", range(2024, 2041))
@pytest.mark.parametrize("day", [15, 30])
def test_every_day_around_every_deadline(year, day):
    due_on = date(year, 12, day)
    expected = simulated(due_on, lambda candidate: candidate.weekday() < 5)
    days = [due_on + timedelta(days=offset) for offset in range(-40, 6)]

    assert [step_reached(due_on, today, Calendar({})) for today in days] == [expected[today] for today in days]


@pytest.mark.parametrize("due_on", [date(2027, 2, 19), date(2027, 2, 22), date(2028, 2, 29), date(2026, 10, 9)])
def test_holidays_and_days_worked_instead(due_on):
    """A long break and its make-up days, made up for every case in which they pull a step forward or hold it."""
    exceptions = {date(2027, 2, 5) + timedelta(days=n): False for n in range(8)}
    exceptions |= {date(2027, 2, 14): True, date(2027, 2, 20): True, date(2026, 9, 27): True, date(2028, 2, 26): True}
    exceptions |= {date(2026, 10, 1) + timedelta(days=n): False for n in range(8)} | {date(2028, 2, 29): False}
    calendar = Calendar(exceptions)
    expected = simulated(due_on, calendar.is_working)
    days = [due_on + timedelta(days=offset) for offset in range(-40, 6)]

    assert [step_reached(due_on, today, calendar) for today in days] == [expected[today] for today in days]


# --- People -------------------------------------------------------------------------------------------------------


@pytest.fixture
def conference(db):
    return ConferenceFactory()


@pytest.fixture
def obligation(conference):
    return ObligationFactory(clause__version__conference=conference, title="报送年度反拐工作情况")


@pytest.fixture
def owed(obligation):
    """``owed(unit, state=…)``: the unit's annual report of 2026."""

    def make(unit, **fields):
        return DutyFactory(obligation=obligation, department=unit, year=2026, due_on=DUE, **fields)

    return make


@pytest.fixture
def unit(conference):
    return DepartmentFactory(conference=conference)


def reminded(run):
    return [(planned.recipient, planned.duty, planned.step) for planned in run.reminders]


def test_a_reminder_is_a_row_a_notice_and_a_mail(owed, unit):
    liaison = PostingFactory(department=unit, user__email="a@example.test").user
    duty = owed(unit, recipients=["市反拐联席会议办公室"])

    send_reminders(shanghai("2026-12-08T09:00"))

    reminder = Reminder.objects.get()
    assert (reminder.recipient, reminder.duty, reminder.step, reminder.conference) == (
        liaison,
        duty,
        7,
        duty.conference,
    )
    assert reminder.created_at == shanghai("2026-12-08T09:00")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.reminder, notice.subject, notice.path, notice.is_urgent, notice.conference) == (
        liaison,
        reminder,
        "提醒：还有7天 报送年度反拐工作情况",
        f"/duty/{duty.pk}/",
        False,
        duty.conference,
    )
    assert notice.body == (
        f"{unit.name}：\n请于2026-12-15前（含当日）完成：报送年度反拐工作情况。\n报送对象：市反拐联席会议办公室。"
    )
    mail = Mail.objects.get()
    assert (mail.notice, mail.address, mail.state, mail.attempts) == (notice, "a@example.test", "pending", 0)


@pytest.mark.parametrize(
    ("now", "subject", "is_urgent"),
    [
        ("2026-11-15T09:00", "提醒：还有30天 报送年度反拐工作情况", False),
        ("2026-12-14T09:00", "提醒：还有1天 报送年度反拐工作情况", True),
        ("2026-12-15T23:59", "提醒：今天到期 报送年度反拐工作情况", True),
        ("2026-12-18T09:00", "提醒：已逾期3天 报送年度反拐工作情况", True),
    ],
)
def test_the_subject_says_how_long(now, subject, is_urgent, owed, unit):
    PostingFactory(department=unit)
    owed(unit)

    send_reminders(shanghai(now))

    assert list(Notice.objects.values_list("subject", "is_urgent")) == [(subject, is_urgent)]


def test_nothing_is_sent_before_the_first_step(owed, unit):
    PostingFactory(department=unit)
    owed(unit)

    assert reminded(send_reminders(shanghai("2026-11-12T23:59:59"))) == []
    assert Reminder.objects.count() == 0


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        (datetime(2026, 12, 15, 15, 59, 59, 999999, tzinfo=UTC), 0),
        (datetime(2026, 12, 15, 16, 0, tzinfo=UTC), -1),
    ],
)
@pytest.mark.parametrize("server_zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_late_begins_at_midnight_in_shanghai_wherever_the_server_stands(
    moment, step, server_zone, owed, unit, monkeypatch
):
    PostingFactory(department=unit)
    owed(unit)
    monkeypatch.setenv("TZ", server_zone)
    time.tzset()

    try:
        run = send_reminders(moment)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert [planned.step for planned in run.reminders] == [step]


def test_nobody_is_told_twice_at_one_step_however_often_it_runs(owed, unit, clock):
    PostingFactory(department=unit)
    owed(unit)

    runs = [send_reminders(shanghai(f"2026-12-08T{hour:02}:00")) for hour in range(24)]
    runs += [send_reminders(shanghai("2026-12-09T09:00")), send_reminders(shanghai("2026-12-08T09:00"))]

    assert [len(run.reminders) for run in runs] == [1] + [0] * 25
    assert [run.already_sent for run in runs] == [0] + [1] * 25
    assert Notice.objects.count() == 1


def test_from_the_first_step_to_overdue_each_is_sent_once(owed, unit):
    PostingFactory(department=unit)
    owed(unit)

    for day in range(80):
        send_reminders(shanghai("2026-11-01T10:10") + timedelta(days=day))

    sent = Reminder.objects.order_by("created_at").values_list("created_at", "step")
    assert [(timezone.localdate(at).isoformat(), step) for at, step in sent] == BEGINS["2026-12-15"]


def test_after_downtime_one_reminder_is_sent_and_not_three(owed, unit):
    PostingFactory(department=unit)
    owed(unit)
    send_reminders(shanghai("2026-11-30T09:00"))

    run = send_reminders(shanghai("2026-12-14T09:00"))

    assert [planned.step for planned in run.reminders] == [1]
    assert sorted(Reminder.objects.values_list("step", flat=True)) == [1, 15]


def test_three_days_of_downtime_over_the_deadline_leave_one_overdue_reminder_for_each(owed, conference):
    for _number in range(5):
        owed(PostingFactory(department__conference=conference).department)
    send_reminders(shanghai("2026-12-11T23:50"))

    run = send_reminders(shanghai("2026-12-16T00:10"))

    assert [planned.step for planned in run.reminders] == [-1] * 5
    assert len({planned.recipient for planned in run.reminders}) == 5


@pytest.mark.parametrize(
    ("state", "count"),
    [
        (EntryState.OPEN, 1),
        (EntryState.DRAFT, 1),
        (EntryState.TO_SIGN, 1),
        (EntryState.RETURNED, 1),
        (EntryState.SUBMITTED, 0),
        (EntryState.ACCEPTED, 0),
    ],
)
def test_only_what_is_owed_is_asked_for(state, count, owed, unit):
    PostingFactory(department=unit)
    owed(unit, state=state, return_reason="缺数据")

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert len(run.reminders) == count


def test_a_closed_year_asks_for_nothing(owed, unit, conference):
    PostingFactory(department=unit)
    owed(unit)
    YearFactory(conference=conference, year=2026, state=YearState.CLOSED)

    assert reminded(send_reminders(shanghai("2026-12-08T09:00"))) == []


def test_anothers_closed_year_and_another_closed_year_silence_nobody(owed, unit, conference):
    liaison, duty = PostingFactory(department=unit).user, owed(unit)
    YearFactory(conference=conference, year=2025, state=YearState.CLOSED)
    YearFactory(year=2026, state=YearState.CLOSED)
    YearFactory(conference=conference, year=2026)

    assert reminded(send_reminders(shanghai("2026-12-08T09:00"))) == [(liaison, duty, 7)]


# --- After an extension -------------------------------------------------------------------------------------------


def extend(duty, until):
    """As granting does; the steps are a matter of the date alone."""
    Duty.objects.filter(pk=duty.pk).update(due_on=until)


def steps():
    return list(Reminder.objects.order_by("created_at").values_list("due_on", "step"))


def test_after_an_extension_the_steps_count_anew_and_each_is_sent_once(owed, unit):
    PostingFactory(department=unit)
    duty = owed(unit)
    for day in range(30):
        send_reminders(shanghai("2026-11-11T10:10") + timedelta(days=day))
    extend(duty, date(2026, 12, 30))

    for day in range(30):
        send_reminders(shanghai("2026-12-11T10:10") + timedelta(days=day))

    later = date(2026, 12, 30)
    assert steps() == [
        *((DUE, step) for step in (30, 15, 7)),
        *((later, step) for step in (30, 15, 7, 3, 1, 0, -1)),
    ]


def test_an_extension_granted_after_the_deadline_is_reminded_of_and_can_be_overdue_again(owed, unit):
    PostingFactory(department=unit)
    duty = owed(unit)
    send_reminders(shanghai("2026-12-16T09:00"))
    extend(duty, date(2026, 12, 21))

    for day in range(10):
        send_reminders(shanghai("2026-12-16T10:00") + timedelta(days=day))

    later = date(2026, 12, 21)
    # The 20th, a day before, is a Sunday: that step is reached on the Friday with the one of three days.
    assert steps() == [(DUE, -1), (later, 7), (later, 1), (later, 0), (later, -1)]


def test_a_second_extension_counts_from_its_own_day(owed, unit):
    PostingFactory(department=unit)
    duty = owed(unit)
    for until in (DUE, date(2026, 12, 22), date(2026, 12, 25)):
        extend(duty, until)
        send_reminders(shanghai("2026-12-21T09:00"))
        send_reminders(shanghai("2026-12-21T10:00"))

    assert steps() == [(DUE, -1), (date(2026, 12, 22), 1), (date(2026, 12, 25), 7)]


def test_a_worker_that_was_down_over_an_extension_catches_up_once(owed, unit):
    PostingFactory(department=unit)
    duty = owed(unit)
    send_reminders(shanghai("2026-12-08T09:00"))
    extend(duty, date(2026, 12, 30))

    runs = [send_reminders(shanghai("2026-12-29T09:00")) for _time in range(3)]

    assert [[planned.step for planned in run.reminders] for run in runs] == [[1], [], []]


def test_a_deadline_that_moves_while_reminders_are_sent_is_not_spoken_of(owed, unit):
    """Granted between working out and writing down: the next run says the new day."""
    PostingFactory(department=unit)
    duty = owed(unit)
    run = plan_reminders(shanghai("2026-12-15T09:00"))
    planned, run.reminders = run.reminders, []
    extend(duty, date(2026, 12, 22))

    _remind(planned, run)

    assert (run.reminders, Reminder.objects.count(), Notice.objects.count()) == ([], 0, 0)
    assert [(p.duty.due_on, p.step) for p in send_reminders(shanghai("2026-12-15T09:10")).reminders] == [
        (date(2026, 12, 22), 7)
    ]


def test_a_reminder_of_an_extended_deadline_names_both_days(owed, unit):
    PostingFactory(department=unit)
    extend(owed(unit), date(2026, 12, 22))

    send_reminders(shanghai("2026-12-15T09:00"))

    assert Notice.objects.get().body == (
        f"{unit.name}：\n请于2026-12-22前（含当日）完成：报送年度反拐工作情况。\n原时限2026-12-15，已批准延期。"
    )


# --- Who answers --------------------------------------------------------------------------------------------------


def test_two_liaisons_are_told_each_once(owed, unit):
    people = [PostingFactory(department=unit).user, PostingFactory(department=unit, deputy=True).user]
    duty = owed(unit)

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert reminded(run) == [(person, duty, 7) for person in people]


def test_somebody_with_two_postings_in_a_unit_is_told_once(owed, unit):
    person = PostingFactory(department=unit).user
    PostingFactory(department=unit, deputy=True, user=person)
    PostingFactory(department=unit, head=True, user=person)
    duty = owed(unit)

    assert reminded(send_reminders(shanghai("2026-12-08T09:00"))) == [(person, duty, 7)]


def test_the_head_is_told_where_there_is_no_liaison_and_only_there(owed, unit, conference):
    head = PostingFactory(department=unit, head=True).user
    served = DepartmentFactory(conference=conference)
    liaison = PostingFactory(department=served).user
    PostingFactory(department=served, head=True)
    duties = [owed(unit), owed(served)]

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert set(reminded(run)) == {(head, duties[0], 7), (liaison, duties[1], 7)}


@pytest.mark.parametrize(
    "gone",
    [
        {"user__is_active": False},
        {"ends_on": date(2026, 12, 7)},
        {"starts_on": date(2026, 12, 9)},
    ],
    ids=["deactivated", "ended", "not begun"],
)
def test_whoever_is_not_there_that_day_is_not_told_and_the_unit_is_listed(gone, owed, unit):
    PostingFactory(department=unit, **gone)
    duty = owed(unit)

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert (reminded(run), run.unreachable) == ([], [duty])
    assert Notice.objects.count() == 0


def test_a_posting_holds_on_its_first_and_last_day(owed, unit):
    PostingFactory(department=unit, starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8))
    owed(unit)

    assert len(send_reminders(shanghai("2026-12-08T23:59")).reminders) == 1


def test_offices_and_administrators_are_not_reminded_of_a_units_report(owed, unit, conference):
    for role in ("office_staff", "office_head", "administrator", "auditor"):
        PostingFactory(**{role: True}, conference=conference)
    PostingFactory(department__conference=conference)
    duty = owed(unit)

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert (reminded(run), run.unreachable) == ([], [duty])


def test_a_districts_duty_is_its_own_offices(conference, obligation):
    district = ConferenceFactory(upper=conference)
    office = [
        PostingFactory(office_staff=True, conference=district).user,
        PostingFactory(office_head=True, conference=district).user,
    ]
    PostingFactory(office_staff=True, conference=conference)
    PostingFactory(administrator=True, conference=district)
    duty = DutyFactory(obligation=obligation, department=None, obliged_conference=district, year=2026)

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert reminded(run) == [(person, duty, 7) for person in office]


def test_who_has_no_address_has_the_notice_in_the_product(owed, unit):
    PostingFactory(department=unit, user__email="")
    owed(unit)

    send_reminders(shanghai("2026-12-08T09:00"))

    assert (Notice.objects.count(), Mail.objects.count()) == (1, 0)


def test_a_new_liaison_is_told_what_the_old_one_was(owed, unit):
    old = PostingFactory(department=unit)
    duty = owed(unit)
    send_reminders(shanghai("2026-12-08T09:00"))
    Posting.objects.filter(pk=old.pk).update(ends_on=date(2026, 12, 8))
    new = PostingFactory(department=unit, starts_on=date(2026, 12, 9)).user

    assert reminded(send_reminders(shanghai("2026-12-09T09:00"))) == [(new, duty, 7)]


# --- Runs ---------------------------------------------------------------------------------------------------------


def test_an_empty_database_has_nothing_to_say(db):
    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert (run.reminders, run.already_sent, run.unreachable) == ([], 0, [])


def test_a_dry_run_says_the_same_and_writes_nothing(owed, unit):
    liaison, duty = PostingFactory(department=unit, user__email="a@example.test").user, owed(unit)
    before = rows()

    run = send_reminders(shanghai("2026-12-08T09:00"), dry_run=True)

    assert (reminded(run), run.dry_run) == ([(liaison, duty, 7)], True)
    assert rows() == before
    assert reminded(send_reminders(shanghai("2026-12-08T09:00"))) == reminded(run)


def test_a_claim_whose_notice_is_missing_is_made_whole(owed, unit):
    liaison, duty = PostingFactory(department=unit).user, owed(unit)
    claim = ReminderFactory(recipient=liaison, duty=duty, step=7)

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert reminded(run) == [(liaison, duty, 7)]
    assert list(Notice.objects.values_list("reminder", flat=True)) == [claim.pk]
    assert Reminder.objects.count() == 1


def test_working_days_come_from_the_calendar(owed, unit):
    """The 14th a holiday: the step of the day before begins on the 11th, a Friday."""
    PostingFactory(department=unit)
    owed(unit)
    WorkDayFactory(day=date(2026, 12, 14), is_working=False)

    assert [planned.step for planned in send_reminders(shanghai("2026-12-11T09:00")).reminders] == [1]


def test_a_weekend_that_is_worked_counts(owed, unit):
    PostingFactory(department=unit)
    owed(unit)
    WorkDay.objects.create(day=date(2026, 12, 12), is_working=True)

    assert [planned.step for planned in send_reminders(shanghai("2026-12-11T09:00")).reminders] == [7]
    assert [planned.step for planned in send_reminders(shanghai("2026-12-12T09:00")).reminders] == [3]


def test_thirty_duties_cost_as_many_queries_as_one(conference, owed):
    counts = {}
    for number in (1, 3, 30):
        Duty.objects.update(state=EntryState.ACCEPTED)
        for _unit in range(number):
            owed(PostingFactory(department__conference=conference, user__email="a@example.test").department)
        with CaptureQueriesContext(connection) as queries:
            run = send_reminders(shanghai("2026-12-08T09:00"))
        assert len(run.reminders) == number
        counts[number] = len(queries)

    assert counts[1] == counts[3] == counts[30]


def test_a_second_run_costs_as_many_queries_for_thirty_as_for_one(conference, owed):
    counts = {}
    for number in (1, 30):
        for _unit in range(number):
            owed(PostingFactory(department__conference=conference).department)
        send_reminders(shanghai("2026-12-08T09:00"))
        with CaptureQueriesContext(connection) as queries:
            send_reminders(shanghai("2026-12-08T09:00"))
        counts[number] = len(queries)

    assert counts[1] == counts[30]


def test_a_plan_reads_only(owed, unit):
    PostingFactory(department=unit)
    owed(unit)

    with CaptureQueriesContext(connection) as queries:
        plan_reminders(shanghai("2026-12-08T09:00"))

    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


def test_more_than_one_part_is_sent_whole(conference, owed, unit):
    """More reminders than are written at a time."""
    people = User.objects.bulk_create(User(username=f"many-{number}", name=f"人{number}") for number in range(1100))
    Posting.objects.bulk_create(
        Posting(user=person, department=unit, conference=conference, role="liaison") for person in people
    )
    owed(unit)

    run = send_reminders(shanghai("2026-12-08T09:00"))

    assert (len(run.reminders), Reminder.objects.count(), Notice.objects.count()) == (1100, 1100, 1100)
