"""评估: drawn up and counted by the office, marked with grounds, published by its head and frozen from then on.

Whatever is written names the state, and for texts the version, that it expects; who comes second gets an exception
and changes nothing. Every act records one event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, User
from departments.models.events import Action
from departments.services import record
from measures.enums import ObligationKind
from reporting.enums import AssessmentKind, AssessmentState, CriterionKind, Finding
from reporting.models import Assessment, AssessmentResult, Criterion
from reporting.services.assessment_results import (
    count_results,
    rules_of,
    score_results,
    seal_of,
    tell_assessed,
)
from reporting.services.closing import write_in_year
from reporting.services.entries import fulfil_duty
from reporting.services.own_duties import still_to_meet
from reporting.services.refusals import NotReady, Overtaken, WrongState

_DUTY_KINDS = {
    AssessmentKind.STAGE: ObligationKind.STAGE_ASSESSMENT,
    AssessmentKind.FINAL: ObligationKind.FINAL_ASSESSMENT,
}


@dataclass(frozen=True, slots=True)
class CriterionInput:
    """One criterion as a form gives it."""

    kind: str
    is_used: bool
    points: Decimal
    deduction: Decimal


@transaction.atomic
def draw_up(conference: Conference, *, kind: str, first: int, last: int, title: str, by: User) -> Assessment:
    """Begin the assessment of the years ``first`` to ``last`` and count its facts.

    The criteria are those of the conference's last assessment of the kind; there are no points unless the office
    turns them on. Raises YearIsOver, and WrongState for a second one of the kind in the year.
    """
    write_in_year(conference.pk, last)
    assessment, created = Assessment.objects.get_or_create(
        conference=conference,
        kind=kind,
        year=last,
        defaults={"starts_year": first, "title": title, "created_by": by},
    )
    if not created:
        raise WrongState(_("这一年度的评估已经建立。"))
    Criterion.objects.bulk_create(_first_criteria(assessment))
    count_results(assessment)
    record(
        assessment,
        Action.ASSESS,
        by=by,
        conference=conference,
        after=AssessmentState.DRAFT,
        detail={"first": first, "last": last},
    )
    return assessment


def _first_criteria(assessment: Assessment) -> list[Criterion]:
    earlier = (
        Assessment.objects.filter(conference=assessment.conference_id, kind=assessment.kind)
        .exclude(pk=assessment.pk)
        .order_by("-year")
        .first()
    )
    before = {row.kind: row for row in earlier.criteria.all()} if earlier is not None else {}
    return [
        Criterion(
            conference_id=assessment.conference_id,
            assessment=assessment,
            kind=kind,
            position=position,
            is_used=before[kind].is_used if kind in before else True,
            points=before[kind].points if kind in before else 0,
            deduction=before[kind].deduction if kind in before else 0,
        )
        for position, kind in enumerate(CriterionKind.values)
    ]


@transaction.atomic
def set_criteria(
    assessment: Assessment,
    *,
    by: User,
    lock_version: int,
    values: dict[str, Any],
    criteria: Sequence[CriterionInput],
) -> None:
    """Write title, summary and whether there are points (``values``), and what is looked at.

    Raises Overtaken if somebody has written since ``lock_version``, WrongState once it is published, YearIsOver.
    """
    write_in_year(assessment.conference_id, assessment.year)
    claimed = Assessment.objects.filter(
        pk=assessment.pk, state=AssessmentState.DRAFT, lock_version=lock_version
    ).update(**values, lock_version=F("lock_version") + 1, updated_at=timezone.now(), updated_by=by)
    if not claimed:
        current = Assessment.objects.select_related("updated_by").get(pk=assessment.pk)
        refuse_published(current)
        raise Overtaken(current)
    assessment.refresh_from_db()
    rows = {row.kind: row for row in assessment.criteria.all()}
    before = _rules_in_words(rows.values(), assessment)
    for typed in criteria:
        row = rows[typed.kind]
        row.is_used, row.points, row.deduction = typed.is_used, typed.points, typed.deduction
    Criterion.objects.bulk_update(rows.values(), ["is_used", "points", "deduction"])
    score_results(assessment, list(assessment.results.all()))
    record(
        assessment,
        Action.ASSESS,
        by=by,
        conference=assessment.conference_id,
        before=AssessmentState.DRAFT,
        after=AssessmentState.DRAFT,
        reason="修改评估说明和指标",
        detail={"before": before, "after": _rules_in_words(rows.values(), assessment)},
    )


def _rules_in_words(rows: Iterable[Criterion], assessment: Assessment) -> dict[str, Any]:
    used = [row for row in rows if row.is_used]
    points = {row.kind: [str(row.points), str(row.deduction)] for row in used} if assessment.is_scored else {}
    return {"used": [row.kind for row in used], "points": points}


@transaction.atomic
def recount(assessment: Assessment, *, by: User) -> None:
    """Count the facts again; marks, grounds and findings stay. Raises WrongState once it is published, YearIsOver."""
    write_in_year(assessment.conference_id, assessment.year)
    assessment = _held(assessment)
    count_results(assessment)
    record(
        assessment,
        Action.ASSESS,
        by=by,
        conference=assessment.conference_id,
        before=AssessmentState.DRAFT,
        after=AssessmentState.DRAFT,
        reason="重新统计",
    )


def _held(assessment: Assessment) -> Assessment:
    """The assessment as it is, which nobody publishes until this transaction ends."""
    held = Assessment.objects.select_for_update(of=("self",), no_key=True).get(pk=assessment.pk)
    refuse_published(held)
    return held


def refuse_published(assessment: Assessment) -> None:
    if assessment.state != AssessmentState.DRAFT:
        raise WrongState(_("评估已经公布，不能再修改。"))


@transaction.atomic
def mark(
    result: AssessmentResult,
    *,
    by: User,
    lock_version: int,
    marks: Decimal | None,
    grounds: str,
    finding: str,
) -> None:
    """Write the office's marks and finding. Raises ValueError where either has no grounds.

    Raises Overtaken if somebody has written since ``lock_version``, WrongState once it is published, YearIsOver.
    The event is the office's alone: until it is published the unit does not learn of it.
    """
    if (marks is not None or finding != Finding.NONE) and not grounds.strip():
        raise ValueError("marks and findings need their grounds")
    write_in_year(result.conference_id, result.assessment.year)
    assessment = _held(result.assessment)
    claimed = AssessmentResult.objects.filter(pk=result.pk, lock_version=lock_version).update(
        marks=marks,
        grounds=grounds,
        finding=finding,
        lock_version=F("lock_version") + 1,
        updated_at=timezone.now(),
        updated_by=by,
    )
    current = AssessmentResult.objects.select_related("updated_by", "department", "assessed_conference").get(
        pk=result.pk
    )
    if not claimed:
        raise Overtaken(current)
    score_results(assessment, [current])
    record(
        current,
        Action.MARK,
        by=by,
        conference=current.conference_id,
        before=result.finding,
        after=finding,
        reason=grounds,
        detail={"marks": None if marks is None else str(marks)},
    )


@transaction.atomic
def publish(assessment: Assessment, *, by: User, seen: str) -> None:
    """Publish what was ``seen``: its results are frozen, its duty is met, everybody assessed is told.

    Raises NotReady while marks are missing that points are made of; WrongState if it is published already or has
    changed since it was seen; YearIsOver.
    """
    write_in_year(assessment.conference_id, assessment.year)
    assessment = _held(assessment)
    results = list(AssessmentResult.objects.filter(assessment=assessment))
    if seal_of(assessment, results) != seen:
        raise WrongState(_("您打开本页之后评估有了变化。下面是最新内容，请看过后再公布。"))
    if not results:
        raise NotReady(_("没有评估对象，不能公布。"))
    if assessment.is_scored and not any(rule.points for rule in rules_of(assessment)):
        raise NotReady(_("评估计分，但各项指标还没有填分值，不能公布。"))
    if assessment.is_scored and (unmarked := sum(row.score is None for row in results)):
        raise NotReady(_("还有%(count)d个单位或区县没有评议分，得分不完整，不能公布。") % {"count": unmarked})
    duties = still_to_meet(assessment.conference_id, assessment.year, _DUTY_KINDS[AssessmentKind(assessment.kind)])
    now = timezone.now()
    Assessment.objects.filter(pk=assessment.pk).update(
        state=AssessmentState.PUBLISHED,
        published_at=now,
        published_by=by,
        duty=duties[0] if duties else None,
        lock_version=F("lock_version") + 1,
    )
    record(
        assessment,
        Action.PUBLISH_ASSESSMENT,
        by=by,
        conference=assessment.conference_id,
        before=AssessmentState.DRAFT,
        after=AssessmentState.PUBLISHED,
        detail={"results": {str(row.pk): asdict(_Outcome.of(row)) for row in results}},
    )
    if duties:
        fulfil_duty(duties[0], by=by, reason=f"《{assessment.title}》已公布。")
    tell_assessed(assessment, results)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One result as it was published, for the trail."""

    facts: dict[str, int]
    marks: str
    score: str
    finding: str

    @classmethod
    def of(cls, row: AssessmentResult) -> _Outcome:
        return cls(row.facts, str(row.marks or ""), str(row.score or ""), row.finding)
