"""What the product holds of a person, as a file for that person."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.models import Event, User
from departments.models.events import Action
from departments.services import home_of, record

SCHEMA = "account/1"
# What other applications hold of a person: name → rows. They add to this when they are loaded (AppConfig.ready).
TELLING: dict[str, Callable[[User], list[dict[str, Any]]]] = {}


@transaction.atomic
def export_account(person: User) -> bytes:
    """All that is kept of ``person``, as JSON for people and programs; the trail says that it was taken.

    The account (never the password), the postings of all times, the own acts, what was done to the account, and what
    other applications tell. What a unit wrote is the unit's and not in it.
    """
    data = account_data(person)
    numbers = {name: len(rows) for name, rows in data.items() if isinstance(rows, list)}
    record(person, Action.EXPORT_ACCOUNT, by=person, conference=home_of(person), detail=numbers)
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def account_data(person: User) -> dict[str, Any]:
    """Plain values: texts, numbers, lists. Reads only; a few queries, however much there is."""
    postings = person.postings.select_related("conference", "department").order_by("starts_on", "pk")
    about = Q(object_type=User._meta.label_lower, object_id=person.pk)
    events = Event.objects.filter(Q(actor=person) | about).order_by("pk")
    return {
        "schema": SCHEMA,
        "exported_at": moment(timezone.now()),
        "account": {
            "username": person.username,
            "name": person.name,
            "email": person.email,
            "is_active": person.is_active,
            "created_at": moment(person.created_at),
            "last_login": moment(person.last_login),
        },
        "postings": [
            {
                "role": posting.role,
                "conference": posting.conference.name,
                "department": posting.department.name if posting.department else "",
                "starts_on": posting.starts_on.isoformat() if posting.starts_on else None,
                "ends_on": posting.ends_on.isoformat() if posting.ends_on else None,
            }
            for posting in postings
        ],
        "events": [
            {
                "at": moment(event.at),
                "address": event.address,
                "action": event.action,
                "object": event.title,
                "by_self": event.actor_id == person.pk,
                # Others' words about the account are theirs.
                "reason": event.reason if event.actor_id == person.pk else "",
            }
            for event in events.iterator()
        ],
        **{name: tell(person) for name, tell in TELLING.items()},
    }


def moment(at: Any) -> str | None:
    """A moment as the file writes it, in Shanghai; None where it never was."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
