"""The made-up numbers of the demo: there once, and such as the pages know them."""

import pytest

from reporting.models import Figure, FigureSheet, Indicator
from reporting.samples.figures import load
from reporting.services.figures import sums
from tests.factories import ConferenceFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db

YEAR = 2026


def test_sample_numbers_are_loaded_once_and_the_same_each_time():
    city, by = ConferenceFactory(code="500000"), UserFactory()
    for _number in range(4):
        DepartmentFactory(conference=city, member=True)

    first = load(city, YEAR, by)
    figures = list(Figure.objects.values_list("indicator__code", "sheet__year", "as_written"))
    second = load(city, YEAR, by)

    assert first >= 4
    assert second == 0
    assert list(Figure.objects.values_list("indicator__code", "sheet__year", "as_written")) == figures
    assert Indicator.objects.count() == 25
    assert FigureSheet.objects.filter(year=YEAR - 1).count() == 4


def test_sample_numbers_can_be_summed():
    city = ConferenceFactory(code="500000")
    DepartmentFactory(conference=city, member=True)

    load(city, YEAR, UserFactory())

    assert all(one.last_year for one in sums(city, YEAR) if one.units)
