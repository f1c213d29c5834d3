"""Pages cost the same number of queries however many rows they show, and saving costs few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models.events import Action
from departments.services import record
from measures.enums import ObligationKind, Obliged, ResponsibilityRole
from reporting.models import Attachment, Figure, Progress
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    NoticeFactory,
    ObligationFactory,
    PlanFactory,
    PlanImportFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    StagedClauseFactory,
    StagedQuestionFactory,
    UrgeFactory,
    YearFactory,
    published,
    this_year,
)

pytestmark = pytest.mark.django_db

SIZES = (1, 3, 30)
MOST = 15
# Its questions, its clauses, the version before it, the units to choose from, its trail.
MOST_OF_AN_IMPORT = 25
OF_AN_IMPORT = ("plan_import", "import_changes", "plan_changes")


class Ledger:
    """A conference of ``size`` clauses, districts, plans and other units than the one that answers for every clause."""

    def __init__(self, size: int) -> None:
        self.size, self.year = size, this_year()
        self.city = ConferenceFactory()
        self.units = [DepartmentFactory(conference=self.city, member=True) for _number in range(size + 1)]
        self.districts = [ConferenceFactory(upper=self.city) for _number in range(size)]
        self.office = PostingFactory(office_head=True, conference=self.city).user
        self.liaisons = [PostingFactory(department=unit).user for unit in self.units]
        for district in self.districts:
            PostingFactory(office_staff=True, conference=district)
        self.administrator = PostingFactory(administrator=True, conference=self.city).user
        self._plan()
        self._year()
        self._imports()

    def _imports(self) -> None:
        """As many files as clauses; the first has all the questions, of units that nobody knows."""
        self.imports = [PlanImportFactory(conference=self.city, based_on=self.version) for _number in range(self.size)]
        names = [f"市第{number}办公室" for number in range(self.size)]
        parties = [{"name": name, "as_written": name, "group": False} for name in names]
        for number, name in enumerate(names):
            clause = StagedClauseFactory(
                plan_import=self.imports[0],
                path=f"一/({number})",
                text=f"加强第{number}类场所排查，改写过的第{number}句话。",
                lead=parties[:1],
                cooperating=parties,
            )
            StagedQuestionFactory(plan_import=self.imports[0], path=clause.path, words=name)
            StagedQuestionFactory(
                plan_import=self.imports[0], path=clause.path, code="due_unclear", kind="deadline", is_blocking=False
            )
        later = PlanVersionFactory(plan=self.version.plan, conference=self.city, follows=self.version)
        for number in range(self.size):
            ClauseFactory(version=later, path=f"一/({number})", position=number)
        self.later = published(later)

    def _plan(self) -> None:
        for _number in range(self.size):
            plan = PlanFactory(conference=self.city)
            self.version = PlanVersionFactory(plan=plan, conference=self.city)
            published(PlanVersionFactory(plan=plan, conference=self.city))
        self.responsibilities = []
        for number in range(self.size):
            clause = ClauseFactory(version=self.version, path=f"一/({number})", position=number)
            # The first clause is everybody's.
            for order, unit in enumerate(self.units if number == 0 else self.units[:1]):
                role = ResponsibilityRole.COOPERATING if order else ResponsibilityRole.LEAD
                self.responsibilities.append(
                    ResponsibilityFactory(clause=clause, department=unit, position=order, role=role)
                )
        kinds = (
            (ObligationKind.ANNUAL_REPORT, Obliged.MEMBERS),
            (ObligationKind.ANNUAL_REPORT, Obliged.LOWER_CONFERENCES),
        )
        self.obligations = [
            ObligationFactory(clause=clause, kind=kind, obliged=obliged, position=position)
            for position, (kind, obliged) in enumerate(kinds)
        ]
        published(self.version)

    def _year(self) -> None:
        YearFactory(conference=self.city, version=self.version, year=self.year)
        YearFactory(conference=self.city, version=self.version, year=self.year - 1)
        self.entries = []
        for number, responsibility in enumerate(self.responsibilities):
            for year, state in ((self.year, "submitted" if number else "draft"), (self.year - 1, "accepted")):
                entry = ProgressFactory(
                    responsibility=responsibility,
                    year=year,
                    work_done="开展宣传。",
                    updated_by=self.liaisons[0],
                    **{state: True},
                )
                Figure.objects.create(conference=self.city, progress=entry, position=0, name="场次", as_written="7")
                if year == self.year:
                    self.entries.append(entry)
        self.duties = [
            DutyFactory(
                obligation=self.obligations[0], department=unit, submitted=not number or None, draft=bool(number)
            )
            for number, unit in enumerate(self.units)
        ]
        for district in self.districts:
            self.duties.append(
                DutyFactory(obligation=self.obligations[1], department=None, obliged_conference=district, draft=True)
            )
        for number in range(self.size):
            for entry in ({"progress": self.entries[0]}, {"duty": self.duties[0]}):
                Attachment.objects.create(
                    conference=self.city, name=f"{number}.pdf", size=1, uploaded_by=self.liaisons[0], **entry
                )
            for row in (self.entries[0], self.duties[0]):
                record(
                    row,
                    Action.SUBMIT,
                    by=self.liaisons[number],
                    conference=self.city,
                    department=self.units[0],
                )
            NoticeFactory(conference=self.city, recipient=self.liaisons[0])
        for duty in self.duties:
            UrgeFactory(duty=duty, conference=self.city, created_by=self.office)


@pytest.fixture(scope="module")
def ledgers(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Ledger]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield [Ledger(size) for size in SIZES]
        transaction.set_rollback(True)


def board(ledger: Ledger, name: str, *more: Any) -> str:
    return reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year, *more])


PAGES = {
    "work": ("liaison", lambda ledger: reverse("reporting:work_year", args=[ledger.year])),
    "clause": (
        "liaison",
        lambda ledger: reverse("reporting:clause", args=[ledger.version.pk, ledger.entries[0].clause.path]),
    ),
    "progress": ("liaison", lambda ledger: reverse("reporting:progress", args=[ledger.entries[0].pk])),
    "duty": ("liaison", lambda ledger: reverse("reporting:duty", args=[ledger.duties[0].pk])),
    "plan": ("liaison", lambda ledger: reverse("reporting:plan", args=[ledger.version.pk])),
    "plan_list": ("liaison", lambda ledger: reverse("reporting:plan_list")),
    "inbox": ("liaison", lambda ledger: reverse("reporting:inbox")),
    "events": ("office", lambda ledger: reverse("reporting:events")),
    "board": ("office", lambda ledger: board(ledger, "board")),
    "rows": ("office", lambda ledger: board(ledger, "rows")),
    "duties": ("office", lambda ledger: board(ledger, "duties")),
    "unit": ("office", lambda ledger: board(ledger, "unit", ledger.units[0].code)),
    "plan_imports": ("administrator", lambda ledger: reverse("reporting:plan_imports")),
    "plan_import": ("administrator", lambda ledger: reverse("reporting:plan_import", args=[ledger.imports[0].pk])),
    "import_preview": (
        "administrator",
        lambda ledger: reverse("reporting:import_preview", args=[ledger.imports[0].pk]),
    ),
    "import_changes": (
        "administrator",
        lambda ledger: reverse("reporting:import_changes", args=[ledger.imports[0].pk]),
    ),
    "plan_changes": ("administrator", lambda ledger: reverse("reporting:plan_changes", args=[ledger.later.pk])),
    "plan_export": ("administrator", lambda ledger: reverse("reporting:plan_export", args=[ledger.later.pk])),
    "progress_review": ("office", lambda ledger: reverse("reporting:progress_review", args=[ledger.entries[0].pk])),
    "duty_review": ("office", lambda ledger: reverse("reporting:duty_review", args=[ledger.duties[0].pk])),
}


def client_of(ledger: Ledger, who: str) -> Client:
    client = Client()
    people = {"office": ledger.office, "administrator": ledger.administrator, "liaison": ledger.liaisons[0]}
    client.force_login(people[who])
    return client


@pytest.mark.parametrize("page", PAGES)
def test_page_costs_the_same_for_one_row_and_for_thirty(ledgers: list[Ledger], page: str) -> None:
    who, path = PAGES[page]
    queries = {}
    for ledger in ledgers:
        client, address = client_of(ledger, who), path(ledger)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        assert response.status_code == 200
        queries[ledger.size] = len(asked)

    assert len(set(queries.values())) == 1, queries
    assert queries[30] <= (MOST_OF_AN_IMPORT if page in OF_AN_IMPORT else MOST)


def typed(entry: Progress, **more: Any) -> dict[str, Any]:
    entry.refresh_from_db()
    return {"lock_version": entry.lock_version, "status": "done", "work_done": "又开展宣传。", **more}


FIGURES = {"figures-TOTAL_FORMS": 1, "figures-INITIAL_FORMS": 1, "figures-0-name": "场次", "figures-0-value": "8"}


@pytest.mark.parametrize(("page", "most"), [("progress", 12), ("progress_autosave", 8)])
def test_saving_costs_few_queries_and_the_same_for_thirty_rows(ledgers: list[Ledger], page: str, most: int) -> None:
    queries = {}
    for ledger in ledgers:
        entry = ledger.entries[0]
        client, data = client_of(ledger, "liaison"), typed(entry)
        with CaptureQueriesContext(connection) as asked:
            response = client.post(reverse(f"reporting:{page}", args=[entry.pk]), data)
        assert response.status_code in (204, 302)
        queries[ledger.size] = len([query for query in asked if "SAVEPOINT" not in query["sql"]])

    assert len(set(queries.values())) == 1, queries
    assert queries[30] <= most


@pytest.mark.parametrize("page", ["progress", "progress_autosave"])
def test_changed_numbers_cost_a_constant_more(ledgers: list[Ledger], page: str) -> None:
    ledger = ledgers[-1]
    entry = ledger.entries[0]
    client, data = client_of(ledger, "liaison"), typed(entry, **FIGURES)

    with CaptureQueriesContext(connection) as asked:
        client.post(reverse(f"reporting:{page}", args=[entry.pk]), data)

    number = len([query for query in asked if "SAVEPOINT" not in query["sql"]])
    assert number <= 15


def test_due_dates_of_the_ledger_are_in_the_year(ledgers: list[Ledger]) -> None:
    """The pages above show rows: none of these lists is empty."""
    for ledger in ledgers:
        client = client_of(ledger, "office")
        assert client.get(board(ledger, "rows")).context["page"].paginator.count == len(ledger.entries)
        assert client.get(board(ledger, "duties")).context["page"].paginator.count == len(ledger.duties)
        assert {duty.due_on for duty in ledger.duties} == {date(ledger.year, 12, 15)}
