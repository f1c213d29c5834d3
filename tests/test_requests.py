"""What the product makes of requests that nobody's browser would send: forged, crammed, malformed, too large."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from departments.services import current_address, record
from reporting.enums import EntryState
from reporting.models import Attachment, Duty, Progress, Urge
from reporting.permissions import can_review
from reporting.services.entries import save_entry, submit_entry
from tests import site
from tests.crawling import addresses_of
from tests.factories import PASSWORD, PostingFactory
from tests.markup import PAYLOAD, Markup
from tests.test_permissions import CELLS
from tests.test_scoping import everything
from tests.thorough import share
from tests.world import World, a_world

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%EOF\n"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), a_world() as world:
        yield world


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def form_of(entry: Progress | Duty, **changes: Any) -> dict[str, Any]:
    """What the entry's form sends when nothing but ``changes`` was typed."""
    entry.refresh_from_db()
    data: dict[str, Any] = {"lock_version": entry.lock_version, "action": "save"}
    if isinstance(entry, Progress):
        data |= {"status": "in_progress", "work_done": "开展宣传。", "problems": "", "next_steps": ""}
        data |= {"clause": entry.clause_id, "figures-TOTAL_FORMS": 1, "figures-INITIAL_FORMS": 0}
        data |= {"figures-0-name": "场次", "figures-0-value": "12", "figures-0-unit": "场"}
    else:
        data |= {"statement": "全年工作报告。"}
    return data | changes


def address(name: str, *args: Any) -> str:
    return reverse(f"reporting:{name}", args=args)


# --- Forged -------------------------------------------------------------------------------------------------------

OF_ADMINISTRATORS = tuple(f"reporting:{beginning}" for beginning in site.one_after_another("OF_ADMINISTRATORS"))
POSTED = sorted({(name, thing) for name, rows in CELLS.items() for thing, method, _cells in rows if method == "POST"})


@pytest.mark.parametrize("token", [None, "x" * 64, ""], ids=["none", "wrong", "empty"])
def test_posts_without_the_token_are_refused(world: World, token: str | None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["lead"])
    client.get(reverse("departments:token"))
    before = everything()
    data = {} if token is None else {"csrfmiddlewaretoken": token}

    for name, thing in POSTED:
        response = client.post(reverse(name, args=site.arguments(world, name, thing)), data)

        assert (response.status_code, response.headers.get("X-Csrf-Failure")) == (403, "1"), f"{name} {thing}"

    assert everything() == before


def test_posts_of_the_administration_without_the_token_are_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["super"])

    for address_of_page in addresses_of(world, administration=True):
        if address_of_page.startswith("/admin/") and "/r/" not in address_of_page:
            response = client.post(address_of_page)
            assert response.headers.get("X-Csrf-Failure") == "1", address_of_page


def test_posts_with_the_token_are_taken(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["lead"])
    token = client.get(reverse("departments:token")).json()["token"]

    response = client.post(address("inbox_read"), headers={"x-csrftoken": token})

    assert response.status_code == 302


# --- Crammed ------------------------------------------------------------------------------------------------------


def hostile_values(world: World, model: type[Model]) -> dict[str, Any]:
    """A value for every column of the model, under the names that forms and the API of the database would use."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.remote_field is not None:
            values[field.name] = values[field.attname] = world["abroad"].pk
        else:
            values[field.name] = {"state": "accepted", "year": 1999, "key": "0" * 32}.get(field.name, "999")
    return values


PROGRESS_TEXTS = {"status", "work_done", "problems", "next_steps"}


@pytest.mark.parametrize(
    ("thing", "role", "writable"),
    [
        ("draft", "lead", PROGRESS_TEXTS),
        ("county_duty_draft", "dliaison", {"statement"}),
        ("county_report_draft", "district", {"statement"}),
    ],
)
@pytest.mark.parametrize("page", ["", "_autosave"])
def test_entries_take_their_texts_and_nothing_else(
    world: World, thing: str, role: str, writable: set[str], page: str
) -> None:
    entry = world[thing]
    before = type(entry).objects.values().get(pk=entry.pk)
    own = form_of(entry)
    crammed = {name: value for name, value in hostile_values(world, type(entry)).items() if name not in own}

    response = world.client(role).post(address(f"{entry._meta.model_name}{page}", entry.pk), crammed | own)

    after = type(entry).objects.values().get(pk=entry.pk)
    assert response.status_code == (204 if page else 302)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= writable | {"lock_version", "updated_at", "updated_by_id"}
    assert after["lock_version"] == before["lock_version"] + 1
    assert after["updated_by_id"] == world.people[role].pk


@pytest.mark.parametrize("jump", [1, 1000, 2**31 - 1, -1, 10**30])
def test_versions_are_not_chosen_by_the_browser(world: World, jump: int) -> None:
    entry = world["draft"]
    before = Progress.objects.values().get(pk=entry.pk)
    data = form_of(entry) | {"lock_version": entry.lock_version + jump}

    statuses = {
        world.client("lead").post(address(page, entry.pk), data).status_code
        for page in ("progress", "progress_autosave")
    }

    # The refusal asked for a rollback of the transaction around this test; what it left behind is to be seen.
    transaction.set_rollback(False)
    assert statuses <= {409, 422}
    assert Progress.objects.values().get(pk=entry.pk) == before


def test_reviews_take_a_decision_and_a_reason_and_nothing_else(world: World) -> None:
    entry = world["submitted"]
    before = Progress.objects.values().get(pk=entry.pk)
    seen = {"lock_version": entry.lock_version}
    crammed = hostile_values(world, Progress) | {"action": "return", "reason": "请补充。"} | seen

    world.client("officehead").post(address("progress_review", entry.pk), crammed)

    after = Progress.objects.values().get(pk=entry.pk)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"state", "lock_version", "reviewed_at", "reviewed_by_id", "return_reason"}
    assert (after["state"], after["return_reason"]) == (EntryState.RETURNED, "请补充。")
    assert after["reviewed_by_id"] == world.people["officehead"].pk


def test_what_was_not_seen_is_not_accepted(world: World) -> None:
    """The unit took the entry back and handed in another text while the page stood open."""
    entry = world["submitted"]
    data = {"action": "accept", "lock_version": entry.lock_version}
    Progress.objects.filter(pk=entry.pk).update(lock_version=entry.lock_version + 2, work_done="另一份")

    world.client("officehead").post(address("progress_review", entry.pk), data)

    assert Progress.objects.get(pk=entry.pk).state == EntryState.SUBMITTED


def test_uploads_belong_to_the_entry_of_their_address(world: World) -> None:
    crammed = hostile_values(world, Attachment) | {
        "progress": world["abroad_draft"].pk,
        "duty": world["abroad_duty"].pk,
    }
    del crammed["file"]

    world.client("lead").post(
        address("progress_attach", world["draft"].pk), crammed | {"file": SimpleUploadedFile("证明.pdf", PDF)}
    )

    row = Attachment.objects.latest("pk")
    assert (row.progress, row.duty, row.conference) == (world["draft"], None, world["city"])
    assert (row.uploaded_by, row.name, row.size) == (world.people["lead"], "证明.pdf", len(PDF))
    assert row.key.hex != "0" * 32


def test_urges_are_signed_by_who_sends_them(world: World) -> None:
    crammed = hostile_values(world, Urge) | {"message": "请尽快。"}

    world.client("staff").post(address("duty_urge", world["duty_draft"].pk), crammed)

    row = Urge.objects.latest("pk")
    assert (row.duty, row.created_by, row.conference) == (world["duty_draft"], world.people["staff"], world["city"])


def test_a_new_password_makes_nobody_a_superuser(world: World) -> None:
    person = world.people["lead"]
    crammed = {"is_superuser": "on", "must_change_password": "on", "username": "root", "is_active": ""}
    password = "另一个-长得多的-密码-2026"
    new = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}

    world.client("lead").post(reverse("departments:password"), crammed | new)

    after = type(person).objects.get(pk=person.pk)
    assert after.check_password(password)
    assert (after.username, after.is_superuser, after.is_active) == ("lead", False, True)


# --- Who may review -----------------------------------------------------------------------------------------------


def test_nobody_reviews_what_they_submitted(world: World) -> None:
    assert not can_review(world.people["staff"], world["assessment"])
    assert can_review(world.people["officehead"], world["assessment"])


def test_nobody_reviews_what_they_wrote_before_somebody_else_did(world: World) -> None:
    """One member of the office begins the conference's own assessment, another finishes it: a third reviews."""
    duty, first, second = world["assessment"], world.people["officehead"], world.people["staff"]
    Duty.objects.filter(pk=duty.pk).update(state=EntryState.OPEN, updated_by=None, submitted_by=None, lock_version=0)
    duty = Duty.objects.get(pk=duty.pk)
    duty = save_entry(duty, by=first, lock_version=0, values={"statement": "初稿"})
    duty = save_entry(duty, by=second, lock_version=1, values={"statement": "定稿"})
    submit_entry(duty, by=second)
    third = PostingFactory(office_staff=True, conference=world["city"]).user

    assert [can_review(person, duty) for person in (first, second, third)] == [False, False, True]


def test_everybody_who_wrote_is_in_the_trail_once(world: World) -> None:
    entry, first, second = world["draft"], world.people["lead"], world.people["lead2"]
    version = Progress.objects.get(pk=entry.pk).lock_version
    for number, person in enumerate((first, second, first, second, first)):
        entry = save_entry(
            Progress.objects.get(pk=entry.pk),
            by=person,
            lock_version=version + number,
            values={"problems": str(number)},
        )

    begun = Event.objects.of(entry).filter(action=Action.START)
    assert sorted(begun.values_list("actor__username", flat=True)) == ["lead", "lead2"]


def test_liaison_who_works_in_the_office_too_does_not_review_the_own_unit(world: World) -> None:
    person = world.people["lead"]
    PostingFactory(user=person, office_staff=True, conference=world["city"])
    person = type(person).objects.get(pk=person.pk)

    assert not can_review(person, world["alone"])
    assert can_review(person, world["duty_submitted"])


def test_liaison_who_has_moved_to_the_office_does_not_review_the_own_work(world: World) -> None:
    """The posting in the unit is over, and a colleague wrote last: the trail still knows."""
    mover = PostingFactory(department=world["lead_unit"]).user
    entry = Progress.objects.get(pk=world["alone"].pk)
    record(entry, Action.ATTACH, by=mover, conference=world["city"], department=world["lead_unit"])
    mover.postings.all().delete()
    PostingFactory(user=mover, office_staff=True, conference=world["city"])
    mover = type(mover).objects.get(pk=mover.pk)

    assert not can_review(mover, entry)


def test_review_page_offers_no_decision_on_own_work(world: World) -> None:
    page = world.client("staff").get(address("duty_review", world["assessment"].pk))

    assert page.context["form"] is None
    assert (
        world.client("staff").post(address("duty_review", world["assessment"].pk), {"action": "accept"}).status_code
        == 403
    )


@pytest.mark.parametrize("role", ["auditor", "dauditor", "admin", "stranger"])
def test_who_only_oversees_changes_nothing(world: World, role: str) -> None:
    """Every act of the product, with what it needs, by somebody who has no business with it."""
    client, before = world.client(role), None
    data = {"action": "accept", "reason": "理由", "message": "请尽快", "lock_version": 0, "status": "done"}
    data |= {"work_done": "改写", "statement": "改写"}
    before = everything()

    for name, thing in POSTED:
        # Plans and such are an administrator's own business.
        if name.startswith("reporting:") and not (role == "admin" and name.startswith(OF_ADMINISTRATORS)):
            upload = {"file": SimpleUploadedFile("a.pdf", PDF)} if name.endswith("attach") else {}
            client.post(reverse(name, args=site.arguments(world, name, thing)), data | upload)

    assert everything() == before


@pytest.mark.parametrize("role", ["auditor", "dauditor"])
def test_auditors_change_nothing_in_the_administration(world: World, role: str) -> None:
    client, before = world.client(role), everything()

    statuses = {
        client.post(
            page, {"name": "x", "action": "deactivate", "_selected_action": world.people["lead"].pk}
        ).status_code
        for page in addresses_of(world, administration=True)
        if page.startswith("/admin/") and "autocomplete" not in page
    }

    # A list answers a POST that names no action of it with itself.
    assert statuses <= {200, 302, 403, 404, 405}
    assert everything() == before


# --- The trail ----------------------------------------------------------------------------------------------------


def log_in(client: Client, username: str, password: str, **extra: Any) -> Any:
    return client.post(reverse("departments:login"), {"username": username, "password": password}, **extra)


def events_of(person: Any) -> list[tuple[str, str | None, Any]]:
    return list(Event.objects.of(person).order_by("pk").values_list("action", "address", "conference__code"))


def test_signing_in_is_an_event_that_the_auditor_sees(world: World) -> None:
    log_in(Client(), "lead", PASSWORD, REMOTE_ADDR="10.1.2.3")

    assert events_of(world.people["lead"]) == [(Action.LOGIN, "10.1.2.3", "500000")]
    assert Event.objects.visible_to(world.people["auditor"]).filter(action=Action.LOGIN).exists()


def test_event_has_the_address_that_our_own_proxy_saw(world: World, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    log_in(Client(), "coop", PASSWORD, headers={"x-forwarded-for": "1.2.3.4, 10.9.9.9"}, REMOTE_ADDR="127.0.0.1")

    assert events_of(world.people["coop"]) == [(Action.LOGIN, "10.9.9.9", "500000")]


def test_invented_addresses_are_not_believed(world: World) -> None:
    log_in(Client(), "coop", PASSWORD, headers={"x-forwarded-for": "1.2.3.4\r\nX: y"}, REMOTE_ADDR="10.1.2.3")

    assert events_of(world.people["coop"]) == [(Action.LOGIN, "10.1.2.3", "500000")]


def test_address_of_one_request_does_not_reach_the_next(world: World) -> None:
    log_in(Client(), "lead", PASSWORD, REMOTE_ADDR="10.1.2.3")

    assert current_address.get() is None


def test_lockout_is_one_event_however_often_the_door_is_tried(world: World) -> None:
    for _attempt in range(8):
        response = log_in(Client(), "outside", "falsch", REMOTE_ADDR="10.6.6.6")

    assert response.status_code == 429
    assert events_of(world.people["outside"]) == [(Action.LOCKOUT, "10.6.6.6", "500000")]
    assert Event.objects.visible_to(world.people["auditor"]).filter(action=Action.LOCKOUT).exists()
    assert log_in(Client(), "outside", PASSWORD).status_code == 429
    assert log_in(Client(), "lead", PASSWORD).status_code == 302


def test_second_lockout_after_an_unlock_is_another_event(world: World) -> None:
    person = world.people["outside"]
    for _attempt in range(5):
        log_in(Client(), "outside", "falsch")
    world.client("admin").post(reverse("admin:departments_user_unlock", args=[person.pk]))
    for _attempt in range(5):
        log_in(Client(), "outside", "falsch")

    assert [action for action, _address, _code in events_of(person)] == [
        Action.LOCKOUT,
        Action.ADMINISTER,
        Action.LOCKOUT,
    ]


def test_what_was_typed_as_an_account_is_not_kept_in_the_trail(world: World) -> None:
    before = Event.objects.count()
    for _attempt in range(6):
        log_in(Client(), "my-secret-password", "falsch")

    assert Event.objects.count() == before


@pytest.mark.parametrize("act", site.ACTS, ids=lambda act: f"{act.page} {'-'.join(act.actions)}")
def test_every_act_leaves_its_event(world: World, act: site.Act) -> None:
    row, data = world[act.thing], act.data(world) if callable(act.data) else act.data
    if act.page == "progress":
        Progress.objects.filter(pk=row.pk).update(updated_by=None, state=EntryState.OPEN)
        data = form_of(row, **data)
    if "file" in data:
        data = {**data, "file": SimpleUploadedFile("证明.pdf", PDF)}
    path = reverse(f"reporting:{act.page}", args=site.arguments(world, f"reporting:{act.page}", act.thing))
    last = Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0

    world.client(act.role).post(path, data, REMOTE_ADDR="10.1.2.3")

    about = act.about(world) if act.about else row
    left = Event.objects.filter(pk__gt=last).order_by("pk")
    assert [(event.action, event.actor, event.address) for event in left] == [
        (action, world.people[act.role], "10.1.2.3") for action in act.actions
    ]
    assert {(event.object_type, event.object_id) for event in left} == {(about._meta.label_lower, about.pk)}


# --- Malformed ----------------------------------------------------------------------------------------------------

# All text fields of each form; NUL, a lone surrogate and half of a character, as they would stand in a body.
FIELDS = ["status", "work_done", "problems", "next_steps", "figures-0-name", "figures-0-value", "figures-0-unit"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("page", ["progress", "progress_autosave"])
def test_nul_is_an_error_of_the_form(world: World, field: str, page: str) -> None:
    entry = world["draft"]
    before = Progress.objects.values().get(pk=entry.pk)

    response = world.client("lead").post(address(page, entry.pk), form_of(entry, **{field: "有\x00空"}))

    # A number that cannot be read does not keep the text from being saved while somebody types.
    saved_beside = page.endswith("autosave") and field.startswith("figures")
    after = Progress.objects.values().get(pk=entry.pk)
    assert response.status_code == 422
    assert (after == before) is not saved_beside
    assert "\x00" not in "".join(str(value) for value in after.values())


@pytest.mark.parametrize(("page", "thing", "role", "data"), site.NULS)
def test_nul_changes_nothing_anywhere(world: World, page: str, thing: str, role: str, data: dict[str, Any]) -> None:
    client, before = world.client(role), everything()

    response = client.post(address(page, *site.arguments(world, f"reporting:{page}", thing)), data)

    # 409 where it could not be done now, whatever was typed.
    assert response.status_code in (302, 409, 422)
    assert everything() == before


@pytest.mark.parametrize("name", ["departments:login", "departments:set_language"])
def test_nul_in_public_forms_is_no_error_page(world: World, name: str) -> None:
    data = dict.fromkeys(["username", "password", "language", "next"], "a\x00b")

    assert Client().post(reverse(name), data).status_code in (200, 302)


@pytest.mark.parametrize("path", ["/plans/?year=%00", "/login/?next=%00", "/events/?q=%00", "/board/%00/2026/"])
def test_nul_in_addresses_is_a_bad_request(world: World, path: str) -> None:
    assert world.client("staff").get(path).status_code == 400


def test_nul_in_cookies_is_a_bad_request(world: World) -> None:
    client = Client()
    client.cookies.load(f'{settings.SESSION_COOKIE_NAME}="\\000aaaaaaaaaaaaaaaa"')

    assert client.get("/work/").status_code == 400


BODIES = {
    "lone surrogate": b"work_done=%ED%A0%80&lock_version=0&status=done",
    "half a character": b"work_done=%E5%B8&lock_version=0&status=done",
    "raw bytes": b"work_done=\xff\xfe\x80&lock_version=0&status=done",
    "thirty digits": b"lock_version=" + b"9" * 30 + b"&status=done",
    "five thousand digits": b"lock_version=" + b"9" * 5000 + b"&status=done",
    "arabic digits": "lock_version=٣&status=done".encode(),
    "figures by the million": b"lock_version=0&status=done&figures-TOTAL_FORMS=1000000&figures-INITIAL_FORMS=0",
    "figures by letters": b"lock_version=0&status=done&figures-TOTAL_FORMS=abc",
    "negative figures": b"lock_version=0&status=done&figures-TOTAL_FORMS=-5&figures-INITIAL_FORMS=-5",
    "nothing": b"",
    "only separators": b"&&&===&;;;",
    "nested names": b"work_done" + b"[a]" * 5000 + b"=x",
}
LARGE = {
    "ten thousand fields": b"&".join(b"f%d=1" % number for number in range(10_000)),
    "ten megabytes": b"work_done=" + b"x" * 10_000_000,
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("page", ["progress", "progress_autosave"])
def test_malformed_bodies_are_answered_with_the_form(world: World, body: str, page: str) -> None:
    response = world.client("lead").generic(
        "POST", address(page, world["draft"].pk), BODIES[body], "application/x-www-form-urlencoded"
    )

    assert response.status_code in (204, 302, 409, 422)


@pytest.mark.parametrize("body", LARGE)
@pytest.mark.parametrize("path", ["/login/", "/language/", "/inbox/read/", "/progress/1/", "/progress/1/autosave/"])
def test_bodies_that_are_too_large_are_bad_requests(world: World, body: str, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["lead"])
    client.get(reverse("departments:token"))

    assert client.generic("POST", path, LARGE[body], "application/x-www-form-urlencoded").status_code == 400


MULTIPART = {
    "garbage": (b"garbage", "multipart/form-data; boundary=x"),
    "no boundary": (b"garbage", "multipart/form-data"),
    "cut off": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF',
        "multipart/form-data; boundary=x",
    ),
    "unknown charset": (
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=nosuch''a.pdf\r\n\r\n%PDF-\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "surrogate name": (
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=unicode_escape''%5Cud800.pdf\r\n\r\n%PDF-\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "json": (b"[" * 100_000 + b"]" * 100_000, "application/json"),
    "wrong charset": (b"work_done=x", "application/x-www-form-urlencoded; charset=utf-16"),
    "unknown charset of all": (b"work_done=x", "application/x-www-form-urlencoded; charset=nosuch"),
}


@pytest.mark.parametrize("body", MULTIPART)
@pytest.mark.parametrize("page", ["progress", "progress_attach"])
def test_malformed_uploads_are_refused_without_an_error_page(world: World, body: str, page: str) -> None:
    content, content_type = MULTIPART[body]

    response = world.client("lead").generic("POST", address(page, world["draft"].pk), content, content_type)

    assert response.status_code in (302, 400, 422)


UPLOADS = {
    "html": ("a.html", b"<html><script>alert(1)</script>"),
    "html as pdf": ("a.pdf", b"<html><script>alert(1)</script>"),
    "svg": ("a.svg", b"<svg onload=alert(1)>"),
    "svg as png": ("a.png", b"<svg onload=alert(1)>"),
    "program": ("a.exe", b"MZ\x90\x00"),
    "program as pdf": ("a.pdf.exe", PDF),
    "script": ("a.php", b"<?php system('id');"),
    "macros": ("a.docm", b"PK\x03\x04"),
    "not a document": ("a.docx", b"PK\x03\x04" + b"\x00" * 100),
    "empty": ("a.pdf", b""),
    "no ending": ("pdf", PDF),
}


@pytest.mark.parametrize("upload", UPLOADS)
def test_files_of_other_kinds_are_not_kept(world: World, upload: str) -> None:
    before = Attachment.objects.count()

    response = world.client("lead").post(
        address("progress_attach", world["draft"].pk), {"file": SimpleUploadedFile(*UPLOADS[upload])}
    )

    assert response.status_code == 422
    assert Attachment.objects.count() == before


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("反" * 255 + ".pdf", "反" * 110 + ".pdf"),
        ('<img src=x onerror=alert(1)>".pdf', None),
        ("\ud800.pdf".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), None),
    ],
    ids=range(6),
)
def test_file_names_are_made_harmless(world: World, sent: str, kept: str | None) -> None:
    client = world.client("lead")
    upload = SimpleUploadedFile("x.pdf", PDF)
    upload._name = sent  # type: ignore[attr-defined]

    response = client.post(address("progress_attach", world["draft"].pk), {"file": upload})

    row = Attachment.objects.latest("pk")
    download = client.get(address("attachment", row.key))
    body = b"".join(download.streaming_content)
    assert response.status_code == 302
    assert kept in (None, row.name)
    assert not set(row.name) & set("/\\\r\n\u202e")
    assert body == PDF
    assert download["Content-Disposition"].startswith("attachment; filename")
    assert (download["X-Content-Type-Options"], download["Content-Type"]) == ("nosniff", "application/pdf")
    assert "sandbox" in download["Content-Security-Policy"]


# --- Odd values in addresses --------------------------------------------------------------------------------------

INJECTIONS = [
    *(
        "'",
        '"',
        "\\",
        "%",
        "_",
        "%%",
        "';--",
        "') OR ('1'='1",
        "1 OR 1=1",
        "' UNION SELECT password FROM departments_user--",
    ),
    *(
        "'; DROP TABLE departments_user; --",
        "1; SELECT pg_sleep(5)--",
        "' AND 1=CAST((SELECT 1) AS int)--",
        "$$",
        "{{7*7}}",
    ),
    *(
        "${7*7}",
        "{% debug %}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "a" * 61,
        "a" * 5000,
        "-1",
        "0",
        "1" + "0" * 30,
    ),
    *(
        "9" * 5000,
        "1e309",
        "NaN",
        "٣",
        "１２",
        "²",
        "½",
        "𝟙",
        "\u202e",
        "\ufeff",
        "😀",
    ),
    *("0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01", "-2026-01-01", "2026-W01-1", "today"),
    *(
        "outstanding",
        "overdue",
        "draft",
        "units",
        "districts",
        "lead",
        "一",
        "一/(一)",
        "市教委",
        "s",
        "sjw",
        "\t",
        " ",
        "\n",
        "\r\n",
    ),
]
ENDS = ("", "'", "%", "\\")
MORE = [f"{value}{suffix}" for value in INJECTIONS for suffix in ENDS if value]
FILTERS = site.one_after_another("FILTERS")


def lists_of(world: World) -> list[str]:
    """Lists that the office may narrow by each of FILTERS."""
    return [path for lists in site.said("lists") for path in lists(world)]


@pytest.mark.slow
def test_odd_values_narrow_nothing_and_break_nothing(world: World) -> None:
    assert len(MORE) >= 200
    client = world.client("staff")
    broken = []

    for turn, path in enumerate(lists_of(world)):
        for number, beginning in enumerate(INJECTIONS):
            for end in share(ENDS, number + turn, of=len(ENDS)):
                value = quote(beginning + end)
                query = "&".join(f"{name}={value}" for name in FILTERS if name != "unit")
                if client.get(f"{path}?{query}").status_code != 200:
                    broken.append(f"{path} {value}")

    assert broken == []


def test_units_that_are_not_on_the_list_are_404(world: World) -> None:
    """A unit in the address is like one in the path: others' do not exist."""
    client, path = world.client("staff"), address("rows", "500000", world.year)

    statuses = {unit: client.get(path, {"unit": unit}).status_code for unit in [*MORE, "county_unit", "abroad_unit"]}

    assert {unit for unit, status in statuses.items() if status != 404} == set()
    assert client.get(path, {"unit": "lead_unit"}).status_code == 200


@pytest.mark.parametrize(
    "query", ["year=%D9%A3", "year=abc", "year=-1", "year=" + "9" * 30, "year=1999", "year=%C2%B2"]
)
@pytest.mark.parametrize("page", ["plan", "clause"])
def test_years_that_were_not_opened_are_404(world: World, page: str, query: str) -> None:
    path = reverse(f"reporting:{page}", args=[world["city_version"].pk, *(["一/(一)"] if page == "clause" else [])])

    assert world.client("lead").get(f"{path}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["%ff%fe", "q=%ff", "q=%E5%B8", "q=%ED%A0%80", "&&&", "=", "q[]=1", "q=1&q=2", "%"])
def test_queries_that_are_no_text_are_ignored(world: World, query: str) -> None:
    client = world.client("staff")

    assert {client.get(f"{path}?{query}").status_code for path in lists_of(world)} == {200}


@pytest.mark.parametrize("text", ["%", "_", "%_%", "\\"])
def test_wildcards_of_the_database_are_ordinary_characters(world: World, text: str) -> None:
    rows = world.client("staff").get(address("rows", world["city"].code, world.year), {"q": text})

    assert rows.context["page"].paginator.count == 0


def test_a_page_beyond_the_last_is_the_last(world: World) -> None:
    client = world.client("staff")

    for number in ("999999999", "1" + "0" * 30, "-5", "abc", "9" * 5000):
        assert client.get(address("events"), {"page": number}).context["page"].number == 1


# --- Markup -------------------------------------------------------------------------------------------------------


def test_two_versions_side_by_side_come_out_as_text(world: World) -> None:
    entry = Progress.objects.get(pk=world["draft"].pk)
    opened = form_of(entry, work_done=f"乙{PAYLOAD}乙")
    save_entry(entry, by=world.people["lead2"], lock_version=entry.lock_version, values={"work_done": f"甲{PAYLOAD}"})

    response = world.client("lead").post(address("progress", entry.pk), opened)

    assert response.status_code == 409
    assert Markup(response.text).found == []
    assert response.text.count("&lt;xss") >= 3


@pytest.mark.parametrize("name", FILTERS)
def test_what_was_searched_for_comes_back_as_text(world: World, name: str) -> None:
    client = world.client("staff")

    pages = [client.get(f"{path}?{name}={quote(PAYLOAD)}").text for path in lists_of(world)]

    assert [Markup(page).found for page in pages] == [[]] * len(pages)


# --- Elsewhere ----------------------------------------------------------------------------------------------------

ELSEWHERE = [
    *("https://evil.example/", "//evil.example/", "///evil.example", "http:///evil.example", "https:evil.example"),
    *(
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://testserver@evil.example/",
    ),
    *(
        "https://testserver.evil.example/",
        "http://evil.example\\@testserver/",
        "\thttps://evil.example",
        "%2f%2fevil.example",
    ),
]


def leads_elsewhere(location: str) -> bool:
    """Where a browser that is on our page would go; browsers take a backslash for a slash."""
    target = urlsplit(urljoin("http://testserver/here/", location.strip().replace("\\", "/")))
    return (target.scheme, target.netloc) != ("http", "testserver")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(world: World, target: str) -> None:
    client = Client()
    response = client.post(reverse("departments:login"), {"username": "lead", "password": PASSWORD, "next": target})

    assert response.status_code == 302
    assert not leads_elsewhere(response.url)
    assert not leads_elsewhere(client.get(reverse("departments:login"), {"next": target}).url)


def test_signing_in_again_to_the_login_page_goes_home(world: World) -> None:
    response = world.client("lead").get("/login/?next=/login/%3Fnext%3D/login/")

    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.parametrize("target", [*ELSEWHERE, "home", "reporting:home", "work", ""])
def test_urging_leads_back_to_our_own_pages_only(world: World, target: str) -> None:
    response = world.client("staff").post(address("duty_urge", world["duty_draft"].pk), {}, headers={"referer": target})

    assert response.status_code == 302
    assert not leads_elsewhere(response.url)


def test_urging_leads_back_to_where_the_button_was(world: World) -> None:
    back = f"http://testserver{address('duties', '500000', world.year)}?state=overdue"

    response = world.client("staff").post(address("duty_urge", world["duty_draft"].pk), {}, headers={"referer": back})

    assert response.url == back


@pytest.mark.parametrize("target", ELSEWHERE)
def test_choosing_a_language_leads_to_no_other_site(world: World, target: str) -> None:
    for headers, data in (({}, {"next": target}), ({"referer": target}, {})):
        response = Client().post(reverse("departments:set_language"), {"language": "en", **data}, headers=headers)

        assert response.status_code == 302
        assert not leads_elsewhere(response.url)
