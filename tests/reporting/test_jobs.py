"""Files that a worker makes: asked for once, made once, whoever dies in between."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from reporting.enums import JobKind, JobState
from reporting.models import Job
from reporting.services import jobs
from reporting.services.jobs import LEASE, MOST_ATTEMPTS, CannotMake, Made, TooLate, ask, cancel, run_waiting
from tests.factories import ConferenceFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = "责任分解台账".encode()


def words(job, progress):
    progress(1, 2, "写入")
    return Made("台账.txt", "text/plain", WORDS)


def a_file(job, progress):
    # Where it lies, and not what it holds: the storage moves it away.
    from django.conf import settings

    path = settings.BASE_DIR / "var" / f"made-{job.key}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(WORDS)
    return Made("档案.zip", "application/zip", path)


def refuses(job, progress):
    raise CannotMake("年度没有关闭，不能生成档案。")


def breaks(job, progress):
    raise ZeroDivisionError


def loses_its_database(job, progress):
    raise OperationalError("the server closed the connection")


def is_cancelled(job, progress):
    cancel(Job.objects.get(pk=job.pk), by=job.requested_by)
    progress(1, 2)
    raise AssertionError("a job that was cancelled goes on")


def is_taken_over(job, progress):
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    run_waiting(1)
    return words(job, lambda *how_far: None)


@pytest.fixture
def made_by(monkeypatch):
    def maker(name):
        monkeypatch.setitem(jobs._MAKERS, JobKind.LEDGER, f"{__name__}.{name}")

    maker("words")
    return maker


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def job(made_by, files, city, person):
    return ask(JobKind.LEDGER, conference=city, year=2026, by=person)


def content(job):
    with job.file.open("rb") as file:
        return file.read()


def states():
    return list(Job.objects.order_by("pk").values_list("state", "attempts"))


def events():
    return list(Event.objects.filter(action=Action.MAKE_FILE).order_by("pk").values_list("before", "after"))


# --- Asking -------------------------------------------------------------------------------------------------------


def test_asking_twice_gives_one_job(job, city, person):
    again = ask(JobKind.LEDGER, conference=city, year=2026, by=UserFactory())

    assert again == job
    assert (Job.objects.count(), events()) == (1, [("", JobState.WAITING)])


@pytest.mark.parametrize("other", [{"year": 2027}, {"kind": JobKind.ARCHIVE}, {"scope": "districts"}])
def test_another_file_is_another_job(other, job, city, person):
    values = {"kind": JobKind.LEDGER, "conference": city, "year": 2026} | other

    assert ask(values.pop("kind"), **values, by=person) != job


def test_asking_again_after_it_was_made_makes_it_anew(job, city, person):
    run_waiting()

    assert ask(JobKind.LEDGER, conference=city, year=2026, by=person) != job


def test_the_database_holds_one_unfinished_job(job, city, person):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind=JobKind.LEDGER, conference=city, year=2026, requested_by=person)


# --- Making -------------------------------------------------------------------------------------------------------


def test_a_job_is_made_and_its_file_kept(job, files):
    assert run_waiting() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts, job.file_name, job.content_type) == (JobState.DONE, 1, "台账.txt", "text/plain")
    assert (job.size, job.sha256) == (len(WORDS), hashlib.sha256(WORDS).hexdigest())
    assert (content(job), len(files())) == (WORDS, 1)
    assert events() == [("", JobState.WAITING), (JobState.RUNNING, JobState.DONE)]
    assert run_waiting() == 0


def test_a_file_that_lies_on_disk_is_moved_and_not_copied(job, files, made_by, settings):
    made_by("a_file")

    run_waiting()

    job.refresh_from_db()
    assert (job.state, content(job), job.size) == (JobState.DONE, WORDS, len(WORDS))
    assert list((settings.BASE_DIR / "var").glob("made-*")) == []


@pytest.mark.parametrize(
    ("maker", "error"),
    [
        ("refuses", "年度没有关闭，不能生成档案。"),
        ("breaks", "生成时出现意外错误，已记录；请稍后重试，仍不成功请联系管理员。"),
    ],
)
def test_a_job_that_cannot_be_made_says_why(maker, error, job, made_by, files):
    made_by(maker)

    run_waiting()

    job.refresh_from_db()
    assert (job.state, job.error, files()) == (JobState.FAILED, error, [])
    assert events()[-1] == (JobState.RUNNING, JobState.FAILED)


def test_a_database_that_is_gone_is_not_the_jobs_fault(job, made_by):
    made_by("loses_its_database")

    with pytest.raises(OperationalError):
        run_waiting()

    assert states() == [(JobState.RUNNING, 1)]


def test_most_limits_how_many_are_made(job, city, person):
    ask(JobKind.LEDGER, conference=city, year=2027, by=person)

    assert run_waiting(1) == 1
    assert states() == [(JobState.DONE, 1), (JobState.WAITING, 0)]


# --- Leases -------------------------------------------------------------------------------------------------------


def test_a_job_that_a_worker_is_at_is_left_alone(job):
    Job.objects.update(state=JobState.RUNNING, attempts=1, leased_until=timezone.now() + LEASE)

    assert run_waiting() == 0


def test_a_job_whose_worker_died_is_taken_over(job, files):
    Job.objects.update(state=JobState.RUNNING, attempts=1, leased_until=timezone.now() - timedelta(seconds=1))

    run_waiting()

    assert states() == [(JobState.DONE, 2)]
    assert len(files()) == 1


def test_what_a_dead_worker_had_stored_goes(job, files):
    job.refresh_from_db()
    job.attempts = 1
    job.file.save("", ContentFile(b"half"), save=False)
    Job.objects.update(state=JobState.RUNNING, attempts=1, leased_until=timezone.now() - timedelta(seconds=1))

    run_waiting()

    assert len(files()) == 1
    assert content(Job.objects.get()) == WORDS


def test_a_job_that_kills_its_workers_is_given_up(job):
    Job.objects.update(
        state=JobState.RUNNING, attempts=MOST_ATTEMPTS, leased_until=timezone.now() - timedelta(seconds=1)
    )

    assert run_waiting() == 0
    job.refresh_from_db()
    assert (job.state, job.error) == (
        JobState.FAILED,
        "生成多次中断，没有完成；请稍后重试，仍不成功请联系管理员。",
    )


def test_a_worker_that_was_thought_dead_stores_nothing(job, made_by, files):
    made_by("is_taken_over")
    # The second time it is made by the words alone.
    original, turns = is_taken_over, []

    def once(job, progress):
        if turns:
            return words(job, progress)
        turns.append(1)
        return original(job, progress)

    globals()["once"] = once
    made_by("once")

    run_waiting()

    assert states() == [(JobState.DONE, 2)]
    assert len(files()) == 1
    assert [after for _before, after in events()] == [JobState.WAITING, JobState.DONE]


# --- Giving up ----------------------------------------------------------------------------------------------------


def test_a_cancelled_job_is_not_made(job, person):
    cancel(job, by=person)

    assert run_waiting() == 0
    assert (states(), events()[-1]) == ([(JobState.CANCELLED, 0)], (JobState.WAITING, JobState.CANCELLED))


def test_a_job_that_is_cancelled_while_it_is_made_stops(job, made_by, files):
    made_by("is_cancelled")

    run_waiting()

    assert (states(), files()) == ([(JobState.CANCELLED, 1)], [])


def test_a_job_that_is_made_cannot_be_cancelled(job, person):
    run_waiting()

    with pytest.raises(TooLate):
        cancel(job, by=person)


# --- Progress -----------------------------------------------------------------------------------------------------


def test_how_far_it_is_is_written_once_a_second_at_most(job, django_assert_num_queries):
    run = jobs._claim()
    pulse = jobs._Pulsing(run)

    with django_assert_num_queries(1):
        for done in range(1000):
            pulse(done, 1000, "写入")

    row = Job.objects.get()
    assert (row.done, row.total, row.stage, row.percent) == (0, 1000, "写入", 0)


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (1, 3, 33), (3, 3, 100), (5, 3, 100)])
def test_percent(done, total, percent):
    assert Job(done=done, total=total).percent == percent
