"""Breaking a title into lines: words stay whole, lines are about equally long."""

from __future__ import annotations

import re

from .characters import width

# 2号 on a line of 156 mm.
WIDEST = 20.0
WIDEST_OF_MASTHEAD = 15.0
# What it costs to end a line at a place, beside what uneven lines cost.
_BEST, _GOOD, _WORD_EDGE, _ANYWHERE, _INSIDE, _NEVER = 0.0, 6.0, 10.0, 14.0, 60.0, 1000.0
_EVENNESS = 0.1
_MOST_LINES = 5
_BEFORE = ("关于", "报送", "开展", "予以", "贯彻", "落实", "反拐")
_BEHIND = "、》）年度会局委府室院"
_NOT_FIRST, _NOT_LAST = "、》）的，。：年度", "《（〔对"
_WORDS = re.compile(
    r"[0-9A-Za-z〇]+年度?|第?[0-9A-Za-z.]+[次号期个]?|〔\d{4}〕\d+号|《[^》]{1,14}》|"
    r"联席会议|办公室|委员会|领导小组|人民政府|打击|拐卖|妇女|儿童|犯罪|反拐|反对|人口|工作|年度|情况|报告|通知书|通知|通报|"
    r"纪要|评估|成员|单位|挂牌|督办|警示|解除|表扬|批评|行动|计划|实施|细则|进展|落实|专题|会议|市级|区县|人力|资源|社会|"
    r"保障|公安|民政|教育|检察院|法院|管理|卫生|健康|住房|城乡|建设|文化|旅游|发展|改革|委员|自治区|自治州|自治县|"
    r"数据|统计|条款|完成|先进|集体|个人|名单|存在|问题|整改|意见|方案|年终|阶段性|终期|汇总|执行"
)


def masthead_lines(masthead: str) -> tuple[str, ...]:
    """The lines of 发文机关标志, which is set in larger type; none if there is none."""
    return title_lines(masthead, widest=WIDEST_OF_MASTHEAD) if masthead.strip() else ()


def title_lines(title: str, *, widest: float = WIDEST) -> tuple[str, ...]:
    """The lines of a title. Where it has line breaks itself, these count and no others; a very long one stays whole."""
    if "\n" in title:
        return tuple(line.strip() for line in title.split("\n") if line.strip())
    title = title.strip()
    fewest = max(int(-(-width(title) // WIDEST)), 1)
    for count in range(fewest, _MOST_LINES + 1):
        if (found := _set(title, count, widest)) is not None:
            return found
    return (title,)


def _set(title: str, count: int, widest: float) -> tuple[str, ...] | None:
    """The title in so many lines, set as cheaply as can be; ``None`` if they do not suffice."""
    costs = _costs(title)
    even = width(title) / count
    # For every place of the title: the cheapest lines that end there.
    cheapest: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for number in range(1, count + 1):
        ends = (len(title),) if number == count else tuple(costs)
        following: dict[int, tuple[float, tuple[str, ...]]] = {}
        for start, (so_far, lines) in cheapest.items():
            for end in ends:
                line = title[start:end]
                if end <= start or width(line) > widest:
                    continue
                cost = so_far + costs.get(end, 0.0) + _EVENNESS * (width(line) - even) ** 2
                if end not in following or cost < following[end][0]:
                    following[end] = (cost, (*lines, line))
        cheapest = following
    found = cheapest.get(len(title))
    return found[1] if found else None


def _costs(title: str) -> dict[int, float]:
    """What a line end costs, by its place."""
    costs = dict.fromkeys(range(1, len(title)), _ANYWHERE)
    for word in _WORDS.finditer(title):
        for edge in (word.start(), word.end()):
            if costs.get(edge) == _ANYWHERE:
                costs[edge] = _WORD_EDGE
        costs |= dict.fromkeys(range(word.start() + 1, word.end()), _INSIDE)
    for place, cost in costs.items():
        if title[place] in _NOT_FIRST or title[place - 1] in _NOT_LAST:
            costs[place] = _NEVER
        elif cost < _INSIDE and title.startswith("关于", place):
            costs[place] = _BEST
        elif cost < _INSIDE and (title.startswith(_BEFORE, place) or title[place - 1] in _BEHIND):
            costs[place] = _GOOD
    return costs
