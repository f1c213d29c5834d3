"""The deadline column: 「2026年12月底前」, 「每年12月15日前」, 「长期坚持」, 「2026-12-31」."""

from __future__ import annotations

import re
from calendar import monthrange

from measures.reading import deadlines
from measures.reading.deadlines import Deadline
from measures.reading.numerals import fold, number, squeeze
from measures.reading.results import Recurrence

FIRST_YEAR, LAST_YEAR = 1990, 2100
_N = r"(\d{1,3}|[一二三四五六七八九十]{1,3})"
_YEAR_DATE = re.compile(r"(?<!\d)(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})(?!\d)日?")
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4})\s*(?:年|[-./])\s*(\d{1,2})(?!\d|\s*[-./日]|\s*个|季)月?")
_MONTH_DAY = re.compile(rf"{_N}月{_N}[日号]")
_MONTH = re.compile(rf"(?<![每\d个]){_N}月(?!\d)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年|[-./]\d|\Z)")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d{2})(\d{2})?")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
_QUARTER = re.compile(r"第?([1-4])季度")
_EXACT = re.compile(
    r"\d{4}(?:-\d{1,2}-\d{1,2}|\.\d{1,2}\.\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日?)(?:之?前|以前|前完成)?(?:00:00(?::00)?)?"
)


def read_due(words: str) -> Recurrence | None:
    """When the words of a deadline column fall due; of several dates the first, ``None`` if they say none.

    A month without a year (「12月底前」) has ``year`` ``None``.
    """
    found = find_due(words)
    return found.first if found else None


def find_due(words: str, year: int | None = None) -> Deadline | None:
    """All dates of the words, with what is in doubt of them. ``year`` is that of a plan for one year only."""
    plain = squeeze(fold(words))
    if not plain or len(plain) > 400:
        return None
    if compact := _COMPACT.fullmatch(plain):
        # 「20261231」, 「202612」
        plain = "-".join(part for part in compact.groups() if part)
    elif _YEAR_ALONE.fullmatch(plain):
        plain += "年"
    plain = re.sub(r"(?<=\d)号", "日", plain)
    plain = _QUARTER.sub(lambda found: f"第{'一二三四'[int(found[1]) - 1]}季度", plain)
    return deadlines.read_due(plain, year)


def is_exact(words: str) -> bool:
    """Whether the words are one full date, which needs nobody to confirm what it means."""
    return bool(_EXACT.fullmatch(squeeze(fold(words))))


def wrong_date(words: str) -> str:
    """What is impossible in the words of a deadline, as a sentence; empty if nothing is."""
    plain = squeeze(fold(words))
    for found in _YEAR.finditer(plain):
        if not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            return f"年份 {found[1]} 不在 {FIRST_YEAR}—{LAST_YEAR} 之间，请核对。"
    for found in _YEAR_DATE.finditer(plain):
        year, month, day = (int(part) for part in found.groups())
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
            return f"日期「{found[0]}」不存在，请改正。"
    for found in _YEAR_MONTH.finditer(plain):
        if not 1 <= int(found[2]) <= 12:
            return f"「{found[0]}」没有这个月份，请改正。"
    for found in _MONTH_DAY.finditer(plain):
        month, day = number(found[1]) or 0, number(found[2]) or 0
        # A leap year has the 29 February.
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(2024, month)[1]:
            return f"日期「{found[0]}」不存在，请改正。"
    for found in _MONTH.finditer(plain):
        if not 1 <= (number(found[1]) or 0) <= 12:
            return f"「{found[0]}」没有这个月份，请改正。"
    return ""


def spoken(when: Recurrence) -> str:
    """A recurrence in words: 「每年12月15日前」, 「2026年12月31日前」, 「长期」."""
    day = f"{when.month}月" if when.month else ""
    day += f"{when.day}日" if when.day else ""
    by = "前" if day and when.includes_day else ""
    times = f"{when.times}次" if when.times else ""
    match when.type:
        case "once":
            return f"{when.year}年{day}{by}" if when.year else f"{day}{by}（未写年份）" if day else "一次性"
        case "annual":
            return f"每年{day}{by}{times}"
        case "at_least":
            return f"每年至少{times or '1次'}" + (f"，{day}{by}" if day else "")
        case "half_yearly" | "quarterly" | "monthly":
            name = {"half_yearly": "每半年", "quarterly": "每季度", "monthly": "每月"}[when.type]
            return f"{name}{'末' if when.day == 31 else f'{when.day}日前' if when.day else ''}{times}"
        case "event":
            return "视情及时"
        case _:
            return "长期"
