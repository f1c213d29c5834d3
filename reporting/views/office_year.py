"""The year that nearly every page of an office is about."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from reporting.models import Year
from reporting.permissions import can_see_board


def year_for(request: HttpRequest, code: str, year: int) -> Year:
    """The year, for the conference's own office and auditors; for anybody else it does not exist."""
    opened = get_object_or_404(
        Year.objects.visible_to(request.user)
        .select_related("conference", "version__plan", "opened_by", "closed_by")
        .defer("version__source_text"),
        conference__code=code,
        year=year,
    )
    if not can_see_board(request.user, opened.conference_id):
        raise Http404
    return opened
