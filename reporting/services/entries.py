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
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Event, User
from departments.models.events import Action
from departments.services import record
from measures.comparing import ChangeKind
from measures.models import Lineage
from reporting.enums import EntryState
from reporting.models import Duty, Figure, Notice, Progress, Urge
from reporting.services.notices import notify, people_who_answer_for

# Which states an act may start from, and where it leads.
TRANSITIONS: dict[str, tuple[tuple[EntryState, ...], EntryState]] = {
    Action.START: ((EntryState.OPEN,), EntryState.DRAFT),
    Action.SUBMIT: ((EntryState.OPEN, EntryState.DRAFT, EntryState.RETURNED), EntryState.SUBMITTED),
    Action.WITHDRAW: ((EntryState.SUBMITTED,), EntryState.DRAFT),
    Action.ACCEPT: ((EntryState.SUBMITTED,), EntryState.ACCEPTED),
    # An office that accepted by mistake may still return; the unit is told and why.
    Action.RETURN: ((EntryState.SUBMITTED, EntryState.ACCEPTED), EntryState.RETURNED),
}

TEXT_FIELDS: dict[type, tuple[str, ...]] = {
    Progress: ("status", "work_done", "problems", "next_steps"),
    Duty: ("statement",),
}


class WrongState(Exception):
    """The entry is not (or no longer) in a state from which this can be done. The message is for people."""


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
    of the plan does not count in ``lock_version``, so that nobody's typing is refused for it (see ``_looked``).
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
            pk=entry.pk, lock_version=lock_version, state=entry.state, state__in=EntryState.editable()
        )
        .update(
            **values,
            **_looked(entry, seen_clause),
            state=state,
            updated_at=now,
            updated_by=by,
            lock_version=F("lock_version") + 1,
        )
    )
    if not claimed:
        current = type(entry)._default_manager.get(pk=entry.pk)
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
    return entry


def _looked(entry: Progress | Duty, seen_clause: int | None) -> dict[str, Any]:
    """What an UPDATE makes of the mark for a second look, by the clause that the writer had in view.

    The clause that the row is on now: it was looked at. Another in the same words: the mark stays as it is. Any
    other: what was written answers words that are gone, and is to be looked at again.
    """
    if seen_clause is None or not isinstance(entry, Progress):
        return {}
    unchanged = Lineage.objects.filter(
        Q(before=seen_clause, after=OuterRef("clause")) | Q(after=seen_clause, before=OuterRef("clause")),
        kind__in=(ChangeKind.SAME, ChangeKind.MOVED),
    )
    mark = Case(
        When(clause=seen_clause, then=Value(False)),
        When(Exists(unchanged), then=F("needs_second_look")),
        default=Value(True),
    )
    return {"needs_second_look": mark}


@transaction.atomic(savepoint=False)
def confirm_entry(progress: Progress, *, by: User) -> None:
    """Say that the text still fits the clause that ``progress`` is on, although it was reworded.

    Raises WrongState if nobody asks that any more, or the clause is another one by now.
    """
    claimed = Progress.objects.filter(
        pk=progress.pk, needs_second_look=True, clause=progress.clause_id, lock_version=progress.lock_version
    ).update(needs_second_look=False, updated_at=timezone.now(), updated_by=by)
    if not claimed:
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

    ``seen_clause`` is that of ``save_entry``.
    """
    _move(
        entry,
        Action.SUBMIT,
        by=by,
        snapshot=True,
        computed=_looked(entry, seen_clause),
        submitted_at=timezone.now(),
        submitted_by=by,
    )


@transaction.atomic(savepoint=False)
def withdraw_entry(entry: Progress | Duty, *, by: User) -> None:
    """Take a submitted entry back, as long as nobody has reviewed it. Raises WrongState afterwards."""
    _move(entry, Action.WITHDRAW, by=by, submitted_at=None, submitted_by=None)


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


class UrgedToday(Exception):
    """The unit was urged about this duty today already."""


class NobodyToTell(Exception):
    """The unit has no liaison, deputy or head: nobody would receive the urge. The message is for people."""


@transaction.atomic(savepoint=False)
def urge(duty: Duty, *, by: User, message: str = "") -> Urge:
    """Remind whoever answers for the duty, in a person's name and words; at most once a day for each duty.

    Raises WrongState when nothing is owed any more, UrgedToday for a second urge on the same day, and NobodyToTell
    when nobody would receive it; nothing is recorded then.
    """
    duty = (
        Duty.objects.select_for_update(of=("self",)).select_related("department", "obliged_conference").get(pk=duty.pk)
    )
    if duty.state not in EntryState.outstanding():
        raise WrongState(_("这一事项已经报送，不需要催办。"))
    if Urge.objects.filter(duty=duty, created_at__date=timezone.localdate()).exists():
        raise UrgedToday(_("今天已经催办过%(owner)s。") % {"owner": duty.owner})
    urged = Urge.objects.create(conference_id=duty.conference_id, duty=duty, message=message, created_by=by)
    _record(duty, Action.URGE, by=by, before=duty.state, after=duty.state, reason=message)
    notices = _tell(
        duty,
        subject="催办",
        body="\n".join(filter(None, [message, f"时限：{duty.due_on.isoformat()}。"])),
        is_urgent=True,
    )
    if not notices:
        raise NobodyToTell(_("%(owner)s没有联络员，无人能收到催办；请先在系统管理中登记任职。") % {"owner": duty.owner})
    return urged


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
    before = entry.state
    # ``state=before`` and not merely ``state__in=allowed``: the event must name the state that it really left.
    claimed = (
        type(entry)
        ._default_manager.filter(pk=entry.pk, state=before, state__in=allowed, lock_version=entry.lock_version)
        .update(state=after, lock_version=F("lock_version") + 1, **fields, **(computed or {}))
    )
    if not claimed:
        raise WrongState(_("状态已经变化，请刷新页面后再操作。"))
    entry.state = after
    entry.lock_version += 1
    for name, value in fields.items():
        setattr(entry, name, value)
    # Only now that the row is held: a file that somebody attaches at the same moment is in it, or is refused.
    detail = _snapshot(entry) if snapshot else None
    _record(entry, action, by=by, before=before, after=after, reason=reason, detail=detail)


def _record(entry: Progress | Duty, action: str, *, by: User, **words: Any) -> None:
    record(entry, action, by=by, conference=entry.conference_id, department=entry.department_id, **words)


def _snapshot(entry: Progress | Duty) -> dict[str, Any]:
    """The text as it was handed over: later edits cannot change what the office was given."""
    snapshot: dict[str, Any] = {name: getattr(entry, name) for name in TEXT_FIELDS[type(entry)]}
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
