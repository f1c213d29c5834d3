"""Free text, as people type and paste it, into the blocks of an official document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from measures.reading.numerals import match_label

from .characters import clean
from .content import Block, Column, ColumnKind, Heading, Paragraph, Table

_LEVELS = {"cn": 1, "(cn)": 2, "n": 3, "(n)": 4}
# How long the words of a heading may be. An item 「1.开展宣传15场……」 has the form of one and is a sentence.
_LONGEST = {1: 40, 2: 40, 3: 25, 4: 25}
_GOES_ON = "，；：、,;:"
_NUMBER = re.compile(r"[-+−]?[\d,，０-９]+(?:[.．][\d０-９]+)?%?")


def blocks_of(text: str, *, below: int = 0) -> tuple[Block, ...]:
    """The text cut into headings, paragraphs and pasted tables; every word stays as it was typed.

    Each line is a paragraph; blank lines and the white space around a line go. A line that begins with 一、 （一） 1.
    or （1） and is short is a heading; where a short one is followed by more text in its line, that is its ``run_on``.
    Two or more lines with equally many tabs are a table whose first line has the titles.

    ``below``: the level of the heading that the text stands under; lines numbered like that level or a higher one
    stay paragraphs, so that nothing breaks out of its chapter.
    """
    lines = [line for line in clean(text).split("\n") if line.strip()]
    blocks: list[Block] = []
    for cells, group in groupby(lines, key=_count_cells):
        alike = list(group)
        if cells > 1 and len(alike) > 1:
            blocks.append(_table([line.split("\t") for line in alike]))
        else:
            blocks.extend(_lines(alike, below))
    return tuple(blocks)


def _count_cells(line: str) -> int:
    """How many cells a line has; a line that is only indented by tabs has one."""
    return line.count("\t") + 1 if "\t" in line.strip() else 1


def _table(rows: list[list[str]]) -> Table:
    rows = [[cell.strip() for cell in row] for row in rows]
    columns = []
    for title, *cells in zip(*rows, strict=True):
        filled = [cell for cell in cells if cell]
        kind = ColumnKind.NUMBER if filled and all(map(_NUMBER.fullmatch, filled)) else ColumnKind.TEXT
        longest = max(len(cell) for cell in (title, *cells))
        columns.append(Column(title, width=min(max(longest, 4), 24), kind=kind))
    return Table("", tuple(columns), tuple(tuple(row) for row in rows[1:]))


def _lines(lines: list[str], below: int) -> Iterator[Block]:
    for line in lines:
        line = line.strip()
        yield _heading(line, below) or Paragraph(line)


def _heading(line: str, below: int) -> Heading | None:
    label = match_label(line)
    level = _LEVELS.get(label.family) if label else None
    if label is None or level is None or level <= below:
        return None
    stop = line.find("。", label.length)
    head, run_on = (line[: stop + 1], line[stop + 1 :]) if stop >= 0 else (line, "")
    words = head[label.length :].strip()
    if not words or len(words) > _LONGEST[level] or "；" in words or words[-1] in _GOES_ON:
        return None
    if not run_on:
        return Heading(level, head)
    # Only the first two levels are printed in another type; below, the line is one piece anyway.
    return Heading(level, head, run_on) if level <= 2 else None
