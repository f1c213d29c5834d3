"""Publishing an import: the version, its lineage and the units that people registered on the way, or none of it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from departments.enums import NameKind
from departments.models import Conference, Department, DepartmentName, Event, Membership, User
from departments.models.events import Action
from departments.names import pinyin_of, search_key
from departments.services import current_address
from measures.comparing import Comparison
from measures.enums import ImportState, VersionState
from measures.importing.proposal import Names, Proposal, basis_of
from measures.models import Clause, Lineage, PlanImport, PlanVersion, Question
from measures.services import OpenQuestions, publish, store_version


class NotPublishable(Exception):
    """The import is not in a state to be published; nothing was changed. The message is for people."""


class BasisChanged(NotPublishable):
    """Another version was published meanwhile: what the import changes must be looked at again."""

    def __init__(self) -> None:
        super().__init__(_("在此期间已经发布了另一个版本，请重新查看对照后再发布。"))


class NotSeen(NotPublishable):
    """The import has changed since the page was made on which somebody decided to publish it."""

    def __init__(self) -> None:
        super().__init__(_("在您查看期间，这次导入已有变化，请核对后再发布。"))


class NothingToPublish(NotPublishable):
    """The import says what the version in force says already."""

    def __init__(self) -> None:
        super().__init__(_("与现行版本完全一致，没有需要发布的变化。"))


@transaction.atomic
def publish_import(
    plan_import: PlanImport, *, by: User | None, lock_version: int | None = None
) -> tuple[PlanVersion, Comparison]:
    """Make the import a published version that follows the one it was compared with.

    One transaction: units that were answered to be new or other writings are registered, the version is stored and
    published, its lineage is kept. Of two people who publish at once the second gets BasisChanged or NotPublishable.
    ``lock_version``: that of the import as somebody has seen it; NotSeen if it is another by now.
    Raises these, OpenQuestions, NothingToPublish, UnresolvedNames and PlanNotStorable; nothing is left then.
    """
    # Everything that makes versions of this conference waits here in turn.
    conference = Conference.objects.select_for_update(no_key=True).get(pk=plan_import.conference_id)
    row = (
        PlanImport.objects.select_for_update(of=("self",))
        .select_related("conference", "plan", "based_on")
        .get(pk=plan_import.pk)
    )
    if not row.is_open:
        raise NotPublishable(_("这次导入现在是「%(state)s」，不能发布。") % {"state": row.get_state_display()})
    if lock_version is not None and lock_version != row.lock_version:
        raise NotSeen
    basis = basis_of(row)
    if (basis and basis.pk) != row.based_on_id:
        raise BasisChanged
    proposal = Proposal.of(row)
    if proposal.blocking:
        raise OpenQuestions(proposal.blocking)
    comparison = proposal.compared()
    if (
        basis is not None
        and proposal.target == basis.plan
        and comparison.is_nothing
        and not _heading_differs(row, basis)
    ):
        raise NothingToPublish
    _register(proposal)
    _supersede_drafts(row)
    version = store_version(
        proposal.plan,
        conference=conference,
        source_text=row.source_text,
        source_name=row.file_name,
        source_sha256=row.sha256,
        plan=proposal.target,
        follows=basis,
        again=True,
        # As in the comparison that people have seen, now that new units are registered.
        resolve=Names.of(row, proposal.decisions).resolve,
    )
    Question.objects.filter(plan_import=row).update(version=version)
    _keep_lineage(version, comparison, basis)
    publish(version, by=by)
    PlanImport.objects.filter(pk=row.pk).update(
        state=ImportState.PUBLISHED, version=version, plan=version.plan, lock_version=F("lock_version") + 1
    )
    plan_import.refresh_from_db()
    return version, comparison


def _heading_differs(row: PlanImport, basis: PlanVersion) -> bool:
    """Whether the import corrects what the version says of itself."""
    return (row.document_number, row.issued_by, row.issued_on) != (
        basis.document_number,
        basis.issued_by,
        basis.issued_on,
    )


def _register(proposal: Proposal) -> None:
    """Enter the answered names in the registry, so that this and every later document finds them there."""
    row, decisions = proposal.row, proposal.decisions
    written: dict[str, str] = {}
    for clause in proposal.plan.clauses:
        for party in (*clause.lead, *clause.cooperating):
            if not party.group:
                written.setdefault(search_key(party.name)[:64], party.name)
    _register_writings(row, {key: code for key, code in decisions.aliases.items() if key in written}, written)
    _register_units(row, {written[key]: question for key, question in decisions.new.items() if key in written})


def _register_writings(row: PlanImport, aliases: dict[str, str], written: dict[str, str]) -> None:
    """Names by which the document calls units that are there; ``aliases`` are keys of ``written`` and units' codes."""
    ids = dict(
        Department.objects.filter(conference=row.conference_id, code__in=set(aliases.values())).values_list(
            "code", "pk"
        )
    )
    known = set(DepartmentName.objects.filter(department__in=ids.values()).values_list("department", "search_key"))
    names: list[DepartmentName] = []
    for key, code in aliases.items():
        if code in ids:
            name = DepartmentName(
                department_id=ids[code], conference_id=row.conference_id, name=written[key], kind=NameKind.VARIANT
            )
            name.fill_keys()
            if (name.department_id, name.search_key) not in known:
                known.add((name.department_id, name.search_key))
                names.append(name)
    DepartmentName.objects.bulk_create(names)


def _register_units(row: PlanImport, answered: dict[str, Question]) -> None:
    """Units that were answered to be new, by name; one that is there by now stays as it is."""
    ours = Department.objects.filter(conference=row.conference_id)
    there = set(ours.filter(name__in=answered).values_list("name", flat=True))
    last = ours.order_by("-position").values_list("position", flat=True).first() or 0
    codes = _Codes(row.conference.code)
    units = [
        Department(conference_id=row.conference_id, code=codes.of(name), name=name, position=position)
        for position, name in enumerate((name for name in answered if name not in there), last + 1)
    ]
    Department.objects.bulk_create(units)
    names = [
        DepartmentName(department=unit, conference_id=row.conference_id, name=unit.name, kind=NameKind.SHORT)
        for unit in units
    ]
    for name in names:
        name.fill_keys()
    DepartmentName.objects.bulk_create(names)
    Membership.objects.bulk_create(
        Membership(
            conference_id=row.conference_id,
            department=unit,
            starts_on=row.issued_on or date(row.starts_year or date.today().year, 1, 1),
            basis=(row.document_number or row.title)[:200],
        )
        for unit in units
        if (answered[unit.name].decision or {}).get("member")
    )
    Event.objects.bulk_create(
        Event(
            conference_id=row.conference_id,
            actor_id=answered[unit.name].answered_by_id,
            address=current_address.get(),
            action=Action.ADMINISTER,
            object_type=unit._meta.label_lower,
            object_id=unit.pk,
            title=str(unit)[:200],
            detail={"import": row.pk},
        )
        for unit in units
    )


class _Codes:
    """Codes for new units like 「500000-shijiaowei」: readable, and free."""

    def __init__(self, conference: str) -> None:
        self.prefix = f"{conference}-"
        self.taken = set(Department.objects.filter(code__istartswith=self.prefix[:52]).values_list("code", flat=True))

    def of(self, name: str) -> str:
        stem = f"{self.prefix}{pinyin_of(name)}"[:52].casefold()
        code, number = stem, 1
        while code in self.taken:
            number += 1
            code = f"{stem}-{number}"
        self.taken.add(code)
        return code


def _supersede_drafts(row: PlanImport) -> None:
    """A draft of the same file, from before there were imports, is out of date now."""
    PlanVersion.objects.filter(
        conference=row.conference_id, source_sha256=row.sha256, state=VersionState.DRAFT
    ).withdraw()


def _keep_lineage(version: PlanVersion, comparison: Comparison, basis: PlanVersion | None) -> None:
    after = _ids(version)
    before = _ids(basis) if basis is not None else {}
    Lineage.objects.bulk_create(
        Lineage(
            conference_id=version.conference_id,
            version=version,
            before_id=before[change.before.path] if change.before else None,
            after_id=after[change.after.path] if change.after else None,
            kind=change.kind.value,
            is_manual=change.is_manual,
        )
        for change in comparison.changes
    )


def _ids(version: PlanVersion) -> dict[str, int]:
    return dict(Clause.objects.filter(version=version).values_list("path", "pk"))
