"""Writing, submitting and reviewing entries (Progress and Duty): one state machine for both.

Every function claims the row by an UPDATE that names the state, and for writes the version, that it expects; whoever
comes second gets an exception and changes nothing. Every change of state records an event in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Event, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import Duty, Figure, Notice, Progress
from reporting.models.years import in_open_year, in_open_years
from reporting.services.filing import freeze_report, take_back_filing
from reporting.services.inputs import answer_requests, reopen_requests
from reporting.services.knowing import knowing_of, looked_at, note_knowing
from reporting.services.notices import notify, people_who_answer_for
from reporting.services.refusals import WrongState, YearIsOver

# Which states an act may start from, and where it leads.
TRANSITIONS: dict[str, tuple[tuple[EntryState, ...], EntryState]] = {
    Action.START: ((EntryState.OPEN,), EntryState.DRAFT),
    Action.SUBMIT: ((EntryState.OPEN, EntryState.DRAFT, EntryState.RETURNED), EntryState.SUBMITTED),
    Action.WITHDRAW: ((EntryState.SUBMITTED, EntryState.TO_SIGN), EntryState.DRAFT),
    Action.ACCEPT: ((EntryState.SUBMITTED,), EntryState.ACCEPTED),
    Action.RETURN: ((EntryState.SUBMITTED,), EntryState.RETURNED),
    # An office that accepted by mistake, or a unit that must add something: with a reason, and no return is counted.
    Action.REOPEN: ((EntryState.ACCEPTED,), EntryState.DRAFT),
    # Where the unit wants it, its head hands in what the liaison wrote, or sends it back.
    Action.ASK_SIGNATURE: ((EntryState.OPEN, EntryState.DRAFT, EntryState.RETURNED), EntryState.TO_SIGN),
    Action.SIGN: ((EntryState.TO_SIGN,), EntryState.SUBMITTED),
    Action.SEND_BACK: ((EntryState.TO_SIGN,), EntryState.DRAFT),
    # A duty that a fact meets (minutes filed, an assessment published) needs nobody's acceptance.
    Action.FULFIL: (
        (EntryState.OPEN, EntryState.DRAFT, EntryState.TO_SIGN, EntryState.RETURNED, EntryState.SUBMITTED),
        EntryState.ACCEPTED,
    ),
}

# What the office does to which an entry is owed; the rest is done by who owes it.
_OF_THE_OFFICE = (Action.ACCEPT, Action.RETURN, Action.REOPEN)

TEXT_FIELDS: dict[type, tuple[str, ...]] = {
    Progress: ("status", "work_done", "problems", "next_steps"),
    Duty: ("statement",),
}


class StaleEntry(Exception):
    """Somebody else has written since the form was opened; ``current`` is the entry as it is now."""

    def __init__(self, current: Progress | Duty) -> None:
        super().__init__(_("在您填写期间，这一条已被他人修改。"))
        self.current = current


@dataclass(frozen=True, slots=True)
class FigureInput:
    """One number as a form gives it: ``value`` in ``unit``, None when left empty (which is not zero)."""

    name: str
    value: Decimal | None
    unit: str
    as_written: str


@transaction.atomic(savepoint=False)
def save_entry(
    entry: Progress | Duty,
    *,
    by: User,
    lock_version: int,
    values: dict[str, Any],
    figures: Sequence[FigureInput] | None = None,
    seen_clause: int | None = None,
) -> Progress | Duty:
    """Write what the unit typed (a subset of TEXT_FIELDS) and return the entry with its new ``lock_version``.

    ``lock_version`` is the one that the form was opened with. Raises StaleEntry when the entry has been written
    since and WrongState when it is locked (submitted or accepted). The first write turns OPEN into DRAFT; a
    returned entry stays returned until it is submitted again. ``figures`` None leaves the numbers alone.
    ``seen_clause`` is the clause beside which the form of a progress was opened, None when nobody knows; a new version
    of the plan does not count in ``lock_version``, so that nobody's typing is refused for it (see ``looked_at``). A
    cooperating unit that writes knows of its part.
    """
    unknown = set(values) - set(TEXT_FIELDS[type(entry)])
    if unknown:
        raise ValueError(f"not fields of an entry's text: {sorted(unknown)}")
    starting = entry.state == EntryState.OPEN
    state = EntryState.DRAFT if starting else entry.state
    now = timezone.now()
    claimed = (
        type(entry)
        ._default_manager.filter(
            writable_years(entry),
            pk=entry.pk,
            lock_version=lock_version,
            state=entry.state,
            state__in=EntryState.editable(),
        )
        .update(
            **values,
            **looked_at(entry, seen_clause),
            **knowing_of(entry, by, now),
            state=state,
            updated_at=now,
            updated_by=by,
            lock_version=F("lock_version") + 1,
        )
    )
    if not claimed:
        current = type(entry)._default_manager.get(pk=entry.pk)
        refuse_closed_year(current)
        if not current.is_editable:
            if current.state == EntryState.CLOSED:
                raise WrongState(_("计划的新版本不再要求这一条，不能再修改。"))
            raise WrongState(_("这一条已经提交，现在不能修改；如需修改请先撤回。"))
        raise StaleEntry(current)
    if figures is not None and isinstance(entry, Progress):
        _replace_figures(entry, figures)
    if starting or _is_new_hand(entry, by):
        # Everybody who wrote is in the trail: nobody reviews what they wrote, whoever wrote after them.
        _record(entry, Action.START, by=by, before=entry.state, after=state)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.state, entry.updated_at, entry.updated_by = state, now, by
    entry.lock_version = lock_version + 1
    note_knowing(entry, by, now)
    return entry


@transaction.atomic(savepoint=False)
def confirm_entry(progress: Progress, *, by: User) -> None:
    """Say that the text (or 知悉) still fits the clause that ``progress`` is on, although it was reworded.

    Raises WrongState if nobody asks that any more, or the clause is another one by now; and YearIsOver.
    """
    claimed = Progress.objects.filter(
        in_open_year(),
        pk=progress.pk,
        needs_second_look=True,
        clause=progress.clause_id,
        lock_version=progress.lock_version,
    ).update(needs_second_look=False, updated_at=timezone.now(), updated_by=by)
    if not claimed:
        refuse_closed_year(progress)
        raise WrongState(_("状态已经变化，请刷新页面后再操作。"))
    progress.needs_second_look = False
    _record(progress, Action.CONFIRM, by=by, before=progress.state, after=progress.state)


def _is_new_hand(entry: Progress | Duty, by: User) -> bool:
    """Whether ``by`` writes this entry for the first time; asks the trail only when the pen changes hands."""
    if entry.updated_by_id == by.pk:
        return False
    return not Event.objects.of(entry).filter(actor=by, action=Action.START).exists()


def _replace_figures(progress: Progress, figures: Sequence[FigureInput]) -> None:
    wanted = [(position, figure) for position, figure in enumerate(figures)]
    existing = list(Figure.objects.filter(progress=progress).order_by("position"))
    same = [(f.name, f.value, f.unit, f.as_written) for f in existing] == [
        (f.name, f.value, f.unit, f.as_written) for _position, f in wanted
    ]
    if same:
        return
    # A draft's numbers are replaced as a whole; what was submitted stays in the event of its submission.
    Figure.objects.filter(progress=progress).delete()
    Figure.objects.bulk_create(
        Figure(
            conference_id=progress.conference_id,
            progress=progress,
            position=position,
            name=figure.name,
            value=figure.value,
            unit=figure.unit,
            as_written=figure.as_written,
        )
        for position, figure in wanted
    )


@transaction.atomic(savepoint=False)
def submit_entry(entry: Progress | Duty, *, by: User, seen_clause: int | None = None) -> None:
    """Hand the entry to the office. It is locked from now on. Raises WrongState, so two clicks submit once.

    It does not ask whether the unit's head signs first: reporting.services.signing.hand_in does. ``seen_clause`` is
    that of ``save_entry``.
    """
    _move(
        entry,
        Action.SUBMIT,
        by=by,
        snapshot=True,
        computed=looked_at(entry, seen_clause),
        # A head who signed an earlier round has not signed this one.
        signed_at=None,
        signed_by=None,
        **_handed_in(entry, by),
    )
    if isinstance(entry, Progress):
        answer_requests(entry)


def _handed_in(entry: Progress | Duty, by: User) -> dict[str, Any]:
    """The fields that say who handed it in and when; the first time stays when it is handed in again."""
    now = timezone.now()
    first = {} if entry.first_submitted_at else {"first_submitted_at": now}
    return {"submitted_at": now, "submitted_by": by, **first}


@transaction.atomic(savepoint=False)
def ask_signature(entry: Progress | Duty, *, by: User, seen_clause: int | None = None) -> None:
    """Put the entry before the unit's head; it is locked until it is signed, sent back or taken back.

    ``seen_clause`` is that of ``save_entry``. Raises WrongState.
    """
    _move(entry, Action.ASK_SIGNATURE, by=by, computed=looked_at(entry, seen_clause))


@transaction.atomic(savepoint=False)
def sign_entry(entry: Progress | Duty, *, by: User) -> None:
    """The head signs what the liaison wrote, which hands it to the office. Raises WrongState."""
    now = timezone.now()
    _move(entry, Action.SIGN, by=by, snapshot=True, signed_at=now, signed_by=by, **_handed_in(entry, by))
    if isinstance(entry, Progress):
        answer_requests(entry)


@transaction.atomic(savepoint=False)
def send_back_entry(entry: Progress | Duty, *, by: User, reason: str) -> None:
    """The head sends it back to the liaison with a reason. Raises ValueError without one, and WrongState."""
    reason = reason.strip()
    if not reason:
        raise ValueError("sending back needs its reason")
    _move(entry, Action.SEND_BACK, by=by, reason=reason)
    _tell(entry, subject="负责人退回修改", body=f"退回理由：{reason}", is_urgent=True)


@transaction.atomic(savepoint=False)
def withdraw_entry(entry: Progress | Duty, *, by: User) -> None:
    """Take a submitted entry back, or one that waits for the head, as long as nobody has acted on it.

    Raises WrongState afterwards. What nobody looked at was not handed in: the first time counts anew unless the
    office had returned it before. Whoever asked for the material waits for it again.
    """
    unseen: dict[str, Any] = {} if entry.reviewed_at else {"first_submitted_at": None}
    handed_in_at = entry.submitted_at if entry.state == EntryState.SUBMITTED else None
    _move(
        entry,
        Action.WITHDRAW,
        by=by,
        submitted_at=None,
        submitted_by=None,
        signed_at=None,
        signed_by=None,
        **unseen,
    )
    # What only waits for the head was not filed; what the office had returned before was, and stays.
    if handed_in_at is None:
        return
    if isinstance(entry, Duty):
        take_back_filing(entry)
    else:
        reopen_requests(entry, handed_in_at)


@transaction.atomic(savepoint=False)
def accept_entry(entry: Progress | Duty, *, by: User) -> None:
    """The office accepts what was submitted. Raises WrongState if it was withdrawn or reviewed meanwhile."""
    _move(entry, Action.ACCEPT, by=by, reviewed_at=timezone.now(), reviewed_by=by)
    if isinstance(entry, Duty):
        _tell(entry, subject="已通过", body="反拐办已审核通过。")


@transaction.atomic(savepoint=False)
def return_entry(entry: Progress | Duty, *, by: User, reason: str) -> None:
    """The office sends the entry back with a reason. The deadline stays where it is.

    Raises ValueError without a reason and WrongState if the entry is not in the office's hands.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("a return needs its reason")
    _move(
        entry,
        Action.RETURN,
        by=by,
        reason=reason,
        reviewed_at=timezone.now(),
        reviewed_by=by,
        return_reason=reason,
    )
    _tell(
        entry,
        subject="已退回",
        body=f"退回理由：{reason}\n退回不顺延原时限。",
        is_urgent=True,
    )


@transaction.atomic(savepoint=False)
def reopen_entry(entry: Progress | Duty, *, by: User, reason: str) -> None:
    """The office opens what it had accepted again, with a reason: the unit writes and hands in once more.

    It counts as no return. Raises ValueError without a reason and WrongState.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("reopening needs its reason")
    _move(entry, Action.REOPEN, by=by, reason=reason, reviewed_at=timezone.now(), reviewed_by=by)
    _tell(entry, subject="已重新打开", body=f"反拐办重新打开，请修改后再提交。理由：{reason}", is_urgent=True)


def writable_years(entry: Progress | Duty) -> Q:
    """The condition that who owes the entry may still act on it: of a conference's duty both years must be open."""
    return in_open_years() if isinstance(entry, Duty) and entry.obliged_conference_id else in_open_year()


def refuse_closed_year(entry: Progress | Duty, *, owing: bool = True) -> None:
    """Raise YearIsOver if the entry's year is closed. Claims name the same condition; this says why one failed.

    ``owing``: for who owes it, whose own year counts too; an office that reviews asks about its own alone.
    """
    condition = writable_years(entry) if owing else in_open_year()
    if not type(entry)._default_manager.filter(condition, pk=entry.pk).exists():
        raise YearIsOver(entry.year)


@transaction.atomic(savepoint=False)
def fulfil_duty(duty: Duty, *, by: User, reason: str) -> bool:
    """A fact has met the duty: minutes are filed, an assessment is published. True if it was still to be met.

    ``reason`` names the fact. Nobody has to accept it; the office it is owed to may reopen it. Raises YearIsOver.
    """
    duty = Duty.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    if duty.state not in TRANSITIONS[Action.FULFIL][0]:
        return False
    _move(duty, Action.FULFIL, by=by, reason=reason, **_handed_in(duty, by))
    return True


def _move(
    entry: Progress | Duty,
    action: str,
    *,
    by: User,
    reason: str = "",
    snapshot: bool = False,
    computed: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Change the state, and ``fields`` with it; ``computed`` are fields whose values only the database knows."""
    allowed, after = TRANSITIONS[action]
    before, now = entry.state, timezone.now()
    # Handing in what was never saved is writing as well.
    knowing = knowing_of(entry, by, now) if before == EntryState.OPEN else {}
    # ``state=before`` and not merely ``state__in=allowed``: the event must name the state that it really left.
    claimed = (
        type(entry)
        ._default_manager.filter(
            in_open_year() if action in _OF_THE_OFFICE else writable_years(entry),
            pk=entry.pk,
            state=before,
            state__in=allowed,
            lock_version=entry.lock_version,
        )
        .update(state=after, lock_version=F("lock_version") + 1, **fields, **(computed or {}), **knowing)
    )
    if not claimed:
        refuse_closed_year(entry, owing=action not in _OF_THE_OFFICE)
        raise WrongState(_("状态已经变化，请刷新页面后再操作。"))
    if knowing:
        note_knowing(entry, by, now)
    entry.state = after
    entry.lock_version += 1
    for name, value in fields.items():
        setattr(entry, name, value)
    # Only now that the row is held: a file that somebody attaches at the same moment is in it, or is refused.
    detail = _snapshot(entry, by) if snapshot else None
    _record(entry, action, by=by, before=before, after=after, reason=reason, detail=detail)


def _record(entry: Progress | Duty, action: str, *, by: User, **words: Any) -> None:
    record(entry, action, by=by, conference=entry.conference_id, department=entry.department_id, **words)


def _snapshot(entry: Progress | Duty, by: User) -> dict[str, Any]:
    """The text as it was handed over: later edits cannot change what the office was given.

    A report is frozen as a whole (reporting.services.filing); the trail names it by its receipt and its digest.
    """
    snapshot: dict[str, Any]
    if isinstance(entry, Duty) and (filing := freeze_report(entry, by=by)):
        snapshot = {"round": filing.round, "receipt": filing.receipt_number, "sha256": filing.sha256}
    else:
        snapshot = {name: getattr(entry, name) for name in TEXT_FIELDS[type(entry)]}
    if isinstance(entry, Progress):
        snapshot["figures"] = [
            {"name": figure.name, "as_written": figure.as_written, "unit": figure.unit}
            for figure in entry.figures.all()
        ]
    snapshot["attachments"] = [
        {"name": name, "sha256": sha256} for name, sha256 in entry.attachments.values_list("name", "sha256")
    ]
    return snapshot


def _tell(entry: Progress | Duty, *, subject: str, body: str, is_urgent: bool = False) -> list[Notice]:
    """Notify whoever answers for the entry: in Chinese, whatever language the reviewer reads."""
    what = f"{entry.clause.spoken_path} {entry.clause.heading}".strip() if isinstance(entry, Progress) else entry.title
    kind = "progress" if isinstance(entry, Progress) else "duty"
    return notify(
        people_who_answer_for(entry),
        conference_id=entry.conference_id,
        subject=f"{subject}：{what}",
        body=body,
        path=f"/{kind}/{entry.pk}/",
        is_urgent=is_urgent,
    )
