"""Counting what the ledger says of every unit and district: the facts that an assessment rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from departments.models import Conference, Event, Membership
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import EntryState, ExtensionState, MeetingState
from reporting.facts import Facts
from reporting.models import Duty, Extension, Meeting, Progress, Urge
from reporting.models.entries import DutyQuerySet, ProgressQuerySet, known

# Whose facts: ("unit", id of a department) or ("district", id of a conference).
_Owner = tuple[str, int]
_Counts = dict[_Owner, Counter[str]]


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of each unit and of each district's conference, by id."""

    units: dict[int, Facts]
    districts: dict[int, Facts]


def count(conference: Conference, first: int, last: int, *, today: date | None = None) -> Counted:
    """Count the years ``first`` to ``last`` of all units and districts of ``conference``, in a few queries for any number of them.

    Who is a member on the last day, or owed anything in these years, is in it; a district, if it owed anything.
    What a new version of the plan no longer asks for is not counted, nor what a cooperating unit knows of and need not
    report on.
    """
    today = today or timezone.localdate()
    years = range(first, last + 1)
    # What the conference owes itself is no unit's.
    owed = Duty.objects.in_force().filter(conference=conference, year__in=years)
    owed = owed.exclude(obliged_conference=conference).order_by()
    entries = Progress.objects.in_force().filter(year__in=years).order_by()
    counts: _Counts = defaultdict(Counter)
    owners = _count_duties(counts, owed, today)
    _count_of_duties(counts, owed, owners)
    _count_entries(counts, entries, conference)
    _count_returns(counts, owed, entries.filter(conference=conference), owners)
    _count_meetings(counts, conference, years)
    for unit in _members(conference, last, today):
        counts["unit", unit]  # a row of its own, though nothing was owed
    facts = {owner: Facts(**count) for owner, count in counts.items()}
    return Counted(
        units={pk: fact for (kind, pk), fact in facts.items() if kind == "unit"},
        districts={pk: fact for (kind, pk), fact in facts.items() if kind == "district"},
    )


def _count_duties(counts: _Counts, owed: DutyQuerySet, today: date) -> dict[int, _Owner]:
    """What is owed, and how it was met; returns who owes each duty."""
    owners: dict[int, _Owner] = {}
    fields = ("pk", "department", "obliged_conference", "kind", "state", "due_on", "first_submitted_at", "submitted_at")
    for pk, unit, district, kind, state, due_on, first_at, at in owed.values_list(*fields):
        owner = owners[pk] = ("unit", unit) if unit is not None else ("district", district)
        counts[owner]["duties_owed"] += 1
        if how := _how_met(state, due_on, first_at or at, today):
            counts[owner][how] += 1
        if kind == ObligationKind.MEETING:
            counts[owner]["meetings_owed"] += 1
    return owners


def _how_met(state: str, due_on: date, handed_in_at: datetime | None, today: date) -> str:
    """Where a duty belongs; nowhere while it is owed and not yet due."""
    if handed_in_at is not None:
        # A deadline is a day in Shanghai: late begins with the next one.
        return "duties_in_time" if timezone.localtime(handed_in_at).date() <= due_on else "duties_late"
    if state in EntryState.shared():
        # Met before it was noted when: nobody can say that it was late.
        return "duties_in_time"
    return "duties_missing" if due_on < today else ""


def _count_of_duties(counts: _Counts, owed: DutyQuerySet, owners: dict[int, _Owner]) -> None:
    """Extensions that were granted and urges that were sent."""
    granted = Extension.objects.filter(duty__in=owed, state=ExtensionState.GRANTED)
    for name, rows in (("extensions", granted), ("urges", Urge.objects.filter(duty__in=owed))):
        for duty, number in rows.order_by().values_list("duty").annotate(n=Count("pk")):
            if duty in owners:
                counts[owners[duty]][name] += number


def _count_entries(counts: _Counts, entries: ProgressQuerySet, conference: Conference) -> None:
    """The units' measures; a district's are those of its own units, in its own year."""
    entries = entries.exclude(known())
    own = entries.filter(conference=conference).values_list("department", "state")
    for unit, state, number in own.annotate(n=Count("pk")):
        _add_entries(counts["unit", unit], state, number)
    below = entries.filter(conference__upper=conference).values_list("conference", "state")
    for district, state, number in below.annotate(n=Count("pk")):
        if ("district", district) in counts:
            _add_entries(counts["district", district], state, number)


def _add_entries(count: Counter[str], state: str, number: int) -> None:
    count["entries_owed"] += number
    if state in EntryState.shared():
        count["entries_in"] += number
    if state == EntryState.ACCEPTED:
        count["entries_accepted"] += number


def _count_returns(counts: _Counts, owed: DutyQuerySet, entries: ProgressQuerySet, owners: dict[int, _Owner]) -> None:
    """How often the office sent something back, be it an entry or a duty."""
    returned = Event.objects.filter(action=Action.RETURN).order_by()
    of_entries = returned.filter(object_type=Progress._meta.label_lower, object_id__in=entries.values("pk"))
    for unit, number in of_entries.values_list("department").annotate(n=Count("pk")):
        if unit is not None:
            counts["unit", unit]["returns"] += number
    of_duties = returned.filter(object_type=Duty._meta.label_lower, object_id__in=owed.values("pk"))
    for duty, number in of_duties.values_list("object_id").annotate(n=Count("pk")):
        if duty in owners:
            counts[owners[duty]]["returns"] += number


def _count_meetings(counts: _Counts, conference: Conference, years: range) -> None:
    """Meetings of the districts whose minutes are filed."""
    held = Meeting.objects.filter(conference__upper=conference, year__in=years, state=MeetingState.FILED)
    for district, number in held.order_by().values_list("conference").annotate(n=Count("pk")):
        if ("district", district) in counts:
            counts["district", district]["meetings_held"] += number


def _members(conference: Conference, last: int, today: date) -> Iterator[int]:
    """The units that sit in the conference on the last day of the years, or today if that is earlier."""
    day = min(today, date(last, 12, 31))
    seats = Membership.objects.filter(conference=conference).in_force_on(day)
    yield from seats.order_by().values_list("department", flat=True)
