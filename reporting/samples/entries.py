"""Made-up entries of a year for the demo: written in one go as they would stand, each with the events that led there."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.models import Event, User
from departments.models.events import Action
from measures.enums import ResponsibilityRole
from reporting.enums import EntryState, ImplementationStatus
from reporting.models import Duty, Figure, Progress
from reporting.samples.texts import Texts

# The acts by which an entry comes to stand where it does, each with the state before and after it.
_START = (Action.START, EntryState.OPEN, EntryState.DRAFT)
_SUBMIT = (Action.SUBMIT, EntryState.DRAFT, EntryState.SUBMITTED)
_WAYS: dict[str, tuple[tuple[str, EntryState, EntryState], ...]] = {
    EntryState.DRAFT: (_START,),
    EntryState.TO_SIGN: (_START, (Action.ASK_SIGNATURE, EntryState.DRAFT, EntryState.TO_SIGN)),
    EntryState.SUBMITTED: (_START, _SUBMIT),
    EntryState.ACCEPTED: (_START, _SUBMIT, (Action.ACCEPT, EntryState.SUBMITTED, EntryState.ACCEPTED)),
    EntryState.RETURNED: (_START, _SUBMIT, (Action.RETURN, EntryState.SUBMITTED, EntryState.RETURNED)),
}
HANDING_IN = (Action.SUBMIT, Action.SIGN)
_OF_OFFICE = (Action.ACCEPT, Action.RETURN)
_REASON = "（演示数据，虚构）请补充具体做法和覆盖范围，数字与数据填报保持一致。"


@dataclass(frozen=True, slots=True)
class People:
    """Who writes for each unit (by its key), and who reviews."""

    writers: Mapping[int, User]
    reviewer: User


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an entry stands: its state, what it says, and the day on which it came there (the review follows it)."""

    state: str
    texts: Texts
    figures: Sequence[tuple[str, int, str]] = ()
    reason: str = _REASON
    on: date = date.min


def store_entries(planned: Iterable[tuple[Progress, Outcome]], people: People) -> int:
    """Write every entry as planned, with its numbers and its events; returns how many. Six statements for any number."""
    rows, figures, events = [], [], []
    for row, outcome in planned:
        writer = people.writers[row.department_id]
        steps = steps_of(outcome.state, outcome.on, writer, people.reviewer, outcome.reason)
        set_fields(row, outcome.state, steps)
        row.status = ImplementationStatus.CONTINUING
        row.work_done, row.problems, row.next_steps = (
            outcome.texts.work_done,
            outcome.texts.problems,
            outcome.texts.next_steps,
        )
        if row.role == ResponsibilityRole.COOPERATING:
            row.acknowledged_at, row.acknowledged_by = steps[0].at, writer
        rows.append(row)
        figures += [_figure(row, place, *number) for place, number in enumerate(outcome.figures)]
        said = {"work_done": row.work_done, "problems": row.problems, "next_steps": row.next_steps}
        events += [event_of(row, step, said if step.action == Action.SUBMIT else {}) for step in steps]
    overwrite(rows, [*STANDING, "status", "work_done", "problems", "next_steps", "acknowledged_at", "acknowledged_by"])
    Figure.objects.bulk_create(figures)
    Event.objects.bulk_create(events)
    return len(rows)


# The fields that ``set_fields`` sets, but for the signature.
STANDING = (
    *("state", "lock_version", "updated_at", "updated_by", "submitted_at", "submitted_by", "first_submitted_at"),
    *("reviewed_at", "reviewed_by", "return_reason"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act on the way."""

    action: str
    before: str
    after: str
    at: datetime
    by: User
    reason: str = ""


def steps_of(state: str, on: date, writer: User, reviewer: User, reason: str = _REASON) -> list[Step]:
    """The acts that lead to ``state``: written and handed in on the day ``on``, reviewed on the next one, in the past."""
    latest = timezone.now() - timedelta(minutes=5)
    steps = []
    for number, (action, before, after) in enumerate(_WAYS[state]):
        by_office = action in _OF_OFFICE
        at = timezone.make_aware(datetime.combine(on + timedelta(days=int(by_office)), time(9 + number, 20)))
        # What would lie in the future happened just now, one act after the other.
        at = min(at, latest + timedelta(minutes=number))
        words = reason if action == Action.RETURN else ""
        steps.append(Step(action, before, after, at, reviewer if by_office else writer, words))
    return steps


def overwrite(rows: Sequence[Progress] | Sequence[Duty], fields: Sequence[str]) -> None:
    """Write these fields of rows that are there, all at once: ``bulk_update`` takes seconds for so many."""
    if rows:
        manager: Any = type(rows[0])._default_manager
        manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)


def set_fields(entry: Progress | Duty, state: str, steps: Sequence[Step]) -> None:
    """Set the fields that the acts have left behind; nothing is written."""
    entry.state, entry.lock_version = state, len(steps)
    for step in steps:
        if step.action == Action.START:
            entry.updated_at, entry.updated_by = step.at, step.by
        elif step.action in HANDING_IN:
            entry.submitted_at = entry.first_submitted_at = step.at
            entry.submitted_by = step.by
            if step.action == Action.SIGN:
                entry.signed_at, entry.signed_by = step.at, step.by
        elif step.action in _OF_OFFICE:
            entry.reviewed_at, entry.reviewed_by, entry.return_reason = step.at, step.by, step.reason


def event_of(entry: Progress | Duty, step: Step, detail: dict[str, Any]) -> Event:
    """The event of an act, as the trail would have it."""
    return Event(
        conference_id=entry.conference_id,
        department_id=entry.department_id,
        at=step.at,
        actor=step.by,
        action=step.action,
        object_type=entry._meta.label_lower,
        object_id=entry.pk,
        title=str(entry)[:200],
        before=step.before,
        after=step.after,
        reason=step.reason,
        detail=detail,
    )


def some_day(draw: random.Random, first: date, last: date) -> date:
    """A day from ``first`` to ``last``; ``last`` where the order is the other way round."""
    return last - timedelta(days=draw.randint(0, max(0, (last - first).days)))


def _figure(row: Progress, place: int, name: str, value: int, unit: str) -> Figure:
    return Figure(
        conference_id=row.conference_id,
        progress=row,
        position=place,
        name=name,
        value=Decimal(value),
        unit=unit,
        as_written=str(value),
    )
