"""评估: the office draws up, counts, marks and publishes; each unit and district reads its own result."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from measures.enums import ObligationKind
from measures.sheets.writing.book import NotWritable
from reporting.assessment_book import write_results
from reporting.assessment_columns import name_of, split
from reporting.enums import AssessmentKind, AssessmentState, YearState
from reporting.forms.assessments import AssessmentForm, CriterionForms, NewAssessmentForm
from reporting.models import Assessment, AssessmentResult, Duty, Year
from reporting.office_permissions import can_decide, can_prepare
from reporting.pages.assessments import assessment_row, light_of_assessment, results_table
from reporting.pages.meetings import duty_notes
from reporting.pages.over import over_text
from reporting.pages.papers import acts_on, differences, frame, kept_of, list_frame, reader_frame
from reporting.pages.typed import kept_in, words_of
from reporting.paper_documents import assessment_document, title_of_assessment
from reporting.permissions import can_see_board
from reporting.services.assessment_results import seal_of
from reporting.services.assessments import draw_up, publish, recount, refuse_published, set_criteria
from reporting.services.refusals import NotReady, Overtaken, WrongState
from reporting.views.downloads import download
from reporting.views.office_year import year_for
from reporting.views.outcomes import why_locked
from reporting.views.papers import again, print_page, word_file

_KINDS = (ObligationKind.STAGE_ASSESSMENT, ObligationKind.FINAL_ASSESSMENT)


@require_http_methods(["GET", "HEAD", "POST"])
def assessments(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The year's assessments, the duties that they meet, and the form to begin one."""
    opened = year_for(request, code, year)
    conference = opened.conference
    may_write = can_prepare(request.user, conference.pk)
    owed = Duty.objects.visible_to(request.user).in_force()
    owed = owed.filter(obliged_conference=conference, year=year, kind__in=_KINDS)
    is_final_year = _is_final_year(opened, owed)
    form, status = NewAssessmentForm(is_final_year=is_final_year), 200
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        form, status = NewAssessmentForm(request.POST, is_final_year=is_final_year), 422
        if form.is_valid():
            try:
                drawn_up = _draw_up(request, opened, form.cleaned_data["kind"])
            except WrongState as wrong:
                form.add_error(None, str(wrong))
                status = 409
            else:
                messages.success(request, _("评估已建立，台账数据已统计。"))
                return redirect("reporting:assessment", drawn_up.pk)
    rows = Assessment.objects.visible_to(request.user).filter(conference=conference, year=year)
    context = list_frame(conference, year, "assessments") | {
        "rows": [assessment_row(row) for row in rows.order_by("kind")],
        "duties": duty_notes(owed, timezone.localdate()),
        "form": form if may_write and (form.is_bound or opened.state == YearState.OPEN) else None,
        "circulars_url": reverse("reporting:circulars", args=[code, year]),
    }
    return render(request, "reporting/assessments.html", context, status=status)


def _is_final_year(opened: Year, owed: Any) -> bool:
    """Whether the plan ends with the year, or asks for its final assessment in it."""
    if any(duty.kind == ObligationKind.FINAL_ASSESSMENT for duty in owed):
        return True
    return opened.version is None or opened.version.plan.ends_year <= opened.year


def _draw_up(request: HttpRequest, opened: Year, kind: str) -> Assessment:
    """Over the year, or, the final one, over all years of the plan until then."""
    first = opened.year
    if kind == AssessmentKind.FINAL and opened.version is not None:
        first = min(opened.version.plan.starts_year, opened.year)
    title = title_of_assessment(opened.conference, kind, first, opened.year)
    return draw_up(opened.conference, kind=kind, first=first, last=opened.year, title=title, by=request.user)


def assessment_for(request: HttpRequest, pk: int) -> Assessment:
    rows = Assessment.objects.visible_to(request.user).select_related("conference", "updated_by", "published_by")
    return get_object_or_404(rows.prefetch_related("criteria"), pk=pk)


def _written_by(request: HttpRequest, pk: int) -> Assessment:
    """The assessment, for those who may write it."""
    assessment = assessment_for(request, pk)
    if not can_prepare(request.user, assessment.conference_id):
        raise PermissionDenied
    return assessment


def _results(request: HttpRequest, assessment: Assessment) -> list[AssessmentResult]:
    """All of them for those who oversee; a unit or district has its own."""
    rows = AssessmentResult.objects.visible_to(request.user).filter(assessment=assessment)
    rows = rows.select_related("department", "assessed_conference__jurisdiction")
    return list(rows.order_by("department__position", "assessed_conference__code", "pk"))


@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """What is looked at and how everybody did; a POST writes title, summary and criteria."""
    if request.method != "POST":
        return _page(request, assessment_for(request, pk))
    row = _written_by(request, pk)
    form, criteria = AssessmentForm(request.POST), CriterionForms(row.criteria.all(), request.POST)
    is_valid = form.is_valid()
    if not criteria.is_valid(is_scored=form.cleaned_data.get("is_scored", False)) or not is_valid:
        return _page(request, row, form=form, criteria=criteria, status=422)
    try:
        set_criteria(
            row,
            by=request.user,
            lock_version=form.cleaned_data["lock_version"],
            values=form.values(),
            criteria=criteria.inputs(),
        )
    except Overtaken as overtaken:
        current = overtaken.current
        pairs = [(form.fields[name].label, getattr(current, name), typed) for name, typed in form.values().items()]
        form = again(form, lock_version=current.lock_version)
        conflict = differences(current, [*_in_words(pairs), *_criteria_pairs(request, row, criteria)])
        return _page(request, row, form=form, criteria=criteria, conflict=conflict, status=409)
    except WrongState as wrong:
        row.refresh_from_db()
        return _page(request, row, form=form, criteria=criteria, locked=str(wrong), status=409)
    messages.success(request, _("已保存。"))
    return redirect("reporting:assessment", pk)


def _in_words(pairs: list[tuple[Any, Any, Any]]) -> list[tuple[Any, Any, Any]]:
    words = {True: _("是"), False: _("否")}
    return [(label, words.get(theirs, theirs), words.get(mine, mine)) for label, theirs, mine in pairs]


def _criteria_pairs(request: HttpRequest, row: Assessment, criteria: CriterionForms) -> list[tuple[Any, str, str]]:
    """What is stored of each criterion by now, and what was typed."""

    def said(is_used: bool, points: Decimal, deduction: Decimal) -> str:
        if not is_used:
            return _("不采用")
        if not criteria.shows_points:
            return _("采用")
        return _("分值%(points).1f，每次扣%(deduction).1f") % {"points": points, "deduction": deduction}

    stored = {one.kind: one for one in assessment_for(request, row.pk).criteria.all()}
    return [
        (
            stored[typed.kind].get_kind_display(),
            said(stored[typed.kind].is_used, stored[typed.kind].points, stored[typed.kind].deduction),
            said(typed.is_used, typed.points, typed.deduction),
        )
        for typed in criteria.inputs()
    ]


def _kept_criteria(criteria: CriterionForms | None) -> list[dict[str, Any]]:
    """What was set for each criterion that was ticked, or whose numbers were typed."""

    def said(form: Any) -> str:
        given = [(field.label, words_of(field)) for field in form.visible_fields()]
        return " ".join(f"{label}{words}" for label, words in given if words)

    return kept_of([(one.row.get_kind_display(), said(one)) for one in (criteria.forms if criteria else [])])


def _page(
    request: HttpRequest,
    row: Assessment,
    *,
    form: AssessmentForm | None = None,
    criteria: CriterionForms | None = None,
    conflict: Any = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    conference = row.conference
    oversees = can_see_board(request.user, conference.pk)
    results = _results(request, row)
    if not oversees:
        return _readers_page(request, row, results)
    over = over_text(conference.pk, row.year)
    is_draft = row.state == AssessmentState.DRAFT
    writing = is_draft and not over and can_prepare(request.user, conference.pk)
    kept: list[dict[str, Any]] = []
    if not writing and form is not None:
        # Published, or the year closed, since the page was opened: whatever else is wrong with what was sent.
        kept, status = [*kept_in(form), *_kept_criteria(criteria)], 409
        locked = locked or over or why_locked(refuse_published, row)
    units, districts = split(results)
    sort = request.GET.get("sort", "")
    context = frame(conference, row.year, "assessments") | {
        "page_url": reverse("reporting:assessment", args=[row.pk]),
        "assessment": row,
        "light": light_of_assessment(row),
        "form": (form or AssessmentForm.of(row)) if writing else None,
        "criteria": (criteria or CriterionForms(row.criteria.all())) if writing else None,
        "used": [one for one in row.criteria.all() if one.is_used],
        "shows_points": row.is_scored or (criteria is not None and criteria.shows_points),
        "tables": [
            table
            for table in (
                results_table(row, units, of_districts=False, sort=sort, anchor="units"),
                results_table(row, districts, of_districts=True, sort=sort, anchor="districts"),
            )
            if table is not None
        ],
        "seal": seal_of(row, results) if writing and can_decide(request.user, conference.pk) else "",
        "conflict": conflict,
        "kept": kept,
        "locked": locked or (over if is_draft else ""),
        "circulars_url": "" if is_draft else reverse("reporting:circulars", args=[conference.code, row.year]),
        "events": acts_on(row),
    }
    return render(request, "reporting/assessment.html", context, status=status)


def _readers_page(request: HttpRequest, row: Assessment, own: list[AssessmentResult]) -> HttpResponse:
    """What a unit or a district reads of a published assessment: what it says of all, and where its own result is."""
    context = reader_frame(row.conference, row.year) | {
        "page_url": reverse("reporting:assessment", args=[row.pk]),
        "assessment": row,
        "light": light_of_assessment(row),
        "used": [one for one in row.criteria.all() if one.is_used],
        "own": [
            {"name": name_of(result), "url": reverse("reporting:assessment_result", args=[result.pk])} for result in own
        ],
    }
    return render(request, "reporting/assessment_read.html", context)


@require_POST
def assessment_count(request: HttpRequest, pk: int) -> HttpResponse:
    row = _written_by(request, pk)
    try:
        recount(row, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已按台账重新统计。"))
    return redirect("reporting:assessment", pk)


@require_POST
def assessment_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The head of the office publishes what the page has shown."""
    row = assessment_for(request, pk)
    if not can_decide(request.user, row.conference_id):
        raise PermissionDenied
    try:
        publish(row, by=request.user, seen=request.POST.get("seen", ""))
    except (NotReady, WrongState) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("评估已公布，各单位可查看本单位的结果。"))
    return redirect("reporting:assessment", pk)


def _overseen(request: HttpRequest, pk: int) -> Assessment:
    """The assessment with everybody's results: for the office and the auditors."""
    row = assessment_for(request, pk)
    if not can_see_board(request.user, row.conference_id):
        raise Http404
    return row


@require_safe
def assessment_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    row = _overseen(request, pk)
    try:
        data = write_results(row, _results(request, row))
    except NotWritable as refused:
        messages.error(request, str(refused))
        return redirect("reporting:assessment", pk)
    return download(data, f"{row.title[:80]}.xlsx")


@require_safe
def assessment_word(request: HttpRequest, pk: int) -> HttpResponse:
    row = _overseen(request, pk)
    return word_file(assessment_document(row, _results(request, row)), row.title)


@require_safe
def assessment_print(request: HttpRequest, pk: int) -> HttpResponse:
    row = _overseen(request, pk)
    return print_page(
        request,
        assessment_document(row, _results(request, row)),
        back=reverse("reporting:assessment", args=[pk]),
        word=reverse("reporting:assessment_word", args=[pk]),
    )
