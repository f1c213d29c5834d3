"""Handovers: what one person leaves to the next, in a unit and in an office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from reporting.models import Handover
from tests.factories import HandoverFactory

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

TABLE = """
                                                anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:handovers      -                GET   in        .        200  200  200     200  200   200        200      200      200      200      200     .     200     .
reporting:handovers      -                POST  in        .        422  422  422     422  422   422        422      422      403      422      422     .     403     .
reporting:handover_take  city_handover    POST  in        .        302  .    .       302  .     .          .        .        .        .        .       .     403     .
reporting:handover_take  office_handover  POST  in        .        .    .    .       .    302   403        .        .        .        .        .       .     403     .
reporting:handover_take  county_handover  POST  in        .        .    .    .       .    .     .          .        302      403      .        .       .     .       .
reporting:handover_take  abroad_handover  POST  in        .        .    .    .       .    .     .          .        .        .        302      .       .     .       .
"""

# The unit's own matter: its office sees in the trail that work was handed over, and not what the note says.
SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
handover        city_handover               .         .        x    .    .       x    .     .          .        .        .        .        .       .     x       .
handover        city_taken                  .         .        x    .    .       x    .     .          .        .        .        .        .       .     x       .
handover        office_handover             .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
handover        county_handover             .         .        .    .    .       .    .     .          .        x        x        .        .       .     .       .
handover        abroad_handover             .         .        .    .    .       .    .     .          .        .        .        x        .       .     .       .
"""


def add_to(world: World) -> None:
    """A note of each place; the city's unit has one of before, that was taken over."""
    people = world.people
    notes: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
        ("city_handover", {"department": world["lead_unit"], "given_by": people["lead2"]}, ("lead", "head", "auditor")),
        (
            "city_taken",
            {"department": world["lead_unit"], "given_by": people["stranger"], "taken": True},
            ("lead", "head", "auditor"),
        ),
        (
            "office_handover",
            {"of_office": True, "conference": world["city"], "given_by": people["officehead"]},
            ("staff", "officehead", "auditor"),
        ),
        ("county_handover", {"department": world["county_unit"]}, ("dliaison", "dauditor")),
        ("abroad_handover", {"department": world["abroad_unit"]}, ("xliaison",)),
    )
    for name, fields, readers in notes:
        world.things[name] = HandoverFactory(note=world.secret(f"{name}说明", *readers), **fields)


def add_to_ledger(ledger: Ledger) -> None:
    for _number in range(ledger.size):
        HandoverFactory(department=ledger.units[0], taken=True)


PAGES = {"handovers": ("liaison", lambda ledger: reverse("reporting:handovers"))}
ARGUMENTS = {"handovers": lambda world, row: []}
VALID = {"handover_take": lambda world: {"pk": str(world["city_handover"].pk)}}

ACTS = [
    (
        "lead_unit",
        "lead",
        "handovers",
        {"note": "材料\r\n在柜"},
        ["hand_over"],
        lambda world: Handover.objects.order_by("pk").last(),
    ),
    ("city_handover", "lead", "handover_take", {}, ["take_over"]),
]
NULS = [("handovers", "lead_unit", "lead", {"note": "\x00"})]
