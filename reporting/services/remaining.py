"""What of a conference's year is not finished: counted for the page of the year, and before the year is closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from measures.enums import ObligationKind
from reporting.enums import (
    AssessmentState,
    CircularState,
    EntryState,
    ExtensionState,
    InputState,
    MeetingState,
    SupervisionState,
)
from reporting.models import (
    Assessment,
    Circular,
    Duty,
    Extension,
    Filing,
    InputRequest,
    Meeting,
    Progress,
    Supervision,
    Year,
)
from reporting.models.entries import known


class Remaining(NamedTuple):
    """One kind of thing that is open, by its code (the page has the words), and how many there are."""

    code: str
    number: int


def remaining_in(year: Year) -> list[Remaining]:
    """All that is open in the year, in the order of the work; nothing that is not. Three queries."""
    in_year = {"conference": year.conference_id, "year": year.year}
    owed = Q(state__in=EntryState.outstanding())
    submitted = Count("pk", filter=Q(state=EntryState.SUBMITTED))
    report = Q(kind=ObligationKind.ANNUAL_REPORT)
    duties = (
        Duty.objects.filter(**in_year)
        .in_force()
        .aggregate(
            reports=Count("pk", filter=owed & report & Q(obliged_conference=None)),
            district_reports=Count("pk", filter=owed & report & Q(department=None)),
            other_duties=Count("pk", filter=owed & ~report),
            duties_to_review=submitted,
        )
    )
    # What cooperating units know of and need not report on is nobody's to finish.
    progress = (
        Progress.objects.filter(**in_year)
        .in_force()
        .aggregate(entries=Count("pk", filter=owed & ~known()), entries_to_review=submitted)
    )
    beside: dict[str, QuerySet[Any]] = {
        "extensions": Extension.objects.filter(
            conference=year.conference_id, duty__year=year.year, state=ExtensionState.ASKED
        ),
        "inputs": InputRequest.objects.filter(
            conference=year.conference_id, progress__year=year.year, state=InputState.ASKED
        ),
        "meetings": Meeting.objects.filter(**in_year, state=MeetingState.PLANNED),
        "assessments": Assessment.objects.filter(**in_year, state=AssessmentState.DRAFT),
        "circulars": Circular.objects.filter(**in_year, state=CircularState.DRAFT),
        "supervisions": Supervision.objects.filter(**in_year, state=SupervisionState.OPEN),
        # The conference's own report: filed, or made final where it goes to nobody above.
        "filed": Filing.objects.filter(
            report__department=None,
            report__conference=year.conference_id,
            report__year=year.year,
            conference=year.conference_id,
            withdrawn_at=None,
        ),
    }
    numbers = {code: number_of(rows) for code, rows in beside.items()}
    counts: dict[str, Any] = dict(Year.objects.filter(pk=year.pk).annotate(**numbers).values(*numbers).get())
    found = duties | progress | counts | {"own_report": int(not counts["filed"])}
    return [Remaining(code, found[code]) for code in _ORDER if found[code]]


_ORDER = (
    "reports",
    "district_reports",
    "other_duties",
    "entries",
    "entries_to_review",
    "duties_to_review",
    "extensions",
    "inputs",
    "meetings",
    "assessments",
    "circulars",
    "supervisions",
    "own_report",
)


def number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, all of one conference, as a part of another query."""
    return Coalesce(Subquery(rows.order_by().values("conference").annotate(number=Count("pk")).values("number")), 0)


def in_one_line(left: Iterable[Remaining]) -> str:
    """What a form that lists them carries along, to find out whether it is still so."""
    return " ".join(f"{code}:{count}" for code, count in left)
