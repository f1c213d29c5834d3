"""The whole product on a laptop, with sample data: web server, worker and scheduler until Ctrl-C."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reporting.tasks import send_reminders

CONFERENCES = ["500000", "500235", "660000"]
LOCK_FILE = "demo.lock"
# How the names of all begin that an installation writes into its folder.
OWN_NAMES = (
    *(LOCK_FILE, "celerybeat-schedule", "log", "media", "queue", "secret_key", "site_url", "static", "tmp"),
    "tracker.sqlite3",
)
PR_SET_PDEATHSIG = 1
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10


class Command(BaseCommand):
    help = "Start the product with sample data on this machine; Ctrl-C ends it. Data stays in var/ until --reset."
    # The environment may be one that would not pass; it is put right first (restart_for_a_laptop).
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="delete everything in var/ first")
        parser.add_argument("--no-sample-data", action="store_true", help="start the servers, load nothing")

    def handle(self, *, port: int, reset: bool, no_sample_data: bool, **options: Any) -> None:
        if "sqlite3" not in settings.DATABASES["default"]["ENGINE"] or settings.REDIS_URL:
            raise CommandError(
                "演示只使用内置数据库，请先取消 DATABASE_URL 和 REDIS_URL。"
                " / The demo uses its own database: unset DATABASE_URL and REDIS_URL."
            )
        restart_for_a_laptop(port)
        refuse_taken_port(port)
        # Ctrl-C is how a demo ends, also while it is still getting ready.
        with only_one_demo(), contextlib.suppress(KeyboardInterrupt):
            if reset:
                self.stdout.write("正在清除演示数据 / Deleting the demo data …")
                delete_everything()
                # Settings have made folders and a key in there already: begin again without --reset.
                restart(dict(os.environ), [argument for argument in sys.argv if argument != "--reset"])
            self.check()
            self.prepare(with_sample_data=not no_sample_data)
            with Processes() as processes:
                self.run(processes, port, with_accounts=not no_sample_data)

    def prepare(self, *, with_sample_data: bool) -> None:
        """Bring database and files up to date. Every step may be repeated."""
        began = time.monotonic()
        for folder in ("log", "tmp"):
            (settings.VAR_DIR / folder).mkdir(parents=True, exist_ok=True)
        self.stdout.write("正在准备数据库和静态文件 / Preparing database and files …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if with_sample_data:
            self.stdout.write("正在载入示例数据 / Loading sample data …")
            call_command("load_units", verbosity=0)
            call_command("load_plans", verbosity=0)
            for conference in CONFERENCES:
                self.open_year(conference)
            call_command("load_demo", verbosity=0)
            # The scheduler would come to it within ten minutes; the worker finds this when it starts.
            send_reminders.delay()
        self.stdout.write(
            f"准备完毕，用时 {time.monotonic() - began:.0f} 秒 / Ready after {time.monotonic() - began:.0f} s"
        )

    def open_year(self, conference: str) -> None:
        try:
            call_command("open_year", timezone.localdate().year, conference=conference, stdout=StringIO())
        except CommandError as refusal:
            # Somebody who tries the demo may have closed the year; that is no reason not to start.
            self.stdout.write(f"  {conference}: {refusal}")

    def run(self, processes: Processes, port: int, *, with_accounts: bool) -> None:
        logs = settings.VAR_DIR / "log"
        processes.start(
            "web",
            [
                *[sys.executable, "-m", "gunicorn", "antitrafficking.wsgi", "--bind", f"127.0.0.1:{port}"],
                *["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket"],
            ],
            logs / "web.log",
        )
        processes.start(
            "worker",
            [
                *[sys.executable, "-m", "celery", "-A", "antitrafficking", "worker", "-B", "-P", "solo"],
                *["--without-gossip", "--without-mingle", "--loglevel", "INFO"],
            ],
            logs / "worker.log",
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while not answers(port):
            processes.raise_if_one_ended()
            if time.monotonic() > deadline:
                raise CommandError(f"网站没有启动，见 / The site did not start, see: {logs / 'web.log'}")
            time.sleep(0.1)
        self.say_where(port, logs, with_accounts=with_accounts)
        while True:
            processes.raise_if_one_ended()
            time.sleep(0.5)

    def say_where(self, port: int, logs: Path, *, with_accounts: bool) -> None:
        lines = ["", f"  http://localhost:{port}/", ""]
        if with_accounts:
            from reporting.samples import demo  # only here: the sample accounts are no part of the product

            lines += [f"  {pad(username, 22)}{pad(role, 18)}{unit}" for username, role, unit in demo.ACCOUNTS]
            lines += ["", f"  密码 / password: {demo.PASSWORD}"]
        lines += [
            f"  邮件写在 / mails are written to: {logs / 'worker.log'}",
            "  按 Ctrl-C 结束，数据保留 / Ctrl-C ends it and keeps the data",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


class Processes:
    """Child processes, each with its own process group, none of which outlives this one."""

    def __init__(self) -> None:
        self.children: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}

    def __enter__(self) -> Processes:
        # SIGTERM leaves through the same door as Ctrl-C, which a shell that starts this in the background has switched off.
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, interrupt)
        signal.signal(signal.SIGHUP, interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        self.stop()
        return kind is not None and issubclass(kind, KeyboardInterrupt)

    def start(self, name: str, command: list[str], log_file: Path) -> None:
        with open(log_file, "ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                cwd=settings.BASE_DIR,
                env=os.environ | {"TMPDIR": str(settings.VAR_DIR / "tmp")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches only this process, which then ends the others in order.
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),
            )
        self.children[name] = (process, log_file)

    def raise_if_one_ended(self) -> None:
        for name, (process, log_file) in self.children.items():
            if process.poll() is not None:
                last = log_file.read_text(errors="replace").strip().splitlines()[-5:]
                raise CommandError("\n".join([f"{name} 意外退出，见 / has ended unexpectedly, see: {log_file}", *last]))

    def stop(self) -> None:
        """Ask all of them to end, then make them; the groups last, for what they have started themselves."""
        with uninterrupted():
            for process, _ in self.children.values():
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
            deadline = time.monotonic() + SECONDS_TO_STOP
            for process, _ in self.children.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.1, deadline - time.monotonic()))
            for process, _ in self.children.values():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            self.children.clear()


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the processes behind."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def die_with_parent(parent: int) -> Callable[[], None]:
    """Even when this process is killed hard, its children are told to end (Linux)."""

    def prepare() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def restart_for_a_laptop(port: int) -> None:
    """Settings were read already: where they are not those of a laptop, begin again with the right ones."""
    # For commands that are run by hand beside the demo: the mails that they send link to it.
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    (settings.VAR_DIR / "site_url").write_text(f"http://localhost:{port}\n")
    wanted = {"HTTPS": "0", "SITE_URL": f"http://localhost:{port}"}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        restart(os.environ | wanted, sys.argv)


def restart(environment: dict[str, str], arguments: list[str]) -> None:
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, *arguments], environment)  # noqa: S606 - ourselves


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 不可用，请换一个 / Port {port} is not free, choose another: make demo PORT={port + 1}"
            ) from error


@contextlib.contextmanager
def only_one_demo() -> Iterator[None]:
    """Hold var/demo.lock: two demos on the same data would deliver each other's mail, or delete it."""
    with open(settings.VAR_DIR / LOCK_FILE, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError("演示已经在运行 / The demo is running already") from error
        yield


def delete_everything() -> None:
    """Empty the demo's folder; refuses a folder that is not a demo's, such as a home directory."""
    strange = [path.name for path in settings.VAR_DIR.iterdir() if not path.name.startswith(OWN_NAMES)]
    if strange:
        raise CommandError(
            f"{settings.VAR_DIR} 里有不属于演示的文件，没有删除 / holds what is not the demo's; nothing was deleted: "
            + ", ".join(sorted(strange)[:5])
        )
    for path in settings.VAR_DIR.iterdir():
        if path.name == LOCK_FILE:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def pad(text: str, width: int) -> str:
    """Fill up to a width in which a Chinese character counts two."""
    return text + " " * max(1, width - sum(2 if ord(character) > 0x2E80 else 1 for character in text))
