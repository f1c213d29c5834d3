"""Our own template filled in: identities, kinds and words exactly as they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from measures.reading.numerals import fold, match_label, squeeze
from measures.reading.outline import Node, Outline
from measures.reading.questions import Inquiry
from measures.reading.results import Clause, Obligation
from measures.reading.roles import COOPERATING, LEAD
from measures.reading.units import find_places

from . import words
from .assigning import Assigner, DueReader, Entry, words_of
from .clauses import is_too_long
from .composing import plan_of, put_together, ranges
from .dues import find_due
from .faults import MAX_PATH, FaultLog, check_cells
from .grid import Grid
from .layouts import TEMPLATE, Table
from .parties import split_exactly
from .results import Place, Role, TableText
from .rows import Cell
from .template_sheets import read_information, read_obligations
from .titles import read_titles

_SEGMENT = re.compile(r"(?:[^/#~\s\x00-\x1f]{1,40}(?:[#~][1-9]\d{0,4}){0,4}|(?:[#~][1-9]\d{0,4}){1,4})")


@dataclass(slots=True)
class _Filled:
    """One row as filled in."""

    row: int
    cells: dict[Role, Cell]

    def said(self, role: Role) -> str:
        cell = self.cells.get(role)
        return cell.words if cell else ""


def read_template(grids: Sequence[Grid], tables: Sequence[Table], title: str) -> TableText:
    """A workbook in the form that plans are exported to."""
    log, notes = FaultLog(), []
    named = {squeeze(grid.name): grid for grid in grids}
    rows = [(table, row) for table in tables for row in _rows(table, log)]
    given = [(table, row, row.said(Role.ID).strip()) for table, row in rows]
    explicit = _check_paths(given, log)
    asked: list[tuple[str, str, str]] = []
    entries = _entries(given, explicit, log, asked)
    clauses = [entry.clause for entry in entries]
    if words.ABOUT in named:
        heading, members = read_information(named[words.ABOUT], log)
    else:
        heading, members = read_titles(tables[:1], title), []
        notes.append(f"没有「{words.ABOUT}」工作表，计划名称等取自表格上方的文字。")
    inquiry = Inquiry(Outline(nodes=[Node(clause) for clause in clauses]))
    for code, path, message in asked:
        inquiry.ask(code, path, message)
    inquiry.about_heading(heading)
    for table in tables:
        if hidden := [row.row + 1 for owner, row in rows if owner is table and row.row in table.grid.hidden_rows]:
            message = f"工作表「{table.grid.name}」第 {ranges(hidden)} 行是隐藏的，已一并读入，请核对是否应当包括。"
            inquiry.ask("hidden_rows", "", message)
        table.layout.rows = sum(owner is table for owner, _ in rows)
    assigner = Assigner(entries, log, inquiry, split_exactly)
    assigner.read()
    assigner.name(find_places(heading.issued_by, heading.title), members)
    for clause in clauses:
        if clause.cooperating and not clause.lead:
            message = f"「{words_of(clause)}」只有配合单位，没有负责单位，请补填。"
            inquiry.ask("measure_without_lead", clause.path, message)
    obligations: list[Obligation] = []
    if words.OBLIGATIONS in named:
        obligations = read_obligations(named[words.OBLIGATIONS], {clause.path for clause in clauses}, log)
    period = heading.period
    due_words, further = _dues(entries, obligations, log, inquiry, period.start if period.start == period.end else None)
    inquiry.about_names(clauses, members)
    source_text = put_together(clauses)
    return TableText(
        plan=plan_of(heading, members, clauses, obligations + further, inquiry),
        source_text=source_text,
        layouts=[table.layout for table in tables],
        faults=log.in_order(),
        places={entry.clause.path: entry.place for entry in entries},
        dues=due_words,
        notes=notes,
    )


def _rows(table: Table, log: FaultLog) -> list[_Filled]:
    grid, layout = table.grid, table.layout
    columns = {column.role: column.index for column in layout.columns if column.role in set(TEMPLATE.values())}
    lacking = [name for name, role in TEMPLATE.items() if role not in columns]
    if lacking:
        names = "、".join(f"「{name}」" for name in lacking)
        log.add(grid, layout.header_first, 0, f"模板缺少{names}列，请补上，或重新下载模板。", "")
    check_cells(log, grid, table.first, table.last, table.roles, columns.values())
    check_cells(log, grid, table.top, layout.header_first - 1, {}, ())
    found = []
    for index in range(table.first, table.last + 1):
        cells = {
            role: Cell(said, *grid.anchor(index, column))
            for role, column in columns.items()
            if (said := grid.rows[index][column]) and not said.isspace()
        }
        if cells and index not in table.repeated:
            found.append(_Filled(index, cells))
    return found


def _check_paths(given: Sequence[tuple[Table, _Filled, str]], log: FaultLog) -> set[str]:
    """The identities that are filled in; malformed and repeated ones are faults."""
    first: dict[str, int] = {}
    column = {id(table): next(iter(table.columns_of(Role.ID)), 0) for table, _, _ in given}
    for table, filled, path in given:
        if not path:
            continue
        if len(path) > MAX_PATH or any(not _SEGMENT.fullmatch(part) for part in path.split("/")):
            message = "条款标识格式不对，应如「一/(一)/1」「第五条」「一/(一)/1#2」；新增的行请留空。"
            log.add(table.grid, filled.row, column[id(table)], message)
        elif path in first:
            message = f"条款标识与第 {first[path] + 1} 行重复；复制出来的新行请清空条款标识。"
            log.add(table.grid, filled.row, column[id(table)], message)
        else:
            first[path] = filled.row
    return set(first)


def _entries(
    given: Sequence[tuple[Table, _Filled, str]],
    explicit: set[str],
    log: FaultLog,
    asked: list[tuple[str, str, str]],
) -> list[Entry]:
    entries: list[Entry] = []
    by_path: dict[str, Entry] = {}
    taken = set(explicit)
    for table, filled, path in given:
        kind = _kind(table, filled, log, has_path=bool(path))
        label = filled.said(Role.LABEL)
        if not path:
            wanted, derived = _derived(label, entries[-1].clause if entries else None, by_path)
            path, joiner, count = wanted, "~" if label.strip() else "#", 1
            while path in taken:
                count += 1
                path = f"{wanted}{joiner}{count}"
            if joiner == "~" and path != wanted:
                message = f"编号「{label.strip()}」在同一层重复出现，标识记为「{path}」，请核对。"
                asked.append(("number_repeated", path, message))
            taken.add(path)
            kind = kind or derived
        elif path in by_path:
            # The repeated identity is a fault already; its words are still read.
            count = 2
            while f"{path}~{count}" in taken:
                count += 1
            path = f"{path}~{count}"
            taken.add(path)
        clause = Clause(path, label, kind or "item", filled.said(Role.HEADING), filled.said(Role.TASK), 0, 0)
        entry = Entry(clause, table.grid, Place(table.grid.name, filled.row))
        entry.units = [
            (role, filled.cells[column])
            for column, role in ((Role.LEAD, LEAD), (Role.COOPERATING, COOPERATING))
            if column in filled.cells
        ]
        entry.dues = [filled.cells[Role.DUE]] if Role.DUE in filled.cells else []
        if wrong := is_too_long(clause):
            log.add(table.grid, filled.row, table.columns_of(Role.LABEL, Role.ID)[0], wrong)
        by_path[path] = entry
        taken.add(path)
        entries.append(entry)
    return entries


def _kind(table: Table, filled: _Filled, log: FaultLog, *, has_path: bool) -> str:
    said = squeeze(filled.said(Role.KIND))
    columns = table.columns_of(Role.KIND)
    if said in words.CLAUSE_KIND_CODES or not columns:
        return words.CLAUSE_KIND_CODES.get(said, "")
    if said or has_path:
        wrong = "不认得这个类别" if said else "没有填写类别"
        log.add(
            table.grid, filled.row, columns[0], f"{wrong}，请从下拉列表里选：{'、'.join(words.CLAUSE_KIND_CODES)}。"
        )
    return ""


def _derived(label: str, before: Clause | None, by_path: dict[str, Entry]) -> tuple[str, str]:
    """The path and kind of an added row: its number beside, or beneath, the clause before it."""
    found = match_label(label.strip()) or match_label(f"{label.strip()}、")
    if before is None:
        return (found.component if found else re.sub(r"[/#~\s]", "", fold(label)) or "行"), "item"
    if not label.strip():
        return before.path.partition("#")[0] if "/#" not in before.path else before.path, "paragraph"
    component = found.component if found else re.sub(r"[/#~\s]", "", fold(label)) or "行"
    parts = before.path.split("/")
    for depth in range(len(parts), 0, -1):
        beside = match_label(_printed(parts[depth - 1], by_path.get("/".join(parts[:depth]))))
        if found and beside and beside.family == found.family:
            sibling = by_path.get("/".join(parts[:depth]))
            return "/".join([*parts[: depth - 1], component]), sibling.clause.kind if sibling else "item"
    heads = not before.text and not by_path[before.path].units
    above = before.path if heads else before.path.rpartition("/")[0]
    return "/".join(filter(None, [above, component])), "item"


def _printed(component: str, entry: Entry | None) -> str:
    """The number of a path's part as it is printed, or as it would be."""
    if entry is not None and entry.clause.label.strip():
        return entry.clause.label.strip()
    plain = re.sub(r"[#~]\d+", "", component)
    return plain if match_label(plain) else f"{plain}、"


def _dues(
    entries: Sequence[Entry], obligations: Sequence[Obligation], log: FaultLog, inquiry: Inquiry, year: int | None
) -> tuple[dict[str, str], list[Obligation]]:
    """The words of the deadline column, and what they owe where the sheet of obligations says nothing of the clause."""
    stated: dict[str, list[Obligation]] = {}
    for obligation in obligations:
        stated.setdefault(obligation.basis, []).append(obligation)
    reader = DueReader(log, inquiry, year)
    due_words: dict[str, str] = {}
    further: list[Obligation] = []
    for entry in entries:
        if not entry.dues:
            continue
        path = entry.clause.path
        due_words[path] = reader.words(entry)
        if path not in stated:
            further += reader.obligations(entry)
        elif (deadline := find_due(due_words[path], year)) and deadline.first.type in {"once", "annual"}:
            date = (deadline.first.year, deadline.first.month, deadline.first.day)
            dates = {(one.recurrence.year, one.recurrence.month, one.recurrence.day) for one in stated[path]}
            if deadline.first.month and date not in dates:
                message = (
                    f"「{words_of(entry.clause)}」的完成时限写作「{due_words[path][:60]}」，与「{words.OBLIGATIONS}」工作表里的日期不同；"
                    f"已以「{words.OBLIGATIONS}」为准，请核对。"
                )
                inquiry.ask("due_differs", path, message)
    reader.ask()
    return due_words, further
