"""What is done with a whole report: compiling, looking at it, handing it in, opening it again, and its Word file."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reporting.documents.page import page_of
from reporting.documents.reports import document_of
from reporting.enums import EntryState, JobKind
from reporting.forms.reports import ReopenForm
from reporting.models import AnnualReport
from reporting.pages.entry import handed_in_text
from reporting.pages.papers import kept_of
from reporting.pages.reports import (
    changes_text,
    editor_url,
    empty_parts,
    filings_of,
    frame_of,
    lacking_rows,
    locked_text,
    missing_text,
)
from reporting.report_permissions import can_hand_in_report, can_reopen_report, can_write_report
from reporting.services import jobs
from reporting.services.compiling import compile_report
from reporting.services.refusals import WrongState
from reporting.services.report_files import file_name_of
from reporting.services.report_handing_in import (
    Lacking,
    NotComplete,
    OtherText,
    hand_in_report,
    lacking_in,
    reopen_report,
    stamp_of,
)
from reporting.services.report_writing import restore_section
from reporting.views.papers import word_file
from reporting.views.reports import editor, report_to_read, report_to_write


@require_POST
def report_compile(request: HttpRequest, pk: int) -> HttpResponse:
    """Compile anew; what people wrote stays."""
    report = report_to_write(request, pk)
    try:
        done = compile_report(report, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        text = _("已重新汇编：更新%(written)d节，保留人工修改%(kept)d节。")
        messages.success(request, text % {"written": done.written, "kept": done.kept})
    return redirect(editor_url(report))


@require_POST
def report_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """One section as it was compiled, in place of what a person made of it."""
    report = report_to_write(request, pk)
    wanted = request.POST.get("key", "")
    # Compared here: what a browser sends may be text that no database takes.
    section = next((row for row in report.sections.all() if row.key == wanted), None)
    if section is None:
        raise Http404
    try:
        restore_section(report, section.key, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已恢复为汇编内容：%(heading)s") % {"heading": section.heading})
    if report.department_id is None:
        return redirect("reporting:report_section", report.pk, section.pk)
    return redirect(f"{editor_url(report)}#s{section.pk}")


@require_safe
def report_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as it stands, and beside it, for who may, the button that hands in exactly this."""
    report = report_to_read(request, pk)
    return _preview(request, report)


def _preview(request: HttpRequest, report: AnnualReport, *, changed: str = "", status: int = 200) -> HttpResponse:
    filings = filings_of(report, request.user)
    live = next((filing for filing in filings if filing.withdrawn_at is None), None)
    closed = locked_text(report, live)
    may_hand_in = not closed and can_hand_in_report(request.user, report)
    may_write = can_write_report(request.user, report)
    lacking = lacking_in(report) if may_hand_in else Lacking()
    # Before the document is made: whoever writes meanwhile makes the button refuse, not file what nobody was shown.
    seen = stamp_of(report) if may_hand_in else ""
    context = frame_of(report, request.user)
    context |= {
        "page_url": reverse("reporting:report_preview", args=[report.pk]),
        "document": page_of(document_of(report, today=timezone.localdate() if may_hand_in else None)),
        "back_url": reverse("reporting:report", args=[report.pk]),
        "word_url": reverse("reporting:report_word", args=[report.pk]),
        "hand_in_url": reverse("reporting:report_file", args=[report.pk]) if may_hand_in and not lacking else "",
        "seen": seen,
        "lacking": lacking_rows(lacking, report),
        "empty": empty_parts(report) if may_hand_in else [],
        "changes": changes_text(report) if not closed and (may_write or may_hand_in) else "",
        "compile_url": f"{editor_url(report)}#compile" if may_write else "",
        "missing": missing_text(report) if may_hand_in else "",
        "changed": changed,
        "locked": closed,
        "filing_url": reverse("reporting:filing", args=[live.pk]) if live is not None and closed else "",
    }
    return render(request, "reporting/report_preview.html", context, status=status)


@require_POST
def report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in what was previewed: to the office, before the unit's head, or, without anybody above, as settled."""
    report = report_to_read(request, pk)
    if not can_hand_in_report(request.user, report):
        raise PermissionDenied
    try:
        filing = hand_in_report(report, by=request.user, seen=request.POST.get("seen", ""))
    except NotComplete as refused:
        return editor(request, report, lacking=refused.lacking, status=422)
    except OtherText as other:
        return _preview(request, report_to_read(request, pk), changed=str(other), status=409)
    except WrongState as wrong:
        messages.error(request, str(wrong))
        return redirect(editor_url(report))
    if report.duty is None:
        messages.success(request, _("已定稿。"))
    else:
        # A deadline that has passed while the page was open is said here.
        report.duty.refresh_from_db()
        answer, is_late = handed_in_text(report.duty, report.duty.due_on)
        (messages.warning if is_late else messages.success)(request, answer)
    return redirect("reporting:filing", filing.pk) if filing is not None else redirect(editor_url(report))


@require_POST
def report_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a settled report again, for a reason."""
    report = report_to_read(request, pk)
    if not can_reopen_report(request.user, report):
        raise PermissionDenied
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return editor(request, report, reopen_form=form, status=422)
    try:
        reopen_report(report, by=request.user, reason=form.cleaned_data["reason"])
    except WrongState as wrong:
        kept = kept_of([(form.fields["reason"].label, form.cleaned_data["reason"])])
        return editor(request, report_to_read(request, pk), kept=kept, locked=str(wrong), status=409)
    messages.success(request, _("已重新打开，修改后须再次定稿。"))
    return redirect(editor_url(report))


@require_safe
def report_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The Word file: of what was filed, as long as that stands; else of the text as it is, marked as a draft."""
    report = report_to_read(request, pk)
    live = next((filing for filing in filings_of(report, request.user) if filing.withdrawn_at is None), None)
    is_out = report.duty is None or report.duty.state in EntryState.shared()
    if live is not None and is_out:
        return redirect("reporting:filing_word", live.pk)
    return word_file(document_of(report), file_name_of(report, is_draft=True))


@require_POST
def report_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker write the Word file of a conference's report, which takes long; its page shows how far it is."""
    report = report_to_write(request, pk)
    if report.department_id is not None:
        raise Http404
    job = jobs.ask(JobKind.REPORT, conference=report.conference, year=report.year, by=request.user, report=report)
    return redirect("reporting:job", job.key)
