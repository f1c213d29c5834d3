"""Working days: Monday to Friday, corrected by the published holidays and make-up days (WorkDay rows)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from reporting.models import WorkDay

_LONGEST_BREAK = 30


@dataclass(frozen=True, slots=True)
class Calendar:
    """The exceptions of a span of days, read once. A year that is not published yet has none: Mon–Fri holds."""

    exceptions: dict[date, bool]

    @classmethod
    def around(cls, first: date, last: date) -> Self:
        """The calendar from a month before ``first`` to ``last``."""
        rows = WorkDay.objects.filter(day__range=(first - timedelta(days=_LONGEST_BREAK), last))
        return cls(dict(rows.values_list("day", "is_working")))

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def last_working_day_by(self, day: date) -> date:
        """``day`` itself if it is worked, else the last working day before it."""
        for back in range(_LONGEST_BREAK):
            candidate = day - timedelta(days=back)
            if self.is_working(candidate):
                return candidate
        return day
