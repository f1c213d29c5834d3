"""The rows of an assessment: filled from the ledger, given points, summed up in a seal, and told of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from django.utils import timezone

from reporting.enums import Finding
from reporting.facts import Facts
from reporting.models import Assessment, AssessmentResult, Notice
from reporting.scoring import Rule, score_of
from reporting.services.assessing import count
from reporting.services.notices import Answering, post

# Whose row: the column, and the id of the unit or of the district's conference.
_Whose = tuple[str, int | None]


def count_results(assessment: Assessment) -> None:
    """Put what the ledger says into the rows, one for each unit and district, and say when.

    Marks, grounds and findings stay. Who is not to be assessed any more loses the row, unless something was written
    of them.
    """
    counted = count(assessment.conference, assessment.starts_year, assessment.year)
    wanted: dict[_Whose, Facts] = {("department_id", pk): facts for pk, facts in counted.units.items()}
    wanted |= {("assessed_conference_id", pk): facts for pk, facts in counted.districts.items()}
    rows = {_whose(row): row for row in AssessmentResult.objects.filter(assessment=assessment)}
    gone = {whose for whose, row in rows.items() if whose not in wanted and _is_untouched(row)}
    AssessmentResult.objects.filter(pk__in=[rows[whose].pk for whose in gone]).delete()
    kept = [row for whose, row in rows.items() if whose not in gone]
    new = [
        AssessmentResult(conference_id=assessment.conference_id, assessment=assessment, **{column: pk})
        for column, pk in wanted
        if (column, pk) not in rows
    ]
    for row in [*kept, *new]:
        row.facts = wanted.get(_whose(row), Facts()).to_json()
    AssessmentResult.objects.bulk_create(new)
    AssessmentResult.objects.bulk_update(kept, ["facts"])
    assessment.counted_at = timezone.now()
    Assessment.objects.filter(pk=assessment.pk).update(counted_at=assessment.counted_at)
    score_results(assessment, [*kept, *new])


def _whose(row: AssessmentResult) -> _Whose:
    if row.department_id is not None:
        return "department_id", row.department_id
    return "assessed_conference_id", row.assessed_conference_id


def _is_untouched(row: AssessmentResult) -> bool:
    return row.marks is None and not row.grounds and row.finding == Finding.NONE


def rules_of(assessment: Assessment) -> list[Rule]:
    """The criteria that give points; none where there are no points."""
    if not assessment.is_scored:
        return []
    return [Rule(row.kind, row.points, row.deduction) for row in assessment.criteria.all() if row.is_used]


def score_results(assessment: Assessment, results: list[AssessmentResult]) -> None:
    """Give these rows the points that follow from their facts and marks, or none."""
    rules = rules_of(assessment)
    for row in results:
        row.score = score_of(rules, Facts.from_json(row.facts), row.marks) if rules else None
    AssessmentResult.objects.bulk_update(results, ["score"])


def seal_of(assessment: Assessment, results: Iterable[AssessmentResult]) -> str:
    """What a page shows of the assessment, in short: who publishes it names what they have seen."""
    shown = [
        assessment.lock_version,
        str(assessment.counted_at),
        sorted((row.pk, row.lock_version, sorted(row.facts.items()), str(row.score)) for row in results),
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def tell_assessed(assessment: Assessment, results: list[AssessmentResult]) -> None:
    """Each unit's people and each district's office, with the way to their own result."""
    answering = Answering.on(
        timezone.localdate(),
        departments=[row.department_id for row in results if row.department_id is not None],
        conferences=[row.assessed_conference_id for row in results if row.assessed_conference_id is not None],
    )
    notices = []
    for row in results:
        if row.department_id is not None:
            people = answering.of_departments.get(row.department_id, [])
        else:
            people = answering.of_conferences.get(row.assessed_conference_id or 0, [])
        notices += [
            Notice(
                conference_id=assessment.conference_id,
                recipient=person,
                subject=f"评估结果已公布：{assessment.title}"[:200],
                body="请查看本单位的评估结果。" if row.department_id is not None else "请查看本区县的评估结果。",
                path=f"/assessments/results/{row.pk}/",
            )
            for person in people
        ]
    post(notices)
