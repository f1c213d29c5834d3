"""Triggers that refuse to change or delete the seals of events; see departments/append_only.py."""

from django.db import migrations

from departments import append_only

_TABLE = "departments_eventseal"


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, _TABLE)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, _TABLE)


class Migration(migrations.Migration):
    dependencies = [("departments", "0004_the_whole_year")]

    operations = [migrations.RunPython(install, remove)]
