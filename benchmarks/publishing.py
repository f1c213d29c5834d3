"""A new version over an open year: publishing and undoing, with a city's rows and with a tenth of them.

``python -m benchmarks.publishing SMALL LARGE TURNS`` measures it in a process of its own and prints JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.databases import set_up
from benchmarks.figures import Figure, counted, in_words, once

ROOT = Path(__file__).resolve().parent.parent
YEAR = 2026
CLAUSES = 300
UNITS = 166
PEER = "12–14 s, 4,260 queries (30 departments; the progress of dropped clauses is deleted)"


def publishing(turns: int, small: int = 880, large: int = 8_800) -> Iterator[Figure]:
    """On SQLite in this process, and on PostgreSQL where its programs are installed."""
    yield from _figures("", _measured(small, large, turns), small, large)
    if (apart := _on_postgres(small, large, turns)) is not None:
        yield from _figures(" (PostgreSQL)", apart, small, large)


def _figures(where: str, measured: dict[str, Any], small: int, large: int) -> Iterator[Figure]:
    few, many = measured[str(small)], measured[str(large)]
    for act, name in (("publish", "Publish a new version over an open year"), ("undo", "Undo it")):
        yield Figure(
            f"{name}{where}",
            many[act],
            many[f"{act}_queries"],
            aim=5,
            peer=PEER if act == "publish" else "",
            other=f"{many['outcome'] if act == 'publish' else ''}with {few['rows']:,} rows: {in_words(few[act])}, "
            f"{few[f'{act}_queries']:,} queries",
            limit="queries do not grow",
            is_missed=many[f"{act}_queries"] > few[f"{act}_queries"],
        )


def _measured(small: int, large: int, turns: int) -> dict[str, Any]:
    # The same plan for both, so that only the units that each clause names differ.
    clauses = min(CLAUSES, small * 300 // 880)
    return {str(rows): _of_year(clauses, rows, turns) for rows in (small, large)}


def _of_year(clauses: int, rows: int, turns: int) -> dict[str, Any]:
    """Medians of publishing and undoing in turns, over a year with so many rows, every second of which has text."""
    from django.db.models import F
    from django.db.models.functions import Mod

    from benchmarks.places import make_place
    from benchmarks.texts import document, edited, make_tasks, unit_names
    from measures.models import PlanImport
    from reporting.enums import EntryState
    from reporting.models import Progress
    from reporting.services.adoption import undo_publication
    from reporting.services.publication import Publication, publish_plan
    from reporting.services.years import open_year

    names = unit_names(UNITS)
    place = make_place(names)
    tasks = make_tasks(clauses, names, rows)
    publish_plan(place.receive(document(tasks)), by=place.administrator)
    open_year(place.conference, YEAR)
    progress = Progress.objects.filter(conference=place.conference, year=YEAR)
    progress.annotate(half=Mod("pk", 2)).filter(half=0).update(
        state=EntryState.SUBMITTED, work_done="开展宣传。", lock_version=F("lock_version") + 1
    )
    row = place.receive(document(edited(tasks, names)), "next.txt")
    times: dict[str, list[float]] = {"publish": [], "undo": []}
    result: dict[str, Any] = {"rows": progress.count()}
    done: list[Publication] = []

    def publish() -> None:
        done.append(publish_plan(PlanImport.objects.get(pk=row.pk), by=place.administrator))

    def undo() -> None:
        undo_publication(done[-1].version, by=place.administrator)

    for _turn in range(turns):
        for name, act in (("publish", publish), ("undo", undo)):
            with counted() as queries:
                times[name].append(once(act))
            result[f"{name}_queries"] = queries[0]
    [adopted] = done[-1].adopted
    result["outcome"] = (
        f"{result['rows']:,} rows: {adopted.carried:,} carried on, {adopted.reworded:,} of them to look at again, "
        f"{adopted.closed} closed, {adopted.created} new; {done[-1].told} people told; "
    )
    return result | {act: statistics.median(runs) for act, runs in times.items()}


def _on_postgres(small: int, large: int, turns: int) -> dict[str, Any] | None:
    from tests.servers import PostgresServer, ServerUnavailable

    try:
        with PostgresServer() as server:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.publishing", str(small), str(large), str(turns)],
                cwd=ROOT,
                env=os.environ | {"BENCH_DATABASE_URL": server.url},
                stdout=subprocess.PIPE,
                check=True,
            )
    except ServerUnavailable as missing:
        print(f"No figures on PostgreSQL: {missing}", file=sys.stderr)
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def main() -> None:
    """On the database of BENCH_DATABASE_URL, as JSON."""
    small, large, turns = (int(word) for word in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder), os.environ["BENCH_DATABASE_URL"])
        print(json.dumps(_measured(small, large, turns)))


if __name__ == "__main__":
    main()
