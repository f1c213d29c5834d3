"""Paragraphs to clauses: the tree that the document's own numbers make."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .lines import UNBROKEN_WIDTH, Paragraph
from .numerals import Label, fold, squeeze
from .parts import Part, split_parts
from .results import Clause, Question

_FIXED_ORDER = {"part": 0, "chapter": 1, "division": 2, "article": 3}
_CHAPTERS = frozenset({"part", "chapter"})
_GOAL = re.compile(r"(?:工作|总体|主要|发展|具体)目标|目标(?:任务)?[。:]?\Z")
_SENTENCE_END = re.compile(r"[。！？!?；;]")
_INNER_PAUSE = re.compile(r"[,;:!?。！？；：，(]")
_ROLE = re.compile(r"负责|配合|牵头|协办|主办|单位\s*:|部门\s*:")
_COLON_HEADING = re.compile(
    r"[^,;:。、()]{2,14}:(?=.{8})|[^,;:。()]{2,40}(?:局|委|厅|办|部|院|会|联|政府|室)(?:\([^()]*\))?:(?=.{4})"
)
_WIDE_SPACE = re.compile(r"[^\s,;:。()]{2,24}(?:\s{2,}|\u3000)(?=\S{12})")
# A first sentence that says when or who is no heading, however short.
_DUTY = re.compile(r"每年|每月|每季|每半年|\d{4}年|应当|必须|\A各")
_STARS = re.compile(r"\*{1,3}")
HEADING_LENGTH = 24


@dataclass(slots=True)
class Node:
    """A clause under construction, with what its place in the tree tells."""

    clause: Clause
    parent: Node | None = None
    label: Label | None = None
    content: str = ""
    children: int = 0
    # No further item of its numbering follows.
    is_last: bool = True
    heading_only: bool = False
    # The responsibility that this paragraph names is its parent's.
    of_all_above: bool = False
    # Says who leads the conference or the items above it, and is no measure.
    settled: bool = False
    # A row of a flattened table: what its cells hold.
    columns: tuple[str, ...] = ()
    # How many lines of a page break the paragraph ends in.
    page_break: int = 0
    paragraphs: int = 1


@dataclass(slots=True)
class Outline:
    nodes: list[Node] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    front: list[Paragraph] = field(default_factory=list)
    back: list[Paragraph] = field(default_factory=list)

    @property
    def clauses(self) -> list[Clause]:
        return [node.clause for node in self.nodes]


class _Builder:
    def __init__(self) -> None:
        self.outline = Outline()
        self.taken: set[str] = set()
        self.uses: dict[tuple[str, str], int] = {}
        self.parents: dict[str, set[str]] = defaultdict(set)
        self.last_anywhere: dict[str, int] = {}
        self.last_under: dict[tuple[str, str], int] = {}
        self.last_item: dict[tuple[int | None, str], Node] = {}

    def unique(self, path: str, joiner: str) -> str:
        candidate, count = path, self.uses.get((path, joiner), 1)
        while candidate in self.taken:
            count += 1
            candidate = f"{path}{joiner}{count}"
        self.uses[path, joiner] = count
        self.taken.add(candidate)
        return candidate

    def add_plain(self, path: str, kind: str, paragraphs: list[Paragraph]) -> None:
        """A run of unnumbered paragraphs as one clause."""
        if paragraphs:
            text = "\n".join(paragraph.text for paragraph in paragraphs)
            clause = Clause(self.unique(path, "#"), "", kind, "", text, paragraphs[0].start, paragraphs[-1].end)
            self.outline.nodes.append(Node(clause, content=text))

    def add_part(self, part: Part) -> None:
        root = f"{part.prefix}/" if part.prefix else ""
        front_path, front_kind = (
            (part.prefix, "annex" if part.is_annex else "front") if part.prefix else ("题首", "front")
        )
        self.add_plain(front_path, front_kind, part.front)
        for paragraph in part.preamble:
            self.add_plain(f"{root}序言", "preamble", [paragraph])
        self.add_numbered(root, part.body)
        self.add_plain(f"{root}落款", "back", part.back)

    def add_numbered(self, root: str, paragraphs: list[Paragraph]) -> None:
        stack: list[Node] = []
        for paragraph in paragraphs:
            label = paragraph.label
            if label is None:
                if paragraph.lines[0].of_all_above and len(stack) > 1:
                    stack.pop()
                if stack:
                    self._add_to(stack[-1], paragraph)
                else:
                    self.add_plain(f"{root}序言", "preamble", [paragraph])
                continue
            self._climb(stack, label)
            stack.append(self._open(root, stack[-1] if stack else None, paragraph, label))

    def _climb(self, stack: list[Node], label: Label) -> None:
        """Leave on the stack only what the new number is printed beneath."""
        family = label.family
        if family in _FIXED_ORDER:
            while stack and _FIXED_ORDER.get(_family(stack[-1]), 9) >= _FIXED_ORDER[family]:
                stack.pop()
            return
        if family == "box":
            # A box stands beside the numbers of its section and interrupts none of them.
            del stack[1:]
            return
        box = next((at for at, node in enumerate(stack) if _family(node) == "box"), 0)
        if box and label.value is not None and all(_family(node) != family for node in stack[box:]):
            before = self.last_under.get((stack[box - 1].clause.path, family))
            if before is not None and label.value == before + 1:
                del stack[box:]
                return
        if any(_family(node) == family for node in stack):
            while _family(stack[-1]) != family:
                stack.pop()
            stack.pop()
            return
        # A style not open now: what this document has put below it before cannot be above it.
        while stack and self._is_below(_family(stack[-1]), family):
            stack.pop()

    def _is_below(self, lower: str, upper: str) -> bool:
        seen, waiting = set(), [lower]
        while waiting:
            family = waiting.pop()
            if upper in self.parents[family]:
                return True
            seen.add(family)
            waiting += [above for above in self.parents[family] if above not in seen]
        return False

    def _open(self, root: str, parent: Node | None, paragraph: Paragraph, label: Label) -> Node:
        base = f"{parent.clause.path}/" if parent else root
        path = self.unique(base + label.component, "#" if label.value is None else "~")
        printed = paragraph.text
        content = printed[label.length :].strip()
        kind = _kind(label, parent)
        clause = Clause(path, printed[: label.length].strip(), kind, "", content, paragraph.start, paragraph.end)
        node = Node(clause, parent, label, content, heading_only=_may_be_heading(content, paragraph))
        node.columns = paragraph.lines[0].columns
        node.page_break = sum(
            1 for _ in itertools.takewhile(lambda line: line.is_page_number, reversed(paragraph.lines))
        )
        node.heading_only &= not node.columns
        key = (id(parent) if parent else None, label.family)
        if before := self.last_item.get(key):
            before.is_last = False
        self.last_item[key] = node
        if parent:
            parent.children += 1
            if not self._is_below(_family(parent), label.family):
                self.parents[label.family].add(_family(parent))
        if label.value is not None:
            self._check_sequence(node, label.family, label.value, base + label.component)
        self.outline.nodes.append(node)
        return node

    def _check_sequence(self, node: Node, family: str, value: int, wanted: str) -> None:
        path = node.clause.path
        key = (node.parent.clause.path if node.parent else wanted.rpartition("/")[0], family)
        before = self.last_under.get(key)
        counted_on = self.last_anywhere.get(family, 0) + 1
        self.last_under[key] = self.last_anywhere[family] = value
        words = f"{node.clause.label}{node.content[:20]}"
        if path != wanted:
            self._ask(
                "number_repeated",
                path,
                f"编号「{node.clause.label}」在同一层重复出现（「{words}」），标识记为「{path}」，请核对。",
            )
        elif value not in ({counted_on, 1} if before is None else {before + 1, counted_on}):
            expected = 1 if before is None else before + 1
            self._ask(
                "numbering_gap",
                path,
                f"「{words}」编号不连续：此处应为第 {expected} 项，原文是第 {value} 项。已按原文保留，请核对是否缺漏。",
            )

    def _ask(self, code: str, path: str, message: str) -> None:
        self.outline.questions.append(Question(code, path, message))

    def _add_to(self, node: Node, paragraph: Paragraph) -> None:
        """An unnumbered paragraph: the body of a heading that stands alone, or a further paragraph of the clause."""
        nodes = self.outline.nodes
        if nodes[-1] is node and node.heading_only and not node.clause.heading:
            node.clause.heading, page_number = _less_page_break(node)
            node.clause.text = f"{page_number}\n{paragraph.text}" if page_number else paragraph.text
            node.clause.end = paragraph.end
            node.heading_only = False
            return
        node.paragraphs += 1
        joiner = "#" if node.label is None or node.label.value is not None else "/#"
        path = self.unique(f"{node.clause.path}{joiner}{node.paragraphs}", "~")
        text = paragraph.text
        clause = Clause(path, "", "paragraph", "", text, paragraph.start, paragraph.end)
        nodes.append(Node(clause, node, None, text, of_all_above=paragraph.lines[0].of_all_above))

    def settle_headings(self) -> None:
        """Tell headings from text, by the habit of each numbering style in this document."""
        nodes = [node for node in self.outline.nodes if not node.columns]
        for node in nodes:
            if node.label is not None and not node.clause.heading and _stands_as_heading(node):
                node.clause.heading, node.clause.text = _less_page_break(node)
        undecided = [
            (node, length)
            for node in nodes
            if node.label and not node.clause.heading and (length := _inline_heading(node.content)) is not None
        ]
        habit: dict[str, Counter[bool]] = defaultdict(Counter)
        for node, length in undecided:
            habit[_family(node)][length > 0] += 1
        for node, length in undecided:
            if length > 0 and (habit[_family(node)][True] * 2 >= habit[_family(node)].total()):
                if _family(node).startswith(("dash", "bullet")):
                    continue
                node.clause.heading, node.clause.text = node.content[:length].strip(), node.content[length:].strip()
        for node in nodes:
            if node.label is not None and not node.clause.heading and node.clause.text == node.content:
                folded = fold(node.content[:80])
                found = _COLON_HEADING.match(folded) or _WIDE_SPACE.match(node.content[:80])
                if found and not _ROLE.search(found[0]):
                    node.clause.heading = node.content[: found.end()].strip()
                    node.clause.text = node.content[found.end() :].strip()
            if (
                not node.children
                and node.clause.kind in {"item", "section"}
                and _GOAL.search(fold(squeeze(node.clause.heading)))
            ):
                node.clause.kind = "goal"


def build_outline(paragraphs: list[Paragraph]) -> Outline:
    """Clauses of the whole document in printed order, each with a unique path. Offsets are those of the source."""
    parts = split_parts(paragraphs)
    builder = _Builder()
    # The plan itself comes first in claiming paths, wherever it is printed.
    for part in parts:
        builder.add_part(part)
    builder.settle_headings()
    main = next(part for part in parts if not part.prefix)
    outline = builder.outline
    outline.front = [paragraph for part in parts[: parts.index(main)] for paragraph in part.everything] + main.front
    outline.back = [paragraph for part in parts[parts.index(main) :] for paragraph in part.back]
    return outline


def _family(node: Node) -> str:
    return node.label.family if node.label else ""


def _kind(label: Label, parent: Node | None) -> str:
    if label.family in _CHAPTERS:
        return "chapter"
    if label.family == "article":
        return "article"
    if label.value is None:
        return "dash"
    if label.family == "row":
        return "item"
    if label.family == "division" or parent is None or (parent.clause.kind == "chapter" and label.family == "cn"):
        return "section"
    return "item"


def _may_be_heading(content: str, paragraph: Paragraph) -> bool:
    """Whether a numbered line may be a heading whose text is the next paragraph."""
    folded = fold(content)
    if not folded or _ROLE.search(folded[-12:]) or len(paragraph.lines) > 3:
        return False
    if folded[-1] == "。":
        return len(folded) <= 30 and not _INNER_PAUSE.search(folded[:-1])
    if folded[-1] in ";；,、!?！？":
        return False
    if folded[-1] == ":":
        return len(folded) <= 30 and "。" not in folded
    return "。" not in folded and sum(1 if character < "\u2000" else 2 for character in content) < UNBROKEN_WIDTH


def _less_page_break(node: Node) -> tuple[str, str]:
    """A heading, and the page number that a page break has left under it."""
    lines = node.content.split("\n")
    words = len(lines) - min(node.page_break, len(lines) - 1)
    return "\n".join(lines[:words]), "\n".join(lines[words:])


def _stands_as_heading(node: Node) -> bool:
    content, _ = _less_page_break(node)
    folded = fold(content)
    if not content or node.clause.text != node.content:
        return False
    single = not _SENTENCE_END.search(content[:-1]) and not _ROLE.search(folded)
    if node.children:
        return single and len(content) <= 45
    if not single or node.clause.kind == "dash":
        return False
    if node.clause.kind in {"chapter", "section"}:
        return len(content) <= 40 and folded[-1] not in ".。;；"
    return len(content) <= HEADING_LENGTH and folded[-1] not in "。;；.," and not _INNER_PAUSE.search(folded)


def _inline_heading(content: str) -> int | None:
    """Length of a short first sentence that heads the rest, 0 if it is no heading, ``None`` if there is no rest."""
    found = _SENTENCE_END.search(content)
    if not found or len(squeeze(content[found.end() :])) < 4:
        return None
    rest = fold(content[found.end() :]).lstrip()
    if rest.startswith("(") and _ROLE.search(rest) and _SENTENCE_END.search(rest) is None:
        return None
    first = fold(content[: found.start()])
    if _DUTY.search(first):
        return 0
    if (
        content[found.start()] != "。"
        or len(first) > HEADING_LENGTH
        or _INNER_PAUSE.search(re.sub(r"\([^()]*\)", "", first))
    ):
        return 0
    closing = _STARS.match(content, found.end())
    return closing.end() if closing else found.end()
