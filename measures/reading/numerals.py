"""Widths, Chinese numerals, and the numbers that begin a line of an official paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_OPENING = "〔【［[{｛〖﹝﹙"
_CLOSING = "〕】］]}｝〗﹞﹚"
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord(character): ord("(") for character in _OPENING}
_FOLD |= {ord(character): ord(")") for character in _CLOSING}
# The stars of 「**一、总则**」 are marks of a web copy and no part of the words.
_FOLD |= {
    0x3000: 0x20,
    0xA0: 0x20,
    ord("*"): 0x20,
    ord("＊"): 0x20,
    ord("○"): ord("〇"),
    ord("◯"): ord("〇"),
    ord("﹕"): ord(":"),
}

ZERO_WIDTH = "\ufeff\u200b\u200c\u200d\u2060"
_FOLD |= {ord(character): 0x20 for character in ZERO_WIDTH}

_UNSEEN = dict.fromkeys(map(ord, ZERO_WIDTH + "*＊"))
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "О": 0, "O": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

CN = "一二三四五六七八九十百零〇两"


def fold(text: str) -> str:
    """Full width to half, every kind of bracket to round ones. The length never changes, so offsets hold."""
    return text.translate(_FOLD)


def squeeze(text: str) -> str:
    """Without any white space."""
    return "".join(text.split())


def clean(text: str) -> str:
    """Without white space, stars and characters of no width: a name as printed."""
    return "".join(text.translate(_UNSEEN).split())


def number(text: str) -> int | None:
    """「12」「十二」「一百零五」「二○○八」 to an integer; ``None`` for anything else."""
    text = fold(text.strip())
    if text.isascii() and text.isdigit():
        return int(text[:9])
    if not text or any(character not in _DIGITS and character not in _UNITS for character in text):
        return None
    if not any(character in _UNITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text[:9]))
    total, current = 0, 0
    for character in text:
        if character in _UNITS:
            total += (current or 1) * _UNITS[character]
            current = 0
        else:
            current = _DIGITS[character]
    return total + current


@dataclass(frozen=True, slots=True)
class Label:
    """The number printed at the start of a line.

    ``family`` is the numbering style; numbers of one family count on from each other. ``length`` is how many
    characters of the line it takes. ``component`` is its part of a path, with widths normalised.
    """

    family: str
    value: int | None
    component: str
    length: int


# Zero-width characters and Markdown's marks survive copying from the web; they may stand before a number and belong
# to its label. (They are folded to spaces.)
_LEAD_IN = r" {0,8}(?:&(?:nbsp|emsp|ensp|#160); ?){0,8}(?:#{1,6} *|> *)? {0,4}(?:__)?"
_DIVISION = re.compile(_LEAD_IN + rf"第\s?([{CN}]{{1,7}}|\d{{1,4}})\s?(编|篇|部分|章|节|条)")
_NOT_DIVISION = re.compile(r"(规定|的|第[^。]{1,4}[款项]|[、和至或]第|款|项|所列|所称|之规定|,)")
_CN_COUNT = re.compile(_LEAD_IN + rf"([{CN}]{{1,4}})\s{{0,2}}[、.](?!\d)")
_CN_PAREN = re.compile(_LEAD_IN + rf"\(\s?([{CN}]{{1,4}})\s?\)\s?[、.]?")
_CN_HALF_PAREN = re.compile(_LEAD_IN + rf"([{CN}]{{1,3}})\)")
_COUNT = re.compile(_LEAD_IN + r"(\d{1,3})\s?\\?[.、](?!\d)")
_COUNT_BEFORE_YEAR = re.compile(_LEAD_IN + r"(\d{1,2})[.、](?=(?:19|20)\d\d\s?[年—-]|\d{1,2}\s?月)")
_DECIMAL = re.compile(
    _LEAD_IN + r"(\d{1,2}(?:\.\d{1,2}){1,4})[.、]?(?!\d)(?!\s?[%‰亿万千百元吨米倍℃]|[个人名次年月日公平立级度版GMK])"
)
_PAREN = re.compile(_LEAD_IN + r"\(\s?(\d{1,3})\s?\)\s?[、.]?")
_HALF_PAREN = re.compile(_LEAD_IN + r"(\d{1,3})\s?\)")
_ALPHA = re.compile(_LEAD_IN + r"([A-Za-z])\s?[.)、](?![A-Za-z\d])")
_ROMAN = re.compile(_LEAD_IN + r"([\u2160-\u216b])\s?[.、]")
_BOX = re.compile(_LEAD_IN + rf"专栏\s?(\d{{1,2}}|[{CN}]{{1,3}})(?=[\s:.、]|[^\x00-\x7f、,。;和至的所中])\s?[:.、]?")
_BULLETS = "•●■◆▪◇□★☆※➢►▶▲△◎⚫·∙‧✓√"
_DASH = re.compile(_LEAD_IN + rf"(?:[—―–─-]{{2,4}}|[—―–─{_BULLETS}](?=\s*[^\s\d])|-(?=\s+[^\s\d]))|\*(?=\s+[^\s\d*])")
_ENUMERATED = {
    **{chr(0x3220 + i): ("(cn)", i + 1) for i in range(10)},
    **{chr(0x3280 + i): ("(cn)", i + 1) for i in range(10)},
    **{chr(0x2474 + i): ("(n)", i + 1) for i in range(20)},
    **{chr(0x2488 + i): ("n", i + 1) for i in range(20)},
    **{chr(0x2460 + i): ("circled", i + 1) for i in range(20)},
    **{chr(0x3251 + i): ("circled", i + 21) for i in range(15)},
    **{chr(0x2776 + i): ("circled", i + 1) for i in range(10)},
}
_MAY_LEAD = frozenset(ZERO_WIDTH + "*＊")
_STARS = re.compile(r"\s*\*{1,3}\s*(?=\S)")
_CN_ONES = "一二三四五六七八九十"
_DIVISION_FAMILY = {"编": "part", "篇": "part", "部分": "part", "章": "chapter", "节": "division", "条": "article"}
_STARTERS = (
    frozenset(CN + "第专(0123456789—―–─-#>_& " + _BULLETS)
    | frozenset(_ENUMERATED)
    | frozenset(chr(code) for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0x2160, 0x216C)))
)

PAGE_NUMBER = re.compile(
    r"[—―–─\-·~\s]*(?:第\s*)?\d{1,3}\s*(?:页)?(?:[\s,]*[/共]\s*共?\s*\d{1,3}\s*页?)?[—―–─\-·~\s]*\Z|"
    r"第\s*[一二三四五六七八九十百]{1,4}\s*页\Z|Page\s*\d{1,3}(?:\s*of\s*\d{1,3})?\Z"
)


def match_label(line: str) -> Label | None:
    """The label at the start of a stripped line, or ``None``. Says nothing of whether the number fits in."""
    label = _match_label(line)
    if label is not None and "*" in line[label.length : label.length + 4]:
        # 「1. **开展宣传。**」: the stars before the words go with the number.
        stars = _STARS.match(line, label.length)
        return replace(label, length=stars.end()) if stars else label
    return label


def _match_label(line: str) -> Label | None:
    if not line or fold(line[0]) not in _STARTERS:
        return None
    head = fold(line[:40])
    if head[0] == " " and line[0] not in _MAY_LEAD:
        return None
    if enumerated := _ENUMERATED.get(line[0]):
        family, value = enumerated
        follows = 2 if head[1:2] in {".", "、"} else 1
        widths = {"(cn)": f"({_CN_ONES[(value - 1) % 10]})", "(n)": f"({value})", "n": str(value)}
        return Label(family, value, widths.get(family, line[0]), follows)
    if found := _DIVISION.match(head):
        family = _DIVISION_FAMILY[found[2]]
        if _NOT_DIVISION.match(head, found.end()):
            return None
        return Label(family, number(found[1]), f"第{found[1]}{found[2]}", found.end())
    if (found := _CN_PAREN.match(head)) is not None:
        return Label("(cn)", number(found[1]), f"({found[1]})", found.end())
    if (found := _PAREN.match(head)) is not None:
        return Label("(n)", number(found[1]), f"({int(found[1])})", found.end())
    if (found := _CN_COUNT.match(head)) is not None:
        return Label("cn", number(found[1]), found[1], found.end())
    if (found := _COUNT.match(head) or _COUNT_BEFORE_YEAR.match(head)) is not None:
        return Label("n", number(found[1]), str(int(found[1])), found.end())
    if (found := _DECIMAL.match(head)) is not None:
        parts = found[1].split(".")
        return Label(f"decimal{len(parts)}", int(parts[-1]), found[1], found.end())
    if (found := _HALF_PAREN.match(head) or _CN_HALF_PAREN.match(head)) is not None:
        family = "n)" if found[1].isascii() else "cn)"
        return Label(family, number(found[1]), f"{found[1]})", found.end())
    if (found := _BOX.match(head)) is not None:
        return Label("box", number(found[1]), f"专栏{found[1]}", found.end())
    if (found := _ALPHA.match(head)) is not None:
        letter = found[1]
        return Label("A" if letter.isupper() else "a", ord(letter.lower()) - 96, letter, found.end())
    if (found := _ROMAN.match(head)) is not None:
        return Label("roman", ord(found[1]) - 0x215F, found[1], found.end())
    star = line.startswith("*") and not line.startswith("**") and line[1:2].isspace()
    if (found := _DASH.match("*" + head[1:] if star else head)) is not None and head[found.end() :].strip():
        mark = re.sub(r"&\w+;|[#> _]", "", found[0])
        component = "——" if mark[0] in "—―–─-" else mark[0]
        return Label("dash" if component == "——" else f"bullet{mark[0]}", None, component, found.end())
    return None
