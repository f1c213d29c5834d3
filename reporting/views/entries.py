"""Writing entries: one unit's progress on one measure, and its annual report and other duties."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from measures.enums import ObligationKind
from reporting.enums import EntryState
from reporting.forms import DutyForm, EntryForm, FigureSet, ProgressForm, UploadForm, figures_of
from reporting.lights import days_left_text, light_of
from reporting.models import Duty, Progress
from reporting.pages.clauses import anchor_of, last_year_of, others_of, parties_of, second_look_of
from reporting.pages.completeness import completeness_of
from reporting.pages.conflict import conflict_of
from reporting.pages.rows import entry_text, files_of, trail_of
from reporting.permissions import can_confirm, can_see_board, can_write, owns
from reporting.services.entries import StaleEntry, WrongState, confirm_entry, save_entry, submit_entry, withdraw_entry


def progress_for(request: HttpRequest, pk: int) -> Progress:
    rows = Progress.objects.visible_to(request.user).select_related(
        "clause__version__plan", "department", "updated_by", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


def duty_for(request: HttpRequest, pk: int) -> Duty:
    rows = Duty.objects.worked_on_by(request.user).select_related(
        "department", "obliged_conference", "conference", "obligation__clause__version", "updated_by", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The clause, the form and last year beside it for the unit; others are sent to the page that is theirs."""
    entry = progress_for(request, pk)
    if not owns(request.user, entry):
        if request.method == "POST":
            raise PermissionDenied
        if can_see_board(request.user, entry.conference_id):
            return redirect("reporting:progress_review", pk)
        clause = reverse("reporting:clause", args=[entry.clause.version_id, entry.clause.path])
        return redirect(f"{clause}?year={entry.year}")

    if request.method == "POST":
        return _write(request, entry, ProgressForm, _progress_page)
    return _progress_page(request, entry)


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Filing what a unit, or a district's conference, owes."""
    entry = duty_for(request, pk)
    if not owns(request.user, entry):
        if request.method == "POST":
            raise PermissionDenied
        return redirect("reporting:duty_review", pk)

    if request.method == "POST":
        return _write(request, entry, DutyForm, _duty_page)
    return _duty_page(request, entry)


def _write(request: HttpRequest, entry: Any, form_class: type[EntryForm], page: Any) -> HttpResponse:
    """Save, and submit when that button was pressed; on any refusal the page again, with all that was typed."""
    if not can_write(request.user, entry):
        raise PermissionDenied
    submitting = request.POST.get("action") == "submit"
    form, figures = _bound(request, entry, form_class, submitting=submitting)
    if not form.is_valid() or (figures is not None and not figures.is_valid()):
        return page(request, entry, form=form, figures=figures, status=422)
    try:
        with transaction.atomic():
            saved = save_entry(
                entry,
                by=request.user,
                lock_version=form.cleaned_data["lock_version"],
                values=form.values(),
                figures=figures.inputs() if figures is not None else None,
                seen_clause=form.cleaned_data.get("clause"),
            )
            if submitting:
                submit_entry(saved, by=request.user, seen_clause=form.cleaned_data.get("clause"))
    except StaleEntry as stale:
        # What was typed stays in the form; saving it again from here says "mine", knowingly.
        form.data = form.data.copy()
        form.data["lock_version"] = str(stale.current.lock_version)
        conflict = conflict_of(stale.current, form.values())
        return page(request, entry, form=form, figures=figures, conflict=conflict, status=409)
    except WrongState as wrong:
        entry.refresh_from_db()
        kept = [{"label": form.fields[name].label, "text": text} for name, text in form.values().items() if text]
        return page(request, entry, kept=kept, locked=str(wrong), status=409)
    messages.success(request, _("已提交，等待审核。") if submitting else _("已保存。"))
    return redirect(request.path)


def _bound(request: HttpRequest, entry: Any, form_class: type[EntryForm], *, submitting: bool) -> tuple[Any, Any]:
    form = form_class(request.POST, submitting=submitting)
    has_figures = isinstance(entry, Progress) and "figures-TOTAL_FORMS" in request.POST
    return form, FigureSet(request.POST, prefix="figures") if has_figures else None


@require_POST
def progress_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    return _autosave(request, progress_for(request, pk), ProgressForm)


@require_POST
def duty_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    return _autosave(request, duty_for(request, pk), DutyForm)


def _autosave(request: HttpRequest, entry: Any, form_class: type[EntryForm]) -> HttpResponse:
    """Keep what is being typed. 204 with X-Lock-Version; 409 when overtaken; 422 with the reason as plain text."""
    if not can_write(request.user, entry):
        raise PermissionDenied
    form, figures = _bound(request, entry, form_class, submitting=False)
    if not form.is_valid():
        return _plain(next(iter(form.errors.values()))[0], 422)
    # A half-typed number is no reason not to keep the text: numbers are kept once they all read as numbers.
    inputs = figures.inputs() if figures is not None and figures.is_valid() else None
    try:
        saved = save_entry(
            entry,
            by=request.user,
            lock_version=form.cleaned_data["lock_version"],
            values=form.values(),
            figures=inputs,
            seen_clause=form.cleaned_data.get("clause"),
        )
    except (StaleEntry, WrongState) as refused:
        return _plain(str(refused), 409)
    if figures is not None and inputs is None:
        response = _plain(_("文字已保存；数据有误，未保存。"), 422)
    else:
        response = HttpResponse(status=204)
    response["X-Lock-Version"] = str(saved.lock_version)
    return response


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


@require_POST
def progress_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _withdraw(request, progress_for(request, pk))


@require_POST
def duty_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _withdraw(request, duty_for(request, pk))


@require_POST
def progress_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The text still fits its reworded clause."""
    entry = progress_for(request, pk)
    if not can_write(request.user, entry):
        raise PermissionDenied
    if request.POST.get("clause") != str(entry.clause_id):
        messages.error(request, _("条款在您打开页面以后又有改动，请看过新的文字再确认。"))
        return redirect("reporting:progress", pk)
    try:
        confirm_entry(entry, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已确认仍然适用。"))
    return redirect("reporting:progress", pk)


def _withdraw(request: HttpRequest, entry: Any) -> HttpResponse:
    if not can_write(request.user, entry):
        raise PermissionDenied
    try:
        withdraw_entry(entry, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已撤回，可以继续修改。"))
    return redirect(f"reporting:{entry._meta.model_name}", entry.pk)


def _progress_page(
    request: HttpRequest,
    entry: Progress,
    *,
    form: ProgressForm | None = None,
    figures: Any = None,
    conflict: Any = None,
    kept: list[dict[str, Any]] | None = None,
    locked: str = "",
    upload_form: UploadForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    parties = parties_of(entry.clause, entry.year, request.user, today)
    due_on = next((party["due_on"] for party in parties if party["department"] == entry.department_id), None)
    writing = entry.is_editable and can_write(request.user, entry)
    if writing and form is None:
        form = ProgressForm.of(entry)
    elif form is not None and entry.needs_second_look:
        # This page shows the new words: what is sent from here has looked at them.
        form.shows(entry)
    if writing and figures is None:
        figures = FigureSet(initial=figures_of(entry), prefix="figures")
    last_year = last_year_of(entry, request.user)
    context = _shared_context(request, entry, writing=writing, upload_form=upload_form) | {
        "trail": _trail(entry),
        "clause": entry.clause,
        "year": entry.year,
        "unit": entry.department,
        "role_text": entry.get_role_display(),
        "light": light_of(entry.state, due_on, today),
        "due": {"text": days_left_text(due_on, today)} if due_on and entry.is_editable else None,
        "parties": parties,
        "form": form if writing else None,
        "figures": figures if writing else None,
        "entry": None if writing or entry.state == EntryState.OPEN else entry_text(entry),
        "last_year": last_year,
        "second_look": second_look_of(entry) if entry.needs_second_look else None,
        "confirm_url": reverse("reporting:progress_confirm", args=[entry.pk])
        if can_confirm(request.user, entry)
        else "",
        "others": others_of(entry.clause, entry.year, request.user, today, without=entry.pk),
        "conflict": conflict,
        "kept": kept,
        "locked": locked or _locked_text(entry),
        "autosave_url": reverse("reporting:progress_autosave", args=[entry.pk]),
        "withdraw_url": _withdraw_url(request, entry),
    }
    return render(request, "reporting/progress.html", context, status=status)


def _duty_page(
    request: HttpRequest,
    entry: Duty,
    *,
    form: DutyForm | None = None,
    figures: Any = None,
    conflict: Any = None,
    kept: list[dict[str, Any]] | None = None,
    locked: str = "",
    upload_form: UploadForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    writing = entry.is_editable and can_write(request.user, entry)
    if writing and form is None:
        form = DutyForm.of(entry)
    clause = entry.obligation.clause
    completeness = completeness_of(entry, request.user) if entry.kind == ObligationKind.ANNUAL_REPORT else None
    unfinished = completeness["sums"]["open"] + completeness["sums"]["returned"] if completeness else 0
    context = _shared_context(request, entry, writing=writing, upload_form=upload_form) | {
        "trail": _trail(entry),
        "duty": entry,
        "unit": entry.owner,
        "light": light_of(entry.state, entry.due_on, today),
        "days_left_text": days_left_text(entry.due_on, today) if entry.is_editable else "",
        "basis": {
            "path": clause.spoken_path,
            "text": entry.obligation.text,
            "url": reverse("reporting:clause", args=[clause.version_id, clause.path]),
        },
        "completeness": completeness,
        "completeness_warning": _("还有%(count)d条措施没有提交；可以先报送，但汇总时会缺这些内容。")
        % {"count": unfinished}
        if unfinished and writing
        else "",
        "form": form if writing else None,
        "conflict": conflict,
        "kept": kept,
        "locked": locked or _locked_text(entry),
        "autosave_url": reverse("reporting:duty_autosave", args=[entry.pk]),
        "withdraw_url": _withdraw_url(request, entry),
    }
    return render(request, "reporting/duty.html", context, status=status)


def _shared_context(
    request: HttpRequest, entry: Progress | Duty, *, writing: bool, upload_form: UploadForm | None
) -> dict[str, Any]:
    returned = None
    if entry.state == EntryState.RETURNED:
        returned = {"by": entry.reviewed_by, "at": entry.reviewed_at, "reason": entry.return_reason}
    saved_text = ""
    if entry.updated_at:
        saved_text = _("%(who)s 保存于 %(at)s") % {
            "who": entry.updated_by or "",
            "at": timezone.localtime(entry.updated_at).strftime("%Y-%m-%d %H:%M"),
        }
    return {
        # Where this page can be opened again, also when it answers a refused upload.
        "page_url": reverse(f"reporting:{entry._meta.model_name}", args=[entry.pk]),
        "returned": returned,
        "can_submit": writing,
        "saved_text": saved_text,
        "attachments": files_of(entry, can_delete=writing),
        "upload_form": (upload_form or UploadForm()) if writing else None,
        "upload_url": reverse(f"reporting:{entry._meta.model_name}_attach", args=[entry.pk]),
        "events": trail_of(entry),
    }


def page_with_upload(request: HttpRequest, entry: Progress | Duty, upload_form: UploadForm) -> HttpResponse:
    """The entry's page again, saying beside the file field why the file was not taken."""
    page: Any = _progress_page if isinstance(entry, Progress) else _duty_page
    return page(request, entry, upload_form=upload_form, status=422)


def _trail(entry: Progress | Duty) -> list[dict[str, str]]:
    trail = [{"label": _("我的工作"), "url": reverse("reporting:work_year", args=[entry.year])}]
    if isinstance(entry, Progress):
        clause = entry.clause
        url = f"{reverse('reporting:plan', args=[clause.version_id])}#{anchor_of(clause)}"
        trail.append({"label": clause.version.plan.title, "url": url})
    return trail


def _locked_text(entry: Progress | Duty) -> str:
    if entry.state == EntryState.SUBMITTED:
        return _("已提交，等待反拐办审核；审核前可以撤回修改。")
    if entry.state == EntryState.ACCEPTED:
        return _("反拐办已审核通过，不能再修改。")
    if entry.state == EntryState.CLOSED:
        return _("计划的新版本不再要求这一条，已终止；已填写的内容保留备查。")
    return ""


def _withdraw_url(request: HttpRequest, entry: Progress | Duty) -> str:
    if entry.state != EntryState.SUBMITTED or not can_write(request.user, entry):
        return ""
    return reverse(f"reporting:{entry._meta.model_name}_withdraw", args=[entry.pk])
