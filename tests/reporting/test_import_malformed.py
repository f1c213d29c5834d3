"""Broken workbooks and csv files through the real upload page: an answer in words, and nothing half-imported.

Five hundred files here, twenty thousand by night.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.enums import Role
from measures.enums import ImportState
from measures.importing.staging import read_waiting
from measures.models import Clause, Plan, PlanImport, PlanVersion, Question, StagedClause
from tests.factories import ConferenceFactory, PostingFactory, UserFactory
from tests.measures.test_sources_mutations import odd_csv, odd_workbook
from tests.thorough import NIGHTLY

pytestmark = pytest.mark.once

EACH = 10_000 if NIGHTLY else 250
PARTS = 5


@pytest.fixture
def conference(db):
    return ConferenceFactory()


@pytest.fixture
def hand_in(client, conference):
    admin = UserFactory()
    PostingFactory(user=admin, conference=conference, department=None, role=Role.ADMINISTRATOR)
    client.force_login(admin)
    # What goes wrong in a view is raised here, not turned into a page.
    client.raise_request_exception = True

    def send(name: str, data: bytes) -> int:
        file = SimpleUploadedFile(name, data or b" ")
        response = client.post(reverse("reporting:plan_imports"), {"conference": conference.pk, "file": file})
        if response.status_code == 302:
            assert client.get(response["Location"]).status_code == 200
        return response.status_code

    return send


def nothing_is_half_there() -> None:
    """Each import is done with: staged whole, or failed with its reason and nothing staged."""
    # The large ones have waited for a worker.
    read_waiting()
    staged = Counter(StagedClause.objects.values_list("plan_import", flat=True))
    for row in PlanImport.objects.all():
        if row.state == ImportState.FAILED:
            assert row.problem
            assert staged[row.pk] == 0
        else:
            assert row.state in (ImportState.QUESTIONS, ImportState.READY)
            positions = StagedClause.objects.filter(plan_import=row).values_list("position", flat=True)
            assert list(positions) == list(range(1, staged[row.pk] + 1))
            assert staged[row.pk] > 0
    assert not Question.objects.filter(plan_import__state=ImportState.FAILED).exists()
    assert [Plan.objects.count(), PlanVersion.objects.count(), Clause.objects.count()] == [0, 0, 0]
    kept = {Path(name).name for name in PlanImport.objects.values_list("file", flat=True)}
    folder = Path(settings.MEDIA_ROOT) / "imports"
    assert {path.name for path in folder.glob("*")} >= kept


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_broken_workbooks_are_answered(hand_in, part):
    answers = {hand_in("任务分工.xlsx", odd_workbook(seed)) for seed in range(part, EACH, PARTS)}

    assert answers <= {302, 422}
    nothing_is_half_there()


@pytest.mark.slow
def test_broken_csv_files_are_answered(hand_in):
    answers = {hand_in("任务分工.csv", odd_csv(seed)) for seed in range(EACH)}

    assert answers == {302, 422}
    nothing_is_half_there()
