"""The pages of an import of which two people work at once, and what can be taken back there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from departments.models import Event
from measures.models import LineageCorrection, PlanVersion, Question
from measures.sources import read_source
from reporting.models import Notice
from reporting.services.publication import publish_plan
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, Town, document, measure
from tests.factories import PostingFactory, StagedQuestionFactory

pytestmark = pytest.mark.django_db

PORT = measure("加强口岸边境管控，严防跨境拐卖。", "市公安局", "市口岸局")


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def town(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return Town()


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(town):
    return browser(town.administrator)


def address(name, *args):
    return reverse(f"reporting:{name}", args=args)


def said(response):
    return [str(message) for message in response.context["messages"]]


def seen(client, row):
    """The number that the page's forms carry."""
    return client.get(address("plan_import", row.pk)).context["row"].lock_version


# --- Publishing ----------------------------------------------------------------------------------------------------


def test_after_looking_again_the_import_is_published(client, town):
    town.publish(document())
    mine = town.receive(document(GUARD, TEACH_MORE, SETTLE))
    second = town.publish(document(GUARD, TEACH, FERRY)).version

    refused = client.post(address("import_publish", mine.pk), {"lock_version": seen(client, mine)}, follow=True)
    assert said(refused) == ["在此期间已经发布了另一个版本，请重新查看对照后再发布。"]
    assert refused.context["row"].based_on == second
    again = client.post(address("import_publish", mine.pk), {"lock_version": refused.context["row"].lock_version})

    version = PlanVersion.objects.latest("pk")
    assert (again.url, version.follows) == (address("plan_changes", version.pk), second)


def test_notice_is_chinese_whatever_its_sender_reads(town):
    town.liaison("市公安局")
    town.open()
    two = measure("加强甲。", "市公安局") + "\n" + measure("另一段加强渡口船票实名登记管理。", "市公安局")
    row = town.receive(document(two, TEACH, SETTLE))

    with translation.override("en"):
        publish_plan(row, by=town.administrator)

    bodies = Notice.objects.values_list("body", flat=True)
    assert bodies
    assert [body for body in bodies if "para" in body.lower()] == []


# --- Two forms at once ---------------------------------------------------------------------------------------------


def test_stale_answer_is_not_saved_and_stays_beside_the_other(client, town):
    row = town.receive(document(PORT))
    question, lock_version = Question.objects.get(plan_import=row), seen(client, row)
    field = f"q{question.pk}-do"
    other = browser(PostingFactory(administrator=True, conference=town.conference).user)
    other.post(address("import_answer", row.pk), {field: "new", "lock_version": lock_version})

    response = client.post(address("import_answer", row.pk), {field: "group", "lock_version": lock_version})

    question.refresh_from_db()
    shown = response.context["questions"][0]
    assert (response.status_code, question.answer, shown["typed"]["do"]) == (409, "登记为新单位", "group")
    assert said(response) == ["在您填写期间，这次导入已有变化，您填写的内容没有保存；请对照后再保存一次。"]
    assert shown["wrong"].endswith("已答复「登记为新单位」；再保存一次，将改为您的答复。")
    assert shown["candidates"]
    client.post(
        address("import_answer", row.pk), {field: "group", "lock_version": response.context["row"].lock_version}
    )
    question.refresh_from_db()
    assert question.answer == "是集合名称，不是单位"


def test_stale_heading_is_not_saved_and_stays_in_the_form(client, town):
    row = town.receive(document())
    url, lock_version = address("import_heading", row.pk), seen(client, row)
    form = {
        "title": row.title,
        "document_number": row.document_number,
        "issued_by": row.issued_by,
        "issued_on": row.issued_on.isoformat(),
        "starts_year": 2021,
        "ends_year": 2030,
        "lock_version": lock_version,
    }
    client.post(url, form | {"document_number": "甲〔2021〕1号"})

    response = client.post(url, form | {"title": "乙改的题名"})

    row.refresh_from_db()
    assert (response.status_code, row.document_number, row.title) == (409, "甲〔2021〕1号", form["title"])
    assert response.context["heading"]["title"].value() == "乙改的题名"
    assert "您填写的内容没有保存" in response.content.decode()
    client.post(url, form | {"title": "乙改的题名", "lock_version": response.context["row"].lock_version})
    row.refresh_from_db()
    assert row.title == "乙改的题名"


@pytest.mark.parametrize("lock_version", ["", "x", "-1", "１", "9" * 400])
def test_odd_numbers_are_stale(client, town, lock_version):
    row = town.receive(document(PORT))
    data = {f"q{Question.objects.get(plan_import=row).pk}-do": "new", "lock_version": lock_version}

    assert client.post(address("import_answer", row.pk), data).status_code == 409


# --- Titles, answers, preview --------------------------------------------------------------------------------------


def test_title_that_is_not_the_plans_is_said_at_its_field(client, town):
    town.publish(document())
    row = town.receive(document(GUARD, TEACH_MORE, SETTLE, title="东湖市反拐行动方案（2021—2030年）"))

    heading = client.get(address("plan_import", row.pk)).context["heading"]

    assert heading.fields["title"].help_text == (
        "归入的计划题名是《东湖市反对拐卖人口行动实施方案（2021—2030年）》，对照和发布都以它为准。"
    )


def test_every_answer_can_be_reached(client, town):
    row = town.receive(document())
    for number in range(120):
        StagedQuestionFactory(plan_import=row, message=f"问题{number}", key=f"{number}", answered_at=timezone.now())

    pages = [client.get(address("plan_import", row.pk), {"answered": page}) for page in (1, 2, 3)]

    assert [len(page.context["answered"]) for page in pages] == [50, 50, 20]
    assert len({one["pk"] for page in pages for one in page.context["answered"]}) == 120
    assert "?answered=2#answered" in pages[0].content.decode()


def test_preview_numbers_its_clauses_through(client, town, monkeypatch):
    monkeypatch.setattr("reporting.views.imports.PREVIEWED", 4)
    row = town.receive(document())

    shown = client.get(address("import_preview", row.pk), {"page": 2}).context["clauses"]

    assert [one["clause"]["anchor"] for one in shown] == ["c5", "c6", "c7", "c8"]


# --- Links ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def dropped(town):
    """An import without the third of three measures."""
    town.publish(document(GUARD, TEACH, SETTLE))
    return town.receive(document(GUARD, TEACH))


def corrections():
    return list(LineageCorrection.objects.values_list("before_path", "after_path"))


def test_link_is_taken_back_on_the_page(client, dropped):
    url = address("import_lineage", dropped.pk)
    link = {"before": "二/(一)/3", "after": "二/(一)/2"}
    page = client.post(url, link, follow=True)
    assert 'name="action" value="forget"' in page.content.decode()

    page = client.post(url, link | {"action": "forget"}, follow=True)

    assert (said(page), corrections()) == (["已恢复自动对应。"], [])
    assert 'name="action" value="forget"' not in page.content.decode()
    assert Event.objects.of(dropped).latest("pk").detail == {"lineage_forgotten": ["二/(一)/3", "二/(一)/2"]}


def test_second_source_is_added_on_the_page(client, dropped):
    link = {"before": "二/(一)/3", "after": "二/(一)/2", "keep": "1"}

    client.post(address("import_lineage", dropped.pk), link)

    dropped.refresh_from_db()
    assert corrections() == [("二/(一)/2", "二/(一)/2"), ("二/(一)/3", "二/(一)/2")]
    assert (dropped.changes["merged"], dropped.changes["dropped"]) == (2, 0)


def test_link_that_nobody_made_is_not_taken_back(client, dropped):
    link = {"before": "二/(一)/1", "after": "二/(一)/1", "action": "forget"}

    page = client.post(address("import_lineage", dropped.pk), link, follow=True)

    assert said(page) == ["这两个条款的对应没有人工更正过，请刷新页面后再操作。"]


# --- Undo, export --------------------------------------------------------------------------------------------------


def test_undo_leads_to_the_import_that_was_published(client, town):
    """Also where an earlier import of the same file was withdrawn."""
    town.publish(document())
    text = document(GUARD, TEACH_MORE, SETTLE)
    client.post(address("import_withdraw", town.receive(text).pk))
    row = town.receive(text)
    version = town.publish(row).version

    response = client.post(address("plan_undo", version.pk), {"reason": "传错了"})

    assert response.url == address("plan_import", row.pk)


def test_export_offers_no_units_that_its_reader_may_not_see(town):
    version = town.publish(document()).version
    lower = Town()
    type(lower.conference).objects.filter(pk=lower.conference.pk).update(upper=town.conference)
    reader = PostingFactory(administrator=True, conference=lower.conference).user

    def units(user):
        response = browser(user).get(address("plan_export", version.pk))
        if response.status_code == 404:
            return set()
        source = read_source(response.content, name="计划.xlsx")
        cells = {cell for sheet in source.sheets[1:] for row in sheet.rows for cell in row}
        return cells & set(town.units)

    from departments.models import Department  # what the reader may see decides

    visible = set(
        Department.objects.visible_to(reader).filter(conference=town.conference).values_list("name", flat=True)
    )
    assert units(reader) <= visible
    assert units(town.administrator) == set(town.units)
