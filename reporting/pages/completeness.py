"""How complete a unit's year is, by chapter: what stands behind an annual report."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from reporting.enums import Standing
from reporting.models import Duty, Progress
from reporting.models.entries import ProgressQuerySet
from reporting.pages.rows import chapter_titles

_NONE = {"total": 0, "accepted": 0, "submitted": 0, "returned": 0, "known": 0, "open": 0}
_COLUMN = {
    Standing.ACCEPTED: "accepted",
    Standing.SUBMITTED: "submitted",
    Standing.RETURNED: "returned",
    # Its unit cooperates and knows of it; by the rule of the plan nobody waits for more.
    Standing.KNOWN: "known",
    Standing.OPEN: "open",
    Standing.DRAFT: "open",
    Standing.TO_SIGN: "open",
}


def completeness_of(duty: Duty, user: object) -> dict[str, Any] | None:
    """Counts by chapter and in sum of the measures of the duty's unit; None where it has none."""
    progress = Progress.objects.countable_by(user).in_force().filter(year=duty.year)
    if duty.department_id is not None:
        progress = progress.filter(department=duty.department_id)
    else:
        progress = progress.filter(conference=duty.obliged_conference_id)
    rows: dict[str, dict[str, Any]] = {}
    versions = set()
    standing_rows: ProgressQuerySet = progress.with_standing()
    counted = (
        standing_rows.order_by("clause__position")
        .values_list("clause__path", "clause__version", "standing")
        .annotate(n=Count("pk"))
    )
    for path, version, standing, number in counted:
        versions.add(version)
        row = rows.setdefault(path.partition("/")[0], dict(_NONE))
        row["total"] += number
        row[_COLUMN[Standing(standing)]] += number
    if not rows:
        return None
    titles = chapter_titles(versions)
    sums = {column: sum(row[column] for row in rows.values()) for column in _NONE}
    return {
        "rows": [{"chapter": titles.get(chapter, chapter), "url": "", **row} for chapter, row in rows.items()],
        "sums": sums,
    }
