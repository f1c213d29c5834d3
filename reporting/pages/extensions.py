"""Extensions as pages show them: one duty's requests, the office's list, and the words beside a moved deadline."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.models import Conference, User
from reporting.enums import EntryState, ExtensionState
from reporting.lights import Light, days_left_text, extended_text, light_of
from reporting.models import Duty, Extension
from reporting.pages.rows import moment_text
from reporting.permissions import can_write
from reporting.services.extensions import refuse_asking
from reporting.services.refusals import WrongState

_LIGHTS = {
    ExtensionState.ASKED: Light("orange", ExtensionState.ASKED.label),
    ExtensionState.GRANTED: Light("darkgreen", ExtensionState.GRANTED.label),
    ExtensionState.REFUSED: Light("returned", ExtensionState.REFUSED.label),
    ExtensionState.WITHDRAWN: Light("grey", ExtensionState.WITHDRAWN.label),
}


def extension_of(duty: Duty, user: User, today: date) -> dict[str, str]:
    """What a duty's own page says of extensions: ``text``, ``pending_text``, ``url`` and ``label`` of the way on.

    ``url`` is empty where nothing was asked and nothing can be asked any more. One query.
    """
    states = list(duty.extensions.values_list("state", "wanted_until"))
    pending = next((until for state, until in states if state == ExtensionState.ASKED), None)
    may_ask = can_write(user, duty) and pending is None and _is_in_time(duty, today)
    return {
        "text": extended_text(
            duty.planned_on, duty.due_on, sum(state == ExtensionState.GRANTED for state, _until in states)
        ),
        "pending_text": _("已申请延至%(day)s，待批") % {"day": date_format(pending, "DATE_FORMAT")} if pending else "",
        "url": reverse("reporting:duty_extend", args=[duty.pk]) if may_ask or states else "",
        "label": _("申请延期") if may_ask else _("延期情况"),
    }


def _is_in_time(duty: Duty, today: date) -> bool:
    try:
        refuse_asking(duty, today)
    except WrongState:
        return False
    return True


def duty_facts(duty: Duty, granted: int, today: date) -> dict[str, Any]:
    """The duty that a request is about, in short. Needs its owner loaded."""
    return {
        "owner": str(duty.owner),
        "title": duty.title,
        "year": duty.year,
        "due_on": duty.due_on,
        "planned_on": duty.planned_on,
        "is_moved": duty.planned_on != duty.due_on,
        "extended_text": extended_text(duty.planned_on, duty.due_on, granted),
        "light": light_of(duty.state, duty.due_on, today),
        "days_left_text": days_left_text(duty.due_on, today) if duty.state in EntryState.outstanding() else "",
    }


def request_row(extension: Extension) -> dict[str, Any]:
    """One request with its decision. Needs ``asked_by`` and ``decided_by`` loaded."""
    return {
        "pk": extension.pk,
        "light": _LIGHTS[ExtensionState(extension.state)],
        "due_on": extension.due_on,
        "wanted_until": extension.wanted_until,
        "granted_until": extension.granted_until,
        "reason": extension.reason,
        "decision": extension.decision,
        "asked_text": f"{extension.asked_by} {moment_text(extension.asked_at)}",
        "decided_text": f"{extension.decided_by} {moment_text(extension.decided_at)}" if extension.decided_at else "",
    }


def requests_of(duty: Duty) -> list[dict[str, Any]]:
    """All that was asked for one duty, the newest first."""
    return [request_row(extension) for extension in duty.extensions.select_related("asked_by", "decided_by")]


def office_row(extension: Extension, granted: dict[int, int], today: date) -> dict[str, Any]:
    """A request in the office's list. Needs the duty with its owner loaded, and ``count_for`` of the duties."""
    duty = extension.duty
    return request_row(extension) | {
        "duty": duty_facts(duty, granted.get(duty.pk, 0), today),
        "url": reverse("reporting:extension_decide", args=[extension.pk]),
        "is_resting": duty.state not in EntryState.outstanding(),
    }


def pending_of(conference: Conference, year: int) -> int:
    """How many requests wait to be decided: those of what was handed in meanwhile rest. One query."""
    owed = Extension.objects.pending().filter(duty__state__in=EntryState.outstanding())
    return owed.filter(conference=conference, duty__year=year).count()


_COUNTED = (ExtensionState.ASKED, ExtensionState.GRANTED, ExtensionState.REFUSED)


def counts_by_owner(conference: Conference, year: int) -> list[dict[str, Any]]:
    """How many requests of each unit or district are pending, granted and refused, the most granted first. One query.

    What was taken back counts for nothing.
    """
    by = {str(state): Count("pk", filter=Q(state=state)) for state in _COUNTED}
    owner = ("duty__department__name", "duty__obliged_conference__short_name")
    requests = Extension.objects.filter(conference=conference, duty__year=year, state__in=_COUNTED).order_by()
    rows = [
        {"owner": unit or district, **dict(zip(by, numbers, strict=True))}
        for unit, district, *numbers in requests.values_list(*owner).annotate(**by).values_list(*owner, *by)
    ]
    return sorted(rows, key=lambda row: (-row["granted"], -row["asked"], -row["refused"], row["owner"]))
