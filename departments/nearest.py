"""Units whose names come near to words that the registry does not know: offered for choice, never taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from departments.names import pinyin_of, search_key
from departments.registry import Registry

_LEAST = 45.0
# Whatever is so much farther than the nearest is no candidate beside it.
_REACH = 25.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit by id, the name of it that came nearest, and how near: 0 to 100."""

    department: int
    name: str
    score: float


def nearest(registry: Registry, name: str, *, on: date | None = None, limit: int = 5) -> list[Candidate]:
    """The units nearest to ``name`` by characters and by pinyin, the nearest first; each unit once.

    ``on`` leaves out names that were out of use by then, as those of abolished units are.
    """
    key, sound = search_key(name), pinyin_of(name)
    known = list(registry.names.values())
    keys = list(registry.names)
    whole = _scores(fuzz.ratio, key, keys)
    # The place or level in front is what nearly all names share; how much of the shorter one is contained says more.
    contained = _scores(fuzz.partial_ratio, key, keys)
    spoken = _scores(fuzz.ratio, sound, [known_as[0].pinyin for known_as in known])
    best: dict[int, Candidate] = {}
    for known_as, *scores in zip(known, whole, contained, spoken, strict=True):
        score = 0.7 * max(scores[0], 0.95 * scores[1]) + 0.3 * scores[2]
        if score < _LEAST:
            continue
        for row in known_as:
            if on is not None and row.valid_to is not None and row.valid_to < on:
                continue
            nearer = best.get(row.department_id)
            if nearer is None or score > nearer.score:
                best[row.department_id] = Candidate(row.department_id, row.name, round(score, 1))
    found = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.name))[:limit]
    return [candidate for candidate in found if candidate.score >= found[0].score - _REACH]


def _scores(scorer: Callable[..., float], word: str, others: Sequence[str]) -> list[float]:
    """How near each of ``others`` comes to ``word``, in their order."""
    scores = [0.0] * len(others)
    for _other, score, place in process.extract(word, others, scorer=scorer, limit=None):
        scores[place] = score
    return scores
