"""Headers and cookies on every kind of answer, as an installation with HTTPS sends them."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# Runs with the product's own settings: those of the tests have HTTPS off.
SCRIPT = """
import json, sys
import django
django.setup()
from django.contrib.staticfiles import finders
from django.test import Client

client = Client(raise_request_exception=False, headers={"host": "fanguai.example.gov.cn"})
answers = {}
for name, method, path, kwargs in [
    ("page", "get", "/login/", {}),
    ("login required", "get", "/account/", {}),
    ("not found", "get", "/nothing/here/", {}),
    ("error", "get", "/account/", {"cookie": True}),
    ("wrong host", "get", "/login/", {"headers": {"host": "evil.example"}}),
    ("static", "get", "/static/css/base.css", {}),
    ("admin", "get", "/admin/", {}),
    ("health", "get", "/healthz", {}),
    ("ready", "get", "/readyz", {}),
    ("not allowed", "post", "/readyz", {}),
]:
    if kwargs.pop("cookie", False):
        # A session cookie makes the product read the database, and there is none.
        client.cookies["__Host-sessionid"] = "a" * 32
    response = getattr(client, method)(path, secure=True, **kwargs)
    answers[name] = {
        "status": response.status_code,
        "headers": dict(response.items()),
        "cookies": {name: dict(morsel) for name, morsel in response.cookies.items()},
    }
    client.cookies.clear()
insecure = client.get("/login/")
answers["without TLS"] = {"status": insecure.status_code, "headers": dict(insecure.items()), "cookies": {}}
json.dump(answers, sys.stdout)
"""

# The proxy takes the sub-path away before it asks (deploy/README.md).
SUB_PATH_SCRIPT = """
import json, re, sys
import django
django.setup()
from django.test import Client

client = Client(headers={"host": "fanguai.example.gov.cn"})
page = client.get("/login/", secure=True)
style = re.search(r'href="([^"]+base[^"]*css)"', page.content.decode())[1]
json.dump({
    "style": style,
    "style status": client.get(style.removeprefix("/fanguai"), secure=True).status_code,
    "redirect": client.get("/account/", secure=True).headers["Location"],
    "cookies": list(page.cookies),
}, sys.stdout)
"""

STATUS = {
    "page": 200,
    "login required": 302,
    "not found": 404,
    "error": 500,
    "wrong host": 400,
    "static": 200,
    "admin": 302,
    "health": 200,
    "ready": 503,
    "not allowed": 405,
    "without TLS": 301,
}
FOR_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BEHIND_HEALTH = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def ask(folder, script, **changes):
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "antitrafficking.settings",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "fanguai.example.gov.cn",
        **changes,
    }
    for command in (["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], ["-c", script]):
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return ask(tmp_path_factory.mktemp("var"), SCRIPT)


@pytest.mark.parametrize("kind", STATUS)
def test_every_answer_carries_the_headers(answers, kind):
    answer = answers[kind]
    expected = dict(FOR_EVERY_ANSWER)
    if kind not in ("health", "ready", "not allowed"):
        expected |= BEHIND_HEALTH
    if kind == "without TLS":
        # A plain request must not decide how long TLS is required; browsers ignore it there.
        del expected["Strict-Transport-Security"], expected["Referrer-Policy"]
        del expected["Cross-Origin-Opener-Policy"]

    assert answer["status"] == STATUS[kind]
    assert {name: answer["headers"].get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "kind", [kind for kind in STATUS if kind not in ("health", "ready", "not allowed", "without TLS")]
)
def test_policy_allows_nothing_inline_and_nobody_else(answers, kind):
    policy = answers[kind]["headers"]["Content-Security-Policy"]

    assert {directive.strip() for directive in policy.split(";")} == POLICY


@pytest.mark.parametrize("kind", [kind for kind in STATUS if kind != "static"])
def test_data_is_not_kept_in_caches(answers, kind):
    assert "no-store" in answers[kind]["headers"]["Cache-Control"]


def test_static_files_may_be_kept(answers):
    assert "max-age=" in answers["static"]["headers"]["Cache-Control"]


def test_no_answer_names_the_software(answers):
    for answer in answers.values():
        assert not {"Server", "X-Powered-By"} & set(answer["headers"])


def test_cookies_are_bound_to_this_host_and_to_tls(answers):
    cookie = answers["page"]["cookies"]["__Host-csrftoken"]

    assert cookie["secure"] is True
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_plain_requests_are_sent_to_tls(answers):
    assert answers["without TLS"]["headers"]["Location"] == "https://fanguai.example.gov.cn/login/"


def test_product_works_under_a_sub_path(tmp_path):
    answers = ask(tmp_path, SUB_PATH_SCRIPT, FORCE_SCRIPT_NAME="/fanguai")

    assert answers["style"].startswith("/fanguai/static/css/base.")
    assert answers["style status"] == 200
    assert answers["redirect"] == "/fanguai/login/?next=/fanguai/account/"
    assert answers["cookies"] == ["csrftoken"]
