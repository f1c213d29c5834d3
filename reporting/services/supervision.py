"""挂牌督办 and 警示: opened with what is demanded, followed by both offices, lifted by the head of the one.

Following and lifting go on when the year of the opening is over and closed: they belong to the year in which they
are done.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, Jurisdiction, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import SupervisionState
from reporting.models import Supervision, SupervisionStep
from reporting.services.closing import write_in_year
from reporting.services.notices import Answering, notify
from reporting.services.refusals import WrongState


@dataclass(frozen=True, slots=True)
class Order:
    """What is ordered of which area. ``supervised`` is the area's conference, where it has one."""

    kind: str
    area: str
    supervised: Conference | None
    jurisdiction: Jurisdiction | None
    reason: str
    demands: str
    opened_on: date
    due_on: date
    document_number: str


@transaction.atomic
def open_supervision(conference: Conference, year: int, *, order: Order, by: User) -> Supervision:
    """Put an area under supervision; its office is told. A second click gets the row of the first. Raises YearIsOver.

    Raises ValueError for another area than one's own or one directly below, and for a day outside the year.
    """
    if order.supervised is not None and order.supervised.upper_id != conference.pk:
        raise ValueError("a conference that is not below")
    if order.opened_on.year != year:
        raise ValueError("the day of the opening is not in its year")
    write_in_year(conference.pk, year)
    told = {field.name: getattr(order, field.name) for field in fields(order)}
    mine = Supervision.objects.filter(conference=conference, year=year, opened_by=by, state=SupervisionState.OPEN)
    if there := mine.filter(**told).first():
        return there
    row = Supervision.objects.create(conference=conference, year=year, opened_by=by, **told)
    record(row, Action.SUPERVISE, by=by, conference=conference, after=SupervisionState.OPEN, reason=row.reason)
    _tell(row, subject=f"{row.get_kind_display()}：{row.area}", body=f"整改期限：{row.due_on.isoformat()}", by=by)
    return row


@transaction.atomic
def follow(supervision: Supervision, *, text: str, by: User) -> SupervisionStep:
    """Record what was done or found; the other office is told. Raises ValueError for nothing, WrongState once lifted.

    Raises YearIsOver when the current year is closed.
    """
    if not text.strip():
        raise ValueError("a step needs its text")
    held = _held(supervision)
    # Steps are only ever added: a second click must not stand there for good.
    last = held.steps.order_by("-pk").first()
    if last is not None and (last.text, last.created_by_id) == (text, by.pk):
        return last
    step = SupervisionStep.objects.create(conference_id=held.conference_id, supervision=held, text=text, created_by=by)
    record(
        held,
        Action.FOLLOW,
        by=by,
        conference=held.conference_id,
        before=SupervisionState.OPEN,
        after=SupervisionState.OPEN,
        detail={"text": text},
    )
    _tell(held, subject=f"督办进展：{held.area}", body=text[:500], by=by)
    return step


def _held(supervision: Supervision) -> Supervision:
    """The row as it is, which nobody lifts until this transaction ends. Raises WrongState, YearIsOver."""
    write_in_year(supervision.conference_id, max(supervision.year, timezone.localdate().year))
    rows = Supervision.objects.select_for_update(of=("self",), no_key=True).select_related("conference", "supervised")
    row = rows.get(pk=supervision.pk)
    refuse_lifted(row)
    return row


def last_step_day(supervision: Supervision) -> date | None:
    """The day of the last step that was recorded; None where there is none."""
    last = supervision.steps.order_by("-pk").first()
    return timezone.localdate(last.created_at) if last is not None else None


def refuse_lifted(supervision: Supervision) -> None:
    if supervision.state != SupervisionState.OPEN:
        raise WrongState(_("督办已经解除，不能再记录。"))


@transaction.atomic
def lift(supervision: Supervision, *, reason: str, lifted_on: date, by: User) -> None:
    """End the supervision; the area's office is told why. Raises ValueError without a reason, WrongState, YearIsOver."""
    reason = reason.strip()
    if not reason:
        raise ValueError("lifting needs its reason")
    held = _held(supervision)
    if lifted_on < held.opened_on:
        raise ValueError("lifted before it was opened")
    followed_on = last_step_day(held)
    if followed_on is not None and lifted_on < followed_on:
        # Somebody may have recorded one since the form was checked.
        raise WrongState(_("解除日期不能早于最近一次记录进展的%(day)s。") % {"day": followed_on.isoformat()})
    Supervision.objects.filter(pk=held.pk).update(
        state=SupervisionState.LIFTED, lifted_on=lifted_on, lift_reason=reason, lifted_by=by
    )
    record(
        held,
        Action.LIFT,
        by=by,
        conference=held.conference_id,
        before=SupervisionState.OPEN,
        after=SupervisionState.LIFTED,
        reason=reason,
    )
    _tell(held, subject=f"解除{held.get_kind_display()}：{held.area}", body=f"解除依据：{reason}", by=by)


def _tell(row: Supervision, *, subject: str, body: str, by: User) -> None:
    """The other office; where somebody works in both, whoever else is in either."""
    conferences = [pk for pk in (row.conference_id, row.supervised_id) if pk is not None]
    offices = Answering.on(timezone.localdate(), departments=[], conferences=conferences).of_conferences
    others = [people for people in offices.values() if by not in people]
    if not others and len(conferences) == 2:
        others = list(offices.values())
    notify(
        {person.pk: person for people in others for person in people if person != by}.values(),
        conference_id=row.conference_id,
        subject=subject,
        body=body,
        path=f"/supervisions/{row.pk}/",
        is_urgent=True,
    )
