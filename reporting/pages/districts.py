"""Districts: how each conference below stands with its own report, and with those of its units."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models import Conference, User
from reporting.enums import EntryState
from reporting.lights import days_left_text, extended_text, late_text, light_of
from reporting.models import Duty
from reporting.services.extensions import count_for


def district_rows(
    conference: Conference, year: int, user: User, today: date, *, is_over: bool = False
) -> list[dict[str, Any]]:
    """A row for every conference below that owes a report for the year, or whose units do; the late ones first.

    Of the units' reports only the states are counted. ``is_over``: the conference's year was closed. Four queries for
    any number of districts.
    """
    owed = Duty.objects.visible_to(user).reports().in_force().filter(year=year).defer("statement")
    reports = {
        duty.obliged_conference_id: duty
        for duty in owed.filter(conference=conference, obliged_conference__upper=conference).order_by("due_on", "pk")
    }
    of_units = owed.filter(conference__upper=conference).exclude(department=None)
    counted = (
        of_units.order_by()
        .values_list("conference")
        .annotate(
            total=Count("pk"),
            filed=Count("pk", filter=Q(state__in=EntryState.shared())),
            accepted=Count("pk", filter=Q(state=EntryState.ACCEPTED)),
            late=Count("pk", filter=Q(state__in=EntryState.outstanding(), due_on__lt=today)),
        )
    )
    counts = {
        pk: {"total": total, "filed": filed, "accepted": accepted, "late": late}
        for pk, total, filed, accepted, late in counted
    }
    granted = count_for(reports.values())
    places = Conference.objects.filter(pk__in={*reports, *counts}).select_related("jurisdiction").order_by("code")
    rows = [
        {
            "name": place.jurisdiction.name,
            "report": _report(reports.get(place.pk), granted, today, is_over=is_over),
            "counts": counts.get(place.pk),
            "order": _order(reports.get(place.pk), today, is_over=is_over),
        }
        for place in places
    ]
    return sorted(rows, key=lambda row: row["order"])


def _report(duty: Duty | None, granted: dict[int, int], today: date, *, is_over: bool) -> dict[str, Any] | None:
    if duty is None:
        return None
    return {
        "light": light_of(duty.state, duty.due_on, today, is_over=is_over),
        "is_filed": duty.state in EntryState.shared(),
        "days_text": "" if is_over or duty.state in EntryState.shared() else days_left_text(duty.due_on, today),
        "extended_text": extended_text(duty.planned_on, duty.due_on, granted.get(duty.pk, 0)),
        "late_text": late_text(duty.first_submitted_at, duty.due_on),
        "url": reverse("reporting:duty_review", args=[duty.pk]),
    }


def _order(duty: Duty | None, today: date, *, is_over: bool) -> tuple[bool, int]:
    if duty is None:
        return True, 100
    overdue = duty.state in EntryState.outstanding() and duty.due_on < today and not is_over
    return not overdue, light_of(duty.state, duty.due_on, today, is_over=is_over).urgency


def district_totals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    reports = [row["report"] for row in rows if row["report"]]
    filed = [report for report in reports if report["is_filed"]]
    late = [report for report in reports if report["light"].css == "red"]
    return [
        {"label": _("区县"), "value": len(rows), "url": "", "is_red": False},
        {"label": _("已报送"), "value": len(filed), "url": "", "is_red": False},
        {"label": _("未报送"), "value": len(reports) - len(filed), "url": "", "is_red": False},
        {"label": _("其中逾期"), "value": len(late), "url": "", "is_red": bool(late)},
    ]
