"""What tests.run repeats on PostgreSQL: everything that can reach a database."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.conftest import uses_database


def test_who_does_not_ask_for_the_database_cannot_reach_it(request: pytest.FixtureRequest) -> None:
    assert not uses_database(request.node)
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()


@pytest.mark.django_db
def test_who_is_marked_uses_it(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


def test_who_has_a_fixture_that_asks_for_it_uses_it(request: pytest.FixtureRequest, around_the_file: None) -> None:
    assert uses_database(request.node)


@pytest.fixture(scope="module")
def around_the_file(django_db_setup: None) -> None:
    """As tests.reporting.conftest.documents: rows that stay for a whole file."""
