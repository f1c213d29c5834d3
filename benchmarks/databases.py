"""Empty databases to measure in: Django set up on one, with everything that it writes in one folder."""

from __future__ import annotations

import io
import os
from pathlib import Path


def environment(folder: Path, database: str = "") -> dict[str, str]:
    """What makes Django keep everything in ``folder``; ``database`` is its URL where that is elsewhere."""
    return {
        "DJANGO_SETTINGS_MODULE": "antitrafficking.settings",
        "HTTPS": "0",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database or f"sqlite:///{folder / 'bench.sqlite3'}",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
    }


def set_up(folder: Path, database: str = "") -> None:
    """Django on a database with all tables and no rows, and with the styles that pages ask for."""
    os.environ |= environment(folder, database)
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
