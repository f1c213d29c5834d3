"""What the pages of a comparison show: change by change with marked words, and what each unit gains and loses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.names import search_key
from measures.comparing import Change, ChangeKind, Comparison, Side, marks, words_of
from measures.importing.effects import Effect, effects_of
from measures.paths import spoken

KIND_NAMES: dict[ChangeKind, Any] = {
    ChangeKind.REWORDED: _("改写"),
    ChangeKind.MOVED: _("移动"),
    ChangeKind.SPLIT: _("拆分"),
    ChangeKind.MERGED: _("合并"),
    ChangeKind.NEW: _("新增"),
    ChangeKind.DROPPED: _("删去"),
    ChangeKind.SAME: _("不变"),
}


def totals_of(counts: dict[str, int], url: str = "", chosen: str = "") -> list[dict[str, Any]]:
    """The seven numbers, each leading to its rows."""
    return [
        {
            "kind": kind.value,
            "name": name,
            "number": counts.get(kind, 0),
            "url": f"{url}?kind={kind.value}" if url and counts.get(kind) else "",
            "is_chosen": chosen == kind,
        }
        for kind, name in KIND_NAMES.items()
    ]


def change_row(number: int, change: Change) -> dict[str, Any]:
    """One change as a page shows it. ``number`` is its place on the page, for its anchor."""
    before, after = change.before, change.after
    pieces = marks(words_of(before), words_of(after)) if before and after else []
    moved = before is not None and after is not None and before.path != after.path
    return {
        "number": number,
        "kind": change.kind.value,
        "name": KIND_NAMES[change.kind],
        "before_path": before.path if before else "",
        "after_path": after.path if after else "",
        "before_name": spoken(before.path) if before else "",
        "after_name": spoken(after.path) if after else "",
        "is_moved": moved,
        "is_manual": change.is_manual,
        "pieces": pieces,
        "is_marked": any(op != "same" for op, _text in pieces),
        "text": words_of(after or before),
        "units": [
            words
            for words in (
                {"name": _("新增负责"), "units": change.lead_gained, "is_gain": True},
                {"name": _("减少负责"), "units": change.lead_lost, "is_gain": False},
                {"name": _("新增配合"), "units": change.cooperating_gained, "is_gain": True},
                {"name": _("减少配合"), "units": change.cooperating_lost, "is_gain": False},
                {"name": _("新增时限"), "units": change.dues_gained, "is_gain": True},
                {"name": _("取消时限"), "units": change.dues_lost, "is_gain": False},
            )
            if words["units"]
        ],
    }


def effect_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """What each unit gains and loses, the most affected first."""

    def weight(effect: Effect) -> int:
        return -(
            3 * (len(effect.lead_gained) + len(effect.lead_lost))
            + 2 * (len(effect.cooperating_gained) + len(effect.cooperating_lost))
            + len(effect.reworded)
        )

    return [
        {
            "unit": effect.unit.name,
            "lead_gained": _spoken(effect.lead_gained),
            "lead_lost": _spoken(effect.lead_lost),
            "cooperating_gained": _spoken(effect.cooperating_gained),
            "cooperating_lost": _spoken(effect.cooperating_lost),
            "reworded": _spoken(effect.reworded),
        }
        for effect in sorted(effects_of(comparison), key=weight)
    ]


def _spoken(paths: Iterable[str]) -> list[str]:
    return [spoken(path) for path in paths]


def clause_choices(sides: Iterable[Side]) -> list[tuple[str, str]]:
    """Clauses to choose from when a link is corrected: path, and the first words."""
    return [(side.path, f"{spoken(side.path)} {(side.heading or side.text)[:24]}".strip()) for side in sides]


def path_of(typed: str, paths: Iterable[str]) -> str:
    """The path that a person means: written as it is kept, or as pages show it; the words themselves if neither."""
    plain = search_key(typed)
    return next((path for path in paths if plain in (search_key(path), search_key(spoken(path)))), typed.strip())
