"""Supervision as pages show it: the open ones first, what is overdue in red."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from measures.enums import ObligationKind
from measures.models import Obligation, PlanVersion
from reporting.enums import SupervisionState
from reporting.lights import Light, days_left_text
from reporting.models import Supervision, SupervisionStep
from reporting.models.assessments import SupervisionQuerySet

_LIFTED = Light("darkgreen", SupervisionState.LIFTED.label, 90)
_OPEN = Light("blue", SupervisionState.OPEN.label, 30)


def in_year(rows: SupervisionQuerySet, year: int) -> SupervisionQuerySet:
    """Those opened in ``year``, and those of years before that were still open in it."""
    still_open = Q(state=SupervisionState.OPEN) | Q(lifted_on__year__gte=year)
    return rows.filter(Q(year=year) | (Q(year__lt=year) & still_open))


def light_of_supervision(row: Supervision, today: date) -> Light:
    if row.state == SupervisionState.LIFTED:
        return _LIFTED
    return Light("red", _("整改逾期"), 0) if row.due_on < today else _OPEN


def supervision_row(row: Supervision, today: date, conference_id: int) -> dict[str, Any]:
    """One in the list of ``conference_id``, which supervises or is supervised. Needs both conferences loaded."""
    is_open = row.state == SupervisionState.OPEN
    return {
        "area": row.area,
        "kind_text": row.get_kind_display(),
        "by": row.conference.short_name,
        "is_ours": row.conference_id == conference_id,
        "opened_on": row.opened_on,
        "due_on": row.due_on,
        "days_left_text": days_left_text(row.due_on, today) if is_open else "",
        "is_late": is_open and row.due_on < today,
        "lifted_on": row.lifted_on,
        "light": light_of_supervision(row, today),
        "url": reverse("reporting:supervision", args=[row.pk]),
        "order": (not is_open, row.due_on if is_open else date.max, -row.opened_on.toordinal()),
    }


def step_row(step: SupervisionStep, supervising: set[int]) -> dict[str, Any]:
    """One step; ``supervising`` are the people of the office that supervises today, the others answer to it."""
    return {
        "at": step.created_at,
        "who": str(step.created_by),
        "is_theirs": step.created_by_id not in supervising,
        "text": step.text,
        "at_text": timezone.localtime(step.created_at).strftime("%Y-%m-%d %H:%M"),
    }


def basis_of(conference_id: int, year: int, user: object) -> dict[str, str] | None:
    """The words of the plan by which the conference supervises in ``year``: ``path``, ``text`` and ``url``.

    None where its plan says nothing of it, or is not the person's to read.
    """
    versions = PlanVersion.objects.visible_to(user).filter(years__conference=conference_id, years__year=year)
    asked = Obligation.objects.filter(version__in=versions.values("pk"), kind=ObligationKind.SUPERVISION)
    obligation = asked.select_related("clause").order_by("position").first()
    if obligation is None:
        return None
    clause = obligation.clause
    return {
        "path": clause.spoken_path,
        "text": obligation.text,
        "url": reverse("reporting:clause", args=[clause.version_id, clause.path]),
    }
