"""Writing entries: one unit's progress on one measure, and its annual report and other duties."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from measures.enums import ObligationKind, ResponsibilityRole
from reporting.enums import EntryState
from reporting.forms.attachments import UploadForm
from reporting.forms.cooperation import InputRequestForm
from reporting.forms.entries import DutyForm, EntryForm, FigureSet, ProgressForm, figures_of
from reporting.models import Duty, Progress
from reporting.models.entries import handed_in
from reporting.pages.conflict import conflict_of, says_the_same
from reporting.pages.cooperation import quotation
from reporting.pages.entry import duty_context, handed_in_text, progress_context
from reporting.pages.papers import kept_of
from reporting.pages.typed import kept_in, words_of
from reporting.permissions import can_see_board, can_write, owns
from reporting.services.entries import FigureInput, StaleEntry, confirm_entry, save_entry, withdraw_entry
from reporting.services.refusals import WrongState, YearIsOver
from reporting.services.signing import hand_in
from reporting.views.papers import first_error
from reporting.views.reports import report_page, report_page_with_upload


def progress_for(request: HttpRequest, pk: int) -> Progress:
    rows = Progress.objects.visible_to(request.user).select_related(
        "clause__version__plan", "department__conference", "updated_by", "reviewed_by", "acknowledged_by"
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
    """Filing what a unit, or a district's conference, owes; a report is written in sections (views.reports)."""
    entry = duty_for(request, pk)
    if not owns(request.user, entry):
        if request.method == "POST":
            raise PermissionDenied
        return redirect("reporting:duty_review", pk)
    if entry.kind == ObligationKind.ANNUAL_REPORT:
        return report_page(request, entry)

    if request.method == "POST":
        return _write(request, entry, DutyForm, _duty_page)
    return _duty_page(request, entry)


def _write(request: HttpRequest, entry: Any, form_class: type[EntryForm], page: Any) -> HttpResponse:
    """Save, and hand in when that button was pressed; on any refusal the page again, with all that was typed."""
    if not can_write(request.user, entry):
        raise PermissionDenied
    submitting = request.POST.get("action") == "submit"
    form, figures = _bound(_with_quotation(request, entry), entry, form_class, submitting=submitting)
    if not form.is_valid() or (figures is not None and not figures.is_valid()):
        return page(request, entry, form=form, figures=figures, status=422)
    numbers = figures.inputs() if figures is not None else None
    try:
        saved = _save(request, entry, form, numbers, submitting=submitting)
    except StaleEntry as stale:
        # What was typed stays in the form; saving it again from here says "mine", knowingly.
        form.data = form.data.copy()
        form.data["lock_version"] = str(stale.current.lock_version)
        conflict = conflict_of(stale.current, form.values())
        return page(request, entry, form=form, figures=figures, conflict=conflict, status=409)
    except WrongState as wrong:
        entry.refresh_from_db()
        if submitting and _was_handed_in(request, entry, form, numbers) and not isinstance(wrong, YearIsOver):
            saved = entry
        else:
            return page(request, entry, form=form, figures=figures, locked=str(wrong), status=409)
    if submitting:
        answer, is_late = handed_in_text(saved, _due_on(saved))
        (messages.warning if is_late else messages.success)(request, answer)
    else:
        messages.success(request, _("已保存。"))
    return redirect(f"{request.path}#entry-title" if "quote" in request.POST else request.path)


def _save(
    request: HttpRequest, entry: Any, form: EntryForm, numbers: list[FigureInput] | None, *, submitting: bool
) -> Any:
    """Save and hand in, in one transaction. The second of two clicks finds its own words and is no conflict."""
    clause = form.cleaned_data.get("clause")

    def save(row: Any, version: int) -> Any:
        with transaction.atomic():
            saved = save_entry(
                row,
                by=request.user,
                lock_version=version,
                values=form.values(),
                figures=numbers,
                seen_clause=clause,
            )
            if submitting:
                hand_in(saved, by=request.user, seen_clause=clause)
            return saved

    try:
        return save(entry, form.cleaned_data["lock_version"])
    except StaleEntry as stale:
        current = stale.current
        if current.updated_by_id != request.user.pk or not says_the_same(current, form.values(), numbers):
            raise
    return save(current, current.lock_version)


def _was_handed_in(request: HttpRequest, entry: Any, form: EntryForm, numbers: list[FigureInput] | None) -> bool:
    """Whether the same person has just handed in the same words: the second click is answered as the first one was."""
    return (
        entry.state in (EntryState.TO_SIGN, EntryState.SUBMITTED, EntryState.ACCEPTED)
        and entry.updated_by_id == request.user.pk
        and says_the_same(entry, form.values(), numbers)
    )


def _due_on(entry: Progress | Duty) -> date | None:
    if isinstance(entry, Duty):
        return entry.due_on
    return Duty.objects.report_deadlines([entry.department_id], entry.year).get(entry.department_id)


def _bound(data: QueryDict, entry: Any, form_class: type[EntryForm], *, submitting: bool) -> tuple[Any, Any]:
    form = form_class(data, submitting=submitting)
    has_figures = isinstance(entry, Progress) and "figures-TOTAL_FORMS" in data
    return form, FigureSet(data, prefix="figures") if has_figures else None


def _with_quotation(request: HttpRequest, entry: Any) -> QueryDict:
    """What was sent, and below it what another unit has written, where that button was pressed.

    It becomes a part of what was typed: whatever refuses the form, it stands in the page and is not lost.
    """
    wanted = request.POST.get("quote", "")
    if not wanted or not isinstance(entry, Progress):
        return request.POST
    source = quotable(request, entry, wanted)
    if source is None:
        messages.warning(request, _("这一单位的内容现在不能引用，可能已经撤回。"))
        return request.POST
    data = request.POST.copy()
    added = False
    for name, text in quotation(source).items():
        typed = data.get(name, "").replace("\r\n", "\n").rstrip()
        if text not in typed:
            data[name] = f"{typed}\n{text}" if typed else text
            added = True
    if added:
        messages.success(
            request, _("已引用%(unit)s的内容，接在本单位文字之后，请修改后再提交。") % {"unit": source.department}
        )
    else:
        messages.info(request, _("%(unit)s的内容已经引用过。") % {"unit": source.department})
    return data


def quotable(request: HttpRequest, entry: Progress, pk: str) -> Progress | None:
    """Another unit's entry on the same clause that a lead may quote: handed in, and readable for this person."""
    if entry.role != ResponsibilityRole.LEAD or not pk.isdecimal() or len(pk) > 18:
        return None
    rows = Progress.objects.visible_to(request.user).filter(handed_in(), clause=entry.clause_id, year=entry.year)
    return rows.exclude(pk=entry.pk).select_related("department").prefetch_related("figures").filter(pk=pk).first()


@require_POST
def progress_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    return _autosave(request, progress_for(request, pk), ProgressForm)


@require_POST
def duty_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    entry = duty_for(request, pk)
    if entry.kind == ObligationKind.ANNUAL_REPORT and can_write(request.user, entry):
        # A page that was opened before reports had sections.
        return _plain(_("年度报告改为分节填写，请复制您写的文字并刷新页面。"), 409)
    return _autosave(request, entry, DutyForm)


def _autosave(request: HttpRequest, entry: Any, form_class: type[EntryForm]) -> HttpResponse:
    """Keep what is being typed. 204 with X-Lock-Version; 409 when overtaken; 422 with the reason as plain text."""
    if not can_write(request.user, entry):
        raise PermissionDenied
    form, figures = _bound(request.POST, entry, form_class, submitting=False)
    if not form.is_valid():
        return _plain(next(iter(form.errors.values()))[0], 422)
    # A half-typed number is no reason not to keep the text: numbers are kept once they all read as numbers.
    inputs = figures.inputs() if figures is not None and figures.is_valid() else None
    try:
        # What was kept though its answer was lost on the way is sent again: that is no conflict either.
        saved = _save(request, entry, form, inputs, submitting=False)
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
        with transaction.atomic():
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
        with transaction.atomic():
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
    locked: str = "",
    upload_form: UploadForm | None = None,
    ask_form: InputRequestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = progress_context(entry, request.user, timezone.localdate())
    writing = context["can_submit"]
    kept: list[dict[str, Any]] = []
    locked = locked or context["locked"]
    if not writing and (form is not None or upload_form is not None):
        # Locked since the page was opened, whatever else is wrong with what was sent.
        kept, status = _typed(form, figures), 409
        locked = _not_uploaded(locked) if upload_form is not None else locked
    if ask_form is not None and not context["ask_url"]:
        kept, status = kept_in(ask_form), 409
        locked = locked if context["is_over"] else first_error(ask_form)
    if writing and form is None:
        form = ProgressForm.of(entry)
    elif form is not None and entry.needs_second_look:
        # This page shows the new words: what is sent from here has looked at them.
        form.shows(entry)
    if writing and figures is None:
        figures = FigureSet(initial=figures_of(entry), prefix="figures")
    if ask_form is None and context["ask_url"]:
        ask_form = InputRequestForm(units=units_to_ask(context), year=entry.year)
    context |= {
        "form": form if writing else None,
        "figures": figures if writing else None,
        "upload_form": (upload_form or UploadForm()) if writing else None,
        "ask_form": ask_form if context["ask_url"] else None,
        "conflict": conflict,
        "kept": kept,
        "locked": locked,
    }
    return render(request, "reporting/progress.html", context, status=status)


def _typed(form: EntryForm | None, figures: Any) -> list[dict[str, Any]]:
    """What was sent of an entry that is locked by now: the texts, and the rows of numbers one below the other."""
    rows = [" ".join(filter(None, map(words_of, row.visible_fields()))) for row in (figures.forms if figures else [])]
    return [*kept_in(form), *kept_of([(_("数据"), "\n".join(filter(None, rows)))])]


def _not_uploaded(why: str) -> str:
    return _("附件没有上传。%(why)s") % {"why": why}


def units_to_ask(context: dict[str, Any]) -> dict[int, str]:
    """The cooperating units that can be asked for material, by the ids of their entries."""
    return {partner["progress"]: partner["unit"] for partner in context["partners"] if partner["can_be_asked"]}


def _duty_page(
    request: HttpRequest,
    entry: Duty,
    *,
    form: DutyForm | None = None,
    figures: Any = None,
    conflict: Any = None,
    locked: str = "",
    upload_form: UploadForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = duty_context(entry, request.user, timezone.localdate())
    writing = context["can_submit"]
    kept: list[dict[str, Any]] = []
    locked = locked or context["locked"]
    if not writing and (form is not None or upload_form is not None):
        kept, status = _typed(form, None), 409
        locked = _not_uploaded(locked) if upload_form is not None else locked
    if writing and form is None:
        form = DutyForm.of(entry)
    context |= {
        "form": form if writing else None,
        "upload_form": (upload_form or UploadForm()) if writing else None,
        "conflict": conflict,
        "kept": kept,
        "locked": locked,
    }
    return render(request, "reporting/duty.html", context, status=status)


def page_with_upload(request: HttpRequest, entry: Progress | Duty, upload_form: UploadForm) -> HttpResponse:
    """The entry's page again, saying beside the file field why the file was not taken."""
    if isinstance(entry, Duty) and entry.kind == ObligationKind.ANNUAL_REPORT:
        return report_page_with_upload(request, entry, upload_form)
    page: Any = _progress_page if isinstance(entry, Progress) else _duty_page
    return page(request, entry, upload_form=upload_form, status=422)


def page_with_request(request: HttpRequest, entry: Progress, ask_form: InputRequestForm) -> HttpResponse:
    """The entry's page again, saying beside its fields why nobody was asked for material."""
    return _progress_page(request, entry, ask_form=ask_form, status=422)
