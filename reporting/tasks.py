"""Celery tasks: they call services and nothing else. The schedule is CELERY_BEAT_SCHEDULE in settings.py."""

from celery import shared_task

from measures.importing.staging import waiting
from reporting.services import clockwork, jobs

# The archive of a large year is copied for minutes; the lease of its job keeps others away meanwhile.
_JOB_SECONDS = 45 * 60


@shared_task
def send_reminders() -> None:
    clockwork.run_reminders()


@shared_task
def deliver_mail() -> None:
    clockwork.run_mail()


@shared_task
def seal_events() -> None:
    clockwork.run_seals()


@shared_task
def read_imports() -> None:
    # One import a task: each has the whole of the time limit for itself.
    if clockwork.run_imports(most=1) and waiting().exists():
        read_imports.delay()


@shared_task(time_limit=_JOB_SECONDS)
def run_jobs() -> None:
    # One file a task, for the same reason.
    if clockwork.run_jobs(most=1) and jobs.waiting().exists():
        run_jobs.delay()
