"""Numbers as Word, browsers and spreadsheets write them in front of a paragraph."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_LEGAL_DIGITS, _LEGAL_UNITS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def chinese_counting(
    value: int, *, digits: str = "零一二三四五六七八九", units: tuple[str, ...] = ("", "十", "百", "千")
) -> str:
    """一、十、十一、二十、一百零一 up to 9999; larger numbers digit by digit."""
    if not 0 < value < 10_000:
        return "".join(digits[int(digit)] if digit.isdigit() else digit for digit in str(value))
    parts: list[str] = []
    places = str(value)
    for position, digit in enumerate(places):
        unit = len(places) - position - 1
        if digit != "0":
            parts.append(digits[int(digit)] + units[unit])
        elif parts and parts[-1] != digits[0] and places[position:].strip("0"):
            parts.append(digits[0])
    text = "".join(parts)
    return text[1:] if text.startswith("一十") and 10 <= value < 20 else text


def ideographs(value: int) -> str:
    """一〇, 二一: digit by digit."""
    return "".join(_DIGITS[int(digit)] if digit.isdigit() else digit for digit in str(value))


def letters(value: int) -> str:
    """a … z, then aa, bb as Word does."""
    return chr(97 + (value - 1) % 26) * min((value - 1) // 26 + 1, 20) if value > 0 else str(value)


def roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    text = ""
    for number, sign in _ROMAN:
        times, value = divmod(value, number)
        text += sign * times
    return text


def full_width(value: int) -> str:
    return str(value).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def circled(value: int) -> str:
    """① … ㊿; beyond, the number in brackets."""
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= value <= last:
            return chr(code + value - first)
    return f"({value})" if value else "⓪"


def _within(first: int, last: int, code: int) -> Callable[[int], str]:
    return lambda value: chr(code + value - first) if first <= value <= last else f"({value})"


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda value: signs[(value - 1) % len(signs)] if value > 0 else str(value)


def _stem_and_branch(value: int) -> str:
    return _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12] if value > 0 else str(value)


def _legal(value: int) -> str:
    return chinese_counting(value, digits=_LEGAL_DIGITS, units=_LEGAL_UNITS)


# w:numFmt of Word's numbering, ECMA-376 part 1, 17.18.59.
WORD_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02}",
    "decimalHalfWidth": str,
    "decimalFullWidth": full_width,
    "decimalFullWidth2": full_width,
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedFullstop": _within(1, 20, 0x2488),
    "decimalEnclosedParen": _within(1, 20, 0x2474),
    "ideographEnclosedCircle": _within(1, 10, 0x3280),
    "chineseCounting": chinese_counting,
    "chineseCountingThousand": chinese_counting,
    "taiwaneseCounting": chinese_counting,
    "taiwaneseCountingThousand": chinese_counting,
    "japaneseCounting": chinese_counting,
    "koreanCounting": chinese_counting,
    "ideographDigital": ideographs,
    "japaneseDigitalTenThousand": ideographs,
    "taiwaneseDigital": ideographs,
    "koreanDigital2": ideographs,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "japaneseLegal": _legal,
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": _stem_and_branch,
    "upperLetter": lambda value: letters(value).upper(),
    "lowerLetter": letters,
    "upperRoman": roman,
    "lowerRoman": lambda value: roman(value).lower(),
    "ordinal": lambda value: f"{value}.",
    "numberInDash": lambda value: f"- {value} -",
    "none": lambda value: "",
}

# list-style-type of CSS and the type attribute of <ol>, with what stands behind the number.
LIST_STYLES: dict[str, tuple[Callable[[int], str], str]] = {
    "decimal": (str, ". "),
    "1": (str, ". "),
    "decimal-leading-zero": (WORD_FORMATS["decimalZero"], ". "),
    "a": (letters, ". "),
    "lower-alpha": (letters, ". "),
    "lower-latin": (letters, ". "),
    "upper-alpha": (WORD_FORMATS["upperLetter"], ". "),
    "upper-latin": (WORD_FORMATS["upperLetter"], ". "),
    "A": (WORD_FORMATS["upperLetter"], ". "),
    "i": (WORD_FORMATS["lowerRoman"], ". "),
    "lower-roman": (WORD_FORMATS["lowerRoman"], ". "),
    "I": (roman, ". "),
    "upper-roman": (roman, ". "),
    "cjk-ideographic": (chinese_counting, "、"),
    "simp-chinese-informal": (chinese_counting, "、"),
    "trad-chinese-informal": (chinese_counting, "、"),
    "cjk-decimal": (ideographs, "、"),
    "simp-chinese-formal": (_legal, "、"),
}
