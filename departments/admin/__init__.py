"""The administration of places (区划、联席会议), units (单位、沿革), people (人员、任职) and the trail (事件)."""

import axes.admin  # noqa: F401 - registers its own pages, which the loop below takes away again
import django.contrib.auth.admin  # noqa: F401 - same
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group

from departments.admin import accounts, places, postings, trail, units

# Rights come from postings, never from groups. Lockouts are shown and lifted where the person is; what was typed
# into the account field of a login that failed may be a password and has no page.
for model in (Group, AccessAttempt, AccessFailureLog, AccessLog):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

__all__ = ["accounts", "places", "postings", "trail", "units"]
