"""The Celery application. The schedule and the broker are in settings.py; tasks are found in each app's tasks.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antitrafficking.settings")

app = Celery("antitrafficking")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
