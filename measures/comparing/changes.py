"""What became of every clause: the links between two texts, said as changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from .folding import fold
from .likeness import ratio
from .lineage import TITLE, Lineage, Text, find_links
from .results import Change, ChangeKind, Comparison, Correction, Side, Unit


def compare(before: Sequence[Side], after: Sequence[Side], *, corrections: Sequence[Correction] = ()) -> Comparison:
    """What became of every clause of ``before``, and where every clause of ``after`` came from.

    Texts are compared by what is printed, width and white space aside; units by their keys, whatever their order.
    A clause that a correction names has the links that the corrections give it and no others (of two that
    contradict each other the later one holds); all others are matched around them. A correction that names a path
    which is not there any more is left out and listed in ``Comparison.stale``.

    A title (a side of kind ``front``) is compared with the other title, and left out where one side has none.
    The same input always gives the same changes, and a text compared with itself nothing but SAME.
    """
    ours, theirs = Text.of(before), Text.of(after)
    lineage = Lineage(ours, theirs)
    stale = _apply(corrections, lineage)
    manual = set(lineage.links)
    decided_before = set(range(len(before))) - set(lineage.free_before)
    decided_after = set(range(len(after))) - set(lineage.free_after)
    find_links(lineage)
    telling = _Telling(lineage, manual, decided_before, decided_after)
    return Comparison(telling.in_order(), stale)


def _apply(corrections: Sequence[Correction], lineage: Lineage) -> list[Correction]:
    """Make the links that people decided and take what they decided out of the search; returns what names nothing."""
    ours = _by_path(lineage.before.sides)
    theirs = _by_path(lineage.after.sides)
    stale: list[Correction] = []
    links: dict[tuple[int, int], None] = {}
    ended: dict[int, None] = {}
    begun: dict[int, None] = {}
    for correction in corrections:
        before, after = ours.get(correction.before), theirs.get(correction.after)
        if (correction.before and before is None) or (correction.after and after is None):
            stale.append(correction)
        elif before is not None and after is not None:
            links[before, after] = None
            ended.pop(before, None)
            begun.pop(after, None)
        elif before is not None:
            ended[before] = None
            links = {link: None for link in links if link[0] != before}
        elif after is not None:
            begun[after] = None
            links = {link: None for link in links if link[1] != after}
        else:
            stale.append(correction)
    for before, after in sorted(links):
        lineage.link(before, after)
    lineage.settle(ended, begun)
    return stale


def _by_path(sides: Sequence[Side]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, side in enumerate(sides):
        found.setdefault(side.path, index)
    return found


class _Telling:
    """The links of a lineage as changes, in the order of the text after."""

    def __init__(
        self, lineage: Lineage, manual: set[tuple[int, int]], decided_before: set[int], decided_after: set[int]
    ) -> None:
        self.before, self.after = lineage.before, lineage.after
        self.manual, self.decided_before, self.decided_after = manual, decided_before, decided_after
        self.outcomes: dict[int, list[int]] = defaultdict(list)
        self.origins: dict[int, list[int]] = defaultdict(list)
        for before, after in sorted(lineage.links):
            self.outcomes[before].append(after)
            self.origins[after].append(before)

    def in_order(self) -> list[Change]:
        dropped = self._dropped()
        changes = dropped.get(-1, [])
        for index, side in enumerate(self.after.sides):
            if index in self.origins:
                changes += [self._linked(before, index) for before in self.origins[index]]
            elif side.kind != TITLE or index in self.decided_after:
                change = Change(ChangeKind.NEW, None, side, is_manual=index in self.decided_after)
                changes.append(_with_parties(change, (), (side,), None, side))
            changes += dropped.get(index, [])
        return changes

    def _dropped(self) -> dict[int, list[Change]]:
        """Dropped clauses by the clause after that they are to follow: where the one before them went."""
        found: dict[int, list[Change]] = defaultdict(list)
        place = -1
        for index, side in enumerate(self.before.sides):
            if index in self.outcomes:
                place = self.outcomes[index][0]
                # Behind all parts of a split, as far as they stand together.
                while place + 1 in self.outcomes[index]:
                    place += 1
            elif side.kind != TITLE or index in self.decided_before:
                change = Change(ChangeKind.DROPPED, side, None, is_manual=index in self.decided_before)
                found[place].append(_with_parties(change, (side,), (), side, None))
        return found

    def _linked(self, before: int, after: int) -> Change:
        old, new = self.before.sides[before], self.after.sides[after]
        one, other = self.before.keys[before], self.after.keys[after]
        parts = tuple(self.after.sides[index] for index in self.outcomes[before])
        sources = tuple(self.before.sides[index] for index in self.origins[after])
        is_manual = (before, after) in self.manual
        if len(parts) > 1:
            kind = ChangeKind.SPLIT
        elif len(sources) > 1:
            kind = ChangeKind.MERGED
        elif one != other or not _same_duties(old, new):
            kind = ChangeKind.REWORDED
        else:
            kind = ChangeKind.SAME if old.path == new.path else ChangeKind.MOVED
        change = Change(kind, old, new, likeness=round(ratio(one, other), 4), is_manual=is_manual)
        if kind in (ChangeKind.SAME, ChangeKind.MOVED):
            return change
        return _with_parties(change, sources, parts, old, new)


def _with_parties(
    change: Change, sources: tuple[Side, ...], parts: tuple[Side, ...], old: Side | None, new: Side | None
) -> Change:
    """The change with who and what was gained and lost.

    A part of a split gains what the whole did not have; the whole loses what none of its parts has. A merger
    likewise: what one of the joined clauses had already is no gain.
    """
    return Change(
        change.kind,
        change.before,
        change.after,
        lead_gained=_names_new(new.lead if new else (), [unit for side in sources for unit in side.lead]),
        lead_lost=_names_new(old.lead if old else (), [unit for side in parts for unit in side.lead]),
        cooperating_gained=_names_new(
            new.cooperating if new else (), [unit for side in sources for unit in side.cooperating]
        ),
        cooperating_lost=_names_new(
            old.cooperating if old else (), [unit for side in parts for unit in side.cooperating]
        ),
        dues_gained=_words_new(new.dues if new else (), [due for side in sources for due in side.dues]),
        dues_lost=_words_new(old.dues if old else (), [due for side in parts for due in side.dues]),
        likeness=change.likeness,
        is_manual=change.is_manual,
    )


def _names_new(units: Iterable[Unit], known: Iterable[Unit]) -> tuple[str, ...]:
    keys = {unit.key for unit in known}
    return tuple({unit.key: unit.name for unit in units if unit.key not in keys}.values())


def _words_new(dues: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    keys = {fold(due) for due in known}
    return tuple({fold(due): due for due in dues if fold(due) not in keys}.values())


def _same_duties(old: Side, new: Side) -> bool:
    return (
        _keys(old.lead) == _keys(new.lead)
        and _keys(old.cooperating) == _keys(new.cooperating)
        and {fold(due) for due in old.dues} == {fold(due) for due in new.dues}
    )


def _keys(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(unit.key for unit in units)
