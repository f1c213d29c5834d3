"""The starting dictionary for the conferences of the published plans."""

import pytest
from django.conf import settings

from departments.models import Conference
from reporting.indicator_loading import load_indicators
from reporting.services.figures.counterparts import suggested_units

pytestmark = pytest.mark.django_db

DICTIONARY = settings.BASE_DIR / "fixtures" / "indicators" / "indicators.json"


@pytest.mark.parametrize(
    ("code", "unresolved"),
    [
        ("500000", {}),
        # The list of 2013 has a bureau of health, whatever became of it.
        ("500235", {"强制报告条数": ["卫生健康委"]}),
        ("660000", {}),
    ],
)
def test_the_starting_dictionary_finds_the_units_by_their_registered_names(documents, code, unresolved):
    loaded = load_indicators(DICTIONARY, Conference.objects.get(code=code))

    assert len(loaded.added) == 25
    assert loaded.unresolved == unresolved


def test_a_district_is_suggested_its_own_units_for_what_the_city_asks(documents, city):
    load_indicators(DICTIONARY, city)
    county = Conference.objects.select_related("upper").get(code="500235")

    suggested = {row.code: [unit.name for unit in units] for row, units in suggested_units(county, 2026).items()}

    assert suggested["DJ01"] == ["县公安局"]
    assert suggested["JZ04"] == ["县司法局"]
    assert "XC01" not in suggested


def test_units_are_the_ones_that_are_meant(documents, city):
    named = {
        row.code: [unit.name for unit in row.departments.order_by("position")]
        for row in load_indicators(DICTIONARY, city).added
    }

    assert named["DJ01"] == ["市公安局"]
    assert named["DJ10"] == ["市高法院"]
    assert named["YF01"] == ["市公安局", "市教委", "市民政局", "市卫生健康委"]
    assert named["BZ03"] == ["市妇联", "团市委"]
    assert named["XC01"] == []
