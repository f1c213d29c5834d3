"""Reading a whole plan: from text to clauses, responsibilities, obligations, and the questions left for a person."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from measures.unreadable import UnreadablePlan

from .departments import lead_by_heading
from .lines import has_lost_line_breaks, read_paragraphs, split_lines
from .metadata import Heading, MemberList, read_heading, read_members
from .numerals import fold, squeeze
from .obligations import read_obligations
from .outline import Node, Outline, build_outline
from .parts import TITLE_WORD
from .questions import Inquiry
from .responsibilities import Reading, may_name_units, read_responsibilities
from .results import Clause, Obligation, Party, PlanText
from .roles import LEAD
from .source import check_text
from .tables import read_row
from .units import PrefixRule, find_places, is_group, looks_like_unit, without_plates

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_OFFICIAL = re.compile(r"工作|部门|单位|实施|落实|责任|保障|政府|联席会议|机制|措施")
_CJK = re.compile(r"[\u3400-\u9fff]")
_TITLE = re.compile(r"(?:计划|方案|细则|意见|办法|规划|措施|分工|要点|纲要|清单|任务|职责)(?:\([^()]*\))*\Z")
_HEADS_THE_LIST = re.compile(r"(?:牵头|召集|组长|召集人)单位:")
MAX_CLAUSES = 10_000
MAX_LINES = 50_000
_WANTED = "请导入带有「一、」「（一）」「第一条」等编号、写明责任单位的计划、实施细则或实施方案。"


def read_plan(text: str) -> PlanText:
    """Read a published plan.

    ``text`` is the whole document as decoded; offsets in the result count its characters. Raises
    ``UnreadablePlan`` for what is no plan. What cannot be read with certainty becomes a question, never a guess.
    """
    check_text(text)
    _refuse_other_formats(text)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise UnreadablePlan(f"行数超过 {MAX_LINES}，看起来不是计划。{_WANTED}")
    paragraphs = read_paragraphs(text)
    numbered = sum(paragraph.label is not None for paragraph in paragraphs)
    if numbered > MAX_CLAUSES:
        raise UnreadablePlan(f"编号条款有 {numbered} 条，上限是 {MAX_CLAUSES} 条，看起来不是计划。{_WANTED}")
    if not numbered:
        raise UnreadablePlan(f"没有找到带编号的条款，看起来不是计划。{_WANTED}")
    outline = build_outline(paragraphs)
    heading = read_heading(outline.front, outline.back, _body_text(outline))
    inquiry = Inquiry(outline)
    furniture = frozenset(
        line.text for paragraph in paragraphs for line in paragraph.lines if line.is_page_number and len(line.text) > 4
    )
    readings = {node.clause.path: _read_node(node, furniture) for node in outline.nodes}
    listing = _listing_nodes(outline)
    lists = read_members([text for _, text in listing])
    rule = _learn_prefixes(heading, lists, readings)
    members = _members(lists, listing, readings, rule, inquiry)
    _assign(outline, readings, rule, inquiry)
    _assign_by_heading(outline)
    period = heading.period
    duties = read_obligations(
        outline.nodes,
        {path: reading.spans for path, reading in readings.items()},
        _dues(outline, readings),
        period.start if period.start == period.end else None,
    )
    _refuse_other_papers(heading, outline.clauses, duties.obligations, text)
    inquiry.about_heading(heading)
    if has_lost_line_breaks(split_lines(text)):
        inquiry.ask("line_breaks_lost", "", "原文的换行丢失，已按空格和编号重新分段，请逐条核对。")
    inquiry.about_annexes(outline)
    inquiry.about_tables(outline)
    inquiry.about_readings(outline, readings)
    inquiry.about_names(outline.clauses, members)
    inquiry.about_obligations(duties.unclear)
    return PlanText(
        title=heading.title,
        document_number=heading.document_number,
        issued_by=heading.issued_by,
        issued_on=heading.issued_on.isoformat() if heading.issued_on else None,
        period=heading.period,
        members=members,
        clauses=outline.clauses,
        obligations=duties.obligations,
        questions=inquiry.in_order(),
    )


def _body_text(outline: Outline) -> str:
    return "\n".join(
        node.clause.heading + node.clause.text for node in outline.nodes if node.clause.kind not in {"front", "back"}
    )


def _read_node(node: Node, furniture: frozenset[str]) -> Reading:
    clause = node.clause
    if clause.kind in {"front", "back", "preamble", "annex"}:
        return Reading()
    if node.columns:
        return read_row(clause.text, node.columns)
    reading = read_responsibilities(clause.text, furniture)
    if clause.heading and may_name_units(clause.heading):
        # A heading may carry a responsibility itself, with or without a text below.
        above = read_responsibilities(clause.heading)
        reading.annotations[:0] = above.annotations
        reading.unread[:0] = above.unread
        reading.roleless[:0] = above.roleless
        reading.unbalanced |= above.unbalanced
    return reading


def _listing_nodes(outline: Outline) -> list[tuple[Node, str]]:
    """The clauses that may list members, each with its unnumbered paragraphs: a list may have a line to each unit."""
    found: list[tuple[Node, list[str]]] = []
    for node in outline.nodes:
        if node.clause.kind in {"front", "back"}:
            continue
        if found and node.label is None and (node.parent is found[-1][0] or found[-1][0].parent is node.parent):
            found[-1][1].append(node.clause.text)
        else:
            found.append((node, [node.clause.text]))
    return [(node, "\n".join(texts)) for node, texts in found]


def _learn_prefixes(heading: Heading, lists: list[MemberList], readings: dict[str, Reading]) -> PrefixRule:
    names = [[name for name, _ in members.names] for members in lists]
    names += [
        [mention.as_written for mention in annotation.mentions]
        for reading in readings.values()
        for annotation in reading.annotations
    ]
    return PrefixRule.learn(names, find_places(heading.issued_by, heading.title))


def _members(
    lists: list[MemberList],
    listing: list[tuple[Node, str]],
    readings: dict[str, Reading],
    rule: PrefixRule,
    inquiry: Inquiry,
) -> list[str]:
    if not lists:
        return []
    # Several bodies may be listed; the conference's own list is the longest.
    longest = max(lists, key=lambda members: len(members.names))
    leading: list[tuple[str, bool]] = []
    node = listing[longest.source][0]
    node.settled = True
    for sibling, text in listing:
        # 「（一）牵头单位：… （二）成员单位：…」: the first leads the conference, no measure.
        if sibling.parent is node.parent and sibling is not node and _HEADS_THE_LIST.match(fold(text)):
            for annotation in readings[sibling.clause.path].annotations:
                leading += [(mention.as_written, mention.starts_group) for mention in annotation.mentions]
            readings[sibling.clause.path] = Reading()
            sibling.settled = True
    names = [name for name, _ in rule.restore([*leading, *longest.names]) if name and not is_group(name)]
    members = list(dict.fromkeys(names))
    if longest.stated != len(longest.names):
        inquiry.about_members(longest.stated, len(members))
    return members


def _assign(outline: Outline, readings: dict[str, Reading], rule: PrefixRule, inquiry: Inquiry) -> None:
    for node in outline.nodes:
        clause = _answering(node)
        for annotation in readings[node.clause.path].annotations:
            written = [(mention.as_written, mention.starts_group) for mention in annotation.mentions]
            for mention, (name, in_doubt) in zip(annotation.mentions, rule.restore(written), strict=True):
                party = Party(name, mention.as_written, is_group(mention.as_written))
                parties = clause.lead if mention.role == LEAD else clause.cooperating
                if party not in parties:
                    parties.append(party)
                if in_doubt:
                    inquiry.about_prefix(clause, party)
                if mention.open_ended:
                    inquiry.about_open_end(clause, party)


def _dues(outline: Outline, readings: dict[str, Reading]) -> dict[str, list[str]]:
    dues: dict[str, list[str]] = defaultdict(list)
    for node in outline.nodes:
        for annotation in readings[node.clause.path].annotations:
            dues[_answering(node).path] += annotation.due
    return dues


def _answering(node: Node) -> Clause:
    """The clause whose responsibility a paragraph names: its own, or for 「以上…」 the heading's above the items."""
    if node.of_all_above and node.parent is not None and not node.parent.clause.is_measure:
        return node.parent.clause
    return node.clause


def _assign_by_heading(outline: Outline) -> None:
    by_path = {node.clause.path: node.clause for node in outline.nodes}
    for path, names in lead_by_heading(outline.nodes).items():
        clause = by_path[path]
        if not clause.is_measure and clause.kind != "annex":
            clause.lead = [Party(without_plates(name), name, is_group(name)) for name in names]


def _refuse_other_formats(text: str) -> None:
    start = text[:2000].lstrip("\ufeff \t\r\n").lower()
    tags = len(_TAG.findall(text[:200_000]))
    if start.startswith(("<!doctype", "<html", "<?xml")) or tags > 20:
        raise UnreadablePlan("这是网页或 XML 源码，不是正文。请在浏览器里打开，复制正文另存为纯文本后再导入。")
    lines = [line for line in text[:200_000].splitlines() if line.strip()]
    for mark in (",", "\t", "|"):
        counts = Counter(line.count(mark) for line in lines)
        usual, occurrences = counts.most_common(1)[0]
        if usual >= 2 and len(lines) >= 2 and occurrences >= 0.8 * len(lines):
            raise UnreadablePlan("这是表格（CSV 或制表符分隔），不是计划正文。请改用责任分解表的表格导入。")
    visible = sum(not character.isspace() for character in text)
    if len(_CJK.findall(text)) < visible * 0.3:
        raise UnreadablePlan(f"文件里中文太少，看起来不是计划。{_WANTED}")


def _refuse_other_papers(heading: Heading, clauses: list[Clause], obligations: list[Obligation], text: str) -> None:
    if sum(bool(clause.label) for clause in clauses) < 2:
        raise UnreadablePlan(f"只找到不足两个编号条款，看起来不是计划。{_WANTED}")
    if re.search(r"(?:合同|协议书?|契约)\Z", squeeze(heading.title)) or (
        text.count("甲方") > 3 and text.count("乙方") > 3
    ):
        raise UnreadablePlan(f"这是合同或协议，不是计划。{_WANTED}")
    named = [party for clause in clauses for party in clause.lead + clause.cooperating]
    if any(party.group or looks_like_unit(party.name) for party in named) or any(item.obliged for item in obligations):
        return
    official = len(_OFFICIAL.findall(text)) * 1000 / max(1, len(text))
    titles = [fold(squeeze(heading.title))]
    if any(_TITLE.search(title) and TITLE_WORD.search(title) for title in titles) and official >= 6:
        return
    raise UnreadablePlan(f"没有找到责任单位、时限义务，标题也不像计划，无法当作计划导入。{_WANTED}")
