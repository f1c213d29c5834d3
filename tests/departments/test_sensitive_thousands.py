"""A thousand made-up numbers of people in all spellings are found, and a thousand numbers of offices are not."""

import random
from datetime import date, timedelta

import pytest

from departments.sensitive import find_sensitive
from tests.departments.test_sensitive import FULL_WIDTH

# Seeded: the same numbers in every run.
RANDOM = random.Random(20261230)
_NOBODY = random.Random(110)


def digits(number, among=RANDOM):
    return "".join(among.choice("0123456789") for _place in range(number))


def checked_by(rule, begin):
    """``begin`` and the one character behind it that makes the rule hold."""
    return next(begin + last for last in "0123456789X" if rule(begin + last))


def holds_mod_11_2(number):
    # The check character makes the weighted sum 1 modulo 11 (GB 11643, ISO 7064).
    values = [10 if character == "X" else int(character) for character in number]
    return sum(value * pow(2, 17 - place, 11) for place, value in enumerate(values)) % 11 == 1


def holds_luhn(number):
    if not number.isdigit():
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def identity():
    region = RANDOM.choice(("110101", "310115", "440304", "500103", "500235", "650102", "131082"))
    birthday = date(1935, 1, 1) + timedelta(days=RANDOM.randrange(33_000))
    return checked_by(holds_mod_11_2, f"{region}{birthday:%Y%m%d}{digits(3)}")


def mobile():
    return f"1{RANDOM.choice('3456789')}{digits(9)}"


def card():
    length = RANDOM.choice((16, 19))
    return checked_by(holds_luhn, RANDOM.choice(("62", "4", "51", "35")).ljust(6, "2") + digits(length - 7))


def grouped(number, *sizes, between):
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    return between.join(part for part in [*parts, number[place:]] if part)


BETWEEN = (" ", "-", "—", "－", "\u00a0", "\u3000", "_")
SPELLINGS = {
    "identity": (
        str,
        str.lower,
        lambda number: number.translate(FULL_WIDTH),
        lambda number: grouped(number, 6, 8, between=RANDOM.choice(BETWEEN)),
        lambda number: grouped(number, 6, 4, 4, between=RANDOM.choice(BETWEEN)),
        lambda number: " ".join(number),
        lambda number: "\u200b".join(number),
    ),
    "mobile": (
        str,
        lambda number: number.translate(FULL_WIDTH),
        lambda number: grouped(number, 3, 4, between=RANDOM.choice(BETWEEN)),
        lambda number: f"+86 {number}",
        lambda number: f"0086-{number}",
        lambda number: "\u200b".join(number),
    ),
    "bank_card": (
        str,
        lambda number: number.translate(FULL_WIDTH),
        lambda number: grouped(number, 4, 4, 4, 4, between=RANDOM.choice(BETWEEN)),
    ),
}
MADE_BY = {"identity": identity, "mobile": mobile, "bank_card": card}
AROUND = (
    "{0}",
    "号码{0}。",
    "（{0}）",
    "张某，{0}，女",
    "1\t{0}\t2026",
    # The number of an item: a card of sixteen digits behind it cannot be told from an average.
    "3.{0}",
    "编号：{0}；2026年12月15日",
    "第一行\n{0}\n第三行",
    "{0}已由市救助站安置",
)


def people():
    """A thousand (kind, text), every spelling of every kind many times."""
    for place in range(1000):
        kind = list(MADE_BY)[place % 3]
        number, spell = MADE_BY[kind](), SPELLINGS[kind][place // 3 % len(SPELLINGS[kind])]
        text = AROUND[place % len(AROUND)].format(spell(number))
        yield kind, text.removeprefix("3.") if len(number) == 16 else text


@pytest.mark.parametrize("decimals", ["0.30000000000000004", "0.6222021234567891", "3.6222021234567890"])
def test_decimals_of_programs_are_no_cards(decimals):
    assert find_sensitive(decimals) == []


def test_a_thousand_numbers_of_people_are_found_whatever_their_spelling():
    made = list(people())

    missed = [(kind, text) for kind, text in made if [one.kind for one in find_sensitive(text)] != [kind]]

    assert len(made) == 1000
    assert missed == []


def sum_of_money(rng):
    amount = rng.randrange(10**3, 10**12)
    return rng.choice((f"{amount:,}元", f"{amount / 100:.2f}万元", f"{amount}元", f"{amount / 7:.13f}"))


def calendar(rng):
    day = date(2000, 1, 1) + timedelta(days=rng.randrange(12_000))
    text = rng.choice(("%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d%H%M", "%Y-%m-%d 09:30:00"))
    return rng.choice((f"{day:{text}}", f"{day:%Y%m%d}-{day:%Y%m%d}", f"自{day:%Y-%m-%d}至{day:%Y-%m-%d}"))


def document_number(rng):
    year, number = rng.randrange(1990, 2031), rng.randrange(1, 99999)
    return rng.choice(
        (
            f"渝府办发〔{year}〕{number}号",
            f"索引号 1150024270{number:05}M/{year}-{number:05}",
            f"发文字号：公通字[{year}]{number}号",
            f"条款七（{number % 9 + 1}）第{number}项",
            f"GB/T {number % 40000}-{year}",
        )
    )


def code(rng):
    return rng.choice(
        (
            f"区划代码{rng.choice(('500000', '500235', '110101', '650100'))}",
            f"邮编{digits(6, rng)}",
            f"固话023-6{digits(7, rng)}",
            f"热线{rng.choice(('110', '12338', '12345', '400-810-1234'))}",
            f"ISBN 978-7-{digits(3, rng)}-{digits(5, rng)}-6",
            f"统一社会信用代码11{digits(6, rng)}MB{digits(7, rng)}X",
            f"sha256 {rng.getrandbits(256):064x}",
            f"第{digits(4, rng)}页共{digits(3, rng)}页",
            f"人次 {rng.randrange(10**5)}、{rng.randrange(10**6)}、{rng.randrange(10**4)}",
        )
    )


@pytest.mark.parametrize("make", [sum_of_money, calendar, document_number, code])
def test_two_hundred_and_fifty_numbers_of_each_kind_of_office_work_are_left_alone(make):
    made = [AROUND[place % len(AROUND)].format(make(_NOBODY)) for place in range(250)]

    assert [text for text in made if find_sensitive(text)] == []
