"""Rows of lists: one measure of one unit, one duty, one event, one file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.models import Event
from measures.enums import ClauseKind, ResponsibilityRole
from measures.models import Clause
from reporting.enums import EntryState
from reporting.lights import days_left_text, extended_text, late_text, light_of
from reporting.models import Attachment, Duty, Progress

_EXCERPT = 60
_MOST_EVENTS = 50


def excerpt_of(clause: Clause) -> str:
    """The first words of a clause's text, cut at a sentence where one ends early enough."""
    text = clause.text
    if len(text) <= _EXCERPT:
        return text
    stop = text.find("。", 20, _EXCERPT)
    return text[: stop + 1] if stop > 0 else text[:_EXCERPT] + "…"


def moment_text(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%m-%d %H:%M") if moment else ""


def role_text(progress: Progress, first: int | None) -> str:
    """负责, 配合, or 第一责任 where the unit is ``first`` among several leads (services.cooperation.first_leads)."""
    if progress.role == ResponsibilityRole.LEAD and progress.department_id == first:
        return _("第一责任")
    return progress.get_role_display()


def progress_row(
    progress: Progress,
    due_on: date | None,
    today: date,
    url: str,
    *,
    is_own: bool,
    first: int | None = None,
    is_over: bool = False,
) -> dict[str, Any]:
    """One row of a list of measures. Needs ``clause`` loaded, and ``with_standing()``.

    How the work goes (``state_text``) is a part of what the unit writes: to others it shows once it is handed in.
    """
    readable = progress.state != EntryState.OPEN if is_own else progress.state in EntryState.shared()
    clause = progress.clause
    return {
        "path": clause.spoken_path,
        "label": clause.label,
        "heading": clause.heading,
        "excerpt": excerpt_of(clause),
        "role_text": role_text(progress, first),
        "is_lead": progress.role == ResponsibilityRole.LEAD,
        "light": light_of(progress.standing, due_on, today, is_over=is_over),
        "late_text": late_text(progress.first_submitted_at, due_on),
        "state_text": progress.get_status_display() if readable else "",
        "updated_text": moment_text(progress.updated_at),
        "reason": progress.return_reason,
        "url": url,
    }


def duty_row(
    duty: Duty, today: date, url: str | None, *, can_act: bool, granted: int = 0, is_over: bool = False
) -> dict[str, Any]:
    """One row of a list of duties; ``granted`` is how often its deadline was moved (services.extensions.count_for)."""
    action = ""
    if can_act and duty.is_editable and not is_over:
        action = _("填写报送") if duty.state == EntryState.OPEN else _("继续填写")
    return {
        "title": duty.title,
        "due_on": duty.due_on,
        "days_left_text": "" if is_over or duty.state in EntryState.shared() else days_left_text(duty.due_on, today),
        "extended_text": extended_text(duty.planned_on, duty.due_on, granted),
        "light": light_of(duty.state, duty.due_on, today, is_over=is_over),
        "late_text": late_text(duty.first_submitted_at, duty.due_on),
        "url": url,
        "recipients": duty.recipients,
        "state_text": "",
        "action_text": action,
        "reason": duty.return_reason,
        # A returned duty stands in one list with returned measures.
        "path": "",
        "label": duty.title,
        "heading": "",
        "excerpt": "",
    }


def by_chapter(rows: Iterable[tuple[Clause, dict[str, Any]]], titles: dict[str, str]) -> list[dict[str, Any]]:
    """Group rows by chapter in the document's order, leads first within each chapter."""
    chapters: dict[str, list[dict[str, Any]]] = {}
    for clause, row in rows:
        chapters.setdefault(clause.chapter, []).append(row)
    return [
        {"title": titles.get(chapter, chapter), "rows": sorted(group, key=lambda row: not row["is_lead"])}
        for chapter, group in chapters.items()
    ]


def chapter_titles(version_ids: Iterable[int]) -> dict[str, str]:
    """「二」 → 「二、预防犯罪」, of the clauses at the top of the given versions."""
    tops = Clause.objects.filter(version__in=set(version_ids), parent=None).order_by("position")
    tops = tops.exclude(kind__in=(ClauseKind.FRONT, ClauseKind.PREAMBLE, ClauseKind.BACK))
    return {clause.path: f"{clause.label}{clause.heading}".strip() or clause.path for clause in tops}


def event_row(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "who": str(event.actor) if event.actor else _("系统"),
        "action_text": event.get_action_display(),
        "reason": event.reason,
    }


def trail_rows(events: Iterable[Event], *, without: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The newest of ``events``, but for acts that whoever reads the page is not to see."""
    hidden = set(without)
    return [event_row(event) for event in events if event.action not in hidden][:_MOST_EVENTS]


def trail_of(row: Progress | Duty) -> list[dict[str, Any]]:
    """The events of one entry, newest first."""
    return [event_row(event) for event in Event.objects.of(row).select_related("actor")[:_MOST_EVENTS]]


def file_row(attachment: Attachment, *, can_delete: bool) -> dict[str, Any]:
    day = date_format(timezone.localtime(attachment.uploaded_at), "Y-m-d")
    return {
        "name": attachment.name,
        "url": reverse("reporting:attachment", args=[attachment.key]),
        "size_text": filesizeformat(attachment.size),
        "added_text": f"{attachment.uploaded_by} {day}",
        "delete_url": reverse("reporting:attachment_delete", args=[attachment.key]) if can_delete else "",
    }


def with_files() -> Prefetch[str]:
    """For ``prefetch_related``: the files of many entries with who added them, as ``file_row`` needs them. One query."""
    return Prefetch("attachments", Attachment.objects.select_related("uploaded_by"))


def files_of(entry: Progress | Duty, *, can_delete: bool) -> list[dict[str, Any]]:
    return [
        file_row(attachment, can_delete=can_delete) for attachment in entry.attachments.select_related("uploaded_by")
    ]


def number_text(as_written: str, unit: str) -> str:
    """「约120场」: a number with its unit, said once."""
    return as_written if not as_written or as_written.endswith(unit) else f"{as_written}{unit}"


def entry_text(progress: Progress) -> dict[str, Any]:
    """What a unit wrote, to be read. Needs ``figures`` loaded or loads them."""
    return {
        "status_text": progress.get_status_display(),
        "work_done": progress.work_done,
        "problems": progress.problems,
        "next_steps": progress.next_steps,
        "figures": [
            {"name": figure.name, "value": figure.as_written, "unit": figure.unit} for figure in progress.figures.all()
        ],
    }
