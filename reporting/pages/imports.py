"""What the pages of an import show: its questions with the words that they are about, its columns, its faults."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import Department
from departments.names import search_key
from departments.nearest import nearest
from departments.registry import Registry
from measures.enums import AnswerKind, ClauseKind, ImportState
from measures.importing.decisions import may_stay
from measures.models import Clause, PlanImport, Question, StagedClause
from measures.paths import spoken
from measures.sheets import Role
from measures.sheets.grid import column_letters

_EXCERPT = 420

ROLE_NAMES: dict[Role, Any] = {
    Role.IGNORE: gettext_lazy("不读入"),
    Role.SERIAL: gettext_lazy("序号"),
    Role.CHAPTER: gettext_lazy("章节"),
    Role.NUMBER: gettext_lazy("条款编号"),
    Role.TASK: gettext_lazy("工作任务"),
    Role.MEASURE: gettext_lazy("具体措施"),
    Role.LEAD: gettext_lazy("牵头单位"),
    Role.RESPONSIBLE: gettext_lazy("责任单位"),
    Role.COOPERATING: gettext_lazy("配合单位"),
    Role.DUE: gettext_lazy("完成时限"),
    Role.LEADER: gettext_lazy("责任领导（不读入）"),
    Role.PERSON: gettext_lazy("责任人（不读入）"),
    Role.CONTACT: gettext_lazy("联系人及电话（不读入）"),
    Role.PROGRESS: gettext_lazy("进展情况（不读入）"),
    Role.PROBLEMS: gettext_lazy("存在问题（不读入）"),
    Role.NEXT: gettext_lazy("下步措施（不读入）"),
    Role.STATUS: gettext_lazy("完成状态（不读入）"),
    Role.EVIDENCE: gettext_lazy("佐证材料（不读入）"),
    Role.NOTE: gettext_lazy("备注（不读入）"),
    Role.ID: gettext_lazy("条款标识"),
    Role.KIND: gettext_lazy("类别"),
    Role.LABEL: gettext_lazy("编号"),
    Role.HEADING: gettext_lazy("标题"),
}

_TAGS = {
    ImportState.READING: "tag",
    ImportState.QUESTIONS: "tag tag-late",
    ImportState.READY: "tag",
    ImportState.PUBLISHED: "tag tag-ink",
    ImportState.WITHDRAWN: "tag tag-plain",
    ImportState.FAILED: "tag tag-late",
}


def import_row(row: PlanImport) -> dict[str, Any]:
    """One row of the list of imports."""
    return {
        "title": row.title or row.file_name,
        "file_name": row.file_name,
        "conference": row.conference.short_name,
        "state": row.get_state_display(),
        "tag": _TAGS[ImportState(row.state)],
        "uploaded_at": row.uploaded_at,
        "uploaded_by": str(row.uploaded_by or ""),
        "url": reverse("reporting:plan_import", args=[row.pk]),
    }


def layouts_of(row: PlanImport) -> list[dict[str, Any]]:
    """The tables that were read, with each column's header and what it was taken for; equal headers once."""
    shown: dict[str, dict[str, Any]] = {}
    for layout in row.layouts:
        known = shown.setdefault(
            layout["signature"],
            {
                "signature": layout["signature"],
                "sheets": [],
                "rows": 0,
                "columns": [
                    {
                        "index": column["index"],
                        "letter": column_letters(column["index"]),
                        "header": column["header"],
                        "role": column["role"],
                    }
                    for column in layout["columns"]
                ],
            },
        )
        known["sheets"].append(layout["sheet"])
        known["rows"] += layout["rows"]
    return list(shown.values())


def role_choices() -> list[tuple[str, Any]]:
    return [(role.value, name) for role, name in ROLE_NAMES.items()]


def questions_of(
    row: PlanImport, questions: Iterable[Question], typed: dict[int, dict[str, str]], wrong: dict[int, str]
) -> list[dict[str, Any]]:
    """Questions ready to be shown, in a number of queries that does not grow with them.

    ``typed`` and ``wrong``: what a person has typed for some of them, and why it could not be taken.
    """
    questions = list(questions)
    prefetch_related_objects(questions, "answered_by")
    paths = {question.path for question in questions}
    clauses: dict[str, StagedClause | Clause] = {}
    if row.version_id is None or row.state != ImportState.PUBLISHED:
        clauses |= {one.path: one for one in StagedClause.objects.filter(plan_import=row, path__in=paths)}
    else:
        clauses |= {one.path: one for one in Clause.objects.filter(version=row.version_id, path__in=paths)}
    registry: Registry | None = None
    codes: dict[int, str] = {}
    # Candidates are for choosing: what is answered needs none, unless somebody is answering it all the same.
    if any(one.kind == AnswerKind.UNIT and (one.answered_at is None or one.pk in typed) for one in questions):
        registry = Registry.of(row.conference)
        codes = dict(Department.objects.filter(conference=row.conference_id).values_list("pk", "code"))
    return [
        _question(
            question,
            clauses.get(question.path),
            registry,
            codes,
            row.issued_on,
            typed.get(question.pk),
            wrong.get(question.pk),
        )
        for question in questions
    ]


def _question(
    question: Question,
    clause: StagedClause | Clause | None,
    registry: Registry | None,
    codes: dict[int, str],
    on: date | None,
    typed: dict[str, str] | None,
    wrong: str | None,
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "pk": question.pk,
        "kind": question.kind,
        "message": question.message,
        "path": spoken(question.path) if question.path else "",
        "is_blocking": question.is_blocking,
        "may_stay": may_stay(question),
        "answer": question.answer,
        "is_answered": question.answered_at is not None,
        "is_remembered": question.is_remembered,
        "answered_by": str(question.answered_by or ""),
        "typed": {"do": "", "unit": "", "lead": "", "cooperating": "", "due": ""} | (typed or {}),
        "candidates": [],
        "lead": "",
        "cooperating": "",
        "due": "",
        "wrong": wrong or "",
        "source": excerpt(clause, question.words) if clause is not None else [],
        "place": _place(clause),
    }
    match question.kind:
        case AnswerKind.UNIT if registry is not None and (question.answered_at is None or typed is not None):
            name = question.words or question.key
            shown["candidates"] = [
                {"value": f"alias:{codes[one.department]}", "name": one.name}
                for one in nearest(registry, name, on=on or timezone.localdate())
                if one.department in codes
            ]
        case AnswerKind.PARTIES if isinstance(clause, StagedClause):
            shown["lead"] = "、".join(party["as_written"] for party in clause.lead)
            shown["cooperating"] = "、".join(party["as_written"] for party in clause.cooperating)
        case AnswerKind.DEADLINE if isinstance(clause, StagedClause):
            shown["due"] = clause.due
        case _:
            pass
    return shown


def _place(clause: StagedClause | Clause | None) -> str:
    if isinstance(clause, StagedClause) and clause.row is not None:
        return _("工作表「%(sheet)s」第 %(row)d 行") % {"sheet": clause.sheet, "row": clause.row}
    return ""


def excerpt(clause: StagedClause | Clause, words: str) -> list[tuple[bool, str]]:
    """The clause's own words in pieces (is it what the question is about, text), cut around it where it is long."""
    text = f"{clause.label}{clause.heading}{clause.text}"
    found = _find(text, words)
    if found is None and isinstance(clause, StagedClause) and clause.row is not None:
        # In a table the units and the deadline stand in cells of their own.
        text = "\n".join([text, *_cells(clause)])
        found = _find(text, words)
    if found is None:
        return [(False, text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…")]
    start, end = found
    first = max(0, start - _EXCERPT // 2)
    last = min(len(text), end + _EXCERPT // 2)
    pieces = [
        (False, ("…" if first else "") + text[first:start]),
        (True, text[start:end]),
        (False, text[end:last] + ("…" if last < len(text) else "")),
    ]
    return [piece for piece in pieces if piece[1]]


def _cells(clause: StagedClause) -> list[str]:
    """What stands beside the clause in its table, in words."""
    cells = [
        (_("负责"), "、".join(party["as_written"] for party in clause.lead)),
        (_("配合"), "、".join(party["as_written"] for party in clause.cooperating)),
        (_("完成时限"), clause.due),
    ]
    return [f"{name}：{words}" for name, words in cells if words]


# Documents are written in a few thousand characters, and a page of questions shows many clauses.
_folded = lru_cache(maxsize=20_000)(search_key)


def _find(text: str, words: str) -> tuple[int, int] | None:
    """Where ``words`` stand in ``text``, width, white space and line breaks aside."""
    wanted = search_key(words)
    if not wanted:
        return None
    places, folded = [], []
    for place, character in enumerate(text):
        for one in _folded(character):
            folded.append(one)
            places.append(place)
    at = "".join(folded).find(wanted)
    return (places[at], places[at + len(wanted) - 1] + 1) if at >= 0 else None


_ANSWER = re.compile(r"q(?P<pk>\d{1,18})-(?P<field>do|unit|lead|cooperating|due)", re.ASCII)


def typed_answers(data: Any) -> dict[int, dict[str, str]]:
    """What a person has typed, by question; questions without a choice are left out."""
    found: dict[int, dict[str, str]] = {}
    for name, value in data.items():
        if match := _ANSWER.fullmatch(name):
            found.setdefault(int(match["pk"]), {})[match["field"]] = value
    return {pk: fields for pk, fields in found.items() if fields.get("do")}


def answered_meanwhile(row: PlanImport, typed: Iterable[int]) -> dict[int, str]:
    """What others have answered to the questions ``typed`` while somebody typed: question id to words."""
    answered = Question.objects.filter(plan_import=row, pk__in=typed).exclude(answered_at=None)
    return {
        one.pk: _("%(by)s 已答复「%(answer)s」；再保存一次，将改为您的答复。")
        % {"by": one.answered_by or _("有人"), "answer": one.answer}
        for one in answered.select_related("answered_by")
    }


def decision_of(typed: dict[str, str], registry: Registry) -> dict[str, Any]:
    """The form's words as measures.importing.decisions takes them; a unit typed by name becomes its code."""
    do = typed["do"]
    if do.startswith("alias:"):
        return {"do": "alias", "unit": do.removeprefix("alias:")}
    if do == "other":
        found = registry.resolve(typed.get("unit", ""))
        code = Department.objects.filter(pk=found).values_list("code", flat=True).first() if found else ""
        return {"do": "alias", "unit": code or ""}
    if do == "member":
        return {"do": "new", "member": True}
    if do == "nothing":
        return {"do": "set", "lead": "", "cooperating": ""}
    return {**typed, "do": do}


def document_of(clauses: Iterable[Any], unresolved: set[str], *, first: int = 1) -> list[dict[str, Any]]:
    """Clauses of a proposal as the page of a plan shows them. ``unresolved``: folded names without a unit.

    ``first`` is the place of the first one in the whole document, for the anchors.
    """

    def names(parties: Iterable[Any]) -> list[dict[str, Any]]:
        return [
            {
                "name": party.as_written,
                "is_mine": False,
                "is_first": False,
                "is_unknown": not party.group and search_key(party.name) in unresolved,
            }
            for party in parties
        ]

    return [
        {
            "clause": {
                "path": spoken(clause.path),
                "label": clause.label,
                "heading": clause.heading,
                "text": clause.text,
                "kind": clause.kind,
                "depth": clause.path.count("/"),
                "anchor": f"c{position}",
                "url": "",
            },
            "is_folded": clause.kind in (ClauseKind.FRONT, ClauseKind.BACK),
            "lead": names(clause.lead),
            "cooperating": names(clause.cooperating),
        }
        for position, clause in enumerate(clauses, first)
    ]
