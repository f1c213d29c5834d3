"""What units are called in documents of a year: by the names that were in force then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from departments.enums import NameKind
from departments.models import Department, DepartmentName
from departments.models.places import in_force


@dataclass(frozen=True, slots=True)
class UnitNames:
    """``full`` signs a document, ``short`` stands in a text. A unit without a registered full name signs as it is known."""

    full: str
    short: str


def day_of(year: int) -> date:
    """The day on which a year asks who is a member, and whose names its documents use: today, or its last day after it."""
    return min(max(timezone.localdate(), date(year, 1, 1)), date(year, 12, 31))


def names_on(departments: Iterable[int], day: date) -> dict[int, UnitNames]:
    """The names of each unit on ``day``, by its id. Two queries for any number of units."""
    wanted = set(departments)
    names: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    registered = (
        DepartmentName.objects.filter(in_force(day), department__in=wanted, kind__in=(NameKind.FULL, NameKind.SHORT))
        .order_by("pk")
        .values_list("department", "kind", "name", "valid_from")
    )
    # The latest comes last: an old name without an end is still in force when the new one begins.
    for department, kind, name, _since in sorted(registered, key=lambda row: row[3] or date.min):
        names[department][kind].append(name)
    found = {}
    for department, current in Department.objects.filter(pk__in=wanted).values_list("pk", "name"):
        of_unit = names[department]
        shorts = of_unit[NameKind.SHORT]
        short = current if current in shorts or not shorts else shorts[-1]
        fulls = of_unit[NameKind.FULL]
        found[department] = UnitNames(full=fulls[-1] if fulls else short, short=short)
    return found
