"""What reading a file yields: a text, tables, or both. Plain values, no model and no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from measures.unreadable import UnreadablePlan


class Kind(StrEnum):
    """What a file is by its content, whatever its name says."""

    TEXT = "text"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


class Unreadable(UnreadablePlan):
    """The file is of no kind that can be read, damaged, locked or dangerous; ``str()`` is a sentence for people."""


@dataclass(slots=True)
class Sheet:
    """One table as it stands in the file. Rows and columns count from 0; every cell is the text that is shown.

    Numbers are written without a trailing ``.0``, dates as ``2026-12-31``; a formula's last computed value is taken,
    the formula never evaluated. Rows may differ in length; empty cells are ``""``; trailing empty rows are left out.
    """

    name: str
    rows: list[list[str]]
    # (first row, first column, last row, last column), all inclusive; only the first cell holds the text.
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    is_hidden: bool = False
    # Cells with a formula that the file holds no computed value for: (row, column).
    uncomputed: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Source:
    """A file as read. A document has ``text`` (and the tables in it as ``sheets`` too); a workbook only ``sheets``."""

    kind: Kind
    text: str = ""
    sheets: list[Sheet] = field(default_factory=list)
    # What a person should know about the reading, as Chinese sentences: tracked changes left out, pages without text.
    notes: list[str] = field(default_factory=list)


# The sheet that an annotated copy carries in addition, and its first row. Reading such a copy leaves it out.
FAULT_LIST_NAME = "导入问题"
FAULT_LIST_HEADER = ["工作表", "单元格", "内容", "问题"]


def is_fault_list(sheet: Sheet) -> bool:
    """Whether ``annotate`` wrote the sheet. Another sheet of this name, with a header of its own, is read."""
    return sheet.name == FAULT_LIST_NAME and sheet.rows[:1] == [FAULT_LIST_HEADER]
