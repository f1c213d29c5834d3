"""Who answers for each clause, and by when, from the cells of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from measures.reading.deadlines import Deadline
from measures.reading.names import Mention
from measures.reading.numerals import fold, squeeze
from measures.reading.questions import Inquiry
from measures.reading.responsibilities import outermost_brackets
from measures.reading.results import Clause, Obligation
from measures.reading.roles import LEAD

from .dues import find_due, is_exact, spoken, wrong_date
from .faults import MAX_DUE, FaultLog
from .grid import Grid
from .parties import FullNames, UnitCell, read_units
from .results import Place
from .rows import Cell

_LED_BY = re.compile(r"由(?P<who>[^,，。;；:：由]{2,28}?)(?:负责(?!人|同志|解释)|牵头(?!单位|人)|主办(?!方))")
_ROLE_WORD = re.compile(r"牵头|配合|(?:单位|部门)[:：]|(?:负责|协办|主办)[。）)〕】\]]*\Z")
_SENTENCE = re.compile(r"[。；;\n]")
MAX_OBLIGED = 100


@dataclass(slots=True)
class Entry:
    """One clause of the table and the cells that say who does it and by when."""

    clause: Clause
    grid: Grid
    place: Place
    # (lead or cooperating, cell)
    units: list[tuple[str, Cell]] = field(default_factory=list)
    dues: list[Cell] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    # Heads others, and need not name anybody.
    is_heading: bool = False


class Assigner:
    """Reads the unit cells of all entries together: how names are shortened is learnt from the whole table."""

    def __init__(
        self,
        entries: Sequence[Entry],
        log: FaultLog,
        inquiry: Inquiry,
        read: Callable[[str, str], UnitCell] = read_units,
    ) -> None:
        self.entries, self.log, self.inquiry = entries, log, inquiry
        self._read_cell = read
        self._cells: dict[tuple[str, str], UnitCell] = {}

    def read(self) -> None:
        """Find the names in every cell; what is none becomes a fault or a question."""
        for entry in self.entries:
            for role, cell in entry.units:
                found = self._cells.get((cell.words, role))
                if found is None:
                    found = self._cells[cell.words, role] = self._read_cell(cell.words, role)
                if found.fault:
                    self.log.add(entry.grid, cell.row, cell.column, found.fault)
                if found.unread:
                    self.inquiry.ask(
                        "responsibility_unreadable",
                        entry.clause.path,
                        f"「{words_of(entry.clause)}」的责任单位没能读出：「{squeeze(found.unread)[:80]}」，请人工填写。",
                    )
                if found.by_analogy:
                    self.inquiry.ask(
                        "lead_and_responsible",
                        entry.clause.path,
                        f"「{words_of(entry.clause)}」既写牵头又写负责：已把牵头的列为负责、其余列为配合，请确认。",
                    )
                entry.mentions += found.mentions
                entry.dues += [Cell(words, cell.row, cell.column) for words in found.due]

    def name(self, places: tuple[str, ...], members: Sequence[str] = ()) -> None:
        """Give every clause its parties, with the prefixes that lists leave out; ``members`` are full names."""
        names = FullNames([[one.as_written for one in entry.mentions] for entry in self.entries], places, members)
        for entry in self.entries:
            clause = entry.clause
            for mention, party, in_doubt in names.parties_of(entry.mentions) if entry.mentions else ():
                parties = clause.lead if mention.role == LEAD else clause.cooperating
                if party not in parties:
                    parties.append(party)
                if in_doubt:
                    self.inquiry.about_prefix(clause, party)
                if mention.open_ended:
                    self.inquiry.about_open_end(clause, party)

    def ask_for_missing(self) -> None:
        """Rows that name nobody, only who cooperates, or somebody in their text."""
        for entry in self.entries:
            clause = entry.clause
            if clause.lead:
                if "由" in clause.text and (said := _named_elsewhere(clause)):
                    self._ask_prose(clause, said)
                continue
            words = words_of(clause)
            if clause.cooperating:
                self.inquiry.ask(
                    "measure_without_lead", clause.path, f"「{words}」只有配合单位，没有负责单位，请补填。"
                )
            elif any(role == LEAD for role, _ in entry.units) or entry.is_heading:
                continue
            elif said := _said_in_prose(clause):
                self._ask_prose(clause, said)
            else:
                self.inquiry.ask(
                    "measure_without_responsibility",
                    clause.path,
                    f"「{words}」没有填写责任单位（工作表「{entry.place.sheet}」第 {entry.place.row + 1} 行），请补填；"
                    "不是任务的，请确认。",
                )

    def _ask_prose(self, clause: Clause, said: str) -> None:
        self.inquiry.ask(
            "responsibility_in_prose",
            clause.path,
            f"「{words_of(clause)}」在正文里写了责任（「{said}」），不在单位列里；是否列为责任、由谁负责，请确认。",
        )


class DueReader:
    """Deadlines of the due column; each wording is read, and asked about, once."""

    def __init__(self, log: FaultLog, inquiry: Inquiry, year: int | None) -> None:
        self.log, self.inquiry, self.year = log, inquiry, year
        self._read: dict[str, tuple[str, Deadline | None]] = {}
        self._count: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def words(self, entry: Entry) -> str:
        """What the row says of time, each wording once; faults are recorded."""
        words = "；".join(dict.fromkeys(squeeze(cell.words) for cell in entry.dues))
        for cell in entry.dues:
            if wrong := self._of(squeeze(cell.words))[0]:
                self.log.add(entry.grid, cell.row, cell.column, wrong)
        if len(words) > MAX_DUE:
            cell = entry.dues[0]
            self.log.add(
                entry.grid,
                cell.row,
                cell.column,
                f"完成时限有 {len(words)} 字，上限是 {MAX_DUE} 字，请核对是否填错了列。",
            )
        return words

    def obligations(self, entry: Entry) -> Iterator[Obligation]:
        """What the clause owes by then, one for each date."""
        clause = entry.clause
        for words in dict.fromkeys(squeeze(cell.words) for cell in entry.dues):
            wrong, deadline = self._of(words)
            if wrong:
                continue
            self._count[words] = self._count.get(words, 0) + 1
            self._first.setdefault(words, clause.path)
            for recurrence in deadline.recurrences if deadline else ():
                yield Obligation("task", _title(clause), _obliged(clause), (), recurrence, clause.path, words)

    def ask(self) -> None:
        """One question for each wording that somebody should confirm or say better."""
        for words, path in self._first.items():
            deadline = self._of(words)[1]
            rows = f"（共 {self._count[words]} 条）" if self._count[words] > 1 else ""
            if deadline is None:
                message = f"完成时限「{words[:60]}」{rows}不能确定日期，请补填。"
                self.inquiry.ask("due_unclear", path, message)
            elif not is_exact(words):
                dates = "、".join(spoken(one) for one in deadline.recurrences)
                doubt = f"；{deadline.doubt}" if deadline.doubt else ""
                message = f"完成时限「{words[:60]}」{rows}读作「{dates}」{doubt}，请确认。"
                self.inquiry.ask("due_from_words", path, message)

    def _of(self, words: str) -> tuple[str, Deadline | None]:
        if words not in self._read:
            wrong = wrong_date(words)
            self._read[words] = wrong, None if wrong else find_due(words, self.year)
        return self._read[words]


def words_of(clause: Clause) -> str:
    """The clause's first words, as questions name it."""
    words = squeeze(clause.label + (clause.heading or clause.text)[:60])
    return words if len(words) <= 24 else f"{words[:24]}…"


def _said_in_prose(clause: Clause) -> str:
    text = clause.text or clause.heading
    if not _ROLE_WORD.search(text) and "由" not in text:
        return ""
    if found := _LED_BY.search(text):
        return squeeze(found[0])
    for sentence in _SENTENCE.split(text):
        if found := _ROLE_WORD.search(sentence):
            return squeeze(sentence[max(0, found.start() - 30) : found.end() + 20])
    return ""


def _named_elsewhere(clause: Clause) -> str:
    """Who the text says leads, if the columns do not name them."""
    found = _LED_BY.search(clause.text)
    if not found:
        return ""
    who = squeeze(found["who"])
    written = [squeeze(party.as_written) for party in clause.lead + clause.cooperating]
    return "" if any(name in who or who in name for name in written) else squeeze(found[0])


def _title(clause: Clause) -> str:
    """What is to be done, in the clause's first words less its brackets."""
    words = clause.heading or _SENTENCE.split(clause.text.strip())[0]
    if "(" in fold(words):
        pieces, position = [], 0
        for opened, closed in outermost_brackets(fold(words))[0]:
            pieces.append(words[position:opened])
            position = closed + 1
        words = "".join([*pieces, words[position:]])
    return squeeze(words).rstrip("。.：:；;*")[:60] or squeeze(clause.label)


def _obliged(clause: Clause) -> str:
    """Who leads, as written; where that is too long, the first and how many."""
    names = [party.as_written for party in clause.lead]
    words = "、".join(names)
    return words if len(words) <= MAX_OBLIGED else f"{names[0][: MAX_OBLIGED - 10]}等{len(names)}个单位"
