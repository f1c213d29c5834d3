"""台账: the year's responsibility ledger, as a workbook and on paper; of a part of it, of one's own unit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.access import access_of
from departments.models import Conference, Department
from measures.sheets.writing import NotWritable
from reporting.enums import JobKind
from reporting.ledgers.contents import count_rows, ledger_of
from reporting.ledgers.making import AT_ONCE, ledger_file
from reporting.ledgers.parts import Part, as_office, as_unit
from reporting.models import Job, Progress, Year
from reporting.pages.closing import job_row
from reporting.pages.ledgers import LedgerFilters, printed
from reporting.pages.office import office_tabs
from reporting.pages.rows import chapter_titles
from reporting.pages.years import year_tabs
from reporting.services import jobs
from reporting.views.downloads import download
from reporting.views.office_year import year_for

_MOST_FILES = 5


@require_safe
def ledger(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = year_for(request, code, year)
    filters = _filters(request.GET, opened)
    part = filters.part()
    rows = count_rows(opened, part) if opened.version else 0
    files = Job.objects.visible_to(request.user).filter(conference=opened.conference, year=year, kind=JobKind.LEDGER)
    years = Year.objects.filter(conference=opened.conference).values_list("year", flat=True)
    query = f"?{filters.address()}" if filters.address() else ""
    context: dict[str, Any] = {
        "conference": opened.conference,
        "year": year,
        "version": str(opened.version or ""),
        "tabs": office_tabs(code, year, "ledger"),
        "years": year_tabs(dict.fromkeys(years, 0), year, "reporting:ledger", code),
        "filters": filters,
        "rows": rows,
        "is_large": rows > AT_ONCE and opened.conference_id in access_of(request.user).office_of,
        "file_url": reverse("reporting:ledger_xlsx", args=[code, year]) + query,
        "job_url": reverse("reporting:ledger_job", args=[code, year]) + query,
        # The districts' rows are a list of states, which nobody prints.
        "print_url": "" if part.districts else reverse("reporting:ledger_print", args=[code, year]) + query,
        "files": [job_row(job) for job in files.select_related("requested_by", "report").order_by("-pk")[:_MOST_FILES]],
    }
    return render(request, "reporting/ledger.html", context)


def _filters(data: Any, opened: Year) -> LedgerFilters:
    asked = Progress.objects.in_force().filter(conference=opened.conference, year=opened.year)
    units = Department.objects.filter(pk__in=asked.order_by().values("department")).order_by("position", "pk")
    return LedgerFilters(
        data,
        chapter_titles([opened.version_id] if opened.version_id else []),
        dict(units.values_list("code", "name")),
        has_districts=Conference.objects.filter(upper=opened.conference_id).exists(),
    )


def _with_a_plan(request: HttpRequest, code: str, year: int) -> Year:
    opened = year_for(request, code, year)
    if opened.version is None:
        raise Http404
    return opened


@require_safe
def ledger_xlsx(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The part that the address names, as a workbook; one that is large is made by a worker instead."""
    opened = _with_a_plan(request, code, year)
    filters = _filters(request.GET, opened)
    # An auditor asks no worker for anything: what is large is made at once for once.
    asks = opened.conference_id in access_of(request.user).office_of
    if asks and count_rows(opened, filters.part()) > AT_ONCE:
        messages.info(request, _("行数较多，请在后台生成。"))
        return redirect(f"{reverse('reporting:ledger', args=[code, year])}?{filters.address()}")
    return _file(request, opened, filters.part(), back=reverse("reporting:ledger", args=[code, year]))


def _file(request: HttpRequest, opened: Year, part: Part, *, back: str, unit: Department | None = None) -> HttpResponse:
    reader = as_unit(unit) if unit is not None else as_office(opened.conference)
    try:
        made = ledger_file(opened, part, reader)
    except NotWritable as refused:
        messages.error(request, str(refused))
        return redirect(back)
    assert isinstance(made.content, bytes)  # noqa: S101 - a workbook is made in memory
    return download(made.content, made.file_name, made.content_type)


@require_POST
def ledger_job(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Have a worker make the part that the address names: for the office, an auditor fetches what is there."""
    opened = _with_a_plan(request, code, year)
    if opened.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    part = _filters(request.GET, opened).part()
    job = jobs.ask(JobKind.LEDGER, conference=opened.conference, year=year, by=request.user, scope=str(part))
    return redirect("reporting:job", job.key)


@require_safe
def ledger_print(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = _with_a_plan(request, code, year)
    filters = _filters(request.GET, opened)
    part = filters.part()
    shown = ledger_of(opened, Part(part.chapter, part.unit), as_office(opened.conference))
    context = printed(shown) | {
        "trail": [
            {"label": _("台账"), "url": f"{reverse('reporting:ledger', args=[code, year])}?{filters.address()}"},
        ],
        "conference": opened.conference,
    }
    return render(request, "reporting/ledger_print.html", context)


@require_safe
def unit_ledger(request: HttpRequest, year: int, unit_code: str) -> HttpResponse:
    """One's own unit's ledger, with what is still being written."""
    unit = get_object_or_404(Department, pk__in=access_of(request.user).departments, code=unit_code)
    opened = get_object_or_404(
        Year.objects.visible_to(request.user)
        .exclude(version=None)
        .select_related("conference", "version__plan")
        .defer("version__source_text"),
        conference=unit.conference_id,
        year=year,
    )
    back = reverse("reporting:work_year", args=[year])
    return _file(request, opened, Part(unit=unit.code), back=back, unit=unit)
