"""The real city with this year open, and people to walk through it in a real browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from departments.enums import Role
from departments.models import Conference, Department, Posting, User
from reporting.models import Progress

PASSWORD = "灯火-阑珊-2026"
CLAUSE = "二/(二)/2"


@dataclass(frozen=True)
class City:
    """Chongqing with its plan 渝府办发〔2021〕152号 and this year's rows; one liaison for every member unit."""

    conference: Conference
    year: int
    liaison: User
    office: User

    def entry(self) -> Progress:
        """What 市教委 owes on 「教育领域」."""
        return Progress.objects.get(clause__path=CLAUSE, department__code="500000-jiaowei", year=self.year)


@pytest.fixture
def city(transactional_db: None) -> City:
    call_command("load_units", verbosity=0)
    call_command("load_plans", verbosity=0)
    year = timezone.localdate().year
    call_command("open_year", str(year), conference="500000", verbosity=0)
    conference = Conference.objects.get(code="500000")
    office = person("office", "王清", conference, Role.OFFICE_STAFF)
    person("auditor", "赵明", conference, Role.AUDITOR)
    person("admin", "钱华", conference, Role.ADMINISTRATOR)
    liaisons = {
        unit.code: person(f"u-{unit.code}", f"{unit.name}联络员", conference, Role.LIAISON, unit)
        for unit in Department.objects.filter(duties__year=year)
    }
    return City(conference, year, liaisons["500000-jiaowei"], office)


def person(username: str, name: str, conference: Conference, role: Role, department: Department | None = None) -> User:
    user = User.objects.create_user(
        username, PASSWORD, name=name, email=f"{username}@example.test", must_change_password=False
    )
    Posting.objects.create(user=user, conference=conference, department=department, role=role)
    return user


@pytest.fixture
def sign_in(page: Any) -> Any:
    """Sign in through the form, as a person does: ``sign_in(page, user)``."""

    def sign_in(page: Any, user: User) -> None:
        page.goto("/login/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)

    return sign_in
