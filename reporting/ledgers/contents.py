"""What stands in a ledger: read from the year's rows, as far as somebody may read them; plain values out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from departments.access import Access
from departments.models import Conference
from measures.enums import ClauseKind, Obliged, ResponsibilityRole
from measures.importing.plans import plan_of_version
from measures.paths import spoken
from measures.reading import Clause, PlanText
from reporting.enums import EntryState, ImplementationStatus
from reporting.ledgers.parts import Part
from reporting.models import Attachment, Duty, Figure, FirstLead, Progress, Year
from reporting.models.entries import ProgressQuerySet
from reporting.models.figures import FigureQuerySet

# How the entries of a clause stand, in the order in which it is said.
_STATES = (
    EntryState.ACCEPTED,
    EntryState.SUBMITTED,
    EntryState.RETURNED,
    EntryState.TO_SIGN,
    EntryState.DRAFT,
    EntryState.OPEN,
)


class Said(NamedTuple):
    """What one unit has written on a clause."""

    unit: str
    work_done: str
    problems: str
    next_steps: str


@dataclass(slots=True)
class Line:
    """One clause: its words and parties are in ``clause``; ``number`` counts the measures."""

    clause: Clause
    number: int | None
    chapter: str
    due: str
    said: list[Said] = field(default_factory=list)
    standing: str = ""
    note: str = ""


class Row(NamedTuple):
    """One unit × one measure, in the order and the words of the sheet of progress (reporting.resources)."""

    conference: str
    year: int
    path: str
    heading: str
    unit_code: str
    unit: str
    role: str
    state: str
    due_on: str
    submitted_on: str
    status: str
    work_done: str
    problems: str
    next_steps: str
    figures: int | None
    files: int | None


class Number(NamedTuple):
    """One figure: of an entry (``path`` says of which clause) or of a unit's sheet."""

    unit: str
    path: str
    name: str
    value: Decimal | None
    unit_of_measure: str
    as_written: str
    explanation: str


@dataclass(slots=True)
class Ledger:
    conference: Conference
    year: int
    part: Part
    title: str
    subtitle: str
    plan: PlanText
    lines: list[Line]
    rows: list[Row]
    numbers: list[Number]
    # Of the conferences below, whose texts are theirs: how many rows there are, and the rows one after another.
    district_rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    district_count: int = 0


def count_rows(year: Year, part: Part) -> int:
    """How many rows of entries the part has: what decides whether somebody waits for it or a worker makes it."""
    rows = Progress.objects.in_force().filter(part.narrow(), conference=year.conference_id, year=year.year).count()
    return rows + (_of_districts(year).count() if part.districts else 0)


def ledger_of(year: Year, part: Part, reader: Access) -> Ledger:
    """The ledger of a year that answers to a version of its conference's plan (``year.version`` is not empty).

    Whose texts are in it ``reader`` decides; how every row stands is no secret within a conference. All words are
    Chinese, whatever language whoever asks reads.
    """
    with translation.override("zh-hans"):
        return _ledger_of(year, part, reader)


def _ledger_of(year: Year, part: Part, reader: Access) -> Ledger:
    entries = _entries(year, part, reader)
    plan, dues = _plan(year, part, entries)
    conference = year.conference
    titled = f"{conference.name}{year.year}年度责任分解台账"
    if part.unit and entries:
        titled = f"{titled}（{entries[0].department.name}）"
    if part.chapter and plan.clauses:
        titled = f"{titled}（{_chapter_titles(plan).get(part.chapter, part.chapter)}）"
    return Ledger(
        conference=conference,
        year=year.year,
        part=part,
        title=titled,
        subtitle=_subtitle(year, part, reader),
        plan=plan,
        lines=_lines(year, plan, dues, entries),
        rows=_rows(conference, entries),
        numbers=_numbers(year, part, reader, entries),
        district_rows=_district_rows(year) if part.districts else iter(()),
        district_count=_of_districts(year).count() if part.districts else 0,
    )


def _subtitle(year: Year, part: Part, reader: Access) -> str:
    day = timezone.localdate(year.closed_at) if year.closed_at else timezone.localdate()
    until = f"{day.year}年{day.month}月{day.day}日"
    texts = "只列已报待审和审核通过的内容" if reader.office_of else "所列为本单位填报的内容"
    more = "；各区县只列办理状态" if part.districts else ""
    return f"截至{until}；依据{year.version}；{texts}{more}。"


def _entries(year: Year, part: Part, reader: Access) -> list[Any]:
    """The part's entries in the document's order, each with ``is_readable``; unreadable texts are left out."""
    rows = (
        Progress.objects.in_force()
        .filter(part.narrow(), conference=year.conference_id, year=year.year)
        .annotate(
            is_readable=ExpressionWrapper(ProgressQuerySet.text_scope(reader), output_field=BooleanField()),
        )
        .select_related("department", "clause")
        .defer("clause__text")
        .order_by("clause__position", "-role", "responsibility__position", "department__position", "pk")
    )
    found = list(rows)
    for entry in found:
        # Where nobody has begun there is nothing to hide.
        entry.is_readable = entry.is_readable or entry.state == EntryState.OPEN
        if not entry.is_readable:
            entry.work_done = entry.problems = entry.next_steps = entry.status = ""
    return found


def _plan(year: Year, part: Part, entries: list[Any]) -> tuple[PlanText, dict[str, str]]:
    """The plan, cut to the clauses of the part and the headings above them; and their own deadlines in words."""
    version = year.version
    assert version is not None  # noqa: S101 - asked for by ledger_of
    plan = plan_of_version(version)
    if not part.is_whole:
        wanted = {entry.clause.path for entry in entries}
        if part.chapter:
            wanted |= {clause.path for clause in plan.clauses if clause.path.partition("/")[0] == part.chapter}
        above = {"/".join(path.split("/")[:depth]) for path in wanted for depth in range(1, path.count("/") + 1)}
        kept = wanted | above
        plan.clauses = [clause for clause in plan.clauses if clause.path in kept]
        plan.obligations = [owed for owed in plan.obligations if owed.basis in kept]
    there = {clause.path for clause in plan.clauses}
    owed = version.obligation_set.filter(obliged=Obliged.CLAUSE_LEADS).order_by("position")
    dues: dict[str, str] = {}
    for path, words in owed.values_list("clause__path", "text"):
        if path in there:
            dues.setdefault(path, words)
    return plan, dues


def _chapter_titles(plan: PlanText) -> dict[str, str]:
    outside = {ClauseKind.FRONT, ClauseKind.PREAMBLE, ClauseKind.BACK}
    return {
        clause.path: f"{clause.label}{clause.heading}".strip() or clause.path
        for clause in plan.clauses
        if "/" not in clause.path and clause.kind not in outside
    }


def _lines(year: Year, plan: PlanText, dues: dict[str, str], entries: list[Any]) -> list[Line]:
    chapters = _chapter_titles(plan)
    of_clause: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        of_clause[entry.clause.path].append(entry)
    first = dict(
        FirstLead.objects.filter(conference=year.conference_id, year=year.year).values_list(
            "clause__path", "department__name"
        )
    )
    lines, number = [], 0
    for clause in plan.clauses:
        number += clause.is_measure
        mine = of_clause[clause.path]
        lines.append(
            Line(
                clause,
                number if clause.is_measure else None,
                chapters.get(clause.path.partition("/")[0], ""),
                dues.get(clause.path, ""),
                [
                    Said(entry.department.name, entry.work_done, entry.problems, entry.next_steps)
                    for entry in mine
                    if entry.is_readable and (entry.work_done or entry.problems or entry.next_steps)
                ],
                _standing(mine),
                _note(mine, first.get(clause.path, "")),
            )
        )
    return lines


def _standing(entries: list[Any]) -> str:
    """「审核通过2、未启动1」."""
    counts = Counter(entry.state for entry in entries)
    if len(entries) == 1:
        return str(EntryState(entries[0].state).label)
    return "、".join(f"{state.label}{counts[state]}" for state in _STATES if counts[state])


def _note(entries: list[Any], first_lead: str) -> str:
    notes = [f"第一责任单位：{first_lead}"] if first_lead else []
    if looks := sum(entry.needs_second_look for entry in entries):
        notes.append(f"条款改写后待再看{looks}条")
    return "；".join(notes)


def _rows(conference: Conference, entries: list[Any]) -> list[Row]:
    readable = [entry.pk for entry in entries if entry.is_readable]
    due = Duty.objects.report_deadlines((entry.department_id for entry in entries), entries[0].year) if entries else {}
    figures, files = _counted(Figure, readable), _counted(Attachment, readable)
    roles, states, statuses = (
        dict(ResponsibilityRole.choices),
        dict(EntryState.choices),
        dict(ImplementationStatus.choices),
    )
    return [
        Row(
            conference.code,
            entry.year,
            entry.clause.path,
            entry.clause.heading,
            entry.department.code,
            entry.department.name,
            str(roles[entry.role]),
            str(states[entry.state]),
            _day(due.get(entry.department_id)),
            _day(timezone.localtime(entry.submitted_at).date() if entry.submitted_at else None),
            str(statuses[entry.status]) if entry.status else "",
            entry.work_done,
            entry.problems,
            entry.next_steps,
            figures.get(entry.pk, 0) if entry.is_readable else None,
            files.get(entry.pk, 0) if entry.is_readable else None,
        )
        for entry in entries
    ]


def _counted(model: type[Any], entries: list[int]) -> dict[int, int]:
    rows = model._default_manager.filter(progress__in=entries).order_by()
    return dict(rows.values_list("progress").annotate(number=Count("pk")))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _numbers(year: Year, part: Part, reader: Access, entries: list[Any]) -> list[Number]:
    """The figures of the part's entries that may be read, and of its units' sheets."""
    readable = [entry.pk for entry in entries if entry.is_readable]
    found = Q(progress__in=readable)
    if not part.chapter:
        of_sheets = Q(sheet__conference=year.conference_id, sheet__year=year.year) & FigureQuerySet.scope(reader)
        found |= (of_sheets & Q(sheet__department__code=part.unit)) if part.unit else of_sheets
    rows = (
        Figure.objects.filter(found)
        .select_related("progress__department", "progress__clause", "sheet__department")
        .order_by(
            Coalesce("progress__department__position", "sheet__department__position"),
            "progress__clause__position",
            "position",
            "pk",
        )
    )
    numbers = []
    for row in rows:
        owner = row.progress or row.sheet
        assert owner is not None  # noqa: S101 - figure_of_entry_or_of_sheet holds in the database
        numbers.append(
            Number(
                owner.department.name,
                spoken(row.progress.clause.path) if row.progress else "",
                row.name,
                row.value,
                row.unit,
                "无法统计" if row.cannot_be_counted else row.as_written,
                row.explanation,
            )
        )
    return numbers


def _of_districts(year: Year) -> ProgressQuerySet:
    below = Conference.objects.filter(upper=year.conference_id).values("pk")
    return Progress.objects.in_force().filter(conference__in=below, year=year.year)


_DISTRICT_FIELDS = (
    "conference__code",
    "year",
    "clause__path",
    "clause__heading",
    "department__code",
    "department__name",
    "role",
    "state",
    "department",
)


def _district_rows(year: Year) -> Iterator[Row]:
    """How the districts' units stand, and nothing of what they wrote; one query for any number of rows, and one more."""
    with translation.override("zh-hans"):
        roles = {value: str(label) for value, label in ResponsibilityRole.choices}
        states = {value: str(label) for value, label in EntryState.choices}
    found = _of_districts(year)
    due = Duty.objects.report_deadlines(found.order_by().values_list("department", flat=True).distinct(), year.year)
    ordered = found.order_by(
        "conference__code", "clause__position", "-role", "responsibility__position", "department__position", "pk"
    )
    for row in ordered.values_list(*_DISTRICT_FIELDS).iterator(chunk_size=2000):
        code, number, path, heading, unit_code, unit, role, state, department = row
        stands = (roles[role], states[state], _day(due.get(department)))
        yield Row(code, number, path, heading, unit_code, unit, *stands, "", "", "", "", "", None, None)
