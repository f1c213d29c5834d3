"""What people see when something went wrong: what to do, and nothing about the inside."""

import logging
import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from .failing_urls import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.antitrafficking.failing_urls")]

INSIDE = re.compile(r"Traceback|django\.|Exception|SECRET_KEY|/site-packages/|\.py\b")


def assert_says_nothing(response) -> None:
    assert SECRET not in response.text
    assert not INSIDE.search(response.text)


@pytest.mark.parametrize(
    ("path", "status"), [("/fail/", 500), ("/refuse/", 403), ("/suspect/", 400), ("/nothing/here/", 404)]
)
def test_error_page_says_nothing_about_the_inside(unforgiving_client, path, status):
    response = unforgiving_client.get(path)

    assert response.status_code == status
    assert "text/html" in response["Content-Type"]
    assert_says_nothing(response)


@pytest.mark.parametrize("path", ["/fail/", "/refuse/", "/nothing/here/"])
def test_error_page_works_for_somebody_logged_in(unforgiving_client, person, path):
    unforgiving_client.force_login(person)

    assert_says_nothing(unforgiving_client.get(path))


def test_server_error_shows_the_number_that_is_in_the_log(unforgiving_client, caplog):
    with caplog.at_level(logging.ERROR, logger="django.request"):
        response = unforgiving_client.get("/fail/")

    incident = response["X-Incident"]
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", incident)
    assert incident in response.text
    assert [record.request.incident for record in caplog.records] == [incident]


def test_log_line_carries_the_number_and_the_traceback(unforgiving_client, capsys):
    from antitrafficking.logs import IncidentFilter

    lines = []
    handler = logging.Handler()
    handler.addFilter(IncidentFilter())
    handler.emit = lambda record: lines.append((record.incident, record.exc_info[0]))
    logging.getLogger("django.request").addHandler(handler)

    response = unforgiving_client.get("/fail/")

    logging.getLogger("django.request").removeHandler(handler)
    assert lines == [(response["X-Incident"], RuntimeError)]


def test_page_without_a_database_is_an_error_page(unforgiving_client, person, monkeypatch):
    unforgiving_client.force_login(person)

    def refuse(*args, **kwargs):
        raise OperationalError("could not connect to 10.0.0.5 as tracker")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = unforgiving_client.get(reverse("departments:account"))

    assert response.status_code == 500
    assert "10.0.0.5" not in response.text
    assert_says_nothing(response)


def test_wrong_host_is_a_bad_request(unforgiving_client):
    response = unforgiving_client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "evil.example" not in response.text


def test_post_without_a_token_is_refused_with_a_page_that_helps(person):
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("departments:login"), {"username": "person", "password": "x"})

    assert response.status_code == 403
    assert response["X-Csrf-Failure"] == "1"
    assert response.templates[0].name == "403_csrf.html"
    assert_says_nothing(response)


def test_post_with_a_wrong_token_is_refused(person):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("departments:login"))

    response = client.post(reverse("departments:logout"), {"csrfmiddlewaretoken": "x" * 64})

    assert response.status_code == 403


def test_the_address_of_a_button_says_what_it_is(client):
    response = client.get("/language/")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "这个网址不能直接打开" in response.text
