"""What would be lost unseen is asked first: duties, a plan in force, units that a table names twice and differently."""

from __future__ import annotations

import pytest

from departments.models import DepartmentName
from measures.importing.answers import BadAnswers
from measures.importing.plans import plan_of_version
from measures.importing.proposal import Proposal
from measures.models import Obligation, Question
from measures.services import OpenQuestions
from measures.sheets.writing import write_plan, write_rows
from reporting.services.publication import publish_plan
from tests.drafts import GUARD, SETTLE, TEACH, UNITS, Town, document

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return Town()


def asked(row):
    return set(Question.objects.filter(plan_import=row, is_blocking=True).open().values_list("code", flat=True))


def duties(version):
    return list(Obligation.objects.filter(version=version).values_list("title", "clause__path", "month", "day"))


# --- Duties -------------------------------------------------------------------------------------------------------


def test_file_without_the_duties_of_the_version_before_is_asked_about(town):
    town.open()

    row = town.receive(document(report=""))

    assert asked(row) == {"obligations_missing"}
    with pytest.raises(OpenQuestions):
        publish_plan(row, by=None)


def test_duties_that_are_kept_go_on(town):
    first = town.open()
    row = town.receive(document(report=""))

    row = town.answer(row, obligations_missing={"do": "keep"})
    second = publish_plan(row, by=None).version

    kept = [(title, month, day) for title, _path, month, day in duties(second)]
    assert kept == [(title, month, day) for title, _path, month, day in duties(first)]


def test_duties_that_are_dropped_are_gone(town):
    town.open()
    row = town.receive(document(report=""))

    second = publish_plan(town.answer(row, obligations_missing={"do": "drop"}), by=None).version

    assert duties(second) == []


def test_looking_is_no_answer_to_what_becomes_of_duties(town):
    town.open()
    row = town.receive(document(report=""))

    with pytest.raises(BadAnswers):
        town.answer(row, obligations_missing={"do": "ok"})


def test_answer_about_duties_is_asked_of_every_file(town):
    town.open()
    town.answer(town.receive(document(report="")), obligations_missing={"do": "drop"})

    assert asked(town.receive(document(report="") + "\n")) == {"obligations_missing"}


# --- Another plan -------------------------------------------------------------------------------------------------


def other(period):
    return document(title=f"东湖市打击拐卖专项行动方案（{period}年）").replace("〔2021〕5号", "〔2026〕9号")


def test_plan_for_years_that_another_has_is_asked_about(town):
    town.open()

    row = town.receive(other("2026—2030"))

    assert asked(row) == {"plan_overlaps"}


def test_plan_after_the_other_has_run_out_is_not(town):
    town.open()

    row = town.receive(other("2031—2035"))

    assert asked(row) == set()


# --- Tables that contradict themselves ----------------------------------------------------------------------------


def test_exported_plan_does_not_contradict_itself(town):
    version = town.open()
    data = write_plan(plan_of_version(version), units=UNITS)

    row = town.receive(data, name="计划.xlsx")

    assert asked(row) == set()
    assert Proposal.of(row).compared().is_nothing


def test_unit_changed_in_the_column_alone_is_asked_about(town):
    version = town.open()
    plan = plan_of_version(version)
    clause = next(clause for clause in plan.clauses if clause.path == "二/(一)/1")
    clause.lead = [party for party in plan.measures[1].lead]

    row = town.receive(write_plan(plan, units=UNITS), name="计划.xlsx")

    assert asked(row) == {"units_contradict"}
    (question,) = Question.objects.filter(plan_import=row, code="units_contradict")
    assert question.path == "二/(一)/1"
    assert "市公安局" in question.message
    assert asked(town.answer(row, units_contradict={"do": "ok"})) == set()


# --- The registry catches up --------------------------------------------------------------------------------------


def test_unit_that_is_registered_meanwhile_is_no_question_any_more(town):
    row = town.receive(document(GUARD.replace("市民政局", "市民政和社会事务局"), TEACH, SETTLE))
    assert asked(row) == {"unit_unknown"}
    name = DepartmentName(
        department=town.units["市民政局"], conference=town.conference, name="市民政和社会事务局", kind="variant"
    )
    name.save()

    row = town.answer(row)

    assert asked(row) == set()
    assert row.state == "ready"


def test_what_was_typed_of_the_plan_stays_when_columns_are_chosen_anew(town):
    from measures.importing.answers import choose_columns, set_heading
    from measures.importing.staging import read_again
    from measures.sheets import Role

    table = write_rows("分工", ["序号", "任务", "牵头单位"], [[1, "开展宣传", "市公安局"], [2, "加强排查", "市民政局"]])
    row = town.receive(table, name="分工.xlsx")
    heading = {"title": "东湖市任务分工", "starts_year": 2026, "ends_year": 2030}
    row = set_heading(row, heading, by=town.administrator, lock_version=row.lock_version)
    signature = row.layouts[0]["signature"]

    choose_columns(row, signature, {0: Role.IGNORE, 1: Role.TASK, 2: Role.LEAD}, by=town.administrator)
    read_again(row)

    row.refresh_from_db()
    assert (row.title, row.starts_year, row.ends_year) == ("东湖市任务分工", 2026, 2030)
