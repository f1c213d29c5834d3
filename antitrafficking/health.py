"""Is the process alive (/healthz), and can it do its work (/readyz)?

Both answer without a session, a login or a matching Host header: load balancers ask by address.
"""

import logging
import os
import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

MINIMUM_FREE_BYTES = 100 * 1024 * 1024


def healthz(request: HttpRequest) -> HttpResponse:
    """Always "ok" while the process answers. Touches nothing, so that no database trouble restarts it."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Say what works. 503 when pages cannot be served; 200 "degraded" when only background work lags.

    Names what is wrong and never why in detail: the reason is in the log.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    failures = {name: problem for name, check in ESSENTIAL.items() if (problem := attempt(name, check))}
    warnings: dict[str, str] = {}
    if not failures:
        # These read the database; without one they would only repeat its failure.
        for path in settings.HEALTH_CHECKS:
            name = path.rpartition(".")[2]
            if problem := attempt(name, import_string(path)):
                warnings[name] = problem
    status = "unavailable" if failures else "degraded" if warnings else "ok"
    return JsonResponse(
        {"status": status, "problems": failures | warnings},
        status=503 if failures else 200,
        json_dumps_params={"ensure_ascii": False},
    )


def attempt(name: str, check: Callable[[], str | None]) -> str | None:
    try:
        problem = check()
    except Exception:
        logger.exception("Health check %s failed", name)
        return "failed"
    return str(problem) if problem else None


def database() -> str | None:
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        logger.warning("Database unreachable: %s", error)
        connection.close()
        return "unreachable"
    return None


def migrations() -> str | None:
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:
        logger.warning("Migrations cannot be read: %s", error)
        return "unknown"
    return f"{len(missing)} not applied" if missing else None


def files() -> str | None:
    folder = settings.MEDIA_ROOT
    while not os.path.isdir(folder):  # made by the first upload
        folder = os.path.dirname(os.path.abspath(folder))
    if not os.access(folder, os.W_OK):
        return "not writable"
    if shutil.disk_usage(folder).free < MINIMUM_FREE_BYTES:
        return "disk nearly full"
    return None


ESSENTIAL: dict[str, Callable[[], str | None]] = {"database": database, "migrations": migrations, "files": files}
PATHS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
