"""A model's constraints, checked without asking the database once a row.

Django checks each constraint of each row by a query of its own. A sheet has thousands of rows; what their constraints
ask is in the row itself, or in the rows beside it, which are read once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.constants import LOOKUP_SEP

Key = tuple[Any, ...]


def broken_checks(row: models.Model) -> Iterator[str]:
    """What the check constraints of the model say against ``row``, as sentences for people."""
    for constraint in row._meta.constraints:
        # As in SQL, a check that cannot be decided because something is NULL is met.
        if isinstance(constraint, models.CheckConstraint) and _holds(constraint.condition, row) is False:
            yield str(constraint.violation_error_message)


def unique_keys(row: models.Model) -> Iterator[tuple[tuple[str, ...], str, Key, str]]:
    """Of what ``row`` may be the only one: the names of the columns, a name, the values, and what to say otherwise.

    A constraint whose condition the row does not meet, or one of whose values is NULL, asks nothing.
    """
    for field in row._meta.concrete_fields:
        if field.unique and not field.primary_key:
            message = str(field.error_messages["unique"]) % {
                "model_name": row._meta.verbose_name,
                "field_label": field.verbose_name,
            }
            yield (field.name,), field.name, (getattr(row, field.attname),), message
    for constraint in row._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        names = constraint.fields or tuple(str(getattr(one, "name", "")) for one in constraint.expressions)
        values = tuple(_value(row, name) for name in names)
        is_asked = constraint.condition is None or _holds(constraint.condition, row) is True
        needs_values = constraint.condition is None
        if is_asked and not (needs_values and None in values):
            yield tuple(names), constraint.name, values, str(constraint.violation_error_message)


def _holds(condition: Any, row: models.Model) -> bool | None:
    """Whether ``row`` meets a Q of simple comparisons; None where NULL leaves it open."""
    if not isinstance(condition, Q):
        name, value = condition
        return _compares(name, value, row)
    answers = [_holds(child, row) for child in condition.children]
    match condition.connector:
        case Q.AND:
            answer = False if False in answers else None if None in answers else True
        case Q.OR:
            answer = True if True in answers else None if None in answers else False
        case connector:
            raise NotImplementedError(f"{row._meta.label}: {connector}")
    return (None if answer is None else not answer) if condition.negated else answer


def _compares(name: str, value: Any, row: models.Model) -> bool | None:
    column, _sep, lookup = name.partition(LOOKUP_SEP)
    own = _value(row, column)
    if isinstance(value, F):
        value = _value(row, value.name)  # type: ignore[attr-defined]
        if value is None:
            return None
    if lookup == "isnull":
        return (own is None) is value
    if lookup in ("", "exact") and value is None:
        return own is None
    # A lookup that is not here fails loudly in the tests, which try every constraint of what is imported.
    return None if own is None else _COMPARISONS[lookup](own, getattr(value, "pk", value))


def _value(row: models.Model, name: str) -> Any:
    column: Any = row._meta.get_field(name)
    return getattr(row, column.attname)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "exact": operator.eq,
    "in": lambda own, values: own in values,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}
