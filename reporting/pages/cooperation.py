"""Beside one's own entry: what the other units of the clause have written, who knows, who was asked for material."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.access import access_of
from departments.models import User
from measures.enums import ResponsibilityRole
from reporting.enums import EntryState, YearState
from reporting.lights import days_left_text, light_of
from reporting.models import InputRequest, Progress, Year
from reporting.pages.clauses import others_of
from reporting.pages.rows import number_text
from reporting.permissions import can_ask_input, can_write


def partners_of(
    entry: Progress, parties: list[dict[str, Any]], user: User, today: date, *, may_quote: bool
) -> list[dict[str, Any]]:
    """The other units on the clause of ``entry``, in the document's order, with what they have handed in.

    ``parties`` are those of ``parties_of``. ``may_quote`` says whether the form is open to take a quotation.
    """
    written = {other["progress"]: other["entry"] for other in others_of(entry.clause, entry.year, user, today, parties)}
    asked = {request.asked_id: request for request in _open_requests(entry)}
    may_ask = can_ask_input(user, entry)
    rows = []
    for party in parties:
        # Names of a year that was never opened have no rows.
        if party.get("progress") in (None, entry.pk):
            continue
        request = asked.get(party["progress"])
        text = written.get(party["progress"])
        rows.append(
            {
                **party,
                "knows_text": _knows_text(party),
                "entry": text,
                "can_quote": may_quote and text is not None and entry.role == ResponsibilityRole.LEAD,
                "request": _request(request, today, may_ask=may_ask) if request is not None else None,
                "can_be_asked": may_ask
                and request is None
                and party["role"] == ResponsibilityRole.COOPERATING
                and party["state"] in EntryState.outstanding(),
            }
        )
    return rows


def _knows_text(party: dict[str, Any]) -> str:
    if party["role"] != ResponsibilityRole.COOPERATING:
        return ""
    if party["knows"] is None:
        return _("未确认知悉")
    return _("%(day)s知悉") % {"day": date_format(timezone.localtime(party["knows"]), "MONTH_DAY_FORMAT")}


def summary_of(partners: list[dict[str, Any]]) -> str:
    """「其他负责单位 2 家，已报 1；配合单位 5 家，已报 2，已知悉 3」: who has written, for who leads."""
    parts = []
    for role, label in (
        (ResponsibilityRole.LEAD, _("其他负责单位%(count)d家，已报%(filed)d")),
        (ResponsibilityRole.COOPERATING, _("配合单位%(count)d家，已报%(filed)d，已知悉%(known)d")),
    ):
        of_role = [party for party in partners if party["role"] == role and party["state"] != EntryState.CLOSED]
        if of_role:
            filed = sum(party["state"] in EntryState.shared() for party in of_role)
            known = sum(party["knows"] is not None for party in of_role)
            parts.append(label % {"count": len(of_role), "filed": filed, "known": known})
    return _("；").join(parts)


def _open_requests(entry: Progress) -> list[InputRequest]:
    return list(InputRequest.objects.open().filter(progress=entry).select_related("created_by"))


def _request(request: InputRequest, today: date, *, may_ask: bool) -> dict[str, Any]:
    return {
        "message": request.message,
        "due_on": request.due_on,
        "by": str(request.created_by),
        "light": light_of(EntryState.OPEN, request.due_on, today),
        "cancel_url": reverse("reporting:input_cancel", args=[request.pk]) if may_ask else "",
    }


def asked_of(user: User, year: int, today: date, *, entry: Progress | None = None) -> list[dict[str, Any]]:
    """What the person's units were asked for and may still hand in, the most urgent first; one query.

    ``entry`` narrows it to what was asked of one entry.
    """
    is_over = Year.objects.filter(conference=OuterRef("conference"), year=year, state=YearState.CLOSED)
    requests = (
        InputRequest.objects.visible_to(user)
        .open()
        .filter(~Exists(is_over))
        .filter(asked__department__in=access_of(user).departments, asked__year=year)
        .exclude(Q(asked__state=EntryState.CLOSED) | Q(progress__state=EntryState.CLOSED))
        .select_related("asked__clause", "progress__department", "created_by")
        .order_by("due_on", "pk")
    )
    if entry is not None:
        requests = requests.filter(asked=entry)
    return [
        {
            "path": request.asked.clause.spoken_path,
            "url": reverse("reporting:progress", args=[request.asked_id]),
            "who": str(request.progress.department),
            "by": str(request.created_by),
            "message": request.message,
            "due_on": request.due_on,
            "light": light_of(request.asked.state, request.due_on, today),
            "days_left_text": days_left_text(request.due_on, today),
            "can_write": can_write(user, request.asked),
        }
        for request in requests
    ]


def to_acknowledge(user: User, entries: Iterable[Progress]) -> list[Progress]:
    """Of the units' own ``entries``, those whose cooperating part nobody has said to know of yet."""
    liaison_of = access_of(user).liaison_of
    return [
        entry
        for entry in entries
        if entry.department_id in liaison_of
        and entry.role == ResponsibilityRole.COOPERATING
        and entry.acknowledged_at is None
        and entry.state != EntryState.CLOSED
    ]


def cooperation_text(entries: Iterable[Progress]) -> str:
    """「配合5，已知悉3」 of a unit's own entries in force; empty where it cooperates on nothing."""
    cooperating = [entry for entry in entries if entry.role == ResponsibilityRole.COOPERATING]
    if not cooperating:
        return ""
    known = Counter(entry.acknowledged_at is not None for entry in cooperating)[True]
    return _("配合%(count)d，已知悉%(known)d") % {"count": len(cooperating), "known": known}


def quotation(source: Progress) -> dict[str, str]:
    """What a lead's form gets of another unit's entry, field by field, under that unit's name and as written.

    Numbers come as words: each is counted once, where its own unit reports it.
    """
    name = f"（{source.department.name}）"
    quoted = {
        field: f"{name}{text}"
        for field in ("work_done", "problems", "next_steps")
        if (text := getattr(source, field).strip())
    }
    figures = "；".join(
        f"{figure.name}{number_text(figure.as_written, figure.unit)}"
        for figure in source.figures.all()
        if figure.as_written
    )
    if figures:
        quoted["work_done"] = f"{quoted.get('work_done', name)}\n数据：{figures}。".strip()
    return quoted
