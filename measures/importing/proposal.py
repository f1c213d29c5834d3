"""What an import would become: its plan with all answers in it, its units, and how it differs from the version before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from departments.models import Department
from departments.names import search_key
from departments.registry import Registry
from measures.comparing import Comparison, Correction, Side, compare, sides_of, unit_key
from measures.comparison import sides_of_version
from measures.enums import ImportState, Obliged
from measures.importing.decisions import (
    OBLIGATIONS_MISSING,
    PLAN_OVERLAPS,
    Decisions,
    question,
    recall,
    unknown_units,
)
from measures.importing.plans import kept_obligations, obligations_of
from measures.models import LineageCorrection, Plan, PlanImport, PlanVersion, Question, StagedClause
from measures.reading import Clause, Obligation, Party, Period, PlanText, Recurrence
from measures.reading.obligations import Duties, add_task
from measures.services import (
    OBLIGED_UNKNOWN,
    TASK,
    UNIT_TWICE,
    UNIT_UNKNOWN,
    leads_of,
    obliged_of,
    obliged_unknown,
    unit_twice,
)


@dataclass(slots=True)
class Names:
    """The units that names mean: by the registry, or by what people have answered about this import."""

    registry: Registry
    on: date | None
    aliases: dict[str, int]
    # A table of thousands of rows names the same few dozen units.
    _found: dict[tuple[str, str], int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, row: PlanImport, decisions: Decisions | None = None) -> Names:
        aliases: dict[str, int] = {}
        if decisions is not None and (decisions.aliases or decisions.new):
            units = list(Department.objects.filter(conference=row.conference_id).values_list("code", "name", "pk"))
            ids = {code: pk for code, _name, pk in units}
            aliases = {key: ids[code] for key, code in decisions.aliases.items() if code in ids}
            # Answered to be a unit of its own: once there is one, it is meant, whoever else is called so.
            aliases |= {key: pk for _code, name, pk in units if (key := search_key(name)[:64]) in decisions.new}
        return cls(Registry.of(row.conference), row.issued_on, aliases)

    def resolve(self, name: str, as_written: str) -> int | None:
        """The unit's id, or None."""
        if (name, as_written) not in self._found:
            self._found[name, as_written] = self._look_up(name, as_written)
        return self._found[name, as_written]

    def _look_up(self, name: str, as_written: str) -> int | None:
        for words in (name, as_written):
            found = self.registry.resolve(words, self.on)
            if found is None:
                found = self.aliases.get(search_key(words)[:64])
            if found is not None:
                return found
        return None

    def once(self, parties: Iterable[Party], taken: set[tuple[bool, int | str]]) -> tuple[list[Party], list[Party]]:
        """Parties without those whose unit is in ``taken``, which grows by theirs, and those that were left out."""
        kept: list[Party] = []
        repeated: list[Party] = []
        for party in parties:
            if not party.group:
                found = self.resolve(party.name, party.as_written)
                unit = (True, found) if found is not None else (False, search_key(party.name))
                if unit in taken:
                    repeated.append(party)
                    continue
                taken.add(unit)
            kept.append(party)
        return kept, repeated

    def key(self, party: Party) -> str:
        """What a unit is recognised by in a comparison."""
        found = None if party.group else self.resolve(party.name, party.as_written)
        return f"unit:{found}" if found is not None else unit_key(party.name)


@dataclass(slots=True)
class Proposal:
    """An import with all that was answered, as it would be published: a clause names a unit once."""

    row: PlanImport
    plan: PlanText
    questions: list[Question]
    decisions: Decisions
    names: Names
    target: Plan | None = None
    # What was left out because the clause names the unit already: (path, as written).
    repeated: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, row: PlanImport) -> Proposal:
        """In a number of queries that does not depend on the number of clauses."""
        questions = list(Question.objects.filter(plan_import=row).order_by("pk"))
        decisions = Decisions(questions)
        names = Names.of(row, decisions)
        clauses, tasks = [], Duties([], [])
        settled: set[str] = set()
        leads_read: dict[str, str] = {}
        repeated: list[tuple[str, str]] = []
        for staged in StagedClause.objects.filter(plan_import=row).order_by("position"):
            lead, cooperating = decisions.parties_of(staged)
            taken: set[tuple[bool, int | str]] = set()
            lead, twice = names.once(lead, taken)
            cooperating, also_twice = names.once(cooperating, taken)
            repeated += [(staged.path, party.as_written) for party in (*twice, *also_twice)]
            leads_read[staged.path] = "、".join(party["as_written"] for party in staged.lead)
            clause = Clause(
                staged.path,
                staged.label,
                staged.kind,
                staged.heading,
                staged.text,
                staged.start,
                staged.end,
                lead,
                cooperating,
            )
            clauses.append(clause)
            if decisions.settles_due_of(staged):
                settled.add(staged.path)
            if due := decisions.due_of(staged):
                parties = "、".join(party.as_written for party in lead)
                year = row.starts_year if row.starts_year == row.ends_year else None
                add_task(tasks, clause, parties, due, year)
        target = target_of(row)
        leads = leads_of(clauses)

        def obliged(item: dict[str, Any]) -> str:
            # What the clause's leads owe, they owe as they are now answered to be.
            path, words = item["basis"], str(item["obliged"])
            return leads.get(path, words) if item["kind"] == TASK and words == leads_read.get(path) else words

        plan = PlanText(
            # A further version has its plan's title: copies of one document differ in how they print it.
            title=target.title if target is not None else row.title,
            document_number=row.document_number or None,
            issued_by=row.issued_by or None,
            issued_on=row.issued_on.isoformat() if row.issued_on else None,
            period=Period(row.starts_year, row.ends_year),
            members=list(row.members),
            clauses=clauses,
            obligations=[
                _obligation(item | {"obliged": obliged(item)})
                for item in row.obligations
                if not (item["kind"] == TASK and item["basis"] in settled)
            ]
            + tasks.obligations
            + (kept_obligations(row.based_on, clauses) if decisions.keeps_obligations else []),
            questions=[],
        )
        return cls(row, plan, questions, decisions, names, target, repeated)

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if question.answered_at is None]

    @property
    def blocking(self) -> list[Question]:
        return [question for question in self.open_questions if question.is_blocking]

    def sides(self) -> list[Side]:
        return sides_of(self.plan, self.names.key)

    def compared(self, version: PlanVersion | None = None, *, before: list[Side] | None = None) -> Comparison:
        """With ``version``, by default the one that it would take over from; ``before`` if its sides are at hand."""
        base = version or self.row.based_on
        if before is None:
            before = sides_of_version(base) if base is not None else []
        corrections = LineageCorrection.objects.filter(plan_import=self.row, before=base) if base is not None else ()
        return compare(
            before, self.sides(), corrections=[Correction(one.before_path, one.after_path) for one in corrections]
        )

    def outcome(self) -> dict[str, Any]:
        """The JSON contract of ``import_plan --json``."""
        row = self.row
        return {
            "state": row.state,
            "clauses": len(self.plan.clauses),
            "measures": len(self.plan.measures),
            "lead": sum(len(clause.lead) for clause in self.plan.clauses),
            "cooperating": sum(len(clause.cooperating) for clause in self.plan.clauses),
            "obligations": len(self.plan.obligations),
            "questions": [
                {
                    "code": question.code,
                    "path": question.path,
                    "message": question.message,
                    "blocking": question.is_blocking,
                    "answer": question.answer,
                }
                for question in self.questions
            ],
            "errors": list(row.faults) or _problem(row),
            "changes": row.changes
            or dict.fromkeys(("same", "reworded", "moved", "split", "merged", "new", "dropped"), 0),
        }


def _problem(row: PlanImport) -> list[dict[str, str]]:
    return [{"sheet": "", "cell": "", "value": "", "message": row.problem}] if row.problem else []


def _obligation(item: dict[str, Any]) -> Obligation:
    return Obligation(
        **{
            **item,
            "recipients": tuple(item["recipients"]),
            "recurrence": Recurrence(**item["recurrence"]),
        }
    )


def basis_of(row: PlanImport) -> PlanVersion | None:
    """The version that the import would take over from: the latest of its plan, else the one in force before it."""
    versions = PlanVersion.objects.filter(conference=row.conference_id).published().defer("source_text", "members")
    if plan := target_of(row):
        found = versions.filter(plan=plan).order_by("-number").first()
        if found is not None:
            return found
    if row.starts_year is not None:
        versions = versions.filter(plan__starts_year__lte=row.starts_year)
    return versions.order_by("-plan__starts_year", "-published_at", "-number").first()


def target_of(row: PlanImport) -> Plan | None:
    """The plan that the import is a version of: the one chosen, else that with its number or its title."""
    if row.plan_id is not None:
        return row.plan
    plans = Plan.objects.filter(conference=row.conference_id)
    same = Q(title=row.title) if row.title else Q(pk__in=())
    if row.document_number:
        same |= Q(document_number=row.document_number)
    # A number is surer than a title: copies of one document differ in how they break its title.
    found = sorted(plans.filter(same), key=lambda plan: plan.document_number != row.document_number)
    return found[0] if found else None


def refresh(row: PlanImport) -> Proposal:
    """Work out anew what follows from the answers: what is open, what it is compared with, what changes.

    Call it in the transaction that changed an answer. ``row`` is stored and left as it now is.
    """
    row.based_on = basis_of(row)
    _answer_heading(row)
    proposal = Proposal.of(row)
    _ask_about_new_names(proposal)
    _ask_about_what_is_stored(proposal)
    row.changes = proposal.compared().counts
    row.state = ImportState.QUESTIONS if proposal.blocking else ImportState.READY
    PlanImport.objects.filter(pk=row.pk).update(
        based_on=row.based_on, changes=row.changes, state=row.state, lock_version=F("lock_version") + 1
    )
    row.lock_version += 1
    return proposal


def _ask_about_new_names(proposal: Proposal) -> None:
    """An answer may name units that the document does not, or the day on which names are looked up may have changed."""
    asked = {one.key for one in proposal.questions if one.code == UNIT_UNKNOWN}
    names = [
        (clause.path, party.name, party.as_written)
        for clause in proposal.plan.clauses
        for party in (*clause.lead, *clause.cooperating)
        if not party.group and proposal.names.resolve(party.name, party.as_written) is None
    ]
    unknown = unknown_units(proposal.row, names)
    new = [one for one in unknown if one.key not in asked]
    proposal.questions += Question.objects.bulk_create(new)
    # A unit that was registered meanwhile, or that no clause names any more, is no question.
    still = {one.key for one in unknown}
    for one in proposal.open_questions:
        if one.code == UNIT_UNKNOWN and one.key not in still:
            one.answered_at, one.answer = timezone.now(), "已登记该单位并对应，或不再列名"
            Question.objects.filter(pk=one.pk).update(answered_at=one.answered_at, answer=one.answer)


def _ask_about_what_is_stored(proposal: Proposal) -> None:
    """What only shows once names are resolved: a unit that a clause names twice, and duties that nobody plainly owes.

    What an answer has settled meanwhile is asked no more.
    """
    row, leads = proposal.row, leads_of(proposal.plan.clauses)
    arisen = [
        question(row, UNIT_TWICE, path, unit_twice(path, written), written) for path, written in proposal.repeated
    ]
    arisen += [
        question(row, OBLIGED_UNKNOWN, duty.basis, obliged_unknown(duty), duty.obliged)
        for duty in proposal.plan.obligations
        if obliged_of(duty, leads) == Obliged.UNKNOWN
    ]
    arisen += _about_the_version_before(proposal)
    now = {(one.code, one.key): one for one in arisen}
    codes = (UNIT_TWICE, OBLIGED_UNKNOWN, OBLIGATIONS_MISSING, PLAN_OVERLAPS)
    asked = [one for one in proposal.questions if one.code in codes]
    if gone := {one.pk for one in asked if one.answered_at is None and (one.code, one.key) not in now}:
        Question.objects.filter(pk__in=gone).delete()
        proposal.questions = [one for one in proposal.questions if one.pk not in gone]
    known = {(one.code, one.key) for one in asked}
    new = [one for place, one in now.items() if place not in known]
    recall(row, new)
    proposal.questions += Question.objects.bulk_create(new)


def _about_the_version_before(proposal: Proposal) -> list[Question]:
    """What would be lost with the version that the import takes the place of, if nobody says that it may."""
    row, basis = proposal.row, proposal.row.based_on
    if basis is None:
        return []
    is_same_plan = proposal.target == basis.plan
    starts, ends = row.starts_year, row.ends_year
    overlaps = starts is not None and ends is not None and basis.plan.starts_year <= starts <= basis.plan.ends_year
    if not (is_same_plan or overlaps):
        return []
    found = []
    if not is_same_plan:
        message = (
            f"年份与现行的《{basis.plan.title}》（{basis.plan.period}）重叠：发布后，{starts} 年起已经开启的年度改按本计划办理，"
            "原计划不再要求的进展和应报事项终止（文字保留）。确属取代原计划的，请确认；是原计划新版本的，请在「计划信息」里改为归入原计划。"
        )
        found.append(question(row, PLAN_OVERLAPS, "", message))
    duties = obligations_of(basis)
    if duties and not any(item["kind"] != TASK for item in row.obligations):
        titles = "、".join(dict.fromkeys(duty.title for duty in duties))
        message = (
            f"《{basis.plan.title}》第{basis.number}版写有 {len(duties)} 项时限义务（{titles[:120]}），"
            "这份文件里一项也没有。请选择沿用，还是不再要求（尚未办结的应报事项随之终止）。"
        )
        found.append(question(row, OBLIGATIONS_MISSING, "", message))
    return found


# Left in an answer that nobody gave: the words that were missing are there.
FILLED_IN = "已补填"


def _answer_heading(row: PlanImport) -> None:
    """What was missing is answered by its being there, and open again when it is taken away."""
    there = {
        "no_title": bool(row.title),
        "no_period": row.starts_year is not None and row.ends_year is not None,
        "no_document_number": bool(row.document_number),
        "no_issuer": bool(row.issued_by),
        "no_issue_date": row.issued_on is not None,
    }
    asked = Question.objects.filter(plan_import=row, code__in=there)
    for one in asked:
        is_there, is_answered = there[one.code], one.answered_at is not None
        if is_there and not is_answered:
            asked.filter(pk=one.pk).update(answered_at=timezone.now(), answer=FILLED_IN)
        elif not is_there and is_answered and one.answer == FILLED_IN:
            # That a document has no number is a person's answer, and stays.
            asked.filter(pk=one.pk).update(answered_at=None, answer="")
