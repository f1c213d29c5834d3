"""The trail: nobody changes it, and no change of state is without it."""

import pytest
from django.db import DatabaseError, connection, transaction

from departments.append_only import MESSAGE
from departments.models import Event
from departments.models.events import Action
from departments.services import current_address, record
from reporting.models import Duty
from reporting.services.entries import accept_entry, return_entry, save_entry, submit_entry, withdraw_entry
from reporting.services.urging import urge
from tests.factories import DutyFactory, PostingFactory, ProgressFactory, UserFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    duty = DutyFactory()
    return record(duty, Action.SUBMIT, by=UserFactory(), conference=duty.conference, department=duty.department)


ATTEMPTS = {
    "save": lambda event: event.save(),
    "delete": lambda event: event.delete(),
    "queryset update": lambda event: Event.objects.update(reason="改了"),
    "queryset delete": lambda event: Event.objects.all().delete(),
    "bulk_update": lambda event: Event.objects.bulk_update([event], ["reason"]),
    "raw update": lambda event: execute("UPDATE departments_event SET reason = '改了'"),
    "raw update of nothing new": lambda event: execute("UPDATE departments_event SET reason = reason"),
    "raw delete": lambda event: execute("DELETE FROM departments_event"),
    "raw replace": lambda event: execute("INSERT OR REPLACE INTO departments_event SELECT * FROM departments_event"),
    "truncate": lambda event: execute("TRUNCATE departments_event"),
    "truncate cascade": lambda event: execute("TRUNCATE departments_conference CASCADE"),
}
ONLY = {"truncate": "postgresql", "truncate cascade": "postgresql", "raw replace": "sqlite"}


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("attempt", list(ATTEMPTS))
def test_the_database_refuses_to_change_the_trail(attempt, event):
    if ONLY.get(attempt, connection.vendor) != connection.vendor:
        return
    if connection.vendor == "postgresql":
        # TRUNCATE asks no trigger while references of this transaction wait to be checked.
        execute("SET CONSTRAINTS ALL IMMEDIATE")
    before = rows(Event)

    with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic():
        ATTEMPTS[attempt](event)

    assert rows(Event) == before


def test_an_act_that_is_rolled_back_leaves_no_event():
    entry = ProgressFactory(draft=True)
    before = rows()

    with transaction.atomic():
        submit_entry(entry, by=UserFactory())
        transaction.set_rollback(True)

    assert rows() == before


@pytest.fixture
def full_trail():
    """A trail that takes no more events, as with a full disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER full_trail BEFORE INSERT ON departments_event BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        else:
            cursor.execute(
                "CREATE FUNCTION full_trail() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$ "
                "LANGUAGE plpgsql"
            )
            cursor.execute(
                "CREATE TRIGGER full_trail BEFORE INSERT ON departments_event FOR EACH ROW EXECUTE FUNCTION full_trail()"
            )


ACTS = {
    "save": ({}, lambda entry, by: save_entry(entry, by=by, lock_version=0, values={"statement": "写了"})),
    "submit": ({"draft": True}, lambda entry, by: submit_entry(entry, by=by)),
    "withdraw": ({"submitted": True}, lambda entry, by: withdraw_entry(entry, by=by)),
    "accept": ({"submitted": True}, lambda entry, by: accept_entry(entry, by=by)),
    "return": ({"submitted": True}, lambda entry, by: return_entry(entry, by=by, reason="缺数据")),
    "urge": ({}, lambda entry, by: urge(entry, by=by)),
}


@pytest.mark.parametrize("name", list(ACTS))
def test_what_cannot_be_recorded_does_not_happen(name, full_trail):
    traits, act = ACTS[name]
    entry = DutyFactory(department=PostingFactory().department, **traits)
    person = UserFactory()
    before = rows()

    with pytest.raises(DatabaseError, match="disk full"), transaction.atomic():
        act(entry, person)

    assert rows() == before


def test_an_event_names_who_from_where_on_what():
    duty, person = DutyFactory(draft=True), UserFactory()
    token = current_address.set("10.20.30.40")
    try:
        submit_entry(duty, by=person)
    finally:
        current_address.reset(token)

    event = Event.objects.get()
    assert (event.actor, event.address, event.object_type, event.object_id, event.title) == (
        person,
        "10.20.30.40",
        "reporting.duty",
        duty.pk,
        str(duty),
    )


def test_what_people_wrote_cannot_forge_a_line_of_the_trail():
    """A reason with line breaks stays one event, as written."""
    duty = DutyFactory(submitted=True)
    forged = "缺数据\r\n2026-12-08 09:00 审核通过 别的单位"

    return_entry(duty, by=UserFactory(), reason=forged)

    assert [(event.action, event.reason) for event in Event.objects.all()] == [(Action.RETURN, forged)]
    assert Duty.objects.get().return_reason == forged
