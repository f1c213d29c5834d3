"""Years: opening, closing and archiving them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ledger import Ledger
    from tests.world import World

# The head of the office decides; the district of this world has none, and its staff decides.
TABLE = """
                                                     anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:year                city_year         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:year                city_last_year    GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:year                county_year       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:year                abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:year_open           city_year         GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:year_open           county_year       GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:year_open           abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:year_open           city_year         POST in        .        .    .    .       .    403   302        .        .        .        .        .       .     403     .
reporting:year_open           county_year       POST in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
reporting:year_open           abroad_year       POST in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:year_close          city_year         GET  in        .        .    .    .       .    302   302        .        .        .        .        .       .     302     .
reporting:year_close          county_year       GET  in        .        .    .    .       .    .     .          302      .        302      .        .       .     .       .
reporting:year_close          abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:year_close          city_year         POST in        .        .    .    .       .    403   422        .        .        .        .        .       .     403     .
reporting:year_close          county_year       POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:year_close          abroad_year       POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:year_reopen         city_last_year    GET  in        .        .    .    .       .    302   302        .        .        .        .        .       .     302     .
reporting:year_reopen         county_year       GET  in        .        .    .    .       .    .     .          302      .        302      .        .       .     .       .
reporting:year_reopen         abroad_year       GET  in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:year_reopen         city_last_year    POST in        .        .    .    .       .    403   422        .        .        .        .        .       .     403     .
reporting:year_reopen         county_year       POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:year_reopen         abroad_year       POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:year_archive        city_year         POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:year_archive        city_last_year    POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:year_archive        county_year       POST in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
reporting:year_archive        abroad_year       POST in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
"""
SCOPES = ""

_OF_A_YEAR = ("year", "year_open", "year_close", "year_reopen", "year_archive")

ARGUMENTS: dict[str, Callable[[World, Any], list[Any]]] = {
    name: lambda world, row: [row.conference.code, row.year] for name in _OF_A_YEAR
}
REFUSED_FIRST = {"year_open"}

# Closing is not among them: it leaves two events, its own and that of the archive that is asked for with it.
ACTS = [
    ("city_last_year", "officehead", "year_reopen", {"reason": "漏\r\n报"}, ["reopen_year"]),
]
NULS = [
    ("year_close", "city_year", "officehead", {"known": "on", "seen": "", "reason": "\x00"}),
    ("year_close", "city_year", "officehead", {"known": "on", "seen": "\x00", "reason": "归档。"}),
    ("year_reopen", "city_last_year", "officehead", {"reason": "\x00"}),
]


def _page(name: str) -> Callable[[Ledger], str]:
    return lambda ledger: reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year])


# What opening would make is worked out as opening does it: from the plan, the members, what is there already.
PAGES = {"year": ("office", _page("year")), "year_open": ("office", _page("year_open"), 20)}
