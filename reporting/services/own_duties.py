"""What a conference owes by itself, and a fact of its office meets: a meeting held, an assessment published."""

from __future__ import annotations

from departments.models.events import Action
from reporting.models import Duty
from reporting.models.years import in_open_year
from reporting.services.entries import TRANSITIONS


def still_to_meet(conference_id: int, year: int, *kinds: str) -> list[Duty]:
    """The conference's duties of these kinds in ``year`` that a fact can still meet, the first due first.

    A duty whose own year is closed, with the conference that it is owed to, stays as it is.
    """
    before, _after = TRANSITIONS[Action.FULFIL]
    owed = Duty.objects.filter(
        in_open_year(), obliged_conference=conference_id, year=year, kind__in=kinds, state__in=before
    )
    return list(owed.select_related("obligation").order_by("due_on", "pk"))
