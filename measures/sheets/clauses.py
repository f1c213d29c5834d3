"""Rows to clauses: the tree that the table's own numbers make, as the reader of documents makes it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from measures.reading.numerals import CN, Label, fold, match_label, number, squeeze
from measures.reading.results import Clause, Question

from .faults import MAX_LABEL, MAX_PATH

_FIXED_ORDER = {"part": 0, "chapter": 1, "division": 2, "article": 3}
_CONTINUED = re.compile(r"\((?:续|续表|续上|接上页|续前)\)\Z")
_STEP = re.compile(
    rf"第[{CN}\d]{{1,7}}(?P<division>编|篇|部分|章|节|条)|\([{CN}]{{1,4}}\)|\(\d{{1,3}}\)|[{CN}]{{1,4}}(?![^、,.。/()\-—\s\d])|"
    r"\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z](?![A-Za-z])|[①-⑳]|[\u2160-\u216b]"
)
_BETWEEN = re.compile(r"[、,.。/\-—_\s·]*")
_NOT_IN_PATH = re.compile(r"[/#~\s]")
_DIVISIONS = {"编": "part", "篇": "part", "部分": "part", "章": "chapter", "节": "division", "条": "article"}


@dataclass(slots=True)
class Step:
    """One number of a path: its component, its style, and its value if it counts on from the one before."""

    component: str
    family: str
    value: int | None


@dataclass(slots=True)
class Open:
    """A clause that others may stand beneath."""

    path: str
    family: str
    clause: Clause
    is_chapter: bool = False
    # Names units itself, so that an unnumbered clause after it is not a part of it.
    names_units: bool = False


@dataclass(slots=True)
class TableOutline:
    """Clauses in the table's order, each with a unique path made of printed numbers and paragraph order."""

    clauses: list[Clause] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    _stack: list[Open] = field(default_factory=list)
    _columns: list[Open] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _uses: dict[tuple[str, str], int] = field(default_factory=dict)
    _chapters: dict[tuple[str, str], Open] = field(default_factory=dict)
    _parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _last_under: dict[tuple[str, str], int] = field(default_factory=dict)
    _last_anywhere: dict[str, int] = field(default_factory=dict)

    def begin_table(self, chapter_columns: int) -> None:
        """Another table: chapters go on over sheets, as far as it has as many columns for them."""
        if len(self._columns) > chapter_columns:
            del self._columns[chapter_columns:]
        self._drop_tasks()

    def chapter_row(self, words: str, serial: str = "") -> Clause | None:
        """A heading in a row of its own, above the rows that follow. ``None``: it only goes on with one named before."""
        self._drop_tasks()
        del self._columns[:]
        label, content, step = self._number_of(words, serial)
        family = step.family if step else ""
        if family in _FIXED_ORDER:
            while self._stack and _FIXED_ORDER.get(self._stack[-1].family, 9) >= _FIXED_ORDER[family]:
                self._stack.pop()
        elif any(one.family == family for one in self._stack):
            while self._stack.pop().family != family:
                pass
        else:
            while self._stack and self._is_below(self._stack[-1].family, family):
                self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        chapter, is_new = self._chapter(parent, label, content, step)
        self._stack.append(chapter)
        return chapter.clause if is_new else None

    def chapter_cell(self, words: str, level: int) -> Clause | None:
        """A chapter by its column; ``level`` 0 is the outermost column. ``None``: it was named before."""
        label, content, step = self._number_of(words, "")
        base = self._row_chapters()
        parent = (base + self._columns[:level])[-1] if base or self._columns[:level] else None
        chapter, is_new = self._chapter(parent, label, content, step)
        if self._columns[level : level + 1] != [chapter]:
            self._drop_tasks()
            self._columns[level:] = [chapter]
        return chapter.clause if is_new else None

    def task(self, number_words: str, words: str, *, own_label: bool, serial: str, is_heading: bool) -> Open:
        """A task and its number: by its number's column, else the number that its words begin with, else the row's serial."""
        label, content, steps = "", words, []
        printed = match_label(words) if own_label else None
        if number_words:
            steps = parse_number(number_words) or [_plain_step(number_words)]
            label = number_words
            if printed is not None and printed.component == steps[-1].component:
                label, content = words[: printed.length].strip(), words[printed.length :].strip()
        elif printed is not None:
            steps = [Step(printed.component, printed.family, printed.value)]
            label, content = words[: printed.length].strip(), words[printed.length :].strip()
        elif serial:
            label, steps = serial, [_serial_step(serial)]
        return self._place(label, content, steps, is_heading=is_heading)

    def measure(self, task: Open | None, words: str, *, own_label: bool, serial: str) -> Open:
        """A measure beneath a task: under its printed number, else the next paragraph of the task."""
        printed = match_label(words) if own_label else None
        label, content, steps = "", words, []
        if printed is not None:
            steps = [Step(printed.component, printed.family, printed.value)]
            label, content = words[: printed.length].strip(), words[printed.length :].strip()
        elif serial:
            label, steps = serial, [_serial_step(serial)]
        parent = task if task is not None and "#" not in task.path.rpartition("/")[2] else self._heading()
        kind = _kind(steps[-1].family) if steps else "paragraph"
        return self._add(parent, label, "", content, steps, kind)

    def _place(self, label: str, content: str, steps: list[Step], *, is_heading: bool) -> Open:
        heading, text = (content, "") if is_heading else ("", content)
        if not steps:
            return self._add(self._heading(), "", heading, text, [], "section" if is_heading else "paragraph")
        if len(steps) > 1:
            parent, steps = self._by_full_number(steps)
        else:
            self._climb(steps[0].family)
            base = [*self._row_chapters(), *self._columns, *self._tasks()]
            parent = base[-1] if base else None
        kind = "section" if is_heading and _kind(steps[-1].family) == "item" else _kind(steps[-1].family)
        added = self._add(parent, label, heading, text, steps, kind)
        if parent and not parent.is_chapter and len(steps) == 1 and not self._is_below(parent.family, added.family):
            self._parents[added.family].add(parent.family)
        self._stack.append(added)
        return added

    def _by_full_number(self, steps: list[Step]) -> tuple[Open | None, list[Step]]:
        """「一（一）1」 says its own place; what the chapter above has said of it already is not said twice."""
        self._drop_tasks()
        base = [*self._row_chapters(), *self._columns]
        same = next((depth for depth, one in enumerate(base) if one.family == steps[0].family), len(base))
        return (base[same - 1] if same else None), steps

    def _climb(self, family: str) -> None:
        tasks = self._tasks()
        if family in _FIXED_ORDER:
            while tasks and _FIXED_ORDER.get(tasks[-1].family, 9) >= _FIXED_ORDER[family]:
                tasks.pop()
        elif any(one.family == family for one in tasks):
            while tasks.pop().family != family:
                pass
        else:
            while tasks and (self._is_below(tasks[-1].family, family) or tasks[-1].family == "serial"):
                tasks.pop()
        self._stack = [*self._row_chapters(), *tasks]

    def _is_below(self, lower: str, upper: str) -> bool:
        seen, waiting = set(), [lower]
        while waiting:
            family = waiting.pop()
            if upper in self._parents[family]:
                return True
            seen.add(family)
            waiting += [above for above in self._parents[family] if above not in seen]
        return False

    def _tasks(self) -> list[Open]:
        return [one for one in self._stack if not one.is_chapter]

    def _row_chapters(self) -> list[Open]:
        return [one for one in self._stack if one.is_chapter]

    def _drop_tasks(self) -> None:
        self._stack = self._row_chapters()

    def _heading(self) -> Open | None:
        """What an unnumbered clause is a paragraph of: the nearest heading, never the task that happens to precede."""
        headings = [one for one in self._tasks() if one.clause.heading or not one.names_units]
        base = [*self._row_chapters(), *self._columns, *headings]
        return base[-1] if base else None

    def _chapter(self, parent: Open | None, label: str, content: str, step: Step | None) -> tuple[Open, bool]:
        key = (parent.path if parent else "", _CONTINUED.sub("", squeeze(fold(label + content))))
        if known := self._chapters.get(key):
            return known, False
        steps = [step] if step else [Step(_component(content), "", None)]
        family = steps[0].family
        kind = "chapter" if family in {"part", "chapter"} else "article" if family == "article" else "section"
        chapter = self._add(parent, label, content, "", steps, kind)
        chapter.is_chapter = True
        self._chapters[key] = chapter
        if parent and not self._is_below(parent.family, family):
            self._parents[family].add(parent.family)
        return chapter, True

    @staticmethod
    def _number_of(words: str, serial: str) -> tuple[str, str, Step | None]:
        """Label, words without it, and the number itself: of a chapter."""
        if found := match_label(words):
            step = Step(found.component, found.family, found.value)
            return words[: found.length].strip(), words[found.length :].strip(), step
        if serial:
            return serial, words, _serial_step(serial)
        if len(words) <= 6 and (steps := parse_number(words)) and len(steps) == 1:
            return words, "", steps[0]
        return "", words, None

    def _add(self, parent: Open | None, label: str, heading: str, text: str, steps: list[Step], kind: str) -> Open:
        above = parent.path if parent else ""
        if steps:
            wanted = "/".join([*filter(None, [above]), *(step.component for step in steps)])
            last = steps[-1]
            family = last.family
            is_dash = family.startswith(("dash", "bullet"))
            path = self._unique(wanted, "#" if is_dash else "~")
        else:
            wanted = above or "行"
            path, last, family, is_dash = self._unique(wanted, "#"), Step("", "", None), "", True
        clause = Clause(path, label, kind, heading, text, 0, 0)
        if last.value is not None:
            self._check_sequence(clause, wanted, family, last.value)
        elif path != wanted and not is_dash:
            self._repeated(clause)
        self.clauses.append(clause)
        return Open(path, family, clause)

    def _unique(self, path: str, joiner: str) -> str:
        candidate, count = path, self._uses.get((path, joiner), 1)
        while candidate in self._taken:
            count += 1
            candidate = f"{path}{joiner}{count}"
        self._uses[path, joiner] = count
        self._taken.add(candidate)
        return candidate

    def _check_sequence(self, clause: Clause, wanted: str, family: str, value: int) -> None:
        above, _, component = wanted.rpartition("/")
        # 2.1 begins anew below 2, whatever 1.3 was.
        key = (f"{above}/{component.rpartition('.')[0]}", family)
        is_first = family in _FIXED_ORDER and family not in self._last_anywhere
        before = self._last_under.get(key)
        counted_on = self._last_anywhere.get(family, 0) + 1
        self._last_under[key] = self._last_anywhere[family] = value
        if clause.path != wanted:
            self._repeated(clause)
        elif is_first:
            # Chapters and articles that assign nothing do not stand in such a table: it may begin at the fifth.
            return
        elif value not in ({counted_on, 1} if before is None else {before + 1, counted_on}):
            expected = 1 if before is None else before + 1
            words = f"{clause.label}{(clause.heading or clause.text)[:20]}"
            message = (
                f"「{words}」编号不连续：此处应为第 {expected} 项，表中是第 {value} 项。已按原表保留，请核对是否缺漏。"
            )
            self.questions.append(Question("numbering_gap", clause.path, message))

    def _repeated(self, clause: Clause) -> None:
        words = f"{clause.label}{(clause.heading or clause.text)[:20]}"
        message = f"编号「{clause.label}」在同一层重复出现（「{words}」），标识记为「{clause.path}」，请核对。"
        self.questions.append(Question("number_repeated", clause.path, message))


def parse_number(words: str) -> list[Step]:
    """「一（一）1」「二/(二)/1」「第五条」 as the numbers of a path, outermost first; empty if it is none."""
    folded = fold(words).strip()
    steps: list[Step] = []
    position = 0
    while position < len(folded):
        found = _STEP.match(folded, position)
        if not found or len(steps) > 8:
            return []
        steps.append(_step(words.strip()[position : found.end()], found))
        position = _BETWEEN.match(folded, found.end()).end()  # type: ignore[union-attr]
    return steps


def _step(written: str, found: re.Match[str]) -> Step:
    words = found[0]
    if found["division"]:
        return Step(words, _DIVISIONS[found["division"]], number(words[1 : -len(found["division"])]))
    if label := match_label(written if written[0] in "①②③④⑤⑥⑦⑧⑨⑩" else words):
        return Step(label.component, label.family, label.value)
    if words.isdigit():
        return Step(str(int(words)), "n", int(words))
    if (value := number(words)) is not None:
        return Step(words, "cn", value)
    return Step(words, "other", None)


def _serial_step(serial: str) -> Step:
    """A running number is of a style of its own: it never competes with the numbers printed in the texts."""
    if serial.isascii() and serial.isdigit():
        value = int(serial[:9])
        return Step(str(value), "serial", value)
    steps = parse_number(serial)
    if len(steps) == 1 and steps[0].value is not None:
        family = "serial" if steps[0].family in {"n", "(n)", "circled"} else steps[0].family
        component = str(steps[0].value) if family == "serial" else steps[0].component
        return Step(component, family, steps[0].value)
    return _plain_step(serial)


def _plain_step(words: str) -> Step:
    return Step(_component(words), "other", None)


def _component(words: str) -> str:
    """Words as a part of a path, where no number is printed."""
    return _NOT_IN_PATH.sub("", fold(words))[:30] or "行"


def _kind(family: str) -> str:
    return "article" if family == "article" else "chapter" if family in {"part", "chapter"} else "item"


def has_label(words: str) -> Label | None:
    """The number a cell's text begins with, unless the text is a list numbered from there on: 「1.…⏎2.…」."""
    label = match_label(words)
    if label is None or label.value is None or "\n" not in words:
        return label
    for line in words.split("\n")[1:]:
        further = match_label(line.strip())
        if further is not None and further.family == label.family and (further.value or 0) > label.value:
            return None
    return label


def is_too_long(clause: Clause) -> str:
    """Why a clause's number cannot be kept; empty if it can."""
    if len(clause.label) > MAX_LABEL:
        return f"编号有 {len(clause.label)} 字，上限是 {MAX_LABEL} 字，请核对是否填错了列。"
    if len(clause.path) > MAX_PATH:
        return "编号层次太多，无法形成条款标识，请核对编号和章节。"
    return ""
