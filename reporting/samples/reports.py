"""Made-up annual reports for the demo: written from the year's entries, and filed as they would have been."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from departments.models import Conference, Event, User
from departments.models.events import Action
from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, Filing, ReportSection
from reporting.report_structure import WORK
from reporting.samples.entries import HANDING_IN, STANDING, Step, event_of, overwrite, set_fields, steps_of
from reporting.samples.texts import texts_of_report
from reporting.services.compiling import woven
from reporting.services.filing import file_away
from reporting.services.report_handing_in import SETTLED, UNSETTLED
from reporting.services.reports import conference_report_for, report_for


@dataclass(frozen=True, slots=True)
class Hands:
    """Who writes a report and who reviews it, and the head of the unit where one signs."""

    writer: User
    reviewer: User
    signer: User | None = None


def write_up(report: AnnualReport, *, by: User, at: datetime) -> AnnualReport:
    """Put what compiling finds into the report's sections, and invented words where it finds none."""
    draw = random.Random(report.title)  # noqa: S311 - sample data
    invented = texts_of_report(report.signatory or report.conference.name, report.year, draw)
    parts = woven(report)
    # Who has chapters has the work in them.
    if any(part.key.startswith("chapter:") for part in parts):
        invented.pop(WORK)
    report.sections.all().delete()
    ReportSection.objects.bulk_create(
        ReportSection(
            conference_id=report.conference_id,
            report=report,
            key=part.key,
            position=position,
            level=part.level,
            heading=part.heading,
            body=part.text or invented.get(part.key, ""),
            compiled_body=part.text,
        )
        for position, part in enumerate(parts)
    )
    report.compiled_at = report.updated_at = at
    report.updated_by = by
    report.save(update_fields=["compiled_at", "updated_at", "updated_by"])
    return report


def file_report(duty: Duty, hands: Hands, *, state: str, on: date, reason: str = "") -> AnnualReport:
    """Write the report that answers ``duty`` and bring it to ``state`` with its filing, receipt and events."""
    steps = _signed(steps_of(state, on, hands.writer, hands.reviewer, reason), hands.signer)
    report = write_up(report_for(duty), by=hands.writer, at=steps[0].at)
    set_fields(duty, state, steps)
    handed_in = next((step for step in steps if step.action in HANDING_IN), None)
    seen = {}
    if handed_in is not None:
        filing = _file(report, duty, handed_in.at, handed_in.by)
        seen = _named(filing)
    duty.save()
    Event.objects.bulk_create(event_of(duty, step, seen if step.action in HANDING_IN else {}) for step in steps)
    return report


def _signed(steps: list[Step], signer: User | None) -> list[Step]:
    """The same steps where a unit's head signs: the signature hands in what the liaison has put before the head."""
    if signer is None:
        return steps
    found = []
    for step in steps:
        if step.action == Action.SUBMIT:
            found.append(replace(step, action=Action.ASK_SIGNATURE, after=EntryState.TO_SIGN))
            step = replace(step, action=Action.SIGN, before=EntryState.TO_SIGN, by=signer)
        found.append(step)
    return found


def _named(filing: Filing) -> dict[str, Any]:
    """As the trail names a filing; what went to nobody above has no receipt."""
    receipt = {"receipt": filing.receipt_number} if filing.receipt_number else {}
    return {"round": filing.round, **receipt, "sha256": filing.sha256}


def settle_report(conference: Conference, year: int, *, by: User, at: datetime) -> AnnualReport:
    """Write the conference's own report and settle it (定稿), as the head of its office does."""
    report = write_up(conference_report_for(conference, year), by=by, at=at)
    filing = _file(report, None, at, by)
    Event.objects.create(
        conference=conference,
        at=at,
        actor=by,
        action=Action.FILE,
        object_type=report._meta.label_lower,
        object_id=report.pk,
        title=str(report)[:200],
        before=UNSETTLED,
        after=SETTLED,
        detail=_named(filing),
    )
    return report


def meet_duties(duties: Iterable[Duty], *, by: User, on: date, reason: str) -> int:
    """Mark duties as met by a fact that was recorded elsewhere, with the events of it."""
    at = min(timezone.make_aware(datetime(on.year, on.month, on.day, 16)), timezone.now())
    rows = list(duties)
    events = []
    for duty in rows:
        before, duty.state, duty.lock_version = duty.state, EntryState.ACCEPTED, duty.lock_version + 1
        duty.statement = reason
        duty.submitted_at = duty.first_submitted_at = at
        duty.submitted_by = by
        events.append(
            Event(
                conference_id=duty.conference_id,
                department_id=duty.department_id,
                at=at,
                actor=by,
                action=Action.FULFIL,
                object_type=duty._meta.label_lower,
                object_id=duty.pk,
                title=str(duty)[:200],
                before=before,
                after=duty.state,
                reason=reason,
            )
        )
    overwrite(rows, ["statement", *STANDING])
    Event.objects.bulk_create(events)
    return len(rows)


def reports_owed(conference: Conference, year: int) -> list[Duty]:
    """The annual reports that a conference's units owe it, in the order of its list, and then those of its districts."""
    owed = Duty.objects.reports().filter(conference=conference, year=year)
    rows = owed.select_related("conference", "department", "obliged_conference", "obligation").order_by(
        "department__position", "obliged_conference__code", "pk"
    )
    # Databases differ in whether what has no unit comes first.
    return sorted(rows, key=lambda duty: duty.department_id is None)


def _file(report: AnnualReport, duty: Duty | None, at: datetime, by: User) -> Filing:
    """The filing as it would have been made at that moment: its date goes into what is frozen."""
    report.dated_on = timezone.localdate(at)
    filing = file_away(report, recipient=duty.conference_id if duty else report.conference_id, duty=duty, by=by)
    Filing.objects.filter(pk=filing.pk).update(filed_at=at)
    # The form leaves the date open: who files again dates it anew.
    report.dated_on = None
    return filing
