"""What comparing two texts of plans yields. Plain values, no model and no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What became of a clause; also the kinds of lineage links."""

    SAME = "same"
    REWORDED = "reworded"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one side names it. Two are the same unit if their ``key`` is equal."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Side:
    """One clause as it goes into a comparison: its own words (children's are theirs) and who answers for it."""

    path: str
    label: str
    heading: str
    text: str
    kind: str
    lead: tuple[Unit, ...] = ()
    cooperating: tuple[Unit, ...] = ()
    # Deadlines in words, for instance 「每年12月15日前」.
    dues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on where a clause came from. ``before`` empty: it is new; ``after`` empty: it was dropped."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One link between a clause before and a clause after, or an end without the other.

    A split gives one change for each of its parts, a merger one for each of what it joins.
    """

    kind: ChangeKind
    before: Side | None
    after: Side | None
    lead_gained: tuple[str, ...] = ()
    lead_lost: tuple[str, ...] = ()
    cooperating_gained: tuple[str, ...] = ()
    cooperating_lost: tuple[str, ...] = ()
    dues_gained: tuple[str, ...] = ()
    dues_lost: tuple[str, ...] = ()
    # How alike the two texts are, 0 to 1.
    likeness: float = 0.0
    is_manual: bool = False


@dataclass(slots=True)
class Comparison:
    """All changes in the order of the text after, dropped clauses where they stood."""

    changes: list[Change] = field(default_factory=list)
    # Corrections that name a path which neither text has any more; they changed nothing.
    stale: list[Correction] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Number of changes of each kind, all seven of them."""
        found = Counter(change.kind for change in self.changes)
        return {kind.value: found[kind] for kind in ChangeKind}

    @property
    def is_nothing(self) -> bool:
        return all(change.kind == ChangeKind.SAME for change in self.changes)

    def as_dict(self) -> dict[str, Any]:
        """The JSON contract of ``compare_plans --json``: the counts, and every change that is not SAME."""
        return {
            **self.counts,
            "changes": [
                {
                    "kind": change.kind.value,
                    "from": change.before.path if change.before else None,
                    "to": change.after.path if change.after else None,
                    "before": words_of(change.before),
                    "after": words_of(change.after),
                    "lead_gained": list(change.lead_gained),
                    "lead_lost": list(change.lead_lost),
                    "cooperating_gained": list(change.cooperating_gained),
                    "cooperating_lost": list(change.cooperating_lost),
                    "dues_gained": list(change.dues_gained),
                    "dues_lost": list(change.dues_lost),
                }
                for change in self.changes
                if change.kind != ChangeKind.SAME
            ],
        }


def words_of(side: Side | None) -> str:
    """A clause's printed words."""
    return f"{side.label}{side.heading}{side.text}" if side else ""


Sides = Sequence[Side]
