"""A file comes in: what is taken, what is refused, who reads it, and what a worker that dies leaves behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from measures.enums import ImportState
from measures.importing import staging
from measures.importing.staging import (
    MOST_ATTEMPTS,
    SILENCE,
    Refused,
    Stopped,
    read_again,
    read_now,
    read_waiting,
    withdraw,
)
from measures.models import PlanImport, Question, StagedClause
from reporting.models import Heartbeat
from reporting.services import clockwork
from reporting.services.adoption import undo_publication
from reporting.tasks import read_imports
from tests.drafts import Town, document, measure
from tests.factories import ConferenceFactory

pytestmark = pytest.mark.django_db

IDENTITY = "11010519491231002X"
MOBILE = "13800138000"


@pytest.fixture
def town():
    return Town()


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    """What lies in the folder of files."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return lambda: sorted(path for path in (tmp_path / "media").rglob("*") if path.is_file())


@pytest.fixture
def large(monkeypatch):
    """Every file is one for a worker."""
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)


def state_of(row):
    return PlanImport.objects.values_list("state", flat=True).get(pk=row.pk)


# --- What is taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_text_in_any_encoding_is_the_same_plan(town, encoding):
    row = town.receive(document().encode(encoding))

    assert (row.state, row.title) == (ImportState.READY, "东湖市反对拐卖人口行动实施方案（2021—2030年）")
    assert (row.document_number, row.issued_by, str(row.issued_on)) == (
        "东府发〔2021〕5号",
        "东湖市人民政府",
        "2021-12-20",
    )
    assert (row.starts_year, row.ends_year, row.clauses.filter(lead=[]).count()) == (2021, 2030, 8)
    assert list(row.clauses.exclude(lead=[]).values_list("path", flat=True)) == ["二/(一)/1", "二/(一)/2", "二/(一)/3"]


def test_file_is_kept_as_it_was_under_a_name_that_says_nothing(town, stored):
    row = town.receive(document(), name="C:\\我的文档\\绝密方案.txt")

    assert row.file_name == "绝密方案.txt"
    assert [path.read_bytes() for path in stored()] == [document().encode()]
    assert "绝密" not in str(stored()[0])


def test_receiving_is_an_event(town):
    row = town.receive(document())

    event = Event.objects.of(row).get()
    assert (event.action, event.actor, event.conference, event.detail) == (
        Action.IMPORT,
        town.administrator,
        town.conference,
        {"sha256": row.sha256},
    )


def test_same_file_is_the_import_that_is_there(town, stored):
    first = town.receive(document())

    second, is_new = staging.receive(document().encode(), name="副本.txt", conference=town.conference)

    assert (second, is_new, PlanImport.objects.count(), len(stored())) == (first, False, 1, 1)


def test_same_file_elsewhere_is_another_import(town):
    first = town.receive(document())

    second, is_new = staging.receive(document().encode(), name="方案.txt", conference=ConferenceFactory())

    assert is_new
    assert second != first


def test_withdrawn_file_can_be_handed_in_again(town):
    first = town.receive(document())
    withdraw(first, by=town.administrator)

    assert town.receive(document()) != first


def test_file_of_the_version_in_force_is_its_import_and_that_of_an_older_one_is_new(town):
    first = town.publish(document()).version
    town.publish(document("推进信息共享。"))

    again, is_new = staging.receive(document().encode(), name="方案.txt", conference=town.conference)

    assert is_new
    assert again.version is None
    assert first.plan_import.state == ImportState.PUBLISHED


def test_file_is_that_of_the_version_in_force_again_once_the_next_one_was_undone(town):
    first = town.publish(document()).version
    undo_publication(town.publish(document("推进信息共享。")).version, by=None)

    again, is_new = staging.receive(document().encode(), name="方案.txt", conference=town.conference)

    assert (again, is_new) == (first.plan_import, False)


# --- What is refused ----------------------------------------------------------------------------------------------

REFUSED = {
    "empty": b"",
    "spaces": b" \n\t",
    "image": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "bytes": bytes(range(256)) * 20,
    "program": b"\x7fELF" + bytes(500),
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "broken zip": b"PK\x03\x04" + bytes(100),
    "identity number": document(measure(f"联系人{IDENTITY}负责宣传。", "市公安局")).encode(),
    "mobile": document(measure(f"举报电话{MOBILE}。", "市公安局")).encode(),
    "mobile in a cell": f"序号,工作任务,牵头单位\n1,加强宣传 {MOBILE},市公安局\n".encode(),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_refused_file_leaves_nothing(town, stored, data):
    with pytest.raises(Refused) as refusal:
        town.receive(data, name="方案.csv" if b"," in data[:20] else "方案.txt")

    assert str(refusal.value)
    assert (PlanImport.objects.count(), StagedClause.objects.count(), stored()) == (0, 0, [])
    assert not Event.objects.filter(action=Action.IMPORT).exists()


def test_peoples_numbers_are_named_by_their_place_and_not_repeated(town):
    lines = ["序号,工作任务,牵头单位,备注", f"1,加强宣传,市公安局,{IDENTITY}", f"2,加强打击,市公安局,电话{MOBILE}"]

    with pytest.raises(Refused) as refusal:
        town.receive("\n".join(lines), name="分解表.csv")

    assert "D2" in str(refusal.value)
    assert "身份证号" in str(refusal.value)
    assert "D3" in str(refusal.value)
    assert "手机号" in str(refusal.value)
    assert IDENTITY not in str(refusal.value)
    assert MOBILE not in str(refusal.value)


def test_text_that_is_no_plan_is_kept_with_what_is_wrong(town):
    row = town.receive("今天天气很好。\n明天也是。\n")

    assert (row.state, bool(row.problem), row.clauses.count()) == (ImportState.FAILED, True, 0)


def fail():
    raise ValueError("nobody thought of this")


@pytest.mark.parametrize("statement", ['INSERT INTO "measures_planimport"', 'INSERT INTO "departments_event"'])
def test_file_whose_rows_cannot_be_written_leaves_no_file(town, stored, statement):
    with at_statement(statement, fail), pytest.raises(ValueError, match="nobody"):
        town.receive(document())

    assert (PlanImport.objects.count(), stored()) == (0, [])


@pytest.mark.parametrize("size", ["small", "large"])
def test_fault_of_ours_fails_the_import_with_words_and_is_logged(town, monkeypatch, caplog, size):
    if size == "large":
        monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    with at_statement('INSERT INTO "measures_question"', fail):
        row = town.receive(document(measure("加强边境管理。", "市口岸局")))
        read_waiting()

    row.refresh_from_db()
    assert (row.state, row.stage, "意外错误" in row.problem) == (ImportState.FAILED, "", True)
    assert StagedClause.objects.count() == 0
    assert [(one.levelname, "nobody" in one.exc_text) for one in caplog.records if one.exc_text] == [("ERROR", True)]


# --- Large files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [clockwork.run_imports, read_imports], ids=["clock", "task"])
def test_large_file_waits_for_a_worker(town, large, reader):
    row = town.receive(document())
    assert (row.state, row.clauses.count(), row.percent) == (ImportState.READING, 0, 0)

    reader()

    row.refresh_from_db()
    assert (row.state, row.clauses.exclude(lead=[]).count(), row.percent, row.attempts) == (
        ImportState.READY,
        3,
        100,
        1,
    )
    assert Heartbeat.objects.filter(name=clockwork.IMPORTS).exists()


def test_task_reads_one_import_and_leaves_the_next_to_a_task_of_its_own(town, large, monkeypatch):
    rows = [town.receive(document()), town.receive(document("推进信息共享。"))]
    sent = []
    monkeypatch.setattr(read_imports, "delay", lambda: sent.append(1))

    states = []
    for _number in range(3):
        read_imports()
        states.append(([state_of(row) for row in rows], len(sent)))

    read, waits = ImportState.READY, ImportState.READING
    assert states == [([read, waits], 1), ([read, read], 1), ([read, read], 1)]


def test_one_import_is_read_and_the_others_are_left_to_their_turn(town, large):
    first, second = town.receive(document()), town.receive(document("推进信息共享。"))

    assert read_now(second)

    assert (second.state, state_of(first)) == (ImportState.READY, ImportState.READING)


def test_import_that_a_worker_is_reading_is_not_read_by_another(town, large):
    row = town.receive(document())
    staging._claim(staging.waiting())

    assert (read_now(row), row.state, row.attempts) == (False, ImportState.READING, 1)


def test_nothing_waits_when_everything_is_read(town):
    town.receive(document())

    assert read_waiting() == 0


def test_large_file_with_peoples_numbers_is_failed_and_its_file_deleted_at_the_commit(
    town, large, stored, django_capture_on_commit_callbacks
):
    row = town.receive(document(measure(f"举报电话{MOBILE}。", "市公安局")))

    with django_capture_on_commit_callbacks() as callbacks:
        read_waiting()
        assert len(stored()) == 1
    for callback in callbacks:
        callback()

    row.refresh_from_db()
    assert (row.state, row.file.name, row.source_text, row.clauses.count(), stored()) == (
        ImportState.FAILED,
        "",
        "",
        0,
        [],
    )
    assert "手机号" in row.problem
    assert MOBILE not in row.problem


def test_file_that_was_withdrawn_meanwhile_is_not_deleted_for_what_is_in_it(
    town, large, stored, django_capture_on_commit_callbacks
):
    row = town.receive(document(measure(f"举报电话{MOBILE}。", "市公安局")))
    slow = staging._claim(staging.waiting())
    withdraw(row, by=town.administrator)

    with django_capture_on_commit_callbacks(execute=True):
        staging._fail_without_file(slow, "有手机号")

    row.refresh_from_db()
    assert (row.state, bool(row.file), len(stored())) == (ImportState.WITHDRAWN, True, 1)


def test_import_whose_file_was_deleted_is_not_read_again(town, large):
    row = town.receive(document(measure(f"举报电话{MOBILE}。", "市公安局")))
    read_waiting()

    read_again(row)
    read_waiting()

    row.refresh_from_db()
    assert (row.state, "重新导入" in row.problem) == (ImportState.FAILED, True)


def test_large_file_that_is_unreadable_is_failed_with_words(town, large):
    row = town.receive("今天天气很好。\n" * 10)

    assert read_waiting() == 1
    row.refresh_from_db()
    assert (row.state, bool(row.problem)) == (ImportState.FAILED, True)


def test_file_that_is_gone_from_the_disk_is_failed_with_words(town, large):
    row = town.receive(document())
    default_storage.delete(row.file.name)

    read_waiting()

    row.refresh_from_db()
    assert (row.state, "重新导入" in row.problem) == (ImportState.FAILED, True)


# --- Workers that die ---------------------------------------------------------------------------------------------


def abandoned(row, *, attempts=1, ago=SILENCE + timedelta(seconds=1)):
    """As a worker leaves it that was killed."""
    PlanImport.objects.filter(pk=row.pk).update(seen_at=timezone.now() - ago, attempts=attempts)
    return row


def test_import_of_a_dead_worker_is_taken_over(town, large):
    row = abandoned(town.receive(document()))

    assert read_waiting() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (ImportState.READY, 2)


def test_import_of_a_worker_that_lives_is_left_to_it(town, large):
    row = abandoned(town.receive(document()), ago=SILENCE / 2)

    assert read_waiting() == 0
    assert state_of(row) == ImportState.READING


def test_import_that_no_worker_survives_is_given_up_with_words(town, large):
    row = abandoned(town.receive(document()), attempts=MOST_ATTEMPTS)

    assert read_waiting() == 0
    before = row.lock_version
    row.refresh_from_db()
    assert (row.state, "没有完成" in row.problem) == (ImportState.FAILED, True)
    assert (row.stage, row.lock_version) == ("", before + 1)


def test_one_that_cannot_be_read_does_not_keep_others_waiting(town, large):
    abandoned(town.receive(document()), attempts=MOST_ATTEMPTS)
    other = town.receive(document("推进信息共享。"))

    assert read_waiting() == 1
    assert state_of(other) == ImportState.READY


def test_two_workers_claim_one_import_once(town, large):
    town.receive(document())

    first, second = (staging._claim(staging.waiting()) for _number in range(2))

    assert (first is None, second) == (False, None)


class Interrupted(BaseException):
    """The process ends here."""


def at_statement(word, act, *, number=1):
    """Do ``act`` before the ``number``-th statement that holds ``word``."""
    seen = []

    def wrapper(execute, sql, params, many, context):
        if word in sql and len(seen) < number:
            seen.append(sql)
            if len(seen) == number:
                act()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def end():
    raise Interrupted


@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO "measures_stagedclause"',
        'INSERT INTO "measures_question"',
        'UPDATE "measures_planimport" SET "based_on',
    ],
)
def test_worker_that_ends_while_staging_leaves_nothing_half(town, large, statement):
    row = town.receive(document(measure("加强边境管理。", "市口岸局")))

    with at_statement(statement, end), pytest.raises(Interrupted):
        read_waiting()

    assert (state_of(row), StagedClause.objects.count(), Question.objects.count()) == (ImportState.READING, 0, 0)
    abandoned(row)
    read_waiting()
    assert (state_of(row), Question.objects.filter(code="unit_unknown").count()) == (ImportState.QUESTIONS, 1)


def test_ids_that_another_worker_has_taken_are_not_given_out_again(town):
    with at_statement("setval", fail):
        assert town.receive(document()).state == ImportState.READY


def test_import_withdrawn_while_it_is_read_stays_withdrawn(town, large):
    row = town.receive(document())

    with at_statement(
        'UPDATE "measures_planimport" SET "stage"', lambda: withdraw(row, by=town.administrator), number=2
    ):
        read_waiting()

    assert (state_of(row), StagedClause.objects.count()) == (ImportState.WITHDRAWN, 0)


def test_worker_that_was_thought_dead_changes_nothing_when_it_comes_back(town, large):
    row = town.receive(document())
    slow = staging._claim(staging.waiting())
    abandoned(row)
    read_waiting()
    before = PlanImport.objects.values().get(pk=row.pk)

    staging._read(slow, None)

    assert PlanImport.objects.values().get(pk=row.pk) == before
    assert StagedClause.objects.count() == row.clauses.count()


# --- Withdrawing and reading again --------------------------------------------------------------------------------


def test_published_import_is_not_withdrawn(town):
    row = town.receive(document())
    town.publish(row)

    with pytest.raises(Stopped):
        withdraw(row, by=town.administrator)


def test_import_is_withdrawn_once(town):
    row = town.receive(document())
    withdraw(row, by=town.administrator, reason="传错了")

    with pytest.raises(Stopped):
        withdraw(row, by=town.administrator)

    assert Event.objects.of(row).filter(action=Action.WITHDRAW).values_list("reason", flat=True).get() == "传错了"


def test_reading_again_gives_the_same_rows_once(town):
    row = town.receive(document(measure("加强边境管理。", "市口岸局")))
    before = list(row.clauses.values("path", "text", "lead", "cooperating"))

    read_again(row)

    assert list(row.clauses.values("path", "text", "lead", "cooperating")) == before
    assert (row.state, Question.objects.filter(plan_import=row).count()) == (ImportState.QUESTIONS, 1)


def test_withdrawn_import_is_not_read_again(town):
    row = town.receive(document())
    withdraw(row, by=town.administrator)

    with pytest.raises(Stopped):
        read_again(row)


def test_every_fault_of_a_table_is_told_at_once_by_its_place(town):
    """Nothing of it is staged, and the file is kept to be given back with the faults marked."""
    long = "很长的时限" * 60
    lines = ["序号,工作任务,牵头单位,完成时限", f"1,加强边境管理,市公安局,{long}", f"2,加强出租屋管理,市公安局,{long}"]

    row = town.receive("\n".join(lines), name="分解表.csv")

    assert (row.state, row.clauses.count(), "2 处" in row.problem) == (ImportState.FAILED, 0, True)
    assert [(fault["sheet"], fault["cell"]) for fault in row.faults] == [("分解表", "D2"), ("分解表", "D3")]
    assert all(fault["value"] and fault["message"] for fault in row.faults)


def test_database_refuses_a_published_import_without_a_version(town):
    row = town.receive(document())

    with pytest.raises(IntegrityError):
        PlanImport.objects.filter(pk=row.pk).update(state=ImportState.PUBLISHED)
