"""Tasks reach a real worker, with Redis and with nothing but a folder."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from antitrafficking.celery import app
from antitrafficking.tasks import clear_sessions
from tests.conftest import ROOT, Worker

pytestmark = [pytest.mark.worker, pytest.mark.slow]


@pytest.fixture
def expired_session(transactional_db):
    return Session.objects.create(session_key="a" * 32, session_data="", expire_date=timezone.now() - timedelta(days=1))


def test_task_reaches_the_worker(expired_session, celery_worker_process):
    clear_sessions.delay()

    celery_worker_process.wait_until(lambda: not Session.objects.exists(), "the session to be deleted")


def test_task_reaches_the_worker_through_a_folder(expired_session):
    class FolderWorker(Worker):
        def environment(self):
            return {name: value for name, value in super().environment().items() if name != "REDIS_URL"}

    worker = FolderWorker()
    worker.start()
    try:
        subprocess.run(
            [sys.executable, "-m", "celery", "-A", "antitrafficking", "call", clear_sessions.name],
            cwd=ROOT,
            env=worker.environment(),
            check=True,
            capture_output=True,
        )
        worker.wait_until(lambda: not Session.objects.exists(), "the session to be deleted")
    finally:
        worker.stop()


def test_everything_in_the_schedule_is_a_task(settings):
    app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_the_private_redis_is_used_where_there_is_one():
    expected = "redis" if os.environ.get("TEST_REDIS_URL") else "filesystem"

    assert app.connection_for_write().transport_cls in (expected, f"{expected}s")
