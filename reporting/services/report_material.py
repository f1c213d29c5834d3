"""What a report is made of beside its text: the year's numbers and measures, and the files that go with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from measures.models import Clause
from reporting.enums import EntryState, Standing
from reporting.models import AnnualReport, Attachment, Progress, ReportSection
from reporting.models.entries import ProgressQuerySet
from reporting.services.figures import figures_for_conference_report, figures_for_report
from reporting.services.naming import day_of, names_on
from reporting.services.reports import bare
from reporting.snapshots import FrozenFigure, FrozenFile, FrozenMeasure

_LEADING_WORDS = 20


@dataclass(frozen=True, slots=True)
class Material:
    """Everything of which a report's document is composed, read at one moment."""

    sections: list[ReportSection]
    figures: list[FrozenFigure]
    measures: list[FrozenMeasure]
    files: list[FrozenFile]


def material_of(report: AnnualReport) -> Material:
    """Read what ``report`` consists of now; a constant number of queries."""
    return Material(
        sections=list(report.sections.order_by("position", "pk")),
        figures=_figures_of(report),
        measures=measures_of(report),
        files=_files_of(report),
    )


def entries_of(report: AnnualReport) -> ProgressQuerySet:
    """The entries that a report tells of, in the document's order, who leads first; with clause, numbers and standing."""
    entries = Progress.objects.in_force().filter(conference=report.conference_id, year=report.year)
    if report.department_id is not None:
        entries = entries.filter(department=report.department_id)
    return (
        entries.with_standing()
        .select_related("clause")
        .prefetch_related("figures")
        .order_by("clause__version", "clause__position", "-role", "responsibility__position", "department__position")
    )


def measures_of(report: AnnualReport) -> list[FrozenMeasure]:
    """How each unit stands on each measure. How the work goes is the unit's own until it hands that in."""
    entries = list(entries_of(report).prefetch_related(None))
    headings = Headings.of(entry.clause for entry in entries)
    names = names_on({entry.department_id for entry in entries}, day_of(report.year))
    is_own = report.department_id is not None
    return [
        FrozenMeasure(
            path=entry.clause.path,
            heading=headings.of_path(entry.clause.path),
            unit=names[entry.department_id].short,
            role=entry.role,
            state=entry.standing,
            status=_status_of(entry, is_own=is_own),
        )
        for entry in entries
    ]


def _status_of(entry: Progress, *, is_own: bool) -> str:
    """How the work goes, where somebody was to say so and has said it."""
    if entry.standing == Standing.KNOWN:
        return ""
    return entry.status if is_own or entry.state in EntryState.shared() else ""


def _figures_of(report: AnnualReport) -> list[FrozenFigure]:
    if report.department is not None:
        rows = figures_for_report(report.department, report.year)
    else:
        rows = figures_for_conference_report(report.conference, report.year)
    names = [field.name for field in fields(FrozenFigure)]
    return [FrozenFigure(**{name: getattr(row, name) for name in names}) for row in rows]


def _files_of(report: AnnualReport) -> list[FrozenFile]:
    if report.duty_id is None:
        return []
    rows = Attachment.objects.filter(duty=report.duty_id).order_by("uploaded_at", "pk").values_list("name", "sha256")
    return [FrozenFile(name=name, sha256=sha256) for name, sha256 in rows]


@dataclass(frozen=True, slots=True)
class Headings:
    """What clauses are about, by path: their own heading, or that of the nearest one above that has any."""

    headings: dict[str, str]
    texts: dict[str, str]

    @classmethod
    def of(cls, clauses: Iterable[Clause]) -> Headings:
        """Of all clauses of the versions in which ``clauses`` are; one query."""
        rows = Clause.objects.filter(version__in={clause.version_id for clause in clauses}).order_by("version")
        headings, texts = {}, {}
        for path, heading, text in rows.values_list("path", "heading", "text"):
            headings[path], texts[path] = bare(heading), text
        return cls(headings, texts)

    def of_path(self, path: str) -> str:
        """「教育领域」 for 「二/(二)/2」 and for the paragraphs that follow it."""
        place = path
        while "/" in place:
            if found := self.headings.get(place):
                return found
            head, _, last = place.rpartition("/")
            place = f"{head}/{last.partition('#')[0]}" if "#" in last else head
        words = bare(self.texts.get(path, ""))
        return self.headings.get(place) or (f"{words[:_LEADING_WORDS]}…" if len(words) > _LEADING_WORDS else words)
