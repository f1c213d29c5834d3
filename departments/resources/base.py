"""What every sheet shares: each row checked as the form of its page checks it, all faults at once, all or nothing.

django-import-export walks the rows and rolls back; what is found, checked and written is said here. The number of
queries of a preview does not depend on the number of rows: what rows refer to is looked up before the first of them
(``look_up``), constraints are checked in memory, and everything is written after the last one (``write``).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, models
from django.utils.translation import gettext as _
from import_export.resources import Diff, Resource
from import_export.results import Result, RowResult

from departments.models import Conference, Department, User
from departments.resources.columns import Column
from departments.resources.constraints import broken_checks, unique_keys
from departments.resources.formats import Fault, Sheet
from departments.sensitive import find_sensitive, may_hold_numbers_of_people, refusal

_ROWS_AT_ONCE = 500


class PreviewOutdated(Exception):
    """What the import would change is no longer what its preview showed; nothing was written."""


@dataclass(slots=True)
class Change:
    """What happened to one row, for the trail: the act (add, change, delete), its fields, and rows within the row."""

    row: models.Model
    act: str
    fields: dict[str, tuple[Any, Any]]
    rows: list[Change] = field(default_factory=list)
    conference: Conference | None = None
    department: Department | None = None


class Scope(Protocol):
    """Whose rows one person sees and may change, as the pages of the administration have it, and their trail."""

    person: User
    administers_all: bool

    def seen(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """Rows that the list of the model shows."""

    def choices(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """Rows that a foreign key to the model may be set to."""

    def changeable(self, rows: Iterable[models.Model]) -> set[int]:
        """Those of ``rows``, by their keys, that the person may change, in a number of queries that does not grow."""

    def record(self, change: Change, number: int) -> None:
        """Note for the trail what the row ``number`` of the sheet has changed."""

    def write_events(self) -> None:
        """Append to the trail what was noted, in the transaction of the import."""


class Cell(NamedTuple):
    """One cell of a row as it is and as it will be."""

    header: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Imported:
    """One row of the sheet that is new (no ``original``) or changes something."""

    number: int
    row: Any
    original: Any


class CellDiff(Diff):
    """The cells of a row before and after; import-export's own draws them with inline styles."""

    def __init__(self, resource: SheetResource, instance: Any, new: bool) -> None:
        super().__init__(resource, instance, new)
        self.headers = resource.get_diff_headers()

    def as_html(self) -> list[Cell]:
        before = [""] * len(self.right) if self.new else self.left
        return [Cell(*map(str, cell)) for cell in zip(self.headers, before, self.right, strict=True)]


class SheetResult(Result):
    """What an import did, or would do. ``faults`` are all that is wrong; with any of them nothing is written."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Fault] = []

    @property
    def changes(self) -> list[RowResult]:
        """Rows that are new or change something, with ``number`` as the sheet has it and ``diff`` as Cells."""
        return [
            row for row in self.rows if row.import_type in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
        ]

    def is_clean(self) -> bool:
        return not (self.faults or self.has_errors() or self.has_validation_errors())

    def digest(self) -> str:
        """What tells one set of changes from another."""
        told = [[row.number, row.import_type, row.diff] for row in self.changes]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class SheetResource(Resource):
    """One sheet of rows of ``model``, found by ``key`` (columns, never ids), without which no sheet is read."""

    model: type[models.Model]
    key: tuple[str, ...] = ()

    class Meta:
        using_db = DEFAULT_DB_ALIAS
        instance_loader_class = staticmethod(lambda resource, dataset: None)
        # Rows are written together at the end, and each one needs no savepoint of its own.
        use_bulk = True
        skip_unchanged = True

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope
        # The digest of the preview that was confirmed.
        self.previewed = ""
        self.changeable: set[int] = set()
        self._numbers: list[int] = []
        self._number = 0
        self._first: dict[tuple[Any, ...], int] = {}
        self._repeats: int | None = None

    # --- For each sheet to say --------------------------------------------------------------------------------------

    def look_up(self, rows: list[dict[str, str]]) -> None:
        """Read whatever the rows (texts by the names of their columns) refer to."""
        raise NotImplementedError

    def row_key(self, cells: dict[str, str]) -> tuple[Any, ...]:
        """What two rows of one sheet must not have in common."""
        return tuple(cells[name] for name in self.key)

    def find(self, cells: dict[str, str]) -> models.Model | None:
        """The row that these cells mean, if there is one."""
        raise NotImplementedError

    def complete(self, row: Any) -> None:
        """Put on a row, once its cells are read, what follows from them."""

    def check(self, row: Any) -> Iterator[tuple[str, str]]:
        """Pairs of a column's name (or "") and what is wrong with it, beyond the fields and checks of the model."""
        return iter(())

    def peers(self, rows: list[Any]) -> Iterable[models.Model]:
        """Rows that could be in the way of ``rows``: same key, same name."""
        return ()

    def prepare(self, rows: list[Any]) -> None:
        """Put on rows that are to be exported what their columns show beyond the model's own fields."""

    def write(self, imported: list[Imported]) -> None:
        """Write the rows and what happened to each; the whole is one transaction."""
        new = [one.row for one in imported if one.original is None]
        old = [one.row for one in imported if one.original is not None]
        if new:
            self.model._default_manager.bulk_create(new)
        if old:
            self.model._default_manager.bulk_update(old, self.written)
        for one in imported:
            self.scope.record(change_of(one), one.number)

    def held(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """``rows``, which nobody else changes until the import is done; a preview keeps nobody waiting."""
        return rows.select_for_update(of=("self",)).order_by("pk") if self.previewed else rows

    # --- Headers and faults -----------------------------------------------------------------------------------------

    @classmethod
    def get_result_class(cls) -> type[SheetResult]:
        return SheetResult

    @classmethod
    def get_diff_class(cls) -> type[CellDiff]:
        return CellDiff

    @property
    def columns(self) -> dict[str, Column]:
        return self.fields

    @property
    def written(self) -> list[str]:
        """Fields of the model that a row of the sheet may change."""
        own = {one.name for one in self.model._meta.concrete_fields}
        return [column.attribute for column in self.columns.values() if column.attribute in own and not column.readonly]

    def header(self, name: str) -> str:
        return str(self.columns[name].column_name)

    def header_faults(self, headers: list[str]) -> list[str]:
        """What is wrong with the header, as sentences."""
        known = [str(column.column_name) for column in self.columns.values()]
        faults = []
        if missing := [self.header(name) for name in self.key if self.header(name) not in headers]:
            faults.append(_("表头缺少「%(names)s」列。") % {"names": "」「".join(missing)})
        if unknown := [header for header in headers if header not in known]:
            faults.append(
                _("不认识的列「%(unknown)s」，请删去或改名。可用的列：%(known)s。")
                % {"unknown": "」「".join(unknown), "known": "、".join(known)}
            )
        return faults

    # --- Import: row by row -----------------------------------------------------------------------------------------

    def before_import(self, dataset: Sheet, **kwargs: Any) -> None:
        self._numbers = dataset.numbers
        self.look_up([self.cells(dict(zip(dataset.headers, row, strict=True))) for row in dataset])

    def cells(self, row: dict[str, Any]) -> dict[str, str]:
        """The texts of a row by the names of their columns; a column that the sheet lacks is empty."""
        return {name: str(row.get(column.column_name) or "").strip() for name, column in self.columns.items()}

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Any:
        return self.find(self.cells(row))

    def init_instance(self, row: dict[str, Any] | None = None) -> Any:
        return self.model()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        self._number = self._numbers[kwargs["row_number"] - 1]
        key = self.row_key(self.cells(row))
        self._repeats = self._first.get(key)
        self._first.setdefault(key, self._number)

    def import_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        errors: dict[str, str] = {}
        is_new = instance._state.adding
        for column in self.columns.values():
            if column.readonly or column.column_name not in row:
                continue
            # What stands there already is not read again: reading « 某局» would take its space off.
            if not is_new and row[column.column_name] == _as_exported(column, instance):
                continue
            try:
                column.save(instance, row)
            except ValueError as error:
                errors[column.column_name] = str(error)
        if not errors:
            self.complete(instance)
            errors = dict(self._contradictions(instance, row))
        if errors:
            raise ValidationError(errors)

    def _contradictions(self, instance: Any, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for column in self.columns.values():
            text = str(row.get(column.column_name) or "").strip()
            if column.is_reference and text and text != (shown := _as_exported(column, instance).strip()):
                yield (
                    column.column_name,
                    _("与登记的「%(shown)s」不符；这一列只供核对，不能在此修改。") % {"shown": shown or "—"},
                )

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        if instance._state.adding or self._repeats is not None:
            return False
        return bool(super().skip_row(instance, original, row, import_validation_errors))

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        faults: dict[str, list[str]] = defaultdict(list)
        for header, errors in (import_validation_errors or {}).items():
            faults[header] += ValidationError(errors).messages
        if self._repeats is not None:
            faults[NON_FIELD_ERRORS].append(_("与第 %(row)d 行重复，请只保留一行。") % {"row": self._repeats})
        for header, message in self._fields_at_fault(instance, set(faults)):
            faults[header].append(message)
        if instance._state.adding:
            for column in self.columns.values():
                if column.readonly or not column.is_needed or column.column_name in faults:
                    continue
                if column.get_value(instance) in (None, ""):
                    faults[column.column_name].append(_("新增的行必须填写这一列。"))
        elif instance.pk not in self.changeable:
            faults[NON_FIELD_ERRORS].append(_("不在您的管理范围内，不能修改。"))
        if not faults:
            for header, message in self.row_faults(instance):
                faults[header].append(message)
        if faults:
            raise ValidationError(faults)

    def _fields_at_fault(self, instance: Any, known: set[str]) -> Iterator[tuple[str, str]]:
        headers = {column.attribute: column.column_name for column in self.columns.values() if not column.readonly}
        left_out = [
            one.name
            for one in instance._meta.concrete_fields
            # Whether a foreign row exists was found out when it was looked up.
            if one.is_relation or one.name not in headers or headers[one.name] in known
        ]
        try:
            instance.clean_fields(exclude=left_out)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                yield from ((headers[name], message) for message in messages)

    def row_faults(self, instance: Any) -> Iterator[tuple[str, str]]:
        """What is wrong with a row whose cells are right: pairs of a header and a sentence."""
        headers = {column.attribute: column.column_name for column in self.columns.values()}
        try:
            instance.clean()
        except ValidationError as error:
            for name, messages in ValidationError(error).update_error_dict({}).items():
                for message in ValidationError(messages).messages:
                    yield headers.get(name, NON_FIELD_ERRORS), message
        for message in broken_checks(instance):
            yield NON_FIELD_ERRORS, message
        for text in filter(may_hold_numbers_of_people, instance._meta.concrete_fields):
            # What was not read is not written either.
            if findings := find_sensitive(instance.__dict__.get(text.attname) or ""):
                yield headers.get(text.name, NON_FIELD_ERRORS), refusal(findings)
        for name, message in self.check(instance):
            yield self.header(name) if name else NON_FIELD_ERRORS, message

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Nothing yet: rows are written together, once all of them are known to be right."""

    # --- Import: the whole ------------------------------------------------------------------------------------------

    def after_import(self, dataset: Sheet, result: SheetResult, **kwargs: Any) -> None:
        for row, number in zip(result.rows, dataset.numbers, strict=True):
            row.number = number
            for error in row.errors:
                raise error.error
        places = {header: place for place, header in enumerate(dataset.headers)}
        result.faults = sorted(
            [*dataset.faults, *self._faults_of_rows(result, dataset), *self.faults_between_rows(result)],
            key=lambda fault: (fault.row, places.get(fault.column, len(places))),
        )
        if self._is_dry_run(kwargs) or not result.is_clean():
            return
        if self.previewed != result.digest():
            raise PreviewOutdated
        self.write([Imported(row.number, row.instance, row.original) for row in result.changes])
        self.scope.write_events()

    def _faults_of_rows(self, result: SheetResult, dataset: Sheet) -> Iterator[Fault]:
        for invalid in result.invalid_rows:
            values = dict(zip(dataset.headers, dataset[invalid.number - 1], strict=True))
            for header, messages in invalid.error_dict.items():
                for message in messages:
                    value = str(values.get(header, ""))
                    column = "" if header == NON_FIELD_ERRORS else header
                    yield Fault(dataset.numbers[invalid.number - 1], column, value, message)

    def faults_between_rows(self, result: SheetResult) -> Iterator[Fault]:
        """Keys and names that would be there twice once every row is as the sheet wants it."""
        headers = {column.attribute: (name, column.column_name) for name, column in self.columns.items()}
        changes = result.changes
        replaced = {row.instance.pk for row in changes if row.original is not None}
        peers = (peer for peer in self.peers([row.instance for row in changes]) if peer.pk not in replaced)
        taken = {(name, values) for peer in peers for _names, name, values, _message in unique_keys(peer)}
        for row in changes:
            for names, constraint, values, message in unique_keys(row.instance):
                if (constraint, values) in taken:
                    name, header = headers.get(names[-1], ("", ""))
                    value = str(self.columns[name].export(row.instance)) if name else ""
                    yield Fault(row.number, header, value, message)
                taken.add((constraint, values))

    def handle_import_error(self, result: Result, error: Exception, raise_errors: bool = False) -> None:
        """Keep what somebody can act upon; anything else is a mistake of ours, and takes everything back as well."""
        if not isinstance(error, (PreviewOutdated, IntegrityError, ValidationError)):
            raise error
        super().handle_import_error(result, error, raise_errors)

    # --- Export -----------------------------------------------------------------------------------------------------

    def iter_queryset(self, queryset: Any) -> Iterator[Any]:
        rows = queryset.iterator(chunk_size=_ROWS_AT_ONCE)
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            self.prepare(batch)
            yield from batch


def _as_exported(column: Column, instance: Any) -> str:
    return str(column.export(instance)).replace("\r\n", "\n").replace("\r", "\n")


# --- For the trail ------------------------------------------------------------------------------------------------


def change_of(one: Imported, rows: list[Change] | None = None) -> Change:
    return added(one.row, rows) if one.original is None else changed(one.original, one.row, rows)


def added(row: models.Model, rows: list[Change] | None = None) -> Change:
    values = {name: (None, value) for name, value in _values(row).items() if value not in (None, "")}
    return Change(row, "add", values, rows or [])


def deleted(row: models.Model) -> Change:
    return Change(row, "delete", {name: (value, None) for name, value in _values(row).items()})


def changed(before: models.Model, row: models.Model, rows: list[Change] | None = None) -> Change:
    old, new = _values(before), _values(row)
    return Change(row, "change", {name: (old[name], new[name]) for name in new if old[name] != new[name]}, rows or [])


def _values(row: models.Model) -> dict[str, Any]:
    return {
        one.name: getattr(row, one.name)
        for one in row._meta.concrete_fields
        if one.editable and not one.primary_key and one.name != "password"
    }
