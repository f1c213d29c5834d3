"""Meetings of a conference, and what a conference tells its members."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from reporting.models import Meeting
from tests.papers_rows import AttendanceFactory, MeetingFactory

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

TABLE = """
                                                   anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:conference_year    city_year        GET  in        .        200  200  200     200  .     .          200      200      .        200      .       .     .       .
reporting:meetings           city_year        GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:meetings           city_year        POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:meetings           county_year      GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:meetings           county_year      POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:meetings           abroad_year      GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:meetings           abroad_year      POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:meeting            city_meeting     GET  in        .        200  200  200     200  200   200        .        .        .        .        .       .     200     .
reporting:meeting            city_meeting     POST in        .        403  403  403     403  409   409        .        .        .        .        .       .     403     .
reporting:meeting            city_planned     GET  in        .        200  200  200     200  200   200        .        .        .        .        .       .     200     .
reporting:meeting            city_planned     POST in        .        403  403  403     403  422   422        .        .        .        .        .       .     403     .
reporting:meeting            county_meeting   GET  in        .        .    .    .       .    .     .          200      200      200      .        .       .     .       .
reporting:meeting            county_meeting   POST in        .        .    .    .       .    .     .          409      403      403      .        .       .     .       .
reporting:meeting            abroad_meeting   GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:meeting            abroad_meeting   POST in        .        .    .    .       .    .     .          .        .        .        403      409     .     .       .
reporting:meeting_edit       city_planned     GET  in        .        403  403  403     403  200   200        .        .        .        .        .       .     403     .
reporting:meeting_edit       city_planned     POST in        .        403  403  403     403  422   422        .        .        .        .        .       .     403     .
reporting:meeting_edit       city_meeting     GET  in        .        403  403  403     403  .     .          .        .        .        .        .       .     403     .
reporting:meeting_edit       abroad_meeting   GET  in        .        .    .    .       .    .     .          .        .        .        403      .       .     .       .
reporting:meeting_autosave   city_planned     POST in        .        403  403  403     403  422   422        .        .        .        .        .       .     403     .
reporting:meeting_autosave   abroad_meeting   POST in        .        .    .    .       .    .     .          .        .        .        403      422     .     .       .
reporting:meeting_attendance city_planned     POST in        .        403  403  403     403  422   422        .        .        .        .        .       .     403     .
reporting:meeting_attendance abroad_meeting   POST in        .        .    .    .       .    .     .          .        .        .        403      409     .     .       .
reporting:meeting_cancel     city_planned     POST in        .        403  403  403     403  422   422        .        .        .        .        .       .     403     .
reporting:meeting_cancel     abroad_meeting   POST in        .        .    .    .       .    .     .          .        .        .        403      409     .     .       .
reporting:meeting_word       city_meeting     GET  in        .        200  200  200     200  200   200        .        .        .        .        .       .     200     .
reporting:meeting_word       city_planned     GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:meeting_word       county_meeting   GET  in        .        .    .    .       .    .     .          200      200      200      .        .       .     .       .
reporting:meeting_word       abroad_meeting   GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:meeting_print      city_meeting     GET  in        .        200  200  200     200  200   200        .        .        .        .        .       .     200     .
reporting:meeting_print      city_planned     GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:meeting_print      abroad_meeting   GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
"""

SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
meeting         city_meeting                .         .        x    x    x       x    x     x          .        .        .        .        .       .     x       .
meeting         city_planned                .         .        x    x    x       x    x     x          .        .        .        .        .       .     x       .
meeting         county_meeting              .         .        .    .    .       .    .     .          x        x        x        .        .       .     .       .
meeting         abroad_meeting              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
attendance      of city_meeting             .         .        x    x    x       x    x     x          .        .        .        .        .       .     x       .
attendance      of city_planned             .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
attendance      of county_meeting           .         .        .    .    .       .    .     .          x        x        x        .        .       .     .       .
attendance      of abroad_meeting           .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
"""

ARGUMENTS = {
    "conference_year": lambda world, row: [row.year],
    "meetings": lambda world, row: [row.conference.code, row.year],
}
NAMES = {"attendance": lambda world, row: f"of {world.name_of(row.meeting)}"}
VALID = {
    name: lambda world: {"pk": str(world["city_planned"].pk)}
    for name in (
        *("meeting", "meeting_edit", "meeting_autosave", "meeting_attendance", "meeting_cancel"),
        *("meeting_word", "meeting_print"),
    )
}


def add_to(world: World) -> None:
    """A meeting whose minutes are filed and one that is planned in the city; one elsewhere each."""
    members, office = ("lead", "coop", "outside", "head"), ("staff", "officehead", "auditor")
    yesterday = max(timezone.localdate() - timedelta(days=1), timezone.localdate().replace(month=1, day=1))
    for name, place, unit, readers, fields in (
        ("city_meeting", "city", "lead_unit", (*members, *office), {"filed": True}),
        ("city_planned", "city", "lead_unit", office, {}),
        ("county_meeting", "county", "county_unit", ("district", "dliaison", "dauditor"), {"filed": True}),
        ("abroad_meeting", "abroad", "abroad_unit", ("xliaison", "xoffice"), {"filed": True}),
    ):
        told = readers if name != "city_planned" else (*members, *office)
        world.things[name] = MeetingFactory(
            conference=world[place],
            held_on=yesterday,
            title=world.secret(f"{name}名称", *told),
            place=world.secret(f"{name}地点", *told),
            agenda=world.secret(f"{name}议程", *told),
            **fields | {"minutes": world.secret(f"{name}纪要", *readers)},
        )
        AttendanceFactory(
            meeting=world[name],
            department=world[unit],
            kind="present",
            note=world.secret(f"{name}出席人", *readers),
        )


def _typed(world: World, **changes: str) -> dict[str, Any]:
    given = {"kind": "special", "title": "又一次专题会议", "held_on": timezone.localdate().isoformat()}
    return given | {"place": "会议室", "chair": "", "agenda": ""} | changes


ACTS = [
    (
        "city_year",
        "staff",
        "meetings",
        lambda world: _typed(world),
        ["meeting"],
        lambda world: Meeting.objects.latest("pk"),
    ),
    ("city_planned", "staff", "meeting", {"lock_version": 0, "minutes": "纪要", "action": "file"}, ["minutes"]),
    ("city_planned", "staff", "meeting_cancel", {"reason": "改期\r\n另行通知"}, ["cancel_meeting"]),
]

NULS = [
    ("meetings", "city_year", "staff", {"kind": "special", "title": "\x00", "held_on": "2026-01-01"}),
    ("meeting", "city_planned", "staff", {"lock_version": 0, "minutes": "\x00", "action": "file"}),
    ("meeting_autosave", "city_planned", "staff", {"lock_version": 0, "minutes": "\x00"}),
    ("meeting_attendance", "city_planned", "staff", {"lock_version": "\x00"}),
    ("meeting_cancel", "city_planned", "staff", {"reason": "\x00"}),
]


def _of_year(ledger: Ledger, name: str) -> str:
    return reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year])


def add_to_ledger(ledger: Ledger) -> None:
    """As many meetings as clauses, and every unit in the first."""
    ledger.meetings = [MeetingFactory(conference=ledger.city) for _number in range(ledger.size)]  # type: ignore[attr-defined]
    for unit in ledger.units:
        AttendanceFactory(meeting=ledger.meetings[0], department=unit)  # type: ignore[attr-defined]


PAGES = {
    "meetings": ("office", lambda ledger: _of_year(ledger, "meetings")),
    "meeting": ("office", lambda ledger: reverse("reporting:meeting", args=[ledger.meetings[0].pk])),
    "conference_year": ("liaison", lambda ledger: reverse("reporting:conference_year", args=[ledger.year])),
}
