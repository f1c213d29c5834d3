"""The numbers of the conferences below: as their reports were filed, whatever is typed there since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from departments.models import Conference
from measures.enums import ObligationKind
from reporting.enums import EntryState
from reporting.models import Duty, Filing, Indicator


@dataclass(frozen=True, slots=True)
class DistrictFigure:
    """One district's number, as frozen in the report that it filed last."""

    conference: Conference
    has_filed: bool = False
    # The report was returned and is owed again: the number may change.
    is_returned: bool = False
    value: Decimal | None = None
    as_written: str = ""
    cannot_be_counted: bool = False

    @property
    def is_missing(self) -> bool:
        return self.value is None and not self.cannot_be_counted


def districts_of(conference: Conference, year: int) -> list[Conference]:
    """The conferences below that report for ``year``: those that owe a report, or where none does, all that exist."""
    owed = Duty.objects.reports().in_force().filter(conference=conference.pk, year=year)
    below = conference.lower.select_related("jurisdiction").order_by("code")
    rows = list(below.filter(pk__in=owed.exclude(obliged_conference=None).values("obliged_conference")))
    if rows:
        return rows
    last_day = date(year, 12, 31)
    standing = Q(jurisdiction__valid_to=None) | Q(jurisdiction__valid_to__gte=last_day)
    there = Q(jurisdiction__valid_from=None) | Q(jurisdiction__valid_from__lte=last_day)
    return list(below.filter(standing, there))


def district_figures(
    conference: Conference, indicators: list[Indicator], districts: list[Conference], year: int, *, years: int = 2
) -> dict[tuple[int, int], list[DistrictFigure]]:
    """By indicator and year, a figure for each of ``districts``: of the year before only for those that filed.

    Only indicators of the conference's own dictionary that districts report too. One query.
    """
    asked = [row for row in indicators if row.for_districts and row.conference_id == conference.pk]
    filed = _filed(conference, range(year - years + 1, year + 1)) if districts and asked else {}
    found: dict[tuple[int, int], list[DistrictFigure]] = defaultdict(list)
    for indicator in asked:
        for of_year in range(year - years + 1, year + 1):
            for district in districts:
                filing = filed.get((district.pk, of_year))
                if filing is not None:
                    found[indicator.pk, of_year].append(filing.figure(district, conference.code, indicator))
                elif of_year == year:
                    found[indicator.pk, of_year].append(DistrictFigure(district))
    return dict(found)


@dataclass(frozen=True, slots=True)
class _Filed:
    """The numbers of one report as it was filed last, by the dictionary they are in and their codes there.

    A district has a dictionary of its own, in which the same code may mean something else.
    """

    rows: dict[tuple[str, str], dict[str, Any]]
    is_returned: bool

    def figure(self, district: Conference, dictionary: str, indicator: Indicator) -> DistrictFigure:
        row = self.rows.get((dictionary, indicator.code), {})
        return DistrictFigure(
            conference=district,
            has_filed=True,
            is_returned=self.is_returned,
            value=_decimal(row.get("value")),
            as_written=str(row.get("as_written") or ""),
            cannot_be_counted=bool(row.get("cannot_be_counted")),
        )


def _filed(conference: Conference, years: range) -> dict[tuple[int, int], _Filed]:
    """What the conferences below have filed here last and not taken back."""
    filings = Filing.objects.filter(
        recipient=conference.pk,
        withdrawn_at=None,
        report__department=None,
        report__conference__upper=conference.pk,
        report__year__in=years,
        report__duty__kind=ObligationKind.ANNUAL_REPORT,
    )
    # Not the whole snapshot, which holds the text of the report.
    rows = filings.order_by("filed_at", "pk").values_list(
        "report__conference", "report__year", "snapshot__figures", "report__duty__state"
    )
    return {
        (district, year): _Filed(_by_code(figures), state == EntryState.RETURNED)
        for district, year, figures, state in rows
    }


def _by_code(figures: Any) -> dict[tuple[str, str], dict[str, Any]]:
    rows = [row for row in figures if isinstance(row, dict)] if isinstance(figures, list) else []
    return {(str(row.get("dictionary")), str(row.get("code"))): row for row in rows}


def _decimal(text: Any) -> Decimal | None:
    try:
        value = Decimal(str(text)) if text is not None else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and value >= 0 else None
