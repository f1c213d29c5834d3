"""Files that a worker makes: asked for, claimed with a lease, made, stored. The row is the truth, the queue a nudge."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from django.core.files.base import ContentFile, File
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as QueueError

from departments.models import Conference, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import JobKind, JobState
from reporting.models import AnnualReport, Job
from reporting.models.jobs import job_file_name

logger = logging.getLogger(__name__)

# A worker that has given no sign of life for so long is dead; another takes its job over.
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
# A bar that moves once a second is a row that is written once a second.
_BETWEEN_PULSES = 1.0
_CHUNK = 1024 * 1024
# Who makes which kind: a function of the job and of Pulse. Named, not imported: they import half of the product.
_MAKERS: dict[str, str] = {
    JobKind.LEDGER: "reporting.ledgers.making.make_ledger",
    JobKind.ARCHIVE: "reporting.archives.making.make_archive",
    JobKind.REPORT: "reporting.services.report_files.make_report_file",
}
# What is stored is read by others, in Chinese like everything that a job makes.
_UNEXPECTED = "生成时出现意外错误，已记录；请稍后重试，仍不成功请联系管理员。"
_INTERRUPTED = "生成多次中断，没有完成；请稍后重试，仍不成功请联系管理员。"


class Stopped(Exception):
    """The job was cancelled, or another worker has taken it over, while this one was making the file."""


class CannotMake(Exception):
    """There is nothing to make a file of. The message is for people, in plain Chinese: it is stored."""


class TooLate(Exception):
    """The job has ended meanwhile. The message is for people."""


class Pulse(Protocol):
    """``progress(done, total, stage)``: says how far it is and renews the lease. Raises Stopped.

    Call it as often as there is something to say, and more often than once a minute.
    """

    def __call__(self, done: int, total: int, stage: str = "") -> None: ...


class Made(NamedTuple):
    """What a maker gives: a file by its bytes, or by where it lies, from where it is moved away."""

    file_name: str
    content_type: str
    content: bytes | Path
    # What whoever fetches it should know: it is there, and something in it is not as it should be.
    note: str = ""


Maker = Callable[[Job, Pulse], Made | tuple[str, str, bytes | Path]]


# --- Asking -------------------------------------------------------------------------------------------------------


def ask(
    kind: JobKind | str,
    *,
    conference: Conference,
    year: int,
    by: User,
    report: AnnualReport | None = None,
    scope: str = "",
) -> Job:
    """Have a worker make a file; who asks again before it is made gets the same job.

    ``report`` is for a file of one report, ``scope`` for a part of the whole (the maker says which there are).
    """
    with transaction.atomic():
        # Two who ask at once: the second waits here and finds what the first has asked.
        Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
        same = Job.objects.unfinished().filter(conference=conference, year=year, kind=kind, report=report, scope=scope)
        if known := same.first():
            return known
        job = Job.objects.create(
            conference=conference, year=year, kind=kind, report=report, scope=scope, requested_by=by
        )
        record(job, Action.MAKE_FILE, by=by, conference=conference, after=JobState.WAITING)
        transaction.on_commit(nudge)
    return job


def cancel(job: Job, *, by: User, reason: str = "") -> None:
    """Give a job up that is not made yet; a worker that is at it stops. Raises TooLate."""
    with transaction.atomic():
        row = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if row.state not in JobState.unfinished():
            raise TooLate(_("这个文件已经生成，或已经停止生成。"))
        Job.objects.filter(pk=job.pk).update(
            state=JobState.CANCELLED, stage="", leased_until=None, finished_at=timezone.now()
        )
        record(
            row,
            Action.MAKE_FILE,
            by=by,
            conference=row.conference_id,
            before=row.state,
            after=JobState.CANCELLED,
            reason=reason,
        )
    job.state = JobState.CANCELLED


def nudge() -> None:
    """Tell a worker that something waits. Without a queue the clock finds it."""
    from reporting.tasks import run_jobs  # tasks call the clock, and the clock calls this module

    try:
        run_jobs.delay()
    except (QueueError, OSError) as error:
        logger.warning("the queue takes nothing (%s); the job waits for the clock", error)


# --- Making -------------------------------------------------------------------------------------------------------


def waiting() -> QuerySet[Job]:
    """Jobs that nobody is at: asked for and not begun, or begun by a worker that has died."""
    abandoned = Q(state=JobState.RUNNING, leased_until__lte=timezone.now())
    return Job.objects.filter(Q(state=JobState.WAITING) | abandoned)


def run_waiting(most: int | None = None) -> int:
    """Make the files that wait: all, or ``most`` of them; returns how many it took in hand.

    May run twice at once, late, or never: a job is made by one worker at a time.
    """
    count = 0
    while (most is None or count < most) and (job := _claim()):
        _make(job)
        count += 1
    return count


def _claim() -> Job | None:
    """Take the job that has waited longest, with a lease, unless it was tried too often already."""
    while True:
        with transaction.atomic():
            rows = waiting().order_by("pk")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            job = rows.first()
            if job is None:
                return None
            # Named again for databases where the lock above is none: who comes second changes nothing.
            mine = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts, leased_until=job.leased_until)
            if job.attempts >= MOST_ATTEMPTS:
                _fail(job, _INTERRUPTED, among=mine)
                continue
            if not mine.update(
                state=JobState.RUNNING,
                attempts=job.attempts + 1,
                leased_until=timezone.now() + LEASE,
                stage="",
                done=0,
                total=0,
            ):
                continue
        _forget_earlier_attempts(job)
        return Job.objects.select_related("conference", "report", "requested_by").get(pk=job.pk)


def _forget_earlier_attempts(job: Job) -> None:
    """What workers had stored when they died before they could say so."""
    storage = Job._meta.get_field("file").storage
    for attempt in range(1, job.attempts + 1):
        storage.delete(job_file_name(Job(key=job.key, attempts=attempt), ""))


def _held(job: Job) -> QuerySet[Job]:
    """The row, as long as it is being made and nobody has claimed it since ``job`` was."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


class _Pulsing:
    def __init__(self, job: Job) -> None:
        self.job = job
        self._last: float | None = None

    def __call__(self, done: int, total: int, stage: str = "") -> None:
        now = time.monotonic()
        if self._last is not None and now - self._last < _BETWEEN_PULSES:
            return
        self._last = now
        held = _held(self.job).update(done=done, total=total, stage=stage[:60], leased_until=timezone.now() + LEASE)
        if not held:
            raise Stopped


def _make(job: Job) -> None:
    """Make one file; what keeps it from being made is the job's state afterwards, not an exception."""
    pulse = _Pulsing(job)
    try:
        maker: Maker = import_string(_MAKERS[job.kind])
        _store(job, Made(*maker(job, pulse)), pulse)
    except Stopped:
        logger.info("job %s was stopped while it was made", job.pk)
    except CannotMake as error:
        _fail(job, str(error))
    except (OperationalError, InterfaceError):
        # It is not the file: the next worker tries again, a few times.
        raise
    except Exception:
        # A fault of ours that this file has brought up; it must not keep other files from being made.
        logger.exception("job %s could not be made", job.pk)
        _fail(job, _UNEXPECTED)


def _store(job: Job, made: Made, pulse: Pulse) -> None:
    """Keep the file, and say so in one transaction. Raises Stopped, and keeps nothing then."""
    content = made.content
    try:
        size, sha256 = _measured(content, pulse)
        with ContentFile(content) if isinstance(content, bytes) else _Moved(content) as file:
            job.file.save("", file, save=False)
    finally:
        if isinstance(content, Path):
            content.unlink(missing_ok=True)
    try:
        with transaction.atomic():
            stored = _held(job).update(
                state=JobState.DONE,
                stage="",
                file=job.file.name,
                file_name=made.file_name[:200],
                content_type=made.content_type,
                size=size,
                sha256=sha256,
                error=made.note[:300],
                leased_until=None,
                finished_at=timezone.now(),
            )
            if not stored:
                raise Stopped
            record(
                job,
                Action.MAKE_FILE,
                by=None,
                conference=job.conference_id,
                before=JobState.RUNNING,
                after=JobState.DONE,
                detail={"name": made.file_name[:200], "size": size, "sha256": sha256},
            )
    except BaseException:
        job.file.delete(save=False)
        raise


class _Moved(File):
    """A file that the storage moves instead of copying it, where both are on one disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


def _measured(content: bytes | Path, pulse: Pulse) -> tuple[int, str]:
    if isinstance(content, bytes):
        return len(content), hashlib.sha256(content).hexdigest()
    digest, size, whole = hashlib.sha256(), 0, content.stat().st_size
    with content.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            pulse(size // _CHUNK, whole // _CHUNK, "核对文件")
    return size, digest.hexdigest()


def _fail(job: Job, error: str, *, among: QuerySet[Job] | None = None) -> None:
    """End the job with a sentence for people, unless it is no longer among the rows (``_held`` by default)."""
    rows = _held(job) if among is None else among
    with transaction.atomic():
        failed = rows.update(
            state=JobState.FAILED, error=error[:300], stage="", leased_until=None, finished_at=timezone.now()
        )
        if failed:
            record(
                job,
                Action.MAKE_FILE,
                by=None,
                conference=job.conference_id,
                before=job.state,
                after=JobState.FAILED,
                reason=error[:300],
            )
