"""Tables, written row by row as XML: python-docx looks up the whole grid for every cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from reporting.documents.characters import width
from reporting.documents.content import Table
from reporting.documents.paper import Sheet

from . import styles
from .xml import Element, child, keep_with_next, paragraph, properties, run, tag

# Rows longer than this may break across pages: kept whole, each would leave up to so many lines of a page empty.
_MOST_LINES_TOGETHER = 12


def add_table(body: Element, table: Table, sheet: Sheet, *, step: Callable[[], None]) -> None:
    """The caption, the table in the width of the text, and a line below it with the note, if there is one.

    That line is there in any case: Word joins tables that follow each other directly.
    """
    if table.caption:
        run(paragraph(body, styles.CAPTION), table.caption)
    widths = _widths(table, sheet.text_width)
    element = child(body, "tbl")
    _properties(element, sheet.text_width)
    grid = child(element, "tblGrid")
    for twips in widths:
        child(grid, "gridCol", w=twips)
    suffix = styles.SMALL if table.is_small else ""
    _row(
        element,
        [column.title for column in table.columns],
        widths,
        [styles.CELLS["head"] + suffix] * len(widths),
        head=True,
    )
    kinds = [styles.CELLS[column.kind.value] + suffix for column in table.columns]
    points = 10.5 if table.is_small else 12.0
    fitting = [max((twips - 2 * styles.CELL_MARGIN) / 20 / points, 1.0) for twips in widths]
    for row in table.rows:
        _row(element, row, widths, kinds, together=_lines(row, fitting) <= _MOST_LINES_TOGETHER)
        step()
    if table.note:
        # The last row stays on the page of the note.
        for written in element[-1].iter(tag("p")):
            keep_with_next(written)
    note = paragraph(body, styles.TABLE_NOTE)
    if table.note:
        run(note, table.note)
    else:
        styles.spacing(properties(note), line=120)


def _widths(table: Table, total: int) -> list[int]:
    """The columns' shares of the width in twips; together exactly the width."""
    sum_of_shares = sum(column.width for column in table.columns)
    edges, so_far = [0], 0
    for column in table.columns:
        so_far += column.width
        edges.append(total * so_far // sum_of_shares)
    return [right - left for left, right in pairwise(edges)]


def _lines(row: Sequence[str], fitting: Sequence[float]) -> float:
    """About how many lines the highest cell of a row has."""
    return max(
        # No character is wider than one, so that a short text need not be measured.
        1
        if len(text) < room and "\n" not in text
        else sum(max(-(-width(line) // room), 1) for line in text.split("\n"))
        for text, room in zip(row, fitting, strict=True)
    )


def _properties(element: Element, total: int) -> None:
    formats = child(element, "tblPr")
    child(formats, "tblStyle", val=styles.TABLE)
    child(formats, "tblW", w=total, type="dxa")
    child(formats, "jc", val="center")
    child(formats, "tblLayout", type="fixed")
    child(formats, "tblLook", val="0420", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=0, noVBand=1)


def _row(
    element: Element,
    texts: Sequence[str],
    widths: Sequence[int],
    kinds: Sequence[str],
    *,
    head: bool = False,
    together: bool = True,
) -> None:
    row = child(element, "tr")
    if together or head:
        formats = child(row, "trPr")
        child(formats, "cantSplit")
        if head:
            child(formats, "tblHeader")
    for text, twips, kind in zip(texts, widths, kinds, strict=True):
        cell = child(row, "tc")
        child(child(cell, "tcPr"), "tcW", w=twips, type="dxa")
        for line in text.split("\n"):
            written = paragraph(cell, kind)
            if line:
                run(written, line)
