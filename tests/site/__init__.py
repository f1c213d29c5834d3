"""What the guards over the whole site know of it: a module an area, gathered here.

An area (tests/site/<area>.py) writes down who may open its addresses, who sees its rows and which acts leave which
events. Every name is optional, and nothing has to be registered anywhere. For example, an area of meetings:

    \"\"\"Meetings of a conference, and what was decided there.\"\"\"

    TABLE = \"\"\"
                                               anonymous stranger lead coop … super
    reporting:meeting     city_meeting    GET  in        .        200  200  … .
    reporting:meeting     abroad_meeting  GET  in        .        .    .    … .
    reporting:resolution  city_resolution POST in        .        422  .    … .
    \"\"\"
    SCOPES = \"\"\"
                                               anonymous stranger lead coop … super
    meeting       city_meeting                 .         .        x    x    … x
    resolution    of city_meeting              .         .        x    .    … x
    \"\"\"

    def add_to(world: World) -> None:
        world.things["city_meeting"] = meeting = MeetingFactory(
            conference=world["city"], minutes=world.secret("会议纪要", "staff", "officehead")
        )
        world.things["city_resolution"] = ResolutionFactory(meeting=meeting)

    ARGUMENTS = {"resolution": lambda world, row: [row.meeting_id, row.number]}
    NAMES = {"resolution": lambda world, row: f"of {world.name_of(row.meeting)}"}
    VALID = {"meeting": lambda world: {"pk": str(world["city_meeting"].pk)}}

What a module may say of its area:

``add_to(world)``
    Plants the rows, at the end of World.__init__ and in the alphabetical order of the modules. ``world.things`` are
    the rows by name, ``world.people`` the people by role, ``world.secret(name, *roles)`` is a text that only these may
    ever be shown. Everything is taken back with the world.
``TABLE``
    Who may do what: address, row (``-``: none), method, and a cell for each of ROLES, which are its first line. A cell
    is a status; ``.`` is 404, ``in`` the way to the login page. Methods that are not listed must be refused. Pages
    that are listed with GET are read by the walks over the site, for every row of the world of that kind.
``ARGUMENTS``: {address: (world, row) -> list}
    What stands in the address, where that is not ``[row.pk]``. Addresses are without their namespace here and below.
``VALID``: {address: {part: text} or (world) -> {part: text}}
    The parts of an address that names something, where the common ones (core.valid) do not.
``REFUSED_FIRST``: {address, …}
    Who may read the row and not act on it hears 403 here before anybody looks whether the rest names anything.
``OF_ADMINISTRATORS``: (beginning of an address, …)
    What administrators do themselves: they are not among those who only oversee it.
``addresses(world)``: list of paths
    More pages to begin the walks at: those that TABLE does not name.
``SCOPES``: who sees which row of each model: model, name of the row, ``x`` or ``.`` for each of ROLES.
``NAMES``: {model: (world, row) -> str}
    What SCOPES calls a row that is none of ``world.things``.
``ADMIN_TABLE``, ``admin_rows(world)``, ``EXCHANGED``, ``EXPORTED``
    The administration (administration.py): cells for ADMIN_ROLES, {model: (row of the city, foreign row or None)},
    models with lists that may be imported and exported, and exported only.
``ACTS``: [(thing, role, address, data or (world) -> data, [action, …]), …]
    What a POST writes into the trail; one more item, a (world) -> row, where the events are not about the thing.
``NULS``: [(address, thing, role, data), …]
    Forms that get a NUL and must change nothing.
``lists(world)``, ``FILTERS``
    Lists that the office may narrow, and the names of what they are narrowed by.
``NOT_FREE``, ``NOT_WRITABLE``: {column, …}, {model, …}
    Columns that hold no free text though they look like it, and models whose rows the database will not change.
``PAGES``: {name: (who, (ledger) -> path) or (who, …, most queries)}, ``add_to_ledger(ledger)``
    Pages that cost the same however many rows they show (tests/ledger.py): office, administrator or liaison opens them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.world import World

AREAS = [import_module(f"{__name__}.{name}") for name in sorted(module.name for module in iter_modules(__path__))]

Cells = dict[str, str]


class Act(NamedTuple):
    """A POST, and the actions that it leaves in the trail."""

    thing: str
    role: str
    page: str
    data: dict[str, Any] | Callable[[World], dict[str, Any]]
    actions: list[str]
    about: Callable[[World], Any] | None = None


def said(name: str) -> Iterator[Any]:
    """What each area that says anything under this name says."""
    for area in AREAS:
        if hasattr(area, name):
            yield getattr(area, name)


def together(name: str) -> dict[str, Any]:
    """The dictionaries of all areas in one. Two areas may not say different things of the same."""
    found: dict[str, Any] = {}
    for part in said(name):
        assert not found.keys() & part.keys(), f"{name} of two areas: {found.keys() & part.keys()}"
        found |= part
    return found


def one_after_another(name: str) -> list[Any]:
    """The lists, tuples or sets of all areas in one list, each item once."""
    return list(dict.fromkeys(item for part in said(name) for item in part))


def rows_of(name: str, columns: tuple[str, ...], *, before: int) -> Iterator[tuple[list[str], Cells]]:
    """The rows of all areas' tables: the words that stand before the cells, and column → cell.

    A row of another length than the table's first line fails, and so does a first line that is not ``columns``.
    ``before`` is how many words a row begins with; the second may have spaces where it is two.
    """
    for table in said(name):
        header, *lines = table.strip().splitlines() or [" ".join(columns)]
        assert header.split() == list(columns), f"{name} begins with {header}"
        for line in lines:
            words = line.split()
            given, cells = words[: -len(columns)], words[-len(columns) :]
            assert len(given) >= before, f"{line}: {len(words) - before} cells for {len(columns)} columns"
            if before == 2:
                given = [given[0], " ".join(given[1:])]
            assert len(given) == before, f"{line}: {len(words) - before} cells for {len(columns)} columns"
            yield given, dict(zip(columns, cells, strict=True))


def cells_of(name: str, columns: tuple[str, ...]) -> dict[str, list[tuple[str, str, Cells]]]:
    """First word → (second, third, column → cell), of tables whose rows begin with three words."""
    found = defaultdict(list)
    for (first, second, third), cells in rows_of(name, columns, before=3):
        found[first].append((second, third, cells))
    return dict(found)


_ARGUMENTS: dict[str, Callable[[World, Any], list[Any]]] = together("ARGUMENTS")
_VALID: dict[str, Any] = together("VALID")
ACTS = [Act(*case) for part in said("ACTS") for case in part]
NULS = [case for part in said("NULS") for case in part]


def arguments(world: World, name: str, thing: str) -> list[Any]:
    """What stands in the address ``name`` for that row of the world."""
    return [] if thing == "-" else arguments_for(world, name, world[thing])


def arguments_for(world: World, name: str, row: Any) -> list[Any]:
    given = _ARGUMENTS.get(name.partition(":")[2])
    return given(world, row) if given else [row.pk]


def valid_parts(world: World, name: str) -> dict[str, str]:
    """Parts of the address ``name`` that together name something, as far as anybody declared it."""
    given = _VALID.get(name.partition(":")[2], {})
    common = {part: text for valid in said("valid") for part, text in valid(world).items()}
    return common | (given(world) if callable(given) else given)
