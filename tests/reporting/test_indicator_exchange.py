"""The dictionary in files: what comes out goes in again, what has numbers keeps its meaning, nobody else's rows."""

import pytest

from departments.models import Event
from departments.models.events import Action
from reporting.models import Indicator
from tests.exchange import confirm, counts, csv_of, exported, faults, imported, preview, rows_of, xlsx_of
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

HEADERS = ["联席会议", "代码", "指标", "计量单位", "填报单位", "指定单位"]


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def administrator(city, client):
    person = PostingFactory(administrator=True, conference=city).user
    client.force_login(person)
    return person


def sheet(*lines, headers=HEADERS, made=csv_of):
    return made(headers, *lines)


@pytest.mark.parametrize("made_as", ["csv", "xlsx"])
def test_what_comes_out_changes_nothing_when_it_goes_in(client, administrator, city, made_as):
    units = [DepartmentFactory(conference=city) for _number in range(2)]
    IndicatorFactory(conference=city, named=units, definition="=1+1", asks_above_percent=None, starts_year=2026)
    IndicatorFactory(conference=city, is_cumulative=True, clause_path="二/(一)/1", for_districts=True)

    content = exported(client, Indicator, made_as)

    found = preview(client, Indicator, content)
    assert (found["faults"], counts(found)) == ([], (0, 0, 2))


def test_the_city_exports_its_own_and_its_districts_and_nobody_elses(client, administrator, city):
    district = ConferenceFactory(upper=city)
    for conference in (city, district, ConferenceFactory()):
        IndicatorFactory(conference=conference)

    content = rows_of(exported(client, Indicator))

    assert {row[0] for row in content[1:]} == {city.code, district.code}


@pytest.mark.parametrize("made", [csv_of, xlsx_of])
def test_new_indicators_are_added_with_the_units_that_they_name(client, administrator, city, made):
    unit = DepartmentFactory(conference=city, name="市教委", names=["市教育委员会"])

    imported(client, Indicator, sheet([city.code, "A1", "宣传场次", "场", "指定单位", "市教育委员会"], made=made))

    added = Indicator.objects.get()
    assert (added.conference, added.code, added.name, added.asks_above_percent) == (city, "A1", "宣传场次", 50)
    assert list(added.departments.all()) == [unit]
    event = Event.objects.get(action=Action.ADMINISTER)
    assert (event.actor, event.object_id, event.detail["act"]) == (administrator, added.pk, "add")
    assert event.detail["fields"]["departments"] == ["", "市教育委员会"]


def test_units_are_named_anew(client, administrator, city):
    old, new = DepartmentFactory(conference=city), DepartmentFactory(conference=city)
    county_unit = DepartmentFactory(conference=ConferenceFactory(upper=city))
    indicator = IndicatorFactory(conference=city, named=[old, county_unit])

    imported(
        client, Indicator, sheet([city.code, indicator.code, indicator.name, indicator.unit, "指定单位", new.name])
    )

    # What a district has handed out is not the sheet's.
    assert set(indicator.departments.all()) == {new, county_unit}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (["A1", "宣传", "场", "指定单位", "没有这个局"], "指定单位"),
        (["A1", "宣传", "场", "各成员单位", "市教委"], "指定单位"),
        (["A1", "宣传", "场", "条款负责单位", ""], "条款"),
        (["A1", "宣传", "场", "谁都可以", ""], "填报单位"),
        (["A1", "", "场", "各成员单位", ""], "指标"),
        (["A1", "联系13812345678", "场", "各成员单位", ""], "指标"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_and_nothing_is_written(client, administrator, city, line, column):
    DepartmentFactory(conference=city, name="市教委")

    found = preview(client, Indicator, sheet([city.code, *line]))

    assert column in {fault[1] for fault in faults(found)}
    assert found["ticket"] == ""
    assert not Indicator.objects.exists()


def test_another_conferences_dictionary_is_out_of_reach(client, administrator, city):
    foreign = IndicatorFactory()

    found = preview(client, Indicator, sheet([foreign.conference.code, foreign.code, "改名", "场", "各成员单位", ""]))

    assert [fault[1] for fault in faults(found)] == ["联席会议"]


def test_with_numbers_the_meaning_is_fixed(client, administrator, city):
    indicator = IndicatorFactory(conference=city, unit="场")
    unit = DepartmentFactory(conference=city)
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=2026), indicator=indicator)
    before = rows(Indicator, Event)

    found = preview(client, Indicator, sheet([city.code, indicator.code, "改名", "次", "各成员单位", ""]))

    assert [fault[1:] for fault in faults(found)] == [("指标", "改名"), ("计量单位", "次")]
    assert rows(Indicator, Event) == before


@pytest.mark.parametrize(("header", "value"), [("启用年度", "2027"), ("停用前最后年度", "2025")])
def test_with_numbers_the_years_stay_around_them(client, administrator, city, header, value):
    indicator = IndicatorFactory(conference=city)
    unit = DepartmentFactory(conference=city)
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=2026), indicator=indicator)

    found = preview(client, Indicator, sheet([city.code, indicator.code, value], headers=["联席会议", "代码", header]))

    assert [fault[1:] for fault in faults(found)] == [(header, value)]


def test_with_numbers_the_rest_may_change(client, administrator, city):
    indicator = IndicatorFactory(conference=city)
    unit = DepartmentFactory(conference=city)
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=2026), indicator=indicator)

    imported(client, Indicator, sheet([city.code, indicator.code, "新台账"], headers=["联席会议", "代码", "资料来源"]))

    indicator.refresh_from_db()
    assert indicator.source == "新台账"


def test_numbers_that_come_in_after_the_preview_fix_the_meaning(client, administrator, city):
    indicator = IndicatorFactory(conference=city)
    found = preview(client, Indicator, sheet([city.code, indicator.code, "改名", "场", "各成员单位", ""]))
    FigureFactory(
        sheet=FigureSheetFactory(department=DepartmentFactory(conference=city), year=2026), indicator=indicator
    )

    confirm(client, Indicator, found)

    indicator.refresh_from_db()
    assert indicator.name != "改名"


def test_the_page_of_an_indicator_with_numbers_shows_its_meaning_and_no_field_for_it(client, administrator, city):
    from tests.exchange import address  # beside the list

    indicator = IndicatorFactory(conference=city)
    FigureFactory(
        sheet=FigureSheetFactory(department=DepartmentFactory(conference=city), year=2026), indicator=indicator
    )

    page = address(Indicator, "changelist") + f"{indicator.pk}/change/"
    text = client.get(page).content.decode()

    assert 'name="source"' in text
    assert 'name="definition"' not in text
    response = client.post(page, {"reporters": "members", "position": "0", "source": "台账", "definition": "另一个"})
    indicator.refresh_from_db()
    assert (response.status_code, indicator.source, indicator.definition) == (302, "台账", "数的是什么。")
