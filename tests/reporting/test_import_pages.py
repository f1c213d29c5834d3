"""The pages of an import, from the file to the undo, as an administrator uses them; and as somebody else would."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from departments.models import DepartmentName
from measures.enums import ImportState
from measures.importing import staging
from measures.models import LineageCorrection, PlanImport, PlanVersion, Question, SheetLayout
from reporting.models import Progress
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, YEAR, Town, document, measure
from tests.factories import PlanVersionFactory, PostingFactory, StagedQuestionFactory

pytestmark = pytest.mark.django_db

PORT = measure("加强口岸边境管控，严防跨境拐卖。", "市公安局", "市口岸局")
PROSE = "完善信息通报制度，由市公安局牵头，市民政局配合。"
IDENTITY = "11010519491231002X"


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def town(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return Town()


class Browser(Client):
    """Posts the forms of an import as its page has them just now."""

    def post(self, path, data=None, *args, **kwargs):
        found = re.fullmatch(r"/plans/imports/(\d+)/(?:heading|answer)/", path)
        if found and "lock_version" not in (data or {}):
            data = {"lock_version": PlanImport.objects.get(pk=found[1]).lock_version} | (data or {})
        return super().post(path, data, *args, **kwargs)


@pytest.fixture
def client(town):
    client = Browser()
    client.force_login(town.administrator)
    return client


def address(name, *args):
    return reverse(f"reporting:{name}", args=args)


def upload(client, town, text, name="方案.txt"):
    data = text.encode() if isinstance(text, str) else text
    form = {"conference": town.conference.pk, "file": SimpleUploadedFile(name, data)}
    return client.post(address("plan_imports"), form)


def questions(row):
    return {one.code: one for one in Question.objects.filter(plan_import=row)}


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- Handing in ---------------------------------------------------------------------------------------------------


def test_file_leads_to_its_import(client, town):
    response = upload(client, town, document())

    row = PlanImport.objects.get()
    assert (response.status_code, response.url, row.uploaded_by) == (
        302,
        address("plan_import", row.pk),
        town.administrator,
    )
    page = client.get(response.url)
    assert {one["name"]: one["number"] for one in page.context["numbers"]} == {
        "条款": 11,
        "措施": 3,
        "负责": 3,
        "配合": 3,
        "时限义务": 1,
    }


def test_same_file_leads_to_the_same_import(client, town):
    upload(client, town, document())

    response = client.post(
        address("plan_imports"),
        {"conference": town.conference.pk, "file": SimpleUploadedFile("副本.txt", document().encode())},
        follow=True,
    )

    assert PlanImport.objects.count() == 1
    assert "已经导入过" in said(response)[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n" + bytes(100), bytes(range(256)), document(f"联系人{IDENTITY}。").encode()],
    ids=["empty", "image", "bytes", "identity"],
)
def test_refused_file_is_said_on_the_form_and_not_kept(client, town, data):
    response = upload(client, town, data)

    assert (response.status_code, PlanImport.objects.count()) == (422, 0)
    assert response.context["form"].errors["file"]
    assert IDENTITY not in response.content.decode()


def test_file_that_is_too_large_is_refused(client, town, monkeypatch):
    monkeypatch.setattr("reporting.forms.imports.MAX_BYTES", 10)

    assert upload(client, town, document()).status_code == 422


def test_file_with_a_number_of_somebody_in_its_name_is_refused(client, town):
    response = upload(client, town, document(), name="计划11010519491231002X.txt")

    assert "文件名疑似含有身份证号" in response.text
    assert not PlanImport.objects.exists()


def test_file_of_a_conference_that_is_not_mine_is_refused(client, town):
    foreign = Town()

    response = upload(client, foreign, document())

    assert (response.status_code, PlanImport.objects.count()) == (422, 0)


def test_administrator_of_the_upper_conference_imports_for_the_lower_one(town):
    district = Town()
    type(district.conference).objects.filter(pk=district.conference.pk).update(upper=town.conference)
    client = Client()
    client.force_login(town.administrator)

    assert upload(client, district, document()).status_code == 302


def test_large_file_is_waited_for_and_the_page_comes_when_it_is_read(client, town, monkeypatch):
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    upload(client, town, document())
    row = PlanImport.objects.get()

    assert client.get(address("plan_import", row.pk)).status_code == 200
    waiting = client.get(address("import_progress", row.pk))
    assert (waiting.status_code, waiting.headers.get("HX-Refresh")) == (200, None)
    assert [client.get(address(page, row.pk)).status_code for page in ("import_preview", "import_changes")] == [
        404,
        404,
    ]
    staging.read_waiting()

    assert client.get(address("import_progress", row.pk)).headers["HX-Refresh"] == "true"
    assert client.get(address("plan_import", row.pk)).context["row"].state == ImportState.READY


def test_template_is_a_workbook(client, town):
    response = client.get(address("plan_template"), {"conference": town.conference.code})

    assert (response.status_code, response.content[:2]) == (200, b"PK")
    assert client.get(address("plan_template"), {"conference": Town().conference.code}).status_code == 404


# --- Answering ----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(town):
    """An import with a unit that nobody knows and a clause whose units stand in its prose."""
    row = town.receive(document(PORT, PROSE, TEACH))
    found = questions(row)
    return SimpleNamespace(
        row=row,
        unit=found["unit_unknown"],
        prose=found["responsibility_in_prose"],
        url=address("import_answer", row.pk),
    )


def test_page_offers_the_nearest_units(client, town, asked):
    page = client.get(address("plan_import", asked.row.pk))

    [shown] = [one for one in page.context["questions"] if one["pk"] == asked.unit.pk]
    values = [candidate["value"] for candidate in shown["candidates"]]
    assert values
    assert set(values) <= {f"alias:{unit.code}" for unit in town.units.values()}
    assert (True, "市口岸局") in shown["source"]


@pytest.mark.parametrize(
    ("typed", "decision"),
    [
        ({"do": "member"}, {"do": "new", "member": True}),
        ({"do": "new"}, {"do": "new", "member": False}),
        ({"do": "group"}, {"do": "group"}),
        ({"do": "other", "unit": "市妇联"}, {"do": "alias", "unit": "市妇联"}),
        ({"do": "alias:市妇联"}, {"do": "alias", "unit": "市妇联"}),
    ],
)
def test_unit_is_answered_on_the_page(client, town, asked, typed, decision):
    code = town.units["市妇联"].code
    data = {
        f"q{asked.unit.pk}-{field}": value.replace("alias:市妇联", f"alias:{code}") for field, value in typed.items()
    }

    response = client.post(asked.url, data, follow=True)

    asked.unit.refresh_from_db()
    assert asked.unit.decision == {key: code if value == "市妇联" else value for key, value in decision.items()}
    assert said(response) == ["已保存 1 个答复。"]


def test_clause_without_units_is_answered_on_the_page(client, asked):
    client.post(asked.url, {f"q{asked.prose.pk}-do": "nothing"})

    asked.prose.refresh_from_db()
    assert asked.prose.answer == "不是措施，没有责任单位"


def test_bad_answers_come_back_with_what_was_typed_and_nothing_is_saved(client, asked):
    data = {
        f"q{asked.unit.pk}-do": "member",
        f"q{asked.prose.pk}-do": "set",
        f"q{asked.prose.pk}-lead": "",
        f"q{asked.prose.pk}-cooperating": "市公安局",
    }

    response = client.post(asked.url, data)

    assert response.status_code == 422
    shown = {one["pk"]: one for one in response.context["questions"]}
    assert shown[asked.prose.pk]["wrong"] == "有配合单位就要有负责单位，请填写负责单位。"
    assert shown[asked.prose.pk]["typed"]["cooperating"] == "市公安局"
    assert shown[asked.unit.pk]["typed"]["do"] == "member"
    assert "市公安局" in response.content.decode()
    assert not Question.objects.exclude(answered_at=None).exists()


def test_all_that_only_wants_looking_at_is_confirmed_at_once(client, town):
    row = town.receive(document(GUARD, TEACH).replace("东府发〔2021〕5号\n", "").replace("2021年12月20日\n", ""))
    assert Question.objects.filter(plan_import=row).open().exists()

    client.post(address("import_answer", row.pk), {"action": "confirm"})

    assert not Question.objects.filter(plan_import=row).open().exists()


def test_confirming_all_answers_no_question_that_matters(client, asked):
    client.post(asked.url, {"action": "confirm"})

    asked.unit.refresh_from_db()
    assert asked.unit.answered_at is None


def test_answer_is_taken_back_on_the_page(client, asked):
    client.post(asked.url, {f"q{asked.unit.pk}-do": "group"})

    client.post(address("import_reopen", asked.row.pk, asked.unit.pk))

    asked.unit.refresh_from_db()
    assert (asked.unit.decision, asked.unit.answered_at) == (None, None)


def test_heading_is_set_right_on_the_page(client, town):
    row = town.receive(document(title="东湖市反对拐卖人口行动实施方案"))
    data = {"title": "改过的题名", "starts_year": 2021, "ends_year": 2030, "issued_on": "2021-12-20"}

    client.post(address("import_heading", row.pk), data)

    row.refresh_from_db()
    assert (row.title, row.starts_year, row.state) == ("改过的题名", 2021, ImportState.READY)


@pytest.mark.parametrize(
    "data",
    [
        {"starts_year": 2030, "ends_year": 2021},
        {"starts_year": "x"},
        {"starts_year": 9**9},
        {"issued_on": "昨天"},
        {"title": IDENTITY},
        {"title": "x" * 201},
        {"title": "有\0空"},
    ],
)
def test_wrong_heading_comes_back_and_is_not_saved(client, town, data):
    row = town.receive(document())
    before = PlanImport.objects.values().get(pk=row.pk)

    response = client.post(address("import_heading", row.pk), data)

    assert (response.status_code, bool(response.context["heading"].errors)) == (422, True)
    assert PlanImport.objects.values().get(pk=row.pk) == before


def test_plan_of_another_conference_cannot_be_chosen(client, town):
    foreign = Town().publish(document()).version
    row = town.receive(document())

    assert client.post(address("import_heading", row.pk), {"plan": foreign.plan_id}).status_code == 422


TABLE = "序号,工作任务,甲,完成时限\n1,加强口岸边境管控,市公安局,长期坚持\n2,开展宣传教育进学校,市教育局,长期坚持\n"


def test_columns_are_chosen_and_remembered_for_the_next_table(client, town):
    row = town.receive(TABLE, name="责任分解表.csv")
    layout = row.layouts[0]
    column = next(column["index"] for column in layout["columns"] if column["header"] == "甲")

    client.post(address("import_columns", row.pk), {"signature": layout["signature"], f"column-{column}": "lead"})

    row.refresh_from_db()
    assert [[party["name"] for party in clause.lead] for clause in row.clauses.all()] == [["市公安局"], ["市教育局"]]
    assert SheetLayout.objects.get().chosen_by == town.administrator
    other = town.receive(TABLE.replace("口岸边境", "车站码头"), name="另一张表.csv")
    assert [clause.lead[0]["name"] for clause in other.clauses.all()] == ["市公安局", "市教育局"]


@pytest.mark.parametrize(
    ("chosen", "status"),
    [({"甲": "ignore"}, 302), ({"甲": "task"}, 302), ({"甲": "x"}, 404), ({"signature": "x"}, 404)],
)
def test_choices_of_columns_that_make_no_plan_change_nothing(client, town, chosen, status):
    row = town.receive(TABLE, name="责任分解表.csv")
    layout = row.layouts[0]
    data = {"signature": chosen.get("signature", layout["signature"])}
    data |= {f"column-{one['index']}": chosen[one["header"]] for one in layout["columns"] if one["header"] in chosen}
    before = PlanImport.objects.values().get(pk=row.pk)

    response = client.post(address("import_columns", row.pk), data)

    assert response.status_code == status
    assert (PlanImport.objects.values().get(pk=row.pk), SheetLayout.objects.count()) == (before, 0)


# --- Looking ------------------------------------------------------------------------------------------------------


def test_preview_shows_the_document_with_its_units(client, asked):
    page = client.get(address("import_preview", asked.row.pk))

    clauses = {one["clause"]["path"]: one for one in page.context["clauses"]}
    units = [party for clause in clauses.values() for party in clause["cooperating"] if party["is_unknown"]]
    assert [party["name"] for party in units] == ["市口岸局"]
    assert "加强口岸边境管控" in page.content.decode()


def test_comparison_shows_what_changes_with_marks(client, town):
    town.publish(document(GUARD, TEACH, SETTLE))
    row = town.receive(document(GUARD, TEACH_MORE, FERRY))

    page = client.get(address("import_changes", row.pk))

    assert {one["kind"]: one["number"] for one in page.context["totals"] if one["number"]} == {
        "reworded": 1,
        "new": 1,
        "dropped": 1,
        "same": 9,
    }
    assert [change["kind"] for change in page.context["changes"]] == ["reworded", "dropped", "new"]
    same = client.get(address("import_changes", row.pk), {"kind": "same"})
    assert len(same.context["changes"]) == 9


@pytest.mark.parametrize("page", ["import_changes_xlsx"])
def test_comparison_is_a_workbook_to_hand_round(client, town, page):
    town.publish(document())
    row = town.receive(document(GUARD, TEACH_MORE, SETTLE))

    response = client.get(address(page, row.pk))

    assert (response.status_code, response.content[:2]) == (200, b"PK")
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_file_comes_back_as_it_was_and_is_never_shown(client, town):
    row = town.receive(document())

    response = client.get(address("import_file", row.pk))

    assert response.content == document().encode()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"


def test_faulty_workbook_comes_back_with_its_faults_marked(client, town):
    long = "很长的时限" * 60
    row = town.receive(f"序号,工作任务,牵头单位,完成时限\n1,加强边境管理,市公安局,{long}\n", name="分解表.csv")

    assert (row.state, len(row.faults)) == (ImportState.FAILED, 1)
    response = client.get(address("import_annotated", row.pk))
    assert (response.status_code, response.content[:2]) == (200, b"PK")


def test_link_is_corrected_on_the_page(client, town):
    town.publish(document(GUARD, TEACH, SETTLE))
    row = town.receive(document(GUARD, TEACH, FERRY))

    response = client.post(
        address("import_lineage", row.pk), {"before": "二/(一)/3", "after": "二/(一)/3"}, follow=True
    )

    assert said(response) == ["对应关系已更正。"]
    assert LineageCorrection.objects.values_list("before_path", "after_path").get() == ("二/(一)/3", "二/(一)/3")


# --- Publishing and undoing ---------------------------------------------------------------------------------------


def publish(client, row, **data):
    row.refresh_from_db()
    return client.post(address("import_publish", row.pk), {"lock_version": row.lock_version} | data, follow=True)


def test_from_the_file_to_the_undo(client, town):
    town.open()
    upload(client, town, document(GUARD, TEACH_MORE, PORT))
    row = PlanImport.objects.latest("pk")
    client.post(address("import_answer", row.pk), {f"q{questions(row)['unit_unknown'].pk}-do": "member"}, follow=True)

    page = publish(client, row)

    version = PlanVersion.objects.latest("pk")
    assert page.redirect_chain == [(address("plan_changes", version.pk), 302)]
    assert said(page)[0].startswith(f"已发布{version}")
    assert town.year.version == version
    undone = client.post(address("plan_undo", version.pk), {"reason": "传错了"}, follow=True)
    assert undone.redirect_chain == [(address("plan_import", row.pk), 302)]
    assert town.year.version.number == 1


def test_what_was_not_seen_is_not_published(client, town):
    row = town.receive(document())

    for stale in ("0", "", "x", "-1", "9" * 400):
        page = publish(client, row, lock_version=stale)
        assert "请核对后再发布" in said(page)[0]

    assert PlanVersion.objects.count() == 0


def test_open_questions_are_said_and_block(client, asked):
    page = publish(client, asked.row)

    assert said(page)
    assert PlanVersion.objects.count() == 0


def test_identical_text_is_said(client, town):
    town.publish(document())
    row = town.receive(document().replace("\n", "\r\n"))

    assert said(publish(client, row)) == ["与现行版本完全一致，没有需要发布的变化。"]


def test_withdrawn_import_is_out_of_the_way(client, town):
    row = town.receive(document())

    page = client.post(address("import_withdraw", row.pk), follow=True)

    row.refresh_from_db()
    assert (row.state, page.status_code) == (ImportState.WITHDRAWN, 200)
    assert said(client.post(address("import_withdraw", row.pk), follow=True)) == [
        "这次导入的状态已经变化，请刷新页面后再操作。"
    ]
    assert client.get(address("plan_import", row.pk)).status_code == 200


def test_published_import_leads_to_its_version(client, town):
    row = town.receive(document())
    version = town.publish(row).version

    assert client.get(address("import_changes", row.pk)).url == address("plan_changes", version.pk)
    assert client.get(address("plan_import", row.pk)).status_code == 200
    assert client.get(address("import_preview", row.pk)).status_code == 200


def test_undo_that_is_refused_says_why(client, town):
    version = town.open()

    page = client.post(address("plan_undo", version.pk), follow=True)

    assert said(page) == ["已经按这个版本开启了年度，不能撤销。"]


def test_version_is_compared_with_any_other_of_the_conference(client, town):
    first = town.publish(document()).version
    second = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version
    third = town.publish(document(GUARD, TEACH_MORE, FERRY)).version

    assert client.get(address("plan_changes", third.pk)).context["before"] == second
    assert client.get(address("plan_changes", third.pk), {"with": first.pk}).context["before"] == first
    assert client.get(address("plan_changes_xlsx", third.pk), {"with": first.pk}).status_code == 200
    assert client.get(address("plan_export", third.pk)).content[:2] == b"PK"


def test_settled_lineage_is_not_corrected_and_a_free_comparison_is(client, town):
    first = town.publish(document()).version
    town.publish(document(GUARD, TEACH_MORE, SETTLE))
    third = town.publish(document(GUARD, TEACH_MORE, FERRY)).version
    data = {"before": "二/(一)/3", "after": "二/(一)/3"}

    assert client.post(address("plan_lineage", third.pk), data).status_code == 404
    assert client.post(f"{address('plan_lineage', third.pk)}?with={first.pk}", data).status_code == 302
    assert LineageCorrection.objects.values_list("before", "after").get() == (first.pk, third.pk)


# --- Hostile ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_", ["x", "0", "-1", "１", "9" * 30, "1e3", "foreign", "draft"])
def test_versions_of_others_are_not_compared_with(town, with_):
    """A liaison reads no draft, and nobody a foreign plan."""
    version = town.publish(document()).version
    foreign = Town().publish(document(GUARD, TEACH)).version
    draft = PlanVersionFactory(conference=town.conference, plan=version.plan, number=9)
    client = Client()
    client.force_login(town.liaison("市公安局"))
    asked = {"foreign": foreign.pk, "draft": draft.pk}.get(with_, with_)

    for page in ("plan_changes", "plan_changes_xlsx"):
        assert client.get(address(page, version.pk), {"with": asked}).status_code == 404


def test_heading_takes_its_fields_and_nothing_else(client, town):
    """What an import is, whose and how far, is not for a form to say."""
    row, foreign = town.receive(document()), Town()
    version = foreign.publish(document()).version
    before = PlanImport.objects.values().get(pk=row.pk)
    heading = {
        name: before[name] or "" for name in ("title", "document_number", "issued_by", "starts_year", "ends_year")
    }
    crammed = {"state": "published", "version": version.pk, "conference": foreign.conference.pk, "sha256": "0" * 64}
    crammed |= {"uploaded_by": foreign.administrator.pk, "source_text": "x", "based_on": version.pk}

    response = client.post(address("import_heading", row.pk), heading | {"issued_on": before["issued_on"]} | crammed)

    after = PlanImport.objects.values().get(pk=row.pk)
    assert response.status_code == 302
    assert {name for name in after if after[name] != before[name]} == {"lock_version"}


@pytest.mark.parametrize("query", [{"kind": "x"}, {"kind": "same'--"}, {"kind": "一"}])
def test_kinds_that_are_none_are_404(client, town, query):
    row = town.receive(document())

    assert client.get(address("import_changes", row.pk), query).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "999999999999", "x", "", "1e9", "9" * 400])
def test_odd_pages_are_some_page(client, town, page):
    row = town.receive(document())

    for name, args in (("plan_imports", []), ("plan_import", [row.pk]), ("import_changes", [row.pk])):
        assert client.get(address(name, *args), {"page": page}).status_code == 200


def test_questions_of_another_import_are_not_answered_here(client, town, asked):
    foreign = Town()
    theirs = questions(foreign.receive(document(PORT)))["unit_unknown"]

    client.post(asked.url, {f"q{theirs.pk}-do": "group"})

    theirs.refresh_from_db()
    assert theirs.answered_at is None
    assert client.post(address("import_reopen", asked.row.pk, theirs.pk)).status_code == 404


def test_code_of_a_foreign_unit_is_no_answer(client, asked):
    foreign = Town().units["市公安局"]

    response = client.post(asked.url, {f"q{asked.unit.pk}-do": f"alias:{foreign.code}"})

    assert response.status_code == 422
    assert not DepartmentName.objects.filter(department=foreign, name="市口岸局").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("do", "x"),
        ("do", "alias:"),
        ("do", "alias:" + "x" * 5000),
        ("do", "有\0空"),
        ("do", "alias:有\0空"),
        ("do", "ok"),
        ("do", "set"),
    ],
)
def test_odd_answers_are_refused_and_change_nothing(client, asked, field, value):
    before = list(Question.objects.values())

    response = client.post(asked.url, {f"q{asked.unit.pk}-{field}": value})

    assert response.status_code == 422
    assert list(Question.objects.values()) == before


@pytest.mark.parametrize("words", ["市公安\0局", "\0", "市" * 20000, "<script>", "市公安局、" * 500])
def test_odd_units_are_no_error_page(client, asked, words):
    data = {f"q{asked.prose.pk}-do": "set", f"q{asked.prose.pk}-lead": words, f"q{asked.prose.pk}-cooperating": words}

    response = client.post(asked.url, data)

    assert response.status_code in (302, 422)
    assert client.get(address("plan_import", asked.row.pk)).status_code == 200
    assert client.get(address("import_preview", asked.row.pk)).status_code == 200


def test_identity_numbers_are_not_taken_as_units(client, asked):
    data = {f"q{asked.prose.pk}-do": "set", f"q{asked.prose.pk}-lead": f"市公安局{IDENTITY}"}

    response = client.post(asked.url, data)

    assert response.status_code == 422
    assert IDENTITY not in str(list(Question.objects.values()))


@pytest.mark.parametrize("name", ["q-do", "q0-do", f"q{'9' * 18}-do", f"q{'9' * 19}-do", "q１-do", "q1-x", "question"])
def test_names_of_no_question_are_ignored(client, asked, name):
    response = client.post(asked.url, {name: "group"})

    assert response.status_code == 302
    assert not Question.objects.exclude(answered_at=None).exists()


def test_a_thousand_fields_are_answered_and_ten_thousand_are_a_bad_request(client, asked):
    few = {f"q{number}-do": "group" for number in range(10**6, 10**6 + 900)}

    assert client.post(asked.url, few).status_code == 302
    assert client.post(asked.url, {f"x{number}": "1" for number in range(10_000)}).status_code == 400


@pytest.mark.parametrize(
    "data", [{"before": "有\0空", "after": "一"}, {"before": "一", "after": "有\0空"}, {"before": "x" * 5000}, {}]
)
def test_odd_links_are_refused(client, town, data):
    town.publish(document())
    row = town.receive(document(GUARD, TEACH, FERRY))

    assert client.post(address("import_lineage", row.pk), data).status_code == 302
    assert LineageCorrection.objects.count() == 0


def test_nul_in_the_reason_of_an_undo_is_no_error_page(client, town):
    town.publish(document())
    version = town.publish(document(GUARD, TEACH, FERRY)).version

    assert client.post(address("plan_undo", version.pk), {"reason": "有\0空"}).status_code == 302


def test_identity_number_in_the_reason_of_an_undo_is_refused(client, town):
    town.publish(document())
    version = town.publish(document(GUARD, TEACH, FERRY)).version

    client.post(address("plan_undo", version.pk), {"reason": f"见{IDENTITY}"})

    version.refresh_from_db()
    assert version.is_published


def test_words_of_a_document_come_out_as_text(client, town):
    evil = "<script>alert(1)</script>"
    row = town.receive(
        document(measure(f"加强{evil}排查。", "市公安局", "市口岸局"), title=f"东湖市{evil}实施方案（2021—2030年）"),
        name=f"{evil}.txt",
    )
    StagedQuestionFactory(plan_import=row, words=evil, message=evil)

    for name in ("plan_import", "import_preview", "import_changes"):
        assert evil not in client.get(address(name, row.pk)).content.decode()
    assert evil not in client.get(address("plan_imports")).content.decode()


# --- Who -----------------------------------------------------------------------------------------------------------


def test_staged_plan_is_nowhere_for_who_works_with_it(town):
    """The lists, the search and the trail of an office, of a liaison and of a head."""
    secret = "暗号待发布"
    row = town.receive(
        document(measure(f"{secret}条款。", "市公安局"), title=f"{secret}方案（2021—2030年）"), name=f"{secret}.txt"
    )
    town.publish(document())
    people = [town.office, town.liaison("市公安局"), PostingFactory(head=True, department=town.units["市公安局"]).user]

    for person in people:
        client = Client()
        client.force_login(person)
        for page in ("plan_list", "events", "inbox"):
            text = client.get(address(page), {"q": secret}).content.decode().replace(f'value="{secret}"', "")
            assert secret not in text, page
        assert client.get(address("plan_import", row.pk)).status_code == 404
        assert client.get(address("plan_imports")).status_code == 404


def test_reading_changes_nothing(client, town, asked):
    version = town.publish(document()).version
    before = PlanImport.objects.values().get(pk=asked.row.pk), list(Question.objects.values()), Progress.objects.count()

    for page in (
        "plan_import",
        "import_preview",
        "import_changes",
        "import_changes_xlsx",
        "import_file",
        "import_progress",
    ):
        client.get(address(page, asked.row.pk))
    client.get(address("plan_changes", version.pk))

    assert (
        PlanImport.objects.values().get(pk=asked.row.pk),
        list(Question.objects.values()),
        Progress.objects.count(),
    ) == before


def test_auditor_reads_and_changes_nothing(town, asked):
    client = Client()
    client.force_login(PostingFactory(auditor=True, conference=town.conference).user)
    before = list(Question.objects.values()), PlanImport.objects.values().get(pk=asked.row.pk)
    page = client.get(address("plan_import", asked.row.pk))

    refused = [
        client.post(asked.url, {f"q{asked.unit.pk}-do": "group"}).status_code,
        client.post(address("import_withdraw", asked.row.pk)).status_code,
        client.post(address("import_publish", asked.row.pk), {"lock_version": asked.row.lock_version}).status_code,
        client.post(address("import_heading", asked.row.pk), {"title": "x"}).status_code,
        upload(client, town, document()).status_code,
    ]

    assert (page.status_code, page.context["may_write"], set(refused)) == (200, False, {403})
    assert (list(Question.objects.values()), PlanImport.objects.values().get(pk=asked.row.pk)) == before


def test_every_year_that_went_over_is_said(client, town):
    town.open()
    row = town.receive(document(GUARD, TEACH_MORE))

    page = publish(client, row)

    assert (
        said(page)[1]
        == f"{YEAR} 年：承接 4 条（改写待再看 0 条），终止 2 条，新增 0 条；应报事项终止 0 项，新增 0 项。"
    )


def test_all_unknown_units_are_registered_at_once(town, client):
    row = town.receive(document(measure("加强口岸管控。", "市口岸局", "市边检站"), measure("加强排查。", "市侨办")))
    page = reverse("reporting:import_answer", args=[row.pk])

    client.post(page, {"action": "register", "lock_version": row.lock_version})

    answers = set(Question.objects.filter(plan_import=row, code="unit_unknown").values_list("answer", flat=True))
    assert answers == {"登记为新单位（成员单位）"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_impossible_date_of_issue_is_said(town, client, day):
    row = town.receive(document())
    form = {"title": "方案", "issued_on": day, "lock_version": row.lock_version}

    page = client.post(reverse("reporting:import_heading", args=[row.pk]), form)

    assert page.status_code == 422
    assert "年份应在 1949 至 2100 之间。" in page.content.decode()
