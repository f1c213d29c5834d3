"""Who is asked for which number: members, named units, the units of a clause, and the units of a district."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.enums import ResponsibilityRole
from reporting.enums import EntryState, Reporters
from reporting.models import Progress
from reporting.services.figures import Asking, indicators_for
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    MembershipFactory,
    ProgressFactory,
    ResponsibilityFactory,
)
from tests.figure_rows import IndicatorFactory

pytestmark = pytest.mark.django_db

YEAR = 2026


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def unit(city):
    return DepartmentFactory(conference=city, member=True)


def test_members_are_asked_for_what_every_member_reports(city, unit):
    indicator, outside = IndicatorFactory(conference=city), DepartmentFactory(conference=city)

    assert indicators_for(unit, YEAR) == [indicator]
    assert indicators_for(outside, YEAR) == []


def test_a_seat_that_has_ended_asks_no_more_and_an_old_year_asks_those_of_then(city):
    former = DepartmentFactory(conference=city)
    MembershipFactory(department=former, ends_on=date(2025, 12, 31))
    indicator = IndicatorFactory(conference=city)

    assert indicators_for(former, 2025) == [indicator]
    assert indicators_for(former, 2026) == []


def test_named_units_are_asked_and_no_others(city, unit):
    other = DepartmentFactory(conference=city, member=True)
    indicator = IndicatorFactory(conference=city, named=[other])

    assert (indicators_for(other, YEAR), indicators_for(unit, YEAR)) == ([indicator], [])


def test_a_named_unit_that_is_gone_is_not_asked(city):
    gone = DepartmentFactory(conference=city, existed_to=date(2026, 3, 1))
    IndicatorFactory(conference=city, named=[gone])

    assert indicators_for(gone, YEAR) == []


@pytest.mark.parametrize(
    ("reporters", "asked"), [(Reporters.CLAUSE_LEADS, ["lead"]), (Reporters.CLAUSE_PARTIES, ["lead", "cooperating"])]
)
def test_units_of_a_clause_are_asked_by_their_role(city, reporters, asked):
    clause = ClauseFactory(version__conference=city, path="二/(一)/1")
    for code, role in (("lead", ResponsibilityRole.LEAD), ("cooperating", ResponsibilityRole.COOPERATING)):
        row = DepartmentFactory(conference=city, code=code)
        ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=row, role=role), year=YEAR)
    DepartmentFactory(conference=city, member=True)
    indicator = IndicatorFactory(conference=city, reporters=reporters, clause_path="二/(一)/1")

    assert [row.code for row in Asking.of(city, YEAR).units[indicator.pk]] == asked


def test_a_clause_of_another_year_or_that_is_no_longer_asked_does_not_count(city, unit):
    clause = ClauseFactory(version__conference=city, path="二/(一)/1")
    entry = ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit), year=YEAR)
    indicator = IndicatorFactory(conference=city, reporters=Reporters.CLAUSE_LEADS, clause_path="二/(一)/1")

    assert (indicators_for(unit, YEAR), indicators_for(unit, YEAR - 1)) == ([indicator], [])
    Progress.objects.filter(pk=entry.pk).update(state=EntryState.CLOSED)
    assert indicators_for(unit, YEAR) == []


def test_indicators_are_asked_for_in_their_years(city, unit):
    IndicatorFactory(conference=city, starts_year=2027)
    IndicatorFactory(conference=city, ends_year=2025)
    both = IndicatorFactory(conference=city, starts_year=2026, ends_year=2026)

    assert indicators_for(unit, YEAR) == [both]


def test_a_foreign_dictionary_asks_nobody_here(city, unit):
    IndicatorFactory(named=[unit])

    assert indicators_for(unit, YEAR) == []


# --- Districts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def district(city):
    return ConferenceFactory(upper=city)


@pytest.fixture
def county_unit(district):
    return DepartmentFactory(conference=district, member=True)


def test_members_of_districts_are_asked_what_all_members_report_there_too(city, unit, district, county_unit):
    own = IndicatorFactory(conference=district, position=0)
    shared = IndicatorFactory(conference=city, position=9, for_districts=True)
    IndicatorFactory(conference=city)

    assert indicators_for(county_unit, YEAR) == [shared, own]
    assert shared in indicators_for(unit, YEAR)


def test_units_that_the_city_names_are_not_those_of_its_districts(city, unit, district, county_unit):
    shared = IndicatorFactory(conference=city, named=[unit], for_districts=True)

    assert Asking.of(district, YEAR).units == {shared.pk: []}
    assert Asking.of(city, YEAR).units == {shared.pk: [unit]}


def test_what_a_district_has_handed_out_goes_before_all_its_members(city, district, county_unit):
    other = DepartmentFactory(conference=district, member=True)
    shared = IndicatorFactory(conference=city, for_districts=True)
    shared.departments.add(other)

    assert Asking.of(district, YEAR).units == {shared.pk: [other]}


# --- All of it ----------------------------------------------------------------------------------------------------


def test_one_unit_is_asked_what_the_whole_says_in_five_queries_at_most(city, district):
    units = [DepartmentFactory(conference=city, member=bool(number % 2) or None) for number in range(4)]
    clause = ClauseFactory(version__conference=city, path="一/(一)")
    for order, unit in enumerate(units):
        role = ResponsibilityRole.COOPERATING if order else ResponsibilityRole.LEAD
        ProgressFactory(
            responsibility=ResponsibilityFactory(clause=clause, department=unit, role=role, position=order), year=YEAR
        )
    for reporters in Reporters:
        indicator = IndicatorFactory(conference=city, reporters=reporters, clause_path="一/(一)", for_districts=True)
        indicator.departments.set(units[:2])

    for conference in (city, district):
        with CaptureQueriesContext(connection) as queries:
            asking = Asking.of(conference, YEAR)
        assert len(queries) <= 5
        for unit in units:
            if unit.conference_id == conference.pk:
                assert indicators_for(unit, YEAR) == asking.of_unit(unit.pk)
