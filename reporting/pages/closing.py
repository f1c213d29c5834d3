"""What the page of a conference's year shows: how it stands, what is left open, which files were made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.enums import ObligationKind
from reporting.enums import EntryState, JobKind, JobState, YearState
from reporting.models import Job, Year
from reporting.pages.filters import ASKED, NO_REPORT, OUTSTANDING
from reporting.services.remaining import Remaining
from reporting.services.years import Opening

# Code of what is left: its words, the address that shows it (of code and year), and what that is narrowed to.
_LEFT: dict[str, tuple[Any, str, dict[str, str]]] = {
    "reports": (
        gettext_lazy("成员单位年度报告未报"),
        "duties",
        {"kind": ObligationKind.ANNUAL_REPORT.value, "who": "units", "state": OUTSTANDING},
    ),
    "district_reports": (
        gettext_lazy("区县年度报告未报"),
        "duties",
        {"kind": ObligationKind.ANNUAL_REPORT.value, "who": "districts", "state": OUTSTANDING},
    ),
    "other_duties": (gettext_lazy("其他应报事项未办结"), "duties", {"kind": NO_REPORT, "state": OUTSTANDING}),
    "entries": (gettext_lazy("措施进展未报"), "rows", {"state": OUTSTANDING}),
    "entries_to_review": (gettext_lazy("措施进展待审"), "rows", {"state": EntryState.SUBMITTED.value}),
    "duties_to_review": (gettext_lazy("应报事项待审"), "duties", {"state": EntryState.SUBMITTED.value}),
    "extensions": (gettext_lazy("延期申请待批"), "extensions", {}),
    "inputs": (gettext_lazy("材料请求待提供"), "rows", {"state": ASKED}),
    "meetings": (gettext_lazy("会议没有归档纪要"), "meetings", {}),
    "assessments": (gettext_lazy("评估没有公布"), "assessments", {}),
    "circulars": (gettext_lazy("通报没有印发"), "circulars", {}),
    "supervisions": (gettext_lazy("督办没有解除"), "supervisions", {}),
    "own_report": (gettext_lazy("本联席会议年度报告没有定稿报送"), "conference_report", {}),
}
_TAGS = {
    JobState.WAITING: "tag",
    JobState.RUNNING: "tag",
    JobState.DONE: "tag tag-ink",
    JobState.FAILED: "tag tag-late",
    JobState.CANCELLED: "tag tag-plain",
}


def left_rows(left: Iterable[Remaining], code: str, year: int) -> list[dict[str, Any]]:
    """What is left open, in words, each with the address of the rows behind its number."""
    return [
        {"label": _LEFT[one.code][0], "number": one.number, "url": _address(*_LEFT[one.code][1:], code, year)}
        for one in left
    ]


def _address(name: str, query: dict[str, str], code: str, year: int) -> str:
    url = reverse(f"reporting:{name}", args=[code, year])
    return f"{url}?{urlencode(query)}" if query else url


def facts_of(opened: Year) -> list[dict[str, Any]]:
    """How the year stands, as rows of a list of facts."""
    facts = [
        {
            "label": _("依据"),
            "value": str(opened.version) if opened.version else _("上级计划"),
            "lang": "zh-hans" if opened.version else "",
        },
        {"label": _("开启"), "value": _when(opened.opened_at, opened.opened_by), "lang": ""},
    ]
    if opened.closed_at:
        facts.append({"label": _("关闭"), "value": _when(opened.closed_at, opened.closed_by), "lang": ""})
    return facts


def state_text(opened: Year) -> str:
    return _("已归档") if opened.state == YearState.CLOSED else _("进行中")


def _when(moment: Any, person: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M} {person or _('系统')}"


def opening_totals(opening: Opening) -> list[dict[str, Any]]:
    """What opening would make: of each kind how many rows there will be, and how many of these are new."""
    return [
        {"label": _("应报事项"), "value": opening.duties, "new": opening.duties_created},
        {"label": _("措施进展"), "value": opening.progress, "new": opening.progress_created},
        {"label": _("责任"), "value": opening.responsibilities, "new": None},
        {"label": _("其中集合责任"), "value": opening.groups, "new": None},
    ]


def job_row(job: Job, *, closed_at: Any = None) -> dict[str, Any]:
    """One file: what it is, how it stands, where to get it. ``closed_at``: when its year was closed last."""
    is_done = job.state == JobState.DONE
    is_archive = job.kind == JobKind.ARCHIVE
    return {
        "key": job.key,
        "title": title_of(job),
        "state": job.get_state_display(),
        "tag": _TAGS[JobState(job.state)],
        "is_unfinished": job.state in JobState.unfinished(),
        "is_done": is_done,
        "error": job.error,
        "stage": job.stage,
        "percent": job.percent,
        "file_name": job.file_name,
        "size_text": filesizeformat(job.size) if is_done else "",
        "sha256": job.sha256,
        "requested_text": _when(job.requested_at, job.requested_by),
        "finished_text": f"{timezone.localtime(job.finished_at):%Y-%m-%d %H:%M}" if job.finished_at else "",
        # An archive of before the year was opened again is kept, and is not that of the year as it is now.
        "is_outdated": is_archive and is_done and (closed_at is None or job.requested_at < closed_at),
        "url": reverse("reporting:job", args=[job.key]),
        "file_url": reverse("reporting:job_file", args=[job.key]) if is_done else "",
        "cancel_url": reverse("reporting:job_cancel", args=[job.key]),
        "progress_url": reverse("reporting:job_progress", args=[job.key]),
    }


def title_of(job: Job) -> str:
    """「2026年度责任分解台账」, and of which part."""
    kind = job.get_kind_display()
    title = f"{job.year}{kind}" if kind.startswith("年度") else f"{job.year}年度{kind}"
    if job.report is not None:
        title = f"{title}：{job.report.title}"
    part = _("含各区县") if job.scope == "districts" else job.scope.partition(":")[2]
    return f"{title}（{part}）" if part else title
