"""Mail for an installation without a mail server."""

from __future__ import annotations

import sys
from typing import Any

from django.core.mail.backends.console import EmailBackend


class StderrBackend(EmailBackend):
    """Print mails where logs go: what a command prints on its standard output is its answer, perhaps JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream", sys.stderr)
        super().__init__(*args, **kwargs)
