"""汇编: writing a report from the year's entries, figures and the reports below it, without touching what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from departments.models import Conference, DepartmentName, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, Progress, ReportSection
from reporting.models.entries import DutyQuerySet
from reporting.report_structure import WORK, Part
from reporting.services.cooperation import first_leads
from reporting.services.report_writing import hold, note_hand, plain
from reporting.services.reports import (
    addressee_of,
    conference_report_for,
    conference_report_of,
    report_for,
    report_of,
    signatory_of,
    title_of,
)
from reporting.services.weaving import Woven, weave_conference, weave_reports, weave_unit
from reporting.services.weaving_districts import weave_districts

_CHAPTER = "chapter:"


@dataclass(slots=True)
class Compiled:
    """What compiling did: sections written anew, and those that a person had written and that it left alone."""

    written: int = 0
    kept: int = 0


@transaction.atomic
def compile_report(report: AnnualReport, *, by: User, overwrite: bool = False) -> Compiled:
    """Compile every section anew and say what was done.

    What compiling finds is kept beside each section (``compiled_body``). The section itself is written where it is
    empty or still what was compiled before; what a person wrote stays, unless ``overwrite``. A section whose source is
    gone goes too, unless a person wrote it. The head follows a unit's change of name as long as nobody wrote it.
    Raises WrongState for a locked report and YearIsOver.
    """
    held = hold(report)
    with translation.override(settings.LANGUAGE_CODE):
        wanted = woven(report)
    done = _write_sections(held, wanted, overwrite=overwrite)
    _follow_name(held)
    AnnualReport.objects.filter(pk=held.pk).update(compiled_at=timezone.now())
    note_hand(held, by=by)
    record(
        held,
        Action.COMPILE,
        by=by,
        conference=held.conference_id,
        department=held.department_id,
        detail={"written": done.written, "kept": done.kept},
    )
    return done


@transaction.atomic
def begin_report(duty: Duty | None, conference: Conference, year: int, *, by: User) -> AnnualReport:
    """Make the report of a duty, or of a conference's year, and compile it for the first time; two clicks make one.

    Raises WrongState (YearIsOver) where nothing can be written any more; no report is there then.
    """
    known = report_of(duty) if duty is not None else conference_report_of(conference, year)
    if known is not None:
        return known
    report = report_for(duty) if duty is not None else conference_report_for(conference, year)
    compile_report(report, by=by)
    return report


def woven(report: AnnualReport) -> list[Part]:
    """All sections of the report with what can be compiled for them now; nothing is written."""
    if report.department_id is not None:
        return weave_unit(report)
    more = weave_districts(report)
    entries = Progress.objects.in_force().filter(conference=report.conference_id, year=report.year)
    clauses = set(entries.order_by().values_list("clause", flat=True).distinct())
    owed = Duty.objects.reports().in_force().filter(conference=report.conference_id, year=report.year)
    owed = owed.exclude(department=None)
    if clauses:
        reports = _of_units(owed.filter(state=EntryState.ACCEPTED))
        leads = first_leads(clauses, report.year)
        return weave_conference(report, first_leads=leads, more=more, reports=reports)
    # No plan of its own, and so no entries: what its units have reported is what there is.
    units = len(set(owed.values_list("department", flat=True)))
    return weave_reports(report, _of_units(owed.filter(state__in=EntryState.shared())), owed=units, more=more)


def _of_units(owed: DutyQuerySet) -> dict[str, list[Woven]]:
    """The sections of units' reports by key, in the order of the conference's list; chapters count as the work."""
    rows = (
        ReportSection.objects.filter(report__duty__in=owed)
        .exclude(body="")
        .order_by("report__department__position", "report__department", "report", "position")
        .values_list("report__department", "key", "body")
    )
    found: dict[str, dict[int, list[str]]] = {}
    for unit, key, body in rows:
        key = WORK if key.startswith(_CHAPTER) else key
        found.setdefault(key, {}).setdefault(unit, []).append(body)
    return {key: [Woven(unit, "\n".join(bodies)) for unit, bodies in units.items()] for key, units in found.items()}


def _write_sections(report: AnnualReport, wanted: Sequence[Part], *, overwrite: bool) -> Compiled:
    done = Compiled()
    existing = {section.key: section for section in report.sections.order_by("position", "pk")}
    placed: list[ReportSection] = []
    for part in wanted:
        section = existing.pop(part.key, None)
        if section is None:
            section = ReportSection(conference_id=report.conference_id, report=report, key=part.key)
        text = plain(part.text)
        if overwrite or section.body in ("", section.compiled_body):
            if section.body != text:
                section.body = text
                section.lock_version += 1
                done.written += 1
        else:
            done.kept += section.body != text
        section.level, section.heading, section.compiled_body = part.level, part.heading, text
        placed.append(section)
    for section in existing.values():
        if section.body in ("", section.compiled_body):
            section.delete()
            continue
        # Nobody compiles it any more: what stands there is all a person's.
        section.compiled_body = ""
        placed.insert(_place_of(section, placed), section)
        done.kept += 1
    for position, section in enumerate(placed):
        section.position = position
    ReportSection.objects.bulk_create([section for section in placed if section.pk is None])
    ReportSection.objects.bulk_update(
        [section for section in placed if section.pk is not None],
        ["position", "level", "heading", "body", "compiled_body", "lock_version"],
    )
    return done


def _place_of(section: ReportSection, placed: Sequence[ReportSection]) -> int:
    """Where a section goes that nothing asks for: behind what stood before it and is still there."""
    before = [place for place, other in enumerate(placed) if other.pk and other.position < section.position]
    place = before[-1] + 1 if before else 0
    # Not between a chapter and what belongs to it.
    while place < len(placed) and placed[place].level > section.level:
        place += 1
    return place


def _follow_name(report: AnnualReport) -> None:
    """The unit has been renamed since the head was written for it, and nobody has written another."""
    duty = report.duty
    if duty is None or duty.department_id is None:
        return
    names = list(DepartmentName.objects.filter(department=duty.department_id).values_list("name", flat=True))
    known = {name: title_of(duty).replace(signatory_of(duty), name, 1) for name in names}
    title = title_of(duty) if report.title in known.values() else report.title
    signatory = signatory_of(duty) if report.signatory in known else report.signatory
    addressee = report.addressee or addressee_of(duty)
    if (title, signatory, addressee) != (report.title, report.signatory, report.addressee):
        AnnualReport.objects.filter(pk=report.pk).update(
            title=title, signatory=signatory, addressee=addressee, lock_version=F("lock_version") + 1
        )
