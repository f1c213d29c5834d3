"""通知 and 记录: what I was told, and what happened."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from departments.models import Event
from measures.enums import ImportState, VersionState
from reporting.enums import (
    AssessmentState,
    CircularState,
    EntryState,
    Finding,
    JobState,
    MeetingState,
    SupervisionState,
    YearState,
)
from reporting.models import Notice
from reporting.pages.filters import EventFilters

_ON_A_PAGE = 50
# Of these the act, or the reason, says in words what their codes stand for.
_SAID_OTHERWISE = ("measures.plan", "reporting.unitsetting", "reporting.annualreport")


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user)
    page = Paginator(notices, _ON_A_PAGE).get_page(request.GET.get("page"))
    for notice in page.object_list:
        notice.url = get_script_prefix().rstrip("/") + notice.path if notice.path else ""
        notice.read_url = reverse("reporting:notice_read", args=[notice.pk])
    context = {
        "page": page,
        "unread_count": notices.unread().count(),
        "read_all_url": reverse("reporting:inbox_read"),
    }
    return render(request, "reporting/inbox.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return redirect("reporting:inbox")


@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    Notice.objects.visible_to(request.user).unread().update(read_at=timezone.now())
    return redirect("reporting:inbox")


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The trail, as far as the person may see it."""
    filters = EventFilters(request.GET)
    rows = filters.narrow(Event.objects.visible_to(request.user))
    page = Paginator(rows.select_related("actor", "department", "conference"), _ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    # The same word may name a state of an entry and of a version: what the event speaks of decides.
    states = {
        "measures.planversion": dict(VersionState.choices),
        "measures.planimport": dict(ImportState.choices),
        "reporting.year": dict(YearState.choices),
        "reporting.meeting": dict(MeetingState.choices),
        "reporting.assessment": dict(AssessmentState.choices),
        "reporting.assessmentresult": dict(Finding.choices),
        "reporting.circular": dict(CircularState.choices),
        "reporting.supervision": dict(SupervisionState.choices),
        "reporting.job": dict(JobState.choices),
    }
    for event in page.object_list:
        if event.object_type in _SAID_OTHERWISE:
            event.change_text = ""
            continue
        words = states.get(event.object_type, dict(EntryState.choices))
        before, after = words.get(event.before, event.before), words.get(event.after, event.after)
        event.change_text = f"{before} → {after}" if before and before != after else str(after)
    return render(request, "reporting/events.html", {"page": page, "filters": filters})
