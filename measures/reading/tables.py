"""Tables that copying has flattened to lines: a header row with 牵头单位 or 责任单位, then one line to a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .names import read_mentions
from .numerals import fold, number
from .responsibilities import Annotation, Reading, mask_brackets
from .roles import ASIDE, COOPERATING, LEAD, NEUTRAL, ROLE_LABEL, role_of

_GAP = re.compile(r"[ \u3000]*(?:\t+|\|+|[│┃]+)[ \u3000]*|[ \u3000]{2,}|\u3000+")
_ANY_CELL = re.compile(r"序号|编号|任务|内容|措施|目标|事项|工作|项目|要求|指标|备注|类别|章节")
_SERIAL = re.compile(r"\d{1,3}|[一二三四五六七八九十]{1,3}")
SERIAL, TEXT, DUE = "serial", "text", "due"


def split_cells(line: str) -> list[tuple[int, int]]:
    """Where the cells of a line begin and end."""
    cells, position = [], 0
    for gap in _GAP.finditer(line):
        if gap.start() > position:
            cells.append((position, gap.start()))
        position = gap.end()
    return [*cells, (position, len(line))] if position < len(line) else cells


def read_header(line: str) -> tuple[str, ...] | None:
    """What each column holds, if the line is the header of a table with responsibilities."""
    if not 8 <= len(line) <= 120 or ("单位" not in line and "部门" not in line) or not _GAP.search(line):
        return None
    columns = []
    for begin, end in split_cells(line):
        cell = "".join(fold(line[begin:end]).split())
        label = ROLE_LABEL.fullmatch(f"{cell}:")
        if label:
            columns.append(DUE if label["due"] else role_of(label))
        elif cell in {"序号", "编号", "No."}:
            columns.append(SERIAL)
        elif _ANY_CELL.search(cell) and len(cell) <= 12:
            columns.append(TEXT)
        else:
            return None
    roles = {LEAD, COOPERATING, NEUTRAL}
    return tuple(columns) if len(columns) >= 3 and TEXT in columns and roles & set(columns) else None


def is_row(line: str, columns: Sequence[str]) -> bool:
    cells = split_cells(line)
    # The last cells of a row may be empty: nobody cooperates, no remarks.
    return max(2, len(columns) - 1) <= len(cells) <= len(columns)


def serial_of(line: str, columns: Sequence[str]) -> tuple[int | None, int]:
    """The row's number, and how long its cell is with the gap behind it."""
    cells = split_cells(line)
    if columns[0] != SERIAL or len(cells) < 2 or not _SERIAL.fullmatch(line[slice(*cells[0])].rstrip(".、．")):
        return None, 0
    return number(line[slice(*cells[0])].rstrip(".、．")), cells[1][0]


def read_row(text: str, columns: Sequence[str]) -> Reading:
    """The responsibilities of one row; ``text`` is the row without its number, ``columns`` are those left."""
    reading, annotation = Reading(), Annotation()
    has_lead = LEAD in columns
    for (begin, end), column in zip(split_cells(text), columns, strict=False):
        role = (COOPERATING if has_lead else LEAD) if column == NEUTRAL else column
        if role == DUE:
            annotation.due.append(text[begin:end])
        elif role in {LEAD, COOPERATING} and text[begin:end] not in {"/", "无", "—", "-", "——"}:
            found = read_mentions(text[begin:end], mask_brackets(fold(text[begin:end])), 0, end - begin, role)
            if found:
                annotation.mentions += found
            else:
                reading.unread.append(text[begin:end])
        elif role in {TEXT, ASIDE}:
            continue
        reading.spans.append((begin, end))
    reading.annotations.append(annotation)
    return reading
