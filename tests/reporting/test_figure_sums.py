"""Sums over units and districts, against a naive adding-up; what is missing; what may not be added."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.enums import EntryState
from reporting.services.figures import (
    NotSummable,
    figures_for_conference_report,
    over_years,
    several_years,
    sums,
)
from tests.factories import ConferenceFactory, DepartmentFactory, JurisdictionFactory
from tests.figure_rows import (
    FigureFactory,
    FigureSheetFactory,
    IndicatorFactory,
    duty_of_district,
    file_of_district,
    frozen,
    report_of_unit,
)

pytestmark = pytest.mark.django_db

YEAR = 2026


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-20 09:30")


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def units(city):
    return [DepartmentFactory(conference=city, member=True) for _number in range(3)]


def sheet(unit, year=YEAR, **state):
    """A sheet that was handed in with the report, unless ``state`` says otherwise."""
    report_of_unit(unit, year, **(state or {"submitted": True}))
    return FigureSheetFactory(department=unit, year=year)


def report(found):
    """Indicator → total, reported, uncountable, missing, last year."""
    return {
        one.indicator.pk: (one.total, len(one.reported), len(one.uncountable), len(one.missing), one.last_year)
        for one in found
    }


# --- Units --------------------------------------------------------------------------------------------------------


def test_what_was_handed_in_is_added_and_the_rest_is_missing(city, units):
    indicator = IndicatorFactory(conference=city)
    for unit, value in zip(units, (5, 0, None), strict=True):
        if value is not None:
            FigureFactory(sheet=sheet(unit), indicator=indicator, value=value)
    FigureFactory(sheet=sheet(units[0], YEAR - 1), indicator=indicator, value=4)

    assert report(sums(city, YEAR)) == {indicator.pk: (Decimal(5), 2, 0, 1, Decimal(4))}


@pytest.mark.parametrize("state", [EntryState.OPEN, EntryState.DRAFT, EntryState.TO_SIGN, EntryState.RETURNED])
def test_numbers_that_are_not_handed_in_do_not_count(city, units, state):
    indicator = IndicatorFactory(conference=city)
    FigureFactory(sheet=sheet(units[0], state=state, return_reason="补数据"), indicator=indicator)

    assert report(sums(city, YEAR)) == {indicator.pk: (None, 0, 0, 3, None)}


def test_where_the_plan_asks_for_no_report_numbers_count_at_once(city, units):
    indicator = IndicatorFactory(conference=city)
    FigureFactory(sheet=FigureSheetFactory(department=units[0], year=YEAR), indicator=indicator, value=3)

    assert report(sums(city, YEAR)) == {indicator.pk: (Decimal(3), 1, 0, 2, None)}


def test_where_a_new_version_asks_for_no_report_any_more_numbers_count_at_once(city, units):
    indicator = IndicatorFactory(conference=city)
    FigureFactory(sheet=sheet(units[0], state=EntryState.CLOSED, closed_from="open"), indicator=indicator, value=3)

    assert report(sums(city, YEAR)) == {indicator.pk: (Decimal(3), 1, 0, 2, None)}


def test_what_cannot_be_counted_is_neither_added_nor_missing(city, units):
    indicator = IndicatorFactory(conference=city)
    FigureFactory(sheet=sheet(units[0]), indicator=indicator, uncountable=True)

    assert report(sums(city, YEAR)) == {indicator.pk: (None, 0, 1, 2, None)}


def test_shares_are_listed_and_not_added(city, units):
    share = IndicatorFactory(conference=city, is_summed=False)
    for unit in units:
        FigureFactory(sheet=sheet(unit), indicator=share, value=50)

    (found,) = sums(city, YEAR)

    assert (found.total, len(found.reported)) == (None, 3)
    assert [one.value for one in found.units] == [50, 50, 50]


def test_the_share_of_the_only_unit_is_the_share(city, units):
    share = IndicatorFactory(conference=city, is_summed=False, named=units[:1])
    FigureFactory(sheet=sheet(units[0]), indicator=share, value=50)

    assert sums(city, YEAR)[0].total == 50


def test_a_number_that_was_handed_in_counts_though_nobody_asks_it_any_more(city, units):
    indicator = IndicatorFactory(conference=city, named=units[:1])
    FigureFactory(sheet=sheet(units[1]), indicator=indicator, value=3)

    assert report(sums(city, YEAR)) == {indicator.pk: (Decimal(3), 1, 0, 1, None)}


@pytest.mark.parametrize(("written", "inexact"), [("1200", False), ("约1200", True), ("300余", True), ("3万多", True)])
def test_a_sum_of_a_number_that_is_not_exact_says_so(city, units, written, inexact):
    indicator = IndicatorFactory(conference=city)
    FigureFactory(sheet=sheet(units[0]), indicator=indicator, value=1200, as_written=written)

    assert sums(city, YEAR)[0].is_inexact == inexact
    assert figures_for_conference_report(city, YEAR)[0].as_written == ("约1,200" if inexact else "1,200")


def test_foreign_numbers_are_not_added(city, units):
    indicator = IndicatorFactory(conference=city)
    abroad = DepartmentFactory(member=True)
    FigureFactory(sheet=sheet(abroad), indicator=IndicatorFactory(conference=abroad.conference), value=100)

    assert report(sums(city, YEAR)) == {indicator.pk: (None, 0, 0, 3, None)}


AMOUNTS = st.one_of(
    st.none(), st.just("cannot"), st.decimals(min_value=0, max_value=Decimal("99999999999.99"), places=2)
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(st.lists(AMOUNTS, min_size=4, max_size=4), min_size=1, max_size=4), filed=st.data())
def test_sums_agree_with_adding_up_by_hand(db, table, filed):
    """Rows are units, columns indicators; the last two units hand nothing in, or have no report to hand in."""
    with transaction.atomic():
        city = ConferenceFactory()
        indicators = [IndicatorFactory(conference=city) for _number in range(4)]
        expected = [[Decimal(0), 0, 0, 0] for _indicator in indicators]
        for amounts in table:
            unit = DepartmentFactory(conference=city, member=True)
            is_in = filed.draw(st.booleans())
            row = sheet(unit, **({"submitted": True} if is_in else {"draft": True}))
            for column, (indicator, amount) in enumerate(zip(indicators, amounts, strict=True)):
                if amount == "cannot":
                    FigureFactory(sheet=row, indicator=indicator, uncountable=True)
                elif amount is not None:
                    FigureFactory(sheet=row, indicator=indicator, value=amount)
                sums_of = expected[column]
                if not is_in or amount is None:
                    sums_of[3] += 1
                elif amount == "cannot":
                    sums_of[2] += 1
                else:
                    sums_of[0] += amount
                    sums_of[1] += 1

        found = report(sums(city, YEAR))

        assert found == {
            indicator.pk: (total if reported else None, reported, uncountable, missing, None)
            for indicator, (total, reported, uncountable, missing) in zip(indicators, expected, strict=True)
        }
        transaction.set_rollback(True)


# --- Districts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def districts(city):
    return [ConferenceFactory(upper=city) for _number in range(3)]


@pytest.fixture
def shared(city):
    return IndicatorFactory(conference=city, for_districts=True)


def test_districts_add_what_their_reports_were_filed_with(city, units, districts, shared):
    FigureFactory(sheet=sheet(units[0]), indicator=shared, value=5)
    for district, value in zip(districts, (10, None), strict=False):
        file_of_district(city, district, [frozen(shared, value)], year=YEAR)
    duty_of_district(city, districts[2], YEAR, state=EntryState.OPEN)

    (found,) = sums(city, YEAR)

    assert (found.total, found.of_units, found.of_districts) == (15, 5, 10)
    assert [(one.has_filed, one.value) for one in found.districts] == [(True, 10), (True, None), (False, None)]
    assert len(found.filed) == 2


def test_the_last_round_counts_and_what_was_taken_back_does_not(city, districts, shared):
    file_of_district(city, districts[0], [frozen(shared, 10)], year=YEAR)
    file_of_district(city, districts[0], [frozen(shared, 20)], year=YEAR, round=2)
    file_of_district(city, districts[1], [frozen(shared, 99)], year=YEAR, withdrawn_at=timezone.now())

    assert sums(city, YEAR)[0].of_districts == 20


def test_a_returned_report_counts_and_says_that_it_is_owed_again(city, districts, shared):
    duty = duty_of_district(city, districts[0], YEAR, submitted=None, returned=True)
    file_of_district(city, districts[0], [frozen(shared, 10)], year=YEAR, duty=duty)

    (found,) = sums(city, YEAR)

    assert (found.districts[0].value, found.districts[0].is_returned) == (10, True)


def test_what_a_district_filed_to_somebody_else_is_not_added(city, districts, shared):
    filing = file_of_district(city, districts[0], [frozen(shared, 10)], year=YEAR)
    filing.recipient = ConferenceFactory()
    filing.save()

    assert sums(city, YEAR)[0].of_districts is None


def test_the_same_code_of_a_districts_own_dictionary_is_something_else(city, districts, shared):
    own = frozen(shared, 10) | {"dictionary": districts[0].code}
    file_of_district(city, districts[0], [own], year=YEAR)

    assert sums(city, YEAR)[0].of_districts is None


@pytest.mark.parametrize(
    "figures",
    [None, {}, "x", [None], [{}], [{"value": "many"}], [{"value": "-5"}], [{"value": "NaN"}], [{"value": True}]],
)
def test_a_snapshot_that_makes_no_sense_gives_no_number(city, districts, shared, figures):
    rows = figures
    if isinstance(figures, list):
        rows = [frozen(shared, 1) | row if isinstance(row, dict) and row else row for row in figures]
    file_of_district(city, districts[0], rows, year=YEAR)

    (found,) = sums(city, YEAR)

    assert (found.of_districts, found.districts[0].has_filed) == (None, True)


def test_without_a_duty_the_districts_that_exist_are_expected(city):
    standing = ConferenceFactory(upper=city)
    ConferenceFactory(upper=city, jurisdiction=JurisdictionFactory(valid_to=date(2026, 6, 30)))
    IndicatorFactory(conference=city, for_districts=True)

    assert [one.conference for one in sums(city, YEAR)[0].districts] == [standing]


def test_last_year_counts_what_districts_filed_then(city, units, districts, shared):
    FigureFactory(sheet=sheet(units[0], YEAR - 1), indicator=shared, value=5)
    file_of_district(city, districts[0], [frozen(shared, 10)], year=YEAR - 1)

    (found,) = sums(city, YEAR)

    assert (found.total, found.last_year) == (None, 15)


def test_a_district_reports_the_sums_of_what_the_city_asks(city, districts, shared):
    county_unit = DepartmentFactory(conference=districts[0], member=True)
    own = IndicatorFactory(conference=districts[0])
    row = sheet(county_unit)
    FigureFactory(sheet=row, indicator=shared, value=7)
    FigureFactory(sheet=row, indicator=own, value=8)

    found = figures_for_conference_report(districts[0], YEAR)

    assert [(row.dictionary, row.code, row.value, row.sources, row.missing) for row in found] == [
        (city.code, shared.code, 7, 1, 0),
        (districts[0].code, own.code, 8, 1, 0),
    ]


def test_a_number_that_nobody_can_count_is_filed_as_such(city, units):
    indicator = IndicatorFactory(conference=city, named=units[:1])
    FigureFactory(sheet=sheet(units[0]), indicator=indicator, uncountable=True)

    (found,) = figures_for_conference_report(city, YEAR)

    assert (found.value, found.cannot_be_counted, found.missing) == (None, True, 0)


# --- Several years ------------------------------------------------------------------------------------------------


def test_several_years_stand_beside_each_other(city, units):
    indicator = IndicatorFactory(conference=city)
    for year, value in ((2024, 3), (2025, None), (2026, 4)):
        if value is not None:
            FigureFactory(sheet=sheet(units[0], year), indicator=indicator, value=value)

    years = several_years(city, indicator, YEAR, years=3)

    assert [(one.year, one.value) for one in years] == [(2024, 3), (2025, None), (2026, 4)]
    assert over_years(indicator, years) == 7


@pytest.mark.parametrize("kind", [{"is_cumulative": True}, {"is_summed": False}])
def test_counts_since_the_beginning_and_shares_are_not_added_over_years(city, kind):
    with pytest.raises(NotSummable):
        over_years(IndicatorFactory(conference=city, **kind), [])


# --- Cost ---------------------------------------------------------------------------------------------------------


def test_sums_cost_the_same_for_one_number_and_for_many():
    costs = set()
    for size in (1, 6):
        city = ConferenceFactory()
        indicators = [IndicatorFactory(conference=city, for_districts=True) for _number in range(size)]
        for _number in range(size):
            row = sheet(DepartmentFactory(conference=city, member=True))
            for indicator in indicators:
                FigureFactory(sheet=row, indicator=indicator)
            file_of_district(city, ConferenceFactory(upper=city), [frozen(one, 1) for one in indicators], year=YEAR)
        with CaptureQueriesContext(connection) as queries:
            sums(city, YEAR)
        costs.add(len(queries))

    assert len(costs) == 1
    assert costs.pop() <= 12
