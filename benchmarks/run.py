"""Measure what docs/benchmarks.md reports, on a made-up city of full size, and write the figures there.

Everything is measured in one run on one machine, medians of several repetitions, with the query counts beside the
times: times depend on the machine, query counts do not. ``--quick`` takes two districts instead of thirty-seven, and
small files.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.archive import archives
from benchmarks.databases import set_up
from benchmarks.figures import Figure, counted, timed
from benchmarks.import_pages import pages as import_pages
from benchmarks.import_pages import questions
from benchmarks.importing import comparing, documents, exporting, spreadsheets
from benchmarks.ledgers import ledgers
from benchmarks.publishing import publishing
from benchmarks.reports import reports

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"
YEAR = 2026

# The closest peer, measured on the same kind of machine: loading a plan of 112 clauses, showing it, saving one row.
PEER = {
    "load": "1.6–2.2 s, 1,122 queries (one plan of 112 clauses)",
    "show": "280–600 ms, 245 queries",
    "save": "29–32 queries",
}


def prepare(folder: Path, districts: int) -> Iterator[Figure]:
    """Load everything into an empty database, and measure the loading."""
    set_up(folder, os.environ.get("BENCH_DATABASE_URL", ""))
    from django.core.management import call_command

    call_command("load_units", verbosity=0, stdout=io.StringIO())
    began = time.perf_counter()
    with counted() as queries:
        call_command("load_plans", verbosity=0, stdout=io.StringIO())
    yield Figure("Load all five plans", time.perf_counter() - began, queries[0], aim=5, peer=PEER["load"])
    call_command("load_demo", verbosity=0, stdout=io.StringIO())
    call_command("make_city", districts=districts, verbosity=0)


def parsing() -> Iterator[Figure]:
    from measures.reading import read_plan

    documents = ROOT / "fixtures" / "documents"
    longest = max(documents.glob("*.txt"), key=lambda path: path.stat().st_size)
    text = longest.read_text(encoding="utf-8")
    yield Figure(f"Parse the longest document ({longest.name})", timed(lambda: read_plan(text), 20), aim=0.15)


def opening() -> Iterator[Figure]:
    from departments.models import Conference
    from reporting.models import Duty, Progress
    from reporting.services.years import open_year

    conferences = list(Conference.objects.filter(code__startswith="99").select_related("upper"))
    began = time.perf_counter()
    with counted() as queries:
        for conference in conferences:
            open_year(conference, YEAR)
    rows = Progress.objects.filter(conference__in=conferences, year=YEAR).count()
    duties = Duty.objects.filter(conference__in=conferences, year=YEAR).count()
    yield Figure(
        f"open_year for the city and its {len(conferences) - 1} districts",
        time.perf_counter() - began,
        queries[0],
        aim=10,
        other=f"{rows:,} progress rows, {duties:,} duties",
    )


def pages(times: int) -> Iterator[Figure]:
    from django.db.models import Count
    from django.test import Client
    from django.utils import timezone

    from departments.enums import Role
    from departments.models import Conference, Posting
    from reporting.models import Progress

    city = Conference.objects.get(code="990000")
    busiest = (
        Progress.objects.filter(conference=city, year=YEAR)
        .values("department")
        .annotate(n=Count("pk"))
        .order_by("-n")
        .first()
    )
    assert busiest is not None
    today = timezone.localdate()
    liaison = Posting.objects.in_force_on(today).filter(department=busiest["department"], role=Role.LIAISON)[0].user
    officer = Posting.objects.in_force_on(today).filter(conference=city, role=Role.OFFICE_STAFF)[0].user
    entry = Progress.objects.filter(department=busiest["department"], year=YEAR).select_related("clause")[0]
    version = entry.clause.version_id
    for name, person, address, peer in (
        ("My work", liaison, f"/work/{YEAR}/", ""),
        ("Clause page with its form", liaison, f"/progress/{entry.pk}/", ""),
        ("Clause page, reading", liaison, f"/plans/{version}/clauses/{entry.clause.path}/".replace("#", "%23"), ""),
        ("Plan page, the whole document", liaison, f"/plans/{version}/", PEER["show"]),
        ("Office board", officer, f"/board/{city.code}/{YEAR}/", ""),
        ("Rows behind a number", officer, f"/board/{city.code}/{YEAR}/rows/", ""),
        ("Duties of the city", officer, f"/board/{city.code}/{YEAR}/duties/", ""),
    ):
        client = Client()
        client.force_login(person)
        get = lambda client=client, address=address: check(client.get(address))  # noqa: E731
        get()
        with counted() as queries:
            get()
        aim = 0.1 if name in ("My work", "Clause page with its form", "Office board") else None
        yield Figure(name, timed(get, times), queries[0], aim=aim, peer=peer)

    client = Client()
    client.force_login(liaison)
    turn = iter(range(10_000))

    def save(path: str) -> None:
        entry.refresh_from_db()
        values = {
            "lock_version": entry.lock_version,
            "status": "in_progress",
            "work_done": f"开展宣传 {next(turn)} 次。",
            "problems": "",
            "next_steps": "",
            "figures-TOTAL_FORMS": "1",
            "figures-INITIAL_FORMS": "0",
            "figures-0-name": "宣传场次",
            "figures-0-value": "12",
            "figures-0-unit": "场",
        }
        response = client.post(path, values)
        assert response.status_code in (204, 302), (response.status_code, response.content[:500])

    for name, path in (
        ("Save one progress row", f"/progress/{entry.pk}/"),
        ("Autosave", f"/progress/{entry.pk}/autosave/"),
    ):
        save(path)
        with counted() as queries:
            save(path)
        # One of the statements is this script's own, asking for the lock version.
        yield Figure(name, timed(lambda path=path: save(path), times), queries[0] - 1, peer=PEER["save"])


def check(response: object) -> None:
    assert response.status_code == 200, response  # type: ignore[attr-defined]


def reminders() -> Iterator[Figure]:
    from datetime import datetime

    from django.utils import timezone

    from reporting.services.reminders import send_reminders

    now = timezone.make_aware(datetime(YEAR, 12, 8, 9))
    began = time.perf_counter()
    with counted() as queries:
        run = send_reminders(now)
    yield Figure(
        "send_reminders on 12-08, first run",
        time.perf_counter() - began,
        queries[0],
        other=f"{len(run.reminders):,} reminders",
    )
    began = time.perf_counter()
    with counted() as queries:
        again = send_reminders(now)
    yield Figure(
        "send_reminders, second run",
        time.perf_counter() - began,
        queries[0],
        other=f"{len(again.reminders)} reminders",
    )


def memory(folder: Path) -> Iterator[Figure]:
    """The resident size of one web process after it has answered a few hundred requests."""
    port = "18" + str(os.getpid() % 900 + 100)
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "antitrafficking.wsgi", "--bind", f"127.0.0.1:{port}",
            "--workers", "1", "--worker-class", "gthread", "--threads", "4", "--no-control-socket",
        ],
        env=os.environ.copy(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _turn in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        for page in visited_pages(port) * 30:
            page()
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        sizes = [resident(int(pid)) for pid in children]
    finally:
        server.terminate()
        server.wait(10)
    yield Figure("A web process", other=f"{max(sizes):.0f} MB resident", limit="≤ 200 MB", is_missed=max(sizes) > 200)


def visited_pages(port: str) -> list[Callable[[], object]]:
    """What a signed-in liaison and an office open, as requests to the running server."""
    from django.conf import settings
    from django.test import Client

    from departments.models import Posting

    asks: list[Callable[[], object]] = []
    for role, addresses in (
        ("liaison", [f"/work/{YEAR}/", "/plans/", "/inbox/"]),
        ("office_staff", [f"/board/990000/{YEAR}/", f"/board/990000/{YEAR}/rows/", f"/board/990000/{YEAR}/duties/"]),
    ):
        user = Posting.objects.filter(conference__code="990000", role=role)[0].user
        client = Client()
        client.force_login(user)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        for address in addresses:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers={"Cookie": cookie})
            asks.append(lambda request=request: urllib.request.urlopen(request, timeout=20).read())
    return asks


def resident(pid: int) -> float:
    """Megabytes of memory that the process really holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def importing(folder: Path, times: int, *, quick: bool) -> Iterator[Figure]:
    rows, clauses, unknown = (500, 200, 100) if quick else (10_000, 300, 2_000)
    yield from spreadsheets(folder, max(1, times // 10), rows)
    yield from documents(max(1, times // 3))
    yield from import_pages(times, clauses)
    yield from questions(times, unknown)
    yield from comparing(max(1, times // 10), rows)
    yield from exporting(max(1, times // 10), clauses)


def city_in_words() -> str:
    from departments.models import Department, User
    from measures.models import Responsibility

    in_city = {"conference__code__startswith": "99"}
    return (
        f"{Department.objects.filter(**in_city).count():,} units, "
        f"{User.objects.filter(username__startswith='t-99').count():,} accounts, "
        f"{Responsibility.objects.filter(**in_city).count():,} responsibilities"
    )


def report(parts: dict[str, list[Figure]], districts: int, times: int, city: str) -> str:
    """docs/benchmarks.md. Where an aim is missed, it says so; the aims are those of the full size."""
    from django.db import connection

    head = f"""# Benchmarks

Written by `make bench`: medians of {times} repetitions after a warm-up, server side, in one run. What takes seconds
is repeated a tenth as often, or done once. Query counts hold everywhere, and tests assert that they do not grow
with rows; times are those of this machine:
{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {connection.vendor}.

The city, made by `manage.py make_city --districts {districts}`: {city}.

"Peer" is the closest comparable open product, measured beforehand on a machine of the same size: what it takes for a
plan of 112 clauses, unless it says otherwise. It was not run again here.
"""
    tables = [
        f"## {title}\n\n| What | Measured | Queries | Limit | Peer |\n|---|---|---|---|---|\n"
        + "\n".join(figure.row() for figure in figures)
        for title, figures in parts.items()
    ]
    return "\n".join([head, *("\n".join([table, ""]) for table in tables)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small city and small files; writes no report")
    parser.add_argument(
        "--only", choices=("year", "reports", "importing", "publishing", "closing"), help="one part; writes no report"
    )
    options = parser.parse_args()
    districts, times = (2, 5) if options.quick else (37, 30)
    wanted = {options.only} if options.only else {"year", "reports", "importing", "publishing", "closing"}
    parts: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        city = "not made"
        if "year" in wanted:
            parts["The year"] = list(prepare(folder, districts))
            city = city_in_words()
            parts["The year"] += [*parsing(), *opening(), *pages(times), *reminders(), *memory(folder)]
        elif "reports" in wanted:
            # A city without its districts' years is enough.
            list(prepare(folder, 2))
            list(opening())
            city = city_in_words()
        else:
            set_up(folder, os.environ.get("BENCH_DATABASE_URL", ""))
        if "reports" in wanted:
            parts["Reports"] = list(reports(times))
        if "importing" in wanted:
            parts["Importing a plan"] = list(importing(folder, times, quick=options.quick))
        if "publishing" in wanted:
            small, large, turns = (88, 880, 1) if options.quick else (880, 8_800, 3)
            parts["A new version over an open year"] = list(publishing(turns, small, large))
        if "closing" in wanted:
            rows, attachments, turns = (880, 20, 1) if options.quick else (8_800, 1_000, 3)
            parts["The ledger, and the end of the year"] = [
                *ledgers(turns, rows),
                *archives(folder, attachments),
            ]
        text = report(parts, districts, times, city)
        print(text)
        if not (options.quick or options.only):
            REPORT.write_text(text)


if __name__ == "__main__":
    main()
