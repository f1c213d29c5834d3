"""Where clauses came from, set right by hand: between an import and its version before, or any two versions."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from departments.models import User
from departments.models.events import Action
from departments.services import record
from measures.comparing import Comparison, Correction, compare
from measures.comparison import sides_of_version
from measures.importing.answers import opened
from measures.importing.decisions import BadAnswer
from measures.importing.proposal import Proposal, refresh
from measures.models import LineageCorrection, PlanImport, PlanVersion, StagedClause


@transaction.atomic
def correct_lineage(
    before: PlanVersion,
    after: PlanImport | PlanVersion,
    before_path: str,
    after_path: str,
    *,
    by: User | None,
    keep: bool = False,
) -> None:
    """Say where a clause came from; ``before_path`` empty: it is new; ``after_path`` empty: it was dropped.

    What was said before about the clause after is replaced. With ``keep`` both clauses keep the links that they have
    and get one more: that is how a merger or a split is made by hand. Raises NotOpen, and BadAnswer for a clause that
    is not there and for two versions of which one took over from the other.
    """
    after = _held(before, after)
    if (not before_path and not after_path) or "\0" in before_path + after_path:
        raise BadAnswer(_("请至少选择一个条款。"))
    if before_path and not before.clause_set.filter(path=before_path).exists():
        raise BadAnswer(_("原版本中没有条款「%(path)s」。") % {"path": before_path})
    if after_path and not _clauses(after).filter(path=after_path).exists():
        raise BadAnswer(_("新版本中没有条款「%(path)s」。") % {"path": after_path})
    said = _said(before, after)
    links = [(before_path, after_path)]
    if keep and before_path and after_path:
        # A clause that a correction names has the links of corrections alone: those that are to stay are named too.
        known = set(said.values_list("before_path", "after_path"))
        links = [link for link in _around(before, after, before_path, after_path) if link not in known] + links
        said.filter(before_path=before_path, after_path=after_path).delete()
        said.filter(before_path="", after_path=after_path).delete()
    elif after_path:
        said.filter(after_path=after_path).delete()
    if before_path:
        # That it was dropped holds no more; or, if that is what is said now, nothing else does.
        (
            said.filter(before_path=before_path, after_path="") if after_path else said.filter(before_path=before_path)
        ).delete()
    LineageCorrection.objects.bulk_create(
        LineageCorrection(
            conference_id=after.conference_id,
            before=before,
            after=after if isinstance(after, PlanVersion) else None,
            plan_import=after if isinstance(after, PlanImport) else None,
            before_path=one,
            after_path=other,
            corrected_by=by,
        )
        for one, other in links
    )
    _record(after, {"lineage": [before_path, after_path]} | ({"kept": links[:-1]} if links[:-1] else {}), by)
    if isinstance(after, PlanImport):
        refresh(after)


@transaction.atomic
def forget_correction(
    before: PlanVersion, after: PlanImport | PlanVersion, before_path: str, after_path: str, *, by: User | None
) -> None:
    """Take back what was said about two clauses, so that they are matched by their words again.

    Raises NotOpen, and BadAnswer if nothing was said about them.
    """
    after = _held(before, after)
    said = _said(before, after).filter(
        before_path=before_path.replace("\0", ""), after_path=after_path.replace("\0", "")
    )
    if not said.delete()[0]:
        raise BadAnswer(_("这两个条款的对应没有人工更正过，请刷新页面后再操作。"))
    _record(after, {"lineage_forgotten": [before_path, after_path]}, by)
    if isinstance(after, PlanImport):
        refresh(after)


def _held(before: PlanVersion, after: PlanImport | PlanVersion) -> PlanImport | PlanVersion:
    if isinstance(after, PlanImport):
        return opened(after)
    if after.follows_id == before.pk:
        # It is what years went over by.
        raise BadAnswer(_("这两个版本的对应关系已随发布确定，不能更正。"))
    return PlanVersion.objects.select_for_update(of=("self",)).defer("source_text").get(pk=after.pk)


def _clauses(after: PlanImport | PlanVersion) -> QuerySet:
    return StagedClause.objects.filter(plan_import=after) if isinstance(after, PlanImport) else after.clause_set.all()


def _said(before: PlanVersion, after: PlanImport | PlanVersion) -> QuerySet[LineageCorrection]:
    said = LineageCorrection.objects.filter(before=before)
    return said.filter(plan_import=after) if isinstance(after, PlanImport) else said.filter(after=after)


def _record(after: PlanImport | PlanVersion, detail: dict[str, object], by: User | None) -> None:
    record(after, Action.ANSWER, by=by, conference=after.conference_id, detail=detail)


def _compared(before: PlanVersion, after: PlanImport | PlanVersion) -> Comparison:
    if isinstance(after, PlanImport):
        return Proposal.of(after).compared(before)
    return compare(sides_of_version(before), sides_of_version(after), corrections=corrections_of(before, after))


def corrections_of(before: PlanVersion, after: PlanVersion) -> list[Correction]:
    """What people have said about two versions, also while the later one was an import."""
    said = LineageCorrection.objects.filter(before=before, after=after)
    if after.follows_id == before.pk:
        said = said | LineageCorrection.objects.filter(before=before, plan_import__version=after)
    return [Correction(one.before_path, one.after_path) for one in said.order_by("pk")]


def _around(
    before: PlanVersion, after: PlanImport | PlanVersion, before_path: str, after_path: str
) -> list[tuple[str, str]]:
    """The links that the two clauses have, with those of the clauses they are linked with, and so on."""
    links = [
        (change.before.path, change.after.path)
        for change in _compared(before, after).changes
        if change.before and change.after
    ]
    ours, theirs = {before_path}, {after_path}
    found: dict[tuple[str, str], None] = {}
    while more := [link for link in links if link not in found and (link[0] in ours or link[1] in theirs)]:
        found |= dict.fromkeys(more)
        ours |= {one for one, _other in more}
        theirs |= {other for _one, other in more}
    found.pop((before_path, after_path), None)
    return list(found)
