"""The year's numbers of a conference: sums over units and districts, who is missing, the matrix, the workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.access import access_of
from reporting.figure_book import write_sums
from reporting.models import Duty
from reporting.pages.figure_sums import Urging, matrix, sums_page
from reporting.pages.office import office_tabs
from reporting.services.figures import sums
from reporting.views.downloads import download
from reporting.views.office_year import year_for


@require_safe
def figure_sums(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = year_for(request, code, year)
    conference = opened.conference
    may_urge = conference.pk in access_of(request.user).office_of
    owed = Duty.objects.visible_to(request.user).filter(conference=conference, year=year)
    urging = Urging(code, year, owed, timezone.localdate(), may_urge=may_urge)
    context = {
        "tabs": office_tabs(code, year, "figure_sums"),
        "conference": conference,
        "year": year,
        "indicators_url": reverse("reporting:indicators", args=[code, year]),
        "matrix_url": reverse("reporting:figure_matrix", args=[code, year]),
        "xlsx_url": reverse("reporting:figure_sums_xlsx", args=[code, year]),
        **sums_page(sums(conference, year), conference, year, urging),
    }
    return render(request, "reporting/figure_sums.html", context)


@require_safe
def figure_matrix(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Units × indicators, for the wide side of the sheet."""
    opened = year_for(request, code, year)
    context = {
        "tabs": office_tabs(code, year, "figure_sums"),
        "trail": [{"label": _("数据"), "url": reverse("reporting:figure_sums", args=[code, year])}],
        "conference": opened.conference,
        "year": year,
        "tables": matrix(sums(opened.conference, year)),
    }
    return render(request, "reporting/figure_matrix.html", context)


@require_safe
def figure_sums_xlsx(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = year_for(request, code, year)
    content = write_sums(sums(opened.conference, year), opened.conference, year)
    return download(content, f"{opened.conference.short_name}{year}年数据汇总.xlsx")
