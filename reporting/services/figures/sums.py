"""Sums over units and districts, and who has not reported. What is not handed in is not counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from departments.models import Conference, Department
from reporting.models import Figure, FigureSheet, Indicator
from reporting.services.figures.asking import Asking
from reporting.services.figures.districts import DistrictFigure, district_figures, districts_of
from reporting.services.figures.questions import change_of

# What says that a number is not exact: kept beside it, and beside every sum that it goes into.
_INEXACT = tuple("约余多近逾超")


class NotSummable(Exception):
    """Numbers that cannot be added up: shares, or counts since the beginning over several years. For people."""


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """One unit's number. ``figure`` None: nothing handed in, or left empty there."""

    department: Department
    figure: Figure | None
    # Whether the unit has handed in a sheet that may be read.
    has_sheet: bool = False

    @property
    def value(self) -> Decimal | None:
        return self.figure.value if self.figure else None

    @property
    def cannot_be_counted(self) -> bool:
        return self.figure is not None and self.figure.cannot_be_counted

    @property
    def is_missing(self) -> bool:
        return self.value is None and not self.cannot_be_counted


@dataclass(frozen=True, slots=True)
class IndicatorSum:
    """One indicator in one year. Whoever is asked is in ``units`` (or, of the districts below, in ``districts``)."""

    indicator: Indicator
    units: list[UnitFigure]
    districts: list[DistrictFigure] = field(default_factory=list)
    # The same sum a year ago.
    last_year: Decimal | None = None

    @property
    def reported(self) -> list[UnitFigure]:
        return [unit for unit in self.units if unit.value is not None]

    @property
    def uncountable(self) -> list[UnitFigure]:
        return [unit for unit in self.units if unit.cannot_be_counted]

    @property
    def missing(self) -> list[UnitFigure]:
        return [unit for unit in self.units if unit.is_missing]

    @property
    def filed(self) -> list[DistrictFigure]:
        """The districts whose report has arrived, whether or not it gives this number."""
        return [district for district in self.districts if district.has_filed]

    @property
    def of_units(self) -> Decimal | None:
        """The sum over units; None where nobody has reported, or where the number is none to be added up."""
        return self._added(unit.value for unit in self.units)

    @property
    def of_districts(self) -> Decimal | None:
        return self._added(district.value for district in self.districts)

    @property
    def total(self) -> Decimal | None:
        """Units and districts together."""
        return self._added([*(unit.value for unit in self.units), *(one.value for one in self.districts)])

    @property
    def change(self) -> Decimal | None:
        """Against last year, in percent; None while numbers are missing: half a sum has not gone down."""
        if self.missing or any(district.is_missing for district in self.districts):
            return None
        return change_of(self.total, self.last_year)

    @property
    def is_inexact(self) -> bool:
        """Whether one of the numbers was written with 「约」 or 「余」."""
        written = [unit.figure.as_written for unit in self.units if unit.figure is not None and unit.value is not None]
        written += [district.as_written for district in self.districts if district.value is not None]
        return any(word in text for text in written for word in _INEXACT)

    def _added(self, values: Iterable[Decimal | None]) -> Decimal | None:
        return added(self.indicator, list(values), sources=len(self.units) + len(self.districts))


def added(indicator: Indicator, values: list[Decimal | None], *, sources: int) -> Decimal | None:
    """The sum of what is there; None where nothing is. What cannot be summed is a number only of a single source."""
    there = [value for value in values if value is not None]
    if not there or (not indicator.is_summed and sources != 1):
        return None
    return sum(there, Decimal(0))


def sums(conference: Conference, year: int) -> list[IndicatorSum]:
    """The year's numbers of a conference, in the order of its dictionary; twelve queries, whatever there is.

    For a district they include what the conference above asks of districts. Units whose report is not handed in, or
    was returned, count as missing; so does a unit that is not asked any more and has reported nothing.
    """
    asking = Asking.of(conference, year)
    figures, sheets = _figures(conference, asking.indicators, year)
    districts = districts_of(conference, year)
    of_districts = district_figures(conference, asking.indicators, districts, year)
    found = []
    for indicator in asking.indicators:
        reported = figures.get((indicator.pk, year), {})
        units = {unit.pk: unit for unit in asking.units[indicator.pk]}
        # A number that was handed in counts, whoever is asked by now.
        units |= {pk: figure.sheet.department for pk, figure in reported.items() if figure.sheet and pk not in units}
        below = of_districts.get((indicator.pk, year), [])
        before = [figure.value for figure in figures.get((indicator.pk, year - 1), {}).values()]
        before += [one.value for one in of_districts.get((indicator.pk, year - 1), [])]
        found.append(
            IndicatorSum(
                indicator=indicator,
                units=[UnitFigure(unit, reported.get(pk), (pk, year) in sheets) for pk, unit in units.items()],
                districts=below,
                last_year=added(indicator, before, sources=len(before)),
            )
        )
    return found


_ByUnit = dict[tuple[int, int], dict[int, Figure]]


def _figures(
    conference: Conference, indicators: list[Indicator], year: int, *, years: int = 2
) -> tuple[_ByUnit, set[tuple[int, int]]]:
    """What units have handed in, by indicator and year and then by unit; and whose sheets of which years are in."""
    sheets = FigureSheet.objects.handed_in().filter(conference=conference.pk, year__gt=year - years, year__lte=year)
    handed_in = {pk: key for pk, *key in sheets.order_by().values_list("pk", "department", "year")}
    rows = (
        Figure.objects.filter(sheet__in=list(handed_in), indicator__in=indicators)
        .select_related("sheet__department")
        .order_by("sheet__department__position", "sheet__department__pk")
    )
    found: _ByUnit = defaultdict(dict)
    for row in rows:
        assert row.sheet is not None  # noqa: S101 - the filter above
        assert row.indicator_id is not None  # noqa: S101 - figures of a sheet have one
        found[row.indicator_id, row.sheet.year][row.sheet.department_id] = row
    return dict(found), {(unit, of_year) for unit, of_year in handed_in.values()}


@dataclass(frozen=True, slots=True)
class YearSum:
    """One indicator's sum in one year, to be put beside those of other years."""

    year: int
    value: Decimal | None


def several_years(conference: Conference, indicator: Indicator, year: int, *, years: int = 5) -> list[YearSum]:
    """The sums of the years up to ``year``, oldest first. Five queries."""
    figures, _sheets = _figures(conference, [indicator], year, years=years)
    districts = districts_of(conference, year)
    below = district_figures(conference, [indicator], districts, year, years=years)
    found = []
    for one in range(year - years + 1, year + 1):
        values: list[Any] = [figure.value for figure in figures.get((indicator.pk, one), {}).values()]
        values += [district.value for district in below.get((indicator.pk, one), []) if district.has_filed]
        found.append(YearSum(one, added(indicator, values, sources=len(values))))
    return found


def over_years(indicator: Indicator, years: Iterable[YearSum]) -> Decimal | None:
    """The sum over several years; raises NotSummable for what is counted since the beginning, or is a share."""
    if indicator.is_cumulative:
        raise NotSummable("累计数已包含以前年度，不能跨年相加。")
    if not indicator.is_summed:
        raise NotSummable("这项指标不能加总。")
    there = [one.value for one in years if one.value is not None]
    return sum(there, Decimal(0)) if there else None
