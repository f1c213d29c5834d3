"""Sheets of 单位 (with their names and seats) and of 沿革."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from departments.enums import NameKind, SuccessionKind
from departments.models import Conference, Department, DepartmentName, Membership, Succession
from departments.names import search_key
from departments.resources.base import Change, Imported, SheetResource, change_of
from departments.resources.columns import Code, Column, Day, Names, Text, WholeNumber, Word, YesNo

# Kind of name → column of the sheet.
NAME_COLUMNS = {
    NameKind.FULL: "full_names",
    NameKind.SHORT: "short_names",
    NameKind.ALIAS: "alias_names",
    NameKind.VARIANT: "variant_names",
    NameKind.FORMER: "former_names",
}
_LONGEST_NAME = 100


class DepartmentResource(SheetResource):
    """One row a unit, found by its code.

    A column of names holds all names of its kind: a name that is taken out of the cell is taken out of the registry.
    「成员起」 and 「成员止」 are those of the latest seat; a later start than its end begins another one.
    """

    model = Department
    key = ("code",)

    code = Column("code", "编码", is_needed=True)
    conference = Column("conference", "联席会议", Code("联席会议"), is_needed=True)
    name = Column("name", "名称", is_needed=True)
    position = Column("position", "排序", WholeNumber(), keeps=True)
    existed_from = Column("existed_from", "设立日期", Day())
    existed_to = Column("existed_to", "撤销前最后一日", Day())
    note = Column("note", "说明")
    full_names = Column("full_names", "全称", Names())
    short_names = Column("short_names", "规范简称", Names())
    alias_names = Column("alias_names", "别名", Names())
    variant_names = Column("variant_names", "异写", Names())
    former_names = Column("former_names", "曾用名", Names())
    is_member = Column("is_member", "成员", YesNo())
    seat_starts_on = Column("seat_starts_on", "成员起", Day())
    seat_ends_on = Column("seat_ends_on", "成员止", Day())

    # --- Reading ----------------------------------------------------------------------------------------------------

    def look_up(self, rows: list[dict[str, str]]) -> None:
        codes = {row["code"] for row in rows}
        found = list(self.held(self.scope.seen(Department).filter(code__in=codes).select_related("conference")))
        self.prepare(found)
        self._found = {row.code: row for row in found}
        self._homes = {row.pk: row.conference_id for row in found}
        self.changeable = self.scope.changeable(found)
        wanted = {row["conference"] for row in rows}
        self.columns["conference"].widget.among(self.scope.choices(Conference).filter(code__in=wanted))

    def find(self, cells: dict[str, str]) -> models.Model | None:
        return self._found.get(cells["code"])

    def init_instance(self, row: dict[str, Any] | None = None) -> Department:
        unit = Department()
        _describe(unit, [], [])
        return unit

    def prepare(self, rows: list[Any]) -> None:
        names: dict[int, list[DepartmentName]] = defaultdict(list)
        seats: dict[int, list[Membership]] = defaultdict(list)
        units = [row.pk for row in rows]
        for name in DepartmentName.objects.filter(department__in=units).order_by("pk"):
            names[name.department_id].append(name)
        for seat in Membership.objects.filter(department__in=units).order_by("pk"):
            seats[seat.department_id].append(seat)
        for row in rows:
            _describe(row, names[row.pk], sorted(seats[row.pk], key=lambda seat: seat.starts_on or date.min))

    def import_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        if not instance.seats and not str(row.get(self.header("is_member")) or "").strip():
            # Not asked: whether there are dates decides.
            instance.is_member = None
        super().import_instance(instance, row, **kwargs)

    def complete(self, row: Any) -> None:
        known = row.written_names
        for kind, column in NAME_COLUMNS.items():
            # The order of names in a cell says nothing.
            if sorted(getattr(row, column)) == sorted(known[kind]):
                setattr(row, column, known[kind])
        is_touched = any(getattr(row, column) != known[kind] for kind, column in NAME_COLUMNS.items())
        keys = {search_key(name) for column in NAME_COLUMNS.values() for name in getattr(row, column)}
        # A unit is found by its names: the one that pages show is always among them.
        if row.name and (is_touched or row.name != row.written_name) and search_key(row.name) not in keys:
            row.short_names = [*row.short_names, row.name]
        if row.is_member is None:
            row.is_member = bool(row.seats or row.seat_starts_on or row.seat_ends_on)

    def check(self, row: Any) -> Iterator[tuple[str, str]]:
        if row.pk is not None and row.conference_id != self._homes[row.pk]:
            yield "conference", _("单位不能改到另一个联席会议。")
        seen: set[str] = set()
        for column in NAME_COLUMNS.values():
            for name in getattr(row, column):
                if len(name) > _LONGEST_NAME:
                    yield (
                        column,
                        _("名称「%(name)s…」超过 %(limit)d 字。") % {"name": name[:20], "limit": _LONGEST_NAME},
                    )
                if search_key(name) in seen:
                    yield column, _("名称「%(name)s」在这一行出现了两次。") % {"name": name}
                seen.add(search_key(name))
        yield from self._check_seat(row)

    @staticmethod
    def _check_seat(row: Any) -> Iterator[tuple[str, str]]:
        if not row.is_member:
            if row.seats:
                yield "is_member", _("成员资格不能用导入删除；退出成员请填写「成员止」。")
            elif row.seat_starts_on or row.seat_ends_on:
                yield "is_member", _("填了成员起止日期，这一列应为「是」。")
            return
        if row.seat_starts_on and row.seat_ends_on and row.seat_ends_on < row.seat_starts_on:
            yield "seat_ends_on", _("止期不能早于起期。")
        if any(seat.starts_on == row.seat_starts_on for seat in row.seats[:-1]):
            yield "seat_starts_on", _("该单位在这一天已有成员资格。")

    def peers(self, rows: list[Any]) -> Iterable[models.Model]:
        named = Q(conference__in={row.conference_id for row in rows}, name__in={row.name for row in rows})
        return Department.objects.filter(named | Q(code__in={row.code for row in rows}))

    # --- Writing ----------------------------------------------------------------------------------------------------

    def write(self, imported: list[Imported]) -> None:
        new = [one.row for one in imported if one.original is None]
        old = [one.row for one in imported if one.original is not None]
        Department.objects.bulk_create(new)
        Department.objects.bulk_update(old, self.written)
        names, seats = (
            _Writing(DepartmentName, ("name", "kind", "search_key", "pinyin", "initials")),
            _Writing(Membership, ("starts_on", "ends_on")),
        )
        for one in imported:
            within = [*_names_to_write(one.row, names), *_seat_to_write(one.row, seats)]
            self.scope.record(change_of(one, within), one.number)
        names.do()
        seats.do()


@dataclass
class _Writing:
    """Rows within rows, collected to be written together."""

    model: type[models.Model]
    fields: tuple[str, ...]

    def __post_init__(self) -> None:
        self.new: list[Any] = []
        self.changed: list[Any] = []
        self.gone: list[int] = []

    def do(self) -> None:
        rows = self.model._default_manager
        # What goes makes room for what comes.
        if self.gone:
            rows.filter(pk__in=self.gone).delete()
        if self.changed:
            rows.bulk_update(self.changed, self.fields)
        if self.new:
            rows.bulk_create(self.new)


def _describe(unit: Any, names: list[DepartmentName], seats: list[Membership]) -> None:
    """Put the names and seats of a unit on it, as its row shows them."""
    unit.name_rows, unit.seats = names, seats
    unit.written_name = unit.name
    unit.written_names = {kind: [name.name for name in names if name.kind == kind] for kind in NAME_COLUMNS}
    for kind, column in NAME_COLUMNS.items():
        setattr(unit, column, unit.written_names[kind])
    unit.is_member = bool(seats)
    unit.seat_starts_on = seats[-1].starts_on if seats else None
    unit.seat_ends_on = seats[-1].ends_on if seats else None


def _names_to_write(unit: Any, names: _Writing) -> Iterator[Change]:
    known = {row.search_key: row for row in unit.name_rows}
    wanted = {search_key(name): (name, kind) for kind, column in NAME_COLUMNS.items() for name in getattr(unit, column)}
    for key, row in known.items():
        if key not in wanted:
            names.gone.append(row.pk)
            yield Change(row, "delete", {"name": (row.name, None), "kind": (row.kind, None)})
    for key, (name, kind) in wanted.items():
        row = known.get(key)
        if row is None:
            row = DepartmentName(department=unit, conference_id=unit.conference_id, name=name, kind=kind)
            names.new.append(row)
            change = Change(row, "add", {"name": (None, name), "kind": (None, str(kind))})
        elif (row.name, row.kind) != (name, kind):
            before = (row.name, row.kind)
            row.name, row.kind = name, str(kind)
            names.changed.append(row)
            fields = {"name": (before[0], name), "kind": (before[1], str(kind))}
            change = Change(row, "change", {field: pair for field, pair in fields.items() if pair[0] != pair[1]})
        else:
            continue
        row.fill_keys()
        yield change


def _seat_to_write(unit: Any, seats: _Writing) -> Iterator[Change]:
    if not unit.is_member:
        return
    wanted = (unit.seat_starts_on, unit.seat_ends_on)
    latest = unit.seats[-1] if unit.seats else None
    if latest is not None and (latest.starts_on, latest.ends_on) == wanted:
        return
    if latest is None or (latest.ends_on and unit.seat_starts_on and unit.seat_starts_on > latest.ends_on):
        seat = Membership(
            conference_id=unit.conference_id, department=unit, starts_on=unit.seat_starts_on, ends_on=unit.seat_ends_on
        )
        seats.new.append(seat)
        yield Change(seat, "add", {"starts_on": (None, seat.starts_on), "ends_on": (None, seat.ends_on)})
        return
    before = (latest.starts_on, latest.ends_on)
    latest.starts_on, latest.ends_on = wanted
    seats.changed.append(latest)
    fields = {"starts_on": (before[0], wanted[0]), "ends_on": (before[1], wanted[1])}
    yield Change(latest, "change", {field: pair for field, pair in fields.items() if pair[0] != pair[1]})


# --- 沿革 ---------------------------------------------------------------------------------------------------------


class SuccessionResource(SheetResource):
    """One row a succession, found by its two ends and its kind."""

    model = Succession
    key = ("predecessor", "successor", "kind")

    conference = Column("conference", "联席会议", Code("联席会议"), is_reference=True)
    predecessor = Column("predecessor", "原单位编码", Code("单位"))
    predecessor_name = Column("predecessor__name", "原单位", is_reference=True)
    successor = Column("successor", "承接单位编码", Code("单位"))
    successor_name = Column("successor__name", "承接单位", is_reference=True)
    kind = Column("kind", "类型", Word(SuccessionKind), is_needed=True)
    effective_on = Column("effective_on", "日期", Day())
    effective_text = Column("effective_text", "时间（原文）", Text())
    is_confirmed = Column("is_confirmed", "已核对", YesNo(), keeps=True)
    note = Column("note", "依据与说明", Text())

    def look_up(self, rows: list[dict[str, str]]) -> None:
        codes = {row[end] for row in rows for end in ("predecessor", "successor")}
        found = self.held(
            self.scope.seen(Succession)
            .filter(Q(predecessor__code__in=codes) | Q(successor__code__in=codes))
            .select_related("predecessor", "successor", "conference")
        )
        self._found = {(_code_of(row.predecessor), _code_of(row.successor), str(row.kind)): row for row in found}
        self.changeable = self.scope.changeable(self._found.values())
        units = list(self.scope.choices(Department).filter(code__in=codes).select_related("conference"))
        for end in ("predecessor", "successor"):
            self.columns[end].widget.among(units)

    def row_key(self, cells: dict[str, str]) -> tuple[Any, ...]:
        try:
            kind = self.columns["kind"].widget.clean(cells["kind"])
        except ValueError:
            kind = cells["kind"]
        return cells["predecessor"], cells["successor"], kind

    def find(self, cells: dict[str, str]) -> models.Model | None:
        return self._found.get(self.row_key(cells))

    def complete(self, row: Any) -> None:
        unit = row.successor or row.predecessor
        if unit is not None and row._state.adding:
            row.conference = unit.conference

    def check(self, row: Any) -> Iterator[tuple[str, str]]:
        if row.predecessor and row.successor and row.predecessor.conference_id != row.successor.conference_id:
            yield "", _("原单位和承接单位须属于同一联席会议。")

    def peers(self, rows: list[Any]) -> Iterable[models.Model]:
        return Succession.objects.filter(
            predecessor__in={row.predecessor_id for row in rows}, successor__in={row.successor_id for row in rows}
        )


def _code_of(unit: Department | None) -> str:
    return unit.code if unit else ""
