"""年度: how a conference's year stands, opening it, closing it, opening it again; the archive of a closed one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.access import access_of
from departments.models import Conference
from reporting.enums import JobKind, YearState
from reporting.forms.years import CloseYearForm, ReopenYearForm
from reporting.models import Job, Year
from reporting.office_permissions import can_decide
from reporting.pages.closing import facts_of, job_row, left_rows, opening_totals, state_text
from reporting.pages.office import office_tabs
from reporting.pages.rows import trail_of
from reporting.pages.years import year_tabs
from reporting.services import jobs
from reporting.services.closing import LeftChanged, YearIsOpen, close_year, reopen_year
from reporting.services.refusals import YearIsOver
from reporting.services.remaining import remaining_in
from reporting.services.years import NothingToOpen, YearIsClosed, open_year, preview_opening
from reporting.views.office_year import year_for
from reporting.views.outcomes import say_refused

_MOST_FILES = 30


def _decided_by(request: HttpRequest, code: str, year: int) -> Year:
    """The year, for who decides about it: the head of the office, or who is there where it has none."""
    opened = year_for(request, code, year)
    if not can_decide(request.user, opened.conference_id):
        raise PermissionDenied
    return opened


@require_safe
def year(request: HttpRequest, code: str, year: int) -> HttpResponse:
    return _page(request, year_for(request, code, year))


def _page(
    request: HttpRequest,
    opened: Year,
    *,
    closing: CloseYearForm | None = None,
    reopening: ReopenYearForm | None = None,
    status: int = 200,
) -> HttpResponse:
    conference, number = opened.conference, opened.year
    access = access_of(request.user)
    decides = can_decide(request.user, conference.pk)
    is_closed = opened.state == YearState.CLOSED
    left = closing.left if closing is not None else remaining_in(opened)
    if decides and not is_closed and closing is None:
        closing = CloseYearForm(left=left)
    files = Job.objects.visible_to(request.user).filter(conference=conference, year=number)
    years = list(Year.objects.filter(conference=conference).values_list("year", flat=True))
    today = timezone.localdate()
    context: dict[str, Any] = {
        "conference": conference,
        "year": number,
        "is_closed": is_closed,
        "state": state_text(opened),
        "facts": facts_of(opened),
        "tabs": office_tabs(conference.code, number, "year"),
        "years": year_tabs(dict.fromkeys(years, 0), number, "reporting:year", conference.code),
        "left": left_rows(left, conference.code, number),
        "closing": closing if not is_closed else None,
        "reopening": (reopening or ReopenYearForm()) if decides and is_closed else None,
        "may_ask": conference.pk in access.office_of,
        "is_early": not is_closed and number >= today.year and today.month < 12,
        "files": [
            job_row(job, closed_at=opened.closed_at)
            for job in files.select_related("requested_by", "report").order_by("-pk")[:_MOST_FILES]
        ],
        # Opening is for this year and the next; the rows that are there stay as they are.
        "to_open": [
            {"year": one, "is_open": one in years, "url": reverse("reporting:year_open", args=[conference.code, one])}
            for one in (today.year, today.year + 1)
            if decides and (one not in years or (one == number and not is_closed))
        ],
        "events": trail_of(opened),
    }
    return render(request, "reporting/year.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def year_open(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """What opening this year or the next would make; the head of the office opens it."""
    access = access_of(request.user)
    conference = get_object_or_404(
        Conference.objects.visible_to(request.user).filter(pk__in=access.office_of | access.auditor_of), code=code
    )
    if not 0 <= year - timezone.localdate().year <= 1:
        raise Http404
    decides = can_decide(request.user, conference.pk)
    if request.method == "POST":
        if not decides:
            raise PermissionDenied
        return _open(request, conference, year)
    return _opening_page(request, conference, year, decides=decides)


def _open(request: HttpRequest, conference: Conference, year: int) -> HttpResponse:
    try:
        opening = open_year(conference, year, by=request.user)
    except (NothingToOpen, YearIsClosed) as refused:
        messages.error(request, str(refused))
        return _opening_page(request, conference, year, decides=True, status=409)
    messages.success(
        request,
        _(
            "%(year)d年度已开启：应报事项 %(duties)d 项（新增 %(new_duties)d 项），进展 %(rows)d 条（新增 %(new_rows)d 条）。"
        )
        % {
            "year": year,
            "duties": opening.duties,
            "new_duties": opening.duties_created,
            "rows": opening.progress,
            "new_rows": opening.progress_created,
        },
    )
    for note in opening.notes:
        messages.warning(request, note)
    return redirect("reporting:year", conference.code, year)


def _opening_page(
    request: HttpRequest, conference: Conference, year: int, *, decides: bool, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "conference": conference,
        "year": year,
        "trail": [{"label": _("看板"), "url": reverse("reporting:board_home")}],
        "refusal": "",
        "may_open": decides,
        "totals": [],
        "version": "",
        "notes": [],
        "is_open": False,
        "is_nothing": False,
    }
    try:
        opening = preview_opening(conference, year)
    except (NothingToOpen, YearIsClosed) as refused:
        context |= {"refusal": str(refused), "may_open": False}
    else:
        context |= {
            "totals": opening_totals(opening),
            "version": str(opening.year.version or ""),
            "notes": opening.notes,
            "is_open": opening.year.pk is not None,
            "is_nothing": opening.year.pk is not None and not (opening.duties_created or opening.progress_created),
        }
    return render(request, "reporting/year_open.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def year_close(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Close the year; its archive is asked for with it."""
    if request.method != "POST":
        return redirect("reporting:year", code, year_for(request, code, year).year)
    opened = _decided_by(request, code, year)
    form = CloseYearForm(request.POST, left=remaining_in(opened))
    if not form.is_valid():
        form.shows(form.left)
        return _page(request, opened, closing=form, status=422)
    try:
        close_year(opened, by=request.user, reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"])
    except LeftChanged as changed:
        form.add_error(None, str(changed))
        form.shows(changed.left)
        return _page(request, opened, closing=form, status=409)
    except YearIsOver as over:
        say_refused(request, over, form.cleaned_data["reason"])
        return redirect("reporting:year", code, year)
    jobs.ask(JobKind.ARCHIVE, conference=opened.conference, year=year, by=request.user)
    messages.success(request, _("%(year)d年度已关闭，正在生成年度档案。") % {"year": year})
    return redirect("reporting:year", code, year)


@require_http_methods(["GET", "HEAD", "POST"])
def year_reopen(request: HttpRequest, code: str, year: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("reporting:year", code, year_for(request, code, year).year)
    opened = _decided_by(request, code, year)
    form = ReopenYearForm(request.POST)
    if not form.is_valid():
        return _page(request, opened, reopening=form, status=422)
    try:
        reopen_year(opened, by=request.user, reason=form.cleaned_data["reason"])
    except YearIsOpen as is_open:
        messages.info(request, str(is_open))
    else:
        messages.success(request, _("%(year)d年度已重新打开，各单位可以继续填报。") % {"year": year})
    return redirect("reporting:year", code, year)


@require_POST
def year_archive(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Have the archive of a closed year made."""
    opened = year_for(request, code, year)
    if opened.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    if opened.state != YearState.CLOSED:
        messages.error(request, _("年度关闭以后才能生成年度档案。"))
        return redirect("reporting:year", code, year)
    job = jobs.ask(JobKind.ARCHIVE, conference=opened.conference, year=year, by=request.user)
    return redirect("reporting:job", job.key)
