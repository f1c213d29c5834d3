"""The city's plan and its copy, of which a year is full: published over it, and the year gone over."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from measures.enums import VersionState
from measures.importing.staging import receive
from measures.models import Lineage
from reporting.models import Duty, Progress
from reporting.services.publication import publish_plan
from reporting.services.years import open_year
from tests.drafts import YEAR
from tests.reporting.conftest import FIXTURES

pytestmark = pytest.mark.django_db


@pytest.fixture
def documented(city):
    """The city of the real documents, and its copy that differs in five clauses."""
    return SimpleNamespace(city=city, copy=(FIXTURES / "documents" / "001_chongqing_2021_pdf.txt").read_bytes())


def test_copy_of_a_document_differs_in_five_clauses(documented):
    row, _is_new = receive(documented.copy, name="001.txt", conference=documented.city)
    clauses = row.clauses.count()

    assert row.changes == dict.fromkeys(row.changes, 0) | {"same": clauses - 5, "reworded": 5}
    version = publish_plan(row, by=None).version
    # The draft of the same file, from before there were imports, is out of date.
    assert list(version.plan.versions.order_by("number").values_list("number", "state")) == [
        (1, VersionState.PUBLISHED),
        (2, VersionState.WITHDRAWN),
        (3, VersionState.PUBLISHED),
    ]
    kinds = Lineage.objects.filter(version=version).values_list("kind", flat=True)
    assert Counter(kinds) == {"same": clauses - 5, "reworded": 5}


def test_year_of_the_city_goes_over_with_every_row(documented):
    open_year(documented.city, YEAR)
    before = list(Progress.objects.order_by("pk").values_list("pk", "clause__path", "department", "role"))
    row, _is_new = receive(documented.copy, name="001.txt", conference=documented.city)

    done = publish_plan(row, by=None)

    [adopted] = done.adopted
    after = list(Progress.objects.order_by("pk").values_list("pk", "clause__path", "department", "role"))
    assert after == before
    assert (adopted.carried, adopted.reworded, adopted.closed, adopted.created) == (len(before), 0, 0, 0)
    assert set(Progress.objects.values_list("clause__version", flat=True)) == {done.version.pk}
    assert set(Duty.objects.values_list("obligation__version", flat=True)) == {done.version.pk}
