"""The sheet of progress: facts for those who count, texts for those who may read them, and ledgers taken over.

An import fills in rows that nobody has begun, as drafts that the units check and submit; what a unit has written is
never written over, nor shown to who may not read it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.access import access_of
from departments.models import Conference
from departments.registry import Registry
from departments.resources.base import Change, Imported, PreviewOutdated, SheetResource
from departments.resources.columns import Code, Column, Day, WholeNumber, Word
from measures.enums import ResponsibilityRole
from measures.paths import spoken
from reporting.enums import EntryState, ImplementationStatus, YearState
from reporting.forms.entries import ProgressForm
from reporting.models import Attachment, Duty, Figure, Progress, Year
from reporting.models.entries import ProgressQuerySet
from reporting.services.entries import StaleEntry, save_entry
from reporting.services.refusals import WrongState

# What an import writes: columns of the sheet by the names that the form of an entry gives them.
WRITTEN = ("status", "work_done", "problems", "next_steps")


class ProgressResource(SheetResource):
    """One row an entry: found by conference, year, clause and unit (by its code, or by any name that it has)."""

    model = Progress
    key = ("conference", "year", "path")

    conference = Column("conference", "联席会议", Code("联席会议"), is_key=True, is_needed=True)
    year = Column("year", "年度", WholeNumber(), is_key=True, is_needed=True)
    path = Column("clause__path", "条款", is_key=True, is_needed=True)
    heading = Column("clause__heading", "条款标题", is_fact=True)
    department = Column("department__code", "单位编码", is_key=True)
    department_name = Column("department__name", "单位", is_key=True)
    role = Column("role", "职责", Word(ResponsibilityRole), is_key=True)
    state = Column("state", "状态", Word(EntryState), is_fact=True)
    due_on = Column("due_on", "报告时限", Day(), is_fact=True)
    submitted_on = Column("submitted_on", "提交日期", Day(), is_fact=True)
    status = Column("shown_status", "进展状态", Word(ImplementationStatus), keeps=True)
    work_done = Column("shown_work_done", "工作开展情况", keeps=True)
    problems = Column("shown_problems", "存在问题", keeps=True)
    next_steps = Column("shown_next_steps", "下步措施", keeps=True)
    figures = Column("figure_count", "数据项数", WholeNumber(), is_fact=True)
    files = Column("file_count", "附件数", WholeNumber(), is_fact=True)

    # --- What is shown ----------------------------------------------------------------------------------------------

    def prepare(self, rows: list[Any]) -> None:
        due: dict[tuple[int, int], Any] = {}
        for year in {row.year for row in rows}:
            units = {row.department_id for row in rows if row.year == year}
            due |= {(unit, year): day for unit, day in Duty.objects.report_deadlines(units, year).items()}
        readable = self._readable(rows)
        figures, files = _numbers(Figure, readable), _numbers(Attachment, readable)
        for row in rows:
            row.due_on = due.get((row.department_id, row.year))
            row.submitted_on = timezone.localtime(row.submitted_at).date() if row.submitted_at else None
            is_readable = row.pk in readable
            for name in WRITTEN:
                setattr(row, f"shown_{name}", getattr(row, name) if is_readable else "")
            row.figure_count = figures.get(row.pk, 0) if is_readable else None
            row.file_count = files.get(row.pk, 0) if is_readable else None

    def _readable(self, rows: list[Any]) -> set[int]:
        """Rows whose texts the person may read; where nobody has begun there is nothing to hide."""
        scope = ProgressQuerySet.text_scope(access_of(self.scope.person))
        readable = (
            Progress.objects.filter(scope, pk__in=[row.pk for row in rows]).order_by().values_list("pk", flat=True)
        )
        return set(readable) | {row.pk for row in rows if row.state == EntryState.OPEN}

    # --- Finding ----------------------------------------------------------------------------------------------------

    def header_faults(self, headers: list[str]) -> list[str]:
        faults = super().header_faults(headers)
        if not {self.header("department"), self.header("department_name")} & set(headers):
            faults.append(_("表头须有「单位编码」或「单位」列。"))
        return faults

    def look_up(self, rows: list[dict[str, str]]) -> None:
        conferences = list(self.scope.choices(Conference).filter(code__in={row["conference"] for row in rows}))
        self._conferences = {conference.code: conference for conference in conferences}
        self._registries = {conference.code: Registry.of(conference) for conference in conferences}
        years = {
            int(row["year"])
            for row in rows
            if row["year"].isascii() and row["year"].isdecimal() and len(row["year"]) < 5
        }
        self._years = {
            (year.conference.code, year.year): year.state
            for year in Year.objects.filter(conference__in=conferences, year__in=years).select_related("conference")
        }
        self._paths: set[tuple[str, str, str]] = set()
        self._units = {}
        self._found: dict[tuple[str, str, str, int], list[Progress]] = defaultdict(list)
        asked = Progress.objects.filter(conference__in=conferences, year__in=years).in_force()
        # The year's clauses and units are needed to say what is wrong; texts only of the clauses that the rows name.
        named = {(row["conference"], row["year"], path) for row in rows for path in (row["path"], _plain(row["path"]))}
        clauses = set()
        places = asked.order_by().values_list("conference__code", "year", "clause", "clause__path").distinct()
        for code, number, clause, path in places:
            written = {(code, str(number), one) for one in _written(path)}
            self._paths |= written
            if written & named:
                clauses.add(clause)
        units = asked.order_by().values_list("conference__code", "department__code", "department").distinct()
        for code, unit, department in units:
            self._units[(code, unit)] = department
        found = list(asked.filter(clause__in=clauses).select_related("conference", "department", "clause"))
        self.prepare(found)
        for row in found:
            for path in _written(row.clause.path):
                self._found[(row.conference.code, str(row.year), path, row.department_id)].append(row)
        self.changeable = {row.pk for row in found}

    def row_key(self, cells: dict[str, str]) -> tuple[Any, ...]:
        row, _faults = self._meant(cells)
        return (row.pk,) if row else tuple(cells.values())

    def find(self, cells: dict[str, str]) -> models.Model | None:
        return self._meant(cells)[0]

    def _meant(self, cells: dict[str, str]) -> tuple[Progress | None, dict[str, str]]:
        """The entry that the cells mean, or why there is none: sentences by the names of columns."""
        code, year, path = cells["conference"], cells["year"], cells["path"]
        empty = [name for name in self.key if not cells[name]]
        if empty:
            return None, dict.fromkeys(empty, _("请填写这一列。"))
        if code not in self._conferences:
            message = _("没有%(name)s「%(code)s」，或不在您的管理范围内。")
            return None, {"conference": message % {"name": "联席会议", "code": code[:60]}}
        state = self._years.get((code, int(year))) if year.isdecimal() and len(year) < 5 else None
        if state is None:
            return None, {"year": _("该联席会议没有开启这个年度。")}
        if state == YearState.CLOSED:
            return None, {"year": _("这个年度已经关闭，不能再导入。")}
        faults = {}
        path = path if (code, year, path) in self._paths else _plain(path)
        if (code, year, path) not in self._paths:
            faults["path"] = _("这个年度的计划中没有这一条款，或它不列责任单位。请按「二/(一)/1」的写法填写编号。")
        unit, fault = self._unit_of(code, cells)
        if fault:
            faults["department" if cells["department"] else "department_name"] = fault
        if faults or unit is None:
            return None, faults
        return self._entry_of((code, year, path, unit), cells)

    def _unit_of(self, code: str, cells: dict[str, str]) -> tuple[int | None, str]:
        written, name = cells["department"], cells["department_name"]
        if not written and not name:
            return None, _("请填写单位编码或单位名称。")
        by_name = self._registries[code].resolve(name) if name else None
        if not written:
            return by_name, "" if by_name else _("没有登记这个单位名称，或有几个单位同名；请改填单位编码。")
        unit = self._units.get((code, written))
        if unit is None:
            return None, _("这个年度没有该编码的单位需要填报。")
        return unit, _("单位名称与单位编码不是同一个单位。") if by_name not in (None, unit) else ""

    def _entry_of(
        self, place: tuple[str, str, str, int], cells: dict[str, str]
    ) -> tuple[Progress | None, dict[str, str]]:
        entries = self._found.get(place, [])
        if len(entries) > 1 and cells["role"]:
            try:
                role = self.columns["role"].widget.clean(cells["role"])
            except ValueError as error:
                return None, {"role": str(error)}
            entries = [entry for entry in entries if entry.role == role]
        if len(entries) == 1:
            return entries[0], {}
        if entries:
            return None, {"role": _("该单位在这一条款下有几条进展，请填写职责（负责或配合）。")}
        return None, {"path": _("该单位在这一条款下没有责任，不需要填报。")}

    # --- Checking ---------------------------------------------------------------------------------------------------

    def import_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        cells = self.cells(row)
        faults = {self.header(name): message for name, message in self._meant(cells)[1].items()}
        status = ""
        try:
            status = self.columns["status"].widget.clean(cells["status"])
        except ValueError as error:
            faults[self.header("status")] = str(error)
        given = {name: cells[name] for name in WRITTEN if cells[name]}
        form = ProgressForm({"lock_version": 0, **given, "status": status or ImplementationStatus.NOT_STARTED})
        for name, messages in form.errors.items():
            faults[self.header(name)] = " ".join(map(str, messages))
        if faults:
            raise ValidationError(faults)
        values = {name: form.cleaned_data[name] for name in given}
        if self._was_imported(instance, values):
            return
        for name, value in values.items():
            setattr(instance, f"shown_{name}", value)

    def _was_imported(self, entry: Progress, values: dict[str, str]) -> bool:
        """Whether the person has put just this into the entry before, and nobody has touched it since."""
        is_own = entry.state == EntryState.DRAFT and entry.updated_by_id == self.scope.person.pk
        return is_own and all(getattr(entry, name) == value for name, value in values.items())

    def row_faults(self, instance: Any) -> Iterator[tuple[str, str]]:
        if instance.state != EntryState.OPEN:
            message = _("该单位这一条已是「%(state)s」，导入不覆盖已填内容；请从表中删去这一行。")
            yield self.header("path"), message % {"state": instance.get_state_display()}

    # --- Writing ----------------------------------------------------------------------------------------------------

    def write(self, imported: list[Imported]) -> None:
        for one in imported:
            entry = one.row
            values = {name: getattr(entry, f"shown_{name}") for name in WRITTEN}
            try:
                save_entry(entry, by=self.scope.person, lock_version=entry.lock_version, values=values)
            except (StaleEntry, WrongState) as error:
                raise PreviewOutdated from error
            # The text belongs to the unit, and to the trail only once it is submitted.
            change = Change(entry, "import", {}, conference=entry.conference, department=entry.department)
            self.scope.record(change, one.number)


def _written(path: str) -> set[str]:
    """The ways in which a sheet may name the clause, once what it has is ``_plain``."""
    return {path, _plain(spoken(path))}


def _plain(path: str) -> str:
    """A clause's number as people write it, without what differs from hand to hand: 「二（一）1」, 「二(一) 1」."""
    return "".join(path.replace("（", "(").replace("）", ")").replace("/", "").split())


def _numbers(model: type[models.Model], entries: set[int]) -> dict[int, int]:
    rows = model._default_manager.filter(progress__in=entries).order_by()
    return dict(rows.values_list("progress").annotate(number=Count("pk")))
