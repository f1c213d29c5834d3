"""What runs by the clock: called by the Celery tasks, and by ``manage.py tick`` where there is no Celery."""

from __future__ import annotations

from django.utils import timezone

from departments.sealing import seal_events
from measures.importing.staging import read_waiting
from reporting.models import Heartbeat
from reporting.services import jobs
from reporting.services.handovers import announce_successors
from reporting.services.notices import Delivery, deliver_mail
from reporting.services.reminders import Run, send_reminders

REMINDERS = "send_reminders"
MAIL = "deliver_mail"
IMPORTS = "read_imports"
JOBS = "run_jobs"
SEALS = "seal_events"


def run_reminders() -> Run:
    """Send the reminders that are due, tell who has just begun what is open, and note that this ran."""
    run = send_reminders()
    announce_successors()
    _beat(REMINDERS)
    return run


def run_mail() -> Delivery:
    """Deliver pending mail and note that this ran."""
    delivery = deliver_mail()
    _beat(MAIL)
    return delivery


def run_imports(most: int | None = None) -> int:
    """Read the plans that wait to be read (``most`` of them), note that this ran, and return how many it read."""
    count = read_waiting(most)
    _beat(IMPORTS)
    return count


def run_jobs(most: int | None = None) -> int:
    """Make the files that were asked for (``most`` of them), note that this ran, and return how many it took."""
    count = jobs.run_waiting(most)
    _beat(JOBS)
    return count


def run_seals() -> int:
    """Seal the events of the trail that have no seal yet, note that this ran, and return how many it sealed."""
    count = seal_events()
    _beat(SEALS)
    return count


def _beat(name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
