"""The office's side of an entry: read, accept, return or reopen with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from departments.access import access_of
from departments.models.events import INSIDE_UNIT
from measures.enums import ObligationKind
from reporting.enums import EntryState
from reporting.forms.cooperation import ReasonForm
from reporting.forms.entries import ReturnForm
from reporting.lights import late_text, light_of
from reporting.models import Duty, Progress
from reporting.pages.clauses import last_year_of, leads_of
from reporting.pages.completeness import completeness_of
from reporting.pages.extensions import extension_of
from reporting.pages.filings import review_of
from reporting.pages.meetings import minutes_that_met
from reporting.pages.rows import entry_text, files_of, role_text, trail_rows
from reporting.pages.thread import events_of, rounds_of
from reporting.permissions import can_read_text, can_review, can_see_board, owns
from reporting.services.cooperation import first_leads
from reporting.services.entries import accept_entry, refuse_closed_year, reopen_entry, return_entry
from reporting.services.refusals import WrongState, YearIsOver, year_is_over
from reporting.views.outcomes import say_refused


def _reviewers_only(request: HttpRequest, entry: Progress | Duty) -> None:
    """The page is the office's and the auditors'; to others it does not exist."""
    if not can_see_board(request.user, entry.conference_id):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def progress_review(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(
        Progress.objects.visible_to(request.user)
        .with_standing()
        .with_year()
        .select_related("clause", "department", "conference", "reviewed_by", "submitted_by", "signed_by"),
        pk=pk,
    )
    _reviewers_only(request, entry)
    return _review(request, entry)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_review(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(
        Duty.objects.visible_to(request.user)
        .with_year()
        .select_related("department", "obliged_conference", "conference", "reviewed_by", "submitted_by", "signed_by"),
        pk=pk,
    )
    _reviewers_only(request, entry)
    return _review(request, entry)


def _review(request: HttpRequest, entry: Progress | Duty) -> HttpResponse:
    if request.method != "POST":
        return _page(request, entry)
    if not can_review(request.user, entry):
        raise PermissionDenied
    action = request.POST.get("action", "")
    if action not in _LEADS_TO:
        # What the person wanted is not to be guessed.
        say_refused(request, WrongState(_("请选择审核通过、退回或重新打开。")), _typed_reason(request))
        return _page(request, entry, status=422)
    form_class = ReasonForm if action == "reopen" else ReturnForm
    form = form_class(request.POST)
    try:
        refuse_closed_year(entry, owing=False)
        seen = request.POST.get("lock_version")
        # What nobody can say to have seen is neither accepted nor returned.
        if (seen or action != "reopen") and seen != str(entry.lock_version):
            raise WrongState(_("您打开本页之后，这一条有了变化。下面是最新内容，请看过后再审核。"))
        if action != "accept" and not form.is_valid():
            return _page(request, entry, form, status=422)
        with transaction.atomic():
            if action == "accept":
                accept_entry(entry, by=request.user)
            elif action == "reopen":
                reopen_entry(entry, by=request.user, reason=form.cleaned_data["reason"])
            else:
                return_entry(entry, by=request.user, reason=form.cleaned_data["reason"])
    except YearIsOver as over:
        say_refused(request, over, _typed_reason(request))
        return redirect(request.path)
    except WrongState as wrong:
        return _overtaken(request, entry, action, wrong)
    messages.success(request, _DONE[action] % {"what": entry})
    following = _next_to_review(request, entry) if action != "reopen" else ""
    return redirect(following or request.path)


_DONE = {
    "accept": gettext_lazy("已审核通过：%(what)s"),
    "return": gettext_lazy("已退回：%(what)s"),
    "reopen": gettext_lazy("已重新打开：%(what)s"),
}
_LEADS_TO = {"accept": EntryState.ACCEPTED, "return": EntryState.RETURNED, "reopen": EntryState.DRAFT}


def _overtaken(request: HttpRequest, entry: Progress | Duty, action: str, wrong: WrongState) -> HttpResponse:
    """Somebody was faster: the person's own first click, which is answered as it was, or a colleague, who is named."""
    entry.refresh_from_db()
    decided = entry.state in (EntryState.ACCEPTED, EntryState.RETURNED) and entry.reviewed_at is not None
    if entry.state == _LEADS_TO.get(action) and entry.reviewed_by_id == request.user.pk:
        messages.success(request, _DONE[action] % {"what": entry})
        return redirect(request.path)
    if decided and entry.reviewed_by_id != request.user.pk:
        wrong = WrongState(
            _("%(who)s已于%(at)s办理，现在是“%(state)s”；您的操作没有执行。")
            % {
                "who": entry.reviewed_by,
                "at": timezone.localtime(entry.reviewed_at).strftime("%m-%d %H:%M"),
                "state": entry.get_state_display(),
            }
        )
    say_refused(request, wrong, _typed_reason(request))
    return redirect(request.path)


def _typed_reason(request: HttpRequest) -> str:
    """What the reviewer wrote for nothing, to be used elsewhere."""
    return request.POST.get("reason", "").replace("\0", "")


def _page(
    request: HttpRequest, entry: Progress | Duty, form: ReturnForm | ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    readable = can_read_text(request.user, entry)
    over = year_is_over(entry.year) if entry.is_over else ""
    may_review = not over and can_review(request.user, entry)
    due_on = entry.due_on if isinstance(entry, Duty) else _due_on(entry)
    # What the unit's head said inside the unit is the unit's own business; auditors read everything.
    inside = owns(request.user, entry) or entry.conference_id in access_of(request.user).auditor_of
    events = events_of(entry)
    returned = None
    if entry.return_reason and entry.state != EntryState.ACCEPTED:
        returned = {"by": entry.reviewed_by, "at": entry.reviewed_at, "reason": entry.return_reason}
    version = {"lock_version": entry.lock_version}
    context: dict[str, Any] = {
        "trail": _trail(entry),
        "submitted_text": _submitted_text(entry),
        "late_text": late_text(entry.first_submitted_at, due_on),
        "returned": returned,
        "attachments": files_of(entry, can_delete=False) if readable else [],
        "form": (form or ReturnForm(initial=version)) if may_review and entry.state == EntryState.SUBMITTED else None,
        "reopen_form": (form or ReasonForm(initial=version))
        if may_review and entry.state == EntryState.ACCEPTED
        else None,
        "locked": over or _locked_text(request, entry, readable=readable, may_review=may_review),
        "rounds": rounds_of(entry, events, due_on, inside=owns(request.user, entry)),
        "events": trail_rows(events, without=() if inside else INSIDE_UNIT),
        "next_url": _next_to_review(request, entry),
        "queue_url": reverse("reporting:review_queue", args=[entry.conference.code, entry.year]),
    }
    if form is not None and context["form"] is None and context["reopen_form"] is None:
        # A reopening that was wrong, of what nobody can reopen any more.
        say_refused(request, WrongState(_("状态已经变化，请刷新页面后再操作。")), _typed_reason(request))
        status = 409
    if isinstance(entry, Progress):
        first = first_leads([entry.clause_id], entry.year).get(entry.clause_id)
        may_choose = not over and entry.conference_id in access_of(request.user).office_of
        context |= {
            "unit": entry.department,
            "subtitle": f"{entry.clause.spoken_path} · {role_text(entry, first)} · {entry.year}",
            "clause": entry.clause,
            "light": light_of(entry.standing, None, today, is_over=bool(over)),
            "entry": entry_text(entry) if readable else None,
            "last_year": last_year_of(entry, request.user),
            "leads": leads_of(entry.clause, entry.year, first),
            "first_lead_url": reverse("reporting:first_lead", args=[entry.clause_id, entry.year]) if may_choose else "",
            "pk": entry.pk,
        }
    else:
        filed = review_of(entry, request.user) if readable and entry.kind == ObligationKind.ANNUAL_REPORT else None
        context |= {
            "unit": entry.owner,
            "subtitle": entry.title,
            "due_on": entry.due_on,
            "extension": extension_of(entry, request.user, today),
            "light": light_of(entry.state, entry.due_on, today, is_over=bool(over)),
            "statement": entry.statement if readable and filed is None else "",
            "filed": filed,
            "met_by": minutes_that_met(entry) if readable else None,
            "completeness": completeness_of(entry, request.user)
            if entry.kind == ObligationKind.ANNUAL_REPORT
            else None,
        }
    return render(request, "reporting/review.html", context, status=status)


def _due_on(entry: Progress) -> date | None:
    return Duty.objects.report_deadlines([entry.department_id], entry.year).get(entry.department_id)


def _submitted_text(entry: Progress | Duty) -> str:
    if not entry.submitted_at:
        return ""
    words = {"who": entry.submitted_by or "", "at": timezone.localtime(entry.submitted_at).strftime("%Y-%m-%d %H:%M")}
    # The head's signature is the handing in.
    text = _("%(who)s 签批报送于 %(at)s") if entry.signed_by_id is not None else _("%(who)s 提交于 %(at)s")
    return text % words


def _locked_text(request: HttpRequest, entry: Progress | Duty, *, readable: bool, may_review: bool) -> str:
    if not readable:
        if entry.state == EntryState.RETURNED:
            return _("已退回，单位正在修改；重新提交后可以审核。")
        return _("单位还没有提交；提交后可以看到内容并审核。")
    if entry.conference_id in access_of(request.user).office_of and not may_review:
        return _("本人填写、签批或提交的内容须由他人审核。")
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
