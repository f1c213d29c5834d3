"""Triggers that refuse to change or delete events; see departments/append_only.py."""

from django.db import migrations

from departments import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("departments", "0001_people_and_units")]

    operations = [migrations.RunPython(install, remove)]
