"""What was filed: the facts, whether it is still what it was, and its receipt."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from departments.models import User
from reporting.documents.content import Document
from reporting.documents.letters import filing_receipt
from reporting.documents.page import page_of
from reporting.enums import EntryState
from reporting.models import Duty, Filing
from reporting.pages.reports import filing_rows, filings_of
from reporting.snapshots import MalformedSnapshot, Snapshot, is_unchanged


def filing_facts(filing: Filing) -> dict[str, Any]:
    """Who filed what to whom, when, and whether what is stored is what was filed. Needs its people and places loaded."""
    snapshot = snapshot_of(filing)
    return {
        "receipt": filing.receipt_number,
        "round": filing.round,
        "title": snapshot.document.title.replace("\n", "") if snapshot is not None else filing.report.title,
        "reporter": reporter_of(filing, snapshot),
        "recipients": snapshot.recipients if snapshot is not None else (),
        "recipient": filing.recipient.office_name,
        "has_recipient": has_recipient(filing),
        "at": filing.filed_at,
        "by": str(filing.filed_by),
        "signed_by": str(filing.signed_by or ""),
        "due_on": filing.due_on,
        "is_late": filing.is_late,
        "withdrawn_at": filing.withdrawn_at,
        "sha256": filing.sha256,
        "is_unchanged": is_unchanged(filing.snapshot, filing.sha256),
    }


def snapshot_of(filing: Filing) -> Snapshot | None:
    """What is stored, as values; None where somebody has made it unreadable, which the digest then shows as well."""
    try:
        return Snapshot.from_json(filing.snapshot)
    except MalformedSnapshot:
        return None


def reporter_of(filing: Filing, snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return str(filing.report.department or filing.report.conference)
    return snapshot.unit_name or snapshot.conference_name


def has_recipient(filing: Filing) -> bool:
    """Whether it went to an office above, which gives a receipt; what a conference settles itself did not."""
    return filing.report.duty_id is not None


def receipt_of(filing: Filing) -> Document:
    """The recipient's receipt, always the same for one filing. Needs ``report__duty`` and ``recipient`` loaded."""
    snapshot, duty = snapshot_of(filing), filing.report.duty
    due_on = filing.due_on or timezone.localdate(filing.filed_at)
    planned = duty.planned_on if duty is not None else due_on
    kept = filing.report.filings.filter(round__lte=filing.round, withdrawn_at=None).order_by("round")
    return filing_receipt(
        receipt_number=filing.receipt_number,
        report_title=snapshot.document.title.replace("\n", "") if snapshot is not None else filing.report.title,
        reporter=reporter_of(filing, snapshot),
        recipient=filing.recipient.office_name,
        year=filing.report.year,
        filed_at=filing.filed_at,
        due_on=planned,
        digest=filing.sha256,
        filed_by=str(filing.signed_by or filing.filed_by),
        extended_to=due_on if due_on != planned else None,
        first_filed_at=kept.values_list("filed_at", flat=True).first(),
        report_number=snapshot.document.number if snapshot is not None else "",
    )


def review_of(duty: Duty, user: User) -> dict[str, Any] | None:
    """The report that answers a duty, for the page on which it is reviewed: as it was filed last, and every time before.

    None where nothing was filed that the person may see.
    """
    visible = Filing.objects.visible_to(user).filter(report__duty=duty, withdrawn_at=None)
    latest = visible.select_related("report", "recipient", "filed_by", "signed_by").order_by("-round").first()
    if latest is None:
        return None
    snapshot = snapshot_of(latest)
    is_current = duty.state in EntryState.shared()
    return {
        "facts": filing_facts(latest),
        "url": reverse("reporting:filing", args=[latest.pk]),
        "word_url": reverse("reporting:filing_word", args=[latest.pk]),
        "document": page_of(snapshot.document) if snapshot is not None and is_current else None,
        "filings": filing_rows(filings_of(latest.report, user)),
    }
