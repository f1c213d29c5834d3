"""Signing in and out, the initial password, and what a shared computer keeps."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from tests.factories import PASSWORD, UserFactory

NEW_PASSWORD = "江声-浩荡-万里-2027"


def log_in(client, username, password=PASSWORD):
    return client.post(reverse("departments:login"), {"username": username, "password": password})


@pytest.mark.django_db
def test_wrong_password_unknown_account_and_closed_account_read_alike(client):
    known = UserFactory()
    closed = UserFactory(is_active=False)

    answers = [
        list(log_in(client, *who).context["form"].non_field_errors())
        for who in ((known.username, "wrong"), ("nobody", "wrong"), (closed.username, PASSWORD))
    ]

    assert answers[0]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.django_db
def test_sixth_attempt_is_refused_even_with_the_right_password(client):
    person = UserFactory()
    for _ in range(5):
        log_in(client, person.username, "wrong")

    response = log_in(client, person.username)

    assert response.status_code == 429
    assert "15" in response.content.decode()
    assert SESSION_KEY not in client.session


@pytest.mark.django_db
def test_login_leaves_an_event(client):
    person = UserFactory()

    log_in(client, person.username)

    assert list(Event.objects.values_list("action", "actor", "address")) == [(Action.LOGIN, person.pk, "127.0.0.1")]


@pytest.mark.django_db
def test_logout_clears_the_browser(client):
    client.force_login(UserFactory())

    response = client.post(reverse("departments:logout"))

    assert response["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["departments:account", "reporting:home", "admin:index"])
def test_initial_password_opens_only_the_page_that_replaces_it(client, name):
    client.force_login(UserFactory(must_change_password=True))

    response = client.get(reverse(name))

    assert (response.status_code, response["Location"]) == (302, reverse("departments:password"))


@pytest.mark.django_db
def test_script_with_an_initial_password_is_sent_there_whole(client):
    client.force_login(UserFactory(must_change_password=True))

    response = client.get(reverse("departments:account"), headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (403, reverse("departments:password"))


@pytest.mark.django_db
@pytest.mark.parametrize(("new", "changed"), [(NEW_PASSWORD, True), (PASSWORD, False), ("短", False)])
def test_initial_password_must_become_another_one(client, new, changed):
    person = UserFactory(must_change_password=True)
    log_in(client, person.username)

    client.post(reverse("departments:password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    person.refresh_from_db()
    assert person.must_change_password == (not changed)
    assert person.check_password(NEW_PASSWORD) == changed
    assert Event.objects.filter(action=Action.CHANGE_PASSWORD).exists() == changed


@pytest.mark.django_db
def test_token_says_whose_it_is(client):
    person = UserFactory()

    anonymous = client.get(reverse("departments:token"))
    client.force_login(person)
    signed_in = client.get(reverse("departments:token"))

    assert (anonymous.json()["person"], signed_in.json()["person"]) == ("", str(person.pk))
    assert "no-store" in signed_in["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "Sign in"), ("zh-hans", "登录")])
def test_language_is_chosen_by_anybody(client, language, words):
    client.post(reverse("departments:set_language"), {"language": language, "next": "/login/"})

    assert words in client.get(reverse("departments:login")).content.decode()
