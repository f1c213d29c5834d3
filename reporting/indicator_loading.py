"""Loading a starting dictionary: the indicators of fixtures/indicators that a conference does not have yet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.models import Conference, Department
from departments.names import search_key
from departments.registry import Registry
from reporting.enums import Reporters
from reporting.models import Indicator
from reporting.services.figures.counterparts import resolved
from reporting.services.figures.dictionary import add_indicator, first_open_year

_PLAIN = ("code", "name", "definition", "method", "unit", "source", "reporters", "clause_path")


class IndicatorsNotLoadable(Exception):
    """The file cannot be read or contradicts itself; nothing was changed. ``str()`` is for people."""


@dataclass(slots=True)
class Loaded:
    """What one load did: what it added, how many were there already, and which units nobody could be found for."""

    added: list[Indicator] = field(default_factory=list)
    known: int = 0
    # What the conference above asks of this one already: nobody is asked for the same number twice.
    from_above: int = 0
    # Indicator → names that are no unit of the conference: for its office to say.
    unresolved: dict[str, list[str]] = field(default_factory=dict)


@transaction.atomic
def load_indicators(path: Path, conference: Conference) -> Loaded:
    """Add what the dictionary of ``conference`` lacks, by code; what is there stays as its office has made it.

    What the conference above asks of its districts already is left out.

    A second run adds nothing. Units are found by the exact names of the registry, at any level, and never guessed.
    Raises IndicatorsNotLoadable.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows, aliases = content["indicators"], content.get("aliases", {})
        known = set(Indicator.objects.filter(conference=conference).values_list("code", flat=True))
        asked_above = Indicator.objects.filter(conference=conference.upper_id, for_districts=True, ends_year=None)
        above = {search_key(name) for name in asked_above.values_list("name", flat=True)}
        registry, loaded = Registry.of(conference), Loaded()
        # Closed years are not asked for more afterwards.
        starts_year = first_open_year(conference.pk)
        for position, row in enumerate(rows, start=1):
            if row["code"] in known:
                loaded.known += 1
                continue
            if search_key(row["name"]) in above:
                loaded.from_above += 1
                continue
            known.add(row["code"])
            units, unresolved = _units(row.get("units", ()), aliases, registry)
            if unresolved:
                loaded.unresolved[row["name"]] = unresolved
            indicator = _indicator(row, position, conference)
            indicator.starts_year = starts_year
            indicator.clean_fields(exclude=["conference"])
            loaded.added.append(add_indicator(indicator, departments=units, by=None))
    except KeyError as error:
        raise IndicatorsNotLoadable(f"指标无法载入：缺少 {error}。") from error
    except ValidationError as error:
        raise IndicatorsNotLoadable(f"指标无法载入：{'；'.join(error.messages)}") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise IndicatorsNotLoadable(f"指标无法载入：{error}。") from error
    return loaded


def _indicator(row: dict[str, Any], position: int, conference: Conference) -> Indicator:
    return Indicator(
        conference=conference,
        position=position,
        is_cumulative=row.get("is_cumulative", False),
        is_summed=row.get("is_summed", True),
        for_districts=row.get("for_districts", False),
        asks_above_percent=row.get("asks_above_percent", 50),
        **{"reporters": Reporters.NAMED} | {name: row[name] for name in _PLAIN if name in row},
    )


def _units(
    names: Iterable[str], aliases: dict[str, list[str]], registry: Registry
) -> tuple[list[Department], list[str]]:
    """The units that these names mean here, and the names that mean none."""
    found, unresolved = [], []
    for name in names:
        unit = resolved(aliases.get(name, [name]), registry)
        if unit is None:
            unresolved.append(name)
        else:
            found.append(unit)
    rows = Department.objects.in_bulk(found)
    return [rows[unit] for unit in dict.fromkeys(found)], unresolved
