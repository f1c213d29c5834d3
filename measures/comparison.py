"""Comparing versions in the database with one another and with files; the comparing itself is measures.comparing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from departments.models import Conference
from departments.registry import Registry
from measures.comparing import Side, Unit, due_words, sides_of, title_side, unit_key
from measures.enums import ClauseKind, ResponsibilityRole
from measures.models import Obligation, PlanVersion
from measures.reading import Party, PlanText, Recurrence, UnreadablePlan, read_plan
from measures.sources import MAX_BYTES, Kind, Sheet, Source, read_source

_WORKBOOKS = frozenset({Kind.XLSX, Kind.XLS, Kind.CSV})


class NotComparable(Exception):
    """What was to be compared is neither a readable file nor a version. The message is for people."""


def sides_of_version(version: PlanVersion) -> list[Side]:
    """The clauses of a version as sides, in four queries whatever their number (three if its plan is loaded).

    A unit's key is ``unit:<id of the department>``, and of a name that is not resolved the folded name.
    """
    units: dict[int, dict[str, list[Unit]]] = defaultdict(lambda: defaultdict(list))
    # Values, not models: a city's plan has thousands of responsibilities, and every page of a comparison needs them.
    rows = version.responsibility_set.order_by("clause", "position").values_list(
        "clause_id", "role", "department_id", "department__name", "group", "name", "as_written"
    )
    for clause_id, role, department, department_name, group, name, as_written in rows:
        known = department is not None and Unit(f"unit:{department}", department_name)
        units[clause_id][role].append(known or Unit(unit_key(group or name), as_written))
    dues: dict[int, list[str]] = defaultdict(list)
    for duty in version.obligation_set.order_by("position"):
        dues[duty.clause_id].append(due_words(_recurrence(duty)))
    sides: list[Side] = []
    for clause in version.clause_set.order_by("position"):
        if clause.kind == ClauseKind.FRONT:
            sides += title_side(clause.path, version.plan.title)
        elif clause.kind != ClauseKind.BACK:
            named = units.get(clause.pk, {})
            sides.append(
                Side(
                    path=clause.path,
                    label=clause.label,
                    heading=clause.heading,
                    text=clause.text,
                    kind=clause.kind,
                    lead=_once(named.get(ResponsibilityRole.LEAD, [])),
                    cooperating=_once(named.get(ResponsibilityRole.COOPERATING, [])),
                    dues=tuple(dict.fromkeys(dues.get(clause.pk, []))),
                )
            )
    return sides


def registered_key(conference: Conference, on: date | None) -> Callable[[Party], str]:
    """For ``sides_of``: the keys of a file's units as ``sides_of_version`` gives them, as of the day ``on``."""
    registry = Registry.of(conference)

    def key(party: Party) -> str:
        if not party.group:
            for name in (party.name, party.as_written):
                if (found := registry.resolve(name, on)) is not None:
                    return f"unit:{found}"
        return unit_key(party.name)

    return key


def sides_of_both(before: str, after: str) -> tuple[list[Side], list[Side]]:
    """Both sides of a comparison, each named by a file's path or, where there is no such file, a version's id.

    A file's units are looked up in the registry of the version's conference, so that the two are comparable; of
    two files, units are the same if their names are. Raises NotComparable.
    """
    one, other = _read(before), _read(after)
    return _sides(one, beside=other), _sides(other, beside=one)


def _read(name: str) -> PlanText | PlanVersion:
    path = Path(name)
    try:
        is_file = path.exists()
    except (OSError, ValueError) as error:
        raise NotComparable(_("「%(name)s」无法读取：%(error)s。") % {"name": name, "error": error}) from error
    if is_file:
        return _read_file(path)
    # Ids are plain digits; whatever else int() takes, and what no column holds, names no version.
    if name.isascii() and name.isdecimal() and len(name) <= 18:
        version = PlanVersion.objects.select_related("plan", "conference").filter(pk=int(name)).first()
        if version is None:
            raise NotComparable(_("没有编号为 %(name)s 的计划版本，也没有这个名称的文件。") % {"name": name})
        return version
    raise NotComparable(_("找不到文件「%(name)s」；比较已导入的版本时请给出版本的编号。") % {"name": name})


def _read_file(path: Path) -> PlanText:
    try:
        if not path.is_file():
            raise NotComparable(_("「%(name)s」不是文件。") % {"name": path})
        with path.open("rb") as file:
            # One byte more than allowed, so that the reader refuses what is larger.
            data = file.read(MAX_BYTES + 1)
        return _plan_in(read_source(data, name=path.name), path.stem)
    except UnreadablePlan as error:
        raise NotComparable(_("「%(name)s」无法读取：%(error)s") % {"name": path, "error": error}) from error
    except OSError as error:
        raise NotComparable(_("「%(name)s」无法读取：%(error)s。") % {"name": path, "error": error}) from error


def _plan_in(source: Source, title: str) -> PlanText:
    """A document by its numbering; a workbook, or a document that is no plan but holds a table, by its columns."""
    if source.kind in _WORKBOOKS:
        return _plan_in_tables(source.sheets, title)
    try:
        return read_plan(source.text)
    except UnreadablePlan:
        if not source.sheets:
            raise
        from measures.sheets import looks_like_table  # only here: what is compared is seldom a table

        if not looks_like_table(source.sheets):
            raise
        return _plan_in_tables(source.sheets, title)


def _plan_in_tables(sheets: list[Sheet], title: str) -> PlanText:
    from measures.sheets import read_table  # only here: what is compared is seldom a table

    table = read_table(sheets, title=title)
    if table.faults:
        places = [f"{fault.sheet} {fault.cell}：{fault.message}" for fault in table.faults]
        raise UnreadablePlan(_("表格里有 %(count)d 处错误：") % {"count": len(places)} + "\n" + "\n".join(places))
    return table.plan


def _sides(plan: PlanText | PlanVersion, *, beside: PlanText | PlanVersion) -> list[Side]:
    if isinstance(plan, PlanVersion):
        return sides_of_version(plan)
    if not isinstance(beside, PlanVersion):
        return sides_of(plan)
    on = date.fromisoformat(plan.issued_on) if plan.issued_on else beside.issued_on
    return sides_of(plan, registered_key(beside.conference, on))


def _once(units: list[Unit]) -> tuple[Unit, ...]:
    return tuple({unit.key: unit for unit in reversed(units)}.values())[::-1]


def _recurrence(duty: Obligation) -> Recurrence:
    return Recurrence(
        type=duty.recurrence,
        month=duty.month,
        day=duty.day,
        year=duty.year,
        times=duty.times,
        includes_day=duty.includes_day,
    )
