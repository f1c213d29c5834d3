"""Extensions and urging: asking for a later date, granting and refusing it; urging one and many, and the letters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from reporting.models import Duty
from tests.factories import ExtensionFactory

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

TABLE = """
                                                        anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:duty_extend         duty_draft           GET  in        .        200  .    .       200  302   302        .        .        .        .        .       .     302     .
reporting:duty_extend         duty_submitted       GET  in        .        .    200  .       .    302   302        .        .        .        .        .       .     302     .
reporting:duty_extend         county_report_draft  GET  in        .        .    .    .       .    302   302        200      .        .        .        .       .     302     .
reporting:duty_extend         assessment           GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     302     .
reporting:duty_extend         county_duty_draft    GET  in        .        .    .    .       .    .     .          302      200      302      .        .       .     .       .
reporting:duty_extend         abroad_duty          GET  in        .        .    .    .       .    .     .          .        .        .        200      302     .     .       .
reporting:duty_extend         duty_draft           POST in        .        409  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:duty_extend         duty_submitted       POST in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:duty_extend         county_report_draft  POST in        .        .    .    .       .    403   403        409      .        .        .        .       .     403     .
reporting:duty_extend         assessment           POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:duty_extend         county_duty_draft    POST in        .        .    .    .       .    .     .          403      422      403      .        .       .     .       .
reporting:duty_extend         abroad_duty          POST in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:extension_withdraw  city_extension       POST in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:extension_withdraw  report_extension     POST in        .        .    .    .       .    403   403        302      .        .        .        .       .     403     .
reporting:extension_withdraw  county_extension     POST in        .        .    .    .       .    .     .          403      302      403      .        .       .     .       .
reporting:extension_withdraw  abroad_extension     POST in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:extension_decide    city_extension       GET  in        .        302  .    .       302  200   200        .        .        .        .        .       .     200     .
reporting:extension_decide    report_extension     GET  in        .        .    .    .       .    200   200        302      .        .        .        .       .     200     .
reporting:extension_decide    county_extension     GET  in        .        .    .    .       .    .     .          200      302      200      .        .       .     .       .
reporting:extension_decide    abroad_extension     GET  in        .        .    .    .       .    .     .          .        .        .        302      200     .     .       .
reporting:extension_decide    city_extension       POST in        .        403  .    .       403  403   422        .        .        .        .        .       .     403     .
reporting:extension_decide    report_extension     POST in        .        .    .    .       .    403   422        403      .        .        .        .       .     403     .
reporting:extension_decide    county_extension     POST in        .        .    .    .       .    .     .          409      403      403      .        .       .     .       .
reporting:extension_decide    abroad_extension     POST in        .        .    .    .       .    .     .          .        .        .        403      409     .     .       .
reporting:extensions          city_year            GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:extensions          county_year          GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:extensions          abroad_year          GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:urge_many           city_year            GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     403     .
reporting:urge_many           county_year          GET  in        .        .    .    .       .    .     .          200      .        403      .        .       .     .       .
reporting:urge_many           abroad_year          GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:urge_many           city_year            POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:urge_many           county_year          POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:urge_many           abroad_year          POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:urges               city_year            GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:urges               county_year          GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:urges               abroad_year          GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:urge_letter         city_urge            GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:urge_letter         abroad_urge          GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:urge_letter_word    city_urge            GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:urge_letter_word    abroad_urge          GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
"""

# What a unit asked for and was told is its own and its office's matter; who administers has no part in it.
SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
extension       city_extension              .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
extension       city_refused                .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
extension       report_extension            .         .        .    .    .       .    x     x          x        .        .        .        .       .     x       .
extension       county_extension            .         .        .    .    .       .    .     .          x        x        x        .        .       .     .       .
extension       abroad_extension            .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
"""


def add_to(world: World) -> None:
    """A pending request of everybody who owes; the city's unit was refused one before."""
    city = ("staff", "officehead", "auditor")
    asked = (
        ("city_extension", "duty_draft", "lead", ("lead", "head", *city)),
        ("report_extension", "county_report_draft", "district", ("district", *city)),
        # Handed in meanwhile: nobody has to decide any more.
        ("county_extension", "county_duty", "dliaison", ("dliaison", "district", "dauditor")),
        ("abroad_extension", "abroad_duty", "xliaison", ("xliaison", "xoffice")),
    )
    for name, duty, person, readers in asked:
        world.things[name] = ExtensionFactory(
            duty=world[duty], asked_by=world.people[person], reason=world.secret(f"{name}理由", *readers)
        )
    world.things["city_refused"] = ExtensionFactory(
        duty=world["duty_draft"],
        asked_by=world.people["lead"],
        refused=True,
        decided_by=world.people["officehead"],
        reason=world.secret("上次延期理由", "lead", "head", *city),
        decision=world.secret("上次批复意见", "lead", "head", *city),
    )


def add_to_ledger(ledger: Ledger) -> None:
    """A pending request and a granted one of each unit; everybody was urged in one act."""
    for duty in ledger.duties:
        ExtensionFactory(duty=duty, granted=True, asked_by=ledger.liaisons[0], decided_by=ledger.office)
        ExtensionFactory(duty=duty, asked_by=ledger.liaisons[0])


def _address(name: str) -> Any:
    return lambda ledger: reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year])


PAGES = {
    "extensions": ("office", _address("extensions")),
    "urge_many": ("office", _address("urge_many")),
    "urges": ("office", _address("urges")),
    "duty_extend": ("liaison", lambda ledger: reverse("reporting:duty_extend", args=[ledger.duties[0].pk])),
}

_OF_A_YEAR = ("extensions", "urge_many", "urges")
ARGUMENTS = {
    **{name: lambda world, row: [row.conference.code, row.year] for name in _OF_A_YEAR},
    **{name: lambda world, row: [row.batch] for name in ("urge_letter", "urge_letter_word")},
}
VALID = {
    **{name: lambda world: {"pk": str(world["duty_draft"].pk)} for name in ("duty_extend",)},
    **{
        name: lambda world: {"pk": str(world["city_extension"].pk)}
        for name in ("extension_withdraw", "extension_decide")
    },
    **{name: lambda world: {"batch": str(world["city_urge"].batch)} for name in ("urge_letter", "urge_letter_word")},
}
FILTERS = ["batch", "page"]


def lists(world: World) -> list[str]:
    return [reverse(f"reporting:{name}", args=["500000", world.year]) for name in _OF_A_YEAR]


def _in_time(world: World) -> dict[str, Any]:
    """The deadline lies ahead, whatever day it is."""
    today = timezone.localdate()
    Duty.objects.filter(pk=world["county_duty_draft"].pk).update(due_on=today)
    return {"reason": "还\r\n差数据", "wanted_until": today + timedelta(days=1)}


ACTS = [
    ("county_duty_draft", "dliaison", "duty_extend", _in_time, ["ask_extension"]),
    ("city_extension", "lead", "extension_withdraw", {}, ["withdraw_extension"], lambda world: world["duty_draft"]),
    (
        "city_extension",
        "officehead",
        "extension_decide",
        lambda world: {"action": "grant", "granted_until": date(world.year + 1, 1, 31)},
        ["grant_extension"],
        lambda world: world["duty_draft"],
    ),
    (
        "report_extension",
        "officehead",
        "extension_decide",
        {"action": "refuse", "decision": "不\r\n同意"},
        ["refuse_extension"],
        lambda world: world["county_report_draft"],
    ),
    (
        "city_year",
        "staff",
        "urge_many",
        lambda world: {"duty": [world["duty_draft"].pk], "message": "请\r\n报"},
        ["urge"],
        lambda world: world["duty_draft"],
    ),
]

NULS = [
    ("duty_extend", "county_duty_draft", "dliaison", {"reason": "\x00", "wanted_until": "2026-12-31"}),
    ("duty_extend", "county_duty_draft", "dliaison", {"reason": "理由", "wanted_until": "\x00"}),
    ("extension_decide", "city_extension", "officehead", {"action": "refuse", "decision": "\x00"}),
    ("extension_decide", "city_extension", "officehead", {"action": "grant", "granted_until": "\x00"}),
    ("urge_many", "city_year", "staff", {"duty": "\x00", "message": "请报"}),
]
