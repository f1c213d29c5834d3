"""Meetings: planned, attended, minuted, filed; and which duty that meets."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from departments.models import Event, Membership
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import AttendanceKind, EntryState, MeetingKind, MeetingState, YearState
from reporting.models import Attendance, Meeting, Notice, Year
from reporting.services.meetings import (
    AttendanceInput,
    Particulars,
    cancel_meeting,
    change_particulars,
    days_of_period,
    file_minutes,
    plan_meeting,
    register_attendance,
    write_minutes,
)
from reporting.services.refusals import NotReady, Overtaken, WrongState, YearIsOver
from tests.factories import DepartmentFactory, MembershipFactory, PostingFactory
from tests.papers_rows import AttendanceFactory, MeetingFactory, Office, particulars

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day_in_june(clock):
    clock("2026-06-18 10:00")


@pytest.fixture
def office():
    return Office(2026)


def attending(meeting, kind=AttendanceKind.PRESENT, note=""):
    return [AttendanceInput(pk=row.pk, kind=kind, note=note) for row in meeting.attendances.order_by("pk")]


def ready_to_file(office, conference=None, **fields):
    """A meeting of today with its minutes and attendance."""
    meeting = MeetingFactory(conference=conference or office.city, minutes="一、议定事项。", **fields)
    AttendanceFactory(meeting=meeting, department=office.units[0], kind=AttendanceKind.PRESENT)
    return meeting


# --- Planning -----------------------------------------------------------------------------------------------------


def test_planned_meeting_has_a_row_for_each_member_of_that_day(office):
    later = DepartmentFactory(conference=office.city)
    MembershipFactory(department=later, starts_on=date(2026, 7, 1))

    meeting = plan_meeting(office.city, 2026, particulars=particulars(held_on=date(2026, 6, 30)), by=office.staff)

    assert {row.department for row in meeting.attendances.all()} == set(office.units)
    assert set(meeting.attendances.values_list("kind", flat=True)) == {AttendanceKind.UNKNOWN}


def test_members_are_told_once_when_and_where(office):
    plan_meeting(office.city, 2026, particulars=particulars(title="专题会议", place="三楼"), by=office.staff)

    told = Notice.objects.order_by("recipient")
    assert [notice.recipient for notice in told] == office.liaisons
    assert {(notice.subject, notice.body) for notice in told} == {
        ("会议安排：专题会议", "时间：2026-06-18\n地点：三楼")
    }


def test_meeting_that_was_held_already_invites_nobody(office):
    plan_meeting(office.city, 2026, particulars=particulars(held_on=date(2026, 6, 17)), by=office.staff)

    assert not Notice.objects.exists()


def test_meeting_of_another_year_is_refused(office):
    with pytest.raises(ValueError, match="not in its year"):
        plan_meeting(office.city, 2026, particulars=particulars(held_on=date(2027, 1, 4)), by=office.staff)


def test_planning_is_one_event(office):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)

    event = Event.objects.get()
    assert (event.action, event.actor, event.object_id) == (Action.MEETING, office.staff, meeting.pk)


def test_another_day_brings_other_members_and_keeps_what_was_registered(office):
    gone, noted = office.units
    meeting = plan_meeting(office.city, 2026, particulars=particulars(held_on=date(2026, 6, 20)), by=office.staff)
    Attendance.objects.filter(meeting=meeting, department=noted).update(note="王主任")
    Membership.objects.filter(department__in=office.units).update(ends_on=date(2026, 6, 25))
    new = DepartmentFactory(conference=office.city, member=True)

    change_particulars(
        meeting,
        particulars=particulars(held_on=date(2026, 6, 30)),
        seen=Particulars.of(meeting).seal,
        by=office.staff,
    )

    assert {row.department for row in meeting.attendances.all()} == {noted, new}
    assert gone not in {row.department for row in meeting.attendances.all()}


@pytest.mark.parametrize(("changed", "told"), [({"place": "五楼"}, 2), ({"chair": "副召集人"}, 0)])
def test_members_are_told_of_another_place_and_of_nothing_less(office, changed, told):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)
    Notice.objects.all().delete()

    change_particulars(meeting, particulars=particulars(**changed), seen=Particulars.of(meeting).seal, by=office.staff)

    assert Notice.objects.filter(subject__startswith="会议安排有变").count() == told


def test_particulars_that_were_changed_meanwhile_are_not_overwritten(office, refused):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)
    seen = Particulars.of(meeting).seal
    change_particulars(meeting, particulars=particulars(place="五楼"), seen=seen, by=office.head)

    with refused(Overtaken) as overtaken:
        change_particulars(meeting, particulars=particulars(place="七楼"), seen=seen, by=office.staff)

    assert overtaken.value.current.place == "五楼"
    assert Meeting.objects.get().place == "五楼"


def test_changing_nothing_is_no_event(office):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)

    change_particulars(meeting, particulars=particulars(), seen=Particulars.of(meeting).seal, by=office.staff)

    assert Event.objects.count() == 1


# --- Attendance and minutes ---------------------------------------------------------------------------------------


def test_attendance_is_registered_for_all_at_once(office):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)

    version = register_attendance(
        meeting, rows=attending(meeting, AttendanceKind.SUBSTITUTE, "李科长"), lock_version=0, by=office.staff
    )

    assert version == 1
    assert set(meeting.attendances.values_list("kind", "note")) == {(AttendanceKind.SUBSTITUTE, "李科长")}


def test_who_registers_is_in_the_trail_once(office):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)
    for number, person in enumerate((office.staff, office.staff, office.head)):
        register_attendance(meeting, rows=attending(meeting, note=str(number)), lock_version=number, by=person)

    registered = Event.objects.filter(action=Action.ATTENDANCE)
    assert {event.actor for event in registered} == {office.staff, office.head}
    assert registered.count() == 2


def test_attendance_of_an_older_form_is_refused(office, refused):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)
    register_attendance(meeting, rows=attending(meeting), lock_version=0, by=office.head)

    with refused(Overtaken):
        register_attendance(meeting, rows=attending(meeting, AttendanceKind.ABSENT), lock_version=0, by=office.staff)

    assert set(meeting.attendances.values_list("kind", flat=True)) == {AttendanceKind.PRESENT}


def test_one_writes_the_minutes_while_another_registers(office):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)

    write_minutes(meeting, minutes="一、研判形势。", lock_version=0, by=office.staff)
    register_attendance(meeting, rows=attending(meeting), lock_version=0, by=office.head)
    write_minutes(meeting, minutes="一、研判形势。二、下步措施。", lock_version=1, by=office.staff)

    assert Meeting.objects.get().minutes == "一、研判形势。二、下步措施。"


def test_minutes_of_an_older_form_are_refused(office, refused):
    meeting = MeetingFactory(conference=office.city)
    write_minutes(meeting, minutes="甲", lock_version=0, by=office.head)

    with refused(Overtaken) as overtaken:
        write_minutes(meeting, minutes="乙", lock_version=0, by=office.staff)

    assert (overtaken.value.current.minutes, overtaken.value.current.updated_by) == ("甲", office.head)


def test_typing_minutes_is_no_event(office):
    meeting = MeetingFactory(conference=office.city)

    write_minutes(meeting, minutes="甲", lock_version=0, by=office.staff)

    assert not Event.objects.exists()


# --- Filing -------------------------------------------------------------------------------------------------------


def test_filed_minutes_are_for_reading_and_members_are_told(office, refused):
    meeting = ready_to_file(office)

    file_minutes(meeting, lock_version=0, by=office.staff)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.filed_by) == (MeetingState.FILED, office.staff)
    assert [notice.recipient for notice in Notice.objects.all()] == [office.liaisons[0]]
    for act in (
        lambda: write_minutes(meeting, minutes="改", lock_version=1, by=office.staff),
        lambda: register_attendance(meeting, rows=[], lock_version=0, by=office.staff),
        lambda: cancel_meeting(meeting, reason="不开了", by=office.staff),
    ):
        with refused(WrongState):
            act()


def test_event_of_the_filing_keeps_minutes_and_attendance(office):
    meeting = ready_to_file(office)

    file_minutes(meeting, lock_version=0, by=office.staff)

    event = Event.objects.get(action=Action.MINUTES)
    assert event.detail == {"minutes": "一、议定事项。", "attendance": {office.units[0].name: ["present", ""]}}
    assert event.department is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"held_on": date(2026, 6, 19)}, "还没有召开"),
        ({"minutes": " \n"}, "还没有写"),
    ],
)
def test_what_is_not_complete_is_not_filed(office, refused, fields, words):
    meeting = ready_to_file(office)
    Meeting.objects.filter(pk=meeting.pk).update(**fields)

    with refused(NotReady) as missing:
        file_minutes(meeting, lock_version=0, by=office.staff)

    assert words in str(missing.value)


def test_a_unit_without_attendance_holds_up_the_filing(office, refused):
    meeting = ready_to_file(office)
    AttendanceFactory(meeting=meeting, department=office.units[1])

    with refused(NotReady) as missing:
        file_minutes(meeting, lock_version=0, by=office.staff)

    assert "1个单位" in str(missing.value)


def test_second_filing_is_refused(office, refused):
    meeting = ready_to_file(office)
    file_minutes(meeting, lock_version=0, by=office.staff)

    with refused(WrongState):
        file_minutes(meeting, lock_version=0, by=office.staff)

    assert Event.objects.filter(action=Action.MINUTES).count() == 1


def test_minutes_that_were_not_seen_are_not_filed(office, refused):
    meeting = ready_to_file(office)
    write_minutes(meeting, minutes="改过", lock_version=0, by=office.head)

    with refused(Overtaken):
        file_minutes(meeting, lock_version=0, by=office.staff)


# --- The duty -----------------------------------------------------------------------------------------------------


def special_duty(office, **fields):
    return office.duty(ObligationKind.MEETING, of=office.district, text="每年至少召开1次专题会议", **fields)


def test_filed_minutes_of_a_district_meet_its_duty_to_the_city(office):
    duty = special_duty(office)
    meeting = ready_to_file(office, office.district, title="上半年专题会议")

    met = file_minutes(meeting, lock_version=0, by=office.district_staff)

    duty.refresh_from_db()
    meeting.refresh_from_db()
    assert met == [duty]
    assert (duty.state, duty.submitted_by, meeting.duty) == (EntryState.ACCEPTED, office.district_staff, duty)
    assert timezone.localtime(duty.first_submitted_at).date() == date(2026, 6, 18)
    event = Event.objects.of(duty).get()
    assert (event.action, event.reason) == (
        Action.FULFIL,
        "2026-06-18召开专题会议《上半年专题会议》，纪要已归档。",
    )


@pytest.mark.parametrize(
    ("kind", "text", "is_met"),
    [
        (MeetingKind.SPECIAL, "每年至少召开1次专题会议", True),
        (MeetingKind.PLENARY, "每年至少召开1次专题会议", False),
        (MeetingKind.PLENARY, "每年至少召开1次联席会议", True),
        (MeetingKind.LIAISONS, "每年至少召开1次联席会议", False),
    ],
)
def test_which_kind_of_meeting_meets_which_words(office, kind, text, is_met):
    duty = office.duty(ObligationKind.MEETING, of=office.district, text=text)
    meeting = ready_to_file(office, office.district, kind=kind)

    file_minutes(meeting, lock_version=0, by=office.district_staff)

    duty.refresh_from_db()
    assert (duty.state == EntryState.ACCEPTED) is is_met


def test_of_two_meetings_asked_for_the_second_meets_the_duty(office):
    duty = special_duty(office, times=2)
    states = []
    for _meeting in range(2):
        file_minutes(ready_to_file(office, office.district), lock_version=0, by=office.district_staff)
        duty.refresh_from_db()
        states.append(duty.state)

    assert states == [EntryState.OPEN, EntryState.ACCEPTED]


def test_a_duty_of_half_a_year_is_met_within_it(office):
    first, second = (special_duty(office, period=f"2026-H{half}") for half in (1, 2))

    met = file_minutes(ready_to_file(office, office.district), lock_version=0, by=office.district_staff)

    assert met == [first]
    second.refresh_from_db()
    assert second.state == EntryState.OPEN


def test_a_duty_that_was_met_stays_as_it_is(office):
    duty = special_duty(office, accepted=True)

    assert file_minutes(ready_to_file(office, office.district), lock_version=0, by=office.district_staff) == []
    assert not Event.objects.of(duty).exists()


def test_other_conferences_duties_are_not_met(office):
    duty = special_duty(office)

    file_minutes(ready_to_file(office), lock_version=0, by=office.staff)

    duty.refresh_from_db()
    assert duty.state == EntryState.OPEN


def test_a_duty_of_a_closed_year_stays_and_the_minutes_are_filed(office):
    duty = special_duty(office)
    Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
    meeting = ready_to_file(office, office.district)

    assert file_minutes(meeting, lock_version=0, by=office.district_staff) == []

    duty.refresh_from_db()
    meeting.refresh_from_db()
    assert (duty.state, meeting.state) == (EntryState.OPEN, MeetingState.FILED)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_days_of_a_period(period, first, last):
    assert days_of_period(period) == (first, last)


# --- Cancelling, and the end of the year --------------------------------------------------------------------------


def test_cancelled_meeting_says_why_to_the_members(office):
    meeting = plan_meeting(office.city, 2026, particulars=particulars(title="专题会议"), by=office.staff)
    Notice.objects.all().delete()

    cancel_meeting(meeting, reason="改为书面征求意见", by=office.staff)

    assert Meeting.objects.get().state == MeetingState.CANCELLED
    assert {(n.subject, n.body.splitlines()[-1]) for n in Notice.objects.all()} == {
        ("会议取消：专题会议", "取消原因：改为书面征求意见")
    }
    assert Event.objects.get(action=Action.CANCEL_MEETING).reason == "改为书面征求意见"


def test_cancelling_needs_its_reason(office):
    with pytest.raises(ValueError, match="reason"):
        cancel_meeting(MeetingFactory(conference=office.city), reason=" ", by=office.staff)


def test_nothing_is_written_in_a_closed_year(office, refused):
    meeting = ready_to_file(office)
    Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)

    for act in (
        lambda: plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff),
        lambda: change_particulars(
            meeting, particulars=particulars(), seen=Particulars.of(meeting).seal, by=office.staff
        ),
        lambda: register_attendance(meeting, rows=[], lock_version=0, by=office.staff),
        lambda: write_minutes(meeting, minutes="改", lock_version=0, by=office.staff),
        lambda: file_minutes(meeting, lock_version=0, by=office.staff),
        lambda: cancel_meeting(meeting, reason="不开了", by=office.staff),
    ):
        with refused(YearIsOver):
            act()
    assert not Event.objects.exists()


def test_a_unit_without_people_is_told_nothing_and_breaks_nothing(office):
    DepartmentFactory(conference=office.city, member=True)
    PostingFactory(department=office.units[0], ends_on=timezone.localdate() - timedelta(days=1))

    plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff)

    assert {notice.recipient for notice in Notice.objects.all()} == set(office.liaisons)


def test_a_second_click_gets_the_meeting_of_the_first(office):
    first, second = (plan_meeting(office.city, 2026, particulars=particulars(), by=office.staff) for _click in range(2))

    assert (first, Meeting.objects.count()) == (second, 1)
    assert Event.objects.filter(action=Action.MEETING).count() == 1
