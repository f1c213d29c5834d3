"""Where in a sheet a responsibility table is: its header of one or two rows, and what each column holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from measures.reading.numerals import fold
from measures.reading.units import is_group, looks_like_unit

from .grid import Grid
from .headers import MAX_HEADER, TASKS, UNITS, divides_work, folded, guess_role, settle_roles, signature
from .results import Column, Layout, Role

# Titles, notes and blank rows may stand above a header, but not endlessly.
HEADER_WITHIN = 20
_SAMPLE = 30
# The header of the template that plans are exported to, in its order; ledgers say in brackets what people call it.
TEMPLATE = {
    "条款标识": Role.ID,
    "类别": Role.KIND,
    "编号": Role.LABEL,
    "标题": Role.HEADING,
    "正文": Role.TASK,
    "牵头单位": Role.LEAD,
    "配合单位": Role.COOPERATING,
    "完成时限": Role.DUE,
}
_IN_LEDGERS = {"编号(条款编号)": Role.LABEL, "标题(工作任务)": Role.HEADING, "正文(具体措施)": Role.TASK}
_TEMPLATE_WITHOUT_ID = frozenset({Role.KIND, Role.LABEL, Role.HEADING, Role.TASK})
RoleChoices = Mapping[str, Mapping[int, Role]]


@dataclass(slots=True)
class Table:
    """A stretch of a sheet under one header: ``first`` to ``last`` are its data rows, inclusive."""

    grid: Grid
    layout: Layout
    first: int
    last: int
    # Where what stands above the header begins.
    top: int = 0
    # Rows that repeat the header where a new page begins.
    repeated: set[int] = field(default_factory=set)

    @property
    def is_template(self) -> bool:
        roles = {column.role for column in self.layout.columns}
        # Somebody may have deleted the grey column.
        return Role.ID in roles or roles >= _TEMPLATE_WITHOUT_ID

    @property
    def roles(self) -> dict[int, Role]:
        return {column.index: column.role for column in self.layout.columns}

    def columns_of(self, *roles: Role) -> list[int]:
        return [column.index for column in self.layout.columns if column.role in roles]


def is_complete(layout: Layout) -> bool:
    """Whether a layout says what is to be done and by whom."""
    roles = {column.role for column in layout.columns}
    return bool(roles & TASKS and roles & UNITS) or Role.ID in roles


def tables_of(grid: Grid, chosen: RoleChoices) -> list[Table]:
    """The tables that stand in one sheet, one below the other; a header repeated at a page break begins none."""
    layout = find_header(grid, chosen)
    if layout is None:
        return []
    tables = [Table(grid, layout, layout.header_last + 1, grid.height - 1)]
    row = layout.header_last + 1
    while row < grid.height:
        again = _header_again(grid, row, tables[-1], chosen)
        if again is None:
            row += 1
            continue
        if again.signature == tables[-1].layout.signature:
            tables[-1].repeated.update(range(row, again.header_last + 1))
        else:
            tables[-1].last = row - 1
            tables.append(Table(grid, again, again.header_last + 1, grid.height - 1, top=row))
        row = again.header_last + 1
    return tables


def find_header(grid: Grid, chosen: RoleChoices) -> Layout | None:
    """The best header among the first rows: one that names tasks and units, or else three known columns."""
    best: tuple[tuple[bool, int], Layout] | None = None
    for row in range(min(HEADER_WITHIN, grid.height)):
        layout = _layout_at(grid, row, chosen)
        if layout is None:
            continue
        if layout.signature in chosen:
            return layout
        roles = {column.role for column in layout.columns} - {Role.IGNORE}
        if Role.ID in roles:
            return layout
        complete = is_complete(layout)
        if not complete and (len(roles) < 3 or not roles & (TASKS | UNITS)):
            continue
        score = (complete, len(roles))
        if best is None or score > best[0]:
            best = score, layout
    return best[1] if best else None


def _layout_at(grid: Grid, row: int, chosen: RoleChoices) -> Layout | None:
    texts = grid.texts(row)
    if len(texts) < 2 or max(len(words) for _, words in texts) > 3 * MAX_HEADER:
        return None
    if template := _template_at(grid, row, texts):
        return template
    known = sum(guess_role(words) is not None for _, words in texts)
    headers = [words.strip() for words in grid.rows[row]]
    last = row
    if (below := _second_level(grid, row, headers)) is not None:
        headers, last = below, row + 1
    while headers and not headers[-1]:
        headers.pop()
    mark = signature(headers)
    if known < 2 and mark not in chosen:
        return None
    guesses = [guess_role(words) if words else None for words in headers]
    _settle_divided(grid, last + 1, headers, guesses)
    roles = settle_roles(guesses)
    roles += [Role.IGNORE] * (grid.used_width - len(headers))
    headers += [""] * (grid.used_width - len(headers))
    picked = chosen.get(mark, {})
    columns = [
        Column(index, _joined(words), Role(picked.get(index, role)))
        for index, (words, role) in enumerate(zip(headers, roles, strict=True))
    ]
    return Layout(grid.name, mark, row, last, columns)


def _template_at(grid: Grid, row: int, texts: Sequence[tuple[int, str]]) -> Layout | None:
    named = {role for _, text in texts if (role := _template_role(text))}
    if Role.TASK not in named or not (Role.ID in named or {Role.KIND, Role.LABEL, Role.HEADING, Role.LEAD} <= named):
        return None
    columns = []
    taken: set[Role] = set()
    for index, text in enumerate(grid.rows[row][: grid.used_width]):
        role = _template_role(text) or Role.IGNORE
        if role in taken:
            role = Role.IGNORE
        taken.add(role)
        columns.append(Column(index, _joined(text), role))
    headers = [column.header for column in columns]
    while headers and not headers[-1]:
        headers.pop()
    return Layout(grid.name, signature(headers), row, row, columns)


def _template_role(text: str) -> Role | None:
    words = folded(text)
    return TEMPLATE.get(words) or _IN_LEDGERS.get(words)


def _second_level(grid: Grid, row: int, upper: list[str]) -> list[str] | None:
    """The headers with the row below as their second level, each joined by ``/``; ``None`` if it is no such row."""
    if row + 1 >= grid.height:
        return None
    headers: list[str] = []
    known = lower_cells = beneath = apart = 0
    covering = ""
    for column, above in enumerate(upper):
        below = grid.rows[row + 1][column].strip()
        covering = above or covering
        if not below or grid.anchor(row, column) == grid.anchor(row + 1, column):
            headers.append(above)
            apart += bool(above) and grid.anchor(row, column) != grid.anchor(row + 1, column)
            continue
        span = grid.ranges.get(grid.anchor(row, column))
        is_beneath = not above or (span is not None and span[1] < span[3])
        if len(below) > MAX_HEADER or not (is_beneath or guess_role(below)):
            return None
        lower_cells += 1
        beneath += is_beneath
        known += guess_role(below) is not None
        headers.append(f"{above or covering}/{below}" if above or (covering and is_beneath) else below)
    if not beneath or (not known and apart) or lower_cells - known > known + 2:
        return None
    # The cell before a blank one covers it: 「责任单位」 stands over 「牵头单位」 as well.
    return headers


def _settle_divided(grid: Grid, first: int, headers: Sequence[str], guesses: list[Role | None]) -> None:
    """What 任务分工 heads: units, if most of the cells below are lists of units; tasks otherwise."""
    for index, words in enumerate(headers):
        if not words or not divides_work(words):
            continue
        cells = [grid.rows[row][index].strip() for row in range(first, min(first + _SAMPLE, grid.height))]
        cells = [fold(cell) for cell in cells if cell]
        units = sum(len(cell) < 80 and _is_list_of_units(cell) for cell in cells)
        guesses[index] = Role.RESPONSIBLE if units * 2 > len(cells) else Role.TASK


def _is_list_of_units(cell: str) -> bool:
    words = cell.replace("负责", "").replace("牵头", "").replace("配合", "").replace("\n", "、").strip("。;, 、")
    names = [name.strip() for name in words.replace(",", "、").replace(";", "、").split("、")]
    return all(2 < len(name) <= 20 and (looks_like_unit(name) or is_group(name)) for name in names)


def _header_again(grid: Grid, row: int, table: Table, chosen: RoleChoices) -> Layout | None:
    """A header at this row, in the midst of the data: the same one repeated, or that of another table."""
    cells = grid.rows[row]
    own = grid.rows[table.layout.header_first]
    if cells == own:
        depth = table.layout.header_last - table.layout.header_first
        last = min(row + depth, grid.height - 1)
        if depth and grid.rows[last] != grid.rows[table.layout.header_last]:
            last = row
        return replace(table.layout, header_first=row, header_last=last)
    if table.is_template or not any(
        2 <= len(words) <= 12 and ("单位" in words or "部门" in words) and guess_role(words) in UNITS for words in cells
    ):
        return None
    if max(map(len, cells)) > MAX_HEADER:
        return None
    layout = _layout_at(grid, row, chosen)
    if layout is None:
        return None
    known = sum(guess_role(words) is not None for _, words in grid.texts(row))
    return layout if is_complete(layout) and known >= 3 and known * 3 >= 2 * len(grid.texts(row)) else None


def _joined(words: str) -> str:
    """A header's words in one line."""
    return "".join(words.split())
