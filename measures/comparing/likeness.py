"""How alike clauses are in what they say: shared pairs of characters, the rare ones counting most."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

# A pair of characters in more clauses than this points at nobody; it still counts when two clauses are weighed.
_MOST_POSTINGS = 64
# How many of a clause's rarest pairs look for counterparts, and how many counterparts are weighed.
_PROBES = 40
_CANDIDATES = 12
# Characters of one text times characters of the other up to which they are compared one by one.
_MOST_CELLS = 10**10


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause before and one after, by index, and how much they share.

    ``dice`` is the share of both together; ``before_held`` and ``after_held`` say how much of the one is found
    in the other. All from 0 to 1, by weight.
    """

    before: int
    after: int
    dice: float
    before_held: float
    after_held: float

    @property
    def strength(self) -> float:
        """High where the texts are alike, and where one has the other within it and is not much longer."""
        return math.sqrt(self.dice * max(self.before_held, self.after_held))


class Likeness:
    """The clauses in question on both sides, as weighted pairs of characters.

    ``before`` and ``after`` are wordings (see ``folding.wording``) by index; ``background`` are two samples of
    wordings, of all clauses before and all after, by which the weights are set: what many clauses say weighs little.
    """

    def __init__(
        self,
        before: dict[int, str],
        after: dict[int, str],
        background: tuple[Sequence[str], Sequence[str]],
    ) -> None:
        self._ids: dict[int, int] = {}
        self._before = {index: self._known(text) for index, text in before.items()}
        self._after = {index: self._known(text) for index, text in after.items()}
        self._weights = self._weigh(background)
        self._totals_before = {index: self._sum(grams) for index, grams in self._before.items()}
        self._totals_after = {index: self._sum(grams) for index, grams in self._after.items()}

    def pairs(self, also: Iterable[tuple[int, int]] = ()) -> list[Pair]:
        """The pairs that are worth a look, and those of ``also``; never all against all."""
        found = set(also)
        found.update(self._candidates(self._before, self._after))
        found.update((before, after) for after, before in self._candidates(self._after, self._before))
        pairs: list[Pair] = []
        sought, held = -1, frozenset[int]()
        for before, after in sorted(found):
            if before != sought:
                sought, held = before, frozenset(self._before[before])
            common = sum(self._weights[gram] for gram in self._after[after] if gram in held)
            pairs.append(self._pair(before, after, common))
        return [pair for pair in pairs if pair.dice]

    def shared(self, pair: Pair) -> frozenset[int]:
        """What the two have in common, to be weighed by ``weight``."""
        return frozenset(self._before[pair.before]).intersection(self._after[pair.after])

    def weight(self, grams: Iterable[int]) -> float:
        return self._sum(grams)

    def size_before(self, index: int) -> int:
        return len(self._before[index])

    def size_after(self, index: int) -> int:
        return len(self._after[index])

    def total_before(self, index: int) -> float:
        return self._totals_before[index]

    def _pair(self, before: int, after: int, common: float) -> Pair:
        one, other = self._totals_before[before], self._totals_after[after]
        if not common:
            return Pair(before, after, 0.0, 0.0, 0.0)
        return Pair(before, after, 2 * common / (one + other), common / one, common / other)

    def _known(self, text: str) -> array[int]:
        return array("I", [self._ids.setdefault(gram, len(self._ids)) for gram in sorted(_grams(text))])

    def _weigh(self, background: tuple[Sequence[str], Sequence[str]]) -> list[float]:
        counts = []
        for texts in background:
            count = [0] * len(self._ids)
            for text in texts:
                for gram in _grams(text):
                    if (known := self._ids.get(gram)) is not None:
                        count[known] += 1
            counts.append(count)
        everything = max(map(len, background), default=0) + 1
        # A pair that one clause of each side has is as rare as one that only one clause has.
        return [math.log(1 + everything / max(1, *both)) for both in zip(*counts, strict=True)]

    def _sum(self, grams: Iterable[int]) -> float:
        # Added up exactly: the order of the clauses must not decide a tie.
        return math.fsum(self._weights[gram] for gram in grams)

    def _candidates(self, seeking: dict[int, array[int]], sought: dict[int, array[int]]) -> Iterable[tuple[int, int]]:
        wanted = bytearray(len(self._ids))
        for grams in seeking.values():
            for gram in grams:
                wanted[gram] = 1
        postings: dict[int, list[int]] = defaultdict(list)
        for index, grams in sought.items():
            for gram in grams:
                # One more than enough shows that there are too many.
                if wanted[gram] and len(found := postings[gram]) <= _MOST_POSTINGS:
                    found.append(index)
        postings = {gram: found for gram, found in postings.items() if len(found) <= _MOST_POSTINGS}
        for index, grams in seeking.items():
            probes = sorted((len(postings[gram]), gram) for gram in grams if gram in postings)[:_PROBES]
            scores: dict[int, float] = defaultdict(float)
            for length, gram in probes:
                worth = 1 / length
                for other in postings[gram]:
                    scores[other] += worth
            best = sorted(scores, key=lambda other: (-scores[other], other))[:_CANDIDATES]
            yield from ((index, other) for other in best)


def ratio(one: str, other: str) -> float:
    """How alike two folded texts are character by character, 0 to 1; two empty ones are equal."""
    if one == other:
        return 1.0
    if len(one) * len(other) > _MOST_CELLS:
        shared = sum((Counter(one) & Counter(other)).values())
        return 2 * shared / (len(one) + len(other))
    return fuzz.ratio(one, other) / 100


def _grams(text: str) -> set[int]:
    codes = array("I", text.encode("utf-32-le", "surrogatepass"))
    if len(codes) < 2:
        return set(codes)
    return {(first << 21) | second for first, second in pairwise(codes)}
