"""The living margin: who answers for a clause, how they stand, what they wrote, and what was written last year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from departments.access import access_of
from departments.models import User
from measures.comparing import marks
from measures.models import Clause, Lineage
from reporting.enums import EntryState
from reporting.lights import light_of
from reporting.models import Carry, Duty, Progress
from reporting.models.entries import ProgressQuerySet, handed_in
from reporting.pages.rows import entry_text

# So many new versions in one year are followed back; all in one query.
_MOST_VERSIONS = 5


def anchor_of(clause: Clause) -> str:
    """The clause's place on its plan's page. Positions are the page's own; the clause's identity is its path."""
    return f"c{clause.position}"


def parties_of(clause: Clause, year: int, user: User, today: date) -> list[dict[str, Any]]:
    """The units that lead and cooperate on a clause, in the document's order, each with how it stands.

    A state is no secret within a conference; a text still being written is.
    """
    mine = access_of(user).departments
    rows = list(
        Progress.objects.filter(clause=clause, year=year)
        .select_related("department")
        .order_by("-role", "responsibility__position", "department__position")
    )
    due = Duty.objects.report_deadlines((row.department_id for row in rows), year)
    return [
        {
            "department": row.department_id,
            "due_on": due.get(row.department_id),
            "unit": row.department.name,
            "role_text": row.get_role_display(),
            "is_mine": row.department_id in mine,
            "light": light_of(row.state, due.get(row.department_id), today),
        }
        for row in rows
    ] or named_in(clause, mine)


def named_in(clause: Clause, mine: frozenset[int] = frozenset()) -> list[dict[str, Any]]:
    """The plan's names alone, for a year that was never opened."""
    return [
        {
            "department": responsibility.department_id,
            "due_on": None,
            "unit": responsibility.as_written,
            "role_text": responsibility.get_role_display(),
            "is_mine": responsibility.department_id in mine,
            "light": None,
        }
        for responsibility in clause.responsibilities.order_by("-role", "position")
    ]


def others_of(
    clause: Clause, year: int, user: User, today: date, *, without: int | None = None
) -> list[dict[str, Any]]:
    """What other units have handed in on the clause, as far as ``user`` may read it."""
    rows = (
        Progress.objects.visible_to(user)
        .filter(handed_in(), clause=clause, year=year)
        .exclude(pk__in=[] if without is None else [without])
        .select_related("department")
        .prefetch_related("figures")
        .order_by("-role", "responsibility__position", "department__position")
    )
    return [
        {
            "unit": row.department.name,
            "role_text": row.get_role_display(),
            "light": light_of(row.state, None, today),
            "entry": entry_text(row),
        }
        for row in rows
    ]


def _earlier(clause: int) -> Q:
    """Rows on the clause, or on one that it goes on from: the year before may have answered any of these."""
    found, sources = Q(clause=clause), Lineage.objects.filter(after=clause)
    for _step in range(_MOST_VERSIONS):
        befores = sources.exclude(before=None).values("before")
        found |= Q(clause__in=befores)
        sources = Lineage.objects.filter(after__in=befores)
    return found


def last_year_of(entry: Progress, user: User) -> dict[str, Any] | None:
    """What the same unit wrote on the same clause the year before, as far as ``user`` may read it.

    A year may end with texts that were never handed in; these stay the unit's own.
    """
    before = (
        Progress.objects.filter(_earlier(entry.clause_id))
        .filter(department=entry.department_id, year=entry.year - 1)
        .filter(ProgressQuerySet.text_scope(access_of(user)))
        .exclude(state=EntryState.OPEN)
        .order_by("-clause")
        .prefetch_related("figures")
        .first()
    )
    return {"year": before.year, "url": "", **entry_text(before)} if before is not None else None


def count_states(rows: list[Progress]) -> dict[str, int]:
    """accepted, submitted, returned, open (with what is being written) and total of one clause's rows."""
    counts = {"accepted": 0, "submitted": 0, "returned": 0, "open": 0, "total": len(rows)}
    for row in rows:
        counts[row.state if row.state in counts else "open"] += 1
    return counts


def second_look_of(entry: Progress) -> dict[str, Any] | None:
    """The words that the text answered when it was written, marked against those of today."""
    carries = (
        Carry.objects.filter(progress=entry, adoption__undone_at=None, from_responsibility__isnull=False)
        .select_related("from_responsibility__clause")
        .order_by("-pk")
    )
    # Back to the change that first asked for a look that nobody has taken since.
    carry = next((carry for carry in carries if not carry.looked_before), None)
    if carry is None or carry.from_responsibility is None:
        return None
    before = carry.from_responsibility.clause
    words = [f"{clause.label}{clause.heading}{clause.text}" for clause in (before, entry.clause)]
    return {"before_path": before.spoken_path, "pieces": marks(*words)}
