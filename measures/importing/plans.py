"""A version in the database as the reader would have given it: for exports that can be read back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from measures import models
from measures.enums import Obliged, ResponsibilityRole
from measures.models import PlanVersion
from measures.reading import Clause, Obligation, Party, Period, PlanText, Recurrence


def plan_of_version(version: PlanVersion) -> PlanText:
    """The version's clauses, responsibilities and obligations in the document's order; four queries."""
    named: dict[int, dict[str, list[Party]]] = defaultdict(lambda: defaultdict(list))
    for row in version.responsibility_set.order_by("clause", "position"):
        named[row.clause_id][row.role].append(Party(row.group or row.name, row.as_written, bool(row.group)))
    clauses, paths = [], {}
    for clause in version.clause_set.order_by("position"):
        paths[clause.pk] = clause.path
        clauses.append(
            Clause(
                clause.path,
                clause.label,
                clause.kind,
                clause.heading,
                clause.text,
                clause.start,
                clause.end,
                named[clause.pk][ResponsibilityRole.LEAD],
                named[clause.pk][ResponsibilityRole.COOPERATING],
            )
        )
    obligations = [_obligation(duty, paths[duty.clause_id]) for duty in version.obligation_set.order_by("position")]
    return PlanText(
        title=version.plan.title,
        document_number=version.document_number or None,
        issued_by=version.issued_by or None,
        issued_on=version.issued_on.isoformat() if version.issued_on else None,
        period=Period(version.plan.starts_year, version.plan.ends_year),
        members=list(version.members),
        clauses=clauses,
        obligations=obligations,
        questions=[],
    )


def obligations_of(version: PlanVersion) -> list[Obligation]:
    """What the version asks of people, beside the deadlines of its single clauses."""
    duties = version.obligation_set.exclude(obliged=Obliged.CLAUSE_LEADS).select_related("clause")
    return [_obligation(duty, duty.clause.path) for duty in duties.order_by("position")]


def kept_obligations(version: PlanVersion | None, clauses: list[Clause]) -> list[Obligation]:
    """The version's obligations as those of another text: by the clause of the same number, else by its last one."""
    if version is None or not clauses:
        return []
    there = {clause.path for clause in clauses}
    return [duty if duty.basis in there else replace(duty, basis=clauses[-1].path) for duty in obligations_of(version)]


def _obligation(duty: models.Obligation, basis: str) -> Obligation:
    return Obligation(
        duty.kind,
        duty.title,
        duty.obliged_as_written,
        tuple(duty.recipients),
        Recurrence(duty.recurrence, duty.month, duty.day, duty.year, duty.times, duty.includes_day),
        basis,
        duty.text,
    )
