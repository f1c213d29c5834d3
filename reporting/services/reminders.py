"""Automatic reminders: each person is told of each duty once at each step, whatever stops, restarts or runs twice.

The step reached is worked out from the date alone (「reached and not yet sent」, never 「today is the day」), so a
scheduler that was down for a week catches up with one reminder and not with three. The Reminder row, unique by
person, duty, deadline and step, is the claim; the notice hangs on it one to one, and the mail on the notice. An
approved extension sets another deadline, towards which the steps count anew.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from departments.models import User
from reporting.enums import YearState
from reporting.models import Duty, Notice, Reminder, Year
from reporting.models.entries import DutyQuerySet
from reporting.services.notices import Answering, queue_mails
from reporting.working_days import Calendar

logger = logging.getLogger(__name__)

# How far a weekend with a long holiday can pull a step forward.
_LONGEST_SHIFT = timedelta(days=12)
_PART = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """One reminder to be sent: whom, of what, at which step (days before the deadline; -1 is overdue)."""

    recipient: User
    duty: Duty
    step: int
    days_left: int

    @property
    def key(self) -> tuple[int, int, date, int]:
        return (self.recipient.pk, self.duty.pk, self.duty.due_on, self.step)


@dataclass(slots=True)
class Run:
    """What a run found and did. ``reminders`` are those that this run made (or would make, when dry)."""

    now: datetime
    dry_run: bool
    reminders: list[Planned] = field(default_factory=list)
    already_sent: int = 0
    # Duties that nobody can be told of, because the unit has neither liaison nor head.
    unreachable: list[Duty] = field(default_factory=list)


def step_reached(due_on: date, today: date, calendar: Calendar) -> int | None:
    """The most urgent step that ``today`` has reached, -1 when overdue, None when the deadline is still far.

    A step that falls on a day off is reached on the last working day before it; the deadline itself never moves.
    """
    if today > due_on:
        return Reminder.OVERDUE
    reached = (
        step for step in settings.REMINDER_DAYS if calendar.last_working_day_by(due_on - timedelta(days=step)) <= today
    )
    return min(reached, default=None)


def plan_reminders(now: datetime) -> Run:
    """Work out who is to be told of what at ``now`` and has not been. Reads only; a constant number of queries."""
    run = Run(now, dry_run=True)
    today = timezone.localdate(now)
    horizon = today + timedelta(days=max(settings.REMINDER_DAYS)) + _LONGEST_SHIFT
    owed = _owed().filter(due_on__lte=horizon)
    duties = list(owed.select_related("department", "obliged_conference", "conference"))
    if not duties:
        return run
    calendar = Calendar.around(today, horizon)
    answering = Answering.on(
        today,
        departments=(duty.department_id for duty in duties if duty.department_id is not None),
        conferences=(duty.obliged_conference_id for duty in duties if duty.obliged_conference_id is not None),
    )
    reminded = Reminder.objects.filter(duty__in=owed.order_by().values("pk"), notice__isnull=False)
    sent = set(reminded.values_list("recipient_id", "duty_id", "due_on", "step"))
    for duty in duties:
        step = step_reached(duty.due_on, today, calendar)
        if step is None:
            continue
        people = answering.for_entry(duty)
        if not people:
            run.unreachable.append(duty)
        for person in people:
            planned = Planned(person, duty, step, duty.days_left(today))
            if planned.key in sent:
                run.already_sent += 1
            else:
                run.reminders.append(planned)
    return run


def _owed() -> DutyQuerySet:
    """Duties that are still owed in a year that is still open."""
    closed = Year.objects.filter(conference=OuterRef("conference"), year=OuterRef("year"), state=YearState.CLOSED)
    return Duty.objects.outstanding().filter(~Exists(closed))


def send_reminders(now: datetime | None = None, *, dry_run: bool = False) -> Run:
    """Put before everybody what they owe and have not been told at this step. Safe to run at any time, twice, late.

    ``dry_run`` writes nothing. Mails are queued in the same transaction and sent by ``deliver_mail``.
    """
    run = plan_reminders(now or timezone.now())
    run.dry_run = dry_run
    if dry_run:
        return run
    planned, run.reminders = run.reminders, []
    # A part at a time: whoever files a report meanwhile does not wait for a whole country's reminders.
    for first in range(0, len(planned), _PART):
        _remind(planned[first : first + _PART], run)
    if run.reminders or run.unreachable:
        logger.info(
            "reminders: %d sent, %d sent before, %d duties without anybody to tell",
            len(run.reminders),
            run.already_sent,
            len(run.unreachable),
        )
    return run


@transaction.atomic
def _remind(part: list[Planned], run: Run) -> None:
    """Insert what nobody else has inserted since it was planned, and enter it in ``run``.

    The duties are held while that is looked up, in one order for all runs: a run beside this one waits here and then
    finds the rows, and a report that was filed or given more time a moment ago is not asked for. SQLite has one
    writer at a time anyway.
    """
    duties = {planned.duty.pk for planned in part}
    held = _owed().filter(pk__in=duties).order_by("pk").select_for_update(no_key=True)
    still_owed = dict(held.values_list("pk", "due_on"))
    known = {
        (row.recipient_id, row.duty_id, row.due_on, row.step): row
        for row in Reminder.objects.filter(duty__in=still_owed).select_related("notice")
    }
    to_send: list[tuple[Reminder, Planned]] = []
    for planned in part:
        # Handed in since it was planned, or its deadline was moved: the next run works out anew what is to be said.
        if still_owed.get(planned.duty.pk) != planned.duty.due_on:
            continue
        reminder = known.get(planned.key)
        if reminder is None:
            reminder = Reminder(
                conference_id=planned.duty.conference_id,
                recipient=planned.recipient,
                duty=planned.duty,
                due_on=planned.duty.due_on,
                step=planned.step,
                created_at=run.now,
            )
        elif hasattr(reminder, "notice"):
            run.already_sent += 1
            continue
        to_send.append((reminder, planned))
    Reminder.objects.bulk_create(reminder for reminder, _planned in to_send if reminder.pk is None)
    notices = Notice.objects.bulk_create(
        Notice(
            conference_id=reminder.conference_id,
            recipient=planned.recipient,
            reminder=reminder,
            subject=subject_of(planned)[:200],
            body=body_of(planned),
            path=f"/duty/{planned.duty.pk}/",
            is_urgent=planned.step <= 1,
            created_at=run.now,
        )
        for reminder, planned in to_send
    )
    queue_mails(notices)
    run.reminders += [planned for _reminder, planned in to_send]


# What is kept and sent is Chinese, whatever language whoever caused it reads.


def subject_of(planned: Planned) -> str:
    """One line that says what and how long: 「提醒：还有7天 报送年度反拐工作情况」."""
    if planned.days_left < 0:
        when = f"已逾期{-planned.days_left}天"
    elif planned.days_left == 0:
        when = "今天到期"
    else:
        when = f"还有{planned.days_left}天"
    return f"提醒：{when} {planned.duty.title}"


def body_of(planned: Planned) -> str:
    duty = planned.duty
    lines = [f"{duty.owner}：", f"请于{duty.due_on.isoformat()}前（含当日）完成：{duty.title}。"]
    if duty.planned_on != duty.due_on:
        lines.append(f"原时限{duty.planned_on.isoformat()}，已批准延期。")
    if duty.recipients:
        lines.append(f"报送对象：{'、'.join(duty.recipients)}。")
    return "\n".join(lines)
