"""会议: planned, attended, minuted and filed, which meets the duty to hold one; or cancelled.

Minutes, attendance and particulars are guarded each by itself, so that one who writes the minutes is not stopped by
another who registers who is there: the first two by versions, the last by what the form had shown. Every act records
one event; typing minutes is none until they are filed, and registering is one for each person who does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, Department, Event, User
from departments.models.events import Action
from departments.services import record
from measures.enums import ObligationKind
from reporting.enums import AttendanceKind, MeetingKind, MeetingState
from reporting.models import Attendance, Duty, Meeting
from reporting.services.clicks import a_moment_ago
from reporting.services.closing import write_in_year
from reporting.services.entries import fulfil_duty
from reporting.services.notices import Answering, notify
from reporting.services.own_duties import still_to_meet
from reporting.services.refusals import NotReady, Overtaken, WrongState


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a meeting is, when and where."""

    kind: str
    title: str
    held_on: date
    place: str
    chair: str
    agenda: str

    @classmethod
    def of(cls, meeting: Meeting) -> Particulars:
        return cls(meeting.kind, meeting.title, meeting.held_on, meeting.place, meeting.chair, meeting.agenda)

    @property
    def seal(self) -> str:
        """The particulars in short: a form carries those that it was opened with."""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class AttendanceInput:
    """How one unit was represented, as a form gives it."""

    pk: int
    kind: str
    note: str


@transaction.atomic
def plan_meeting(conference: Conference, year: int, *, particulars: Particulars, by: User) -> Meeting:
    """Plan a meeting, or note one that was held: a row of attendance for each member of that day.

    The members are told once, unless the day is over; a second click gets the meeting of the first. Raises ValueError
    for a day outside the year, and YearIsOver.
    """
    _refuse_day_outside(particulars, year)
    write_in_year(conference.pk, year)
    clicked = Meeting.objects.filter(
        conference=conference, year=year, updated_by=by, created_at__gte=a_moment_ago(), **asdict(particulars)
    )
    if planned := clicked.first():
        return planned
    meeting = Meeting.objects.create(
        conference=conference, year=year, updated_at=timezone.now(), updated_by=by, **asdict(particulars)
    )
    _seat_members(meeting)
    record(meeting, Action.MEETING, by=by, conference=conference, after=MeetingState.PLANNED)
    if meeting.held_on >= timezone.localdate():
        _tell_members(meeting, subject=f"会议安排：{meeting.title}", body=_when_and_where(meeting))
    return meeting


def _refuse_day_outside(particulars: Particulars, year: int) -> None:
    if particulars.held_on.year != year:
        raise ValueError("the day of the meeting is not in its year")


@transaction.atomic
def change_particulars(meeting: Meeting, *, particulars: Particulars, seen: str, by: User) -> None:
    """Change what the meeting is, when and where; ``seen`` is the seal of what the form was opened with.

    Another day has other members: units without a seat on it lose their row unless something was written there. The
    members are told of another day or place. Raises Overtaken, WrongState unless it is planned, ValueError for a day
    outside the year, and YearIsOver.
    """
    _refuse_day_outside(particulars, meeting.year)
    held = _held(meeting)
    before = Particulars.of(held)
    if before.seal != seen:
        raise Overtaken(held)
    if before == particulars:
        return
    Meeting.objects.filter(pk=held.pk).update(**asdict(particulars), updated_at=timezone.now(), updated_by=by)
    meeting.refresh_from_db()
    if before.held_on != particulars.held_on:
        _seat_members(meeting)
        # A form that shows the members of the other day is out of date.
        Meeting.objects.filter(pk=held.pk).update(attendance_version=F("attendance_version") + 1)
    changed = [name for name, value in asdict(particulars).items() if getattr(before, name) != value]
    record(
        meeting,
        Action.MEETING,
        by=by,
        conference=meeting.conference_id,
        before=MeetingState.PLANNED,
        after=MeetingState.PLANNED,
        reason="修改会议安排",
        detail={"changed": changed},
    )
    if {"held_on", "place"} & set(changed) and particulars.held_on >= timezone.localdate():
        _tell_members(meeting, subject=f"会议安排有变：{meeting.title}", body=_when_and_where(meeting), is_urgent=True)


def _held(meeting: Meeting) -> Meeting:
    """The meeting as it is, which nobody else writes until this transaction ends. Raises WrongState, YearIsOver."""
    write_in_year(meeting.conference_id, meeting.year)
    row = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("updated_by").get(pk=meeting.pk)
    refuse_unless_planned(row)
    return row


def refuse_unless_planned(meeting: Meeting) -> None:
    if meeting.state == MeetingState.FILED:
        raise WrongState(_("纪要已经归档，不能再修改。"))
    if meeting.state == MeetingState.CANCELLED:
        raise WrongState(_("会议已经取消，不能再修改。"))


def _seat_members(meeting: Meeting) -> None:
    """A row for each unit that sits in the conference on the day of the meeting."""
    members = set(
        Department.objects.filter(conference=meeting.conference_id)
        .members_on(meeting.held_on)
        .values_list("pk", flat=True)
    )
    rows = Attendance.objects.filter(meeting=meeting)
    rows.filter(kind=AttendanceKind.UNKNOWN, note="").exclude(department__in=members).delete()
    seated = set(rows.values_list("department", flat=True))
    Attendance.objects.bulk_create(
        Attendance(conference_id=meeting.conference_id, meeting=meeting, department_id=unit)
        for unit in members - seated
    )


@transaction.atomic
def register_attendance(meeting: Meeting, *, rows: Sequence[AttendanceInput], lock_version: int, by: User) -> int:
    """Write what is chosen for the units, and return the new version.

    Raises Overtaken if somebody has registered since ``lock_version``, WrongState unless the meeting is planned, and
    YearIsOver. Who registers is in the trail once; what came of it is in the event of the filing.
    """
    held = _held(meeting)
    if held.attendance_version != lock_version:
        raise Overtaken(held)
    stored = {row.pk: row for row in Attendance.objects.filter(meeting=held)}
    changed = []
    for typed in rows:
        row = stored.get(typed.pk)
        if row is not None and (row.kind, row.note) != (typed.kind, typed.note):
            row.kind, row.note = typed.kind, typed.note
            changed.append(row)
    if not changed:
        return lock_version
    Attendance.objects.bulk_update(changed, ["kind", "note"])
    Meeting.objects.filter(pk=held.pk).update(attendance_version=F("attendance_version") + 1)
    if not Event.objects.of(held).filter(actor=by, action=Action.ATTENDANCE).exists():
        record(
            held,
            Action.ATTENDANCE,
            by=by,
            conference=held.conference_id,
            before=MeetingState.PLANNED,
            after=MeetingState.PLANNED,
        )
    return lock_version + 1


@transaction.atomic
def write_minutes(meeting: Meeting, *, minutes: str, lock_version: int, by: User) -> int:
    """Keep what is typed, and return the new version.

    Raises Overtaken if somebody has written since ``lock_version``, WrongState unless it is planned, YearIsOver.
    """
    write_in_year(meeting.conference_id, meeting.year)
    claimed = Meeting.objects.filter(pk=meeting.pk, state=MeetingState.PLANNED, lock_version=lock_version).update(
        minutes=minutes, lock_version=F("lock_version") + 1, updated_at=timezone.now(), updated_by=by
    )
    if not claimed:
        current = Meeting.objects.select_related("updated_by").get(pk=meeting.pk)
        refuse_unless_planned(current)
        raise Overtaken(current)
    return lock_version + 1


@transaction.atomic
def file_minutes(meeting: Meeting, *, lock_version: int, by: User) -> list[Duty]:
    """File the minutes as they were seen in ``lock_version``, and return the duties that they meet.

    They are for reading from now on, and the members are told. Raises NotReady while the day has not come, the
    minutes are empty or a unit's attendance is not registered; Overtaken, WrongState and YearIsOver.
    """
    held = _held(meeting)
    if held.lock_version != lock_version:
        raise Overtaken(held)
    if held.held_on > timezone.localdate():
        raise NotReady(_("会议还没有召开，不能归档纪要。"))
    if not held.minutes.strip():
        raise NotReady(_("纪要还没有写，不能归档。"))
    if missing := Attendance.objects.filter(meeting=held, kind=AttendanceKind.UNKNOWN).count():
        raise NotReady(_("还有%(count)d个单位没有登记出席情况，不能归档。") % {"count": missing})
    now = timezone.now()
    Meeting.objects.filter(pk=held.pk).update(
        state=MeetingState.FILED, filed_at=now, filed_by=by, lock_version=F("lock_version") + 1
    )
    met = [duty for duty in duties_that_it_meets(held) if fulfil_duty(duty, by=by, reason=_fact(held))]
    if met:
        Meeting.objects.filter(pk=held.pk).update(duty=met[0])
    record(
        held,
        Action.MINUTES,
        by=by,
        conference=held.conference_id,
        before=MeetingState.PLANNED,
        after=MeetingState.FILED,
        detail={"minutes": held.minutes, "attendance": _attendance_of(held)},
    )
    _tell_members(held, subject=f"会议纪要已归档：{held.title}", body="请查阅。")
    return met


def _fact(meeting: Meeting) -> str:
    return f"{meeting.held_on.isoformat()}召开{meeting.get_kind_display()}《{meeting.title}》，纪要已归档。"


def _attendance_of(meeting: Meeting) -> dict[str, list[str]]:
    rows = Attendance.objects.filter(meeting=meeting).select_related("department")
    return {row.department.name: [row.kind, row.note] for row in rows}


def duties_that_it_meets(meeting: Meeting) -> list[Duty]:
    """The conference's duties to hold a meeting that this one meets, together with those that were filed before.

    Where the plan asks for a 专题会议, only one of that kind counts; where it asks for a number, the last of them
    meets the duty. A duty of half a year or a quarter is met by a meeting within it.
    """
    found = []
    for duty in still_to_meet(meeting.conference_id, meeting.year, ObligationKind.MEETING):
        first, last = days_of_period(duty.period)
        if not first <= meeting.held_on <= last:
            continue
        kinds = [MeetingKind.SPECIAL]
        if "专题" not in f"{duty.title}{duty.obligation.text}":
            kinds.append(MeetingKind.PLENARY)
        if meeting.kind not in kinds:
            continue
        filed = Meeting.objects.filter(
            conference=meeting.conference_id,
            state=MeetingState.FILED,
            kind__in=kinds,
            held_on__range=(first, last),
        ).exclude(pk=meeting.pk)
        if filed.count() + 1 >= (duty.obligation.times or 1):
            found.append(duty)
    return found


def days_of_period(period: str) -> tuple[date, date]:
    """First and last day of a duty's period: ``2026``, ``2026-H1``, ``2026-Q3`` or ``2026-07``."""
    year, _dash, part = period.partition("-")
    months = {"H": 6, "Q": 3}.get(part[:1], 1) if part else 12
    number = int(part.lstrip("HQ") or 1) if part else 1
    first = date(int(year), (number - 1) * months + 1, 1)
    end = number * months
    after = date(int(year) + 1, 1, 1) if end == 12 else date(int(year), end + 1, 1)
    return first, after - timedelta(days=1)


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, by: User) -> None:
    """Cancel a planned meeting; the members are told why unless its day is over.

    Raises ValueError without a reason, WrongState unless it is planned, and YearIsOver.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("cancelling needs its reason")
    held = _held(meeting)
    Meeting.objects.filter(pk=held.pk).update(state=MeetingState.CANCELLED, lock_version=F("lock_version") + 1)
    record(
        held,
        Action.CANCEL_MEETING,
        by=by,
        conference=held.conference_id,
        before=MeetingState.PLANNED,
        after=MeetingState.CANCELLED,
        reason=reason,
    )
    if held.held_on >= timezone.localdate():
        body = f"{_when_and_where(held)}\n取消原因：{reason}"
        _tell_members(held, subject=f"会议取消：{held.title}", body=body, is_urgent=True)


def _when_and_where(meeting: Meeting) -> str:
    lines = [f"时间：{meeting.held_on.isoformat()}", f"地点：{meeting.place}" if meeting.place else ""]
    return "\n".join(line for line in lines if line)


def _tell_members(meeting: Meeting, *, subject: str, body: str, is_urgent: bool = False) -> None:
    """Whoever answers today for the units that have a row in the meeting."""
    units = Attendance.objects.filter(meeting=meeting).values_list("department", flat=True)
    answering = Answering.on(timezone.localdate(), departments=units, conferences=[])
    people = {person.pk: person for unit in answering.of_departments.values() for person in unit}
    notify(
        people.values(),
        conference_id=meeting.conference_id,
        subject=subject,
        body=body,
        path=f"/meetings/{meeting.pk}/",
        is_urgent=is_urgent,
    )
