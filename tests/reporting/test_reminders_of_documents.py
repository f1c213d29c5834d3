"""Reminders on the real documents, with somebody who answers for every unit."""

from collections import Counter

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from departments.enums import Role
from departments.models import Conference, Department, Posting, User
from reporting.enums import EntryState
from reporting.models import Duty, Mail, Reminder
from reporting.services.reminders import send_reminders
from reporting.services.years import open_year

pytestmark = pytest.mark.django_db

ON_THE_8TH = parse_datetime("2026-12-08T09:00+08:00")


@pytest.fixture
def opened(city, clock):
    """2026 opened for the city; every member has a liaison, every district's office somebody."""
    clock("2026-03-02 09:00")
    open_year(city, 2026)
    members = list(Department.objects.filter(conference=city).members_on(timezone.localdate()))
    offices = list(Conference.objects.filter(upper=city))
    places = [(unit.code, Role.LIAISON, city, unit) for unit in members]
    places += [(office.code, Role.OFFICE_STAFF, office, None) for office in offices]
    people = User.objects.bulk_create(
        User(username=f"u-{code}", name=code, email=f"u-{code.lower()}@example.test") for code, *_rest in places
    )
    Posting.objects.bulk_create(
        Posting(user=person, role=role, conference=conference, department=unit)
        for person, (_code, role, conference, unit) in zip(people, places, strict=True)
    )
    return members


def test_on_8_december_every_unit_that_has_not_filed_is_reminded_once(opened):
    run = send_reminders(ON_THE_8TH)

    units = Counter(planned.duty.department for planned in run.reminders if planned.duty.department_id)
    assert units == dict.fromkeys(opened, 1)
    assert len(units) == 34
    assert {planned.step for planned in run.reminders if planned.duty.department_id} == {7}


def test_a_second_run_reminds_nobody(opened):
    first = send_reminders(ON_THE_8TH)

    second = send_reminders(ON_THE_8TH)

    assert (second.reminders, second.already_sent) == ([], len(first.reminders))
    assert Reminder.objects.count() == Mail.objects.count() == len(first.reminders)


def test_units_that_have_filed_are_not_reminded(opened):
    filed = opened[:10]
    Duty.objects.filter(department__in=filed[:5]).update(state=EntryState.SUBMITTED)
    Duty.objects.filter(department__in=filed[5:]).update(state=EntryState.ACCEPTED)

    run = send_reminders(ON_THE_8TH)

    units = {planned.duty.department for planned in run.reminders if planned.duty.department_id}
    assert units == set(opened[10:])


def test_what_districts_owe_by_the_end_of_the_year_is_at_its_own_step_on_8_december(opened):
    run = send_reminders(ON_THE_8TH)

    steps = Counter(
        (planned.duty.kind, planned.step, str(planned.duty.due_on))
        for planned in run.reminders
        if planned.duty.department_id is None
    )
    # 30 days before 30 and 31 December were 30 November and 1 December.
    assert steps == {("annual_report", 30, "2026-12-30"): 37, ("meeting", 30, "2026-12-31"): 37}


def test_the_citys_own_assessment_has_nobody_to_tell_without_an_office(opened, city):
    """Its office has no posting here: the run says so and goes on."""
    run = send_reminders(parse_datetime("2026-12-24T09:00+08:00"))

    assert [(duty.kind, duty.owner) for duty in run.unreachable] == [("stage_assessment", city)]
