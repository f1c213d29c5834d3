"""Acts that touch several rows: recording events, and passing a posting on."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, Department, Event, Posting, User
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


class CannotHandOver(Exception):
    """The posting cannot be passed on like that. The message is for people."""


@transaction.atomic
def hand_over(posting: Posting, *, to: User, on: date, by: User) -> Posting:
    """End ``posting`` on the day ``on`` and begin the same for ``to`` on the day after. Returns the new one.

    Both are in the trail as the administration writes it. Raises CannotHandOver when the posting does not last until
    ``on``, when it is ``to``'s own, or when ``to`` holds the same already at that time.
    """
    posting = Posting.objects.select_for_update(of=("self",)).select_related("user").get(pk=posting.pk)
    if to.pk == posting.user_id:
        raise CannotHandOver(_("不能交接给本人。"))
    if posting.starts_on is not None and on < posting.starts_on:
        raise CannotHandOver(_("交接日期不能早于任职起期%(day)s。") % {"day": posting.starts_on.isoformat()})
    if posting.ends_on is not None and posting.ends_on < on:
        raise CannotHandOver(_("这项任职已于%(day)s结束，不能再交接。") % {"day": posting.ends_on.isoformat()})
    begins = on + timedelta(days=1)
    same = Posting.objects.filter(conference=posting.conference_id, department=posting.department_id, role=posting.role)
    if same.filter(Q(ends_on=None) | Q(ends_on__gte=begins), user=to).exists():
        raise CannotHandOver(_("%(who)s已经担任同一职务。") % {"who": to})
    # Two administrators at once: the second finds the posting ended on that day and its follower there.
    if posting.ends_on == on and same.filter(starts_on=begins).exists():
        raise CannotHandOver(_("这项任职已经交接，次日起已有人接任。"))
    ended, posting.ends_on = posting.ends_on, on
    posting.save(update_fields=["ends_on"])
    follower = Posting.objects.create(
        user=to,
        conference_id=posting.conference_id,
        department_id=posting.department_id,
        role=posting.role,
        starts_on=begins,
        # What was to end on a day still does.
        ends_on=ended if ended is not None and ended >= begins else None,
    )
    _record_posting(posting, by, "change", {"ends_on": [_day(ended), _day(on)]}, reason=f"交接给{to}")
    given = {
        "user": [None, str(to)],
        "role": [None, follower.role],
        "starts_on": [None, _day(begins)],
        "ends_on": [None, _day(follower.ends_on)],
    }
    _record_posting(follower, by, "add", given, reason=f"接替{posting.user}")
    return follower


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _record_posting(posting: Posting, by: User, act: str, fields: dict[str, list[Any]], *, reason: str) -> None:
    record(
        posting,
        Action.ADMINISTER,
        by=by,
        conference=posting.conference_id,
        department=posting.department_id,
        reason=reason,
        # As departments.admin.changes writes it.
        detail={"act": act, "fields": fields, "rows": []},
    )
