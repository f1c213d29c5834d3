"""Seals of the trail: a chain of digests from which one changed, removed or slipped-in event shows.

Events are sealed a moment after they are written, so that acts of different people do not wait for each other. A seal
is the SHA-256 of its event, all columns of it, and of the seal before. Whoever can write to the database past the
application could forge the whole chain anew: a digest that was noted down elsewhere (``verify_events`` prints the
last one, archives of years hold it) says whether that happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from departments.chain import FIRST, columns_of, seal_of
from departments.models import Event, EventSeal

_PART = 2_000
# On PostgreSQL a transaction that took its number earlier may be seen later: so far back it is looked for, and so
# long it may have been open. What turns up later or further back was slipped in.
_LOOK_BACK = 10_000
_LONGEST_ACT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """The first place where trail and seals do not agree."""

    kind: str  # changed, removed, inserted
    event: int

    def __str__(self) -> str:
        words = {
            "changed": "事件 {0} 与封存时不符：事件被改动，或它之前的封存被改动、删除",
            "removed": "事件 {0} 已封存，但记录里没有：事件被删除",
            "inserted": "事件 {0} 是事后插入的：排在它后面的事件早已封存",
        }
        return words[self.kind].format(self.event)


@dataclass(frozen=True, slots=True)
class Verification:
    """How many seals were looked at, the digest of the last one that holds, and what is wrong, if anything is."""

    count: int
    head: str
    problem: Problem | None


# --- Sealing ------------------------------------------------------------------------------------------------------


def seal_events(most: int | None = None) -> int:
    """Seal the events that have none, in the order of their numbers, at most ``most``; returns how many.

    Safe to run twice, late and beside another run: the chain does not fork, and whoever comes second finds less to do.
    """
    sealed = 0
    while most is None or sealed < most:
        part = _PART if most is None else min(_PART, most - sealed)
        try:
            number = _seal_part(part)
        except IntegrityError:
            # Another run began the chain at the same moment: there was no row yet to wait for.
            break
        sealed += number
        if number < part:
            break
    return sealed


@transaction.atomic
def _seal_part(most: int) -> int:
    # The first link is the lock: held to the end of the transaction, by one at a time. The last one is read after it
    # is held, in a statement of its own, so that what another run has added meanwhile is seen.
    EventSeal.objects.select_for_update(no_key=True).order_by("pk").first()
    previous = EventSeal.objects.order_by("-pk").values_list("digest", flat=True).first() or FIRST
    seals = []
    for event in _unsealed(most):
        previous = seal_of(previous, columns_of(event))
        seals.append(EventSeal(event_id=event.pk, digest=previous))
    EventSeal.objects.bulk_create(seals, batch_size=_PART)
    return len(seals)


def _unsealed(most: int) -> list[Event]:
    highest = EventSeal.objects.aggregate(highest=Max("event_id"))["highest"] or 0
    seal = EventSeal.objects.filter(event_id=OuterRef("pk"))
    events = Event.objects.order_by("pk")
    late = events.filter(~Exists(seal), pk__gt=highest - _LOOK_BACK, pk__lt=highest)
    found = list(late[:most])
    return found + list(events.filter(pk__gt=highest)[: most - len(found)])


# --- Verifying ----------------------------------------------------------------------------------------------------


def verify_events(*, contains: str = "") -> Verification:
    """Work the chain out again, in memory that does not grow; stops at the first thing that is wrong.

    ``contains`` is a digest that was noted down: it is a problem if no seal bears it, since the chain was then forged
    anew (the problem names event 0). Reads only.
    """
    count, previous, found = 0, FIRST, not contains
    highest = 0
    # Numbers without a seal that others have passed, and when: as far back as sealing looks for them.
    passed: dict[int, datetime] = {}
    for seal, event in _links():
        if event is None:
            return Verification(count, previous, Problem("removed", seal.event_id))
        if seal.event_id < highest and _came_too_late(passed.pop(seal.event_id, None), seal.sealed_at):
            return Verification(count, previous, Problem("inserted", seal.event_id))
        if seal_of(previous, columns_of(event)) != seal.digest:
            return Verification(count, previous, Problem("changed", seal.event_id))
        if seal.event_id > highest + 1:
            between = range(max(highest + 1, seal.event_id - _LOOK_BACK), seal.event_id)
            passed |= dict.fromkeys(between, seal.sealed_at)
            if len(passed) > 2 * _LOOK_BACK:
                passed = {number: at for number, at in passed.items() if number > seal.event_id - _LOOK_BACK}
        highest = max(highest, seal.event_id)
        count, previous = count + 1, seal.digest
        found = found or seal.digest == contains
    unsealed = Event.objects.filter(~Exists(EventSeal.objects.filter(event_id=OuterRef("pk"))), pk__lt=highest)
    # What was seen a moment late is sealed by the next run.
    slipped_in = unsealed.order_by("pk").values_list("pk", flat=True).first()
    if slipped_in is not None and _came_too_late(passed.get(slipped_in), timezone.now()):
        return Verification(count, previous, Problem("inserted", slipped_in))
    if not found:
        return Verification(count, previous, Problem("changed", 0))
    return Verification(count, previous, None)


def _came_too_late(passed: datetime | None, at: datetime) -> bool:
    """Whether an event was not there when others were sealed past it: so long ago, or (None) so far back."""
    return passed is None or at - passed > _LONGEST_ACT


def _links() -> Iterator[tuple[EventSeal, Event | None]]:
    """Every seal in the order of the chain, with its event or None, a part at a time."""
    last = 0
    while seals := list(EventSeal.objects.filter(pk__gt=last).order_by("pk")[:_PART]):
        numbers = [seal.event_id for seal in seals]
        events = Event.objects.in_bulk(numbers)
        for seal in seals:
            yield seal, events.get(seal.event_id)
        last = seals[-1].pk
