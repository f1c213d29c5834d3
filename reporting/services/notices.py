"""Telling people: notices in the product and mails beside them, decided in the caller's transaction."""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from departments.enums import Role
from departments.models import Posting, User
from reporting.models import Duty, Mail, Notice, Progress
from reporting.models.notices import MailState

logger = logging.getLogger(__name__)

_OFFICE = (Role.OFFICE_STAFF, Role.OFFICE_HEAD)
# Longer than any channel may take over one mail (_TIMEOUT for each of its few steps).
_LEASE = timedelta(minutes=10)
_TIMEOUT = 30
_MOST_ATTEMPTS = 8
# How long to leave a channel alone that could not be opened, and a run that others should take over.
_PAUSE = timedelta(minutes=2)
_LONGEST_RUN = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for each unit and each conference on a day: read once, asked for many duties."""

    of_departments: dict[int, list[User]]
    of_conferences: dict[int, list[User]]

    @classmethod
    def on(cls, day: date, *, departments: Iterable[int], conferences: Iterable[int]) -> Answering:
        """One query. A unit is answered for by its liaisons and deputies; without any, by its head."""
        postings = (
            Posting.objects.in_force_on(day)
            .filter(
                Q(department__in=set(departments), role__in=Role.of_departments())
                | Q(conference__in=set(conferences), department=None, role__in=_OFFICE),
                user__is_active=True,
            )
            .select_related("user")
            .order_by("pk")
        )
        writers: dict[int, list[User]] = defaultdict(list)
        heads: dict[int, list[User]] = defaultdict(list)
        offices: dict[int, list[User]] = defaultdict(list)
        for posting in postings:
            if posting.department_id is None:
                people = offices[posting.conference_id]
            elif posting.role == Role.HEAD:
                people = heads[posting.department_id]
            else:
                people = writers[posting.department_id]
            if posting.user not in people:
                people.append(posting.user)
        return cls({**heads, **writers}, dict(offices))

    def for_entry(self, entry: Progress | Duty) -> list[User]:
        if entry.department_id is not None:
            return self.of_departments.get(entry.department_id, [])
        assert isinstance(entry, Duty)  # noqa: S101 - only a duty can be a conference's
        return self.of_conferences.get(entry.obliged_conference_id or 0, [])


def people_who_answer_for(entry: Progress | Duty) -> list[User]:
    """The people to tell about one entry today."""
    departments = [entry.department_id] if entry.department_id is not None else []
    conferences = [entry.obliged_conference_id] if isinstance(entry, Duty) and entry.obliged_conference_id else []
    answering = Answering.on(timezone.localdate(), departments=departments, conferences=conferences)
    return answering.for_entry(entry)


@transaction.atomic
def notify(
    people: Iterable[User], *, conference_id: int, subject: str, body: str, path: str, is_urgent: bool = False
) -> list[Notice]:
    """Put a notice before each person and queue a mail for those who have an address."""
    return post(
        [
            Notice(
                conference_id=conference_id,
                recipient=person,
                subject=subject[:200],
                body=body,
                path=path,
                is_urgent=is_urgent,
            )
            for person in people
        ]
    )


@transaction.atomic
def post(notices: list[Notice]) -> list[Notice]:
    """Store notices and queue their mails, in two statements for any number of them."""
    stored = Notice.objects.bulk_create(notices)
    queue_mails(stored)
    return stored


def queue_mails(notices: Iterable[Notice]) -> list[Mail]:
    """A pending mail for every notice whose recipient has an address (needs ``recipient`` loaded)."""
    return Mail.objects.bulk_create(
        [
            Mail(conference_id=notice.conference_id, notice=notice, address=notice.recipient.email)
            for notice in notices
            if notice.recipient.email
        ],
        ignore_conflicts=True,
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one run of ``deliver_mail`` did."""

    sent: int
    failed: int


def deliver_mail() -> Delivery:
    """Send what is pending, until nothing is. Runs at once share the work: a mail is leased before it is sent.

    A mail is marked sent only after the channel took it. What fails is tried again, later each time, and given up
    after eight attempts, which leaves its error to be read in the admin. A channel that cannot be opened ends the
    run and counts against no mail. A run that takes long leaves the rest to the next one.
    """
    until = timezone.now() + _LONGEST_RUN
    sent = failed = 0
    channel = get_connection(timeout=_TIMEOUT)
    try:
        while timezone.now() < until and (mail := _lease_next()):
            try:
                channel.open()
            except Exception as error:
                logger.warning("mail cannot be sent: %s", error)
                _release(mail, error)
                failed += 1
                break
            try:
                _send(mail, channel)
            except Exception as error:  # whatever the channel raises must not stop the others' mails
                logger.warning("mail %s to %s failed: %s", mail.pk, mail.address, error)
                _give_back(mail, error)
                failed += 1
                # A connection that has failed once is not to be trusted with the next mail.
                _close(channel)
            else:
                Mail.objects.filter(pk=mail.pk).update(
                    state=MailState.SENT, sent_at=timezone.now(), leased_until=None, error=""
                )
                sent += 1
    finally:
        _close(channel)
    return Delivery(sent, failed)


def _lease_next() -> Mail | None:
    """Take the next mail for this run: one at a time, so that a run that dies holds up that mail and no other.

    A mail whose lease ran out after the last attempt has ended its run each time: it is given up.
    """
    while True:
        with transaction.atomic():
            now = timezone.now()
            pending = Mail.objects.filter(state=MailState.PENDING)
            if connection.features.has_select_for_update_skip_locked:
                pending = pending.select_for_update(skip_locked=True)
            # Two questions that the index answers at once, instead of one that sorts all that is pending. What was
            # never tried goes first: one mail that fails again and again keeps nobody waiting.
            mail = pending.filter(leased_until=None).order_by("leased_until").first()
            mail = mail or pending.filter(leased_until__lte=now).order_by("leased_until").first()
            if mail is None:
                return None
            if mail.attempts < _MOST_ATTEMPTS:
                Mail.objects.filter(pk=mail.pk).update(leased_until=now + _LEASE, attempts=mail.attempts + 1)
                return Mail.objects.select_related("notice").get(pk=mail.pk)
            error = mail.error or "the run ended while sending this mail"
            Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, leased_until=None, error=error)


def _send(mail: Mail, channel: BaseEmailBackend) -> None:
    notice = mail.notice
    link = f"\n\n{settings.SITE_URL}{notice.path}" if notice.path else ""
    message = EmailMessage(
        # One line: a header with a break in it is refused.
        subject=" ".join(notice.subject.split()),
        body=f"{notice.body}{link}",
        to=[mail.address],
        # The same mail sent twice carries the same id, so that a mail system can fold the two into one.
        headers={"Message-ID": f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{settings.SITE_URL}/mail/{mail.pk}')}@tracker>"},
        connection=channel,
    )
    if message.send() == 0:
        raise ChannelRefused("the channel took no mail and gave no reason")


class ChannelRefused(Exception):
    """The channel sent nothing and said nothing."""


def _give_back(mail: Mail, error: Exception) -> None:
    """Try it again later, each time after twice as long; not at all when it was the last attempt."""
    is_last = mail.attempts >= _MOST_ATTEMPTS
    _held(mail).update(
        state=MailState.FAILED if is_last else MailState.PENDING,
        leased_until=None if is_last else timezone.now() + timedelta(minutes=2**mail.attempts),
        error=_in_short(error),
    )


def _release(mail: Mail, error: Exception) -> None:
    """The mail was not tried at all."""
    _held(mail).update(attempts=mail.attempts - 1, leased_until=timezone.now() + _PAUSE, error=_in_short(error))


def _held(mail: Mail) -> QuerySet[Mail]:
    """The row, unless the lease ran out and somebody else holds it or has sent it by now."""
    return Mail.objects.filter(pk=mail.pk, state=MailState.PENDING, attempts=mail.attempts)


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _close(channel: BaseEmailBackend) -> None:
    try:
        channel.close()
    except Exception as error:
        logger.warning("mail channel does not close: %s", error)
