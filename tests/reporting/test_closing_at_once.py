"""Closing a year under everybody's hands, and files that several workers and people want at the same moment."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from reporting.archives.verifying import verify
from reporting.enums import EntryState, JobKind, JobState, YearState
from reporting.models import Attachment, Duty, InputRequest, Job, Meeting, Progress, Year
from reporting.services.attachments import attach
from reporting.services.closing import close_year, reopen_year, write_in_year
from reporting.services.entries import fulfil_duty, save_entry, submit_entry
from reporting.services.inputs import CannotAsk, ask_input, cancel_input
from reporting.services.jobs import TooLate, ask, cancel, run_waiting
from reporting.services.knowing import acknowledge
from reporting.tasks import run_jobs
from reporting.uploads import check_upload
from tests.conftest import ROOT, database_url
from tests.factories import DutyFactory, ProgressFactory, UserFactory
from tests.year_rows import Town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(files):
    town = Town()
    town.head, town.author = UserFactory(), UserFactory()
    return town


def what_happened(results):
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def close(town):
    return close_year(Year.objects.get(pk=town.year.pk), by=town.head, reason="归档。")


def fresh(entry):
    return type(entry).objects.get(pk=entry.pk)


# --- Closing ------------------------------------------------------------------------------------------------------


def test_who_saves_while_the_year_is_closed_is_in_or_is_told(town, at_once):
    for _turn in range(5):
        entries = [ProgressFactory(responsibility__clause=town.entries[0].clause, draft=True) for _n in range(8)]

        results = at_once(
            *[
                partial(save_entry, fresh(e), by=town.author, lock_version=0, values={"work_done": f"第{e.pk}条"})
                for e in entries[:4]
            ],
            partial(close, town),
            *[
                partial(save_entry, fresh(e), by=town.author, lock_version=0, values={"work_done": f"第{e.pk}条"})
                for e in entries[4:]
            ],
        )

        assert not isinstance(results.pop(4), Exception)
        assert set(what_happened(results)) <= {"done", "YearIsOver"}
        for entry, result in zip(entries, results, strict=True):
            is_in = not isinstance(result, Exception)
            row = fresh(entry)
            assert (row.work_done, row.lock_version) == ((f"第{entry.pk}条", 2) if is_in else ("", 1))
        reopen_year(Year.objects.get(), by=town.head, reason="再试一次。")


def test_submitting_attaching_and_fulfilling_while_the_year_is_closed(town, at_once):
    for _turn in range(5):
        clause = town.entries[0].clause
        submitted, with_file = (ProgressFactory(responsibility__clause=clause, draft=True) for _n in range(2))
        duty = DutyFactory(conference=town.city)
        upload = SimpleUploadedFile("总结.pdf", b"%PDF-1.7\n%%EOF")

        results = at_once(
            partial(submit_entry, fresh(submitted), by=town.author),
            partial(attach, fresh(with_file), upload, check_upload(upload), by=town.author),
            partial(close, town),
            partial(fulfil_duty, fresh(duty), by=town.author, reason="纪要归档"),
        )

        assert not isinstance(results[2], Exception)
        assert set(what_happened(results)) <= {"done", "YearIsOver"}
        assert (fresh(submitted).state == EntryState.SUBMITTED) == (not isinstance(results[0], Exception))
        assert with_file.attachments.exists() == (not isinstance(results[1], Exception))
        assert (Duty.objects.get(pk=duty.pk).state == EntryState.ACCEPTED) == (not isinstance(results[3], Exception))
        reopen_year(Year.objects.get(), by=town.head, reason="再试一次。")


def test_closing_waits_for_whoever_is_writing_something_else_of_the_year(town, at_once):
    def meet(number):
        with transaction.atomic():
            write_in_year(town.city.pk, town.year.year)
            Meeting.objects.create(
                conference=town.city, year=town.year.year, title=f"第{number}次会议", held_on="2026-06-01"
            )

    results = at_once(*[partial(meet, number) for number in range(4)], partial(close, town), partial(meet, 9))

    left = results.pop(4)
    assert set(what_happened(results)) <= {"done", "YearIsOver"}
    assert dict(left).get("meetings", 0) == Meeting.objects.count() == what_happened(results)["done"]


def test_of_four_who_close_one_does(town, at_once):
    results = at_once(*[partial(close, town)] * 4)

    assert what_happened(results) == {"done": 1, "YearIsOver": 3}
    assert Event.objects.filter(action=Action.CLOSE_YEAR).count() == 1
    assert set(Progress.objects.values_list("lock_version", flat=True)) == {1}


def test_of_four_who_reopen_one_does(town, at_once):
    close(town)

    results = at_once(*[lambda: reopen_year(Year.objects.get(pk=town.year.pk), by=town.head, reason="漏报。")] * 4)

    assert what_happened(results) == {"done": 1, "YearIsOpen": 3}
    assert Year.objects.get().state == YearState.OPEN


@pytest.fixture
def behind_closing(town, at_once):
    """``behind_closing(act)``: what an act comes to that begins while the closing is done and cannot be seen yet."""

    def run(act):
        closed = threading.Event()

        def close_slowly():
            with transaction.atomic():
                close(town)
                closed.set()
                time.sleep(0.5)

        def then():
            closed.wait(10)
            return act()

        closing, result = at_once(close_slowly, then)
        assert closing is None
        return result

    return run


def test_nobody_confirms_to_know_of_what_is_closed_meanwhile(town, behind_closing):
    entry = town.entries[1]

    assert behind_closing(partial(acknowledge, fresh(entry), by=town.author)) is False
    assert fresh(entry).acknowledged_at is None
    assert not Event.objects.filter(action=Action.ACKNOWLEDGE).exists()


def test_nobody_asks_for_material_in_a_year_that_is_closed_meanwhile(town, behind_closing):
    act = partial(ask_input, *town.entries[:2], by=town.author, message="请报人数。", due_on=timezone.localdate())

    assert isinstance(behind_closing(act), CannotAsk)
    assert not InputRequest.objects.exists()


def test_nobody_calls_a_request_off_in_a_year_that_is_closed_meanwhile(town, behind_closing):
    row = ask_input(*town.entries[:2], by=town.author, message="请报人数。", due_on=timezone.localdate())

    assert behind_closing(partial(cancel_input, row, by=town.author)) is False
    assert InputRequest.objects.open().count() == 1


def test_what_was_handed_in_while_the_year_was_closed_is_among_its_events(town, at_once):
    entry = ProgressFactory(responsibility__clause=town.entries[0].clause, draft=True)
    handed_in = threading.Event()

    def hand_in_slowly():
        with transaction.atomic():
            # The row is held, and what follows is not recorded yet.
            Progress.objects.select_for_update().get(pk=entry.pk)
            handed_in.set()
            time.sleep(0.5)
            submit_entry(fresh(entry), by=town.author)

    def then():
        handed_in.wait(10)
        return close(town)

    submitted, left = at_once(hand_in_slowly, then)

    assert submitted is None
    assert not isinstance(left, Exception)
    assert fresh(entry).state == EntryState.SUBMITTED
    assert Event.objects.get(action=Action.SUBMIT).at <= Year.objects.get().closed_at
    assert dict(left)["entries_to_review"] == 1


# --- Files --------------------------------------------------------------------------------------------------------


def asked(town, **values):
    values = {"conference": town.city, "year": town.year.year, "by": town.head} | values
    return ask(values.pop("kind", JobKind.LEDGER), **values)


def test_of_six_who_ask_for_a_file_all_get_the_same_job(town, at_once):
    jobs = at_once(*[partial(asked, town)] * 6)

    assert {job.pk for job in jobs} == {Job.objects.get().pk}
    assert Event.objects.filter(action=Action.MAKE_FILE).count() == 1


def test_four_workers_make_each_file_once(town, at_once, files):
    for scope in ("", "chapter:二", "chapter:三", "districts", "unit:gongan"):
        asked(town, scope=scope)

    counts = at_once(*[run_waiting] * 4)

    assert sum(counts) == 5
    assert set(Job.objects.values_list("state", "attempts")) == {(JobState.DONE, 1)}
    assert len(files()) == 5


def test_a_file_that_is_given_up_while_it_is_made_is_given_up_or_made(town, at_once, files):
    for _turn in range(3):
        job = asked(town)

        results = at_once(partial(run_waiting, 1), partial(cancel, job, by=town.head))

        job.refresh_from_db()
        assert job.state == (JobState.DONE if isinstance(results[1], TooLate) else JobState.CANCELLED)
        assert bool(job.file) == (job.state == JobState.DONE)
    assert len(files()) == Job.objects.filter(state=JobState.DONE).count()


KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[2]
from django.db import connection
from reporting.services.jobs import run_waiting

last, seen = sys.argv[1], 0

def kill(execute, sql, params, many, context):
    global seen
    seen += 1
    # At a statement by its number, or at the first that says a thing.
    if str(seen) == last or (not last.isdigit() and last in sql):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(kill):
    run_waiting(1)
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_anywhere_leaves_a_job_that_the_next_one_makes(town, files, settings):
    attach_zeros(town.entries[0], 3)
    close(town)
    asked(town, kind=JobKind.ARCHIVE)
    statements = count_statements(partial(run_waiting, 1))
    environment = {name: value for name, value in os.environ.items() if name != "TEST_RUN_DIR"}
    environment |= {"DJANGO_SETTINGS_MODULE": "antitrafficking.settings", "DATABASE_URL": database_url()}
    sound = len(files())

    # The last one: the file is in its place, and the row does not say so yet.
    for moment in (1, 3, statements // 3, statements // 2, 'INSERT INTO "departments_event"'):
        job = asked(town, kind=JobKind.ARCHIVE)
        command = [sys.executable, "-c", KILLED, str(moment), settings.MEDIA_ROOT]
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
        assert ended.returncode == -9, ended.stderr.decode()[-2000:]
        job.refresh_from_db()
        assert job.state in (JobState.WAITING, JobState.RUNNING)

        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(leased_until=timezone.now() - timedelta(seconds=1))
        assert run_waiting(1) == 1

        job.refresh_from_db()
        assert job.state == JobState.DONE
        assert verify(Path(job.file.path)).problems == []
        sound += 1
        assert len(files()) == sound


def count_statements(act):
    seen = []

    def count(execute, *arguments):
        seen.append(1)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        act()
    return len(seen)


def attach_zeros(entry, count, size=1000):
    """Files of zeros, which cost no time to make."""
    Progress.objects.filter(pk=entry.pk).update(state=EntryState.ACCEPTED)
    digest = hashlib.sha256(bytes(size)).hexdigest()
    for number in range(count):
        row = Attachment(
            conference=entry.conference,
            progress=entry,
            name=f"第{number}份.pdf",
            content_type="application/pdf",
            size=size,
            sha256=digest,
            uploaded_by=UserFactory(),
        )
        row.file.name = f"attachments/{row.key.hex}"
        path = Path(row.file.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.truncate(path, size)
        row.save()


@pytest.mark.worker
@pytest.mark.slow
def test_a_real_worker_is_killed_in_the_middle_and_another_one_takes_over(celery_worker_process, town, settings):
    # Where the worker finds the files: its settings are the product's own.
    settings.MEDIA_ROOT = str(Path(settings.VAR_DIR) / "media")
    attach_zeros(town.entries[0], 60, size=8 * 1024 * 1024)
    close(town)
    job = asked(town, kind=JobKind.ARCHIVE)
    run_jobs.delay()

    def is_running():
        job.refresh_from_db()
        return job.state == JobState.RUNNING and job.total > 0

    celery_worker_process.wait_until(is_running, "the job to be begun")
    celery_worker_process.kill()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.RUNNING, 1)

    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    celery_worker_process.start()
    run_jobs.delay()

    def is_done():
        job.refresh_from_db()
        return job.state == JobState.DONE

    celery_worker_process.wait_until(is_done, "the job to be taken over", seconds=60)
    assert job.attempts == 2
    verdict = verify(Path(job.file.path))
    assert (verdict.problems, verdict.notes) == ([], [])
    assert list((Path(settings.MEDIA_ROOT) / "jobs" / "making").iterdir()) == []
