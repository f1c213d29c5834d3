"""Units whose names come near to words that the registry does not know: offered for choice, never taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

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
    best: dict[int, Candidate] = {}
    for other, known_as in registry.names.items():
        rows = [row for row in known_as if on is None or row.valid_to is None or row.valid_to >= on]
        if not rows:
            continue
        # The place or level in front is what nearly all names share; how much of the shorter one is contained says more.
        score = 0.7 * max(fuzz.ratio(key, other), 0.95 * fuzz.partial_ratio(key, other)) + 0.3 * fuzz.ratio(
            sound, rows[0].pinyin
        )
        for row in rows:
            known = best.get(row.department_id)
            if score >= _LEAST and (known is None or score > known.score):
                best[row.department_id] = Candidate(row.department_id, row.name, round(score, 1))
    found = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.name))[:limit]
    return [candidate for candidate in found if candidate.score >= found[0].score - _REACH]
