"""审核: everything that waits for the office of one year, the oldest first, with words enough to decide on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from departments.models import Conference, User
from measures.enums import ObligationKind
from reporting.enums import DUTY_KINDS
from reporting.lights import late_text
from reporting.models import Duty, Progress
from reporting.pages.filters import Filters
from reporting.pages.rows import entry_text, excerpt_of, file_row, moment_text, role_text, with_files
from reporting.permissions import can_review, touched_by
from reporting.services.cooperation import first_leads

_ALL: list[tuple[str, Any]] = [("", _("全部"))]
# So much of what was written stands in the row; the rest is folded below it.
_EXCERPT = 90
PROGRESS, DUTIES = "progress", "duty"
Key = tuple[str, int]


class QueueFilters(Filters):
    unit = forms.ChoiceField(label=_("谁报"), required=False)
    kind = forms.ChoiceField(label=_("种类"), required=False)
    chapter = forms.ChoiceField(label=_("章"), required=False)

    def __init__(self, data: Any, chapters: dict[str, str], owners: dict[str, str]) -> None:
        super().__init__(data)
        kinds = [(PROGRESS, _("措施进展")), *((kind.value, kind.label) for kind in DUTY_KINDS)]
        for name, choices in (("unit", owners.items()), ("kind", kinds), ("chapter", chapters.items())):
            self.fields[name].choices = [*_ALL, *choices]  # type: ignore[attr-defined]


@dataclass(slots=True)
class Waiting:
    """What waits, by kind and id, the oldest first, and who handed it in (code → name) before anything was narrowed."""

    keys: list[Key] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)


def waiting_in(conference: Conference, year: int, user: User, narrowed: QueueFilters | None = None) -> Waiting:
    """What has been handed in to the conference and not been decided on, narrowed by filters. Two queries."""
    progress = Progress.objects.visible_to(user).filter(conference=conference, year=year).awaiting_review()
    duties = Duty.objects.visible_to(user).filter(conference=conference, year=year).awaiting_review()
    if narrowed is not None:
        progress, duties = _narrow(narrowed, progress, duties)
    found: list[tuple[datetime | None, str, int, str, str]] = [
        (at, PROGRESS, pk, code, name)
        for at, pk, code, name in progress.order_by().values_list(
            "submitted_at", "pk", "department__code", "department__name"
        )
    ]
    found += [
        (at, DUTIES, pk, code or other, name or short)
        for at, pk, code, name, other, short in duties.order_by().values_list(
            "submitted_at",
            "pk",
            "department__code",
            "department__name",
            "obliged_conference__code",
            "obliged_conference__short_name",
        )
    ]
    # Rows from before there was a moment of handing in stand first.
    found.sort(key=lambda one: (one[0].timestamp() if one[0] else 0.0, one[1], one[2]))
    owners = sorted({(code, name) for _at, _kind, _pk, code, name in found}, key=lambda owner: owner[1])
    return Waiting([(kind, pk) for _at, kind, pk, _code, _name in found], dict(owners))


def _narrow(filters: QueueFilters, progress: Any, duties: Any) -> tuple[Any, Any]:
    if unit := filters.value("unit"):
        progress = progress.filter(department__code=unit)
        duties = duties.filter(Q(department__code=unit) | Q(obliged_conference__code=unit))
    if chapter := filters.value("chapter"):
        progress = progress.filter(Q(clause__path=chapter) | Q(clause__path__startswith=f"{chapter}/"))
        duties = duties.none()
    match filters.value("kind"):
        case "":
            pass
        case "progress":
            duties = duties.none()
        case kind:
            progress, duties = progress.none(), duties.filter(kind=kind)
    return progress, duties


def entries_of(keys: Iterable[Key], user: User) -> list[Progress | Duty]:
    """The entries with these keys, in their order, with all that a row shows. A constant number of queries."""
    keys = list(keys)
    progress = (
        Progress.objects.visible_to(user)
        .filter(pk__in=[pk for kind, pk in keys if kind == PROGRESS])
        .with_standing()
        .select_related("clause", "department", "submitted_by", "signed_by")
        .prefetch_related("figures", with_files())
    )
    duties = (
        Duty.objects.visible_to(user)
        .filter(pk__in=[pk for kind, pk in keys if kind == DUTIES])
        .select_related("department", "obliged_conference", "conference", "submitted_by", "signed_by")
        .prefetch_related(with_files())
    )
    found: dict[Key, Progress | Duty] = {(PROGRESS, entry.pk): entry for entry in progress}
    found |= {(DUTIES, entry.pk): entry for entry in duties}
    return [found[key] for key in keys if key in found]


def reviewable(user: User, entries: Iterable[Progress | Duty]) -> set[Key]:
    """The keys of those that the person may review. Two queries, one where there is one kind."""
    entries = list(entries)
    may: set[Key] = set()
    for kind, model in ((PROGRESS, Progress), (DUTIES, Duty)):
        of_kind = [entry for entry in entries if isinstance(entry, model)]
        touched = touched_by(user, of_kind)
        may |= {(kind, entry.pk) for entry in of_kind if can_review(user, entry, touched)}
    return may


def queue_rows(entries: list[Progress | Duty], user: User, year: int) -> list[dict[str, Any]]:
    """One row an entry: who, what, the first words, and all of it folded below."""
    may = reviewable(user, entries)
    progress = [entry for entry in entries if isinstance(entry, Progress)]
    due = Duty.objects.report_deadlines((entry.department_id for entry in progress), year)
    first = first_leads((entry.clause_id for entry in progress), year)
    rows = []
    for entry in entries:
        if isinstance(entry, Progress):
            row = _progress_row(entry, due.get(entry.department_id), first.get(entry.clause_id))
        else:
            row = _duty_row(entry)
        kind = str(entry._meta.model_name)
        may_review = (kind, entry.pk) in may
        rows.append(
            row
            | {
                "id": f"{kind}-{entry.pk}",
                # What is accepted is what was read: the version goes with the tick.
                "key": f"{kind}-{entry.pk}-{entry.lock_version}",
                "url": reverse(f"reporting:{kind}_review", args=[entry.pk]),
                "submitted_text": moment_text(entry.submitted_at),
                "submitted_by": str(entry.submitted_by or ""),
                "signed_by": str(entry.signed_by or ""),
                "files": [file_row(attachment, can_delete=False) for attachment in entry.attachments.all()],
                # What cannot be read here is not accepted here.
                "can_tick": may_review and row["excerpt"] != "",
                "may_review": may_review,
            }
        )
    return rows


def _progress_row(entry: Progress, due_on: date | None, first: int | None) -> dict[str, Any]:
    return {
        "unit": entry.department.name,
        "what": f"{entry.clause.spoken_path} {entry.clause.heading}".strip(),
        "clause_excerpt": excerpt_of(entry.clause),
        "role_text": role_text(entry, first),
        "excerpt": _shortened(entry.work_done),
        "entry": entry_text(entry),
        "statement": "",
        "late_text": late_text(entry.first_submitted_at, due_on),
        "is_report": False,
    }


def _duty_row(entry: Duty) -> dict[str, Any]:
    is_report = entry.kind == ObligationKind.ANNUAL_REPORT
    return {
        "unit": str(entry.owner),
        "what": entry.title,
        "clause_excerpt": "",
        "role_text": "",
        # A report is written in sections and read on its own page.
        "excerpt": "" if is_report else _shortened(entry.statement),
        "entry": None,
        "statement": "" if is_report else entry.statement,
        "late_text": late_text(entry.first_submitted_at, entry.due_on),
        "is_report": is_report,
    }


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]}…"
