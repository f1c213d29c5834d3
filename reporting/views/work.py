"""我的工作: what I owe, by when, what is returned, and my unit's measures by chapter."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.access import Access, access_of
from departments.models import Conference, Department
from reporting.enums import EntryState
from reporting.models import Duty, Progress, Year
from reporting.models.years import in_open_year
from reporting.pages.handovers import banners_of
from reporting.pages.work import work_context
from reporting.pages.years import year_tabs, year_to_show


@require_safe
def work_home(request: HttpRequest) -> HttpResponse:
    """To this year's work, or the nearest year in which the person has any."""
    today = timezone.localdate()
    return redirect("reporting:work_year", year_to_show(_years(_access_to_work(request)), today) or today.year)


def _years(access: Access) -> dict[int, int]:
    """The years of the person's own units and offices, each with how many reports can still be handed in. Two queries."""
    mine = Duty.objects.filter(Q(department__in=access.departments) | Q(obliged_conference__in=access.office_of))
    owed = Count("pk", filter=Q(state__in=EntryState.outstanding()) & in_open_year())
    years = dict.fromkeys(
        Year.objects.filter(conference__in=access.member_of | access.office_of).values_list("year", flat=True), 0
    )
    return years | dict(mine.order_by().values_list("year").annotate(owed=owed))


def _access_to_work(request: HttpRequest) -> Access:
    """Whose work: the page is that of units and offices; for who only administers or audits there is none."""
    access = access_of(request.user)
    if not (access.departments or access.office_of):
        raise Http404
    return access


@require_safe
def work(request: HttpRequest, year: int) -> HttpResponse:
    access = _access_to_work(request)
    duties = list(
        Duty.objects.visible_to(request.user)
        .in_force()
        .filter(Q(department__in=access.departments) | Q(obliged_conference__in=access.office_of), year=year)
        .with_year()
        .select_related("department", "obliged_conference")
    )
    progress = list(
        Progress.objects.visible_to(request.user)
        .filter(department__in=access.departments, year=year)
        .with_standing()
        .with_year()
        .select_related("clause")
        .order_by("clause__version", "clause__position", "department__position")
    )
    today = timezone.localdate()
    years = _years(access)
    if not duties and not progress and year not in years and year != today.year:
        raise Http404

    units = list(Department.objects.filter(pk__in=access.departments).order_by("position"))
    offices = Conference.objects.filter(pk__in=access.office_of).values_list("office_name", flat=True)
    context = {
        "unit": "、".join([*(unit.name for unit in units), *offices]),
        "year": year,
        "years": year_tabs(years, year, "reporting:work_year"),
        "handovers": banners_of(request.user),
        # An office without measures of its own is not told that it has none.
        "has_measures": bool(access.departments),
        **work_context(request.user, year, today, duties, progress, units),
    }
    return render(request, "reporting/work.html", context)
