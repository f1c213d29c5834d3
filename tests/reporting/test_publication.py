"""Publishing and undoing: one act, or none of it; and who is told."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from departments.models import Conference, Event, Membership
from departments.models.events import Action
from departments.sensitive import find_sensitive
from measures.enums import ImportState, VersionState
from measures.importing.answers import set_heading
from measures.importing.lineage import correct_lineage
from measures.importing.publication import BasisChanged, NothingToPublish, NotPublishable
from measures.importing.staging import receive
from measures.models import Clause, Lineage, PlanImport, PlanVersion, Question
from measures.models.plans import PublishedIsImmutable
from measures.services import OpenQuestions
from reporting.models import Adoption, Carry, Duty, Extension, Notice, Progress, Year
from reporting.services.adoption import NotUndoable, undo_publication
from reporting.services.attachments import attach
from reporting.services.entries import accept_entry, confirm_entry, save_entry, submit_entry
from reporting.services.extensions import ask_extension, grant_extension
from reporting.services.publication import publish_plan
from reporting.services.urging import urge
from reporting.services.years import open_year
from reporting.uploads import check_upload
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, UNITS, YEAR, Town, document, measure
from tests.factories import PlanVersionFactory, ReminderFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

SECOND = document(GUARD, TEACH_MORE, SETTLE)


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def town():
    return Town()


def everything():
    """Every row of every table of ours."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in ("departments", "measures", "reporting")
        for model in apps.get_app_config(app).get_models()
    }


# --- Publishing ---------------------------------------------------------------------------------------------------


def test_published_version_is_what_was_staged(town):
    row = town.receive(document())

    version = town.publish(row).version

    assert (version.state, version.number, version.source_sha256) == (VersionState.PUBLISHED, 1, row.sha256)
    assert (version.source_name, version.source_text) == ("方案.txt", document())
    assert list(version.clause_set.values_list("path", "text", "start", "end")) == list(
        row.clauses.values_list("path", "text", "start", "end")
    )
    assert (row.state, row.version, row.plan) == (ImportState.PUBLISHED, version, version.plan)
    assert Event.objects.of(version).filter(action=Action.PUBLISH).values_list("actor", flat=True).get() == (
        town.administrator.pk
    )


def test_second_text_is_the_next_version_of_the_same_plan_and_follows_the_first(town):
    first = town.publish(document()).version

    second = town.publish(SECOND).version

    assert (second.plan, second.number, second.follows) == (first.plan, 2, first)


def test_text_with_another_title_and_number_is_another_plan(town):
    first = town.publish(document()).version
    row = town.receive(SECOND.replace("2021—2030", "2026—2035").replace("〔2021〕5号", "〔2026〕9号"))

    second = town.publish(row).version

    assert (second.plan == first.plan, second.number, second.follows) == (False, 1, first)


def test_plan_can_be_chosen(town):
    first = town.publish(document()).version
    row = town.receive(SECOND.replace("实施方案", "工作要点").replace("〔2021〕5号", "〔2026〕9号"))

    row = set_heading(row, {"plan": first.plan}, by=town.administrator)

    second = town.publish(row).version
    assert (second.plan, second.number) == (first.plan, 2)


def test_lineage_says_where_every_clause_came_from(town):
    town.publish(document(GUARD, TEACH, SETTLE))

    version = town.publish(document(GUARD, TEACH_MORE, FERRY)).version

    changed = Lineage.objects.filter(version=version).exclude(kind="same")
    assert set(changed.values_list("before__path", "after__path", "kind", "is_manual")) == {
        ("二/(一)/2", "二/(一)/2", "reworded", False),
        ("二/(一)/3", None, "dropped", False),
        (None, "二/(一)/3", "new", False),
    }
    assert set(Lineage.objects.filter(version=version).exclude(after=None).values_list("after", flat=True)) == set(
        version.clause_set.values_list("pk", flat=True)
    )


def test_corrected_lineage_survives_publishing(town):
    first = town.publish(document(GUARD, TEACH, SETTLE)).version
    row = town.receive(document(GUARD, TEACH, FERRY))
    correct_lineage(first, row, "二/(一)/3", "二/(一)/3", by=town.administrator)

    version = town.publish(row).version

    found = Lineage.objects.filter(version=version, after__path="二/(一)/3").values_list(
        "before__path", "kind", "is_manual"
    )
    assert list(found) == [("二/(一)/3", "reworded", True)]


def test_first_plan_of_a_conference_has_a_lineage_of_new_clauses(town):
    version = town.publish(document()).version

    assert set(Lineage.objects.filter(version=version).values_list("before", "kind")) == {(None, "new")}
    assert version.follows is None


def test_questions_stay_with_the_version(town):
    row = town.answer(town.receive(document(measure("加强口岸管控。", "市口岸局"))), unit_unknown={"do": "new"})

    version = town.publish(row).version

    assert list(version.questions.values_list("code", "plan_import", "answer")) == [
        ("unit_unknown", row.pk, "登记为新单位")
    ]


def test_published_version_and_its_lineage_do_not_change(town):
    version = town.publish(document()).version

    for refused in (
        lambda: Clause.objects.filter(version=version).update(text="改"),
        lambda: Lineage.objects.filter(version=version).update(kind="new"),
        lambda: Lineage.objects.filter(version=version).delete(),
        lambda: PlanVersion.objects.filter(pk=version.pk).delete(),
        version.delete,
        version.save,
    ):
        with pytest.raises(PublishedIsImmutable), transaction.atomic():
            refused()


# --- What is not published ----------------------------------------------------------------------------------------


def refused_without_a_trace(row, error, *, by=None):
    before = everything()
    with pytest.raises(error) as refusal, transaction.atomic():
        publish_plan(row, by=by)
    assert everything() == before
    return str(refusal.value)


def test_open_questions_that_matter_block(town):
    row = town.receive(document(measure("加强口岸管控。", "市口岸局")))

    refused_without_a_trace(row, OpenQuestions)


def test_open_questions_that_do_not_matter_do_not_block(town):
    row = town.receive(document().replace("东府发〔2021〕5号\n", ""))
    assert row.questions.open().exists()

    assert town.publish(row).version.is_published


def test_identical_text_is_nothing_to_publish(town):
    town.publish(document())
    row = town.receive(document().replace("\n", "\r\n"))

    assert refused_without_a_trace(row, NothingToPublish)


def test_text_that_corrects_its_number_is_something_to_publish(town):
    first = town.publish(document()).version
    row = set_heading(
        town.receive(document().replace("\n", "\r\n")),
        {"document_number": "东府发〔2021〕6号", "plan": first.plan},
        by=town.administrator,
    )

    assert town.publish(row).version.number == 2


def test_changed_deadline_alone_is_something_to_publish(town):
    town.publish(document())

    assert town.publish(document(report="11月30日")).version.number == 2


def test_another_version_published_meanwhile_is_looked_at_first(town):
    town.publish(document())
    mine, theirs = town.receive(SECOND), town.receive(document(GUARD, TEACH, FERRY))
    town.publish(theirs)

    assert refused_without_a_trace(mine, BasisChanged)


def test_after_looking_again_it_is_published(town):
    town.publish(document())
    mine = town.receive(SECOND)
    town.publish(document(GUARD, TEACH, FERRY))

    mine = set_heading(mine, {}, by=town.administrator)

    assert town.publish(mine).version.number == 3


@pytest.mark.parametrize(
    "state", [ImportState.PUBLISHED, ImportState.WITHDRAWN, ImportState.FAILED, ImportState.READING]
)
def test_only_open_imports_are_published(town, state):
    version = town.publish(document()).version
    row = town.receive(SECOND)
    PlanImport.objects.filter(pk=row.pk).update(
        state=state, version=PlanVersionFactory(plan=version.plan, conference=town.conference, number=9)
    )

    assert refused_without_a_trace(row, NotPublishable)


STEPS = (
    'INTO "departments_department"',
    'INTO "departments_departmentname"',
    'INTO "departments_membership"',
    'UPDATE "measures_planversion"',
    'INTO "measures_planversion"',
    'INTO "measures_clause"',
    'INTO "measures_responsibility"',
    'INTO "measures_obligation"',
    'UPDATE "measures_question"',
    'INTO "measures_lineage"',
    'UPDATE "measures_planimport"',
    'INTO "reporting_adoption"',
    'INTO "reporting_carry"',
    'UPDATE "reporting_progress"',
    'UPDATE "reporting_duty"',
    'UPDATE "reporting_year"',
    'INTO "reporting_progress"',
    'INTO "departments_event"',
    'INTO "reporting_notice"',
    'INTO "reporting_mail"',
)


@pytest.mark.parametrize("step", STEPS)
def test_failure_at_any_step_leaves_nothing(town, step):
    """The database refuses one statement: everything is as it was before."""
    town.liaison("市公安局")
    town.open()
    PlanVersionFactory(conference=town.conference, source_sha256="x")
    row = town.receive(document(GUARD, TEACH_MORE, measure("加强口岸管控。", "市公安局", "市口岸局")))
    row = town.answer(row, unit_unknown={"do": "new", "member": True})
    met = []

    def refuse(execute, sql, params, many, context):
        if step in sql:
            met.append(sql)
            raise IntegrityError(step)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        refused_without_a_trace(row, IntegrityError, by=town.administrator)
    assert met


# --- Who is told --------------------------------------------------------------------------------------------------


def told(person, earlier=()):
    notices = Notice.objects.filter(recipient=person).exclude(pk__in=earlier)
    return list(notices.values_list("subject", "body", "path"))


def test_affected_liaisons_are_told_what_they_gain_and_lose_and_others_nothing(town):
    police, schools = town.liaison("市公安局"), town.liaison("市教育局")
    town.publish(document(GUARD, TEACH, SETTLE))
    first = set(Notice.objects.values_list("pk", flat=True))

    done = town.publish(document(GUARD, TEACH, SETTLE, FERRY))

    [(subject, body, path)] = told(police, first)
    assert (subject, path) == (f"计划有新版本：{done.version.plan.title}", f"/plans/{done.version.pk}/")
    assert body.startswith("市公安局的责任有变化：")
    assert "新增负责：" in body
    assert "不再" not in body
    assert told(schools, first) == []
    [(_subject, summary, link)] = told(town.office, first)
    assert "涉及 2 个单位" in summary
    assert link == f"/plans/{done.version.pk}/changes/"
    assert done.told == Notice.objects.exclude(pk__in=first).count() == 2


def test_office_reads_what_became_of_the_year(town):
    town.open()
    done = town.publish(document(GUARD, TEACH_MORE))

    body = Notice.objects.filter(recipient=town.office).order_by("-pk").values_list("body", flat=True)[0]

    [adopted] = done.adopted
    assert (adopted.carried, adopted.reworded, adopted.closed, adopted.created) == (4, 0, 2, 0)
    assert (
        "2026 年：承接 4 条，其中条款改写待再看 0 条；终止 2 条（文字保留）；新增 0 条；应报事项终止 0 项，新增 0 项。"
        in body
    )


def test_notices_hold_no_numbers_of_people(town):
    town.liaison("市公安局")
    town.publish(document())

    assert [
        find_sensitive(body) for body in Notice.objects.values_list("body", flat=True) if find_sensitive(body)
    ] == []


# --- Undoing ------------------------------------------------------------------------------------------------------

YEAR_TABLES = (Year, Duty, Progress)


def written(town, unit, path, **values):
    entry = town.progress(unit, path)
    return save_entry(
        entry, by=town.administrator, lock_version=entry.lock_version, values={"work_done": "做了。"} | values
    )


def test_undoing_takes_the_year_back_to_where_it_was(town, clock):
    town.open()
    written(town, "市公安局", "二/(一)/1")
    submit_entry(written(town, "市教育局", "二/(一)/2"), by=town.administrator)
    written(town, "市民政局", "二/(一)/3")
    before = rows(*YEAR_TABLES)
    clock("2026-03-03 09:00", tick=True)
    row = town.receive(document(GUARD, TEACH_MORE, FERRY, report="11月30日"))
    version = town.publish(row).version
    assert rows(*YEAR_TABLES) != before

    undo_publication(version, by=town.administrator, reason="传错了文件")

    after = rows(*YEAR_TABLES)
    for table in after.values():
        for line in table:
            line.pop("lock_version", None)
    for table in before.values():
        for line in table:
            line.pop("lock_version", None)
    assert after == before
    row.refresh_from_db()
    version.refresh_from_db()
    assert (row.state, row.version, version.state) == (ImportState.READY, None, VersionState.WITHDRAWN)
    event = Event.objects.of(version).filter(action=Action.UNDO).get()
    assert (event.reason, event.actor) == ("传错了文件", town.administrator)
    assert Adoption.objects.get(after=version).undone_by == town.administrator


def test_rows_that_went_on_have_their_lock_version_too(town):
    """Only what was closed and opened again has been written twice."""
    town.open()
    carried, dropped = town.progress("市公安局", "二/(一)/1"), town.progress("市教育局", "二/(一)/3")
    version = town.publish(document(GUARD, TEACH_MORE)).version

    undo_publication(version, by=None)

    assert Progress.objects.get(pk=carried.pk).lock_version == carried.lock_version
    assert Progress.objects.get(pk=dropped.pk).lock_version >= dropped.lock_version + 1


def test_undone_import_is_published_again_as_the_next_version(town):
    first = town.open()
    row = town.receive(SECOND)
    undo_publication(town.publish(row).version, by=None)
    row.refresh_from_db()

    third = town.publish(row).version

    assert (third.number, third.follows, town.year.version) == (3, first, third)
    assert set(Progress.objects.in_force().values_list("clause__version", flat=True)) == {third.pk}


def test_undone_version_is_not_in_force_and_not_followed(town):
    first = town.publish(document()).version
    undo_publication(town.publish(SECOND).version, by=None)

    row = town.receive(document(GUARD, TEACH, FERRY))

    assert row.based_on == first


def test_units_registered_on_the_way_stay(town):
    row = town.answer(
        town.receive(document(measure("加强口岸管控。", "市口岸局"))), unit_unknown={"do": "new", "member": True}
    )
    version = town.publish(row).version

    undo_publication(version, by=None)

    assert Membership.objects.filter(department__name="市口岸局").exists()
    row.refresh_from_db()
    assert town.publish(row).version.number == 2


def not_undone(version):
    before = everything()
    with pytest.raises(NotUndoable) as refusal, transaction.atomic():
        undo_publication(version, by=None)
    assert everything() == before
    return str(refusal.value)


ANSWERS = {
    "saved": lambda town, entry: save_entry(
        entry, by=town.administrator, lock_version=0, values={"work_done": "做了。"}
    ),
    "submitted": lambda town, entry: submit_entry(entry, by=town.administrator),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("kind", ["progress", "duty"])
def test_nothing_is_undone_once_somebody_has_answered(town, answer, kind):
    town.open()
    version = town.publish(document(GUARD, TEACH_MORE, FERRY)).version
    if kind == "duty":
        submit_entry(town.duty("市公安局"), by=town.administrator)
    else:
        ANSWERS[answer](town, town.progress("市妇联", "二/(一)/3"))

    assert not_undone(version)


def test_nothing_is_undone_once_a_review_was_made(town, clock):
    town.open()
    submit_entry(written(town, "市公安局", "二/(一)/1"), by=town.administrator)
    clock("2026-03-03 09:00", tick=True)
    version = town.publish(SECOND).version
    accept_entry(town.progress("市公安局", "二/(一)/1"), by=town.office)

    assert not_undone(version)


@pytest.mark.parametrize("is_new", [True, False], ids=["a new duty", "a duty that goes on"])
@pytest.mark.parametrize("decide", [None, grant_extension], ids=["asked", "granted"])
def test_nothing_is_undone_once_more_time_was_asked_for(town, clock, is_new, decide):
    clock("2026-03-03 09:00", tick=True)
    town.open(document(report="") if is_new else document())
    version = town.publish(document() if is_new else SECOND).version
    until = date(YEAR, 12, 25)
    extension = ask_extension(town.duty("市公安局"), by=town.administrator, reason="牵头人病假。", until=until)
    if decide is not None:
        decide(extension, by=town.office, until=until)

    assert "延期" in not_undone(version)


def test_nothing_is_undone_once_more_time_was_granted_that_was_asked_for_before(town, clock):
    clock("2026-03-03 09:00", tick=True)
    town.open()
    until = date(YEAR, 12, 25)
    extension = ask_extension(town.duty("市公安局"), by=town.administrator, reason="牵头人病假。", until=until)
    version = town.publish(SECOND).version
    grant_extension(Extension.objects.select_related("duty").get(pk=extension.pk), by=town.office, until=until)

    assert "延期" in not_undone(version)


def test_later_version_is_undone_first(town):
    town.open()
    second = town.publish(SECOND).version
    third = town.publish(document(GUARD, TEACH_MORE, FERRY)).version

    assert "先撤销" in not_undone(second)
    undo_publication(third, by=None)
    undo_publication(second, by=None)
    assert town.year.version.number == 1


def test_version_that_a_year_was_opened_on_is_not_undone(town):
    version = town.open()

    assert not_undone(version)


def test_draft_is_not_undone(town):
    assert not_undone(PlanVersionFactory(conference=town.conference))


def test_version_is_undone_once(town):
    town.open()
    version = town.publish(SECOND).version
    undo_publication(version, by=None)

    assert not_undone(version)


def test_confirming_is_an_answer(town, clock):
    town.open()
    entry = written(town, "市教育局", "二/(一)/2")
    clock("2026-03-03 09:00", tick=True)
    version = town.publish(SECOND).version
    confirm_entry(Progress.objects.get(pk=entry.pk), by=town.administrator)

    assert not_undone(version)


def test_new_row_with_a_file_is_an_answer(town, files):
    town.open()
    version = town.publish(document(GUARD, TEACH, FERRY)).version
    upload = SimpleUploadedFile("证明.pdf", b"%PDF-1.7\n%%EOF")
    attach(town.progress("市妇联", "二/(一)/3"), upload, check_upload(upload), by=town.administrator)

    assert not_undone(version)


def test_new_duty_that_somebody_was_urged_or_reminded_of_is_closed_when_undone(town):
    town.open(document(report=""))
    version = town.publish(document()).version
    town.liaison(UNITS[0])
    urged, reminded, plain = (town.duty(unit) for unit in UNITS[:3])
    urge(urged, by=town.office)
    ReminderFactory(duty=reminded)

    undo_publication(version, by=None)

    assert set(Duty.objects.values_list("pk", "state")) == {(urged.pk, "closed"), (reminded.pk, "closed")}
    assert not Duty.objects.filter(pk=plain.pk).exists()


# --- At once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_publish_two_texts_one_wins_and_the_other_is_told(at_once):
    town = Town()
    town.publish(document())
    texts = (SECOND, document(GUARD, TEACH, FERRY))
    imports = [town.receive(text) for text in texts]

    results = at_once(
        *[partial(publish_plan, PlanImport.objects.get(pk=row.pk), by=town.administrator) for row in imports]
    )

    assert sorted(type(result).__name__ for result in results) == ["BasisChanged", "Publication"]
    assert PlanVersion.objects.published().count() == 2
    assert sorted(PlanImport.objects.values_list("state", flat=True)) == ["published", "published", "ready"]


@pytest.mark.django_db(transaction=True)
def test_of_four_who_publish_the_same_import_one_does(at_once):
    town = Town()
    row = town.receive(document())

    results = at_once(*[lambda: publish_plan(PlanImport.objects.get(pk=row.pk), by=town.administrator)] * 4)

    assert Counter(type(result).__name__ for result in results) == {"Publication": 1, "NotPublishable": 3}
    assert (PlanVersion.objects.count(), Clause.objects.count()) == (1, row.clauses.count())


@pytest.mark.django_db(transaction=True)
def test_the_same_file_handed_in_by_four_at_once_is_one_import(at_once):
    town = Town()
    act = partial(
        receive, document().encode(), name="方案.txt", conference=Conference.objects.get(), by=town.administrator
    )

    results = at_once(*[act] * 4)

    assert sorted(is_new for _row, is_new in results) == [False, False, False, True]
    assert PlanImport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_publishing_beside_people_who_write_loses_no_word(at_once):
    """What was saved first goes on with the year; who comes later is told that the row has changed, or saves it."""
    town = Town()
    town.open()
    row = town.receive(document(GUARD, TEACH_MORE))
    entries = list(Progress.objects.order_by("pk"))

    results = at_once(
        partial(publish_plan, row, by=town.administrator),
        *[
            partial(save_entry, e, by=town.administrator, lock_version=0, values={"work_done": f"第{e.pk}条"})
            for e in entries
        ],
    )

    outcome = {entry.pk: type(result).__name__ for entry, result in zip(entries, results[1:], strict=True)}
    kept = set(Progress.objects.exclude(work_done="").values_list("pk", flat=True))
    assert kept == {pk for pk, name in outcome.items() if name == "Progress"}
    assert set(outcome.values()) <= {"Progress", "WrongState", "StaleEntry"}
    assert type(results[0]).__name__ == "Publication"
    # Each row was decided about as it then was: what was saved before is carried as a draft.
    assert Carry.objects.filter(progress__isnull=False).count() == len(entries)
    closed = Progress.objects.filter(state="closed").exclude(work_done="")
    assert set(closed.values_list("closed_from", flat=True)) <= {"draft"}
    drafts = Carry.objects.filter(state_before="draft")
    assert not drafts.filter(progress__work_done="").exists()


@pytest.mark.django_db(transaction=True)
def test_of_an_undo_and_an_answer_at_once_the_words_are_never_lost(at_once):
    town = Town()
    town.open()
    version = town.publish(document(GUARD, TEACH, FERRY)).version
    entry = town.progress("市妇联", "二/(一)/3")

    results = at_once(
        partial(undo_publication, version, by=town.administrator),
        partial(save_entry, entry, by=town.administrator, lock_version=0, values={"work_done": "做了。"}),
    )

    undone, saved = (not isinstance(result, Exception) for result in results)
    assert undone is not saved
    assert Progress.objects.in_force().filter(work_done="做了。").exists() is saved


@pytest.mark.django_db(transaction=True)
def test_year_opened_while_a_version_is_published_is_on_one_of_them(at_once):
    town = Town()
    town.publish(document())
    row = town.receive(SECOND)

    results = at_once(partial(publish_plan, row, by=None), partial(open_year, town.conference, YEAR))

    assert [type(result).__name__ for result in results] == ["Publication", "Opening"]
    versions = set(Progress.objects.in_force().values_list("clause__version", flat=True))
    assert versions == {town.year.version_id}


def test_date_of_the_seat_is_the_documents(town):
    row = town.answer(
        town.receive(document(measure("加强口岸管控。", "市口岸局"))), unit_unknown={"do": "new", "member": True}
    )
    town.publish(row)

    assert Membership.objects.get(department__name="市口岸局").starts_on == date(2021, 12, 20)
    assert Question.objects.filter(plan_import=row, version=None).count() == 0
