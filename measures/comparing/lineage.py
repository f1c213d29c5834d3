"""Which clause became which: links between the clauses of two texts, by index.

First equal texts, then alike ones, then what was split or joined, then headings; what a person decided goes before
all of these. Nothing here says what kind of change a link is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .folding import fold, wording
from .likeness import Likeness, Pair, ratio
from .results import Side

TITLE = "front"
PREAMBLE = "preamble"

# Strength from which two clauses are one whatever stands around them, and what is asked for with and without
# their neighbours agreeing, or with all of them gone elsewhere.
_CERTAIN = 0.5
_LIKELY, _AMONG_FRIENDS, _AMONG_STRANGERS = 0.26, 0.17, 0.42
_PREAMBLES = 0.1
# A clause whose own best counterpart went to another is not given one that is this much weaker.
_SECOND_BEST = 0.7
# How much of a clause must be found in the one that it was split from or joined to, how much of that must be its
# own and of no other part, and how much of the whole the parts must cover together.
_HELD, _SHORT_HELD, _OWN, _COVERED = 0.6, 0.75, 0.5, 0.5
_SHORT, _TOO_SHORT = 12, 5
# A clause whose items went into one clause goes with them if this much of it is found there.
_WITH_ITEMS = 0.25
# Under one number, characters alike from which a clause is the same one however common its words are.
_SAME_PLACE = 0.75
# Headings: alike enough alone; or with something in common and the clauses below them mostly shared.
_HEADING, _HEADING_HINT, _BELOW = 0.55, 0.1, 0.4
_SAMPLE = 1500


@dataclass(slots=True)
class Text:
    """The sides of one text, and what matching needs to know of each, by index."""

    sides: Sequence[Side]
    keys: list[str]
    parents: list[int | None]
    depths: list[int]
    places: list[str]

    @classmethod
    def of(cls, sides: Sequence[Side]) -> Text:
        at: dict[str, int] = {}
        for index, side in enumerate(sides):
            at.setdefault(side.path, index)
        parents: list[int | None] = []
        depths: list[int] = []
        for index, side in enumerate(sides):
            above = side.path.rpartition("/")[0]
            while above and above not in at:
                above = above.rpartition("/")[0]
            parent = at[above] if above and at[above] < index else None
            parents.append(parent)
            depths.append(0 if parent is None else depths[parent] + 1)
        keys = [fold(side.heading + side.text) for side in sides]
        return cls(sides, keys, parents, depths, [fold(side.path).rpartition("/")[2] for side in sides])

    def above(self, index: int) -> list[int]:
        """The clauses that this one is under, the nearest first."""
        found = []
        parent = self.parents[index]
        while parent is not None:
            found.append(parent)
            parent = self.parents[parent]
        return found

    def is_heading(self, index: int) -> bool:
        side = self.sides[index]
        return bool(side.heading.strip()) and not side.text.strip() and not (side.lead or side.cooperating)


class Lineage:
    """Links found so far. ``free_before`` and ``free_after`` are the clauses without any."""

    def __init__(self, before: Text, after: Text) -> None:
        self.before, self.after = before, after
        self.links: set[tuple[int, int]] = set()
        self.origin: dict[int, int] = {}
        self.outcome: dict[int, int] = {}
        self.free_before = dict.fromkeys(range(len(before.sides)))
        self.free_after = dict.fromkeys(range(len(after.sides)))

    def link(self, before: int, after: int) -> None:
        self.links.add((before, after))
        self.outcome.setdefault(before, after)
        self.origin.setdefault(after, before)
        self.free_before.pop(before, None)
        self.free_after.pop(after, None)

    def settle(self, before: Iterable[int] = (), after: Iterable[int] = ()) -> None:
        """Take clauses out of the search; they keep the links that they have."""
        for index in before:
            self.free_before.pop(index, None)
        for index in after:
            self.free_after.pop(index, None)


def find_links(lineage: Lineage) -> None:
    """Complete a lineage around the links that it has."""
    _match_titles(lineage)
    _match_equal(lineage)
    if lineage.free_before and lineage.free_after:
        _Search(lineage).run()


def _match_titles(lineage: Lineage) -> None:
    """A title goes with the other title; where one text has none, the other's says nothing."""
    ours = [index for index in lineage.free_before if lineage.before.sides[index].kind == TITLE]
    theirs = [index for index in lineage.free_after if lineage.after.sides[index].kind == TITLE]
    for before, after in zip(ours, theirs, strict=False):
        lineage.link(before, after)
    lineage.settle(ours, theirs)


def _match_equal(lineage: Lineage) -> None:
    """Equal texts. Where several are equal, those under linked clauses and under the same number go together."""
    before, after = lineage.before, lineage.after
    ours = Counter(before.keys[index] for index in lineage.free_before)
    theirs = Counter(after.keys[index] for index in lineage.free_after)
    at = {after.keys[index]: index for index in lineage.free_after}
    for index in list(lineage.free_before):
        key = before.keys[index]
        if key and ours[key] == theirs[key] == 1:
            lineage.link(index, at[key])

    def linked(parent: int | None) -> int | None:
        return None if parent is None else lineage.outcome.get(parent, -1)

    def units(side: Side) -> frozenset[str]:
        return frozenset(unit.key for unit in (*side.lead, *side.cooperating))

    rounds: list[tuple[Callable[[int], object], Callable[[int], object], bool]] = [
        (
            lambda index: (linked(before.parents[index]), before.places[index], before.keys[index]),
            lambda index: (after.parents[index], after.places[index], after.keys[index]),
            True,
        ),
        (
            lambda index: (before.sides[index].path, before.keys[index]),
            lambda index: (after.sides[index].path, after.keys[index]),
            True,
        ),
        (
            lambda index: (linked(before.parents[index]), before.keys[index], units(before.sides[index])),
            lambda index: (after.parents[index], after.keys[index], units(after.sides[index])),
            False,
        ),
        (
            lambda index: (before.keys[index], units(before.sides[index])),
            lambda index: (after.keys[index], units(after.sides[index])),
            False,
        ),
        (lambda index: before.keys[index], lambda index: after.keys[index], False),
    ]
    for ours_by, theirs_by, with_empty in rounds:
        waiting: dict[object, list[int]] = defaultdict(list)
        # Lists are emptied from their end: the first of equals comes first.
        for index in reversed(list(lineage.free_after)):
            if with_empty or after.keys[index]:
                waiting[theirs_by(index)].append(index)
        # From the outside in: whether the parents are linked decides about the children.
        for index in sorted(lineage.free_before, key=lambda index: (before.depths[index], index)):
            if (with_empty or before.keys[index]) and (found := waiting.get(ours_by(index))):
                lineage.link(index, found.pop())


class _Search:
    """Links between texts that are alike, split, joined, or headings of what is linked."""

    def __init__(self, lineage: Lineage) -> None:
        self.lineage = lineage
        before, after = lineage.before, lineage.after
        self.before, self.after = before, after
        self.wordings_before = {index: wording(before.keys[index]) for index in lineage.free_before}
        self.wordings_after = {index: wording(after.keys[index]) for index in lineage.free_after}
        self.likeness = Likeness(self.wordings_before, self.wordings_after, (_sample(before), _sample(after)))
        self.pairs = self.likeness.pairs(self._same_places())

    def run(self) -> None:
        clauses = [pair for pair in self.pairs if self._is_clause(pair)]
        self._find_best(clauses)
        self._assign(clauses, lambda pair: _CERTAIN)
        self._match_same_places()
        self._headings(certain_only=True)
        self.neighbourhood = _Neighbourhood(self.lineage)
        # What its neighbours speak against is no rival of the counterparts that are left.
        self._find_best([pair for pair in clauses if pair.strength >= self._asked_at_least(pair)])
        self._assign(clauses, self._asked)
        self._join(clauses)
        self._split(clauses)
        self._follow_items(clauses)
        self._headings(certain_only=False)

    def _find_best(self, pairs: list[Pair]) -> None:
        self.best_before: dict[int, float] = defaultdict(float)
        self.best_after: dict[int, float] = defaultdict(float)
        for pair in pairs:
            self.best_before[pair.before] = max(self.best_before[pair.before], pair.strength)
            self.best_after[pair.after] = max(self.best_after[pair.after], pair.strength)

    def _is_clause(self, pair: Pair) -> bool:
        """Headings alone are compared with headings alone; their few words are found in any clause."""
        return not self.before.is_heading(pair.before) and not self.after.is_heading(pair.after)

    def _same_places(self) -> set[tuple[int, int]]:
        at = {self.after.sides[index].path: index for index in self.lineage.free_after}
        under = {(self.after.parents[index], self.after.places[index]): index for index in self.lineage.free_after}
        found = set()
        for index in self.lineage.free_before:
            if (other := at.get(self.before.sides[index].path)) is not None:
                found.add((index, other))
            parent = self.before.parents[index]
            if (
                parent is not None
                and (other := under.get((self.lineage.outcome.get(parent, -1), self.before.places[index]))) is not None
            ):
                found.add((index, other))
        return found

    # --- One to one ---------------------------------------------------------------------------------------------

    def _assign(self, pairs: list[Pair], asked: Callable[[Pair], float]) -> None:
        lineage = self.lineage
        worth = [
            (pair.strength + self._hints(pair), pair)
            for pair in pairs
            if pair.before in lineage.free_before and pair.after in lineage.free_after
        ]
        worth.sort(key=lambda item: (-item[0], item[1].before, item[1].after))
        for _, pair in worth:
            if pair.before not in lineage.free_before or pair.after not in lineage.free_after:
                continue
            best = max(self.best_before[pair.before], self.best_after[pair.after])
            if pair.strength >= asked(pair) and pair.strength >= _SECOND_BEST * best:
                lineage.link(pair.before, pair.after)

    def _hints(self, pair: Pair) -> float:
        """What decides between counterparts that are about as good."""
        before, after = self.before.sides[pair.before], self.after.sides[pair.after]
        ours = {unit.key for unit in (*before.lead, *before.cooperating)}
        theirs = {unit.key for unit in (*after.lead, *after.cooperating)}
        shared = len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0
        headings = bool(before.heading) and fold(before.heading) == fold(after.heading)
        return 0.05 * shared + 0.03 * headings + 0.02 * (before.path == after.path)

    def _asked(self, pair: Pair) -> float:
        asked = self._asked_at_least(pair)
        is_best = pair.strength >= max(self.best_before[pair.before], self.best_after[pair.after])
        return asked if asked != _AMONG_FRIENDS or is_best else _LIKELY

    def _asked_at_least(self, pair: Pair) -> float:
        before, after = self.before.sides[pair.before], self.after.sides[pair.after]
        if before.kind == after.kind == PREAMBLE:
            return _PREAMBLES
        # Aims and measures speak of the same things; the one does not become the other on a weak likeness.
        if (before.kind == "goal") != (after.kind == "goal"):
            return _AMONG_STRANGERS
        agreement = self.neighbourhood.agreement(pair.before, pair.after)
        if agreement is None or 0 < agreement < 0.5:
            return _LIKELY
        return _AMONG_STRANGERS if agreement == 0 else _AMONG_FRIENDS

    def _match_same_places(self) -> None:
        for before, after in sorted(self._same_places()):
            if before in self.lineage.free_before and after in self.lineage.free_after:
                one, other = self.wordings_before[before], self.wordings_after[after]
                if one and other and ratio(one, other) >= _SAME_PLACE:
                    self.lineage.link(before, after)

    # --- One to several -------------------------------------------------------------------------------------------

    def _join(self, pairs: list[Pair]) -> None:
        """Clauses that are largely found in a clause after that has another origin already."""
        lineage, likeness = self.lineage, self.likeness
        taken: dict[int, frozenset[int]] = {}
        by_pair = {(pair.before, pair.after): pair for pair in pairs}
        wanted = [
            pair
            for pair in pairs
            if pair.before in lineage.free_before
            and pair.after in lineage.origin
            and _is_held(pair.before_held, likeness.size_before(pair.before))
        ]
        wanted.sort(key=lambda pair: (-pair.before_held, pair.before, pair.after))
        for pair in wanted:
            first = by_pair.get((lineage.origin[pair.after], pair.after))
            if pair.before not in lineage.free_before or first is None:
                continue
            covered = taken.get(pair.after) or likeness.shared(first)
            shared = likeness.shared(pair)
            if likeness.weight(shared - covered) >= _OWN * likeness.weight(shared):
                lineage.link(pair.before, pair.after)
                taken[pair.after] = covered | shared

    def _split(self, pairs: list[Pair]) -> None:
        """Clauses after that are largely found in a clause before, if together with its first part they are it."""
        lineage, likeness = self.lineage, self.likeness
        by_pair = {(pair.before, pair.after): pair for pair in pairs}
        wanted: dict[int, list[Pair]] = defaultdict(list)
        for pair in pairs:
            if (
                pair.after in lineage.free_after
                and pair.before in lineage.outcome
                and _is_held(pair.after_held, likeness.size_after(pair.after))
            ):
                wanted[pair.before].append(pair)
        for before in sorted(wanted):
            first = by_pair.get((before, lineage.outcome[before]))
            if first is None or not _is_held(first.after_held, likeness.size_after(first.after)):
                continue
            covered = likeness.shared(first)
            parts = []
            for pair in sorted(wanted[before], key=lambda pair: (-pair.after_held, pair.after)):
                shared = likeness.shared(pair)
                if likeness.weight(shared - covered) >= _OWN * likeness.weight(shared):
                    parts.append(pair)
                    covered |= shared
            if likeness.weight(covered) >= _COVERED * likeness.total_before(before):
                for pair in parts:
                    if pair.after in lineage.free_after:
                        lineage.link(pair.before, pair.after)

    def _follow_items(self, pairs: list[Pair]) -> None:
        """A clause whose items were all joined into one clause after was joined with them."""
        items: dict[int, set[int | None]] = defaultdict(set)
        for index, parent in enumerate(self.before.parents):
            if parent is not None and parent in self.lineage.free_before:
                items[parent].add(self.lineage.outcome.get(index))
        for pair in pairs:
            if (
                pair.before in self.lineage.free_before
                and items.get(pair.before) == {pair.after}
                and pair.before_held >= _WITH_ITEMS
            ):
                self.lineage.link(pair.before, pair.after)

    # --- Headings -------------------------------------------------------------------------------------------------

    def _headings(self, *, certain_only: bool) -> None:
        lineage = self.lineage
        alike = {
            (pair.before, pair.after): pair.dice
            for pair in self.pairs
            if pair.before in lineage.free_before
            and pair.after in lineage.free_after
            and self.before.is_heading(pair.before)
            and self.after.is_heading(pair.after)
        }
        below, totals_before, totals_after = _links_below(lineage)
        ranked: list[tuple[float, int, int]] = []
        for (before, after), dice in alike.items():
            votes = below[before, after]
            share = 2 * votes / (totals_before[before] + totals_after[after]) if votes else 0.0
            if dice >= _HEADING or (not certain_only and dice >= _HEADING_HINT and votes >= 2 and share >= _BELOW):
                ranked.append((-dice - share, before, after))
        for _, before, after in sorted(ranked):
            if before in lineage.free_before and after in lineage.free_after:
                lineage.link(before, after)


class _Neighbourhood:
    """Where the clauses around a clause went, as far as that is certain."""

    def __init__(self, lineage: Lineage) -> None:
        self.before, self.after = lineage.before, lineage.after
        self.below, self.totals_before, self.totals_after = _links_below(lineage)

    def agreement(self, before: int, after: int) -> float | None:
        """The share of the clauses around ``before`` that went to the chapter of ``after``; None where few did."""
        chapter = ([after, *self.after.above(after)])[-1]
        for section in self.before.above(before):
            if self.totals_before[section] >= 3:
                return self.below[section, chapter] / self.totals_before[section]
        chapter = ([before, *self.before.above(before)])[-1]
        for section in self.after.above(after):
            if self.totals_after[section] >= 3:
                return self.below[chapter, section] / self.totals_after[section]
        return None


def _links_below(lineage: Lineage) -> tuple[Counter[tuple[int, int]], Counter[int], Counter[int]]:
    """How many links join a clause under one with a clause under the other, and how many leave each at all."""
    pairs: Counter[tuple[int, int]] = Counter()
    totals_before: Counter[int] = Counter()
    totals_after: Counter[int] = Counter()
    for before, after in lineage.links:
        ours, theirs = lineage.before.above(before), lineage.after.above(after)
        totals_before.update(ours)
        totals_after.update(theirs)
        pairs.update((one, other) for one in ours for other in theirs)
    return pairs, totals_before, totals_after


def _is_held(share: float, size: int) -> bool:
    return size >= _TOO_SHORT and share >= (_SHORT_HELD if size < _SHORT else _HELD)


def _sample(text: Text) -> list[str]:
    """Wordings by which the weights are set: of all clauses, or of every n-th of a very long text."""
    step = max(1, len(text.keys) // _SAMPLE)
    return [wording(key) for key in text.keys[::step]]
