"""Finding what must never enter the ledger: identity-card, mobile and bank-card numbers.

Sources: GB 11643-1999 (identity numbers: 17 digits and an ISO 7064 MOD 11-2 check character), the mobile numbering
plan (eleven digits that begin with 13 to 19), ISO/IEC 7812 (bank cards: 16 to 19 digits with a Luhn check digit).
The check digits, and the groups in which people write such numbers, are what keeps document numbers, dates, averages
and sums of money from being taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KIND_NAMES = {
    "identity": gettext_lazy("身份证号"),
    "mobile": gettext_lazy("手机号"),
    "bank_card": gettext_lazy("银行卡号"),
}

# Each pattern takes the first digit and looks at the rest without taking it, so that a candidate that turns out to be
# none hides nothing behind it; beginning with a digit lets the search skip everything else at once. A number begins
# where no digit stands before it and ends where none goes on.
_BEGINS = r"(?<!\d\d)"
# Without a check digit to go by, the decimals of an average (45.138123…) must not count.
_BEGINS_ALONE = r"(?<!\d\d)(?<!\d\.\d)"
# But 「1.13812345678」 is a numbered line: decimals after so short a whole part are more than eleven.
_BEGINS_AFTER_AN_ITEM = r"(?<!\d\d)(?<!\d{3}\.\d)"
_ENDS = r"(?!\d|\.\d)"
_S = r"[ \t_\-]{0,2}"
# Birthday and check character make sure of an identity number: it may stand in brackets, or go on in the next line.
_T = r"[ \t_\-/／()（）〔〕\r\n]{0,2}"
_BIRTHDAY = rf"(?:1{_T}9|2{_T}[01])(?:{_T}\d){{2}}{_T}[01]{_T}\d{_T}[0-3]{_T}\d"
_IDENTITY = re.compile(rf"[1-9]{_BEGINS}(?=((?:{_T}\d){{5}}{_T}{_BIRTHDAY}(?:{_T}\d){{3}}{_T}[\dXx]){_ENDS})", re.ASCII)
_OLD_IDENTITY = re.compile(rf"[1-8]{_BEGINS_ALONE}(?=(\d{{5}}{_S}\d{{6}}{_S}\d{{3}}){_ENDS})", re.ASCII)
# Not what goes on with a letter: an identity number that ends in X, an index number. After an item's number (「3.」)
# only what is longer than the decimals that programs write, or stands in groups: 4.5678901234567893 is an average.
_LONGER_THAN_DECIMALS = r"(?<!\D0\.\d)(?<!^0\.\d)\d{16,18}"
_CARD = re.compile(
    rf"[3-69]{_BEGINS_AFTER_AN_ITEM}(?=({_LONGER_THAN_DECIMALS}|(?<!\d\.\d)\d{{15}}"
    rf"|\d{{3}}(?:[ _\-]{{1,2}}\d{{4}}){{3}}(?:[ _\-]{{1,2}}\d{{1,3}})?(?![ _\-]{{1,2}}\d)){_ENDS}(?![A-Za-z]))",
    re.ASCII,
)
# With or without 86; as one number or as people divide it. 「13800000000元」 is a sum.
_MOBILE = re.compile(
    rf"[018]{_BEGINS_AFTER_AN_ITEM}(?:(?<=1)|(?<=8)6{_S}1|(?<=0)086{_S}1)"
    r"(?=([3-9]\d(?:\d{8}|[ ._\-]{1,2}\d{4}[ ._\-]{1,2}\d{4}|[ _\-]{1,2}\d{8}|\d{4}[ _\-]{1,2}\d{4}))"
    rf"{_ENDS}(?!\s?[百千万亿]*元))",
    re.ASCII,
)
_SPACES_AND_DASHES = {ord(character): " " for character in "\u00a0\u1680\u202f\u205f\u3000"}
_SPACES_AND_DASHES |= dict.fromkeys(range(0x2000, 0x200B), " ")
_SPACES_AND_DASHES |= {ord(character): "-" for character in "‐‑‒–—―−﹣－·・"}
_SPACES_AND_DASHES |= {ord("Ｘ"): "X", ord("ｘ"): "x", ord("．"): ".", ord("＿"): "_"}
# Characters without width, which break a number for a search and not for a reader.
_SPACES_AND_DASHES |= dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF), "")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_NO_DIGIT = re.compile(r"[^0-9X]")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# The first digit of a province's code to its second ones.
_PROVINCES = {"1": "12345", "2": "123", "3": "1234567", "4": "123456", "5": "01234", "6": "12345", "7": "1", "8": "123"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One number found: what it seems to be, and as much of it as may be shown back to whoever typed it."""

    kind: str
    masked: str

    def __str__(self) -> str:
        return f"{KIND_NAMES[self.kind]}({self.masked})"


def find_sensitive(text: str) -> list[Finding]:
    """Every identity-card, mobile and bank-card number in ``text``, in its order; full-width digits count too.

    Takes time in proportion to the text, whatever the text is.
    """
    return [finding for _start, _stop, finding in _located(_plain(text))]


def masked(text: str) -> str:
    """``text`` with all but the first and last digits of each such number left out; the text itself if there is none."""
    plain = _plain(text)
    pieces, end = [], 0
    for start, stop, finding in _located(plain):
        pieces += [plain[end:start], finding.masked]
        end = stop
    return "".join([*pieces, plain[end:]]) if pieces else text


def _plain(text: str) -> str:
    """Digit by digit and not by compatibility forms: those would glue a footnote mark (²) or 「①」 to a number."""
    plain = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text)
    return plain.translate(_SPACES_AND_DASHES)


def _located(plain: str) -> Iterator[tuple[int, int, Finding]]:
    """Each number with where it begins and ends."""
    end = 0
    for start, stop, kind, digits in sorted(_candidates(plain), key=lambda one: (one[0], -one[1])):
        # Of two that overlap the first and longer one is the number and the second a part of it.
        if start >= end:
            yield start, stop, Finding(kind, f"{digits[:3]}…{digits[-2:]}")
            end = stop


def _candidates(text: str) -> Iterator[tuple[int, int, str, str]]:
    kinds = (
        (_IDENTITY, "identity", _is_identity),
        (_OLD_IDENTITY, "identity", _is_old_identity),
        (_CARD, "bank_card", _is_bank_card),
        (_MOBILE, "mobile", len),
    )
    for pattern, kind, is_one in kinds:
        for match in pattern.finditer(text):
            start, stop = match.end() - 1, match.end(1)
            found = text[start:stop]
            # A column of figures is not one number, whatever its digits come to.
            if found.count("\n") <= 1 and is_one(digits := _NO_DIGIT.sub("", found.upper())):
                yield start, stop, kind, digits


def _is_identity(digits: str) -> bool:
    return looks_like_identity(digits) and check_character(digits[:17]) == digits[17]


def _is_old_identity(digits: str) -> bool:
    """The fifteen digits of before 1999 have no check digit: the province and the birthday must do."""
    return len(digits) == 15 and digits[1] in _PROVINCES[digits[0]] and _is_birthday("19" + digits[6:12])


def _is_bank_card(digits: str) -> bool:
    # With a birthday in its place it is an identity number, right or wrong, and no card.
    if len(digits) == 18 and looks_like_identity(digits):
        return False
    return (digits[0] != "9" or digits.startswith("9558")) and _passes_luhn(digits)


def looks_like_identity(digits: str) -> bool:
    """Eighteen characters with a birthday where identity numbers have it; the check character is another question."""
    return len(digits) == 18 and digits[:17].isdigit() and _is_birthday(digits[6:14])


def check_character(digits: str) -> str:
    """The eighteenth character that belongs to these seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _CHECKS[total % 11]


def _is_birthday(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1900 <= day.year <= timezone.localdate().year


def _passes_luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# Fields of models in which such a number is no secret of somebody else: one's own mobile number is many a login name.
_OF_ONESELF = {"username", "password"}


def may_hold_numbers_of_people(field: models.Field[Any, Any]) -> bool:
    """Whether people write text of their own into a model's field, which is to be searched before it is stored."""
    return (
        isinstance(field, (models.CharField, models.TextField))
        and not isinstance(field, (models.EmailField, models.SlugField, models.URLField))
        and not field.choices
        and field.name not in _OF_ONESELF
    )


def refuse_sensitive(text: str) -> None:
    """Raise ValidationError where the numbers of people stand in the text: a validator of fields."""
    if findings := find_sensitive(text):
        raise ValidationError(refusal(findings), code="sensitive")


def refusal(findings: list[Finding]) -> str:
    """What to tell the person who typed it."""
    return _("疑似含有%(numbers)s。本系统不得录入个案和个人信息，请删去后再保存。") % {
        "numbers": "、".join(dict.fromkeys(str(finding) for finding in findings))
    }
