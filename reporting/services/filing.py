"""Freezing what is filed. Called by the state machine in the transaction that hands a duty in or takes it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation

from departments.models import User
from measures.enums import ObligationKind
from reporting.documents.reports import compose
from reporting.documents.snapshots import digest_json
from reporting.documents.wording import document_number
from reporting.lights import days_late
from reporting.models import AnnualReport, Duty, Filing
from reporting.services.naming import day_of, names_on
from reporting.services.report_material import Material, material_of
from reporting.services.reports import report_for
from reporting.snapshots import FrozenSection, Snapshot

# 「反拐收〔2026〕7号」, after the register in which an office enters what it receives.
_REGISTER = "反拐收"
# So many offices may ask for the next number at the same moment.
_MOST_TRIES = 200


def freeze_report(duty: Duty, *, by: User) -> Filing | None:
    """Freeze the report that answers ``duty`` as it is now; None where the duty is not answered by a report.

    The duty's row must be held by this transaction, so that nobody writes the report at the same moment.
    """
    if duty.kind != ObligationKind.ANNUAL_REPORT:
        return None
    return file_away(report_for(duty), recipient=duty.conference_id, duty=duty, by=by)


def take_back_filing(duty: Duty) -> None:
    """The unit has withdrawn what it handed in: whom it was filed to no longer sees the filing."""
    latest = Filing.objects.filter(report__duty=duty).order_by("-round").only("pk").first()
    if latest is not None:
        Filing.objects.filter(pk=latest.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


def file_away(report: AnnualReport, *, recipient: int, duty: Duty | None, by: User) -> Filing:
    """Make the next filing of ``report``: its snapshot, the digest of that, and a receipt of ``recipient``.

    What answers no duty goes to nobody above (``recipient`` is its own conference) and takes no number of a receipt.
    The report must be held by this transaction. A deadline is missed from 00:00 of the day after it, in Shanghai; what
    was returned and is filed again is as late as it was the first time.
    """
    now = timezone.now()
    number = (report.filings.aggregate(last=Max("round"))["last"] or 0) + 1
    due_on = duty.due_on if duty is not None else None
    snapshot = _snapshot_of(report, material_of(report), duty, number, timezone.localdate(now)).to_json()
    signed = duty is not None and duty.signed_by_id == by.pk
    fields = {
        "conference_id": report.conference_id,
        "recipient_id": recipient,
        "report": report,
        "round": number,
        "snapshot": snapshot,
        "sha256": digest_json(snapshot),
        "due_on": due_on,
        "is_late": duty is not None and days_late(duty.first_submitted_at or now, due_on) > 0,
        "filed_at": now,
        "filed_by": by,
        "signed_by": by if signed else None,
    }
    if duty is None:
        return Filing.objects.create(**fields)
    return _with_receipt(fields, year=report.year)


def _snapshot_of(report: AnnualReport, material: Material, duty: Duty | None, number: int, today: date) -> Snapshot:
    unit = report.department
    unit_name = names_on([unit.pk], day_of(report.year))[unit.pk].full if unit is not None else ""
    with translation.override(settings.LANGUAGE_CODE):
        return Snapshot(
            year=report.year,
            conference_code=report.conference.code,
            conference_name=report.conference.name,
            unit_code=unit.code if unit is not None else "",
            unit_name=unit_name,
            recipients=tuple(duty.recipients) if duty is not None else (),
            round=number,
            due_on=duty.due_on if duty is not None else None,
            document=compose(report, material, signed_on=report.dated_on or today, is_draft=False),
            sections=tuple(
                FrozenSection(section.key, section.level, section.heading, section.body)
                for section in material.sections
            ),
            figures=tuple(material.figures),
            measures=tuple(material.measures),
            files=tuple(material.files),
        )


def _with_receipt(fields: dict[str, Any], *, year: int) -> Filing:
    """Store a filing under the next number of the recipient's year.

    Others may take that number at the same moment: the database lets one of them have it, and the others count on.
    Whoever takes a number waits for the other's transaction at most, which waits for nothing of this one.
    """
    numbered = Filing.objects.filter(recipient=fields["recipient_id"], report__year=year).exclude(receipt_number="")
    for _attempt in range(_MOST_TRIES):
        taken = set(numbered.values_list("receipt_number", flat=True))
        serial = len(taken) + 1
        while (number := document_number(_REGISTER, year, serial)) in taken:
            serial += 1
        try:
            with transaction.atomic():
                return Filing.objects.create(**fields, receipt_number=number)
        except IntegrityError:
            if not numbered.filter(receipt_number=number).exists():
                raise
    raise RuntimeError(f"no number for a receipt of {fields['recipient_id']} in {year}")
