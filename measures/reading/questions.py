"""What the reader could not settle, put as questions that name the clause and its words."""

from __future__ import annotations

import re
from collections import defaultdict

from .metadata import Heading
from .numerals import fold, squeeze
from .outline import Node, Outline
from .responsibilities import Reading, is_annotation_line, parse_annotation
from .results import Clause, Party, Question
from .units import looks_like_unit, without_plates

_ANNEX_POINTER = re.compile(r"(?:见|详见)附(?:件|表)\s*(?:[0-9]{1,2}|[一二三四五六七八九十])?")
_ANNEX_LIST = re.compile(r"附(?:件|表)\s*\d{0,2}\s*:")
_LED_BY = re.compile(r"由([^,，。;；由]{2,28}?)(?:负责(?!人|同志|解释)|牵头(?!单位|人)|主办(?!方))")
_SUBJECT = re.compile(
    r"(?:^|[。;\n])([\u4e00-\u9fff、]{2,24}?(?:部门|机关|局|委|厅|办公室|妇联|残联|团委|法院|检察院))(?:应当?|要|必须|负责(?!人|同志|解释))"
)
_TABLE = re.compile(r"\t|\||│|┃|\S {4,}(?=\S)")
# A table with one cell to a line: the header's cells stand alone.
_LONE_HEADER = re.compile(
    r"^\s*(?:第一责任|主要责任|牵头责任|协同配合|牵头|责任|配合|负责|主办|协办)(?:单位|部门)\s*$", re.MULTILINE
)
# 法院 and 人民法院, 市检察院 and 市人民检察院 are the same to everybody.
_COURT = re.compile(r"(?:高级|中级)?人民(?=法院|检察院)|(?:高级|中级|高|中)(?=法院)")
_ENDS_IN_ROLE = re.compile(r"(?:负责|牵头|配合|协助|协办|主办)[。;]?\Z")
_EXHORTS = re.compile(r"要|应|须|加强|密切|积极|通力|[相互]互|主动|全力|协调|坚持|做到|形成")
_OUTSIDE = frozenset({"front", "back", "preamble", "annex"})
VARIANT_LIMIT = 400


class Inquiry:
    """Collects questions; each (code, path, words) is asked once."""

    def __init__(self, outline: Outline) -> None:
        self._order = {clause.path: position for position, clause in enumerate(outline.clauses)}
        self._questions: dict[tuple[str, str, str], Question] = {}
        self._prefixes: set[tuple[str, str]] = set()
        for question in outline.questions:
            self.ask(question.code, question.path, question.message)

    def ask(self, code: str, path: str, message: str) -> None:
        self._questions.setdefault((code, path, message), Question(code, path, message))

    def in_order(self) -> list[Question]:
        return sorted(self._questions.values(), key=lambda question: self._order.get(question.path, -1))

    def about_heading(self, heading: Heading) -> None:
        if not heading.title:
            self.ask("no_title", "", "没有找到标题，请填写计划名称。")
        if heading.document_number is None:
            self.ask("no_document_number", "", "没有找到发文字号，请补填；确无文号的可留空。")
        if heading.issued_by is None:
            self.ask("no_issuer", "", "没有找到发文机关，请补填。")
        if heading.only_published and heading.issued_on:
            self.ask(
                "issue_date_from_web",
                "",
                f"文件没有落款日期，成文日期取自网页上的 {heading.issued_on.isoformat()}，请核对。",
            )
        if heading.issued_on is None:
            self.ask("no_issue_date", "", "没有找到成文日期，请补填。")
        if heading.printed_on and heading.issued_on and heading.printed_on != heading.issued_on:
            self.ask(
                "two_dates",
                "",
                f"成文日期是 {heading.issued_on.isoformat()}，印发日期是 {heading.printed_on.isoformat()}；"
                "已取成文日期，请核对。",
            )
        if heading.period.start is None:
            self.ask("no_period", "", "没有找到计划的起止年份，请补填。")
        if other := heading.period_conflict:
            self.ask(
                "period_conflict",
                "",
                f"标题写 {heading.period.start}—{heading.period.end} 年，"
                f"正文的实施期推算为 {other.start}—{other.end} 年，请核对。",
            )

    def about_annexes(self, outline: Outline) -> None:
        whole = squeeze(fold("\n".join(clause.heading + clause.text for clause in outline.clauses)))
        has_annex = any(clause.kind == "annex" for clause in outline.clauses)
        for clause in outline.clauses:
            text = fold(clause.heading + clause.text)
            pointer = _ANNEX_POINTER.search(text)
            if clause.kind in {"front", "back"} and (listed := _ANNEX_LIST.search(text)):
                for title in _listed_annexes(text[listed.end() :]):
                    if whole.count(title) < 2:
                        self.ask(
                            "annex_missing",
                            clause.path,
                            f"文件列有附件「{title}」，文中没有这一附件；责任分解表请另用表格导入。",
                        )
            if pointer and not has_annex:
                self.ask(
                    "annex_missing",
                    clause.path,
                    f"「{_words(clause)}」提到附件（「{pointer[0]}」），文中没有附件内容；责任分解表请另用表格导入。",
                )

    def about_tables(self, outline: Outline) -> None:
        asked: set[str] = set()
        for node in outline.nodes:
            clause = node.clause
            owner = node.parent.clause if node.parent else clause
            if node.columns:
                words = f"「{_words(owner)}」下面是表格转成的文字，已按表头逐行读出，请核对；以表格为准的，请把表格复制到 Excel 另存，改用表格导入。"
            elif clause.kind != "front" and len(clause.text) < 40 and _LONE_HEADER.search(clause.text):
                words = f"「{_words(owner)}」下面像是拆散了的表格（「{squeeze(clause.text)}」），没有读出责任，请把表格复制到 Excel 另存，改用表格导入。"
            elif clause.kind not in {"front", "back"} and len(_TABLE.findall(clause.text)) >= 2:
                owner, words = (
                    clause,
                    f"「{_words(clause)}」像是表格转成的文字，请核对；其中有责任分解表的，请把表格复制到 Excel 另存，改用表格导入。",
                )
            else:
                continue
            place = owner.path if node.parent or not node.columns else owner.path.rpartition("/")[0]
            if place not in asked:
                asked.add(place)
                self.ask("table_in_text", owner.path, words)

    def about_readings(self, outline: Outline, readings: dict[str, Reading]) -> None:
        siblings: dict[tuple[int, str], list[Node]] = defaultdict(list)
        for node in outline.nodes:
            if node.label is not None:
                siblings[id(node.parent), node.label.family].append(node)
        for node in outline.nodes:
            clause, reading = node.clause, readings[node.clause.path]
            words = _words(clause)
            for bracket in reading.unread:
                self._about_unread(clause, bracket)
            for bracket in reading.roleless:
                self.ask(
                    "responsibility_without_role",
                    clause.path,
                    f"「{words}」的括号只列了单位，没写负责或配合：「{bracket[:80]}」，请确认各单位的责任。",
                )
            if reading.unbalanced:
                self.ask("unbalanced_bracket", clause.path, f"「{words}」的括号不成对，请核对原文和责任单位。")
            if clause.cooperating and not clause.lead:
                self.ask("measure_without_lead", clause.path, f"「{words}」只有配合单位，没有负责单位，请补填。")
            if clause.kind in _OUTSIDE:
                # Nothing is assigned outside the numbered clauses; what stands there must not be lost either.
                for line in clause.text.split("\n"):
                    if is_annotation_line(line) and clause.kind != "back":
                        self._about_unread(clause, line)
            elif not clause.is_measure and clause.kind != "goal" and not _is_answered(node):
                self._about_prose(clause, words)
            if reading.annotations and _may_be_of_all(node, siblings):
                self.ask(
                    "responsibility_scope",
                    clause.path,
                    f"「{words}」下面的责任标注（「{_last_line(clause.text)[:60]}」）前面还有几条没有责任标注，"
                    "已记在最后一条名下；如属各条共有，请改正。",
                )
            if any(annotation.by_analogy for annotation in reading.annotations):
                self.ask(
                    "lead_and_responsible",
                    clause.path,
                    f"「{words}」既写牵头又写负责：已把牵头的列为负责、其余列为配合，请确认。",
                )
            if any(annotation.jointly for annotation in reading.annotations):
                self.ask(
                    "lead_and_responsible",
                    clause.path,
                    f"「{words}」写的是会同：会同的单位已一并列为负责，请确认。",
                )
        self._about_bare_siblings(outline)

    def _about_unread(self, clause: Clause, words: str) -> None:
        self.ask(
            "responsibility_unreadable",
            clause.path,
            f"「{_words(clause)}」的责任标注没能读出：「{squeeze(words)[:80]}」，请人工填写。",
        )

    def _about_prose(self, clause: Clause, words: str) -> None:
        text = fold(clause.text)
        found = _LED_BY.search(text) or _SUBJECT.search(text)
        last = text.rstrip("。 \n").rpartition("。")[2]
        said = found[0].strip("。;\n") if found else last if len(last) < 300 and parse_annotation(last) else ""
        alone = _last_line(text).strip()
        if not said and len(alone) <= 60 and _ENDS_IN_ROLE.search(alone) and not _EXHORTS.search(alone):
            # A line of its own that ends in 负责 or 配合 stands where a responsibility would.
            said = alone if "。" not in alone[:-1] else ""
        if said:
            self.ask(
                "responsibility_in_prose",
                clause.path,
                f"「{words}」在正文里写了责任（「{said}」），没有责任括号；是否列为措施、由谁负责，请确认。",
            )

    def _about_bare_siblings(self, outline: Outline) -> None:
        """A clause without responsibility where nearly all beside it have one is likely a lost bracket."""
        groups: dict[tuple[int, str], list[tuple[Clause, bool]]] = {}
        for node in outline.nodes:
            if node.label is not None and node.parent is not None and not node.children:
                bare = not node.clause.is_measure and not node.paragraphs > 1
                groups.setdefault((id(node.parent), node.label.family), []).append((node.clause, bare))
        for group in groups.values():
            bare_clauses = [clause for clause, bare in group if bare]
            if len(group) >= 4 and 0 < len(bare_clauses) * 5 <= len(group):
                asked = {path for code, path, _ in self._questions if code.startswith("responsibility_")}
                for clause in bare_clauses:
                    if clause.path in asked:
                        continue
                    self.ask(
                        "responsibility_missing",
                        clause.path,
                        f"「{_words(clause)}」没有责任标注，而同级各条都有，请核对。",
                    )

    def about_names(self, clauses: list[Clause], members: list[str]) -> None:
        first: dict[str, str] = {}
        for clause in clauses:
            for party in clause.lead + clause.cooperating:
                if not party.group:
                    first.setdefault(party.name, clause.path)
        listed = set(members)
        if listed:
            courts = {_COURT.sub("", name) for name in listed}
            for name, path in first.items():
                if name not in listed and _COURT.sub("", name) not in courts:
                    self.ask("unit_not_in_member_list", path, f"「{name}」不在文件自己的成员单位名单里，请核对名称。")
        for name, path in first.items():
            if not looks_like_unit(name):
                self.ask("unit_name_unusual", path, f"「{name}」不像单位名称，请核对。")
        names = [name for name in dict.fromkeys([*members, *first]) if len(name) >= 4]
        if len(names) <= VARIANT_LIMIT:
            for index, name in enumerate(names):
                for other in names[index + 1 :]:
                    if _are_variants(name, other):
                        path = first.get(other) or first.get(name, "")
                        self.ask("unit_variant", path, f"「{name}」与「{other}」像是同一单位的两种写法，请核对。")

    def about_prefix(self, clause: Clause, party: Party) -> None:
        if (party.as_written, party.name) in self._prefixes:
            return
        self._prefixes.add((party.as_written, party.name))
        kept = party.name == without_plates(party.as_written)
        outcome = "已按原文保留" if kept else f"已补作「{party.name}」，全文同样处理"
        self.ask(
            "prefix_uncertain",
            clause.path,
            f"「{_words(clause)}」中的「{party.as_written}」前面是否省略了上级名称，不能确定，{outcome}，请核对。",
        )

    def about_members(self, stated: int | None, listed: int) -> None:
        if stated is not None and stated != listed:
            self.ask("members_miscounted", "", f"原文说成员单位共 {stated} 家，列出的是 {listed} 家，请核对。")

    def about_open_end(self, clause: Clause, party: Party) -> None:
        self.ask(
            "open_ended_list",
            clause.path,
            f"「{_words(clause)}」的责任单位以「{party.as_written}等」收尾，没有列全，请补全。",
        )

    def about_obligations(self, unclear: list[tuple[str, str, str, str]]) -> None:
        for path, title, text, doubt in unclear:
            why = doubt or f"原文没有写明期限或责任主体（「{text[:60]}」）"
            self.ask("deadline_unclear", path, f"「{title}」是应办事项，但{why}{'。' if doubt else '，请补填。'}")


def _listed_annexes(text: str) -> list[str]:
    """Titles of a list of annexes: 「1.分工表⏎2.名单」, up to the signature."""
    titles: list[str] = []
    for line in text.strip().split("\n")[:20]:
        title = squeeze(re.sub(r"\A\s*\d{1,2}\s*[.、]", "", line))
        if titles and not re.match(r"\s*\d{1,2}\s*[.、]", line):
            break
        if 2 < len(title) <= 60:
            titles.append(title)
    return titles


def _is_answered(node: Node) -> bool:
    return node.settled or (node.of_all_above and node.parent is not None and node.parent.clause.is_measure)


def _may_be_of_all(node: Node, siblings: dict[tuple[int, str], list[Node]]) -> bool:
    """Whether a responsibility on lines below the last of several items may be of all of them."""
    if node.label is None or not node.is_last or node.children:
        return False
    begins = re.search(r"\n(?=[^\n]*\Z|[^\n]*单位|[^\n]*部门|[(（\[【〔])", node.clause.text)
    own_line = begins is not None or is_annotation_line(node.clause.text.split("\n")[0])
    if not own_line or not is_annotation_line(_last_line(node.clause.text)):
        return False
    beside = [other for other in siblings[id(node.parent), node.label.family] if other is not node]
    return bool(beside) and not any(
        other.clause.is_measure or other.children or other.paragraphs > 1 for other in beside
    )


def _last_line(text: str) -> str:
    return text.rstrip("\n").rpartition("\n")[2]


def _words(clause: Clause) -> str:
    words = squeeze(clause.label + (clause.heading or clause.text))
    return words if len(words) <= 24 else f"{words[:24]}…"


def _are_variants(name: str, other: str) -> bool:
    """市住房城乡建委 and 市住房城乡建设委: the longer less one or two characters is the shorter."""
    shorter, longer = sorted((without_plates(name), without_plates(other)), key=len)
    if not 5 <= len(shorter) < len(longer) <= len(shorter) + 2 or shorter[:2] != longer[:2]:
        return False
    remaining = iter(longer)
    return all(character in remaining for character in shorter)
