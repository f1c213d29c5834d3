"""Cells that cannot be taken: every one of them by sheet, cell, value and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from departments.sensitive import find_sensitive, masked

from .grid import Grid
from .results import Fault, Role

MAX_TEXT = 20_000
MAX_UNIT = 100
MAX_LABEL = 40
MAX_DUE = 200
MAX_PATH = 200
MAX_FAULTS = 1_000
# People's own columns may give a telephone.
_MAY_HOLD_PHONES = frozenset({Role.CONTACT, Role.PERSON})
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA|UNKNOWN!)")
_SUSPECT = re.compile(r"#[A-Z]|\d[\d \-—－\u3000\xa0]{9,}[\dXxＸｘ]")


class FaultLog:
    """Collects faults; one cell is blamed once for one thing."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str, str], tuple[tuple[int, int, int], Fault]] = {}
        self._sheets: dict[str, int] = {}
        self.left_out = 0

    def add(self, grid: Grid, row: int, column: int, message: str, value: str | None = None) -> None:
        """Blame a cell; its words, less private numbers, are shown unless ``value`` is given."""
        row, column = grid.anchor(row, column)
        if value is None:
            value = grid.raw[row][column] if row < grid.height and column < grid.width else ""
        cell = grid.cell_of(row, column)
        key = (grid.name, cell, message)
        if key in self._faults:
            return
        if len(self._faults) >= MAX_FAULTS:
            self.left_out += 1
            return
        shown = masked(value)
        fault = Fault(grid.name, cell, shown if len(shown) <= 100 else f"{shown[:100]}…", message)
        self._faults[key] = (self._sheets.setdefault(grid.name, len(self._sheets)), row, column), fault

    def in_order(self) -> list[Fault]:
        return [fault for _, fault in sorted(self._faults.values(), key=lambda pair: pair[0])]


def check_cells(log: FaultLog, grid: Grid, first: int, last: int, roles: dict[int, Role], read: Iterable[int]) -> None:
    """Blame the cells of some rows that no table may hold, whatever their column means.

    ``read`` are the columns whose words go into the plan: only there does an error value or a formula without a
    value matter.
    """
    columns = frozenset(read)
    for row in range(first, last + 1):
        cells = grid.raw[row]
        joined = "\t".join(cells)
        if len(joined) <= MAX_TEXT and not _SUSPECT.search(joined):
            continue
        for column, words in enumerate(cells):
            if not words:
                continue
            if column in columns and (error := _ERROR.fullmatch(words.strip())):
                log.add(grid, row, column, f"单元格是错误值（{error[0]}），请改正公式，或直接填写内容。")
            if len(words) > MAX_TEXT:
                log.add(grid, row, column, f"内容有 {len(words)} 字，上限是 {MAX_TEXT} 字，请拆分或删减。")
            if len(words) >= 11 and _SUSPECT.search(words):
                check_private(log, grid, row, column, roles.get(column))
    for row, column in grid.uncomputed:
        if first <= row <= last and column in columns:
            log.add(grid, row, column, "公式没有计算结果，请用表格软件打开、保存后再导入，或直接填写内容。")


def check_private(log: FaultLog, grid: Grid, row: int, column: int, role: Role | None) -> None:
    found = {finding.kind for finding in find_sensitive(grid.raw[row][column])}
    if found & {"identity", "bank_card"}:
        log.add(grid, row, column, "含有证件号码，请删除。")
    if "mobile" in found and role not in _MAY_HOLD_PHONES:
        log.add(grid, row, column, "含有手机号码，请删除；联系电话只能放在「联系人及电话」或「责任人」列。")
