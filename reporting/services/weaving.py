"""What compiling writes: a year's entries, woven into the sections of a report.

Everything here is plain Chinese to be printed; nothing is written to the database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from measures.enums import ResponsibilityRole
from measures.models import PlanVersion
from measures.paths import spoken
from reporting.documents.characters import clean
from reporting.enums import EntryState, ImplementationStatus, Standing
from reporting.models import AnnualReport, Progress
from reporting.report_structure import (
    NEXT_STEPS,
    OVERVIEW,
    PROBLEMS,
    Part,
    chapter_key,
    clause_key,
    structure,
)
from reporting.services.naming import UnitNames, day_of, names_on
from reporting.services.report_material import Headings, entries_of
from reporting.services.reports import chapter_headings

_STOPS = "。！？!?…"


@dataclass(frozen=True, slots=True)
class Woven:
    """What several units, or one, say under one heading: who, and what, in the order in which it is to stand."""

    unit: int
    text: str


def weave_unit(report: AnnualReport) -> list[Part]:
    """The sections of a unit's own report from its entries, its drafts too, with those marked where it cooperates."""
    entries = list(entries_of(report))
    headings = Headings.of(entry.clause for entry in entries)
    names = names_on([report.department_id or 0], day_of(report.year))
    chapters = _by_chapter(entries)
    titles = chapter_headings({entry.clause.version_id for entry in entries})
    work = [
        Part(chapter_key(chapter), 2, titles.get(chapter, chapter), _items(_work_of(entry, headings) for entry in rows))
        for chapter, rows in chapters.items()
    ]
    texts = {
        OVERVIEW: _overview_of_unit(report, entries, names[report.department_id or 0]),
        PROBLEMS: _items(_about(entry, headings, entry.problems) for entry in entries),
        NEXT_STEPS: _items(_about(entry, headings, entry.next_steps) for entry in entries),
    }
    return structure(work, texts)


def weave_conference(
    report: AnnualReport, *, first_leads: dict[int, int], more: Sequence[Part] = (), reports: dict[str, list[Woven]]
) -> list[Part]:
    """The sections of a conference's report: accepted entries under each clause, with their units.

    ``first_leads`` are the units that come first under a clause (by the clause's id) whatever the text's order says;
    ``more`` goes below the last chapter. ``reports`` are the sections of the units' own accepted reports by key: what
    a unit says there of its problems and its next steps stands where its entries say nothing of them.
    """
    entries = list(entries_of(report))
    accepted = [entry for entry in entries if entry.state == EntryState.ACCEPTED]
    units = {entry.department_id for entry in entries} | {one.unit for rows in reports.values() for one in rows}
    names = names_on(units, day_of(report.year))
    headings = Headings.of(entry.clause for entry in entries)
    titles = chapter_headings({entry.clause.version_id for entry in entries})
    work: list[Part] = []
    for chapter, rows in _by_chapter(entries).items():
        work.append(Part(chapter_key(chapter), 2, titles.get(chapter, chapter)))
        for path, found in _by_path(row for row in rows if row.state == EntryState.ACCEPTED).items():
            first = first_leads.get(found[0].clause_id)
            found.sort(key=lambda entry: entry.department_id != first)
            said = [Woven(entry.department_id, _with_figures(entry)) for entry in found]
            heading = f"{headings.of_path(path)}（{spoken(path)}）"
            work.append(Part(clause_key(path), 3, heading, by_unit(said, names)))
    texts = {
        OVERVIEW: _overview_of_conference(report, entries),
        PROBLEMS: by_unit(_gathered(accepted, "problems", reports.get(PROBLEMS, [])), names),
        NEXT_STEPS: by_unit(_gathered(accepted, "next_steps", reports.get(NEXT_STEPS, [])), names),
    }
    return structure([*work, *more], texts)


def weave_reports(
    report: AnnualReport, reports: dict[str, list[Woven]], *, owed: int, more: Sequence[Part]
) -> list[Part]:
    """The sections of a conference without a plan of its own, from the reports that its units have handed in."""
    names = names_on({one.unit for rows in reports.values() for one in rows}, day_of(report.year))
    handed_in = len({one.unit for rows in reports.values() for one in rows})
    overview = f"{report.year}年，{report.conference.short_name}应报送年度报告的成员单位{owed}家，已报送{handed_in}家。"
    texts = {key: by_unit(rows, names) for key, rows in reports.items() if key != OVERVIEW}
    overview = "\n".join(filter(None, [overview, by_unit(reports.get(OVERVIEW, []), names)]))
    return structure(more, {**texts, OVERVIEW: overview})


# --- Wording --------------------------------------------------------------------------------------------------------


def by_unit(said: Iterable[Woven], names: dict[int, UnitNames]) -> str:
    """「市公安局：……」, a paragraph for each unit; what goes on in more lines follows it."""
    return "\n".join(f"{names[one.unit].short}：{one.text}" for one in said if one.text)


def sentence(text: str) -> str:
    """The text cleaned, and ended as a sentence."""
    text = clean(text).strip().rstrip("；;，,、")
    return text if not text or text.endswith(tuple(_STOPS)) else f"{text}。"


def _items(texts: Iterable[str]) -> str:
    """Numbered where there are several."""
    found = [text for text in texts if text]
    if len(found) < 2:
        return "\n".join(found)
    return "\n".join(f"{place}.{text}" for place, text in enumerate(found, 1))


def _work_of(entry: Progress, headings: Headings) -> str:
    return _about(entry, headings, _with_figures(entry))


def _about(entry: Progress, headings: Headings, text: str) -> str:
    """「教育领域（配合）。督促各区县……」."""
    text = sentence(text)
    if not text:
        return ""
    mark = "（配合）" if entry.role == ResponsibilityRole.COOPERATING else ""
    return f"{headings.of_path(entry.clause.path)}{mark}。{text}"


def _with_figures(entry: Progress) -> str:
    """What was done, and the numbers that the unit wrote beside it."""
    numbers = [f"{figure.name}{figure.as_written}{figure.unit}" for figure in entry.figures.all() if figure.as_written]
    counted = sentence(f"数据：{'，'.join(numbers)}") if numbers else ""
    return "\n".join(filter(None, [sentence(entry.work_done), counted]))


def _gathered(entries: Iterable[Progress], name: str, reports: Iterable[Woven]) -> list[Woven]:
    """What each unit says in its entries, once; what it says in its report, where it says nothing there."""
    said: dict[int, dict[str, None]] = defaultdict(dict)
    places: dict[int, int] = {}
    for entry in entries:
        text = sentence(getattr(entry, name))
        if text:
            said[entry.department_id][text] = None
            places.setdefault(entry.department_id, len(places))
    found = [Woven(unit, "".join(said[unit])) for unit in places]
    return found + [one for one in reports if one.unit not in said]


def _overview_of_unit(report: AnnualReport, entries: Sequence[Progress], names: UnitNames) -> str:
    if not entries:
        return ""
    roles = Counter(entry.role for entry in entries)
    parts = [f"负责{roles[ResponsibilityRole.LEAD]}条", f"配合{roles[ResponsibilityRole.COOPERATING]}条"]
    begun = _by_plan(report, entries, f"{names.short}承担反拐工作措施{len(entries)}条，其中{'、'.join(parts)}。")
    return f"{begun}{_standing(entries)}"


def _overview_of_conference(report: AnnualReport, entries: Sequence[Progress]) -> str:
    if not entries:
        return ""
    units = len({entry.department_id for entry in entries})
    clauses = len({entry.clause_id for entry in entries})
    accepted = [entry for entry in entries if entry.state == EntryState.ACCEPTED]
    begun = _by_plan(
        report,
        entries,
        f"{report.conference.short_name}{units}家成员单位承担反拐工作措施{clauses}条、责任事项{len(entries)}项，"
        f"其中审核通过{len(accepted)}项。",
    )
    return f"{begun}{_standing(accepted, counted='项')}"


def _by_plan(report: AnnualReport, entries: Sequence[Progress], words: str) -> str:
    version = PlanVersion.objects.select_related("plan").get(pk=entries[-1].clause.version_id)
    number = f"（{version.plan.document_number}）" if version.plan.document_number else ""
    return f"{report.year}年，按照《{version.plan.title}》{number}要求，{words}"


def _standing(entries: Sequence[Progress], *, counted: str = "条") -> str:
    """「目前，长期坚持12条，推进中3条，已知悉（配合，不需填报）6条。」

    A unit has a measure once, and a conference as often as there are units with it: what is counted is ``counted``.
    """
    # Of what a unit only has to know of, nobody asks how it stands: it says neither that it has begun nor that not.
    known = sum(entry.standing == Standing.KNOWN for entry in entries)
    counts = Counter(entry.status for entry in entries if entry.standing != Standing.KNOWN)
    found = [f"{status.label}{counts[status]}{counted}" for status in ImplementationStatus if counts[status]]
    if known:
        found.append(f"已知悉（配合，不需填报）{known}{counted}")
    return f"目前，{'，'.join(found)}。" if found else ""


def _by_chapter(entries: Iterable[Progress]) -> dict[str, list[Progress]]:
    found: dict[str, list[Progress]] = defaultdict(list)
    for entry in entries:
        found[entry.clause.chapter].append(entry)
    return dict(found)


def _by_path(entries: Iterable[Progress]) -> dict[str, list[Progress]]:
    found: dict[str, list[Progress]] = defaultdict(list)
    for entry in entries:
        found[entry.clause.path].append(entry)
    return dict(found)
