"""Who leaves and who comes: the note, what is open, and that everything follows the posting and not the person."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Event, Posting
from departments.models.events import Action
from departments.services import hand_over
from reporting.enums import EntryState, YearState
from reporting.models import Handover, InputRequest, Notice
from reporting.services.entries import return_entry, save_entry
from reporting.services.handovers import Place, announce_successors, open_work_of, take_over, write_handover
from reporting.services.refusals import WrongState
from reporting.services.reminders import send_reminders
from reporting.services.urging import urge
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ExtensionFactory,
    HandoverFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UserFactory,
    YearFactory,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 8)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def unit(city):
    return DepartmentFactory(conference=city, name="市教委")


@pytest.fixture
def place(city, unit):
    return Place(city, unit)


@pytest.fixture
def owed(city, unit):
    """``owed(state=…)``: something that the unit owes."""
    obligation = ObligationFactory(clause__version__conference=city, kind="other", title="实施方案")

    def make(department=unit, **fields):
        return DutyFactory(obligation=obligation, department=department, year=2026, **fields)

    return make


def entry_of(unit, **fields):
    clause = ClauseFactory(version__conference=unit.conference, path="二/(一)", heading="加强宣传")
    return ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit), year=2026, **fields)


def kinds(place):
    return [(row["kind"], row["title"], row["due_on"]) for row in open_work_of(place)]


# --- What is open -------------------------------------------------------------------------------------------------


def test_what_a_unit_owes_what_came_back_what_was_asked_and_what_waits_is_open(place, unit, owed):
    duty, lead = owed(draft=True), entry_of(unit, returned=True)
    partner = ProgressFactory(
        responsibility=ResponsibilityFactory(clause=lead.clause, cooperating=True, department__name="市妇联"), year=2026
    )
    for progress, asked in ((lead, partner), (partner, lead)):
        InputRequest.objects.create(
            conference=unit.conference,
            progress=progress,
            asked=asked,
            message="数据",
            due_on=TODAY,
            created_by=UserFactory(),
        )
    ExtensionFactory(duty=duty)

    spoken = lead.clause.spoken_path
    assert kinds(place) == [
        ("duty", "实施方案", "2026-12-15"),
        ("returned", f"{spoken} 加强宣传", ""),
        ("request", f"市妇联：{spoken}", "2026-12-08"),
        ("asked", f"市妇联：{spoken}", "2026-12-08"),
        ("extension", "实施方案", "2026-12-15"),
    ]


def test_what_is_done_of_others_or_of_a_closed_year_is_not_open(place, unit, owed):
    owed(submitted=True)
    owed(department=DepartmentFactory(conference=unit.conference))
    entry_of(unit, draft=True)
    YearFactory(conference=unit.conference, year=2025, state=YearState.CLOSED)
    DutyFactory(obligation=ObligationFactory(clause__version__conference=unit.conference), department=unit, year=2025)

    assert kinds(place) == []


def test_what_an_office_owes_decides_and_reviews_is_open(city, unit, owed):
    ExtensionFactory(duty=owed(draft=True))
    owed(department=DepartmentFactory(conference=city, name="市妇联"), submitted=True)
    entry_of(unit, submitted=True)
    upper = ObligationFactory(kind="meeting", title="专题会议")
    DutyFactory(obligation=upper, department=None, obliged_conference=city, year=2026)

    assert kinds(Place(city, None)) == [
        ("duty", "专题会议", "2026-12-15"),
        ("extension", "市教委 实施方案", "2026-12-15"),
        ("review", "市妇联 实施方案", "2026-12-15"),
        ("review", "2026年度措施进展1条", ""),
    ]


# --- The note -----------------------------------------------------------------------------------------------------


def test_a_note_keeps_what_was_open_when_it_was_written(place, unit, owed):
    liaison, duty = PostingFactory(department=unit).user, owed(draft=True)

    write_handover(place, by=liaison, note="材料在二号柜")

    handover = Handover.objects.get()
    assert (handover.department, handover.conference, handover.note, handover.given_by) == (
        unit,
        unit.conference,
        "材料在二号柜",
        liaison,
    )
    assert handover.open_work == [
        {
            "kind": "duty",
            "title": "实施方案",
            "due_on": "2026-12-15",
            "state": "draft",
            "path": f"/duty/{duty.pk}/",
        }
    ]


def test_the_trail_says_that_work_was_handed_over_and_not_what_the_note_says(place):
    liaison, follower = UserFactory(), UserFactory()

    take_over(write_handover(place, by=liaison, note="材料在二号柜"), by=follower)

    events = Event.objects.order_by("pk").values_list("action", "actor", "department", "reason", "detail")
    assert list(events) == [
        (Action.HAND_OVER, liaison.pk, place.department.pk, "", {"items": 0}),
        (Action.TAKE_OVER, follower.pk, place.department.pk, "", {"items": 0}),
    ]


def test_two_clicks_leave_one_note_and_another_note_is_another(place):
    liaison = UserFactory()

    for note in ("一样", "一样", "补充"):
        write_handover(place, by=liaison, note=note)

    assert list(Handover.objects.order_by("pk").values_list("note", flat=True)) == ["一样", "补充"]


def test_a_note_is_taken_over_once(refused):
    handover = HandoverFactory()
    follower = UserFactory()
    take_over(handover, by=follower)
    before = rows(Handover, Event)

    with refused(WrongState):
        take_over(handover, by=UserFactory())

    assert rows(Handover, Event) == before
    assert Handover.objects.values_list("taken_by", flat=True).get() == follower.pk


# --- Pages --------------------------------------------------------------------------------------------------------


def page(name, *arguments):
    return reverse(f"reporting:{name}", args=arguments)


def test_the_note_stands_on_the_followers_page_until_it_is_taken_over(client, unit):
    follower = PostingFactory(department=unit).user
    handover = HandoverFactory(department=unit, given_by=UserFactory(name="老王"))
    client.force_login(follower)
    work = page("work_year", 2026)

    before = client.get(work).text
    client.post(page("handover_take", handover.pk))
    after = client.get(work).text

    assert ("老王的交接说明" in before, "老王的交接说明" in after) == (True, False)
    assert "材料在二号柜" in client.get(page("handovers")).text


def test_who_left_the_note_and_other_units_are_not_asked_to_take_it_over(client, unit):
    handover = HandoverFactory(department=unit, given_by=PostingFactory(department=unit).user)
    client.force_login(handover.given_by)

    assert "交接说明</strong>" not in client.get(page("work_year", 2026)).text
    assert client.post(page("handover_take", handover.pk)).status_code == 403
    client.force_login(PostingFactory(department__conference=unit.conference).user)
    assert client.post(page("handover_take", handover.pk)).status_code == 404


def test_the_second_who_takes_over_hears_that_it_was_done(client, unit):
    handover = HandoverFactory(department=unit, taken=True)
    client.force_login(PostingFactory(department=unit).user)

    assert "已经有人接收" in client.post(page("handover_take", handover.pk), follow=True).text


def test_who_works_at_several_places_chooses_one(client, city, unit):
    person = PostingFactory(department=unit).user
    PostingFactory(user=person, office_staff=True, conference=city)
    client.force_login(person)

    response = client.post(page("handovers"), {"place": "1", "note": "办公室的事"})
    refused = client.post(page("handovers"), {"place": "", "note": "哪里的事"})

    assert response.status_code == 302
    assert Handover.objects.values_list("department", "conference").get() == (None, city.pk)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["place"])


@pytest.mark.parametrize("note", ["", " \n", "联系13812345678", "长" * 50_000])
def test_a_note_that_is_refused_is_kept(client, unit, note):
    client.force_login(PostingFactory(department=unit).user)

    response = client.post(page("handovers"), {"note": note})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["note"])
    assert response.context["form"]["note"].value() == note
    assert Handover.objects.count() == 0


# --- Everything follows the posting ------------------------------------------------------------------------------


@pytest.fixture
def handed(unit):
    """(who left yesterday, who began today), by the administration's act."""
    old = PostingFactory(department=unit, user__name="老王", user__email="old@example.test")
    new = UserFactory(name="小李", email="new@example.test")
    hand_over(old, to=new, on=YESTERDAY, by=UserFactory())
    return old.user, new


def test_reminders_and_urges_go_to_who_came_and_not_to_who_left(owed, handed):
    _old, new = handed
    duty = owed(draft=True)

    send_reminders(timezone.make_aware(datetime(2026, 12, 8, 9, 40)))
    urge(duty, by=UserFactory())

    assert set(Notice.objects.values_list("recipient", flat=True)) == {new.pk}
    assert Notice.objects.count() == 2


def test_a_return_reaches_who_came_although_who_left_wrote_it(unit, handed):
    old, new = handed
    entry = entry_of(unit, submitted=True, submitted_by=old, updated_by=old)

    return_entry(entry, by=UserFactory(), reason="缺数据")

    assert list(Notice.objects.values_list("recipient", flat=True)) == [new.pk]


def test_who_came_sees_all_of_the_units_work_and_who_left_none(client, unit, owed, handed):
    old, new = handed
    entry, duty = entry_of(unit, draft=True, work_done="老王写的"), owed(draft=True)
    paths = [page("progress", entry.pk), page("duty", duty.pk), page("work_year", 2026), page("handovers")]

    statuses = {}
    for person in (old, new):
        client.force_login(person)
        statuses[person.name] = [client.get(path).status_code for path in paths]

    assert statuses == {"老王": [404] * 4, "小李": [200] * 4}


def test_who_came_writes_on_where_who_left_had_stopped(unit, handed):
    old, new = handed
    entry = entry_of(unit)
    save_entry(entry, by=old, lock_version=0, values={"work_done": "老王写的"})

    save_entry(entry, by=new, lock_version=1, values={"work_done": "老王写的，小李补的"})

    assert entry.state == EntryState.DRAFT
    history = Event.objects.of(entry).order_by("pk").values_list("actor", flat=True)
    assert list(history) == [old.pk, new.pk]
    assert set(Event.objects.visible_to(new).of(entry)) == set(Event.objects.of(entry))


def test_who_left_keeps_their_own_acts_in_the_trail_and_sees_no_others(client, unit, handed):
    old, new = handed
    entry = entry_of(unit)
    save_entry(entry, by=old, lock_version=0, values={"work_done": "老王写的"})
    save_entry(entry, by=new, lock_version=1, values={"work_done": "小李写的"})
    client.force_login(old)

    listed = client.get(page("events")).context["page"].object_list

    assert {event.actor for event in listed} == {old}


# --- Telling who comes --------------------------------------------------------------------------------------------


def test_who_follows_is_told_once_what_is_open(unit, owed, handed):
    _old, new = handed
    owed(draft=True)

    told = [announce_successors() for _run in range(3)]

    assert told == [1, 0, 0]
    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject, notice.body, notice.path) == (
        new,
        "您接手了市教委，有1项未办结",
        "· 实施方案（2026-12-15前）",
        "/work/",
    )
    event = Event.objects.get(action=Action.TAKE_OVER)
    assert (event.actor, event.object_type, event.department, event.detail) == (
        None,
        "departments.posting",
        unit,
        {"items": 1},
    )


def test_nobody_is_told_before_the_posting_begins(unit, owed, clock):
    owed(draft=True)
    old = PostingFactory(department=unit)
    hand_over(old, to=UserFactory(), on=TODAY, by=UserFactory())

    assert announce_successors() == 0
    clock("2026-12-09 00:00")
    assert announce_successors() == 1


def test_a_clock_that_stood_still_catches_up_and_not_for_ever(unit, owed, handed, clock):
    owed(draft=True, due_on=date(2027, 6, 1))
    clock("2027-01-07 09:00")
    assert announce_successors() == 1
    Posting.objects.filter(starts_on__isnull=False).update(starts_on=date(2026, 12, 1))
    assert announce_successors() == 0


def test_where_nothing_is_open_nobody_is_told(handed):
    assert announce_successors() == 0
    assert Notice.objects.count() == 0
    assert announce_successors() == 0


@pytest.mark.parametrize(
    ("earlier", "told"),
    [
        (None, 0),
        ({"ends_on": YESTERDAY}, 1),
        ({"ends_on": YESTERDAY, "deputy": True}, 1),
        ({"ends_on": YESTERDAY, "head": True}, 0),
        ({"ends_on": TODAY + timedelta(days=9)}, 0),
        ({}, 0),
    ],
    ids=["the first ever", "a liaison left", "a deputy left", "a head left", "still there", "a second liaison"],
)
def test_only_who_follows_somebody_is_told(unit, owed, earlier, told):
    owed(draft=True)
    if earlier is not None:
        PostingFactory(department=unit, **earlier)
    PostingFactory(department=unit, starts_on=TODAY)

    assert announce_successors() == told


def test_looking_costs_the_same_where_everybody_begins_on_one_day(django_assert_num_queries):
    for _number in range(12):
        PostingFactory(starts_on=TODAY)

    with django_assert_num_queries(1):
        assert announce_successors() == 0


def test_a_deputy_who_becomes_the_liaison_is_not_told_what_they_know(unit, owed):
    owed(draft=True)
    person = PostingFactory(department=unit, deputy=True, ends_on=YESTERDAY).user
    PostingFactory(department=unit, ends_on=YESTERDAY)
    PostingFactory(department=unit, user=person, starts_on=TODAY)

    assert announce_successors() == 0


def test_who_follows_in_an_office_is_told_what_it_reviews(city, unit):
    entry_of(unit, submitted=True)
    old = PostingFactory(office_head=True, conference=city)
    hand_over(old, to=UserFactory(), on=YESTERDAY, by=UserFactory())

    assert announce_successors() == 1
    assert Notice.objects.get().subject == f"您接手了{city.office_name}，有1项未办结"


@pytest.mark.django_db(transaction=True)
def test_clocks_that_run_at_once_tell_once(at_once):
    duty = DutyFactory(department=DepartmentFactory(), year=2026, draft=True)
    old = PostingFactory(department=duty.department, conference=duty.department.conference)
    hand_over(old, to=UserFactory(), on=YESTERDAY, by=UserFactory())

    results = at_once(*[partial(announce_successors, TODAY)] * 5)

    assert sum(results) == 1
    assert Notice.objects.count() == 1
