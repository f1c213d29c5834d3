"""Numbers of people are found however they are written; other numbers are left alone."""

import random
import time
from datetime import date, timedelta

import pytest

from departments.sensitive import find_sensitive, refusal

# Seeded: the same numbers in every run. Made up by the rules of GB 11643 and of Luhn, here and not by our code.
RANDOM = random.Random(20261215)


def identity_number():
    region = RANDOM.choice([11, 13, 21, 31, 42, 50, 51, 53, 62, 65]) * 10_000 + RANDOM.randrange(100, 9999)
    birthday = date(1930, 1, 1) + timedelta(days=RANDOM.randrange(35_000))
    digits = f"{region}{birthday:%Y%m%d}{RANDOM.randrange(1000):03}"
    # ISO 7064 MOD 11-2, step by step.
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 2 % 11
    return digits + "0123456789X"[(12 - remainder) % 11]


def bank_card(length, seed=0):
    digits = "62" + "".join(str(random.Random(f"{seed}/{place}").randrange(10)) for place in range(length - 3))
    for check in "0123456789":
        doubled = sum(sum(divmod(int(d) * (1 + (place % 2)), 10)) for place, d in enumerate(reversed(digits + check)))
        if doubled % 10 == 0:
            return digits + check
    raise AssertionError


IDENTITIES = [identity_number() for _number in range(1000)]
FULL_WIDTH = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")


def kinds(text):
    return [finding.kind for finding in find_sensitive(text)]


WRITINGS = {
    "alone": "{0}",
    "in a sentence": "受害人（身份证号{0}）已由市救助站安置。",
    "after a number of a line": "1.{0}",
    "beside a year": "2026 {0} 2027",
    "between full stops": "其号码为{0}。2026年建档",
    "in a table": "1\t张某\t{0}\t女",
    "beside letters": "ID{0}号",
}


@pytest.mark.parametrize("writing", list(WRITINGS))
def test_all_of_a_thousand_identity_numbers_are_found(writing):
    missed = [number for number in IDENTITIES if kinds(WRITINGS[writing].format(number)) != ["identity"]]

    assert missed == []


CHANGES = {
    "lower case": str.lower,
    "full width": lambda number: number.translate(FULL_WIDTH),
    "three groups": lambda number: f"{number[:6]} {number[6:14]} {number[14:]}",
    "groups of four": lambda number: " ".join(number[place : place + 4] for place in range(0, 18, 4)),
    "dashes": lambda number: f"{number[:6]}-{number[6:14]}-{number[14:]}",
    "long dashes": lambda number: f"{number[:6]}—{number[6:14]}－{number[14:]}",
    "spaces everywhere": lambda number: " ".join(number),
    "spaces that do not break": lambda number: f"{number[:6]}\u00a0{number[6:14]}\u3000{number[14:]}",
    "brackets": lambda number: f"{number[:6]}（{number[6:14]}）{number[14:]}",
    "slashes": lambda number: f"{number[:6]}/{number[6:14]}/{number[14:]}",
    "over the end of a line": lambda number: f"{number[:11]}\n{number[11:]}",
    "over the end of a line of Windows": lambda number: f"{number[:17]}\r\n{number[17:]}",
    "marks without width": lambda number: "\u200b".join(number),
    "half full width": lambda number: number[:9] + number[9:].translate(FULL_WIDTH),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_identity_numbers_are_found_however_they_are_written(change):
    missed = [number for number in IDENTITIES if kinds(f"号码{CHANGES[change](number)}，女") != ["identity"]]

    assert missed == []


def test_many_numbers_in_one_text_are_found_in_their_order():
    text = "；".join(f"第{place}人 {number}" for place, number in enumerate(IDENTITIES, 1))

    found = find_sensitive(text)

    assert [finding.masked for finding in found] == [f"{number[:3]}…{number[-2:]}" for number in IDENTITIES]


def test_numbers_side_by_side_are_all_found():
    assert kinds("13812345678 13912345678") == ["mobile", "mobile"]
    assert kinds(f"{IDENTITIES[0]} 13812345678") == ["identity", "mobile"]
    assert kinds(f"13812345678 {IDENTITIES[1]} {bank_card(19)}") == ["mobile", "identity", "bank_card"]


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "电话13812345678",
        "联系人：张某13812345678，女",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "138 12345678",
        "1381234 5678",
        "１３８１２３４５６７８",
        "+8613812345678",
        "+86 138 1234 5678",
        "0086-13812345678",
        "8613812345678",
        "2.13812345678",
        "13812345678①",
        "13812345678²",
        "19912345678",
        "16612345678",
    ],
)
def test_mobile_numbers_are_found(written):
    assert kinds(written) == ["mobile"]


@pytest.mark.parametrize("length", [16, 17, 18, 19])
def test_bank_cards_are_found(length):
    cards = [bank_card(length, seed) for seed in range(50)]

    assert [card for card in cards if kinds(f"卡号{card}。") != ["bank_card"]] == []


@pytest.mark.parametrize("card", ["4111 1111 1111 1111", "6222 0212 3456 7890 128", "4111-1111-1111-1111"])
def test_bank_cards_in_groups_are_found(card):
    assert kinds(card) == ["bank_card"]


def test_identity_numbers_of_before_1999_are_found():
    assert kinds("身份证110101900307001") == ["identity"]


@pytest.mark.parametrize(
    "harmless",
    [
        "渝府办发〔2021〕152号",
        "2026-12-15至2026-12-30",
        "20261215 20261230",
        "2026年12月15日09:30:00",
        "索引号11500242709477420M/2022-00004",
        "索引号 115002280086862733/2021-00102",
        "经费1,234,567,890.12元",
        "13800000000元",
        "138亿元",
        "合计123456789012345678",
        "平均45.333333333333336",
        "3.141592653589793",
        "5123.15384615385",
        "0.4567890123456789",
        "023-63151234",
        "400-810-1234",
        "110、12338、12345",
        "ISBN 978-7-301-12345-6",
        "9787301123456",
        "1,200 300 45 6789 1234",
        "受众 120 3500 45000 人次",
        "https://example.test/2022/00004/1150024270",
        "统一社会信用代码11500000MB1234567X",
        "10812345678",
        "12012345678",
        "138123456789",
        "2381234567890",
        "1138123456781234",
        "99991381234567812",
        "13812345678.5",
        "①②③④⑤⑥⑦⑧⑨⑩⑪",
        "\n".join("110101199003070011"),
        "110101\n19900307\n0011",
        "一三八一二三四五六七八",
        "",
    ],
)
def test_other_numbers_are_left_alone(harmless):
    assert find_sensitive(harmless) == []


def test_identity_numbers_with_a_wrong_check_character_are_left_alone():
    wrong = [number[:17] + other for number in IDENTITIES[:300] for other in "0123456789X" if other != number[17]]

    assert [number for number in wrong if find_sensitive(number)] == []


def test_eighteen_digits_without_a_birthday_are_no_identity_number():
    assert [month for month in ("00", "13", "99") if "identity" in kinds(f"1101011990{month}070011")] == []


def test_parts_of_longer_numbers_are_left_alone():
    longer = [f"{1 + place % 9}{number}" for place, number in enumerate(IDENTITIES)]

    assert [number for number in longer if "identity" in kinds(number) or "mobile" in kinds(number)] == []


def test_a_finding_shows_no_more_than_its_ends():
    found = find_sensitive("110101199003070011，13812345678")

    assert [str(finding) for finding in found] == ["身份证号(110…11)", "手机号(138…78)"]
    assert refusal(found) == (
        "疑似含有身份证号(110…11)、手机号(138…78)。本系统不得录入个案和个人信息，请删去后再保存。"
    )


@pytest.mark.parametrize(
    "unit",
    ["1", "1 ", "13 8 ", "138 ", "1-1_", "12345678901234567 ", "6222 0212 3456 7890 ", "19 ", "１", "86", "1."],
)
def test_time_grows_with_the_text_and_no_faster(unit):
    """Ten times the text may take some twenty times as long here, a hundred times it must not."""

    def seconds(length):
        text = unit * (length // len(unit))
        # The process's own time: what else the machine does is not this text's doing.
        began = time.process_time()
        find_sensitive(text)
        return time.process_time() - began

    seconds(1000)
    small = min(seconds(20_000) for _time in range(3))

    assert min(seconds(200_000) for _time in range(3)) < 60 * small + 0.1


def test_two_megabytes_of_digits_are_quick():
    began = time.perf_counter()

    find_sensitive("1" * 2_000_000)

    assert time.perf_counter() - began < 3
