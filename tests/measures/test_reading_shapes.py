"""Plans of many shapes, read whole: every path, unit, deadline and question is expected word for word."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from measures.reading import Obligation, PlanText, load, read_plan

DOCUMENTS = Path(__file__).parent / "documents"
EXPECTED: dict[str, dict[str, Any]] = json.loads((DOCUMENTS / "expected.json").read_text(encoding="utf-8"))
NAMES = sorted(EXPECTED)


def source(name: str) -> str:
    return load(DOCUMENTS / f"{name}.txt")


def written(parties) -> str:
    return "、".join(party.name + ("*" if party.group else "") for party in parties)


def line_of(owed: Obligation) -> str:
    when = owed.recurrence
    parts = {"year": when.year, "month": when.month, "day": when.day, "times": when.times}
    date = " ".join([when.type, *(f"{part}={value}" for part, value in parts.items() if value is not None)])
    return f"{owed.basis} {owed.kind}: {owed.title} | {owed.obliged} | {'、'.join(owed.recipients)} | {date}"


def summary(plan: PlanText) -> dict[str, Any]:
    return {
        "title": plan.title,
        "document_number": plan.document_number,
        "issued_by": plan.issued_by,
        "issued_on": plan.issued_on,
        "period": [plan.period.start, plan.period.end],
        "members": plan.members,
        "paths": " ".join(clause.path for clause in plan.clauses if clause.label),
        "measures": {
            clause.path: f"{written(clause.lead)} / {written(clause.cooperating)}" for clause in plan.measures
        },
        "obligations": [line_of(owed) for owed in plan.obligations],
        "questions": [f"{question.code} {question.path}".strip() for question in plan.questions],
    }


def test_every_document_is_expected():
    assert {path.stem for path in DOCUMENTS.glob("*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_document_is_read_exactly(name, line_end):
    assert summary(read_plan(source(name).replace("\n", line_end))) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_document_comes_back_whole(name):
    text = source(name)

    clauses = read_plan(text).clauses

    squeezed = "".join(text.split())
    assert "".join("".join(text[clause.start : clause.end] for clause in clauses).split()) == squeezed
    assert "".join("".join(c.label + c.heading + c.text for c in clauses).split()) == squeezed
    assert all(before.end <= after.start for before, after in itertools.pairwise(clauses))


HEAD = "东湖县反对拐卖人口实施细则（2021—2030年）\n"
BODY = """为认真贯彻落实《中国反对拐卖人口行动计划（2021—2030年）》，结合我县实际情况，制定本细则。
一、指导思想
坚持以人为本、综合治理、预防为主、打防结合的工作方针，进一步完善工作机制，整合各方资源，明确职责任务，不断提高反拐工作的法治化和社会化水平以及能力。有效预防和惩治拐卖人口犯罪，切实保障公民的基本权利，维护社会的和谐与稳定。建设平安东湖。
二、预防措施
（一）健全机制
1.完善发现举报拐卖人口犯罪的工作机制，加强部门之间协调配合，形成整体的合力。健全信息通报制度，做到早发现、早报告、早处置。（县公安局负责，县民政局、县卫生健康局、县妇联配合）
2.加强重点行业、重点场所的治安管理，严厉查处非法用工行为，净化用工市场环境。（县公安局、县人力资源社会保障局负责，县总工会配合）
（二）加强宣传
1.加强宣传教育。县司法局要把反拐宣传纳入普法规划，深入社区、学校、企业等场所，提高群众的识骗防骗能力，增强自我保护意识和维护合法权益的能力，营造良好的氛围。（县委宣传部、县司法局负责，各乡镇人民政府、街道办事处配合）
2.加强对流动人口的服务管理，落实居住证制度，保障其子女平等接受义务教育的权利。（县公安局、县教育局负责）
规范旅店、娱乐场所登记制度，落实实名制。（县公安局负责，县文化和旅游局配合）
3.开展专项清查整治行动。
责任单位：县公安局、县人力资源社会保障局、县市场监督管理局、县文化广电旅游局、县总工会、县妇联
三、保障措施
（一）加强领导。成立反拐工作领导小组，各成员单位于每年11月30日前向县反拐办报送工作情况。
"""


def wrapped(text: str, width: int, indent: str) -> str:
    """As a PDF prints it: closing marks hang at the end of a full line."""
    lines = []
    for paragraph in text.splitlines():
        rest = indent + paragraph
        while len(rest) > width:
            cut = width + (rest[width] in "，。、；：）》”")
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("indent", ["", "　　"])
@pytest.mark.parametrize("width", range(22, 46))
def test_hard_wrapping_changes_nothing(width, indent):
    unbroken, broken = read_plan(HEAD + BODY), read_plan(HEAD + wrapped(BODY, width, indent))

    assert [(c.path, c.lead, c.cooperating) for c in broken.measures] == [
        (c.path, c.lead, c.cooperating) for c in unbroken.measures
    ]
    assert broken.obligations == unbroken.obligations
