"""Conferences to measure imports in: made up, with so many units and a liaison for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from django.contrib.auth.hashers import make_password
from django.test import Client

from departments.enums import JurisdictionKind, NameKind, Role
from departments.models import Conference, Department, DepartmentName, Jurisdiction, Membership, Posting, User
from measures.enums import AnswerKind, ImportState
from measures.importing.answers import answer_questions, set_heading
from measures.importing.staging import read_waiting, receive
from measures.models import Plan, PlanImport, Question


@dataclass(frozen=True)
class Place:
    """A conference, its units in their order, and who administers it."""

    conference: Conference
    units: list[Department]
    administrator: User

    def receive(self, data: str | bytes, name: str = "plan.txt", plan: Plan | None = None) -> PlanImport:
        """Hand a file in, and read it as a worker would; returns the import as it is then."""
        row, _is_new = receive(
            data.encode() if isinstance(data, str) else data,
            name=name,
            conference=self.conference,
            by=self.administrator,
            plan=plan,
        )
        read_waiting()
        row.refresh_from_db()
        assert row.state in ImportState.unfinished(), (row.problem, row.faults[:3])
        return row

    def settle(self, row: PlanImport) -> PlanImport:
        """Answer all that must be answered before it is published."""
        if row.starts_year is None:
            row = set_heading(row, {"starts_year": 2021, "ends_year": 2030}, by=self.administrator)
        waiting = Question.objects.filter(plan_import=row, kind=AnswerKind.UNIT).open()
        return answer_questions(row, {one.pk: {"do": "new"} for one in waiting}, by=self.administrator)


_NUMBERS = count(1)


def make_place(names: Sequence[str]) -> Place:
    """A city's conference, another one each time, whose members are the units of these names."""
    code = f"97{next(_NUMBERS):04}"
    place = Jurisdiction.objects.create(
        code=code, name="测试市", short_name="测试", kind=JurisdictionKind.CITY, is_confirmed=False
    )
    conference = Conference.objects.create(
        jurisdiction=place,
        code=code,
        name=f"测试市{code}反对拐卖人口行动工作联席会议",
        short_name=f"测试市{code}反拐联席会议",
        office_name="测试市反拐联席会议办公室",
        government_name="测试市人民政府",
    )
    units = Department.objects.bulk_create(
        Department(conference=conference, code=f"{code}-{position}", name=name, position=position)
        for position, name in enumerate(names, 1)
    )
    written: list[DepartmentName] = []
    for unit in units:
        row = DepartmentName(department=unit, conference=conference, name=unit.name, kind=NameKind.SHORT)
        row.fill_keys()
        written.append(row)
    DepartmentName.objects.bulk_create(written)
    Membership.objects.bulk_create(Membership(conference=conference, department=unit) for unit in units)
    return Place(conference, units, _people(conference, units))


def _people(conference: Conference, units: list[Department]) -> User:
    # One hash for all: argon2 takes its time on purpose.
    hashed = make_password("benchmark")
    posts: list[tuple[str, Role, Department | None]] = [
        (f"b-{conference.code}-administrator", Role.ADMINISTRATOR, None),
        (f"b-{conference.code}-office", Role.OFFICE_STAFF, None),
        *((f"b-{unit.code}", Role.LIAISON, unit) for unit in units),
    ]
    users = User.objects.bulk_create(
        User(username=name, name=name, email=f"{name}@example.test", password=hashed, must_change_password=False)
        for name, _role, _unit in posts
    )
    Posting.objects.bulk_create(
        Posting(user=user, role=role, conference=conference, department=unit)
        for user, (_name, role, unit) in zip(users, posts, strict=True)
    )
    return users[0]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
