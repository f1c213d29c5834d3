"""What is held of a person: taken along by that person, and cleared when the account is closed for good."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.erasing import CannotErase, erase_account
from departments.models import Event, User
from departments.models.events import Action
from departments.services import record
from reporting.models import Mail
from reporting.models.notices import MailState
from reporting.services.entries import save_entry
from tests.admin_pages import logged_in
from tests.factories import (
    PASSWORD,
    ConferenceFactory,
    DutyFactory,
    MailFactory,
    NoticeFactory,
    PostingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def person() -> User:
    """Somebody who was a liaison until yesterday."""
    return PostingFactory(
        user__username="wang", user__name="王某某", user__email="wang@example.test", ends_on=YESTERDAY
    ).user


# --- Taken along --------------------------------------------------------------------------------------------------


def exported(client, person):
    client.force_login(person)
    response = client.post(reverse("departments:account_export"))
    assert response.status_code == 200
    return response, json.loads(response.content)


def test_the_file_holds_the_account_the_postings_the_own_acts_and_the_notices(client, person):
    unit = person.postings.get().department
    duty = DutyFactory()
    record(duty, Action.URGE, by=person, reason="请报")
    record(person, Action.LOCKOUT, by=None)
    NoticeFactory(recipient=person, subject="提醒", body="请报送")

    _response, data = exported(client, person)

    assert data["schema"] == "account/1"
    assert data["account"]["username"] == "wang"
    assert (data["account"]["name"], data["account"]["email"]) == ("王某某", "wang@example.test")
    assert data["postings"] == [
        {
            "role": "liaison",
            "conference": unit.conference.name,
            "department": unit.name,
            "starts_on": None,
            "ends_on": YESTERDAY.isoformat(),
        }
    ]
    acts = [(event["action"], event["by_self"], event["reason"]) for event in data["events"]]
    assert acts == [("urge", True, "请报"), ("lockout", False, "")]
    assert [(notice["subject"], notice["body"]) for notice in data["notices"]] == [("提醒", "请报送")]


def test_the_file_holds_no_password_and_nobody_elses_data(client, person):
    other = NoticeFactory(subject="别人的通知").recipient
    record(DutyFactory(), Action.URGE, by=other, reason="别人的催办")

    response, _data = exported(client, person)

    text = response.content.decode()
    assert "password" not in text
    assert person.password not in text
    assert "别人的" not in text


def test_taking_it_along_is_in_the_trail_and_a_download(client, person):
    response, _data = exported(client, person)

    event = Event.objects.get(action=Action.EXPORT_ACCOUNT)
    assert (event.actor, event.object_id, event.detail) == (
        person,
        person.pk,
        {"postings": 1, "events": 0, "notices": 0},
    )
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_page_of_the_account_leads_to_it(client, person):
    client.force_login(person)

    assert reverse("departments:account_export") in client.get(reverse("departments:account")).text
    assert client.get(reverse("departments:account_export")).status_code == 405


# --- Cleared ------------------------------------------------------------------------------------------------------


@pytest.fixture
def by() -> User:
    return UserFactory()


def test_what_names_the_person_is_gone_and_the_account_is_closed(person, by):
    erase_account(person, by=by, conference=None)

    row = User.objects.get(pk=person.pk)
    assert (row.username, row.name, row.email) == (f"erased-{row.pk}", f"已注销用户{row.pk}", "")
    assert (row.is_active, row.has_usable_password()) == (False, False)
    row.full_clean(exclude=["password"])


def test_the_trail_keeps_its_rows_and_the_new_event_names_nobody(person, by):
    conference = ConferenceFactory()
    entry = DutyFactory()
    save_entry(entry, by=person, lock_version=0, values={"statement": "写了"})
    before = list(Event.objects.order_by("pk").values())

    erase_account(person, by=by, conference=conference)

    *kept, event = Event.objects.order_by("pk")
    assert [Event.objects.values().get(pk=row.pk) for row in kept] == before
    assert (event.action, event.actor, event.object_id, event.conference) == (
        Action.ERASE_ACCOUNT,
        by,
        person.pk,
        conference,
    )
    told = json.dumps([event.title, event.reason, event.before, event.after, event.detail], ensure_ascii=False)
    assert not any(word in told for word in ("王某某", "wang"))
    assert str(Event.objects.get(action=Action.START).actor) == f"已注销用户{person.pk}"


def test_sessions_and_failed_attempts_are_gone_and_others_stay(client, person, by):
    other = UserFactory()
    client.force_login(person)
    logged_in(other)
    AccessAttempt.objects.create(username="wang", ip_address="10.0.0.1", failures_since_start=1)
    AccessAttempt.objects.create(username=other.username, ip_address="10.0.0.1", failures_since_start=1)

    erase_account(person, by=by, conference=None)

    owners = [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()]
    assert owners == [str(other.pk)]
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == [other.username]
    assert client.get(reverse("departments:account")).status_code == 302


def test_nobody_signs_in_as_them_again(client, person, by):
    erase_account(person, by=by, conference=None)

    for name in ("wang", f"erased-{person.pk}"):
        response = client.post(reverse("departments:login"), {"username": name, "password": PASSWORD})
        assert response.status_code == 200
        assert "_auth_user_id" not in client.session


def test_mails_forget_where_to_and_what_waits_is_not_sent(person, by):
    sent = MailFactory(notice__recipient=person, address=person.email, state=MailState.SENT, sent_at=timezone.now())
    waiting = MailFactory(notice__recipient=person, address=person.email)
    others = MailFactory(address="other@example.test")

    erase_account(person, by=by, conference=None)

    states = dict(Mail.objects.values_list("pk", "state"))
    assert states == {sent.pk: "sent", waiting.pk: "failed", others.pk: "pending"}
    assert set(Mail.objects.values_list("address", flat=True)) == {"", "other@example.test"}


@pytest.mark.parametrize("ends_on", [None, timezone.localdate(), date(2999, 1, 1)])
def test_who_holds_a_posting_is_not_erased(ends_on, by):
    person = PostingFactory(ends_on=ends_on).user
    before = User.objects.values().get(pk=person.pk)

    with pytest.raises(CannotErase, match="还有任职"), transaction.atomic():
        erase_account(person, by=by, conference=None)

    assert User.objects.values().get(pk=person.pk) == before
    assert Event.objects.count() == 0


def test_oneself_a_superuser_and_who_was_erased_are_refused(person, by):
    erase_account(person, by=by, conference=None)

    for who, words in ((by, "自己"), (UserFactory(is_superuser=True), "超级管理员"), (person, "已经注销")):
        with pytest.raises(CannotErase, match=words), transaction.atomic():
            erase_account(who, by=by, conference=None)


# --- In the administration ----------------------------------------------------------------------------------------


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def browser(city):
    return logged_in(PostingFactory(administrator=True, conference=city).user)


LIST = "admin:departments_user_changelist"


def chosen(*people, **more):
    return {"action": "erase", "_selected_action": [person.pk for person in people], **more}


def former(city, **fields):
    return PostingFactory(department__conference=city, ends_on=YESTERDAY, **fields).user


def test_the_action_asks_before_it_clears(browser, city):
    person = former(city)

    asked = browser.post(reverse(LIST), chosen(person))
    still = User.objects.get(pk=person.pk).name
    done = browser.post(reverse(LIST), chosen(person, apply=1), follow=True)

    assert "不能恢复" in asked.text
    assert still == person.name
    assert "已注销 1 个账号。" in done.text
    assert User.objects.get(pk=person.pk).name == f"已注销用户{person.pk}"
    assert Event.objects.get(action=Action.ERASE_ACCOUNT).conference == city


def test_all_or_none_are_cleared(browser, city):
    gone, there = former(city), PostingFactory(department__conference=city).user

    response = browser.post(reverse(LIST), chosen(gone, there, apply=1), follow=True)

    assert "没有注销" in response.text
    assert User.objects.get(pk=gone.pk).name == gone.name


def test_people_of_elsewhere_are_not_cleared(browser, city):
    stranger = PostingFactory(ends_on=YESTERDAY).user
    shared = former(city)
    PostingFactory(user=shared)

    for person in (stranger, shared):
        browser.post(reverse(LIST), chosen(person, apply=1))

    assert not User.objects.filter(username__startswith="erased-").exists()
