"""Numbers as people write them in a sheet: every number, in every way that is read, is that number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.amounts import amount_in, why_refused
from reporting.forms.figures import IndicatorForm, SheetForm
from reporting.models import FigureSheet, Indicator
from reporting.services.figures import Sheet, number_text, sum_text

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2)
_FULL_WIDTH = str.maketrans("0123456789,.", "０１２３４５６７８９，．")


def bare_sheet(*indicators):
    return Sheet(None, 2026, FigureSheet(), list(indicators), {}, {})  # type: ignore[arg-type]


def sheet_form(written, unit="场"):
    indicator = Indicator(pk=1, name="宣传场次", unit=unit)
    return SheetForm({"lock_version": "0", "value-1": written}, sheet=bare_sheet(indicator))


WAYS = {
    "plain": lambda value: f"{value:f}",
    "thousands": number_text,
    "full width": lambda value: number_text(value).translate(_FULL_WIDTH),
    "about": lambda value: f"约{number_text(value)}",
    "more than": lambda value: f"{value:f}余",
    "with its unit": lambda value: f"{number_text(value)}场",
    "between spaces": lambda value: f"  {value:f} ",
    "a sum": lambda value: sum_text(value, is_inexact=True),
}


@pytest.mark.parametrize("way", WAYS)
@given(value=AMOUNTS)
def test_every_number_reads_back_however_it_is_written(way, value):
    form = sheet_form(WAYS[way](value))

    assert form.is_valid(), form.errors
    (one,) = form.inputs()
    assert one.value == value
    assert one.as_written == WAYS[way](value).strip()


@given(value=st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2), unit=st.sampled_from(["元", "万元"]))
def test_ten_thousands_are_read_in_either_unit(value, unit):
    (one,) = _read(f"{value:f}万元", unit).inputs()

    assert one.value == (value if unit == "万元" else value * 10_000)


@given(value=st.integers(0, 99_999_999))
def test_money_in_yuan_is_counted_in_ten_thousands_where_the_column_is(value):
    number = amount_in(f"{value}元", "万元")

    assert number == Decimal(value) / 10_000
    form = sheet_form(f"{value}元", "万元")
    assert form.is_valid() == (not why_refused(number))


def _read(written, unit):
    form = sheet_form(written, unit)
    assert form.is_valid(), form.errors
    return form


@given(text=st.text(max_size=80))
def test_whatever_is_typed_is_a_number_a_refusal_or_nothing(text):
    form = sheet_form(text)

    if form.is_valid():
        (one,) = form.inputs()
        assert (one.value is None) == (one.as_written == "")
        assert one.value is None or (one.value >= 0 and one.value == round(one.value, 2))
    else:
        assert form.inputs() == []
        assert list(form.errors) == ["value-1"]


def test_empty_is_nothing_and_zero_is_a_number():
    empty, zero = (_read(written, "场").inputs()[0] for written in ("", "0"))

    assert (empty.value, empty.is_empty) == (None, True)
    assert (zero.value, zero.is_empty) == (0, False)


def test_a_form_asks_exactly_for_what_the_sheet_asks():
    indicators = [Indicator(pk=pk, name=f"指标{pk}") for pk in (3, 5)]

    form = SheetForm(
        {"lock_version": "0", "value-3": "", "value-4": "7", "value-5": "8"}, sheet=bare_sheet(*indicators)
    )

    assert form.is_valid()
    assert [(one.indicator, one.value) for one in form.inputs()] == [(3, None), (5, 8)]


def test_everything_that_was_typed_is_told_right_or_wrong():
    indicators = [Indicator(pk=pk, name=f"指标{pk}") for pk in (1, 2, 3)]
    data = {"lock_version": "0", "value-1": "很多", "cannot-2": "on", "why-2": "没有台账"}

    form = SheetForm(data, sheet=bare_sheet(*indicators))

    assert [(row.name, text) for row, text in form.typed()] == [("指标1", "很多"), ("指标2", "无法统计 · 没有台账")]


@pytest.mark.parametrize("name", ["definition", "method", "source", "name"])
def test_numbers_of_people_are_refused_in_the_dictionary(db, name):
    from departments.models import Department  # rows are not needed
    from tests.factories import ConferenceFactory  # only here

    data = {"name": "宣传", "reporters": "members"} | {name: "联系13812345678"}

    form = IndicatorForm(
        data, conference=ConferenceFactory(), departments=Department.objects.all(), clauses=[("二/(一)", "二（一）")]
    )

    assert list(form.errors) == [name]
    assert "手机号(138…78)" in form.errors[name][0]
