"""One walk over every page for everybody: nobody else's words, no dead links, nothing written, markup as text.

Walking takes longer than looking, so that all of it is looked at on the same walk.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from departments.models.events import Action
from departments.services import record
from tests.crawling import Site, addresses_of, crawl
from tests.markup import PAYLOAD, Markup, mark_everything
from tests.test_scoping import everything
from tests.world import ADMIN_ROLES, ANONYMOUS, ROLES, World, a_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A world in which markup follows everything that somebody wrote."""
    with django_db_blocker.unblock(), a_world() as world:
        mark_everything(PAYLOAD)
        record(world["draft"], Action.RETURN, by=world.people["lead"], conference=world["city"], reason=PAYLOAD)
        yield world


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_reading_the_whole_site(world: World, role: str) -> None:
    client = world.client(role)
    before = everything()

    # Who may not enter the administration is stopped at its door (test_permissions).
    site = crawl(client, addresses_of(world, administration=role in ADMIN_ROLES))

    assert len(site.pages) > 50
    texts = {address: unescape(text) for address, text in site.pages.items()}
    assert leaks(world, role, texts) == []
    assert missing(world, role, texts) == []
    assert dead_links(site) == {}
    assert marked(site) == {}
    # What is nowhere would not be found as markup either.
    assert role in (ANONYMOUS, "stranger") or sum("&lt;xss" in site.pages[page] for page in site.rendered) > 10
    assert [table for table, rows in everything().items() if rows != before[table]] == []


def leaks(world: World, role: str, texts: dict[str, str]) -> list[str]:
    """Words that this person must not see, and where they stand."""
    forbidden = [secret for secret, readers in world.secrets.items() if role not in readers]
    return [f"{address} shows {secret}" for address, text in texts.items() for secret in forbidden if secret in text]


def missing(world: World, role: str, texts: dict[str, str]) -> list[str]:
    """Words that this person should see and does not: what is never found would not be found as a leak either."""
    own = [secret for secret, readers in world.secrets.items() if role in readers]
    return [secret for secret in own if not any(secret in text for text in texts.values())]


def dead_links(site: Site) -> dict[str, str]:
    """Doors that this person is shown and that do not open. The administration links to whatever a row refers to."""
    return {
        address: site.linked_from[address]
        for address, text in site.pages.items()
        if text.startswith("status ") and address in site.linked_from and not address.startswith("/admin/")
    }


def marked(site: Site) -> dict[str, list[str]]:
    """Pages with a tag or an attribute that came out of somebody's text."""
    return {page: found for page in site.rendered if (found := Markup(site.pages[page]).found)}
