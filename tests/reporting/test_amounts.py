"""Numbers as people write them, read in the unit of their column; two readings are none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.amounts import amount_in, why_refused


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("120", "120"),
        ("约120", "120"),
        ("120余", "120"),
        ("１２３", "123"),
        ("１，２００", "1200"),
        ("٣", "3"),
        ("1.5万", "15000"),
        ("1,200.5", "1200.5"),
        ("约3万余人次", "30000"),
        ("3余万", "30000"),
        ("1万2千", "12000"),
        ("1万2千余人", "12000"),
        ("1亿2千万", "120000000"),
        ("1千2百", "1200"),
        ("①120场", "120"),
        ("一百二十", "120"),
        ("一百二十余人次", "120"),
        ("约十二场", "12"),
        ("十余次", "10"),
        ("两千多名", "2000"),
        ("一千零五", "1005"),
        ("三万零五百份", "30500"),
        ("三十多万", "300000"),
        ("一亿二千万元", "120000000"),
        ("三万亿元", "3000000000000"),
        ("零", "0"),
        ("〇起", "0"),
        ("-5", "-5"),
        ("负5", "-5"),
    ],
)
def test_numbers_as_people_write_them(written, number):
    assert amount_in(written, "") == Decimal(number)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "无",
        "万",
        "若干",
        "几十",
        "十几人",
        "统一",
        "进一步推进",
        "百分之五",
        "二〇二六",
        "百百",
        "三百二",
        "3万5",
        "2千3万",
        "120-130",
        "120～130",
        "120，130",
        "120、130",
        "3/4",
        "1e5",
        "12:30",
        "2026年12月",
        "1.200,5",
        "12 000",
    ],
)
def test_what_is_no_number_or_more_than_one_is_not_read(written):
    assert amount_in(written, "场") is None


@pytest.mark.parametrize(
    ("written", "unit", "number"),
    [
        ("5.5", "万元", "5.5"),
        ("5.5万元", "万元", "5.5"),
        ("5.5万", "万元", "5.5"),
        ("5.5万元", "元", "55000"),
        ("55000元", "万元", "5.5"),
        ("55,000余元", "万元", "5.5"),
        ("5千万", "万元", "5000"),
        ("5千万元", "万元", "5000"),
        ("3亿", "万元", "30000"),
        ("1亿2千万元", "万元", "12000"),
        ("三千万元", "万元", "3000"),
        ("三千万", "万元", "3000"),
        ("1万2千", "万人次", "1.2"),
        ("3万余人", "万人次", "3"),
        ("35000人", "万人次", "3.5"),
        ("500克", "千克", "0.5"),
        ("5个百分点", "百分点", "5"),
        ("5", "百分点", "5"),
    ],
)
def test_a_column_of_ten_thousands_is_neither_multiplied_nor_left_out(written, unit, number):
    assert amount_in(written, unit) == Decimal(number)


def test_three_thousand_in_a_column_of_ten_thousands_has_two_readings():
    assert amount_in("3千", "万元") is None


@given(st.integers(0, 99_999_999))
def test_every_whole_number_in_characters_is_read(number):
    assert amount_in(in_characters(number), "人") == number


def in_characters(number):
    """The plain way of writing a number below 亿, written here a second time and differently."""
    if number == 0:
        return "零"
    digits, words = "零一二三四五六七八九", ""
    for place, digit in zip(range(7, -1, -1), f"{number:08}", strict=True):
        if digit != "0":
            words += digits[int(digit)] + ["", "十", "百", "千"][place % 4]
        elif words and not words.endswith(("零", "万")):
            words += "零"
        if place == 4 and number >= 10_000:
            words = words.rstrip("零") + "万"
    words = words.rstrip("零")
    # A gap right behind 万 is said as well: 三万零五百.
    head, wan, tail = words.partition("万")
    gap = "零" if wan and tail and not tail.startswith("零") and 0 < number % 10_000 < 1000 else ""
    return head + wan + gap + tail


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (Decimal(0), ""),
        (Decimal("999999999999.99"), ""),
        (None, "请填数字，可以写“约120”“120余”。"),
        (Decimal(-1), "数值不能为负。"),
        (Decimal(10) ** 12, "数值过大，或小数超过两位。"),
        (Decimal("1.005"), "数值过大，或小数超过两位。"),
    ],
)
def test_what_the_ledger_does_not_take_is_said(value, answer):
    assert why_refused(value) == answer
