"""The parts of a table as one plan: its source text, its heading, and what all ways of reading ask alike."""

from __future__ import annotations

from collections.abc import Sequence

from measures.reading.metadata import Heading
from measures.reading.numerals import squeeze
from measures.reading.questions import Inquiry
from measures.reading.results import Clause, Obligation, PlanText

from .assigning import Entry, words_of

MAX_HEADING = 45


def put_together(clauses: Sequence[Clause]) -> str:
    """The source text: every clause's own words on lines of their own; sets where each begins and ends."""
    pieces, position = [], 0
    for clause in clauses:
        words = clause.label + clause.heading + clause.text
        clause.start, clause.end = position, position + len(words)
        pieces.append(words)
        position += len(words) + 1
    return "\n".join(pieces)


def parents_of(clauses: Sequence[Clause]) -> set[str]:
    """The paths that other clauses stand beneath, or are further paragraphs of."""
    found: set[str] = set()
    for clause in clauses:
        above, _, last = clause.path.rpartition("/")
        found.add(above)
        if "#" in last:
            found.add(f"{above}/{last.partition('#')[0]}".lstrip("/"))
    return found


def settle_headings(entries: Sequence[Entry], parents: set[str]) -> None:
    """A row of a few words that names nobody, with rows numbered beneath it, is the heading of these."""
    for entry in entries:
        clause = entry.clause
        if entry.units or entry.dues or clause.path not in parents:
            continue
        entry.is_heading = True
        if clause.text and not clause.heading and len(clause.text) <= MAX_HEADING and "。" not in clause.text:
            clause.heading, clause.text = clause.text, ""
            clause.kind = "section" if clause.kind == "item" else clause.kind


def plan_of(
    heading: Heading, members: list[str], clauses: list[Clause], obligations: list[Obligation], inquiry: Inquiry
) -> PlanText:
    return PlanText(
        title=heading.title,
        document_number=heading.document_number,
        issued_by=heading.issued_by,
        issued_on=heading.issued_on.isoformat() if heading.issued_on else None,
        period=heading.period,
        members=members,
        clauses=clauses,
        obligations=obligations,
        questions=inquiry.in_order(),
    )


def ask_for_repeated(clauses: Sequence[Clause], inquiry: Inquiry) -> None:
    """Clauses that say the same as one before them."""
    first: dict[str, str] = {}
    for clause in clauses:
        words = squeeze(clause.heading + clause.text)
        if len(words) < 6:
            continue
        if (earlier := first.setdefault(words, clause.path)) != clause.path:
            inquiry.ask(
                "clause_repeated",
                clause.path,
                f"「{words_of(clause)}」与「{earlier}」内容完全相同，请核对是否重复。",
            )


def ranges(numbers: Sequence[int]) -> str:
    """「3、5—8」"""
    parts: list[list[int]] = []
    for one in numbers:
        if parts and one == parts[-1][-1] + 1:
            parts[-1].append(one)
        else:
            parts.append([one])
    return "、".join(f"{part[0]}—{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
