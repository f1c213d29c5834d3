"""Numbers as a spreadsheet shows them: the few formats that plans and responsibility tables use."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from .counting import chinese_counting

# Colours, conditions, languages and widths say nothing about the text.
_ASIDE = re.compile(r"\[(?!DBNum|h+\]|m+\]|s+\])[^\]]*\]|_.|\*.", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?][#0?,.]*|General|@|G/通用格式", re.IGNORECASE)


def shown_number(value: int | float, format: str = "General") -> str:
    """The number without a trailing .0 and without separators of thousands; fixed decimals, leading zeros, percent,
    Chinese digits and words around it as the format has them."""
    prefix, suffix, decimals, width, is_percent, is_chinese = _parts(format)
    if is_percent:
        value = round(value * 100, 10)
    if isinstance(value, float) and not (value == value and abs(value) < 1e308):
        return "#NUM!"
    if decimals is not None:
        # Half a unit rounds away from zero in a spreadsheet, not to the even digit.
        text = (
            f"{value + (1e-9 if value > 0 else -1e-9):.{decimals}f}"
            if isinstance(value, float)
            else f"{value:.{decimals}f}"
        )
    elif isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    else:
        text = str(value)
    whole, dot, rest = text.partition(".")
    if width > len(whole):
        text = whole.zfill(width) + dot + rest
    if is_chinese and text.isdigit():
        text = chinese_counting(int(text))
    return f"{prefix}{text}{suffix}"


def shown_date(value: date | datetime | time | timedelta, format: str = "") -> str:
    """``2026-12-31``, with the time of day if there is one; a format without a day or without a year is kept:
    「2026年12月」 is no day, and 「12月15日」 is of every year."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}"
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, datetime):
        if value.time() != time():
            return value.replace(microsecond=0).isoformat(" ", "minutes" if not value.second else "seconds")
        value = value.date()
    letters = _ASIDE.sub("", _LITERAL.sub("", format)).lower().partition(";")[0]
    has_year, has_month, has_day = "y" in letters or "e" in letters, "m" in letters, "d" in letters
    if has_month and has_year and not has_day:
        return f"{value.year}年{value.month}月"
    if has_month and has_day and not has_year:
        return f"{value.month}月{value.day}日"
    if has_year and not has_month and not has_day:
        return f"{value.year}年"
    return value.isoformat()


@lru_cache(maxsize=512)
def _parts(format: str) -> tuple[str, str, int | None, int, bool, bool]:
    """Words before and after the number, decimals (None: as they are), digits at least, percent, Chinese digits."""
    section = _ASIDE.sub("", _section(format))
    is_chinese = bool(re.search(r"\[DBNum[12]\]", section, re.IGNORECASE))
    section = re.sub(r"\[[^\]]*\]", "", section)
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return chr(0xE000 + len(literals) - 1)

    section = _LITERAL.sub(keep, section)
    digits = _DIGITS.search(section)
    if digits is None:
        return "", "", None, 0, False, False
    pattern = digits[0]
    decimals: int | None = None
    width = 0
    if pattern[0] in "#0?":
        whole, _, rest = pattern.replace(",", "").partition(".")
        decimals = len(rest) if set(rest) <= {"0"} else None
        width = whole.count("0")
    prefix, suffix = section[: digits.start()], section[digits.end() :]
    is_percent = "%" in suffix
    if re.search(r"[/eE]", suffix):
        # Fractions and powers of ten: the plain number says it better.
        return "", "", None, 0, False, False

    def words(text: str) -> str:
        return "".join(literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xE000 + len(literals) else c for c in text)

    return words(prefix).strip(), words(suffix).strip(), decimals, width, is_percent, is_chinese


def _section(format: str) -> str:
    """The part for positive numbers: up to the first semicolon that is not within quotation marks."""
    for found in re.finditer(r'"[^"]*"|\\.|;', format):
        if found[0] == ";":
            return format[: found.start()]
    return format
