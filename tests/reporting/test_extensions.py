"""Asking for more time, deciding on it, and what each of them changes."""

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from departments.enums import Role
from departments.models import Event, Posting
from departments.models.events import Action
from reporting.enums import EntryState, ExtensionState, YearState
from reporting.models import Duty, Extension, Mail, Notice
from reporting.services.entries import return_entry, submit_entry
from reporting.services.extensions import (
    AskedAlready,
    ask_extension,
    count_for,
    deciders_of,
    grant_extension,
    refuse_extension,
    withdraw_extension,
)
from reporting.services.refusals import WrongState, YearIsOver
from tests.factories import (
    ConferenceFactory,
    DutyFactory,
    ExtensionFactory,
    ObligationFactory,
    PostingFactory,
    UserFactory,
    YearFactory,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

DUE, WANTED = date(2026, 12, 15), date(2026, 12, 25)


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def liaison():
    return PostingFactory(user__email="liaison@example.test").user


@pytest.fixture
def duty(liaison):
    unit = liaison.postings.get().department
    obligation = ObligationFactory(clause__version__conference=unit.conference, title="年度报告")
    return DutyFactory(obligation=obligation, department=unit, year=2026, due_on=DUE, draft=True)


@pytest.fixture
def head(duty):
    return PostingFactory(office_head=True, conference=duty.conference, user__email="head@example.test").user


@pytest.fixture
def asked(duty, liaison, head):
    return ask_extension(duty, by=liaison, reason="数据还在汇总", until=WANTED)


def dates(duty):
    return Duty.objects.values_list("due_on", "planned_on").get(pk=duty.pk)


# --- Asking -------------------------------------------------------------------------------------------------------


def test_asking_keeps_the_deadline_and_is_an_event(duty, liaison, head):
    ask_extension(duty, by=liaison, reason="数据还在汇总", until=WANTED)

    extension = Extension.objects.get()
    assert (extension.duty, extension.state, extension.due_on, extension.wanted_until, extension.reason) == (
        duty,
        ExtensionState.ASKED,
        DUE,
        WANTED,
        "数据还在汇总",
    )
    assert (extension.asked_by, extension.conference) == (liaison, duty.conference)
    assert dates(duty) == (DUE, DUE)
    event = Event.objects.get()
    assert (event.action, event.actor, event.object_id, event.reason, event.department) == (
        Action.ASK_EXTENSION,
        liaison,
        duty.pk,
        "数据还在汇总",
        duty.department,
    )
    assert event.detail == {"extension": extension.pk, "due_on": "2026-12-15", "wanted_until": "2026-12-25"}


def test_asking_tells_the_head_of_the_office_and_not_its_staff(duty, liaison, head):
    PostingFactory(office_staff=True, conference=duty.conference)

    extension = ask_extension(duty, by=liaison, reason="数据还在汇总", until=WANTED)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject, notice.path, notice.is_urgent) == (
        head,
        f"延期申请：{duty.owner} 年度报告",
        f"/extensions/{extension.pk}/decide/",
        True,
    )
    assert notice.body == f"{duty.owner}申请将时限由2026-12-15延至2026-12-25。\n理由：数据还在汇总"
    assert list(Mail.objects.values_list("address", flat=True)) == ["head@example.test"]


@pytest.mark.parametrize(
    ("now", "is_in_time"),
    [("2026-12-15 23:59:59", True), ("2026-12-16 00:00:00", False), ("2027-03-01 09:00:00", False)],
)
def test_the_deadlines_own_day_in_shanghai_is_the_last_to_ask(now, is_in_time, duty, liaison, clock, refused):
    clock(now)

    if is_in_time:
        ask_extension(duty, by=liaison, reason="理由", until=WANTED)
    else:
        with refused(WrongState) as refusal:
            ask_extension(duty, by=liaison, reason="理由", until=date(2027, 6, 1))
        assert str(refusal.value) == "时限2026-12-15已过，不能再申请延期；延期须在到期前提出。"

    assert Extension.objects.count() == is_in_time


@pytest.mark.parametrize("until", [date(2026, 12, 1), DUE, date(2028, 1, 1), date(9999, 12, 31)])
def test_a_day_that_is_not_later_or_too_far_is_refused(until, duty, liaison, refused):
    with refused(WrongState):
        ask_extension(duty, by=liaison, reason="理由", until=until)

    assert Extension.objects.count() == 0


@pytest.mark.parametrize("until", [date(2026, 12, 16), date(2027, 12, 31)])
def test_the_next_day_and_the_last_of_the_next_year_can_be_asked_for(until, duty, liaison):
    assert ask_extension(duty, by=liaison, reason="理由", until=until).wanted_until == until


def test_one_request_at_a_time(duty, liaison, asked, refused):
    before = rows()

    with refused(AskedAlready) as refusal:
        ask_extension(duty, by=liaison, reason="又一次", until=WANTED)

    assert refusal.value.pending == asked
    assert rows() == before


@pytest.mark.parametrize(
    ("state", "may_ask"),
    [
        (EntryState.OPEN, True),
        (EntryState.DRAFT, True),
        (EntryState.TO_SIGN, True),
        (EntryState.RETURNED, True),
        (EntryState.SUBMITTED, False),
        (EntryState.ACCEPTED, False),
        (EntryState.CLOSED, False),
    ],
)
def test_only_what_is_owed_can_be_extended(state, may_ask, duty, liaison):
    Duty.objects.update(state=state, return_reason="缺数据")

    try:
        with transaction.atomic():
            ask_extension(duty, by=liaison, reason="理由", until=WANTED)
    except WrongState:
        assert not may_ask

    assert Extension.objects.count() == may_ask


# --- Deciding -----------------------------------------------------------------------------------------------------


def test_granting_moves_the_deadline_and_keeps_the_plans(asked, duty, head):
    grant_extension(asked, by=head, until=date(2026, 12, 20), words="抓紧汇总")

    assert dates(duty) == (date(2026, 12, 20), DUE)
    row = Extension.objects.get()
    assert (row.state, row.granted_until, row.decision, row.decided_by, row.wanted_until) == (
        ExtensionState.GRANTED,
        date(2026, 12, 20),
        "抓紧汇总",
        head,
        WANTED,
    )
    event = Event.objects.get(action=Action.GRANT_EXTENSION)
    assert (event.actor, event.before, event.after, event.reason) == (head, "2026-12-15", "2026-12-20", "抓紧汇总")
    assert event.detail == {"extension": asked.pk, "due_on": "2026-12-15", "planned_on": "2026-12-15"}


def test_the_unit_is_told_the_decision(asked, liaison, head):
    grant_extension(asked, by=head, until=date(2026, 12, 20), words="抓紧汇总")

    notice = Notice.objects.get(recipient=liaison)
    assert (notice.subject, notice.body, notice.path) == (
        "已批准延期：年度报告",
        "时限由2026-12-15延至2026-12-20。\n批复意见：抓紧汇总",
        f"/duty/{asked.duty_id}/",
    )


def test_refusing_leaves_the_deadline_and_says_why(asked, duty, liaison, head):
    refuse_extension(asked, by=head, words="按原时限报送")

    assert dates(duty) == (DUE, DUE)
    assert Extension.objects.values_list("state", "decision", "granted_until").get() == (
        ExtensionState.REFUSED,
        "按原时限报送",
        None,
    )
    assert Event.objects.get(action=Action.REFUSE_EXTENSION).reason == "按原时限报送"
    assert Notice.objects.get(recipient=liaison).body == "时限仍为2026-12-15。\n批复意见：按原时限报送"


@pytest.mark.parametrize("words", ["", " \n"])
def test_refusing_needs_words(words, asked, head):
    before = rows(Extension)

    with pytest.raises(ValueError, match="reason"), transaction.atomic():
        refuse_extension(asked, by=head, words=words)

    assert rows(Extension) == before


@pytest.mark.parametrize("until", [date(2026, 12, 1), DUE, date(2028, 1, 1)])
def test_granting_needs_a_later_day(until, asked, duty, head, refused):
    with refused(WrongState):
        grant_extension(asked, by=head, until=until)

    assert dates(duty) == (DUE, DUE)


def test_what_was_asked_in_time_is_granted_afterwards_but_not_into_the_past(asked, duty, head, clock, refused):
    clock("2026-12-20 09:00")

    with refused(WrongState):
        grant_extension(asked, by=head, until=date(2026, 12, 19))
    grant_extension(asked, by=head, until=date(2026, 12, 20))

    assert dates(duty) == (date(2026, 12, 20), DUE)


@pytest.mark.parametrize("again", ["grant", "refuse", "withdraw"])
@pytest.mark.parametrize("first", ["grant", "refuse", "withdraw"])
def test_what_is_decided_stays_decided(first, again, asked, head, liaison, refused):
    acts = {
        "grant": lambda row: grant_extension(row, by=head, until=date(2026, 12, 30)),
        "refuse": lambda row: refuse_extension(row, by=head, words="不行"),
        "withdraw": lambda row: withdraw_extension(row, by=liaison),
    }
    seen_by_another = Extension.objects.select_related("duty").get(pk=asked.pk)
    acts[first](asked)
    before = rows()

    with refused(WrongState) as refusal:
        acts[again](seen_by_another)

    assert str(refusal.value) == "这项申请已经有人批复，或者已经撤回，请看最新情况。"
    assert rows() == before


def test_taking_back_leaves_the_deadline_and_a_new_request_can_follow(asked, duty, liaison):
    withdraw_extension(asked, by=liaison)
    ask_extension(duty, by=liaison, reason="改了日期", until=date(2026, 12, 18))

    assert dates(duty) == (DUE, DUE)
    assert list(Extension.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "asked"]
    assert Event.objects.filter(action=Action.WITHDRAW_EXTENSION, actor=liaison).count() == 1


def test_what_was_handed_in_meanwhile_is_not_decided_on_and_returns_with_the_duty(asked, duty, liaison, head, refused):
    submit_entry(duty, by=liaison)

    for decide in (partial(grant_extension, until=WANTED), partial(refuse_extension, words="不行")):
        with refused(WrongState) as refusal:
            decide(asked, by=head)
        assert str(refusal.value) == "这一事项已经报送，不用再批复延期；如退回重报，可以再批复。"
    return_entry(duty, by=UserFactory(), reason="缺数据")
    grant_extension(asked, by=head, until=WANTED)

    assert dates(duty) == (WANTED, DUE)


def test_a_second_extension_is_counted_and_the_plans_date_still_stays(asked, duty, liaison, head, clock):
    grant_extension(asked, by=head, until=date(2026, 12, 20))
    clock("2026-12-20 23:00")
    second = ask_extension(duty, by=liaison, reason="再次", until=date(2026, 12, 28))
    grant_extension(second, by=head, until=date(2026, 12, 28))

    assert dates(duty) == (date(2026, 12, 28), DUE)
    assert Extension.objects.order_by("pk").values_list("due_on", flat=True)[1] == date(2026, 12, 20)
    assert count_for([duty]) == {duty.pk: 2}


def test_only_granted_ones_are_counted(duty):
    ExtensionFactory(duty=duty, granted=True)
    ExtensionFactory(duty=duty, refused=True)
    ExtensionFactory(duty=duty)

    assert count_for([duty, DutyFactory()]) == {duty.pk: 1}


def test_a_closed_year_takes_no_request_and_no_decision(asked, duty, liaison, head, refused):
    YearFactory(conference=duty.conference, year=2026, state=YearState.CLOSED)
    other = DutyFactory(obligation=duty.obligation, department__conference=duty.conference, year=2026, due_on=DUE)
    before = rows()

    for act in (
        lambda: ask_extension(other, by=liaison, reason="理由", until=WANTED),
        lambda: grant_extension(asked, by=head, until=WANTED),
        lambda: refuse_extension(asked, by=head, words="不行"),
        lambda: withdraw_extension(asked, by=liaison),
    ):
        with refused(YearIsOver):
            act()

    assert rows() == before


# --- Who decides --------------------------------------------------------------------------------------------------


@pytest.fixture
def decided_by(duty):
    """``decided_by(asked_by=…)``: who may decide on such a request."""

    def ask(**fields):
        extension = ExtensionFactory(duty=fields.pop("duty", duty), **fields)
        return deciders_of([extension])[extension.pk]

    return ask


def test_the_head_of_the_office_decides(duty, head, decided_by):
    PostingFactory(office_staff=True, conference=duty.conference)
    PostingFactory(office_head=True)

    assert decided_by() == [head]


@pytest.mark.parametrize("gone", [{"user__is_active": False}, {"ends_on": date(2026, 12, 7)}])
def test_staff_decide_where_there_is_no_head(gone, duty, decided_by):
    PostingFactory(office_head=True, conference=duty.conference, **gone)
    staff = [PostingFactory(office_staff=True, conference=duty.conference).user for _number in range(2)]

    assert decided_by() == staff


def test_nobody_decides_on_what_they_asked_for(duty, head, decided_by):
    staff = PostingFactory(office_staff=True, conference=duty.conference).user

    assert decided_by(asked_by=head) == [staff]


def test_who_writes_for_the_unit_does_not_decide_for_it(duty, head, decided_by):
    PostingFactory(user=head, department=duty.department, role=Role.DEPUTY)

    assert decided_by() == []


def test_the_city_decides_for_the_district_and_not_who_works_in_both(duty):
    district = ConferenceFactory(upper=duty.conference)
    owed = DutyFactory(obligation=duty.obligation, department=None, obliged_conference=district, year=2026)
    head = PostingFactory(office_head=True, conference=duty.conference).user
    both = PostingFactory(office_head=True, conference=duty.conference).user
    PostingFactory(office_staff=True, conference=district, user=both)
    extension = ExtensionFactory(duty=owed)

    assert deciders_of([extension]) == {extension.pk: [head]}


def test_what_a_conference_owes_itself_is_decided_by_its_head(duty):
    owed = DutyFactory(obligation=duty.obligation, department=None, obliged_conference=duty.conference, year=2026)
    head = PostingFactory(office_head=True, conference=duty.conference).user
    staff = PostingFactory(office_staff=True, conference=duty.conference).user

    extension = ExtensionFactory(duty=owed, asked_by=staff)

    assert deciders_of([extension]) == {extension.pk: [head]}


def test_thirty_requests_cost_as_many_queries_as_one(duty, head, django_assert_num_queries):
    extensions = [ExtensionFactory(duty__obligation=duty.obligation) for _number in range(30)]

    # Another for the offices of districts, where one of them owes.
    with django_assert_num_queries(2):
        found = deciders_of(extensions)

    assert set(map(tuple, found.values())) == {(head,)}


# --- What the database itself refuses -----------------------------------------------------------------------------


def test_the_database_refuses_two_pending_requests_of_one_duty(duty):
    ExtensionFactory(duty=duty)

    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionFactory(duty=duty)


@pytest.mark.parametrize("until", [None, DUE, date(2026, 12, 1)])
def test_the_database_refuses_a_grant_without_a_later_day(until, duty):
    extension = ExtensionFactory(duty=duty)

    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=extension.pk).update(state=ExtensionState.GRANTED, granted_until=until)


def test_a_new_head_is_told_of_nothing_that_was_asked_before(asked, duty):
    """The list of requests shows it; the notice was sent once."""
    Posting.objects.filter(conference=duty.conference, role=Role.OFFICE_HEAD).update(ends_on=date(2026, 12, 7))
    new = PostingFactory(office_head=True, conference=duty.conference).user

    assert deciders_of([asked]) == {asked.pk: [new]}
    assert not Notice.objects.filter(recipient=new).exists()
