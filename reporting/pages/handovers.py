"""Handovers as pages show them: the notes that wait to be taken over, the form's open work, and the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.access import access_of
from departments.models import Conference, Department, User
from reporting.enums import EntryState
from reporting.models import Handover
from reporting.permissions import can_take_over, works_at
from reporting.services.handovers import Place

KINDS = {
    "duty": gettext_lazy("应报事项"),
    "returned": gettext_lazy("退回待改"),
    "request": gettext_lazy("他单位向我要的材料"),
    "asked": gettext_lazy("我向他单位要的材料"),
    "extension": gettext_lazy("待批的延期"),
    "review": gettext_lazy("待审"),
}


def places_of(user: User) -> list[Place]:
    """The units and offices in which the person works, in their order. Two queries."""
    access = access_of(user)
    units = Department.objects.filter(pk__in=access.departments).select_related("conference")
    offices = Conference.objects.filter(pk__in=access.office_of)
    return [
        *(Place(unit.conference, unit) for unit in units.order_by("conference__code", "position", "pk")),
        *(Place(conference, None) for conference in offices.order_by("code")),
    ]


def work_row(row: dict[str, Any], *, with_link: bool) -> dict[str, Any]:
    """One open thing: what kind, what, by when, how it stands. Old rows may lack what newer ones have."""
    states = dict(EntryState.choices)
    path = row.get("path", "")
    return {
        "kind": KINDS.get(row.get("kind", ""), ""),
        "title": row.get("title", ""),
        "due_on": date.fromisoformat(row["due_on"]) if row.get("due_on") else None,
        "state_text": states.get(row.get("state", ""), ""),
        # Whoever reads the history afterwards may have lost the way there; the page itself would say so with 404.
        "url": get_script_prefix().rstrip("/") + path if with_link and path else "",
    }


def handover_row(handover: Handover, user: User) -> dict[str, Any]:
    """One note with what was open. Needs its place, ``given_by`` and ``taken_by`` loaded."""
    is_own = works_at(user, handover)
    return {
        "key": handover.pk,
        "place": str(Place(handover.conference, handover.department)),
        "given_by": str(handover.given_by),
        "given_at": handover.given_at,
        "note": handover.note,
        "work": [work_row(row, with_link=is_own) for row in handover.open_work],
        "taken_by": str(handover.taken_by or ""),
        "taken_at": handover.taken_at,
        "take_url": reverse("reporting:handover_take", args=[handover.pk]) if can_take_over(user, handover) else "",
    }


def banners_of(user: User) -> list[dict[str, str]]:
    """The notes that wait for this person, for the top of the page of work. One query; none where nobody works."""
    access = access_of(user)
    if not (access.departments or access.office_of):
        return []
    mine = Q(department__in=access.departments) | Q(department=None, conference__in=access.office_of)
    waiting = Handover.objects.open().filter(mine).exclude(given_by=user).select_related("given_by")
    return [
        {
            "title": _("%(who)s的交接说明") % {"who": handover.given_by},
            "url": f"{reverse('reporting:handovers')}#handover-{handover.pk}",
        }
        for handover in waiting
    ]
