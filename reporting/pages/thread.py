"""The thread of an entry: what was handed in each time, what changed, and what was said of it.

Everything is read from the trail, whose events hold each text as it was handed in. What was taken back before
anybody decided on it, and what the unit's head said inside the unit, is the unit's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import Event
from departments.models.events import Action
from measures.comparing import marks
from reporting.enums import EntryState, ImplementationStatus
from reporting.lights import late_text
from reporting.models import Duty, Filing, Progress
from reporting.pages.rows import number_text

_HANDING_IN = (Action.SUBMIT, Action.SIGN)
_DECISIONS = (Action.ACCEPT, Action.RETURN, Action.REOPEN)
# No entry has passed through so many hands; its latest events are read.
_MOST_EVENTS = 400
# Marking is work: only the latest rounds show what changed, the ones before are read as they were.
_MOST_MARKED = 4
_TEXTS = (
    ("work_done", gettext_lazy("工作开展情况")),
    ("problems", gettext_lazy("存在问题")),
    ("next_steps", gettext_lazy("下步措施")),
    ("statement", gettext_lazy("报送内容")),
)
Pieces = list[tuple[str, str]]


@dataclass(slots=True)
class _Round:
    handed_in: Event
    asked: Event | None = None
    decisions: list[Event] = field(default_factory=list)
    is_withdrawn: bool = False


def events_of(entry: Progress | Duty) -> list[Event]:
    """The entry's events with their actors, newest first. One query, for the trail and the thread together."""
    return list(Event.objects.of(entry).select_related("actor")[:_MOST_EVENTS])


def rounds_of(
    entry: Progress | Duty, events: Iterable[Event], due_on: date | None, *, inside: bool
) -> list[dict[str, Any]]:
    """The rounds of ``entry``, the latest first; none where there is only one that waits to be decided on.

    ``events`` are those of ``events_of``. ``inside`` is who reads: the unit itself, or the office and auditors, who do
    not see what was withdrawn unread. Rounds that anybody decided on, or may decide on now, are numbered.
    """
    rounds = _told(entry, list(events)[::-1])
    shown = rounds if inside else [one for one in rounds if not one.is_withdrawn]
    if not shown or (len(shown) == 1 and not shown[0].decisions and not shown[0].is_withdrawn):
        return []
    filings = _filings(entry, shown)
    rows, before, number = [], None, 0
    for place, one in enumerate(shown):
        is_marked = before is not None and place >= len(shown) - _MOST_MARKED
        number += not one.is_withdrawn
        rows.append(
            {
                "title": _("已撤回的一次") if one.is_withdrawn else _("第%(number)d次报送") % {"number": number},
                "is_withdrawn": one.is_withdrawn,
                "who": _who(one, inside=inside),
                "at": one.handed_in.at,
                # Late is what was late the first time.
                "late_text": late_text(one.handed_in.at, due_on) if number == 1 and not one.is_withdrawn else "",
                "fields": _fields(one.handed_in.detail, before.detail if is_marked and before else None),
                "is_marked": is_marked,
                "receipt": one.handed_in.detail.get("receipt", ""),
                "receipt_url": filings.get(one.handed_in.detail.get("round", 0), ""),
                "decisions": [
                    {
                        "action_text": event.get_action_display(),
                        "who": str(event.actor or ""),
                        "at": event.at,
                        "reason": event.reason,
                        "is_against": event.action != Action.ACCEPT,
                    }
                    for event in one.decisions
                ],
            }
        )
        if not one.is_withdrawn:
            before = one.handed_in
    return rows[::-1]


def _told(entry: Progress | Duty, events: list[Event]) -> list[_Round]:
    """The events, oldest first, as rounds."""
    rounds: list[_Round] = []
    asked: Event | None = None
    for event in events:
        if event.action == Action.ASK_SIGNATURE:
            asked = event
        elif event.action in _HANDING_IN:
            if rounds and not rounds[-1].decisions:
                # Handed in anew without a decision: it had been taken back.
                rounds[-1].is_withdrawn = True
            rounds.append(_Round(event, asked if event.action == Action.SIGN else None))
        elif rounds and event.action == Action.WITHDRAW and event.before != EntryState.TO_SIGN:
            rounds[-1].is_withdrawn = not rounds[-1].decisions
        elif rounds and event.action in _DECISIONS:
            rounds[-1].decisions.append(event)
    # Whatever the trail says, what is not in the office's hands now and was never decided on is the unit's.
    state = entry.closed_from if entry.state == EntryState.CLOSED else entry.state
    if rounds and not rounds[-1].decisions and state not in EntryState.shared():
        rounds[-1].is_withdrawn = True
    return rounds


def _who(one: _Round, *, inside: bool) -> str:
    who = str(one.handed_in.actor or "")
    if one.handed_in.action != Action.SIGN:
        return _("%(who)s提交") % {"who": who}
    if inside and one.asked is not None:
        return _("%(liaison)s送签，%(who)s签批") % {"liaison": one.asked.actor or "", "who": who}
    return _("%(who)s签批") % {"who": who}


def _fields(now: dict[str, Any], before: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What was handed in, field by field, as pieces (op, text); everything stayed where there is nothing to compare."""
    fields: list[dict[str, Any]] = []

    def add(label: Any, text: str, was: str, compare: Any) -> None:
        pieces = ([("same", text)] if text else []) if before is None else compare(was, text)
        if pieces:
            fields.append({"label": label, "pieces": pieces})

    old = before or {}
    add(_("进展状态"), _status(now), _status(old), _whole)
    for name, label in _TEXTS:
        add(label, now.get(name, ""), old.get(name, ""), marks)
    add(_("数据"), _figures(now), _figures(old), _lines)
    add(_("附件"), _files(now), _files(old), _lines)
    return fields


def _status(detail: dict[str, Any]) -> str:
    status = detail.get("status", "")
    return str(ImplementationStatus(status).label) if status in ImplementationStatus.values else status


def _figures(detail: dict[str, Any]) -> str:
    return "\n".join(
        f"{figure['name']} {number_text(figure['as_written'], figure['unit'])}".strip()
        for figure in detail.get("figures", [])
    )


def _files(detail: dict[str, Any]) -> str:
    return "\n".join(file["name"] for file in detail.get("attachments", []))


def _whole(was: str, text: str) -> Pieces:
    if was == text:
        return [("same", text)] if text else []
    return [piece for piece in (("lost", was), ("gained", text)) if piece[1]]


def _lines(was: str, text: str) -> Pieces:
    """Line by line: a number that changed is another number, and not a digit more."""
    old, new = was.splitlines(), text.splitlines()
    pieces = [("same" if line in old else "gained", line) for line in new]
    pieces += [("lost", line) for line in old if line not in new]
    return [(op, f"{line}\n" if place < len(pieces) - 1 else line) for place, (op, line) in enumerate(pieces)]


def _filings(entry: Progress | Duty, rounds: list[_Round]) -> dict[int, str]:
    """Round of a report → the page of what was filed then. One query, or none."""
    if isinstance(entry, Progress) or not any(one.handed_in.detail.get("receipt") for one in rounds):
        return {}
    found = Filing.objects.filter(report__duty=entry).values_list("round", "pk")
    return {number: reverse("reporting:filing", args=[pk]) for number, pk in found}


def unanswered(entry: Progress | Duty, events: Iterable[Event], *, inside: bool) -> list[dict[str, Any]]:
    """What the unit still has to answer: why the office returned or reopened it, why its head sent it back.

    Empty once it is handed in again. ``events`` newest first; what the head said is for the unit (``inside``).
    """
    if not entry.is_editable and entry.state != EntryState.TO_SIGN:
        return []
    events = list(events)
    notes = []
    decision = next((event for event in events if event.action in _DECISIONS), None)
    if entry.state == EntryState.RETURNED:
        # The row itself says so; rows that were returned before there was a trail have nothing else.
        by = str(entry.reviewed_by or "")
        notes.append(
            {"title": _("已退回，请修改后重报"), "by": by, "at": entry.reviewed_at, "reason": entry.return_reason}
        )
    elif decision is not None and decision.action != Action.ACCEPT:
        title = _("已退回，请修改后重报") if decision.action == Action.RETURN else _("反拐办已重新打开，请修改后再提交")
        notes.append(_note(title, decision))
    if inside and entry.state != EntryState.TO_SIGN:
        since = (event for event in events if event.action in (*_HANDING_IN, Action.SEND_BACK))
        latest = next(since, None)
        if latest is not None and latest.action == Action.SEND_BACK:
            notes.append(_note(_("负责人退回修改"), latest))
    return notes


def _note(title: str, event: Event) -> dict[str, Any]:
    return {"title": title, "by": str(event.actor or ""), "at": event.at, "reason": event.reason}


def unanswered_of(entries: Iterable[Progress | Duty]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """``unanswered`` of many entries of one's own unit, by kind and id; those that have nothing to answer are left out.

    One query for any number of entries, none where nothing is being written.
    """
    asked = {
        (entry._meta.label_lower, entry.pk): entry
        for entry in entries
        if entry.state in (EntryState.DRAFT, EntryState.RETURNED)
    }
    if not asked:
        return {}
    of_kind = defaultdict(list)
    for label, pk in asked:
        of_kind[label].append(pk)
    rows = reduce(or_, (Q(object_type=label, object_id__in=pks) for label, pks in of_kind.items()))
    told: dict[tuple[str, int], list[Event]] = defaultdict(list)
    actions = (*_DECISIONS, *_HANDING_IN, Action.SEND_BACK)
    for event in Event.objects.filter(rows, action__in=actions).select_related("actor").defer("detail"):
        told[event.object_type, event.object_id].append(event)
    found = {key: unanswered(entry, told[key], inside=True) for key, entry in asked.items()}
    return {(str(asked[key]._meta.model_name), key[1]): notes for key, notes in found.items() if notes}
