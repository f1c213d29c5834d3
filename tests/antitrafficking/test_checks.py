import importlib.util
import os
import subprocess
import sys

import pytest

from antitrafficking import checks
from tests.conftest import ROOT

PRODUCTION = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "eo2Zqk5mW8dYh1nXv4tRb7uJs0pLc9gAf3iKx6wBz5yTq2rM8e",
    "ALLOWED_HOSTS": "fanguai.example.gov.cn",
    "SITE_URL": "https://fanguai.example.gov.cn",
    "DATABASE_URL": "postgres://tracker:secret@db.example.gov.cn:5432/tracker",
    "REDIS_URL": "redis://queue.example.gov.cn:6379/0",
    "EMAIL_URL": "smtp+tls://tracker:secret@mail.example.gov.cn:587",
}


def check_deploy(tmp_path, **changes):
    environment = {**PRODUCTION, "VAR_DIR": str(tmp_path), **changes}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
    )


def test_production_settings_pass_without_a_warning(tmp_path):
    done = check_deploy(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize(
    ("change", "message_id"),
    [
        ({"SECRET_KEY": ""}, "antitrafficking.E020"),
        ({"HTTPS": "0"}, "antitrafficking.E021"),
        ({"ALLOWED_HOSTS": ""}, "antitrafficking.E022"),
        ({"ALLOWED_HOSTS": "*"}, "antitrafficking.E022"),
        ({"SITE_URL": ""}, "antitrafficking.E023"),
        ({"EMAIL_URL": ""}, "antitrafficking.W024"),
        ({"REDIS_URL": ""}, "antitrafficking.W005"),
    ],
)
def test_what_is_missing_for_production_is_named(tmp_path, change, message_id):
    done = check_deploy(tmp_path, **change)

    assert done.returncode != 0
    assert message_id in done.stderr


def test_secrets_may_come_from_files(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(PRODUCTION["SECRET_KEY"])

    assert check_deploy(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(secret)).returncode == 0


def test_psycopg_3_is_an_error(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())

    assert [message.id for message in checks.check_database_driver()] == ["antitrafficking.E001"]


def test_lockout_must_come_first(settings):
    settings.AUTHENTICATION_BACKENDS = settings.AUTHENTICATION_BACKENDS[::-1]

    assert [message.id for message in checks.check_lockout_comes_first()] == ["antitrafficking.E002"]


@pytest.mark.parametrize("source", ["'unsafe-inline'", "'unsafe-eval'", "*"])
def test_policy_must_stay_strict(settings, source):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'self'", source]}}

    assert [message.id for message in checks.check_content_security_policy()] == ["antitrafficking.E004"]


def test_policy_must_be_sent(settings):
    settings.CONTENT_SECURITY_POLICY = None

    assert [message.id for message in checks.check_content_security_policy()] == ["antitrafficking.E003"]


def test_session_limits_must_fit_each_other(settings):
    settings.SESSION_IDLE_SECONDS = settings.SESSION_ABSOLUTE_SECONDS + 1

    assert [message.id for message in checks.check_session_limits()] == ["antitrafficking.E006"]


def test_settings_of_the_tests_pass_the_checks():
    assert [
        message
        for check in (
            checks.check_database_driver,
            checks.check_lockout_comes_first,
            checks.check_content_security_policy,
            checks.check_session_limits,
        )
        for message in check()
    ] == []
