"""A year that goes over to another version of its plan: who is first and who knows goes along, and comes back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Clause
from reporting.enums import EntryState, Standing
from reporting.models import FirstLead, InputRequest, Progress
from reporting.services.adoption import undo_publication
from reporting.services.cooperation import choose_first_lead, first_leads
from reporting.services.entries import confirm_entry
from reporting.services.inputs import ask_input
from reporting.services.knowing import acknowledge
from tests.drafts import FERRY, SETTLE, TEACH, TEACH_MORE, YEAR, Town, document, measure
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

GUARD = measure("完善重点行业、重点场所和重点人群的预防犯罪机制，加强部门联动。", "市公安局、市民政局", "市妇联")
GUARD_MORE = measure(
    "完善重点行业、重点场所和重点人群的预防犯罪机制，加强部门联动和巡查。", "市公安局、市民政局", "市妇联"
)


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def town(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    town = Town()
    town.version = town.open(document(GUARD, TEACH, SETTLE))
    return town


def clause_of(version, path):
    return Clause.objects.get(version=version, path=path)


def choose(town, version, path, unit):
    clause = clause_of(version, path)
    choose_first_lead(clause, YEAR, town.units[unit], conference_id=town.conference.pk, by=town.office)
    return clause


def test_the_offices_choice_goes_along_to_the_new_clause_and_comes_back(town):
    old = choose(town, town.version, "二/(一)/1", "市民政局")
    version = town.publish(document(TEACH, GUARD_MORE, SETTLE)).version
    new = clause_of(version, "二/(一)/2")

    assert first_leads([old.pk, new.pk], YEAR) == {new.pk: town.units["市民政局"].pk}

    undo_publication(version, by=town.administrator)

    assert first_leads([old.pk, new.pk], YEAR) == {old.pk: town.units["市民政局"].pk}
    assert FirstLead.objects.get().clause == old


def test_a_choice_that_was_changed_since_comes_back_changed(town):
    old = choose(town, town.version, "二/(一)/1", "市民政局")
    version = town.publish(document(GUARD_MORE, TEACH, SETTLE)).version
    FirstLead.objects.update(department=town.units["市公安局"])

    undo_publication(version, by=town.administrator)

    assert FirstLead.objects.values_list("clause", "department").get() == (old.pk, town.units["市公安局"].pk)


def test_a_choice_whose_clause_is_gone_stays_with_the_old_text(town):
    old = choose(town, town.version, "二/(一)/1", "市民政局")

    town.publish(document(TEACH, SETTLE))

    assert FirstLead.objects.get().clause == old
    assert first_leads([old.pk], YEAR) == {}


def test_a_choice_of_a_clause_that_two_have_become_is_the_first_ones(town):
    """Where there can be one choice only, the other one waits with the old text."""
    version = town.publish(document(GUARD_MORE, TEACH, SETTLE)).version
    new = choose(town, version, "二/(一)/1", "市民政局")
    FirstLead.objects.create(
        conference=town.conference,
        year=YEAR,
        clause=clause_of(town.version, "二/(一)/1"),
        department=town.units["市公安局"],
    )

    undo_publication(version, by=town.administrator)

    assert set(FirstLead.objects.values_list("clause", "department")) == {
        (new.pk, town.units["市民政局"].pk),
        (clause_of(town.version, "二/(一)/1").pk, town.units["市公安局"].pk),
    }


def test_without_choices_an_adoption_costs_two_more_queries(town):
    with CaptureQueriesContext(connection) as asked:
        town.publish(document(GUARD_MORE, TEACH, SETTLE))

    assert sum("reporting_firstlead" in query["sql"] for query in asked) == 2


# --- Knowing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        (document(TEACH, GUARD, SETTLE), Standing.KNOWN),
        (document(GUARD, TEACH_MORE, SETTLE), Standing.OPEN),
    ],
)
def test_what_was_known_of_is_known_until_it_is_reworded(town, text, standing):
    teach = town.progress("市妇联", "二/(一)/2")
    acknowledge(teach, by=UserFactory())

    version = town.publish(text).version

    assert Progress.objects.with_standing().get(pk=teach.pk).standing == standing
    undo_publication(version, by=town.administrator)
    assert Progress.objects.with_standing().get(pk=teach.pk).standing == Standing.KNOWN


def test_the_reworded_clause_is_known_again_by_a_second_look(town):
    teach = town.progress("市妇联", "二/(一)/2")
    acknowledge(teach, by=UserFactory())
    (adopted,) = town.publish(document(GUARD, TEACH_MORE, SETTLE)).adopted
    teach.refresh_from_db()

    confirm_entry(teach, by=UserFactory())

    assert adopted.reworded == 1
    assert Progress.objects.with_standing().get(pk=teach.pk).standing == Standing.KNOWN


def test_a_new_row_that_somebody_knows_of_is_closed_and_not_deleted_when_the_version_goes(town):
    version = town.publish(document(GUARD, TEACH, SETTLE, FERRY)).version
    ferry = town.progress("市妇联", "二/(一)/4")
    acknowledge(ferry, by=UserFactory())

    undo_publication(version, by=town.administrator)

    ferry.refresh_from_db()
    assert (ferry.state, ferry.closed_from) == (EntryState.CLOSED, EntryState.OPEN)


def test_a_new_row_that_was_asked_for_material_is_closed_and_not_deleted_when_the_version_goes(town):
    version = town.publish(document(GUARD, TEACH, SETTLE, FERRY)).version
    lead, ferry = (town.progress(unit, "二/(一)/4") for unit in ("市公安局", "市妇联"))
    ask_input(lead, ferry, by=UserFactory(), message="请给数据", due_on=lead.clause.version.published_at.date())

    undo_publication(version, by=town.administrator)

    assert InputRequest.objects.count() == 1
    assert set(Progress.objects.filter(pk__in=[lead.pk, ferry.pk]).values_list("state", flat=True)) == {
        EntryState.CLOSED
    }
