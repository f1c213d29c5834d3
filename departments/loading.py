"""Loading the registry — places, conferences, units, names, seats, successions — from fixtures/units.

The files are kept by hand: one object per line, every row found by its natural key (a code, or the codes at
its ends), no numbers of the database. fixtures/units/README.md says how they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from departments.models import Conference, Department, DepartmentName, Jurisdiction, Membership, Succession
from departments.names import search_key
from departments.upsert import Change, RowTwice, upsert

Row = dict[str, Any]
M = TypeVar("M", bound=models.Model)


class UnitsNotLoadable(Exception):
    """The files contradict themselves or cannot be read; nothing was changed. ``str()`` is for people."""


@transaction.atomic
def load_units(folder: Path) -> list[Change]:
    """Bring the registry up to what the files in ``folder`` say: all of it, or none of it.

    The files win over what was changed in the admin on the rows that they name; rows that they do not name
    are left alone, and nothing is deleted. A second run changes nothing. The number of queries does not
    depend on the number of rows. Raises UnitsNotLoadable.
    """
    try:
        lists = [_read(path) for path in sorted(folder.glob("departments_*.json"))]
        jurisdictions = _load_jurisdictions(_read(folder / "jurisdictions.json"))
        conferences = _load_conferences(_read(folder / "conferences.json"), _ids(jurisdictions))
        places = _ids(conferences)
        departments = _load_departments(lists, places)
        units = _ids(departments)
        names = _load_names(lists, places, units)
        _refuse_unknown_writings(lists, units, names)
        memberships = _load_memberships(lists, places, units)
        successions = _load_successions(_read(folder / "successions.json"), places, units)
    except KeyError as error:
        raise UnitsNotLoadable(f"单位资料无法载入：缺少或查不到 {error}。") from error
    except ValidationError as error:
        raise UnitsNotLoadable(f"单位资料无法载入：{'；'.join(error.messages)}") from error
    except (RowTwice, ValueError, OSError) as error:
        raise UnitsNotLoadable(f"单位资料无法载入：{error}") from error
    return [jurisdictions, conferences, departments, names, memberships, successions]


def _load_jurisdictions(rows: list[Row]) -> Change:
    def build(row: Row, parent: int | None) -> Jurisdiction:
        return Jurisdiction(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            kind=row["kind"],
            parent_id=parent,
            valid_from=_day(row, "valid_from"),
            valid_to=_day(row, "valid_to"),
            is_confirmed=row.get("is_confirmed", True),
            note=row.get("note", ""),
        )

    fields = ("name", "short_name", "kind", "parent_id", "valid_from", "valid_to", "is_confirmed", "note")
    return _upsert_tree(Jurisdiction, rows, "parent", build, fields)


def _load_conferences(rows: list[Row], jurisdictions: dict[str, int]) -> Change:
    def build(row: Row, upper: int | None) -> Conference:
        return Conference(
            code=row["code"],
            jurisdiction_id=jurisdictions[row["code"]],
            name=row["name"],
            short_name=row["short_name"],
            upper_id=upper,
            office_name=row["office_name"],
            office_seat=row.get("office_seat", ""),
            government_name=row.get("government_name", ""),
            note=row.get("note", ""),
        )

    names = ("name", "short_name", "office_name", "office_seat", "government_name")
    fields = ("jurisdiction_id", "upper_id", *names, "note")
    return _upsert_tree(Conference, rows, "upper", build, fields)


def _load_departments(lists: list[Row], places: dict[str, int]) -> Change:
    wanted = []
    for units in lists:
        for position, row in enumerate(units["departments"], units["first_position"]):
            if "name" not in row:
                continue  # defined in another list, named here as one of this list's members
            wanted.append(
                _checked(
                    Department(
                        conference_id=places[units["conference"]],
                        code=row["code"],
                        name=row["name"],
                        position=position,
                        existed_from=_day(row, "existed_from"),
                        existed_to=_day(row, "existed_to"),
                        note=row.get("note", ""),
                    )
                )
            )
    fields = ("conference_id", "name", "position", "existed_from", "existed_to", "note")
    existing = Department.objects.filter(code__in=[row.code for row in wanted])
    return upsert(existing, wanted, key=("code",), fields=fields)


def _load_names(lists: list[Row], places: dict[str, int], units: dict[str, int]) -> Change:
    """The names of a unit stand where it is defined; they were in use for as long as it existed."""
    wanted = []
    for conference, row in _entries(lists):
        for kind, names in row.get("names", {}).items():
            for name in names:
                known_as = DepartmentName(
                    department_id=units[row["code"]],
                    conference_id=places[conference],
                    name=name,
                    kind=kind,
                    valid_from=_day(row, "existed_from"),
                    valid_to=_day(row, "existed_to"),
                )
                known_as.fill_keys()
                wanted.append(_checked(known_as))
    fields = ("conference_id", "name", "kind", "valid_from", "valid_to", "pinyin", "initials")
    existing = DepartmentName.objects.filter(department__in=units.values())
    return upsert(existing, wanted, key=("department_id", "search_key"), fields=fields)


def _refuse_unknown_writings(lists: list[Row], units: dict[str, int], names: Change) -> None:
    """A unit of another list must be written by one of its names: that catches a wrong code."""
    for _conference, row in _entries(lists):
        if "written" in row and (units[row["code"]], search_key(row["written"])) not in names.rows:
            raise ValueError(f"「{row['written']}」不是 {row['code']} 登记的名称。")


def _load_memberships(lists: list[Row], places: dict[str, int], units: dict[str, int]) -> Change:
    wanted = [
        _checked(
            Membership(
                conference_id=places[members["conference"]],
                department_id=units[row["code"]],
                starts_on=_day(members["membership"], "starts_on"),
                ends_on=_day(members["membership"], "ends_on"),
                basis=members["membership"]["basis"],
            )
        )
        for members in lists
        if members["membership"]
        for row in members["departments"]
    ]
    existing = Membership.objects.filter(department__in=units.values())
    return upsert(existing, wanted, key=("department_id", "starts_on"), fields=("conference_id", "ends_on", "basis"))


def _load_successions(rows: list[Row], places: dict[str, int], units: dict[str, int]) -> Change:
    wanted = [
        _checked(
            Succession(
                conference_id=places[row["conference"]],
                predecessor_id=units[row["from"]] if row["from"] else None,
                successor_id=units[row["to"]] if row["to"] else None,
                kind=row["kind"],
                effective_on=_day(row, "effective_on"),
                effective_text=row.get("effective_text", ""),
                is_confirmed=row["is_confirmed"],
                note=row.get("note", ""),
            )
        )
        for row in rows
    ]
    fields = ("conference_id", "effective_on", "effective_text", "is_confirmed", "note")
    existing = Succession.objects.filter(conference__in=places.values())
    return upsert(existing, wanted, key=("predecessor_id", "successor_id", "kind"), fields=fields)


def _upsert_tree(model: type[M], rows: list[Row], upper: str, build: Any, fields: tuple[str, ...]) -> Change:
    """Upsert rows that point to rows of their own table, level by level from the top."""
    total = Change(str(model._meta.verbose_name))
    ids: dict[str, int] = {}
    waiting = list(rows)
    while waiting:
        ready = [row for row in waiting if not row.get(upper) or row[upper] in ids]
        if not ready:
            raise ValueError(f"{total.title} {waiting[0]['code']} 的上级 {waiting[0][upper]} 不在文件里。")
        wanted = [_checked(build(row, ids[row[upper]] if row.get(upper) else None)) for row in ready]
        existing = model._default_manager.filter(code__in=[row["code"] for row in ready])
        level = upsert(existing, wanted, key=("code",), fields=fields)
        if twice := level.rows.keys() & total.rows.keys():
            raise RowTwice(f"{total.title}：{min(twice)[0]} 重复。")
        total.created += level.created
        total.updated += level.updated
        total.unchanged += level.unchanged
        total.rows |= level.rows
        ids |= _ids(level)
        waiting = [row for row in waiting if row not in ready]
    return total


def _entries(lists: list[Row]) -> Iterator[tuple[str, Row]]:
    for units in lists:
        for row in units["departments"]:
            yield units["conference"], row


def _checked(row: M) -> M:
    """The row, if its own fields pass; what points to other rows is left to the database."""
    foreign: Iterable[str] = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        row.clean_fields(exclude=[*foreign, "id"])
    except ValidationError as error:
        raise ValidationError(f"{row._meta.verbose_name}「{row}」：{'；'.join(error.messages)}") from error
    return row


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name} 第 {error.lineno} 行不是合法的 JSON（{error.msg}）。") from error


def _day(row: Row, name: str) -> date | None:
    return date.fromisoformat(row[name]) if row.get(name) else None


def _ids(change: Change) -> dict[str, int]:
    """Codes to ids, of a table whose natural key is its code."""
    return {code: row.pk for (code,), row in change.rows.items()}
