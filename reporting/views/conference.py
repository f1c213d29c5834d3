"""联席会议: what the conference tells those who are not its office."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.access import access_of
from reporting.assessment_columns import finding_text, name_of
from reporting.enums import AssessmentState, CircularState
from reporting.models import Assessment, AssessmentResult, Circular, Meeting
from reporting.pages.assessments import assessment_row
from reporting.pages.circulars import circular_row
from reporting.pages.conference import conferences_told_of, has_conference_year, own_results
from reporting.pages.meetings import meeting_row


@require_safe
def conference_year(request: HttpRequest, year: int) -> HttpResponse:
    """Meetings of one's conference, circulars, and published assessments with one's own results."""
    access, today = access_of(request.user), timezone.localdate()
    if not has_conference_year(access, year):
        raise Http404
    conferences = list(conferences_told_of(access))
    told = Q(conference__in=conferences, year=year)
    meetings = Meeting.objects.visible_to(request.user).filter(told, conference__in=access.member_of)
    circulars = Circular.objects.visible_to(request.user).filter(told, state=CircularState.ISSUED)
    published = Assessment.objects.visible_to(request.user).filter(told, state=AssessmentState.PUBLISHED)
    results = AssessmentResult.objects.visible_to(request.user).filter(assessment__in=published)
    own: dict[int, list[dict[str, Any]]] = {}
    for result in results.filter(own_results(access)).select_related("department", "assessed_conference__jurisdiction"):
        url = reverse("reporting:assessment_result", args=[result.pk])
        row = {"name": name_of(result), "finding": finding_text(result), "url": url}
        own.setdefault(result.assessment_id, []).append(row)
    context = {
        "year": year,
        "names": "、".join(str(conference) for conference in conferences),
        "trail": [{"label": _("我的工作"), "url": reverse("reporting:work")}],
        "meetings": [meeting_row(row, today) for row in meetings.order_by("-held_on", "-pk").defer("minutes")],
        "circulars": [circular_row(row) for row in circulars.order_by("-issued_on", "-pk").defer("body")],
        "assessments": [assessment_row(row) | {"own": own.get(row.pk, [])} for row in published.order_by("kind")],
    }
    return render(request, "reporting/conference_year.html", context)
