"""Fixtures for all tests: the browser, a real worker, the clock; and rules that hold for every test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

# Playwright runs an event loop in the thread of the tests; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

from tests.browser import ARGUMENTS, Problems, chromium_program, watch
from tests.office import office_program
from tests.undefined import UndefinedVariable

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
REAL_COMPONENTS = ("browser", "office", "worker", "postgres")
# What a test asks for that may use the database; pytest-django refuses it to every other test.
OF_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
SHANGHAI = ZoneInfo("Asia/Shanghai")

hypothesis.settings.register_profile("default", deadline=None, max_examples=50)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# --- Rules for every test -----------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    on_postgres = bool(os.environ.get("TEST_DATABASE_URL"))
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="runs on PostgreSQL only: python -m tests.run --postgres"))
        if item.get_closest_marker("browser") and chromium_program() is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium fonts-noto-cjk"))
        if item.get_closest_marker("office") and office_program() is None:
            item.add_marker(pytest.mark.skip(reason="no LibreOffice: apt-get install libreoffice-writer-nogui"))


@pytest.hookimpl(specname="pytest_collection_modifyitems", trylast=True)
def pytest_leave_out_what_no_database_changes(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For tests.run: a second database tells nothing new about a function that never reaches one."""
    if not os.environ.get("TEST_LEFT_OUT"):
        return
    left_out = [item for item in items if not uses_database(item)]
    items[:] = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=left_out)
    # Each worker of xdist collects the same.
    Path(os.environ["TEST_LEFT_OUT"]).write_text(str(len(left_out)))


def uses_database(item: pytest.Item) -> bool:
    """Whether the test can reach the database: by its marker, by its fixtures and theirs, or as Django's test case."""
    case = getattr(item, "cls", None)
    return (
        any(item.get_closest_marker(name) for name in ("django_db", "postgres"))
        or not OF_THE_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
        or (case is not None and issubclass(case, TransactionTestCase))
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """In CI a real component that is missing is a failure: a skipped test has shown nothing."""
    report = yield
    if IN_CI and report.skipped and any(item.get_closest_marker(name) for name in REAL_COMPONENTS):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _undefined_variables(request: pytest.FixtureRequest) -> Iterator[None]:
    UndefinedVariable.allowed = request.node.get_closest_marker("undefined_variables_allowed") is not None
    yield
    UndefinedVariable.allowed = False


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """A test that switches the language must not decide what the next one reads."""
    from django.utils import translation  # after the settings

    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


def flush_with_triggers(original: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    """Emptying a test database deletes events, which their triggers refuse: take these away for that moment."""

    def teardown(self: TransactionTestCase) -> None:
        from departments import append_only  # after the applications are loaded

        names = self._databases_names(include_mirrors=False)
        tables = [(connections[name], table) for name in names for table in append_only.TABLES]
        for database, table in tables:
            append_only.remove(database, table)
        try:
            original(self)
        finally:
            for database, table in tables:
                append_only.install(database, table)

    return teardown


TransactionTestCase._fixture_teardown = flush_with_triggers(TransactionTestCase._fixture_teardown)


# --- Time ---------------------------------------------------------------------------------------------------------


class Clock:
    """Sets the time of day, in Shanghai: ``clock("2026-12-15 23:59:59")``. It stands still until set again."""

    def __init__(self) -> None:
        self._travel: Any = None

    def __call__(self, text: str, *, tick: bool = False) -> datetime:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        self.stop()
        self._travel = time_machine.travel(moment, tick=tick)
        self._travel.start()
        return moment

    def stop(self) -> None:
        if self._travel is not None:
            self._travel.stop()
            self._travel = None


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.stop()


# --- Many at once ---------------------------------------------------------------------------------------------------


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """``at_once(act, act, …)``: all begin at the same moment, each on a connection of its own.

    Returns what each returned or raised, in their order.
    """

    def run(*acts: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(acts))
        results: list[Any] = [None] * len(acts)

        def act(number: int) -> None:
            try:
                barrier.wait(30)
                results[number] = acts[number]()
            except Exception as error:
                results[number] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=act, args=(number,)) for number in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in threads)
        return results

    return run


# --- Browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # heavy, and needed by few

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=ARGUMENTS)
        yield browser
        browser.close()
        # To Django a thread with Playwright's loop is another place, whose connections nobody else will find to close.
        connections.close_all()


@pytest.fixture
def browser_context(browser: Any, live_server: Any) -> Iterator[Any]:
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def problems(browser_context: Any, live_server: Any) -> Iterator[Problems]:
    """What the pages complain about. The test fails at its end if there was anything that it did not expect."""
    problems = watch(browser_context, live_server.url)
    yield problems
    assert problems.unexpected() == []


@pytest.fixture
def page(browser_context: Any, problems: Problems) -> Any:
    """A page of the product in Chromium, with nobody logged in. Paths are enough: ``page.goto("/plans/")``."""
    return browser_context.new_page()


@pytest.fixture
def log_in(browser_context: Any, live_server: Any, client: Any) -> Callable[[Any], None]:
    """Log somebody in without the form: ``log_in(user)`` before ``page.goto(…)``."""

    def log_in(user: Any) -> None:
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        browser_context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return log_in


# --- Worker -------------------------------------------------------------------------------------------------------


class Worker:
    """A real ``celery worker`` process on the test's database and queue."""

    def __init__(self) -> None:
        self.folder = Path(settings.VAR_DIR)
        self.log_file = self.folder / "worker.log"
        self.mail_folder = self.folder / "worker-mail"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        from tests.servers import dies_with_parent  # POSIX only

        self.mail_folder.mkdir(parents=True, exist_ok=True)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [
                    *[sys.executable, "-m", "celery", "-A", "antitrafficking", "worker"],
                    *["-P", "solo", "--without-gossip", "--without-mingle", "--loglevel", "INFO", *arguments],
                ],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        self.wait_until(lambda: " ready." in self.log(), "the worker to be ready")

    def environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name != "TEST_RUN_DIR"}
        return environment | {
            "DJANGO_SETTINGS_MODULE": "antitrafficking.settings",
            "DATABASE_URL": database_url(),
            "EMAIL_URL": f"filemail:///{self.mail_folder}",
            "SECRET_KEY": settings.SECRET_KEY,
        }

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """As a power cut would: the worker and whatever it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def wait_until(self, condition: Callable[[], bool], what: str = "the condition", seconds: float = 30) -> None:
        """Wait for something that the worker does."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process is not None
            assert self.process.poll() is None, f"the worker ended: {self.log()[-2000:]}"
            assert time.monotonic() < deadline, f"waited {seconds} s for {what}: {self.log()[-2000:]}"
            time.sleep(0.05)


def database_url() -> str:
    """The address of the test database, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    return f"postgres://{given['USER']}{password}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def empty_queue() -> None:
    """What earlier tests have queued and nobody fetched must not reach the worker of this one."""
    from antitrafficking.celery import app  # after the settings

    with app.connection_for_write() as broker:
        if broker.transport.driver_type == "redis":
            broker.default_channel.client.flushdb()
        else:
            for message in (Path(settings.VAR_DIR) / "queue" / "messages").iterdir():
                message.unlink()


@pytest.fixture
def celery_worker_process(transactional_db: None) -> Iterator[Worker]:
    """A worker that is running; mark the test ``worker``. What the test queues with ``.delay()`` reaches it."""
    empty_queue()
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()
    empty_queue()
