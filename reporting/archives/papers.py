"""The documents of a year for its archive: reports as they were filed, minutes, circulars, letters, all as Word files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef

from departments.access import Access
from measures.importing.plans import plan_of_version
from measures.sheets.writing import NotWritable, write_plan
from reporting.archives.tables import filings_of
from reporting.assessment_book import write_results
from reporting.documents.content import Document
from reporting.documents.reports import document_of, document_of_filing
from reporting.documents.snapshots import canonical_json
from reporting.documents.word import to_docx
from reporting.enums import AssessmentState, CircularState, MeetingState, SupervisionState
from reporting.figure_book import write_sums
from reporting.ledgers.making import ledger_file
from reporting.ledgers.parts import Part
from reporting.models import AnnualReport, Assessment, Circular, Filing, Meeting, Supervision, Urge, Year
from reporting.paper_documents import (
    assessment_document,
    circular_document,
    lifting_document,
    minutes_document,
    supervision_document,
)
from reporting.services.figures import sums
from reporting.urge_letters import letters_of


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: where it goes, what it is called, and how it is made once its turn has come."""

    folder: tuple[str, ...]
    name: str
    make: Callable[[], bytes]
    # What the manifest says beside it, for instance that it is not what it was when it was filed.
    remark: str = ""


def papers_of(year: Year, reader: Access) -> Iterator[Paper]:
    """All documents of the year, in the archive's order; made one at a time, none of them kept."""
    yield from _plan(year, reader)
    yield from _sums(year)
    yield from _reports(year, reader)
    yield from _meetings(year)
    yield from _assessments(year)
    yield from _circulars(year)
    yield from _supervisions(year)
    yield from _urges(year)


def count_papers(year: Year, reader: Access) -> int:
    """About how many there are, for a bar."""
    own = {"conference": year.conference_id, "year": year.year}
    return (
        2 * filings_of(year, reader).count()
        + Meeting.objects.filter(**own, state=MeetingState.FILED).count()
        + Circular.objects.filter(**own, state=CircularState.ISSUED).count()
        + 4
    )


def _word(document: Callable[[], Document]) -> Callable[[], bytes]:
    return lambda: to_docx(document())


def _plan(year: Year, reader: Access) -> Iterator[Paper]:
    version = year.version
    if version is None:
        return
    title = version.plan.title
    yield Paper(("计划",), f"{title}.txt", lambda: version.source_text.encode())
    yield Paper(("计划",), f"{title}（责任分解表）.xlsx", lambda: write_plan(plan_of_version(version), units=[]))
    yield Paper(("台账",), "责任分解台账.xlsx", lambda: _bytes_of(ledger_file(year, Part(), reader).content))


def _bytes_of(content: Any) -> bytes:
    assert isinstance(content, bytes)  # noqa: S101 - a workbook is made in memory
    return content


def _sums(year: Year) -> Iterator[Paper]:
    conference, number = year.conference, year.year
    yield Paper(("数据",), "数据汇总表.xlsx", lambda: write_sums(sums(conference, number), conference, number))


def _reports(year: Year, reader: Access) -> Iterator[Paper]:
    rows = filings_of(year, reader).select_related("report__department", "report__conference")
    ordered = rows.order_by("report__department__position", "report__conference__code", "report", "round", "pk")
    for filing in ordered.iterator(chunk_size=20):
        folder, name = _place_of(filing, year), _name_of(filing)
        yield Paper(folder, f"{name}.docx", _word(lambda filing=filing: document_of_filing(filing)))  # type: ignore[misc]
        # These very bytes have the digest that was noted when it was filed.
        yield Paper(folder, f"{name}.json", lambda filing=filing: canonical_json(filing.snapshot))  # type: ignore[misc]
    standing = Filing.objects.filter(report=OuterRef("pk"), withdrawn_at=None)
    own = AnnualReport.objects.of_conferences().filter(conference=year.conference_id, year=year.year)
    for report in own.filter(~Exists(standing)).select_related("conference", "duty").order_by("pk"):
        yield Paper(("综合报告",), f"{report.title}（未定稿）.docx", _word(lambda report=report: document_of(report)))  # type: ignore[misc]


def _name_of(filing: Filing) -> str:
    """What went to nobody above was settled, and has no number of a receipt."""
    if not filing.receipt_number:
        return f"第{filing.round}次定稿"
    return f"第{filing.round}次报送（{filing.receipt_number}）"


def _place_of(filing: Filing, year: Year) -> tuple[str, ...]:
    report = filing.report
    if report.department is not None:
        return ("单位", report.department.name, "年度报告")
    if report.conference_id == year.conference_id:
        return ("综合报告",)
    return ("区县", report.conference.short_name, "年度报告")


def _meetings(year: Year) -> Iterator[Paper]:
    rows = Meeting.objects.filter(conference=year.conference_id, year=year.year, state=MeetingState.FILED)
    for meeting in rows.select_related("conference").order_by("held_on", "pk"):
        seats = meeting.attendances.select_related("department").order_by("department__position", "pk")
        make = _word(lambda meeting=meeting, seats=seats: minutes_document(meeting, seats))  # type: ignore[misc]
        yield Paper(("会议",), f"{meeting.held_on:%Y%m%d} {meeting.title}.docx", make)


def _assessments(year: Year) -> Iterator[Paper]:
    rows = Assessment.objects.filter(
        conference=year.conference_id, year=year.year, state=AssessmentState.PUBLISHED
    ).select_related("conference")
    for assessment in rows.prefetch_related("criteria").order_by("kind", "pk"):
        results = list(assessment.results.select_related("department", "assessed_conference"))
        make = _word(lambda assessment=assessment, results=results: assessment_document(assessment, results))  # type: ignore[misc]
        yield Paper(("评估",), f"{assessment.title}.docx", make)
        book = lambda assessment=assessment, results=results: write_results(assessment, results)  # noqa: E731
        yield Paper(("评估",), f"{assessment.title}（结果表）.xlsx", book)


def _circulars(year: Year) -> Iterator[Paper]:
    rows = Circular.objects.filter(conference=year.conference_id, year=year.year, state=CircularState.ISSUED)
    for circular in rows.select_related("conference").order_by("issued_on", "pk"):
        yield Paper(("通报",), f"{circular.title}.docx", _word(lambda circular=circular: circular_document(circular)))  # type: ignore[misc]


def _supervisions(year: Year) -> Iterator[Paper]:
    rows = Supervision.objects.filter(conference=year.conference_id, year=year.year)
    for row in rows.select_related("conference", "supervised").order_by("opened_on", "pk"):
        name = f"{row.area}{row.get_kind_display()}"
        yield Paper(("督办",), f"{name}通知书.docx", _word(lambda row=row: supervision_document(row)))  # type: ignore[misc]
        if row.state == SupervisionState.LIFTED:
            yield Paper(("督办",), f"{name}解除通知.docx", _word(lambda row=row: lifting_document(row)))  # type: ignore[misc]


def _urges(year: Year) -> Iterator[Paper]:
    rows = (
        Urge.objects.filter(conference=year.conference_id, duty__year=year.year)
        .select_related(
            "conference",
            "created_by",
            "duty__department",
            "duty__obliged_conference",
            "duty__obligation__clause__version__plan",
        )
        .defer("duty__obligation__clause__version__source_text")
        .order_by("created_at", "batch", "pk")
    )
    for _batch, urges in groupby(rows, key=lambda urge: urge.batch):
        for letter in letters_of(urges):
            day = f"{letter.document.signed_on:%Y%m%d}" if letter.document.signed_on else ""
            yield Paper(("催办",), f"{day} {letter.name}.docx", lambda letter=letter: to_docx(letter.document))  # type: ignore[misc]


# Why a document could not be made of what is stored.
CANNOT_BE_MADE = (ValueError, NotWritable)
