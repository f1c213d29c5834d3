"""数据表: the numbers of one unit's year, written by its liaisons, read by its head and, once handed in, its office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.access import access_of
from departments.models import Department
from reporting.enums import YearState
from reporting.forms.figures import SheetForm
from reporting.models import Duty, FigureSheet, Year
from reporting.pages.figures import answered_in, autosave_answer, sheet_conflict, sheet_groups, typed_in
from reporting.permissions import can_write_figures
from reporting.services.figures import Sheet, StaleSheet, lock_of, save_sheet, sheet_of
from reporting.services.refusals import WrongState, year_is_over


def _sheet_for(request: HttpRequest, year: int, unit_code: str) -> tuple[Year, Sheet]:
    """The sheet of the person's own unit, begun or not; another's where the model shows it; and its year."""
    units = Department.objects.visible_to(request.user).select_related("conference")
    unit = get_object_or_404(units, code=unit_code)
    if unit.pk not in access_of(request.user).departments:
        get_object_or_404(FigureSheet.objects.visible_to(request.user), department=unit, year=year)
    opened = get_object_or_404(Year.objects.visible_to(request.user), conference=unit.conference_id, year=year)
    return opened, sheet_of(unit, year)


@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: HttpRequest, year: int, unit_code: str) -> HttpResponse:
    """The sheet: to be filled in by the unit, to be read by others."""
    opened, sheet = _sheet_for(request, year, unit_code)
    if request.method != "POST":
        return _page(request, opened, sheet)
    if not can_write_figures(request.user, sheet.department.pk):
        raise PermissionDenied

    form = SheetForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return _page(request, opened, sheet, form=form, status=422)
    try:
        with transaction.atomic():
            saved = save_sheet(
                sheet, by=request.user, lock_version=form.cleaned_data["lock_version"], inputs=form.inputs()
            )
    except StaleSheet as stale:
        # What was typed stays in the form; saving it again from here says "mine", knowingly.
        typed = QueryDict(mutable=True)
        typed.update(form.data)
        typed["lock_version"] = str(stale.current.row.lock_version)
        form.data = typed
        conflict = sheet_conflict(stale, form.inputs())
        return _page(request, opened, stale.current, form=form, conflict=conflict, status=409)
    except WrongState as wrong:
        return _page(
            request, opened, sheet_of(sheet.department, year), kept=typed_in(form), locked=str(wrong), status=409
        )
    messages.success(request, _("已保存。%(answered)s") % {"answered": answered_in(saved)["text"]})
    return redirect("reporting:figures", year, unit_code)


@require_POST
def figures_autosave(request: HttpRequest, year: int, unit_code: str) -> HttpResponse:
    """Keep what is being typed: JSON for figures.js and X-Lock-Version.

    409 when overtaken or locked. 422 with a sentence as plain text when a number cannot be read: the other ones are
    kept nevertheless, and X-Lock-Version says so.
    """
    _opened, sheet = _sheet_for(request, year, unit_code)
    if not can_write_figures(request.user, sheet.department.pk):
        raise PermissionDenied
    form = SheetForm(request.POST, sheet=sheet)
    form.is_valid()
    if "lock_version" in form.errors:
        return _plain(form.errors["lock_version"][0], 422)
    try:
        with transaction.atomic():
            saved = save_sheet(
                sheet, by=request.user, lock_version=form.cleaned_data["lock_version"], inputs=form.inputs()
            )
    except (StaleSheet, WrongState) as refused:
        return _plain(str(refused), 409)
    response: HttpResponse
    if form.errors:
        wrong = "、".join(row.indicator.name for row in form.rows() if row.is_wrong)
        response = _plain(_("其余已保存；有误未保存：%(names)s。") % {"names": wrong}, 422)
    else:
        response = JsonResponse(autosave_answer(saved))
    response["X-Lock-Version"] = str(saved.row.lock_version)
    return response


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _page(
    request: HttpRequest,
    opened: Year,
    sheet: Sheet,
    *,
    form: SheetForm | None = None,
    conflict: dict[str, Any] | None = None,
    kept: list[dict[str, str]] | None = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    unit, year = sheet.department, sheet.year
    is_own = unit.pk in access_of(request.user).departments
    locked = locked or _locked(opened, sheet)
    writing = can_write_figures(request.user, unit.pk) and not locked
    if not writing and form is not None:
        # Locked since the page was opened, whatever else is wrong with what was sent.
        kept, status = typed_in(form), 409
    if writing and form is None:
        form = SheetForm(sheet=sheet)
    report = Duty.objects.worked_on_by(request.user).reports().in_force().filter(department=unit, year=year).first()
    saved_text = ""
    if sheet.row.updated_at:
        saved_text = _("%(who)s 保存于 %(at)s") % {
            "who": sheet.row.updated_by or "",
            "at": timezone.localtime(sheet.row.updated_at).strftime("%Y-%m-%d %H:%M"),
        }
    context = {
        "trail": _trail(request, sheet, is_own=is_own),
        "unit": unit,
        "year": year,
        "groups": sheet_groups(sheet, form if writing else None),
        "answered": answered_in(sheet),
        "is_own": is_own,
        "form": form if writing else None,
        "conflict": conflict,
        "kept": kept,
        "locked": locked if is_own else "",
        "saved_text": saved_text,
        "autosave_url": reverse("reporting:figures_autosave", args=[year, unit.code]),
        "report_url": reverse("reporting:duty", args=[report.pk]) if report is not None and is_own else "",
    }
    return render(request, "reporting/figures.html", context, status=status)


def _locked(opened: Year, sheet: Sheet) -> str:
    if opened.state == YearState.CLOSED:
        return year_is_over(sheet.year)
    return lock_of(sheet.department, sheet.year)


def _trail(request: HttpRequest, sheet: Sheet, *, is_own: bool) -> list[dict[str, str]]:
    if is_own:
        return [{"label": _("我的工作"), "url": reverse("reporting:work_year", args=[sheet.year])}]
    code = sheet.department.conference.code
    return [{"label": _("数据"), "url": reverse("reporting:figure_sums", args=[code, sheet.year])}]
