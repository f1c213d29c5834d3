"""How long a session lives: thirty minutes without a sign of life, twelve hours in any case."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest

STARTED_AT = "session_started_at"
SEEN_AT = "session_seen_at"


def begin_session(*, request: HttpRequest | None, **kwargs: Any) -> None:
    """Note when somebody logged in (signal user_logged_in)."""
    if request is not None and hasattr(request, "session"):
        now = int(time.time())
        request.session[STARTED_AT] = now
        request.session[SEEN_AT] = now


def has_expired(request: HttpRequest) -> bool:
    """Whether this session is over; one that does not say when it began is."""
    now = time.time()
    started_at, seen_at = request.session.get(STARTED_AT), request.session.get(SEEN_AT)
    if started_at is None or seen_at is None:
        return True
    return now - started_at >= settings.SESSION_ABSOLUTE_SECONDS or now - seen_at >= settings.SESSION_IDLE_SECONDS


def is_activity(request: HttpRequest) -> bool:
    """Whether a person did this; what a page fetches by itself keeps nobody logged in.

    A page that saves by itself sends a POST, and sends it only when somebody typed.
    """
    if request.method == "POST":
        return True
    fetched_by_script = "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Dest") == "empty"
    return not fetched_by_script or "HX-Boosted" in request.headers


def note_activity(request: HttpRequest) -> None:
    """Remember that somebody is there; written at most once a minute, so that reading a page writes nothing."""
    now = int(time.time())
    if now - request.session[SEEN_AT] >= min(60, settings.SESSION_IDLE_SECONDS // 10):
        request.session[SEEN_AT] = now
