"""What the tests of the administration share: addresses, people at work, and the price of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import User


def page(row: Any, name: str = "change") -> str:
    """The address of a row's page, or of its model's list or form: ``page(Department, "changelist")``."""
    meta = row._meta
    arguments = [] if isinstance(row, type) else [row.pk]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=arguments)


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def costs_of_list(client: Client, model: type[models.Model], fill: Callable[[], Any]) -> dict[int, int]:
    """How many queries the list takes with one row more, three more and thirty more; by their number."""
    costs = {}
    made = 0
    for number in (1, 3, 30):
        for _index in range(number - made):
            fill()
        made = number
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page(model, "changelist"))
        assert response.status_code == 200
        assert response.context["cl"].result_count >= number
        costs[number] = len(queries)
    return costs
