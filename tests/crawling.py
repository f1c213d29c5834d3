"""Reading the whole site as one person: every address of a world's rows, and every page that these link to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from tests import site
from tests.world import ROLES, World

_LINK = re.compile(r'(?:href|hx-get)="([^"#]+)')
# Leaving, and files that are the same for everybody.
_NOT_FOLLOWED = ("/logout/", "/static/", "/admin/jsi18n/")
_MOST_PAGES = 2000


def addresses_of(world: World, *, administration: bool) -> list[str]:
    """Every page that the tables of tests/site name, for every row of the world of the kinds that they name."""
    found: list[str] = []
    for name, rows in site.cells_of("TABLE", ROLES).items():
        read = [thing for thing, method, _cells in rows if method == "GET"]
        found += [reverse(name)] if "-" in read else []
        kinds = tuple({type(world[thing]) for thing in read if thing != "-"})
        things = [row for row in world.things.values() if isinstance(row, kinds)]
        found += [reverse(name, args=site.arguments_for(world, name, row)) for row in things]
    found += [path for addresses in site.said("addresses") for path in addresses(world)]
    return found + (list(_of_the_administration()) if administration else [reverse("admin:index")])


def _of_the_administration() -> Any:
    """Every page of every row in the database: what is in no list can still be asked for."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        yield reverse(f"{base}_add")
        for row in model._base_manager.all():
            yield from (reverse(f"{base}_{page}", args=[row.pk]) for page in ("change", "history", "delete"))
            kind = ContentType.objects.get_for_model(model).pk
            yield reverse("admin:view_on_site", args=[kind, row.pk])
        for column in model._meta.fields:
            if column.remote_field is not None:
                query = (
                    f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={column.name}"
                )
                yield f"{reverse('admin:autocomplete')}?{query}"


def _is_followed(target: Any) -> bool:
    if target.netloc != "testserver" or target.path.startswith(_NOT_FOLLOWED):
        return False
    # The administration offers every list in every order and by every filter: the same rows without end.
    return not (target.path.startswith("/admin/") and target.query)


@dataclass
class Site:
    """What one person finds: address → what it says, and address → a page that links to it."""

    pages: dict[str, str] = field(default_factory=dict)
    linked_from: dict[str, str] = field(default_factory=dict)
    # The addresses whose answer a browser would render.
    rendered: set[str] = field(default_factory=set)


def crawl(client: Client, start: list[str]) -> Site:
    """Read ``start`` and every page of ours that is linked from there."""
    waiting, found = list(dict.fromkeys(start)), Site()
    while waiting:
        address = waiting.pop()
        if address in found.pages:
            continue
        assert len(found.pages) < _MOST_PAGES, f"the site does not end: {waiting[-5:]}"
        response = client.get(address)
        found.pages[address] = text = text_of(response)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            found.rendered.add(address)
        links = _LINK.findall(text) if address in found.rendered else []
        if response.status_code in (301, 302):
            links = [response.url]
        for link in links:
            target = urlsplit(urljoin(f"http://testserver{address}", unescape(link)))
            path = target.path + (f"?{target.query}" if target.query else "")
            if _is_followed(target):
                found.linked_from.setdefault(path, address)
                waiting.append(path)
    return found


def text_of(response: Any) -> str:
    """All that an answer tells: its status where it is an error, the name of its file, its body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    # RFC 6266 writes a Chinese file name in percents.
    name = unquote(response.headers.get("Content-Disposition", ""))
    status = f"status {response.status_code}\n" if response.status_code >= 400 else ""
    return f"{status}{name}\n{body.decode('utf-8', 'replace')}"
