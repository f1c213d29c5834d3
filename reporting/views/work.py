"""我的工作: what I owe, by when, what is returned, and my unit's measures by chapter."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.access import Access, access_of
from departments.models import Conference, Department
from reporting.enums import EntryState
from reporting.models import Duty, Progress, Year
from reporting.pages.rows import by_chapter, chapter_titles, duty_row, progress_row
from reporting.pages.years import year_tabs, year_to_show
from reporting.permissions import can_write


@require_safe
def work_home(request: HttpRequest) -> HttpResponse:
    """To this year's work, or the nearest year in which the person has any."""
    today = timezone.localdate()
    return redirect("reporting:work_year", year_to_show(_years(_access_to_work(request)), today) or today.year)


def _years(access: Access) -> dict[int, int]:
    """The years of the person's own units and offices, each with how many reports are still owed. Two queries."""
    mine = Duty.objects.filter(Q(department__in=access.departments) | Q(obliged_conference__in=access.office_of))
    owed = Count("pk", filter=Q(state__in=EntryState.outstanding()))
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
        .select_related("department", "obliged_conference")
    )
    progress = list(
        Progress.objects.visible_to(request.user)
        .filter(department__in=access.departments, year=year)
        .select_related("clause")
        .order_by("clause__version", "clause__position", "department__position")
    )
    today = timezone.localdate()
    years = _years(access)
    if not duties and not progress and year not in years and year != today.year:
        raise Http404

    due = Duty.objects.report_deadlines(access.departments, year)
    rows = [
        (
            entry,
            progress_row(
                entry, due.get(entry.department_id), today, reverse("reporting:progress", args=[entry.pk]), is_own=True
            ),
        )
        for entry in progress
    ]
    duty_rows = [
        duty_row(duty, today, reverse("reporting:duty", args=[duty.pk]), can_act=can_write(request.user, duty))
        for duty in duties
    ]
    # What was closed before anybody wrote anything concerns nobody any more.
    closed = [row for entry, row in rows if entry.state == EntryState.CLOSED and entry.closed_from != EntryState.OPEN]
    looks = [row for entry, row in rows if entry.needs_second_look and entry.state != EntryState.CLOSED]
    in_force = [(entry, row) for entry, row in rows if entry.state != EntryState.CLOSED]
    returned = [row for entry, row in rows if entry.state == EntryState.RETURNED]
    returned += [row for duty, row in zip(duties, duty_rows, strict=True) if duty.state == EntryState.RETURNED]
    units = Department.objects.filter(pk__in=access.departments).order_by("position").values_list("name", flat=True)
    offices = Conference.objects.filter(pk__in=access.office_of).values_list("office_name", flat=True)
    context = {
        "unit": "、".join([*units, *offices]),
        "year": year,
        "years": year_tabs(years, year, "reporting:work_year"),
        "duties": duty_rows,
        "returned": returned,
        "chapters": by_chapter(
            ((entry.clause, row) for entry, row in in_force),
            chapter_titles(entry.clause.version_id for entry, _row in in_force),
        ),
        # Texts to look at again since their clause was reworded, and those that no clause asks for any more.
        "looks": looks,
        "closed": closed,
        "totals": _totals([entry for entry, _row in in_force]),
        # An office without measures of its own is not told that it has none.
        "has_measures": bool(access.departments),
    }
    return render(request, "reporting/work.html", context)


def _totals(progress: list[Progress]) -> list[dict[str, Any]]:
    if not progress:
        return []
    count = {state: sum(entry.state == state for entry in progress) for state in EntryState.values}
    return [
        {"label": _("措施"), "value": len(progress), "url": "", "is_red": False},
        {"label": _("未启动"), "value": count[EntryState.OPEN], "url": "", "is_red": False},
        {"label": _("填报中"), "value": count[EntryState.DRAFT], "url": "", "is_red": False},
        {
            "label": _("退回"),
            "value": count[EntryState.RETURNED],
            "url": "",
            "is_red": bool(count[EntryState.RETURNED]),
        },
        {"label": _("待审"), "value": count[EntryState.SUBMITTED], "url": "", "is_red": False},
        {"label": _("通过"), "value": count[EntryState.ACCEPTED], "url": "", "is_red": False},
    ]
