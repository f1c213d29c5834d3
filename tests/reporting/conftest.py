"""The real documents, loaded once for a whole file of tests; people who act at the same moment; refused acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from departments.loading import load_units
from departments.models import Conference
from measures.loading import load_plans
from reporting.calendar_loading import load_calendar

FIXTURES = settings.BASE_DIR / "fixtures"


def load_everything() -> None:
    load_units(FIXTURES / "units")
    load_plans(FIXTURES / "documents")
    load_calendar(FIXTURES / "working_days.json")


@pytest.fixture(scope="module")
def _documents(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    # Around the transactions of the tests, so that each begins with the documents there. A file whose tests use
    # this has no transactional tests: those empty the tables.
    with django_db_blocker.unblock(), transaction.atomic():
        load_everything()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def documents(_documents: None, db: None) -> None:
    """Units, plans and working days as published."""


@pytest.fixture
def city(documents: None) -> Conference:
    return Conference.objects.get(code="500000")


@pytest.fixture
def refused() -> Callable[..., Any]:
    """``with refused(WrongState) as refusal: act()``: raises it, and leaves a transaction that can go on."""

    @contextmanager
    def refusing(error: type[Exception]) -> Iterator[pytest.ExceptionInfo[Exception]]:
        with pytest.raises(error) as refusal, transaction.atomic():
            yield refusal

    return refusing


@pytest.fixture
def files(settings: Any, tmp_path: Any) -> Callable[[], list[str]]:
    """The names of all files that lie in the folder of attachments; nothing lies there yet."""
    settings.MEDIA_ROOT = str(tmp_path / "media")

    def listed() -> list[str]:
        root = tmp_path / "media"
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

    return listed
