"""Settings, URLs, Celery and health of the tracker; nothing of its domain."""

from antitrafficking.celery import app as celery_app

__all__ = ["celery_app"]
