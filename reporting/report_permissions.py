"""Who may do what with a report. The rows come from visible_to; these say what may be done with one of them."""

from __future__ import annotations

from departments.access import access_of
from departments.models import User
from reporting.models import AnnualReport, Duty
from reporting.office_permissions import can_decide


def can_write_report(user: User, report: AnnualReport | Duty) -> bool:
    """Liaisons and deputies write their unit's report, everybody in the office that of its conference.

    Also asked of the duty, before there is a report. Whether the state admits writing is another question.
    """
    access = access_of(user)
    if report.department_id is not None:
        return report.department_id in access.liaison_of
    conference = report.obliged_conference_id if isinstance(report, Duty) else report.conference_id
    return conference in access.office_of


def can_hand_in_report(user: User, report: AnnualReport) -> bool:
    """Who writes a unit's report hands it in; a conference's is let out by the head of its office, where it has one."""
    if report.department_id is not None:
        return can_write_report(user, report)
    return can_decide(user, report.conference_id)


def can_reopen_report(user: User, report: AnnualReport) -> bool:
    """What is settled without anybody above is opened again by whoever may settle it."""
    return report.duty_id is None and can_hand_in_report(user, report)
