"""Keeping the dictionary: what a number means does not change under numbers that were reported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from departments.models import Conference, Department, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import YearState
from reporting.models import Figure, Indicator, Year
from reporting.models.figures import MEANING
from reporting.services.closing import write_in_year

EDITABLE = (
    *MEANING,
    "source",
    "position",
    "reporters",
    "clause_path",
    "for_districts",
    "asks_above_percent",
    "starts_year",
)


class MeaningIsFixed(Exception):
    """Numbers were reported under this meaning, or a closed year is as it is. The message is for people."""


def has_numbers(indicator: Indicator) -> bool:
    """Whether anybody has entered something for it, in any year, here or in a district."""
    return Figure.objects.filter(indicator=indicator).exists()


def hold_dictionary(conference_id: int) -> None:
    """Make others who add to the dictionary of a conference wait until this transaction ends: call it before looking."""
    list(Conference.objects.select_for_update(no_key=True, of=("self",)).filter(pk=conference_id).order_by())


def first_open_year(conference_id: int) -> int | None:
    """The first year that a beginning may lie in: the one after the last closed year; None where none is closed."""
    closed = Year.objects.filter(conference=conference_id, state=YearState.CLOSED).aggregate(last=Max("year"))["last"]
    return closed + 1 if closed is not None else None


def why_not_beginning(conference_id: int, starts_year: int | None, *, current: Indicator | None = None) -> str:
    """Why an indicator cannot begin in ``starts_year`` (None: in every year), as a sentence; empty where it can.

    Closed years are asked for what they were asked for when they were closed. ``current``: the one that is changed.
    """
    first = first_open_year(conference_id)
    if first is None or (current is not None and current.starts_year == starts_year):
        return ""
    if current is not None and (current.starts_year is None or current.starts_year < first):
        # Beginning later, it would no longer stand in the years in which it was asked for.
        return _("%(year)d年度已经关闭归档，这项指标的启用年度不能再改。") % {"year": first - 1}
    if starts_year is None or starts_year < first:
        return _("%(year)d年度已经关闭归档，启用年度最早为%(first)d年。") % {"year": first - 1, "first": first}
    return ""


@transaction.atomic(savepoint=False)
def add_indicator(
    indicator: Indicator, *, departments: Iterable[Department], by: User | None, year: int | None = None
) -> Indicator:
    """Put an unsaved indicator into the dictionary of its conference; ``departments`` are the units it names.

    ``year`` is the year from whose page it is added: raises YearIsOver where that is closed. Raises MeaningIsFixed
    for a beginning in a closed year, or before it.
    """
    _hold_years(indicator.conference_id, year)
    if refusal := why_not_beginning(indicator.conference_id, indicator.starts_year):
        raise MeaningIsFixed(refusal)
    indicator.save(force_insert=True)
    indicator.departments.set(departments)
    told = {name: _told(getattr(indicator, name)) for name in EDITABLE}
    _record(indicator, by=by, act="add", fields={name: [None, value] for name, value in told.items() if value})
    return indicator


@transaction.atomic(savepoint=False)
def change_indicator(
    indicator: Indicator,
    *,
    values: dict[str, Any],
    departments: Iterable[Department] | None,
    by: User | None,
    year: int | None = None,
) -> bool:
    """Write ``values`` (of EDITABLE); True if that changed something. ``departments`` None leaves the units alone.

    Only units of the indicator's own conference are set; what districts have handed out stays (``hand_out``). Raises
    MeaningIsFixed for another meaning once there are numbers, for a beginning after the first of them, and for one
    that changes what a closed year asks for; YearIsOver where ``year``, from whose page it is changed, is closed.
    """
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not fields of an indicator: {sorted(unknown)}")
    _hold_years(indicator.conference_id, year)
    # Held: a number that is being saved at this moment waits, or is seen here.
    current = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    fields = {
        name: [_told(getattr(current, name)), _told(value)]
        for name, value in values.items()
        if getattr(current, name) != value
    }
    if fields.keys() & set(MEANING) and has_numbers(current):
        raise MeaningIsFixed(_("已有单位按这一定义报数，含义不能再改；请停用后另建一项指标。"))
    if "starts_year" in fields:
        _refuse_years_outside(current, starts_year=values["starts_year"], ends_year=current.ends_year)
        if refusal := why_not_beginning(current.conference_id, values["starts_year"], current=current):
            raise MeaningIsFixed(refusal)
    for name, value in values.items():
        setattr(current, name, value)
        setattr(indicator, name, value)
    units = _set_units(current, current.conference_id, departments) if departments is not None else None
    if not fields and not units:
        return False
    current.save(update_fields=list(values))
    _record(current, by=by, act="change", fields=fields | ({"departments": units} if units else {}))
    return True


@transaction.atomic(savepoint=False)
def end_indicator(indicator: Indicator, *, after: int, by: User | None, year: int | None = None) -> None:
    """Ask for it in ``after`` for the last time; the year before its first, where it was never to be asked.

    Raises MeaningIsFixed where later years have numbers already or are closed, and where it has ended; YearIsOver
    where ``year``, from whose page it is ended, is closed.
    """
    _hold_years(indicator.conference_id, year)
    current = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    if current.ends_year is not None and current.ends_year <= after:
        raise MeaningIsFixed(_("这项指标已经停用。"))
    if current.starts_year is not None and after < current.starts_year:
        raise MeaningIsFixed(_("停用年度不能早于启用年度。"))
    _refuse_years_outside(current, starts_year=current.starts_year, ends_year=after)
    first = first_open_year(current.conference_id)
    if first is not None and after < first - 1:
        raise MeaningIsFixed(_("%(year)d年度已经关闭归档，最早从下一年起停用。") % {"year": first - 1})
    before, current.ends_year = current.ends_year, after
    indicator.ends_year = after
    current.save(update_fields=["ends_year"])
    _record(current, by=by, act="change", fields={"ends_year": [before, after]})


@transaction.atomic(savepoint=False)
def hand_out(
    indicator: Indicator,
    conference: Conference,
    *,
    departments: Iterable[Department],
    by: User,
    year: int | None = None,
) -> bool:
    """A district's office says which of its units report a number that the conference above asks of districts.

    True if that changed something. Raises ValueError for units of another conference, and YearIsOver where ``year``,
    from whose page they are named, is closed.
    """
    if indicator.conference_id != conference.upper_id or not indicator.for_districts:
        raise ValueError("not asked of this conference")
    if year is not None:
        write_in_year(conference.pk, year)
    # Held: the second of two clicks finds what the first has set.
    list(Indicator.objects.select_for_update(no_key=True, of=("self",)).filter(pk=indicator.pk).order_by())
    units = _set_units(indicator, conference.pk, departments)
    if units:
        _record(indicator, by=by, act="change", fields={"departments": units}, conference=conference.pk)
    return bool(units)


def _hold_years(conference_id: int, year: int | None) -> None:
    """Let no year of the conference close meanwhile: closing holds the conference before its year, as this does."""
    hold_dictionary(conference_id)
    if year is not None:
        write_in_year(conference_id, year)


def _set_units(indicator: Indicator, conference: int, departments: Iterable[Department]) -> list[Any]:
    """Name these units of one conference and no others of it; names before and after if that changed anything."""
    wanted = {unit.pk: unit for unit in departments}
    if any(unit.conference_id != conference for unit in wanted.values()):
        raise ValueError("units of another conference")
    named = {unit.pk: unit for unit in indicator.departments.filter(conference=conference)}
    if wanted.keys() == named.keys():
        return []
    indicator.departments.remove(*(unit for pk, unit in named.items() if pk not in wanted))
    indicator.departments.add(*(unit for pk, unit in wanted.items() if pk not in named))
    return ["、".join(str(unit) for unit in units.values()) for units in (named, wanted)]


def _refuse_years_outside(indicator: Indicator, *, starts_year: int | None, ends_year: int | None) -> None:
    of_numbers = Figure.objects.filter(indicator=indicator).aggregate(first=Min("sheet__year"), last=Max("sheet__year"))
    first, last = of_numbers["first"], of_numbers["last"]
    if first is not None and starts_year is not None and first < starts_year:
        raise MeaningIsFixed(_("%(year)d 年已有单位报数，启用年度不能晚于这一年。") % {"year": first})
    if last is not None and ends_year is not None and last > ends_year:
        raise MeaningIsFixed(_("%(year)d 年已有单位报数，最早从下一年起停用。") % {"year": last})


def _record(
    indicator: Indicator, *, by: User | None, act: str, fields: dict[str, Any], conference: int | None = None
) -> None:
    record(
        indicator,
        Action.INDICATOR,
        by=by,
        conference=conference or indicator.conference_id,
        detail={"act": act, "fields": fields, "rows": []},
    )


def _told(value: Any) -> Any:
    """A value for the trail."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
