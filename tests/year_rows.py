"""Rows of a year's end: filed reports, jobs."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from departments.models import Conference, User
from measures.enums import ClauseKind
from reporting.enums import JobKind, JobState
from reporting.models import AnnualReport, Filing, Job
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    PlanFactory,
    PlanVersionFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UserFactory,
    YearFactory,
    this_year,
)


def filing_of(conference: Conference, *, year: int | None = None, by: User | None = None, **report: Any) -> Filing:
    """A filed report of the conference itself, unless ``report`` says of which unit and duty."""
    row = AnnualReport.objects.create(
        conference=conference, year=year or this_year(), **{"title": f"{conference}年度报告", **report}
    )
    return Filing.objects.create(
        conference=conference,
        recipient=row.duty.conference if row.duty else conference,
        report=row,
        round=1,
        snapshot={},
        sha256="0" * 64,
        receipt_number=f"第{row.pk}号",
        filed_by=by or UserFactory(),
    )


def job_of(conference: Conference, *, content: bytes = b"", by: User | None = None, **fields: Any) -> Job:
    """A file that was made, or with another ``state`` one that was not."""
    job = Job(
        conference=conference,
        requested_by=by or UserFactory(),
        **{"year": this_year(), "kind": JobKind.LEDGER, "state": JobState.DONE, **fields},
    )
    if job.state == JobState.DONE:
        job.file_name = job.file_name or "责任分解台账.xlsx"
        job.content_type = "application/octet-stream"
        job.size, job.sha256 = len(content), hashlib.sha256(content).hexdigest()
        job.finished_at = timezone.now()
        job.file.save("", ContentFile(content), save=False)
    job.save()
    return job


class Town:
    """A chapter with two measures: police and schools answer for the first, schools alone for the second."""

    def __init__(self, prefix: str = "") -> None:
        self.city = ConferenceFactory(name="东湖市反拐工作联席会议", short_name="东湖市反拐联席会议")
        plan = PlanFactory(conference=self.city, title="东湖市反拐行动实施方案")
        self.version = PlanVersionFactory(plan=plan, conference=self.city)
        chapter = ClauseFactory(
            version=self.version, path="二", label="二、", heading="预防犯罪", text="", kind=ClauseKind.CHAPTER, depth=0
        )
        self.police, self.schools = (
            DepartmentFactory(conference=self.city, code=prefix + code, name=name)
            for code, name in (("gongan", "市公安局"), ("jiaowei", "市教委"))
        )
        first = ClauseFactory(version=self.version, parent=chapter, path="二/(一)", label="(一)", text="加强宣传。")
        other = ClauseFactory(
            version=self.version, path="三", label="三、", heading="保障", text="", kind=ClauseKind.CHAPTER, depth=0
        )
        second = ClauseFactory(version=self.version, parent=other, path="三/(一)", label="(一)", text="落实经费。")
        self.entries = [
            ProgressFactory(
                responsibility=ResponsibilityFactory(clause=clause, department=unit, position=position, **role),
                updated_by=UserFactory(),
            )
            for position, (clause, unit, role) in enumerate(
                ((first, self.police, {}), (first, self.schools, {"cooperating": True}), (second, self.schools, {}))
            )
        ]
        self.year = YearFactory(conference=self.city, version=self.version)

    def write(self, number: int, text: str, state: str, **fields: Any) -> Any:
        entry = self.entries[number]
        for name, value in {"work_done": text, "state": state, **fields}.items():
            setattr(entry, name, value)
        entry.save()
        return entry
