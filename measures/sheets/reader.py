"""Reading responsibility tables: from sheets to clauses, responsibilities, deadlines, faults and questions."""

from __future__ import annotations

from collections.abc import Sequence

from measures.reading.numerals import squeeze
from measures.reading.outline import Node, Outline
from measures.reading.questions import Inquiry
from measures.reading.results import Obligation, Recurrence
from measures.reading.units import find_places
from measures.sources.results import Sheet
from measures.unreadable import UnreadablePlan

from . import dues
from .assigning import Assigner, DueReader, Entry
from .clauses import TableOutline
from .composing import ask_for_repeated, parents_of, plan_of, put_together, ranges, settle_headings
from .faults import FaultLog, check_cells
from .following import TableRows
from .grid import Grid
from .headers import TASKS, UNITS, WANTED, guess_role
from .layouts import RoleChoices, Table, is_complete, tables_of
from .results import Layout, Role, TableText
from .rows import Row, RowReader
from .template import read_template
from .titles import is_chapter_title, read_titles, words_above

MAX_ROWS = 50_000
MAX_CLAUSES = 20_000
NAMED_COLUMNS = 8


def read_table(sheets: Sequence[Sheet], *, roles: RoleChoices | None = None, title: str = "") -> TableText:
    """Read the responsibility table that stands in these sheets, or our own template filled in.

    ``roles`` maps the signature of a layout to column index to role: what a person chose, over what is guessed.
    ``title`` is the plan's title where the sheets give none. Cells that cannot be taken become ``faults``, all of
    them at once, and everything else is still read; what cannot be read with certainty becomes a question. Raises
    ``UnreadablePlan`` if no sheet holds such a table.
    """
    rows = sum(len(sheet.rows) for sheet in sheets)
    if rows > MAX_ROWS:
        raise UnreadablePlan(
            f"表格共有 {rows} 行，上限是 {MAX_ROWS} 行，看起来不是责任分解表。请删去无关的行后再导入。"
        )
    visible = [
        (grid, tables_of(grid, roles or {})) for sheet in sheets if not sheet.is_hidden for grid in [Grid(sheet)]
    ]
    tables = [table for _, found in visible for table in found]
    if any(table.is_template for table in tables):
        return read_template([grid for grid, _ in visible], [table for table in tables if table.is_template], title)
    complete = [table for table in tables if is_complete(table.layout)]
    if not complete and not tables:
        raise UnreadablePlan(_nothing_found(sheets))
    reading = _Reading(complete or tables, title)
    reading.about_sheets(sheets, visible, roles or {})
    return reading.result()


def looks_like_table(sheets: Sequence[Sheet]) -> bool:
    """Whether a responsibility table stands in any of these sheets, or tables of a document, that is not hidden."""
    return any(is_complete(layout) for layout in find_layouts(sheets))


def find_layouts(sheets: Sequence[Sheet], *, roles: RoleChoices | None = None) -> list[Layout]:
    """How each table that is not hidden would be understood, in order; also tables that lack tasks or units."""
    return [table.layout for sheet in sheets if not sheet.is_hidden for table in tables_of(Grid(sheet), roles or {})]


def read_due(words: str) -> Recurrence | None:
    """When the words of a deadline column fall due, the first date of several; ``None`` if they say none."""
    return dues.read_due(words)


def _nothing_found(sheets: Sequence[Sheet]) -> str:
    if not any(any(any(row) for row in sheet.rows) for sheet in sheets):
        return "表格是空的，没有可读的内容。"
    names = "、".join(f"「{sheet.name}」" for sheet in sheets if not sheet.is_hidden)[:200]
    hidden = "隐藏的工作表不读取，请取消隐藏。" if any(sheet.is_hidden for sheet in sheets) else ""
    return (
        f"没有找到责任分解表：工作表{names or '都是隐藏的，'}里没有认得的表头。{hidden}"
        f"表头应在前几行，要有{WANTED}；请核对表头，或下载模板填写后再导入。"
    )


class _Reading:
    """One pass over all tables of a workbook."""

    def __init__(self, tables: Sequence[Table], title: str) -> None:
        self.tables = tables
        self.log = FaultLog()
        self.outline = TableOutline()
        self.entries: list[Entry] = []
        self.notes: list[str] = []
        self.asked: list[tuple[str, str, str]] = []
        self.heading = read_titles(tables, title)
        for table in tables:
            self._read(table)
        if len(self.outline.clauses) > MAX_CLAUSES:
            raise UnreadablePlan(
                f"表格里有 {len(self.outline.clauses)} 条任务，上限是 {MAX_CLAUSES} 条，看起来不是责任分解表。"
            )

    def about_sheets(
        self, sheets: Sequence[Sheet], visible: Sequence[tuple[Grid, list[Table]]], roles: RoleChoices
    ) -> None:
        """What was left out: hidden sheets, sheets without such a table, columns that are not known."""
        read = {id(table.grid) for table in self.tables}
        for grid, found in visible:
            if id(grid) not in read and grid.used_width:
                lacking = f"（{_lacking(found[0].layout)}）" if found else ""
                self.notes.append(f"工作表「{grid.name}」没有责任分解表{lacking}，没有读入。")
            if grid.is_cut:
                self.notes.append(f"工作表「{grid.name}」的列太多，只读了前 {grid.width} 列。")
        for sheet in sheets:
            if sheet.is_hidden and any(tables_of(Grid(sheet), roles)):
                words = f"工作表「{sheet.name}」是隐藏的，里面像是责任分解表，没有读入；如应读入，请取消隐藏后再导入。"
                self.asked.append(("hidden_sheet", "", words))
                self.notes.append(f"隐藏的工作表「{sheet.name}」没有读入。")

    def _read(self, table: Table) -> None:
        above = words_above(table)
        reader = RowReader(table, self.log, frozenset(squeeze(words) for words in above))
        check_cells(self.log, table.grid, table.first, table.last, table.roles, reader.read_columns)
        check_cells(self.log, table.grid, table.top, table.layout.header_first - 1, {}, ())
        if not is_complete(table.layout):
            header = table.layout
            column = next((column.index for column in header.columns if column.header), 0)
            self.log.add(
                table.grid, header.header_first, column, f"{_lacking(header)}，请补上这一列，或在栏目对应里指定。"
            )
        rows = reader.rows()
        self.outline.begin_table(len(reader.chapter_columns))
        before = len(self.outline.clauses)
        following = TableRows(self.outline, self.log, reader, rows)
        heads = [words for words in above if is_chapter_title(words)]
        if not heads and not any(row.is_chapter or any(row.chapters) for row in rows):
            heads = [name for name in [table.grid.name] if is_chapter_title(name)]
        for words in heads:
            following.chapter_entry(table.layout.header_first, self.outline.chapter_row(words))
        following.read()
        self.entries += following.entries
        self.asked += following.asked
        table.layout.rows = len(rows)
        self._about_hidden(table, rows, [row + 1 for row in reader.units_from_above])
        self._about_columns(table)
        if reader.notes:
            lines = ranges([row + 1 for row in reader.notes])
            self.notes.append(f"工作表「{table.grid.name}」第 {lines} 行是表下的说明，没有读入。")
        if len(self.outline.clauses) == before:
            self.notes.append(f"工作表「{table.grid.name}」的表头下面没有内容。")

    def _about_hidden(self, table: Table, rows: Sequence[Row], filled: Sequence[int]) -> None:
        name = table.grid.name
        if hidden := [row.index + 1 for row in rows if row.index in table.grid.hidden_rows]:
            words = f"工作表「{name}」第 {ranges(hidden)} 行是隐藏的，已一并读入，请核对是否应当包括。"
            self.asked.append(("hidden_rows", "", words))
        read = TASKS | UNITS | {Role.CHAPTER, Role.NUMBER, Role.DUE}
        if filled:
            words = f"工作表「{name}」第 {ranges(filled)} 行没有写单位，已按上面一行的单位读入，请核对。"
            self.asked.append(("units_from_above", "", words))
        columns = [
            column.header
            for column in table.layout.columns
            if column.index in table.grid.hidden_columns and column.role in read
        ]
        if columns:
            words = (
                f"工作表「{name}」的{'、'.join(f'「{words}」' for words in columns)}列是隐藏的，已一并读入，请核对。"
            )
            self.asked.append(("hidden_columns", "", words))

    def _about_columns(self, table: Table) -> None:
        unknown: list[str] = []
        for column in table.layout.columns:
            if column.role != Role.IGNORE or (column.header and guess_role(column.header) is not None):
                continue
            if any(table.grid.raw[row][column.index].strip() for row in range(table.first, table.last + 1)):
                unknown.append(f"「{column.header}」" if column.header else f"第 {column.index + 1} 列（没有表头）")
        if unknown:
            more = f"等 {len(unknown)} 列" if len(unknown) > NAMED_COLUMNS else ""
            columns = "、".join(unknown[:NAMED_COLUMNS]) + more
            self.notes.append(
                f"工作表「{table.grid.name}」的{columns}不知道是什么，没有读入；需要时请在栏目对应里指定。"
            )

    def result(self) -> TableText:
        clauses = self.outline.clauses
        inquiry = Inquiry(Outline(nodes=[Node(clause) for clause in clauses], questions=self.outline.questions))
        for code, path, message in self.asked:
            inquiry.ask(code, path, message)
        inquiry.about_heading(self.heading)
        settle_headings(self.entries, parents_of(clauses))
        assigner = Assigner(self.entries, self.log, inquiry)
        assigner.read()
        assigner.name(find_places(self.heading.issued_by, self.heading.title))
        assigner.ask_for_missing()
        obligations, due_words = self._dues(inquiry)
        ask_for_repeated(clauses, inquiry)
        inquiry.about_names(clauses, [])
        source_text = put_together(clauses)
        faults = self.log.in_order()
        if self.log.left_out:
            self.notes.append(f"错误太多，另有 {self.log.left_out} 处没有列出，请改正后再导入。")
        return TableText(
            plan=plan_of(self.heading, [], clauses, obligations, inquiry),
            source_text=source_text,
            layouts=[table.layout for table in self.tables],
            faults=faults,
            places={entry.clause.path: entry.place for entry in self.entries},
            dues=due_words,
            notes=self.notes,
        )

    def _dues(self, inquiry: Inquiry) -> tuple[list[Obligation], dict[str, str]]:
        period = self.heading.period
        reader = DueReader(self.log, inquiry, period.start if period.start == period.end else None)
        obligations: list[Obligation] = []
        words: dict[str, str] = {}
        for entry in self.entries:
            if entry.dues:
                words[entry.clause.path] = reader.words(entry)
                obligations += reader.obligations(entry)
        reader.ask()
        return obligations, words


def _lacking(layout: Layout) -> str:
    roles = {column.role for column in layout.columns}
    lacking = [] if roles & TASKS else ["任务列（「工作任务」「重点任务」「具体措施」等）"]
    lacking += [] if roles & UNITS else ["单位列（「牵头单位」「责任单位」「配合单位」等）"]
    return f"缺少{'和'.join(lacking)}"
