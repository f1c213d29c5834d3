"""The dictionary's pages: adding, changing, ending and replacing; what districts hand out; who may."""

import pytest
from django.urls import reverse

from departments.models import Event
from reporting.enums import Reporters, YearState
from reporting.models import Indicator, IndicatorUnit, Year
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    YearFactory,
    published,
    this_year,
)
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = ConferenceFactory()
    version = PlanVersionFactory(conference=city)
    ResponsibilityFactory(clause=ClauseFactory(version=version, path="二/(一)/1"))
    YearFactory(conference=city, version=published(version))
    return city


@pytest.fixture
def office(city, client):
    person = PostingFactory(office_head=True, conference=city).user
    client.force_login(person)
    return person


def page(city, name="indicator", *more):
    return reverse(f"reporting:{name}", args=[city.code, this_year(), *more])


def meaning(**fields):
    return {
        "name": "宣传场次",
        "unit": "场",
        "definition": "面向公众的活动。",
        "method": "按场计。",
        "source": "台账",
        "is_summed": "on",
        "reporters": "members",
        "asks_above_percent": "50",
    } | fields


# --- Adding -------------------------------------------------------------------------------------------------------


def test_a_new_indicator_gets_the_next_code(client, office, city):
    IndicatorFactory(conference=city, code="Z01")

    response = client.post(page(city, "indicator_add"), meaning())

    added = Indicator.objects.get(name="宣传场次")
    assert (added.code, added.conference, added.is_summed, added.is_cumulative) == ("Z02", city, True, False)
    assert response.url == page(city, "indicator", added.pk)


def test_the_code_of_another_conference_is_free_and_the_own_one_is_taken(client, office, city):
    IndicatorFactory(code="A1")
    assert client.post(page(city, "indicator_add"), meaning(code="A1")).status_code == 302

    response = client.post(page(city, "indicator_add"), meaning(code="A1", name="另一项"))

    assert response.status_code == 422
    assert "本联席会议已有这个代码的指标。" in response.content.decode()


def test_the_same_number_is_not_asked_for_twice(client, office, city):
    IndicatorFactory(conference=city, name="宣传 场次")

    response = client.post(page(city, "indicator_add"), meaning())

    assert response.status_code == 422
    assert response.context["form"].errors["name"] == ["已有同名的指标；口径要变的，请先停用原来的。"]


def test_the_name_of_what_has_ended_is_free(client, office, city):
    IndicatorFactory(conference=city, name="宣传场次", ends_year=this_year())

    assert client.post(page(city, "indicator_add"), meaning()).status_code == 302


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"name": " "}, "name", "该字段是必填项。"),
        ({"reporters": "everybody"}, "reporters", "选择一个有效的选项"),
        ({"reporters": "named"}, "departments", "请至少指定一个单位。"),
        ({"reporters": "clause_leads"}, "clause_path", "按条款确定填报单位的，请选择条款。"),
        ({"clause_path": "九/(九)"}, "clause_path", "选择一个有效的选项"),
        ({"asks_above_percent": "0"}, "asks_above_percent", "1"),
        ({"starts_year": "20266"}, "starts_year", "2100"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(client, office, city, fields, name, message):
    response = client.post(page(city, "indicator_add"), meaning(**fields))

    assert response.status_code == 422
    assert message in response.context["form"].errors[name][0]
    assert not Indicator.objects.exists()


def test_units_of_elsewhere_cannot_be_named(client, office, city):
    foreign = DepartmentFactory()

    response = client.post(page(city, "indicator_add"), meaning(reporters="named", departments=[foreign.pk]))

    assert response.status_code == 422
    assert "departments" in response.context["form"].errors


def test_an_indicator_of_a_clause_names_one_of_the_years_measures(client, office, city):
    client.post(page(city, "indicator_add"), meaning(reporters="clause_leads", clause_path="二/(一)/1"))

    added = Indicator.objects.get()
    assert (added.reporters, added.clause_path) == (Reporters.CLAUSE_LEADS, "二/(一)/1")


def test_members_and_units_of_clauses_are_offered_and_those_of_old_plans_are_not(client, office, city):
    member = DepartmentFactory(conference=city, member=True)
    party = DepartmentFactory(conference=city)
    clause = ClauseFactory(version__conference=city)
    ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=party))
    named = DepartmentFactory(conference=city)
    indicator = IndicatorFactory(conference=city, named=[named])
    DepartmentFactory(conference=city)

    offered = {
        name: set(client.get(address).context["form"].fields["departments"].queryset)
        for name, address in (("new", page(city, "indicator_add")), ("old", page(city, "indicator", indicator.pk)))
    }

    assert offered == {"new": {member, party}, "old": {member, party, named}}


# --- Changing -----------------------------------------------------------------------------------------------------


def test_without_numbers_everything_may_change(client, office, city):
    indicator = IndicatorFactory(conference=city)

    response = client.post(page(city, "indicator", indicator.pk), meaning(code="A9", is_cumulative="on"))

    indicator.refresh_from_db()
    assert response.status_code == 302
    assert (indicator.name, indicator.code, indicator.is_cumulative) == ("宣传场次", "A9", True)


def with_numbers(city, **fields):
    indicator = IndicatorFactory(conference=city, name="线索", **fields)
    unit = DepartmentFactory(conference=city)
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=this_year()), indicator=indicator)
    return indicator


def test_with_numbers_the_page_says_that_the_meaning_is_fixed(client, office, city):
    indicator = with_numbers(city)

    response = client.get(page(city, "indicator", indicator.pk))

    assert "口径要变的，请停用后另建一项指标。" in response.content.decode()
    assert response.context["form"].fields["name"].disabled
    assert not response.context["form"].fields["source"].disabled


def test_with_numbers_the_rest_is_saved_without_the_meaning(client, office, city):
    indicator = with_numbers(city)

    response = client.post(page(city, "indicator", indicator.pk), {"source": "新台账", "reporters": "members"})

    indicator.refresh_from_db()
    assert (response.status_code, indicator.name, indicator.source) == (302, "线索", "新台账")
    assert indicator.is_summed


def test_a_meaning_that_was_changed_while_the_first_number_came_in_is_refused_and_kept(client, office, city):
    indicator = with_numbers(city)
    before = rows(Indicator, Event)

    response = client.post(page(city, "indicator", indicator.pk), meaning(name="另一个名称"))

    text = response.content.decode()
    assert response.status_code == 409
    assert "已有单位按这一定义报数，含义不能再改；请停用后另建一项指标。" in text
    assert "另一个名称" in text
    assert rows(Indicator, Event) == before


def test_other_fields_of_the_table_are_not_looked_at(client, office, city):
    indicator = IndicatorFactory(conference=city)
    crammed = {"conference": ConferenceFactory().pk, "id": 99, "ends_year": 1999}

    client.post(page(city, "indicator", indicator.pk), meaning(**crammed))

    indicator.refresh_from_db()
    assert (indicator.conference, indicator.ends_year) == (city, None)


# --- Closed years -------------------------------------------------------------------------------------------------


def test_the_pages_of_a_closed_year_offer_nothing_and_refuse_what_is_sent(client, office, city):
    district = ConferenceFactory(upper=city)
    indicator = IndicatorFactory(conference=city, for_districts=True)
    client.force_login(office)
    Year.objects.update(state=YearState.CLOSED)
    before = rows(Indicator, IndicatorUnit, Event)
    over = f"{this_year()}年度已经关闭归档，不能再修改。"

    listed, shown = client.get(page(city, "indicators")), client.get(page(city, "indicator", indicator.pk))
    answers = [
        client.post(page(city, "indicator_add"), meaning(starts_year=this_year() + 1)),
        client.post(page(city, "indicator", indicator.pk), meaning(name="另一个名称")),
        client.post(page(city, "indicator_end", indicator.pk), {"after": this_year()}),
    ]

    assert (listed.context["add_url"], shown.context["form"], shown.context["end_form"]) == ("", None, None)
    assert all(over in answer.content.decode() for answer in (listed, shown, *answers))
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert "另一个名称" in answers[1].content.decode()
    assert client.get(page(city, "indicator_add")).url == page(city, "indicators")
    assert rows(Indicator, IndicatorUnit, Event) == before

    YearFactory(conference=district, state=YearState.CLOSED)
    client.force_login(PostingFactory(office_head=True, conference=district).user)
    unit = DepartmentFactory(conference=district, member=True)

    answer = client.post(page(district, "indicator_units", indicator.pk), {"departments": [unit.pk]})

    assert (answer.status_code, over in answer.content.decode()) == (409, True)
    client.post(page(district, "indicators_suggested"), {"indicator": [indicator.pk]})
    assert client.get(page(district, "indicator", indicator.pk)).context["units_form"] is None
    assert rows(Indicator, IndicatorUnit, Event) == before


def test_a_beginning_in_a_closed_year_is_refused_beside_its_field(client, office, city):
    last = this_year() - 1
    YearFactory(conference=city, year=last, state=YearState.CLOSED)

    answer = client.post(page(city, "indicator_add"), meaning(starts_year=last - 4))

    assert answer.status_code == 422
    assert answer.context["form"].errors["starts_year"] == [f"{last}年度已经关闭归档，启用年度最早为{last + 1}年。"]
    assert client.post(page(city, "indicator_add"), meaning(starts_year=last + 1)).status_code == 302


# --- Ending -------------------------------------------------------------------------------------------------------


def test_an_indicator_is_ended_and_replaced(client, office, city):
    indicator = with_numbers(city, definition="旧口径")

    ended = client.post(
        page(city, "indicator_end", indicator.pk), {"after": this_year(), "action": "replace"}, follow=True
    )

    indicator.refresh_from_db()
    form = ended.context["form"]
    assert indicator.ends_year == this_year()
    assert (form["name"].value(), form["definition"].value(), form["starts_year"].value()) == (
        "线索",
        "旧口径",
        this_year() + 1,
    )
    assert not form["code"].value()


def test_a_year_with_numbers_is_not_ended_before(client, office, city):
    indicator = with_numbers(city)

    response = client.post(page(city, "indicator_end", indicator.pk), {"after": this_year() - 1})

    assert response.status_code == 409
    assert "已有单位报数，最早从下一年起停用。" in response.content.decode()


@pytest.mark.parametrize("after", ["", "x", "1999", "99999"])
def test_a_year_that_was_not_offered_is_refused(client, office, city, after):
    indicator = IndicatorFactory(conference=city)

    assert client.post(page(city, "indicator_end", indicator.pk), {"after": after}).status_code == 422
    assert Indicator.objects.get().ends_year is None


def test_what_has_ended_is_listed_apart(client, office, city):
    IndicatorFactory(conference=city, name="旧指标", ends_year=this_year() - 1)
    IndicatorFactory(conference=city, name="新指标")

    context = client.get(page(city, "indicators")).context

    assert [row["name"] for row in context["own"]] == ["新指标"]
    assert [row["name"] for row in context["ended"]] == ["旧指标"]


def test_indicators_that_nobody_reports_or_whose_clause_is_gone_are_red(client, office, city):
    IndicatorFactory(conference=city, named=[])
    IndicatorFactory(conference=city, reporters=Reporters.CLAUSE_LEADS, clause_path="九/(九)")
    IndicatorFactory(conference=city, named=[], for_districts=True)

    own = client.get(page(city, "indicators")).context["own"]

    assert [(row["has_nobody"], row["clause_is_gone"]) for row in own] == [(True, False), (True, True), (False, False)]


# --- Several years ------------------------------------------------------------------------------------------------


def test_several_years_stand_on_the_indicators_page(client, office, city):
    indicator = IndicatorFactory(conference=city)
    unit = DepartmentFactory(conference=city)
    for year, value in ((this_year() - 1, 3), (this_year(), 4)):
        FigureFactory(sheet=FigureSheetFactory(department=unit, year=year), indicator=indicator, value=value)

    years = client.get(page(city, "indicator", indicator.pk)).context["years"]

    assert [row["text"] for row in years["rows"]] == ["", "", "", "3", "4"]
    assert (years["total"], len(years["line"]["points"])) == ("7", 2)


def test_counts_since_the_beginning_are_not_added_over_years(client, office, city):
    indicator = with_numbers(city, is_cumulative=True)

    years = client.get(page(city, "indicator", indicator.pk)).context["years"]

    assert (years["total"], years["refused"]) == ("", "累计数已包含以前年度，不能跨年相加。")


# --- Districts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def district(city):
    district = ConferenceFactory(upper=city)
    YearFactory(conference=district)
    return district


@pytest.fixture
def district_office(district, client):
    person = PostingFactory(office_staff=True, conference=district).user
    client.force_login(person)
    return person


def test_a_district_hands_out_what_the_city_asks(client, district_office, city, district):
    indicator = IndicatorFactory(conference=city, named=[DepartmentFactory(conference=city)], for_districts=True)
    unit = DepartmentFactory(conference=district, member=True)
    assert client.get(page(district, "indicators")).context["upper"][0]["has_nobody"]

    response = client.post(page(district, "indicator_units", indicator.pk), {"departments": [unit.pk]})

    assert response.status_code == 302
    assert unit in indicator.departments.all()
    assert not client.get(page(district, "indicators")).context["upper"][0]["has_nobody"]


def test_a_district_does_not_ask_again_what_the_city_asks(client, district_office, city, district):
    IndicatorFactory(conference=city, name="宣传场次", for_districts=True)
    IndicatorFactory(conference=city, name="线索")

    response = client.post(page(district, "indicator_add"), meaning())

    assert response.context["form"].errors["name"] == ["上级联席会议已统一要求这项指标，不必另建。"]
    assert client.post(page(district, "indicator_add"), meaning(name="线索")).status_code == 302


def test_units_of_the_same_name_are_suggested_and_taken_by_a_person(client, district_office, city, district):
    police = DepartmentFactory(conference=city, name="市公安局")
    youth = DepartmentFactory(conference=city, name="团市委")
    of_police, of_youth, of_nobody = (
        IndicatorFactory(conference=city, named=[unit], for_districts=True)
        for unit in (police, youth, DepartmentFactory(conference=city, name="市外办"))
    )
    there = DepartmentFactory(conference=district, name="县公安局", member=True)
    DepartmentFactory(conference=district, name="县公安局治安大队", member=True)
    league = DepartmentFactory(conference=district, name="团县委", names=["共青团委", "团市委"], member=True)

    suggested = client.get(page(district, "indicators")).context["suggested"]
    assert [(row["name"], row["units"]) for row in suggested] == [
        (of_police.name, "县公安局"),
        (of_youth.name, "团县委"),
    ]
    assert not there.indicators.exists()

    client.post(page(district, "indicators_suggested"), {"indicator": [of_police.pk, of_nobody.pk, 999]})

    assert list(there.indicators.all()) == [of_police]
    assert not league.indicators.exists()
    assert Event.objects.filter(action="indicator", conference=district).count() == 1


def test_a_city_without_one_above_is_suggested_nothing(client, office, city):
    IndicatorFactory(conference=city, named=[])

    assert client.get(page(city, "indicators")).context["suggested"] == []
    assert client.post(page(city, "indicators_suggested"), {"indicator": ["1"]}).status_code == 302


def test_a_district_hands_out_to_its_own_units_only(client, district_office, city, district):
    indicator = IndicatorFactory(conference=city, for_districts=True)

    response = client.post(
        page(district, "indicator_units", indicator.pk), {"departments": [DepartmentFactory(conference=city).pk]}
    )

    assert response.status_code == 422
    assert not indicator.departments.exists()


def test_a_district_reads_the_citys_indicators_and_does_not_change_them(client, district_office, city, district):
    indicator = IndicatorFactory(conference=city, for_districts=True)

    assert client.get(page(district, "indicator", indicator.pk)).context["form"] is None
    assert client.post(page(district, "indicator", indicator.pk), meaning()).status_code == 403
    assert client.post(page(district, "indicator_end", indicator.pk), {"after": this_year()}).status_code == 403


def test_what_the_city_asks_only_of_its_own_units_does_not_exist_in_a_district(client, district_office, city, district):
    indicator = IndicatorFactory(conference=city)

    assert client.get(page(district, "indicator", indicator.pk)).status_code == 404


def test_the_own_dictionary_is_not_handed_out(client, office, city):
    indicator = IndicatorFactory(conference=city)

    assert client.post(page(city, "indicator_units", indicator.pk), {"departments": []}).status_code == 403


def test_auditors_read_and_change_nothing(client, city):
    indicator = IndicatorFactory(conference=city)
    client.force_login(PostingFactory(auditor=True, conference=city).user)

    assert client.get(page(city, "indicators")).context["add_url"] == ""
    assert client.get(page(city, "indicator", indicator.pk)).context["form"] is None
    for name, args in (("indicator_add", []), ("indicator", [indicator.pk]), ("indicator_end", [indicator.pk])):
        assert client.post(page(city, name, *args), meaning()).status_code == 403
