"""The responsibility ledger as a workbook: 8,800 rows with their texts, beside openpyxl writing the same cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure, counted, side_by_side, timed

YEAR = 2026
UNITS = 166
TEXT = "组织开展反拐宣传进社区、进学校、进企业活动，发放宣传材料，排查线索并建立台账，督促责任落实到人。" * 2


def ledgers(times: int, rows: int = 8_800) -> Iterator[Figure]:
    from reporting.ledgers.contents import ledger_of
    from reporting.ledgers.making import ledger_file
    from reporting.ledgers.parts import Part, as_office
    from reporting.ledgers.workbook import write_ledger

    year = make_year(rows, UNITS, clauses=300 * rows // 8_800)
    reader = as_office(year.conference)
    with counted() as queries:
        made = ledger_file(year, Part(), reader)
    ledger = ledger_of(year, Part(), reader)
    assert isinstance(made.content, bytes)
    whole, ours, peer = side_by_side(
        [
            lambda: ledger_file(year, Part(), reader),
            lambda: write_ledger(ledger),
            lambda: with_openpyxl(ledger.rows),
        ],
        times,
    )
    yield Figure(
        f"The ledger of {rows:,} rows as xlsx",
        whole,
        queries[0],
        aim=5,
        peer=f"openpyxl write-only, the same rows as bare cells: {peer:.2f} s",
        other=f"{len(ledger.rows):,} rows, {len(ledger.lines)} clauses, {len(made.content) / 1e6:.1f} MB; writing alone {ours:.2f} s",
    )
    unit = ledger.rows[0].unit_code
    small = Part(unit=unit)
    with counted() as queries:
        ledger_file(year, small, reader)
    yield Figure("One unit's ledger", timed(lambda: ledger_file(year, small, reader), times), queries[0], aim=1)


def with_openpyxl(rows: list[Any]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("单位进展")
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make_year(rows: int, units: int, *, clauses: int) -> Any:
    """An open year of a made-up city, every entry of which was accepted with its text."""
    from benchmarks.places import make_place
    from benchmarks.texts import document, make_tasks, unit_names
    from reporting.enums import EntryState
    from reporting.models import Progress, Year
    from reporting.services.publication import publish_plan
    from reporting.services.years import open_year

    names = unit_names(units)
    place = make_place(names)
    tasks = make_tasks(clauses, names, rows)
    publish_plan(place.receive(document(tasks)), by=place.administrator)
    open_year(place.conference, YEAR)
    Progress.objects.filter(conference=place.conference, year=YEAR).update(
        state=EntryState.ACCEPTED, work_done=TEXT, problems="人手不足。", next_steps="增加人手。", status="in_progress"
    )
    found: Any = Year.objects.select_related("conference", "version__plan").get(conference=place.conference, year=YEAR)
    return found
