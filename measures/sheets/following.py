"""From row to row of one table: what goes on from above, what is new, and to which clause the units belong."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from measures.reading.numerals import squeeze
from measures.reading.results import Clause
from measures.reading.roles import COOPERATING, LEAD

from .assigning import Entry, words_of
from .clauses import Open, TableOutline, has_label, is_too_long
from .faults import FaultLog
from .results import Place, Role
from .rows import Cell, Row, RowReader


class TableRows:
    """The rows of one table, one after the other: what goes on from above and what is new."""

    def __init__(self, outline: TableOutline, log: FaultLog, reader: RowReader, rows: Sequence[Row]) -> None:
        self.outline, self.log, self.table, self.rows = outline, log, reader.table, rows
        self.entries: list[Entry] = []
        # Questions as (code, path, message).
        self.asked: list[tuple[str, str, str]] = []
        self.has_lead = Role.LEAD in self.table.roles.values()
        self.measures_apart = bool(reader.task_columns and reader.measure_columns)
        tasks = [row for row in rows if not row.is_chapter and (row.task or row.measure)]
        has_serial = bool(reader.serial_columns) and any(row.serial for row in tasks)
        self.serial_of_measure = self.measures_apart and any(
            row.serial and row.measure and self._goes_on(before, row) and _at(row.serial) != _at(before.serial)
            for before, row in itertools.pairwise(tasks)
        )
        # A running number competes with the numbers of those texts only that it counts.
        self.task_labels = _uses_labels(
            [(chapter, row.task or row.measure) for chapter, row in _by_chapter(rows)],
            has_serial and not self.serial_of_measure,
        )
        self.measure_labels = _uses_labels(
            [(chapter, row.measure) for chapter, row in _by_chapter(rows)], has_serial and self.serial_of_measure
        )
        self.task: Open | None = None
        self.task_row: Row | None = None
        self.leaf: Entry | None = None
        self.leaf_at: tuple[int, int] | None = None
        self.chapters_at: list[tuple[int, int] | None] = []

    def read(self) -> None:
        for row in self.rows:
            if row.is_chapter:
                self._chapter(row)
                continue
            self._chapter_cells(row)
            if self.measures_apart:
                self._task_and_measure(row)
            elif text := row.task or row.measure:
                if self.leaf is None or self.leaf_at != _at(text):
                    added = self._open(row, text.words, is_heading=False)
                    self._begin(row, added, _at(text))
                self._assign(row)
            elif row.units or row.due:
                self._without_task(row)

    def chapter_entry(self, row: int, clause: Clause | None) -> None:
        if clause is not None:
            place = Place(self.table.grid.name, row)
            self.entries.append(Entry(clause, self.table.grid, place, is_heading=True))

    def _chapter(self, row: Row) -> None:
        clause = self.outline.chapter_row(row.task.words, row.serial.words)
        self.chapter_entry(row.index, clause)
        self._forget()
        self.chapters_at = []

    def _chapter_cells(self, row: Row) -> None:
        at = [_at(cell) if cell else None for cell in row.chapters]
        if at == self.chapters_at:
            return
        self.chapters_at = at
        for level, cell in enumerate(row.chapters):
            if cell:
                before = len(self.outline.clauses)
                clause = self.outline.chapter_cell(cell.words, level)
                self.chapter_entry(row.index, clause)
                if len(self.outline.clauses) != before:
                    self._forget()

    def _forget(self) -> None:
        self.task = self.task_row = self.leaf = self.leaf_at = None

    def _goes_on(self, before: Row | None, row: Row) -> bool:
        """Whether a row's task is that of the row before: one merged cell, left blank below, or written again."""
        if before is None:
            return False
        if not row.task:
            return True
        if _at(row.task) == _at(before.task) or row.task.words == before.task.words:
            return True
        return row.task.words[:1] == before.task.words[:1] and squeeze(row.task.words) == squeeze(before.task.words)

    def _task_and_measure(self, row: Row) -> None:
        is_new = not self._goes_on(self.task_row, row)
        if is_new and row.task:
            self.task = self._open(row, row.task.words, is_heading=bool(row.measure))
            self._begin(row, self.task, None, is_heading=bool(row.measure))
            self.task_row = row
        if row.measure:
            if self.leaf is None or self.leaf_at != _at(row.measure):
                serial = row.serial.words if self.serial_of_measure else ""
                own_label = self.measure_labels and has_label(row.measure.words) is not None
                added = self.outline.measure(self.task, row.measure.words, own_label=own_label, serial=serial)
                self._begin(row, added, _at(row.measure))
            self._assign(row)
        elif row.task or self.task is not None:
            self._assign(row)
        else:
            self._without_task(row)

    def _open(self, row: Row, words: str, *, is_heading: bool) -> Open:
        own_label = (self.task_labels or bool(row.number)) and has_label(words) is not None
        serial = "" if (self.task_labels and own_label) or self.serial_of_measure else row.serial.words
        if self.task_labels and not own_label and row.serial:
            # Most texts bear a number of their own: beside those, the running number is none.
            serial = ""
        return self.outline.task(row.number.words, words, own_label=own_label, serial=serial, is_heading=is_heading)

    def _begin(self, row: Row, added: Open, at: tuple[int, int] | None, *, is_heading: bool = False) -> None:
        added.names_units = bool(row.units)
        entry = Entry(added.clause, self.table.grid, Place(self.table.grid.name, row.index), is_heading=is_heading)
        if wrong := is_too_long(added.clause):
            cell = row.number or row.serial or row.task or row.measure
            self.log.add(self.table.grid, cell.row, cell.column, wrong)
        self.entries.append(entry)
        self.leaf, self.leaf_at = entry, at

    def _assign(self, row: Row) -> None:
        entry = self.leaf
        if entry is None:
            return
        for role, cell in row.units:
            leads = role == Role.LEAD or (role == Role.RESPONSIBLE and not self.has_lead)
            unit = (LEAD if leads else COOPERATING, cell)
            if all(_at(known) != _at(cell) for _, known in entry.units):
                entry.units.append(unit)
        if row.due and all(_at(known) != _at(row.due_cell) for known in entry.dues):
            entry.dues.append(Cell(row.due, row.due_cell.row, row.due_cell.column))

    def _without_task(self, row: Row) -> None:
        grid = self.table.grid
        if self.leaf is None:
            if row.units:
                cell = row.units[0][1]
                self.log.add(grid, cell.row, cell.column, "这一行有单位，没有工作任务，请填写任务，或删去这一行。")
            return
        if row.units:
            self.asked.append(
                (
                    "units_without_task",
                    self.leaf.clause.path,
                    f"工作表「{grid.name}」第 {row.index + 1} 行没有工作任务，其中的单位已并入上面的"
                    f"「{words_of(self.leaf.clause)}」，请核对。",
                )
            )
        self._assign(row)


def _by_chapter(rows: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """The rows that are no chapters, each with the count of chapters above it."""
    chapter = 0
    above: list[str] = []
    for row in rows:
        if row.chapters:
            before = above or [""] * len(row.chapters)
            named = [cell.words or words for cell, words in zip(row.chapters, before, strict=True)]
            chapter += named != above
            above = named
        chapter += row.is_chapter
        if not row.is_chapter:
            yield chapter, row


def _uses_labels(cells: Sequence[tuple[int, Cell]], has_serial: bool) -> bool:
    """Whether the numbers that texts begin with are their own, given the chapter of each.

    Beside a running number most texts must have one, and these must count: a column of lists that all begin with
    「1.」 has no numbers of its own.
    """
    if not has_serial:
        return True
    texts = {(cell.row, cell.column): (chapter, cell.words) for chapter, cell in cells if cell}
    labels = [(chapter, label) for chapter, words in texts.values() if (label := has_label(words)) is not None]
    if len(labels) * 2 < max(1, len(texts)):
        return False
    counts = len({label.value for _, label in labels}) > 1
    return counts or len({chapter for chapter, _ in labels}) == len(labels)


def _at(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.column
