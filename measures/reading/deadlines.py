"""When something falls due: 「每年12月15日前」, 「2022年6月底」, 「每半年」, 「长期坚持」."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace

from .numerals import fold, number, squeeze
from .results import Recurrence

_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_MONTH_DAY = rf"{_N}月{_N}日"
_BY = r"(之?前|以前)?"
_END = r"(月?底|末|上旬|中旬|下旬)"
_YEARLY = r"(?:每一?年(?:度)?(?:的|于|在)?|按年(?:度)?于?)"
_NEXT = r"(?:次年|翌年|来年|下一?年度?|第二年|转年)(?:的|于|在)?"
_AND = r"(?:[、和及与或]|以及)(?:每年)?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("two_dates", re.compile(rf"{_YEARLY}{_MONTH_DAY}{_BY}{_AND}{_MONTH_DAY}{_BY}")),
    ("two_months", re.compile(rf"{_YEARLY}{_N}月{_END}?{_BY}{_AND}{_N}月{_END}?{_BY}")),
    ("next_date", re.compile(rf"{_NEXT}{_MONTH_DAY}{_BY}")),
    ("next_month", re.compile(rf"{_NEXT}{_N}月(?:份)?{_END}?{_BY}")),
    ("next_year", re.compile(rf"{_NEXT}(?:年初|初|第?一季度)(?:之?前)?")),
    ("annual_date", re.compile(rf"{_YEARLY}{_MONTH_DAY}{_BY}")),
    ("annual_month", re.compile(rf"{_YEARLY}{_N}月(?:份)?{_END}?{_BY}")),
    ("annual_quarter", re.compile(rf"{_YEARLY}第?([一二三四1-4])季度(?:末|底)?(?:之?前)?")),
    ("annual_half", re.compile(rf"{_YEARLY}(上|下)半年(?:之?前|内|底)?(?![、和及与]?[上下])")),
    ("annual_end", re.compile(r"(?:每年(?:度)?|按年度)(?:年底|年末|年终|底|末)(?:之?前)?")),
    (
        "after_year",
        re.compile(rf"(?:每?年度?(?:结束|终了|完结)后|每年年初|每年初)(?:的?{_N}(?:个)?(?:工作)?[日天月]内?)?"),
    ),
    (
        "half_yearly",
        re.compile(r"每半年|半年(?:开展|召开|报送|进行)?(?:一|1)次|每年上半年[、和及与]?下半年|每年[上下]半年各"),
    ),
    (
        "quarterly_day",
        re.compile(
            rf"每(?:个)?季度?(?:的)?(?P<which>末月|最后一?个?月|末|首月|第一个月|第1个月|次月|后|结束后|过后|终了后)?(?:的)?{_N}(?:个)?(?:工作)?[日天](之?前|以前|内)?"
        ),
    ),
    ("quarterly", re.compile(r"每(?:个)?季度?(?:末|底)?(?:之?前)?|按季度?|季度(?:开展|召开|报送)?(?:一|1)次")),
    ("next_month_day", re.compile(rf"(?:每月)?(?:次月|下月){_N}日{_BY}")),
    ("monthly_day", re.compile(rf"每(?:个)?月(?:的)?{_N}日{_BY}")),
    ("monthly", re.compile(r"每(?:个)?月(?:底|末)?(?:之?前)?|按月")),
    ("many_years", re.compile(rf"每隔?{_N}年")),
    ("once_date", re.compile(rf"((?:19|20)\d\d)年{_MONTH_DAY}{_BY}")),
    ("once_month", re.compile(rf"((?:19|20)\d\d)年{_N}月(?:份)?(底|末)?{_BY}")),
    (
        "once_year",
        re.compile(
            r"(?:到|至|在|于)?((?:19|20)\d\d)年(?:年?底|年?末|底|末)(?:之?前)?|(?:到|至)((?:19|20)\d\d)年(?!起|以来|以后)"
        ),
    ),
    ("this_date", re.compile(rf"(?<![年\d一二三四五六七八九十]){_MONTH_DAY}(之?前|以前)")),
    ("this_month", re.compile(rf"(?<![年\d一二三四五六七八九十]){_N}月(?:份)?(?:底|末)(?:之?前|以前)")),
    ("this_year", re.compile(r"(?<![每\d])(?:[今本当]年(?:度)?(?:年?底|年?末)|(?<!年)年底|(?<!年)年末)(?:之?前|以前)")),
    ("in_year", re.compile(r"((?:19|20)\d\d)年(?=(?:适时|再次|组织|开展|进行|实施|启动|对|召开))")),
    ("relative", re.compile(rf"(?:印发|下发|发布)(?:之日)?(?:起|后){_N}(?:个)?(?:工作)?[日天月]内?")),
    ("annual", re.compile(r"每(?:一)?年度?|年度内|一年一次|按年度")),
    ("continuing", re.compile(r"长期坚持|持续推进|常态化")),
)
_TIMES = re.compile(
    rf"(至少|不少于|不得少于|不低于)?[^,，。]{{0,12}}?{_N}(?:[-—~至到]{_N})?次(以上)?|(?:召开|开展|组织|进行)(?:一)?次"
)
_IN_FORCE = re.compile(r"(?:起|开始)(?:实施|施行|执行|生效)|以来|同比|比.{1,8}(?:增长|提高|下降)")
_DUE_YEAR = re.compile(
    r"(?P<first>(?:19|20)\d\d)年?[-—–―~至到](?P<last>(?:19|20)\d\d)年?|(?P<from>(?:19|20)\d\d)年(?:\d{1,2}月)?(?:开始|起)|"
    r"(?P<year>(?:19|20)\d\d)(?:年|[-./])(?:(?P<month>\d{1,2})(?:月|[-./](?P<day>\d{1,2})|(?!\d))|第?(?P<quarter>[一二三四])季度|(?P<half>[上下])半年)?"
)
_CONTINUING = re.compile(r"长期|持续|常年|常态|全年|全程|始终|经常|坚持|贯穿")
_AT_ONCE = re.compile(r"立即|立行立改|即知即改|即时|即日|随时|适时|及时|视情|根据需要")
# In a column of deadlines 「12月底」 is as good as 「12月底前」.
_BARE = re.compile(rf"(?P<date>{_N}月{_N}日|{_N}月份?(?:底|末)|年底|年末)|(?P<month>{_N}月)份?(?:内|完成)?")
_PERIOD_START = {"首月", "第一个月", "第1个月"}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One phrase's date or dates; ``doubt`` says what of it the contract of ``Recurrence`` cannot hold."""

    recurrences: tuple[Recurrence, ...]
    start: int = 0
    end: int = 0
    doubt: str = ""

    @property
    def first(self) -> Recurrence:
        return self.recurrences[0]


def find_deadline(phrase: str, year: int | None = None) -> Deadline | None:
    """The first deadline of a folded phrase without white space. ``year`` is that of a plan for one year only."""
    if _IN_FORCE.search(phrase):
        return None
    for kind, pattern in _PATTERNS:
        if (found := pattern.search(phrase)) and (read := _read(kind, found, phrase, year)):
            recurrences, doubt = read
            return Deadline(tuple(recurrences), found.start(), found.end(), doubt)
    return None


def read_due(text: str, year: int | None = None) -> Deadline | None:
    """What stands after 「完成时限：」, or in a bracket beside the units: a date even without 前."""
    folded = squeeze(fold(text))
    found = find_deadline(folded, year)
    if found and found.first.type not in {"annual", "continuing"}:
        return found
    if stated := _DUE_YEAR.search(folded):
        if stated["from"]:
            return Deadline((Recurrence("continuing"),))
        at = int(stated["year"] or stated["last"])
        if stated["half"]:
            month = 6 if stated["half"] == "上" else 12
        else:
            month = 3 * (number(stated["quarter"]) or 4) if stated["quarter"] else int(stated["month"] or 12)
        day = int(stated["day"] or 0)
        if 1 <= month <= 12 and day <= 31:
            return Deadline((_once(at, month, day),))
    if found:
        return found
    if bare := _BARE.fullmatch(folded):
        return find_deadline(f"{bare['date'] or bare['month'] + '底'}前", year)
    if _CONTINUING.search(folded):
        return Deadline((Recurrence("continuing"),))
    if _AT_ONCE.search(folded):
        return Deadline((Recurrence("event"),))
    return None


def _once(year: int, month: int, day: int) -> Recurrence:
    length = monthrange(year, month)[1]
    return Recurrence("once", year=year, month=month, day=min(day or length, length), includes_day=True)


def _read(kind: str, found: re.Match[str], phrase: str, year: int | None) -> tuple[list[Recurrence], str] | None:
    groups = found.groups()
    numbers = [number(group) if group else None for group in groups]
    times, at_least = _times(phrase, found.end())
    match kind:
        case "two_dates":
            (month, day), (other_month, other_day) = numbers[0:2], numbers[3:5]
            if not _exists(month, day) or not _exists(other_month, other_day):
                return None
            by = True if groups[2] or groups[5] else None
            if {month, other_month} == {6, 12} and (day == other_day or {day, other_day} == {30, 31}):
                return [Recurrence("half_yearly", day=max(day or 0, other_day or 0), includes_day=by)], ""
            return [
                Recurrence("annual", month=month, day=day, includes_day=by),
                Recurrence("annual", month=other_month, day=other_day, includes_day=by),
            ], ""
        case "two_months":
            one = _month("annual", numbers[0], groups[1] or groups[4], groups[2] if groups[1] else groups[5])
            two = _month("annual", numbers[3], groups[4] or groups[1], groups[5])
            if one is None or two is None:
                return None
            if {one.month, two.month} == {6, 12} and (one.day or 0) >= 30 and (two.day or 0) >= 30:
                return [Recurrence("half_yearly", day=31, includes_day=True)], ""
            return [one, two], ""
        case "next_date" | "annual_date":
            if not _exists(numbers[0], numbers[1]):
                return None
            by = True if groups[2] else None
            return [Recurrence("annual", month=numbers[0], day=numbers[1], includes_day=by)], _next(kind, found[0])
        case "next_month" | "annual_month":
            one = _month("annual", numbers[0], groups[1], groups[2])
            if one and at_least and times:
                one = replace(one, type="at_least", times=times)
            return ([one], _next(kind, found[0])) if one else None
        case "next_year":
            return [Recurrence("annual")], _next(kind, found[0])
        case "annual_quarter":
            month = 3 * (numbers[0] or 1)
            return [Recurrence("annual", month=month, day=_last_day(month), times=times, includes_day=True)], ""
        case "annual_half":
            month = 6 if groups[0] == "上" else 12
            return [Recurrence("annual", month=month, day=_last_day(month), times=times, includes_day=True)], ""
        case "annual_end":
            return [Recurrence("annual", month=12, day=31, includes_day=True)], ""
        case "after_year":
            return [Recurrence("annual")], f"「{found[0]}」没有写明月、日"
        case "half_yearly":
            return [Recurrence("half_yearly", times=times)], ""
        case "quarterly_day":
            which = found["which"] or ""
            day = numbers[1]
            by = True if groups[2] else None
            if which in _PERIOD_START:
                doubt = f"「{found[0]}」指每季度首月，请填写各季度的日期"
                return [Recurrence("quarterly", month=1, day=day, includes_day=by)], doubt
            if which.endswith("后") or which == "次月" or "工作" in found[0]:
                return [Recurrence("quarterly")], f"「{found[0]}」不在当季之内，请填写各季度的日期"
            return [Recurrence("quarterly", day=day, includes_day=by)], ""
        case "next_month_day":
            doubt = f"「{found[0]}」指下一个月，请核对各月的日期"
            return [Recurrence("monthly", day=numbers[0], includes_day=True if groups[1] else None)], doubt
        case "monthly_day":
            return [Recurrence("monthly", day=numbers[0], includes_day=True if groups[1] else None)], ""
        case "quarterly" | "monthly":
            if at_least and times and times > 1:
                return [Recurrence(kind, times=times)], ""
            ends = True if "底" in found[0] or "末" in found[0] else None
            return [Recurrence(kind, day=31 if ends else None, times=times, includes_day=ends)], ""
        case "many_years":
            if numbers[0] == 1:
                return [Recurrence("at_least" if at_least else "annual", times=times)], ""
            return [Recurrence("event")], f"「{found[0]}」一次，请确定在哪些年份"
        case "annual":
            return [Recurrence("at_least" if at_least else "annual", times=times)], ""
        case "continuing":
            return [Recurrence("continuing")], ""
        case _:
            once = _read_once(kind, found, numbers, year)
            doubt = f"「{found[0]}」没有写明年份" if once and kind.startswith("this") and once.year is None else ""
            return ([once], doubt) if once else None


def _read_once(kind: str, found: re.Match[str], numbers: list[int | None], year: int | None) -> Recurrence | None:
    groups = found.groups()
    if kind == "once_date" or kind == "this_date":
        month, day = numbers[-3:-1]
        if not _exists(month, day):
            return None
        at = int(groups[0]) if kind == "once_date" else year
        return Recurrence("once", year=at, month=month, day=day, includes_day=True if groups[-1] else None)
    if kind == "once_month":
        month, at = numbers[1], int(groups[0])
        if not _exists(month, 1) or not (groups[2] or groups[3]):
            return None
        if groups[3] and not groups[2]:
            at, month = (at, (month or 1) - 1) if (month or 1) > 1 else (at - 1, 12)
        return _once(at, month or 1, 0)
    if kind == "once_year":
        return Recurrence("once", year=int(groups[0] or groups[1]), month=12, day=31)
    if kind == "in_year":
        return Recurrence("once", year=int(groups[0]))
    if kind == "this_month":
        month = numbers[0]
        if not _exists(month, 1):
            return None
        return Recurrence("once", year=year, month=month, day=_last_day(month or 1), includes_day=True)
    if kind == "this_year":
        return Recurrence("once", year=year, month=12, day=31, includes_day=True)
    return Recurrence("once")


def _times(phrase: str, position: int) -> tuple[int | None, bool]:
    """How many times a year (or month …), and whether at least so many."""
    found = _TIMES.search(phrase, position)
    if not found:
        return None, False
    return (number(found[2]) if found[2] else 1), bool(found[1] or found[3] or found[4])


def _month(kind: str, month: int | None, part: str | None, by: str | None) -> Recurrence | None:
    if not month or not _exists(month, 1):
        return None
    if part is None and by:
        # 「12月前」 leaves December out.
        month = month - 1 or 12
        return Recurrence(kind, month=month, day=_last_day(month), includes_day=True)
    if part is None:
        return Recurrence(kind, month=month)
    day = {"上旬": 10, "中旬": 20}.get(part, _last_day(month))
    return Recurrence(kind, month=month, day=day, includes_day=True)


def _next(kind: str, words: str) -> str:
    return f"「{words}」在次年，请确认是哪一年度的期限" if kind.startswith("next") else ""


def _exists(month: int | None, day: int | None) -> bool:
    return bool(month and day and 1 <= month <= 12 and 1 <= day <= monthrange(2024, month)[1])


def _last_day(month: int) -> int:
    # A day that every year has: February ends on the 28th here.
    return monthrange(2023, month)[1]
