"""Where a table speaks twice of the same thing and says two things."""

from __future__ import annotations

from measures.comparing import unit_key
from measures.importing.decisions import UNITS_CONTRADICT, question
from measures.models import PlanImport, Question
from measures.reading import Clause, Party, PlanText
from measures.reading.responsibilities import read_responsibilities
from measures.reading.roles import LEAD


def contradictions(plan_import: PlanImport, plan: PlanText) -> list[Question]:
    """A question for each clause whose own words name other units, or in another role, than the columns beside them."""
    found = []
    for clause in plan.measures:
        mentions = [mention for one in read_responsibilities(clause.text).annotations for mention in one.mentions]
        if not mentions:
            continue
        lead = {unit_key(mention.as_written) for mention in mentions if mention.role == LEAD}
        cooperating = {unit_key(mention.as_written) for mention in mentions if mention.role != LEAD}
        if _is_same(lead, clause.lead) and _is_same(cooperating, clause.cooperating):
            continue
        words = "、".join(mention.as_written for mention in mentions)
        message = (
            f"「{clause.path}」正文的括号里写的是「{words[:100]}」，单位栏里是「{_written(clause)[:100]}」，两处不一致。"
            "请确认以单位栏为准，或改为正确的单位；正文按文件原样发布，需要改的请改好文件再导入。"
        )
        found.append(question(plan_import, UNITS_CONTRADICT, clause.path, message, words))
    return found


def _is_same(said: set[str], parties: list[Party]) -> bool:
    keys = [{unit_key(party.name), unit_key(party.as_written)} for party in parties]
    return all(key & said for key in keys) and all(any(one in key for key in keys) for one in said)


def _written(clause: Clause) -> str:
    words = "、".join(party.as_written for party in clause.lead) + "负责"
    cooperating = "、".join(party.as_written for party in clause.cooperating)
    return f"{words}，{cooperating}配合" if cooperating else words
