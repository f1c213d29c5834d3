"""A closed year over the whole site: nothing of it is written at any address, whoever asks; its pages stay readable.

The acts are those of tests/site: every area says what a POST of its own writes into the trail. Here they are done after
the year was closed, with forms from before and from after it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.models import Event
from reporting.enums import EntryState, YearState
from reporting.models import Duty, FigureSheet, Progress, Year
from tests import site
from tests.test_permissions import CELLS
from tests.test_requests import PDF, form_of
from tests.world import ROLES, World, a_world, taken_back

pytestmark = pytest.mark.django_db

REFUSAL = re.compile("已(?:经)?关闭")

# What belongs to no year: units' own settings, plans, people, files that were asked for.
NOT_OF_A_YEAR = {
    "handover_take",
    "handovers",
    "inbox_read",
    "job_cancel",
    "ledger_job",
    "notice_read",
    "plan_lineage",
    "plan_rule",
    "plan_undo",
    "report_job",
    "unit_settings",
    "year_archive",
    "year_reopen",
}


def not_of_a_year(page: str) -> bool:
    return page in NOT_OF_A_YEAR or page.startswith(("import_", "plan_import"))


# POSTs that no area's list of acts has, because they leave no event of their own: with the page that their form is
# on, where that is another one, and what is typed into it.
MORE: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("city_clause_1", "staff", "first_lead", "", {"department": "lead_unit"}),
    ("city_draft_circular", "staff", "circular_autosave", "circular", {"body": "又写一段"}),
    ("city_planned", "staff", "meeting_attendance", "meeting", {}),
    ("city_planned", "staff", "meeting_autosave", "meeting", {"minutes": "又写一段"}),
    ("city_planned", "staff", "meeting_edit", "meeting_edit", {"title": "改了名的会议"}),
    ("city_report", "officehead", "report_autosave", "conference_report", {}),
    ("city_report", "officehead", "report_reopen", "", {"reason": "还要补充"}),
    ("city_section", "officehead", "report_section", "report_section", {}),
    ("city_section", "officehead", "report_section_autosave", "report_section", {}),
    ("city_year", "officehead", "conference_report", "", {"action": "start"}),
    ("city_year", "officehead", "indicators_suggested", "", {}),
    ("city_year", "officehead", "year_close", "year", {"known": "on", "reason": "归档。"}),
    ("city_year", "officehead", "year_open", "", {}),
    ("county_report_draft", "district", "duty", "duty", {"action": "save"}),
    ("county_report_draft", "district", "duty_attach", "", {"file": b""}),
    ("county_report_draft", "district", "duty_autosave", "duty", {}),
    ("draft", "lead", "progress_autosave", "progress", {"work_done": "又写一段"}),
    ("draft", "lead", "progress_confirm", "", {}),
]
ACTS = [act for act in site.ACTS if not not_of_a_year(act.page)]
ACTS += [site.Act(thing, role, page, data, []) for thing, role, page, _shown, data in MORE]
SHOWN_ON = {page: shown for _thing, _role, page, shown, _data in MORE if shown}
# Words that people type: what a refused form must give back.
TYPED = {
    "body",
    "comment",
    "decision",
    "demands",
    "grounds",
    "lift_reason",
    "message",
    "minutes",
    "note",
    "problems",
    "reason",
    "statement",
    "summary",
    "text",
    "title",
    "work_done",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), a_world() as world:
        yield world


def close_all() -> None:
    """As reporting.services.closing.close_year does it, for every year there is."""
    Year.objects.update(state=YearState.CLOSED, closed_at=timezone.now())
    for model in (Progress, Duty):
        model.objects.update(lock_version=F("lock_version") + 1)


class Filled(HTMLParser):
    """What a browser would send with the forms of a page, all of them in one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self._text = self._choice = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("file", "submit", "checkbox", "radio"):
            self.data.setdefault(name, given.get("value", ""))
        elif tag == "input" and name and "checked" in given:
            self.data[name] = given.get("value", "on")
        elif tag == "textarea":
            self._text = name
            self.data[name] = ""
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and ("selected" in given or self._choice not in self.data):
            self.data[self._choice] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._text = "" if tag == "textarea" else self._text
        self._choice = "" if tag == "select" else self._choice

    def handle_data(self, data: str) -> None:
        if self._text:
            self.data[self._text] += data.lstrip("\n") if not self.data[self._text] else data


def data_of(world: World, act: site.Act, client: Client) -> dict[str, Any]:
    """The form of the act, as it was opened while the year was open."""
    row, data = world[act.thing], act.data(world) if callable(act.data) else act.data
    if act.page == "progress":
        Progress.objects.filter(pk=row.pk).update(updated_by=None, state=EntryState.OPEN)
        row.refresh_from_db()
        data = form_of(row, **{"work_done": "关闭前写的正文", **data})
    if act.page == "progress_confirm":
        Progress.objects.filter(pk=row.pk).update(needs_second_look=True)
        data = {"clause": row.clause_id}
    if shown := SHOWN_ON.get(act.page):
        thing = "city_year" if shown == "conference_report" else act.thing
        page = client.get(reverse(f"reporting:{shown}", args=site.arguments(world, f"reporting:{shown}", thing)))
        assert page.status_code == 200
        data = {**Filled(page.content.decode()).data, **data}
    if "file" in data:
        data = {**data, "file": SimpleUploadedFile("证明.pdf", PDF)}
    return data


def arguments(world: World, act: site.Act) -> list[Any]:
    return site.arguments(world, f"reporting:{act.page}", act.thing)


def words(response: Any) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", response.content.decode()))


def rows() -> list[Any]:
    tables = (Progress, Duty, FigureSheet, Year)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.page} {'-'.join(act.actions)}")
def test_nothing_of_a_closed_year_is_written(world: World, act: site.Act) -> None:
    with taken_back():
        client = world.client(act.role)
        data = data_of(world, act, client)
        path = reverse(f"reporting:{act.page}", args=arguments(world, act))
        close_all()
        before, last = rows(), Event.objects.count()

        response = client.post(path, data, follow=True)

        # An act that is refused ends its transaction, which is that of the test as well.
        connection.needs_rollback = False
        assert response.status_code in (200, 409, 422)
        assert REFUSAL.search(words(response))
        # What is saved while somebody types stays in the browser that typed it.
        if not act.page.endswith("_autosave"):
            page = html.unescape(response.content.decode()).replace("\r\n", "\n")
            lost = {name for name in TYPED & set(data) if str(data[name]).replace("\r\n", "\n") not in page}
            assert lost == set()
        assert rows() == before
        assert Event.objects.count() == last


def test_every_address_that_is_posted_to_is_tried() -> None:
    posted = {
        name.partition(":")[2] for name, cells in CELLS.items() if any(method == "POST" for _t, method, _c in cells)
    }
    of_the_product = {name for name in posted if f"reporting:{name}" in CELLS}

    assert {name for name in of_the_product if not not_of_a_year(name)} - {act.page for act in ACTS} == set()


# A year that is closed can be opened again, filled up or left; its files are made from it; one may sign out.
HARMLESS = re.compile(
    r"/(?:logout|language|login)/|/(?:reopen|archive|open|job)/(?:\?|$)|/inbox/|/handovers?/|/jobs/|/(?:lineage|rule)/$"
)


FORM = re.compile(r'<form[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)


def forms_of(page: str) -> set[str]:
    """The addresses that the forms of a page are posted to, as far as somebody can send them."""
    sent = [form for form in FORM.findall(page) if "<button" in form or 'type="submit"' in form]
    return {(re.search(r'action="([^"]*)"', form.partition(">")[0]) or [None, "."])[1] for form in sent}


@pytest.mark.parametrize(
    "name",
    sorted(name for name in CELLS if name.startswith("reporting:") and not not_of_a_year(name.partition(":")[2])),
)
def test_pages_of_a_closed_year_are_readable_and_offer_nothing(world: World, name: str) -> None:
    offers = {}
    with taken_back():
        close_all()
        for thing, method, cells in CELLS[name]:
            path = reverse(name, args=site.arguments(world, name, thing))
            for role in ROLES:
                if method != "GET" or cells[role] != "200":
                    continue
                response = world.client(role).get(path)
                assert response.status_code in (200, 302), (path, role)
                if response.streaming:
                    b"".join(response.streaming_content)
                elif response["Content-Type"].startswith("text/html"):
                    offered = {form for form in forms_of(response.content.decode()) if not HARMLESS.search(form)}
                    if offered:
                        offers[f"{thing} {role}"] = offered

    assert offers == {}
