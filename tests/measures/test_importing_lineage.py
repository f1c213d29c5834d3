"""Links between clauses set right by hand: replaced, added to, taken back, and refused where they are settled."""

from __future__ import annotations

import pytest

from departments.models import Event
from departments.models.events import Action
from measures.importing.decisions import BadAnswer
from measures.importing.lineage import correct_lineage, forget_correction
from measures.importing.proposal import Proposal
from measures.models import Lineage, LineageCorrection
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, Town, document

pytestmark = pytest.mark.django_db

GUARDED, TAUGHT, SETTLED = "二/(一)/1", "二/(一)/2", "二/(一)/3"


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def row(town):
    """An import that drops the third clause."""
    town.publish(document(GUARD, TEACH, SETTLE))
    return town.receive(document(GUARD, TEACH))


def links(row):
    """What became of the three measures: (path before, path after, kind)."""
    row.refresh_from_db()
    return [
        (change.before.path if change.before else "", change.after.path if change.after else "", str(change.kind))
        for change in Proposal.of(row).compared().changes
        if (change.before or change.after).path.startswith("二/(一)/")
    ]


def said(row):
    return list(LineageCorrection.objects.filter(plan_import=row).values_list("before_path", "after_path"))


def test_second_source_makes_a_merger(town, row):
    assert links(row) == [(GUARDED, GUARDED, "same"), (TAUGHT, TAUGHT, "same"), (SETTLED, "", "dropped")]

    correct_lineage(row.based_on, row, SETTLED, TAUGHT, by=town.administrator, keep=True)

    merged = [(GUARDED, GUARDED, "same"), (TAUGHT, TAUGHT, "merged"), (SETTLED, TAUGHT, "merged")]
    assert (links(row), said(row)) == (merged, [(TAUGHT, TAUGHT), (SETTLED, TAUGHT)])
    version = town.publish(row).version
    assert Lineage.objects.filter(version=version, kind="merged", is_manual=True).count() == 2


def test_second_outcome_makes_a_split(town):
    town.publish(document(GUARD, TEACH))
    row = town.receive(document(GUARD, TEACH, FERRY))

    correct_lineage(row.based_on, row, TAUGHT, SETTLED, by=town.administrator, keep=True)

    assert links(row)[1:] == [(TAUGHT, TAUGHT, "split"), (TAUGHT, SETTLED, "split")]


def test_link_that_is_said_twice_is_kept_once(town, row):
    for _time in range(2):
        correct_lineage(row.based_on, row, SETTLED, TAUGHT, by=town.administrator, keep=True)

    assert said(row) == [(TAUGHT, TAUGHT), (SETTLED, TAUGHT)]


def test_link_without_more_replaces_what_was_said(town, row):
    correct_lineage(row.based_on, row, SETTLED, TAUGHT, by=town.administrator, keep=True)

    correct_lineage(row.based_on, row, SETTLED, TAUGHT, by=town.administrator)

    assert said(row) == [(SETTLED, TAUGHT)]


def test_clause_said_to_be_dropped_and_then_to_go_on_goes_on(town, row):
    correct_lineage(row.based_on, row, TAUGHT, "", by=town.administrator)
    correct_lineage(row.based_on, row, TAUGHT, TAUGHT, by=town.administrator)

    assert said(row) == [(TAUGHT, TAUGHT)]


@pytest.mark.parametrize(("before", "after"), [(SETTLED, TAUGHT), ("", TAUGHT), (TAUGHT, "")])
def test_correction_that_is_taken_back_leaves_no_trace_but_events(town, row, before, after):
    automatic = links(row)
    correct_lineage(row.based_on, row, before, after, by=town.administrator)
    assert links(row) != automatic

    forget_correction(row.based_on, row, before, after, by=town.administrator)

    assert (links(row), said(row)) == (automatic, [])
    events = Event.objects.of(row).filter(action=Action.ANSWER).order_by("pk").values_list("detail", "actor")
    assert list(events) == [
        ({"lineage": [before, after]}, town.administrator.pk),
        ({"lineage_forgotten": [before, after]}, town.administrator.pk),
    ]


def test_what_was_never_said_is_not_taken_back(town, row):
    with pytest.raises(BadAnswer):
        forget_correction(row.based_on, row, TAUGHT, TAUGHT, by=town.administrator)

    assert Event.objects.of(row).filter(action=Action.ANSWER).count() == 0


def test_settled_lineage_is_refused(town):
    first = town.publish(document()).version
    second = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version

    for act in (correct_lineage, forget_correction):
        with pytest.raises(BadAnswer):
            act(first, second, SETTLED, SETTLED, by=town.administrator)

    assert LineageCorrection.objects.count() == 0


def test_versions_that_do_not_follow_each_other_are_merged_and_parted(town):
    first = town.publish(document()).version
    town.publish(document(GUARD, TEACH_MORE, SETTLE))
    third = town.publish(document(GUARD, TEACH_MORE)).version

    correct_lineage(first, third, SETTLED, TAUGHT, by=town.administrator, keep=True)
    forget_correction(first, third, SETTLED, TAUGHT, by=town.administrator)

    rows = LineageCorrection.objects.values_list("before", "after", "before_path", "after_path")
    assert list(rows) == [(first.pk, third.pk, TAUGHT, TAUGHT)]
