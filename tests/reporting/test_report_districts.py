"""Districts: the same login on both sides, both recipients, the city's review, and who reports after a change of places."""

from datetime import date
from decimal import Decimal

import pytest

from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, Figure, FigureSheet, Filing, Indicator, ReportSection
from reporting.services.compiling import begin_report
from reporting.services.figures import sums
from reporting.services.report_handing_in import hand_in_report
from reporting.services.reports import report_for
from tests.factories import PostingFactory
from tests.report_rows import YEAR, as_user, at, bodies, district_duty, district_of, fresh, hand_in_from, town

pytestmark = pytest.mark.django_db


def accepting(duty):
    """What the review page sends of the version that it showed."""
    return {"action": "accept", "lock_version": Duty.objects.get(pk=duty.pk).lock_version}


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


@pytest.fixture
def district(city):
    """With its own plan, units and year."""
    found = district_of(city)
    return town(found)


@pytest.fixture
def duty(city, district):
    return district_duty(city, district.conference, due_on=date(2026, 12, 30), planned_on=date(2026, 12, 30))


def test_both_addresses_lead_to_the_same_report(district, duty):
    client = as_user(district.staff)
    client.post(at("duty", duty.pk), {"action": "start"})

    pages = [client.get(at("duty", duty.pk)), client.get(at("conference_report", district.conference.code, YEAR))]

    assert {page.context["report"] for page in pages} == {AnnualReport.objects.get()}
    assert AnnualReport.objects.get().duty == duty


def test_district_compiles_its_own_units_entries(district, duty):
    district.entry("二/(一)", 0, work_done="区里开展宣传。", state=EntryState.ACCEPTED)

    report = begin_report(duty, district.conference, YEAR, by=district.staff)

    assert bodies(report)["clause:二/(一)"] == "市教委：区里开展宣传。"


def test_staff_prepare_and_the_head_of_the_office_files(city, district, duty):
    report = begin_report(duty, district.conference, YEAR, by=district.staff)
    staff, chief = as_user(district.staff), as_user(district.chief)
    assert staff.get(at("conference_report", district.conference.code, YEAR)).context["may_hand_in"] is False
    assert staff.post(at("report_file", report.pk)).status_code == 403

    assert hand_in_from(chief, report).status_code == 302

    filing = Filing.objects.get()
    assert (filing.recipient, filing.due_on, filing.snapshot["recipients"]) == (
        city.conference,
        date(2026, 12, 30),
        [city.conference.office_name, "江岸区人民政府"],
    )


def test_city_reviews_the_district_as_a_district_reviews_its_units(city, district, duty):
    report = begin_report(duty, district.conference, YEAR, by=district.staff)
    ReportSection.objects.filter(report=report, key="problems").update(body="区里缺人。")
    hand_in_report(fresh(report), by=district.chief)
    client, page = as_user(city.staff), at("duty_review", duty.pk)
    assert "区里缺人。" in client.get(page).content.decode()
    assert client.get(at("filing_word", Filing.objects.get().pk)).status_code == 200

    client.post(page, accepting(duty) | {"action": "return", "reason": "请补充数据。"})
    ReportSection.objects.filter(report=report, key="problems").update(body="已补充。")
    hand_in_report(fresh(report), by=district.chief)

    assert "已补充。" in client.get(page).content.decode()
    assert client.get(page).context["filed"]["facts"]["round"] == 2
    client.post(page, accepting(duty))
    assert Duty.objects.get(pk=duty.pk).state == EntryState.ACCEPTED


def test_city_does_not_open_the_districts_own_rooms(city, district, duty):
    begin_report(duty, district.conference, YEAR, by=district.staff)
    client = as_user(city.staff)

    assert client.get(at("conference_report", district.conference.code, YEAR)).status_code == 404
    assert client.get(at("duty", duty.pk)).url == at("duty_review", duty.pk)


def test_one_login_is_an_office_and_a_reporter(city, district, duty):
    """Liaison of a unit of the district and in its office: writes the unit's report and the conference's."""
    person = district.liaisons[0]
    PostingFactory(user=person, office_staff=True, conference=district.conference)
    unit_duty = district.duty()
    client = as_user(person)

    for page in (unit_duty, duty):
        assert client.post(at("duty", page.pk), {"action": "start"}).status_code == 302
        assert client.get(at("duty", page.pk)).context["form"] is not None

    titles = {row["title"] for row in client.get(at("work_year", YEAR)).context["duties"]}
    assert titles == {unit_duty.title, duty.title}
    report = report_for(unit_duty)
    hand_in_report(fresh(report), by=district.liaisons[0])
    # The own unit's report is reviewed by somebody else of the office.
    assert client.post(at("duty_review", unit_duty.pk), accepting(unit_duty)).status_code == 403
    as_user(district.staff).post(at("duty_review", unit_duty.pk), accepting(unit_duty))
    assert Duty.objects.get(pk=unit_duty.pk).state == EntryState.ACCEPTED


def test_one_login_of_a_districts_office_is_liaison_in_the_city(city, district, duty):
    person = district.staff
    PostingFactory(user=person, department=city.units[0])
    unit_duty = city.duty()
    client = as_user(person)

    for page in (unit_duty, duty):
        client.post(at("duty", page.pk), {"action": "start"})
        assert client.get(at("duty", page.pk)).context["form"] is not None

    assert {report.department for report in AnnualReport.objects.all()} == {city.units[0], None}


def test_list_of_districts_counts_and_links(city, district, duty, clock):
    for unit, state in zip((0, 1), ("accepted", "draft"), strict=True):
        district.duty(unit, **{state: True})
    other = district_of(city, "江汉区")
    late = district_duty(city, other, due_on=date(2026, 12, 1))

    page = as_user(city.staff).get(at("districts", city.conference.code, YEAR))

    rows = {row["name"]: row for row in page.context["rows"]}
    assert next(row["name"] for row in page.context["rows"]) == "江汉区"
    assert rows["江汉区"]["report"]["url"] == at("duty_review", late.pk)
    assert rows["江汉区"]["counts"] is None
    name = district.conference.jurisdiction.name
    assert rows[name]["counts"] == {"total": 2, "filed": 1, "accepted": 1, "late": 0}


def test_list_of_districts_is_the_offices(city, district):
    assert as_user(city.liaisons[0]).get(at("districts", city.conference.code, YEAR)).status_code == 404
    assert as_user(district.staff).get(at("districts", city.conference.code, YEAR)).status_code == 404


def test_a_district_without_a_year_of_its_own_still_reports(city):
    place = district_of(city, "硚口区")
    writer = PostingFactory(office_staff=True, conference=place).user
    duty = district_duty(city, place)
    client = as_user(writer)
    client.post(at("duty", duty.pk), {"action": "start"})
    report = report_for(duty)
    ReportSection.objects.filter(report=report, key="overview").update(body="情况。")

    assert client.get(at("report", report.pk)).url == at("duty", duty.pk)
    assert client.get(at("duty", duty.pk)).context["may_hand_in"] is True
    assert hand_in_from(client, report).status_code == 302


def test_figures_of_a_districts_filing_are_the_citys_sums(city, district, duty):
    indicator = Indicator.objects.create(
        conference=city.conference,
        code="XC",
        name="宣传场次",
        unit="场",
        reporters="members",
        for_districts=True,
    )
    for unit, value in enumerate((12, 30)):
        department = district.units[unit]
        sheet = FigureSheet.objects.create(conference=district.conference, department=department, year=YEAR)
        Figure.objects.create(
            conference=district.conference,
            sheet=sheet,
            indicator=indicator,
            position=0,
            name="宣传场次",
            value=value,
            as_written=str(value),
        )
        district.duty(unit, accepted=True)
    report = begin_report(duty, district.conference, YEAR, by=district.staff)

    hand_in_report(fresh(report), by=district.chief)

    found = next(one for one in sums(city.conference, YEAR) if one.indicator == indicator)
    assert found.of_districts == Decimal(42)
