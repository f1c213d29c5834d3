import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_bulk_insert_is_one_statement(django_assert_num_queries):
    now = timezone.now()
    rows = [Session(session_key=f"{number:032}", session_data="", expire_date=now) for number in range(2000)]

    with django_assert_num_queries(1):
        Session.objects.bulk_create(rows)

    assert Session.objects.count() == 2000


def test_driver_is_psycopg2():
    if connection.vendor == "postgresql":
        assert type(connection.connection or connection.cursor().connection).__module__.startswith("psycopg2")
    else:
        assert connection.vendor == "sqlite"


def test_sqlite_waits_for_its_turn_and_keeps_references():
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }

    assert values == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 20000}
    assert connection.transaction_mode == "IMMEDIATE"
