"""The office's side of an entry: read, accept, return with a reason, urge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.access import access_of
from measures.enums import ObligationKind
from reporting.enums import EntryState
from reporting.forms import ReturnForm, UrgeForm
from reporting.lights import light_of
from reporting.models import Duty, Progress
from reporting.pages.clauses import last_year_of
from reporting.pages.completeness import completeness_of
from reporting.pages.rows import entry_text, files_of, trail_of
from reporting.permissions import can_read_text, can_review, can_see_board, can_urge
from reporting.services.entries import NobodyToTell, UrgedToday, WrongState, accept_entry, return_entry, urge


def _reviewers_only(request: HttpRequest, entry: Progress | Duty) -> None:
    """The page is the office's and the auditors'; to others it does not exist."""
    if not can_see_board(request.user, entry.conference_id):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def progress_review(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(
        Progress.objects.visible_to(request.user).select_related(
            "clause", "department", "conference", "reviewed_by", "submitted_by"
        ),
        pk=pk,
    )
    _reviewers_only(request, entry)
    return _review(request, entry)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_review(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(
        Duty.objects.visible_to(request.user).select_related(
            "department", "obliged_conference", "conference", "reviewed_by", "submitted_by"
        ),
        pk=pk,
    )
    _reviewers_only(request, entry)
    return _review(request, entry)


def _review(request: HttpRequest, entry: Progress | Duty) -> HttpResponse:
    if request.method != "POST":
        return _page(request, entry, ReturnForm(initial={"lock_version": entry.lock_version}))
    if not can_review(request.user, entry):
        raise PermissionDenied
    try:
        seen = request.POST.get("lock_version")
        if seen and seen != str(entry.lock_version):
            raise WrongState(_("您打开本页之后，这一条有了变化。下面是最新内容，请看过后再审核。"))
        if request.POST.get("action") == "accept":
            accept_entry(entry, by=request.user)
            messages.success(request, _("已审核通过：%(what)s") % {"what": entry})
        else:
            form = ReturnForm(request.POST)
            if not form.is_valid():
                return _page(request, entry, form, status=422)
            return_entry(entry, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("已退回：%(what)s") % {"what": entry})
    except WrongState as wrong:
        messages.error(request, str(wrong))
        return redirect(request.path)
    following = _next_to_review(request, entry)
    return redirect(following or request.path)


def _page(request: HttpRequest, entry: Progress | Duty, form: ReturnForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    readable = can_read_text(request.user, entry)
    may_review = can_review(request.user, entry)
    returned = None
    if entry.return_reason and entry.state != EntryState.ACCEPTED:
        returned = {"by": entry.reviewed_by, "at": entry.reviewed_at, "reason": entry.return_reason}
    context: dict[str, Any] = {
        "trail": _trail(entry),
        "submitted_text": _("%(who)s 提交于 %(at)s")
        % {
            "who": entry.submitted_by or "",
            "at": timezone.localtime(entry.submitted_at).strftime("%Y-%m-%d %H:%M"),
        }
        if entry.submitted_at
        else "",
        "returned": returned,
        "attachments": files_of(entry, can_delete=False) if readable else [],
        "form": form if may_review and entry.state in EntryState.shared() else None,
        "locked": _locked_text(request, entry, readable=readable, may_review=may_review),
        "events": trail_of(entry),
        "next_url": _next_to_review(request, entry),
    }
    if isinstance(entry, Progress):
        context |= {
            "unit": entry.department,
            "subtitle": f"{entry.clause.spoken_path} · {entry.get_role_display()} · {entry.year}",
            "clause": entry.clause,
            "light": light_of(entry.state, None, today),
            "entry": entry_text(entry) if readable else None,
            "last_year": last_year_of(entry, request.user),
        }
    else:
        context |= {
            "unit": entry.owner,
            "subtitle": entry.title,
            "light": light_of(entry.state, entry.due_on, today),
            "statement": entry.statement if readable else "",
            "completeness": completeness_of(entry, request.user)
            if entry.kind == ObligationKind.ANNUAL_REPORT
            else None,
        }
    return render(request, "reporting/review.html", context, status=status)


def _locked_text(request: HttpRequest, entry: Progress | Duty, *, readable: bool, may_review: bool) -> str:
    if not readable:
        if entry.state == EntryState.RETURNED:
            return _("已退回，单位正在修改；重新提交后可以审核。")
        return _("单位还没有提交；提交后可以看到内容并审核。")
    if entry.conference_id in access_of(request.user).office_of and not may_review:
        return _("本人填写或提交的内容须由他人审核。")
    return ""


def _trail(entry: Progress | Duty) -> list[dict[str, str]]:
    code = entry.conference.code
    trail = [{"label": _("看板"), "url": reverse("reporting:board", args=[code, entry.year])}]
    if entry.department is not None:
        trail.append(
            {
                "label": str(entry.department),
                "url": reverse("reporting:unit", args=[code, entry.year, entry.department.code]),
            }
        )
    return trail


def _next_to_review(request: HttpRequest, entry: Progress | Duty) -> str:
    """The next entry of the same kind that waits for review, in the list's order; empty when there is none."""
    waiting = (
        type(entry)
        ._default_manager.visible_to(request.user)
        .filter(conference=entry.conference_id, year=entry.year)
        .awaiting_review()
        .exclude(pk=entry.pk)
        .order_by("submitted_at", "pk")
        .values_list("pk", flat=True)
        .first()
    )
    return reverse(f"reporting:{entry._meta.model_name}_review", args=[waiting]) if waiting else ""


@require_POST
def duty_urge(request: HttpRequest, pk: int) -> HttpResponse:
    """A reminder in a person's name; back to where the button was."""
    duty = get_object_or_404(Duty.objects.worked_on_by(request.user).select_related("conference"), pk=pk)
    if duty.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    form = UrgeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    elif not can_urge(request.user, duty):
        messages.error(request, _("这一事项已经报送，不需要催办。"))
    else:
        try:
            urge(duty, by=request.user, message=form.cleaned_data["message"])
        except (NobodyToTell, UrgedToday, WrongState) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("已催办：%(what)s") % {"what": duty})
    back = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        # Not redirect(): what the browser sends is an address and never the name of one of our views.
        return HttpResponseRedirect(back)
    return redirect("reporting:board", duty.conference.code, duty.year)
