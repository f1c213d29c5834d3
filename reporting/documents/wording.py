"""Dates, numbers and numbering as official documents write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

_DIGITS = "零一二三四五六七八九"


def chinese_date(day: date) -> str:
    """「2026年12月5日」: Arabic digits, months and days without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def document_number(prefix: str, year: int, serial: int) -> str:
    """「渝反拐办〔2026〕5号」: no leading zeros and no 第."""
    return f"{prefix}〔{year}〕{serial}号"


def chinese_numeral(value: int) -> str:
    """1 to 999 in Chinese: 一, 十, 十二, 二十, 一百零五. Raises ValueError for others."""
    if not 0 < value < 1000:
        raise ValueError(f"no Chinese numeral for {value}")
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def heading_number(level: int, place: int) -> str:
    """The number of the heading at a place (from 1) of its level: 一、 （一） 1. （1）."""
    match level:
        case 1:
            return f"{chinese_numeral(place)}、"
        case 2:
            return f"（{chinese_numeral(place)}）"
        case 3:
            return f"{place}."
        case 4:
            return f"（{place}）"
    raise ValueError(f"level of a heading: {level}")


def listed(names: Iterable[str]) -> str:
    """「市公安局、市民政局」."""
    return "、".join(names)


def in_brackets(text: str) -> str:
    """The text in round brackets, unless it brings its own."""
    return text if text.startswith(("（", "(")) and text.endswith(("）", ")")) else f"（{text}）"
