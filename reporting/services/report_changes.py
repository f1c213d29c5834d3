"""What has changed since a report was compiled, and whose reports a conference's report is still without.

Its text stays as it was compiled until somebody compiles it again, while its tables are always made of today's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, FigureSheet, Filing, Progress
from reporting.models.entries import DutyQuerySet
from reporting.services.remaining import number_of


@dataclass(frozen=True, slots=True)
class Changed:
    """How many rows have changed since ``since``; false where none has."""

    since: datetime | None = None
    entries: int = 0
    sheets: int = 0
    reports: int = 0

    def __bool__(self) -> bool:
        return bool(self.entries or self.sheets or self.reports)


@dataclass(frozen=True, slots=True)
class Missing:
    """How many units and districts have not filed the report that they owe; false where all have."""

    units: int = 0
    districts: int = 0

    def __bool__(self) -> bool:
        return bool(self.units or self.districts)


def changed_since_compiled(report: AnnualReport) -> Changed:
    """What the report is made of that has changed since it was compiled. One query, none for what was never compiled."""
    since = report.compiled_at
    if since is None:
        return Changed()
    entries = Progress.objects.in_force().filter(conference=report.conference_id, year=report.year)
    sheets = FigureSheet.objects.filter(conference=report.conference_id, year=report.year, updated_at__gt=since)
    if report.department_id is not None:
        # Its own drafts are in it: what the office says of them changes no word.
        entries = entries.filter(department=report.department_id)
        entries = entries.filter(Q(updated_at__gt=since) | Q(acknowledged_at__gt=since))
        sheets = sheets.filter(department=report.department_id)
        reports = Duty.objects.none()
    else:
        # What a unit writes counts when it is handed in, and when the office has said what it thinks of it.
        entries = entries.filter(Q(submitted_at__gt=since) | Q(reviewed_at__gt=since))
        sheets = sheets.handed_in()
        taken_back = Filing.objects.filter(report__duty=OuterRef("pk"), withdrawn_at__gt=since)
        reports = _owed_to(report).filter(Q(submitted_at__gt=since) | Q(reviewed_at__gt=since) | Exists(taken_back))
    counts = {"entries": number_of(entries), "sheets": number_of(sheets), "reports": number_of(reports)}
    found = AnnualReport.objects.filter(pk=report.pk).annotate(**counts).values(*counts).get()
    return Changed(since, **found)


def missing_reports(report: AnnualReport) -> Missing:
    """Whose reports are not in a conference's report because they have not arrived. One query, none for a unit's."""
    if report.department_id is not None:
        return Missing()
    counts = (
        _owed_to(report)
        .exclude(state__in=EntryState.shared())
        .aggregate(
            units=Count("department", distinct=True),
            districts=Count("obliged_conference", distinct=True),
        )
    )
    return Missing(**counts)


def _owed_to(report: AnnualReport) -> DutyQuerySet:
    """The reports of its units and of the districts below that a conference's own report is made of."""
    owed = Duty.objects.reports().in_force().filter(conference=report.conference_id, year=report.year)
    # Its own, where it reports to itself, is none of them.
    return owed.exclude(obliged_conference=report.conference_id)
