"""Comparing whole tables."""

from __future__ import annotations

from typing import Any

from django.db import models

from departments.models import Event
from reporting.models import Attachment, Duty, Extension, Figure, Mail, Notice, Progress, Reminder, Urge, Year

EVERYTHING_OF_THE_YEAR = (Year, Duty, Progress, Figure, Attachment, Extension, Reminder, Notice, Mail, Urge, Event)


def rows(*tables: type[models.Model]) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row, to be compared with ``==``."""
    return {
        table._meta.label: list(table._default_manager.order_by("pk").values())
        for table in tables or EVERYTHING_OF_THE_YEAR
    }
