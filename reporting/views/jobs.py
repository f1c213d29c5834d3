"""Files that a worker makes: how far it is, the file itself, giving it up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.access import access_of
from reporting.enums import JobState
from reporting.models import Job, Year
from reporting.pages.closing import job_row
from reporting.pages.office import office_tabs
from reporting.services import jobs
from reporting.views.downloads import stored


def job_for(request: HttpRequest, key: UUID) -> Job:
    """The job, for the office and the auditors of its conference; for anybody else it does not exist."""
    rows = Job.objects.visible_to(request.user).select_related("conference", "requested_by", "report")
    return get_object_or_404(rows, key=key)


@require_safe
def job(request: HttpRequest, key: UUID) -> HttpResponse:
    row = job_for(request, key)
    opened = Year.objects.filter(conference=row.conference_id, year=row.year).first()
    context = {
        "job": job_row(row, closed_at=opened.closed_at if opened else None),
        "conference": row.conference,
        "year": row.year,
        "tabs": office_tabs(row.conference.code, row.year, "job"),
        "year_url": reverse("reporting:year", args=[row.conference.code, row.year]) if opened else "",
        "may_cancel": _may_cancel(request, row),
    }
    return render(request, "reporting/job.html", context)


@require_safe
def job_progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far the making is: a piece of the page that asks again; at the end the page itself is loaded anew."""
    row = job_for(request, key)
    if row.state not in JobState.unfinished():
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "reporting/includes/job_progress.html", {"job": job_row(row)})


@require_safe
def job_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    row = job_for(request, key)
    if row.state != JobState.DONE:
        raise Http404
    return stored(row.file, row.file_name, row.content_type)


@require_POST
def job_cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    row = job_for(request, key)
    if not _may_cancel(request, row):
        raise PermissionDenied
    try:
        jobs.cancel(row, by=request.user)
    except jobs.TooLate as late:
        messages.info(request, str(late))
    else:
        messages.success(request, _("已停止生成。"))
    return redirect("reporting:job", key)


def _may_cancel(request: HttpRequest, row: Job) -> bool:
    """The office that works with the files, and whoever asked for this one."""
    return row.conference_id in access_of(request.user).office_of or row.requested_by_id == request.user.pk
