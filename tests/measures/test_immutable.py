"""Published versions do not change, whatever an instance in memory still believes; imports at once do not collide."""

from functools import partial

import pytest

from departments.models import Conference
from measures.models import Clause, PlanVersion, Responsibility
from measures.models.plans import PublishedIsImmutable
from measures.reading import read_plan
from measures.services import AlreadyImported, store_version
from tests.factories import ClauseFactory, ConferenceFactory, ResponsibilityFactory, published

PLAN = """某市贯彻中国反对拐卖人口行动计划(2021—2030年)实施细则
一、预防犯罪
(一)加强宣传。(市公安局负责)
{last}
"""


@pytest.mark.django_db
def test_a_row_loaded_before_publication_cannot_be_saved_after_it():
    responsibility = ResponsibilityFactory()
    stale = Responsibility.objects.select_related("version").get(pk=responsibility.pk)
    assert not stale.version.is_published
    published(responsibility.version)

    stale.name = "别的单位"
    with pytest.raises(PublishedIsImmutable):
        stale.save()
    with pytest.raises(PublishedIsImmutable):
        stale.delete()

    assert Responsibility.objects.get(pk=stale.pk).name != "别的单位"


@pytest.mark.django_db
def test_nothing_is_added_to_a_published_version():
    clause = ClauseFactory()
    published(clause.version)
    more = Clause(
        conference=clause.conference,
        version_id=clause.version_id,
        position=99,
        depth=0,
        path="九",
        kind=clause.kind,
        start=0,
        end=1,
    )

    with pytest.raises(PublishedIsImmutable):
        Clause.objects.bulk_create([more])

    assert Clause.objects.get() == clause


@pytest.mark.django_db(transaction=True)
def test_imports_at_once_become_versions_one_after_the_other(at_once):
    city = ConferenceFactory()
    texts = [PLAN.format(last=f"(二)加强排查{'。' * number}(市民政局负责)") for number in (1, 2, 3, 4)]

    results = at_once(*(partial(import_text, city, text) for text in texts))

    assert sorted(version.number for version in results) == [1, 2, 3, 4]
    assert PlanVersion.objects.filter(plan__conference=city).count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_same_file_at_once_is_imported_once(at_once):
    city = ConferenceFactory()
    text = PLAN.format(last="(二)加强排查。(市民政局负责)")

    results = at_once(*[partial(import_text, city, text)] * 3)

    assert sorted(type(result).__name__ for result in results) == ["AlreadyImported", "AlreadyImported", "PlanVersion"]
    assert isinstance(next(r for r in results if isinstance(r, Exception)), AlreadyImported)


def import_text(city: Conference, text: str) -> PlanVersion:
    return store_version(read_plan(text), conference=city, source_text=text)
