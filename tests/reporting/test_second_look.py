"""A page that was opened before a new version of the plan: what is sent from it has not seen the new words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState
from reporting.models import Progress
from reporting.services.adoption import undo_publication
from reporting.services.entries import confirm_entry, save_entry, submit_entry
from reporting.services.refusals import WrongState
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, Town, document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def desk(settings, tmp_path):
    """A liaison at work on the clause that will be reworded, the clause and the version that the page shows."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    town = Town()
    liaison = town.liaison("市教育局")
    town.open()
    client = Client()
    client.force_login(liaison)
    entry = town.progress("市教育局", "二/(一)/2")
    return SimpleNamespace(town=town, liaison=liaison, client=client, entry=entry, clause=entry.clause_id)


def write(desk, **seen):
    """The liaison writes into the row as it is now."""
    entry = Progress.objects.get(pk=desk.entry.pk)
    return save_entry(
        entry, by=desk.liaison, lock_version=entry.lock_version, values={"work_done": "开展宣传 3 场。"}, **seen
    )


def reword(desk):
    desk.town.publish(document(GUARD, TEACH_MORE, SETTLE))


def now_of(desk):
    """The state of the row, and whether it asks for a second look."""
    return Progress.objects.values_list("state", "needs_second_look").get(pk=desk.entry.pk)


def clause_now(desk):
    return Progress.objects.values_list("clause", flat=True).get(pk=desk.entry.pk)


def post(desk, name, **data):
    url = reverse(f"reporting:{name}", args=[desk.entry.pk])
    lock_version = Progress.objects.values_list("lock_version", flat=True).get(pk=desk.entry.pk)
    return desk.client.post(url, {"lock_version": lock_version, "status": "in_progress", "work_done": "写了。"} | data)


# --- Services -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["save", "submit"])
@pytest.mark.parametrize(
    ("seen", "asks"), [("old", True), ("new", False), ("unknown", True)], ids=["old", "new", "unknown"]
)
def test_the_mark_goes_only_for_the_clause_that_was_seen(desk, act, seen, asks):
    write(desk)
    reword(desk)
    clause = {"old": desk.clause, "new": clause_now(desk), "unknown": None}[seen]

    if act == "save":
        write(desk, seen_clause=clause)
    else:
        submit_entry(Progress.objects.get(pk=desk.entry.pk), by=desk.liaison, seen_clause=clause)

    assert now_of(desk) == (EntryState.DRAFT if act == "save" else EntryState.SUBMITTED, asks)


def test_text_begun_on_the_old_words_is_marked(desk):
    reword(desk)
    assert now_of(desk) == (EntryState.OPEN, False)

    write(desk, seen_clause=desk.clause)

    assert now_of(desk) == (EntryState.DRAFT, True)


def test_a_new_version_in_the_same_words_marks_nothing(desk):
    desk.town.publish(document(GUARD, TEACH, FERRY))
    assert clause_now(desk) != desk.clause

    write(desk, seen_clause=desk.clause)

    assert now_of(desk) == (EntryState.DRAFT, False)


def test_what_was_written_on_a_version_that_was_undone_is_marked(desk):
    version = desk.town.publish(document(GUARD, TEACH_MORE, SETTLE)).version
    seen = clause_now(desk)
    undo_publication(version, by=None)

    write(desk, seen_clause=seen)

    assert now_of(desk) == (EntryState.DRAFT, True)
    page = desk.client.get(reverse("reporting:progress", args=[desk.entry.pk]))
    assert "填写期间计划换了版本" in page.content.decode()


def test_looking_costs_no_query(desk, django_assert_num_queries):
    write(desk)
    entry = Progress.objects.get(pk=desk.entry.pk)

    with django_assert_num_queries(1):
        save_entry(
            entry, by=desk.liaison, lock_version=entry.lock_version, values={"work_done": "改"}, seen_clause=desk.clause
        )


def test_only_the_clause_that_was_shown_is_confirmed(desk, refused):
    write(desk)
    before = Progress.objects.get(pk=desk.entry.pk)
    reword(desk)

    with refused(WrongState):
        confirm_entry(before, by=desk.liaison)

    assert now_of(desk) == (EntryState.DRAFT, True)


def test_closed_row_says_that_nobody_asks_for_it_any_more(desk, refused):
    write(desk)
    desk.town.publish(document(GUARD, SETTLE))

    with refused(WrongState) as refusal:
        write(desk)

    assert str(refusal.value) == "计划的新版本不再要求这一条，不能再修改。"


# --- Pages --------------------------------------------------------------------------------------------------------


def test_page_carries_its_clause(desk):
    write(desk)
    reword(desk)

    page = desk.client.get(reverse("reporting:progress", args=[desk.entry.pk]))

    field = f'<input type="hidden" name="clause" value="{clause_now(desk)}"'
    # In the form of the text and in that of the confirmation.
    assert page.content.decode().count(field) == 2


@pytest.mark.parametrize(
    ("name", "data", "state"),
    [
        ("progress_autosave", {}, EntryState.DRAFT),
        ("progress", {"action": "save"}, EntryState.DRAFT),
        ("progress", {"action": "submit"}, EntryState.SUBMITTED),
    ],
    ids=["autosave", "save", "submit"],
)
def test_old_page_is_taken_and_asks_for_a_look_and_a_new_one_has_looked(desk, name, data, state):
    write(desk)
    reword(desk)

    assert post(desk, name, clause=desk.clause, **data).status_code in (204, 302)
    assert now_of(desk) == (state, True)

    if state == EntryState.SUBMITTED:
        return
    assert post(desk, name, clause=clause_now(desk), **data).status_code in (204, 302)
    assert now_of(desk) == (state, False)


@pytest.mark.parametrize("clause", ["x", "-1", str(2**63)])
def test_clause_that_is_none_is_refused(desk, clause):
    assert post(desk, "progress_autosave", clause=clause).status_code == 422


def test_page_that_is_shown_again_with_the_new_words_has_shown_them(desk):
    write(desk)
    reword(desk)

    again = post(desk, "progress", clause=desk.clause, work_done="电话13800138000", action="save")

    assert (again.status_code, "进社区" in again.content.decode()) == (422, True)
    assert again.context["form"]["clause"].value() == str(clause_now(desk))


def test_confirmation_of_an_old_page_is_refused(desk):
    write(desk)
    reword(desk)

    assert post(desk, "progress_confirm", clause=desk.clause).status_code == 302
    assert post(desk, "progress_confirm").status_code == 302
    assert now_of(desk) == (EntryState.DRAFT, True)
    assert not Event.objects.of(desk.entry).filter(action=Action.CONFIRM).exists()

    post(desk, "progress_confirm", clause=clause_now(desk))

    assert now_of(desk) == (EntryState.DRAFT, False)
