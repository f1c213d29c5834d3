"""Opening a year on small plans, each made for one question."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Department
from measures.enums import Obliged, RecurrenceType
from reporting.models import Duty, Progress, Year
from reporting.services.years import open_year, recipient_name
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    JurisdictionFactory,
    ObligationFactory,
    PlanFactory,
    PlanVersionFactory,
    ResponsibilityFactory,
    YearFactory,
    published,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00")


def draft(conference, *, plan=None, number=1):
    plan = plan or PlanFactory(conference=conference, starts_year=2021, ends_year=2030)
    return PlanVersionFactory(conference=conference, plan=plan, number=number)


def small_plan(conference, *, units=1, clauses=1, plan=None, number=1):
    """A published version in which every unit leads every clause and owes the annual report."""
    version = draft(conference, plan=plan, number=number)
    members = list(Department.objects.filter(conference=conference)) or [
        DepartmentFactory(conference=conference, member=True) for _number in range(units)
    ]
    made = [ClauseFactory(version=version, position=position) for position in range(clauses)]
    for clause in made:
        for position, unit in enumerate(members):
            ResponsibilityFactory(clause=clause, department=unit, position=position)
    ObligationFactory(clause=made[0], position=0)
    return published(version)


def test_a_corrected_text_asks_nobody_for_a_second_report():
    conference = ConferenceFactory()
    first = small_plan(conference, units=3)
    open_year(conference, 2026)
    small_plan(conference, plan=first.plan, number=2)
    before = rows()

    again = open_year(conference, 2026)

    assert rows() == before
    assert again.year.version == first


def test_a_corrected_text_asks_no_district_for_a_second_report():
    city = ConferenceFactory()
    district = ConferenceFactory(upper=city)

    def version(number, plan=None):
        made = draft(city, plan=plan, number=number)
        ObligationFactory(clause__version=made, obliged=Obliged.LOWER_CONFERENCES, position=0)
        return published(made)

    first = version(1)
    open_year(district, 2026)
    version(2, first.plan)

    open_year(city, 2026)
    open_year(district, 2026)

    assert [(duty.obliged_conference, duty.obligation.version) for duty in Duty.objects.all()] == [(district, first)]


def test_what_only_the_corrected_text_asks_for_begins_with_the_next_year():
    city = ConferenceFactory()
    district = ConferenceFactory(upper=city)
    DepartmentFactory(conference=city, member=True)
    plan = PlanFactory(conference=city, starts_year=2021, ends_year=2030)
    for number in (1, 2):
        version = draft(city, plan=plan, number=number)
        for position, obliged in enumerate((Obliged.MEMBERS, Obliged.LOWER_CONFERENCES)):
            ObligationFactory(clause__version=version, position=position, obliged=obliged, title=f"第{number}版要求")
        published(version)
        open_year(city, 2026)
        open_year(district, 2026)
    open_year(city, 2027)
    open_year(district, 2027)

    asked = Duty.objects.order_by("year", "pk").values_list("year", "title")
    assert list(asked) == [(2026, "第1版要求")] * 2 + [(2027, "第2版要求")] * 2


def test_next_year_answers_to_the_corrected_text():
    conference = ConferenceFactory()
    first = small_plan(conference)
    open_year(conference, 2026)
    second = small_plan(conference, plan=first.plan, number=2)

    opening = open_year(conference, 2027)

    assert opening.year.version == second
    assert set(Duty.objects.filter(year=2027).values_list("obligation__version", flat=True)) == {second.pk}


def test_a_unit_that_joins_is_added_and_one_that_has_left_keeps_its_rows():
    conference = ConferenceFactory()
    small_plan(conference, units=2)
    open_year(conference, 2026)
    leaver, joiner = Department.objects.first(), DepartmentFactory(conference=conference, member=True)
    leaver.memberships.update(ends_on=date(2026, 2, 1))
    before = rows(Duty)["reporting.Duty"]

    again = open_year(conference, 2026)

    after = rows(Duty)["reporting.Duty"]
    assert again.duties_created == 1
    assert after[:-1] == before
    assert after[-1]["department_id"] == joiner.pk


def test_a_member_named_in_the_clause_is_not_asked_again_as_one_of_the_group():
    conference = ConferenceFactory()
    version = draft(conference)
    lead, other = (DepartmentFactory(conference=conference, member=True) for _number in range(2))
    clause = ClauseFactory(version=version)
    named = ResponsibilityFactory(clause=clause, department=lead, position=1)
    group = ResponsibilityFactory(
        clause=clause, department=None, group="各成员单位", name="各成员单位", cooperating=True, position=2
    )
    districts = ResponsibilityFactory(
        clause=clause, department=None, group="各区县", name="各区县", cooperating=True, position=3
    )
    published(version)

    opening = open_year(conference, 2026)

    assert set(Progress.objects.values_list("responsibility_id", "department_id", "role")) == {
        (named.pk, lead.pk, "lead"),
        (group.pk, other.pk, "cooperating"),
    }
    assert opening.groups == 2
    assert not Progress.objects.filter(responsibility=districts).exists()


@pytest.mark.parametrize(
    ("recurrence", "fields", "expected"),
    [
        (RecurrenceType.ANNUAL, {"month": 12, "day": 15}, [("2026", date(2026, 12, 15))]),
        (RecurrenceType.ANNUAL, {"month": 2, "day": 30}, [("2026", date(2026, 2, 28))]),
        (RecurrenceType.ANNUAL, {"month": 12, "day": 15, "includes_day": False}, [("2026", date(2026, 12, 14))]),
        (RecurrenceType.AT_LEAST, {"month": None, "day": None, "times": 1}, [("2026", date(2026, 12, 31))]),
        (
            RecurrenceType.HALF_YEARLY,
            {"month": None, "day": None},
            [("2026-H1", date(2026, 6, 30)), ("2026-H2", date(2026, 12, 31))],
        ),
        (
            RecurrenceType.QUARTERLY,
            {"month": None, "day": 20},
            [(f"2026-Q{n}", date(2026, n * 3, 20)) for n in (1, 2, 3, 4)],
        ),
        (RecurrenceType.ONCE, {"year": 2026, "month": None, "day": None}, [("2026", date(2026, 12, 31))]),
        (RecurrenceType.ONCE, {"year": 2027}, []),
        (RecurrenceType.ONCE, {"year": None}, []),
        (RecurrenceType.EVENT, {}, []),
        (RecurrenceType.CONTINUING, {}, []),
    ],
)
def test_periods_and_dates_of_a_recurrence(recurrence, fields, expected):
    conference = ConferenceFactory()
    DepartmentFactory(conference=conference, member=True)
    version = draft(conference)
    ObligationFactory(clause__version=version, recurrence=recurrence, **fields)
    published(version)

    open_year(conference, 2026)

    assert sorted(Duty.objects.values_list("period", "due_on")) == expected


@pytest.mark.parametrize("month", range(1, 13))
def test_monthly_duties_end_with_their_month(month):
    conference = ConferenceFactory()
    DepartmentFactory(conference=conference, member=True)
    version = draft(conference)
    ObligationFactory(clause__version=version, recurrence=RecurrenceType.MONTHLY, month=None, day=None)
    published(version)

    open_year(conference, 2028)

    lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    duty = Duty.objects.get(period=f"2028-{month:02}")
    assert duty.due_on == date(2028, month, lengths[month - 1])


def test_a_place_that_does_not_exist_yet_owes_nothing():
    city = ConferenceFactory()
    ConferenceFactory(upper=city, jurisdiction=JurisdictionFactory(valid_from=date(2027, 1, 1)))
    standing = ConferenceFactory(upper=city, jurisdiction=JurisdictionFactory(valid_from=date(2026, 12, 31)))
    last_day = ConferenceFactory(upper=city, jurisdiction=JurisdictionFactory(valid_to=date(2026, 12, 31)))
    version = draft(city)
    ObligationFactory(clause__version=version, obliged=Obliged.LOWER_CONFERENCES)
    published(version)

    opening = open_year(city, 2026)

    assert {duty.obliged_conference for duty in Duty.objects.all()} == {standing, last_day}
    assert opening.notes == []


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("同级反拐联席会议办公室", "本县办公室"),
        ("本级反拐联席会议办公室", "本县办公室"),
        ("市反拐联席会议办公室", "市办公室"),
        ("市反拐联席会议", "市反拐联席会议"),
        ("同级人民政府", "本县人民政府"),
        ("市人民政府", "市人民政府"),
        ("市公安局", "市公安局"),
    ],
)
def test_recipients_are_those_that_the_words_mean_for_the_unit(written, resolved):
    upper = ConferenceFactory.build(office_name="市办公室", government_name="本市人民政府")
    county = ConferenceFactory.build(office_name="本县办公室", government_name="本县人民政府")

    assert recipient_name(written, upper, county) == resolved


def queries_to_open(conference):
    with CaptureQueriesContext(connection) as queries:
        open_year(conference, 2026)
    return len(queries)


def test_one_unit_costs_as_many_queries_as_thirty():
    one, thirty = ConferenceFactory(), ConferenceFactory()
    small_plan(one, units=1)
    small_plan(thirty, units=30)

    assert queries_to_open(one) == queries_to_open(thirty)
    assert Progress.objects.filter(conference=thirty).count() == 30


def test_ten_clauses_cost_as_many_queries_as_a_hundred():
    ten, hundred = ConferenceFactory(), ConferenceFactory()
    small_plan(ten, units=2, clauses=10)
    small_plan(hundred, units=2, clauses=100)

    assert queries_to_open(ten) == queries_to_open(hundred)
    assert Progress.objects.filter(conference=hundred).count() == 200


def test_a_district_costs_as_many_queries_as_ten():
    counts = []
    for districts in (1, 10):
        city = ConferenceFactory()
        ConferenceFactory.create_batch(districts, upper=city)
        version = draft(city)
        ObligationFactory(clause__version=version, obliged=Obliged.LOWER_CONFERENCES)
        published(version)
        counts.append(queries_to_open(city))

    assert counts[0] == counts[1]
    assert Duty.objects.count() == 11


def test_an_opened_year_without_a_plan_takes_the_plan_that_is_published_later():
    upper = ConferenceFactory()
    small_plan(upper)
    lower = ConferenceFactory(upper=upper)
    YearFactory(conference=lower, year=2026, version=None)
    version = small_plan(lower, units=2)

    opening = open_year(lower, 2026)

    assert Year.objects.get(conference=lower).version == version
    assert opening.progress_created == 2
