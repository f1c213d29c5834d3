"""The demo's people, the working calendar, and the made-up city for measurements."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from departments.enums import Role
from departments.loading import load_units
from departments.models import Conference, Department, Event, Jurisdiction, Posting, User
from departments.models.events import Action
from measures.loading import load_plans
from measures.models import PlanVersion, Responsibility
from reporting.calendar_loading import CalendarNotLoadable, load_calendar
from reporting.documents.snapshots import digest_json
from reporting.enums import EntryState, YearState
from reporting.models import Duty, Extension, Filing, Handover, Progress, WorkDay, Year
from reporting.samples.city import make_city
from reporting.samples.demo import ACCOUNTS, PASSWORD, Demo, load_demo, load_people
from reporting.services.years import open_year
from reporting.working_days import Calendar

FIXTURES = settings.BASE_DIR / "fixtures"
TODAY = date(2026, 11, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(db: None) -> None:
    load_units(FIXTURES / "units")
    load_plans(FIXTURES / "documents")


# --- Demo ---------------------------------------------------------------------------------------------------------


def test_every_member_unit_has_somebody_who_answers(plans):
    load_people(TODAY)

    for code, members in (("500000", 34), ("500235", 23), ("660000", 30)):
        units = Department.objects.filter(conference__code=code).members_on(TODAY)
        answered = units.filter(postings__role=Role.LIAISON, postings__user__is_active=True).distinct()
        assert (units.count(), answered.count()) == (members, members)


def test_every_conference_has_an_office(plans):
    load_people(TODAY)

    staffed = Posting.objects.filter(role__in=[Role.OFFICE_STAFF, Role.OFFICE_HEAD])
    assert set(staffed.values_list("conference__code", flat=True)) == set(
        Conference.objects.values_list("code", flat=True)
    )


def test_there_is_an_account_for_every_role(plans):
    load_people(TODAY)

    accounts = User.objects.filter(username__in=[username for username, _role, _unit in ACCOUNTS])
    assert {posting.role for user in accounts for posting in user.postings.all()} == set(Role.values)


def test_only_the_listed_accounts_can_sign_in(plans):
    load_people(TODAY)

    usable = {user.username for user in User.objects.all() if user.has_usable_password()}
    assert usable == {username for username, _role, _unit in ACCOUNTS}
    assert all(user.check_password(PASSWORD) for user in User.objects.filter(username__in=usable))
    assert [user.username for user in User.objects.filter(must_change_password=True)] == ["newcomer"]


def test_addresses_reach_nobody(plans):
    load_people(TODAY)

    assert not User.objects.exclude(email__endswith="@example.test").exists()


@pytest.fixture
def open_years(plans: None, clock: Any) -> None:
    clock("2026-11-02 09:00:00")
    for code in ("500000", "500235", "660000"):
        open_year(Conference.objects.get(code=code), 2026)


def rows() -> dict[str, int]:
    """How many rows there are of every kind."""
    models = [
        model for app in ("departments", "measures", "reporting") for model in apps.get_app_config(app).get_models()
    ]
    return {model.__name__: model._default_manager.count() for model in models}


def test_last_year_is_closed_and_owes_nothing(plans):
    load_demo(TODAY)

    assert set(Year.objects.values_list("conference__code", "year", "state")) == {
        ("500000", 2025, YearState.CLOSED),
        ("500235", 2025, YearState.CLOSED),
    }
    assert set(Progress.objects.values_list("year", "state")) == {(2025, EntryState.ACCEPTED)}
    assert set(Duty.objects.values_list("year", "state")) == {(2025, EntryState.ACCEPTED)}
    assert all("虚构" in text for text in Progress.objects.values_list("work_done", flat=True))
    assert all(digest_json(filing.snapshot) == filing.sha256 for filing in Filing.objects.all())
    assert Filing.objects.filter(report__duty=None, recipient__code="500000").count() == 1


@pytest.mark.slow
def test_this_year_gives_everybody_something_to_do(open_years, client):
    load_demo(TODAY)
    expected = {
        "liaison": ["退回待改", "请提供材料", "确认知悉 3 条", "继续填写"],
        "head": ["去签批"],
        "liaison2": ["请补充主要工作的具体做法"],
        "office": ["催办全部未报", "年度报告待审", "延期1次"],
        "officehead": ["催办全部未报"],
        "district": ["已退回", "已报待审"],
        "districthead": ["已退回", "已报待审"],
        "yyliaison": ["请补充主要工作的具体做法"],
        "auditor": ["申请延期", "工作交接"],
        "corps": ["承担的措施"],
        "corpsoffice": ["已报待审"],
    }

    missing = {}
    for username, words in expected.items():
        client.force_login(User.objects.get(username=username))
        page = client.get("/", follow=True).content.decode()
        missing[username] = [word for word in words if word not in page]

    assert missing == {username: [] for username in expected}
    # Who came new finds what was left, and the heads of both offices decide.
    assert Handover.objects.open().get().department.code == "500000-sifa"
    assert set(Extension.objects.pending().values_list("conference__code", flat=True)) == {"500000", "500235"}


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2026-01-02", "2026-12-31"])
def test_demo_tells_of_nothing_to_come_and_twice_makes_nothing_new(open_years, clock, day):
    clock(f"{day} 09:00:00")

    first = load_demo()
    before = rows()
    second = load_demo()

    assert first.this_year > 0
    assert not Event.objects.filter(at__gt=timezone.now(), action__in=[Action.SUBMIT, Action.ACCEPT]).exists()
    assert not Progress.objects.filter(updated_at__gt=timezone.now()).exists()
    assert second == Demo(users=0, postings=0, last_year=0, this_year=0)
    assert rows() == before


def test_demo_leaves_a_year_alone_in_which_somebody_has_begun(open_years):
    load_people(TODAY)
    for code in ("500000", "500235", "660000"):
        begun = Duty.objects.filter(conference__code=code, year=2026) or Progress.objects.filter(conference__code=code)
        begun.filter(pk=begun[0].pk).update(state=EntryState.DRAFT)

    made = load_demo(TODAY)

    assert made.this_year == 0
    assert Progress.objects.filter(year=2026).exclude(state=EntryState.OPEN).count() <= 1


@pytest.mark.parametrize("command", ["load_demo", "make_city"])
def test_sample_data_is_refused_in_production(db, settings, command):
    settings.HTTPS = True

    with pytest.raises(CommandError, match="正式环境"):
        call_command(command)

    assert not User.objects.exists()


def test_demo_needs_units(db):
    with pytest.raises(CommandError, match="请先运行 load_units"):
        call_command("load_demo")


# --- Calendar -----------------------------------------------------------------------------------------------------


def test_calendar_as_published(db):
    load_calendar(FIXTURES / "working_days.json")
    calendar = Calendar.around(date(2024, 1, 1), date(2026, 12, 31))

    assert not calendar.is_working(date(2026, 10, 1))
    assert calendar.is_working(date(2026, 10, 10))
    assert calendar.last_working_day_by(date(2024, 12, 15)) == date(2024, 12, 13)


def test_calendar_twice_changes_nothing(db):
    first = load_calendar(FIXTURES / "working_days.json")
    second = load_calendar(FIXTURES / "working_days.json")

    assert (first.created, second.is_nothing) == (75, True)


def test_day_that_repeats_its_weekday_is_refused(db, tmp_path: Path):
    file = tmp_path / "days.json"
    file.write_text(json.dumps([{"day": "2026-10-05", "is_working": True, "note": ""}]))

    with pytest.raises(CalendarNotLoadable, match="与星期一致"):
        load_calendar(file)

    assert not WorkDay.objects.exists()


def test_calendar_names_no_plain_day():
    rows = json.loads((FIXTURES / "working_days.json").read_text(encoding="utf-8"))

    assert [row["day"] for row in rows] == sorted({row["day"] for row in rows})
    assert {row["day"][:4] for row in rows} == {"2024", "2025", "2026"}


# --- City ---------------------------------------------------------------------------------------------------------


def test_city_has_a_district_plan_for_each_district(db):
    city = make_city(FIXTURES, districts=2)

    assert (city.conferences, city.units, city.responsibilities) == (3, 34 + 2 * 27, 286 + 2 * 230)
    assert [version.clause_set.measures().count() for version in PlanVersion.objects.published()] == [53, 53, 53]
    assert not Responsibility.objects.unresolved().exists()
    assert not Jurisdiction.objects.exclude(code__startswith="99").exists()


def test_city_is_the_same_for_the_same_seed(db):
    texts = []
    for _ in range(2):
        with transaction.atomic():
            make_city(FIXTURES, districts=1, seed=7)
            texts.append(list(PlanVersion.objects.order_by("conference__code").values_list("source_text", flat=True)))
            transaction.set_rollback(True)

    assert texts[0] == texts[1]


def test_second_city_is_refused(db):
    make_city(FIXTURES, districts=1)

    with pytest.raises(CommandError, match="已经存在"):
        call_command("make_city", districts=1)
