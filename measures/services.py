"""Acts on plans: storing a text that was read, resolving its names again, publishing it."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, User
from departments.models.events import Action
from departments.registry import Registry
from departments.services import record
from measures.enums import ObligationKind, Obliged, ResponsibilityRole, VersionState
from measures.models import Clause, Obligation, Plan, PlanVersion, Question, Responsibility
from measures.reading import PlanText
from measures.reading import results as read

UNIT_UNKNOWN = "unit_unknown"
UNIT_TWICE = "unit_twice"
OBLIGED_UNKNOWN = "obliged_unknown"
# The reader's kind of what is to be done by the date that stands beside a clause's units.
TASK = "task"

# Questions that keep a version from being published: unanswered, somebody's responsibility would be missing.
BLOCKING = frozenset(
    {
        UNIT_UNKNOWN,
        "responsibility_unreadable",
        "responsibility_without_role",
        "measure_without_lead",
        "unbalanced_bracket",
        "open_ended_list",
    }
)

# Who owes it, by the whole of the document's words; what none of these is, is left to a person.
_OBLIGED: tuple[tuple[Obliged, re.Pattern[str]], ...] = (
    (Obliged.MEMBERS_EVERY_LEVEL, re.compile(r"各级[^、，和及与]*成员单位")),
    (Obliged.MEMBERS, re.compile(r"(?!各级)[^、，和及与]*成员单位")),
    (Obliged.LOWER_CONFERENCES, re.compile(r"各(?!级)[^、，和及与]*联席会议")),
    (Obliged.LOWER_GOVERNMENTS, re.compile(r"各(?!级)[^、，和及与]*(?:人民)?政府")),
    (Obliged.CONFERENCE, re.compile(r"(?!各)[^、，和及与]*联席会议(?:办公室)?")),
)
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")


class PlanNotStorable(Exception):
    """The text lacks what a plan cannot be without. The message is for people; nothing was stored."""


class AlreadyImported(Exception):
    """The same file is there already, as ``version``; nothing was stored."""

    def __init__(self, version: PlanVersion) -> None:
        super().__init__(_("同一份文件已经导入为%(version)s。") % {"version": version})
        self.version = version


class NotADraft(Exception):
    """Only a draft can be published; somebody else may have been first."""


class UnresolvedNames(Exception):
    """The version names units that the registry does not know: ``names``, as written."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(_("还有未登记的单位,不能发布:%(names)s。") % {"names": "、".join(names)})
        self.names = names


class OpenQuestions(Exception):
    """Questions that must be answered first are still open: ``questions``."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__(_("还有 %(count)s 个须先答复的问题,不能发布。") % {"count": len(questions)})
        self.questions = questions


def obliged_by(words: str) -> Obliged:
    """Who 「各级反拐联席会议成员单位」, 「各区县政府」 … are; UNKNOWN for whatever is not plainly one of them."""
    plain = _ASIDE.sub("", "".join(words.split()))
    return next((obliged for obliged, pattern in _OBLIGED if pattern.fullmatch(plain)), Obliged.UNKNOWN)


def digest(data: bytes) -> str:
    """What a source file is recognised by when it comes again."""
    return hashlib.sha256(data).hexdigest()


@transaction.atomic
def store_version(
    parsed: PlanText,
    *,
    conference: Conference,
    source_text: str,
    source_name: str = "",
    source_sha256: str = "",
    plan: Plan | None = None,
    follows: PlanVersion | None = None,
    note: str = "",
    again: bool = False,
    resolve: Callable[[str, str], int | None] | None = None,
) -> PlanVersion:
    """Store a document that was read as a draft, and return it: all of it, or nothing.

    It becomes a further version of ``plan``; where none is given, of the conference's plan with the same document
    number or title, or else the first version of a new plan. Names are resolved by the registry as of the
    document's date; one that it does not know, or that means two units, stays without a unit and becomes a
    blocking question. ``source_text`` is what was read: the clauses' offsets count its characters.

    ``resolve`` (name, as written → id of the unit or None) takes the registry's place for a caller that has settled
    names, and asked whatever there is to ask, before: no question is added then.

    The number of queries depends on how deep the numbering goes, not on the number of clauses. Raises
    AlreadyImported for the same file (``source_sha256``, by default that of the text) in the same conference, unless
    it is wanted ``again``, and PlanNotStorable.
    """
    # Of two imports into one conference at once the second waits here, sees what the first has stored, and goes on.
    Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
    sha256 = source_sha256 or digest(source_text.encode())
    if not again and (earlier := _imported(conference, sha256)):
        raise AlreadyImported(earlier)
    issued_on = date.fromisoformat(parsed.issued_on) if parsed.issued_on else None
    plan = plan or _plan_of(parsed, conference)
    latest = PlanVersion.objects.filter(plan=plan).order_by("-number").defer("source_text").first()
    version = PlanVersion.objects.create(
        conference=conference,
        plan=plan,
        number=latest.number + 1 if latest else 1,
        document_number=_fitting(PlanVersion, "document_number", parsed.document_number or ""),
        issued_by=_fitting(PlanVersion, "issued_by", parsed.issued_by or ""),
        issued_on=issued_on,
        source_text=source_text,
        source_name=source_name,
        source_sha256=sha256,
        members=list(parsed.members),
        follows=follows,
        note=note,
    )
    clauses = _store_clauses(parsed.clauses, version)
    questions = [(question.code, question.path, question.message) for question in parsed.questions]
    questions += _store_responsibilities(
        parsed.clauses, clauses, version, resolve or _registered(Registry.of(conference), issued_on)
    )
    questions += _store_obligations(parsed, clauses, version)
    if resolve is not None:
        return version
    Question.objects.bulk_create(
        Question(
            conference_id=version.conference_id,
            version=version,
            code=code,
            path=path,
            message=message,
            is_blocking=code in BLOCKING,
        )
        for code, path, message in questions
    )
    return version


@transaction.atomic
def resolve_names(version: PlanVersion) -> int:
    """Ask the registry again for a draft's unresolved names, after units have been registered.

    Returns how many responsibilities found their unit, and answers the questions about names that are now known.
    A unit that the clause names already is left unresolved: that is for a person. Raises NotADraft.
    """
    if version.state != VersionState.DRAFT:
        raise NotADraft(_("只有草稿可以重新对应单位。"))
    resolve = _registered(Registry.of(version.conference), version.issued_on)
    rows = list(version.responsibility_set.unresolved())
    taken = set(version.responsibility_set.named().values_list("clause_id", "department_id"))
    found = []
    for row in rows:
        department = resolve(row.name, row.as_written)
        if department is not None and (row.clause_id, department) not in taken:
            row.department_id = department
            taken.add((row.clause_id, department))
            found.append(row)
    if found:
        Responsibility.objects.bulk_update(found, ["department"])
        still_unknown = {row.name for row in rows if row.department_id is None}
        answered = {unknown_unit(row.name) for row in found if row.name not in still_unknown}
        version.questions.open().filter(code=UNIT_UNKNOWN, message__in=answered).update(
            answer="已登记该单位并对应。", answered_at=timezone.now()
        )
    return len(found)


@transaction.atomic
def publish(version: PlanVersion, *, by: User | None = None) -> PlanVersion:
    """Make a draft the text that the year answers to; from then on neither it nor what it holds changes.

    Raises NotADraft (also for the second of two at once), UnresolvedNames and OpenQuestions; the version then
    stays as it was.
    """
    published_at = timezone.now()
    # Claim before looking, so that nobody adds a question or a name between the look and the claim.
    claimed = PlanVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
        state=VersionState.PUBLISHED, published_at=published_at, published_by=by
    )
    if not claimed:
        raise NotADraft(_("这个版本不是草稿,不能发布。"))
    names = version.responsibility_set.unresolved().order_by("clause__position", "position")
    if unresolved := list(dict.fromkeys(names.values_list("as_written", flat=True))):
        raise UnresolvedNames(unresolved)
    if questions := list(version.questions.open().filter(is_blocking=True)):
        raise OpenQuestions(questions)
    record(
        version,
        Action.PUBLISH,
        by=by,
        conference=version.conference_id,
        before=VersionState.DRAFT,
        after=VersionState.PUBLISHED,
        detail={"source": version.source_name, "sha256": version.source_sha256},
    )
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, published_at, by
    return version


def _imported(conference: Conference, sha256: str) -> PlanVersion | None:
    return PlanVersion.objects.filter(conference=conference, source_sha256=sha256).select_related("plan").first()


def _plan_of(parsed: PlanText, conference: Conference) -> Plan:
    plans = conference.plans.order_by("pk")
    number = parsed.document_number
    known = plans.filter(document_number=number).first() if number else None
    known = known or plans.filter(title=parsed.title).first()
    if known is not None:
        return known
    if not parsed.title:
        raise PlanNotStorable(_("没有找到标题,请填写计划名称后再导入。"))
    if parsed.period.start is None or parsed.period.end is None:
        raise PlanNotStorable(_("没有找到计划的起止年份,请填写后再导入。"))
    return Plan.objects.create(
        conference=conference,
        title=_fitting(Plan, "title", parsed.title),
        document_number=_fitting(Plan, "document_number", number or ""),
        starts_year=parsed.period.start,
        ends_year=parsed.period.end,
    )


def _store_clauses(read_clauses: list[read.Clause], version: PlanVersion) -> dict[str, Clause]:
    """The tree, one query per level: a level's parents have their ids only once they are in the database."""
    clauses: dict[str, Clause] = {}
    levels: dict[int, list[Clause]] = defaultdict(list)
    for position, clause in enumerate(read_clauses, 1):
        # A level that the document leaves out is skipped: the parent is the nearest number that is printed.
        parent_path = clause.path.rpartition("/")[0]
        while parent_path and parent_path not in clauses:
            parent_path = parent_path.rpartition("/")[0]
        parent = clauses.get(parent_path)
        row = Clause(
            conference_id=version.conference_id,
            version=version,
            parent=parent,
            position=position,
            depth=parent.depth + 1 if parent else 0,
            path=_fitting(Clause, "path", clause.path),
            label=_fitting(Clause, "label", clause.label),
            kind=clause.kind,
            heading=clause.heading,
            text=clause.text,
            start=clause.start,
            end=clause.end,
        )
        clauses[clause.path] = row
        levels[row.depth].append(row)
    for depth in sorted(levels):
        for row in levels[depth]:
            # The parent was saved after it was assigned: take over the id that it has by now.
            row.parent_id = row.parent.pk if row.parent else None
        Clause.objects.bulk_create(levels[depth])
    return clauses


def _store_responsibilities(
    read_clauses: list[read.Clause],
    clauses: dict[str, Clause],
    version: PlanVersion,
    resolve: Callable[[str, str], int | None],
) -> Iterable[tuple[str, str, str]]:
    """One row per name in a clause, in its order; returns the questions that arose as (code, path, message)."""
    rows: list[Responsibility] = []
    questions: dict[str, tuple[str, str, str]] = {}
    for clause in read_clauses:
        taken: set[int] = set()
        parties = [(ResponsibilityRole.LEAD, party) for party in clause.lead]
        parties += [(ResponsibilityRole.COOPERATING, party) for party in clause.cooperating]
        for position, (role, party) in enumerate(parties, 1):
            department = None
            if not party.group:
                department = resolve(party.name, party.as_written)
                if department is None:
                    message = unknown_unit(party.name)
                    questions.setdefault(message, (UNIT_UNKNOWN, clause.path, message))
                elif department in taken:
                    message = unit_twice(clause.path, party.as_written)
                    questions.setdefault(message, (UNIT_TWICE, clause.path, message))
                    continue
                else:
                    taken.add(department)
            rows.append(
                Responsibility(
                    conference_id=version.conference_id,
                    version=version,
                    clause=clauses[clause.path],
                    department_id=department,
                    group=_fitting(Responsibility, "group", party.name) if party.group else "",
                    role=role,
                    position=position,
                    name=_fitting(Responsibility, "name", party.name),
                    as_written=_fitting(Responsibility, "as_written", party.as_written),
                )
            )
    Responsibility.objects.bulk_create(rows)
    return questions.values()


def _store_obligations(
    parsed: PlanText, clauses: dict[str, Clause], version: PlanVersion
) -> Iterable[tuple[str, str, str]]:
    rows: list[Obligation] = []
    questions: list[tuple[str, str, str]] = []
    leads = leads_of(parsed.clauses)
    for position, duty in enumerate(parsed.obligations, 1):
        obliged = obliged_of(duty, leads)
        if obliged == Obliged.UNKNOWN:
            questions.append((OBLIGED_UNKNOWN, duty.basis, obliged_unknown(duty)))
        when = duty.recurrence
        rows.append(
            Obligation(
                conference_id=version.conference_id,
                version=version,
                clause=clauses[duty.basis],
                position=position,
                # The reader tells more kinds apart than the product treats differently.
                kind=duty.kind if duty.kind in ObligationKind.values else ObligationKind.OTHER,
                title=_fitting(Obligation, "title", duty.title),
                # The leads stand in the clause itself, however many they are.
                obliged_as_written=duty.obliged[:100]
                if obliged == Obliged.CLAUSE_LEADS
                else _fitting(Obligation, "obliged_as_written", duty.obliged),
                obliged=obliged,
                recipients=list(duty.recipients),
                recurrence=when.type,
                month=when.month,
                day=when.day,
                year=when.year,
                times=when.times,
                includes_day=when.includes_day is not False,
                text=duty.text,
            )
        )
    Obligation.objects.bulk_create(rows)
    return questions


def _registered(registry: Registry, on: date | None) -> Callable[[str, str], int | None]:
    """By the full name, or by the words of the document where these are registered as they stand."""

    def resolve(name: str, as_written: str) -> int | None:
        found = registry.resolve(name, on)
        return found if found is not None else registry.resolve(as_written, on)

    return resolve


def leads_of(clauses: Iterable[read.Clause]) -> dict[str, str]:
    """The leading units of each clause as the document joins them, by path."""
    return {clause.path: "、".join(party.as_written for party in clause.lead) for clause in clauses}


def obliged_of(duty: read.Obligation, leads: Mapping[str, str]) -> Obliged:
    """Who owes ``duty``; ``leads`` as ``leads_of`` gives them."""
    if duty.kind == TASK and duty.obliged and duty.obliged == leads[duty.basis]:
        return Obliged.CLAUSE_LEADS
    return obliged_by(duty.obliged)


def unit_twice(path: str, as_written: str) -> str:
    return f"「{path}」两次列出「{as_written}」，只保留了前一次，请核对。"


def obliged_unknown(duty: read.Obligation) -> str:
    return f"「{duty.title}」由「{duty.obliged or '（未写明）'}」承担，不能确定是谁，请确认义务主体。"


def unknown_unit(name: str) -> str:
    # Questions are part of the draft, like the reader's own: in Chinese, whatever language the importer reads.
    return f"单位「{name}」没有登记，请登记该单位，或把这个写法登记为已有单位的名称。"


def _fitting(model: type[models.Model], field: str, words: str) -> str:
    """``words``, if the column holds them: cutting the document's words short would be changing them."""
    limit = getattr(model._meta.get_field(field), "max_length", None)
    if limit is not None and len(words) > limit:
        raise PlanNotStorable(
            _("「%(words)s…」太长(%(length)s 字,上限 %(limit)s 字),看起来没有读对,请核对原文。")
            % {"words": words[:30], "length": len(words), "limit": limit}
        )
    return words
