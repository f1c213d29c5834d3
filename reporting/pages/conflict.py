"""Two texts of one entry, side by side, with what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from diff_match_patch import diff_match_patch
from django.db.models import Field
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from reporting.models import Duty, Progress
from reporting.services.entries import TEXT_FIELDS, FigureInput


def says_the_same(current: Progress | Duty, values: dict[str, Any], figures: Sequence[FigureInput] | None) -> bool:
    """Whether what is stored is what was typed, to the letter and to the number: a second click, and no conflict."""
    if any(str(getattr(current, name)) != str(value) for name, value in values.items()):
        return False
    if figures is None or not isinstance(current, Progress):
        return True
    stored = current.figures.order_by("position").values_list("name", "value", "unit", "as_written")
    return list(stored) == [(figure.name, figure.value, figure.unit, figure.as_written) for figure in figures]


def conflict_of(current: Progress | Duty, mine: dict[str, Any]) -> dict[str, Any]:
    """The fields in which what I typed (``mine``) and what is stored (``current``) differ."""
    fields = []
    for name in TEXT_FIELDS[type(current)]:
        theirs, own = str(getattr(current, name)), str(mine.get(name, ""))
        if theirs == own:
            continue
        field = cast("Field[Any, Any]", current._meta.get_field(name))
        if field.choices:
            words = dict(field.choices)
            theirs, own = str(words.get(theirs, theirs)), str(words.get(own, own))
        theirs_html, mine_html = marked(theirs, own)
        fields.append({"label": field.verbose_name, "theirs_html": theirs_html, "mine_html": mine_html})
    return {"by": current.updated_by or "", "at": current.updated_at, "fields": fields}


def marked(theirs: str, mine: str) -> tuple[SafeString, SafeString]:
    """Both texts escaped, with ``<del>`` around what only theirs has and ``<ins>`` around what only mine has."""
    differ = diff_match_patch()
    differ.Diff_Timeout = 0.5
    pieces = differ.diff_main(theirs, mine)
    differ.diff_cleanupSemantic(pieces)
    left, right = [], []
    for operation, text in pieces:
        safe = escape(text)
        if operation <= 0:
            left.append(f"<del>{safe}</del>" if operation else safe)
        if operation >= 0:
            right.append(f"<ins>{safe}</ins>" if operation else safe)
    # Every piece was escaped above; only our own two tags are added.
    return mark_safe("".join(left)), mark_safe("".join(right))  # noqa: S308
