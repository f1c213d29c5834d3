"""Files on their way out: always to keep, never shown in the product's own place."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

from reporting.content_types import XLSX

# The browser is told nothing that would make it open the file here.
_SANDBOXED = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


def download(data: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """What was just made."""
    disposition = content_disposition_header(True, name)
    return HttpResponse(data, content_type=content_type, headers=_SANDBOXED | {"Content-Disposition": disposition})


def stored(file: Any, name: str, content_type: str) -> FileResponse:
    """What a field of a row has in the storage, in pieces. Raises Http404 where it is gone from there."""
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(stream, as_attachment=True, filename=name, content_type=content_type, headers=_SANDBOXED)
