"""延期: asked for by the unit before its deadline passes, decided with a date by the head of the office it is owed to.

An approved extension moves ``due_on`` of the duty; ``planned_on``, the date of the plan, stays. What was handed in
meanwhile needs no more time: its request rests, cannot be decided on, and is alive again if the office returns it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.enums import Role
from departments.models import Posting, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState, ExtensionState
from reporting.models import Duty, Extension
from reporting.services.closing import write_in_years
from reporting.services.notices import notify, people_who_answer_for
from reporting.services.refusals import WrongState


class AskedAlready(WrongState):
    """A request of the same duty waits to be decided; ``pending`` is it."""

    def __init__(self, pending: Extension) -> None:
        super().__init__(_("这一事项已有一项延期申请待批，请等批复，或撤回后重新申请。"))
        self.pending = pending


def latest_day(duty: Duty) -> date:
    """How far a deadline may be moved at most: to the end of the next year."""
    return date(duty.year + 1, 12, 31)


def refuse_asking(duty: Duty, today: date) -> None:
    """Raise WrongState with the reason why nothing can be asked for ``duty`` (any more), whoever asks."""
    if duty.state == EntryState.CLOSED:
        raise WrongState(_("计划的新版本不再要求这一事项，不需要延期。"))
    if duty.state not in EntryState.outstanding():
        raise WrongState(_("这一事项已经报送，不需要延期。"))
    if today > duty.due_on:
        raise WrongState(_("时限%(day)s已过，不能再申请延期；延期须在到期前提出。") % {"day": duty.due_on.isoformat()})


@transaction.atomic
def ask_extension(duty: Duty, *, by: User, reason: str, until: date) -> Extension:
    """Ask for ``until`` as the new deadline and tell those who decide. The deadline's own day is still in time.

    Raises AskedAlready while another request is pending, WrongState when the deadline has passed, nothing is owed
    any more or ``until`` does not lie after the deadline as it is now, and YearIsOver.
    """
    duty = _held(duty)
    refuse_asking(duty, timezone.localdate())
    if not duty.due_on < until <= latest_day(duty):
        raise WrongState(_("时限已改为%(day)s，拟完成日期须在其后。") % {"day": duty.due_on.isoformat()})
    pending = Extension.objects.pending().filter(duty=duty).first()
    if pending is not None:
        raise AskedAlready(pending)
    extension = Extension.objects.create(
        conference_id=duty.conference_id,
        duty=duty,
        due_on=duty.due_on,
        reason=reason,
        wanted_until=until,
        asked_by=by,
    )
    _record(extension, Action.ASK_EXTENSION, by=by, reason=reason, wanted_until=until.isoformat())
    notify(
        deciders_of([extension])[extension.pk],
        conference_id=duty.conference_id,
        subject=f"延期申请：{duty.owner} {duty.title}",
        body=f"{duty.owner}申请将时限由{duty.due_on.isoformat()}延至{until.isoformat()}。\n理由：{reason}",
        path=f"/extensions/{extension.pk}/decide/",
        is_urgent=True,
    )
    return extension


@transaction.atomic
def withdraw_extension(extension: Extension, *, by: User) -> None:
    """Take a request back that nobody has decided on. Raises WrongState afterwards, and YearIsOver."""
    _held(extension.duty)
    _claim(extension, state=ExtensionState.WITHDRAWN)
    _record(extension, Action.WITHDRAW_EXTENSION, by=by)


@transaction.atomic
def grant_extension(extension: Extension, *, by: User, until: date, words: str = "") -> None:
    """Move the deadline to ``until``, which may differ from the day that was asked for, and tell the unit.

    Raises WrongState when somebody else has decided, the request was taken back, the duty was handed in, or
    ``until`` is not later than the deadline as it is now or lies in the past; and YearIsOver.
    """
    duty = _held(extension.duty)
    _refuse_deciding(extension, duty)
    if not max(duty.due_on, extension.due_on) < until <= latest_day(duty) or until < timezone.localdate():
        raise WrongState(_("批准的日期须晚于现时限%(day)s，且不早于今天。") % {"day": duty.due_on.isoformat()})
    _claim(
        extension,
        state=ExtensionState.GRANTED,
        granted_until=until,
        decision=words,
        decided_at=timezone.now(),
        decided_by=by,
    )
    before = duty.due_on
    Duty.objects.filter(pk=duty.pk).update(due_on=until)
    duty.due_on = until
    _record(
        extension,
        Action.GRANT_EXTENSION,
        by=by,
        before=before.isoformat(),
        after=until.isoformat(),
        reason=words,
        planned_on=duty.planned_on.isoformat(),
    )
    _tell(duty, "已批准延期", f"时限由{before.isoformat()}延至{until.isoformat()}。", words, is_urgent=False)


@transaction.atomic
def refuse_extension(extension: Extension, *, by: User, words: str) -> None:
    """Leave the deadline where it is and tell the unit why. Raises ValueError without words; WrongState, YearIsOver."""
    words = words.strip()
    if not words:
        raise ValueError("refusing needs its reason")
    duty = _held(extension.duty)
    _refuse_deciding(extension, duty)
    _claim(extension, state=ExtensionState.REFUSED, decision=words, decided_at=timezone.now(), decided_by=by)
    _record(extension, Action.REFUSE_EXTENSION, by=by, reason=words)
    _tell(duty, "不同意延期", f"时限仍为{duty.due_on.isoformat()}。", words, is_urgent=True)


def deciders_of(extensions: Iterable[Extension]) -> dict[int, list[User]]:
    """Who may decide on each request today, by its id. Needs ``duty`` loaded; three queries for any number.

    The head of the office that the duty is owed to; the office's staff where it has no head in force who may. Nobody
    decides on what they asked for themselves, nor on what they write for, unless the conference owes it to itself.
    """
    extensions = list(extensions)
    offices = (
        Posting.objects.in_force_on(timezone.localdate())
        .filter(
            conference__in={extension.conference_id for extension in extensions},
            role__in=(Role.OFFICE_HEAD, Role.OFFICE_STAFF),
            user__is_active=True,
        )
        .select_related("user")
        .order_by("pk")
    )
    people: dict[tuple[int, str], dict[int, User]] = {}
    for posting in offices:
        people.setdefault((posting.conference_id, posting.role), {})[posting.user_id] = posting.user
    writers = _writers_of(extensions)
    found: dict[int, list[User]] = {}
    for extension in extensions:
        barred = {extension.asked_by_id} | writers.get(extension.pk, set())
        for role in (Role.OFFICE_HEAD, Role.OFFICE_STAFF):
            candidates = people.get((extension.conference_id, role), {})
            found[extension.pk] = [user for pk, user in candidates.items() if pk not in barred]
            if found[extension.pk]:
                break
    return found


def _writers_of(extensions: list[Extension]) -> dict[int, set[int]]:
    """The ids of those who write the duty of each request for its unit, or for the other conference that owes it."""
    in_force = Posting.objects.in_force_on(timezone.localdate())
    of_units: dict[int, set[int]] = {}
    units = {extension.duty.department_id for extension in extensions}
    for unit, person in in_force.filter(
        department__in=units - {None}, role__in=(Role.LIAISON, Role.DEPUTY)
    ).values_list("department", "user"):
        of_units.setdefault(unit, set()).add(person)
    of_offices: dict[int, set[int]] = {}
    conferences = {extension.duty.obliged_conference_id for extension in extensions}
    for conference, person in in_force.filter(
        conference__in=conferences - {None}, role__in=(Role.OFFICE_HEAD, Role.OFFICE_STAFF)
    ).values_list("conference", "user"):
        of_offices.setdefault(conference, set()).add(person)
    found = {}
    for extension in extensions:
        duty = extension.duty
        if duty.department_id is not None:
            found[extension.pk] = of_units.get(duty.department_id, set())
        elif duty.obliged_conference_id is not None and duty.obliged_conference_id != duty.conference_id:
            found[extension.pk] = of_offices.get(duty.obliged_conference_id, set())
    return found


def count_for(duties: Iterable[Duty]) -> dict[int, int]:
    """How often each duty's deadline was moved, by the duty's id; those that never were are absent. One query."""
    granted = Extension.objects.granted().filter(duty__in=[duty.pk for duty in duties])
    return dict(granted.order_by().values_list("duty").annotate(n=Count("pk")))


def _held(duty: Duty) -> Duty:
    """The duty as it is now, held until the transaction ends, in a year that is open with who owes it, too."""
    write_in_years([(duty.conference_id, duty.year), (duty.obliged_conference_id, duty.year)])
    rows = Duty.objects.select_for_update(of=("self",)).select_related("department", "obliged_conference")
    return rows.get(pk=duty.pk)


def _refuse_deciding(extension: Extension, duty: Duty) -> None:
    """Needs ``duty`` held: nobody decides meanwhile, and who comes second hears that, not that the day is wrong now."""
    refuse_decided(extension)
    if duty.state not in EntryState.outstanding():
        raise WrongState(_("这一事项已经报送，不用再批复延期；如退回重报，可以再批复。"))


def refuse_decided(extension: Extension) -> None:
    """Raise WrongState where the request waits for nobody any more."""
    if not Extension.objects.pending().filter(pk=extension.pk).exists():
        raise WrongState(_("这项申请已经有人批复，或者已经撤回，请看最新情况。"))


def _claim(extension: Extension, **fields: object) -> None:
    """Whoever comes second changes nothing."""
    if not Extension.objects.pending().filter(pk=extension.pk).update(**fields):
        raise WrongState(_("这项申请已经有人批复，或者已经撤回，请看最新情况。"))
    for name, value in fields.items():
        setattr(extension, name, value)


def _record(
    extension: Extension, action: str, *, by: User, before: str = "", after: str = "", reason: str = "", **detail: str
) -> None:
    """The event belongs to the duty's own history; ``detail`` says which request it was."""
    duty = extension.duty
    record(
        duty,
        action,
        by=by,
        conference=duty.conference_id,
        department=duty.department_id,
        before=before,
        after=after,
        reason=reason,
        detail={"extension": extension.pk, "due_on": extension.due_on.isoformat(), **detail},
    )


def _tell(duty: Duty, subject: str, what: str, words: str, *, is_urgent: bool) -> None:
    notify(
        people_who_answer_for(duty),
        conference_id=duty.conference_id,
        subject=f"{subject}：{duty.title}",
        body="\n".join(filter(None, [what, f"批复意见：{words}" if words else ""])),
        path=f"/duty/{duty.pk}/",
        is_urgent=is_urgent,
    )
