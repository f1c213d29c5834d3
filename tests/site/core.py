"""The site itself: signing in, the inbox, the trail; and the rows of places, units and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from tests.world import World

TABLE = """
                                                           anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
departments:login           -                        GET   200       302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
departments:login           -                        POST  200       302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
departments:password        -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:password        -                        POST  in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:account         -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:token           -                        GET   200       200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
departments:logout          -                        POST  in        in       in   in   in      in   in    in         in       in       in       in       in      in    in      in
departments:set_language    -                        POST  302       302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
reporting:home              -                        GET   in        302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
reporting:inbox             -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
reporting:events            -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
reporting:inbox_read        -                        POST  in        302      302  302  302     302  302   302        302      302      302      302      302     302   302     302
reporting:notice_read       city_notice              POST  in        .        302  .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:notice_read       abroad_notice            POST  in        .        .    .    .       .    .     .          .        .        .        302      .       .     .       .
"""

SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
jurisdiction    of 500000                   .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
jurisdiction    of 500235                   .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
jurisdiction    of 660000                   .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
conference      city                        .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
conference      county                      .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
conference      abroad                      .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
department      lead_unit                   .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
department      coop_unit                   .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
department      outside_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
department      county_unit                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
department      abroad_unit                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
departmentname  of lead_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
departmentname  of coop_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
departmentname  of outside_unit             .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
departmentname  of county_unit              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
departmentname  of abroad_unit              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
succession      city_succession             .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
succession      county_succession           .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
succession      abroad_succession           .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
membership      of lead_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
membership      of coop_unit                .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
membership      of outside_unit             .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
membership      of county_unit              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
membership      of abroad_unit              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
event           submit draft                .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
event           city_event                  .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
event           abroad_event                .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
event           city_import_event           .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       .
event           county_import_event         .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       .
event           abroad_import_event         .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
user            lead                        .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            lead2                       .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            coop                        .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            outside                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            head                        .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            staff                       .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            officehead                  .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            district                    .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
user            dliaison                    .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
user            dauditor                    .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
user            xliaison                    .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
user            xoffice                     .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
user            xadmin                      .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
user            admin                       .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            auditor                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            stranger                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
user            super                       .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
user            a_hand                      .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
posting         of lead                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of lead2                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of coop                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of outside                  .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of head                     .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of staff                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of officehead               .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of district                 .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
posting         of dliaison                 .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
posting         of dauditor                 .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
posting         of xliaison                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
posting         of xoffice                  .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
posting         of xadmin                   .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
posting         of admin                    .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of auditor                  .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
posting         of stranger                 .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
notice          city_notice                 .         .        x    .    .       .    .     .          .        .        .        .        .       .     .       .
notice          abroad_notice               .         .        .    .    .       .    .     .          .        .        .        x        .       .     .       .
mail            city_mail                   .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
mail            abroad_mail                 .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
workday         workday                     .         .        x    x    x       x    x     x          x        x        x        x        x       x     x       x
heartbeat       heartbeat                   .         .        .    .    .       .    .     .          .        .        .        .        .       x     .       x
"""

NAMES = {
    "jurisdiction": lambda world, row: f"of {row.conference.code}",
    # Whoever wrote what a factory made holds no posting: only who administers everything sees such accounts.
    "user": lambda world, row: row.username if row.username in world.people else "a_hand",
    "posting": lambda world, row: f"of {row.user.username}",
    "departmentname": lambda world, row: f"of {row.department.code}",
    "membership": lambda world, row: f"of {row.department.code}",
    "event": lambda world, row: f"{row.action} {world.name_of_object(row) or row.title}",
}

# What an event or an account keeps for itself.
NOT_FREE = {"username", "password", "search_key", "pinyin", "initials"}
NOT_WRITABLE = {"event"}

FILTERS = ["q", "who", "kind", "action", "since", "until", "page", "year"]

PAGES = {
    "inbox": ("liaison", lambda ledger: reverse("reporting:inbox")),
    "events": ("office", lambda ledger: reverse("reporting:events")),
}


def valid(world: World) -> dict[str, str]:
    """Parts of addresses by the names that most of them have."""
    return {
        "key": str(world["draft_file"].key),
        "pk": str(world["draft"].pk),
        "code": "500000",
        "year": str(world.year),
        "unit_code": "lead_unit",
        "path": "一",
    }


def addresses(world: World) -> list[str]:
    return [reverse("admin:index")]


def lists(world: World) -> list[str]:
    return [reverse("reporting:events")]
