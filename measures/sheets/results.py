"""What reading a responsibility table (责任分解表) yields. Plain values, no model and no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from measures.reading import PlanText


class Role(StrEnum):
    """What a column of a responsibility table holds. The values are stored with the layouts that people chose."""

    ID = "id"  # our own template's identity column: the clause's path
    KIND = "kind"  # our own template's: the kind of clause
    LABEL = "label"  # our own template's: the printed number
    HEADING = "heading"  # our own template's: the clause's heading
    SERIAL = "serial"  # 序号: a running number of the table
    CHAPTER = "chapter"  # 章节
    NUMBER = "number"  # 条款编号
    TASK = "task"  # 工作任务、重点任务、工作内容、目标任务、行动措施
    MEASURE = "measure"  # 具体措施
    LEAD = "lead"  # 牵头单位、负责单位、主办单位、第一责任单位
    RESPONSIBLE = "responsible"  # 责任单位: leads where there is no LEAD column, cooperates beside one
    COOPERATING = "cooperating"  # 配合单位、协办、协同、参与单位
    DUE = "due"  # 完成时限、时间要求、完成时间
    # Known, shown in the mapping, and not read into the plan:
    LEADER = "leader"  # 责任领导
    PERSON = "person"  # 责任人
    CONTACT = "contact"  # 联系人及电话
    PROGRESS = "progress"  # 进展情况、落实情况、工作动态
    PROBLEMS = "problems"
    NEXT = "next"
    STATUS = "status"  # 完成状态、是否销号
    EVIDENCE = "evidence"
    NOTE = "note"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its 0-based index, its header's words (both levels, joined by 「/」) and its role."""

    index: int
    header: str
    role: Role


@dataclass(slots=True)
class Layout:
    """How one sheet was understood. ``signature`` is equal for tables with the same headers in the same order."""

    sheet: str
    signature: str
    # 0-based, inclusive: the header's first and last row, and the first row below it.
    header_first: int
    header_last: int
    columns: list[Column]
    # Data rows that became clauses or chapters.
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be taken: where, what stands there, and what to do. ``cell`` is as Excel names it (B7)."""

    sheet: str
    cell: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clause came from: sheet and 0-based row."""

    sheet: str
    row: int


@dataclass(slots=True)
class TableText:
    """A responsibility table as read: a plan like that of a document, and where each part of it came from.

    ``plan.clauses[i].start`` and ``end`` count the characters of ``source_text``, which is put together from the
    cells in the table's order.
    """

    plan: PlanText
    source_text: str
    layouts: list[Layout]
    faults: list[Fault]
    # By clause path.
    places: dict[str, Place] = field(default_factory=dict)
    # By clause path: the words of the deadline column, where there is one.
    dues: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
