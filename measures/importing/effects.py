"""What a comparison means for each unit: the responsibilities that it gains and loses, the clauses that are reworded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from measures.comparing import Change, ChangeKind, Comparison, Side
from measures.comparing.results import Unit


@dataclass(slots=True)
class Effect:
    """One unit's share. Each list holds paths of the plan after (of the plan before, for what is lost)."""

    unit: Unit
    lead_gained: list[str] = field(default_factory=list)
    lead_lost: list[str] = field(default_factory=list)
    cooperating_gained: list[str] = field(default_factory=list)
    cooperating_lost: list[str] = field(default_factory=list)
    reworded: list[str] = field(default_factory=list)

    @property
    def department(self) -> int | None:
        """The unit's id, where the registry knows it."""
        kind, _colon, number = self.unit.key.partition(":")
        return int(number) if kind == "unit" and number.isdecimal() else None

    @property
    def is_nothing(self) -> bool:
        return not (
            self.lead_gained or self.lead_lost or self.cooperating_gained or self.cooperating_lost or self.reworded
        )


def effects_of(comparison: Comparison) -> list[Effect]:
    """Every unit that anything changes for, in the order in which they first appear.

    A unit that is on several parts of a split clause, or on one of several that were merged, has lost nothing.
    """
    found: dict[str, Effect] = {}
    after_of: dict[str, list[Side]] = {}
    before_of: dict[str, list[Side]] = {}
    for change in comparison.changes:
        if change.before and change.after:
            after_of.setdefault(change.before.path, []).append(change.after)
            before_of.setdefault(change.after.path, []).append(change.before)

    def effect(unit: Unit) -> Effect:
        return found.setdefault(unit.key, Effect(unit))

    seen: set[tuple[str, str]] = set()
    for change in comparison.changes:
        if change.kind == ChangeKind.SAME:
            continue
        before, after = change.before, change.after
        if after is not None and (("after", after.path) not in seen):
            seen.add(("after", after.path))
            _gains(after, before_of.get(after.path, []), effect, change)
        if before is not None and (("before", before.path) not in seen):
            seen.add(("before", before.path))
            _losses(before, after_of.get(before.path, []), effect)
    return [one for one in found.values() if not one.is_nothing]


def _gains(after: Side, sources: Iterable[Side], effect: Callable[[Unit], Effect], change: Change) -> None:
    led = {unit.key for side in sources for unit in side.lead}
    cooperated = {unit.key for side in sources for unit in side.cooperating}
    for unit in after.lead:
        if unit.key not in led:
            effect(unit).lead_gained.append(after.path)
        elif change.kind != ChangeKind.MOVED:
            effect(unit).reworded.append(after.path)
    for unit in after.cooperating:
        if unit.key not in cooperated:
            effect(unit).cooperating_gained.append(after.path)
        elif change.kind != ChangeKind.MOVED:
            effect(unit).reworded.append(after.path)


def _losses(before: Side, targets: Iterable[Side], effect: Callable[[Unit], Effect]) -> None:
    leads = {unit.key for side in targets for unit in side.lead}
    cooperates = {unit.key for side in targets for unit in side.cooperating}
    for unit in before.lead:
        if unit.key not in leads:
            effect(unit).lead_lost.append(before.path)
    for unit in before.cooperating:
        if unit.key not in cooperates:
            effect(unit).cooperating_lost.append(before.path)
