"""Which part of a year's ledger is meant, and as whom it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from departments.access import Access
from departments.models import Conference, Department

_CHAPTER, _UNIT, _DISTRICTS = "chapter:", "unit:", "districts"


@dataclass(frozen=True, slots=True)
class Part:
    """All of it, one chapter (by its path), or one unit (by its code); of a city the districts' rows beside it."""

    chapter: str = ""
    unit: str = ""
    districts: bool = False

    @classmethod
    def of(cls, scope: str) -> Self:
        """The part that a job names; of words that name none, all of it."""
        if scope.startswith(_CHAPTER):
            return cls(chapter=scope.removeprefix(_CHAPTER))
        if scope.startswith(_UNIT):
            return cls(unit=scope.removeprefix(_UNIT))
        return cls(districts=scope == _DISTRICTS)

    def __str__(self) -> str:
        if self.chapter:
            return _CHAPTER + self.chapter
        if self.unit:
            return _UNIT + self.unit
        return _DISTRICTS if self.districts else ""

    @property
    def is_whole(self) -> bool:
        return not (self.chapter or self.unit)

    def narrow(self) -> Q:
        """The condition that an entry belongs to the part."""
        condition = Q()
        if self.chapter:
            condition &= Q(clause__path=self.chapter) | Q(clause__path__startswith=f"{self.chapter}/")
        if self.unit:
            condition &= Q(department__code=self.unit)
        return condition


def as_office(conference: Conference) -> Access:
    """What the office may read: what was handed in. Its files are read by its auditors as well, who may read that."""
    return Access(office_of=frozenset({conference.pk}))


def as_unit(department: Department) -> Access:
    """What a unit may read, its own drafts among it."""
    return Access(liaison_of=frozenset({department.pk}), member_of=frozenset({department.conference_id}))
