"""The clauses of a read plan as sides of a comparison."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable

from measures.reading import Clause, Party, PlanText, Recurrence
from measures.reading.units import without_plates

from .folding import fold
from .results import Side, Unit

# What a document holds beside its plan: signatures and what the web page adds; of the front, only the title counts.
FRONT, BACK = "front", "back"


def unit_key(name: str) -> str:
    """The identity of a unit of which only the name is known: width, case, white space and plates in brackets aside."""
    return (fold(without_plates(name)) or fold(name)).casefold()


def sides_of(plan: PlanText, key: Callable[[Party], str] | None = None) -> list[Side]:
    """The clauses of a read plan as sides, in their order.

    Signatures and web furniture (kinds ``front`` and ``back``) are left out, except that the plan's title stands
    for the front. ``key`` gives the identity of a unit, by default its name (see ``unit_key``).
    """
    identity = key or (lambda party: unit_key(party.name))
    dues: dict[str, list[str]] = defaultdict(list)
    for obligation in plan.obligations:
        dues[obligation.basis].append(due_words(obligation.recurrence))
    sides = []
    for clause in plan.clauses:
        if clause.kind == FRONT:
            sides += title_side(clause.path, plan.title)
        elif clause.kind != BACK:
            sides.append(_side(clause, identity, dues.get(clause.path, ())))
    return sides


def title_side(path: str, title: str) -> list[Side]:
    """The front of a document as far as it is compared: its title, if it has one."""
    return [Side(path, "", title, "", FRONT)] if title.strip() else []


def due_words(recurrence: Recurrence) -> str:
    """When something falls due, in words: 「每年12月15日前」, 「2030年底」, 「每年至少1次」."""
    times = f"{recurrence.times}次" if recurrence.times else ""
    match recurrence.type:
        case "at_least":
            return f"每年至少{times or '1次'}"
        case "event":
            return "及时"
        case "continuing":
            return "长期坚持"
        case "once":
            year = f"{recurrence.year}年" if recurrence.year else ""
            return year + _date(recurrence, ends_year=bool(year)) or "一次性"
        case "half_yearly":
            return f"每半年{_end_of_period(recurrence, 183, '期末前')}{times}"
        case "quarterly":
            return f"每季度{_end_of_period(recurrence, 92, '末前')}{times}"
        case "monthly":
            return f"每月{_end_of_period(recurrence, 31, '底前')}{times}"
        case _:
            return f"每年{_date(recurrence, ends_year=True)}{times}"


def _date(recurrence: Recurrence, *, ends_year: bool) -> str:
    month, day = recurrence.month, recurrence.day
    if not month:
        return ""
    if ends_year and month == 12 and (day or 0) >= 31:
        return "底"
    if not day:
        return f"{month}月"
    year = recurrence.year or 2023
    if day >= monthrange(year, month)[1]:
        return f"{month}月底前"
    return f"{month}月{day}日{_limit(recurrence)}"


def _end_of_period(recurrence: Recurrence, longest: int, end: str) -> str:
    """The day in a period that comes again: its last, or one of every (first) month of it."""
    if not recurrence.day:
        return ""
    if recurrence.day >= min(31, longest):
        return end
    first = "首月" if recurrence.month and recurrence.type == "quarterly" else ""
    last = "" if recurrence.type == "monthly" or first else "末月"
    return f"{first or last}{recurrence.day}日{_limit(recurrence)}"


def _limit(recurrence: Recurrence) -> str:
    return "前（不含当日）" if recurrence.includes_day is False else "前"


def _side(clause: Clause, identity: Callable[[Party], str], dues: Iterable[str]) -> Side:
    return Side(
        path=clause.path,
        label=clause.label,
        heading=clause.heading,
        text=clause.text,
        kind=clause.kind,
        lead=_units(clause.lead, identity),
        cooperating=_units(clause.cooperating, identity),
        dues=tuple(dict.fromkeys(dues)),
    )


def _units(parties: Iterable[Party], identity: Callable[[Party], str]) -> tuple[Unit, ...]:
    units: dict[str, Unit] = {}
    for party in parties:
        key = identity(party)
        units.setdefault(key, Unit(key, party.name))
    return tuple(units.values())
