"""``manage.py import_plan`` and ``compare_plans`` with versions: the JSON, the words, and what each leaves behind."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from departments.models import Event
from measures.enums import ImportState
from measures.importing import staging
from measures.models import PlanImport, PlanVersion, Question, StagedClause
from tests.drafts import GUARD, SETTLE, TEACH, TEACH_MORE, Town, document, measure

pytestmark = pytest.mark.django_db

KINDS = ("same", "reworded", "moved", "split", "merged", "new", "dropped")
KEYS = ["state", "clauses", "measures", "lead", "cooperating", "obligations", "questions", "errors", "changes"]
PORT = measure("加强口岸边境管控，严防跨境拐卖。", "市公安局", "市口岸局")
MOBILE = "13800138000"


@pytest.fixture
def town(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return Town()


@pytest.fixture
def stored(tmp_path):
    return lambda: [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


@pytest.fixture
def run(town, tmp_path):
    """``run(text, "--json")``: what the command wrote, and with what words it ended."""

    def run(text, *options, conference=None, name="方案.txt"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        out, error = StringIO(), ""
        try:
            call_command(
                "import_plan", str(path), "--conference", conference or town.conference.code, *options, stdout=out
            )
        except CommandError as failed:
            error = str(failed)
        return out.getvalue(), error

    return run


def everything():
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in ("departments", "measures", "reporting")
        for model in apps.get_app_config(app).get_models()
    }


def changes(**numbers):
    return dict.fromkeys(KINDS, 0) | numbers


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_json_of_a_plan_that_is_ready(run):
    out, error = run(document(), "--json")

    assert error == ""
    assert json.loads(out) == {
        "state": "ready",
        "clauses": 11,
        "measures": 3,
        "lead": 3,
        "cooperating": 3,
        "obligations": 1,
        "questions": [],
        "errors": [],
        "changes": changes(new=10),
    }
    assert list(json.loads(out)) == KEYS


def test_json_of_a_plan_with_questions(run):
    out, error = run(document(PORT), "--json")

    outcome = json.loads(out)
    assert (error, outcome["state"], outcome["errors"]) == ("", "questions", [])
    assert outcome["questions"] == [
        {
            "code": "unit_unknown",
            "path": "二/(一)/1",
            "message": "单位「市口岸局」没有登记，请登记该单位，或把这个写法登记为已有单位的名称。",
            "blocking": True,
            "answer": "",
        }
    ]


def test_json_counts_changes_against_the_version_before(run, town):
    town.publish(document(GUARD, TEACH, SETTLE))

    out, _error = run(document(GUARD, TEACH_MORE), "--json")

    assert json.loads(out)["changes"] == changes(same=9, reworded=1, dropped=1)


def test_json_of_a_file_with_faults_names_the_cells(run):
    long = "很长的时限" * 60

    out, error = run(f"序号,工作任务,牵头单位,完成时限\n1,加强管理,市公安局,{long}\n", "--json", name="表.csv")

    outcome = json.loads(out)
    assert (outcome["state"], outcome["clauses"], bool(error)) == ("failed", 0, True)
    assert [(set(one), one["sheet"], one["cell"]) for one in outcome["errors"]] == [
        ({"sheet", "cell", "value", "message"}, "表", "D2")
    ]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n" + bytes(100), document(f"电话{MOBILE}。").encode(), "今天天气很好。".encode()],
    ids=["empty", "image", "mobile", "no plan"],
)
def test_json_of_a_refused_file_is_the_same_shape(run, data):
    out, error = run(data, "--json")

    outcome = json.loads(out)
    assert (list(outcome), outcome["state"], bool(error)) == (KEYS, "failed", True)
    [fault] = outcome["errors"]
    assert fault["message"]
    assert MOBILE not in out
    assert (outcome["changes"], outcome["questions"]) == (changes(), [])


def test_json_of_a_published_plan(run):
    out, error = run(document(), "--publish", "--json")

    assert (json.loads(out)["state"], error) == ("published", "")
    assert PlanVersion.objects.get().is_published


def test_json_of_a_plan_that_cannot_be_published_says_so_and_ends_badly(run):
    out, error = run(document(PORT), "--publish", "--json")

    assert (json.loads(out)["state"], bool(error)) == ("questions", True)
    assert PlanVersion.objects.count() == 0


# --- What it leaves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [document(), document(PORT), document(f"电话{MOBILE}。"), "今天天气很好。"])
@pytest.mark.parametrize("size", ["small", "large"])
def test_dry_run_leaves_nothing(run, stored, monkeypatch, text, size):
    if size == "large":
        monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    before = everything()

    out, _error = run(text, "--dry-run", "--json")

    assert json.loads(out)["state"] in ("ready", "questions", "failed")
    assert (everything(), stored()) == (before, [])


def test_dry_run_says_what_the_run_says(run):
    dry, _error = run(document(PORT), "--dry-run", "--json")

    assert dry == run(document(PORT), "--json")[0]


def test_dry_run_of_a_known_file_leaves_it_where_it_is(run, town, stored):
    town.receive(document())
    before = everything()

    run(document(), "--dry-run")

    assert (everything(), len(stored())) == (before, 1)


@pytest.mark.parametrize("options", [("--dry-run",), ()], ids=["dry", "real"])
def test_what_others_wait_for_is_left_to_its_turn(run, town, stored, monkeypatch, options):
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    other = town.receive(document(f"电话{MOBILE}。"))

    out, _error = run(document(), *options, "--json")

    other.refresh_from_db()
    assert json.loads(out)["state"] == "ready"
    assert (other.state, other.attempts) == (ImportState.READING, 0)
    assert other.file.storage.exists(other.file.name)


def test_dry_run_of_a_file_that_waits_leaves_it_waiting(run, town, stored, monkeypatch):
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    town.receive(document(f"电话{MOBILE}。"))
    before = everything()

    out, _error = run(document(f"电话{MOBILE}。"), "--dry-run", "--json")

    assert json.loads(out)["state"] == "failed"
    assert (everything(), len(stored())) == (before, 1)


@pytest.mark.parametrize("options", [("--dry-run",), (), ("--publish",)], ids=["dry", "real", "publish"])
def test_file_that_a_worker_is_reading_is_said_to_be(run, town, monkeypatch, options):
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    town.receive(document())
    staging._claim(staging.waiting())
    before = everything()

    out, error = run(document(), *options, "--json")

    assert (json.loads(out)["state"], error) == ("reading", "后台正在读取这份文件，请稍后用同一命令查看结果。")
    assert everything() == before


def test_twice_changes_nothing(run):
    first = run(document(), "--publish", "--json")
    before = everything()

    second = run(document(), "--publish", "--json")

    assert everything() == before
    assert json.loads(second[0])["state"] == "published"
    assert second[1] == ""
    assert json.loads(first[0])["clauses"] == json.loads(second[0])["clauses"]


def test_large_file_is_read_at_once(run, monkeypatch):
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)

    out, _error = run(document(), "--json")

    assert json.loads(out)["state"] == "ready"
    assert StagedClause.objects.count() == 11


def test_nobody_is_the_actor(run):
    run(document(), "--publish")

    assert PlanImport.objects.get().uploaded_by is None
    assert set(Event.objects.values_list("actor", flat=True)) == {None}


# --- Words --------------------------------------------------------------------------------------------------------


def test_words_of_a_plan_with_questions(run):
    out, error = run(document(PORT))

    lines = out.splitlines()
    assert error == ""
    assert lines[0] == "待答复：条款 9，措施 1，负责 1，配合 1，时限义务 1。"
    assert lines[1] == "与对照版本相比：不变 0，改写 0，移动 0，拆分 0，合并 0，新增 8，删去 0。"
    assert lines[2].startswith("[须答复] 单位「市口岸局」没有登记")


def test_remembered_answers_are_said_to_be_answered(run, town):
    town.answer(town.receive(document(PORT)), unit_unknown={"do": "group"})

    out, _error = run(document(GUARD, PORT))

    assert [line[:5] for line in out.splitlines()[2:]] == ["[已答复]"]
    assert Question.objects.latest("pk").is_remembered


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_unknown_conference_and_missing_file_end_badly(run, town, tmp_path, options):
    assert run(document(), *options, conference="nowhere")[1] == "没有代码为「nowhere」的联席会议。"
    for path in (tmp_path / "nothing.txt", tmp_path):
        with pytest.raises(CommandError, match="无法读取"):
            call_command("import_plan", str(path), "--conference", town.conference.code, *options)


def test_file_that_is_too_large_is_not_read(town, tmp_path, monkeypatch):
    monkeypatch.setattr("reporting.management.commands.import_plan.MAX_BYTES", 10)
    path = tmp_path / "方案.txt"
    path.write_text(document())

    with pytest.raises(CommandError, match="文件太大"):
        call_command("import_plan", str(path), "--conference", town.conference.code)


def test_trying_and_publishing_exclude_each_other(run):
    assert run(document(), "--dry-run", "--publish")[1]
    assert PlanImport.objects.count() == 0


def test_withdrawn_file_is_imported_anew(run, town):
    row = town.receive(document())
    staging.withdraw(row, by=None)

    run(document(), "--publish")

    assert sorted(PlanImport.objects.values_list("state", flat=True)) == [ImportState.PUBLISHED, ImportState.WITHDRAWN]


# --- compare_plans with versions ----------------------------------------------------------------------------------


def compared(*arguments):
    out = StringIO()
    call_command("compare_plans", *map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_versions_are_compared_by_their_ids(town):
    first = town.publish(document(GUARD, TEACH, SETTLE)).version
    second = town.publish(document(GUARD, TEACH_MORE)).version

    found = compared(first.pk, second.pk)

    assert {kind: found[kind] for kind in KINDS} == changes(same=9, reworded=1, dropped=1)
    assert [(one["kind"], one["from"], one["to"]) for one in found["changes"]] == [
        ("reworded", "二/(一)/2", "二/(一)/2"),
        ("dropped", "二/(一)/3", None),
    ]


def test_version_is_compared_with_a_file(town, tmp_path):
    version = town.publish(document()).version
    path = tmp_path / "方案.txt"
    path.write_text(document(), encoding="gbk")

    assert {kind: number for kind, number in compared(version.pk, path).items() if kind in KINDS} == changes(same=11)


def test_version_that_is_not_there_ends_badly(town):
    with pytest.raises(CommandError):
        compared(1, 987654)
