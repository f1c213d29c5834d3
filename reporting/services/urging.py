"""催办: a person of the office urges one unit or many, in words of their own, at most once a day for each duty.

Whom nobody can tell in the product is urged all the same: the row says that a letter must be delivered.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import Duty, Notice, Urge
from reporting.services.closing import write_in_years
from reporting.services.notices import Answering, post
from reporting.services.refusals import WrongState


class UrgedToday(Exception):
    """The unit was urged about this duty today already."""


@dataclass(slots=True)
class Urged:
    """What one act of urging did: an Urge for each duty that it reached, and the duties that it passed over."""

    batch: uuid.UUID
    urges: list[Urge] = field(default_factory=list)
    # Urged by somebody today already, and no longer owed.
    urged_today: list[Duty] = field(default_factory=list)
    not_owed: list[Duty] = field(default_factory=list)

    @property
    def by_letter(self) -> list[Urge]:
        """Those whom nobody told in the product."""
        return [urge for urge in self.urges if urge.needs_letter]


@transaction.atomic
def urge(duty: Duty, *, by: User, message: str = "") -> Urge:
    """Urge whoever answers for the duty. ``needs_letter`` of the row says whether anybody could be told.

    Raises WrongState when nothing is owed any more, UrgedToday for a second urge on the same day, and YearIsOver.
    """
    urged = urge_many([duty], by=by, message=message)
    if urged.not_owed:
        raise WrongState(_("这一事项已经报送，不需要催办。"))
    if urged.urged_today:
        raise UrgedToday(_("今天已经催办过%(owner)s。") % {"owner": duty.owner})
    return urged.urges[0]


@transaction.atomic
def urge_many(duties: Iterable[Duty], *, by: User, message: str = "") -> Urged:
    """Urge about every duty that is owed and was not urged about today; the urges share their ``batch``.

    One Urge and one event for each duty, one notice for each person and duty, with a mail where there is an address.
    The others are named in the answer and left alone, so that two clicks urge once. Raises YearIsOver.
    """
    wanted = list(duties)
    # Before any duty: closing a year waits for whoever is writing in it.
    write_in_years((duty.conference_id, duty.year) for duty in wanted)
    held = list(
        Duty.objects.select_for_update(of=("self",))
        .filter(pk__in=[duty.pk for duty in wanted])
        .select_related("department", "obliged_conference")
        .defer("statement")
        .order_by("pk")
    )
    done = set(Urge.objects.filter(duty__in=held, created_at__date=timezone.localdate()).values_list("duty", flat=True))
    urged = Urged(uuid.uuid4())
    to_urge = []
    for duty in held:
        if duty.state not in EntryState.outstanding():
            urged.not_owed.append(duty)
        elif duty.pk in done:
            urged.urged_today.append(duty)
        else:
            to_urge.append(duty)
    answering = answering_for(to_urge)
    people = {duty.pk: answering.for_entry(duty) for duty in to_urge}
    urged.urges = Urge.objects.bulk_create(
        Urge(
            conference_id=duty.conference_id,
            duty=duty,
            message=message,
            batch=urged.batch,
            needs_letter=not people[duty.pk],
            created_by=by,
        )
        for duty in to_urge
    )
    for duty in to_urge:
        record(
            duty,
            Action.URGE,
            by=by,
            conference=duty.conference_id,
            department=duty.department_id,
            before=duty.state,
            after=duty.state,
            reason=message,
            detail={"batch": str(urged.batch)},
        )
    post([_notice(duty, person, message) for duty in to_urge for person in people[duty.pk]])
    return urged


def answering_for(duties: Iterable[Duty]) -> Answering:
    """Who answers for each of the duties today. One query."""
    duties = list(duties)
    return Answering.on(
        timezone.localdate(),
        departments=[duty.department_id for duty in duties if duty.department_id is not None],
        conferences=[duty.obliged_conference_id for duty in duties if duty.obliged_conference_id is not None],
    )


def _notice(duty: Duty, person: User, message: str) -> Notice:
    return Notice(
        conference_id=duty.conference_id,
        recipient=person,
        subject=f"催办：{duty.title}"[:200],
        body="\n".join(filter(None, [message, f"时限：{duty.due_on.isoformat()}。"])),
        path=f"/duty/{duty.pk}/",
        is_urgent=True,
    )
