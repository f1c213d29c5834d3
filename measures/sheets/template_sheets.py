"""The template's further sheets: 计划信息, what the plan says of itself, and 时限义务, who owes what by when."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from measures.reading.metadata import Heading, parse_date
from measures.reading.numerals import fold, squeeze
from measures.reading.results import Obligation, Period, Recurrence

from . import words
from .dues import FIRST_YEAR, LAST_YEAR
from .faults import FaultLog, check_cells
from .grid import Grid

# Words that people may have seen elsewhere for the same kinds.
_KINDS = {**words.OBLIGATION_KIND_CODES, "专题会议": "meeting", "评估": "assessment"}
_BRACKETED = re.compile(r"\([^()]*\)")
# Column widths of what these become.
_LIMITS = {"题名": 200, "文号": 60, "发文机关": 100, "事项": 200, "义务主体": 100}


def read_information(grid: Grid, log: FaultLog) -> tuple[Heading, list[str]]:
    """What the plan says of itself, and the members that it lists."""
    check_cells(log, grid, 0, grid.height - 1, {}, range(min(2, grid.width)))
    at: dict[str, int] = {}
    for row in range(grid.height if grid.width >= 2 else 0):
        at.setdefault(squeeze(fold(grid.rows[row][0])).rstrip(":"), row)
    said = {name: grid.rows[at[name]][1].strip() if name in at else "" for name in words.ABOUT_ITEMS}
    for name, limit in _LIMITS.items():
        if len(said.get(name, "")) > limit:
            log.add(grid, at[name], 1, f"{name}有 {len(said[name])} 字，上限是 {limit} 字，请核对。")
    issued_on: date | None = None
    if said[words.ABOUT_ISSUED_ON]:
        issued_on = parse_date(said[words.ABOUT_ISSUED_ON])
        if issued_on is None or not FIRST_YEAR <= issued_on.year <= LAST_YEAR:
            log.add(grid, at[words.ABOUT_ISSUED_ON], 1, "成文日期不存在或写法不认得，请写成 2026-12-31 的样子。")
    start = _whole(
        grid, at.get(words.ABOUT_START), 1, said[words.ABOUT_START], log, words.ABOUT_START, FIRST_YEAR, LAST_YEAR
    )
    end = _whole(grid, at.get(words.ABOUT_END), 1, said[words.ABOUT_END], log, words.ABOUT_END, FIRST_YEAR, LAST_YEAR)
    if start is not None and end is not None and start > end:
        log.add(grid, at[words.ABOUT_END], 1, f"终止年 {end} 早于起始年 {start}，请改正。")
    heading = Heading(
        title=said[words.ABOUT_TITLE],
        document_number=said[words.ABOUT_NUMBER] or None,
        issued_by=said[words.ABOUT_ISSUED_BY] or None,
        issued_on=issued_on,
        printed_on=None,
        period=Period(start, end),
    )
    return heading, words.split_names(said[words.ABOUT_MEMBERS])


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the sheet of obligations."""

    grid: Grid
    row: int
    columns: dict[str, int]
    log: FaultLog

    def cell(self, name: str) -> str:
        column = self.columns.get(name)
        return self.grid.rows[self.row][column] if column is not None else ""

    def blame(self, name: str, message: str) -> None:
        self.log.add(self.grid, self.row, self.columns.get(name, 0), message)

    def whole(self, name: str, least: int, most: int) -> int | None:
        said = self.cell(name).strip()
        return _whole(self.grid, self.row, self.columns.get(name, 0), said, self.log, name, least, most)

    def chosen(self, name: str, codes: Mapping[str, str]) -> str | None:
        said = squeeze(self.cell(name))
        if said not in codes:
            self.blame(name, f"不认得这个{name}，请从下拉列表里选：{'、'.join(codes)}。")
        return codes.get(said)

    def read(self, paths: Set[str]) -> Obligation | None:
        basis = self.cell("条款标识").strip()
        if basis not in paths:
            said = "没有填写条款标识" if not basis else "「责任分解」工作表里没有这个条款标识"
            self.blame("条款标识", f"{said}，请核对。")
        kind = self.chosen("类别", _KINDS)
        type_ = self.chosen("周期", words.RECURRENCE_CODES)
        year = self.whole("年", FIRST_YEAR, LAST_YEAR)
        month, day = self.whole("月", 1, 12), self.whole("日", 1, 31)
        times = self.whole("次数", 1, 9999)
        if month and day and day > monthrange(year or 2024, month)[1]:
            self.blame("日", f"{month}月没有{day}日，请改正。")
        includes = squeeze(self.cell("含当日"))
        if includes not in words.YES_NO_CODES:
            self.blame("含当日", "请填「是」或「否」。")
        for name in ("事项", "义务主体"):
            if len(self.cell(name)) > _LIMITS[name]:
                self.blame(name, f"{name}有 {len(self.cell(name))} 字，上限是 {_LIMITS[name]} 字，请核对。")
        if kind is None or type_ is None or basis not in paths:
            return None
        recurrence = Recurrence(type_, month, day, year, times, words.YES_NO_CODES.get(includes))
        recipients = tuple(words.split_names(self.cell("报送对象")))
        return Obligation(
            kind, self.cell("事项"), self.cell("义务主体"), recipients, recurrence, basis, self.cell("原文")
        )


def read_obligations(grid: Grid, paths: Set[str], log: FaultLog) -> list[Obligation]:
    """The obligations in the sheet's order; ``paths`` are the clauses that they may name."""
    header, columns = _header(grid)
    lacking = [name for name in words.OBLIGATIONS_HEADER if name not in columns]
    if lacking:
        names = "、".join(f"「{name}」" for name in lacking)
        if grid.height and grid.width:
            log.add(grid, max(header, 0), 0, f"「{words.OBLIGATIONS}」工作表缺少{names}列，请补上，或重新下载模板。")
        return []
    check_cells(log, grid, header + 1, grid.height - 1, {}, columns.values())
    found = []
    for row in range(header + 1, grid.height):
        if any(grid.rows[row][column].strip() for column in columns.values()):
            obligation = _Line(grid, row, columns, log).read(paths)
            if obligation is not None:
                found.append(obligation)
    return found


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (-1, {})
    for row in range(min(6, grid.height)):
        columns: dict[str, int] = {}
        for column, cell in enumerate(grid.rows[row]):
            name = _BRACKETED.sub("", squeeze(fold(cell)))
            if name in words.OBLIGATIONS_HEADER:
                columns.setdefault(name, column)
        if len(columns) > len(best[1]):
            best = row, columns
    return best


def _whole(
    grid: Grid, row: int | None, column: int, said: str, log: FaultLog, name: str, least: int, most: int
) -> int | None:
    """A whole number within its bounds, or a fault and ``None``; nothing written is ``None``."""
    said = fold(said).strip().removesuffix("年").removesuffix("月").removesuffix("日").removesuffix(".0")
    if not said or row is None:
        return None
    if not said.isascii() or not said.isdigit() or len(said) > 9 or not least <= int(said) <= most:
        log.add(grid, row, column, f"{name}应是 {least}—{most} 之间的整数，请改正。")
        return None
    return int(said)
