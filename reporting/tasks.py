"""Celery tasks: they call services and nothing else. The schedule is CELERY_BEAT_SCHEDULE in settings.py."""

from celery import shared_task

from reporting.services import clockwork


@shared_task
def send_reminders() -> None:
    clockwork.run_reminders()


@shared_task
def deliver_mail() -> None:
    clockwork.run_mail()
