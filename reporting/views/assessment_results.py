"""One result of an assessment: the office marks it with grounds, and nobody the own unit; the unit reads it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reporting.assessment_columns import columns_of, name_of
from reporting.enums import AssessmentState, CriterionKind, Finding
from reporting.forms.assessments import MarkForm
from reporting.models import Assessment, AssessmentResult
from reporting.office_permissions import can_mark, can_prepare, is_assessed
from reporting.pages.assessments import light_of_assessment, points_rows, result_facts
from reporting.pages.over import over_text
from reporting.pages.papers import acts_on, differences, frame, reader_frame
from reporting.pages.typed import kept_in
from reporting.permissions import can_see_board
from reporting.services.assessment_results import rules_of
from reporting.services.assessments import mark, refuse_published
from reporting.services.refusals import Overtaken, WrongState
from reporting.views.outcomes import why_locked
from reporting.views.papers import again


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_result(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit or district: what was counted, and the office's marks with their grounds."""
    row = _result_for(request, pk)
    if request.method != "POST":
        return _result_page(request, row)
    if not can_mark(request.user, row):
        raise PermissionDenied
    form = MarkForm(request.POST, most=_most_of(row.assessment))
    if not form.is_valid():
        return _result_page(request, row, form=form, status=422)
    given = form.cleaned_data
    try:
        mark(
            row,
            by=request.user,
            lock_version=given["lock_version"],
            marks=given.get("marks"),
            grounds=given["grounds"],
            finding=given["finding"],
        )
    except Overtaken as overtaken:
        current = overtaken.current
        words = dict(Finding.choices)
        pairs = [
            (form.fields["grounds"].label, current.grounds, given["grounds"]),
            (form.fields["finding"].label, words[current.finding], words[given["finding"]]),
        ]
        if "marks" in form.fields:
            pairs.append((form.fields["marks"].label, _said(current.marks), _said(given["marks"])))
        form = again(form, lock_version=current.lock_version)
        return _result_page(request, row, form=form, conflict=differences(current, pairs), status=409)
    except WrongState as wrong:
        return _result_page(request, _result_for(request, pk), form=form, locked=str(wrong), status=409)
    messages.success(request, _("已保存。"))
    return redirect("reporting:assessment_result", pk)


def _said(marks: Any) -> str:
    return "" if marks is None else str(marks)


def _result_for(request: HttpRequest, pk: int) -> AssessmentResult:
    rows = AssessmentResult.objects.visible_to(request.user).select_related(
        "assessment__conference", "department", "assessed_conference__jurisdiction", "updated_by"
    )
    return get_object_or_404(rows.prefetch_related("assessment__criteria"), pk=pk)


def _most_of(row: Assessment) -> Any:
    """The most that may be given as marks; None where there are none to give."""
    return next((rule.points for rule in rules_of(row) if rule.kind == CriterionKind.MARKS), None)


def _result_page(
    request: HttpRequest,
    row: AssessmentResult,
    *,
    form: MarkForm | None = None,
    conflict: Any = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    parent = row.assessment
    conference = parent.conference
    oversees = can_see_board(request.user, conference.pk)
    over = over_text(conference.pk, parent.year)
    is_draft = parent.state == AssessmentState.DRAFT
    writing = is_draft and not over and can_mark(request.user, row)
    if not locked and is_draft:
        is_own = can_prepare(request.user, conference.pk) and is_assessed(request.user, row)
        locked = over or (_("本人所在单位或区县须由他人评议。") if is_own else "")
    kept: list[dict[str, Any]] = []
    if not writing and form is not None:
        # Published, or the year closed, since the page was opened: whatever else is wrong with what was sent.
        kept, status = kept_in(form), 409
        locked = locked or over or why_locked(refuse_published, parent)
    around = frame(conference, parent.year, "assessments") if oversees else reader_frame(conference, parent.year)
    around["trail"].append({"label": parent.title, "url": reverse("reporting:assessment", args=[parent.pk])})
    columns = columns_of(parent, of_districts=row.department_id is None)
    context = around | {
        "page_url": reverse("reporting:assessment_result", args=[row.pk]),
        "name": name_of(row),
        "result": row,
        "assessment": parent,
        "light": light_of_assessment(parent),
        "totals": result_facts(row, columns),
        "points": points_rows(parent, row),
        "form": (form or MarkForm.of(row, most=_most_of(parent))) if writing else None,
        "conflict": conflict,
        "kept": kept,
        "locked": locked,
        "events": acts_on(row) if oversees else [],
    }
    return render(request, "reporting/assessment_result.html", context, status=status)
