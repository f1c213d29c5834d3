"""Which years are over: their pages show what was, and offer nothing to do."""

from __future__ import annotations

from reporting.enums import YearState
from reporting.models import Year
from reporting.services.refusals import year_is_over


def is_over(conference: int, year: int) -> bool:
    """Whether the conference's year was closed and archived."""
    return Year.objects.filter(conference=conference, year=year, state=YearState.CLOSED).exists()


def over_text(conference: int, year: int) -> str:
    """Why nothing of the year can be written any more; empty while it can."""
    return year_is_over(year) if is_over(conference, year) else ""
