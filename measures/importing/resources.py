"""Clauses as rows of a table: the way by which everything that was read is staged (django-import-export)."""

from __future__ import annotations

from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from measures.enums import ClauseKind
from measures.models import PlanImport, StagedClause

HEADERS = (
    "position",
    "path",
    "label",
    "kind",
    "heading",
    "text",
    "start",
    "end",
    "lead",
    "cooperating",
    "due",
    "sheet",
    "row",
)


class NumberWidget(widgets.Widget):
    """A number that the reader counted; nothing is converted."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if value is None or (isinstance(value, int) and value >= 0):
            return value
        raise ValueError(_("应为非负整数。"))


class WordsWidget(widgets.Widget):
    """Words as they were read, white space and all; import-export's own would strip them."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.name = field
        self.limit = StagedClause._meta.get_field(field).max_length  # type: ignore[union-attr]

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        words = str(value or "")
        if "\0" in words:
            raise ValueError(_("含有无法保存的控制字符，请删除。"))
        if self.limit is not None and len(words) > self.limit:
            raise ValueError(
                _("太长（%(length)d 字，上限 %(limit)d 字），看起来没有读对，请核对。")
                % {"length": len(words), "limit": self.limit}
            )
        return words


class KindWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if value not in ClauseKind.values:
            raise ValueError(_("不认识的条款类别「%s」。") % value)
        return str(value)


class PartiesWidget(widgets.Widget):
    """A list of {name, as_written, group}."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        for party in value or ():
            if not 0 < len(party["name"]) <= 100 or len(party["as_written"]) > 100:
                raise ValueError(_("单位名称「%s…」太长，看起来没有读对，请核对。") % party["name"][:30])
        return list(value or ())


class StagedClauseResource(resources.ModelResource):
    """Rows of one import, all of them or none."""

    position = fields.Field("position", "position", widget=NumberWidget())
    path = fields.Field("path", "path", widget=WordsWidget("path"))
    label = fields.Field("label", "label", widget=WordsWidget("label"))
    kind = fields.Field("kind", "kind", widget=KindWidget())
    heading = fields.Field("heading", "heading", widget=WordsWidget("heading"))
    text = fields.Field("text", "text", widget=WordsWidget("text"))
    start = fields.Field("start", "start", widget=NumberWidget())
    end = fields.Field("end", "end", widget=NumberWidget())
    lead = fields.Field("lead", "lead", widget=PartiesWidget())
    cooperating = fields.Field("cooperating", "cooperating", widget=PartiesWidget())
    due = fields.Field("due", "due", widget=WordsWidget("due"))
    sheet = fields.Field("sheet", "sheet", widget=WordsWidget("sheet"))
    row = fields.Field("row", "row", widget=NumberWidget())

    class Meta:
        model = StagedClause
        fields = HEADERS
        import_order = HEADERS
        # Every row is new: staging again starts from nothing.
        force_init_instance = True
        import_id_fields = ()
        use_bulk = True
        # One statement for all rows, however many.
        batch_size = None
        skip_diff = True
        use_transactions = True
        clean_model_instances = False

    def __init__(self, plan_import: PlanImport) -> None:
        super().__init__()
        self.plan_import = plan_import
        self._columns: list[fields.Field] = [self.fields[name] for name in HEADERS]

    def get_import_fields(self) -> list[fields.Field]:
        # Asked for with every row; there is nothing to find out anew.
        return self._columns

    def before_save_instance(self, instance: StagedClause, row: Any, **kwargs: Any) -> None:
        instance.plan_import = self.plan_import
        instance.conference_id = self.plan_import.conference_id

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        # The library's sets the sequence of ids back to what this transaction sees, below what another worker has
        # taken and not committed yet. No id is given here: the sequence is right as it is.
        pass


def dataset(rows: list[tuple[Any, ...]]) -> tablib.Dataset:
    """Rows in the order of HEADERS."""
    table = tablib.Dataset(headers=list(HEADERS))
    for row in rows:
        table.append(row)
    return table
