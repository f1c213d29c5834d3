"""The office's pages of numbers: what is missing first, whom to urge, the matrix, the workbook."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, YearFactory, this_year
from tests.figure_rows import (
    FigureFactory,
    FigureSheetFactory,
    IndicatorFactory,
    file_of_district,
    frozen,
    report_of_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = ConferenceFactory()
    YearFactory(conference=city)
    return city


@pytest.fixture
def office(city, client):
    person = PostingFactory(office_staff=True, conference=city).user
    client.force_login(person)
    return person


def page(city, name="figure_sums"):
    return reverse(f"reporting:{name}", args=[city.code, this_year()])


def reported(city, indicator, value, **fields):
    unit = DepartmentFactory(conference=city, member=True)
    report_of_unit(unit, submitted=True)
    FigureFactory(sheet=FigureSheetFactory(department=unit), indicator=indicator, value=value, **fields)
    return unit


def test_what_is_missing_comes_first(client, office, city):
    full, lacking = (IndicatorFactory(conference=city) for _number in range(2))
    unit = reported(city, full, 5)
    full.departments.set([unit])
    full.reporters = "named"
    full.save()

    rows = client.get(page(city)).context["rows"]

    assert [(row["name"], row["total"], row["missing"]) for row in rows] == [
        (lacking.name, "", 1),
        (full.name, "5", 0),
    ]


def test_units_that_owe_numbers_are_listed_with_the_way_to_urge_them(client, office, city):
    indicator = IndicatorFactory(conference=city)
    silent = DepartmentFactory(conference=city, member=True)
    duty = report_of_unit(silent)
    reported(city, indicator, 5)

    debtors = client.get(page(city)).context["debtors"]

    assert [(row["name"], row["number"], row["is_late"]) for row in debtors["rows"]] == [(silent.name, 1, False)]
    assert debtors["rows"][0]["urge_url"] == f"{page(city, 'urge_many')}?duty={duty.pk}"


def test_a_unit_that_filed_without_the_number_is_red_and_cannot_be_urged(client, office, city):
    indicator = IndicatorFactory(conference=city)
    unit = DepartmentFactory(conference=city, member=True)
    report_of_unit(unit, submitted=True)
    FigureSheetFactory(department=unit)

    context = client.get(page(city)).context

    (row,) = context["debtors"]["rows"]
    assert (row["has_filed"], row["is_late"], row["urge_url"]) == (True, True, "")
    assert context["rows"][0]["values"][0]["text"] == "已报送，此项未填"
    assert indicator.name in row["indicators"]


def test_auditors_read_and_are_offered_no_urging(client, city):
    IndicatorFactory(conference=city)
    report_of_unit(DepartmentFactory(conference=city, member=True))
    client.force_login(PostingFactory(auditor=True, conference=city).user)

    context = client.get(page(city)).context

    assert context["debtors"]["rows"][0]["urge_url"] == ""


def test_every_number_has_the_units_behind_it(client, office, city):
    indicator = IndicatorFactory(conference=city)
    unit = reported(city, indicator, 1200, as_written="约1,200", explanation="含街道")

    response = client.get(page(city))

    (value,) = response.context["rows"][0]["values"]
    assert (value["name"], value["text"], value["explanation"]) == (unit.name, "约1,200", "含街道")
    assert value["url"] == reverse("reporting:figures", args=[this_year(), unit.code])
    assert "约1,200" in response.content.decode()


def test_zero_missing_and_uncountable_are_told_apart(client, office, city):
    indicator = IndicatorFactory(conference=city)
    reported(city, indicator, 0)
    reported(city, indicator, None, cannot_be_counted=True, explanation="没有台账")
    DepartmentFactory(conference=city, member=True)

    response = client.get(page(city))

    texts = [value["text"] for value in response.context["rows"][0]["values"]]
    assert texts == ["未报", "0", "无法统计"]
    assert response.context["rows"][0]["total"] == "0"


def test_half_a_sum_is_not_compared_with_last_year(client, office, city):
    indicator = IndicatorFactory(conference=city)
    unit = reported(city, indicator, 5)
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=this_year() - 1), indicator=indicator, value=4)

    assert client.get(page(city)).context["rows"][0]["change"] == "+25%"
    DepartmentFactory(conference=city, member=True)
    assert client.get(page(city)).context["rows"][0]["change"] == ""


def test_districts_are_counted_by_who_has_filed(client, office, city):
    shared = IndicatorFactory(conference=city, for_districts=True)
    first, second = (ConferenceFactory(upper=city) for _number in range(2))
    file_of_district(city, first, [frozen(shared, 30)])

    row = client.get(page(city)).context["rows"][0]

    assert (row["of_districts"], row["filed_text"]) == ("30", "1/1")
    file_of_district(city, second, [frozen(shared, None)])
    row = client.get(page(city)).context["rows"][0]
    assert (row["of_districts"], row["filed_text"]) == ("30", "2/2")
    assert [value["text"] for value in row["districts"]] == ["已报送，此项未填", "30"]


def test_a_conference_without_a_dictionary_is_led_to_it(client, office, city):
    text = client.get(page(city)).content.decode()

    assert "还没有登记指标。" in text
    assert reverse("reporting:indicators", args=[city.code, this_year()]) in text


@pytest.mark.parametrize("name", ["figure_sums", "figure_matrix", "figure_sums_xlsx", "indicators"])
def test_strangers_and_members_find_nothing(client, city, name):
    for person in (
        PostingFactory(department__conference=city).user,
        PostingFactory(office_head=True).user,
        PostingFactory(administrator=True, conference=city).user,
    ):
        client.force_login(person)
        assert client.get(page(city, name)).status_code == 404


# --- The matrix ---------------------------------------------------------------------------------------------------


def test_the_matrix_has_tables_of_ten_indicators(client, office, city):
    for _number in range(11):
        IndicatorFactory(conference=city)
    DepartmentFactory(conference=city, member=True)

    response = client.get(page(city, "figure_matrix"))

    assert [len(table["columns"]) for table in response.context["tables"]] == [10, 1]
    assert b'<body class="landscape">' in response.content


def test_a_unit_that_is_not_asked_has_an_empty_cell_and_not_a_missing_one(client, office, city):
    asked, other = (DepartmentFactory(conference=city, member=True) for _number in range(2))
    IndicatorFactory(conference=city)
    IndicatorFactory(conference=city, named=[asked])

    (table,) = client.get(page(city, "figure_matrix")).context["tables"]

    assert [(row["name"], [cell["text"] for cell in row["cells"]]) for row in table["rows"]] == [
        (asked.name, ["未报", "未报"]),
        (other.name, ["未报", ""]),
    ]


# --- The workbook -------------------------------------------------------------------------------------------------


def workbook(client, city):
    response = client.get(page(city, "figure_sums_xlsx"))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return openpyxl.load_workbook(BytesIO(response.content))


def test_the_workbook_holds_sums_and_every_number_behind_them(client, office, city):
    shared = IndicatorFactory(conference=city, name="宣传场次", for_districts=True)
    unit = reported(city, shared, 1200, as_written="约1,200", explanation="含街道")
    district = ConferenceFactory(upper=city)
    file_of_district(city, district, [frozen(shared, "12.5")])
    silent = DepartmentFactory(conference=city, member=True)

    book = workbook(client, city)

    sums, values = book["汇总"], book["分单位"]
    assert [cell.value for cell in sums[3]] == [
        *(1, shared.code, "宣传场次", "场", 1212.5, 1200, 12.5, None, None, 2, 1, 0, 1, "1/1", "含约数")
    ]
    assert [[cell.value for cell in row] for row in values.iter_rows(min_row=3)] == [
        [shared.code, "宣传场次", "场", unit.name, 1200, "约1,200", "已报", "含街道"],
        [shared.code, "宣传场次", "场", silent.name, None, None, "未报", None],
        [shared.code, "宣传场次", "场", str(district), 12.5, "12.5", "已报", None],
    ]


def test_the_workbook_prints_on_the_wide_side_with_its_head_on_every_page(client, office, city):
    IndicatorFactory(conference=city)
    DepartmentFactory(conference=city, member=True)

    for sheet in workbook(client, city):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.freeze_panes == "A3"
        assert sheet.print_title_rows == "$2:$2"
        assert sheet.print_area.endswith(f"${sheet.max_row}")


@pytest.mark.parametrize("text", ["=1+1", "+cmd|'/c calc'!A1", "-2", "@SUM(A1)", "\t=1", "http://example.test/"])
def test_texts_of_the_workbook_are_texts(client, office, city, text):
    indicator = IndicatorFactory(conference=city, name=text)
    reported(city, indicator, 5, as_written="5", explanation=text)

    book = workbook(client, city)

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(cells) == 3
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.hyperlink for cell in cells} == {None}


def test_a_number_that_a_spreadsheet_would_round_stays_a_text(client, office, city):
    indicator = IndicatorFactory(conference=city)
    for _number in range(11):
        reported(city, indicator, "999999999999.99")

    assert workbook(client, city)["汇总"]["E3"].value == "10999999999999.89"
