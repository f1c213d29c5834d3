"""延期: the unit asks, the head of the office decides, and the office sees how often."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reporting.enums import ExtensionState
from reporting.forms.extensions import DecisionForm, ExtensionForm
from reporting.models import Duty, Extension
from reporting.pages.extensions import counts_by_owner, duty_facts, office_row, requests_of
from reporting.pages.office import office_tabs
from reporting.pages.over import over_text
from reporting.pages.typed import kept_in
from reporting.permissions import can_see_board, can_write, owns
from reporting.services.extensions import (
    AskedAlready,
    ask_extension,
    count_for,
    deciders_of,
    grant_extension,
    refuse_asking,
    refuse_decided,
    refuse_extension,
    withdraw_extension,
)
from reporting.services.refusals import WrongState
from reporting.views.office_year import year_for
from reporting.views.outcomes import why_locked

_ON_A_PAGE = 50


# --- The unit's side ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def duty_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit has asked for a duty, and the form to ask; the office has a page of its own."""
    duty = get_object_or_404(
        Duty.objects.worked_on_by(request.user).select_related("department", "obliged_conference"), pk=pk
    )
    if not owns(request.user, duty):
        if request.method == "POST":
            raise PermissionDenied
        return redirect("reporting:duty_review", pk)
    if request.method != "POST":
        return _extend_page(request, duty, ExtensionForm(duty=duty))

    if not can_write(request.user, duty):
        raise PermissionDenied
    form = ExtensionForm(request.POST, duty=duty)
    try:
        # Before the form's own faults: what is too late must not be corrected first.
        refuse_asking(duty, timezone.localdate())
        if not form.is_valid():
            return _extend_page(request, duty, form, status=422)
        ask_extension(
            duty, by=request.user, reason=form.cleaned_data["reason"], until=form.cleaned_data["wanted_until"]
        )
    except AskedAlready as asked:
        if not _is_the_same(asked.pending, form, request):
            return _extend_page(request, duty, form, refused=str(asked), status=409)
    except WrongState as wrong:
        duty.refresh_from_db()
        return _extend_page(request, duty, form, refused=str(wrong), status=422)
    messages.success(request, _("延期申请已提出，等待批复；批复前仍按现时限。"))
    return redirect("reporting:duty_extend", pk)


def _is_the_same(pending: Extension, form: ExtensionForm, request: HttpRequest) -> bool:
    """Whether this is the second of two clicks: it has asked for nothing that was not asked for already."""
    asked = (pending.asked_by_id, pending.reason, pending.wanted_until)
    return asked == (request.user.pk, form.cleaned_data["reason"], form.cleaned_data["wanted_until"])


def _extend_page(
    request: HttpRequest, duty: Duty, form: ExtensionForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    requests = requests_of(duty)
    pending = next((row for row in requests if row["light"].text == ExtensionState.ASKED.label), None)
    context: dict[str, Any] = {
        "trail": [
            {"label": _("我的工作"), "url": reverse("reporting:work_year", args=[duty.year])},
            {"label": duty.title, "url": reverse("reporting:duty", args=[duty.pk])},
        ],
        "page_url": reverse("reporting:duty_extend", args=[duty.pk]),
        "duty": duty_facts(duty, count_for([duty]).get(duty.pk, 0), today),
        "requests": requests,
        "kept": [],
        "refused": refused,
        "closed_text": "" if refused else _closed_text(request, duty, pending=pending is not None),
        "form": None,
        "withdraw_url": reverse("reporting:extension_withdraw", args=[pending["pk"]])
        if pending and can_write(request.user, duty) and not over_text(duty.conference_id, duty.year)
        else "",
    }
    if not context["refused"] and not context["closed_text"]:
        context["form"] = form
    elif form.is_bound:
        # What was typed stays to be copied, whatever else is wrong with it: there is nothing to correct any more.
        context["kept"] = kept_in(form)
        status = status if refused else 409
    return render(request, "reporting/duty_extend.html", context, status=status)


def _closed_text(request: HttpRequest, duty: Duty, *, pending: bool) -> str:
    """Why there is no form; empty where there is one."""
    if over := over_text(duty.conference_id, duty.year):
        return over
    if pending:
        return _("已有一项延期申请待批；批复前仍按现时限，可以撤回后重新申请。")
    try:
        refuse_asking(duty, timezone.localdate())
    except WrongState as wrong:
        return str(wrong)
    return "" if can_write(request.user, duty) else _("延期由联络员申请。")


@require_POST
def extension_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    extension = _extension_for(request, pk)
    if not can_write(request.user, extension.duty):
        raise PermissionDenied
    try:
        withdraw_extension(extension, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已撤回延期申请，时限不变。"))
    return redirect("reporting:duty_extend", extension.duty_id)


def _extension_for(request: HttpRequest, pk: int) -> Extension:
    rows = Extension.objects.visible_to(request.user).select_related(
        "duty__department", "duty__obliged_conference", "conference", "asked_by", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


# --- The office's side --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def extension_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: read by the office, decided by its head; the unit is sent to its own page."""
    extension = _extension_for(request, pk)
    if not can_see_board(request.user, extension.conference_id):
        if request.method == "POST":
            raise PermissionDenied
        return redirect("reporting:duty_extend", extension.duty_id)
    if request.method != "POST":
        return _decide_page(request, extension)

    if request.user not in deciders_of([extension])[extension.pk]:
        raise PermissionDenied
    action = request.POST.get("action", "")
    granting = action == "grant"
    form = DecisionForm(request.POST, duty=extension.duty, today=timezone.localdate(), granting=granting)
    if action not in ("grant", "refuse"):
        # What the person wanted is not to be guessed: a refusal cannot be taken back.
        return _decide_page(request, extension, form, refused=_("请选择批准或不同意。"), status=422)
    if not form.is_valid():
        return _decide_page(request, extension, form, status=422)
    words = form.cleaned_data["decision"]
    try:
        if granting:
            grant_extension(extension, by=request.user, until=form.cleaned_data["granted_until"], words=words)
        else:
            refuse_extension(extension, by=request.user, words=words)
    except WrongState as wrong:
        return _decide_page(request, _extension_for(request, pk), form, refused=str(wrong), status=409)
    messages.success(
        request, _("已批准延期，并通知了申请单位。") if granting else _("已答复不同意延期，并通知了申请单位。")
    )
    return redirect("reporting:extensions", extension.conference.code, extension.duty.year)


def _decide_page(
    request: HttpRequest,
    extension: Extension,
    form: DecisionForm | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    today, duty = timezone.localdate(), extension.duty
    deciders = deciders_of([extension])[extension.pk]
    row = office_row(extension, count_for([duty]), today)
    is_pending = extension.state == ExtensionState.ASKED
    context: dict[str, Any] = {
        "tabs": office_tabs(extension.conference.code, duty.year, "duties"),
        "trail": [
            {
                "label": _("延期申请"),
                "url": reverse("reporting:extensions", args=[extension.conference.code, duty.year]),
            }
        ],
        "page_url": reverse("reporting:extension_decide", args=[extension.pk]),
        "row": row,
        "review_url": reverse("reporting:duty_review", args=[duty.pk]),
        "others": [other for other in requests_of(duty) if other["pk"] != extension.pk],
        "refused": refused,
        "kept": [],
        "locked": "",
        "form": None,
    }
    if over := over_text(extension.conference_id, duty.year):
        context["locked"] = over
    elif is_pending and row["is_resting"]:
        context["locked"] = _("这一事项已经报送，不用再批复延期；如退回重报，可以再批复。")
    elif is_pending and request.user not in deciders:
        names = "、".join(str(person) for person in deciders)
        context["locked"] = (
            _("由%(names)s批复。") % {"names": names} if names else _("没有可以批复的人：申请人不能批复自己的申请。")
        )
    elif is_pending:
        context["form"] = form or DecisionForm(
            duty=duty, today=today, initial={"granted_until": max(extension.wanted_until, today)}
        )
    if form is not None and context["form"] is None:
        # Decided since the page was opened, or nothing to decide any more, whatever else is wrong with what was sent.
        context["kept"], status = kept_in(form), 409
        context["refused"] = refused or context["locked"] or why_locked(refuse_decided, extension)
    return render(request, "reporting/extension_decide.html", context, status=status)


@require_safe
def extensions(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """All requests of a year: those to be decided first, then what was decided, and how often for each unit."""
    opened = year_for(request, code, year)
    today = timezone.localdate()
    requests = (
        Extension.objects.visible_to(request.user)
        .filter(conference=opened.conference, duty__year=year)
        .select_related("duty__department", "duty__obliged_conference", "asked_by", "decided_by")
        .defer("duty__statement")
    )
    pending = list(requests.pending().order_by("duty__due_on", "pk"))
    page: Any = Paginator(requests.exclude(state=ExtensionState.ASKED), _ON_A_PAGE).get_page(request.GET.get("page"))
    granted = count_for(extension.duty for extension in [*pending, *page.object_list])
    deciders = deciders_of(pending)
    page.object_list = [office_row(extension, granted, today) for extension in page.object_list]
    context = {
        "tabs": office_tabs(code, year, "duties"),
        "trail": [{"label": _("应报事项"), "url": reverse("reporting:duties", args=[code, year])}],
        "year": year,
        "pending": [
            office_row(extension, granted, today) | {"may_decide": request.user in deciders[extension.pk]}
            for extension in pending
        ],
        "page": page,
        "counts": counts_by_owner(opened.conference, year),
    }
    return render(request, "reporting/extensions.html", context)
