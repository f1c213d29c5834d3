"""`manage.py demo` starts everything and leaves nothing behind, however it ends."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.servers import free_port

pytestmark = [pytest.mark.worker, pytest.mark.slow]


class Demo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> "Demo":
        environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(self.folder), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(self.port), "--no-sample-data", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self

    def wait_for_address(self) -> None:
        for line in self.process.stdout:
            if f"http://localhost:{self.port}/" in line:
                return
        pytest.fail(f"ended with {self.process.wait()}")

    def running(self) -> list[str]:
        """The command lines of all processes that work on this demo's folder, other than zombies."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if f"VAR_DIR={self.folder}".encode() in (path / "environ").read_bytes().split(b"\0"):
                    found.append((path / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return [command for command in found if command]

    def wait_until_gone(self) -> list[str]:
        deadline = time.monotonic() + 15
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.running()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        self.process.stdout.close()


@pytest.fixture
def new_demo(tmp_path):
    """A demo that has never run: its first start makes the database."""
    demo = Demo(tmp_path)
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The file that a first start makes, which takes longer than all the rest of it."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "HTTPS": "0"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    return folder / "tracker.sqlite3"


@pytest.fixture
def demo(tmp_path, database):
    """A demo that need not make its database first."""
    shutil.copy(database, tmp_path)
    demo = Demo(tmp_path)
    yield demo
    demo.stop()


def child(demo: Demo, word: str) -> int:
    """The id of the oldest child of the demo that has the word in its command line."""
    children = Path(f"/proc/{demo.process.pid}/task/{demo.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if word in Path(f"/proc/{pid}/cmdline").read_text())


def test_first_start_and_ctrl_c(new_demo):
    starts_and_leaves_nothing_behind(new_demo, signal.SIGINT, 0)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_demo_starts_everything_and_leaves_nothing_behind(demo, number, exit_code):
    starts_and_leaves_nothing_behind(demo, number, exit_code)


def starts_and_leaves_nothing_behind(demo, number, exit_code):
    demo.start().wait_for_address()
    commands = " ".join(demo.running())
    page = urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/login/").read().decode()

    demo.process.send_signal(number)

    assert "gunicorn" in commands
    assert "celery" in commands
    assert "反拐工作台账" in page
    assert demo.process.wait(30) == exit_code
    assert demo.wait_until_gone() == []


@pytest.mark.parametrize("word", ["gunicorn", "celery"])
def test_demo_ends_when_a_part_of_it_dies(demo, word):
    demo.start().wait_for_address()

    os.kill(child(demo, word), signal.SIGKILL)

    output, _ = demo.process.communicate(timeout=30)
    assert demo.process.returncode == 1
    assert "has ended unexpectedly" in output
    assert demo.wait_until_gone() == []


def test_second_demo_on_the_same_data_is_refused(demo):
    demo.start().wait_for_address()
    second = Demo(demo.folder).start()

    output, _ = second.process.communicate(timeout=30)

    assert second.process.returncode == 1
    assert "The demo is running already" in output
    assert "Traceback" not in output


def test_taken_port_is_said_in_one_line(demo):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", demo.port))
        taken.listen()
        output, _ = demo.start().process.communicate(timeout=30)

    assert demo.process.returncode == 1
    assert output.strip().splitlines() == [
        f"CommandError: 端口 {demo.port} 不可用，请换一个 / Port {demo.port} is not free, choose another: "
        f"make demo PORT={demo.port + 1}"
    ]


def test_reset_deletes_what_was_there(demo):
    kept = demo.folder / "media" / "attachment"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("entered in the demo")

    demo.start("--reset").wait_for_address()

    assert not kept.exists()


def test_reset_deletes_nothing_in_a_folder_that_is_not_a_demos(tmp_path):
    (tmp_path / "letters").mkdir()

    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--reset"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "letters" in done.stderr
    assert (tmp_path / "letters").exists()


def test_demo_refuses_a_database_that_is_not_its_own(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://a:b@c/d"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "unset DATABASE_URL" in done.stderr
