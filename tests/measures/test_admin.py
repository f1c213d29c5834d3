"""The administration of plans: drafts are set right, published versions are read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from departments.models import Conference, Event, User
from measures.enums import ImportState
from measures.models import Clause, Obligation, Plan, PlanImport, PlanVersion, Question, Responsibility
from tests.admin_pages import costs_of_list, logged_in, page
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    ObligationFactory,
    PlanVersionFactory,
    PostingFactory,
    QuestionFactory,
    ResponsibilityFactory,
    YearFactory,
    published,
)

pytestmark = pytest.mark.django_db

OF_VERSIONS = [Clause, Responsibility, Obligation, Question, PlanVersion, Plan]


@pytest.fixture
def city() -> Conference:
    return ConferenceFactory()


@pytest.fixture
def auditor(city: Conference) -> User:
    return PostingFactory(auditor=True, conference=city).user


@pytest.fixture
def browser(city: Conference) -> Client:
    """The administrator of the city, at work."""
    return logged_in(PostingFactory(administrator=True, conference=city).user)


@pytest.fixture
def draft(city: Conference) -> PlanVersion:
    return PlanVersionFactory(conference=city, source_text="一、原文如此")


def rows_of(version: PlanVersion) -> dict[type, Any]:
    """One row of every kind in ``version``."""
    clause = ClauseFactory(version=version)
    return {
        Clause: clause,
        Responsibility: ResponsibilityFactory(clause=clause),
        Obligation: ObligationFactory(clause=clause),
        Question: QuestionFactory(version=version),
        PlanVersion: version,
        Plan: version.plan,
    }


def responsibility_data(row: Responsibility, **fields: Any) -> dict[str, Any]:
    return {
        "role": row.role,
        "position": row.position,
        "name": row.name,
        "department": row.department_id or "",
        "group": "",
        **fields,
    }


# --- Whose rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OF_VERSIONS)
def test_rows_of_another_conference_do_not_exist(model, browser):
    row = rows_of(PlanVersionFactory())[model]

    assert browser.get(page(row)).status_code == 404
    assert str(row) not in browser.get(page(model, "changelist")).text


@pytest.mark.parametrize("is_published", [False, True])
@pytest.mark.parametrize("model", OF_VERSIONS)
def test_auditor_reads_and_writes_nothing(model, is_published, auditor, draft):
    row = rows_of(draft)[model]
    if is_published:
        published(draft)
    client = logged_in(auditor)

    assert client.get(page(row)).status_code == 200
    assert client.post(page(row), {"title": "改", "answer": "改", "note": "改"}).status_code == 403
    assert client.post(page(row, "delete"), {"post": "yes"}).status_code == 403


def test_texts_are_not_typed(browser, draft):
    assert [browser.get(page(model, "add")).status_code for model in OF_VERSIONS] == [403] * len(OF_VERSIONS)


# --- Published ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Clause, Responsibility, Obligation, Question, PlanVersion, Plan])
def test_published_is_read_only(model, browser, draft):
    row = rows_of(draft)[model]
    published(draft)
    before = type(row).objects.filter(pk=row.pk).values().get()

    assert browser.get(page(row)).status_code == 200
    typed = {"title": "改", "name": "改", "note": "改", "answer": "改"}
    assert browser.post(page(row), typed).status_code == 403
    if model is not Plan:
        assert browser.post(page(row, "delete"), {"post": "yes"}).status_code == 403
    browser.post(page(row, "delete"), {"post": "yes"})
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert not Event.objects.filter(action="administer").exists()


def test_published_between_opening_and_saving_is_a_sentence(browser, draft, monkeypatch):
    """Somebody publishes while the form is open and permission has already been looked at."""
    row = rows_of(draft)[Responsibility]
    from measures.admin import clauses as admin  # the page under test

    def publish_first(self: Any, request: Any, obj: Any, form: Any, change: bool) -> None:
        published(draft)
        obj.version.refresh_from_db()
        obj.save()

    monkeypatch.setattr(admin.ResponsibilityAdmin, "save_model", publish_first)

    response = browser.post(page(row), responsibility_data(row, name="改名"), follow=True)

    assert response.status_code == 200
    assert Responsibility.objects.get(pk=row.pk).name != "改名"


# --- Drafts -------------------------------------------------------------------------------------------------------


def test_name_is_resolved_in_a_draft(browser, city, draft):
    row = ResponsibilityFactory(clause__version=draft, unresolved=True, as_written="市某局")
    unit = DepartmentFactory(conference=city)

    browser.post(page(row), responsibility_data(row, department=unit.pk, as_written="改写原文", version=0))

    row.refresh_from_db()
    assert (row.department, row.as_written) == (unit, "市某局")
    assert Event.objects.of(row).get().detail["fields"] == {"department": [None, unit.name]}


def test_name_is_not_resolved_to_a_unit_elsewhere(browser, draft):
    row = ResponsibilityFactory(clause__version=draft, unresolved=True)

    response = browser.post(page(row), responsibility_data(row, department=DepartmentFactory().pk))

    assert response.status_code == 200
    row.refresh_from_db()
    assert row.department is None


def test_missed_responsibility_is_added_on_its_clause(browser, city, draft):
    clause = ClauseFactory(version=draft)
    unit = DepartmentFactory(conference=city)
    data = {
        "responsibilities-TOTAL_FORMS": 1,
        "responsibilities-INITIAL_FORMS": 0,
        "responsibilities-0-role": "lead",
        "responsibilities-0-position": 1,
        "responsibilities-0-as_written": "市教委",
        "responsibilities-0-name": "市教育委员会",
        "responsibilities-0-department": unit.pk,
        "obligations-TOTAL_FORMS": 0,
        "obligations-INITIAL_FORMS": 0,
        "text": "改写正文",
    }

    browser.post(page(clause), data)

    row = clause.responsibilities.get()
    assert (row.version, row.conference, row.department) == (draft, city, unit)
    text = clause.text
    clause.refresh_from_db()
    assert clause.text == text


def test_words_of_the_document_stay_on_its_clause_too(browser, draft):
    row = ResponsibilityFactory(clause__version=draft, as_written="市教委")
    data = {
        "responsibilities-TOTAL_FORMS": 1,
        "responsibilities-INITIAL_FORMS": 1,
        "responsibilities-0-id": row.pk,
        "responsibilities-0-clause": row.clause.pk,
        **{f"responsibilities-0-{name}": value for name, value in responsibility_data(row, name="改名").items()},
        "responsibilities-0-as_written": "改写原文",
        "responsibilities-0-department": "",
        "responsibilities-0-group": "各成员单位",
        "obligations-TOTAL_FORMS": 0,
        "obligations-INITIAL_FORMS": 0,
    }

    browser.post(page(row.clause), data)

    row.refresh_from_db()
    assert (row.name, row.group, row.as_written) == ("改名", "各成员单位", "市教委")


def test_deadline_is_set_right_in_a_draft(browser, draft):
    row = ObligationFactory(clause__version=draft, month=None, day=None)
    data = {"title": row.title, "kind": row.kind, "obliged": row.obliged, "recurrence": row.recurrence}

    browser.post(page(row), {**data, "month": 12, "day": 15, "includes_day": "on", "text": "改写原文"})

    row.refresh_from_db()
    assert (row.month, row.day, row.text) == (12, 15, "各成员单位每年12月15日前报告工作情况。")


def test_draft_is_discarded_whole(browser, draft):
    rows = rows_of(draft)
    ClauseFactory(version=draft, parent=ClauseFactory(version=draft, parent=rows[Clause], depth=2), depth=3)

    browser.post(page(draft, "delete"), {"post": "yes"})

    assert not PlanVersion.objects.filter(pk=draft.pk).exists()
    assert not Clause.objects.filter(version=draft.pk).exists()


def test_draft_that_a_year_answers_to_is_kept_and_says_why(browser, city, draft):
    YearFactory(conference=city, version=draft)

    response = browser.post(page(draft, "delete"), {"post": "yes"})

    assert "年度 1 条" in response.text
    assert PlanVersion.objects.filter(pk=draft.pk).exists()


def test_state_and_text_cannot_be_posted(browser, draft):
    browser.post(page(draft), {"note": "说明", "state": "published", "source_text": "改写", "number": 99})

    number = draft.number
    draft.refresh_from_db()
    assert (draft.note, draft.state, draft.source_text, draft.number) == ("说明", "draft", "一、原文如此", number)


# --- Questions ----------------------------------------------------------------------------------------------------


def test_answer_carries_who_and_when_and_may_be_taken_back(browser, draft):
    question = QuestionFactory(version=draft)

    browser.post(page(question), {"answer": "是市教委。", "is_blocking": "on", "message": "改写问题"})

    question.refresh_from_db()
    assert question.answered_by is not None
    assert question.answered_at is not None
    assert (question.is_blocking, question.message) != (True, "改写问题")
    assert Event.objects.of(question).get().detail["fields"] == {"answer": ["", "是市教委。"]}

    browser.post(page(question), {"answer": ""})

    question.refresh_from_db()
    assert (question.answered_by, question.answered_at) == (None, None)


def test_question_of_an_import_is_answered_there_and_not_here(browser, city):
    row = PlanImport.objects.create(conference=city, state=ImportState.QUESTIONS, size=1, sha256="0" * 64)
    question = QuestionFactory(conference=city, version=None, plan_import=row, is_blocking=True)

    assert browser.get(page(question)).status_code == 200
    assert browser.post(page(question), {"answer": "好"}).status_code == 403
    question.refresh_from_db()
    assert (question.answer, question.answered_at) == ("", None)


# --- Lists --------------------------------------------------------------------------------------------------------


def test_version_says_its_numbers(browser, draft):
    clause = ClauseFactory(version=draft)
    ResponsibilityFactory(clause=clause)
    ResponsibilityFactory(clause=clause, cooperating=True)
    ResponsibilityFactory(clause=clause, cooperating=True)
    ObligationFactory(clause=ClauseFactory(version=draft))
    QuestionFactory(version=draft)

    response = browser.get(page(draft))

    assert "条款 2 · 措施 1 · 负责 1 · 配合 2 · 时限义务 1 · 待确认问题 1" in response.text


def test_clauses_are_found_by_text_and_by_unit(browser, city, draft):
    found = ClauseFactory(version=draft, text="加强学校安全教育。")
    other = ClauseFactory(version=draft, text="救助安置。")
    ResponsibilityFactory(clause=other, department=DepartmentFactory(conference=city, name="市民政局"))

    def search(text: str) -> list[Clause]:
        return list(browser.get(page(Clause, "changelist"), {"q": text}).context["cl"].result_list)

    assert search("学校安全") == [found]
    assert search("smzj") == [other]
    assert search("没有这样的词") == []


@pytest.mark.parametrize("model", OF_VERSIONS)
def test_lists_cost_the_same_for_one_row_and_for_thirty(model, browser, city):
    def fill() -> None:
        version = PlanVersionFactory(conference=city)
        clause = ClauseFactory(version=version)
        ResponsibilityFactory(clause=clause)
        ResponsibilityFactory(clause=clause, cooperating=True)
        ObligationFactory(clause=clause)
        QuestionFactory(version=version)
        published(version)

    costs = costs_of_list(browser, model, fill)

    assert len(set(costs.values())) == 1, costs
    assert costs[30] <= 15
