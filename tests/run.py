"""Run all tests: on SQLite with everything, then on PostgreSQL what a database can change.

    python -m tests.run [--sqlite | --postgres] [arguments for pytest]

On PostgreSQL that is every test that can reach the database (tests/conftest.py, uses_database). Left out are browsers,
the reading of our own code, and functions that never ask for a database, to which pytest-django refuses it: they give
the same on both. How many these were stands below the results. Left out as well, but by night, is what is marked
``once``: long crossings of everybody with everything, whose pages and acts other tests bring to PostgreSQL.

PostgreSQL and Redis are started for this run only. TEST_DATABASE_URL and TEST_REDIS_URL name others instead;
the Redis databases 0 to 15 behind TEST_REDIS_URL are emptied. With CI=true nothing that is real may be skipped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.browser import chromium_program
from tests.servers import PostgresServer, RedisServer, Server, ServerUnavailable, dies_with_parent
from tests.thorough import NIGHTLY

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


@dataclass
class Result:
    name: str
    exit_code: int = 0
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    # Tests that use no database and were therefore not repeated on this one.
    left_out: int = 0

    @property
    def is_good(self) -> bool:
        return self.exit_code in (0, NOTHING_COLLECTED)

    def __str__(self) -> str:
        counts = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        text = f"{self.name:<12} {counts} in {self.seconds:.0f} s" + ("" if self.is_good else "  FAILED")
        left_out = f"\n{'':<12} {self.left_out} left out: they use no database, SQLite's run has them"
        return text + (left_out if self.left_out else "")


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    only = {name for name in ("--sqlite", "--postgres") if name in arguments}
    arguments = [argument for argument in arguments if argument not in ("--sqlite", "--postgres")]
    results: list[Result] = []
    with ExitStack() as stack:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment["TEST_RUN_DIR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-tests-"))
        # What a killed worker leaves in TMPDIR goes away with the run.
        environment["TMPDIR"] = environment["TEST_RUN_DIR"]
        redis_url = server_url(stack, "TEST_REDIS_URL", RedisServer)
        if redis_url:
            environment["TEST_REDIS_URL"] = redis_url
        if chromium_program() is None:
            print("No Chromium: browser tests are skipped. apt-get install chromium fonts-noto-cjk", flush=True)

        if "--postgres" not in only:
            sqlite = {name: value for name, value in environment.items() if name != "TEST_DATABASE_URL"}
            results.append(run_pytest("SQLite", sqlite, "not postgres", arguments))
        if "--sqlite" not in only:
            database_url = server_url(stack, "TEST_DATABASE_URL", PostgresServer)
            if database_url:
                environment["TEST_DATABASE_URL"] = database_url
                environment["TEST_LEFT_OUT"] = str(Path(environment["TEST_RUN_DIR"]) / "left-out")
                markers = "(not browser or postgres) and not quality" + ("" if NIGHTLY else " and not once")
                results.append(run_pytest("PostgreSQL", environment, markers, arguments))
    return report(results)


def server_url(stack: ExitStack, variable: str, server: type[Server]) -> str | None:
    """The server that the environment names, or one of our own; None where there can be none."""
    if os.environ.get(variable):
        return os.environ[variable]
    try:
        return stack.enter_context(server()).url
    except ServerUnavailable as error:
        if IN_CI:
            raise SystemExit(str(error)) from error
        print(f"{error}. Tests that need it are skipped.", flush=True)
        return None


def run_pytest(name: str, environment: dict[str, str], markers: str, arguments: list[str]) -> Result:
    print(f"\n=== {name} ===", flush=True)
    result = Result(name)
    report_file = Path(environment["TEST_RUN_DIR"]) / f"{name}.xml"
    # With -m of the caller's, both must hold.
    arguments = list(arguments)
    if "-m" in arguments:
        position = arguments.index("-m")
        markers = f"({markers}) and ({arguments[position + 1]})"
        del arguments[position : position + 2]
    workers = [] if any(argument.startswith("-n") for argument in arguments) else ["-n", "2"]
    command = [sys.executable, "-m", "pytest", *workers, "-m", markers, f"--junitxml={report_file}", *arguments]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=dies_with_parent(signal.SIGTERM))
    try:
        result.exit_code = process.wait()
    except BaseException:
        # Ctrl-C reached pytest as well; give it time to end its own children.
        process.terminate()
        process.wait()
        raise
    result.seconds = time.monotonic() - began
    result.counts = read_counts(report_file)
    left_out = Path(environment.get("TEST_LEFT_OUT", ""))
    result.left_out = int(left_out.read_text()) if left_out.is_file() else 0
    return result


def read_counts(report_file: Path) -> dict[str, int]:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    if report_file.exists():
        for suite in ElementTree.parse(report_file).iter("testsuite"):
            tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            counts["failed"] += failed
            counts["skipped"] += skipped
            counts["passed"] += tests - failed - skipped
    return counts


def report(results: list[Result]) -> int:
    print("\n=== All ===")
    for result in results:
        print(result)
    total = {what: sum(result.counts[what] for result in results) for what in ("passed", "failed", "skipped")}
    nothing_ran = all(result.exit_code == NOTHING_COLLECTED for result in results)
    failed = any(not result.is_good for result in results) or nothing_ran
    if failed and not total["failed"]:
        print("A run ended without a result: see above.")
    print(
        f"{total['passed']} passed, {total['failed']} failed"
        + (f", {total['skipped']} skipped" if total["skipped"] else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
