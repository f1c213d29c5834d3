"""The office's page: what it decides on is what it was looking at."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import FigureSheet, Notice, Progress
from reporting.permissions import can_review
from reporting.services.entries import accept_entry, submit_entry, withdraw_entry
from tests.factories import DutyFactory, ObligationFactory, PostingFactory, ProgressFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted():
    liaison = PostingFactory().user
    return ProgressFactory(department=liaison.postings.get().department, submitted=True, submitted_by=liaison)


@pytest.fixture
def office(client, submitted):
    client.force_login(PostingFactory(office_staff=True, conference=submitted.conference).user)
    return client


@pytest.mark.parametrize("action", ["accept", "return"])
def test_a_text_submitted_anew_meanwhile_is_not_decided_on_unseen(office, submitted, action):
    seen = submitted.lock_version
    withdraw_entry(submitted, by=submitted.submitted_by)
    submit_entry(submitted, by=PostingFactory(department=submitted.department).user)

    response = office.post(
        reverse("reporting:progress_review", args=[submitted.pk]),
        {"action": action, "reason": "缺数据", "lock_version": seen},
        follow=True,
    )

    submitted.refresh_from_db()
    assert submitted.state == EntryState.SUBMITTED
    assert "这一条有了变化" in response.text


def test_what_was_seen_is_decided_on(office, submitted):
    page = office.get(reverse("reporting:progress_review", args=[submitted.pk]))

    assert page.context["form"].initial == {"lock_version": submitted.lock_version}
    office.post(page.request["PATH_INFO"], {"action": "accept", "lock_version": submitted.lock_version})

    submitted.refresh_from_db()
    assert submitted.state == EntryState.ACCEPTED


def review(entry):
    return reverse("reporting:progress_review", args=[entry.pk])


def colleague_of(entry):
    return PostingFactory(office_staff=True, conference=entry.conference, user__name="钱七").user


@pytest.mark.parametrize("second", ["accept", "return"])
def test_of_two_reviewers_the_second_hears_who_was_first(office, client, submitted, second):
    seen = submitted.lock_version
    accept_entry(Progress.objects.get(pk=submitted.pk), by=colleague_of(submitted))

    response = office.post(review(submitted), {"action": second, "reason": "缺数据", "lock_version": seen}, follow=True)

    submitted.refresh_from_db()
    assert submitted.state == EntryState.ACCEPTED
    assert "钱七已于" in response.text
    assert "现在是“审核通过”；您的操作没有执行。" in response.text


@pytest.mark.parametrize("action", ["accept", "return"])
def test_the_second_click_of_one_reviewer_is_answered_as_the_first(office, submitted, action):
    sent = {"action": action, "reason": "缺数据", "lock_version": submitted.lock_version}
    first = office.post(review(submitted), sent, follow=True)

    second = office.post(review(submitted), sent, follow=True)

    assert Event.objects.of(submitted).count() == 1
    for response in (first, second):
        assert ("已审核通过：" if action == "accept" else "已退回：") in response.text


def test_reopening_what_was_accepted_needs_a_reason_and_tells_the_unit(office, submitted):
    accept_entry(submitted, by=colleague_of(submitted))

    refused = office.post(review(submitted), {"action": "reopen", "reason": ""})
    office.post(review(submitted), {"action": "reopen", "reason": "数据要改"})

    submitted.refresh_from_db()
    assert refused.status_code == 422
    assert "请写明理由。" in refused.text
    assert (submitted.state, submitted.return_reason) == (EntryState.DRAFT, "")
    assert Notice.objects.get().body == "反拐办重新打开，请修改后再提交。理由：数据要改"


def test_only_what_is_accepted_is_reopened(office, submitted):
    response = office.post(review(submitted), {"action": "reopen", "reason": "数据要改"}, follow=True)

    submitted.refresh_from_db()
    assert submitted.state == EntryState.SUBMITTED
    assert "状态已经变化" in response.text


def test_who_wrote_it_does_not_reopen_it(client, submitted):
    accept_entry(submitted, by=colleague_of(submitted))
    PostingFactory(user=submitted.submitted_by, office_staff=True, conference=submitted.conference)
    client.force_login(submitted.submitted_by)

    assert client.post(review(submitted), {"action": "reopen", "reason": "改"}).status_code == 403
    assert "确认重新打开" not in client.get(review(submitted)).text


def test_a_late_entry_says_so_to_the_office(office, submitted):
    DutyFactory(
        obligation=ObligationFactory(clause__version__conference=submitted.conference),
        department=submitted.department,
        due_on=timezone.localdate() - timedelta(days=3),
    )
    type(submitted).objects.filter(pk=submitted.pk).update(first_submitted_at=timezone.now())

    assert "逾期3天报送" in office.get(review(submitted)).text


def test_what_nobody_has_seen_is_not_returned(office, submitted):
    response = office.post(review(submitted), {"action": "return", "reason": "缺数据"}, follow=True)

    submitted.refresh_from_db()
    assert submitted.state == EntryState.SUBMITTED
    assert "这一条有了变化" in response.text
    assert "您填写的内容没有保存：缺数据" in response.text


@pytest.mark.parametrize("action", [{}, {"action": ""}, {"action": "xx"}])
def test_only_what_the_buttons_say_is_done(office, submitted, action):
    response = office.post(
        review(submitted), {"reason": "缺数据", "lock_version": submitted.lock_version} | action, follow=True
    )

    submitted.refresh_from_db()
    assert response.status_code == 422
    assert submitted.state == EntryState.SUBMITTED
    assert "请选择审核通过、退回或重新打开。" in response.text
    assert "您填写的内容没有保存：缺数据" in response.text


def test_a_reason_that_is_wrong_for_what_cannot_be_reopened_is_given_back(office, submitted):
    Progress.objects.update(state=EntryState.RETURNED, return_reason="缺数据")

    response = office.post(review(submitted), {"action": "reopen", "reason": "请联系13812345678"})

    assert response.status_code == 409
    assert "状态已经变化，请刷新页面后再操作。" in response.text
    assert "您填写的内容没有保存：请联系13812345678" in response.text


def test_a_text_with_a_persons_number_is_no_reason(office, submitted):
    sent = {"action": "return", "reason": "请联系13812345678", "lock_version": submitted.lock_version}
    response = office.post(review(submitted), sent)

    assert response.status_code == 422
    assert "疑似含有手机号" in response.text
    assert "请联系13812345678" in response.text


def test_whoever_entered_a_units_numbers_does_not_review_its_report():
    duty = DutyFactory(submitted=True)
    person = PostingFactory(office_staff=True, conference=duty.conference).user
    sheet = FigureSheet.objects.create(conference=duty.conference, department=duty.department, year=duty.year)
    assert can_review(person, duty)

    record(sheet, Action.FIGURES, by=person, conference=duty.conference, department=duty.department)

    assert not can_review(person, duty)


def test_what_nobody_says_to_have_seen_is_not_accepted(office, submitted):
    office.post(reverse("reporting:progress_review", args=[submitted.pk]), {"action": "accept"})

    submitted.refresh_from_db()
    assert submitted.state == EntryState.SUBMITTED
