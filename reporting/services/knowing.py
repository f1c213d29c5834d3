"""What writing says beside the words: that the clause was looked at, and that a cooperating unit knows of its part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.models import User
from departments.models.events import Action
from departments.services import record
from measures.comparing import ChangeKind
from measures.enums import ResponsibilityRole
from measures.models import Lineage
from reporting.models import Duty, Progress
from reporting.models.years import in_open_year


def looked_at(entry: Progress | Duty, seen_clause: int | None) -> dict[str, Any]:
    """What an UPDATE makes of the mark for a second look, by the clause that the writer had in view.

    The clause that the row is on now: it was looked at. Another in the same words: the mark stays as it is. Any
    other: what was written answers words that are gone, and is to be looked at again.
    """
    if seen_clause is None or not isinstance(entry, Progress):
        return {}
    unchanged = Lineage.objects.filter(
        Q(before=seen_clause, after=OuterRef("clause")) | Q(after=seen_clause, before=OuterRef("clause")),
        kind__in=(ChangeKind.SAME, ChangeKind.MOVED),
    )
    mark = Case(
        When(clause=seen_clause, then=Value(False)),
        When(Exists(unchanged), then=F("needs_second_look")),
        default=Value(True),
    )
    return {"needs_second_look": mark}


def knowing_of(entry: Progress | Duty, by: User, now: datetime) -> dict[str, Any]:
    """What an UPDATE makes of 知悉 where a cooperating unit writes without having said that it knows."""
    if not _learns_by_writing(entry):
        return {}
    return {
        "acknowledged_at": Coalesce("acknowledged_at", Value(now)),
        "acknowledged_by": Coalesce("acknowledged_by", Value(by.pk), output_field=BigIntegerField()),
    }


def _learns_by_writing(entry: Progress | Duty) -> bool:
    return (
        isinstance(entry, Progress) and entry.role == ResponsibilityRole.COOPERATING and entry.acknowledged_at is None
    )


def note_knowing(entry: Progress | Duty, by: User, now: datetime) -> None:
    """The same in the row at hand, once its UPDATE has succeeded."""
    if isinstance(entry, Progress) and _learns_by_writing(entry):
        entry.acknowledged_at, entry.acknowledged_by = now, by


@transaction.atomic(savepoint=False)
def acknowledge(progress: Progress, *, by: User) -> bool:
    """知悉: the cooperating unit has read the clause and knows of its part.

    It changes no text and so no ``lock_version``: who types at this moment is not disturbed. False where that was
    said already, the plan no longer asks for it, the unit leads, or the year is closed; nothing is recorded then.
    """
    now = timezone.now()
    claimed = (
        Progress.objects.in_force()
        .filter(
            in_open_year(),
            pk=progress.pk,
            # It grows when the year is closed, for which this may have had to wait (closing.close_year).
            lock_version=progress.lock_version,
            clause=progress.clause_id,
            role=ResponsibilityRole.COOPERATING,
            acknowledged_at=None,
        )
        .update(acknowledged_at=now, acknowledged_by=by)
    )
    if not claimed:
        return False
    progress.acknowledged_at, progress.acknowledged_by = now, by
    record(
        progress,
        Action.ACKNOWLEDGE,
        by=by,
        conference=progress.conference_id,
        department=progress.department_id,
        before=progress.state,
        after=progress.state,
    )
    return True
