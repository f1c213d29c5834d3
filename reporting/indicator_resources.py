"""The sheet of the dictionary: one row an indicator, found by conference and code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from departments.models import Conference, Department
from departments.registry import Registry
from departments.resources.base import Imported, SheetResource, change_of
from departments.resources.columns import SEPARATOR, Code, Column, Names, Text, WholeNumber, Word, YesNo
from reporting.enums import Reporters
from reporting.models import Figure, Indicator, IndicatorUnit
from reporting.models.figures import MEANING

_OF_CLAUSES = (Reporters.CLAUSE_LEADS, Reporters.CLAUSE_PARTIES)


class IndicatorResource(SheetResource):
    """「指定单位」 are the units of the indicator's own conference, by any of their registered names."""

    model = Indicator
    key = ("conference", "code")

    conference = Column("conference", "联席会议", Code("联席会议"), is_needed=True)
    code = Column("code", "代码", is_needed=True)
    name = Column("name", "指标", is_needed=True)
    unit = Column("unit", "计量单位")
    definition = Column("definition", "定义", Text())
    method = Column("method", "计算方法", Text())
    source = Column("source", "资料来源")
    is_cumulative = Column("is_cumulative", "累计数", YesNo(), keeps=True)
    is_summed = Column("is_summed", "可加总", YesNo(), keeps=True)
    reporters = Column("reporters", "填报单位", Word(Reporters), keeps=True)
    named = Column("named", "指定单位", Names())
    clause_path = Column("clause_path", "条款")
    for_districts = Column("for_districts", "区县同口径填报", YesNo(), keeps=True)
    asks_above_percent = Column("asks_above_percent", "变动超过百分之几时询问", WholeNumber())
    starts_year = Column("starts_year", "启用年度", WholeNumber())
    ends_year = Column("ends_year", "停用前最后年度", WholeNumber())
    position = Column("position", "排序", WholeNumber(), keeps=True)

    # --- Reading ----------------------------------------------------------------------------------------------------

    def look_up(self, rows: list[dict[str, str]]) -> None:
        codes = {row["code"] for row in rows}
        found = list(self.held(self.scope.seen(Indicator).filter(code__in=codes).select_related("conference")))
        self.prepare(found)
        self._found = {(row.conference.code, row.code): row for row in found}
        self._meanings = {row.pk: _meaning(row) for row in found}
        self.changeable = self.scope.changeable(found)
        wanted = {row["conference"] for row in rows}
        conferences = list(self.scope.choices(Conference).filter(code__in=wanted))
        self.columns["conference"].widget.among(conferences)
        self._registries = {row.pk: Registry.of(row) for row in conferences}
        years = Figure.objects.filter(indicator__in=found).order_by().values_list("indicator")
        self._years = {pk: (first, last) for pk, first, last in years.annotate(Min("sheet__year"), Max("sheet__year"))}

    def find(self, cells: dict[str, str]) -> models.Model | None:
        return self._found.get((cells["conference"], cells["code"]))

    def init_instance(self, row: dict[str, Any] | None = None) -> Indicator:
        indicator = Indicator()
        _describe(indicator, [])
        return indicator

    def prepare(self, rows: list[Any]) -> None:
        named: dict[int, list[Department]] = defaultdict(list)
        pairs = IndicatorUnit.objects.filter(
            indicator__in=[row.pk for row in rows], department__conference=models.F("indicator__conference")
        ).select_related("department")
        for pair in pairs.order_by("department__position", "department__pk"):
            named[pair.indicator_id].append(pair.department)
        for row in rows:
            _describe(row, named[row.pk])

    def check(self, row: Any) -> Iterator[tuple[str, str]]:
        if row.reporters in _OF_CLAUSES and not row.clause_path:
            yield "clause_path", _("按条款确定填报单位的，请填写条款编号，如「二/(一)/1」。")
        yield from self._check_units(row)
        if row.pk is not None:
            yield from self._check_numbers(row)

    def _check_units(self, row: Any) -> Iterator[tuple[str, str]]:
        if row.named and row.reporters != Reporters.NAMED:
            yield "named", _("填报单位为「指定单位」时才填这一列。")
            return
        if row.named == row.known_names:
            return
        registry = self._registries[row.conference_id]
        resolved = [registry.resolve(name) for name in row.named]
        unknown = [name for name, unit in zip(row.named, resolved, strict=True) if unit is None]
        if unknown:
            yield "named", _("没有登记这个单位名称，或有几个单位同名：%(names)s。") % {"names": SEPARATOR.join(unknown)}
        row.unit_ids = {unit for unit in resolved if unit is not None}

    def _check_numbers(self, row: Any) -> Iterator[tuple[str, str]]:
        """Numbers that were reported keep their meaning and their years."""
        if row.pk not in self._years:
            return
        changed = [name for name, value in self._meanings[row.pk].items() if getattr(row, name) != value]
        for name in changed:
            yield name, _("已有单位按这一定义报数，含义不能再改；请停用后另建一项指标。")
        first, last = self._years[row.pk]
        if row.starts_year is not None and row.starts_year > first:
            yield "starts_year", _("%(year)d 年已有单位报数，启用年度不能晚于这一年。") % {"year": first}
        if row.ends_year is not None and row.ends_year < last:
            yield "ends_year", _("%(year)d 年已有单位报数，最早从下一年起停用。") % {"year": last}

    def peers(self, rows: list[Any]) -> Iterable[models.Model]:
        return Indicator.objects.filter(
            Q(conference__in={row.conference_id for row in rows}, code__in={row.code for row in rows})
        )

    # --- Writing ----------------------------------------------------------------------------------------------------

    def write(self, imported: list[Imported]) -> None:
        new = [one.row for one in imported if one.original is None]
        old = [one.row for one in imported if one.original is not None]
        Indicator.objects.bulk_create(new)
        Indicator.objects.bulk_update(old, self.written)
        pairs: list[Any] = []
        for one in imported:
            row, change = one.row, change_of(one)
            gone, come = row.known_ids - row.unit_ids, row.unit_ids - row.known_ids
            if gone or come:
                change.fields["departments"] = (SEPARATOR.join(row.known_names), SEPARATOR.join(row.named))
            if gone:
                IndicatorUnit.objects.filter(indicator=row, department__in=gone).delete()
            pairs += [IndicatorUnit(indicator=row, department_id=unit) for unit in come]
            self.scope.record(change, one.number)
        IndicatorUnit.objects.bulk_create(pairs)


def _describe(row: Any, units: list[Department]) -> None:
    """Put the named units on an indicator, as its row shows them."""
    row.known_names = [unit.name for unit in units]
    row.named = list(row.known_names)
    row.known_ids = {unit.pk for unit in units}
    row.unit_ids = set(row.known_ids)


def _meaning(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MEANING}
