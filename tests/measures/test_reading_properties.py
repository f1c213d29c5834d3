"""No character lost and no responsibility changed, whatever styles a document mixes."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from measures.reading import UnreadablePlan, read_plan

UNITS = [
    "市公安局",
    "市教委",
    "市民政局",
    "市妇联",
    "团市委",
    "市文化和旅游局",
    "市委宣传部",
    "市委政法委",
    "市市场监管局",
    "市总工会",
]
CN = "一二三四五六七八九"
OUTER = [lambda n: f"{CN[n]}、", lambda n: f"第{CN[n]}章 "]
MIDDLE = [lambda n: f"（{CN[n]}）", lambda n: f"({CN[n]}) ", lambda n: chr(0x3220 + n)]
INNER = [
    lambda n: f"{n + 1}．",
    lambda n: f"{n + 1}. ",
    lambda n: f"{n + 1}、",
    lambda n: f"（{n + 1}）",
    lambda n: "①②③④⑤⑥⑦⑧⑨"[n],
    lambda n: "——",
]
BRACKETS = ["（）", "()", "〔〕", "【】", "[]"]
SENTENCES = [
    "加强宣传教育，提高群众意识。",
    "完善机制。健全制度，落实措施。",
    "经过3个月仍未查明的，依法办理。",
    "建设信息库（试行），投入1.5亿元。",
    "规范村（居）委会管理，做好“一站式”服务。",
]


@dataclass
class Written:
    text: str
    lead: list[str]
    cooperating: list[str]


@st.composite
def measures(draw) -> Written:
    units = draw(st.lists(st.sampled_from(UNITS), min_size=1, max_size=7, unique=True))
    split = draw(st.integers(1, len(units)))
    lead, cooperating = units[:split], units[split:]
    comma = draw(st.sampled_from(["，", ",", "；", "、"]))
    words = draw(st.sampled_from([("负责", "配合"), ("牵头", "参与"), ("主办", "协办"), ("牵头负责", "协助")]))
    inside = "、".join(lead) + words[0] + (comma + "、".join(cooperating) + words[1] if cooperating else "")
    if draw(st.booleans()):
        inside = f"牵头单位：{'、'.join(lead)}" + (f"；配合单位：{'、'.join(cooperating)}" if cooperating else "")
    opening, closing = draw(st.sampled_from(BRACKETS))
    return Written(draw(st.sampled_from(SENTENCES)) + opening + inside + closing, lead, cooperating)


@st.composite
def documents(draw) -> tuple[str, list[Written]]:
    outer, middle, inner = draw(st.sampled_from(OUTER)), draw(st.sampled_from(MIDDLE)), draw(st.sampled_from(INNER))
    gap, indent = draw(st.sampled_from(["\n", "\n\n", "\r\n"])), draw(st.sampled_from(["", "　　", "  "]))
    lines, written = ["东湖市反对拐卖人口行动实施方案（2022—2030年）"], []
    for chapter in range(draw(st.integers(1, 3))):
        lines.append(f"{outer(chapter)}重点任务")
        for section in range(draw(st.integers(1, 3))):
            lines.append(f"{middle(section)}工作措施")
            for item in range(draw(st.integers(1, 4))):
                measure = draw(measures())
                lines.append(inner(item) + measure.text)
                written.append(measure)
                if draw(st.booleans()):
                    further = draw(measures())
                    lines.append(further.text)
                    written.append(further)
    return gap.join(indent + line for line in lines), written


def squeezed(text: str) -> str:
    return "".join(text.split())


def assert_whole(source: str) -> None:
    clauses = read_plan(source).clauses
    assert squeezed("".join(source[clause.start : clause.end] for clause in clauses)) == squeezed(source)
    assert squeezed("".join(clause.label + clause.heading + clause.text for clause in clauses)) == squeezed(source)
    assert all(before.end <= after.start for before, after in itertools.pairwise(clauses))
    assert len({clause.path for clause in clauses}) == len(clauses)


@settings(max_examples=150, deadline=None)
@given(documents())
def test_document_comes_back_whole(document):
    assert_whole(document[0])


@settings(max_examples=150, deadline=None)
@given(documents())
def test_responsibilities_come_back_as_put_in(document):
    source, written = document

    found = [([p.name for p in c.lead], [p.name for p in c.cooperating]) for c in read_plan(source).measures]

    assert found == [(measure.lead, measure.cooperating) for measure in written]


GROUPS = ["各县（市、区）人民政府", "各乡镇人民政府、街道办事处", "各成员单位", "市直各有关部门", "各镇街"]
LABELS = [
    ("牵头单位", "责任单位"),
    ("牵头单位", "配合单位"),
    ("责任单位", "配合单位"),
    ("主办单位", "协办单位"),
    ("负责部门", "协助部门"),
    ("第一责任单位", "责任单位"),
]
VERBS = [
    ("负责", "配合"),
    ("牵头", "参与"),
    ("牵头", "按职责分工负责"),
    ("负责牵头", "协同"),
    ("共同负责", "配合落实"),
    ("牵头负责", "协助"),
]
DUES = ["", "", "", "；完成时限：2025年12月底", "；时限：长期坚持", "，2025年底前完成"]
PLATED = ["市委统战部（市民宗局）", "市文化和旅游局（市文物局）"]
ASKED = {
    "responsibility_unreadable",
    "responsibility_without_role",
    "responsibility_in_prose",
    "responsibility_scope",
    "measure_without_lead",
    "unbalanced_bracket",
    "prefix_uncertain",
    "unit_name_unusual",
    "table_in_text",
}


def bare(name: str) -> str:
    """「市公安局、教育局」: the second without its prefix, if it can be."""
    return name.removeprefix("市") if name.startswith("市") and not name.startswith(("市委", "市市", "市直")) else name


def prefix_left_out(names: list[str]) -> list[str]:
    first = next((at for at, name in enumerate(names) if name.startswith("市") and name not in GROUPS), len(names))
    return names[: first + 1] + [bare(name) for name in names[first + 1 :]]


@st.composite
def annotations(draw) -> tuple[str, list[str], list[str]]:
    """A responsibility in any of the styles, with the names that it means."""
    units = draw(st.lists(st.sampled_from(UNITS + GROUPS + PLATED), min_size=1, max_size=6, unique=True))
    split = draw(st.integers(1, len(units)))
    lead, cooperating = units[:split], units[split:]
    comma = draw(st.sampled_from(["，", ",", "；", ";"]))
    between = draw(st.sampled_from(["、", "、", "，", "、 "]))
    shown = [prefix_left_out(names) if draw(st.booleans()) else names for names in (lead, cooperating)]
    lists = [between.join(names) for names in shown]
    opening, closing = draw(st.sampled_from([*BRACKETS, "﹝﹞", "［］"]))
    style = draw(st.sampled_from(["verbs", "bracketed labels", "lines", "one line", "two brackets", "own line"]))
    due = draw(st.sampled_from(DUES))
    labels, verbs = draw(st.sampled_from(LABELS)), draw(st.sampled_from(VERBS))
    colon = draw(st.sampled_from(["：", ":", "： "]))
    if style in {"verbs", "own line"}:
        inside = lists[0] + verbs[0] + (comma + lists[1] + verbs[1] if cooperating else "") + due
        text = opening + inside + closing + draw(st.sampled_from(["", "。", "；"]))
        text = f"\n{text}" if style == "own line" else text
    elif style == "two brackets":
        text = f"{opening}{lists[0]}{verbs[0]}{closing}"
        text += (
            f"{opening}{lists[1]}{'配合' if verbs[1].startswith('按') else verbs[1]}{closing}" if cooperating else ""
        )
    else:
        parts = [labels[0] + colon + lists[0], *([labels[1] + colon + lists[1]] if cooperating else [])]
        if style == "bracketed labels":
            text = opening + "；".join(parts) + due + closing
        else:
            joiner = "\n" if style == "lines" else draw(st.sampled_from(["；", "，", "  ", "。"]))
            text = "\n" + joiner.join(parts)
    return (
        text,
        [name.partition("（")[0] if name in PLATED else name for name in lead],
        [name.partition("（")[0] if name in PLATED else name for name in cooperating],
    )


@st.composite
def free_documents(draw) -> tuple[str, list[tuple[list[str], list[str]]]]:
    outer, middle, inner = draw(st.sampled_from(OUTER)), draw(st.sampled_from(MIDDLE)), draw(st.sampled_from(INNER))
    gap = draw(st.sampled_from(["\n", "\n\n", "\r\n"]))
    lines, written = ["东湖市反对拐卖人口行动实施方案（2022—2030年）"], []
    for chapter in range(draw(st.integers(1, 2))):
        lines.append(f"{outer(chapter)}重点任务")
        for section in range(draw(st.integers(1, 2))):
            lines.append(f"{middle(section)}工作措施")
            for item in range(draw(st.integers(1, 4))):
                text, lead, cooperating = draw(annotations())
                lines.append(
                    f"{inner(item)}任务【{len(written)}】：{draw(st.sampled_from(SENTENCES))}{text}".replace("\n", gap)
                )
                written.append((lead, cooperating))
    return gap.join(lines), written


@settings(max_examples=300, deadline=None)
@given(free_documents())
def test_responsibility_in_any_style_comes_back_or_is_asked_about(document):
    source, written = document
    assert_whole(source)
    plan = read_plan(source)
    asked = {question.path for question in plan.questions if question.code in ASKED}
    # A prefix is asked about where it is first left out.
    doubted = {re.search(r"中的「(.+?)」前面", q.message)[1] for q in plan.questions if q.code == "prefix_uncertain"}

    tags = [re.search(r"任务【(\d+)】", c.label + c.heading + c.text) for c in plan.clauses]
    found: dict[int, tuple[list[str], list[str], set[str]]] = {}
    current = -1
    for clause, tag in zip(plan.clauses, tags, strict=True):
        current = int(tag[1]) if tag else current
        lead, cooperating, paths = found.setdefault(current, ([], [], set()))
        lead += [party.name for party in clause.lead]
        cooperating += [party.name for party in clause.cooperating]
        paths.add(clause.path)

    for at, (lead, cooperating) in enumerate(written):
        got_lead, got_cooperating, paths = found[at]
        if (got_lead, got_cooperating) != (lead, cooperating):
            doubtful = {bare(name) for name in lead + cooperating} & doubted
            assert paths & asked or doubtful, (at, lead, cooperating, got_lead, got_cooperating)


NUMBERS = ["一、", "（一）", "(二)", "1.", "2、", "（1）", "①", "——", "第一章 ", "第二条 ", "附件1", "目录", "一是"]
SPACES = ["\n", "\n\n", "　　", "\r\n", " ", "\ufeff", "\u200b", "\t", "\f", "— 3 —"]
MARKS = ["（", "）", "〔", "】", "《", "》", "“", "”", "。", "、", "，"]
WORDS = [
    "会同市教委",
    "完成时限：长期坚持",
    "（略）",
    "「市公安局负责」",
    "序号\t任务\t牵头单位\n",
    "1\t宣传\t市公安局\n",
    "**",
    "市公安局负责",
    "，市妇联配合",
    "牵头单位：",
    "责任单位：市教委",
    "加强工作。",
    "重点任务",
    "1.5亿元",
    "扫一扫",
]
LONGER = [
    "2022年3月1日",
    "东湖市人民政府办公室",
    "各区县：",
    "每年12月15日前",
    "联席会议由市公安局、市教委、市妇联组成。",
]
PIECES = st.sampled_from(NUMBERS + SPACES + MARKS + WORDS + LONGER)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, min_size=3, max_size=60).map("".join))
def test_any_mixture_comes_back_whole_or_is_refused(noise):
    source = f"东湖市反对拐卖人口行动实施方案\n一、甲\n1.加强宣传工作。（市公安局负责）\n{noise}"

    try:
        read_plan(source)
    except UnreadablePlan:
        return
    assert_whole(source)
