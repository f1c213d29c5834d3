"""Handing a report in: what must be there first, and who lets it out.

A unit's report, and that of a district's conference, meet a duty and pass through its review. What a city's conference
owes to nobody above is settled (定稿) by the head of its office, and opened again by the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import AnnualReport, Filing
from reporting.services.closing import write_in_year
from reporting.services.figures import Unanswered, unanswered
from reporting.services.filing import file_away
from reporting.services.refusals import NotReady, WrongState
from reporting.services.report_material import material_of
from reporting.services.report_writing import hold
from reporting.services.reports import live_filing_of
from reporting.services.signing import hand_in

SETTLED, UNSETTLED = "settled", "unsettled"


@dataclass(frozen=True, slots=True)
class Lacking:
    """What keeps a report from being handed in: no text at all, or numbers that nobody has seen to."""

    has_no_text: bool = False
    figures: list[Unanswered] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.has_no_text or bool(self.figures)


class NotComplete(NotReady):
    """The report cannot be handed in yet; ``lacking`` says why."""

    def __init__(self, lacking: Lacking) -> None:
        super().__init__(_("报告还不能报送。"))
        self.lacking = lacking


class OtherText(Exception):
    """The report is another one than the person has seen before handing it in. The message is for people."""


def lacking_in(report: AnnualReport) -> Lacking:
    """What is missing before ``report`` can be handed in.

    A number is seen to when it is there, with its explanation where it raises a question, or is said to be uncountable.
    Of a conference's sums nobody is asked: what its units have not given is counted as missing in the table.
    """
    figures = unanswered(report.department, report.year) if report.department is not None else []
    return Lacking(not report.sections.exclude(body="").exists(), figures)


def stamp_of(report: AnnualReport) -> str:
    """Says whether the report is still the one that was shown: its texts, numbers, table of measures and files, in short."""
    versions = report.sections.order_by("pk").values_list("pk", "lock_version")
    head = AnnualReport.objects.values_list("lock_version", flat=True).get(pk=report.pk)
    material = material_of(report)
    shown = (head, list(versions), material.figures, material.measures, material.files)
    return sha256(repr(shown).encode()).hexdigest()[:16]


@transaction.atomic
def hand_in_report(report: AnnualReport, *, by: User, seen: str | None = None) -> Filing | None:
    """Hand in the report that was shown with the stamp ``seen`` (None: nobody was shown it); None when it now waits for the unit's head.

    Raises NotComplete, OtherText when somebody has written it meanwhile, and WrongState (YearIsOver) when it is on its way
    already, so that two clicks file it once.
    """
    held = hold(report)
    held.conference, held.department = report.conference, report.department
    if seen is not None and seen != stamp_of(held):
        raise OtherText(_("报告在您查看之后有改动，请看过下面的最新内容再报送。"))
    if lacking := lacking_in(held):
        raise NotComplete(lacking)
    if held.duty is None:
        return _settle(held, by=by)
    hand_in(held.duty, by=by)
    return live_filing_of(held) if held.duty.state == EntryState.SUBMITTED else None


def _settle(report: AnnualReport, *, by: User) -> Filing:
    filing = file_away(report, recipient=report.conference_id, duty=None, by=by)
    record(
        report,
        Action.FILE,
        by=by,
        conference=report.conference_id,
        before=UNSETTLED,
        after=SETTLED,
        detail={"round": filing.round, "sha256": filing.sha256},
    )
    return filing


@transaction.atomic
def reopen_report(report: AnnualReport, *, by: User, reason: str) -> None:
    """Open a settled report again, with a reason; what was settled stays, and the next time gives the next round.

    Only for a report without a duty: a duty is reopened by the office that accepted it. Raises ValueError without a
    reason, WrongState when it is not settled, and YearIsOver.
    """
    reason = reason.strip()
    if not reason or report.duty_id is not None:
        raise ValueError("reopening needs its reason, and a report that answers no duty")
    write_in_year(report.conference_id, report.year)
    held = AnnualReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    opened = Filing.objects.filter(report=held, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if not opened:
        raise WrongState(_("报告没有定稿，不需要重新打开。"))
    record(
        held,
        Action.REOPEN,
        by=by,
        conference=held.conference_id,
        before=SETTLED,
        after=UNSETTLED,
        reason=reason,
    )
