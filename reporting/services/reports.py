"""Reports as rows: which there is for a duty or a conference's year, made once, and whether it can be written."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from departments.models import Conference
from measures.enums import ClauseKind, ObligationKind
from measures.models import Clause
from reporting.documents.characters import clean
from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, Filing, Progress, ReportSection
from reporting.plain_text import as_people_see
from reporting.report_structure import OVERVIEW, Part, chapter_key, structure
from reporting.services.naming import day_of, names_on

_LONGEST_TITLE, _LONGEST_ADDRESSEE = 200, 300


def report_of(duty: Duty) -> AnnualReport | None:
    """The report that answers the duty, if anybody has begun it."""
    return AnnualReport.objects.filter(duty=duty).select_related(*_LOADED).first()


def conference_report_of(conference: Conference, year: int) -> AnnualReport | None:
    """The conference's own report of a year, if anybody has begun it: the one that answers its duty, where it has one."""
    duty = report_duty_of(conference, year)
    of_year = AnnualReport.objects.filter(conference=conference, department=None, year=year).select_related(*_LOADED)
    if duty is not None and (answering := of_year.filter(duty=duty).first()):
        return answering
    return of_year.filter(duty=None).first()


_LOADED = ("conference", "department", "duty__conference", "duty__obligation", "updated_by")


def report_duty_of(conference: Conference, year: int) -> Duty | None:
    """The annual report that a conference itself owes for ``year``: to the conference above, where that asks for one.

    Should several be asked for, the last one of the year is its annual report.
    """
    owed = Duty.objects.reports().in_force().filter(obliged_conference=conference, year=year)
    return owed.select_related("conference", "obliged_conference", "obligation").order_by("-due_on", "-pk").first()


@transaction.atomic
def report_for(duty: Duty) -> AnnualReport:
    """The report that answers ``duty``, made with its empty sections if it is not there; two at once make one.

    What was written into the duty before there were sections stands in the first of them. Raises ValueError for a
    duty that no report answers. Whether anything may be written is for the caller to ask.
    """
    if duty.kind != ObligationKind.ANNUAL_REPORT:
        raise ValueError(f"no report answers a duty of kind {duty.kind}")
    if known := report_of(duty):
        return known
    conference = duty.conference if duty.department_id is not None else duty.obliged_conference
    assert conference is not None  # noqa: S101 - duty_of_unit_or_of_conference holds in the database
    if duty.department_id is None and AnnualReport.objects.filter(
        conference=conference, year=duty.year, department=None, duty=None, filings=None
    ).update(duty=duty, addressee=addressee_of(duty)):
        # The office had begun before anybody asked for it.
        return AnnualReport.objects.select_related(*_LOADED).get(duty=duty)
    head = {"title": title_of(duty), "addressee": addressee_of(duty), "signatory": signatory_of(duty)}
    report, is_new = AnnualReport.objects.get_or_create(
        duty=duty, defaults={"conference": conference, "year": duty.year, "department": duty.department, **head}
    )
    if is_new:
        _make_sections(report, skeleton_of(report), first=as_people_see(duty.statement).strip())
    return AnnualReport.objects.select_related(*_LOADED).get(pk=report.pk)


@transaction.atomic
def conference_report_for(conference: Conference, year: int) -> AnnualReport:
    """The conference's report of the year, made if it is not there; two at once make one.

    Where the conference owes it to the one above, filing it answers that duty; otherwise the head of its office
    settles it (定稿), and it goes to the government of its level unless somebody writes another addressee.
    """
    if known := conference_report_of(conference, year):
        return known
    if duty := report_duty_of(conference, year):
        return report_for(duty)
    report, is_new = AnnualReport.objects.get_or_create(
        conference=conference,
        year=year,
        department=None,
        duty=None,
        defaults={
            "title": conference_title(conference, year),
            "addressee": conference.government_name,
            "signatory": conference.name,
        },
    )
    if is_new:
        _make_sections(report, skeleton_of(report))
    return AnnualReport.objects.select_related(*_LOADED).get(pk=report.pk)


def _make_sections(report: AnnualReport, parts: Iterable[Part], *, first: str = "") -> None:
    ReportSection.objects.bulk_create(
        ReportSection(
            conference_id=report.conference_id,
            report=report,
            key=part.key,
            position=position,
            level=part.level,
            heading=part.heading,
            body=first if part.key == OVERVIEW else "",
        )
        for position, part in enumerate(parts)
    )


# --- The head of a report -------------------------------------------------------------------------------------------


def title_of(duty: Duty) -> str:
    """《××局关于报送20××年度反拐工作情况的报告》, or the conference's."""
    if duty.department_id is None:
        assert duty.obliged_conference is not None  # noqa: S101 - as above
        return conference_title(duty.obliged_conference, duty.year)
    return f"{signatory_of(duty)}关于报送{duty.year}年度反拐工作情况的报告"[:_LONGEST_TITLE]


def conference_title(conference: Conference, year: int) -> str:
    return f"{conference.name}关于{year}年反拐工作情况的报告"[:_LONGEST_TITLE]


def addressee_of(duty: Duty) -> str:
    return "、".join(duty.recipients)[:_LONGEST_ADDRESSEE]


def signatory_of(duty: Duty) -> str:
    """The full name of who owes the duty, of its year."""
    if duty.department_id is None:
        assert duty.obliged_conference is not None  # noqa: S101 - as above
        return duty.obliged_conference.name
    return names_on([duty.department_id], day_of(duty.year))[duty.department_id].full


# --- What it consists of --------------------------------------------------------------------------------------------


def skeleton_of(report: AnnualReport) -> list[Part]:
    """The sections of a report without their texts: a chapter for each in which the unit, or the conference, works."""
    return structure(chapters_of(report))


def chapters_of(report: AnnualReport) -> list[Part]:
    """The chapters of the plan in which the report's unit, or the units of its conference, have entries."""
    entries = Progress.objects.in_force().filter(conference=report.conference_id, year=report.year)
    if report.department_id is not None:
        entries = entries.filter(department=report.department_id)
    paths = entries.order_by("clause__version", "clause__position").values_list("clause__path", "clause__version")
    chapters: dict[str, int] = {}
    for path, version in paths:
        chapters.setdefault(path.partition("/")[0], version)
    headings = chapter_headings(set(chapters.values()))
    return [Part(chapter_key(chapter), 2, headings.get(chapter, chapter)) for chapter in chapters]


def chapter_headings(versions: Iterable[int]) -> dict[str, str]:
    """The words of each chapter, without its printed number: a report numbers its own."""
    tops = Clause.objects.filter(version__in=set(versions), parent=None).order_by("version", "position")
    tops = tops.exclude(kind__in=(ClauseKind.FRONT, ClauseKind.PREAMBLE, ClauseKind.BACK))
    return {clause.path: bare(clause.heading or clause.text) or clause.path for clause in tops}


def bare(heading: str) -> str:
    """A heading without the full stop at which it was cut from its text."""
    return " ".join(clean(heading).split()).rstrip("。．.：:")


# --- Whether it can be written --------------------------------------------------------------------------------------


def live_filing_of(report: AnnualReport) -> Filing | None:
    """The last time that it was filed and not taken back."""
    return report.filings.filter(withdrawn_at=None).order_by("-round").first()


def is_locked(report: AnnualReport) -> bool:
    """Whether the report is on its way, or has arrived: its text stands still. A closed year is another matter."""
    if report.duty is not None:
        return report.duty.state not in EntryState.editable()
    return live_filing_of(report) is not None
