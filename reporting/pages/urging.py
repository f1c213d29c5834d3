"""Urging as pages show it: whom it would reach, what was sent, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments.models import User
from reporting.enums import EntryState
from reporting.lights import days_left_text, extended_text, light_of
from reporting.models import Duty, Urge
from reporting.pages.board import urged_texts
from reporting.pages.rows import moment_text
from reporting.services.extensions import count_for
from reporting.services.urging import Urged, answering_for


def reach_of(people: Iterable[User]) -> dict[str, Any]:
    """Who would be told, and how: each with ``has_mail``; ``needs_letter`` where there is nobody."""
    told = [{"name": str(person), "has_mail": bool(person.email)} for person in people]
    return {"people": told, "needs_letter": not told}


def preview_of(duties: list[Duty], picked: set[str] | None, today: date) -> dict[str, Any]:
    """What urging about ``duties`` would do. ``picked`` are the ids that were ticked; None ticks all. Four queries."""
    done = set(Urge.objects.filter(duty__in=duties, created_at__date=today).values_list("duty", flat=True))
    owed = [duty for duty in duties if duty.state in EntryState.outstanding()]
    to_urge = [duty for duty in owed if duty.pk not in done]
    answering, last, granted = answering_for(to_urge), urged_texts(to_urge), count_for(to_urge)
    rows = [
        {
            "pk": duty.pk,
            "owner": str(duty.owner),
            "title": duty.title,
            "due_on": duty.due_on,
            "days_left_text": days_left_text(duty.due_on, today),
            "extended_text": extended_text(duty.planned_on, duty.due_on, granted.get(duty.pk, 0)),
            "light": light_of(duty.state, duty.due_on, today),
            "last_text": last.get(duty.pk, ""),
            "is_picked": picked is None or str(duty.pk) in picked,
            **reach_of(answering.for_entry(duty)),
        }
        for duty in to_urge
    ]
    return {
        "rows": rows,
        "letters": sum(row["needs_letter"] for row in rows),
        "urged_today": named(duty for duty in owed if duty.pk in done),
        "not_owed": named(duty for duty in duties if duty.state not in EntryState.outstanding()),
    }


def named(duties: Iterable[Duty]) -> str:
    """「市公安局、市民政局」, each once."""
    return "、".join(dict.fromkeys(str(duty.owner) for duty in duties))


def sent_text(urged: Urged) -> str:
    """One sentence of what was done, and who was passed over and why."""
    parts = []
    if urged.urges:
        number = len(urged.urges)
        parts.append(ngettext("已催办%(count)d项。", "已催办%(count)d项。", number) % {"count": number})
    if urged.by_letter:
        names = named(urge.duty for urge in urged.by_letter)
        parts.append(_("没有能在系统内收到的人，须送达书面催办函：%(names)s。") % {"names": names})
    if urged.urged_today:
        parts.append(_("今天已经催办过，没有重复：%(names)s。") % {"names": named(urged.urged_today)})
    if urged.not_owed:
        parts.append(_("已经报送，不需要催办：%(names)s。") % {"names": named(urged.not_owed)})
    return " ".join(parts)


def urge_row(urge: Urge, today: date) -> dict[str, Any]:
    """One line of the list. Needs the duty with its owner, and ``created_by``, loaded."""
    duty = urge.duty
    followed = duty.submitted_at is not None and duty.submitted_at >= urge.created_at
    return {
        "at": urge.created_at,
        "by": str(urge.created_by),
        "owner": str(duty.owner),
        "title": duty.title,
        "url": reverse("reporting:duty_review", args=[duty.pk]),
        "message": urge.message,
        "needs_letter": urge.needs_letter,
        "followed_text": _("%(at)s 报送") % {"at": moment_text(duty.submitted_at)} if followed else "",
        "light": light_of(duty.state, duty.due_on, today),
        "letter_url": f"{reverse('reporting:urge_letter', args=[urge.batch])}?urge={urge.pk}",
        "batch_query": f"?batch={urge.batch}",
        "day": timezone.localdate(urge.created_at),
    }
