"""Combinations of settings that would start well and fail later. Run by manage.py check; E020… only with --deploy."""

import importlib.util
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


@register(Tags.database)
def check_database_driver(**kwargs: Any) -> list[CheckMessage]:
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed. Django would use it instead of psycopg2, which this product is tested with.",
            hint="pip uninstall psycopg psycopg-binary psycopg-pool",
            id="antitrafficking.E001",
        )
    ]


@register(Tags.security)
def check_lockout_comes_first(**kwargs: Any) -> list[CheckMessage]:
    if settings.AUTHENTICATION_BACKENDS[0] == "axes.backends.AxesStandaloneBackend":
        return []
    return [
        Error(
            "Locked accounts can log in: the lockout backend is not the first one.",
            hint="Put axes.backends.AxesStandaloneBackend first in AUTHENTICATION_BACKENDS.",
            id="antitrafficking.E002",
        )
    ]


@register(Tags.security)
def check_content_security_policy(**kwargs: Any) -> list[CheckMessage]:
    policy = (getattr(settings, "CONTENT_SECURITY_POLICY", None) or {}).get("DIRECTIVES", {})
    if not policy or "csp.middleware.CSPMiddleware" not in settings.MIDDLEWARE:
        return [
            Error(
                "No content security policy is sent.",
                hint="Set CONTENT_SECURITY_POLICY and keep csp.middleware.CSPMiddleware in MIDDLEWARE.",
                id="antitrafficking.E003",
            )
        ]
    return [
        Error(
            f"The content security policy allows {source} in {directive}.",
            hint="Move inline scripts and styles into files under static/.",
            id="antitrafficking.E004",
        )
        for directive, sources in policy.items()
        for source in sources
        if "unsafe-" in str(source) or str(source) == "*"
    ]


@register("celery")
def check_queue(**kwargs: Any) -> list[CheckMessage]:
    in_a_folder = urlsplit(settings.CELERY_BROKER_URL).scheme == "filesystem"
    if in_a_folder and "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return [
            Warning(
                "The queue is in a folder while the database is on a server: other machines cannot see the queue.",
                hint="Set REDIS_URL.",
                id="antitrafficking.W005",
            )
        ]
    return []


@register(Tags.security)
def check_session_limits(**kwargs: Any) -> list[CheckMessage]:
    if 0 < settings.SESSION_IDLE_SECONDS <= settings.SESSION_ABSOLUTE_SECONDS:
        return []
    return [
        Error(
            "SESSION_IDLE_SECONDS must be positive and not longer than SESSION_ABSOLUTE_SECONDS.",
            hint="30 minutes and 12 hours are the defaults.",
            id="antitrafficking.E006",
        )
    ]


@register(Tags.security, deploy=True)
def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    return list(deployment_problems())


def deployment_problems() -> Iterator[CheckMessage]:
    if not settings.IS_CONFIGURED:
        yield Error(
            "SECRET_KEY is not set: this host signs with a key of its own that no other host knows.",
            hint="Set SECRET_KEY, or SECRET_KEY_FILE to a file that only the service may read.",
            id="antitrafficking.E020",
        )
    if not settings.HTTPS:
        yield Error(
            "HTTPS is off: passwords and sessions travel in clear text.",
            hint="Set SECRET_KEY, remove HTTPS=0 and serve through nginx with a certificate (deploy/README.md).",
            id="antitrafficking.E021",
        )
    if "*" in settings.ALLOWED_HOSTS or set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS:
        yield Error(
            "ALLOWED_HOSTS does not name the address of this installation.",
            hint="ALLOWED_HOSTS=fanguai.example.gov.cn",
            id="antitrafficking.E022",
        )
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or site.netloc in LOCAL_HOSTS or site.hostname in LOCAL_HOSTS:
        yield Error(
            f"SITE_URL is {settings.SITE_URL}: links in reminders would lead nowhere.",
            hint="SITE_URL=https://fanguai.example.gov.cn",
            id="antitrafficking.E023",
        )
    if settings.EMAIL_BACKEND == "antitrafficking.mail.StderrBackend":
        yield Warning(
            "Mail is written to the log instead of being sent.",
            hint="EMAIL_URL=smtp+tls://user:password@mail.example.gov.cn:587",
            id="antitrafficking.W024",
        )
