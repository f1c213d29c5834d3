"""Questions about an import, what an answer to each consists of, and what the answers make of what was read.

A decision is a JSON object by the kind of its question (measures.enums.AnswerKind):

- CONFIRM: ``{"do": "ok"}``: a person has looked, and it stays as it was read.
- UNIT: ``{"do": "alias", "unit": CODE}``, ``{"do": "new", "member": bool}`` or ``{"do": "group"}``.
- PARTIES: ``{"do": "ok"}``, or ``{"do": "set", "lead": WORDS, "cooperating": WORDS}``, names joined by 「、」; both
  empty means that the clause is no measure.
- DEADLINE: ``{"do": "ok"}``, ``{"do": "none"}`` or ``{"do": "set", "due": WORDS}``.
- OBLIGATIONS: ``{"do": "keep"}`` or ``{"do": "drop"}``: those of the version before go on, or are no more.
- HEADING: none: it is answered by filling in the plan's title or period.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Department
from departments.names import search_key
from departments.sensitive import find_sensitive, refusal
from measures.enums import AnswerKind
from measures.models import PlanImport, Question, RememberedAnswer, StagedClause
from measures.reading import Party
from measures.reading import results as read
from measures.reading.deadlines import read_due
from measures.reading.names import read_mentions
from measures.reading.numerals import fold
from measures.reading.units import is_group, looks_like_unit, without_plates
from measures.services import BLOCKING, UNIT_TWICE, UNIT_UNKNOWN, unknown_unit

# Kinds of answers that are more than having looked.
KINDS: dict[str, AnswerKind] = {
    UNIT_UNKNOWN: AnswerKind.UNIT,
    "no_title": AnswerKind.HEADING,
    "no_period": AnswerKind.HEADING,
    "obligations_missing": AnswerKind.OBLIGATIONS,
    **dict.fromkeys(
        (
            "responsibility_unreadable",
            "responsibility_without_role",
            "responsibility_in_prose",
            "responsibility_missing",
            "responsibility_scope",
            "measure_without_lead",
            "measure_without_responsibility",
            "unbalanced_bracket",
            "open_ended_list",
            "lead_and_responsible",
            UNIT_TWICE,
        ),
        AnswerKind.PARTIES,
    ),
    **dict.fromkeys(("deadline_unclear", "due_unclear", "due_from_words"), AnswerKind.DEADLINE),
}
# Units named otherwise in a clause's own bracket than in the columns beside it.
UNITS_CONTRADICT = "units_contradict"
# The file says nothing of the duties that the version before has; a plan would take the place of another.
OBLIGATIONS_MISSING = "obligations_missing"
PLAN_OVERLAPS = "plan_overlaps"
# What is lost with a version is asked of every file: the answer to one is not the answer to the next.
ASKED_ANEW = frozenset({OBLIGATIONS_MISSING, PLAN_OVERLAPS})
# Without these answers there is no plan to store, or somebody's responsibility or duty would be lost unseen.
MATTERS = BLOCKING | {"no_title", "no_period", UNITS_CONTRADICT, OBLIGATIONS_MISSING, PLAN_OVERLAPS}


class BadAnswer(ValueError):
    """The answer cannot be taken. ``str()`` is for the person who gave it; nothing was changed."""


def key_of(code: str, path: str, message: str, words: str) -> str:
    """What the same question in another file is recognised by: a unit by its name, anything else by its wording."""
    if code == UNIT_UNKNOWN:
        return search_key(words)[:64]
    return hashlib.sha256(f"{code}\n{path}\n{message}".encode()).hexdigest()


def question(plan_import: PlanImport, code: str, path: str, message: str, words: str = "") -> Question:
    """A question about ``plan_import``, not yet stored."""
    return Question(
        conference_id=plan_import.conference_id,
        plan_import=plan_import,
        code=code,
        key=key_of(code, path, message, words),
        kind=KINDS.get(code, AnswerKind.CONFIRM),
        path=path[:200],
        words=words[:300],
        message=message,
        is_blocking=code in MATTERS,
    )


def quoted(code: str, message: str) -> str:
    """The words of the document that a message speaks of: the last in 「」, of a deadline the first."""
    if KINDS.get(code) == AnswerKind.DEADLINE:
        start = message.find("「")
        end = message.find("」", start)
    else:
        start, end = message.rfind("「"), message.rfind("」")
    return message[start + 1 : end] if 0 <= start < end else ""


def unknown_units(plan_import: PlanImport, names: Iterable[tuple[str, str, str]]) -> list[Question]:
    """One question for each name that resolves to no unit; ``names`` are (path, name, as written) in their order."""
    asked: dict[str, Question] = {}
    for path, name, written in names:
        asked.setdefault(
            search_key(name),
            question(plan_import, UNIT_UNKNOWN, path, unknown_unit(name), written if written != name else name),
        )
    for key, row in asked.items():
        row.key = key[:64]
    return list(asked.values())


def recall(plan_import: PlanImport, questions: Iterable[Question]) -> None:
    """Give questions that are not yet stored the answers that were given to the same ones before."""
    questions = list(questions)
    conference = plan_import.conference_id
    known = {
        (answer.code, answer.key): answer
        for answer in RememberedAnswer.objects.filter(conference=conference, code__in={one.code for one in questions})
    }
    units = dict(Department.objects.filter(conference=conference).values_list("code", "name")) if known else {}
    for one in questions:
        answer = known.get((one.code, one.key))
        if answer is None or one.code in ASKED_ANEW:
            continue
        unit = answer.decision.get("unit", "")
        if unit and unit not in units:
            # The unit has another code by now, or is gone.
            continue
        one.decision, one.is_remembered = answer.decision, True
        one.answer = in_words(one, answer.decision, units.get(unit, ""))
        one.answered_by_id, one.answered_at = answer.answered_by_id, timezone.now()


def checked(row: Question, data: dict[str, Any], units: Container[str]) -> dict[str, Any]:
    """The decision that the form's ``data`` makes about ``row``; raises BadAnswer.

    ``units`` are codes of units of the conference: all of those that ``data`` may name.
    """
    do = str(data.get("do") or "")
    match row.kind:
        case AnswerKind.UNIT:
            if do == "alias":
                code = _typed(data, "unit")
                if code not in units:
                    raise BadAnswer(_("请选择要对应的单位。"))
                return {"do": "alias", "unit": code}
            if do == "new":
                return {"do": "new", "member": bool(data.get("member"))}
            if do == "group":
                return {"do": "group"}
            raise BadAnswer(_("请选择：已有单位的另一写法、新单位，或集合名称。"))
        case AnswerKind.PARTIES if do == "set":
            lead, cooperating = _typed(data, "lead"), _typed(data, "cooperating")
            if cooperating and not lead:
                raise BadAnswer(_("有配合单位就要有负责单位，请填写负责单位。"))
            for words in (lead, cooperating):
                parties(words)
            return {"do": "set", "lead": lead, "cooperating": cooperating}
        case AnswerKind.DEADLINE if do == "set":
            due = _typed(data, "due")
            if read_due(due) is None:
                raise BadAnswer(_("读不出这个时限，请写成「2026年12月底前」「每年12月15日前」「长期坚持」这样的词句。"))
            return {"do": "set", "due": due[:200]}
        case AnswerKind.DEADLINE if do == "none":
            return {"do": "none"}
        case AnswerKind.HEADING:
            raise BadAnswer(_("请在「计划信息」里填写。"))
        case AnswerKind.OBLIGATIONS if do in ("keep", "drop"):
            return {"do": do}
        case AnswerKind.OBLIGATIONS:
            raise BadAnswer(_("请选择沿用，或不再要求。"))
    if do == "ok":
        if not may_stay(row):
            raise BadAnswer(_("这一条的责任单位没有读出，请填写；确实没有的，负责和配合都留空。"))
        return {"do": "ok"}
    raise BadAnswer(_("请选择一种答复。"))


def may_stay(row: Question) -> bool:
    """Whether it may be left as it was read; not where nothing was."""
    return not (row.kind == AnswerKind.PARTIES and row.is_blocking and row.code != UNITS_CONTRADICT)


def _typed(data: dict[str, Any], name: str) -> str:
    """What was typed, without what may not be stored. Raises BadAnswer."""
    words = str(data.get(name) or "").strip()
    if "\0" in words:
        raise BadAnswer(_("含有无法保存的控制字符，请删除。"))
    if found := find_sensitive(words):
        raise BadAnswer(refusal(found))
    return words


def in_words(row: Question, decision: dict[str, Any], unit: str = "") -> str:
    """The decision in words, in Chinese as everything that is stored beside the document's own."""
    match decision.get("do"):
        case "alias":
            return f"即「{unit or decision['unit']}」"
        case "new":
            return "登记为新单位（成员单位）" if decision.get("member") else "登记为新单位"
        case "group":
            return "是集合名称，不是单位"
        case "none":
            return "没有时限"
        case "keep":
            return "沿用原版本的时限义务"
        case "drop":
            return "不再要求"
        case "set" if "due" in decision:
            return str(decision["due"])
        case "set" if not decision.get("lead"):
            return "不是措施，没有责任单位"
        case "set":
            words = f"负责：{decision['lead']}"
            return f"{words}；配合：{decision['cooperating']}" if decision["cooperating"] else words
        case _:
            return "已核对，按读出的"


def parties(words: str) -> list[Party]:
    """Units as a person types them, joined by 「、」, commas, semicolons or line breaks. Raises BadAnswer."""
    if not words.strip():
        return []
    line = "、".join(part.strip() for part in words.replace("\r", "\n").split("\n") if part.strip())
    folded = fold(line)
    depth, masked = 0, []
    for character in folded:
        depth += character == "("
        masked.append("\0" if depth else character)
        depth -= character == ")" and depth > 0
    mentions = read_mentions(line, "".join(masked), 0, len(line), "lead")
    if not mentions:
        raise BadAnswer(_("「%(words)s」读不出单位名称，请用顿号分开各单位。") % {"words": words[:50]})
    found = []
    for mention in mentions:
        name = without_plates(mention.as_written)
        if len(name) > 100 or not (looks_like_unit(name) or is_group(name) or len(name) >= 2):
            raise BadAnswer(_("「%(words)s」不像单位名称。") % {"words": mention.as_written[:50]})
        group = is_group(mention.as_written)
        found.append(Party("".join(mention.as_written.split()) if group else name, mention.as_written, group))
    return found


class Decisions:
    """All answers to one import, ready to be asked: what they make of each clause and each name."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._by_path: dict[str, dict[str, Any]] = {}
        # By the deadline's words where a column has them, else by the clause; None: it has no deadline.
        self._dues: dict[str, str | None] = {}
        self.aliases: dict[str, str] = {}
        self.new: dict[str, Question] = {}
        self.groups: set[str] = set()
        self.keeps_obligations = False
        for row in questions:
            decision = row.decision or {}
            do = decision.get("do")
            if row.kind == AnswerKind.UNIT:
                if do == "alias":
                    self.aliases[row.key] = decision["unit"]
                elif do == "new":
                    self.new[row.key] = row
                elif do == "group":
                    self.groups.add(row.key)
            elif row.kind == AnswerKind.OBLIGATIONS:
                self.keeps_obligations |= do == "keep"
            elif row.kind == AnswerKind.PARTIES and do == "set":
                self._by_path[row.path] = decision
            elif row.kind == AnswerKind.DEADLINE and do in ("set", "none"):
                due = decision["due"] if do == "set" else None
                self._dues[row.path] = self._dues[f"due:{row.words}"] = due

    def parties_of(self, clause: StagedClause) -> tuple[list[Party], list[Party]]:
        """Who leads and who cooperates on the clause."""
        if decision := self._by_path.get(clause.path):
            return self._grouped(parties(decision["lead"])), self._grouped(parties(decision["cooperating"]))
        return self._grouped(_stored(clause.lead)), self._grouped(_stored(clause.cooperating))

    def settles_due_of(self, clause: StagedClause) -> bool:
        """Whether an answer says by when the clause is to be done, whatever was read."""
        return clause.path in self._dues or bool(clause.due and f"due:{clause.due}" in self._dues)

    def due_of(self, clause: StagedClause) -> str:
        """The deadline that was answered, in words; empty for none."""
        return self._dues.get(clause.path, self._dues.get(f"due:{clause.due}")) or ""

    def _grouped(self, found: list[Party]) -> list[Party]:
        if not self.groups:
            return found
        return [
            read.Party(party.name, party.as_written, True) if search_key(party.name)[:64] in self.groups else party
            for party in found
        ]


def _stored(rows: list[dict[str, Any]]) -> list[Party]:
    return [Party(row["name"], row["as_written"], row["group"]) for row in rows]
