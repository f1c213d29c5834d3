"""Numbers as people write them in ledgers: 「约1,200余」「1.5万人次」「１２３」「一百二十」.

What was written is kept beside the number; here it is only read. Where there are two ways to read it, it is not read.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
# A full-width comma divides thousands only between full-width digits: 「120，130」 is two numbers.
_WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９])")
# All of the full-width block but its comma.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C} | {0x3000: " ", 0xA0: " "}
# 「约120」「120余」「1,200.5」「3万余人」: what surrounds the number stays in the text as written.
_WRITTEN = re.compile(
    r"(?P<before>[^\d.,，]*?)(?P<minus>[-−]?)\s*(?P<number>\d+|\d{1,3}(?:,\d{3})+)(?P<decimals>\.\d+)?"
    r"(?P<more>[\s余多]*)(?P<times>[十百千万亿]*)(?P<after>[^\d.,，十百千万亿]*)"
)
# 「1万2千」: each part smaller than the multiple before it; 「3万5」 does not say five of what.
_PART = re.compile(r"(\d{1,4})([十百千]?[万亿]|[十百千])")
_IN_PARTS = re.compile(rf"(?P<before>[^\d.,，]*?)(?P<parts>(?:{_PART.pattern}){{2,5}})(?P<after>[^\d.,，十百千万亿]*)")
# In characters only with words that count something, so that 「进一步」 and 「统一」 are no numbers.
_DIGIT = "[一二两三四五六七八九]"
_SECTION = (
    rf"(?=[零〇十一二两三四五六七八九])(?:{_DIGIT}千)?(?:[零〇]?{_DIGIT}百)?(?:[零〇]?{_DIGIT}?十)?(?:[零〇]?{_DIGIT})?"
)
_ABOUT = r"(?:约|大约|大概|近|将近|接近|共|共计|合计|累计|总计|计|达|超|超过|逾|不足|至少)?"
_COUNTED = r"(?:人次|场次|[场次人名个条起件份期批户家例篇册张幅处所辆台项部元宗站]|小时)?"
_IN_CHARACTERS = re.compile(
    rf"{_ABOUT}(?:(?P<zero>[零〇])|(?:(?P<yi>{_SECTION})亿)?(?:(?P<wan>{_SECTION})万)?(?P<ones>{_SECTION})?)"
    rf"[余多来]?(?P<times>[万亿]?)(?P<after>[余多来]?{_COUNTED})(?:左右|以上)?"
)
# 「三百二」: two, or twenty? 「三百零二」 says it.
_CUT_SHORT = re.compile(rf"[百千万亿]{_DIGIT}(?![十百千万亿])")


def amount_in(text: str, unit: str) -> Decimal | None:
    """The number that ``text`` is, counted in ``unit``; None where there is none, more than one, or two readings.

    「5.5万元」 and 「55000元」 counted in 「万元」 are 5.5. Negative numbers are returned as such (``why_refused``).
    """
    text = _WIDE_COMMA.sub(",", text).translate(_FOLD).strip()
    text = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text)
    unit = unit.translate(_FOLD).strip()
    read = _in_parts(text)
    if read is None:
        if not _TIMES.keys().isdisjoint(unit) and unit in text:
            # What names the unit as it is says no more than the unit does.
            text, unit = text.replace(unit, "", 1), ""
        read = _written(text) or _in_characters(text)
    return _counted_in(unit, *read) if read else None


def why_refused(value: Decimal | None) -> str:
    """What to tell the person about a number that the ledger does not take; empty if it does."""
    if value is None:
        return _("请填数字，可以写“约120”“120余”。")
    if value < 0:
        return _("数值不能为负。")
    if value >= Decimal(10) ** 12 or value != round(value, 2):
        return _("数值过大，或小数超过两位。")
    return ""


def _counted_in(unit: str, number: Decimal, times: int, after: str) -> Decimal | None:
    """``number`` × ``times`` of what ``after`` names, in units that may be multiples themselves (万元)."""
    base = unit.lstrip("".join(_TIMES)) or unit
    multiple = _product(unit[: len(unit) - len(base)])
    # 百分点 and 千分比 are words, not hundreds of something.
    if multiple == 1 or base.startswith("分"):
        return number * times
    names_base = after.lstrip(" 余多来").startswith(base[0])
    if times == 1 and not names_base:
        return number
    if times < multiple and not names_base:
        # 「3千」 in a column of 万元: three thousand, or three thousand times ten thousand?
        return None
    return number * times / multiple


def _product(words: str) -> int:
    product = 1
    for word in words:
        product *= _TIMES[word]
    return product


def _written(text: str) -> tuple[Decimal, int, str] | None:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    number = Decimal(found["number"].replace(",", "") + (found["decimals"] or ""))
    if found["minus"] or "负" in found["before"]:
        number = -number
    return number, _product(found["times"]), found["after"]


def _in_parts(text: str) -> tuple[Decimal, int, str] | None:
    found = _IN_PARTS.fullmatch(text)
    if found is None:
        return None
    parts = [(int(digits), _product(words)) for digits, words in _PART.findall(found["parts"])]
    for (_digits, room), (digits, times) in pairwise(parts):
        if digits * times >= room:
            return None
    # In terms of the first multiple, so that a column of 万元 knows it.
    total, times = sum(digits * times for digits, times in parts), parts[0][1]
    return (Decimal(total) / times, times, found["after"]) if "负" not in found["before"] else None


def _in_characters(text: str) -> tuple[Decimal, int, str] | None:
    found = _IN_CHARACTERS.fullmatch(text)
    if found is None or _CUT_SHORT.search(text):
        return None
    sections = [found["yi"] or "", found["wan"] or "", found["ones"] or ""]
    if not any(sections) and not found["zero"]:
        return None
    total = sum(_section(words) * times for words, times in zip(sections, (10**8, 10**4, 1), strict=True))
    # In terms of the last multiple that was said, as 「3万」 is.
    said = next((times for words, times in ((found["wan"], 10**4), (found["yi"], 10**8)) if words), 1)
    return Decimal(total) / said, said * _product(found["times"]), found["after"]


def _section(words: str) -> int:
    """「二千一百零五」 2105: what stands before 万 or 亿, or alone."""
    total, digit = 0, 0
    for word in words:
        if word in _TIMES:
            # 「十二」 begins without a digit.
            total, digit = total + (digit or 1) * _TIMES[word], 0
        else:
            digit = _DIGITS[word]
    return total + digit
