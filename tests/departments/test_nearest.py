"""Units whose names come near: offered by their characters and by their sound, and never taken."""

from __future__ import annotations

import pytest

from departments.nearest import nearest
from departments.registry import Registry
from tests.factories import ConferenceFactory, DepartmentFactory

pytestmark = pytest.mark.django_db

UNITS = (
    "市公安局",
    "市民政局",
    "市教育委员会",
    "市卫生健康委员会",
    "市人力资源和社会保障局",
    "市妇女联合会",
    "市高级人民法院",
)


@pytest.fixture
def registry():
    conference = ConferenceFactory()
    for name in UNITS:
        DepartmentFactory(conference=conference, name=name)
    DepartmentFactory(conference=conference, name="共青团市委", names=["团市委", "市团委"])
    return Registry.of(conference)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("市公安厅", "市公安局"),
        ("市公案局", "市公安局"),
        ("市民证局", "市民政局"),
        ("市卫生和健康委员会", "市卫生健康委员会"),
        ("市卫健委员会", "市卫生健康委员会"),
        ("人力资源社会保障局", "市人力资源和社会保障局"),
        ("市妇女联和会", "市妇女联合会"),
        ("高级人民法院", "市高级人民法院"),
        ("团市委员会", "团市委"),
    ],
)
def test_nearest_is_what_was_meant(registry, words, name):
    assert nearest(registry, words)[0].name == name


def test_unit_with_many_names_is_offered_once(registry):
    found = nearest(registry, "团市委", limit=20)

    assert len({candidate.department for candidate in found}) == len(found)
    assert found[0].score == 100.0 or found[0].name == "团市委"


def test_nearest_come_first_and_no_more_than_asked_for(registry):
    found = nearest(registry, "市公安局治安支队", limit=3)

    assert len(found) <= 3
    assert [candidate.score for candidate in found] == sorted((candidate.score for candidate in found), reverse=True)
    assert all(0 <= candidate.score <= 100 for candidate in found)


@pytest.mark.parametrize("words", ["", " ", "?", "x" * 5000, "\U0001f600", "１２３"])
def test_words_that_are_near_nothing_bring_no_error(registry, words):
    assert len(nearest(registry, words)) <= 5


def test_empty_registry_has_nobody_to_offer():
    assert nearest(Registry.of(ConferenceFactory()), "市公安局") == []


def test_order_does_not_depend_on_how_units_were_entered(registry):
    assert nearest(registry, "市") == nearest(registry, "市")
