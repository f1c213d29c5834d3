"""The archive of a city's year: how long a worker takes, and the most memory that it needs.

``python -m benchmarks.archive CODE`` makes it in a process of its own, on the database of BENCH_DATABASE_URL and in
the folder of VAR_DIR, and prints JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.databases import environment
from benchmarks.figures import Figure, once
from benchmarks.ledgers import YEAR, make_year

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024


def archives(folder: Path, attachments: int = 1_000, *, size: int = 2 * MEGABYTE) -> Iterator[Figure]:
    """Close a city's year of 53 clauses and 34 units, with reports and attachments, and archive it."""
    from reporting.archives.verifying import verify
    from reporting.models import Job
    from reporting.services.closing import close_year

    year = make_year(286, 34, clauses=53)
    person = file_reports(year)
    make_attachments(year, person, attachments, size)
    seconds = once(lambda: close_year(year, by=person, reason="归档。"))
    yield Figure("Close a year of 286 entries", seconds, aim=2)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.archive", year.conference.code],
        cwd=ROOT,
        env=os.environ | {"BENCH_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["state"] == "done", told
    yield Figure(
        "Archive it: 34 filed reports and their attachments",
        told["seconds"],
        other=f"{attachments:,} attachments of {size // MEGABYTE} MB, {told['size'] / 1e9:.2f} GB; "
        f"{told['memory']:.0f} MB of memory at most, {told['before']:.0f} MB before it began",
        limit="memory ≤ 300 MB",
        is_missed=told["memory"] > 300,
    )
    path = Path(Job.objects.get(pk=told["job"]).file.path)
    seconds = once(lambda: verify(path))
    assert verify(path).is_sound, verify(path).problems[:3]
    yield Figure("Verify it", seconds)


def file_reports(year: Any) -> Any:
    """Every unit hands in its annual report; returns who did."""
    from departments.models import User
    from measures.enums import ObligationKind
    from reporting.models import Duty
    from reporting.services.entries import submit_entry

    person = User.objects.filter(username__startswith=f"b-{year.conference.code}").earliest("pk")
    for duty in Duty.objects.filter(conference=year.conference, year=YEAR, kind=ObligationKind.ANNUAL_REPORT):
        submit_entry(duty, by=person)
    return person


def make_attachments(year: Any, person: Any, count: int, size: int) -> None:
    """Files that cannot be compressed, as attachments are; a few contents, many names."""
    from reporting.models import Attachment, Progress

    entries = list(Progress.objects.filter(conference=year.conference, year=YEAR).order_by("pk"))
    contents = [os.urandom(size) for _turn in range(4)]
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    rows = []
    for number in range(count):
        row = Attachment(
            conference=year.conference,
            progress=entries[number % len(entries)],
            name=f"佐证材料{number}.pdf",
            content_type="application/pdf",
            size=size,
            sha256=digests[number % 4],
            uploaded_by=person,
        )
        row.file.name = f"attachments/{row.key.hex[:2]}/{row.key.hex}"
        path = Path(row.file.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[number % 4])
        rows.append(row)
    Attachment.objects.bulk_create(rows)


def memory_used() -> float:
    """The most megabytes that this process has held so far.

    Not resource.ru_maxrss: that begins with the size of the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def main() -> None:
    # What a worker has before it begins: the product, and neither migrations nor static files.
    os.environ |= environment(Path(os.environ["BENCH_FOLDER"]), os.environ.get("BENCH_DATABASE_URL", ""))
    import django

    django.setup()
    from departments.models import Conference, User
    from reporting.enums import JobKind
    from reporting.models import Job
    from reporting.services.jobs import ask, run_waiting

    conference = Conference.objects.get(code=sys.argv[1])
    person = User.objects.filter(username__startswith=f"b-{conference.code}").earliest("pk")
    job = ask(JobKind.ARCHIVE, conference=conference, year=YEAR, by=person)
    before = memory_used()
    began = time.perf_counter()
    run_waiting(1)
    seconds = time.perf_counter() - began
    job = Job.objects.get(pk=job.pk)
    told = {"job": job.pk, "state": job.state, "error": job.error, "size": job.size}
    print(json.dumps(told | {"seconds": seconds, "memory": memory_used(), "before": before}))


if __name__ == "__main__":
    main()
