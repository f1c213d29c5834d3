"""What an assessment counts, against a slow count that is easy to believe."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Event, Membership
from departments.models.events import Action
from departments.services import record
from measures.enums import ObligationKind, ResponsibilityRole
from measures.models import Plan
from reporting.enums import EntryState, ExtensionState, MeetingState
from reporting.facts import Facts
from reporting.models import Duty, Extension, Meeting, Progress, Urge
from reporting.services.assessing import count
from tests.factories import ClauseFactory, ProgressFactory, ResponsibilityFactory, UrgeFactory
from tests.papers_rows import MeetingFactory, Office

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 20)


@pytest.fixture(autouse=True)
def _in_december(clock):
    clock("2026-12-20 10:00")


@pytest.fixture
def office():
    return Office(2026)


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def facts_of(office, owner, first=2026, last=2026):
    counted = count(office.city, first, last)
    return (counted.districts if owner == office.district else counted.units)[owner.pk]


def entry_of(office, unit, *, role=ResponsibilityRole.LEAD, conference=None, **fields):
    clause = ClauseFactory(version=office.version, conference=conference or office.city)
    return ProgressFactory(
        responsibility=ResponsibilityFactory(
            clause=clause, version=office.version, department=unit, role=role, conference=conference or office.city
        ),
        year=fields.pop("year", 2026),
        **fields,
    )


# --- Duties -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # The deadline's own day is in time to its last second in Shanghai.
        ({"first_submitted_at": "2026-12-15 23:59:59"}, {"duties_in_time": 1}),
        ({"first_submitted_at": "2026-12-16 00:00:00"}, {"duties_late": 1}),
        ({}, {"duties_missing": 1}),
        ({"due_on": date(2026, 12, 20)}, {}),
        ({"due_on": date(2026, 12, 19)}, {"duties_missing": 1}),
        # Returned and not handed in again: the first time was in time.
        ({"returned": True, "first_submitted_at": "2026-12-10 09:00"}, {"duties_in_time": 1}),
        # An extension has moved the deadline that counts.
        ({"due_on": date(2026, 12, 18), "first_submitted_at": "2026-12-17 09:00"}, {"duties_in_time": 1}),
        # Of before the first time was noted.
        ({"accepted": True, "submitted_at": at("2026-12-16 09:00")}, {"duties_late": 1}),
        ({"state": EntryState.ACCEPTED}, {"duties_in_time": 1}),
    ],
)
def test_how_a_duty_was_met(office, fields, expected):
    if "first_submitted_at" in fields:
        fields = fields | {"first_submitted_at": at(fields["first_submitted_at"])}
    office.duty(**{"due_on": date(2026, 12, 15), **fields})

    assert facts_of(office, office.units[0]) == Facts(duties_owed=1, **expected)


def test_what_the_plan_no_longer_asks_for_is_not_counted(office):
    office.duty(state=EntryState.CLOSED, closed_from=EntryState.OPEN, due_on=date(2026, 1, 1))
    entry_of(office, office.units[0], state=EntryState.CLOSED, closed_from=EntryState.OPEN)

    assert facts_of(office, office.units[0]) == Facts()


def test_what_the_conference_owes_itself_is_nobodys(office):
    office.duty(ObligationKind.STAGE_ASSESSMENT, of=office.city, due_on=date(2026, 1, 1))

    counted = count(office.city, 2026, 2026)

    assert set(counted.units) == {unit.pk for unit in office.units}
    assert counted.districts == {}


def test_returns_extensions_and_urges_are_counted_by_who_owes(office):
    report, other = office.duty(due_on=date(2027, 1, 1)), office.duty(of=office.units[1], due_on=date(2027, 1, 1))
    entry = entry_of(office, office.units[0])
    for row in (report, entry, entry):
        record(row, Action.RETURN, by=office.staff, conference=office.city, department=row.department)
    record(report, Action.SEND_BACK, by=office.staff, conference=office.city, department=report.department)
    for state in (ExtensionState.GRANTED, ExtensionState.REFUSED):
        Extension.objects.create(
            conference=office.city,
            duty=report,
            state=state,
            due_on=report.due_on,
            wanted_until=report.due_on + timedelta(days=5),
            granted_until=report.due_on + timedelta(days=5),
            asked_by=office.liaisons[0],
        )
    UrgeFactory.create_batch(3, duty=report, conference=office.city)
    UrgeFactory(duty=other, conference=office.city)

    first, second = (facts_of(office, unit) for unit in office.units)
    assert (first.returns, first.extensions, first.urges) == (3, 1, 3)
    assert (second.returns, second.extensions, second.urges) == (0, 0, 1)


# --- Entries ------------------------------------------------------------------------------------------------------


def test_entries_are_owed_handed_in_and_accepted(office):
    for state in ("draft", "submitted", "returned", "accepted"):
        entry_of(office, office.units[0], **{state: True})

    assert facts_of(office, office.units[0]) == Facts(entries_owed=4, entries_in=2, entries_accepted=1)


@pytest.mark.parametrize(("must_report", "owed"), [(False, 0), (True, 1)])
def test_what_a_cooperating_unit_knows_of_is_owed_where_the_plan_says_so(office, must_report, owed):
    Plan.objects.update(cooperating_must_report=must_report)
    entry_of(office, office.units[0], role=ResponsibilityRole.COOPERATING, acknowledged_at=timezone.now())

    assert facts_of(office, office.units[0]).entries_owed == owed


# --- Districts, years, members ------------------------------------------------------------------------------------


def test_a_district_is_counted_by_its_duties_its_units_and_its_meetings(office):
    office.duty(of=office.district, due_on=date(2026, 12, 30))
    office.duty(ObligationKind.MEETING, of=office.district, due_on=date(2026, 12, 19))
    MeetingFactory(conference=office.district, held_on=date(2026, 5, 6), filed=True)
    MeetingFactory(conference=office.district, held_on=date(2026, 5, 7))
    own_unit = office.units[0]
    entry_of(office, own_unit, conference=office.district, accepted=True)

    assert facts_of(office, office.district) == Facts(
        duties_owed=2,
        duties_missing=1,
        meetings_owed=1,
        meetings_held=1,
        entries_owed=1,
        entries_in=1,
        entries_accepted=1,
    )


def test_a_final_assessment_counts_all_years(office):
    for year in (2024, 2025, 2026):
        office.duty(year=year, due_on=date(year, 12, 15))
    office.duty(year=2023, due_on=date(2023, 12, 15))

    assert facts_of(office, office.units[0], 2024, 2026) == Facts(duties_owed=3, duties_missing=3)


def test_members_without_anything_to_do_are_there_and_those_who_left_are_not(office):
    Membership.objects.filter(department=office.units[1]).update(ends_on=date(2026, 6, 30))

    assert count(office.city, 2026, 2026).units == {office.units[0].pk: Facts()}


# --- All together -------------------------------------------------------------------------------------------------


def make_a_year(office, draw, size):
    """So many duties, entries, returns, urges and meetings by lot."""
    owners = [*office.units, office.district]
    states = ("draft", "submitted", "returned", "accepted")
    for _number in range(size):
        year = draw.choice((2025, 2026))
        due_on = date(year, 12, draw.choice((1, 15, 31)))
        late = timedelta(days=draw.choice((-3, 0, 2)))
        handed_in = timezone.make_aware(datetime(year, 12, 15, 23, 30)) + late if draw.random() < 0.6 else None
        kind = draw.choice((ObligationKind.ANNUAL_REPORT, ObligationKind.MEETING))
        owner = draw.choice(owners)
        duty = office.duty(
            kind if owner == office.district else ObligationKind.ANNUAL_REPORT,
            of=owner,
            year=year,
            due_on=due_on,
            first_submitted_at=handed_in,
            **{draw.choice(states): True},
        )
        entry = entry_of(
            office,
            draw.choice(office.units),
            year=year,
            role=draw.choice(ResponsibilityRole.values),
            acknowledged_at=timezone.now() if draw.random() < 0.5 else None,
            state=draw.choice((EntryState.OPEN, EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.CLOSED)),
        )
        for row in draw.sample((duty, entry), draw.randrange(3)):
            record(row, Action.RETURN, by=office.staff, conference=office.city, department=row.department_id)
        if draw.random() < 0.5:
            UrgeFactory(duty=duty, conference=office.city)
        if draw.random() < 0.4:
            MeetingFactory(conference=office.district, held_on=date(year, 3, 1), filed=True)


def slowly(office, years, owner):
    """One owner's facts, row by row."""
    facts = Facts()

    def add(**more):
        nonlocal facts
        facts = replace(facts, **{name: getattr(facts, name) + number for name, number in more.items()})

    for duty in Duty.objects.filter(conference=office.city):
        if duty.year not in years or duty.owner != owner or duty.state == EntryState.CLOSED:
            continue
        add(duties_owed=1)
        handed_in = duty.first_submitted_at or duty.submitted_at
        if handed_in:
            day = (handed_in + timedelta(hours=8)).date()  # stored in UTC
            add(**{"duties_in_time" if day <= duty.due_on else "duties_late": 1})
        elif duty.due_on < TODAY:
            add(duties_missing=1)
        if duty.kind == ObligationKind.MEETING:
            add(meetings_owed=1)
        add(returns=Event.objects.of(duty).filter(action=Action.RETURN).count())
        add(urges=Urge.objects.filter(duty=duty).count())
    entries = Progress.objects.none() if owner == office.district else Progress.objects.filter(department=owner)
    for entry in entries:
        if entry.year not in years or entry.state == EntryState.CLOSED:
            continue
        add(returns=Event.objects.of(entry).filter(action=Action.RETURN).count())
        known = entry.role == "cooperating" and entry.state == EntryState.OPEN and entry.acknowledged_at
        if known and not entry.clause.version.plan.cooperating_must_report:
            continue
        add(entries_owed=1)
        add(entries_in=int(entry.state in EntryState.shared()))
        add(entries_accepted=int(entry.state == EntryState.ACCEPTED))
    if owner == office.district:
        filed = Meeting.objects.filter(conference=owner, state=MeetingState.FILED)
        add(meetings_held=sum(meeting.year in years for meeting in filed))
    return facts


@pytest.mark.parametrize("seed", range(6))
def test_counting_at_once_is_counting_row_by_row(office, seed):
    make_a_year(office, random.Random(seed), size=12)

    counted = count(office.city, 2025, 2026)

    owners = [*office.units, office.district]
    found = {owner: counted.units.get(owner.pk) for owner in office.units}
    found[office.district] = counted.districts.get(office.district.pk, Facts())
    assert found == {owner: slowly(office, (2025, 2026), owner) for owner in owners}


def test_counting_costs_the_same_for_few_and_for_many(office):
    make_a_year(office, random.Random(1), size=3)
    queries = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            count(office.city, 2025, 2026)
        queries.append(len(asked))
        make_a_year(office, random.Random(2), size=15)

    assert queries[0] == queries[1] <= 10
