"""What rows of before the new fields say: when they were first handed in, of which deadline a reminder spoke."""

import uuid

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    duty = apps.get_model("reporting", "Duty")
    for model in (duty, apps.get_model("reporting", "Progress")):
        model.objects.exclude(submitted_at=None).update(first_submitted_at=F("submitted_at"))
    due_on = Subquery(duty.objects.filter(pk=OuterRef("duty")).values("due_on")[:1])
    apps.get_model("reporting", "Reminder").objects.update(due_on=due_on)
    # A default is computed once for a whole table; each urge of before was an act of its own.
    urges = apps.get_model("reporting", "Urge").objects
    for pk in urges.values_list("pk", flat=True):
        urges.filter(pk=pk).update(batch=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_the_whole_year")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
