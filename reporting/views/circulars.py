"""通报: the office drafts, its head issues; members and districts read what was issued."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reporting.enums import AssessmentState, CircularState, YearState
from reporting.forms.circulars import CircularForm, IssueForm, NewCircularForm
from reporting.models import Assessment, Circular
from reporting.office_permissions import can_decide, can_prepare
from reporting.pages.circulars import circular_row, light_of_circular
from reporting.pages.over import over_text
from reporting.pages.papers import acts_on, differences, frame, list_frame, reader_frame
from reporting.pages.typed import kept_in
from reporting.paper_documents import circular_document
from reporting.permissions import can_see_board
from reporting.services.circulars import draft_circular, issue_circular, refuse_issued, write_circular
from reporting.services.refusals import NotReady, Overtaken, WrongState
from reporting.views.office_year import year_for
from reporting.views.outcomes import why_locked
from reporting.views.papers import again, first_error, kept, plain, print_page, word_file


@require_http_methods(["GET", "HEAD", "POST"])
def circulars(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The year's circulars, and the form to draft one."""
    opened = year_for(request, code, year)
    conference = opened.conference
    may_write = can_prepare(request.user, conference.pk)
    published = Assessment.objects.visible_to(request.user).filter(
        conference=conference, year=year, state=AssessmentState.PUBLISHED
    )
    offered = {row.pk: row for row in published}
    titles = {pk: row.title for pk, row in offered.items()}
    form, status = NewCircularForm(assessments=titles), 200
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        form, status = NewCircularForm(request.POST, assessments=titles), 422
        if form.is_valid():
            basis = form.cleaned_data["assessment"]
            try:
                drafted = draft_circular(
                    conference,
                    year,
                    kind=form.cleaned_data["kind"],
                    assessment=offered[int(basis)] if basis else None,
                    by=request.user,
                )
            except NotReady as missing:
                form.add_error("assessment", str(missing))
            except WrongState as wrong:
                form.add_error(None, str(wrong))
                status = 409
            else:
                return redirect("reporting:circular", drafted.pk)
    rows = Circular.objects.visible_to(request.user).filter(conference=conference, year=year)
    context = list_frame(conference, year, "circulars") | {
        "rows": [circular_row(row) for row in rows.order_by("-issued_on", "-pk").defer("body")],
        "form": form if may_write and (form.is_bound or opened.state == YearState.OPEN) else None,
    }
    context["trail"].append({"label": _("评估"), "url": reverse("reporting:assessments", args=[code, year])})
    return render(request, "reporting/circulars.html", context, status=status)


def circular_for(request: HttpRequest, pk: int) -> Circular:
    rows = Circular.objects.visible_to(request.user).select_related("conference", "updated_by", "issued_by")
    return get_object_or_404(rows, pk=pk)


def _written_by(request: HttpRequest, pk: int) -> Circular:
    """The circular, for those who may write it."""
    row = circular_for(request, pk)
    if not can_prepare(request.user, row.conference_id):
        raise PermissionDenied
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """The text; a POST writes it, and issues it when the head pressed that button."""
    if request.method != "POST":
        return _page(request, circular_for(request, pk))
    row = _written_by(request, pk)
    issuing = request.POST.get("action") == "issue"
    if issuing and not can_decide(request.user, row.conference_id):
        raise PermissionDenied
    form = CircularForm(request.POST)
    issue = IssueForm(request.POST, circular=row) if issuing else None
    is_valid = form.is_valid()
    if (issue is not None and not issue.is_valid()) or not is_valid:
        return _page(request, row, form=form, issue=issue, status=422)
    try:
        version = write_circular(
            row, values=form.values(), lock_version=form.cleaned_data["lock_version"], by=request.user
        )
        if issue is not None:
            issue_circular(row, lock_version=version, by=request.user, **issue.cleaned_data)
    except Overtaken as overtaken:
        current = overtaken.current
        pairs = [(form.fields[name].label, getattr(current, name), typed) for name, typed in form.values().items()]
        form = again(form, lock_version=current.lock_version)
        return _page(request, row, form=form, issue=issue, conflict=differences(current, pairs), status=409)
    except NotReady as missing:
        row.refresh_from_db()
        form = again(form, lock_version=row.lock_version)
        form.is_valid()
        form.add_error(None, str(missing))
        return _page(request, row, form=form, issue=issue, status=422)
    except WrongState as wrong:
        row = circular_for(request, pk)
        return _page(request, row, form=form, issue=issue, locked=str(wrong), status=409)
    messages.success(request, _("通报已印发，已通知成员单位和区县。") if issuing else _("已保存。"))
    return redirect("reporting:circular", pk)


@require_POST
def circular_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed. 204 with X-Lock-Version; 409 when overtaken; 422 with the reason."""
    row = _written_by(request, pk)
    form = CircularForm(request.POST)
    if not form.is_valid():
        return plain(first_error(form), 422)
    try:
        version = write_circular(
            row, values=form.values(), lock_version=form.cleaned_data["lock_version"], by=request.user
        )
    except (Overtaken, WrongState) as refused:
        return plain(str(refused), 409)
    return kept(version)


def _page(
    request: HttpRequest,
    row: Circular,
    *,
    form: CircularForm | None = None,
    issue: IssueForm | None = None,
    conflict: Any = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    conference = row.conference
    oversees = can_see_board(request.user, conference.pk)
    over = over_text(conference.pk, row.year) if oversees else ""
    is_draft = row.state == CircularState.DRAFT
    writing = is_draft and not over and can_prepare(request.user, conference.pk)
    kept_texts: list[dict[str, Any]] = []
    if not writing and form is not None:
        # Issued, or the year closed, since the page was opened: whatever else is wrong with what was sent.
        kept_texts, status = kept_in(form, issue), 409
        locked = locked or over or why_locked(refuse_issued, row)
    around = frame(conference, row.year, "circulars") if oversees else reader_frame(conference, row.year)
    saved_at = timezone.localtime(row.updated_at).strftime("%Y-%m-%d %H:%M") if row.updated_at else ""
    context = around | {
        "page_url": reverse("reporting:circular", args=[row.pk]),
        "circular": row,
        "light": light_of_circular(row),
        "form": (form or CircularForm.of(row)) if writing else None,
        "issue": (issue or IssueForm.of_today(row)) if writing and can_decide(request.user, conference.pk) else None,
        "saved_text": _("%(who)s 保存于 %(at)s") % {"who": row.updated_by or "", "at": saved_at} if saved_at else "",
        "conflict": conflict,
        "kept": kept_texts,
        "locked": locked or (over if is_draft else ""),
        "events": acts_on(row) if oversees else [],
    }
    return render(request, "reporting/circular.html", context, status=status)


@require_safe
def circular_word(request: HttpRequest, pk: int) -> HttpResponse:
    row = circular_for(request, pk)
    return word_file(circular_document(row), row.title)


@require_safe
def circular_print(request: HttpRequest, pk: int) -> HttpResponse:
    row = circular_for(request, pk)
    return print_page(
        request,
        circular_document(row),
        back=reverse("reporting:circular", args=[pk]),
        word=reverse("reporting:circular_word", args=[pk]),
    )
