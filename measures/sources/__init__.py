"""Files of any kind to text and tables: ``read_source(data, name=…)``. Plain values, no database; see results.py.

What a file is, is told by its content (kinds.py). Text and csv are read here; formats with a structure of their own
are read in a child process with limits on memory and time (sandbox.py), so that no file can harm who asked.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from measures.unreadable import UnreadablePlan

from .delimited import read_delimited
from .kinds import sniff
from .limits import MAX_BYTES
from .results import Kind, Sheet, Source, Unreadable
from .sandbox import run_in_child

__all__ = ["MAX_BYTES", "Kind", "Sheet", "Source", "Unreadable", "annotate", "read_source", "sniff"]


def read_source(data: bytes, *, name: str = "") -> Source:
    """The text and the tables of a file. ``name`` is the file's own, without or with folders.

    Raises ``Unreadable`` with a Chinese sentence that says what is wrong and what to do. A sheet that ``annotate``
    has added is left out.
    """
    kind = sniff(data, name)
    if kind == Kind.TEXT:
        from measures.reading import decode  # the child process, which loads this package too, need not wait for it

        try:
            return Source(kind, text=decode(data))
        except UnreadablePlan as refusal:
            raise Unreadable(str(refusal)) from None
    if kind == Kind.CSV:
        return read_delimited(data, name)
    answer = run_in_child(kind.value, data)
    sheets = [_sheet(sheet) for sheet in answer["sheets"]]
    return Source(kind, text=answer["text"], sheets=sheets, notes=answer["notes"])


def annotate(data: bytes, kind: Kind, faults: Sequence[tuple[str, str, str]]) -> bytes:
    """An xlsx copy of a file's tables, to mend and send again; ``faults`` are (sheet, cell like B7, message).

    Each faulty cell is coloured and carries its messages as a comment; the sheet 「导入问题」 at the end lists all of
    them, those without a cell too, and ``read_source`` leaves it out. An xlsx keeps its formatting, and its formulas
    are replaced by their values; other kinds give what was read of them. Text that begins with = + - @ stays text.
    Raises ``Unreadable`` as ``read_source`` does, and for a file without tables.
    """
    sheets: list[Sheet] = []
    if kind != Kind.XLSX:
        # A csv file has no sheet but that of its faults.
        sheets = read_source(data, name=f"{faults[0][0]}.csv" if kind == Kind.CSV and faults else "").sheets
        if not sheets:
            raise Unreadable("文件里没有表格，不能生成标注了问题的副本。请按提示修改原文件后再导入。")
        data = b""
    answer = run_in_child(
        "annotate", data, sheets=[asdict(sheet) for sheet in sheets], faults=[list(fault) for fault in faults]
    )
    return base64.b64decode(answer["xlsx"])


def _sheet(values: dict[str, Any]) -> Sheet:
    """A sheet from JSON, which knows no tuples."""
    sheet = Sheet(**values)
    sheet.merges = [(top, left, bottom, right) for top, left, bottom, right in sheet.merges]
    sheet.uncomputed = [(row, column) for row, column in sheet.uncomputed]
    return sheet
