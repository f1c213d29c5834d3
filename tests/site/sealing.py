"""Seals of the trail: whoever audits anything may see that there are some; nobody writes them but the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from departments.sealing import seal_events

if TYPE_CHECKING:
    from tests.world import World

SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
eventseal       seal                        .         .        .    .    .       .    .     .          .        .        x        .        .       .     x       x
"""

NAMES = {"eventseal": lambda world, row: "seal"}
NOT_WRITABLE = {"eventseal"}


def add_to(world: World) -> None:
    """The events that there are by now."""
    assert seal_events()
