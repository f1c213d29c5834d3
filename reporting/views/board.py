"""看板: how every unit stands this year, the late ones first, and the rows behind each number."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.access import access_of
from departments.models import Conference, Department
from reporting.enums import EntryState, Standing, YearState
from reporting.models import Duty, Progress, Year
from reporting.models.years import in_open_year
from reporting.office_permissions import can_decide
from reporting.pages.board import COLUMNS, Links, board_row, column_of, sums_of, totals_of, urged_texts
from reporting.pages.cooperation import cooperation_text
from reporting.pages.extensions import pending_of
from reporting.pages.filters import OVERDUE, BoardFilters, DutyFilters, RowFilters
from reporting.pages.office import office_tabs
from reporting.pages.rows import by_chapter, chapter_titles, duty_row, progress_row
from reporting.pages.urging import reach_of
from reporting.pages.years import year_tabs, year_to_show
from reporting.permissions import can_urge
from reporting.services.cooperation import first_leads
from reporting.services.extensions import count_for
from reporting.services.notices import Answering
from reporting.services.urging import answering_for
from reporting.views.office_year import year_for

_ON_A_PAGE = 50


@require_safe
def board_home(request: HttpRequest) -> HttpResponse:
    """To this year's board of the person's own conference, or the nearest year that was opened."""
    own = access_of(request.user).office_of | access_of(request.user).auditor_of
    if not own:
        raise Http404
    years = Year.objects.visible_to(request.user).filter(conference__in=own).select_related("conference")
    by_code: dict[str, list[int]] = {}
    for year in years.order_by("conference__code"):
        by_code.setdefault(year.conference.code, []).append(year.year)
    for code, opened in by_code.items():
        return redirect("reporting:board", code, year_to_show(opened, timezone.localdate()))
    conference = Conference.objects.filter(pk__in=own).first()
    opening = ""
    if conference is not None and can_decide(request.user, conference.pk):
        opening = reverse("reporting:year_open", args=[conference.code, timezone.localdate().year])
    return render(request, "reporting/board_empty.html", {"conference": conference, "open_url": opening})


@require_safe
def board(request: HttpRequest, code: str, year: int) -> HttpResponse:
    opened = year_for(request, code, year)
    conference, today = opened.conference, timezone.localdate()
    titles = chapter_titles([opened.version_id] if opened.version_id else [])
    filters = BoardFilters(request.GET, titles, has_measures=opened.version_id is not None)
    # Progress as it may be counted, by unit and state: one query however many rows.
    entries = Progress.objects.countable_by(request.user).in_force().filter(conference=conference, year=year)
    counted = filters.narrow(entries).with_standing().order_by().values_list("department", "standing")
    counts: dict[int, dict[str, int]] = {}
    for department, standing, number in counted.annotate(n=Count("pk")):
        column, of_unit = column_of(standing), counts.setdefault(department, {})
        of_unit[column] = of_unit.get(column, 0) + number
    owed = Duty.objects.visible_to(request.user).reports().in_force().filter(conference=conference, year=year)
    owed = owed.defer("statement")
    # Should a plan ask for two reports, the one that is still owed, and of these the first, is what the board shows.
    reports = {
        duty.department_id: duty
        for duty in sorted(owed, key=lambda duty: (duty.state not in EntryState.shared(), -duty.due_on.toordinal()))
        if duty.department_id is not None
    }
    units = Department.objects.visible_to(request.user).filter(pk__in={*counts, *reports})
    if text := filters.value("q"):
        units = units.matching(text)
    urged = urged_texts(reports.values())
    base = Links(code, year, filters)
    granted = count_for(reports.values())
    is_over = opened.state == YearState.CLOSED
    may_urge = not is_over and conference.pk in access_of(request.user).office_of
    rows = [
        board_row(
            unit,
            counts.get(unit.pk, {}),
            reports.get(unit.pk),
            urged,
            base,
            today,
            may_urge=may_urge,
            granted=granted,
            is_over=is_over,
        )
        for unit in units
    ]
    rows.sort(key=lambda row: row["order"])
    context = {
        "conference": conference,
        "year": year,
        "years": year_tabs(_years(conference), year, "reporting:board", code),
        "tabs": office_tabs(code, year, "board"),
        "urge_all_url": base.urging() if may_urge and any(row["urge_url"] for row in rows) else "",
        "totals": totals_of(rows, base),
        "filters": filters,
        # A district without a plan of its own has no measures: six columns of naught would say nothing.
        "columns": [{"label": state.label} for state in COLUMNS] if opened.version_id or counts else [],
        "rows": rows,
        "sums": sums_of(rows, base) if rows else None,
        "districts_url": reverse("reporting:districts", args=[code, year]) if conference.lower.exists() else "",
    }
    return render(request, "reporting/board.html", context)


def _years(conference: Conference) -> dict[int, int]:
    """The conference's opened years, each with how many reports are still owed to it; none once it is closed."""
    owed = Duty.objects.outstanding().reports().filter(in_open_year(), conference=conference)
    opened = Year.objects.filter(conference=conference).values_list("year", flat=True)
    return dict.fromkeys(opened, 0) | dict(owed.order_by().values_list("year").annotate(owed=Count("pk")))


@require_safe
def rows(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The measures behind a number, narrowed as the address says."""
    opened = year_for(request, code, year)
    today = timezone.localdate()
    entries = Progress.objects.visible_to(request.user).in_force().filter(conference=opened.conference, year=year)
    entries = entries.with_standing()
    units = dict(
        Department.objects.filter(pk__in=entries.order_by().values("department"))
        .order_by("position", "pk")
        .values_list("code", "name")
    )
    filters = RowFilters(request.GET, chapter_titles([opened.version_id] if opened.version_id else []), units)
    if request.GET.get("unit") and request.GET["unit"] not in units:
        raise Http404
    entries = filters.narrow(entries)
    late = Duty.objects.reports().filter(department=OuterRef("department"), year=year, due_on__lt=today)
    if filters.value("state") == OVERDUE:
        entries = entries.filter(Exists(late))
    page: Any = Paginator(
        entries.select_related("clause", "department").order_by(
            "clause__position", "-role", "responsibility__position", "department__position", "pk"
        ),
        _ON_A_PAGE,
    ).get_page(request.GET.get("page"))
    due = Duty.objects.report_deadlines((entry.department_id for entry in page.object_list), year)
    first_of = first_leads((entry.clause_id for entry in page.object_list), year)
    is_over = opened.state == YearState.CLOSED
    may_review = not is_over and opened.conference_id in access_of(request.user).office_of
    listed = []
    for entry in page.object_list:
        url = reverse("reporting:progress_review", args=[entry.pk])
        row = progress_row(
            entry,
            due.get(entry.department_id),
            today,
            url,
            is_own=False,
            first=first_of.get(entry.clause_id),
            is_over=is_over,
        )
        row["unit"] = entry.department.name
        row["unit_url"] = reverse("reporting:unit", args=[code, year, entry.department.code])
        row["review_url"] = url if may_review and entry.state == EntryState.SUBMITTED else ""
        listed.append(row)
    page.object_list = listed
    first = entries.awaiting_review().order_by("submitted_at", "pk").values_list("pk", flat=True).first()
    context = {
        "title": _("%(year)s 年措施进展") % {"year": year},
        "tabs": office_tabs(code, year, "board"),
        "trail": [{"label": _("看板"), "url": reverse("reporting:board", args=[code, year])}],
        "filters": filters,
        "page": page,
        "review_url": reverse("reporting:progress_review", args=[first]) if first and may_review else "",
    }
    return render(request, "reporting/rows.html", context)


@require_safe
def duties(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """What is owed to the conference, by its units and by the conferences below it."""
    opened = year_for(request, code, year)
    today = timezone.localdate()
    filters = DutyFilters(request.GET)
    owed = filters.narrow(
        Duty.objects.visible_to(request.user).in_force().filter(conference=opened.conference, year=year), today
    ).select_related("department", "obliged_conference")
    page: Any = Paginator(owed, _ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    answering, urged, granted = answering_for(shown), urged_texts(shown), count_for(shown)
    is_over = opened.state == YearState.CLOSED
    may_urge = not is_over and opened.conference_id in access_of(request.user).office_of
    listed = []
    for duty in shown:
        url = reverse("reporting:duty_review", args=[duty.pk])
        row = duty_row(duty, today, url, can_act=False, granted=granted.get(duty.pk, 0), is_over=is_over)
        urge_url = reverse("reporting:duty_urge", args=[duty.pk])
        listed.append(
            row
            | {
                "key": str(duty.pk),
                "unit": str(duty.owner),
                "people": reach_of(answering.for_entry(duty))["people"],
                "urge_url": urge_url if may_urge and can_urge(request.user, duty) else "",
                "urged_text": urged.get(duty.pk, ""),
            }
        )
    page.object_list = listed
    narrowed = filters.address()
    context = {
        "title": _("%(year)s 年应报事项") % {"year": year},
        "tabs": office_tabs(code, year, "duties"),
        "trail": [{"label": _("看板"), "url": reverse("reporting:board", args=[code, year])}],
        "filters": filters,
        "page": page,
        "extensions_url": reverse("reporting:extensions", args=[code, year]),
        "pending": pending_of(opened.conference, year),
        "urges_url": reverse("reporting:urges", args=[code, year]),
        "urge_many_url": reverse("reporting:urge_many", args=[code, year]) if may_urge else "",
        "urge_all_url": f"{reverse('reporting:urge_many', args=[code, year])}?{narrowed}",
    }
    return render(request, "reporting/duties.html", context)


@require_safe
def unit(request: HttpRequest, code: str, year: int, unit_code: str) -> HttpResponse:
    """One unit's year as its conference's office sees it."""
    opened = year_for(request, code, year)
    department = get_object_or_404(
        Department.objects.visible_to(request.user), conference=opened.conference, code=unit_code
    )
    today = timezone.localdate()
    owed = list(
        Duty.objects.visible_to(request.user)
        .in_force()
        .filter(conference=opened.conference, year=year, department=department)
        .select_related("department")
    )
    entries = list(
        Progress.objects.visible_to(request.user)
        .in_force()
        .filter(conference=opened.conference, year=year, department=department)
        .with_standing()
        .select_related("clause")
        .order_by("clause__version", "clause__position")
    )
    due_on = Duty.objects.report_deadlines([department.pk], year).get(department.pk)
    answering = Answering.on(today, departments=[department.pk], conferences=[])
    first = first_leads((entry.clause_id for entry in entries), year)
    is_over = opened.state == YearState.CLOSED
    chapters = by_chapter(
        (
            (
                entry.clause,
                progress_row(
                    entry,
                    due_on,
                    today,
                    reverse("reporting:progress_review", args=[entry.pk]),
                    is_own=False,
                    first=first.get(entry.clause_id),
                    is_over=is_over,
                ),
            )
            for entry in entries
        ),
        chapter_titles(entry.clause.version_id for entry in entries),
    )
    granted = count_for(owed)
    report = next((duty for duty in owed if not is_over and can_urge(request.user, duty)), None)
    links = Links(code, year, BoardFilters({}, {}))
    count = {state: sum(column_of(entry.standing) == state for entry in entries) for state in COLUMNS}
    context = {
        "trail": [{"label": _("看板"), "url": reverse("reporting:board", args=[code, year])}],
        "tabs": office_tabs(code, year, "board"),
        "unit": department,
        "year": year,
        "cooperation_text": cooperation_text(entries),
        "liaisons": [str(person) for person in answering.of_departments.get(department.pk, [])],
        "totals": [
            {
                "label": state.label,
                "value": count[state],
                "url": links.entries(unit=department.code, state=state),
                "is_red": state == Standing.RETURNED and bool(count[state]) and not is_over,
            }
            for state in COLUMNS
        ]
        if entries
        else [],
        "duties": [
            duty_row(
                duty,
                today,
                reverse("reporting:duty_review", args=[duty.pk]),
                can_act=False,
                granted=granted.get(duty.pk, 0),
                is_over=is_over,
            )
            for duty in owed
        ],
        "urge": {
            "key": str(report.pk),
            "unit": department.name,
            "urge_url": reverse("reporting:duty_urge", args=[report.pk]),
            "urged_text": urged_texts([report]).get(report.pk, ""),
        }
        if report is not None
        else None,
        "chapters": chapters,
        "events": [],
    }
    return render(request, "reporting/unit.html", context)
