"""Requests and decisions on several connections at the same moment: one happens, the others hear of it."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from reporting.models import Duty, Extension, Notice, Urge
from reporting.services.entries import submit_entry
from reporting.services.extensions import ask_extension, grant_extension, refuse_extension, withdraw_extension
from reporting.services.reminders import send_reminders
from reporting.services.urging import urge_many
from tests.factories import DutyFactory, ExtensionFactory, PostingFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def duty():
    today = timezone.localdate()
    return DutyFactory(department=PostingFactory().department, due_on=today + timedelta(days=5), draft=True)


def what_happened(results):
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def read(extension):
    return Extension.objects.select_related("duty").get(pk=extension.pk)


def test_ten_clicks_ask_once(duty, at_once):
    person, until = UserFactory(), duty.due_on + timedelta(days=5)

    results = at_once(*[partial(ask_extension, duty, by=person, reason="理由", until=until)] * 10)

    assert what_happened(results) == {"done": 1, "AskedAlready": 9}
    assert (Extension.objects.count(), Event.objects.count()) == (1, 1)


def test_of_several_who_decide_at_once_one_does(duty, at_once):
    extension, until = ExtensionFactory(duty=duty), duty.due_on + timedelta(days=5)

    results = at_once(
        *[partial(grant_extension, read(extension), by=UserFactory(), until=until) for _head in range(3)],
        *[partial(refuse_extension, read(extension), by=UserFactory(), words="不行") for _head in range(3)],
        partial(withdraw_extension, read(extension), by=UserFactory()),
    )

    assert what_happened(results) == {"done": 1, "WrongState": 6}
    assert Event.objects.count() == 1
    granted = Event.objects.get().action == Action.GRANT_EXTENSION
    assert Duty.objects.get(pk=duty.pk).due_on == (until if granted else duty.due_on)


def test_a_report_handed_in_beside_the_decision_loses_nothing(duty, at_once):
    for _time in range(5):
        owed = DutyFactory(obligation=duty.obligation, due_on=duty.due_on, draft=True)
        extension, until = ExtensionFactory(duty=owed), owed.due_on + timedelta(days=5)

        results = at_once(
            partial(grant_extension, read(extension), by=UserFactory(), until=until),
            partial(submit_entry, Duty.objects.get(pk=owed.pk), by=UserFactory()),
        )

        assert set(what_happened(results)) <= {"done", "WrongState"}
        assert not isinstance(results[1], Exception)
        row = Duty.objects.get(pk=owed.pk)
        assert (row.state, row.due_on) == (
            "submitted",
            owed.due_on if isinstance(results[0], Exception) else until,
        )


def test_reminders_beside_a_grant_speak_of_one_deadline_or_the_other_and_once(duty, at_once):
    extension, until = ExtensionFactory(duty=duty), date(duty.year + 1, 12, 30)

    at_once(
        partial(grant_extension, read(extension), by=UserFactory(), until=until),
        *[partial(send_reminders, timezone.now())] * 3,
    )
    send_reminders(timezone.now())

    spoken_of = Notice.objects.exclude(reminder=None).values_list("reminder__due_on", "reminder__step")
    assert len(spoken_of) == len(set(spoken_of)) <= 1


def test_two_offices_that_urge_everybody_urge_each_once(duty, at_once):
    duties = [DutyFactory(obligation=duty.obligation, draft=True) for _number in range(6)]

    results = at_once(
        *[partial(urge_many, chosen, by=UserFactory()) for chosen in (duties, duties[::-1], duties[2:], duties[:4])]
    )

    assert what_happened(results) == {"done": 4}
    assert sorted(Urge.objects.values_list("duty", flat=True)) == sorted(duty.pk for duty in duties)
    assert sum(len(urged.urges) + len(urged.urged_today) for urged in results) == 6 + 6 + 4 + 4
