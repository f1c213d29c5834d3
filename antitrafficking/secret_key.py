"""The signing key of an installation that was given none."""

from __future__ import annotations

from pathlib import Path

from django.core.management.utils import get_random_secret_key


def local_secret_key(folder: Path) -> str:
    """The key kept in ``folder``, made on the first run and readable by its owner alone.

    Where nothing can be written the key lasts as long as the process, which is enough for commands.
    """
    path = folder / "secret_key"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(get_random_secret_key())
        return path.read_text().strip() or get_random_secret_key()
    except OSError:
        return get_random_secret_key()
