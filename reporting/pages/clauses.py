"""The living margin: who answers for a clause, how they stand, what they wrote, and what was written last year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from departments.access import access_of
from departments.models import User
from measures.comparing import marks
from measures.enums import ResponsibilityRole
from measures.models import Clause, Lineage
from reporting.enums import EntryState
from reporting.lights import light_of
from reporting.models import Carry, Duty, Progress
from reporting.models.entries import ProgressQuerySet, handed_in
from reporting.pages.rows import entry_text, role_text
from reporting.services.cooperation import first_of, with_choice

# So many new versions in one year are followed back; all in one query.
_MOST_VERSIONS = 5


def anchor_of(clause: Clause) -> str:
    """The clause's place on its plan's page. Positions are the page's own; the clause's identity is its path."""
    return f"c{clause.position}"


def parties_of(clause: Clause, year: int, user: User, today: date) -> list[dict[str, Any]]:
    """The units that lead and cooperate on a clause, in the document's order, each with how it stands.

    A state is no secret within a conference, and neither is who knows of it; a text still being written is.
    """
    mine = access_of(user).departments
    rows = list(
        with_choice(Progress.objects.filter(clause=clause, year=year).with_standing().with_year())
        .select_related("department")
        .defer("work_done", "problems", "next_steps")
    )
    due = Duty.objects.report_deadlines((row.department_id for row in rows), year)
    first = first_of(rows)
    return [
        {
            "progress": row.pk,
            "department": row.department_id,
            "due_on": due.get(row.department_id),
            "unit": row.department.name,
            "role": row.role,
            "role_text": role_text(row, first),
            "state": row.state,
            "is_first": row.department_id == first,
            "is_mine": row.department_id in mine,
            "knows": row.acknowledged_at,
            "light": light_of(row.standing, due.get(row.department_id), today, is_over=row.is_over),
        }
        for row in rows
    ] or named_in(clause, mine)


def leads_of(clause: Clause, year: int, first: int | None) -> list[dict[str, Any]]:
    """The units that lead on a clause in a year, where there are several to choose the first-responsible one from."""
    rows = (
        Progress.objects.in_force()
        .filter(clause=clause, year=year, role=ResponsibilityRole.LEAD)
        .order_by("responsibility__position", "department__position")
        .values_list("department", "department__code", "department__name")
    )
    found = [{"code": code, "name": name, "is_first": pk == first} for pk, code, name in rows]
    return found if len(found) > 1 else []


def named_in(clause: Clause, mine: frozenset[int] = frozenset()) -> list[dict[str, Any]]:
    """The plan's names alone, for a year that was never opened."""
    return [
        {
            "department": responsibility.department_id,
            "due_on": None,
            "unit": responsibility.as_written,
            "role_text": responsibility.get_role_display(),
            "is_first": False,
            "is_mine": responsibility.department_id in mine,
            "light": None,
        }
        for responsibility in clause.responsibilities.order_by("-role", "position")
    ]


def others_of(
    clause: Clause, year: int, user: User, today: date, parties: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What units have handed in on the clause, as far as ``user`` may read it. ``parties`` are those of it."""
    first = next((party["department"] for party in parties if party["is_first"]), None)
    rows = (
        Progress.objects.visible_to(user)
        .filter(handed_in(), clause=clause, year=year)
        .select_related("department")
        .prefetch_related("figures")
        .order_by("-role", "responsibility__position", "department__position")
    )
    return [
        {
            "progress": row.pk,
            "unit": row.department.name,
            "role_text": role_text(row, first),
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


def last_years_of(entries: Sequence[Progress], user: User) -> dict[int, dict[str, Any]]:
    """``last_year_of`` for many entries of one unit and year, by their ids; queries grow with versions, not with rows."""
    if not entries:
        return {}
    # From each clause back to those that it goes on from, and which of this year's clauses these lead to.
    leads_to: dict[int, set[int]] = {entry.clause_id: {entry.clause_id} for entry in entries}
    newest = set(leads_to)
    for _step in range(_MOST_VERSIONS):
        links = Lineage.objects.filter(after__in=newest).exclude(before=None).values_list("before", "after")
        found: dict[int, set[int]] = {}
        for before, after in links:
            found.setdefault(before, set()).update(leads_to[after])
        newest = set(found) - set(leads_to)
        for before, clauses in found.items():
            leads_to.setdefault(before, set()).update(clauses)
        if not newest:
            break
    rows = (
        Progress.objects.filter(clause__in=leads_to, department=entries[0].department_id, year=entries[0].year - 1)
        .filter(ProgressQuerySet.text_scope(access_of(user)))
        .exclude(state=EntryState.OPEN)
        .prefetch_related("figures")
        .order_by("clause")
    )
    texts: dict[int, dict[str, Any]] = {}
    for row in rows:
        # The latest clause that it answered, as for one entry.
        text = {"year": row.year, "url": "", **entry_text(row)}
        texts |= {clause: text for clause in leads_to[row.clause_id]}
    return {entry.pk: texts[entry.clause_id] for entry in entries if entry.clause_id in texts}


def count_states(rows: list[Progress]) -> dict[str, int]:
    """accepted, submitted, returned, known, open (with what is being written) and total of one clause's rows.

    Needs ``with_standing()``: what is known of and need not be reported on is not open.
    """
    counts = {"accepted": 0, "submitted": 0, "returned": 0, "known": 0, "open": 0, "total": len(rows)}
    for row in rows:
        counts[row.standing if row.standing in counts else "open"] += 1
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
