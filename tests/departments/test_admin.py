"""The administration of people and units: whose rows, who may change them, what the trail keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import Conference, Department, Event, Posting, Succession, User
from departments.models.events import Action
from departments.services import record
from tests.admin_pages import costs_of_list, logged_in, page
from tests.factories import (
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    JurisdictionFactory,
    MembershipFactory,
    PostingFactory,
    SuccessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

CHOSEN = "一灯如豆-百家同暖-2026"


@pytest.fixture
def city() -> Conference:
    return ConferenceFactory()


@pytest.fixture
def district(city: Conference) -> Conference:
    return ConferenceFactory(upper=city)


@pytest.fixture
def elsewhere() -> Conference:
    return ConferenceFactory()


@pytest.fixture
def administrator(city: Conference) -> User:
    return PostingFactory(administrator=True, conference=city).user


@pytest.fixture
def auditor(city: Conference) -> User:
    return PostingFactory(auditor=True, conference=city).user


@pytest.fixture
def root() -> User:
    return UserFactory(is_superuser=True)


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator of the city, at work."""
    return logged_in(administrator)


NO_POSTINGS = {
    "postings-TOTAL_FORMS": 0,
    "postings-INITIAL_FORMS": 0,
}


def posting_data(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {f"postings-{number}-{name}": value for name, value in fields.items()}


def unit_data(**fields: Any) -> dict[str, Any]:
    return {
        "names-TOTAL_FORMS": 0,
        "names-INITIAL_FORMS": 0,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        "name": "市教委",
        "position": 1,
        **fields,
    }


# --- Roles × pages ------------------------------------------------------------------------------------------------

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
# Rows that only some of those who enter have any business with.
NOT_FOR_ADMINISTRATORS = {"reporting.Urge"}
NOT_FOR_AUDITORS = {"reporting.Heartbeat"}


def test_every_page_knows_who_may_see_what():
    from departments.admin.base import ScopedModelAdmin  # the admin is loaded

    assert [model for model, own in admin.site._registry.items() if not isinstance(own, ScopedModelAdmin)] == []


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_lists_open_for_administrators_and_auditors_only(model, administrator, auditor, city):
    label = model._meta.label
    people = {
        "administrator": (administrator, 403 if label in NOT_FOR_ADMINISTRATORS else 200),
        "auditor": (auditor, 403 if label in NOT_FOR_AUDITORS else 200),
        "office": (PostingFactory(office_head=True, conference=city).user, 403),
        "liaison": (PostingFactory(department__conference=city).user, 403),
        "former administrator": (
            PostingFactory(administrator=True, conference=city, ends_on=timezone.localdate() - timedelta(days=1)).user,
            403,
        ),
    }

    found = {who: logged_in(person).get(page(model, "changelist")).status_code for who, (person, _) in people.items()}

    assert found == {who: status for who, (_, status) in people.items()}
    assert Client().get(page(model, "changelist")).status_code == 302


@pytest.mark.parametrize("name", ["add", "change", "delete", "history"])
def test_auditor_reads_and_writes_nothing(name, auditor, city):
    unit = DepartmentFactory(conference=city)
    address = page(Department if name == "add" else unit, name)
    client = logged_in(auditor)

    assert client.get(address).status_code == (200 if name in ("change", "history") else 403)
    # The history has no POST of its own: it answers with itself.
    assert client.post(address, {"name": "改名", "post": "yes"}).status_code == (200 if name == "history" else 403)
    unit.refresh_from_db()
    assert unit.name != "改名"


def test_bulk_deletion_is_gone(browser, city):
    unit = DepartmentFactory(conference=city)

    browser.post(
        page(Department, "changelist"), {"action": "delete_selected", "_selected_action": [unit.pk], "post": "yes"}
    )

    assert Department.objects.filter(pk=unit.pk).exists()


# --- Whose rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["change", "delete", "history"])
@pytest.mark.parametrize("make", [DepartmentFactory, MembershipFactory, PostingFactory, SuccessionFactory])
def test_rows_of_another_conference_do_not_exist(make, name, browser, elsewhere):
    of = "conference" if make is DepartmentFactory else "department__conference"
    row = make(**({"predecessor__conference": elsewhere} if make is SuccessionFactory else {of: elsewhere}))

    if name == "delete" and make is PostingFactory:
        assert browser.get(page(row, name)).status_code == 403  # nobody deletes postings
    else:
        assert browser.get(page(row, name)).status_code == 404
        assert browser.post(page(row, name), {"post": "yes"}).status_code in (403, 404, 405)
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("pk", ["0", "999999", "-1", "x", "1'--", "99999999999999999999999", "%E5%B8%82"])
def test_rows_that_were_never_there_do_not_exist_either(pk, browser):
    assert browser.get(f"/admin/departments/department/{pk}/change/").status_code == 404


def test_lists_filters_and_choices_show_own_and_lower_only(browser, city, district, elsewhere):
    for conference in (city, district, elsewhere):
        DepartmentFactory(conference=conference, name=f"单位{conference.pk}")
    DepartmentFactory(conference=ConferenceFactory(upper=district), name="两级以下")

    text = browser.get(page(Department, "changelist")).text
    found = browser.get(
        "/admin/autocomplete/", {"app_label": "departments", "model_name": "posting", "field_name": "department"}
    ).json()["results"]

    assert f"单位{city.pk}" in text
    assert f"单位{district.pk}" in text
    assert f"单位{elsewhere.pk}" not in text
    assert str(elsewhere) not in text
    assert "两级以下" not in text
    assert {row["text"] for row in found} == {f"单位{city.pk}", f"单位{district.pk}"}


def test_liaison_elsewhere_administers_nothing_there(city, elsewhere, administrator):
    """What one sees as a liaison is not one's to keep."""
    unit = PostingFactory(user=administrator, department__conference=elsewhere).department

    assert logged_in(administrator).get(page(unit)).status_code == 404


def test_auditor_of_one_is_administrator_of_another(auditor, city, elsewhere):
    PostingFactory(user=auditor, administrator=True, conference=elsewhere)
    audited, kept = DepartmentFactory(conference=city), DepartmentFactory(conference=elsewhere)
    client = logged_in(auditor)

    assert client.get(page(audited)).status_code == 200
    assert client.post(page(audited), unit_data(name="改名")).status_code == 403
    assert client.post(page(kept), unit_data(name="改名")).status_code == 302


def test_upper_conference_is_out_of_reach(city, district):
    lower = logged_in(PostingFactory(administrator=True, conference=district).user)

    assert lower.get(page(city)).status_code == 404
    assert (
        lower.post(page(district), {"name": "改", "short_name": "改", "office_name": "改", "upper": ""}).status_code
        == 302
    )
    district.refresh_from_db()
    assert (district.name, district.upper_id) == ("改", city.pk)


def test_conference_is_added_below_the_own_one_only(browser, city, elsewhere):
    place = JurisdictionFactory(parent=city.jurisdiction)
    data = {"code": "500999", "jurisdiction": place.pk, "name": "新", "short_name": "新", "office_name": "新"}

    for upper in ("", elsewhere.pk):
        browser.post(page(Conference, "add"), {**data, "upper": upper})
    assert not Conference.objects.filter(code="500999").exists()

    browser.post(page(Conference, "add"), {**data, "upper": city.pk})
    assert Conference.objects.get(code="500999").upper == city


def test_hidden_columns_cannot_be_asked_for(browser):
    response = browser.get(page(User, "changelist"), {"password__startswith": "md5"})

    assert response.status_code == 400


# --- Units --------------------------------------------------------------------------------------------------------


def test_unit_is_added_with_its_name_in_the_registry(browser, city):
    browser.post(page(Department, "add"), unit_data(conference=city.pk, code="jw"))

    unit = Department.objects.get(code="jw")
    assert [name.name for name in unit.names.all()] == ["市教委"]
    assert list(Department.objects.matching("sjw")) == [unit]


def test_unit_is_not_added_elsewhere(browser, elsewhere):
    response = browser.post(page(Department, "add"), unit_data(conference=elsewhere.pk, code="jw"))

    assert response.status_code == 200
    assert not Department.objects.filter(code="jw").exists()


def test_unit_does_not_move(browser, city, district):
    unit = DepartmentFactory(conference=city)

    browser.post(page(unit), unit_data(conference=district.pk, code="else"))

    unit.refresh_from_db()
    assert (unit.conference, unit.name) == (city, "市教委")
    assert unit.code != "else"


def test_name_that_is_taken_is_refused_with_a_sentence(browser, city):
    DepartmentFactory(conference=city, name="市教委")
    unit = DepartmentFactory(conference=city)

    response = browser.post(page(unit), unit_data(name="市教委"))

    assert response.status_code == 200
    assert "本联席会议中已有同名单位。" in response.text


def test_same_name_twice_is_refused_with_a_sentence(browser, city):
    unit = DepartmentFactory(conference=city)
    twice = {
        "names-TOTAL_FORMS": 2,
        "names-0-name": "市教委",
        "names-0-kind": "short",
        "names-1-name": " 市 教委",
        "names-1-kind": "alias",
    }

    response = browser.post(page(unit), unit_data(**twice))

    assert response.status_code == 200
    assert "该单位已登记过这个名称。" in response.text


@pytest.mark.parametrize("text", ["教委", "sjw", "shijiaowei", "教育委员会"])
def test_units_are_found_by_any_name(text, browser, city):
    DepartmentFactory(conference=city, name="市教委", names=["重庆市教育委员会"])
    DepartmentFactory(conference=city, name="市民政局")

    response = browser.get(page(Department, "changelist"), {"q": text})

    assert [str(row) for row in response.context["cl"].result_list] == ["市教委"]


def test_new_unit_is_deleted_with_its_names_and_seats(browser, city):
    unit = DepartmentFactory(conference=city, member=True)

    browser.post(page(unit, "delete"), {"post": "yes"})

    assert not Department.objects.filter(pk=unit.pk).exists()
    assert Event.objects.of(unit).get().detail["act"] == "delete"


def test_unit_with_history_is_not_deleted_and_says_why(browser, city):
    duty = DutyFactory(obligation__clause__version__conference=city)

    response = browser.post(page(duty.department, "delete"), {"post": "yes"})

    assert response.status_code == 200
    assert "应报事项 1 条" in response.text
    assert Department.objects.filter(pk=duty.department.pk).exists()


def test_successions_are_confirmed_in_one_go(browser, city):
    rows = [SuccessionFactory(predecessor__conference=city), SuccessionFactory(predecessor__conference=city)]
    confirmed = SuccessionFactory(predecessor__conference=city, is_confirmed=True)

    chosen = [row.pk for row in [*rows, confirmed]]
    browser.post(page(Succession, "changelist"), {"action": "confirm", "_selected_action": chosen})

    assert Succession.objects.filter(is_confirmed=True).count() == 3
    assert [Event.objects.of(row).count() for row in [*rows, confirmed]] == [1, 1, 0]


# --- The trail ----------------------------------------------------------------------------------------------------


def test_a_change_is_one_event_with_before_and_after(browser, administrator, city):
    unit = DepartmentFactory(conference=city, name="市教委", position=1)
    seat = {"memberships-TOTAL_FORMS": 1, "memberships-0-starts_on": "2021-12-29", "memberships-0-basis": "文件"}

    browser.post(page(unit), unit_data(name="市教育局", **seat))

    event = Event.objects.get(action="administer")
    assert (event.actor, event.conference, event.object_id, event.address) == (
        administrator,
        city,
        unit.pk,
        "127.0.0.1",
    )
    assert event.detail["act"] == "change"
    assert event.detail["fields"] == {"name": ["市教委", "市教育局"]}
    assert [(row["model"], row["act"], row["fields"]) for row in event.detail["rows"]] == [
        ("departments.membership", "add", {"starts_on": [None, "2021-12-29"], "basis": [None, "文件"]})
    ]
    assert not LogEntry.objects.exists()


NUMBERS = ["受害人张某11010519491231002X", "张三13812345678"]


@pytest.mark.parametrize("text", NUMBERS)
@pytest.mark.parametrize("name", ["name", "note", "memberships-0-basis"])
def test_numbers_of_people_are_refused_and_stand_nowhere(name, text, browser, city):
    unit = DepartmentFactory(conference=city, name="市教委", position=1)
    seat = {"memberships-TOTAL_FORMS": 1, "memberships-0-starts_on": "2021-12-29", "memberships-0-basis": "文件"}

    response = browser.post(page(unit), unit_data(**seat | {name: text}))

    assert response.status_code == 200
    assert "不得录入个案和个人信息" in response.text
    assert text in response.text
    assert not Event.objects.filter(action="administer").exists()


def test_ones_own_mobile_number_may_be_a_login_name_and_an_address(browser, city):
    own = {"username": "13812345678", "email": "13812345678@example.test"}

    browser.post(page(User, "add"), person_data(DepartmentFactory(conference=city), **own))
    browser.post(page(User, "add"), person_data(DepartmentFactory(conference=city), username="zhang", name=NUMBERS[1]))

    assert list(User.objects.filter(username__in=("13812345678", "zhang")).values_list("username", flat=True)) == [
        "13812345678"
    ]


def test_nothing_changed_is_no_event(browser, city):
    unit = DepartmentFactory(conference=city, name="市教委", position=1)

    browser.post(page(unit), unit_data())

    assert not Event.objects.filter(action="administer").exists()


def test_refused_change_is_no_event(browser, city):
    browser.post(page(DepartmentFactory(conference=city)), unit_data(name=""))

    assert not Event.objects.filter(action="administer").exists()


def test_auditor_sees_what_administrators_do_and_they_see_their_own(browser, auditor, city):
    unit = DepartmentFactory(conference=city, name="市教委")
    browser.post(page(unit), unit_data(name="市教育局"))
    other = logged_in(PostingFactory(administrator=True, conference=city).user)

    assert "市教育局" in logged_in(auditor).get(page(unit, "history")).text
    assert "市教委 → 市教育局" in browser.get(page(unit, "history")).text
    assert "市教委 → 市教育局" not in other.get(page(unit, "history")).text


def test_auditor_sees_acts_on_what_belongs_to_no_conference(root, auditor):
    logged_in(root).post("/admin/reporting/workday/add/", {"day": "2027-01-01", "note": "元旦"})

    assert Event.objects.visible_to(auditor).filter(object_type="reporting.workday").count() == 1


@pytest.mark.parametrize("name", ["add", "change", "delete"])
def test_events_are_read_only_even_for_superusers(name, browser, root, city):
    browser.post(page(DepartmentFactory(conference=city)), unit_data(name="改名"))
    event = Event.objects.get(action="administer")

    response = logged_in(root).post(page(Event if name == "add" else event, name), {"post": "yes", "title": "改"})

    assert response.status_code == 403


# --- People: adding, passwords, lockouts --------------------------------------------------------------------------


def person_data(unit: Department, **fields: Any) -> dict[str, Any]:
    return {
        "username": "newcomer",
        "name": "新人",
        "email": "",
        "password1": "",
        "password2": "",
        "postings-TOTAL_FORMS": 1,
        "postings-INITIAL_FORMS": 0,
        **posting_data(department=unit.pk, conference="", role=Role.LIAISON),
        **fields,
    }


def test_person_is_added_with_a_posting_and_a_password_shown_once(browser, city):
    unit = DepartmentFactory(conference=city)

    response = browser.post(page(User, "add"), person_data(unit))

    person = User.objects.get(username="newcomer")
    password = response.context["password"]
    assert password in response.text
    assert person.check_password(password)
    assert person.must_change_password
    assert [(held.department, held.conference) for held in person.postings.all()] == [(unit, city)]
    event = Event.objects.of(person).get()
    assert event.conference == city
    assert password not in str(event.detail)
    assert password not in browser.get(page(person)).text


def test_person_is_added_with_a_chosen_password(browser, city):
    unit = DepartmentFactory(conference=city)

    response = browser.post(page(User, "add"), person_data(unit, password1=CHOSEN, password2=CHOSEN))

    assert response.status_code == 302
    assert User.objects.get(username="newcomer").check_password(CHOSEN)
    assert CHOSEN not in str(Event.objects.get(object_type="departments.user").detail)


@pytest.mark.parametrize(
    ("one", "two"), [("short", "short"), (CHOSEN, CHOSEN + "!"), (CHOSEN, ""), ("newcomer-2026",) * 2]
)
def test_bad_initial_password_is_refused(one, two, browser, city):
    unit = DepartmentFactory(conference=city)

    response = browser.post(page(User, "add"), person_data(unit, password1=one, password2=two))

    assert response.status_code == 200
    assert not User.objects.filter(username="newcomer").exists()


def test_person_without_a_posting_is_refused(browser):
    response = browser.post(
        page(User, "add"), {"username": "newcomer", "name": "新人", **NO_POSTINGS, "password1": "", "password2": ""}
    )

    assert response.status_code == 200
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize("chosen", ["", CHOSEN])
def test_password_is_reset(chosen, browser, city):
    person = PostingFactory(department__conference=city).user
    theirs = logged_in(person)
    address = reverse("admin:departments_user_password", args=[person.pk])

    response = browser.post(address, {"password1": chosen, "password2": chosen})

    person.refresh_from_db()
    assert person.must_change_password
    assert person.check_password(chosen or response.context["password"])
    assert Event.objects.of(person).get().detail == {"note": "reset_password"}
    assert theirs.get(reverse("departments:account")).status_code == 302  # logged out


def test_lockout_is_lifted(browser, city):
    person = PostingFactory(department__conference=city).user
    for username in (person.username, "somebody-else"):
        AccessAttempt.objects.create(username=username, ip_address="10.0.0.1", failures_since_start=5)

    assert "已锁定" in browser.get(page(person)).text
    assert browser.get(reverse("admin:departments_user_unlock", args=[person.pk])).status_code == 405
    browser.post(reverse("admin:departments_user_unlock", args=[person.pk]))

    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["somebody-else"]
    assert Event.objects.of(person).get().detail == {"note": "unlock"}


def test_people_are_deactivated_and_not_deleted(browser, city):
    person = PostingFactory(department__conference=city).user

    assert browser.post(page(person, "delete"), {"post": "yes"}).status_code == 403
    browser.post(page(User, "changelist"), {"action": "deactivate", "_selected_action": [person.pk]})

    person.refresh_from_db()
    assert not person.is_active
    assert Event.objects.of(person).get().detail["fields"] == {"is_active": [True, False]}


# --- People: rights that nobody may give himself --------------------------------------------------------------------


def change_data(person: User, **fields: Any) -> dict[str, Any]:
    return {"username": person.username, "name": person.name, "email": "", "is_active": "on", **NO_POSTINGS, **fields}


def test_nobody_becomes_superuser_by_an_administrator(browser, city):
    unit = DepartmentFactory(conference=city)
    browser.post(page(User, "add"), person_data(unit, is_superuser="on", is_staff="on", must_change_password=""))
    person = PostingFactory(department=unit).user
    held = person.postings.get()
    rows = {
        "postings-TOTAL_FORMS": 1,
        "postings-INITIAL_FORMS": 1,
        **posting_data(id=held.pk, user=person.pk, role=Role.LIAISON),
    }

    browser.post(page(person), change_data(person, name="改名", is_superuser="on", **rows))

    person.refresh_from_db()
    assert person.name == "改名"
    assert User.objects.filter(username="newcomer").exists()
    assert not User.objects.filter(is_superuser=True).exists()


def test_superuser_is_untouchable_for_an_administrator(browser, city, root):
    PostingFactory(user=root, administrator=True, conference=city)

    assert browser.get(page(root)).status_code == 200
    assert browser.post(page(root), change_data(root, name="改名")).status_code == 403
    assert browser.post(reverse("admin:departments_user_password", args=[root.pk]), {}).status_code == 403
    browser.post(page(User, "changelist"), {"action": "deactivate", "_selected_action": [root.pk]})
    root.refresh_from_db()
    assert root.is_active


def test_own_account_and_own_postings_are_not_ones_own_to_change(browser, administrator, city):
    unit = DepartmentFactory(conference=city)
    own = administrator.postings.get()

    assert browser.post(page(administrator), change_data(administrator, name="改名")).status_code == 403
    assert browser.post(page(own), {"role": Role.AUDITOR}).status_code == 403
    assert browser.post(reverse("admin:departments_user_password", args=[administrator.pk]), {}).status_code == 403
    browser.post(page(Posting, "add"), {"user": administrator.pk, "department": unit.pk, "role": Role.LIAISON})
    assert list(administrator.postings.all()) == [own]


def test_posting_out_of_reach_is_refused(browser, city, elsewhere):
    person = PostingFactory(department__conference=city).user
    foreign = DepartmentFactory(conference=elsewhere)
    stranger = UserFactory()
    attempts = [
        {"user": person.pk, "department": foreign.pk, "role": Role.LIAISON},
        {"user": person.pk, "conference": elsewhere.pk, "role": Role.ADMINISTRATOR},
        {"user": stranger.pk, "conference": city.pk, "role": Role.ADMINISTRATOR},
    ]

    assert [browser.post(page(Posting, "add"), data).status_code for data in attempts] == [200, 200, 200]
    assert Posting.objects.filter(user__in=[person, stranger]).count() == 1


def test_posting_stays_where_it_was_given(browser, city, district):
    held = PostingFactory(department__conference=city)
    other = DepartmentFactory(conference=district)

    browser.post(
        page(held),
        {"user": UserFactory().pk, "department": other.pk, "conference": district.pk, "role": Role.DEPUTY},
    )

    assert Posting.objects.filter(
        pk=held.pk, user=held.user, department=held.department, conference=city, role=Role.DEPUTY
    ).exists()


def test_somebody_with_a_posting_higher_up_keeps_the_account(city, district):
    """Otherwise the district's administrator would enter the city with a password of his own making."""
    person = PostingFactory(department__conference=district).user
    PostingFactory(user=person, office_head=True, conference=city)
    lower = logged_in(PostingFactory(administrator=True, conference=district).user)

    assert lower.get(page(person)).status_code == 200
    assert lower.post(page(person), change_data(person, name="改名")).status_code == 403
    assert lower.post(reverse("admin:departments_user_password", args=[person.pk]), {}).status_code == 403
    assert "反拐办负责人" not in lower.get(page(User, "changelist")).content.decode().split("changelist-filter")[0]


def test_old_posting_elsewhere_does_not_come_back(city, elsewhere, auditor):
    """The auditor of one conference, who administers another, changes a person that has left the first."""
    PostingFactory(user=auditor, administrator=True, conference=elsewhere)
    person = PostingFactory(department__conference=elsewhere).user
    yesterday = timezone.localdate() - timedelta(days=1)
    left = PostingFactory(user=person, office_head=True, conference=city, ends_on=yesterday)
    rows = {
        "postings-TOTAL_FORMS": 1,
        "postings-INITIAL_FORMS": 1,
        **posting_data(id=left.pk, user=person.pk, role=Role.OFFICE_HEAD, ends_on=""),
    }

    logged_in(auditor).post(page(person), change_data(person, **rows))

    left.refresh_from_db()
    assert left.ends_on == yesterday


def test_last_door_is_not_shut(root):
    client = logged_in(root)

    response = client.post(page(root), change_data(root, is_active=""))

    assert response.status_code == 200
    root.refresh_from_db()
    assert root.is_active


# --- Queries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [m for m in REGISTERED if m._meta.app_label == "departments"], ids=str)
def test_lists_cost_the_same_for_one_row_and_for_thirty(model, auditor, administrator, city):
    def fill() -> None:
        unit = DepartmentFactory(conference=city, member=True)
        DepartmentFactory(conference=ConferenceFactory(upper=city))
        PostingFactory(department=unit)
        PostingFactory(department=unit, deputy=True)
        SuccessionFactory(predecessor=unit, conference=city)
        record(unit, Action.ADMINISTER, by=administrator, conference=city, department=unit)

    costs = costs_of_list(logged_in(auditor), model, fill)

    assert len(set(costs.values())) == 1, costs
    assert costs[30] <= 15
