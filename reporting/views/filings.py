"""What was filed, as it was then: to read, to check, to print, as a Word file, and its receipt."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.access import access_of
from reporting.documents.page import page_of
from reporting.documents.reports import document_of_filing
from reporting.models import Filing
from reporting.pages.filings import filing_facts, has_recipient, receipt_of, snapshot_of
from reporting.pages.reports import filing_rows, filings_of
from reporting.services.report_files import file_name_of
from reporting.snapshots import MalformedSnapshot
from reporting.views.papers import print_page, word_file

_LOADED = ("report__conference", "report__department", "report__duty", "recipient", "filed_by", "signed_by")


def _filing_for(request: HttpRequest, pk: int) -> Filing:
    return get_object_or_404(Filing.objects.visible_to(request.user).select_related(*_LOADED), pk=pk)


@require_safe
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts of one filing, whether its content is unchanged, and the document as it was filed."""
    row = _filing_for(request, pk)
    snapshot = snapshot_of(row)
    is_own = _is_own(request, row)
    context = {
        "facts": filing_facts(row),
        "document": page_of(snapshot.document) if snapshot is not None else None,
        "back_url": reverse("reporting:report", args=[row.report_id])
        if is_own or row.report.duty_id is None
        else reverse("reporting:duty_review", args=[row.report.duty_id]),
        "word_url": reverse("reporting:filing_word", args=[row.pk]) if snapshot is not None else "",
        "receipt_url": reverse("reporting:filing_receipt", args=[row.pk]) if has_recipient(row) else "",
        "filings": filing_rows(filings_of(row.report, request.user)),
    }
    return render(request, "reporting/filing.html", context)


def _is_own(request: HttpRequest, filing: Filing) -> bool:
    access = access_of(request.user)
    if filing.report.department_id is not None:
        return filing.report.department_id in access.departments
    return filing.report.conference_id in access.office_of | access.auditor_of


@require_safe
def filing_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The Word file of what was filed: the same bytes every time."""
    row = _filing_for(request, pk)
    try:
        document = document_of_filing(row)
    except MalformedSnapshot as error:
        raise Http404 from error
    return word_file(document, file_name_of(row.report, is_draft=False))


@require_safe
def filing_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt to print, or as a Word file."""
    row = _filing_for(request, pk)
    if not has_recipient(row):
        raise Http404
    if "word" in request.GET:
        return word_file(receipt_of(row), f"回执{row.receipt_number}")
    address = reverse("reporting:filing_receipt", args=[row.pk])
    back = reverse("reporting:filing", args=[row.pk])
    return print_page(request, receipt_of(row), back=back, word=f"{address}?word")
