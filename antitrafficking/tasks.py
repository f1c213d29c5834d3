"""Housekeeping that belongs to no application."""

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def clear_sessions() -> None:
    """Delete sessions that have expired; they hold names and times of people."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
