"""Which of a district's units are likely to report what the city asks: the ones of the same name, one level down.

Only a suggestion, which the district's office confirms: a unit is never asked because of what it is called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from departments.models import Conference, Department, DepartmentName
from departments.registry import Registry
from reporting.models import Indicator
from reporting.services.figures.asking import Asking

# What stands before the name of a unit in the registries of different levels; documents leave it out or not.
LEVELS = ("", "市", "县", "区", "旗", "省", "自治区", "州", "盟", "兵团", "师")


def resolved(names: Iterable[str], registry: Registry) -> int | None:
    """The unit that one of ``names``, which have no level before them, means exactly in a registry of any level."""
    for name in names:
        for level in LEVELS:
            unit = registry.resolve(f"{level}{name}")
            if unit is not None:
                return unit
    return None


def suggested_units(conference: Conference, year: int) -> dict[Indicator, list[Department]]:
    """For what the conference above asks of districts and nobody reports here yet: the counterparts of its own units.

    Indicators without any are left out. Eleven queries at most.
    """
    if conference.upper is None:
        return {}
    nobody = [
        indicator
        for indicator, units in Asking.of(conference, year).pairs()
        if indicator.conference_id != conference.pk and not units
    ]
    if not nobody:
        return {}
    above = Asking.of(conference.upper, year).units
    named = {indicator.pk: above.get(indicator.pk, []) for indicator in nobody}
    names = _names(unit.pk for units in named.values() for unit in units)
    registry = Registry.of(conference)
    wanted = {indicator: [resolved(names[unit.pk], registry) for unit in named[indicator.pk]] for indicator in nobody}
    rows = Department.objects.in_bulk({pk for found in wanted.values() for pk in found if pk is not None})
    units = {
        indicator: [rows[pk] for pk in dict.fromkeys(found) if pk is not None] for indicator, found in wanted.items()
    }
    return {indicator: found for indicator, found in units.items() if found}


def _names(departments: Iterable[int]) -> dict[int, list[str]]:
    """All names of these units, without the level before them."""
    found: dict[int, list[str]] = defaultdict(list)
    for name in DepartmentName.objects.filter(department__in=set(departments)).order_by("pk"):
        found[name.department_id] += _without_level(name.name)
    return found


def _without_level(name: str) -> Iterator[str]:
    for level in LEVELS:
        if name.startswith(level) and len(name) > len(level) + 1:
            yield name.removeprefix(level)
