"""The Word file of a report, as a worker makes it."""

from __future__ import annotations

from reporting.content_types import DOCX
from reporting.documents.reports import document_of, document_of_filing
from reporting.documents.word import to_docx
from reporting.models import AnnualReport, Job
from reporting.services.jobs import CannotMake, Made, Pulse
from reporting.services.reports import is_locked, live_filing_of

_LONGEST_NAME = 120
# Characters that a file system or a browser would stumble over.
_UNFIT = str.maketrans(dict.fromkeys('\\/:*?"<>|\n\r\t', " "))


def file_name_of(report: AnnualReport, *, is_draft: bool) -> str:
    """The title, without its ending; a draft says so."""
    title = " ".join(report.title.translate(_UNFIT).split())[:_LONGEST_NAME] or f"{report.year}年度报告"
    return f"{title}（草稿）" if is_draft else title


def make_report_file(job: Job, progress: Pulse) -> Made:
    """The file of ``job.report``: what was filed, as long as that stands, else the text as it is. Raises CannotMake."""
    if job.report_id is None:
        raise CannotMake("没有指明是哪一份报告。")
    report = AnnualReport.objects.select_related("conference", "department", "duty").get(pk=job.report_id)
    progress(0, 1, "读取报告")
    live = live_filing_of(report) if is_locked(report) else None
    document = document_of_filing(live) if live is not None else document_of(report)

    def count(done: int, total: int) -> None:
        progress(done, total, "生成 Word 文件")

    content = to_docx(document, progress=count)
    return Made(f"{file_name_of(report, is_draft=live is None)}.docx", DOCX, content)
