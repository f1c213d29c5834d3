"""Two clicks on one button: what the first has made a moment ago is what the second gets."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

_ONE_CLICK = timedelta(minutes=1)


def a_moment_ago() -> datetime:
    """Since when the same act of the same person is a second click and not a second wish."""
    return timezone.now() - _ONE_CLICK
