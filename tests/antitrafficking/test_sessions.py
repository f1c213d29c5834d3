"""Sessions end when they should, and nothing that was typed is lost by it."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from antitrafficking.middleware import LOGIN_HEADER

from .conftest import PASSWORD

MORNING = "2026-12-15 08:00"


def is_logged_in(client) -> bool:
    return client.get(reverse("departments:account")).status_code == 200


def log_in(client):
    return client.post(reverse("departments:login"), {"username": "person", "password": PASSWORD})


def test_login_changes_the_session_id(client, person):
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    log_in(client)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()
    assert is_logged_in(client)


def test_logout_ends_the_session_on_the_server(client, person):
    log_in(client)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value

    client.post(reverse("departments:logout"))

    client.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_logged_in(client)


@pytest.mark.parametrize(("time", "logged_in"), [("08:29:59", True), ("08:30:00", False), ("11:00", False)])
def test_session_ends_after_thirty_idle_minutes(client, person, clock, time, logged_in):
    clock(MORNING)
    client.force_login(person)

    clock(f"2026-12-15 {time}")

    assert is_logged_in(client) == logged_in


def test_session_of_somebody_busy_lasts_twelve_hours_and_no_longer(client, person, clock):
    clock(MORNING)
    client.force_login(person)

    for hour in range(8, 20):
        for minute in (10, 30, 50):
            clock(f"2026-12-15 {hour:02}:{minute}")
            assert is_logged_in(client)
    clock("2026-12-15 19:59:59")
    assert is_logged_in(client)
    clock("2026-12-15 20:00")
    assert not is_logged_in(client)


def test_session_without_a_beginning_is_over(client, person):
    client.force_login(person)
    session = client.session
    del session["session_started_at"]
    session.save()

    assert not is_logged_in(client)


def test_deactivated_person_is_out_at_once(client, person):
    client.force_login(person)

    type(person).objects.filter(pk=person.pk).update(is_active=False)

    assert not is_logged_in(client)


def test_new_password_ends_all_other_sessions(client, person, django_user_model):
    client.force_login(person)
    person = django_user_model.objects.get(pk=person.pk)
    person.set_password("另一个-更长的-密码")
    person.save()

    assert not is_logged_in(client)


def test_reading_writes_nothing_within_a_minute(client, person, clock):
    clock(MORNING)
    client.force_login(person)
    before = Session.objects.get().session_data

    clock("2026-12-15 08:00:59")
    client.get(reverse("departments:account"))
    unchanged = Session.objects.get().session_data
    clock("2026-12-15 08:01:00")
    client.get(reverse("departments:account"))

    assert unchanged == before
    assert Session.objects.get().session_data != before


@pytest.mark.parametrize(
    ("headers", "logged_in"),
    [
        ({}, True),
        ({"hx-request": "true"}, False),
        ({"sec-fetch-dest": "empty"}, False),
        ({"hx-request": "true", "hx-boosted": "true"}, True),
    ],
)
def test_page_that_asks_by_itself_keeps_nobody_logged_in(client, person, clock, headers, logged_in):
    clock(MORNING)
    client.force_login(person)

    clock("2026-12-15 08:20")
    client.get(reverse("departments:account"), headers=headers)

    clock("2026-12-15 08:40")
    assert is_logged_in(client) == logged_in


def test_saving_by_script_keeps_somebody_logged_in(client, person, clock):
    clock(MORNING)
    client.force_login(person)

    clock("2026-12-15 08:20")
    client.post(reverse("departments:set_language"), {"language": "en"}, headers={"hx-request": "true"})

    clock("2026-12-15 08:40")
    assert is_logged_in(client)


def test_ended_session_leads_to_login_and_back_and_says_why(client, person, clock):
    clock(MORNING)
    client.force_login(person)

    clock("2026-12-15 09:00")
    response = client.get(reverse("departments:account") + "?year=2026", follow=True)

    assert response.redirect_chain == [("/login/?next=/account/%3Fyear%3D2026", 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "登录已超时，请重新登录。未保存的内容仍保留在原页面中。"
    ]


def test_script_without_a_session_gets_401_and_no_page(client, person, clock):
    clock(MORNING)
    client.force_login(person)

    clock("2026-12-15 09:00")
    response = client.post(reverse("departments:account"), headers={"hx-request": "true"})

    assert response.status_code == 401
    assert response[LOGIN_HEADER] == reverse("departments:login")
    assert response.text == "请重新登录。"


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://testserver/plans/?year=2026", "/plans/%3Fyear%3D2026"),
        ("https://elsewhere.example/trap", "/"),
        ("", "/"),
    ],
)
def test_late_post_returns_to_the_page_it_came_from(client, db, referer, target):
    response = client.post(reverse("departments:account"), headers={"referer": referer})

    assert response.url == f"/login/?next={target}"


def test_expired_sessions_are_deleted(db, person, client, clock):
    from antitrafficking.tasks import clear_sessions

    clock(MORNING)
    client.force_login(person)
    clock("2026-12-16 08:00")

    clear_sessions()

    assert not Session.objects.exists()
