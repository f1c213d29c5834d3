"""换版: open years follow the lineage to a new version of their plan, and back again when it is undone.

Every row keeps its id, and with that its files, figures, events and address. What became of each is a Carry; both
ways the rows change by a few UPDATEs that read it, however many rows a city has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, User
from departments.models.events import Action
from departments.services import record
from measures.comparing import ChangeKind, compare
from measures.comparing.folding import fold
from measures.comparison import sides_of_version
from measures.enums import ImportState, Obliged
from measures.models import Clause, Lineage, Obligation, PlanImport, PlanVersion, Responsibility
from reporting.enums import EntryState, YearState
from reporting.models import Adoption, Carry, Duty, Extension, InputRequest, Notice, Progress, Year
from reporting.services.leads import move_first_leads, return_first_leads
from reporting.services.notices import post
from reporting.services.years import hold, open_year, plan_in_force

CLOSED = "closed"
# Versions between two that are still looked through; no plan has been corrected so often.
_MOST_STEPS = 50
# Which link a row goes along where several lead on from its clause: the one that changed least.
_NEARNESS = {kind: order for order, kind in enumerate(("same", "moved", "reworded", "merged", "split"))}


class NotUndoable(Exception):
    """Somebody has answered on the new version already, or it is not the one in force. The message is for people."""


@dataclass(slots=True)
class Adopted:
    """What adopting a version did to one year: how many rows went on, were closed and are new."""

    adoption: Adoption
    carried: int = 0
    reworded: int = 0
    closed: int = 0
    created: int = 0
    duties_closed: int = 0
    duties_created: int = 0


@dataclass(slots=True)
class _Fates:
    carries: list[Carry] = field(default_factory=list)
    carried: int = 0
    reworded: int = 0
    closed: int = 0


@transaction.atomic
def adopt(version: PlanVersion, *, by: User | None) -> list[Adopted]:
    """Take every open year that ``version`` is now in force for over to it.

    Progress on a clause that goes on is carried on with its text; where the clause was reworded, a text is marked for
    a second look; what nobody asks for any more is closed, its text kept; what is newly asked is a new empty row. The
    number of queries does not grow with the rows.
    """
    done = []
    years = Year.objects.select_for_update(of=("self",)).filter(conference=version.conference_id, state=YearState.OPEN)
    for year in years.order_by("year"):
        in_force = plan_in_force(version.conference, year.year)
        if in_force is not None and in_force.pk == version.pk and year.version_id != version.pk:
            done.append(_adopt(year, version, by))
    return done


def _adopt(year: Year, version: PlanVersion, by: User | None) -> Adopted:
    before = PlanVersion.objects.defer("source_text").filter(years=year).first()
    adoption = Adoption.objects.create(
        conference_id=version.conference_id, year=year, before=before, after=version, adopted_by=by
    )
    fates = _Fates()
    if before is not None:
        _fates_of_progress(fates, adoption, year, before, version)
    duties = _fates_of_duties(adoption, year, before, version)
    Carry.objects.bulk_create(fates.carries + duties)
    _move_progress(adoption, year)
    move_first_leads(adoption)
    _move_duties(adoption)
    Year.objects.filter(pk=year.pk).update(version=version)
    opening = open_year(version.conference, year.year, by=by)
    counts = {
        "carried": fates.carried,
        "reworded": fates.reworded,
        "closed": fates.closed,
        "created": opening.progress_created,
        "duties_closed": sum(carry.to_obligation_id is None for carry in duties),
        "duties_created": opening.duties_created,
    }
    record(
        year,
        Action.ADOPT,
        by=by,
        conference=version.conference_id,
        before=str(before.number) if before else "",
        after=str(version.number),
        detail={"version": version.pk, **counts},
    )
    return Adopted(adoption, **counts)


def _links(before: PlanVersion, after: PlanVersion) -> dict[int, list[tuple[int, str]]]:
    """From each clause of ``before`` to the clauses of ``after`` that go on from it, the nearest first.

    Where versions lie between, their lineages are followed one after the other.
    """
    chain: list[PlanVersion] = []
    step: PlanVersion | None = after
    while step is not None and step.pk != before.pk and len(chain) < _MOST_STEPS:
        chain.append(step)
        step = PlanVersion.objects.defer("source_text").filter(pk=step.follows_id).first() if step.follows_id else None
    if step is None or step.pk != before.pk:
        # Not of one line: the words say what goes on.
        return _links_by_words(before, after)
    links: dict[int, list[tuple[int, str]]] | None = None
    for version in reversed(chain):
        direct: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for old, new, kind in Lineage.objects.filter(version=version).values_list("before", "after", "kind"):
            if old is not None and new is not None:
                direct[old].append((new, kind))
        if links is None:
            links = dict(direct)
            continue
        # Reworded once and moved the next time is reworded.
        links = {
            first: [
                (new, max(kind, old_kind, key=_nearness)) for middle, old_kind in onward for new, kind in direct[middle]
            ]
            for first, onward in links.items()
        }
    return _nearest_first(links or {})


def _links_by_words(before: PlanVersion, after: PlanVersion) -> dict[int, list[tuple[int, str]]]:
    old, new = (dict(version.clause_set.values_list("path", "pk")) for version in (before, after))
    links: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for change in compare(sides_of_version(before), sides_of_version(after)).changes:
        if change.before is not None and change.after is not None:
            links[old[change.before.path]].append((new[change.after.path], change.kind.value))
    return _nearest_first(links)


def _nearness(kind: str) -> int:
    return _NEARNESS.get(kind, 9)


def _nearest_first(links: dict[int, list[tuple[int, str]]]) -> dict[int, list[tuple[int, str]]]:
    return {old: sorted(found, key=lambda link: (_nearness(link[1]), link[0])) for old, found in links.items()}


def _fates_of_progress(
    fates: _Fates, adoption: Adoption, year: Year, before: PlanVersion, version: PlanVersion
) -> None:
    """Decide for each row where it goes on. Two rows of one unit cannot go on as one: the fuller one does.

    A row that an earlier version closed goes on again where the unit is named again and nothing else of its goes on.
    """
    links = _links(before, version)
    words = _words_of(before, version)
    named: dict[tuple[int, int], Responsibility] = {}
    groups: dict[int, Responsibility] = {}
    responsibilities = Responsibility.objects.filter(version=version).only("clause", "department", "group", "role")
    for responsibility in responsibilities.order_by("clause__position", "-role"):
        if responsibility.department_id is not None:
            named[responsibility.clause_id, responsibility.department_id] = responsibility
        elif "成员单位" in responsibility.group:
            groups.setdefault(responsibility.clause_id, responsibility)
    taken: set[tuple[int, int]] = set()
    # Held from here on: who saves meanwhile waits, and is decided about by what has been saved.
    rows: list[Any] = list(
        Progress.objects.filter(conference=year.conference_id, year=year.year)
        .filter(~Q(state=EntryState.CLOSED) | ~Q(closed_from=EntryState.OPEN))
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list(
            "pk",
            "clause_id",
            "clause__version",
            "department_id",
            "responsibility_id",
            "state",
            "needs_second_look",
            "role",
            "acknowledged_at",
            named=True,
        )
    )
    # Rows that were closed answer older texts: what these have become is looked up once for each text.
    for older in PlanVersion.objects.filter(pk__in={row.clause__version for row in rows} - {before.pk}).defer(
        "source_text"
    ):
        links |= _links(older, version)
        words |= _words_of(older)
    # What has been written goes before what has not, and clauses that did not change before those that did.
    waiting = sorted(
        rows,
        key=lambda row: (
            row.state == EntryState.CLOSED,
            row.state == EntryState.OPEN,
            _nearness(links[row.clause_id][0][1]) if links.get(row.clause_id) else 10,
            row.pk,
        ),
    )
    for row in waiting:
        target, kind = None, CLOSED
        for clause, link in links.get(row.clause_id, ()):
            found = named.get((clause, row.department_id)) or groups.get(clause)
            if found is not None and (found.pk, row.department_id) not in taken:
                target, kind = found, link
                taken.add((found.pk, row.department_id))
                break
        if target is None and row.state == EntryState.CLOSED:
            continue
        if kind == ChangeKind.REWORDED and target and words[row.clause_id] == words[target.clause_id]:
            # Other units came or went; nothing changed for this one.
            kind = ChangeKind.SAME
        if row.state == EntryState.CLOSED:
            # What was closed meanwhile is to be looked at in any case.
            kind = ChangeKind.REWORDED
        fates.carries.append(
            Carry(
                conference_id=year.conference_id,
                adoption_id=adoption.pk,
                progress_id=row.pk,
                from_responsibility_id=row.responsibility_id,
                to_responsibility_id=target.pk if target else None,
                kind=kind,
                state_before=row.state,
                looked_before=row.needs_second_look,
            )
        )
        if target is None:
            fates.closed += 1
        else:
            fates.carried += 1
            # A unit that led and now cooperates, or the other way round, is to look again as well.
            is_changed = kind not in (ChangeKind.SAME, ChangeKind.MOVED) or target.role != row.role
            fates.reworded += is_changed and (row.state != EntryState.OPEN or row.acknowledged_at is not None)


def _move_progress(adoption: Adoption, year: Year) -> None:
    carries = Carry.objects.filter(adoption=adoption, progress=OuterRef("pk"))
    onward = carries.exclude(to_responsibility=None)
    rows = Progress.objects.filter(conference=year.conference_id, year=year.year)
    changed = Q(kind__in=[ChangeKind.REWORDED, ChangeKind.SPLIT, ChangeKind.MERGED]) | ~Q(
        from_responsibility__role=F("to_responsibility__role")
    )
    rows.filter(Exists(onward)).update(
        needs_second_look=Case(
            When(Q(needs_second_look=True), then=Value(True)),
            # Whoever has written, or has said to know of the words that were.
            When(
                (~Q(state=EntryState.OPEN) | Q(acknowledged_at__isnull=False)) & Exists(onward.filter(changed)),
                then=Value(True),
            ),
            default=Value(False),
        ),
        state=Case(When(state=EntryState.CLOSED, then=F("closed_from")), default=F("state")),
        closed_from="",
        responsibility=Subquery(onward.values("to_responsibility")[:1]),
        clause=Subquery(onward.values("to_responsibility__clause")[:1]),
        role=Subquery(onward.values("to_responsibility__role")[:1]),
    )
    closed = Carry.objects.filter(adoption=adoption, progress__isnull=False, to_responsibility=None)
    # By their ids alone: PostgreSQL, which knows nothing yet of what this transaction has stored, would go through all
    # rows of the year for each of them.
    Progress.objects.filter(pk__in=closed.values("progress")).update(
        closed_from=F("state"), state=EntryState.CLOSED, lock_version=F("lock_version") + 1
    )


def _words_of(*versions: PlanVersion) -> dict[int, str]:
    """Each clause's words, folded as comparisons fold them."""
    rows = Clause.objects.filter(version__in=versions).values_list("pk", "label", "heading", "text")
    return {pk: fold(f"{label}{heading}{text}") for pk, label, heading, text in rows}


def _fates_of_duties(adoption: Adoption, year: Year, before: PlanVersion | None, version: PlanVersion) -> list[Carry]:
    """Duties go on with the obligation of the same kind, of the same people; one that nobody asks any more is closed.

    A conference that had no plan of its own worked under the one above: what that asked of its members goes on with
    its own plan, and what its own plan says nothing of stays.
    """

    def what(obligation: Obligation) -> tuple[str, ...]:
        # The members of one conference are its members, whichever plan speaks of them.
        obliged = Obliged.MEMBERS if obligation.obliged == Obliged.MEMBERS_EVERY_LEVEL else obligation.obliged
        return obligation.kind, obliged

    new: dict[tuple[str, ...], list[Obligation]] = defaultdict(list)
    for obligation in version.obligation_set.order_by("position"):
        new[what(obligation)].append(obligation)
    targets: dict[int, Obligation | None] = {}
    if before is not None:
        asked = before.obligation_set.order_by("position")
        duties = Duty.objects.filter(obligation__version=before, year=year.year)
    else:
        duties = Duty.objects.filter(conference=year.conference_id, department__isnull=False, year=year.year)
        duties = duties.exclude(obligation__conference=year.conference_id)
        asked = Obligation.objects.filter(duties__in=duties).distinct().order_by("version", "position")
    for obligation in asked:
        same = new[what(obligation)]
        exact = next((other for other in same if other.title == obligation.title), None)
        # One alone of its kind on either side is the same, whatever its title says now.
        target = exact or (same[0] if len(same) == 1 and obligation.kind != "other" else None)
        if target is not None:
            same.remove(target)
        targets[obligation.pk] = target
    # Districts whose year is closed have answered by the text of then.
    closed = Year.objects.filter(conference=OuterRef("conference"), year=year.year, state=YearState.CLOSED)
    return [
        Carry(
            conference_id=year.conference_id,
            adoption=adoption,
            duty=duty,
            from_obligation_id=duty.obligation_id,
            to_obligation=targets[duty.obligation_id],
            kind=ChangeKind.SAME if targets[duty.obligation_id] else CLOSED,
            state_before=duty.state,
            due_before=duty.due_on,
            planned_before=duty.planned_on,
        )
        for duty in duties.filter(~Exists(closed)).in_force().order_by("pk").select_for_update(of=("self",))
        if before is not None or targets[duty.obligation_id] is not None
    ]


def _move_duties(adoption: Adoption) -> None:
    carries = Carry.objects.filter(adoption=adoption, duty=OuterRef("pk"))
    onward = carries.exclude(to_obligation=None)
    rows = Duty.objects.filter(carries__adoption=adoption)
    rows = Duty.objects.filter(pk__in=rows.values("pk"))
    for carry in _deadlines(adoption):
        # The days of a deadline: one statement for each obligation and period, of which a plan has a handful.
        obligation, period, due_on = carry
        # An extension that was granted stays: both its dates were decided by people.
        rows.outstanding().filter(obligation=obligation, period=period, due_on=F("planned_on")).update(
            due_on=due_on, planned_on=due_on
        )
    rows.filter(Exists(onward)).update(
        obligation=Subquery(onward.values("to_obligation")[:1]),
        title=Subquery(onward.values("to_obligation__title")[:1]),
    )
    rows.filter(Exists(carries.filter(to_obligation=None))).update(
        closed_from=F("state"), state=EntryState.CLOSED, lock_version=F("lock_version") + 1
    )


def _deadlines(adoption: Adoption) -> Iterable[tuple[int, str, object]]:
    """(old obligation, period, new last day) where the new text sets another day."""
    pairs = (
        Carry.objects.filter(adoption=adoption, duty__isnull=False, to_obligation__isnull=False)
        .values_list("from_obligation", "to_obligation", "duty__period", "planned_before")
        .distinct()
    )
    obligations = Obligation.objects.select_related("version").in_bulk({pair[1] for pair in pairs})
    for old, new, period, planned in pairs:
        for name, due_on in obligations[new].periods(int(period[:4])):
            if name == period and due_on != planned:
                yield old, period, due_on


def answered_since(version: PlanVersion) -> QuerySet[Progress]:
    """Progress that somebody has worked on since years went over to ``version``."""
    adoptions = Adoption.objects.filter(after=version, undone_at=None)
    first = adoptions.order_by("adopted_at").first()
    if first is None:
        return Progress.objects.none()
    return Progress.objects.filter(_worked_on_since(first.adopted_at), clause__version=version)


def _worked_on_since(moment: datetime) -> Q:
    return (
        Q(updated_at__gt=moment)
        | Q(submitted_at__gt=moment)
        | Q(reviewed_at__gt=moment)
        | Q(attachments__uploaded_at__gt=moment)
    )


def why_not_undoable(version: PlanVersion) -> str:
    """Why publishing ``version`` cannot be undone, in words; empty if it can."""
    if not version.is_published:
        return _("这个版本没有发布。")
    if version.followed_by.published().exists():  # type: ignore[attr-defined]
        return _("在它之后已经发布了新的版本，请先撤销那个版本。")
    if answered_since(version).exists():
        return _("已有单位在这个版本上填报，不能撤销；如有错误，请导入更正后的新版本。")
    first = Adoption.objects.filter(after=version, undone_at=None).order_by("adopted_at").first()
    duties = Duty.objects.filter(obligation__version=version)
    if first is not None:
        if duties.filter(_worked_on_since(first.adopted_at)).exists():
            return _("已有单位在这个版本上报送，不能撤销；如有错误，请导入更正后的新版本。")
        moved = Extension.objects.filter(duty__in=duties)
        if moved.filter(Q(asked_at__gt=first.adopted_at) | Q(decided_at__gt=first.adopted_at)).exists():
            return _("发布后已有单位申请延期或者得到批复，不能撤销；如有错误，请导入更正后的新版本。")
    years = Year.objects.filter(version=version)
    if years.exclude(adoptions__after=version, adoptions__undone_at=None).exists():
        return _("已经按这个版本开启了年度，不能撤销。")
    if years.exclude(state=YearState.OPEN).exists():
        return _("按这个版本办理的年度已经关闭，不能撤销。")
    return ""


@transaction.atomic
def undo_publication(version: PlanVersion, *, by: User | None, reason: str = "") -> PlanImport | None:
    """Take a published version back and every year to where it was; returns the import that it came from, if any.

    Raises NotUndoable; nothing has changed then.
    """
    hold(Conference.objects.get(pk=version.conference_id))
    version = PlanVersion.objects.defer("source_text").get(pk=version.pk)
    for rows in (
        Year.objects.filter(version=version),
        Progress.objects.filter(clause__version=version),
        Duty.objects.filter(obligation__version=version),
    ):
        # Nobody answers between the look at whether somebody has and the end.
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if why := why_not_undoable(version):
        raise NotUndoable(why)
    for adoption in Adoption.objects.filter(after=version, undone_at=None).order_by("-pk"):
        _undo(adoption, by)
    PlanVersion.objects.filter(pk=version.pk).withdraw()
    row = PlanImport.objects.filter(version=version).first()
    record(
        version,
        Action.UNDO,
        by=by,
        conference=version.conference_id,
        before="published",
        after="withdrawn",
        reason=reason,
        detail={"import": row.pk} if row else {},
    )
    _tell_undone(version)
    if row is not None:
        # Back on the table, to be mended and published again.
        PlanImport.objects.filter(pk=row.pk).update(
            state=ImportState.READY, version=None, lock_version=F("lock_version") + 1
        )
        row.questions.update(version=None)
        row.refresh_from_db()
    return row


def _tell_undone(version: PlanVersion) -> None:
    """Whoever was told of the version is told that it is gone; what they were told leads to a page that is there."""
    told = Notice.objects.filter(
        conference=version.conference_id, path__in=[f"/plans/{version.pk}/", f"/plans/{version.pk}/changes/"]
    )
    people = {notice.recipient_id: notice.recipient for notice in told.select_related("recipient")}
    post(
        [
            Notice(
                conference_id=version.conference_id,
                recipient=person,
                subject=f"计划的新版本已撤销：{version.plan.title}"[:200],
                body="此前通知的新版本已经撤销，责任和填报恢复到发布以前，请以恢复后的为准。",
                path="/plans/",
            )
            for person in people.values()
        ]
    )
    told.update(path="/plans/")


def _reopened() -> Case:
    """A closed row is what it was; one that went on is what it has become since (its unit may have taken it back)."""
    return Case(When(state=EntryState.CLOSED, then=F("closed_from")), default=F("state"))


def _undo(adoption: Adoption, by: User | None) -> None:
    year = adoption.year
    return_first_leads(adoption)
    carries = Carry.objects.filter(adoption=adoption)
    of_progress, of_duty = carries.filter(progress=OuterRef("pk")), carries.filter(duty=OuterRef("pk"))
    # What the adoption made, nobody has touched and no later adoption, undone by now, has carried on. Nothing hangs on
    # these rows, and the database would refuse if it did: delete() would load them all and go a hundred at a time.
    made = Progress.objects.filter(
        ~Exists(Carry.objects.filter(progress=OuterRef("pk"))),
        ~Exists(InputRequest.objects.filter(Q(progress=OuterRef("pk")) | Q(asked=OuterRef("pk")))),
        clause__version=adoption.after,
        year=year.year,
        state=EntryState.OPEN,
        acknowledged_at=None,
    )
    made._raw_delete(made.db)
    Duty.objects.filter(
        ~Exists(Carry.objects.filter(duty=OuterRef("pk"))),
        obligation__version=adoption.after,
        year=year.year,
        state=EntryState.OPEN,
        reminders=None,
        urges=None,
    ).delete()
    # What somebody had in hand and gave back, was reminded of or urged about stays in the trail, closed.
    Progress.objects.in_force().filter(~Exists(of_progress), clause__version=adoption.after, year=year.year).update(
        closed_from=F("state"), state=EntryState.CLOSED, lock_version=F("lock_version") + 1
    )
    Duty.objects.in_force().filter(~Exists(of_duty), obligation__version=adoption.after, year=year.year).update(
        closed_from=F("state"), state=EntryState.CLOSED, lock_version=F("lock_version") + 1
    )
    # What an earlier version had closed is closed again.
    Progress.objects.filter(Exists(of_progress.filter(state_before=EntryState.CLOSED))).update(
        closed_from=F("state"), state=EntryState.CLOSED
    )
    Progress.objects.filter(Exists(of_progress.filter(state_before=EntryState.CLOSED))).update(
        responsibility=Subquery(of_progress.values("from_responsibility")[:1]),
        clause=Subquery(of_progress.values("from_responsibility__clause")[:1]),
        role=Subquery(of_progress.values("from_responsibility__role")[:1]),
        needs_second_look=Subquery(of_progress.values("looked_before")[:1]),
    )
    Progress.objects.filter(Exists(of_progress.exclude(state_before=EntryState.CLOSED))).update(
        responsibility=Subquery(of_progress.values("from_responsibility")[:1]),
        clause=Subquery(of_progress.values("from_responsibility__clause")[:1]),
        role=Subquery(of_progress.values("from_responsibility__role")[:1]),
        state=_reopened(),
        needs_second_look=Subquery(of_progress.values("looked_before")[:1]),
        closed_from="",
    )
    Duty.objects.filter(Exists(of_duty)).update(
        obligation=Subquery(of_duty.values("from_obligation")[:1]),
        title=Subquery(of_duty.values("from_obligation__title")[:1]),
        due_on=Subquery(of_duty.values("due_before")[:1]),
        planned_on=Subquery(of_duty.values("planned_before")[:1]),
        state=_reopened(),
        closed_from="",
    )
    Year.objects.filter(pk=year.pk).update(version=adoption.before)
    Adoption.objects.filter(pk=adoption.pk).update(undone_at=timezone.now(), undone_by=by)
    record(
        year,
        Action.ADOPT,
        by=by,
        conference=adoption.conference_id,
        before=str(adoption.after.number),
        after=str(adoption.before.number) if adoption.before else "",
        detail={"undone": adoption.pk},
    )
