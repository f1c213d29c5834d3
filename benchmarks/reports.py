"""Reports of the made-up city: a unit's, and the consolidated one of all its entries, compiled and as Word files.

Beside the product's own writing stands the plain way with the same library: every paragraph by ``add_paragraph`` and
every cell by ``table.cell``, with the same words.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure, counted, in_words, once, side_by_side, timed

CITY, YEAR = "990000", 2026
_WORDS = (
    "组织开展专题宣传活动，覆盖重点场所和重点人群，发放宣传资料，群众知晓率明显提升。",
    "督促各区县更新台账，开展拉网式排查，发现问题立即整改，会同有关部门建立长效机制。",
    "开展业务培训，提升一线人员识别和处置能力，完善信息互通和线索移送机制。",
    "加强部门协作，定期会商研判，推动信息系统对接，落实责任到人。",
)


def reports(times: int) -> Iterator[Figure]:
    """Needs the city's year to be open. Entries that nobody has written are written, and accepted, first."""
    from django.db.models import Count

    from departments.models import Conference, User
    from reporting.models import Duty, Progress

    city = Conference.objects.get(code=CITY)
    _write_entries(city)
    entries = Progress.objects.filter(conference=city, year=YEAR)
    busiest = entries.values("department").annotate(n=Count("pk")).order_by("-n")[0]["department"]
    duty = Duty.objects.reports().get(department=busiest, year=YEAR)
    writer = User.objects.get(postings__department=busiest, postings__role="liaison")
    officer = User.objects.get(username=f"t-{CITY}-chief")
    units = entries.values("department").distinct().count()
    clauses = entries.values("clause").distinct().count()
    size = f"{clauses} clauses, {units} units, {entries.count()} entries"
    few = max(1, times // 3)
    yield from _of(duty, city, writer, "A unit's report", aim=2, times=few)
    yield from _of(None, city, officer, f"The consolidated report ({size})", aim=10, times=few)
    yield from _filing(duty, writer, few)


def _of(duty: Any, city: Any, by: Any, name: str, *, aim: float, times: int) -> Iterator[Figure]:
    from reporting.documents.reports import document_of
    from reporting.documents.word import to_docx
    from reporting.services.compiling import begin_report, compile_report

    report = begin_report(duty, city, YEAR, by=by)
    with counted() as queries:
        compile_report(report, by=by)
    compiling = timed(lambda: compile_report(report, by=by), times)
    yield Figure(f"{name}: compile", compiling, queries[0])
    with counted() as queries:
        document = document_of(report)
    blocks = sum(len(annex.blocks) for annex in document.annexes) + len(document.blocks)
    ours, plain = side_by_side([lambda: to_docx(document_of(report)), lambda: _plain(document)], times)
    yield Figure(
        f"{name}: Word file",
        ours,
        queries[0],
        aim=aim,
        other=f"{blocks} blocks, {len(to_docx(document)) // 1024} KB",
        peer=f"python-docx the plain way, without the format: {in_words(plain)}",
    )
    yield Figure(f"{name}: compile and Word file", compiling + ours, aim=aim)


def _filing(duty: Any, by: Any, times: int) -> Iterator[Figure]:
    """Freezing, and making the Word file from what was frozen."""
    from reporting.documents.reports import document_of_filing
    from reporting.documents.word import to_docx
    from reporting.models import Duty
    from reporting.services.entries import withdraw_entry
    from reporting.services.report_handing_in import hand_in_report
    from reporting.services.reports import report_for

    def hand_in() -> Any:
        return hand_in_report(report_for(Duty.objects.get(pk=duty.pk)), by=by)

    def take_back() -> None:
        withdraw_entry(Duty.objects.get(pk=duty.pk), by=by)

    hand_in()
    take_back()
    with counted() as queries:
        filing = hand_in()
    taken = []
    for _turn in range(times):
        take_back()
        taken.append(once(hand_in))
    yield Figure("File a unit's report: freeze, digest, receipt", sorted(taken)[len(taken) // 2], queries[0])
    yield Figure("Word file of what was filed", timed(lambda: to_docx(document_of_filing(filing)), times), aim=2)


def _write_entries(city: Any) -> None:
    from reporting.enums import EntryState, ImplementationStatus
    from reporting.models import Progress

    draw = random.Random(1)
    rows = list(Progress.objects.filter(conference=city, year=YEAR))
    for row in rows:
        row.state, row.status = EntryState.ACCEPTED, draw.choice(ImplementationStatus.values)
        row.work_done = "".join(draw.sample(_WORDS, 3))
        row.problems = _WORDS[3] if draw.random() < 0.3 else ""
        row.next_steps = _WORDS[2] if draw.random() < 0.5 else ""
    Progress.objects.bulk_update(rows, ["state", "status", "work_done", "problems", "next_steps"])


def _plain(document: Any) -> bytes:
    """The same words by the library's own simple calls: no format, no page numbers, no grid."""
    import docx

    from reporting.documents.content import Heading, Paragraph, Table

    word = docx.Document()
    word.add_heading(document.title, 0)
    for block in [*document.blocks, *(block for annex in document.annexes for block in annex.blocks)]:
        if isinstance(block, Heading):
            word.add_heading(block.text, block.level)
        elif isinstance(block, Paragraph):
            word.add_paragraph(block.text)
        elif isinstance(block, Table):
            table = word.add_table(rows=1 + len(block.rows), cols=len(block.columns))
            for place, column in enumerate(block.columns):
                table.cell(0, place).text = column.title
            for number, row in enumerate(block.rows, 1):
                for place, text in enumerate(row):
                    table.cell(number, place).text = text
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()
