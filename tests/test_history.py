"""Nothing that carries history goes away because something else was deleted."""

import pytest
from django.apps import apps
from django.db import models

APPS = ("departments", "measures", "reporting")


@pytest.mark.quality
def test_no_foreign_key_cascades():
    keys = [
        field
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]

    assert len(keys) > 30
    assert [str(field) for field in keys if field.remote_field.on_delete is not models.PROTECT] == []
