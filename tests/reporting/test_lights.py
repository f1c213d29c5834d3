"""Lights: state and days left to a colour and a word, as the table of the product says."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reporting.enums import EntryState, Standing
from reporting.lights import days_late, days_left_text, late_text, light_of

TODAY = date(2026, 11, 20)
OPEN, DRAFT, RETURNED = EntryState.OPEN, EntryState.DRAFT, EntryState.RETURNED
TO_SIGN, SUBMITTED, ACCEPTED = EntryState.TO_SIGN, EntryState.SUBMITTED, EntryState.ACCEPTED

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
    (TO_SIGN, None, "blue", "待签批"),
    (TO_SIGN, 8, "blue", "待签批"),
    (TO_SIGN, 7, "yellow", "临近时限"),
    (TO_SIGN, 0, "orange", "今天到期"),
    (TO_SIGN, -1, "red", "已逾期"),
    *[(Standing.KNOWN, days, "grey", "已知悉") for days in (None, 30, 0, -5)],
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


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-12-15T00:00:00", 0),
        ("2026-12-15T23:59:59", 0),
        ("2026-12-16T00:00:00", 1),
        ("2026-12-20T08:00:00", 5),
        ("2027-01-01T00:00:00", 17),
    ],
)
def test_late_begins_at_midnight_in_shanghai(moment, days):
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))

    assert days_late(at.astimezone(ZoneInfo("UTC")), date(2026, 12, 15)) == days


@pytest.mark.parametrize(("at", "due_on"), [(None, date(2026, 12, 15)), (datetime(2026, 12, 20, tzinfo=UTC), None)])
def test_what_was_not_handed_in_or_has_no_deadline_is_not_late(at, due_on):
    assert late_text(at, due_on) == ""
