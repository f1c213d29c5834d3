"""The administration of the year: how it stands, never what units wrote."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from departments.models import Conference, Department, User
from measures.models import Clause
from reporting.lights import days_left_text
from reporting.models import Attachment, Duty, Figure, Heartbeat, Mail, Notice, Progress, Reminder, Urge, WorkDay, Year
from tests.admin_pages import costs_of_list, logged_in, page
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    HeartbeatFactory,
    MailFactory,
    NoticeFactory,
    PostingFactory,
    ProgressFactory,
    ReminderFactory,
    ResponsibilityFactory,
    UrgeFactory,
    UserFactory,
    WorkDayFactory,
    YearFactory,
)

pytestmark = pytest.mark.django_db

SECRET = "不能让管理员看到的正文"
READ_ONLY = [Year, Duty, Reminder, Mail, Urge, Heartbeat]


@pytest.fixture
def city() -> Conference:
    return ConferenceFactory()


@pytest.fixture
def administrator(city: Conference) -> User:
    return PostingFactory(administrator=True, conference=city).user


@pytest.fixture
def auditor(city: Conference) -> User:
    return PostingFactory(auditor=True, conference=city).user


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator of the city, at work."""
    return logged_in(administrator)


def duty_of(conference: Conference, **fields: object) -> Duty:
    return DutyFactory(obligation__clause__version__conference=conference, **fields)


# --- Texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Progress, Figure, Attachment, Notice])
def test_what_units_and_people_write_has_no_page(model):
    assert not admin.site.is_registered(model)


@pytest.mark.parametrize(
    ("role", "state", "is_shown"),
    [
        ("administrator", "draft", False),
        ("administrator", "submitted", False),
        ("administrator", "accepted", False),
        ("auditor", "draft", False),
        ("auditor", "submitted", True),
        ("administrator who is office too", "draft", False),
        ("administrator who is office too", "submitted", True),
    ],
)
def test_statement_is_shown_to_whom_the_rule_of_texts_shows_it(role, state, is_shown, city):
    person = PostingFactory(conference=city, **{role.split()[0]: True}).user
    if "office" in role:
        PostingFactory(user=person, office_staff=True, conference=city)
    duty = duty_of(city, statement=SECRET, **{state: True})

    response = logged_in(person).get(page(duty))

    assert response.status_code == 200
    assert (SECRET in response.text) == is_shown


@pytest.mark.parametrize("column", ["statement__contains", "statement__startswith", "return_reason__contains"])
def test_statement_cannot_be_guessed_letter_by_letter(column, browser, city):
    duty_of(city, statement=SECRET, draft=True)

    assert browser.get(page(Duty, "changelist"), {column: SECRET[:1]}).status_code == 400


def test_counts_beside_units_and_clauses_hold_no_text(browser, city):
    responsibility = ResponsibilityFactory(clause__version__conference=city)
    ProgressFactory(responsibility=responsibility, work_done=SECRET, submitted=True)

    assert SECRET not in browser.get(page(Department, "changelist")).text
    assert SECRET not in browser.get(page(Clause, "changelist")).text


# --- States -------------------------------------------------------------------------------------------------------


def test_unit_says_how_its_year_stands(clock, city):
    clock("2026-12-05 10:00")
    unit = DepartmentFactory(conference=city)
    for state in ("accepted", "accepted", "submitted", "returned", "draft"):
        ProgressFactory(
            responsibility__clause__version__conference=city, responsibility__department=unit, **{state: True}
        )
    ProgressFactory(
        responsibility__clause__version__conference=city, responsibility__department=unit, accepted=True, year=2025
    )
    duty_of(city, department=unit)

    text = logged_in(PostingFactory(administrator=True, conference=city).user).get(page(Department, "changelist")).text

    assert "审核通过 2/5 · 已退回 1 · 已报待审 1 · 填报中 1" in text
    assert f"2026-12-15 {days_left_text(date(2026, 12, 15), date(2026, 12, 5))}" in text


def test_clause_says_how_its_entries_stand(browser, city):
    clause = ClauseFactory(version__conference=city)
    ProgressFactory(responsibility__clause=clause, accepted=True)
    ProgressFactory(responsibility__clause=clause)

    assert "审核通过 1/2 · 未启动 1" in browser.get(page(Clause, "changelist")).text


def test_late_duties_are_found(browser, city):
    today = timezone.localdate()
    late = duty_of(city, due_on=today - timedelta(days=1))
    duty_of(city, due_on=today - timedelta(days=1), submitted=True)
    duty_of(city, due_on=today)

    response = browser.get(page(Duty, "changelist"), {"late": "yes"})

    assert list(response.context["cl"].result_list) == [late]
    assert days_left_text(late.due_on, today) in response.text


def test_duties_are_found_by_any_name_of_the_unit(browser, city):
    found = duty_of(city, department=DepartmentFactory(conference=city, name="市教委", names=["重庆市教育委员会"]))
    duty_of(city, department=DepartmentFactory(conference=city, name="市民政局"))

    for text in ("教育委员会", "sjw"):
        assert list(browser.get(page(Duty, "changelist"), {"q": text}).context["cl"].result_list) == [found]


# --- Whose rows, and who may --------------------------------------------------------------------------------------


def test_duties_of_another_conference_do_not_exist(browser, city):
    district = ConferenceFactory(upper=city)

    assert browser.get(page(duty_of(ConferenceFactory()))).status_code == 404
    assert browser.get(page(duty_of(district))).status_code == 200
    assert browser.get(page(duty_of(city, of_conference=True, obliged_conference=district))).status_code == 200


@pytest.mark.parametrize("name", ["add", "change", "delete"])
@pytest.mark.parametrize("model", READ_ONLY)
def test_rows_of_the_year_are_made_by_work_and_not_here(model, name, city):
    duty = duty_of(city)
    rows = {
        Year: YearFactory(conference=city),
        Duty: duty,
        Reminder: ReminderFactory(duty=duty),
        Mail: MailFactory(notice__conference=city),
        Urge: UrgeFactory(duty=duty),
        Heartbeat: HeartbeatFactory(),
    }
    for person in (UserFactory(is_superuser=True), PostingFactory(administrator=True, conference=city).user):
        response = logged_in(person).post(page(model if name == "add" else rows[model], name), {"post": "yes"})
        assert response.status_code == 403


def test_administrator_sees_what_left_and_not_what_it_said(browser, city):
    MailFactory(notice__conference=city, notice__subject=SECRET, notice__body=SECRET, address="jw@example.com")
    MailFactory(address="foreign@example.com")
    UrgeFactory(duty=duty_of(city), message=SECRET)
    ReminderFactory(duty=duty_of(city, title="年度工作报告", statement=SECRET))

    mails = browser.get(page(Mail, "changelist")).text
    reminders = browser.get(page(Reminder, "changelist")).text

    assert "jw@example.com" in mails
    assert "foreign@example.com" not in mails
    assert "年度工作报告" in reminders
    assert SECRET not in mails + reminders
    assert browser.get(page(Urge, "changelist")).status_code == 403


def test_superuser_sees_every_mail():
    MailFactory(address="jw@example.com")

    assert "jw@example.com" in logged_in(UserFactory(is_superuser=True)).get(page(Mail, "changelist")).text


def test_calendar_is_kept_by_topmost_administrators_only(browser, auditor, city):
    district = PostingFactory(administrator=True, conference__upper=city).user
    data = {"day": "2027-10-01", "note": "国庆节"}

    assert [
        logged_in(district).post(page(WorkDay, "add"), data).status_code,
        logged_in(auditor).post(page(WorkDay, "add"), data).status_code,
        browser.post(page(WorkDay, "add"), data).status_code,
    ] == [403, 403, 302]
    assert WorkDay.objects.get().day == date(2027, 10, 1)


# --- Queries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Department, Clause, WorkDay, *READ_ONLY])
def test_lists_cost_the_same_for_one_row_and_for_thirty(model, administrator, city):
    # Every role that sees any of these lists.
    PostingFactory(user=administrator, auditor=True, conference=city)
    version = ClauseFactory(version__conference=city).version

    def fill() -> None:
        duty = DutyFactory(obligation__clause__version=version)
        ProgressFactory(responsibility__clause__version=version, responsibility__department=duty.department)
        ReminderFactory(duty=duty)
        UrgeFactory(duty=duty)
        MailFactory(notice=NoticeFactory(conference=city))
        YearFactory(conference=ConferenceFactory(upper=city), version=version)
        WorkDayFactory()
        HeartbeatFactory()

    costs = costs_of_list(logged_in(administrator), model, fill)

    assert len(set(costs.values())) == 1, costs
    assert costs[30] <= 15
