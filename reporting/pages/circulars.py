"""Circulars as lists show them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reporting.enums import CircularState
from reporting.lights import Light
from reporting.models import Circular

_DRAFT = Light("blue", CircularState.DRAFT.label)
_ISSUED = Light("darkgreen", CircularState.ISSUED.label)


def light_of_circular(circular: Circular) -> Light:
    return _ISSUED if circular.state == CircularState.ISSUED else _DRAFT


def circular_row(circular: Circular) -> dict[str, Any]:
    return {
        "title": circular.title,
        "kind_text": circular.get_kind_display(),
        "document_number": circular.document_number,
        "issued_on": circular.issued_on,
        "light": light_of_circular(circular),
        "url": reverse("reporting:circular", args=[circular.pk]),
    }
