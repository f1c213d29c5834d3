"""第一责任单位 when a year goes over to another version of its plan, and back: the choice follows the unit's own row."""

from __future__ import annotations

from reporting.models import Adoption, Carry, FirstLead


def move_first_leads(adoption: Adoption) -> None:
    """Carry what the office chose on to the clauses that the chosen units' rows have gone to. Four queries at most.

    Where two clauses have become one, the choice of the first stays; the other one stays with the old text, where it
    is found again if the adoption is undone.
    """
    _move(adoption, "from_responsibility__clause", "to_responsibility__clause")


def return_first_leads(adoption: Adoption) -> None:
    """Take them back to the clauses that they came from, in whatever way they were changed since."""
    _move(adoption, "to_responsibility__clause", "from_responsibility__clause")


def _move(adoption: Adoption, source: str, target: str) -> None:
    year = adoption.year
    carries = Carry.objects.filter(adoption=adoption, to_responsibility__isnull=False)
    moves: dict[tuple[int, int], int] = {}
    for clause, department, onward in carries.order_by(target).values_list(source, "progress__department", target):
        moves.setdefault((clause, department), onward)
    chosen = FirstLead.objects.filter(
        year=year.year, conference=year.conference_id, clause__in={clause for clause, _department in moves}
    ).order_by("clause__position")
    taken = set(FirstLead.objects.filter(year=year.year, clause__in=moves.values()).values_list("clause", flat=True))
    moved = []
    for row in chosen:
        onward = moves.get((row.clause_id, row.department_id))
        if onward is None or onward == row.clause_id or onward in taken:
            continue
        taken.add(onward)
        row.clause_id = onward
        moved.append(row)
    FirstLead.objects.bulk_update(moved, ["clause"])
