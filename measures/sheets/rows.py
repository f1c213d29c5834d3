"""The rows of a table: which of them are chapters, tasks, totals or notes, and the words of each column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from measures.reading.numerals import PAGE_NUMBER, fold, match_label, squeeze

from .clauses import parse_number
from .faults import FaultLog
from .layouts import Table
from .results import Role

_ERROR = re.compile(r"#(?:[A-Z]+/?[A-Z0]*[!?]?)\Z")
_DITTO = re.compile(r"同[上前](?:行|栏|格)?[。.]?|[〃″〞＂\"々]{1,2}|[''′]{2}")
_DITTO_LEFT = re.compile(r"同左[。.]?")
_DITTO_FIRST = re.compile(r"同上(?=[、,，;；\n])")
_TOTAL = re.compile(r"(?:本页|本表|全部|以上|各项)?(?:合计|总计|小计|累计|共计)[^\n]{0,14}")
_NOTE = re.compile(
    r"(?:注|备注|说明|填[表报]说明|附注)\d{0,2}[:：.、]|(?:填[表报]|制[表单]|审[核批]|报送|复核|联系)(?:人|单位|部门|日期|时间)(?:签字|签名|电话)?[:：(（]|"
    r"(?:填表|制表|填报|打印|统计|截止|截至)(?:日期|时间)?[:：]|(?:单位|部门)?(?:主要)?(?:负责人|领导)(?:签字|签名|签章)[:：]?|(?:盖章|公章)|[*※]+(?:注|说明)"
)
_NONE = frozenset({"", "/", "\\", "-", "—", "——", "--", "无", "－", "／", "、", "*", "·", "."})
# Longer words are a task, and no heading.
MAX_HEADING = 45
_HEADING_FAMILIES = frozenset({"part", "chapter", "division", "cn", "(cn)"})


@dataclass(frozen=True, slots=True)
class Cell:
    """Words, and the cell that holds them (the first of a merged range)."""

    words: str
    row: int
    column: int

    def __bool__(self) -> bool:
        return bool(self.words)


_EMPTY = Cell("", -1, -1)


@dataclass(slots=True)
class Row:
    """One row that says something. ``is_chapter``: nothing but the words of a heading, in ``task``."""

    index: int
    chapters: list[Cell] = field(default_factory=list)
    serial: Cell = _EMPTY
    number: Cell = _EMPTY
    task: Cell = _EMPTY
    measure: Cell = _EMPTY
    # (column's role, cell)
    units: list[tuple[Role, Cell]] = field(default_factory=list)
    due: str = ""
    due_cell: Cell = _EMPTY
    is_chapter: bool = False


class RowReader:
    """Goes through one table from top to bottom."""

    def __init__(self, table: Table, log: FaultLog, titles: frozenset[str]) -> None:
        self.table, self.grid, self.log = table, table.grid, log
        # The words above the header, squeezed: where a page begins they stand there again.
        self.titles = titles
        self.chapter_columns = table.columns_of(Role.CHAPTER)
        self.serial_columns = table.columns_of(Role.SERIAL)
        self.number_columns = table.columns_of(Role.NUMBER, Role.LABEL)
        self.task_columns = table.columns_of(Role.TASK, Role.HEADING)
        self.measure_columns = table.columns_of(Role.MEASURE)
        # Where a row says what it is: 合计 in the first column of all, whatever that is, makes a total.
        self._naming_columns = {0, *self.serial_columns, *self.chapter_columns, *self.task_columns}
        roles = table.roles
        self.unit_columns = [
            (column, roles[column]) for column in table.columns_of(Role.LEAD, Role.RESPONSIBLE, Role.COOPERATING)
        ]
        self.due_columns = table.columns_of(Role.DUE)
        self.read_columns = sorted(
            {
                *self.chapter_columns,
                *self.serial_columns,
                *self.number_columns,
                *self.task_columns,
                *self.measure_columns,
                *self.due_columns,
                *(column for column, _ in self.unit_columns),
            }
        )
        # What 「同上」 stands for: the words of each column in the last row that was read.
        self._above: dict[int, str] = {}
        self._in_notes = False
        # Rows of notes, which are not read.
        self.notes: list[int] = []
        # 「县公安局 | 任务」, with the unit written once above all its tasks: rows that take it from above.
        words = [*self.task_columns, *self.measure_columns]
        units = [column for column, _ in self.unit_columns]
        self._units_head_tasks = len(units) == 1 and bool(words) and units[0] < min(words)
        self._units_above: list[tuple[Role, Cell]] = []
        self.units_from_above: list[int] = []

    def rows(self) -> list[Row]:
        found = []
        for index in range(self.table.first, self.table.last + 1):
            if index in self.table.repeated:
                self._in_notes = False
                continue
            if (row := self._row(index)) is not None:
                found.append(row)
                if row.is_chapter:
                    self._units_above = []
        return found

    def _row(self, index: int) -> Row | None:
        grid = self.grid
        cells = grid.rows[index]
        if not any(cells):
            return None
        texts = grid.texts(index)
        if not texts:
            return None
        first = texts[0][1]
        if len(texts) == 1:
            return self._lone(index, *texts[0])
        if _NOTE.match(first) and not (texts[0][0] in self.task_columns and self._names_units(index)):
            self._in_notes = True
            self.notes.append(index)
            return None
        if any(
            "计" in words and _TOTAL.fullmatch(squeeze(words)) and column in self._naming_columns
            for column, words in texts[:3]
        ):
            return None
        row = self._full(index)
        if row is not None:
            self._in_notes = False
        return row

    def _names_units(self, index: int) -> bool:
        return any(self.grid.rows[index][column].strip() not in _NONE for column, _ in self.unit_columns)

    def _lone(self, index: int, column: int, words: str) -> Row | None:
        """A row of one cell: a heading, a note, a total, a page number, a title that stands on every page."""
        plain = squeeze(words)
        if _NOTE.match(words) or _NOTE.match(plain):
            self._in_notes = True
            self.notes.append(index)
            return None
        if _TOTAL.fullmatch(plain) or plain in self.titles or (len(plain) <= 16 and PAGE_NUMBER.match(fold(plain))):
            return None
        if self._in_notes:
            self.notes.append(index)
            return None
        label = match_label(words)
        is_heading = label is not None and label.family in _HEADING_FAMILIES
        spread = self.grid.is_spread(index, column)
        anchor = self.grid.anchor(index, column)
        if column in self.chapter_columns and not spread:
            # The chapter's rows may begin below it; a range of several rows goes on from the one above.
            return self._full(index)
        begins = column in self.serial_columns or (column == 0 and column not in self.read_columns)
        if spread or (begins and (is_heading or not parse_number(plain))):
            if anchor[0] != index:
                return None
            return Row(index, task=Cell(words, *anchor), is_chapter=True)
        if is_heading and column in self.task_columns and self.serial_columns and len(plain) <= MAX_HEADING:
            # Beside numbered rows, one without a number of the table's own that names nobody: 「（二）强化科技支撑」.
            return Row(index, task=Cell(words, *anchor), is_chapter=True) if anchor[0] == index else None
        if column in self.serial_columns or column not in self.read_columns or plain in _NONE:
            # Numbered in advance and left empty, or words of a column that is not read.
            return None
        return self._full(index)

    def _full(self, index: int) -> Row | None:
        row = Row(index)
        row.chapters = [self._cell(index, column) for column in self.chapter_columns]
        row.serial = self._first(index, self.serial_columns)
        row.number = self._first(index, self.number_columns)
        row.task = self._text(index, self.task_columns)
        row.measure = self._text(index, self.measure_columns)
        if row.measure and (row.measure.row, row.measure.column) == (row.task.row, row.task.column):
            # One cell across both columns is the task itself.
            row.measure = _EMPTY
        if row.task:
            # A cell merged from the number or the chapter into the task is a heading, not two things.
            at = (row.task.row, row.task.column)
            if (row.serial.row, row.serial.column) == at:
                row.serial = _EMPTY
            row.chapters = [cell if (cell.row, cell.column) != at else _EMPTY for cell in row.chapters]
        taken: set[tuple[int, int]] = set()
        for column, role in self.unit_columns:
            cell = self._cell(index, column)
            if cell.words not in _NONE and (cell.row, cell.column) not in taken:
                taken.add((cell.row, cell.column))
                row.units.append((role, cell))
        if row.task or row.measure:
            # Below the first measure of a task, cells left blank are those above: as good as merged.
            goes_on = self._units_head_tasks or not row.task
            if goes_on and not row.units and self._units_above:
                row.units = self._units_above
                self.units_from_above.append(index)
            self._units_above = row.units
        dues = [self._cell(index, column) for column in self.due_columns]
        dues = [cell for cell in dues if cell.words not in _NONE]
        if dues:
            row.due, row.due_cell = "；".join(dict.fromkeys(squeeze(cell.words) for cell in dues)), dues[0]
        if not row.task and not row.measure and not row.units and not any(row.chapters):
            return None
        if row.serial and not row.units and not row.measure and row.task and self._counts_chapters(row):
            row.is_chapter = True
        for column in self.read_columns:
            if words := self.grid.rows[index][column].strip():
                self._above[column] = self._resolved(index, column, words)
        return row

    @staticmethod
    def _counts_chapters(row: Row) -> bool:
        """「一 | 健全预防机制」 above rows numbered 1, 2, 3: a heading with its number in a column of its own."""
        label = match_label(row.serial.words) or match_label(f"{row.serial.words}、")
        return label is not None and label.family in _HEADING_FAMILIES

    def _first(self, index: int, columns: list[int]) -> Cell:
        return next((cell for column in columns if (cell := self._cell(index, column))), _EMPTY)

    def _text(self, index: int, columns: list[int]) -> Cell:
        """The words of the task's or the measure's columns; several are joined as lines of one text."""
        if len(columns) == 1:
            cell = self._cell(index, columns[0])
            return _EMPTY if cell.words in _NONE else cell
        found: list[Cell] = []
        for column in columns:
            cell = self._cell(index, column)
            if cell.words not in _NONE and all((cell.row, cell.column) != (one.row, one.column) for one in found):
                found.append(cell)
        if len(found) < 2:
            return found[0] if found else _EMPTY
        return Cell("\n".join(cell.words for cell in found), found[-1].row, found[-1].column)

    def _cell(self, index: int, column: int) -> Cell:
        words = self.grid.rows[index][column].strip()
        if not words:
            return _EMPTY
        return Cell(self._resolved(index, column, words), *self.grid.anchor(index, column))

    def _resolved(self, index: int, column: int, words: str) -> str:
        """The words, or those that 「同上」 and 「同左」 stand for; for an error value none, unless it is all the row says."""
        if len(words) > 20 and not words.startswith("同上"):
            return words
        if words[0] == "#" and column not in self.task_columns + self.measure_columns and _ERROR.match(words):
            return ""
        if words[0] not in "同〃″〞＂\"々'′":
            return words
        plain = squeeze(words)
        anchor = self.grid.anchor(index, column)
        if _DITTO.fullmatch(plain):
            if anchor[0] < index:
                return self._above.get(column, "")
            if column not in self._above:
                self.log.add(self.grid, index, column, f"写作「{plain}」，但上面一行没有内容，请填写完整。")
                return ""
            return self._above[column]
        if _DITTO_LEFT.fullmatch(plain):
            left = column - 1
            while left >= 0 and self.grid.anchor(index, left) == anchor:
                left -= 1
            if left < 0 or not (beside := self.grid.rows[index][left].strip()):
                self.log.add(self.grid, index, column, f"写作「{plain}」，但左边一格没有内容，请填写完整。")
                return ""
            return self._resolved(index, left, beside)
        if (found := _DITTO_FIRST.match(plain)) and self._above.get(column):
            return self._above[column] + plain[found.end() :]
        return words
