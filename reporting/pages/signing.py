"""待签批: everything of a unit that waits for its head, to be read on one page with last year's beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models import Department, User
from measures.enums import ObligationKind
from reporting.documents.page import page_of
from reporting.documents.reports import document_of
from reporting.enums import EntryState
from reporting.lights import days_left_text, light_of
from reporting.models import Duty, Progress
from reporting.pages.clauses import last_years_of
from reporting.pages.entry import late_warning
from reporting.pages.rows import entry_text, excerpt_of, file_row, role_text, with_files
from reporting.permissions import signable
from reporting.services.cooperation import first_leads
from reporting.services.reports import report_of


def waiting_of(user: User, department: Department, year: int) -> tuple[list[Duty], list[Progress]]:
    """The unit's duties and measures of a year that wait for the signature. Texts, figures and files loaded."""
    duties = (
        Duty.objects.visible_to(user)
        .filter(department=department, year=year, state=EntryState.TO_SIGN)
        .with_year()
        .select_related("department", "updated_by")
        .prefetch_related(with_files())
    )
    progress = (
        Progress.objects.visible_to(user)
        .filter(department=department, year=year, state=EntryState.TO_SIGN)
        .with_standing()
        .with_year()
        .select_related("clause", "department", "updated_by")
        .prefetch_related("figures", with_files())
        .order_by("clause__version", "clause__position")
    )
    return list(duties), list(progress)


def signing_rows(
    user: User, department: Department, duties: list[Duty], progress: list[Progress], today: date
) -> list[dict[str, Any]]:
    """One block an entry, reports first, in a number of queries that does not grow with them."""
    year = next((entry.year for entry in [*duties, *progress]), today.year)
    may_sign = {"duty": signable(user, duties), "progress": signable(user, progress)}
    due_on = Duty.objects.report_deadlines([department.pk], year).get(department.pk)
    first = first_leads((entry.clause_id for entry in progress), year)
    before = last_years_of(progress, user)
    said = _last_statements(duties)
    rows = [
        _row(entry, entry.due_on, today, may_sign["duty"])
        | {
            "title": entry.title,
            "subtitle": "",
            "clause_text": "",
            "entry": None,
            "statement": entry.statement,
            "document": _document_of(entry),
            "last_statement": said.get(entry.kind, ""),
            "last_year": None,
        }
        for entry in duties
    ]
    rows += [
        _row(entry, due_on, today, may_sign["progress"])
        | {
            "title": f"{entry.clause.spoken_path} {entry.clause.heading}".strip(),
            "subtitle": role_text(entry, first.get(entry.clause_id)),
            "clause_text": excerpt_of(entry.clause),
            "entry": entry_text(entry),
            "statement": "",
            "document": None,
            "last_statement": "",
            "last_year": before.get(entry.pk),
        }
        for entry in progress
    ]
    return rows


def _row(entry: Duty | Progress, due_on: date | None, today: date, may_sign: set[int]) -> dict[str, Any]:
    kind = entry._meta.model_name
    return {
        "id": f"{kind}-{entry.pk}",
        # What is signed is what was read: the version goes with the tick.
        "key": f"{kind}-{entry.pk}-{entry.lock_version}",
        "year": entry.year,
        "url": reverse(f"reporting:{kind}", args=[entry.pk]),
        "by_text": _("%(who)s填写") % {"who": entry.updated_by} if entry.updated_by else "",
        "light": light_of(entry.state, due_on, today, is_over=entry.is_over),
        "days_left_text": days_left_text(due_on, today) if due_on is not None and not entry.is_over else "",
        "late_warning": late_warning(due_on, today) if not (entry.first_submitted_at or entry.is_over) else "",
        "files": [file_row(attachment, can_delete=False) for attachment in entry.attachments.all()],
        "may_sign": entry.pk in may_sign,
    }


def _document_of(entry: Duty) -> dict[str, Any] | None:
    """The report that is to be signed, as it will be printed; None for a duty that a text of its own answers.

    A unit owes one report a year: what composing it costs does not grow with the page.
    """
    report = report_of(entry) if entry.kind == ObligationKind.ANNUAL_REPORT else None
    return page_of(document_of(report)) if report is not None else None


def _last_statements(duties: Iterable[Duty]) -> dict[str, str]:
    """Kind → what the unit reported the year before. One query, or none."""
    duties = list(duties)
    if not duties:
        return {}
    before = Duty.objects.filter(
        department=duties[0].department_id, year=duties[0].year - 1, kind__in={duty.kind for duty in duties}
    ).exclude(statement="")
    return dict(before.order_by("due_on").values_list("kind", "statement"))
