"""The dictionary as pages show it: what each number means, who reports it, and its years."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models import Conference, Department
from measures.models import Clause
from measures.paths import spoken
from reporting.enums import Reporters
from reporting.models import Indicator, Year
from reporting.pages.figures import marks_of, meaning_of
from reporting.pages.rows import excerpt_of
from reporting.services.figures import Asking, NotSummable, YearSum, number_text, over_years

_WIDTH, _HEIGHT, _EDGE = 320, 90, 14


def clause_choices(opened: Year) -> list[tuple[str, str]]:
    """The measures of the year's version: path and how it is called."""
    if opened.version_id is None:
        return []
    measures = Clause.objects.filter(version=opened.version_id).measures().order_by("position")
    return [(row.path, f"{row.spoken_path} {row.heading or excerpt_of(row)[:24]}") for row in measures]


def dictionary(
    conference: Conference, year: int, asking: Asking, ended: list[Indicator], paths: set[str]
) -> dict[str, Any]:
    """The indicators of the year, those of the conference above apart, and those that have ended."""
    own = [row for row in asking.indicators if row.conference_id == conference.pk]
    upper = [row for row in asking.indicators if row.conference_id != conference.pk]
    return {
        "own": [_row(row, conference, year, asking.units[row.pk], paths) for row in own],
        "upper": [_row(row, conference, year, asking.units[row.pk], paths) for row in upper],
        "ended": [_row(row, conference, year, [], paths) for row in ended],
    }


def _row(
    indicator: Indicator, conference: Conference, year: int, units: list[Department], paths: set[str]
) -> dict[str, Any]:
    is_own = indicator.conference_id == conference.pk
    marks = marks_of(indicator)
    if indicator.for_districts and is_own:
        marks.append(_("区县同口径"))
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "marks": marks,
        "meaning": meaning_of(indicator),
        "reporters_text": reporters_text(indicator, units),
        "number_of_units": len(units),
        # A number that the districts alone report needs no unit here.
        "has_nobody": not units and not (is_own and indicator.for_districts),
        "clause_is_gone": is_own and bool(indicator.clause_path) and indicator.clause_path not in paths,
        "years_text": years_text(indicator),
        "url": reverse("reporting:indicator", args=[conference.code, year, indicator.pk]),
    }


def reporters_text(indicator: Indicator, units: list[Department]) -> str:
    """「各成员单位（34 家）」, 「市公安局、市民政局」, 「二（一）1 负责单位：市公安局」."""
    if indicator.reporters == Reporters.MEMBERS:
        return _("各成员单位（%(number)d 家）") % {"number": len(units)}
    names = "、".join(unit.name for unit in units)
    if indicator.reporters == Reporters.NAMED:
        return names
    what = indicator.get_reporters_display()
    return f"{spoken(indicator.clause_path)} {what}{_('：')}{names}" if names else what


def years_text(indicator: Indicator) -> str:
    """「2026 年起」, 「2024—2025 年」, or that it is asked for every year."""
    starts, ends = indicator.starts_year, indicator.ends_year
    if starts and ends:
        return _("%(starts)d—%(ends)d 年") % {"starts": starts, "ends": ends}
    if starts:
        return _("%(year)d 年起") % {"year": starts}
    return _("至 %(year)d 年") % {"year": ends} if ends else _("每年")


def years_of(indicator: Indicator, years: list[YearSum]) -> dict[str, Any] | None:
    """The sums of several years beside each other, and the line that they draw; None where there is none yet."""
    if not any(one.value is not None for one in years):
        return None
    try:
        total = over_years(indicator, years)
        total_text, refused = (number_text(total) if total is not None else ""), ""
    except NotSummable as error:
        total_text, refused = "", str(error)
    return {
        "rows": [{"year": one.year, "text": number_text(one.value) if one.value is not None else ""} for one in years],
        "total": total_text,
        "refused": refused,
        "line": _line(years),
    }


def _line(years: list[YearSum]) -> dict[str, Any] | None:
    """Points of an SVG line; a year without a number breaks it, for what is not known is not zero."""
    values = [one.value for one in years]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    top = max(known) or 1
    step = (_WIDTH - 2 * _EDGE) / (len(values) - 1)
    points = [
        (round(_EDGE + number * step, 1), round(_HEIGHT - _EDGE - float(value / top) * (_HEIGHT - 2 * _EDGE), 1))
        if value is not None
        else None
        for number, value in enumerate(values)
    ]
    lines: list[list[str]] = [[]]
    for point in points:
        if point is None:
            lines.append([])
        else:
            lines[-1].append(f"{point[0]},{point[1]}")
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "base": _HEIGHT - _EDGE,
        "edge": _EDGE,
        "right": _WIDTH - _EDGE,
        "lines": [" ".join(line) for line in lines if len(line) > 1],
        "points": [{"x": point[0], "y": point[1]} for point in points if point is not None],
    }
