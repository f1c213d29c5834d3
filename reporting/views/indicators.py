"""指标: the dictionary of a conference, kept by its office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department, Membership
from departments.models.places import in_force
from departments.models.units import DepartmentQuerySet
from reporting.forms.figures import EndForm, IndicatorForm, UnitsForm
from reporting.models import Indicator, IndicatorUnit, Progress, Year
from reporting.pages.figures import marks_of, meaning_of
from reporting.pages.indicators import clause_choices, dictionary, reporters_text, years_of, years_text
from reporting.pages.office import office_tabs
from reporting.pages.over import over_text
from reporting.permissions import can_keep_indicators
from reporting.services.figures import Asking, several_years
from reporting.services.figures.counterparts import suggested_units
from reporting.services.figures.dictionary import (
    MeaningIsFixed,
    add_indicator,
    change_indicator,
    end_indicator,
    first_open_year,
    hand_out,
    has_numbers,
    hold_dictionary,
)
from reporting.services.naming import day_of
from reporting.services.refusals import YearIsOver
from reporting.views.office_year import year_for


@require_safe
def indicators(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """What is asked for this year, here and by the conference above; what was asked for once."""
    opened = year_for(request, code, year)
    conference = opened.conference
    ended = Indicator.objects.visible_to(request.user).filter(conference=conference, ends_year__lt=year)
    paths = {path for path, _label in clause_choices(opened)}
    over = over_text(conference.pk, year)
    may_keep = _may_keep(request, opened)
    suggested = suggested_units(conference, year) if may_keep and not over else {}
    context = {
        "tabs": office_tabs(code, year, "figure_sums"),
        "trail": _trail(opened),
        "conference": conference,
        "year": year,
        "locked": over if may_keep else "",
        "add_url": reverse("reporting:indicator_add", args=[code, year]) if may_keep and not over else "",
        "suggested": [
            {"name": row.name, "key": row.pk, "units": "、".join(unit.name for unit in units)}
            for row, units in suggested.items()
        ],
        "suggested_url": reverse("reporting:indicators_suggested", args=[code, year]),
        **dictionary(conference, year, Asking.of(conference, year), list(ended), paths),
    }
    return render(request, "reporting/indicators.html", context)


@require_POST
def indicators_suggested(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """A district's office takes the suggested units for the indicators that it has ticked."""
    opened = year_for(request, code, year)
    if not _may_keep(request, opened):
        raise PermissionDenied
    if said := over_text(opened.conference_id, year):
        messages.error(request, said)
        return redirect("reporting:indicators", code, year)
    ticked = set(request.POST.getlist("indicator"))
    handed_out = 0
    try:
        with transaction.atomic():
            for row, units in suggested_units(opened.conference, year).items():
                if str(row.pk) in ticked:
                    handed_out += hand_out(row, opened.conference, departments=units, by=request.user, year=year)
    except YearIsOver as over:
        messages.error(request, str(over))
        return redirect("reporting:indicators", code, year)
    messages.success(request, _("已指定 %(number)d 项指标的填报单位。") % {"number": handed_out})
    return redirect("reporting:indicators", code, year)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_add(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """A new indicator; ``?like=…`` begins with the words of another one, which it replaces."""
    opened = year_for(request, code, year)
    if not _may_keep(request, opened):
        raise PermissionDenied
    asked = {"conference": opened.conference, "departments": _units(request, opened), "clauses": clause_choices(opened)}
    if request.method != "POST":
        if over := over_text(opened.conference_id, year):
            messages.info(request, over)
            return redirect("reporting:indicators", code, year)
        starts_year = max(year, first_open_year(opened.conference_id) or year)
        form = IndicatorForm(**asked, initial={"starts_year": starts_year} | _like(request, opened))
        return _form_page(request, opened, form)

    form = IndicatorForm(request.POST, **asked)
    try:
        with transaction.atomic():
            hold_dictionary(opened.conference_id)
            if not form.is_valid():
                return _form_page(request, opened, form, status=422)
            added = add_indicator(
                Indicator(conference=opened.conference, **form.values()),
                departments=form.named(),
                by=request.user,
                year=year,
            )
    except (MeaningIsFixed, YearIsOver) as refused:
        form.add_error(None, str(refused))
        return _form_page(request, opened, form, status=409)
    messages.success(request, _("已新增指标：%(name)s") % {"name": added.name})
    return redirect("reporting:indicator", code, year, added.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: HttpRequest, code: str, year: int, pk: int) -> HttpResponse:
    """One indicator: its meaning, its years, and for its own conference's office the form."""
    opened = year_for(request, code, year)
    row = _indicator_for(request, opened, pk)
    if request.method != "POST":
        return _indicator_page(request, opened, row)
    if not _may_change(request, opened, row):
        raise PermissionDenied

    form = _form_of(request, opened, row, fixed=has_numbers(row), data=request.POST)
    if not form.is_valid():
        return _indicator_page(request, opened, row, form=form, status=422)
    try:
        with transaction.atomic():
            is_changed = change_indicator(
                row, values=form.values(), departments=form.named(), by=request.user, year=year
            )
    except (MeaningIsFixed, YearIsOver) as refused:
        form.add_error(None, str(refused))
        return _indicator_page(request, opened, row, form=form, status=409)
    messages.success(request, _("已保存。") if is_changed else _("没有改动。"))
    return redirect("reporting:indicator", code, year, pk)


@require_POST
def indicator_end(request: HttpRequest, code: str, year: int, pk: int) -> HttpResponse:
    """It is asked for no longer; its numbers stay. ``replace`` goes on to the one that takes its place."""
    opened = year_for(request, code, year)
    row = _indicator_for(request, opened, pk)
    if not _may_change(request, opened, row):
        raise PermissionDenied
    form = EndForm(request.POST, year=year)
    if not form.is_valid():
        return _indicator_page(request, opened, row, end_form=form, status=422)
    try:
        with transaction.atomic():
            end_indicator(row, after=form.cleaned_data["after"], by=request.user, year=year)
    except (MeaningIsFixed, YearIsOver) as refused:
        form.add_error("after", str(refused))
        return _indicator_page(request, opened, row, end_form=form, status=409)
    messages.success(request, _("已停用指标：%(name)s") % {"name": row.name})
    if request.POST.get("action") == "replace":
        return redirect(f"{reverse('reporting:indicator_add', args=[code, year])}?like={row.pk}")
    return redirect("reporting:indicators", code, year)


@require_POST
def indicator_units(request: HttpRequest, code: str, year: int, pk: int) -> HttpResponse:
    """A district's office hands out what the conference above asks of districts."""
    opened = year_for(request, code, year)
    row = _indicator_for(request, opened, pk)
    if not _may_keep(request, opened) or row.conference_id == opened.conference_id:
        raise PermissionDenied
    form = UnitsForm(request.POST, departments=_units(request, opened, row), named=[])
    if not form.is_valid():
        return _indicator_page(request, opened, row, units_form=form, status=422)
    units = form.cleaned_data["departments"]
    try:
        with transaction.atomic():
            is_changed = hand_out(row, opened.conference, departments=units, by=request.user, year=year)
    except YearIsOver as over:
        form.add_error("departments", str(over))
        return _indicator_page(request, opened, row, units_form=form, status=409)
    messages.success(request, _("已保存。") if is_changed else _("没有改动。"))
    return redirect("reporting:indicator", code, year, pk)


def _may_keep(request: HttpRequest, opened: Year) -> bool:
    return can_keep_indicators(request.user, opened.conference_id)


def _may_change(request: HttpRequest, opened: Year, row: Indicator) -> bool:
    return row.conference_id == opened.conference_id and _may_keep(request, opened)


def _indicator_for(request: HttpRequest, opened: Year, pk: int) -> Indicator:
    """One of the conference's own dictionary, or what the conference above asks of districts."""
    conference = opened.conference
    asked = Q(conference=conference)
    if conference.upper_id is not None:
        asked |= Q(conference=conference.upper_id, for_districts=True)
    return get_object_or_404(Indicator.objects.visible_to(request.user).select_related("conference"), asked, pk=pk)


def _units(request: HttpRequest, opened: Year, row: Indicator | None = None) -> DepartmentQuerySet:
    """Units that can be named: members, those that answer for a clause this year, and those that ``row`` names."""
    conference, year = opened.conference_id, opened.year
    day = day_of(year)
    seats = Membership.objects.filter(department=OuterRef("pk")).in_force_on(day)
    entries = Progress.objects.filter(department=OuterRef("pk"), year=year)
    named = IndicatorUnit.objects.filter(department=OuterRef("pk"), indicator=row)
    return Department.objects.visible_to(request.user).filter(
        in_force(day, "existed_from", "existed_to"),
        Exists(seats) | Exists(entries) | Exists(named),
        conference=conference,
    )


def _like(request: HttpRequest, opened: Year) -> dict[str, Any]:
    """The words of the indicator that the address names, for the one that takes its place."""
    like = request.GET.get("like", "")
    if not like:
        return {}
    if not (like.isascii() and like.isdecimal()) or len(like) > 18:
        raise Http404
    row = _indicator_for(request, opened, int(like))
    copied = ("name", "unit", "definition", "method", "source", "is_cumulative", "is_summed", "reporters")
    more = ("clause_path", "for_districts", "asks_above_percent", "position")
    named = row.departments.filter(conference=opened.conference)
    values = {name: getattr(row, name) for name in (*copied, *more)} | {"departments": list(named)}
    return values | ({"starts_year": row.ends_year + 1} if row.ends_year else {})


def _form_of(request: HttpRequest, opened: Year, row: Indicator, *, fixed: bool, data: Any = None) -> IndicatorForm:
    return IndicatorForm(
        data,
        conference=opened.conference,
        departments=_units(request, opened, row),
        clauses=clause_choices(opened),
        indicator=row,
        fixed=fixed,
    )


def _trail(opened: Year) -> list[dict[str, str]]:
    args = [opened.conference.code, opened.year]
    return [{"label": _("数据"), "url": reverse("reporting:figure_sums", args=args)}]


def _form_page(request: HttpRequest, opened: Year, form: IndicatorForm, *, status: int = 200) -> HttpResponse:
    code, year = opened.conference.code, opened.year
    context = {
        "tabs": office_tabs(code, year, "figure_sums"),
        "trail": [
            *_trail(opened),
            {"label": _("指标"), "url": reverse("reporting:indicators", args=[code, year])},
        ],
        "year": year,
        "locked": over_text(opened.conference_id, year),
        "form": form,
    }
    return render(request, "reporting/indicator_add.html", context, status=status)


def _indicator_page(
    request: HttpRequest,
    opened: Year,
    row: Indicator,
    *,
    form: IndicatorForm | None = None,
    end_form: EndForm | None = None,
    units_form: UnitsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    conference, year = opened.conference, opened.year
    args = [conference.code, year, row.pk]
    units = Asking.of(conference, year).units.get(row.pk, [])
    may_change, may_hand_out = _may_change(request, opened, row), _may_keep(request, opened)
    may_hand_out = may_hand_out and row.conference_id != conference.pk
    fixed = has_numbers(row)
    # Of a closed year nothing is offered; what was refused is shown again with what was typed.
    over = over_text(conference.pk, year)
    if may_change and not over and form is None:
        form = _form_of(request, opened, row, fixed=fixed)
    if may_change and not over and end_form is None and row.ends_year is None:
        end_form = EndForm(year=year)
    if may_hand_out and not over and units_form is None:
        named = list(row.departments.filter(conference=conference))
        units_form = UnitsForm(departments=_units(request, opened, row), named=named)
    context = {
        "tabs": office_tabs(conference.code, year, "figure_sums"),
        "trail": [
            *_trail(opened),
            {"label": _("指标"), "url": reverse("reporting:indicators", args=args[:2])},
        ],
        "year": year,
        "locked": over if may_change or may_hand_out else "",
        "indicator": row,
        "page_url": reverse("reporting:indicator", args=args),
        "meaning": meaning_of(row),
        "marks": marks_of(row),
        "reporters_text": reporters_text(row, units),
        "years_text": years_text(row),
        "is_fixed": fixed,
        "years": years_of(row, several_years(conference, row, year)),
        "form": form if may_change else None,
        "end_form": end_form if may_change else None,
        "end_url": reverse("reporting:indicator_end", args=args),
        "units_form": units_form if may_hand_out else None,
        "units_url": reverse("reporting:indicator_units", args=args),
    }
    return render(request, "reporting/indicator.html", context, status=status)
