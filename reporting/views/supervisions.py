"""督办: areas put under supervision, followed by the office that ordered it and by the one that answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.enums import Role
from departments.models import Posting
from reporting.enums import SupervisionState, YearState
from reporting.forms.supervisions import LiftForm, StepForm, SupervisionForm
from reporting.models import Supervision, SupervisionStep, Year
from reporting.office_permissions import can_decide, can_follow, can_prepare
from reporting.pages.over import is_over
from reporting.pages.papers import acts_on, frame, list_frame
from reporting.pages.supervisions import basis_of, in_year, light_of_supervision, step_row, supervision_row
from reporting.pages.typed import kept_in
from reporting.paper_documents import lifting_document, supervision_document
from reporting.permissions import can_see_board
from reporting.services.refusals import WrongState, year_is_over
from reporting.services.supervision import follow, lift, open_supervision, refuse_lifted
from reporting.views.office_year import year_for
from reporting.views.outcomes import why_locked
from reporting.views.papers import print_page, word_file


@require_http_methods(["GET", "HEAD", "POST"])
def supervisions(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """What the conference supervises and what it answers for, and the form to put an area under supervision."""
    opened = year_for(request, code, year)
    conference, today = opened.conference, timezone.localdate()
    may_write = can_prepare(request.user, conference.pk)
    form, status = SupervisionForm(conference=conference, year=year, initial={"opened_on": today}), 200
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        form, status = SupervisionForm(request.POST, conference=conference, year=year), 422
        if form.is_valid():
            try:
                row = open_supervision(conference, year, order=form.order(), by=request.user)
            except WrongState as wrong:
                form.add_error(None, str(wrong))
                status = 409
            else:
                messages.success(request, _("已挂牌，下级反拐办已收到通知。") if row.supervised else _("已挂牌。"))
                return redirect("reporting:supervision", row.pk)
    ours = Supervision.objects.visible_to(request.user).filter(conference=conference)
    on_us = Supervision.objects.visible_to(request.user).filter(supervised=conference)
    found = in_year(ours | on_us, year).select_related("conference")
    rows = sorted((supervision_row(row, today, conference.pk) for row in found), key=lambda row: row["order"])
    context = list_frame(conference, year, "supervisions") | {
        "rows": rows,
        "basis": basis_of(conference.pk, year, request.user),
        "form": form if may_write and (form.is_bound or opened.state == YearState.OPEN) else None,
    }
    return render(request, "reporting/supervisions.html", context, status=status)


def supervision_for(request: HttpRequest, pk: int) -> Supervision:
    rows = Supervision.objects.visible_to(request.user).select_related(
        "conference", "supervised", "opened_by", "lifted_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
def supervision(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, supervision_for(request, pk))


def _page(
    request: HttpRequest,
    row: Supervision,
    *,
    step: StepForm | None = None,
    lifting: LiftForm | None = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    today, user = timezone.localdate(), request.user
    is_open = row.state == SupervisionState.OPEN
    goes_on = is_open and not _is_over(row)
    steps = SupervisionStep.objects.visible_to(user).filter(supervision=row).select_related("created_by")
    supervising = _people_of(row.conference_id)
    kept: list[dict[str, Any]] = []
    if not goes_on and (step is not None or lifting is not None):
        # Lifted, or the year closed, since the page was opened: whatever else is wrong with what was sent.
        kept, status = kept_in(step, lifting), 409
        locked = locked or why_locked(refuse_lifted, row) or year_is_over(_year_of(row))
    context = _around(request, row) | {
        "page_url": reverse("reporting:supervision", args=[row.pk]),
        "supervision": row,
        "light": light_of_supervision(row, today),
        "is_late": is_open and row.due_on < today,
        "basis": basis_of(row.conference_id, row.year, user),
        "steps": [step_row(one, supervising) for one in steps.order_by("pk")],
        "step_form": (step or StepForm()) if goes_on and can_follow(user, row) else None,
        "lift_form": (lifting or LiftForm(supervision=row))
        if goes_on and can_decide(user, row.conference_id)
        else None,
        "kept": kept,
        "locked": locked,
        "events": acts_on(row),
    }
    return render(request, "reporting/supervision.html", context, status=status)


def _around(request: HttpRequest, row: Supervision) -> dict[str, Any]:
    """The rooms of the office that looks: the one that supervises, or the one that is supervised."""
    at_home = row.conference
    if row.supervised is not None and not can_see_board(request.user, row.conference_id):
        at_home = row.supervised
    around = frame(at_home, row.year, "supervisions")
    if not Year.objects.visible_to(request.user).filter(conference=at_home, year=row.year).exists():
        around |= {"trail": [], "tabs": []}
    return around


def _is_over(row: Supervision) -> bool:
    """Whether the year in which it would be followed now is closed."""
    return is_over(row.conference_id, _year_of(row))


def _year_of(row: Supervision) -> int:
    """The year in which it would be followed now."""
    return max(row.year, timezone.localdate().year)


def _people_of(conference_id: int) -> set[int]:
    """Who works, or has worked, in the office."""
    held = Posting.objects.filter(
        conference=conference_id, department=None, role__in=(Role.OFFICE_STAFF, Role.OFFICE_HEAD)
    )
    return set(held.values_list("user", flat=True))


@require_POST
def supervision_step(request: HttpRequest, pk: int) -> HttpResponse:
    row = supervision_for(request, pk)
    if not can_follow(request.user, row):
        raise PermissionDenied
    form = StepForm(request.POST)
    if not form.is_valid():
        return _page(request, row, step=form, status=422)
    try:
        follow(row, text=form.cleaned_data["text"], by=request.user)
    except WrongState as wrong:
        return _page(request, supervision_for(request, pk), step=form, locked=str(wrong), status=409)
    messages.success(request, _("进展已记录，已通知对方。") if row.supervised else _("进展已记录。"))
    return redirect("reporting:supervision", pk)


@require_POST
def supervision_lift(request: HttpRequest, pk: int) -> HttpResponse:
    row = supervision_for(request, pk)
    if not can_decide(request.user, row.conference_id):
        raise PermissionDenied
    form = LiftForm(request.POST, supervision=row)
    if not form.is_valid():
        return _page(request, row, lifting=form, status=422)
    try:
        lift(row, reason=form.cleaned_data["lift_reason"], lifted_on=form.cleaned_data["lifted_on"], by=request.user)
    except WrongState as wrong:
        return _page(request, supervision_for(request, pk), lifting=form, locked=str(wrong), status=409)
    messages.success(request, _("督办已解除。"))
    return redirect("reporting:supervision", pk)


@require_safe
def supervision_word(request: HttpRequest, pk: int) -> HttpResponse:
    document = supervision_document(supervision_for(request, pk))
    return word_file(document, document.title)


@require_safe
def supervision_print(request: HttpRequest, pk: int) -> HttpResponse:
    return print_page(
        request,
        supervision_document(supervision_for(request, pk)),
        back=reverse("reporting:supervision", args=[pk]),
        word=reverse("reporting:supervision_word", args=[pk]),
    )


def _lifted(request: HttpRequest, pk: int) -> Supervision:
    """One that was lifted: of the others there is no such letter."""
    row = supervision_for(request, pk)
    if row.state != SupervisionState.LIFTED:
        raise Http404
    return row


@require_safe
def lifting_word(request: HttpRequest, pk: int) -> HttpResponse:
    document = lifting_document(_lifted(request, pk))
    return word_file(document, document.title)


@require_safe
def lifting_print(request: HttpRequest, pk: int) -> HttpResponse:
    return print_page(
        request,
        lifting_document(_lifted(request, pk)),
        back=reverse("reporting:supervision", args=[pk]),
        word=reverse("reporting:lifting_word", args=[pk]),
    )
