"""Who may do what with an entry. The rows come from visible_to; these say what may be done with one of them."""

from __future__ import annotations

from departments.access import access_of
from departments.models import Event, User
from departments.models.events import Action
from reporting.enums import EntryState
from reporting.models import Duty, Progress


def owns(user: User, entry: Progress | Duty) -> bool:
    """Whether the entry is of the user's own unit (or, for a district's duty, own conference's office)."""
    access = access_of(user)
    if entry.department_id is not None:
        return entry.department_id in access.departments
    return isinstance(entry, Duty) and entry.obliged_conference_id in access.office_of


def can_write(user: User, entry: Progress | Duty) -> bool:
    """Liaisons and deputies write their unit's entries; a conference's office writes the conference's own duties.

    The head of a unit reads and signs but does not write. Whether the entry's state still admits writing is
    ``entry.is_editable``.
    """
    access = access_of(user)
    if entry.department_id is not None:
        return entry.department_id in access.liaison_of
    return isinstance(entry, Duty) and entry.obliged_conference_id in access.office_of


# What leaves somebody's hand in an entry, as the trail calls it.
_BY_HAND = (Action.START, Action.ATTACH, Action.SUBMIT)


def can_review(user: User, entry: Progress | Duty) -> bool:
    """The office of the conference that the entry is owed to; never what one wrote or submitted oneself.

    What a conference owes itself (its own assessment) is reviewed by another member of the same office.
    """
    access = access_of(user)
    if entry.conference_id not in access.office_of:
        return False
    if user.pk in (entry.updated_by_id, entry.submitted_by_id):
        return False
    # Being liaison of the unit as well does not open a way to review it.
    is_own = isinstance(entry, Duty) and entry.obliged_conference_id == entry.conference_id
    if can_write(user, entry) and not is_own:
        return False
    # The row names the last writer only; an earlier one, who may sit in the office by now, is in the trail.
    return not Event.objects.of(entry).filter(actor=user, action__in=_BY_HAND).exists()


def can_read_text(user: User, entry: Progress | Duty) -> bool:
    """Own entries always; others' only once they are submitted. Assumes that the row came from visible_to."""
    if owns(user, entry):
        return True
    access = access_of(user)
    handed_in = entry.closed_from if entry.state == EntryState.CLOSED else entry.state
    if handed_in not in EntryState.shared():
        return False
    if isinstance(entry, Duty):
        return entry.conference_id in access.office_of | access.auditor_of
    return True


def can_confirm(user: User, progress: Progress) -> bool:
    """Whoever writes the unit's entries may say that a text still fits its reworded clause."""
    return progress.needs_second_look and progress.state != EntryState.CLOSED and can_write(user, progress)


def can_urge(user: User, duty: Duty) -> bool:
    """The office that the duty is owed to, while it is owed."""
    return duty.conference_id in access_of(user).office_of and duty.state in EntryState.outstanding()


def can_see_board(user: User, conference_id: int) -> bool:
    """The conference's own office and auditors; the office directly above sees counts through its own board."""
    access = access_of(user)
    return conference_id in access.office_of | access.auditor_of
