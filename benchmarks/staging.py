"""One file received, read, staged and compared in a process of its own, so that its memory is its own.

``python -m benchmarks.staging FILE CONFERENCE`` imports, ``python -m benchmarks.staging FILE`` only reads the file's
format: from so small a process that what its child holds can be told (a process that is started counts the memory of
the one that started it). Both print JSON; memory is the most ever resident, in MB.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """Only what measures.sources does, from a process that is smaller than its child."""
    from measures.sources import read_source

    data = path.read_bytes()
    began = time.perf_counter()
    source = read_source(data, name=path.name)
    return {"seconds": time.perf_counter() - began, "rows": sum(len(sheet.rows) for sheet in source.sheets)}


def stage(path: Path, code: str) -> dict[str, Any]:
    """As a page and then a worker do it."""
    import django

    django.setup()

    from benchmarks.figures import counted
    from departments.models import Conference
    from measures.importing.staging import read_waiting, receive

    conference = Conference.objects.get(code=code)
    data = path.read_bytes()
    before = most_resident()
    began, busy = time.perf_counter(), processor_seconds()
    with counted() as queries:
        row, is_new = receive(data, name=path.name, conference=conference)
        received = time.perf_counter() - began
        read_waiting()
    seconds, busy = time.perf_counter() - began, processor_seconds() - busy
    row.refresh_from_db()
    assert is_new, "the same file was imported before"
    assert row.is_open, (row.state, row.problem, row.faults[:3])
    return {
        "import": row.pk,
        "seconds": seconds,
        "received": received,
        "busy": busy,
        "queries": queries[0],
        "clauses": row.clauses.count(),
        "changes": row.changes,
        "before": before,
    }


def processor_seconds() -> float:
    """Of this process and its children that have ended: what does not depend on how busy the machine is."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def most_resident() -> float:
    """Of this process alone."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    path, *code = sys.argv[1:]
    result = stage(Path(path), *code) if code else read(Path(path))
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps(result | {"own": most_resident(), "child": child}))


if __name__ == "__main__":
    main()
