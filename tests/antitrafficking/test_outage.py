"""The product while its database is away, and after it came back: real gunicorn, real PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.conftest import ROOT
from tests.servers import PostgresServer, dies_with_parent, free_port

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def postgres():
    with PostgresServer() as server:
        yield server


@pytest.fixture
def site(postgres, tmp_path):
    """The address of the product, running on the private database."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HTTPS": "0",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": postgres.url,
        "DJANGO_SETTINGS_MODULE": "antitrafficking.settings",
    }
    for command in ("migrate", "collectstatic"):
        subprocess.run(
            [sys.executable, "manage.py", command, "--no-input", "--verbosity", "0"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [
                *[sys.executable, "-m", "gunicorn", "antitrafficking.wsgi", "--bind", f"127.0.0.1:{port}"],
                *["--worker-class", "gthread", "--threads", "2", "--no-control-socket"],
            ],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while fetch(f"{address}/healthz")[0] != 200:
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(30)


def fetch(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except urllib.error.URLError:
        return 0, ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_product_says_so_without_a_database_and_recovers(site, postgres, number):
    somebody = {"Cookie": f"sessionid={'a' * 32}"}
    before = [fetch(f"{site}/account/", **somebody)[0], fetch(f"{site}/readyz")[0]]

    postgres.end(number)
    health = fetch(f"{site}/healthz")
    deadline = time.monotonic() + 10
    while (ready := fetch(f"{site}/readyz"))[0] == 200 and time.monotonic() < deadline:
        time.sleep(0.1)  # a connection may outlive a killed server for a moment
    page = fetch(f"{site}/account/", **somebody)
    postgres.launch()

    assert before == [200, 200]  # the first is the login page
    assert health == (200, "ok")
    assert ready[0] == 503
    assert json.loads(ready[1]) == {
        "status": "unavailable",
        "problems": {"database": "unreachable", "migrations": "unknown"},
    }
    assert page[0] == 500
    assert "事件编号" in page[1]
    assert "psycopg2" not in page[1]
    assert [fetch(f"{site}/account/", **somebody)[0], fetch(f"{site}/readyz")[0]] == [200, 200]
