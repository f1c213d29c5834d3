"""What is shown before publishing is what is stored: names, titles, units named twice, duties that nobody owes."""

from __future__ import annotations

import pytest

from departments.models import Department, DepartmentName
from measures.enums import ImportState, Obliged
from measures.importing.answers import BadAnswers, Stale, answer_questions, look_again, set_heading
from measures.importing.proposal import Proposal
from measures.importing.publication import BasisChanged, NothingToPublish, NotSeen, publish_import
from measures.models import Obligation, PlanVersion, Question, Responsibility
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, Town, document, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return Town()


def call(town, unit, name="市综治办"):
    DepartmentName(department=town.units[unit], conference=town.conference, name=name, kind="variant").save()


def named(version, path="二/(一)/1"):
    rows = Responsibility.objects.filter(version=version, clause__path=path).order_by("position")
    return [(row.role, row.department.name, row.as_written) for row in rows]


def asked(row, *codes):
    return list(Question.objects.filter(plan_import=row, code__in=codes).values_list("code", "message"))


# --- Names ---------------------------------------------------------------------------------------------------------


def test_name_of_two_units_is_published_as_answered(town):
    call(town, "市公安局")
    call(town, "市民政局")
    row = town.receive(document(measure("加强口岸管控。", "市综治办")))

    row = town.answer(row, unit_unknown={"do": "alias", "unit": town.units["市公安局"].code})

    assert row.state == ImportState.READY
    assert named(town.publish(row).version) == [("lead", "市公安局", "市综治办")]


def test_name_of_two_units_that_is_a_third_is_published_as_the_third(town):
    call(town, "市公安局")
    call(town, "市民政局")
    row = town.receive(document(measure("加强口岸管控。", "市综治办")))

    row = town.answer(row, unit_unknown={"do": "new"})

    assert named(town.publish(row).version) == [("lead", "市综治办", "市综治办")]


def test_unit_of_another_conference_is_no_alias_whatever_its_code(town):
    foreign = Town()
    row = town.receive(document(measure("加强口岸管控。", "市口岸局")))
    row = town.answer(row, unit_unknown={"do": "alias", "unit": town.units["市妇联"].code})
    Department.objects.filter(pk=town.units["市妇联"].pk).update(code="moved")
    Question.objects.filter(plan_import=row).update(decision={"do": "alias", "unit": foreign.units["市公安局"].code})

    assert Proposal.of(row).names.resolve("市口岸局", "市口岸局") is None


# --- Titles --------------------------------------------------------------------------------------------------------

RENAMED = "东湖市反拐行动方案（2021—2030年）"


def test_other_title_of_the_same_document_changes_nothing(town):
    town.publish(document())

    row = town.receive(document(title=RENAMED))

    assert (row.title, row.changes["reworded"], Proposal.of(row).plan.title) == (
        RENAMED,
        0,
        "东湖市反对拐卖人口行动实施方案（2021—2030年）",
    )
    with pytest.raises(NothingToPublish):
        town.publish(row)


def test_same_text_under_another_title_is_published_once(town):
    town.publish(document())
    town.publish(document(GUARD, TEACH_MORE, SETTLE, title=RENAMED))

    again = town.receive(document(GUARD, TEACH_MORE, SETTLE, title=RENAMED) + "\n")

    assert {kind for kind, number in again.changes.items() if number} == {"same"}


# --- Units named twice ---------------------------------------------------------------------------------------------


def test_unit_named_twice_is_asked_about_and_counted_once(town):
    call(town, "市公安局")

    row = town.receive(document(measure("加强口岸管控。", "市公安局", "市综治办"), TEACH))

    assert asked(row, "unit_twice") == [("unit_twice", "「二/(一)/1」两次列出「市综治办」，只保留了前一次，请核对。")]
    outcome = Proposal.of(row).outcome()
    version = town.publish(row).version
    assert (outcome["lead"], outcome["cooperating"]) == tuple(
        Responsibility.objects.filter(version=version, role=role).count() for role in ("lead", "cooperating")
    )
    assert named(version) == [("lead", "市公安局", "市公安局")]


def test_unit_named_twice_changes_nothing_the_second_time(town):
    call(town, "市公安局")
    text = document(measure("加强口岸管控。", "市公安局", "市综治办"), TEACH)
    town.publish(text)

    assert {kind for kind, number in town.receive(text + "\n").changes.items() if number} == {"same"}


def test_unit_that_an_answer_makes_named_twice_is_asked_about_before_publishing(town):
    row = town.receive(document(measure("加强口岸管控。", "市公安局", "市口岸局"), TEACH))

    row = town.answer(row, unit_unknown={"do": "alias", "unit": town.units["市公安局"].code})

    assert asked(row, "unit_twice") == [("unit_twice", "「二/(一)/1」两次列出「市口岸局」，只保留了前一次，请核对。")]
    version = town.publish(row).version
    assert Question.objects.filter(version=version).exclude(plan_import=row).count() == 0


def test_question_about_a_unit_named_twice_goes_when_it_is_not_and_is_remembered_when_answered(town):
    row = town.receive(document(measure("加强口岸管控。", "市公安局", "市口岸局"), TEACH))
    row = town.answer(row, unit_unknown={"do": "alias", "unit": town.units["市公安局"].code})
    row = town.answer(row, unit_unknown={"do": "group"})
    assert asked(row, "unit_twice") == []

    row = town.answer(row, unit_unknown={"do": "alias", "unit": town.units["市公安局"].code})
    town.answer(row, unit_twice={"do": "ok"})
    other = town.receive(document(measure("加强口岸管控。", "市公安局", "市口岸局"), TEACH, FERRY))

    assert Question.objects.get(plan_import=other, code="unit_twice").is_remembered is True


# --- Duties --------------------------------------------------------------------------------------------------------

TABLE = (
    "序号,工作任务,牵头单位,完成时限\n1,加强口岸边境管控,{},2026年12月底前\n2,开展宣传教育进学校,市教育局,长期坚持\n"
)
HEADING = {"title": "责任分解表", "starts_year": 2021, "ends_year": 2030}


def test_duty_that_nobody_plainly_owes_is_asked_about_before_publishing(town):
    text = document().replace("各成员单位每年12月15日前", "有关方面每年12月15日前")

    row = town.receive(text)

    duties = [one.obliged for one in Proposal.of(row).plan.obligations]
    version = town.publish(row).version
    stored = Obligation.objects.filter(version=version, obliged=Obliged.UNKNOWN)
    assert (len(duties), len(asked(row, "obliged_unknown"))) == (stored.count(), stored.count())
    assert Question.objects.filter(version=version).exclude(plan_import=row).count() == 0


def test_task_is_owed_by_its_clause_whoever_is_answered_to_lead(town):
    call(town, "市公安局")
    row = town.receive(TABLE.format("市公安局、市综治办"), name="责任分解表.csv")

    row = set_heading(row, HEADING, by=town.administrator)

    assert asked(row, "obliged_unknown") == []
    version = town.publish(row).version
    assert set(Obligation.objects.filter(version=version).values_list("obliged", flat=True)) == {Obliged.CLAUSE_LEADS}


# --- Seen ----------------------------------------------------------------------------------------------------------


def test_who_has_not_seen_the_last_answer_changes_and_publishes_nothing(town):
    row = town.receive(document(measure("加强口岸管控。", "市公安局", "市口岸局")))
    question, seen = Question.objects.get(plan_import=row), row.lock_version
    answer_questions(row, {question.pk: {"do": "new"}}, by=town.administrator, lock_version=seen)

    with pytest.raises(Stale):
        answer_questions(row, {question.pk: {"do": "group"}}, by=town.office, lock_version=seen)
    with pytest.raises(Stale):
        set_heading(row, {"title": "另一题名"}, by=town.office, lock_version=seen)
    with pytest.raises(NotSeen):
        publish_import(row, by=town.office, lock_version=seen)

    question.refresh_from_db()
    row.refresh_from_db()
    assert (question.decision, row.title) == (
        {"do": "new", "member": False},
        "东湖市反对拐卖人口行动实施方案（2021—2030年）",
    )
    assert PlanVersion.objects.count() == 0


def test_wrong_answers_of_a_stale_form_are_stale_first(town):
    row = town.receive(document(measure("加强口岸管控。", "市公安局", "市口岸局")))
    question = Question.objects.get(plan_import=row)

    with pytest.raises(Stale):
        answer_questions(row, {question.pk: {"do": "x"}}, by=None, lock_version=row.lock_version - 1)
    with pytest.raises(BadAnswers):
        answer_questions(row, {question.pk: {"do": "x"}}, by=None, lock_version=row.lock_version)


def test_import_whose_basis_has_moved_is_compared_anew(town):
    town.publish(document())
    row = town.receive(document(GUARD, TEACH_MORE, SETTLE))
    second = town.publish(document(GUARD, TEACH, FERRY)).version
    with pytest.raises(BasisChanged):
        publish_import(row, by=None)

    row = look_again(row)

    assert row.based_on == second
    version, comparison = publish_import(row, by=None, lock_version=row.lock_version)
    assert (version.follows, comparison.counts) == (second, row.changes)
