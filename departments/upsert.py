"""Bringing a table up to what a file says, in as many queries for a thousand rows as for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models


class RowTwice(ValueError):
    """The same natural key stands twice in what is to be loaded."""


@dataclass(slots=True)
class Change:
    """What one load did to one table."""

    title: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    # The rows as they now are in the database, by natural key.
    rows: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False)

    @property
    def is_nothing(self) -> bool:
        return not (self.created or self.updated)

    def __str__(self) -> str:
        return f"{self.title}：新增 {self.created}，更新 {self.updated}，不变 {self.unchanged}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }


def upsert(
    existing: models.QuerySet[Any],
    wanted: Iterable[models.Model],
    *,
    key: tuple[str, ...],
    fields: tuple[str, ...],
) -> Change:
    """Create the rows of ``wanted`` that ``existing`` lacks and correct those that differ in ``fields``.

    ``key`` and ``fields`` are attribute names (``conference_id``, not ``conference``). Rows that are not
    wanted stay as they are: a file that is one line shorter deletes nothing. At most three queries.
    """
    model = existing.model
    change = Change(str(model._meta.verbose_name))
    found = {tuple(getattr(row, name) for name in key): row for row in existing}
    new, changed = [], []
    for row in wanted:
        row_key = tuple(getattr(row, name) for name in key)
        if row_key in change.rows:
            raise RowTwice(f"{change.title}：{row} 重复（{'，'.join(map(str, row_key))}）。")
        known = found.get(row_key)
        if known is None:
            new.append(row)
        elif any(getattr(known, name) != getattr(row, name) for name in fields):
            for name in fields:
                setattr(known, name, getattr(row, name))
            changed.append(known)
        change.rows[row_key] = row if known is None else known
    if new:
        model._default_manager.bulk_create(new)
    if changed:
        columns = {column.attname: column.name for column in model._meta.concrete_fields}
        model._default_manager.bulk_update(changed, [columns[name] for name in fields])
    change.created, change.updated = len(new), len(changed)
    change.unchanged = len(change.rows) - len(new) - len(changed)
    return change
