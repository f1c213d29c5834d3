"""Writing annual reports: a unit's on one page, a conference's section by section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.access import access_of
from departments.models import Conference
from reporting.forms.attachments import UploadForm
from reporting.forms.reports import ReopenForm, ReportForm, marks_of
from reporting.models import AnnualReport, Duty, ReportSection
from reporting.pages.papers import kept_of
from reporting.pages.reports import (
    changes_text,
    conflict_of,
    editor_url,
    figures_url,
    filing_rows,
    filings_of,
    frame_of,
    lacking_rows,
    last_year_of,
    locked_text,
    section_rows,
)
from reporting.pages.typed import kept_in
from reporting.permissions import can_see_board
from reporting.plain_text import as_people_see
from reporting.report_permissions import can_hand_in_report, can_reopen_report, can_write_report
from reporting.services.compiling import begin_report
from reporting.services.refusals import WrongState
from reporting.services.report_handing_in import Lacking
from reporting.services.report_writing import StaleReport, Written, write_report
from reporting.services.reports import conference_report_of, report_duty_of, report_of
from reporting.views.office_year import year_for
from reporting.views.papers import first_error, plain

_LOADED = ("conference", "department", "duty__conference", "duty__obligation__clause__version", "updated_by")


def report_to_read(request: HttpRequest, pk: int) -> AnnualReport:
    return get_object_or_404(AnnualReport.objects.visible_to(request.user).select_related(*_LOADED), pk=pk)


def report_to_write(request: HttpRequest, pk: int) -> AnnualReport:
    report = report_to_read(request, pk)
    if not can_write_report(request.user, report):
        raise PermissionDenied
    return report


# --- Where it is written ----------------------------------------------------------------------------------------------


def report_page(request: HttpRequest, duty: Duty) -> HttpResponse:
    """The page of a duty that a report answers, for its own unit or office: beginning it, and then writing it."""
    return _editor(request, report_of(duty), duty, duty.obliged_conference or duty.conference, duty.year)


def report_page_with_upload(request: HttpRequest, duty: Duty, upload_form: UploadForm) -> HttpResponse:
    """The same page again, saying beside the file field why the file was not taken."""
    report = report_of(duty)
    if report is None:
        conference = duty.obliged_conference or duty.conference
        return _start_page(request, duty, conference, duty.year, locked=first_error(upload_form), status=422)
    return editor(request, report, upload_form=upload_form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def conference_report(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The report of a conference's year, for its office; where it owes one to the conference above, it is that one."""
    conference = year_for(request, code, year).conference
    report = conference_report_of(conference, year)
    duty = report.duty if report is not None else report_duty_of(conference, year)
    return _editor(request, report, duty, conference, year)


def _editor(
    request: HttpRequest, report: AnnualReport | None, duty: Duty | None, conference: Conference, year: int
) -> HttpResponse:
    if request.method != "POST":
        if report is None:
            return _start_page(request, duty, conference, year)
        return editor(request, report)
    unit = duty.department_id if duty is not None else None
    access = access_of(request.user)
    if not (unit in access.liaison_of if unit is not None else conference.pk in access.office_of):
        raise PermissionDenied
    if request.POST.get("action") != "start":
        # A page from before reports had sections.
        text = as_people_see(request.POST.get("statement", ""))
        kept = kept_of([(_("报送内容"), text)])
        reason = _("年度报告改为分节填写，请从下面开始或继续。")
        if report is None:
            return _start_page(request, duty, conference, year, kept=kept, locked=reason, status=409)
        return editor(request, report, kept=kept, locked=reason, status=409)
    try:
        begin_report(duty, conference, year, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已按进展和数据汇编出初稿，可以逐节修改。"))
    return redirect(request.path)


def _start_page(
    request: HttpRequest,
    duty: Duty | None,
    conference: Conference,
    year: int,
    *,
    kept: list[dict[str, Any]] | None = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    """Nobody has begun: what is asked for, what there is to compile from, and the button that begins."""
    unit = duty.department if duty is not None else None
    empty = AnnualReport(conference=conference, year=year, department=unit, duty=duty)
    closed = locked_text(empty, None)
    context = frame_of(empty, request.user) | {
        "page_url": reverse("reporting:duty", args=[duty.pk]) if duty is not None else request.path,
        "may_start": not closed and can_write_report(request.user, empty),
        "kept": kept,
        "locked": locked or closed,
        "statement": duty.statement if duty is not None else "",
    }
    return render(request, "reporting/report_start.html", context, status=status)


def editor(
    request: HttpRequest,
    report: AnnualReport,
    *,
    form: ReportForm | None = None,
    conflict: dict[str, Any] | None = None,
    kept: list[dict[str, Any]] | None = None,
    lacking: Lacking | None = None,
    locked: str = "",
    upload_form: UploadForm | None = None,
    reopen_form: ReopenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page on which the report is written, also where it answers something that was refused."""
    filings = filings_of(report, request.user)
    live = next((filing for filing in filings if filing.withdrawn_at is None), None)
    closed = locked_text(report, live)
    may_write = can_write_report(request.user, report)
    writing = may_write and not closed
    sections = list(report.sections.order_by("position", "pk"))
    of_unit = report.department_id is not None
    may_reopen = report.duty is None and live is not None and can_reopen_report(request.user, report)
    may_upload = writing and report.duty is not None
    locked = locked or closed
    if (form is not None and not writing) or (reopen_form is not None and not may_reopen):
        # Locked since the page was opened, whatever else is wrong with what was sent.
        kept, status = kept_in(form, reopen_form), 409
        locked = locked or _("状态已经变化，请刷新页面后再操作。")
    if upload_form is not None and not may_upload:
        status, locked = 409, _("附件没有上传。%(why)s") % {"why": locked}
    if not writing:
        form = None
    elif form is None:
        form = _form_of(report, sections)

    def address(name: str) -> str:
        return reverse(f"reporting:{name}", args=[report.pk])

    before = last_year_of(report, sections) if of_unit else {}
    context = frame_of(report, request.user)
    context |= {
        "page_url": editor_url(report),
        "sections": section_rows(sections, before, form),
        "has_last_year": any(before.values()),
        "form": form,
        "save_url": address("report"),
        "autosave_url": address("report_autosave") if writing else "",
        "compile_url": address("report_compile") if writing else "",
        "changes": changes_text(report) if writing else "",
        "restore_url": address("report_restore") if writing else "",
        "preview_url": address("report_preview"),
        "word_url": address("report_word"),
        "job_url": address("report_job") if not of_unit and may_write else "",
        "may_hand_in": writing and can_hand_in_report(request.user, report),
        "figures_url": figures_url(report, has_year=bool(context["tabs"])),
        "reopen_form": (reopen_form or ReopenForm()) if may_reopen else None,
        "reopen_url": address("report_reopen"),
        "filings": filing_rows(filings),
        "conflict": conflict,
        "kept": kept,
        "lacking": lacking_rows(lacking, report),
        "locked": locked,
        "upload_form": (upload_form or UploadForm()) if may_upload else None,
    }
    template = "reporting/report.html" if of_unit else "reporting/report_conference.html"
    return render(request, template, context, status=status)


def _form_of(report: AnnualReport, sections: Sequence[ReportSection], data: Any = None) -> ReportForm:
    """A unit writes everything on one page; of a conference's report this is the head, its sections have their own."""
    shown = sections if report.department_id is not None else ()
    return ReportForm(data, report=report, sections=shown, with_head=True)


# --- Saving -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what the editor holds; to look at it, go to where it is written."""
    if request.method != "POST":
        return redirect(_place_for(request, report_to_read(request, pk)))
    row = report_to_write(request, pk)
    sections = list(row.sections.order_by("position", "pk"))
    form = _form_of(row, sections, request.POST)
    return _save(request, row, form, editor, editor_url(row))


@require_POST
def report_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    row = report_to_write(request, pk)
    return _autosave(request, row, _form_of(row, list(row.sections.order_by("position", "pk")), request.POST))


@require_http_methods(["GET", "HEAD", "POST"])
def report_section(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    """One section of a conference's report, with what was compiled and last year's beside it."""
    row, shown = _section_for(request, pk, section)
    if request.method != "POST":
        return _section_page(request, row, shown)
    if not can_write_report(request.user, row):
        raise PermissionDenied
    form = ReportForm(request.POST, report=row, sections=[shown])

    def page(request: HttpRequest, report: AnnualReport, **refused: Any) -> HttpResponse:
        return _section_page(request, report, shown, **refused)

    return _save(request, row, form, page, request.path)


@require_POST
def report_section_autosave(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    row, shown = _section_for(request, pk, section)
    if not can_write_report(request.user, row):
        raise PermissionDenied
    return _autosave(request, row, ReportForm(request.POST, report=row, sections=[shown]))


def _section_for(request: HttpRequest, pk: int, section: int) -> tuple[AnnualReport, ReportSection]:
    """For the office whose report it is: others read what was filed as a whole."""
    row = report_to_read(request, pk)
    if row.department_id is not None or not can_see_board(request.user, row.conference_id):
        raise Http404
    return row, get_object_or_404(row.sections, pk=section)


def _section_page(
    request: HttpRequest,
    report: AnnualReport,
    section: ReportSection,
    *,
    form: ReportForm | None = None,
    conflict: dict[str, Any] | None = None,
    kept: list[dict[str, Any]] | None = None,
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    live = next((one for one in filings_of(report, request.user) if one.withdrawn_at is None), None)
    closed = locked_text(report, live)
    writing = can_write_report(request.user, report) and not closed
    if not writing:
        kept, status = (kept_in(form), 409) if form is not None else (kept, status)
        form = None
    elif form is None:
        form = ReportForm(report=report, sections=[section])
    sections = list(report.sections.order_by("position", "pk"))
    rows = section_rows(sections, last_year_of(report, sections), form)
    place = next(number for number, row in enumerate(rows) if row["pk"] == section.pk)
    back = editor_url(report)
    context = {
        "page_url": request.path,
        "trail": [{"label": _("综合报告"), "url": back}],
        "report": report,
        "row": rows[place],
        "before": rows[place - 1] if place else None,
        "after": rows[place + 1] if place + 1 < len(rows) else None,
        "back_url": back,
        "form": form,
        "autosave_url": reverse("reporting:report_section_autosave", args=[report.pk, section.pk]) if writing else "",
        "restore_url": reverse("reporting:report_restore", args=[report.pk]) if writing else "",
        "conflict": conflict,
        "kept": kept,
        "locked": locked or closed,
        "saved_text": "",
    }
    return render(request, "reporting/report_section.html", context, status=status)


def _save(request: HttpRequest, report: AnnualReport, form: ReportForm, page: Any, back: str) -> HttpResponse:
    """Write what the form changes; on any refusal the page again, with all that was typed."""
    if not form.is_valid():
        return page(request, report, form=form, status=422)
    try:
        _write(request, report, form)
    except StaleReport as stale:
        conflict = conflict_of(stale, form, report)
        # What was typed stays in the form; saving it again from here says "mine", knowingly.
        form.shows({pk: section for pk, section in stale.sections.items() if section is not None}, stale.head)
        return page(request, report, form=form, conflict=conflict, status=409)
    except WrongState as wrong:
        names = [name for name in form.fields if name != "lock_version"]
        typed = [(form.fields[name].label, as_people_see(request.POST.get(name, ""))) for name in names]
        fresh = report_to_read(request, report.pk)
        return page(request, fresh, kept=kept_of(typed), locked=str(wrong), status=409)
    if request.POST.get("action") == "preview":
        return redirect("reporting:report_preview", report.pk)
    messages.success(request, _("已保存。"))
    return redirect(back)


def _write(request: HttpRequest, report: AnnualReport, form: ReportForm) -> Written:
    return write_report(
        report,
        by=request.user,
        bodies=form.bodies(),
        seen=form.seen(),
        head=form.head(),
        seen_head=form.seen_head(),
    )


def _autosave(request: HttpRequest, report: AnnualReport, form: ReportForm) -> HttpResponse:
    """Keep what is being typed: 204 with the new marks; 409 when overtaken; 422 with the reason as plain text.

    One section that cannot be kept is no reason not to keep the others.
    """
    is_whole = form.is_valid()
    if not is_whole and "lock_version" in form.errors:
        return plain(first_error(form), 422)
    with_head = form.with_head and not any(name in form.errors for name in form.head_fields)
    try:
        written = write_report(
            report,
            by=request.user,
            bodies=form.valid_bodies(),
            seen=form.seen(),
            head=form.head() if with_head else None,
            seen_head=form.seen_head() if with_head else None,
        )
    except (StaleReport, WrongState) as refused:
        return plain(str(refused), 409)
    response = HttpResponse(status=204) if is_whole else plain(first_error(form), 422)
    response["X-Lock-Version"] = marks_of(form.still_shown(written))
    return response


def _place_for(request: HttpRequest, report: AnnualReport) -> str:
    """The editor for those whose report it is, the page of the review for those who received it."""
    access = access_of(request.user)
    if report.department_id is not None:
        is_own = report.department_id in access.departments
    else:
        is_own = report.conference_id in access.office_of | access.auditor_of
    return editor_url(report) if is_own else reverse("reporting:duty_review", args=[report.duty_id])
