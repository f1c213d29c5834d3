"""The archive of a closed year: everything that it holds, file after file, and a list of what must be there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from departments.access import Access
from departments.sealing import seal_events
from measures.paths import spoken
from reporting.archives.container import ArchiveWriter
from reporting.archives.events import event_lines, events_of
from reporting.archives.layout import EVENTS, MANIFEST, MANIFEST_DIGEST
from reporting.archives.papers import CANNOT_BE_MADE, count_papers, papers_of
from reporting.archives.tables import People, attachments_of, lines_of, tables_of
from reporting.content_types import ZIP
from reporting.enums import YearState
from reporting.ledgers.parts import as_office
from reporting.models import Attachment, Job, Year
from reporting.services.jobs import CannotMake, Made, Pulse

_CONTENTS = """{name} {year} 年度档案
关闭时间：{closed_at}

计划/      本年度依据的计划原文和责任分解表
台账/      责任分解台账
数据/      数据汇总表
单位/      各成员单位历次报送的年度报告（Word 和报送时固定的 JSON）、附件
区县/      各区县报送的年度报告、附件
综合报告/  本联席会议的年度报告
会议/ 评估/ 通报/ 督办/ 催办/  各类文书
记录/事件.jsonl  本年度办理记录，每行一件事，含封存摘要
机读/      全部数据（JSON Lines，每行一条），供程序读取

只收已经报送的内容；没有报送的草稿不在档案内。
{manifest} 列出每个文件的字节数和 SHA-256，{digest} 是清单本身的摘要。
核对：python manage.py verify_archive 本文件（不需要数据库）
{missing}
"""


def make_archive(job: Job, progress: Pulse) -> Made:
    """The maker of JobKind.ARCHIVE. Raises CannotMake for a year that is open, also when it was opened meanwhile."""
    year = _closed_year(job)
    seal_events()
    path = _working_file(job)
    try:
        with translation.override("zh-hans"):
            missing = _write(year, path, progress)
        if _closed_year(job).closed_at != year.closed_at:
            raise CannotMake("生成期间年度曾重新打开，请重新生成年度档案。")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = f"{year.conference.short_name}{year.year}年度档案.zip"
    note = f"有 {missing} 个文件缺失或与登记不符，已在清单中注明。" if missing else ""
    return Made(name, ZIP, path, note)


def _closed_year(job: Job) -> Year:
    year = (
        Year.objects.select_related("conference", "version__plan", "closed_by")
        .filter(conference=job.conference_id, year=job.year, state=YearState.CLOSED)
        .first()
    )
    if year is None:
        raise CannotMake("年度没有关闭，不能生成年度档案；请先关闭年度。")
    return year


def _working_file(job: Job) -> Path:
    """Beside the place where it will stay, so that it is moved there and not copied."""
    folder = Path(settings.MEDIA_ROOT) / "jobs" / "making"
    folder.mkdir(parents=True, exist_ok=True)
    # What a worker has left that died over the same job.
    for left in folder.glob(f"{job.key.hex}-*"):
        left.unlink(missing_ok=True)
    return folder / f"{job.key.hex}-{job.attempts}"


class _Making:
    """One archive on its way."""

    def __init__(self, year: Year, reader: Access, writer: ArchiveWriter, step: Callable[[str], None]) -> None:
        self.year, self.reader, self.writer, self.step = year, reader, writer, step
        self.missing: list[dict[str, Any]] = []

    def papers(self) -> None:
        for paper in papers_of(self.year, self.reader):
            self.step("生成文书")
            path = self.writer.names.path(self._folder(paper.folder), paper.name)
            try:
                data = paper.make()
            except CANNOT_BE_MADE as error:
                self.missing.append({"path": path, "reason": f"按登记的内容不能生成：{error}"[:300]})
                continue
            self.writer.add(path, data)

    def attachments(self) -> None:
        rows = (
            attachments_of(self.year, self.reader)
            .select_related("progress__department", "progress__clause", "duty__department", "duty__obliged_conference")
            .defer("progress__clause__text", "duty__statement", "progress__work_done")
            .order_by("pk")
        )
        for row in rows.iterator(chunk_size=100):
            self.step("复制附件")
            self._attachment(row)

    def _attachment(self, row: Attachment) -> None:
        entry = row.entry
        owner = entry.department or entry.obliged_conference  # type: ignore[union-attr]
        above = "单位" if entry.department_id is not None else "区县"
        of_what = spoken(row.progress.clause.path) if row.progress else row.duty.title if row.duty else ""
        name = owner.name if entry.department_id is not None else owner.short_name  # type: ignore[union-attr]
        path = self.writer.names.path(self._folder((above, name, "附件")), f"{of_what} {row.name}")
        told = {"path": path, "attachment": str(row.key), "size": row.size, "sha256": row.sha256}
        try:
            with row.file.open("rb") as file:
                digest = self.writer.add_copy(path, file)
        except FileNotFoundError:
            self.missing.append({**told, "reason": "附件的文件在磁盘上找不到"})
            return
        if digest != row.sha256:
            self.missing.append({**told, "reason": "附件的内容与登记的摘要不符，按现有文件收入"})

    def _folder(self, parts: tuple[str, ...]) -> str:
        above = ""
        for part in parts:
            above = self.writer.names.folder(above, part, part)
        return above

    def tables(self) -> None:
        people = People()
        counts = {}
        for name, rows, hidden in tables_of(self.year, self.reader):
            self.step("写入数据")
            path = self.writer.names.path("机读", f"{name}.jsonl")
            counts[name] = self.writer.add_lines(path, lines_of(rows, hidden, people))
        self.step("写入记录")
        self.writer.add_lines(EVENTS, event_lines(events_of(self.year, self.reader), self.reader, people))
        self.writer.add_lines(self.writer.names.path("机读", "人员.jsonl"), people.rows())


def _write(year: Year, path: Path, progress: Pulse) -> int:
    """Write the whole archive; returns how many files are missing or not what they were."""
    reader = as_office(year.conference)
    closed_at = year.closed_at
    assert closed_at is not None  # noqa: S101 - a closed year says when
    total = count_papers(year, reader) + attachments_of(year, reader).count() + 30
    done = 0

    def step(stage: str) -> None:
        nonlocal done
        done += 1
        progress(min(done, total), total, stage)

    with ArchiveWriter(path, moment=timezone.localtime(closed_at)) as writer:
        making = _Making(year, reader, writer, step)
        making.papers()
        making.attachments()
        making.tables()
        about = {
            "conference": {"code": year.conference.code, "name": year.conference.name},
            "year": year.year,
            "closed_at": timezone.localtime(closed_at).isoformat(),
            "closed_by": str(year.closed_by or ""),
            "plan": str(year.version or ""),
            "missing": making.missing,
        }
        writer.finish(about, _contents(year, making.missing))
    return len(making.missing)


def _contents(year: Year, missing: list[dict[str, Any]]) -> str:
    listed = "\n".join(f"  {one['path']}：{one['reason']}" for one in missing)
    return _CONTENTS.format(
        name=year.conference.name,
        year=year.year,
        closed_at=f"{timezone.localtime(year.closed_at):%Y-%m-%d %H:%M}",
        manifest=MANIFEST,
        digest=MANIFEST_DIGEST,
        missing=f"\n缺失或与登记不符的文件：\n{listed}" if missing else "",
    )
