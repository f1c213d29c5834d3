"""Acts that touch several rows: recording events."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from axes.helpers import get_cool_off
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from departments.models import Conference, Department, Event, User
from departments.models.events import Action

# Where the request that is being answered came from; set by departments.middleware, empty for the clock.
current_address: ContextVar[str | None] = ContextVar("current_address", default=None)


def home_of(person: User) -> int | None:
    """The conference whose auditors see what concerns only ``person``: signing in, passwords, lockouts.

    That of the first posting in force; who has none belongs to the topmost one, so that somebody sees it.
    """
    posting = person.postings.in_force_on(timezone.localdate()).order_by("pk").values_list("conference", flat=True)
    topmost = Conference.objects.filter(upper=None).order_by("code").values_list("pk", flat=True)
    return posting.first() or topmost.first()


def record_lockout(*, request: HttpRequest, username: str | None, **signal: Any) -> None:
    """Write a lockout to the trail, once for each time that an account is locked (signal user_locked_out).

    axes sends the signal again at every attempt while the lock lasts. An account that does not exist is not
    named: what was typed there may be somebody's password.
    """
    person = User.objects.filter(username=username or "").first()
    if person is None:
        return
    # Signing in, or an administrator, ends a lock before its time; the next one is another.
    marks = Event.objects.of(person).filter(action__in=(Action.LOCKOUT, Action.LOGIN, Action.ADMINISTER))
    last, lasts = marks.first(), get_cool_off(request)
    if last is not None and last.action == Action.LOCKOUT and (lasts is None or last.at > timezone.now() - lasts):
        return
    record(person, Action.LOCKOUT, by=None, conference=home_of(person))


def record(
    row: models.Model,
    action: str,
    *,
    by: User | None,
    conference: Conference | int | None = None,
    department: Department | int | None = None,
    before: str = "",
    after: str = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> Event:
    """Append an event about ``row``. Call it in the transaction that makes the change, so that neither is alone."""
    return Event.objects.create(
        conference_id=getattr(conference, "pk", conference),
        department_id=getattr(department, "pk", department),
        actor=by,
        address=current_address.get(),
        action=action,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        title=str(row)[:200],
        before=before,
        after=after,
        reason=reason,
        detail=detail or {},
    )
