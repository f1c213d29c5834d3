"""What happened in a year, for its archive: every event of the conference, with its seal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from departments.access import Access
from departments.chain import FIRST, columns_of
from departments.models import Event
from departments.models.events import Action, EventQuerySet, EventSeal
from reporting.archives.tables import People
from reporting.models import AnnualReport, Duty, FigureSheet, Progress, ReportSection, Year
from reporting.models.entries import DutyQuerySet, ProgressQuerySet
from reporting.models.figures import FigureSheetQuerySet
from reporting.models.reports import AnnualReportQuerySet, ReportSectionQuerySet

_AT_ONCE = 500
# What a unit has handed over, and what ended that round. What it took back before anybody looked is its own again.
_HANDED_OVER = (Action.SUBMIT, Action.SIGN)
_ROUND = (*_HANDED_OVER, Action.WITHDRAW, Action.RETURN, Action.ACCEPT, Action.REOPEN)
# Whose details speak of texts that not everybody may read, and by which rule one may.
_TEXTS: tuple[tuple[Any, Any], ...] = (
    (Progress, ProgressQuerySet.text_scope),
    (Duty, DutyQuerySet.text_scope),
    (AnnualReport, AnnualReportQuerySet.scope),
    (ReportSection, ReportSectionQuerySet.scope),
    (FigureSheet, FigureSheetQuerySet.scope),
)


def events_of(year: Year, reader: Access) -> QuerySet[Event]:
    """The conference's events from the year's first day, or its opening, to its closing; what is only being prepared
    is not for offices."""
    starts = min(timezone.make_aware(datetime(year.year, 1, 1)), year.opened_at)
    ends = year.closed_at or timezone.now()
    seen = Event.objects.filter(EventQuerySet.scope(reader), conference=year.conference_id)
    # Closing is told of a moment after it is done, and is the last thing that is told.
    closing = Event.objects.of(year).filter(action=Action.CLOSE_YEAR).order_by("-pk").values("pk")[:1]
    return seen.filter(Q(at__gte=starts, at__lte=ends) | Q(pk__in=closing)).order_by("pk")


def event_lines(events: QuerySet[Event], reader: Access, people: People) -> Iterator[dict[str, Any]]:
    """Each event with its seal. Of a detail that speaks of a text that was never handed in, only the digest is told."""
    taken_back = _taken_back(events)
    rows = events.iterator(chunk_size=_AT_ONCE)
    while batch := list(islice(rows, _AT_ONCE)):
        seals = _seals(batch)
        readable = {
            model._meta.label_lower: set(
                model._default_manager.filter(
                    scope(reader), pk__in={one.object_id for one in batch if one.object_type == model._meta.label_lower}
                ).values_list("pk", flat=True)
            )
            for model, scope in _TEXTS
        }
        for event in batch:
            line = columns_of(event)
            if event.actor_id is not None:
                people.numbers.add(event.actor_id)
            may_read = event.object_type not in readable or event.object_id in readable[event.object_type]
            if may_read and event.pk not in taken_back:
                line["detail"] = event.detail
            if seal := seals.get(event.pk):
                line["seal"] = {"digest": seal[0], "previous": seal[1]}
            yield line


def _taken_back(events: QuerySet[Event]) -> set[int]:
    """Hand-overs that the unit took back before the office had acted on them."""
    rounds = events.filter(action__in=_ROUND).order_by("object_type", "object_id", "pk")
    found: set[int] = set()
    before: tuple[Any, ...] = ()
    for row in rounds.values_list("object_type", "object_id", "action", "pk").iterator(chunk_size=_AT_ONCE):
        if row[2] == Action.WITHDRAW and before[:2] == row[:2] and before[2] in _HANDED_OVER:
            found.add(before[3])
        before = row
    return found


def _seals(events: list[Event]) -> dict[int, tuple[str, str]]:
    before = EventSeal.objects.filter(pk__lt=OuterRef("pk")).order_by("-pk").values("digest")[:1]
    seals = EventSeal.objects.filter(Q(event_id__in=[event.pk for event in events]))
    rows = seals.annotate(previous=Subquery(before)).values_list("event_id", "digest", "previous")
    return {event: (digest, previous or FIRST) for event, digest, previous in rows}
