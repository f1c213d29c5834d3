"""Which year a page shows first, and how one gets to the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext


def year_to_show(years: Iterable[int], today: date) -> int | None:
    """The current year if it is open; else the last one before it, which is still being finished; else the next.

    Opening next year in November must not take this year's work away from anybody.
    """
    known = sorted(set(years))
    past = [year for year in known if year <= today.year]
    return past[-1] if past else next(iter(known), None)


def year_tabs(years: dict[int, int], shown: int, name: str, *args: Any) -> list[dict[str, Any]]:
    """One link a year to the page ``name``, with how many reports are still owed; none where there is one year."""
    if len(years) < 2:
        return []
    return [
        {
            "label": str(year),
            "note": ngettext("未报%(count)d项", "未报%(count)d项", owed) % {"count": owed} if owed else "",
            "url": reverse(name, args=[*args, year]),
            "current": year == shown,
        }
        for year, owed in sorted(years.items(), reverse=True)
    ]
