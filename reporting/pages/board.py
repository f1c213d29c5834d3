"""The board: one row a unit, the late ones first, every number with the address of the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Department
from measures.enums import ObligationKind
from reporting.enums import EntryState, Standing
from reporting.lights import days_left_text, extended_text, late_text, light_of
from reporting.models import Duty, Urge
from reporting.pages.filters import OUTSTANDING, OVERDUE, BoardFilters

# The board's columns, in the order in which work flows. What cooperating units know of and need not report is owed by
# nobody and counts by itself; what waits for a unit's head is still being written.
COLUMNS = (
    Standing.OPEN,
    Standing.KNOWN,
    Standing.DRAFT,
    Standing.RETURNED,
    Standing.SUBMITTED,
    Standing.ACCEPTED,
)

_OWED = (Standing.OPEN, Standing.DRAFT, Standing.RETURNED)


def column_of(standing: str) -> str:
    """The column in which a row with that standing counts."""
    return Standing.DRAFT if standing == Standing.TO_SIGN else standing


def urged_texts(duties: Iterable[Duty]) -> dict[int, str]:
    """「已于12-08催办」 for each duty that somebody was urged about: the last time. One query."""
    urges = Urge.objects.filter(duty__in=[duty.pk for duty in duties]).order_by("created_at")
    return {
        duty: _("已于%(at)s催办") % {"at": timezone.localtime(at).strftime("%m-%d")}
        for duty, at in urges.values_list("duty", "created_at")
    }


class Links:
    """Addresses of the lists behind the board's numbers, keeping what the board is narrowed to."""

    def __init__(self, code: str, year: int, filters: BoardFilters) -> None:
        self.code, self.year = code, year
        self.rows = reverse("reporting:rows", args=[code, year])
        self.duties = reverse("reporting:duties", args=[code, year])
        self.kept = {name: filters.value(name) for name in ("chapter", "role", "q") if filters.value(name)}

    def entries(self, **query: str) -> str:
        query = {**self.kept, **{name: value for name, value in query.items() if value}}
        return f"{self.rows}?{urlencode(query)}" if query else self.rows

    def reports(self, state: str) -> str:
        """The annual reports in one state, of the units that the board shows."""
        query = {"kind": ObligationKind.ANNUAL_REPORT, "who": "units", "state": state}
        return f"{self.duties}?{urlencode(query | {name: self.kept[name] for name in ('q',) if name in self.kept})}"

    def urging(self) -> str:
        """Urging about all annual reports that are owed by the units that the board shows."""
        urging = reverse("reporting:urge_many", args=[self.code, self.year])
        return f"{urging}?{urlsplit(self.reports(OUTSTANDING)).query}"

    def unit(self, unit: Department) -> str:
        return reverse("reporting:unit", args=[self.code, self.year, unit.code])


def board_row(
    unit: Department,
    counts: dict[str, int],
    report: Duty | None,
    urged: dict[int, str],
    links: Links,
    today: date,
    *,
    may_urge: bool,
    granted: dict[int, int],
    is_over: bool = False,
) -> dict[str, Any]:
    total = sum(counts.values())
    is_owed = report is not None and report.state in EntryState.outstanding() and not is_over
    overdue = is_owed and report is not None and report.due_on < today
    owed = sum(counts.get(state, 0) for state in EntryState.outstanding())
    light = light_of(report.state, report.due_on, today, is_over=is_over) if report is not None else None
    return {
        "key": unit.code,
        "unit": unit.name,
        "url": links.unit(unit),
        "cells": [
            {
                "label": state.label,
                "count": counts.get(state, 0),
                "url": links.entries(unit=unit.code, state=state),
                "is_red": (state == Standing.RETURNED and not is_over) or (overdue and state in _OWED),
            }
            for state in COLUMNS
        ],
        "total": total,
        "total_url": links.entries(unit=unit.code),
        "report": {
            "light": light,
            "days_text": days_left_text(report.due_on, today) if is_owed else "",
            "extended_text": extended_text(report.planned_on, report.due_on, granted.get(report.pk, 0)),
            "late_text": late_text(report.first_submitted_at, report.due_on),
            "url": reverse("reporting:duty_review", args=[report.pk]),
            "state": report.state,
            "is_overdue": overdue,
        }
        if report is not None
        else None,
        "urge_url": reverse("reporting:duty_urge", args=[report.pk])
        if report is not None and may_urge and report.state in EntryState.outstanding()
        else "",
        "urged_text": urged.get(report.pk, "") if report is not None else "",
        # Overdue first, then what waits for somebody, then by how much is owed; the list's own order last.
        "order": (
            not overdue,
            light.urgency if light is not None else 50,
            -counts.get(EntryState.RETURNED, 0),
            -owed,
            unit.position,
        ),
    }


def totals_of(rows: list[dict[str, Any]], links: Links) -> list[dict[str, Any]]:
    reports = [row["report"] for row in rows if row["report"]]
    unfiled = sum(report["state"] in EntryState.outstanding() for report in reports)
    overdue = sum(report["is_overdue"] for report in reports)
    waiting = sum(row["cells"][COLUMNS.index(EntryState.SUBMITTED)]["count"] for row in rows)
    totals = [{"label": _("单位"), "value": len(rows), "url": "#units-title", "is_red": False}]
    if reports:
        totals += [
            {"label": _("年度报告未报"), "value": unfiled, "url": links.reports(OUTSTANDING)},
            {
                "label": _("其中逾期"),
                "value": overdue,
                "url": links.reports(OVERDUE),
                "is_red": bool(overdue),
            },
            {
                "label": _("年度报告待审"),
                "value": sum(report["state"] == EntryState.SUBMITTED for report in reports),
                "url": links.reports(EntryState.SUBMITTED),
            },
        ]
    if any(row["total"] for row in rows):
        totals += [
            {"label": _("措施进展"), "value": sum(row["total"] for row in rows), "url": links.entries()},
            {"label": _("措施待审"), "value": waiting, "url": links.entries(state=EntryState.SUBMITTED)},
        ]
    return [{"is_red": False, **total} for total in totals]


def sums_of(rows: list[dict[str, Any]], links: Links) -> dict[str, Any]:
    reports = [row["report"] for row in rows if row["report"]]
    filed = sum(report["state"] in EntryState.shared() for report in reports)
    return {
        "cells": [
            {
                "label": state.label,
                "count": sum(row["cells"][index]["count"] for row in rows),
                "url": links.entries(state=state),
                "is_red": any(row["cells"][index]["is_red"] for row in rows if row["cells"][index]["count"])
                and state == Standing.RETURNED,
            }
            for index, state in enumerate(COLUMNS)
        ],
        "total": sum(row["total"] for row in rows),
        "total_url": links.entries(),
        "reports_url": links.reports(""),
        "reports_text": _("已报 %(filed)d / %(all)d") % {"filed": filed, "all": len(reports)} if reports else "",
    }
