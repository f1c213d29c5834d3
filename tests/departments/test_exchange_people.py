"""Import and export of people and of postings: nobody gets in, or gets rights, that the forms would not give."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.enums import Role
from departments.models import Conference, Department, Event, Posting, User
from tests.admin_pages import logged_in
from tests.exchange import changes, counts, csv_of, exported, faults, imported, preview, rows_of, xlsx_of
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, UserFactory

pytestmark = pytest.mark.django_db

PEOPLE = ["账号", "姓名", "电子邮箱", "可登录", "首个任职", "单位编码", "联席会议", "任职起"]
POSTINGS = ["账号", "角色", "单位编码", "联席会议", "任职起", "任职止"]


@pytest.fixture
def city() -> Conference:
    return ConferenceFactory(code="500000")


@pytest.fixture
def unit(city: Conference) -> Department:
    return DepartmentFactory(conference=city, code="jiaowei", name="市教委")


@pytest.fixture
def administrator(city: Conference) -> User:
    return PostingFactory(administrator=True, conference=city, user__username="admin").user


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator of the city, at work."""
    return logged_in(administrator)


# --- People -------------------------------------------------------------------------------------------------------


def test_new_people_cannot_sign_in_yet(browser, city, unit):
    sheet = csv_of(
        PEOPLE,
        ["wang", "王某", "wang@example.com", "是", "联络员", "jiaowei", "", "2026-01-01"],
        ["li", "李某", "", "", "反拐办工作人员", "", "500000", ""],
    )

    found = imported(browser, User, sheet)

    assert counts(found) == (2, 0, 0)
    wang, li = User.objects.get(username="wang"), User.objects.get(username="li")
    assert (wang.name, wang.email, wang.is_active, wang.must_change_password) == (
        "王某",
        "wang@example.com",
        True,
        True,
    )
    assert [person.has_usable_password() for person in (wang, li)] == [False, False]
    assert list(wang.postings.values_list("role", "department", "conference", "starts_on")) == [
        (Role.LIAISON, unit.pk, city.pk, date(2026, 1, 1))
    ]
    assert list(li.postings.values_list("role", "department", "conference")) == [(Role.OFFICE_STAFF, None, city.pk)]
    event = Event.objects.of(wang).get()
    assert event.conference == city
    assert [row["model"] for row in event.detail["rows"]] == ["departments.posting"]
    assert "password" not in event.detail["fields"]
    assert counts(preview(browser, User, sheet)) == (0, 0, 2)


@pytest.mark.parametrize("made_as", ["csv", "xlsx"])
def test_people_go_there_and_back_without_passwords(browser, city, unit, made_as):
    for number in range(3):
        PostingFactory(department=unit, user__name=f"=1+{number}", user__email=f"a{number}@example.com")
    content = exported(browser, User, made_as)

    found = preview(browser, User, content)

    assert (found["faults"], counts(found)) == ([], (0, 0, 4))
    assert rows_of(content)[0] == PEOPLE
    assert "md5" not in str(rows_of(content))


def test_changed_person_is_told_in_the_trail(browser, unit):
    person = PostingFactory(department=unit, user__username="wang", user__name="王某").user

    found = imported(browser, User, csv_of(["账号", "姓名", "可登录"], ["wang", "王一", "否"]))

    assert changes(found) == [(2, "姓名", "王某", "王一"), (2, "可登录", "是", "否")]
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("王一", False)
    assert Event.objects.of(person).get().detail["fields"] == {"name": ["王某", "王一"], "is_active": [True, False]}


def test_empty_cell_keeps_an_account_locked_out(browser, unit):
    PostingFactory(department=unit, user__username="wang", user__is_active=False)

    found = preview(browser, User, csv_of(["账号", "可登录"], ["wang", ""]))

    assert counts(found) == (0, 0, 1)


def test_faults_of_people(browser, city, unit):
    elsewhere = DepartmentFactory(code="elsewhere")
    PostingFactory(department=elsewhere, user__username="stranger")
    PostingFactory(department=unit, user__username="wang")
    head = PostingFactory(conference=city, office_head=True, user__username="both").user
    PostingFactory(user=head, department=elsewhere)
    PostingFactory(department=unit, user=UserFactory(username="root", is_superuser=True))
    number = Posting.objects.count()

    found = preview(
        browser,
        User,
        csv_of(
            PEOPLE,
            ["new-1", "甲", "", "", "", "", "", ""],
            ["new-2", "", "不是邮箱", "或许", "联络员", "elsewhere", "", ""],
            ["a b", "丙", "", "", "反拐办负责人", "jiaowei", "", ""],
            ["stranger", "丁", "", "", "联络员", "jiaowei", "", ""],
            ["wang", "戊", "", "", "系统管理员", "", "500000", ""],
            ["both", "改名", "", "", "", "", "", ""],
            ["root", "改名", "", "", "", "", "", ""],
            ["admin", "改名", "", "", "", "", "", ""],
            ["13912345678", "张三13812345678", "13912345678@example.test", "", "联络员", "jiaowei", "", ""],
        ),
    )

    assert faults(found) == [
        (2, "首个任职", ""),
        (3, "姓名", ""),
        (3, "电子邮箱", "不是邮箱"),
        (3, "可登录", "或许"),
        (3, "单位编码", "elsewhere"),
        (4, "账号", "a b"),
        (5, "账号", "stranger"),
        (6, "首个任职", "系统管理员"),
        (7, "", ""),
        (8, "", ""),
        (9, "", ""),
        (10, "姓名", "张三13812345678"),
    ]
    assert Posting.objects.count() == number
    assert not User.objects.filter(username__in=["new-1", "new-2", "a b"]).exists()


def test_superuser_adds_people_without_a_posting_and_never_ends_the_own_account():
    root = UserFactory(username="root", is_superuser=True)
    browser = logged_in(root)

    found = preview(browser, User, csv_of(["账号", "姓名", "可登录"], ["root", root.name, "否"], ["new", "新", ""]))
    imported(browser, User, csv_of(["账号", "姓名"], ["new", "新"]))

    assert faults(found) == [(2, "可登录", "否")]
    assert Event.objects.of(User.objects.get(username="new")).count() == 1


# --- Postings -----------------------------------------------------------------------------------------------------


def test_postings_end_and_begin(browser, city, unit):
    person = PostingFactory(department=unit, user__username="wang", starts_on=date(2020, 1, 1)).user
    sheet = csv_of(
        POSTINGS,
        ["wang", "联络员", "jiaowei", "", "2020-01-01", "2026-06-30"],
        ["wang", "单位负责人", "jiaowei", "500000", "2026/7/1", ""],
        ["wang", "审计员", "", "500000", "2026年7月1日", ""],
    )

    found = imported(browser, Posting, sheet)

    assert counts(found) == (2, 1, 0)
    assert set(person.postings.values_list("role", "department", "starts_on", "ends_on")) == {
        (Role.LIAISON, unit.pk, date(2020, 1, 1), date(2026, 6, 30)),
        (Role.HEAD, unit.pk, date(2026, 7, 1), None),
        (Role.AUDITOR, None, date(2026, 7, 1), None),
    }
    ended = Event.objects.of(person.postings.get(role=Role.LIAISON)).get()
    assert (ended.department, ended.detail["fields"]) == (unit, {"ends_on": [None, "2026-06-30"]})
    assert counts(preview(browser, Posting, sheet)) == (0, 0, 3)


@pytest.mark.parametrize("made_as", ["csv", "xlsx"])
def test_postings_go_there_and_back(browser, city, unit, made_as):
    PostingFactory(department=unit)
    PostingFactory(conference=city, auditor=True, ends_on=date(2024, 1, 1))
    content = exported(browser, Posting, made_as)

    found = preview(browser, Posting, content)

    assert (found["faults"], counts(found)) == ([], (0, 0, 3))
    assert rows_of(exported(browser, Posting, made_as)) == rows_of(content)


def test_end_of_a_posting_may_follow_its_successor_in_the_sheet(browser, unit):
    PostingFactory(department=unit, user__username="wang", starts_on=date(2020, 1, 1))

    found = preview(
        browser,
        Posting,
        csv_of(
            POSTINGS,
            ["wang", "联络员", "jiaowei", "", "2026-07-01", ""],
            ["wang", "联络员", "jiaowei", "", "2020-01-01", "2026-06-30"],
        ),
    )

    assert (found["faults"], counts(found)) == ([], (1, 1, 0))


def test_faults_of_postings(browser, administrator, city, unit):
    elsewhere = DepartmentFactory(code="elsewhere")
    PostingFactory(department=elsewhere, user__username="stranger")
    PostingFactory(department=unit, user__username="wang", user__name="王某", starts_on=date(2020, 1, 1))
    PostingFactory(department=unit, user=UserFactory(username="root", is_superuser=True), starts_on=date(2020, 1, 1))
    district = ConferenceFactory(code="500101", upper=city)
    number = Posting.objects.count()

    found = preview(
        browser,
        Posting,
        csv_of(
            [*POSTINGS, "姓名"],
            ["admin", "联络员", "jiaowei", "", "", "", ""],
            ["stranger", "联络员", "jiaowei", "", "", "", ""],
            ["root", "审计员", "", "500000", "", "", ""],
            ["root", "联络员", "jiaowei", "", "2020-01-01", "2026-01-01", ""],
            ["wang", "联络员", "elsewhere", "", "", "", ""],
            ["wang", "联络员", "", "500000", "", "", ""],
            ["wang", "审计员", "jiaowei", "", "", "", ""],
            ["wang", "联络员", "jiaowei", district.code, "", "", ""],
            ["wang", "联络员", "jiaowei", "", "2026-01-01", "2025-01-01", ""],
            ["wang", "联络员", "jiaowei", "", "2022-01-01", "", ""],
            ["wang", "管理员", "", "", "", "", ""],
            ["wang", "单位负责人", "jiaowei", "", "", "", "李某"],
            ["wang", "副联络员", "jiaowei", "", "", "", "王某"],
            ["wang", "副联络员", "jiaowei", "500000", "", "", ""],
        ),
    )

    assert [(fault.row, fault.column) for fault in found["faults"]] == [
        (2, "账号"),
        (3, "账号"),
        (4, "账号"),
        (5, ""),
        (6, "单位编码"),
        (7, ""),
        (8, ""),
        (9, "单位编码"),
        (10, ""),
        (11, "任职起"),
        (12, "角色"),
        (13, "姓名"),
        (15, ""),
    ]
    assert Posting.objects.count() == number


def test_auditor_reads_postings_of_the_own_scope(city, unit):
    PostingFactory(department=unit, user__username="wang")
    PostingFactory(user__username="stranger")
    auditor = PostingFactory(auditor=True, conference=city, user__username="auditor").user

    rows = rows_of(exported(logged_in(auditor), Posting))

    assert sorted(row[0] for row in rows[1:]) == ["auditor", "wang"]


# --- Price --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [User, Posting])
def test_queries_do_not_grow_with_the_rows(model, browser, unit):
    costs = []
    for number in (3, 27):
        for _index in range(number):
            PostingFactory(department=unit, starts_on=timezone.localdate() - timedelta(days=9))
        with CaptureQueriesContext(connection) as exporting:
            rows = rows_of(exported(browser, model))
        column = rows[0].index("姓名" if model is User else "任职止")
        mine = [row for row in rows[1:] if row[0] != "admin"]
        for row in mine:
            row[column] = "改名" if model is User else timezone.localdate().isoformat()
        new = ["new", "甲", "", "", "联络员", unit.code, "", ""] if model is User else None
        with CaptureQueriesContext(connection) as previewing:
            found = preview(browser, model, xlsx_of(rows[0], *mine, *([new] if new else [])))
        assert (found["faults"], found["changed"]) == ([], len(mine))
        costs.append((len(exporting), len(previewing)))

    assert costs[0] == costs[1]
