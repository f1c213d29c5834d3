"""Working on one clause together: which of several leads is the first, and what the plan asks of who cooperates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Department, User
from departments.models.events import Action
from departments.services import record
from measures.enums import ResponsibilityRole
from measures.models import Clause, Plan
from reporting.enums import EntryState
from reporting.models import FirstLead, Progress
from reporting.models.entries import ProgressQuerySet
from reporting.services.closing import write_in_year
from reporting.services.notices import Answering, notify


class NotALead(Exception):
    """The unit does not lead on the clause in that year. The message is for people."""


def first_leads(clauses: Iterable[int], year: int) -> dict[int, int]:
    """Clause → the unit that is 第一责任单位, for each of ``clauses`` that several units lead. One query.

    It is the one that the office chose, as long as it leads; else the one that the text names first. Where the text
    names a group (各成员单位) there is no first one until the office has chosen.
    """
    leads: dict[int, list[Progress]] = defaultdict(list)
    rows = with_choice(Progress.objects.filter(clause__in=set(clauses), year=year, role=ResponsibilityRole.LEAD))
    for row in rows.only("clause", "department", "role", "state"):
        leads[row.clause_id].append(row)
    first = {clause: first_of(units) for clause, units in leads.items()}
    return {clause: department for clause, department in first.items() if department is not None}


def with_choice(rows: ProgressQuerySet) -> ProgressQuerySet:
    """Rows of whole clauses as ``first_of`` needs them: in the document's order, with what the office chose."""
    chosen = FirstLead.objects.filter(clause=OuterRef("clause"), year=OuterRef("year")).values("department")[:1]
    return rows.annotate(chosen_lead=Subquery(chosen), named_as_group=F("responsibility__group")).order_by(
        "-role", "responsibility__position", "department__position", "pk"
    )


def first_of(rows: Iterable[Progress]) -> int | None:
    """The first-responsible unit among the rows of one clause (``with_choice``); None where one leads alone."""
    leads: list[Any] = [row for row in rows if row.role == ResponsibilityRole.LEAD and row.state != EntryState.CLOSED]
    if len(leads) < 2:
        return None
    if any(row.department_id == row.chosen_lead for row in leads):
        return int(leads[0].chosen_lead)
    return None if leads[0].named_as_group else int(leads[0].department_id)


@transaction.atomic
def choose_first_lead(clause: Clause, year: int, department: Department, *, conference_id: int, by: User) -> bool:
    """Make a lead unit the first-responsible one of a clause in a year, and tell it.

    False if it is that already, or leads alone; nothing is recorded then. Raises NotALead, and YearIsOver for a closed
    year.
    """
    write_in_year(conference_id, year)
    leads = Progress.objects.in_force().filter(clause=clause, year=year, role=ResponsibilityRole.LEAD)
    lead = leads.filter(department=department).select_related("department", "clause").first()
    if lead is None:
        raise NotALead(_("%(unit)s不是本条款的负责单位。") % {"unit": department})
    before = first_leads([clause.pk], year).get(clause.pk)
    if before == department.pk or leads.count() == 1:
        return False
    FirstLead.objects.update_or_create(
        clause=clause, year=year, defaults={"department": department, "conference_id": conference_id}
    )
    was = Department.objects.filter(pk=before).first() if before is not None else None
    record(
        clause,
        Action.FIRST_LEAD,
        by=by,
        conference=conference_id,
        reason=f"{year}年第一责任单位：{was or '未定'} → {department}",
        detail={"year": year, "before": before, "after": department.pk},
    )
    answering = Answering.on(timezone.localdate(), departments=[department.pk], conferences=())
    notify(
        answering.for_entry(lead),
        conference_id=conference_id,
        subject=f"第一责任单位：{clause.spoken_path} {clause.heading}".strip(),
        body=f"反拐办明确贵单位为{year}年本条款的第一责任单位，请牵头了解各负责、配合单位的填报情况。",
        path=f"/progress/{lead.pk}/",
    )
    return True


@transaction.atomic
def set_cooperating_rule(plan: Plan, *, must_report: bool, by: User) -> bool:
    """Whether cooperating units must report under the plan, or need only know of their part.

    False if that is so already; nothing is recorded then.
    """
    claimed = Plan.objects.filter(pk=plan.pk, cooperating_must_report=not must_report).update(
        cooperating_must_report=must_report
    )
    if not claimed:
        return False
    plan.cooperating_must_report = must_report
    words = {False: "配合单位确认知悉即可", True: "配合单位须填报"}
    record(
        plan,
        Action.SET_RULE,
        by=by,
        conference=plan.conference_id,
        before="know" if must_report else "report",
        after="report" if must_report else "know",
        reason=f"{words[not must_report]} → {words[must_report]}",
        detail={"cooperating_must_report": must_report},
    )
    return True
