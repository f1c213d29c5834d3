import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection

from antitrafficking import health

OUR_HOST = "192.0.2.7"  # the address by which a load balancer asks; not in ALLOWED_HOSTS


@pytest.fixture(autouse=True)
def _reminders_run(settings):
    settings.HEALTH_CHECKS = []


def reminders_lag():
    return "oldest reminder is 900 s old"


def check_fails():
    raise RuntimeError("the-inside-of-the-product")


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz", headers={"host": OUR_HOST})

    assert (response.status_code, response.content) == (200, b"ok")


def test_healthz_does_not_redirect_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_says_that_all_is_well(client):
    response = client.get("/readyz", headers={"host": OUR_HOST})

    assert (response.status_code, response.json()) == (200, {"status": "ok", "problems": {}})


@pytest.mark.django_db
def test_readyz_is_degraded_when_only_reminders_lag(client, settings):
    settings.HEALTH_CHECKS = [f"{__name__}.reminders_lag"]

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "degraded",
        "problems": {"reminders_lag": "oldest reminder is 900 s old"},
    }


@pytest.mark.django_db
def test_readyz_tells_nothing_about_a_check_that_fails(client, settings):
    settings.HEALTH_CHECKS = [f"{__name__}.check_fails"]

    response = client.get("/readyz")

    assert response.json() == {"status": "degraded", "problems": {"check_fails": "failed"}}


@pytest.mark.django_db
def test_readyz_is_unavailable_without_a_database(client, monkeypatch):
    def refuse(*args):
        raise OperationalError("could not connect to 10.0.0.5 as tracker")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"]["database"] == "unreachable"
    assert "10.0.0.5" not in response.text


@pytest.mark.django_db
def test_readyz_counts_migrations_that_are_missing(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: ["one", "two"])

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"] == {"migrations": "2 not applied"}


@pytest.mark.django_db
def test_readyz_notices_a_full_disk(client, monkeypatch):
    monkeypatch.setattr(health, "MINIMUM_FREE_BYTES", 1 << 62)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"] == {"files": "disk nearly full"}


def test_readyz_only_reads(client):
    assert client.post("/readyz").status_code == 405


@pytest.mark.django_db
def test_health_checks_of_the_product_run_on_an_empty_database(client, settings):
    from antitrafficking.settings import HEALTH_CHECKS

    settings.HEALTH_CHECKS = HEALTH_CHECKS
    get_user_model().objects.all().delete()

    response = client.get("/readyz")

    assert response.status_code == 200
    assert "failed" not in response.json()["problems"].values()
