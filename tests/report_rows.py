"""A conference with a plan, people and entries, to write reports of."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import docx
from django.test import Client
from django.urls import reverse

from departments.models import Conference, Department, User
from measures.enums import ClauseKind, ObligationKind, Obliged, ResponsibilityRole
from measures.models import Clause, Obligation, PlanVersion
from reporting.documents.content import Document
from reporting.documents.word import to_docx
from reporting.models import AnnualReport, Duty, Job, Progress, ReportSection
from reporting.services.compiling import begin_report
from reporting.services.report_handing_in import stamp_of
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PlanFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    YearFactory,
    published,
)

YEAR = 2026
LEAD, COOPERATING = ResponsibilityRole.LEAD, ResponsibilityRole.COOPERATING


@dataclass
class Town:
    """Two units, 教委 and 妇联, under a plan of two chapters: 「二/(一)」 and 「二/(二)」 for both, 「三/(一)」 for 教委."""

    conference: Conference
    version: PlanVersion
    units: list[Department]
    liaisons: list[User]
    staff: User
    chief: User
    obligation: Obligation
    clauses: dict[str, Clause] = field(default_factory=dict)
    entries: dict[tuple[str, int], Progress] = field(default_factory=dict)

    def duty(self, unit: int = 0, **fields: Any) -> Duty:
        """What the unit owes by 15 December."""
        fields = {"recipients": [self.conference.office_name], **fields}
        return DutyFactory(obligation=self.obligation, department=self.units[unit], year=YEAR, **fields)

    def entry(self, path: str, unit: int, **fields: Any) -> Progress:
        entry = self.entries[path, unit]
        Progress.objects.filter(pk=entry.pk).update(**fields)
        return entry

    def report(self, unit: int = 0, **fields: Any) -> AnnualReport:
        """The unit's report, begun by its liaison."""
        return begin_report(self.duty(unit, **fields), self.conference, YEAR, by=self.liaisons[unit])


def town(conference: Conference | None = None, **fields: Any) -> Town:
    conference = conference or ConferenceFactory(
        name="测试市反拐工作联席会议", short_name="测试市反拐联席会议", **fields
    )
    units = [
        DepartmentFactory(conference=conference, member=True, name=name, position=position)
        for position, name in enumerate(("市教委", "市妇联"))
    ]
    version = PlanVersionFactory(
        conference=conference,
        plan=PlanFactory(conference=conference, title="反拐行动实施细则", document_number="渝府〔2021〕152号"),
    )
    clauses, entries = {}, {}
    for chapter, heading in (("二", "预防犯罪"), ("三", "打击犯罪")):
        clauses[chapter] = ClauseFactory(
            version=version,
            path=chapter,
            label=f"{chapter}、",
            heading=heading,
            text="",
            kind=ClauseKind.CHAPTER,
            depth=0,
        )
    found = []
    for path, heading, parties in (
        ("二/(一)", "宣传教育。", (0, 1)),
        ("二/(二)", "排查。", (1, 0)),
        ("三/(一)", "办案。", (0,)),
    ):
        clause = ClauseFactory(version=version, path=path, heading=heading, parent=clauses[path[0]])
        clauses[path] = clause
        for place, unit in enumerate(parties):
            responsibility = ResponsibilityFactory(
                clause=clause, department=units[unit], position=place, role=COOPERATING if place else LEAD
            )
            found.append((path, unit, responsibility))
    obligation = ObligationFactory(
        clause=clauses["三/(一)"], obliged=Obliged.MEMBERS, kind=ObligationKind.ANNUAL_REPORT
    )
    published(version)
    YearFactory(conference=conference, version=version, year=YEAR)
    for path, unit, responsibility in found:
        entries[path, unit] = ProgressFactory(responsibility=responsibility, year=YEAR)
    return Town(
        conference=conference,
        version=version,
        units=units,
        liaisons=[PostingFactory(department=unit).user for unit in units],
        staff=PostingFactory(office_staff=True, conference=conference).user,
        chief=PostingFactory(office_head=True, conference=conference).user,
        obligation=obligation,
        clauses=clauses,
        entries=entries,
    )


def district_of(city: Town, name: str = "江岸区") -> Conference:
    """A conference below that owes the city its report; no plan and no year of its own."""
    return ConferenceFactory(
        upper=city.conference,
        jurisdiction__name=name,
        name=f"{name}反拐工作联席会议",
        government_name=f"{name}人民政府",
    )


def district_duty(city: Town, district: Conference, **fields: Any) -> Duty:
    """What it owes by 30 December: to the city's office and to the government of its own level."""
    obligation = Obligation.objects.filter(version=city.version, obliged=Obliged.LOWER_CONFERENCES).first()
    fields = {"recipients": [city.conference.office_name, district.government_name], **fields}
    return DutyFactory(
        obligation=obligation or city.obligation,
        conference=city.conference,
        department=None,
        obliged_conference=district,
        year=YEAR,
        **fields,
    )


def bodies(report: AnnualReport) -> dict[str, str]:
    """The texts of a report by the keys of its sections."""
    return dict(report.sections.order_by("position").values_list("key", "body"))


def section(report: AnnualReport, key: str) -> ReportSection:
    return report.sections.get(key=key)


# --- Pages ------------------------------------------------------------------------------------------------------------


def as_user(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"reporting:{name}", args=args)


def fresh(report: AnnualReport) -> AnnualReport:
    """The report as it is now, with what pages and services load beside it."""
    return AnnualReport.objects.select_related("conference", "department", "duty__conference").get(pk=report.pk)


def texted(report: AnnualReport, text: str = "缺人。", key: str = "problems") -> AnnualReport:
    """The report with a text in one of its sections."""
    ReportSection.objects.filter(report=report, key=key).update(body=text)
    return fresh(report)


def hand_in_from(client: Client, report: AnnualReport, **more: Any) -> Any:
    """Press the button below the preview."""
    return client.post(at("report_file", report.pk), {"seen": stamp_of(fresh(report))}, **more)


def page_text(response: Any) -> str:
    return str(response.content.decode())


def content_of(job: Job) -> bytes:
    with job.file.open() as file:
        return bytes(file.read())


def printed_words(document: Document) -> list[str]:
    """Every line of a document's Word file, its tables' cells included."""
    word = docx.Document(io.BytesIO(to_docx(document)))
    lines = [paragraph.text for paragraph in word.paragraphs]
    return lines + [cell.text for table in word.tables for row in table.rows for cell in row.cells]
