"""Sums over units and districts as pages show them: what is missing first, every number with what it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models import Conference
from reporting.models.entries import DutyQuerySet
from reporting.pages.figures import marks_of, meaning_of, signed, written
from reporting.services.figures import IndicatorSum, UnitFigure, number_text, sum_text
from reporting.services.figures.districts import DistrictFigure

# So many indicators fit beside each other on the wide side of a sheet.
_COLUMNS = 10
# A longer list of who is missing is folded up.
_MOST_OPEN = 12


class Urging:
    """Whom the office may urge about numbers that are missing: the annual report that they come with."""

    def __init__(self, code: str, year: int, duties: DutyQuerySet, today: date, *, may_urge: bool) -> None:
        self.page = reverse("reporting:urge_many", args=[code, year]) if may_urge else ""
        # Units that are late already.
        self.late: set[int] = set()
        self.of_units: dict[int, int] = {}
        self.of_districts: dict[int, int] = {}
        owed = duties.reports().in_force().outstanding().order_by("due_on")
        for pk, unit, district, due_on in owed.values_list("pk", "department", "obliged_conference", "due_on"):
            if unit is not None:
                self.of_units.setdefault(unit, pk)
                self.late |= {unit} if due_on < today else set()
            elif district is not None:
                self.of_districts.setdefault(district, pk)

    def url(self, duties: Iterable[int]) -> str:
        """Where these are urged together; empty where there is nothing to urge about."""
        chosen = list(dict.fromkeys(duties))
        return f"{self.page}?{urlencode({'duty': chosen}, doseq=True)}" if self.page and chosen else ""

    def units_url(self, units: Iterable[UnitFigure]) -> str:
        known = (self.of_units.get(unit.department.pk) for unit in units)
        return self.url(duty for duty in known if duty is not None)

    def districts_url(self, districts: Iterable[DistrictFigure]) -> str:
        known = (self.of_districts.get(district.conference.pk) for district in districts)
        return self.url(duty for duty in known if duty is not None)


def sums_page(found: list[IndicatorSum], conference: Conference, year: int, urging: Urging) -> dict[str, Any]:
    """The table of sums, those with missing numbers first; who owes most, before it; the totals of the page."""
    rows = [_sum_row(one, conference, year, urging) for one in found]
    rows.sort(key=lambda row: not row["missing"])
    missing = sum(len(one.missing) for one in found)
    asked = sum(len(one.units) for one in found)
    debtors = _debtors(found, urging)
    return {
        "rows": rows,
        "has_districts": any(one.districts for one in found),
        "debtors": debtors,
        "totals": [
            {"label": _("指标"), "value": len(found), "url": "", "is_red": False},
            {"label": _("应报数"), "value": asked, "url": "", "is_red": False},
            {
                "label": _("未报"),
                "value": missing,
                "url": "#missing-title" if missing else "",
                "is_red": any(row["is_late"] for row in debtors["rows"]),
            },
            {
                "label": _("无法统计"),
                "value": sum(len(one.uncountable) for one in found),
                "url": "",
                "is_red": False,
            },
        ],
    }


def _sum_row(one: IndicatorSum, conference: Conference, year: int, urging: Urging) -> dict[str, Any]:
    indicator = one.indicator
    missing_districts = [district for district in one.districts if district.is_missing]
    return {
        "key": indicator.pk,
        "name": indicator.name,
        "unit": indicator.unit,
        "marks": marks_of(indicator) + ([_("上级统一要求")] if indicator.conference_id != conference.pk else []),
        "meaning": meaning_of(indicator),
        "total": sum_text(one.total, is_inexact=one.is_inexact),
        "of_units": _number(one.of_units),
        "of_districts": _number(one.of_districts) if one.districts else "",
        "is_summed": indicator.is_summed or len(one.units) + len(one.districts) == 1,
        "reported": len(one.reported),
        "uncountable": len(one.uncountable),
        "missing": len(one.missing),
        "is_late": any(unit.has_sheet or unit.department.pk in urging.late for unit in one.missing),
        "asked": len(one.units),
        "filed_text": _("%(filed)d/%(all)d") % {"filed": len(one.filed), "all": len(one.districts)}
        if one.districts
        else "",
        "last_year": _number(one.last_year),
        "change": signed(one.change),
        "values": [
            {
                "name": unit.department.name,
                "url": reverse("reporting:figures", args=[year, unit.department.code]) if unit.has_sheet else "",
                "explanation": unit.figure.explanation if unit.figure else "",
                **_standing(unit),
            }
            # The missing ones first, the others in the conference's order.
            for unit in sorted(one.units, key=lambda unit: not unit.is_missing)
        ],
        "districts": [
            {"name": str(district.conference), **_district_standing(district)}
            for district in sorted(one.districts, key=lambda district: not district.is_missing)
        ],
        "urge_url": urging.units_url(one.missing),
        "urge_districts_url": urging.districts_url(missing_districts),
        "url": reverse("reporting:indicator", args=[conference.code, year, indicator.pk]),
    }


def _standing(unit: UnitFigure) -> dict[str, Any]:
    shown = written(unit.figure)
    if shown["is_empty"]:
        shown["text"] = _("已报送，此项未填") if unit.has_sheet else _("未报")
    return shown


def _district_standing(district: DistrictFigure) -> dict[str, Any]:
    if not district.is_missing:
        text = _("无法统计") if district.cannot_be_counted else district.as_written or _number(district.value)
    else:
        text = _("已报送，此项未填") if district.has_filed else _("未报")
    if district.is_returned:
        text = _("%(text)s（报告已退回，待重报）") % {"text": text}
    return {"text": text, "is_empty": district.is_missing, "is_uncountable": district.cannot_be_counted}


def _number(value: Decimal | None) -> str:
    return number_text(value) if value is not None else ""


def _debtors(found: list[IndicatorSum], urging: Urging) -> dict[str, Any]:
    """Units from whom numbers are missing, those that owe most first.

    Late is whose report is, and who has filed it without the number.
    """
    owed: dict[int, list[UnitFigure]] = {}
    names: dict[int, list[str]] = {}
    for one in found:
        for unit in one.missing:
            owed.setdefault(unit.department.pk, []).append(unit)
            names.setdefault(unit.department.pk, []).append(one.indicator.name)
    rows: list[dict[str, Any]] = []
    for pk, units in sorted(owed.items(), key=lambda item: -len(item[1])):
        has_filed = any(unit.has_sheet for unit in units)
        rows.append(
            {
                "name": units[0].department.name,
                "number": len(units),
                "indicators": "、".join(names[pk]),
                "has_filed": has_filed,
                "is_late": has_filed or pk in urging.late,
                "urge_url": urging.units_url(units[:1]),
            }
        )
    return {
        "rows": rows,
        "summary": _("%(units)d 家单位还缺 %(numbers)d 个数")
        % {"units": len(rows), "numbers": sum(row["number"] for row in rows)},
        "is_open": len(rows) <= _MOST_OPEN,
        "urge_url": urging.units_url(units[0] for units in owed.values()),
    }


def matrix(found: list[IndicatorSum]) -> list[dict[str, Any]]:
    """Tables of units × indicators, as many indicators in each as fit the wide side of a sheet."""
    return [_matrix(found[start : start + _COLUMNS]) for start in range(0, len(found), _COLUMNS)]


def _matrix(columns: list[IndicatorSum]) -> dict[str, Any]:
    units = {unit.department.pk: unit.department for one in columns for unit in one.units}
    by_unit = [{unit.department.pk: unit for unit in one.units} for one in columns]
    has_districts = any(one.districts for one in columns)
    return {
        "columns": [
            {"name": one.indicator.name, "unit": one.indicator.unit, "marks": marks_of(one.indicator)}
            for one in columns
        ],
        "rows": [
            {"name": unit.name, "cells": [_cell(cells.get(pk)) for cells in by_unit]}
            for pk, unit in sorted(units.items(), key=lambda item: (item[1].position, item[0]))
        ],
        "districts": [
            {"text": _number(one.of_districts), "filed": f"{len(one.filed)}/{len(one.districts)}"}
            if one.districts
            else None
            for one in columns
        ]
        if has_districts
        else [],
        "totals": [
            {"text": sum_text(one.total, is_inexact=one.is_inexact), "is_summed": one.indicator.is_summed}
            for one in columns
        ],
    }


def _cell(unit: UnitFigure | None) -> dict[str, Any]:
    if unit is None:
        return {"text": "", "is_asked": False, "is_empty": True, "is_uncountable": False}
    shown = written(unit.figure)
    if shown["is_empty"]:
        shown["text"] = _("未报")
    return {"is_asked": True, **shown}
