"""The columns of an assessment's results: the same on the page, in the workbook and in the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.enums import CriterionKind, Finding
from reporting.facts import Facts
from reporting.models import Assessment, AssessmentResult

Value = int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A number of a result. ``of`` is the criterion that it belongs to: shown where that is used.

    ``is_bad``: the more, the worse; shown in red.
    """

    key: str
    label: str | Promise
    of: str
    is_bad: bool = False
    of_districts_only: bool = False
    # Points, which there are only where the assessment is scored.
    is_points: bool = False


_COLUMNS = (
    ResultColumn("duties_owed", _("应报事项"), CriterionKind.TIMELINESS),
    ResultColumn("duties_in_time", _("按时"), CriterionKind.TIMELINESS),
    ResultColumn("duties_late", _("逾期报送"), CriterionKind.TIMELINESS, is_bad=True),
    ResultColumn("duties_missing", _("逾期未报"), CriterionKind.TIMELINESS, is_bad=True),
    ResultColumn("meetings_owed", _("应开会议"), CriterionKind.TIMELINESS, of_districts_only=True),
    ResultColumn("meetings_held", _("已开会议"), CriterionKind.TIMELINESS, of_districts_only=True),
    ResultColumn("entries_owed", _("应填措施"), CriterionKind.COMPLETENESS),
    ResultColumn("entries_in", _("已报措施"), CriterionKind.COMPLETENESS),
    ResultColumn("entries_accepted", _("通过措施"), CriterionKind.COMPLETENESS),
    ResultColumn("returns", _("退回"), CriterionKind.RETURNS, is_bad=True),
    ResultColumn("extensions", _("延期"), CriterionKind.EXTENSIONS),
    ResultColumn("urges", _("被催办"), CriterionKind.TIMELINESS),
    ResultColumn("marks", _("评议分"), CriterionKind.MARKS, is_points=True),
    ResultColumn("score", _("得分"), "", is_points=True),
)


def columns_of(assessment: Assessment, *, of_districts: bool) -> list[ResultColumn]:
    """The columns of units, or of districts, by the criteria that are used and whether there are points."""
    used = {row.kind for row in assessment.criteria.all() if row.is_used}
    return [
        column
        for column in _COLUMNS
        if (not column.of or column.of in used)
        and (of_districts or not column.of_districts_only)
        and (assessment.is_scored or not column.is_points)
    ]


def value_of(column: ResultColumn, result: AssessmentResult, facts: Facts) -> Value:
    """What stands in the column; None where nobody has said it yet."""
    if column.is_points:
        given: Decimal | None = getattr(result, column.key)
        return given
    counted: int = getattr(facts, column.key)
    return counted


def name_of(result: AssessmentResult) -> str:
    """The unit, or the division of the district. Needs either loaded."""
    if result.department is not None:
        return result.department.name
    assert result.assessed_conference is not None  # noqa: S101 - result_of_unit_or_of_conference holds
    return result.assessed_conference.jurisdiction.name


def split(results: Iterable[AssessmentResult]) -> tuple[list[AssessmentResult], list[AssessmentResult]]:
    """Units and districts."""
    rows = list(results)
    return [row for row in rows if row.department_id is not None], [row for row in rows if row.department_id is None]


def finding_text(result: AssessmentResult) -> str:
    """The finding in a word; nothing where there is none."""
    return "" if result.finding == Finding.NONE else str(result.get_finding_display())
