"""Resolving names as written in documents to units: exactly, or not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from departments.models import Conference, DepartmentName
from departments.names import search_key


@dataclass(frozen=True, slots=True)
class Registry:
    """All names of one conference's units, read once; resolving then costs no query.

    A key may belong to several units over time (a successor that kept a short name): the date decides, and where
    it does not decide alone the name stays unresolved. A name is never guessed.
    """

    conference: Conference
    names: dict[str, list[DepartmentName]] = field(default_factory=dict)

    @classmethod
    def of(cls, conference: Conference) -> Registry:
        names: dict[str, list[DepartmentName]] = defaultdict(list)
        for name in DepartmentName.objects.filter(conference=conference).order_by("pk"):
            names[name.search_key].append(name)
        return cls(conference, dict(names))

    def resolve(self, name: str, on: date | None = None) -> int | None:
        """The id of the one unit that ``name`` means on the day ``on``; None if there is none or more than one."""
        candidates = self.names.get(search_key(name), [])
        if on is not None and len({candidate.department_id for candidate in candidates}) > 1:
            candidates = [
                candidate
                for candidate in candidates
                if (candidate.valid_from is None or candidate.valid_from <= on)
                and (candidate.valid_to is None or candidate.valid_to >= on)
            ]
        units = {candidate.department_id for candidate in candidates}
        return units.pop() if len(units) == 1 else None
