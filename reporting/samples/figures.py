"""Made-up numbers for the demo: a dictionary, last year's sheets, and this year's as far as anybody has got by then."""

from __future__ import annotations

import random
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from departments.models import Conference, Department, User
from reporting.indicator_loading import load_indicators
from reporting.models import Figure, FigureSheet, Indicator
from reporting.services.figures import Asking, number_text
from reporting.services.figures.counterparts import suggested_units
from reporting.services.figures.dictionary import hand_out

# About how much one unit reports in a year, by the beginning of the indicator's unit.
_ABOUT = {"场": 14, "人次": 900, "份": 3000, "期": 3, "人": 24, "起": 9, "条": 30, "件": 12, "万元": 60, "次": 2}
# This share of a sheet's numbers is still empty this year, cannot be counted, or has moved far from last year's.
_EMPTY, _UNCOUNTABLE, _MOVED = 0.2, 0.04, 0.1
# This share of the units has begun this year.
_BEGUN = 0.7


@transaction.atomic
def load(conference: Conference, year: int, by: User) -> int:
    """Make sheets of ``year`` and the year before where there are none, with the dictionary that they need.

    Always the same numbers for the same conference and year. Returns how many sheets were made; a second run makes
    none. Call it for a city before its districts, which report what the city asks. Sheets are written as they would
    stand, without events: ``by`` is whom they are said to come from.
    """
    load_indicators(settings.BASE_DIR / "fixtures" / "indicators" / "indicators.json", conference)
    for indicator, named in suggested_units(conference, year).items():
        hand_out(indicator, conference, departments=named, by=by)
    draw = random.Random(f"{conference.code}-{year}")  # noqa: S311 - sample data
    asking = Asking.of(conference, year)
    units = {unit.pk: unit for found in asking.units.values() for unit in found}
    there = set(
        FigureSheet.objects.filter(conference=conference, year__in=(year, year - 1)).values_list("department", "year")
    )
    made = 0
    for unit in units.values():
        indicators = asking.of_unit(unit.pk)
        amounts = {indicator.pk: _amount(indicator, draw) for indicator in indicators}
        has_begun = draw.random() < _BEGUN
        rows = {year - 1: _last_year(indicators, amounts), year: _this_year(indicators, amounts, draw)}
        for of_year, figures in rows.items():
            if (unit.pk, of_year) in there or (of_year == year and not has_begun):
                continue
            _store(unit, of_year, figures, by)
            made += 1
    return made


def _amount(indicator: Indicator, draw: random.Random) -> int:
    about = _ABOUT.get(indicator.unit, 20)
    return max(1, round(about * draw.uniform(0.4, 1.6))) * (5 if indicator.is_cumulative else 1)


def _last_year(indicators: list[Indicator], amounts: dict[int, int]) -> list[Figure]:
    return [_figure(place, row, amounts[row.pk]) for place, row in enumerate(indicators)]


def _this_year(indicators: list[Indicator], amounts: dict[int, int], draw: random.Random) -> list[Figure]:
    figures = []
    for place, row in enumerate(indicators):
        lot, amount = draw.random(), amounts[row.pk]
        if lot < _EMPTY:
            continue
        if lot < _EMPTY + _UNCOUNTABLE:
            figures.append(_figure(place, row, None, explanation="（演示数据，虚构）统计系统升级，年底前无法取数。"))
        elif lot < _EMPTY + _UNCOUNTABLE + _MOVED and not row.is_cumulative:
            figures.append(_figure(place, row, amount * 2 + 1, explanation="（演示数据，虚构）本年集中开展专项行动。"))
        else:
            grown = round(amount * draw.uniform(1.0, 1.25))
            figures.append(_figure(place, row, grown, is_about=amount > 1000))
    return figures


def _figure(
    place: int, indicator: Indicator, value: int | None, *, explanation: str = "", is_about: bool = False
) -> Figure:
    written = "" if value is None else number_text(Decimal(value))
    return Figure(
        indicator=indicator,
        position=place,
        name=indicator.name,
        unit=indicator.unit,
        value=None if value is None else Decimal(value),
        as_written=f"约{written}" if is_about else written,
        cannot_be_counted=value is None,
        explanation=explanation,
    )


def _store(unit: Department, year: int, figures: list[Figure], by: User) -> None:
    sheet = FigureSheet.objects.create(
        conference_id=unit.conference_id,
        department=unit,
        year=year,
        lock_version=1,
        updated_at=timezone.now(),
        updated_by=by,
    )
    for figure in figures:
        figure.conference_id, figure.sheet = unit.conference_id, sheet
    Figure.objects.bulk_create(figures)
