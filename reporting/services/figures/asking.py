"""Who is asked for which number: what an indicator's reporters mean in one conference and one year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from departments.models import Conference, Department, Membership
from departments.models.places import in_force
from measures.enums import ResponsibilityRole
from reporting.enums import Reporters
from reporting.models import Indicator, IndicatorUnit, Progress
from reporting.services.naming import day_of

_OF_CLAUSES = (Reporters.CLAUSE_LEADS, Reporters.CLAUSE_PARTIES)


@dataclass(frozen=True, slots=True)
class Asking:
    """The numbers that a conference's units are asked for in a year: ``Asking.of(conference, year)``.

    ``indicators`` are the conference's own and, of the conference above, those that districts report too; these come
    first. ``units`` are the units that each is asked of, by the indicator's key, in the order of the conference's list.
    """

    indicators: list[Indicator]
    units: dict[int, list[Department]]

    @classmethod
    def of(cls, conference: Conference, year: int, *, department: Department | None = None) -> Asking:
        """Five queries at most, whatever there is; with ``department`` only what is asked of that unit, in four.

        Of the numbers that the conference above asks of its districts, its office says which of its units report
        them; those that all members report need not be handed out.
        """
        indicators = _indicators(conference, year)
        if not indicators:
            return cls([], {})
        units = _Units(conference, year, department.pk if department else None)
        named, parties = units.named(indicators), units.parties(indicators)
        members = units.members()
        asked = {}
        for indicator in indicators:
            found = named.get(indicator.pk, set())
            if indicator.conference_id != conference.pk:
                # The units that are named above, and the clauses of the plan above, are not the district's.
                asked[indicator.pk] = found or (members if indicator.reporters == Reporters.MEMBERS else set())
            elif indicator.reporters == Reporters.MEMBERS:
                asked[indicator.pk] = members
            elif indicator.reporters == Reporters.NAMED:
                asked[indicator.pk] = found
            else:
                asked[indicator.pk] = _of_clause(indicator, parties)
        wanted = set().union(*asked.values())
        rows = [department] if department else list(Department.objects.filter(pk__in=wanted))
        return cls(indicators, {pk: [row for row in rows if row.pk in found] for pk, found in asked.items()})

    def pairs(self) -> list[tuple[Indicator, list[Department]]]:
        """Each indicator with the units that it is asked of, in the order of the dictionary."""
        return [(indicator, self.units[indicator.pk]) for indicator in self.indicators]

    def of_unit(self, department: int) -> list[Indicator]:
        """What is asked of one unit, in the order of the dictionary."""
        return [one for one in self.indicators if any(unit.pk == department for unit in self.units[one.pk])]


def indicators_for(department: Department, year: int) -> list[Indicator]:
    """The numbers that the unit is asked for in ``year``."""
    return Asking.of(department.conference, year, department=department).of_unit(department.pk)


def _indicators(conference: Conference, year: int) -> list[Indicator]:
    asked = Q(conference=conference.pk)
    if conference.upper_id is not None:
        asked |= Q(conference=conference.upper_id, for_districts=True)
    found = Indicator.objects.filter(asked).in_force_in(year).select_related("conference")
    return sorted(found, key=lambda row: order_of(row, conference.pk))


def order_of(indicator: Indicator, conference_id: int) -> tuple[bool, int, str]:
    """Where it stands in the lists of a conference: what the conference above asks comes first."""
    return indicator.conference_id == conference_id, indicator.position, indicator.code


def _of_clause(indicator: Indicator, parties: dict[str, dict[int, set[str]]]) -> set[int]:
    units = parties.get(indicator.clause_path, {})
    if indicator.reporters == Reporters.CLAUSE_PARTIES:
        return set(units)
    return {unit for unit, roles in units.items() if ResponsibilityRole.LEAD in roles}


class _Units:
    """The conference's units by what they are: named, member, party of a clause. One query each."""

    def __init__(self, conference: Conference, year: int, department: int | None) -> None:
        self.conference, self.year = conference, year
        self.day = day_of(year)
        self.only = Q() if department is None else Q(department=department)

    def named(self, indicators: Iterable[Indicator]) -> dict[int, set[int]]:
        """Units that the office has named, by indicator; without those that are gone, or are not there yet."""
        pairs = IndicatorUnit.objects.filter(
            self.only,
            in_force(self.day, "department__existed_from", "department__existed_to"),
            indicator__in=[indicator.pk for indicator in indicators],
            department__conference=self.conference.pk,
        )
        found: dict[int, set[int]] = defaultdict(set)
        for indicator, unit in pairs.values_list("indicator", "department"):
            found[indicator].add(unit)
        return found

    def members(self) -> set[int]:
        seats = Membership.objects.filter(self.only, conference=self.conference.pk).in_force_on(self.day)
        return set(seats.order_by().values_list("department", flat=True))

    def parties(self, indicators: Iterable[Indicator]) -> dict[str, dict[int, set[str]]]:
        """Units with their roles, by the path of the clause that they answer for in this year."""
        paths = {row.clause_path for row in indicators if row.reporters in _OF_CLAUSES and row.clause_path}
        entries = Progress.objects.in_force().filter(
            self.only, conference=self.conference.pk, year=self.year, clause__path__in=paths
        )
        found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for path, unit, role in entries.order_by().values_list("clause__path", "department", "role"):
            found[path][unit].add(role)
        return found
