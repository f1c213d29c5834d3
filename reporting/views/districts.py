"""区县: the city's office looks at how its districts report."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reporting.enums import YearState
from reporting.pages.districts import district_rows, district_totals
from reporting.pages.office import office_tabs
from reporting.views.office_year import year_for


@require_safe
def districts(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = year_for(request, code, year)
    conference, is_over = opened.conference, opened.state == YearState.CLOSED
    rows = district_rows(conference, year, request.user, timezone.localdate(), is_over=is_over)
    context = {
        "conference": conference,
        "year": year,
        "tabs": office_tabs(code, year, "board"),
        "trail": [{"label": _("看板"), "url": reverse("reporting:board", args=[code, year])}],
        "totals": district_totals(rows) if rows else [],
        "rows": rows,
        "duties_url": f"{reverse('reporting:duties', args=[code, year])}?who=districts",
    }
    return render(request, "reporting/districts.html", context)
