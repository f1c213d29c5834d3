"""Everybody sees only what is theirs: every model's rows for every role. What pages show of them: test_walk."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from departments.scoping import ScopedQuerySet
from tests import site as areas
from tests.world import ANONYMOUS, ROLES, World, a_world

pytestmark = pytest.mark.django_db

APPS = ("departments", "measures", "reporting")
# What each row of the world is called that is none of its ``things``.
NAMES = areas.together("NAMES")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), a_world() as world:
        yield world


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def models() -> list[type[Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


# --- Rows ---------------------------------------------------------------------------------------------------------


def named(world: World, row: Any) -> str:
    """What the tables of tests/site call a row."""
    if name := world.name_of(row):
        return name
    assert row._meta.model_name in NAMES, f"{row!r} has no name in a table"
    return str(NAMES[row._meta.model_name](world, row))


def declared() -> dict[str, dict[str, set[str]]]:
    """Model → role → names of the rows that the role sees."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: {role: set() for role in ROLES})
    for (model, name), marks in areas.rows_of("SCOPES", ROLES, before=2):
        assert set(marks.values()) <= {"x", "."}, f"{model} {name}"
        for role, mark in marks.items():
            found[model][role] |= {name} if mark == "x" else set()
    return dict(found)


def seen(world: World, model: type[Model]) -> dict[str, set[str]]:
    return {
        role: {named(world, row) for row in model._default_manager.visible_to(world.people[role])}  # type: ignore[attr-defined]
        for role in ROLES
    }


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_every_model_asks_who_looks(model: type[Model]) -> None:
    assert isinstance(model._default_manager.all(), ScopedQuerySet)


def test_every_model_is_in_the_table() -> None:
    assert {model._meta.model_name for model in models()} == set(declared())


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_everybody_sees_the_rows_of_the_table(world: World, model: type[Model]) -> None:
    assert model._default_manager.exists(), "a model without rows shows nothing"

    assert seen(world, model) == declared()[str(model._meta.model_name)]


@pytest.mark.parametrize("role", [ANONYMOUS, "stranger"])
def test_strangers_see_nothing_of_any_model(world: World, role: str) -> None:
    person = world.people[role]

    shown = {
        model._meta.label: set(model._default_manager.visible_to(person).values_list("pk", flat=True))  # type: ignore[attr-defined]
        for model in models()
    }

    assert shown == {model._meta.label: set() for model in models()}


def test_deactivated_people_see_nothing(world: World) -> None:
    person = type(world.people["super"]).objects.get(username="officehead")
    person.is_active = False

    assert [model._meta.label for model in models() if model._default_manager.visible_to(person).exists()] == []  # type: ignore[attr-defined]


def test_a_model_that_says_nothing_shows_nothing(world: World) -> None:
    from departments.models import Department  # any table will do

    assert not ScopedQuerySet(Department).visible_to(world.people["super"]).exists()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the sessions, which note that somebody is there."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }


# --- States -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "version", "is_shown"),
    [
        ("outside", "city_version", True),
        ("admin", "city_version", True),
        ("staff", "county_version", True),
        ("dliaison", "city_version", False),
        ("district", "city_version", False),
        ("dauditor", "city_version", False),
    ],
)
def test_how_units_stand_is_shown_within_their_conference_and_above(
    world: World, role: str, version: str, is_shown: bool
) -> None:
    """The district reads the city's plan; how the city's units do on it is not the district's business."""
    client, row = world.client(role), world[version]
    margins = client.get(reverse("reporting:plan", args=[row.pk])).context["clauses"]
    clause = client.get(reverse("reporting:clause", args=[row.pk, "一/(一)"])).context

    assert any(margin["light"] or margin["counts"] for margin in margins) is is_shown
    assert any(party["light"] for party in clause["parties"]) is is_shown
    assert bool(clause["years"]) is is_shown


def test_how_the_work_goes_shows_once_it_is_handed_in(world: World) -> None:
    """The status is a part of what the unit writes: the office sees that there is a draft and not what it says."""
    page = world.client("staff").get(reverse("reporting:unit", args=["500000", world.year, "lead_unit"]))

    # A draft, and two that were handed in.
    shown = [str(row["state_text"]) for chapter in page.context["chapters"] for row in chapter["rows"]]
    assert shown == ["", "推进有困难", "推进有困难"]
