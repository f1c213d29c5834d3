"""The editor of a report: its sections with what was compiled and what was written last year beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments.access import access_of
from departments.models import Conference, Event, User
from departments.models.events import INSIDE_UNIT
from reporting.documents.reports import printed
from reporting.forms.reports import ReportForm
from reporting.models import AnnualReport, Filing, ReportSection, Year
from reporting.models.reports import FilingQuerySet
from reporting.pages.entry import duty_context
from reporting.pages.entry import locked_text as locked_text_of_entry
from reporting.pages.office import office_tabs
from reporting.pages.over import over_text
from reporting.pages.papers import differences
from reporting.pages.rows import trail_rows
from reporting.pages.thread import events_of
from reporting.report_structure import numbered
from reporting.services.report_changes import changed_since_compiled, missing_reports
from reporting.services.report_handing_in import Lacking
from reporting.services.report_writing import HEAD_FIELDS, StaleReport
from reporting.services.signing import Signature
from reporting.snapshots import MalformedSnapshot, Snapshot

_MOST_EVENTS = 100


# --- Its sections -----------------------------------------------------------------------------------------------------


def section_rows(
    sections: Sequence[ReportSection], before: dict[str, str], form: ReportForm | None
) -> list[dict[str, Any]]:
    """Every section in its order, numbered as in the document if all of them had texts."""
    return [
        {
            "pk": section.pk,
            "key": section.key,
            "anchor": f"s{section.pk}",
            "number": number,
            "level": section.level,
            "heading": section.heading,
            "body": section.body,
            "field": form.field_of(section) if form is not None and section in form.sections else None,
            "compiled": section.compiled_body,
            "is_edited": bool(section.compiled_body) and section.body != section.compiled_body,
            "state_text": state_of(section),
            "last_year": before.get(section.key, ""),
            "url": reverse("reporting:report_section", args=[section.report_id, section.pk]),
        }
        for number, section in numbered(sections)
    ]


def state_of(section: ReportSection) -> str:
    """Who wrote what stands there: compiling, a person, or nobody."""
    if not section.body:
        return _("空")
    if not section.compiled_body:
        return _("人工填写")
    return _("汇编") if section.body == section.compiled_body else _("已人工修改")


def last_year_of(report: AnnualReport, sections: Sequence[ReportSection]) -> dict[str, str]:
    """What the same unit, or conference, filed the year before, by the key of the section. One query.

    Another plan may count its chapters and clauses otherwise: of these the heading says which is the same one.
    """
    before = Filing.objects.filter(
        report__conference=report.conference_id,
        report__department=report.department_id,
        report__year=report.year - 1,
        withdrawn_at=None,
    )
    stored = before.order_by("-filed_at", "-pk").values_list("snapshot", flat=True).first()
    try:
        filed = Snapshot.from_json(stored).sections if stored else ()
    except MalformedSnapshot:
        return {}
    of_key = {section.key: section for section in filed}
    of_heading = {(_kind_of(section.key), section.heading): section for section in filed}
    headings = {(_kind_of(section.key), section.heading) for section in sections}
    found = {}
    for section in sections:
        kind, numbered_alike = _kind_of(section.key), of_key.get(section.key)
        same = of_heading.get((kind, section.heading)) if kind else None
        if same is None and numbered_alike is not None:
            # Reworded, or not the same at all: then its own heading stands elsewhere.
            same = numbered_alike if not kind or (kind, numbered_alike.heading) not in headings else None
        found[section.key] = same.body if same is not None else ""
    return found


def _kind_of(key: str) -> str:
    """``chapter`` and ``clause`` of what the plan numbers; nothing of what every report has."""
    kind, separator, _path = key.partition(":")
    return kind if separator else ""


def empty_parts(report: AnnualReport) -> list[str]:
    """The headings of the first level below which nothing stands: they will not be printed."""
    sections = list(report.sections.order_by("position", "pk"))
    shown = {section.pk for section in printed(sections)}
    return [section.heading for section in sections if section.level == 1 and section.pk not in shown]


def conflict_of(stale: StaleReport, form: ReportForm, report: AnnualReport) -> dict[str, Any]:
    """Both texts of whatever two people have written at once."""
    mine, headings = form.bodies(), {section.pk: section.heading for section in form.sections}
    pairs: list[tuple[Any, str, str]] = [
        (headings[pk], section.body if section is not None else _("（这一节已不在报告中）"), mine[pk])
        for pk, section in stale.sections.items()
    ]
    head = form.head()
    if stale.head is not None and head is not None:
        pairs += [
            (form.fields[name].label, str(getattr(stale.head, name) or ""), str(getattr(head, name) or ""))
            for name in HEAD_FIELDS
        ]
    current = AnnualReport.objects.select_related("updated_by").get(pk=report.pk)
    return differences(current, pairs)


# --- What stands around it --------------------------------------------------------------------------------------------


def frame_of(report: AnnualReport, user: User) -> dict[str, Any]:
    """What stands around the text: the duty with its deadline, rounds and notes, and what happened.

    ``report`` may be unsaved: nobody has begun it. A report that no duty asks for has the same names with nothing.
    """
    duty, of_unit = report.duty, report.department_id is not None
    tabs = [] if of_unit else tabs_of(report.conference, report.year, user)
    context = (
        duty_context(duty, user, timezone.localdate())
        if duty is not None
        else _NO_DUTY
        | {
            "unit": report.conference,
            "events": trail_rows(_events_of(report)),
        }
    )
    if duty is not None and report.pk is not None:
        # The report's own events among those of its duty.
        events = sorted([*events_of(duty), *_events_of(report)], key=lambda event: event.pk, reverse=True)
        context["events"] = trail_rows(events, without=() if inside(user, report) else INSIDE_UNIT)
    if duty is not None and not inside(user, report):
        # An auditor of the conference reads its report; its files belong to the duty, which is the office's.
        context["attachments"] = []
    if tabs:
        board = reverse("reporting:board", args=[report.conference.code, report.year])
        context["trail"] = [{"label": _("看板"), "url": board}]
    elif not inside(user, report):
        # Who received it has no work of their own in it.
        context["trail"] = []
    saved_text = ""
    if report.updated_at:
        saved_text = _("%(who)s 保存于 %(at)s") % {
            "who": report.updated_by or "",
            "at": timezone.localtime(report.updated_at).strftime("%Y-%m-%d %H:%M"),
        }
    return context | {"report": report, "of_unit": of_unit, "year": report.year, "tabs": tabs, "saved_text": saved_text}


_NO_DUTY: dict[str, Any] = {
    "duty": None,
    "trail": [],
    "light": None,
    "late_text": "",
    "late_warning": "",
    "days_left_text": "",
    "extension": None,
    "basis": None,
    "notes": [],
    "rounds": [],
    "signature": Signature(),
    "sign_url": "",
    "withdraw_url": "",
    "attachments": [],
    "upload_url": "",
    "completeness": None,
    "completeness_warning": "",
}


def inside(user: User, report: AnnualReport) -> bool:
    """Whether the person belongs to who writes the report: the unit, or the office of the conference."""
    access = access_of(user)
    if report.department_id is not None:
        return report.department_id in access.departments
    return report.conference_id in access.office_of


def _events_of(report: AnnualReport) -> list[Event]:
    if report.pk is None:
        return []
    return list(Event.objects.of(report).select_related("actor")[:_MOST_EVENTS])


def locked_text(report: AnnualReport, live: Filing | None) -> str:
    """Why the text stands still; empty while it can be written."""
    over = over_text(report.conference_id, report.year)
    if not over and report.duty is not None:
        over = over_text(report.duty.conference_id, report.year)
    if over:
        return over
    if report.duty is None:
        return _("已经定稿，不能修改；如需修改请先重新打开。") if live is not None else ""
    return locked_text_of_entry(report.duty)


def filing_rows(filings: Sequence[Filing]) -> list[dict[str, Any]]:
    """Every time that it was filed, the newest first. Needs ``filed_by`` and ``signed_by`` loaded."""
    return [
        {
            "round_text": _("第%(number)d次") % {"number": filing.round},
            "receipt": filing.receipt_number,
            "at": filing.filed_at,
            "by": str(filing.filed_by),
            "signed_by": str(filing.signed_by or ""),
            "is_late": filing.is_late,
            "is_withdrawn": filing.withdrawn_at is not None,
            "url": reverse("reporting:filing", args=[filing.pk]),
        }
        for filing in filings
    ]


def filings_of(report: AnnualReport, user: User) -> list[Filing]:
    """The report's filings that the person may see, without their contents."""
    visible: FilingQuerySet = report.filings.visible_to(user)
    return list(visible.defer("snapshot").select_related("filed_by", "signed_by").order_by("-round"))


def lacking_rows(lacking: Lacking | None, report: AnnualReport) -> dict[str, Any] | None:
    """What keeps the report from being handed in, with the way to each number."""
    if not lacking:
        return None
    return {
        "has_no_text": lacking.has_no_text,
        "figures": [{"name": str(one.indicator), "reason": one.reason} for one in lacking.figures],
        "figures_url": figures_url(report),
    }


def changes_text(report: AnnualReport) -> str:
    """That the text is older than what it was compiled from; empty where it is not. For a report that can be written."""
    changed = changed_since_compiled(report)
    if not changed or changed.since is None:
        return ""
    parts = []
    if number := changed.entries:
        parts.append(ngettext("%(count)d条进展", "%(count)d条进展", number) % {"count": number})
    if number := changed.sheets:
        parts.append(ngettext("%(count)d份数据表", "%(count)d份数据表", number) % {"count": number})
    if number := changed.reports:
        parts.append(ngettext("%(count)d份年度报告", "%(count)d份年度报告", number) % {"count": number})
    return _("汇编（%(at)s）之后，有%(what)s有改动；正文仍是当时的内容，附表按现在的数据。") % {
        "at": timezone.localtime(changed.since).strftime("%Y-%m-%d %H:%M"),
        "what": _("、").join(parts),
    }


def missing_text(report: AnnualReport) -> str:
    """Whose reports are not in a conference's report; empty where all are, and for a unit's."""
    missing = missing_reports(report)
    if not missing:
        return ""
    parts = []
    if number := missing.units:
        parts.append(ngettext("%(count)d个成员单位", "%(count)d个成员单位", number) % {"count": number})
    if number := missing.districts:
        parts.append(ngettext("%(count)d个区县", "%(count)d个区县", number) % {"count": number})
    return _("还有%(who)s未报送年度报告，本报告中没有这些报告的内容。") % {"who": _("、").join(parts)}


def figures_url(report: AnnualReport, *, has_year: bool = False) -> str:
    """Where the report's numbers are: the unit's sheet, or the sums of a conference whose year is open."""
    if report.department is not None:
        return reverse("reporting:figures", args=[report.year, report.department.code])
    return reverse("reporting:figure_sums", args=[report.conference.code, report.year]) if has_year else ""


def tabs_of(conference: Conference, year: int, user: User) -> list[dict[str, Any]]:
    """The rooms of the office, for whoever is in it, once its year is open."""
    access = access_of(user)
    if conference.pk not in access.office_of | access.auditor_of:
        return []
    if not Year.objects.filter(conference=conference, year=year).exists():
        return []
    return office_tabs(conference.code, year, "conference_report")


def editor_url(report: AnnualReport) -> str:
    """Where the report is written: at the duty of a unit, in the office's rooms for a conference."""
    if report.department_id is not None and report.duty_id is not None:
        return reverse("reporting:duty", args=[report.duty_id])
    has_year = Year.objects.filter(conference=report.conference_id, year=report.year).exists()
    if has_year or report.duty_id is None:
        return reverse("reporting:conference_report", args=[report.conference.code, report.year])
    return reverse("reporting:duty", args=[report.duty_id])
