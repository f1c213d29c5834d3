"""Meetings as pages show them: one in a list, who came, and the duties to hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import AttendanceKind, EntryState, MeetingState
from reporting.lights import Light, light_of
from reporting.models import Attendance, Duty, Meeting, Year

_FILED = Light("darkgreen", MeetingState.FILED.label)
_CANCELLED = Light("grey", MeetingState.CANCELLED.label)
_PLANNED = Light("blue", MeetingState.PLANNED.label)


def light_of_meeting(meeting: Meeting, today: date) -> Light:
    """Planned, waiting for its minutes once the day has come, filed or cancelled."""
    if meeting.state == MeetingState.FILED:
        return _FILED
    if meeting.state == MeetingState.CANCELLED:
        return _CANCELLED
    return Light("yellow", _("待归档纪要")) if meeting.held_on < today else _PLANNED


def meeting_row(meeting: Meeting, today: date) -> dict[str, Any]:
    return {
        "title": meeting.title,
        "kind_text": meeting.get_kind_display(),
        "held_on": meeting.held_on,
        "place": meeting.place,
        "chair": meeting.chair,
        "light": light_of_meeting(meeting, today),
        "url": reverse("reporting:meeting", args=[meeting.pk]),
    }


def cancel_reason_of(meeting: Meeting) -> str:
    """Why it was cancelled, for everybody who was told that it would be held."""
    if meeting.state != MeetingState.CANCELLED:
        return ""
    event = Event.objects.of(meeting).filter(action=Action.CANCEL_MEETING).first()
    return event.reason if event is not None else ""


def attendance_rows(rows: Iterable[Attendance]) -> list[dict[str, Any]]:
    """Who came, to be read."""
    return [{"unit": str(row.department), "kind_text": row.get_kind_display(), "note": row.note} for row in rows]


def attendance_text(rows: Iterable[Attendance]) -> str:
    """「出席 30、请假 2」: in the order of the choices, without what nobody is."""
    counts = Counter(row.kind for row in rows)
    found = ((kind.label, counts[kind]) for kind in AttendanceKind if counts[kind])
    return "、".join(f"{label} {number}" for label, number in found)


def duty_notes(duties: Iterable[Duty], today: date) -> list[dict[str, Any]]:
    """The duties of the conference that this page meets, each with how it stands."""
    return [
        {
            "title": duty.title,
            "due_on": duty.due_on,
            "light": light_of(duty.state, duty.due_on, today),
            "url": reverse("reporting:duty", args=[duty.pk]),
        }
        for duty in duties
    ]


# The page of the office's year on which a duty of this kind is met.
_ROOMS = {
    ObligationKind.MEETING: "meetings",
    ObligationKind.STAGE_ASSESSMENT: "assessments",
    ObligationKind.FINAL_ASSESSMENT: "assessments",
}


def minutes_that_met(duty: Duty) -> dict[str, Any] | None:
    """The filed minutes that met a duty, for the office that it is owed to: that is what it may reopen the duty for.

    None for other duties, and where no minutes were filed. One query for a duty to hold a meeting.
    """
    if duty.kind != ObligationKind.MEETING:
        return None
    met = duty.meetings.filter(state=MeetingState.FILED).order_by("pk").last()
    if met is None:
        return None
    where = "，".join(filter(None, [date_format(met.held_on, "DATE_FORMAT"), met.place]))
    return {"title": met.title, "where": where, "chair": met.chair, "agenda": met.agenda, "minutes": met.minutes}


def room_of(duty: Duty) -> dict[str, str] | None:
    """Where a duty of the conference is met by what is done there, or what has met it: ``url``, ``label``, ``text``.

    None for other duties, and where the conference has not opened the year.
    """
    owner = duty.obliged_conference
    if owner is None or duty.kind not in _ROOMS:
        return None
    name = _ROOMS[ObligationKind(duty.kind)]
    if duty.state == EntryState.ACCEPTED:
        page, rows = ("meeting", duty.meetings) if name == "meetings" else ("assessment", duty.assessments)
        met = rows.order_by("pk").last()
        if met is None:
            return None
        return {"url": reverse(f"reporting:{page}", args=[met.pk]), "label": met.title, "text": _("本事项办结于：")}
    if not duty.is_editable or not Year.objects.filter(conference=owner, year=duty.year).exists():
        return None
    url = reverse(f"reporting:{name}", args=[owner.code, duty.year])
    if name == "meetings":
        text = _("在「会议」中登记会议并归档纪要，本事项即办结，不用另行填写。")
        return {"url": url, "label": _("去会议"), "text": text}
    text = _("在「评估」中完成评估并公布，本事项即办结，不用另行填写。")
    return {"url": url, "label": _("去评估"), "text": text}
