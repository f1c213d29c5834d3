"""Loading the working calendar: the days of fixtures/working_days.json that are not what their weekday says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from departments.upsert import Change, RowTwice, upsert
from reporting.models import WorkDay


class CalendarNotLoadable(Exception):
    """The file cannot be read or contradicts itself; nothing was changed. ``str()`` is for people."""


@transaction.atomic
def load_calendar(path: Path) -> Change:
    """Bring the calendar up to what the file says. Days that it does not name are left alone; repeatable.

    Refuses a day that only repeats its weekday: it would look like a decision where none was published.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        wanted = [
            WorkDay(day=date.fromisoformat(row["day"]), is_working=row["is_working"], note=row["note"]) for row in rows
        ]
        if plain := [row.day for row in wanted if row.is_working == (row.day.weekday() < 5)]:
            raise ValueError(f"{plain[0]} 与星期一致，不必登记")
        existing = WorkDay.objects.filter(day__in=[row.day for row in wanted])
        return upsert(existing, wanted, key=("day",), fields=("is_working", "note"))
    except KeyError as error:
        raise CalendarNotLoadable(f"工作日历无法载入：缺少 {error}。") from error
    except (OSError, ValueError, RowTwice) as error:
        raise CalendarNotLoadable(f"工作日历无法载入：{error}。") from error
