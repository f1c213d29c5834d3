"""Keeping the dictionary: meanings that are fixed, ends, units that districts hand out, and the starting dictionary."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from departments.models import Event
from departments.models.events import Action
from reporting.enums import YearState
from reporting.indicator_loading import IndicatorsNotLoadable, load_indicators
from reporting.models import Figure, Indicator
from reporting.models.figures import MEANING
from reporting.services.figures.dictionary import (
    MeaningIsFixed,
    add_indicator,
    change_indicator,
    end_indicator,
    hand_out,
)
from reporting.services.refusals import YearIsOver
from tests.factories import ConferenceFactory, DepartmentFactory, UserFactory, YearFactory
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

DICTIONARY = settings.BASE_DIR / "fixtures" / "indicators" / "indicators.json"


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def indicator():
    return IndicatorFactory(name="宣传场次")


def numbers(indicator, year=2026):
    unit = DepartmentFactory(conference=indicator.conference)
    return FigureFactory(sheet=FigureSheetFactory(department=unit, year=year), indicator=indicator)


def the_event():
    event = Event.objects.get(action=Action.INDICATOR)
    return event.actor, event.detail["act"], event.detail["fields"]


# --- Changing -----------------------------------------------------------------------------------------------------


def test_a_new_indicator_is_in_the_trail_with_all_that_it_says(by):
    conference = ConferenceFactory()
    unit = DepartmentFactory(conference=conference)

    added = add_indicator(Indicator(conference=conference, code="A1", name="宣传场次"), departments=[unit], by=by)

    assert list(added.departments.all()) == [unit]
    actor, act, fields = the_event()
    assert (actor, act, fields["name"], fields["code"]) == (by, "add", [None, "宣传场次"], [None, "A1"])


def test_what_was_changed_is_in_the_trail_before_and_after(indicator, by):
    assert change_indicator(indicator, values={"name": "宣传活动", "source": ""}, departments=None, by=by)

    assert Indicator.objects.get().name == "宣传活动"
    assert the_event() == (by, "change", {"name": ["宣传场次", "宣传活动"]})


def test_changing_nothing_is_nothing(indicator, by):
    before = rows(Indicator, Event)

    assert not change_indicator(indicator, values={"name": "宣传场次"}, departments=[], by=by)

    assert rows(Indicator, Event) == before


@pytest.mark.parametrize("name", MEANING)
def test_with_numbers_its_meaning_is_fixed(indicator, by, refused, name):
    numbers(indicator)
    before = rows(Indicator, Event)
    value = not getattr(indicator, name) if name.startswith("is_") else "另一个"

    with refused(MeaningIsFixed):
        change_indicator(indicator, values={name: value, "source": "台账"}, departments=None, by=by)

    assert rows(Indicator, Event) == before


def test_with_numbers_the_rest_may_change(indicator, by):
    numbers(indicator)
    unit = DepartmentFactory(conference=indicator.conference)
    values = {"source": "台账", "asks_above_percent": None, "reporters": "named", "name": "宣传场次"}

    change_indicator(indicator, values=values, departments=[unit], by=by)

    indicator.refresh_from_db()
    assert (indicator.source, indicator.asks_above_percent, indicator.reporters) == ("台账", None, "named")
    assert the_event()[2]["departments"] == ["", unit.name]


def test_fields_that_are_no_part_of_the_dictionary_are_refused(indicator, by):
    with pytest.raises(ValueError, match="conference"):
        change_indicator(indicator, values={"conference": ConferenceFactory()}, departments=None, by=by)


def test_units_of_another_conference_are_refused(indicator, by):
    with pytest.raises(ValueError, match="another conference"):
        change_indicator(indicator, values={}, departments=[DepartmentFactory()], by=by)


def test_a_beginning_after_the_first_numbers_is_refused(indicator, by, refused):
    numbers(indicator, 2025)

    with refused(MeaningIsFixed) as refusal:
        change_indicator(indicator, values={"starts_year": 2026}, departments=None, by=by)

    assert str(refusal.value) == "2025 年已有单位报数，启用年度不能晚于这一年。"


# --- Ending -------------------------------------------------------------------------------------------------------


def test_an_indicator_ends_after_its_last_numbers(indicator, by, refused):
    numbers(indicator, 2026)

    with refused(MeaningIsFixed) as refusal:
        end_indicator(indicator, after=2025, by=by)
    end_indicator(indicator, after=2026, by=by)

    assert str(refusal.value) == "2026 年已有单位报数，最早从下一年起停用。"
    assert Indicator.objects.get().ends_year == 2026
    assert the_event() == (by, "change", {"ends_year": [None, 2026]})


def test_an_indicator_ends_once(indicator, by, refused):
    end_indicator(indicator, after=2026, by=by)

    with refused(MeaningIsFixed):
        end_indicator(indicator, after=2026, by=by)

    assert Event.objects.filter(action=Action.INDICATOR).count() == 1


def test_an_indicator_does_not_end_before_it_begins(by, refused):
    with refused(MeaningIsFixed):
        end_indicator(IndicatorFactory(starts_year=2026), after=2025, by=by)


# --- Closed years -------------------------------------------------------------------------------------------------


def closed(conference, year=2025):
    return YearFactory(conference=conference, year=year, state=YearState.CLOSED)


def test_from_the_page_of_a_closed_year_the_dictionary_stays_as_it_is(indicator, by, refused):
    district = ConferenceFactory(upper=indicator.conference)
    shared = IndicatorFactory(conference=indicator.conference, for_districts=True)
    closed(indicator.conference)
    closed(district)
    new = Indicator(conference=indicator.conference, code="A1", name="新指标", starts_year=2026)
    before = rows(Indicator, Event)

    with refused(YearIsOver):
        add_indicator(new, departments=[], by=by, year=2025)
    with refused(YearIsOver):
        change_indicator(indicator, values={"source": "另一个"}, departments=None, by=by, year=2025)
    with refused(YearIsOver):
        end_indicator(indicator, after=2025, by=by, year=2025)
    with refused(YearIsOver):
        hand_out(shared, district, departments=[DepartmentFactory(conference=district)], by=by, year=2025)

    assert rows(Indicator, Event) == before


@pytest.mark.parametrize("starts_year", [None, 2021, 2025])
def test_nothing_new_begins_in_a_closed_year_or_before_it(by, refused, starts_year):
    conference = ConferenceFactory()
    closed(conference)
    new = Indicator(conference=conference, code="A1", name="新指标", starts_year=starts_year)

    with refused(MeaningIsFixed) as refusal:
        add_indicator(new, departments=[], by=by, year=2026)

    assert str(refusal.value) == "2025年度已经关闭归档，启用年度最早为2026年。"
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (2026, 2025, "2025年度已经关闭归档，启用年度最早为2026年。"),
        (2026, None, "2025年度已经关闭归档，启用年度最早为2026年。"),
        (2025, 2026, "2025年度已经关闭归档，这项指标的启用年度不能再改。"),
        (None, 2020, "2025年度已经关闭归档，这项指标的启用年度不能再改。"),
    ],
)
def test_a_changed_beginning_leaves_closed_years_alone(by, refused, before, after, message):
    indicator = IndicatorFactory(starts_year=before)
    closed(indicator.conference)

    with refused(MeaningIsFixed) as refusal:
        change_indicator(indicator, values={"starts_year": after}, departments=None, by=by, year=2026)

    assert str(refusal.value) == message
    assert Indicator.objects.get().starts_year == before


def test_what_a_closed_year_asked_for_does_not_end_before_it(indicator, by, refused):
    closed(indicator.conference)

    with refused(MeaningIsFixed):
        end_indicator(indicator, after=2024, by=by, year=2026)
    end_indicator(indicator, after=2025, by=by, year=2026)

    assert Indicator.objects.get().ends_year == 2025


def test_what_is_loaded_begins_after_the_closed_years():
    conference = ConferenceFactory()
    closed(conference)

    load_indicators(DICTIONARY, conference)

    assert set(Indicator.objects.values_list("starts_year", flat=True)) == {2026}


# --- Districts ----------------------------------------------------------------------------------------------------


def test_a_district_hands_out_what_the_city_asks_and_touches_nobody_elses_units(by):
    city = ConferenceFactory()
    district, neighbour = ConferenceFactory(upper=city), ConferenceFactory(upper=city)
    units = [DepartmentFactory(conference=conference) for conference in (city, neighbour, district)]
    indicator = IndicatorFactory(conference=city, for_districts=True, named=units[:2])

    assert hand_out(indicator, district, departments=units[2:], by=by)
    assert not hand_out(indicator, district, departments=units[2:], by=by)

    assert set(indicator.departments.all()) == set(units)
    event = Event.objects.get(action=Action.INDICATOR)
    assert (event.conference, event.actor) == (district, by)


def test_the_citys_own_units_stay_apart_from_those_of_its_districts(by):
    city = ConferenceFactory()
    own, other = (DepartmentFactory(conference=city) for _number in range(2))
    county_unit = DepartmentFactory(conference=ConferenceFactory(upper=city))
    indicator = IndicatorFactory(conference=city, for_districts=True, named=[own, county_unit])

    change_indicator(indicator, values={}, departments=[other], by=by)

    assert set(indicator.departments.all()) == {other, county_unit}


@pytest.mark.parametrize("shared", [True, False])
def test_what_is_not_asked_of_a_district_is_not_handed_out_there(by, shared):
    city = ConferenceFactory()
    district = ConferenceFactory(upper=city) if not shared else ConferenceFactory()
    indicator = IndicatorFactory(conference=city, for_districts=shared)

    with pytest.raises(ValueError, match="not asked"):
        hand_out(indicator, district, departments=[DepartmentFactory(conference=district)], by=by)


def test_units_of_elsewhere_are_not_handed_out(by):
    city = ConferenceFactory()
    district = ConferenceFactory(upper=city)

    with pytest.raises(ValueError, match="another conference"):
        hand_out(
            IndicatorFactory(conference=city, for_districts=True),
            district,
            departments=[DepartmentFactory(conference=city)],
            by=by,
        )


# --- The starting dictionary ----------------------------------------------------------------------------------------


def test_a_second_load_adds_nothing_and_leaves_alone_what_the_office_has_made(by):
    conference = ConferenceFactory()
    load_indicators(DICTIONARY, conference)
    change_indicator(Indicator.objects.get(code="XC01"), values={"name": "改过的名称"}, departments=None, by=by)
    before = rows(Indicator, Event)

    loaded = load_indicators(DICTIONARY, conference)

    assert (loaded.added, loaded.known) == ([], 25)
    assert rows(Indicator, Event) == before


def test_a_district_is_not_asked_twice_for_what_the_city_asks(capsys):
    city = ConferenceFactory()
    district = ConferenceFactory(upper=city)
    shared = load_indicators(DICTIONARY, city).added

    call_command("load_indicators", "--conference", district.code)

    number = sum(row.for_districts for row in shared)
    assert f"新增 {25 - number}，已有 0，上级已统一要求 {number}" in capsys.readouterr().out
    assert not {row.name for row in shared if row.for_districts} & set(
        Indicator.objects.filter(conference=district).values_list("name", flat=True)
    )


def test_names_that_are_no_unit_here_are_told_and_not_guessed(capsys):
    conference = ConferenceFactory()
    DepartmentFactory(conference=conference, name="县公安局")

    call_command("load_indicators", "--conference", conference.code)

    said = capsys.readouterr().out
    assert "新增 25，已有 0" in said
    assert "「法律援助件数」的填报单位对不上登记的名称，请在指标页指定：司法局" in said
    assert "「摸排来历不明人员线索」" not in said


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"indicators": [{}]}',
        '{"indicators": [{"code": "A1"}]}',
        '{"indicators": [{"code": "A1", "name": "x", "reporters": "everybody"}]}',
        json.dumps({"indicators": [{"code": "A1", "name": "x" * 61}]}),
    ],
)
def test_a_file_that_makes_no_sense_changes_nothing(tmp_path, content, refused):
    path = tmp_path / "indicators.json"
    path.write_text(content, encoding="utf-8")

    with refused(IndicatorsNotLoadable):
        load_indicators(path, ConferenceFactory())

    assert not Indicator.objects.exists()


def test_an_unknown_conference_is_told():
    with pytest.raises(CommandError, match="没有代码为 999999 的联席会议"):
        call_command("load_indicators", "--conference", "999999")


def test_every_number_of_the_dictionary_says_what_it_means(db):
    load_indicators(DICTIONARY, ConferenceFactory())

    assert [
        row.code for row in Indicator.objects.all() if not (row.definition and row.method and row.unit and row.source)
    ] == []
    assert Figure.objects.count() == 0
