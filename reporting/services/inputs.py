"""请提供材料: a lead unit asks cooperating ones for material by a date; handing in their own entries answers it.

Answering is a part of handing in and has no event of its own: the request says when it was answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from departments.models.events import Action
from departments.services import record
from measures.enums import ResponsibilityRole
from reporting.enums import EntryState, InputState
from reporting.models import InputRequest, Notice, Progress
from reporting.services.closing import write_in_year
from reporting.services.notices import Answering, post
from reporting.services.refusals import YearIsOver


class CannotAsk(Exception):
    """This unit cannot be asked (any more). The message is for people."""


@transaction.atomic
def ask_input(progress: Progress, asked: Progress, *, by: User, message: str, due_on: date) -> InputRequest:
    """Ask the unit of ``asked`` for material by a day; whoever answers for it is told.

    Raises CannotAsk where it has handed in already, was asked already, does not cooperate on the same clause, or the
    year is closed.
    """
    try:
        write_in_year(progress.conference_id, progress.year)
    except YearIsOver as over:
        raise CannotAsk(str(over)) from None
    # Held, so that what is handed in at this moment either answers the request or refuses it.
    rows = Progress.objects.select_for_update(of=("self",)).select_related("department", "clause")
    asked = rows.get(pk=asked.pk)
    if (asked.clause_id, asked.year) != (progress.clause_id, progress.year) or asked.pk == progress.pk:
        raise CannotAsk(_("这一单位不在本条款的配合单位中。"))
    if asked.role != ResponsibilityRole.COOPERATING or asked.state not in EntryState.outstanding():
        raise CannotAsk(_("%(unit)s已经报送，不需要再请其提供材料。") % {"unit": asked.department})
    if InputRequest.objects.open().filter(progress=progress, asked=asked).exists():
        raise CannotAsk(_("已经请%(unit)s提供材料，正在等待。") % {"unit": asked.department})
    request = InputRequest.objects.create(
        conference_id=progress.conference_id,
        progress=progress,
        asked=asked,
        message=message,
        due_on=due_on,
        created_by=by,
    )
    _record(request, Action.ASK_INPUT, by=by, reason=f"{asked.department}：{message}")
    _tell(
        [asked],
        subject="请提供材料",
        body=f"{progress.department}请贵单位于{due_on.isoformat()}前提供材料：{message}\n在本单位这一条进展中填写并提交即可。",
        is_urgent=True,
    )
    return request


@transaction.atomic
def cancel_input(request: InputRequest, *, by: User) -> bool:
    """The asking unit needs it no more; False where it was answered or cancelled meanwhile, and nobody is told."""
    try:
        write_in_year(request.conference_id, request.progress.year)
    except YearIsOver:
        return False
    waiting = InputRequest.objects.open().filter(pk=request.pk)
    if not waiting.update(state=InputState.CANCELLED, ended_at=timezone.now()):
        return False
    request.state = InputState.CANCELLED
    _record(request, Action.CANCEL_INPUT, by=by, reason=str(request.asked.department))
    _tell(
        [request.asked], subject="不再需要材料", body=f"{request.progress.department}已取消材料请求：{request.message}"
    )
    return True


def answer_requests(asked: Progress) -> None:
    """What was asked for is handed in: inside the transaction that hands it in, at the moment that it names."""
    open_requests = InputRequest.objects.open().filter(asked=asked)
    waiting = [request.progress for request in open_requests.select_related("progress__clause")]
    if not waiting:
        return
    open_requests.update(state=InputState.GIVEN, ended_at=asked.submitted_at)
    _tell(waiting, subject="材料已提供", body=f"{asked.department}已在这一条中报送，可以引用。")


def reopen_requests(asked: Progress, handed_in_at: datetime) -> None:
    """What was handed in at that moment is taken back: who asked waits for it again."""
    InputRequest.objects.filter(asked=asked, state=InputState.GIVEN, ended_at=handed_in_at).update(
        state=InputState.ASKED, ended_at=None
    )


def _record(request: InputRequest, action: str, *, by: User, reason: str) -> None:
    # In the trail of the entry that asks: that is where one looks for it.
    progress = request.progress
    record(
        progress,
        action,
        by=by,
        conference=progress.conference_id,
        department=progress.department_id,
        before=progress.state,
        after=progress.state,
        reason=reason,
        detail={"request": request.pk, "asked": request.asked_id},
    )


def _tell(entries: Iterable[Progress], *, subject: str, body: str, is_urgent: bool = False) -> None:
    """Notify whoever answers for each entry, in Chinese."""
    entries = list(entries)
    answering = Answering.on(
        timezone.localdate(), departments={entry.department_id for entry in entries}, conferences=()
    )
    post(
        [
            Notice(
                conference_id=entry.conference_id,
                recipient=person,
                subject=f"{subject}：{entry.clause.spoken_path} {entry.clause.heading}".strip()[:200],
                body=body,
                path=f"/progress/{entry.pk}/",
                is_urgent=is_urgent,
            )
            for entry in entries
            for person in answering.for_entry(entry)
        ]
    )
