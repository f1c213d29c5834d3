"""The numbers as reports print them and filings freeze them (reporting.snapshots): one row an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from departments.models import Conference, Department
from reporting.models import Figure, Indicator
from reporting.services.figures.sheets import sheet_of
from reporting.services.figures.sums import IndicatorSum, sums


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One number of a report. ``value`` None and not ``cannot_be_counted``: there is none, which is not zero.

    ``dictionary`` is the code of the conference whose dictionary the indicator is in: with ``code`` it says which
    indicator it is, whatever the indicator is called by then.
    """

    dictionary: str
    code: str
    name: str
    unit: str
    value: Decimal | None
    as_written: str
    cannot_be_counted: bool
    explanation: str = ""
    is_cumulative: bool = False
    last_year: Decimal | None = None
    # Of a conference: how many units (and districts) it comes from, and how many of those asked are not in it.
    sources: int = 1
    missing: int = 0


def figures_for_report(department: Department, year: int) -> list[ReportFigure]:
    """The numbers of a unit's annual report, answered or not, in the order of its sheet."""
    sheet = sheet_of(department, year)
    return [
        _of_unit(indicator, sheet.figures.get(indicator.pk), sheet.last_year.get(indicator.pk))
        for indicator in sheet.indicators
    ]


def figures_for_conference_report(conference: Conference, year: int) -> list[ReportFigure]:
    """The sums of a conference's report: of its units, and of the districts below it."""
    return [_of_conference(one) for one in sums(conference, year)]


def _of_unit(indicator: Indicator, figure: Figure | None, last: Figure | None) -> ReportFigure:
    return ReportFigure(
        dictionary=indicator.conference.code,
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        value=figure.value if figure else None,
        as_written=figure.as_written if figure else "",
        cannot_be_counted=bool(figure and figure.cannot_be_counted),
        explanation=figure.explanation if figure else "",
        is_cumulative=indicator.is_cumulative,
        last_year=last.value if last else None,
        missing=int(figure is None or (figure.value is None and not figure.cannot_be_counted)),
    )


def _of_conference(one: IndicatorSum) -> ReportFigure:
    total, indicator = one.total, one.indicator
    sources = len(one.reported) + sum(district.value is not None for district in one.districts)
    nobody_can = bool(one.uncountable) and not one.missing and total is None and not sources
    return ReportFigure(
        dictionary=indicator.conference.code,
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        value=total,
        as_written=sum_text(total, is_inexact=one.is_inexact),
        cannot_be_counted=nobody_can,
        is_cumulative=indicator.is_cumulative,
        last_year=one.last_year,
        sources=sources,
        missing=len(one.missing) + sum(district.is_missing for district in one.districts),
    )


def number_text(value: Decimal) -> str:
    """「1,200」, 「55.5」: as people read it, and as it can be typed again."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def sum_text(value: Decimal | None, *, is_inexact: bool) -> str:
    """A sum; 「约」 before it where one of its numbers is not exact. Empty where there is none."""
    if value is None:
        return ""
    return f"约{number_text(value)}" if is_inexact else number_text(value)
