"""Ledgers, and other files that a worker makes of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from reporting.enums import JobKind, JobState
from tests.year_rows import job_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger import Ledger
    from tests.world import World

# A city's auditor reads its districts' events and texts, and not their offices' pages and files.
TABLE = """
                                                     anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:ledger              city_year         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:ledger              county_year       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:ledger              abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:ledger_xlsx         city_year         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:ledger_xlsx         county_year       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:ledger_xlsx         abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:ledger_print        city_year         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:ledger_print        county_year       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:ledger_print        abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:ledger_job          city_year         POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:ledger_job          county_year       POST in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
reporting:ledger_job          abroad_year       POST in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:unit_ledger         lead_unit         GET  in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:unit_ledger         coop_unit         GET  in        .        .    200  .       .    .     .          .        .        .        .        .       .     .       .
reporting:unit_ledger         county_unit       GET  in        .        .    .    .       .    .     .          .        200      .        .        .       .     .       .
reporting:unit_ledger         abroad_unit       GET  in        .        .    .    .       .    .     .          .        .        .        200      .       .     .       .
reporting:job                 city_file         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:job                 city_waiting      GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:job                 county_file       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:job                 abroad_file       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:job_progress        city_file         GET  in        .        .    .    .       .    204   204        .        .        .        .        .       .     204     .
reporting:job_progress        city_waiting      GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:job_progress        county_file       GET  in        .        .    .    .       .    .     .          204      .        204      .        .       .     .       .
reporting:job_progress        abroad_file       GET  in        .        .    .    .       .    .     .          .        .        .        .        204     .     .       .
reporting:job_file            city_file         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:job_file            city_waiting      GET  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:job_file            county_file       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:job_file            abroad_file       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:job_cancel          city_waiting      POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:job_cancel          city_file         POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:job_cancel          county_file       POST in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
reporting:job_cancel          abroad_file       POST in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
"""
SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
job             city_file                   .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
job             city_waiting                .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
job             county_file                 .         .        .    .    .       .    .     .          x        .        x        .        .       .     .       .
job             abroad_file                 .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       .
"""

_OF_A_YEAR = ("ledger", "ledger_xlsx", "ledger_print", "ledger_job")
_OF_A_FILE = ("job", "job_progress", "job_file", "job_cancel")

ARGUMENTS: dict[str, Callable[[World, Any], list[Any]]] = {
    **{name: lambda world, row: [row.conference.code, row.year] for name in _OF_A_YEAR},
    **{name: lambda world, row: [row.key] for name in _OF_A_FILE},
    "unit_ledger": lambda world, row: [world.year, row.code],
}
VALID = {name: lambda world: {"key": str(world["city_file"].key)} for name in _OF_A_FILE}
FILTERS = ["chapter", "unit", "districts"]

ACTS = [
    ("city_waiting", "staff", "job_cancel", {}, ["make_file"]),
]


def add_to(world: World) -> None:
    """A file of each conference that was made, and one that the city's office waits for."""
    readers = {"city": ("staff", "officehead", "auditor"), "county": ("district", "dauditor"), "abroad": ("xoffice",)}
    for name, may_read in readers.items():
        person = world.people[may_read[0]]
        world.things[f"{name}_file"] = job_of(
            world[name],
            by=person,
            year=world.year,
            kind=JobKind.ARCHIVE,
            content=world.secret(f"{name}档案", *may_read).encode(),
            file_name=f"{world.secret(f'{name}档案名', *may_read)}.zip",
        )
    world.things["city_waiting"] = job_of(
        world["city"],
        by=world.people["staff"],
        year=world.year,
        state=JobState.RUNNING,
        stage=world.secret("步骤", *readers["city"]),
    )


def lists(world: World) -> list[str]:
    return [reverse(f"reporting:{name}", args=["500000", world.year]) for name in ("ledger", "ledger_print")]


def add_to_ledger(ledger: Ledger) -> None:
    for _number in range(ledger.size):
        job_of(ledger.city, by=ledger.office, year=ledger.year)


def _page(name: str) -> Callable[[Ledger], str]:
    return lambda ledger: reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year])


# The ledger is put together from the plan, the entries, their figures and files: a constant number, too.
PAGES = {
    "ledger": ("office", _page("ledger")),
    "ledger_xlsx": ("office", _page("ledger_xlsx"), 20),
    "ledger_print": ("office", _page("ledger_print"), 20),
}
