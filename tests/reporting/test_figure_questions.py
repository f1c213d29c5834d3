"""When a number raises a question: the share that is set, zero, and counts that go down."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.models import Figure, Indicator
from reporting.services.figures import change_of, percent_text, question_about
from reporting.services.figures.questions import is_answered

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2)


def asked(value, last, *, above=50, cumulative=False):
    indicator = Indicator(asks_above_percent=above, is_cumulative=cumulative)
    question = question_about(
        indicator, None if value is None else Decimal(value), None if last is None else Decimal(last)
    )
    return str(question) if question else ""


@pytest.mark.parametrize(
    ("value", "last", "question"),
    [
        ("150", "100", ""),
        ("150.01", "100", "比上年变动 +50%，请说明原因。"),
        ("200", "100", "比上年变动 +100%，请说明原因。"),
        ("50", "100", ""),
        ("49", "100", "比上年变动 −51%，请说明原因。"),
        ("0", "100", "比上年变动 −100%，请说明原因。"),
        ("5", "0", "上年为 0，请说明原因。"),
        ("0", "0", ""),
        ("100", "100", ""),
        (None, "100", ""),
        ("100", None, ""),
        ("7", "3", "比上年变动 +133.3%，请说明原因。"),
    ],
)
def test_a_number_that_moves_by_more_than_the_share_is_asked_about(value, last, question):
    assert asked(value, last) == question


def test_from_and_to_zero_are_asked_about_whatever_the_share():
    assert asked("0", "100", above=500) == "比上年变动 −100%，请说明原因。"
    assert asked("100", "0", above=500) == "上年为 0，请说明原因。"
    assert asked("199", "100", above=500) == ""


def test_without_a_share_nothing_is_asked():
    assert asked("1000", "1", above=None) == ""
    assert asked("0", "1", above=None) == ""


@pytest.mark.parametrize("above", [None, 50, 10_000])
def test_a_count_since_the_beginning_that_goes_down_is_asked_about(above):
    assert asked("99.99", "100", above=above, cumulative=True) == "累计数比上年减少，请说明原因。"
    assert asked("100", "100", above=above, cumulative=True) == ""


@given(value=AMOUNTS, last=AMOUNTS, above=st.integers(1, 1000))
def test_the_question_agrees_with_exact_arithmetic(value, last, above):
    expected = value != last and (not value or not last or abs(value - last) / last > Decimal(above) / 100)

    question = question_about(Indicator(asks_above_percent=above), value, last)

    # The quotient is rounded at 28 digits; at the border only the product is exact.
    if not last or abs(value - last) * 100 != above * last:
        assert bool(question) == expected


@given(value=AMOUNTS, last=AMOUNTS)
def test_the_change_is_shown_for_every_pair_of_numbers(value, last):
    change = change_of(value, last)

    assert (change is None) == (last == 0)
    if change is not None:
        assert percent_text(change)[0] in "+−0"
        assert "E" not in percent_text(change)


# --- What counts as an answer ---------------------------------------------------------------------------------------


def figure(**fields):
    return Figure(**{"value": None, "cannot_be_counted": False, "explanation": ""} | fields)


def test_zero_is_an_answer_and_empty_is_none():
    assert is_answered(figure(value=Decimal(0)), None)
    assert not is_answered(figure(), None)
    assert not is_answered(figure(explanation="在统计"), None)
    assert not is_answered(None, None)


def test_what_cannot_be_counted_and_what_is_in_question_needs_its_reason():
    question = question_about(Indicator(asks_above_percent=50), Decimal(2), Decimal(1))

    assert not is_answered(figure(cannot_be_counted=True), None)
    assert is_answered(figure(cannot_be_counted=True, explanation="没有台账"), None)
    assert not is_answered(figure(value=Decimal(2)), question)
    assert is_answered(figure(value=Decimal(2), explanation="专项行动"), question)
