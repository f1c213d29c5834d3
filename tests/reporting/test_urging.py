"""Urging one unit and many: whom it reaches, how often, and what is left of it."""

from datetime import date

import pytest
from django.db import transaction

from departments.models import Event, Posting
from departments.models.events import Action
from reporting.enums import EntryState, YearState
from reporting.models import Duty, Mail, Notice, Urge
from reporting.services.refusals import WrongState, YearIsOver
from reporting.services.urging import UrgedToday, urge, urge_many
from tests.factories import (
    ConferenceFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    UserFactory,
    YearFactory,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

OPEN, DRAFT, TO_SIGN, SUBMITTED = EntryState.OPEN, EntryState.DRAFT, EntryState.TO_SIGN, EntryState.SUBMITTED
RETURNED, ACCEPTED, CLOSED = EntryState.RETURNED, EntryState.ACCEPTED, EntryState.CLOSED


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def obligation():
    return ObligationFactory(title="年度报告")


@pytest.fixture
def officer():
    return UserFactory()


@pytest.fixture
def owed(obligation):
    """``owed()``: a duty of a unit with a liaison who has an address; ``owed(told=False)``: of one with nobody."""

    def make(*, told=True, **fields):
        duty = DutyFactory(obligation=obligation, year=2026, **fields)
        if told:
            PostingFactory(department=duty.department, user__email=f"unit-{duty.pk}@example.test")
        return duty

    return make


def liaison_of(duty):
    return Posting.objects.get(department=duty.department).user


# --- One ----------------------------------------------------------------------------------------------------------


def test_urging_tells_whoever_answers_and_is_an_event(owed, officer):
    duty = owed()

    urge(duty, by=officer, message="请尽快报送")

    assert list(Urge.objects.values_list("duty", "message", "created_by", "conference", "needs_letter")) == [
        (duty.pk, "请尽快报送", officer.pk, duty.conference_id, False)
    ]
    assert list(Notice.objects.values_list("recipient", "subject", "body", "path", "is_urgent")) == [
        (
            liaison_of(duty).pk,
            "催办：年度报告",
            "请尽快报送\n时限：2026-12-15。",
            f"/duty/{duty.pk}/",
            True,
        )
    ]
    event = Event.objects.get()
    assert (event.action, event.actor, event.before, event.after, event.reason) == (
        Action.URGE,
        officer,
        OPEN,
        OPEN,
        "请尽快报送",
    )
    assert event.detail == {"batch": str(Urge.objects.get().batch)}


def test_urging_changes_nothing_in_the_duty(owed, officer):
    duty = owed()
    before = rows(Duty)

    urge(duty, by=officer)

    assert rows(Duty) == before


def test_one_urge_a_day_and_the_day_is_shanghais(owed, officer, refused, clock):
    duty = owed()
    clock("2026-12-08 00:00:01")
    urge(duty, by=officer)
    clock("2026-12-08 23:59:59")
    with refused(UrgedToday):
        urge(duty, by=UserFactory())
    clock("2026-12-09 00:00:00")

    urge(duty, by=officer)

    assert (Urge.objects.count(), Notice.objects.count(), Event.objects.count()) == (2, 2, 2)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [(OPEN, 1), (DRAFT, 1), (TO_SIGN, 1), (RETURNED, 1), (SUBMITTED, 0), (ACCEPTED, 0), (CLOSED, 0)],
)
def test_only_what_is_owed_is_urged(state, allowed, owed, officer):
    duty = owed(state=state, return_reason="缺数据")

    try:
        with transaction.atomic():
            urge(duty, by=officer)
    except WrongState:
        assert not allowed

    assert (Urge.objects.count(), Notice.objects.count(), Event.objects.count()) == (allowed,) * 3


@pytest.mark.parametrize(
    "gone", [None, {"user__is_active": False}, {"ends_on": date(2026, 12, 7)}], ids=["nobody", "deactivated", "ended"]
)
def test_an_urge_that_nobody_would_receive_is_recorded_and_needs_a_letter(gone, owed, officer):
    duty = owed(told=False)
    if gone is not None:
        PostingFactory(department=duty.department, **gone)

    urged = urge(duty, by=officer, message="请报")

    assert urged.needs_letter
    assert Urge.objects.get().needs_letter
    assert (Notice.objects.count(), Event.objects.count()) == (0, 1)


def test_who_has_no_address_is_told_in_the_product(owed, officer):
    duty = owed(told=False)
    PostingFactory(department=duty.department, user__email="")

    urged = urge(duty, by=officer)

    assert not urged.needs_letter
    assert (Notice.objects.count(), Mail.objects.count()) == (1, 0)


def test_a_district_is_urged_at_its_office(obligation, officer):
    district = ConferenceFactory(upper=obligation.conference)
    office = [PostingFactory(**{role: True}, conference=district).user for role in ("office_staff", "office_head")]
    duty = DutyFactory(obligation=obligation, department=None, obliged_conference=district, year=2026)

    urge(duty, by=officer)

    assert list(Notice.objects.order_by("pk").values_list("recipient", flat=True)) == [user.pk for user in office]


def test_a_closed_year_is_not_urged_about(owed, officer, refused):
    duty = owed()
    YearFactory(conference=duty.conference, year=2026, state=YearState.CLOSED)

    with refused(YearIsOver):
        urge(duty, by=officer)

    assert (Urge.objects.count(), Notice.objects.count(), Event.objects.count()) == (0, 0, 0)


# --- Many ---------------------------------------------------------------------------------------------------------


def test_many_are_urged_in_one_act_with_an_event_and_a_notice_each(owed, officer):
    duties = [owed() for _number in range(3)]

    urged = urge_many(duties, by=officer, message="请报")

    assert [one.duty for one in urged.urges] == duties
    assert set(Urge.objects.values_list("batch", "message")) == {(urged.batch, "请报")}
    assert sorted(Notice.objects.values_list("recipient", flat=True)) == sorted(liaison_of(d).pk for d in duties)
    assert Mail.objects.count() == 3
    assert sorted(Event.objects.values_list("action", "object_id")) == sorted(("urge", duty.pk) for duty in duties)


def test_each_act_has_a_batch_of_its_own(owed, officer):
    first, second = (urge_many([owed()], by=officer) for _time in range(2))

    assert first.batch != second.batch


def test_those_urged_today_or_no_longer_owed_are_passed_over_and_named(owed, officer):
    fresh, done, handed_in = owed(), owed(), owed(submitted=True)
    urge(done, by=UserFactory())

    urged = urge_many([fresh, done, handed_in], by=officer)

    assert ([one.duty for one in urged.urges], urged.urged_today, urged.not_owed) == ([fresh], [done], [handed_in])
    assert Urge.objects.filter(batch=urged.batch).count() == 1


def test_a_second_click_urges_nobody_again(owed, officer):
    duties = [owed(), owed(told=False)]
    urge_many(duties, by=officer)
    before = rows()

    urged = urge_many(duties, by=officer)

    assert (urged.urges, urged.urged_today) == ([], duties)
    assert rows() == before


def test_the_units_that_nobody_can_be_told_of_are_listed(owed, officer):
    told, untold = owed(), owed(told=False)

    urged = urge_many([told, untold], by=officer)

    assert [one.duty for one in urged.by_letter] == [untold]


def test_naming_a_duty_twice_urges_once(owed, officer):
    duty = owed()

    urge_many([duty, duty], by=officer)

    assert Urge.objects.count() == 1


def test_urging_nobody_does_nothing(officer):
    assert urge_many([], by=officer).urges == []
    assert Urge.objects.count() == 0
