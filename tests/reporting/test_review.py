"""The office's page: what it decides on is what it was looking at."""

import pytest
from django.urls import reverse

from reporting.enums import EntryState
from reporting.services.entries import submit_entry, withdraw_entry
from tests.factories import PostingFactory, ProgressFactory

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
