"""Answering questions, choosing columns: what a person does between reading and publishing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Department, User
from departments.models.events import Action
from departments.services import record
from measures.enums import AnswerKind, ImportState
from measures.importing.decisions import BadAnswer, checked, in_words
from measures.importing.proposal import refresh
from measures.models import (
    PlanImport,
    Question,
    RememberedAnswer,
    SheetLayout,
)
from measures.sheets import Role


class NotOpen(Exception):
    """The import was published, withdrawn or is being read: nothing can be answered. The message is for people."""

    def __init__(self) -> None:
        super().__init__(_("这次导入的状态已经变化，请刷新页面后再操作。"))


class Stale(Exception):
    """Somebody has changed the import since the form was made; nothing was changed. The message is for people."""

    def __init__(self) -> None:
        super().__init__(_("在您填写期间，这次导入已有变化，您填写的内容没有保存；请对照后再保存一次。"))


def opened(plan_import: PlanImport, lock_version: int | None = None) -> PlanImport:
    """The row, held until the end of the transaction, if it is open and still as somebody has seen it."""
    row = PlanImport.objects.select_for_update(of=("self",)).select_related("conference", "plan").get(pk=plan_import.pk)
    if not row.is_open:
        raise NotOpen
    if lock_version is not None and lock_version != row.lock_version:
        raise Stale
    return row


@transaction.atomic
def look_again(plan_import: PlanImport) -> PlanImport:
    """Compare the import anew, after another version was published or one was taken back. Raises NotOpen."""
    row = opened(plan_import)
    refresh(row)
    return row


@transaction.atomic
def answer_questions(
    plan_import: PlanImport, answers: dict[int, dict[str, Any]], *, by: User | None, lock_version: int | None = None
) -> PlanImport:
    """Take answers to several questions (by id), all or none; returns the import as it now is.

    Each is remembered for the next file that raises the same question. A question that is not the import's is
    ignored. ``lock_version``: that of the import as the person has seen it. Raises NotOpen, Stale if it is another
    by now, and BadAnswers with every answer that cannot be taken.
    """
    row = opened(plan_import, lock_version)
    questions = {one.pk: one for one in Question.objects.filter(plan_import=row, pk__in=answers)}
    # PostgreSQL answers a NUL with an error of its own.
    asked = {code for data in answers.values() if "\0" not in (code := str(data.get("unit") or ""))}
    units = dict(Department.objects.filter(conference=row.conference_id, code__in=asked).values_list("code", "name"))
    bad: dict[int, str] = {}
    given: list[Question] = []
    for pk, one in questions.items():
        if one.kind == AnswerKind.HEADING:
            continue
        try:
            one.decision = checked(one, answers[pk], units)
        except BadAnswer as error:
            bad[pk] = str(error)
        else:
            given.append(one)
    if bad:
        raise BadAnswers(bad)
    now = timezone.now()
    for one in given:
        decision = one.decision or {}
        one.answer = in_words(one, decision, units.get(decision.get("unit", ""), ""))
        one.answered_at, one.answered_by, one.is_remembered = now, by, False
    Question.objects.bulk_update(given, ["decision", "answer", "answered_at", "answered_by", "is_remembered"])
    _remember(row, given, by)
    if given:
        detail = {"answers": [{"question": one.message[:200], "answer": one.answer} for one in given]}
        record(row, Action.ANSWER, by=by, conference=row.conference_id, detail=detail)
    refresh(row)
    return row


class BadAnswers(Exception):
    """Answers that cannot be taken: question id to why, in words. Nothing was changed."""

    def __init__(self, messages: dict[int, str]) -> None:
        super().__init__("；".join(messages.values()))
        self.messages = messages


def _remember(row: PlanImport, given: list[Question], by: User | None) -> None:
    keys = {(one.code, one.key): one for one in given}
    known = {
        (answer.code, answer.key): answer
        for answer in RememberedAnswer.objects.filter(
            conference=row.conference_id, code__in={code for code, _key in keys}, key__in={key for _code, key in keys}
        )
    }
    changed: list[RememberedAnswer] = []
    new: list[RememberedAnswer] = []
    for place, one in keys.items():
        answer = known.get(place) or RememberedAnswer(conference_id=row.conference_id, code=one.code, key=one.key)
        answer.decision, answer.answered_by, answer.answered_at = one.decision, by, timezone.now()
        (changed if place in known else new).append(answer)
    RememberedAnswer.objects.bulk_create(new)
    RememberedAnswer.objects.bulk_update(changed, ["decision", "answered_by", "answered_at"])


@transaction.atomic
def reopen_question(plan_import: PlanImport, question: Question, *, by: User | None) -> PlanImport:
    """Take an answer back, also for the files to come. Raises NotOpen."""
    row = opened(plan_import)
    Question.objects.filter(pk=question.pk, plan_import=row).update(
        decision=None, answer="", answered_at=None, answered_by=None, is_remembered=False
    )
    RememberedAnswer.objects.filter(conference=row.conference_id, code=question.code, key=question.key).delete()
    refresh(row)
    return row


@transaction.atomic
def set_heading(
    plan_import: PlanImport, values: dict[str, Any], *, by: User | None, lock_version: int | None = None
) -> PlanImport:
    """Set right what the document says of itself (title, number, dates, period) or the plan that it belongs to.

    ``lock_version``: that of the import as the person has seen it. Raises NotOpen, and Stale if it is another by now.
    """
    row = opened(plan_import, lock_version)
    fields = ("title", "document_number", "issued_by", "issued_on", "starts_year", "ends_year", "plan")
    before = {name: str(getattr(row, name) or "") for name in fields}
    for name in fields:
        if name in values:
            setattr(row, name, values[name])
    PlanImport.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in fields})
    after = {name: str(getattr(row, name) or "") for name in fields}
    changed = {name: [before[name], after[name]] for name in fields if before[name] != after[name]}
    if changed:
        record(row, Action.ANSWER, by=by, conference=row.conference_id, detail={"changed": changed})
    refresh(row)
    return row


@transaction.atomic
def choose_columns(plan_import: PlanImport, signature: str, roles: dict[int, Role], *, by: User | None) -> None:
    """Keep what each column of a table is, for this and all later tables with the same headers; then read it again.

    The caller reads again after the transaction (measures.importing.staging.read_again). Raises NotOpen.
    """
    row = PlanImport.objects.select_for_update(of=("self",)).get(pk=plan_import.pk)
    if not (row.is_open or row.state == ImportState.FAILED):
        raise NotOpen
    headers = next(
        (
            [column["header"] for column in layout["columns"]]
            for layout in row.layouts
            if layout["signature"] == signature
        ),
        [],
    )
    SheetLayout.objects.update_or_create(
        conference_id=row.conference_id,
        signature=signature,
        defaults={
            "roles": {str(column): role.value for column, role in roles.items()},
            "headers": headers,
            "chosen_by": by,
            "chosen_at": timezone.now(),
        },
    )
    record(
        row,
        Action.ANSWER,
        by=by,
        conference=row.conference_id,
        detail={"columns": {str(column): role.value for column, role in roles.items()}},
    )
