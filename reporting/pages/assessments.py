"""Assessments as pages show them: the table of results, one result, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reporting.assessment_columns import ResultColumn, Value, columns_of, finding_text, name_of, value_of
from reporting.enums import AssessmentState, CriterionKind, Finding
from reporting.facts import Facts
from reporting.lights import Light
from reporting.models import Assessment, AssessmentResult
from reporting.scoring import points_of
from reporting.services.assessment_results import rules_of

_DRAFT = Light("blue", AssessmentState.DRAFT.label)
_PUBLISHED = Light("darkgreen", AssessmentState.PUBLISHED.label)


def light_of_assessment(assessment: Assessment) -> Light:
    return _PUBLISHED if assessment.state == AssessmentState.PUBLISHED else _DRAFT


def assessment_row(assessment: Assessment) -> dict[str, Any]:
    return {
        "title": assessment.title,
        "kind_text": assessment.get_kind_display(),
        "span": _span(assessment),
        "light": light_of_assessment(assessment),
        "counted_at": assessment.counted_at,
        "published_at": assessment.published_at,
        "url": reverse("reporting:assessment", args=[assessment.pk]),
    }


def _span(assessment: Assessment) -> str:
    if assessment.starts_year == assessment.year:
        return str(assessment.year)
    return f"{assessment.starts_year}—{assessment.year}"


def results_table(
    assessment: Assessment, results: Sequence[AssessmentResult], *, of_districts: bool, sort: str, anchor: str
) -> dict[str, Any] | None:
    """The table of units, or of districts; None where there is none. ``sort`` is a column's key, with ``-`` before it
    for the largest first; anything else leaves the registry's order.
    """
    if not results:
        return None
    columns = columns_of(assessment, of_districts=of_districts)
    counted = [(row, Facts.from_json(row.facts)) for row in results]
    key = next((column for column in columns if column.key == sort.lstrip("-")), None)
    if key is not None:
        # What nobody has said yet stands below, whichever way round.
        counted.sort(key=lambda pair: _weight(value_of(key, *pair), downwards=sort.startswith("-")))
    elif sort in ("finding", "-finding"):
        order = [Finding.COMMEND, Finding.CRITICISE, Finding.NONE]
        counted.sort(key=lambda pair: order.index(Finding(pair[0].finding)))
    return {
        "anchor": anchor,
        "columns": [_heading(column, sort, anchor) for column in columns],
        "finding_sort": f"?sort=finding#{anchor}",
        "is_by_finding": sort == "finding",
        "rows": [
            {
                "name": name_of(row),
                "url": reverse("reporting:assessment_result", args=[row.pk]),
                "cells": [_cell(column, row, facts) for column in columns],
                "finding": finding_text(row),
                "is_bad": row.finding == Finding.CRITICISE,
            }
            for row, facts in counted
        ],
    }


def _weight(value: Value, *, downwards: bool) -> tuple[bool, Decimal]:
    number = Decimal(str(value or 0))
    return value is None, -number if downwards else number


def _heading(column: ResultColumn, sort: str, anchor: str) -> dict[str, Any]:
    """A heading sorts by its column: the largest first, and the other way round when it is that already."""
    is_down, is_up = sort == f"-{column.key}", sort == column.key
    return {
        "label": column.label,
        "url": f"?sort={'' if is_down else '-'}{column.key}#{anchor}",
        "order": "descending" if is_down else "ascending" if is_up else "",
    }


def _cell(column: ResultColumn, row: AssessmentResult, facts: Facts) -> dict[str, Any]:
    value = value_of(column, row, facts)
    return {"label": column.label, "value": value, "is_bad": column.is_bad and bool(value)}


def result_facts(result: AssessmentResult, columns: Iterable[ResultColumn]) -> list[dict[str, Any]]:
    """The counts of one unit or district, as the numbers on top of its page."""
    facts = Facts.from_json(result.facts)
    return [
        {
            "label": column.label,
            "value": getattr(facts, column.key),
            "url": "",
            "is_red": column.is_bad and bool(getattr(facts, column.key)),
        }
        for column in columns
        if not column.is_points
    ]


def points_rows(assessment: Assessment, result: AssessmentResult) -> list[dict[str, Any]]:
    """How the score comes about, criterion by criterion; nothing where there are no points."""
    facts = Facts.from_json(result.facts)
    labels = dict(CriterionKind.choices)
    return [
        {
            "label": labels[rule.kind],
            "points": points_of(rule, facts, result.marks),
            "most": rule.points,
            "how": _how(rule.kind, rule.deduction, facts),
        }
        for rule in rules_of(assessment)
    ]


def _how(kind: str, deduction: Decimal, facts: Facts) -> str:
    """The calculation in words."""
    times = {
        CriterionKind.TIMELINESS: facts.not_in_time,
        CriterionKind.RETURNS: facts.returns,
        CriterionKind.EXTENSIONS: facts.extensions,
    }
    if kind in times:
        return _("%(times)d次，每次扣%(points)s分") % {"times": times[CriterionKind(kind)], "points": deduction}
    if kind == CriterionKind.COMPLETENESS:
        return _("已报%(done)d条，应填%(owed)d条") % {"done": facts.entries_in, "owed": facts.entries_owed}
    return ""
