"""交接: the note of who leaves, with what was open at that moment; and telling who comes what is open, once.

The work itself needs no handing over: it belongs to the unit, and whoever holds its posting sees it and is reminded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.enums import Role
from departments.models import Conference, Department, Event, Posting, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState, YearState
from reporting.models import Duty, Extension, Handover, InputRequest, Progress, Year
from reporting.services.notices import notify
from reporting.services.refusals import WrongState

_OF_OFFICES = (Role.OFFICE_STAFF, Role.OFFICE_HEAD)
# Who takes work over from somebody else; a head signs what others hand over among themselves.
_OF_UNITS = (Role.LIAISON, Role.DEPUTY)
# How long after a posting began its holder is still told what is open: a clock that stood still catches up.
_STILL_NEW = timedelta(days=30)
# A notice names so many things one by one.
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A unit, or (``department`` None) the office of a conference."""

    conference: Conference
    department: Department | None

    def __str__(self) -> str:
        return str(self.department or self.conference.office_name)


# --- What is open -------------------------------------------------------------------------------------------------


def open_work_of(place: Place) -> list[dict[str, Any]]:
    """What is open at a place in years that are open, as rows for people to read: five queries at most.

    Each row has ``kind`` (duty, returned, request, asked, extension, review), ``title``, ``due_on`` (a date as text, or
    empty), ``state`` (a code of EntryState, or empty) and ``path``, the page where it is dealt with.
    """
    rows = _of_unit(place.department) if place.department is not None else _of_office(place.conference)
    return list(rows)


def _of_unit(unit: Department) -> Iterator[dict[str, Any]]:
    owed = Duty.objects.outstanding().filter(_open(), department=unit).defer("statement")
    yield from (_duty_row(duty) for duty in owed.order_by("due_on", "pk"))
    returned = Progress.objects.filter(_open(), department=unit, state=EntryState.RETURNED)
    for entry in returned.select_related("clause").order_by("year", "clause__position", "pk"):
        title = f"{entry.clause.spoken_path} {entry.clause.heading}".strip()
        yield _row("returned", title, state=entry.state, path=f"/progress/{entry.pk}/")
    requests = InputRequest.objects.open().select_related(
        "asked__clause", "asked__department", "progress__clause", "progress__department"
    )
    for request in requests.filter(_open("progress__year"), asked__department=unit).order_by("due_on", "pk"):
        title = f"{request.progress.department}：{request.asked.clause.spoken_path}"
        yield _row("request", title, due_on=request.due_on, path=f"/progress/{request.asked_id}/")
    for request in requests.filter(_open("progress__year"), progress__department=unit).order_by("due_on", "pk"):
        title = f"{request.asked.department}：{request.progress.clause.spoken_path}"
        yield _row("asked", title, due_on=request.due_on, path=f"/progress/{request.progress_id}/")
    for extension in _pending().filter(duty__department=unit):
        yield _row(
            "extension", extension.duty.title, due_on=extension.due_on, path=f"/duty/{extension.duty_id}/extend/"
        )


def _of_office(conference: Conference) -> Iterator[dict[str, Any]]:
    owed = Duty.objects.outstanding().filter(_open(), obliged_conference=conference).defer("statement")
    yield from (_duty_row(duty) for duty in owed.order_by("due_on", "pk"))
    for extension in _pending().filter(conference=conference):
        title = f"{extension.duty.owner} {extension.duty.title}"
        yield _row("extension", title, due_on=extension.due_on, path=f"/extensions/{extension.pk}/decide/")
    waiting = Duty.objects.awaiting_review().filter(_open(), conference=conference).defer("statement")
    for duty in waiting.select_related("department", "obliged_conference").order_by("submitted_at", "pk"):
        title = f"{duty.owner} {duty.title}"
        yield _row("review", title, due_on=duty.due_on, state=duty.state, path=f"/review/duty/{duty.pk}/")
    years = Progress.objects.awaiting_review().filter(_open(), conference=conference).order_by("year")
    for year, number in _counted(years.values_list("year", flat=True)).items():
        yield _row(
            "review", f"{year}年度措施进展{number}条", path=f"/board/{conference.code}/{year}/rows/?state=submitted"
        )


def _counted(values: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found


def _pending() -> Any:
    """Requests for more time that somebody has to decide on: what was handed in meanwhile rests."""
    return (
        Extension.objects.pending()
        .filter(_open("duty__year"), duty__state__in=EntryState.outstanding())
        .select_related("duty__department", "duty__obliged_conference")
        .order_by("due_on", "pk")
    )


def _open(year: str = "year") -> Q:
    """The condition that the row's year, of the conference that the row is owed to, is not closed."""
    closed = Year.objects.filter(conference=OuterRef("conference"), year=OuterRef(year), state=YearState.CLOSED)
    return Q(~Exists(closed))


def _duty_row(duty: Duty) -> dict[str, Any]:
    return _row("duty", duty.title, due_on=duty.due_on, state=duty.state, path=f"/duty/{duty.pk}/")


def _row(kind: str, title: str, *, due_on: date | None = None, state: str = "", path: str) -> dict[str, Any]:
    return {"kind": kind, "title": title, "due_on": due_on.isoformat() if due_on else "", "state": state, "path": path}


# --- The note -----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_handover(place: Place, *, by: User, note: str) -> Handover:
    """Leave a note for who comes, with what is open now. A second click finds the note of the first one.

    The event names no word of the note: it is for the unit, and events are read by the office as well.
    """
    # Whoever writes at the same place waits here, so that two clicks write once.
    if place.department is not None:
        Department.objects.select_for_update(no_key=True).get(pk=place.department.pk)
    else:
        Conference.objects.select_for_update(no_key=True).get(pk=place.conference.pk)
    mine = Handover.objects.open().filter(conference=place.conference, department=place.department, given_by=by)
    if written := mine.filter(note=note).first():
        return written
    work = open_work_of(place)
    handover = Handover.objects.create(
        conference=place.conference, department=place.department, note=note, open_work=work, given_by=by
    )
    _record(handover, Action.HAND_OVER, by=by, items=len(work))
    return handover


@transaction.atomic
def take_over(handover: Handover, *, by: User) -> None:
    """Say that the note was read and the work is taken over. Raises WrongState when somebody has said so already."""
    now = timezone.now()
    if not Handover.objects.open().filter(pk=handover.pk).update(taken_at=now, taken_by=by):
        raise WrongState(_("这份交接说明已经有人接收。"))
    handover.taken_at, handover.taken_by = now, by
    _record(handover, Action.TAKE_OVER, by=by, items=len(handover.open_work))


def _record(handover: Handover, action: str, *, by: User, items: int) -> None:
    record(
        handover,
        action,
        by=by,
        conference=handover.conference_id,
        department=handover.department_id,
        detail={"items": items},
    )


# --- Who comes ----------------------------------------------------------------------------------------------------


def announce_successors(today: date | None = None) -> int:
    """Tell everybody who has just followed somebody else what is open there: once for each posting, by the clock.

    A posting counts when it has begun, within the last days, at a place that somebody else left, and its holder had
    no posting there before. The event of the posting is the claim. Returns how many were told.
    """
    today = today or timezone.localdate()
    told = Event.objects.filter(
        object_type=Posting._meta.label_lower, object_id=OuterRef("pk"), action=Action.TAKE_OVER
    )
    begun = (
        Posting.objects.in_force_on(today)
        .filter(
            ~Exists(told),
            starts_on__range=(today - _STILL_NEW, today),
            user__is_active=True,
        )
        # Asked here of all at once, and again of each: where everybody begins on one day nobody follows anybody.
        .filter(
            _somebody_left(_OF_UNITS, department=OuterRef("department")) | _somebody_left(_OF_OFFICES, department=None)
        )
        .order_by("pk")
    )
    return sum(_announce(pk) for pk in begun.values_list("pk", flat=True))


@transaction.atomic
def _announce(pk: int) -> bool:
    """Two runs at once wait here for each other; the second finds the event."""
    posting = (
        Posting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "department", "conference")
        .get(pk=pk)
    )
    if not _follows_somebody(posting) or Event.objects.of(posting).filter(action=Action.TAKE_OVER).exists():
        return False
    place = Place(posting.conference, posting.department)
    work = open_work_of(place)
    record(
        posting,
        Action.TAKE_OVER,
        by=None,
        conference=posting.conference_id,
        department=posting.department_id,
        detail={"items": len(work)},
    )
    if not work:
        return False
    names = [f"· {row['title']}{'（' + row['due_on'] + '前）' if row['due_on'] else ''}" for row in work[:_MOST_NAMED]]
    more = [f"……另有{len(work) - _MOST_NAMED}项。"] if len(work) > _MOST_NAMED else []
    notify(
        [posting.user],
        conference_id=posting.conference_id,
        subject=f"您接手了{place}，有{len(work)}项未办结",
        body="\n".join([*names, *more]),
        path="/work/",
        is_urgent=True,
    )
    return True


def _somebody_left(roles: Sequence[Role], **place: Any) -> Q:
    """Whether somebody with one of these roles left the place of such a posting before it began."""
    before = Posting.objects.filter(
        ~Q(user=OuterRef("user")),
        conference=OuterRef("conference"),
        role__in=roles,
        ends_on__lt=OuterRef("starts_on"),
        **place,
    )
    return Q(Exists(before), role__in=roles)


def _follows_somebody(posting: Posting) -> bool:
    """Whether somebody else left the place before, and its holder, who would have been told all along, was not there."""
    roles = _OF_OFFICES if posting.department_id is None else _OF_UNITS
    others = Posting.objects.filter(
        conference=posting.conference_id, department=posting.department_id, role__in=roles
    ).exclude(pk=posting.pk)
    if posting.starts_on is None:
        return False
    day_before = posting.starts_on - timedelta(days=1)
    if others.in_force_on(day_before).filter(user=posting.user_id).exists():
        return False
    return others.filter(ends_on__lt=posting.starts_on).exclude(user=posting.user_id).exists()
