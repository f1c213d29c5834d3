"""The seals of the trail: one chain, and whatever is changed, removed or slipped in shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments import append_only
from departments.chain import COLUMNS, FIRST, canonical, columns_of, seal_of
from departments.models import Event, EventSeal
from departments.models.events import Action
from departments.sealing import seal_events, verify_events
from departments.services import record
from tests.factories import ConferenceFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def write(number: int = 1, **fields: Any) -> list[Event]:
    """Events of which no column is empty."""
    unit = DepartmentFactory()
    fields = {"reason": "缺数据", "detail": {"note": "甲", "n": [1, {"x": None}]}, **fields}
    return [
        record(
            unit,
            Action.RETURN,
            by=UserFactory(),
            conference=unit.conference,
            department=unit,
            before="submitted",
            after="returned",
            **fields,
        )
        for _number in range(number)
    ]


@contextmanager
def past_the_triggers(table: str = "departments_event") -> Iterator[Callable[..., None]]:
    """As somebody would who owns the database: ``execute(sql, parameters)``."""
    append_only.remove(connection, table)

    def execute(sql: str, parameters: tuple[Any, ...] = ()) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)

    yield execute
    append_only.install(connection, table)


def problem() -> tuple[str, int] | None:
    found = verify_events().problem
    return (found.kind, found.event) if found else None


# --- Sealing ------------------------------------------------------------------------------------------------------


def test_every_event_gets_one_seal_in_the_order_of_the_numbers():
    events = write(5)

    assert (seal_events(), seal_events()) == (5, 0)

    assert list(EventSeal.objects.order_by("pk").values_list("event_id", flat=True)) == [event.pk for event in events]
    assert verify_events().count == 5


def test_each_seal_hangs_on_the_one_before():
    write(3)
    seal_events()

    previous = FIRST
    for seal in EventSeal.objects.order_by("pk"):
        assert seal.digest == seal_of(previous, columns_of(Event.objects.get(pk=seal.event_id)))
        previous = seal.digest
    assert verify_events().head == previous


def test_the_chain_goes_on_where_it_ended():
    for number in (2, 3, 1):
        write(number)
        assert seal_events() == number

    assert (verify_events().count, problem()) == (6, None)


def test_no_more_are_sealed_than_were_asked_for():
    write(5)

    assert (seal_events(2), seal_events(2), seal_events(2)) == (2, 2, 1)


def test_an_event_whose_transaction_ended_late_is_sealed_too():
    first, second, third = write(3)
    with past_the_triggers() as execute:
        execute("DELETE FROM departments_event WHERE id = %s", (second.pk,))
        seal_events()
    # Its number was taken before those that were sealed meanwhile.
    second.save(force_insert=True)

    assert seal_events() == 1
    assert [seal.event_id for seal in EventSeal.objects.order_by("pk")] == [first.pk, third.pk, second.pk]
    assert problem() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sealed_before", [0, 3])
def test_sealers_at_once_do_not_fork_the_chain(at_once, sealed_before):
    write(sealed_before)
    seal_events()
    write(40)

    results = at_once(*[seal_events] * 4, *[partial(seal_events, 7)] * 2)
    seal_events()

    assert not [result for result in results if isinstance(result, Exception)]
    assert EventSeal.objects.count() == 40 + sealed_before
    assert problem() is None


@pytest.mark.django_db(transaction=True)
def test_events_written_beside_the_sealer_are_all_sealed_in_the_end(at_once):
    unit, person = DepartmentFactory(), UserFactory()

    def work() -> None:
        for _number in range(20):
            with transaction.atomic():
                record(unit, Action.START, by=person)

    at_once(work, work, *[lambda: [seal_events() for _time in range(10)]] * 2)
    seal_events()

    assert EventSeal.objects.count() == Event.objects.count() == 40
    assert problem() is None


# --- What shows ---------------------------------------------------------------------------------------------------

# Column → another value in its place, in SQL.
FLIPPED = {
    "conference_id": "(SELECT MIN(id) FROM departments_conference)",
    "department_id": "NULL",
    "at": "'2020-01-01 00:00:00+00:00'",
    "actor_id": "NULL",
    "address": "'10.0.0.9'",
    "action": "'accept'",
    "object_type": "'reporting.dutx'",
    "object_id": "object_id + 1",
    "title": "title || ' '",
    "before": "'draft'",
    "after": "'accepted'",
    "reason": "'缺数椐'",
    "detail": """'{"note": "乙", "n": [1, {"x": null}]}'""",
}


def test_every_column_is_in_the_table_above():
    columns = [field.attname for field in Event._meta.concrete_fields]

    assert {"id", *FLIPPED} == set(columns)
    assert len(COLUMNS) == len(columns)


@pytest.mark.parametrize("column", FLIPPED)
def test_one_column_that_was_changed_is_found(column):
    ConferenceFactory()
    events = write(3)
    seal_events()

    with past_the_triggers() as execute:
        execute(f"UPDATE departments_event SET {column} = {FLIPPED[column]} WHERE id = %s", (events[1].pk,))

    assert problem() == ("changed", events[1].pk)
    assert verify_events().count == 1


def test_a_number_that_was_changed_is_found():
    events = write(3)
    seal_events()

    with past_the_triggers() as execute:
        execute("UPDATE departments_event SET id = id + 1000 WHERE id = %s", (events[1].pk,))

    assert problem() == ("removed", events[1].pk)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_event_that_was_removed_is_found(place):
    events = write(3)
    seal_events()

    with past_the_triggers() as execute:
        execute("DELETE FROM departments_event WHERE id = %s", (events[place].pk,))

    assert problem() == ("removed", events[place].pk)


def _slip_in(number: int) -> Event:
    event = write(1)[0]
    with past_the_triggers() as execute:
        execute("UPDATE departments_event SET id = %s WHERE id = %s", (number, event.pk))
    return Event.objects.get(pk=number)


def test_an_event_that_was_slipped_in_afterwards_is_found(clock):
    clock("2026-12-08 09:00")
    events = write(3)
    with past_the_triggers() as execute:
        execute("DELETE FROM departments_event WHERE id = %s", (events[1].pk,))
    seal_events()
    clock("2026-12-09 09:00")
    _slip_in(events[1].pk)

    assert problem() == ("inserted", events[1].pk)
    # Sealing it afterwards does not make it one of then.
    seal_events()
    assert problem() == ("inserted", events[1].pk)


def _with_a_gap(clock):
    """Three events of 09:00, the second of which is not to be seen; the others are sealed."""
    clock("2026-12-08 09:00")
    events = write(3)
    with past_the_triggers() as execute:
        execute("DELETE FROM departments_event WHERE id = %s", (events[1].pk,))
    seal_events()
    return events[1].pk


def test_an_event_that_was_to_be_seen_a_moment_late_is_as_it_should_be(clock):
    number = _with_a_gap(clock)
    clock("2026-12-08 09:00:02")
    _slip_in(number)

    assert verify_events().problem is None
    clock("2026-12-08 09:01")
    seal_events()
    assert verify_events().problem is None


def test_later_events_do_not_hide_one_that_was_slipped_in(clock):
    number = _with_a_gap(clock)
    clock("2026-12-08 12:00")
    write(1)
    seal_events()
    clock("2026-12-08 12:01")
    _slip_in(number)

    assert problem() == ("inserted", number)
    seal_events()
    assert problem() == ("inserted", number)


def test_two_events_that_changed_places_are_found():
    first, second = write(2)
    seal_events()

    with past_the_triggers() as execute:
        execute("UPDATE departments_event SET id = -1 WHERE id = %s", (first.pk,))
        execute("UPDATE departments_event SET id = %s WHERE id = %s", (first.pk, second.pk))
        execute("UPDATE departments_event SET id = %s WHERE id = -1", (second.pk,))

    assert problem() == ("changed", first.pk)


def test_a_seal_that_was_changed_or_removed_is_found():
    events = write(4)
    seal_events()
    seal = EventSeal.objects.get(event_id=events[1].pk)

    with past_the_triggers("departments_eventseal") as execute:
        execute("UPDATE departments_eventseal SET digest = %s WHERE id = %s", ("f" * 64, seal.pk))
        assert problem() == ("changed", events[1].pk)
        execute("DELETE FROM departments_eventseal WHERE id = %s", (seal.pk,))

    assert problem() == ("changed", events[2].pk)


def test_a_chain_that_was_forged_anew_lacks_the_digest_that_was_noted_down():
    write(3)
    seal_events()
    noted = verify_events().head
    with past_the_triggers("departments_eventseal") as forget, past_the_triggers() as execute:
        execute("UPDATE departments_event SET reason = '另一个'")
        forget("DELETE FROM departments_eventseal")
    seal_events()

    assert problem() is None
    assert verify_events(contains=noted).problem is not None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE departments_eventseal SET digest = ''",
        "DELETE FROM departments_eventseal",
    ],
)
def test_the_database_refuses_to_touch_a_seal(sql):
    write(1)
    seal_events()

    with pytest.raises(DatabaseError, match=append_only.MESSAGE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.parametrize("known_by", ["id", "event_id"])
def test_a_seal_is_not_replaced(known_by):
    write(1)
    seal_events()
    seal = EventSeal.objects.get()
    number = (
        {"id": seal.pk, "event_id": seal.event_id + 5} if known_by == "id" else {"id": 99, "event_id": seal.event_id}
    )

    with pytest.raises(DatabaseError, match=append_only.MESSAGE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO departments_eventseal (id, event_id, digest, sealed_at) VALUES (%s, %s, '', %s)",
            (number["id"], number["event_id"], timezone.now()),
        )


# --- What is sealed -----------------------------------------------------------------------------------------------


def test_the_same_event_has_the_same_bytes_in_every_zone():
    event = Event.objects.get(pk=write(1)[0].pk)
    here = canonical(FIRST, columns_of(event))

    event.at = event.at.astimezone(ZoneInfo("America/New_York"))

    assert canonical(FIRST, columns_of(event)) == here


def test_what_people_wrote_stays_one_line_and_one_value():
    """A reason cannot forge another event, nor the end of its own."""
    reason = '缺\r\n{"id": 2, "action": "accept"}\u2028"}'
    event = Event.objects.get(pk=write(1, reason=reason)[0].pk)

    line = canonical(FIRST, columns_of(event)).decode()

    assert "\n" not in line
    assert "\r" not in line
    assert json.loads(line)["reason"] == reason


# --- The command and what it costs --------------------------------------------------------------------------------


def verified(*arguments: str) -> str:
    said = StringIO()
    call_command("verify_events", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_seals_what_is_not_sealed_yet_and_says_the_end_of_the_chain():
    write(3)

    said = verified()

    assert said.startswith(f"3 条事件与封存相符。链尾 {EventSeal.objects.order_by('-pk').first().digest}")
    assert verified("--read-only", "--contains", verify_events().head) == said


def test_the_command_only_reads_when_it_is_told_so():
    write(3)

    assert verified("--read-only").startswith("0 条事件与封存相符。")
    assert EventSeal.objects.count() == 0


def test_the_command_names_the_first_event_that_is_wrong_and_seals_nothing_behind_it():
    events = write(3)
    seal_events()
    write(1)
    with past_the_triggers() as execute:
        execute("UPDATE departments_event SET reason = '' WHERE id = %s", (events[2].pk,))

    with pytest.raises(CommandError, match=rf"事件 {events[2].pk} 与封存时不符.*此前 2 条相符"):
        verified()

    assert EventSeal.objects.count() == 3


def test_the_command_says_that_a_chain_was_forged_anew():
    write(1)

    with pytest.raises(CommandError, match="封存链被重造"):
        verified("--contains", "0" * 63 + "1")


def test_an_empty_trail_is_in_order():
    assert verified().startswith(f"0 条事件与封存相符。链尾 {FIRST}")


@pytest.mark.parametrize("act", [seal_events, verify_events])
def test_many_events_cost_few_queries(act):
    unit, person = DepartmentFactory(), UserFactory()
    moment = timezone.now() - timedelta(days=1)
    Event.objects.bulk_create(
        Event(actor=person, action=Action.START, object_type="x.y", object_id=unit.pk, at=moment, title=f"第{n}条")
        for n in range(5_000)
    )
    if act is verify_events:
        seal_events()

    with CaptureQueriesContext(connection) as asked:
        began = datetime.now(tz=ZoneInfo("UTC"))
        act()

    assert len(asked) <= 40
    # A hundred thousand in reasonable time: these are the twentieth part.
    assert datetime.now(tz=ZoneInfo("UTC")) - began < timedelta(seconds=15)
    assert (EventSeal.objects.count(), problem()) == (5_000, None)
