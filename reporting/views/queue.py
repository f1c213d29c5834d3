"""审核: everything that waits for the office in one year, read and accepted on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from departments.access import access_of
from reporting.enums import YearState
from reporting.models import Year
from reporting.pages.keys import keys_in
from reporting.pages.office import office_tabs
from reporting.pages.queue import QueueFilters, entries_of, queue_rows, reviewable, waiting_in
from reporting.pages.rows import chapter_titles
from reporting.services.bulk import accept_many
from reporting.views.office_year import year_for
from reporting.views.outcomes import tell_refused

_ON_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def review_queue(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = year_for(request, code, year)
    if request.method == "POST":
        return _accept(request, opened)
    return _page(request, opened)


def _page(request: HttpRequest, opened: Year) -> HttpResponse:
    conference, year = opened.conference, opened.year
    everything = waiting_in(conference, year, request.user)
    titles = chapter_titles([opened.version_id] if opened.version_id else [])
    filters = QueueFilters(request.GET, titles, everything.owners)
    narrowed = waiting_in(conference, year, request.user, filters) if filters.address() else everything
    page: Any = Paginator(narrowed.keys, _ON_A_PAGE).get_page(request.GET.get("page"))
    is_open = opened.state == YearState.OPEN
    page.object_list = [
        row | {"can_tick": row["can_tick"] and is_open}
        for row in queue_rows(entries_of(page.object_list, request.user), request.user, year)
    ]
    context = {
        "conference": conference,
        "year": year,
        "tabs": office_tabs(conference.code, year, "review_queue"),
        "filters": filters,
        "page": page,
        "can_tick_any": any(row["can_tick"] for row in page.object_list),
    }
    return render(request, "reporting/review_queue.html", context)


def _accept(request: HttpRequest, opened: Year) -> HttpResponse:
    """Accept what was ticked and read, as far as it may be accepted; of the rest it is said why not."""
    if opened.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    seen = keys_in(request.POST.getlist("entry"))
    entries = [
        entry
        for entry in entries_of(seen, request.user)
        if entry.conference_id == opened.conference_id and entry.year == opened.year
    ]
    outcome = accept_many(entries, by=request.user, seen=seen, may=reviewable(request.user, entries))
    if outcome.done:
        count = len(outcome.done)
        messages.success(request, ngettext("已通过%(count)d项。", "已通过%(count)d项。", count) % {"count": count})
    tell_refused(request, outcome)
    if not seen:
        messages.info(request, _("请先勾选要通过的条目。"))
    back = QueueFilters(request.GET, *_choices(request, opened)).address()
    url = reverse("reporting:review_queue", args=[opened.conference.code, opened.year])
    return redirect(f"{url}?{back}" if back else url)


def _choices(request: HttpRequest, opened: Year) -> tuple[dict[str, str], dict[str, str]]:
    """What the list may be narrowed by: only that is kept in the address that one returns to."""
    titles = chapter_titles([opened.version_id] if opened.version_id else [])
    return titles, waiting_in(opened.conference, opened.year, request.user).owners
