"""Triggers that make a table append-only in the database itself, on PostgreSQL and on SQLite.

The people in the trail, and code with a bug, can then add to it and nothing else.
"""

from __future__ import annotations

from typing import Any

MESSAGE = "append-only: events cannot be changed or deleted"
# The tables that only grow, each with the columns that a row is known by.
TABLES = {"departments_event": ("id",), "departments_eventseal": ("id", "event_id")}

_SQLITE_INSTALL = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
# INSERT OR REPLACE deletes the row in its way without asking the trigger for DELETE.
_SQLITE_NO_REPLACE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql
"""
_POSTGRESQL_INSTALL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH {level} EXECUTE FUNCTION {table}_refuse()
"""

# TRUNCATE exists only on PostgreSQL and only as a statement.
_LEVELS = {"update": "ROW", "delete": "ROW", "truncate": "STATEMENT"}


def install(connection: Any, table: str = "departments_event") -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE, where there is one) on ``table``; installing twice is harmless."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(_SQLITE_INSTALL.format(table=table, verb=verb, message=MESSAGE))
            same = " OR ".join(f"{column} = NEW.{column}" for column in TABLES[table])
            cursor.execute(_SQLITE_NO_REPLACE.format(table=table, same=same, message=MESSAGE))
        elif connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION.format(table=table, message=MESSAGE))
            for verb, level in _LEVELS.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}")
                cursor.execute(_POSTGRESQL_INSTALL.format(table=table, verb=verb, level=level))
        else:
            raise NotImplementedError(f"no append-only triggers for {connection.vendor}")


def remove(connection: Any, table: str = "departments_event") -> None:
    """Take the triggers away again: for reversing the migration and for emptying a test database."""
    with connection.cursor() as cursor:
        for verb in (*_LEVELS, "replace"):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}")
