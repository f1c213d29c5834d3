"""通报: drafted by the office, from the findings of an assessment or by itself, and issued by its head."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, Department, User
from departments.models.events import Action
from departments.services import record
from reporting.assessment_columns import split
from reporting.circular_texts import blank, from_findings
from reporting.enums import AssessmentState, CircularKind, CircularState, Finding
from reporting.models import Assessment, AssessmentResult, Circular
from reporting.services.clicks import a_moment_ago
from reporting.services.closing import write_in_year
from reporting.services.notices import Answering, notify
from reporting.services.refusals import NotReady, Overtaken, WrongState

_FINDINGS = {CircularKind.COMMEND: Finding.COMMEND, CircularKind.CRITICISE: Finding.CRITICISE}


@transaction.atomic
def draft_circular(
    conference: Conference, year: int, *, kind: str, by: User, assessment: Assessment | None = None
) -> Circular:
    """Begin a circular of the year; with an assessment, its text names whom it found so, with the grounds.

    Raises NotReady for an assessment that is not published or found nobody so, and YearIsOver.
    """
    write_in_year(conference.pk, year)
    if assessment is not None:
        title, addressee, body = from_findings(assessment, CircularKind(kind), _found(assessment, CircularKind(kind)))
    else:
        title, addressee, body = blank(conference, CircularKind(kind), year)
    clicked = Circular.objects.filter(
        conference=conference,
        year=year,
        assessment=assessment,
        kind=kind,
        body=body,
        created_by=by,
        created_at__gte=a_moment_ago(),
    )
    if drafted := clicked.first():
        return drafted
    circular = Circular.objects.create(
        conference=conference,
        year=year,
        assessment=assessment,
        kind=kind,
        title=title,
        addressee=addressee,
        body=body,
        created_by=by,
        updated_at=timezone.now(),
        updated_by=by,
    )
    record(circular, Action.CIRCULAR, by=by, conference=conference, after=CircularState.DRAFT)
    return circular


def _found(assessment: Assessment, kind: CircularKind) -> list[AssessmentResult]:
    if assessment.state != AssessmentState.PUBLISHED:
        raise NotReady(_("评估公布以后才能据以通报。"))
    results = assessment.results.filter(finding=_FINDINGS[kind])
    units, districts = split(results.select_related("department", "assessed_conference__jurisdiction"))
    if not units and not districts:
        raise NotReady(_("评估中没有这一结论的单位或区县。"))
    return [*units, *districts]


@transaction.atomic
def write_circular(circular: Circular, *, values: dict[str, Any], lock_version: int, by: User) -> int:
    """Keep what is typed (kind, title, addressee, body), and return the new version.

    Raises Overtaken if somebody has written since ``lock_version``, WrongState once it is issued, YearIsOver.
    """
    write_in_year(circular.conference_id, circular.year)
    claimed = Circular.objects.filter(pk=circular.pk, state=CircularState.DRAFT, lock_version=lock_version).update(
        **values, lock_version=F("lock_version") + 1, updated_at=timezone.now(), updated_by=by
    )
    if not claimed:
        current = Circular.objects.select_related("updated_by").get(pk=circular.pk)
        refuse_issued(current)
        raise Overtaken(current)
    return lock_version + 1


def refuse_issued(circular: Circular) -> None:
    if circular.state != CircularState.DRAFT:
        raise WrongState(_("通报已经印发，不能再修改。"))


@transaction.atomic
def issue_circular(circular: Circular, *, lock_version: int, issued_on: date, document_number: str, by: User) -> None:
    """Issue what was seen in ``lock_version``; units and districts are told and may read it from now on.

    Raises NotReady for a circular without a text; Overtaken, WrongState and YearIsOver.
    """
    write_in_year(circular.conference_id, circular.year)
    held = Circular.objects.select_for_update(of=("self",), no_key=True).get(pk=circular.pk)
    refuse_issued(held)
    if held.lock_version != lock_version:
        raise Overtaken(held)
    if not held.body.strip() or not held.title.strip():
        raise NotReady(_("题名或正文还没有写，不能印发。"))
    Circular.objects.filter(pk=held.pk).update(
        state=CircularState.ISSUED,
        issued_on=issued_on,
        issued_by=by,
        document_number=document_number,
        lock_version=F("lock_version") + 1,
    )
    record(
        held,
        Action.ISSUE_CIRCULAR,
        by=by,
        conference=held.conference_id,
        before=CircularState.DRAFT,
        after=CircularState.ISSUED,
        detail={"document_number": document_number, "issued_on": issued_on.isoformat(), "body": held.body},
    )
    _tell_everybody(held)


def _tell_everybody(circular: Circular) -> None:
    """The members' people and the offices of the districts, each person once."""
    today = timezone.localdate()
    members = Department.objects.filter(conference=circular.conference_id).members_on(today)
    answering = Answering.on(
        today,
        departments=members.values_list("pk", flat=True),
        conferences=Conference.objects.filter(upper=circular.conference_id).values_list("pk", flat=True),
    )
    groups = [*answering.of_departments.values(), *answering.of_conferences.values()]
    people = {person.pk: person for group in groups for person in group}
    notify(
        people.values(),
        conference_id=circular.conference_id,
        subject=f"通报：{circular.title}",
        body="通报已印发，请查阅。",
        path=f"/circulars/{circular.pk}/",
    )
