"""Who may do what at every address: the whole site × everybody × own and foreign rows × every method.

The tables of tests/site are the permission matrix. An address that is not in them fails the tests, and so does a cell
that answers differently; a new page begins by writing down there who may open it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.handlers.wsgi import get_path_info
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, URLPattern, get_resolver, resolve, reverse
from django.urls.resolvers import URLResolver

from tests import site
from tests.thorough import share
from tests.world import ADMIN_ROLES, ANONYMOUS, ROLES, World, a_world, taken_back

# On PostgreSQL too every page is opened and every act is done: by test_walk, test_events and each area's own tests.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Address → (row of the world, method, role → cell). What a cell says: a status; ``.`` is 404, there is no such thing
# for this person; ``in`` is sent to the login page. Methods that an address does not list are refused to everybody by
# the same rule: 405, and ``in`` for anonymous.
CELLS = site.cells_of("TABLE", ROLES)
# Which methods an address lists.
LISTED = {name: {method for _thing, method, _cells in rows} for name, rows in CELLS.items()}
# Model → (page, own or foreign, role → cell).
ADMIN_CELLS = site.cells_of("ADMIN_TABLE", ADMIN_ROLES)

# The administration's own only leads to the other.
LOGIN_PAGES = ("/login/", "/admin/login/")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Addresses that anonymous people reach too.
PUBLIC = {"departments:login", "departments:set_language", "departments:token"}
# Asked with a client of its own: the answer changes who is logged in or in which language.
ON_THEIR_OWN = {"departments:login", "departments:logout", "departments:set_language"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals with their tracebacks would be kept for a report that nobody reads."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), a_world() as world:
        world.clients = {role: world.client(role) for role in ROLES}  # type: ignore[attr-defined]
        world.admin_rows = {  # type: ignore[attr-defined]
            model: rows for admin_rows in site.said("admin_rows") for model, rows in admin_rows(world).items()
        }
        yield world


def ask(client: Client, method: str, path: str, **headers: str) -> str:
    """What happened, as a cell says it; everything that it changed is taken back."""
    with taken_back():
        response = client.generic(method, path, b"", "application/x-www-form-urlencoded", headers=headers or None)
        if response.streaming:
            b"".join(response.streaming_content)
    if response.status_code == 302 and response.url.partition("?")[0] in LOGIN_PAGES:
        return "in"
    return "." if response.status_code == 404 else str(response.status_code)


def reads_rows(asked: CaptureQueriesContext) -> bool:
    """Whether any row of the product was looked at, other than who is asking and in which places."""
    return any(f'"{app}_' in query["sql"] for query in asked for app in ("measures", "reporting"))


def client_for(world: World, name: str, role: str) -> Client:
    return world.client(role) if name in ON_THEIR_OWN else world.clients[role]  # type: ignore[attr-defined]


def patterns(resolver: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the site: its full name and its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, route, inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{namespace}{pattern.name}", route


# --- The product's pages ------------------------------------------------------------------------------------------


def test_every_address_is_declared() -> None:
    addresses = {name for name, route in patterns() if not route.startswith("admin/")}

    assert addresses == set(CELLS)


def test_table_has_every_role_and_no_cell_twice() -> None:
    rows = [(name, thing, method) for name, found in CELLS.items() for thing, method, _cells in found]

    assert {tuple(cells) for found in CELLS.values() for *_row, cells in found} == {ROLES}
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", sorted(CELLS))
def test_everybody_gets_what_the_table_says(world: World, name: str) -> None:
    deviations = []
    for thing, method, declared in CELLS[name]:
        path = reverse(name, args=site.arguments(world, name, thing))
        for role, cell in declared.items():
            answer = ask(client_for(world, name, role), method, path)
            if answer != cell:
                deviations.append(f"{thing} {method} {role}: {answer}, not {cell}")

    assert deviations == []


@pytest.mark.parametrize("name", sorted(CELLS))
def test_methods_that_are_not_listed_are_refused(world: World, name: str) -> None:
    """Before a row is read, which is looked at too: so each person asks about one row, and each row has its person."""
    paths = [
        reverse(name, args=site.arguments(world, name, thing)) for thing in sorted({row[0] for row in CELLS[name]})
    ]
    deviations = []
    for method in set(METHODS) - LISTED[name]:
        for role, path in zip(ROLES, cycle(paths), strict=False):
            client = client_for(world, name, role)
            with CaptureQueriesContext(connection) as asked:
                answer = ask(client, method, path)
            expected = {"405"} if role != ANONYMOUS or name in PUBLIC else {"in"}
            if name == "departments:login" and role != ANONYMOUS:
                expected = {"302"}  # who is logged in already is sent on, whatever the method
            if answer not in expected or reads_rows(asked):
                deviations.append(f"{path} {method} {role}: {answer}")

    assert deviations == []


@pytest.mark.parametrize("name", sorted(set(CELLS) - PUBLIC))
def test_scripts_of_anonymous_people_get_401(world: World, name: str) -> None:
    answers = {
        ask(Client(), method, reverse(name, args=site.arguments(world, name, thing)), **{"hx-request": "true"})
        for thing, method, _cells in CELLS[name]
    }

    assert answers == {"401"}


# --- Addresses that name nothing ----------------------------------------------------------------------------------

LONG = "x" * 10_000
MALFORMED = {
    "int": [
        *("0", "-1", "999999999", str(2**31), str(2**63), "1" + 30 * "0", "9" * 5000, "abc", "1.5", "1e3", "0x1"),
        *("%00", "1%00", "%D9%A3", "%EF%BC%91", "..%2F1", "%ff", "1;DROP TABLE", LONG),
    ],
    "uuid": [str(uuid4()), "0", "not-a-uuid", "%00", "{key}", "../../etc/passwd", LONG],
    "slug": ["999999", "500000%00", "500000'--", "%E5%B8%82", "..", LONG],
    "str": ["nobody", "%00", "lead_unit%00", "county_unit", "' OR 1=1 --", "..", LONG],
    "path": ["nothing", "%00", "../../../etc/passwd", "%E4%B8%80/(%E4%B8%80)/%00", "%ff%fe", LONG],
}


def broken(route: str, valid: dict[str, str]) -> Iterator[str]:
    """The route with one of its parts replaced by something that it never is."""
    parts = re.compile(r"<(\w+):(\w+)>")
    for kind, part in parts.findall(route):
        for value in MALFORMED[kind]:
            if value == "county_unit" and "<slug:code>" not in route:
                # Not of the city; by itself it names a unit.
                continue
            values = valid | {part: value}
            yield "/" + parts.sub(lambda found, values=values: values[found[2]], route)


# What no route takes is refused before anybody asks who it is for: these two hear it for all.
FOR_ALL = (ANONYMOUS, "lead")
# Of what a route does take, these and the two above hear all, and everybody else a quarter that is another for each.
OF_ALL_KINDS = (*FOR_ALL, "staff", "super")


def is_no_address(path: str) -> bool:
    try:
        resolve(get_path_info({"PATH_INFO": unquote_to_bytes(path).decode("latin-1")}))
    except Resolver404:
        return True
    return False


@pytest.mark.parametrize("role", ROLES)
def test_what_does_not_exist_is_404(world: World, role: str) -> None:
    client = world.clients[role]  # type: ignore[attr-defined]
    refused_first = site.one_after_another("REFUSED_FIRST")
    deviations = []
    for name, route in patterns():
        if name not in CELLS:
            continue
        paths = list(broken(route, site.valid_parts(world, name)))
        if role not in FOR_ALL:
            paths = [path for path in paths if not is_no_address(path)]
        for path in paths if role in OF_ALL_KINDS else share(paths, ROLES.index(role), of=4):
            # Half of what is malformed is no address at all; the rest leads to the login page as any other does.
            allowed = {".", "400"} if role != ANONYMOUS else {".", "400", "in"}
            if name.partition(":")[2] in refused_first:
                allowed |= {"403"}
            for method in LISTED[name]:
                answer = ask(client, method, path)
                if answer not in allowed:
                    deviations.append(f"{method} {path[:80]}: {answer}")

    assert deviations == []


# --- The administration -------------------------------------------------------------------------------------------

# Addresses of the administration that belong to no model.
ADMIN_PAGES = {
    # name: method, then admin, auditor, dauditor, super
    "admin:index": "GET 200 200 200 200",
    "admin:login": "GET 302 302 302 302",
    "admin:logout": "GET 405 405 405 405",
    "admin:password_change": "GET 302 302 302 302",
    "admin:password_change_done": "GET 200 200 200 200",
    "admin:autocomplete": "GET 403 403 403 403",
    "admin:jsi18n": "GET 200 200 200 200",
}
OF_A_MODEL = ("changelist", "add", "change", "delete", "history")
# Lists with a file. Confirming is a POST.
EXCHANGED = site.one_after_another("EXCHANGED")
EXPORTED = [*EXCHANGED, *site.one_after_another("EXPORTED")]
OF_FILES = {
    # page: admin, auditor, dauditor, super
    "export": ("GET 200 200 200 200", EXPORTED),
    "import": ("GET 200 403 403 200", EXCHANGED),
    # Nothing was previewed: back to choosing a file.
    "process_import": ("POST 302 403 403 302", EXCHANGED),
}
OF_PEOPLE = {"admin:departments_user_password", "admin:departments_user_unlock"}
REDIRECTS = {"admin:None", "admin:view_on_site", "admin:app_list"}


def admin_path(world: World, model: str, page: str, whose: str) -> str:
    name = f"admin:{model}_{page}"
    if page in ("changelist", "add"):
        return reverse(name)
    own, foreign = world.admin_rows[model]  # type: ignore[attr-defined]
    return reverse(name, args=[(own if whose == "own" else foreign).pk])


def test_every_address_of_the_administration_is_declared() -> None:
    declared = {
        *(f"admin:{model}_{page}" for model in ADMIN_CELLS for page in OF_A_MODEL),
        *ADMIN_PAGES,
        *(f"admin:{model}_{page}" for page, (_cells, models) in OF_FILES.items() for model in models),
        *OF_PEOPLE,
        *REDIRECTS,
    }

    assert {name for name, route in patterns() if route.startswith("admin/")} == declared


def test_every_model_of_the_administration_is_declared() -> None:
    registered = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}

    assert registered == set(ADMIN_CELLS)
    for model, rows in ADMIN_CELLS.items():
        assert {page for page, _whose, _cells in rows} == set(OF_A_MODEL), model


@pytest.mark.parametrize("model", sorted(ADMIN_CELLS))
def test_administration_opens_to_administrators_and_auditors(world: World, model: str) -> None:
    deviations = []
    for page, whose, declared in ADMIN_CELLS[model]:
        path = admin_path(world, model, page, whose)
        for role in ROLES:
            cell = "in" if role == ANONYMOUS else declared.get(role, "403")
            answer = ask(world.clients[role], "GET", path)  # type: ignore[attr-defined]
            if answer != cell:
                deviations.append(f"{page} {whose} {role}: {answer}, not {cell}")

    assert deviations == []


@pytest.mark.parametrize("model", sorted(ADMIN_CELLS))
def test_administration_answers_no_method_with_an_error(world: World, model: str) -> None:
    """Who may not enter gets the same with every method; who may gets something that is no error."""
    deviations = []
    for number, (page, whose, declared) in enumerate(ADMIN_CELLS[model]):
        path = admin_path(world, model, page, whose)
        # Who may not enter is stopped at the door, whatever the row: nobody there looks at one.
        roles = ROLES if whose != "foreign" else tuple(declared)
        for role in roles:
            # Everybody tries each method, if not on every page; those who may enter try to post on every page.
            methods = share(METHODS[1:], number + ROLES.index(role), of=4)
            for method in {*methods, "POST"} if role in declared else methods:
                with CaptureQueriesContext(connection) as asked:
                    answer = ask(world.clients[role], method, path)  # type: ignore[attr-defined]
                if role not in declared and reads_rows(asked):
                    deviations.append(f"{method} {page} {whose} {role} reads rows")
                expected = {"in"} if role == ANONYMOUS else {"403"} if role not in declared else None
                if declared.get(role) in (".", "403"):
                    # What may not be seen cannot be changed.
                    expected = {".", "403", "405"}
                if (expected is None and answer not in ("200", "302", "403", "405")) or (
                    expected is not None and answer not in expected
                ):
                    deviations.append(f"{method} {page} {whose} {role}: {answer}")

    assert deviations == []


@pytest.mark.parametrize("name", sorted(ADMIN_PAGES))
def test_pages_of_the_administration_without_a_model(world: World, name: str) -> None:
    method, *values = ADMIN_PAGES[name].split()
    declared = dict(zip(ADMIN_ROLES, values, strict=True))
    answers = {role: ask(world.client(role), method, reverse(name)) for role in ROLES}

    assert answers == {role: "in" if role == ANONYMOUS else declared.get(role, "403") for role in ROLES}


@pytest.mark.parametrize(("page", "model"), [(page, model) for page in OF_FILES for model in OF_FILES[page][1]])
def test_files_are_for_who_reads_and_imports_for_who_writes(world: World, page: str, model: str) -> None:
    method, *values = OF_FILES[page][0].split()
    declared = dict(zip(ADMIN_ROLES, values, strict=True))
    path = reverse(f"admin:{model}_{page}")
    answers = {role: ask(world.clients[role], method, path) for role in ROLES}  # type: ignore[attr-defined]

    assert answers == {role: "in" if role == ANONYMOUS else declared.get(role, "403") for role in ROLES}


@pytest.mark.parametrize("name", sorted(OF_PEOPLE))
def test_accounts_are_kept_by_their_administrators(world: World, name: str) -> None:
    """Giving a new password, lifting a lock: administrators, of their own people, and never of those above them."""
    method = "POST" if name.endswith("unlock") else "GET"
    allowed = "302" if name.endswith("unlock") else "200"

    def answers(person: str) -> dict[str, str]:
        path = reverse(name, args=[world.people[person].pk])
        return {role: ask(world.clients[role], method, path) for role in ROLES}  # type: ignore[attr-defined]

    refused = {role: "in" if role == ANONYMOUS else "403" for role in ROLES}
    assert answers("lead") == refused | {"admin": allowed, "super": allowed, "dauditor": "."}
    assert answers("dliaison") == refused | {"admin": allowed, "super": allowed}
    assert answers("xliaison") == refused | {"super": allowed, "admin": ".", "auditor": ".", "dauditor": "."}
    assert answers("super") == refused | {
        "super": "403" if name.endswith("password") else allowed,
        "admin": ".",
        "auditor": ".",
        "dauditor": ".",
    }


@pytest.mark.parametrize("role", ADMIN_ROLES)
def test_administration_of_what_does_not_exist_is_404(world: World, role: str) -> None:
    deviations = []
    for model in ADMIN_CELLS:
        for page in ("change", "delete", "history"):
            for value in ("0", "-1", str(2**63), "9" * 5000, "abc", "%00", "../../etc/passwd", LONG):
                path = f"/admin/{model.replace('_', '/', 1)}/{value}/{page}/"
                answer = ask(world.clients[role], "GET", path)  # type: ignore[attr-defined]
                if answer not in (".", "400", "403"):
                    deviations.append(f"{path[:80]}: {answer}")

    assert deviations == []
