"""Several workers, people and processes at one import: read once, never half, whoever dies in between."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from measures.enums import ImportState
from measures.importing import staging
from measures.importing.answers import answer_questions
from measures.importing.staging import SILENCE, read_again, read_waiting, withdraw
from measures.models import Clause, Lineage, PlanImport, PlanVersion, Question, Responsibility, StagedClause
from reporting.models import Adoption, Carry, Progress
from reporting.services.publication import publish_plan
from reporting.tasks import read_imports
from tests.conftest import ROOT, database_url
from tests.drafts import FERRY, GUARD, SETTLE, TEACH_MORE, Town, document, measure
from tests.thorough import NIGHTLY

pytestmark = pytest.mark.django_db(transaction=True)

PORT = measure("加强口岸边境管控，严防跨境拐卖。", "市公安局", "市口岸局")
# How many moments of an act a process is killed at.
MOMENTS = 10 if NIGHTLY else 3


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)


# --- Workers ------------------------------------------------------------------------------------------------------


def test_four_workers_read_each_import_once(at_once, large):
    town = Town()
    rows = [town.receive(document(PORT, measure(f"加强第{number}类场所排查。", "市公安局"))) for number in range(3)]

    counts = at_once(*[read_waiting] * 4)

    assert sum(counts) == 3
    assert {(row.state, row.attempts) for row in PlanImport.objects.all()} == {(ImportState.QUESTIONS, 1)}
    assert [row.clauses.count() for row in rows] == [10, 10, 10]
    assert Question.objects.count() == 3


def test_an_import_withdrawn_while_it_is_read_is_withdrawn_and_never_half(at_once, large):
    town = Town()
    for number in range(4):
        row = town.receive(document(PORT, measure(f"加强第{number}类场所排查。", "市公安局")))

        results = at_once(read_waiting, partial(withdraw, row, by=town.administrator))

        assert results[1] is None
        assert PlanImport.objects.get(pk=row.pk).state == ImportState.WITHDRAWN
        assert row.clauses.count() in (0, 10)


def test_two_who_answer_at_once_both_count(at_once):
    town = Town()
    row = town.receive(document(PORT, measure("加强农用车管理。", "市农机局")))
    first, second = Question.objects.filter(plan_import=row)

    at_once(
        partial(answer_questions, row, {first.pk: {"do": "new"}}, by=town.administrator),
        partial(answer_questions, row, {second.pk: {"do": "group"}}, by=town.office),
    )

    assert PlanImport.objects.get(pk=row.pk).state == ImportState.READY


def test_reading_again_by_two_at_once_stages_once(at_once):
    town = Town()
    row = town.receive(document(PORT))

    at_once(*[lambda: read_again(PlanImport.objects.get(pk=row.pk))] * 2)

    assert (row.clauses.count(), Question.objects.filter(plan_import=row).count()) == (9, 1)
    assert PlanImport.objects.get(pk=row.pk).state == ImportState.QUESTIONS


@pytest.mark.worker
@pytest.mark.slow
def test_a_real_worker_reads_what_waits(celery_worker_process, large):
    row = Town().receive(document(PORT))

    read_imports.delay()

    celery_worker_process.wait_until(lambda: PlanImport.objects.get(pk=row.pk).state == ImportState.QUESTIONS)
    assert row.clauses.count() == 9


# --- Processes that are killed ------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from measures.importing.staging import read_waiting
from measures.models import PlanImport
from reporting.services.publication import publish_plan

act, pk, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
row = PlanImport.objects.get(pk=pk)
seen = 0

def kill(execute, sql, params, many, context):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(kill):
    read_waiting() if act == "read" else publish_plan(row, by=None)
"""


def killed_at(statement, act, row):
    """A process of its own begins the act and is killed before its ``statement``-th question to the database."""
    environment = {name: value for name, value in os.environ.items() if name != "TEST_RUN_DIR"}
    environment |= {"DJANGO_SETTINGS_MODULE": "antitrafficking.settings", "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", KILLED, act, str(row.pk), str(statement)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
    assert ended.returncode == -9, ended.stderr.decode()[-2000:]


def moments(act):
    """Statements of ``act``, spread over all of it; the last is the one before its end."""
    seen = []

    def count(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        act()
    return sorted({1 + (len(seen) - 1) * number // (MOMENTS - 1) for number in range(MOMENTS)})


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_nothing_half_and_the_next_one_reads_it(large):
    town = Town()
    town.receive(document(PORT, GUARD))
    found = moments(read_waiting)

    for number, statement in enumerate(found):
        row = town.receive(document(PORT, measure(f"加强第{number}类场所排查。", "市公安局")))
        killed_at(statement, "read", row)

        row.refresh_from_db()
        done = row.state != ImportState.READING
        staged = (row.clauses.count(), Question.objects.filter(plan_import=row).count())
        assert staged == ((10, 1) if done else (0, 0))
        PlanImport.objects.filter(pk=row.pk, state=ImportState.READING).update(seen_at=timezone.now() - 2 * SILENCE)
        read_waiting()
        row.refresh_from_db()
        assert (row.state, row.clauses.count()) == (ImportState.QUESTIONS, 10)


@pytest.mark.slow
def test_a_process_that_is_killed_while_publishing_has_published_nothing():
    town = Town()
    town.open()
    reworded = town.receive(document(GUARD, TEACH_MORE, SETTLE))
    found = moments(lambda: publish_plan(reworded, by=None))
    row = town.receive(document(GUARD, TEACH_MORE, FERRY))
    tables = (PlanVersion, Clause, Responsibility, Lineage, Adoption, Carry, Progress, StagedClause)

    def everything():
        return {table: list(table.objects.order_by("pk").values()) for table in tables}

    before = everything()
    for statement in found:
        killed_at(statement, "publish", row)

        assert everything() == before
        row.refresh_from_db()
        assert row.state == ImportState.READY

    publish_plan(row, by=town.administrator)
    assert town.year.version.number == 3
