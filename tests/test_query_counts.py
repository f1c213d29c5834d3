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

from reporting.models import Progress
from tests import site
from tests.ledger import Ledger

pytestmark = pytest.mark.django_db

SIZES = (1, 3, 30)
MOST = 15
# Name → who opens it, the address in a ledger, and how many queries it may cost where that is not MOST.
PAGES = site.together("PAGES")


@pytest.fixture(scope="module")
def ledgers(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Ledger]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield [Ledger(size) for size in SIZES]
        transaction.set_rollback(True)


def board(ledger: Ledger, name: str, *more: Any) -> str:
    return reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year, *more])


def client_of(ledger: Ledger, who: str) -> Client:
    client = Client()
    client.force_login(ledger.people[who])
    return client


@pytest.mark.parametrize("page", PAGES)
def test_page_costs_the_same_for_one_row_and_for_thirty(ledgers: list[Ledger], page: str) -> None:
    who, path, most = (*PAGES[page], MOST)[:3]
    queries = {}
    for ledger in ledgers:
        client, address = client_of(ledger, who), path(ledger)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        assert response.status_code == 200
        queries[ledger.size] = len(asked)

    assert len(set(queries.values())) == 1, queries
    assert queries[30] <= most


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
