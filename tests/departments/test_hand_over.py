"""Passing a posting on: it ends on a day, the other person's begins on the next, and both are in the trail."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.models import Event, Posting
from departments.models.events import Action
from departments.services import CannotHandOver, hand_over
from tests.admin_pages import logged_in
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 30)


@pytest.fixture
def posting():
    return PostingFactory(starts_on=date(2024, 1, 1))


def test_one_ends_and_the_other_begins_on_the_next_day(posting):
    new, by = UserFactory(), UserFactory()

    follower = hand_over(posting, to=new, on=DAY, by=by)

    posting.refresh_from_db()
    assert posting.ends_on == DAY
    assert (follower.user, follower.department, follower.conference, follower.role) == (
        new,
        posting.department,
        posting.conference,
        posting.role,
    )
    assert (follower.starts_on, follower.ends_on) == (date(2026, 7, 1), None)


def test_both_are_in_the_trail(posting):
    new, by = UserFactory(name="新人"), UserFactory()
    follower = hand_over(posting, to=new, on=DAY, by=by)

    events = {event.object_id: event for event in Event.objects.filter(object_type="departments.posting")}

    assert {(event.action, event.actor) for event in events.values()} == {(Action.ADMINISTER, by)}
    assert events[posting.pk].detail == {"act": "change", "fields": {"ends_on": [None, "2026-06-30"]}, "rows": []}
    assert events[posting.pk].reason == "交接给新人"
    assert events[follower.pk].detail["fields"]["starts_on"] == [None, "2026-07-01"]
    assert {event.department for event in events.values()} == {posting.department}


def test_an_office_is_handed_over_too():
    posting = PostingFactory(office_head=True)

    follower = hand_over(posting, to=UserFactory(), on=DAY, by=UserFactory())

    assert (follower.role, follower.department, follower.conference) == ("office_head", None, posting.conference)


def test_what_was_to_end_on_a_day_still_does(posting):
    Posting.objects.update(ends_on=date(2026, 12, 31))

    assert hand_over(posting, to=UserFactory(), on=DAY, by=UserFactory()).ends_on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("on", "ends_on", "words"),
    [
        (date(2023, 12, 31), None, "不能早于任职起期"),
        (DAY, date(2026, 6, 29), "已于2026-06-29结束"),
    ],
)
def test_days_outside_the_posting_are_refused(posting, on, ends_on, words):
    Posting.objects.update(ends_on=ends_on)
    before = list(Posting.objects.values())

    with pytest.raises(CannotHandOver, match=words), transaction.atomic():
        hand_over(posting, to=UserFactory(), on=on, by=UserFactory())

    assert list(Posting.objects.values()) == before
    assert Event.objects.count() == 0


def test_nobody_follows_themselves_or_holds_one_posting_twice(posting):
    other = PostingFactory(department=posting.department, conference=posting.conference).user

    for person, words in ((posting.user, "本人"), (other, "已经担任同一职务")):
        with pytest.raises(CannotHandOver, match=words), transaction.atomic():
            hand_over(posting, to=person, on=DAY, by=UserFactory())


def test_a_second_click_makes_no_second_follower(posting):
    hand_over(posting, to=UserFactory(), on=DAY, by=UserFactory())

    with pytest.raises(CannotHandOver, match="已经交接"), transaction.atomic():
        hand_over(posting, to=UserFactory(), on=DAY, by=UserFactory())

    assert Posting.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_make_one_follower(at_once):
    posting = PostingFactory()
    acts = [partial(hand_over, posting, to=UserFactory(), on=DAY, by=UserFactory()) for _administrator in range(4)]

    results = at_once(*acts)

    assert sum(isinstance(result, Posting) for result in results) == 1
    assert Posting.objects.count() == 2


# --- In the administration ----------------------------------------------------------------------------------------


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def browser(city):
    return logged_in(PostingFactory(administrator=True, conference=city).user)


@pytest.fixture
def listed(city):
    return reverse("admin:departments_posting_changelist")


def chosen(*postings, **typed):
    return {"action": "hand_over_to", "_selected_action": [posting.pk for posting in postings], **typed}


def test_the_action_asks_to_whom_and_on_which_day(browser, listed, city):
    posting = PostingFactory(department__conference=city)

    response = browser.post(listed, chosen(posting))

    assert response.status_code == 200
    assert response.context["form"].initial == {"on": timezone.localdate()}
    assert str(posting) in response.text
    assert Posting.objects.get(pk=posting.pk).ends_on is None


def test_several_postings_of_one_person_go_to_another_in_one_act(browser, listed, city):
    leaving = UserFactory()
    units = [DepartmentFactory(conference=city) for _number in range(2)]
    postings = [PostingFactory(user=leaving, department=unit) for unit in units]
    new = PostingFactory(department__conference=city).user

    response = browser.post(listed, chosen(*postings, apply=1, to=new.pk, on="2026-06-30"), follow=True)

    assert f"已交接 2 项任职给{new}。" in response.text
    assert {posting.department for posting in new.postings.filter(starts_on=date(2026, 7, 1))} == set(units)
    assert set(leaving.postings.values_list("ends_on", flat=True)) == {DAY}


def test_all_or_none_are_handed_over(browser, listed, city):
    good = PostingFactory(department__conference=city)
    ended = PostingFactory(department__conference=city, ends_on=DAY - timedelta(days=9))
    new = PostingFactory(department__conference=city).user

    response = browser.post(listed, chosen(good, ended, apply=1, to=new.pk, on="2026-06-30"))

    assert response.status_code == 422
    assert "不能再交接" in response.text
    assert Posting.objects.get(pk=good.pk).ends_on is None


def test_people_and_postings_of_elsewhere_cannot_be_chosen(browser, listed, city):
    posting, foreign = PostingFactory(department__conference=city), PostingFactory()

    refused = browser.post(listed, chosen(posting, apply=1, to=foreign.user.pk, on="2026-06-30"))
    browser.post(listed, chosen(foreign, apply=1, to=posting.user.pk, on="2026-06-30"))

    assert list(refused.context["form"].errors) == ["to"]
    assert not Posting.objects.exclude(ends_on=None).exists()


def test_administrators_do_not_hand_their_own_posting_to_anybody_or_anybodys_to_themselves(browser, listed, city):
    own = Posting.objects.get(role="administrator", conference=city)
    posting = PostingFactory(department__conference=city)

    browser.post(listed, chosen(own, apply=1, to=posting.user.pk, on="2026-06-30"))
    refused = browser.post(listed, chosen(posting, apply=1, to=own.user.pk, on="2026-06-30"))

    assert list(refused.context["form"].errors) == ["to"]
    assert not Posting.objects.exclude(ends_on=None).exists()
