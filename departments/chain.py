"""The digest that seals an event. Plain values and nothing else, so that an archive is checked without a database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from departments.models import Event

# What stands before the first seal.
FIRST = "0" * 64
# What a seal speaks for. The detail goes in as its own digest: whoever may not read it can still check the seal.
COLUMNS = (
    "id",
    "conference",
    "department",
    "at",
    "actor",
    "address",
    "action",
    "object_type",
    "object_id",
    "title",
    "before",
    "after",
    "reason",
    "detail_sha256",
)


def columns_of(event: Event) -> dict[str, Any]:
    """The event's columns as the seal takes them; foreign keys are numbers, the moment is in UTC."""
    return {
        "id": event.pk,
        "conference": event.conference_id,
        "department": event.department_id,
        "at": moment_of(event.at),
        "actor": event.actor_id,
        "address": event.address,
        "action": event.action,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "title": event.title,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "detail_sha256": digest_of(event.detail),
    }


def seal_of(previous: str, columns: Mapping[str, Any]) -> str:
    """The digest of an event's columns and of the seal before it (FIRST for the first)."""
    return hashlib.sha256(canonical(previous, columns)).hexdigest()


def canonical(previous: str, columns: Mapping[str, Any]) -> bytes:
    """What is digested: the same bytes for the same event, on every database and in every zone, in one line."""
    return _json({"previous": previous, **{name: columns[name] for name in COLUMNS}})


def digest_of(value: Any) -> str:
    """The SHA-256 of a JSON value, the same whatever the order of its keys."""
    return hashlib.sha256(_json(value)).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def moment_of(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
