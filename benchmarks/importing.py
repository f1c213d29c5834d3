"""Importing: a large spreadsheet, the five documents, comparing and exporting. Its pages are in import_pages.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, counted, once, side_by_side, timed
from benchmarks.texts import document, edited, make_tasks, unit_names, workbook

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "fixtures" / "documents"
UNITS = 170
MEGABYTES = 300


# --- A large spreadsheet ------------------------------------------------------------------------------------------


def spreadsheets(folder: Path, times: int, rows: int) -> Iterator[Figure]:
    """Two versions of a table; the second is compared with the first, which is published in between."""
    from benchmarks.places import make_place
    from measures.models import PlanImport
    from reporting.services.publication import publish_plan

    names = unit_names(UNITS)
    place = make_place(names)
    tasks = make_tasks(rows, names, rows * 4)
    first, second = folder / "first.xlsx", folder / "second.xlsx"
    first.write_bytes(workbook(tasks))
    second.write_bytes(workbook(edited(tasks, names)))

    yield from reading(second, times)
    row = place.settle(PlanImport.objects.get(pk=_apart(first, place.conference.code)["import"]))
    with counted() as queries:
        seconds = once(lambda: publish_plan(row, by=place.administrator))
    published = Figure(f"Publish its {row.clauses.count():,} clauses as the first version", seconds, queries[0])
    apart = _apart(second, place.conference.code)
    child = _apart(second)["child"]
    yield Figure(
        f"Spreadsheet of {rows:,} rows, 12 columns, {UNITS} units: received, read, staged and compared",
        apart["seconds"],
        apart["queries"],
        aim=10,
        other=f"{apart['busy']:.2f} s of processor time; received after {apart['received'] * 1000:.0f} ms; "
        f"{changes(apart['changes'])}",
    )
    yield Figure(
        "Memory for it, at most resident",
        other=f"{apart['own']:.0f} MB the process ({apart['before']:.0f} MB before it), {child:.0f} MB its child",
        limit=f"≤ {MEGABYTES} MB each",
        is_missed=max(apart["own"], child) > MEGABYTES,
    )
    yield published


def reading(path: Path, times: int) -> Iterator[Figure]:
    """The same file with all that we take from it, and bare: openpyxl's read-only mode over the same cells."""
    from openpyxl import load_workbook

    from measures.sources import read_source

    data = path.read_bytes()

    def bare() -> None:
        book = load_workbook(BytesIO(data), read_only=True)
        for sheet in book:
            for _row in sheet.iter_rows(values_only=True):
                pass

    ours, theirs = side_by_side([lambda: read_source(data, name=path.name), bare], times)
    yield Figure(
        f"Read its {len(data) // 1024:,} KB, child process and all",
        ours,
        other=f"bare openpyxl, read-only: {theirs:.2f} s; {ours / theirs:.2f} ×",
        limit="≤ 1.5 × openpyxl",
        is_missed=ours > 1.5 * theirs,
    )


def _apart(path: Path, *code: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.staging", str(path), *code],
        cwd=ROOT,
        env=os.environ.copy(),
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def changes(counts: dict[str, int]) -> str:
    """「71 same, 5 reworded」."""
    return ", ".join(f"{number:,} {kind}" for kind, number in counts.items() if number)


# --- The documents ------------------------------------------------------------------------------------------------


def documents(times: int) -> Iterator[Figure]:
    """Each document against the one of 2013, as a next version of its plan."""
    from benchmarks.places import make_place
    from reporting.services.publication import publish_plan

    paths = sorted(DOCUMENTS.glob("*.txt"))
    place = make_place(unit_names(20))
    [base] = [path for path in paths if path.stem.startswith("003")]
    plan = publish_plan(place.settle(place.receive(base.read_bytes(), base.name)), by=place.administrator).version.plan
    lengths = count(1)
    for path in paths:
        text = path.read_text(encoding="utf-8").rstrip("\n")

        def act(text: str = text, name: str = path.name) -> Any:
            # Another byte each time: a file that is on its way already is not read again.
            return place.receive(text + "\n" * next(lengths), name, plan)

        seconds = timed(act, times)
        with counted() as queries:
            row = act()
        yield Figure(f"Stage and compare {path.stem}", seconds, queries[0], aim=1, other=changes(row.changes))


# --- Comparing and exporting --------------------------------------------------------------------------------------


def comparing(times: int, rows: int) -> Iterator[Figure]:
    from measures.comparing import compare, sides_of
    from measures.reading import read_plan
    from measures.sheets import read_table
    from measures.sources import read_source

    one, other = (
        sides_of(read_plan(next(DOCUMENTS.glob(f"{number}_*.txt")).read_text(encoding="utf-8")))
        for number in ("000", "001")
    )
    yield Figure(
        "Compare 000 with 001",
        timed(lambda: compare(one, other), times * 5),
        other=changes(compare(one, other).counts),
    )
    names = unit_names(UNITS)
    tasks = make_tasks(rows, names, rows * 4)
    before, after = (
        sides_of(read_table(read_source(workbook(each), name="table.xlsx").sheets).plan)
        for each in (tasks, edited(tasks, names))
    )
    yield Figure(
        f"Compare {len(before):,} with {len(after):,} clauses",
        timed(lambda: compare(before, after), times),
        other=changes(compare(before, after).counts),
    )


def exporting(times: int, clauses: int) -> Iterator[Figure]:
    from benchmarks.places import make_place
    from measures.importing.plans import plan_of_version
    from measures.sheets.writing import write_plan
    from reporting.services.publication import publish_plan

    names = unit_names(166)
    for number, responsibilities in ((53, 286), (clauses, clauses * 8_800 // 300)):
        place = make_place(names)
        tasks = make_tasks(number, names, responsibilities)
        version = publish_plan(place.receive(document(tasks)), by=place.administrator).version

        def act(version: Any = version) -> bytes:
            return write_plan(plan_of_version(version), units=names)

        with counted() as queries:
            size = len(act())
        yield Figure(
            f"Export {number} clauses with {responsibilities:,} responsibilities as xlsx",
            timed(act, times),
            queries[0],
            other=f"{size // 1024:,} KB",
        )
