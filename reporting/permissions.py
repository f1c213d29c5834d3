"""Who may do what with an entry. The rows come from visible_to; these say what may be done with one of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from departments.access import access_of
from departments.enums import Role
from departments.models import Event, Posting, User
from departments.models.events import Action
from measures.enums import ObligationKind, ResponsibilityRole
from measures.models import Plan
from reporting.enums import EntryState
from reporting.models import Duty, FigureSheet, Handover, Progress


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
_WRITING = (Action.START, Action.ATTACH, Action.ASK_SIGNATURE)
_BY_HAND = (*_WRITING, Action.SIGN, Action.SUBMIT)


def touched_by(user: User, entries: Iterable[Progress | Duty], actions: Iterable[str] = _BY_HAND) -> set[int]:
    """The ids of those of ``entries``, all of one kind, that the user had a hand in: one query, two where there are reports.

    The row names the last writer only; an earlier one, who may sit in the office by now, is in the trail. A unit's
    numbers are a part of its report: whoever entered them had a hand in it.
    """
    entries = list(entries)
    if not entries:
        return set()
    reports = [row for row in entries if isinstance(row, Duty) and row.kind == ObligationKind.ANNUAL_REPORT]
    sheets = FigureSheet.objects.filter(
        department__in={row.department_id for row in reports if row.department_id is not None},
        pk__in=Event.objects.filter(
            object_type=FigureSheet._meta.label_lower, actor=user, action=Action.FIGURES
        ).values("object_id"),
    )
    counted = set(sheets.values_list("department", "year")) if reports else set()
    found = Event.objects.filter(
        object_type=entries[0]._meta.label_lower,
        object_id__in=[entry.pk for entry in entries],
        actor=user,
        action__in=list(actions),
    )
    by_figures = {row.pk for row in reports if (row.department_id, row.year) in counted}
    return by_figures | set(found.values_list("object_id", flat=True))


def can_review(user: User, entry: Progress | Duty, touched: set[int] | None = None) -> bool:
    """The office of the conference that the entry is owed to; never what one wrote, signed or submitted oneself.

    What a conference owes itself (its own assessment) is reviewed by another member of the same office. ``touched``
    is that of ``touched_by``, for who asks about many entries.
    """
    access = access_of(user)
    if entry.conference_id not in access.office_of:
        return False
    if user.pk in (entry.updated_by_id, entry.submitted_by_id, entry.signed_by_id):
        return False
    # Being liaison of the unit as well does not open a way to review it.
    is_own = isinstance(entry, Duty) and entry.obliged_conference_id == entry.conference_id
    if can_write(user, entry) and not is_own:
        return False
    return entry.pk not in (touched_by(user, [entry]) if touched is None else touched)


def heads(user: User, entry: Progress | Duty) -> bool:
    """Whether the user is the head of the entry's unit, before whom it comes to be signed or sent back."""
    return entry.department_id is not None and entry.department_id in access_of(user).head_of


def signable(user: User, entries: Iterable[Progress | Duty]) -> set[int]:
    """The ids of those of ``entries``, all of one kind and one unit, that the user may sign as the unit's head.

    Whoever wrote it leaves the signature to another head. Where the postings name no other head in force, in small
    units whose head is the liaison as well, the same person signs: the office's review is the second pair of eyes.
    """
    of_unit = [entry for entry in entries if heads(user, entry)]
    if not of_unit:
        return set()
    written = touched_by(user, of_unit, _WRITING) | {entry.pk for entry in of_unit if entry.updated_by_id == user.pk}
    if written and not _has_other_head(user, of_unit[0].department_id):
        written = set()
    return {entry.pk for entry in of_unit} - written


def _has_other_head(user: User, department: int | None) -> bool:
    postings = Posting.objects.in_force_on(timezone.localdate()).filter(role=Role.HEAD, user__is_active=True)
    return postings.filter(department=department).exclude(user=user).exists()


def can_acknowledge(user: User, progress: Progress) -> bool:
    """Whoever writes a cooperating unit's entries says that the unit knows of its part, once."""
    return (
        progress.role == ResponsibilityRole.COOPERATING
        and progress.acknowledged_at is None
        and progress.state != EntryState.CLOSED
        and can_write(user, progress)
    )


def can_ask_input(user: User, progress: Progress) -> bool:
    """Whoever writes a lead unit's entry asks its cooperating units for material, while the plan asks for it."""
    return (
        progress.role == ResponsibilityRole.LEAD and progress.state != EntryState.CLOSED and can_write(user, progress)
    )


def can_set_rule(user: User, plan: Plan) -> bool:
    """The office of the plan's own conference says whether cooperating units must report."""
    return plan.conference_id in access_of(user).office_of


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


def can_write_figures(user: User, department_id: int) -> bool:
    """Liaisons and deputies write their unit's numbers, as they write its entries."""
    return department_id in access_of(user).liaison_of


def can_keep_indicators(user: User, conference_id: int) -> bool:
    """The conference's office keeps its dictionary, and says which of its units report what the one above asks."""
    return conference_id in access_of(user).office_of


def works_at(user: User, handover: Handover) -> bool:
    """Whether the handover is of a unit or an office of the user's own."""
    access = access_of(user)
    if handover.department_id is not None:
        return handover.department_id in access.departments
    return handover.conference_id in access.office_of


def can_take_over(user: User, handover: Handover) -> bool:
    """Whoever works at the same place, and is not who left the note, as long as nobody has taken it over."""
    return handover.taken_at is None and handover.given_by_id != user.pk and works_at(user, handover)
