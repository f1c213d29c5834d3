"""Questions and answers: what is asked, what an answer makes of the plan and of the registry, what is remembered."""

from __future__ import annotations

import pytest

from departments.models import Department, DepartmentName, Event, Membership
from departments.models.events import Action
from departments.registry import Registry
from measures.enums import AnswerKind, ImportState, RecurrenceType, ResponsibilityRole
from measures.importing.answers import (
    BadAnswers,
    NotOpen,
    answer_questions,
    reopen_question,
    set_heading,
)
from measures.importing.decisions import BadAnswer, parties
from measures.importing.lineage import correct_lineage
from measures.importing.proposal import Proposal
from measures.importing.staging import withdraw
from measures.models import LineageCorrection, PlanImport, Question, RememberedAnswer, Responsibility
from measures.services import OpenQuestions
from tests.drafts import GUARD, SETTLE, TEACH, TEACH_MORE, Town, document, measure

pytestmark = pytest.mark.django_db

PORT = measure("加强口岸边境管控，严防跨境拐卖。", "市公安局", "市口岸局")
PORT_AGAIN = measure("开展口岸联合检查，严防跨境拐卖。", "市口岸局", "市公安局")


@pytest.fixture
def town():
    return Town()


def questions(row):
    return {one.code: one for one in Question.objects.filter(plan_import=row)}


def reloaded(row):
    return PlanImport.objects.get(pk=row.pk)


# --- Units that nobody knows --------------------------------------------------------------------------------------


def test_unknown_unit_is_asked_once_and_blocks(town):
    row = town.receive(document(PORT, PORT_AGAIN))

    asked = Question.objects.get(plan_import=row)
    assert (asked.code, asked.kind, asked.is_blocking, asked.words) == (
        "unit_unknown",
        AnswerKind.UNIT,
        True,
        "市口岸局",
    )
    assert (asked.path, row.state) == ("二/(一)/1", ImportState.QUESTIONS)


def test_plan_without_questions_is_ready(town):
    assert town.receive(document()).state == ImportState.READY


def test_another_writing_of_a_unit_is_a_name_of_it_from_then_on(town):
    row = town.receive(document(PORT))
    unit = town.units["市妇联"]

    row = town.answer(row, unit_unknown={"do": "alias", "unit": unit.code})

    assert row.state == ImportState.READY
    assert not DepartmentName.objects.filter(name="市口岸局").exists()
    version = town.publish(row).version
    cooperating = Responsibility.objects.get(version=version, role=ResponsibilityRole.COOPERATING)
    assert (cooperating.department, cooperating.as_written) == (unit, "市口岸局")
    assert Registry.of(town.conference).resolve("市口岸局") == unit.pk


@pytest.mark.parametrize("is_member", [True, False])
def test_new_unit_is_registered_when_the_plan_is_published(town, is_member):
    row = town.receive(document(PORT, PORT_AGAIN))

    row = town.answer(row, unit_unknown={"do": "new", "member": is_member})

    assert (row.state, Department.objects.filter(name="市口岸局").exists()) == (ImportState.READY, False)
    version = town.publish(row).version
    unit = Department.objects.get(name="市口岸局")
    seats = list(Membership.objects.filter(department=unit).values_list("conference", "starts_on", "basis"))
    assert unit.code == f"{town.conference.code}-shikouanju"
    assert seats == ([(town.conference.pk, version.issued_on, "东府发〔2021〕5号")] if is_member else [])
    assert Responsibility.objects.filter(version=version, department=unit).count() == 2
    assert Event.objects.of(unit).values_list("action", "actor").get() == (Action.ADMINISTER, town.administrator.pk)


def test_two_new_units_of_one_sound_have_codes_of_their_own(town):
    row = town.receive(document(measure("加强口岸管控。", "市口岸局"), measure("加强河道管理。", "市口案局")))

    town.publish(town.answer(row, unit_unknown={"do": "new"}))

    codes = set(Department.objects.filter(name__in=["市口岸局", "市口案局"]).values_list("code", flat=True))
    assert codes == {f"{town.conference.code}-shikouanju", f"{town.conference.code}-shikouanju-2"}


def test_group_is_no_unit(town):
    row = town.receive(document(measure("加强口岸管控。", "市公安局", "市级有关口岸局")))
    assert questions(row)["unit_unknown"].words == "市级有关口岸局"

    row = town.answer(row, unit_unknown={"do": "group"})

    version = town.publish(row).version
    cooperating = Responsibility.objects.get(version=version, role=ResponsibilityRole.COOPERATING)
    assert (cooperating.department, cooperating.group) == (None, "市级有关口岸局")


def test_unit_of_another_conference_is_no_answer(town):
    row, foreign = town.receive(document(PORT)), Town()

    with pytest.raises(BadAnswers):
        town.answer(row, unit_unknown={"do": "alias", "unit": foreign.units["市公安局"].code})

    assert (reloaded(row).state, questions(row)["unit_unknown"].decision) == (ImportState.QUESTIONS, None)


def test_unit_registered_meanwhile_needs_no_second_one(town):
    row = town.answer(town.receive(document(PORT)), unit_unknown={"do": "new"})
    from tests.factories import DepartmentFactory  # the unit that somebody registers by hand

    unit = DepartmentFactory(conference=town.conference, name="市口岸局")

    version = town.publish(row).version

    assert Department.objects.filter(name="市口岸局").count() == 1
    assert Responsibility.objects.filter(version=version, department=unit).exists()


# --- Who answers for a clause -------------------------------------------------------------------------------------

UNREADABLE = "完善信息通报制度，由市公安局牵头，市民政局配合。"


def clause_of(row, path="二/(一)/1"):
    return next(clause for clause in Proposal.of(reloaded(row)).plan.clauses if clause.path == path)


def test_words_that_name_a_lead_outside_brackets_are_asked_about(town):
    row = town.receive(document(UNREADABLE, TEACH))

    asked = questions(row)["responsibility_in_prose"]
    assert (asked.kind, asked.path) == (AnswerKind.PARTIES, "二/(一)/1")


def test_units_can_be_filled_in(town):
    row = town.receive(document(UNREADABLE, TEACH))

    row = town.answer(
        row, responsibility_in_prose={"do": "set", "lead": "市公安局", "cooperating": "市妇联，市教育局\n市民政局"}
    )

    clause = clause_of(row)
    assert [party.name for party in clause.lead] == ["市公安局"]
    assert [party.name for party in clause.cooperating] == ["市妇联", "市教育局", "市民政局"]
    version = town.publish(row).version
    assert Responsibility.objects.filter(version=version, clause__path="二/(一)/1").count() == 4


def test_clause_can_be_said_to_be_no_measure(town):
    row = town.receive(document(UNREADABLE, TEACH))

    row = town.answer(row, responsibility_in_prose={"do": "set", "lead": "", "cooperating": ""})

    assert (row.state, clause_of(row).lead) == (ImportState.READY, [])
    assert questions(row)["responsibility_in_prose"].answer == "不是措施，没有责任单位"


def test_unit_filled_in_that_nobody_knows_keeps_the_plan_from_being_published(town):
    row = town.receive(document(UNREADABLE, TEACH))
    row = town.answer(row, responsibility_in_prose={"do": "set", "lead": "市口岸局", "cooperating": ""})

    assert row.state == ImportState.QUESTIONS
    assert questions(row)["unit_unknown"].words == "市口岸局"
    with pytest.raises(OpenQuestions):
        town.publish(row)


@pytest.mark.parametrize("words", ["、、", "；", "()", "1"])
def test_words_without_a_unit_are_no_parties(words):
    with pytest.raises(BadAnswer):
        parties(words)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("市公安局、市民政局", ["市公安局", "市民政局"]),
        ("市公安局，市民政局；市妇联\r\n市教育局", ["市公安局", "市民政局", "市妇联", "市教育局"]),
        ("  ", []),
        ("市民政局（老龄办、儿童福利处）、市公安局", ["市民政局", "市公安局"]),
    ],
)
def test_units_are_typed_as_people_join_them(words, names):
    assert [party.name for party in parties(words)] == names


# --- Deadlines ----------------------------------------------------------------------------------------------------

TABLE = "序号,工作任务,牵头单位,完成时限\n1,加强口岸边境管控,市公安局,{}\n2,开展宣传教育进学校,市教育局,长期坚持\n"


def table(town, due):
    row = town.receive(TABLE.format(due), name="责任分解表.csv")
    set_heading(row, {"title": "责任分解表", "starts_year": 2021, "ends_year": 2030}, by=town.administrator)
    return reloaded(row)


def owed(row):
    return [
        (one.title, one.recurrence.type, one.recurrence.year, one.recurrence.month)
        for one in Proposal.of(reloaded(row)).plan.obligations
        if one.recurrence.type == RecurrenceType.ONCE
    ]


def test_unclear_deadline_can_be_set(town):
    row = table(town, "条件成熟时")
    asked = questions(row)["due_unclear"]
    assert (asked.kind, asked.path, owed(row)) == (AnswerKind.DEADLINE, "1", [])

    row = answer_questions(row, {asked.pk: {"do": "set", "due": "2026年12月底前"}}, by=town.administrator)

    assert [(kind, year, month) for _title, kind, year, month in owed(row)] == [("once", 2026, 12)]


def test_deadline_that_was_read_can_be_none(town):
    row = table(town, "2026年12月底前")
    asked = Question.objects.get(plan_import=row, path="1")

    row = answer_questions(row, {asked.pk: {"do": "none"}}, by=town.administrator)

    assert owed(row) == []


def test_deadline_that_is_none_is_no_answer(town):
    row = table(town, "条件成熟时")
    asked = Question.objects.filter(plan_import=row, kind=AnswerKind.DEADLINE).first()

    with pytest.raises(BadAnswers) as bad:
        answer_questions(row, {asked.pk: {"do": "set", "due": "快了"}}, by=town.administrator)

    assert list(bad.value.messages) == [asked.pk]


# --- All or none --------------------------------------------------------------------------------------------------


def test_one_bad_answer_keeps_all_from_being_saved_and_all_bad_ones_are_told(town):
    row = town.receive(document(PORT, UNREADABLE, measure("加强农用车管理。", "市农机局")))
    port, farm = Question.objects.filter(plan_import=row, code="unit_unknown")
    prose = questions(row)["responsibility_in_prose"]
    answers = {
        port.pk: {"do": "new"},
        farm.pk: {"do": "alias", "unit": "nowhere"},
        prose.pk: {"do": "set", "lead": "", "cooperating": "市公安局"},
    }
    before = list(Question.objects.values())

    with pytest.raises(BadAnswers) as bad:
        answer_questions(row, answers, by=town.administrator)

    assert set(bad.value.messages) == {farm.pk, prose.pk}
    assert list(Question.objects.values()) == before
    assert RememberedAnswer.objects.count() == 0


@pytest.mark.parametrize("decision", [{}, {"do": ""}, {"do": "x"}, {"do": "set"}, {"do": "ok"}, {"do": "none"}])
def test_answers_of_no_kind_are_refused(town, decision):
    row = town.receive(document(PORT))

    with pytest.raises(BadAnswers):
        town.answer(row, unit_unknown=decision)


def test_questions_of_another_import_are_ignored(town):
    row, other = town.receive(document(PORT)), town.receive(document(PORT_AGAIN))
    foreign = questions(other)["unit_unknown"]

    answer_questions(row, {foreign.pk: {"do": "new"}}, by=town.administrator)

    foreign.refresh_from_db()
    assert (foreign.decision, foreign.answered_at) == (None, None)


def test_answering_moves_the_import_to_ready_and_back_and_is_an_event(town):
    row = town.receive(document(PORT))
    version = row.lock_version

    row = town.answer(row, unit_unknown={"do": "new", "member": True})

    assert (row.state, reloaded(row).lock_version > version) == (ImportState.READY, True)
    event = Event.objects.of(row).filter(action=Action.ANSWER).get()
    assert event.detail["answers"][0]["answer"] == "登记为新单位（成员单位）"
    row = reopen_question(row, questions(row)["unit_unknown"], by=town.administrator)
    assert (row.state, reloaded(row).state) == (ImportState.QUESTIONS, ImportState.QUESTIONS)


@pytest.mark.parametrize("end", ["withdraw", "publish"])
def test_nothing_is_answered_once_the_import_is_closed(town, end):
    row = town.answer(town.receive(document(PORT)), unit_unknown={"do": "new"})
    asked = questions(row)["unit_unknown"]
    if end == "withdraw":
        withdraw(row, by=town.administrator)
    else:
        town.publish(row)
    before = Question.objects.values().get(pk=asked.pk)

    for act in (
        lambda: answer_questions(row, {asked.pk: {"do": "group"}}, by=town.administrator),
        lambda: reopen_question(row, asked, by=town.administrator),
        lambda: set_heading(row, {"title": "另一题名"}, by=town.administrator),
    ):
        with pytest.raises(NotOpen):
            act()

    assert Question.objects.values().get(pk=asked.pk) == before


# --- Remembered ---------------------------------------------------------------------------------------------------


def test_answer_is_given_to_the_next_file_that_asks_the_same(town):
    town.answer(town.receive(document(PORT)), unit_unknown={"do": "new", "member": True})

    other = town.receive(document(GUARD, PORT_AGAIN))

    asked = questions(other)["unit_unknown"]
    assert (other.state, asked.decision, asked.is_remembered) == (
        ImportState.READY,
        {"do": "new", "member": True},
        True,
    )
    assert (asked.answer, asked.answered_by) == ("登记为新单位（成员单位）", town.administrator)


def test_answer_of_another_conference_is_not_ours(town):
    other = Town()
    other.answer(other.receive(document(PORT)), unit_unknown={"do": "new"})

    assert questions(town.receive(document(PORT)))["unit_unknown"].answered_at is None


def test_answer_taken_back_is_forgotten(town):
    row = town.answer(town.receive(document(PORT)), unit_unknown={"do": "new"})

    reopen_question(row, questions(row)["unit_unknown"], by=town.administrator)

    assert RememberedAnswer.objects.count() == 0
    assert questions(town.receive(document(GUARD, PORT)))["unit_unknown"].answered_at is None


def test_second_answer_replaces_the_first_in_memory(town):
    row = town.answer(town.receive(document(PORT)), unit_unknown={"do": "new"})
    town.answer(row, unit_unknown={"do": "group"})

    assert list(RememberedAnswer.objects.values_list("decision", flat=True)) == [{"do": "group"}]


def test_remembered_alias_of_a_unit_that_is_gone_is_asked_again(town):
    """The code may have been changed since: the plan is not published with a hole in it."""
    unit = town.units["市妇联"]
    town.answer(town.receive(document(PORT)), unit_unknown={"do": "alias", "unit": unit.code})
    Department.objects.filter(pk=unit.pk).update(code="anders")

    row = town.receive(document(GUARD, PORT))

    assert (row.state, questions(row)["unit_unknown"].answered_at) == (ImportState.QUESTIONS, None)


# --- What the document says of itself -----------------------------------------------------------------------------


def untitled():
    return document(title="")


def test_missing_period_blocks_until_it_is_filled_in(town):
    row = town.receive(document(title="东湖市反对拐卖人口行动实施方案"))
    asked = questions(row)["no_period"]
    assert (row.state, asked.kind, asked.is_blocking) == (ImportState.QUESTIONS, AnswerKind.HEADING, True)

    row = set_heading(row, {"starts_year": 2021, "ends_year": 2030}, by=town.administrator)
    assert row.state == ImportState.READY
    row = set_heading(row, {"ends_year": None}, by=town.administrator)

    assert (row.state, reloaded(row).state) == (ImportState.QUESTIONS, ImportState.QUESTIONS)


def test_missing_title_blocks_until_it_is_filled_in(town):
    row = town.receive(untitled())
    row = set_heading(row, {"title": "", "starts_year": 2021, "ends_year": 2030}, by=town.administrator)
    assert row.state == ImportState.QUESTIONS

    row = set_heading(row, {"title": "补填的题名"}, by=town.administrator)

    assert row.state == ImportState.READY
    assert town.publish(row).version.plan.title == "补填的题名"


def test_heading_is_not_answered_among_the_questions(town):
    row = town.receive(document(title="东湖市反对拐卖人口行动实施方案"))

    town.answer(row, no_period={"do": "ok"})

    assert reloaded(row).state == ImportState.QUESTIONS


def test_what_was_set_right_is_published_and_in_the_trail(town):
    row = town.receive(document())

    row = set_heading(row, {"document_number": "东府发〔2021〕6号"}, by=town.administrator)

    assert town.publish(row).version.document_number == "东府发〔2021〕6号"
    event = Event.objects.of(row).filter(action=Action.ANSWER).get()
    assert event.detail == {"changed": {"document_number": ["东府发〔2021〕5号", "东府发〔2021〕6号"]}}


# --- Where a clause came from -------------------------------------------------------------------------------------


def correction(town, row, before, after):
    correct_lineage(reloaded(row).based_on, row, before, after, by=town.administrator)
    return {
        (change.before.path if change.before else "", change.after.path if change.after else ""): (
            change.kind.value,
            change.is_manual,
        )
        for change in Proposal.of(reloaded(row)).compared().changes
        if change.kind != "same"
    }


def test_link_can_be_cut_and_made_by_hand(town):
    town.publish(document(GUARD, TEACH, SETTLE))
    row = town.receive(document(GUARD, TEACH_MORE, SETTLE))

    cut = correction(town, row, "", "二/(一)/2")
    made = correction(town, row, "二/(一)/2", "二/(一)/2")

    assert cut == {("", "二/(一)/2"): ("new", True), ("二/(一)/2", ""): ("dropped", False)}
    assert made == {("二/(一)/2", "二/(一)/2"): ("reworded", True)}
    assert LineageCorrection.objects.count() == 1


@pytest.mark.parametrize(("before", "after"), [("", ""), ("九/(九)", "二/(一)/1"), ("二/(一)/1", "九"), ("九", "")])
def test_clauses_that_are_not_there_are_not_linked(town, before, after):
    town.publish(document())
    row = town.receive(document(GUARD, TEACH_MORE, SETTLE))

    with pytest.raises(BadAnswer):
        correction(town, row, before, after)

    assert LineageCorrection.objects.count() == 0


def test_counts_follow_the_correction(town):
    town.publish(document(GUARD, TEACH, SETTLE))
    row = town.receive(document(GUARD, TEACH_MORE, SETTLE))
    assert (row.changes["reworded"], row.changes["new"]) == (1, 0)

    correction(town, row, "", "二/(一)/2")

    row = reloaded(row)
    assert (row.changes["reworded"], row.changes["new"], row.changes["dropped"]) == (0, 1, 1)
