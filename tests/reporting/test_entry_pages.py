"""The unit's pages of its entries: a second click, a deadline that passes, what Word pastes; nothing typed is lost."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState, SignatureRule, YearState
from reporting.models import Figure, Progress
from reporting.services.entries import accept_entry, save_entry
from tests.factories import (
    ClauseFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UnitSettingFactory,
    UserFactory,
    YearFactory,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

FIGURES = {
    "figures-TOTAL_FORMS": 1,
    "figures-INITIAL_FORMS": 0,
    "figures-0-name": "宣传场次",
    "figures-0-value": "约120",
    "figures-0-unit": "场",
}


@pytest.fixture(autouse=True)
def now(clock):
    clock("2026-12-15 23:50")
    return clock


@pytest.fixture
def unit():
    return DepartmentFactory()


@pytest.fixture
def liaison(unit):
    return PostingFactory(department=unit).user


@pytest.fixture
def desk(client, liaison):
    client.force_login(liaison)
    return client


@pytest.fixture
def entry(unit):
    clause = ClauseFactory(version__conference=unit.conference)
    return ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit), year=2026)


@pytest.fixture
def duty(unit):
    obligation = ObligationFactory(clause__version__conference=unit.conference, kind="implementation_plan")
    return DutyFactory(obligation=obligation, department=unit, year=2026, due_on=date(2026, 12, 15))


def report_due(unit, day):
    """The annual report by which the unit's measures are in."""
    obligation = ObligationFactory(clause__version__conference=unit.conference)
    return DutyFactory(obligation=obligation, department=unit, year=2026, due_on=day)


def page_of(entry):
    return reverse(f"reporting:{entry._meta.model_name}", args=[entry.pk])


def typed(entry, action="submit", **more):
    texts = (
        {"status": "done", "work_done": "培训三期"} if isinstance(entry, Progress) else {"statement": "实施方案已印发"}
    )
    return {"lock_version": entry.lock_version, "action": action, **texts, **more}


@pytest.fixture(params=["entry", "duty"])
def either(request):
    return request.getfixturevalue(request.param)


# --- Two clicks ---------------------------------------------------------------------------------------------------


def test_a_double_click_on_submit_is_answered_twice_and_done_once(desk, either):
    more = FIGURES if isinstance(either, Progress) else {}
    first = desk.post(page_of(either), typed(either, **more), follow=True)

    second = desk.post(page_of(either), typed(either, **more), follow=True)

    assert [response.redirect_chain for response in (first, second)] == [[(page_of(either), 302)]] * 2
    assert all("已提交，等待审核。" in response.text for response in (first, second))
    assert [event.action for event in Event.objects.of(either).order_by("pk")] == [Action.START, Action.SUBMIT]


def test_a_double_click_on_what_goes_to_the_head_asks_once(desk, unit, either):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    PostingFactory(department=unit, head=True)
    desk.post(page_of(either), typed(either))

    second = desk.post(page_of(either), typed(either), follow=True)

    assert "已送负责人签批" in second.text
    assert Event.objects.of(either).filter(action=Action.ASK_SIGNATURE).count() == 1


def test_a_second_click_is_answered_though_the_office_was_quick(desk, entry):
    desk.post(page_of(entry), typed(entry))
    accept_entry(Progress.objects.get(pk=entry.pk), by=UserFactory())

    second = desk.post(page_of(entry), typed(entry), follow=True)

    assert second.status_code == 200
    assert "已提交" in second.text


def test_other_words_after_submitting_are_kept_and_told_apart(desk, either):
    desk.post(page_of(either), typed(either))
    name = "work_done" if isinstance(either, Progress) else "statement"

    second = desk.post(page_of(either), typed(either, **{name: "后来想到的话"}))

    assert second.status_code == 409
    assert "后来想到的话" in second.text
    assert "您刚才写的文字没有保存" in second.text


def test_other_numbers_after_submitting_are_no_second_click(desk, entry):
    desk.post(page_of(entry), typed(entry, **FIGURES))

    second = desk.post(page_of(entry), typed(entry, **(FIGURES | {"figures-0-value": "200"})))

    assert second.status_code == 409


def test_a_double_click_on_save_is_no_conflict_with_oneself(desk, either):
    first = desk.post(page_of(either), typed(either, "save"), follow=True)

    second = desk.post(page_of(either), typed(either, "save"), follow=True)

    assert all("已保存。" in response.text for response in (first, second))
    assert Event.objects.of(either).count() == 1


def test_submitting_what_was_saved_a_moment_ago_submits_it(desk, entry):
    """The page's own version is old, the words are the person's own."""
    desk.post(page_of(entry), typed(entry, "save"))

    desk.post(page_of(entry), typed(entry, "submit"))

    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED


def test_a_colleagues_words_are_a_conflict_although_they_are_the_same(desk, entry):
    colleague = PostingFactory(department=entry.department).user
    save_entry(entry, by=colleague, lock_version=0, values={"status": "done", "work_done": "培训三期"}, figures=None)

    response = desk.post(page_of(entry), {**typed(entry), "lock_version": 0})

    assert response.status_code == 409
    entry.refresh_from_db()
    assert entry.state == EntryState.DRAFT


def test_a_closed_year_is_no_second_click(desk, unit, entry):
    desk.post(page_of(entry), typed(entry))
    YearFactory(conference=unit.conference, year=2026, state="closed")

    response = desk.post(page_of(entry), typed(entry))

    assert response.status_code == 409
    assert "2026年度已经关闭归档" in response.text


# --- The deadline -------------------------------------------------------------------------------------------------


def test_a_deadline_that_passes_while_the_form_is_open_is_told_and_the_filing_is_taken(desk, duty, now):
    desk.get(page_of(duty))
    now("2026-12-16 00:10")

    response = desk.post(page_of(duty), typed(duty), follow=True)

    duty.refresh_from_db()
    assert duty.state == EntryState.SUBMITTED
    assert "已提交，等待审核。时限为2026-12-15，本次按逾期1天报送登记。" in response.text


def test_the_last_minute_of_the_last_day_is_in_time(desk, duty):
    response = desk.post(page_of(duty), typed(duty), follow=True)

    assert "逾期" not in response.text


def test_an_entry_is_late_by_the_deadline_of_its_units_report(desk, unit, entry, now):
    report_due(unit, date(2026, 12, 10))

    response = desk.post(page_of(entry), typed(entry), follow=True)

    assert "本次按逾期5天报送登记" in response.text
    assert "逾期5天报送" in desk.get(page_of(entry)).text
    work = desk.get(reverse("reporting:work_year", args=[2026])).text
    assert "逾期5天报送" in work


def test_an_extended_deadline_is_the_one_that_counts(desk, liaison, duty, now):
    type(duty).objects.filter(pk=duty.pk).update(due_on=date(2026, 12, 31))
    now("2026-12-20 09:00")
    desk.force_login(liaison)

    response = desk.post(page_of(duty), typed(duty), follow=True)

    assert "逾期" not in response.text


def test_the_form_says_that_it_is_late_before_it_is_sent(desk, liaison, duty, now):
    now("2026-12-18 09:00")
    desk.force_login(liaison)

    assert "时限已过，现在报送将按逾期3天登记。" in desk.get(page_of(duty)).text


# --- What is pasted -----------------------------------------------------------------------------------------------


def test_what_word_pastes_is_kept_as_people_see_it(desk, entry):
    pasted = "第一段\x0b第二行\u2028第三行\ufeff\x07。👍\n场次\t人次\r\n12\t3000"

    desk.post(page_of(entry), typed(entry, "save", work_done=pasted, **FIGURES))

    entry.refresh_from_db()
    assert entry.work_done == "第一段\n第二行\n第三行。👍\n场次\t人次\n12\t3000"
    assert Figure.objects.values_list("value", "as_written").get() == (120, "约120")


@pytest.mark.parametrize("action", ["save", "submit"])
def test_fifty_thousand_characters_are_refused_with_the_text_in_the_page(desk, entry, action):
    text, before = "汉" * 50_000, rows()

    response = desk.post(page_of(entry), typed(entry, action, work_done=text))

    assert response.status_code == 422
    assert "最多20000字，现在有50000字" in response.text
    assert text in response.text
    assert rows() == before


def test_autosave_says_so_too(desk, entry):
    response = desk.post(reverse("reporting:progress_autosave", args=[entry.pk]), typed(entry, work_done="汉" * 50_000))

    assert (response.status_code, response.text[:9]) == (422, "最多20000字，")


def test_autosave_whose_answer_was_lost_may_be_sent_again(desk, entry):
    address = reverse("reporting:progress_autosave", args=[entry.pk])
    desk.post(address, typed(entry))

    again = desk.post(address, typed(entry))

    assert (again.status_code, again["X-Lock-Version"]) == (204, "2")


def test_autosave_of_a_locked_entry_is_refused_in_a_sentence(desk, entry):
    desk.post(page_of(entry), typed(entry))

    response = desk.post(reverse("reporting:progress_autosave", args=[entry.pk]), typed(entry, work_done="又写"))

    assert response.status_code == 409
    assert "请先撤回" in response.text


# --- Locked meanwhile, and wrong besides ------------------------------------------------------------------------------

IDENTITY = "11010519491231002X"


def kept_in(response):
    return {str(field["label"]): field["text"] for field in response.context["kept"]}


@pytest.fixture(params=["handed in", "closed year"])
def lock(request, unit):
    """Makes an entry one that cannot be written any more."""

    def locking(entry):
        if request.param == "handed in":
            type(entry).objects.filter(pk=entry.pk).update(state=EntryState.SUBMITTED)
        else:
            YearFactory(conference=unit.conference, year=2026, state=YearState.CLOSED)

    return locking


@pytest.mark.parametrize("action", ["save", "submit"])
def test_what_is_wrong_and_comes_too_late_is_given_back(desk, either, lock, action):
    name = "work_done" if isinstance(either, Progress) else "statement"
    data = typed(either, action, **{name: f"联系{IDENTITY}"})
    lock(either)

    response = desk.post(page_of(either), data)

    assert response.status_code == 409
    assert response.context["form"] is None
    assert response.context["locked"]
    assert f"联系{IDENTITY}" in kept_in(response).values()
    assert "您刚才写的文字没有保存" in response.text


def test_an_empty_field_that_comes_too_late_gives_the_others_back(desk, entry, lock):
    data = typed(entry, work_done="", problems="缺人。", lock_version="")
    lock(entry)

    response = desk.post(page_of(entry), data)

    assert response.status_code == 409
    assert kept_in(response) == {"进展状态": "本年度已完成", "存在问题": "缺人。"}


@pytest.mark.parametrize("text", ["培训三期", f"联系{IDENTITY}"])
def test_numbers_are_given_back_with_the_texts_and_the_state_in_words(desk, entry, lock, text):
    data = typed(entry, "save", status="continuing", work_done=text, **FIGURES)
    lock(entry)

    response = desk.post(page_of(entry), data)

    assert response.status_code == 409
    assert kept_in(response) == {"进展状态": "长期坚持", "工作开展情况": text, "数据": "宣传场次 约120 场"}
    assert "continuing" not in response.text


@pytest.mark.parametrize("is_file", [True, False])
def test_a_file_that_comes_too_late_is_refused_in_a_sentence(desk, either, lock, files, is_file):
    lock(either)
    data = {"file": SimpleUploadedFile("总结.pdf", b"%PDF-1.7\n%%EOF")} if is_file else {}

    response = desk.post(reverse(f"reporting:{either._meta.model_name}_attach", args=[either.pk]), data)

    assert response.status_code == 409
    assert "附件没有上传。" in response.text
    assert files() == []
