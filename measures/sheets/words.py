"""The words of our own workbooks: names of sheets and columns, and the Chinese words for codes, both ways.

Writing and reading use the same tables, so that a plan written as a workbook is read back as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from measures.reading.numerals import fold
from measures.reading.responsibilities import mask_brackets

# Sheets.
PLAN = "责任分解"
ABOUT = "计划信息"
OBLIGATIONS = "时限义务"
GUIDANCE = "填写说明"
UNITS = "单位"

DEFAULT_TITLE = "反拐工作责任分解表"

# Row 1 is the title, row 2 a hint, row 3 the header; 0-based as everywhere in this package.
PLAN_HEADER_ROW = 2
PLAN_HEADER = ("条款标识", "类别", "编号", "标题", "正文", "牵头单位", "配合单位", "完成时限")

ABOUT_HEADER = ("项目", "内容")
ABOUT_TITLE = "题名"
ABOUT_NUMBER = "文号"
ABOUT_ISSUED_BY = "发文机关"
ABOUT_ISSUED_ON = "成文日期"
ABOUT_START = "起始年"
ABOUT_END = "终止年"
ABOUT_MEMBERS = "成员单位"
ABOUT_ITEMS = (
    ABOUT_TITLE,
    ABOUT_NUMBER,
    ABOUT_ISSUED_BY,
    ABOUT_ISSUED_ON,
    ABOUT_START,
    ABOUT_END,
    ABOUT_MEMBERS,
)

OBLIGATIONS_HEADER = (
    "条款标识",
    "事项",
    "类别",
    "义务主体",
    "报送对象",
    "周期",
    "年",
    "月",
    "日",
    "次数",
    "含当日",
    "原文",
)

# Codes to words.
CLAUSE_KINDS: Mapping[str, str] = {
    "front": "题首",
    "preamble": "序言",
    "chapter": "章",
    "section": "节",
    "article": "条",
    "item": "项",
    "paragraph": "续段",
    "dash": "破折号项",
    "goal": "工作目标",
    "back": "落款",
    "annex": "附件",
}
OBLIGATION_KINDS: Mapping[str, str] = {
    "annual_report": "年度报告",
    "report": "报送",
    "meeting": "会议",
    "stage_assessment": "阶段性评估",
    "final_assessment": "终期评估",
    "assessment": "评估考核",
    "supervision": "挂牌督办和警示",
    "implementation_plan": "实施方案",
    "budget": "经费预算",
    "task": "任务",
    "other": "其他",
}
RECURRENCES: Mapping[str, str] = {
    "annual": "每年",
    "half_yearly": "每半年",
    "quarterly": "每季度",
    "monthly": "每月",
    "at_least": "每年至少",
    "once": "一次",
    "event": "事件触发",
    "continuing": "长期",
}
YES_NO: Mapping[bool | None, str] = {True: "是", False: "否", None: ""}
CHANGES: Mapping[str, str] = {
    "same": "不变",
    "reworded": "改写",
    "moved": "移动",
    "split": "拆分",
    "merged": "合并",
    "new": "新增",
    "dropped": "删去",
}

CLAUSE_KIND_CODES: Mapping[str, str] = {word: code for code, word in CLAUSE_KINDS.items()}
OBLIGATION_KIND_CODES: Mapping[str, str] = {word: code for code, word in OBLIGATION_KINDS.items()}
RECURRENCE_CODES: Mapping[str, str] = {word: code for code, word in RECURRENCES.items()}
YES_NO_CODES: Mapping[str, bool | None] = {word: code for code, word in YES_NO.items()}

_ENUMERATION_COMMA = "、"


def join_names(names: Sequence[str]) -> str:
    """The names as one cell: joined by 「、」, or one to a line where that could not be told apart again.

    ``split_names`` gives them back, but for a single name that holds a 「、」 of its own outside brackets. Line breaks
    inside a name, which a document's page has broken, are left out.
    """
    whole = ["".join(name.splitlines()) for name in names]
    joined = _ENUMERATION_COMMA.join(whole)
    return joined if split_names(joined) == whole else "\n".join(whole)


def split_names(cell: str) -> list[str]:
    """The names of a cell: one to a line, or divided by 「、」; what stands in brackets is part of a name."""
    if "\n" in cell:
        return [name for name in cell.split("\n") if name]
    masked = mask_brackets(fold(cell))
    stops = [position for position, mark in enumerate(masked) if mark == _ENUMERATION_COMMA]
    names = (
        cell[start:stop] for start, stop in zip([0, *(stop + 1 for stop in stops)], [*stops, len(cell)], strict=True)
    )
    return [name for name in names if name]
