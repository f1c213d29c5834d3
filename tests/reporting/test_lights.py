"""Lights: state and days left to a colour and a word, as the table of the product says."""

from datetime import date, timedelta

import pytest

from reporting.enums import EntryState
from reporting.lights import days_left_text, light_of

TODAY = date(2026, 11, 20)
OPEN, DRAFT, RETURNED = EntryState.OPEN, EntryState.DRAFT, EntryState.RETURNED
SUBMITTED, ACCEPTED = EntryState.SUBMITTED, EntryState.ACCEPTED

TABLE = [
    # state, days left (None: no deadline), colour, word
    (OPEN, None, "grey", "未启动"),
    (OPEN, 30, "grey", "未启动"),
    (OPEN, 8, "grey", "未启动"),
    (OPEN, 7, "yellow", "临近时限"),
    (OPEN, 1, "yellow", "临近时限"),
    (OPEN, 0, "orange", "今天到期"),
    (OPEN, -1, "red", "已逾期"),
    (DRAFT, None, "green", "填报中"),
    (DRAFT, 31, "green", "填报中"),
    (DRAFT, 30, "green", "填报中"),
    (DRAFT, 29, "blue", "填报中"),
    (DRAFT, 8, "blue", "填报中"),
    (DRAFT, 7, "yellow", "临近时限"),
    (DRAFT, 0, "orange", "今天到期"),
    (DRAFT, -40, "red", "已逾期"),
    (RETURNED, None, "returned", "已退回"),
    (RETURNED, 30, "returned", "已退回"),
    (RETURNED, 3, "returned", "已退回"),
    (RETURNED, 0, "returned", "已退回"),
    (RETURNED, -2, "red", "已逾期"),
    *[(SUBMITTED, days, "cyan", "已报待审") for days in (None, 30, 0, -5)],
    *[(ACCEPTED, days, "darkgreen", "审核通过") for days in (None, 30, 0, -5)],
]


@pytest.mark.parametrize(("state", "days", "css", "text"), TABLE)
def test_light(state, days, css, text):
    due_on = None if days is None else TODAY + timedelta(days=days)

    light = light_of(state, due_on, TODAY)

    assert (light.css, str(light.text)) == (css, text)


def test_what_is_most_urgent_comes_first():
    def urgency(state, days):
        return light_of(state, TODAY + timedelta(days=days), TODAY).urgency

    by_urgency = [
        urgency(OPEN, -1),
        urgency(RETURNED, 5),
        urgency(OPEN, 0),
        urgency(DRAFT, 3),
        urgency(DRAFT, 20),
        urgency(DRAFT, 40),
        urgency(OPEN, 40),
        urgency(SUBMITTED, 5),
        urgency(ACCEPTED, 5),
    ]
    assert by_urgency == sorted(set(by_urgency))


@pytest.mark.parametrize(("days", "text"), [(24, "还有24天"), (1, "还有1天"), (0, "还有不到1天"), (-3, "已过3天")])
def test_days_left_in_words(days, text):
    assert days_left_text(TODAY + timedelta(days=days), TODAY) == text
