"""The ledger as a file: at once where it is small, by a worker where it is large."""

from __future__ import annotations

from departments.access import Access
from measures.sheets.writing import NotWritable
from reporting.content_types import XLSX
from reporting.ledgers.contents import Ledger, ledger_of
from reporting.ledgers.parts import Part, as_office
from reporting.ledgers.workbook import write_ledger
from reporting.models import Job, Year
from reporting.services.jobs import CannotMake, Made, Pulse

# With more rows than these a worker makes the file, so that nobody's page waits for it.
AT_ONCE = 2_000


def ledger_file(year: Year, part: Part, reader: Access, progress: Pulse | None = None) -> Made:
    """The workbook of a part of the ledger. ``year`` needs its conference and its version, which is not empty."""
    ledger = ledger_of(year, part, reader)
    return Made(file_name(ledger), XLSX, write_ledger(ledger, progress))


def file_name(ledger: Ledger) -> str:
    part = ""
    if ledger.part.unit and ledger.rows:
        part = f"（{ledger.rows[0].unit}）"
    elif ledger.part.chapter:
        part = f"（{ledger.part.chapter}）"
    elif ledger.part.districts:
        part = "（含各区县）"
    return f"{ledger.conference.short_name}{ledger.year}年度责任分解台账{part}.xlsx"


def make_ledger(job: Job, progress: Pulse) -> Made:
    """The maker of JobKind.LEDGER: as the office reads it, whoever of the office or its auditors has asked."""
    year = (
        Year.objects.select_related("conference", "version__plan")
        .defer("version__source_text")
        .filter(conference=job.conference_id, year=job.year)
        .first()
    )
    if year is None or year.version is None:
        raise CannotMake("这个年度没有自己的计划，没有责任分解台账。")
    progress(0, 1, "读取")
    try:
        return ledger_file(year, Part.of(job.scope), as_office(year.conference), progress)
    except NotWritable as error:
        raise CannotMake(str(error)) from error
