"""What a city's report says of its districts: who has filed, who has not, and what their reports say in short."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from reporting.documents.characters import clean
from reporting.documents.wording import chinese_date, listed
from reporting.enums import EntryState
from reporting.lights import days_late
from reporting.models import AnnualReport, Duty, ReportSection
from reporting.report_structure import DISTRICTS, OVERVIEW, Part

_LONGEST_EXCERPT = 300


def weave_districts(report: AnnualReport) -> list[Part]:
    """One section below the work of the units; none where no district owes this conference a report. Two queries."""
    owed = list(
        Duty.objects.reports()
        .in_force()
        .filter(conference=report.conference_id, year=report.year, department=None)
        .exclude(obliged_conference=report.conference_id)
        .select_related("obliged_conference__jurisdiction")
        .order_by("obliged_conference__code", "pk")
    )
    if not owed:
        return []
    said = dict(
        ReportSection.objects.filter(report__duty__in=[duty.pk for duty in owed], key=OVERVIEW).values_list(
            "report__duty", "body"
        )
    )
    lines = [_counted(owed), *(_told(duty, said.get(duty.pk, "")) for duty in owed)]
    return [Part(DISTRICTS, 2, "区县工作情况", "\n".join(filter(None, lines)))]


def _counted(owed: Sequence[Duty]) -> str:
    """「截至2026年12月31日，应报送年度报告的区县37个，已报送35个，其中逾期报送1个；未报送2个：……。」"""
    filed = [duty for duty in owed if duty.state in EntryState.shared()]
    late = [duty for duty in filed if days_late(duty.first_submitted_at or duty.submitted_at, duty.due_on)]
    missing = [duty for duty in owed if duty.state not in EntryState.shared()]
    words = f"截至{chinese_date(timezone.localdate())}，应报送年度报告的区县{len(owed)}个，已报送{len(filed)}个"
    if late:
        words += f"，其中逾期报送{len(late)}个（{listed(map(district_of, late))}）"
    if missing:
        words += f"；未报送{len(missing)}个：{listed(map(district_of, missing))}"
    return f"{words}。"


def _told(duty: Duty, overview: str) -> str:
    if duty.state not in EntryState.shared():
        return ""
    return f"{district_of(duty)}：{excerpt(overview)}" if overview.strip() else ""


def district_of(duty: Duty) -> str:
    assert duty.obliged_conference is not None  # noqa: S101 - duties of departments are not asked for here
    return duty.obliged_conference.jurisdiction.name


def excerpt(text: str) -> str:
    """The first paragraph, cut at the end of a sentence where it is long."""
    words = clean(text).strip().partition("\n")[0].strip()
    if len(words) <= _LONGEST_EXCERPT:
        return words
    stop = words.rfind("。", 0, _LONGEST_EXCERPT)
    return words[: stop + 1] if stop > 0 else f"{words[:_LONGEST_EXCERPT]}……"
