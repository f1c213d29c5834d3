"""Publishing a plan as one act: the version, the years that go over to it, and the people who must know."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation

from departments.models import User
from measures.comparing import Comparison
from measures.importing.effects import Effect, effects_of
from measures.importing.publication import publish_import
from measures.models import PlanImport, PlanVersion
from measures.paths import spoken
from reporting.models import Notice
from reporting.services.adoption import Adopted, adopt
from reporting.services.notices import Answering, post
from reporting.services.years import hold

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did: the version, what changed, what became of each open year, how many people were told."""

    version: PlanVersion
    comparison: Comparison
    adopted: list[Adopted]
    told: int


@transaction.atomic
def publish_plan(plan_import: PlanImport, *, by: User | None, lock_version: int | None = None) -> Publication:
    """Publish an import, take open years over to it and tell whoever gains or loses by it: all of it, or nothing.

    Raises what measures.importing.publication.publish_import raises.
    """
    hold(plan_import.conference)
    version, comparison = publish_import(plan_import, by=by, lock_version=lock_version)
    adopted = adopt(version, by=by)
    # A notice is in Chinese to its last word, whatever language its sender reads.
    with translation.override("zh-hans"):
        told = _tell(version, comparison, adopted)
    return Publication(version, comparison, adopted, told)


def _tell(version: PlanVersion, comparison: Comparison, adopted: list[Adopted]) -> int:
    """One notice to each person of an affected unit, and one to the office. In Chinese, like all notices."""
    if version.follows_id is None and not adopted:
        effects = [effect for effect in effects_of(comparison) if effect.lead_gained or effect.cooperating_gained]
    else:
        effects = effects_of(comparison)
    if version.follows is not None and version.follows.plan_id != version.plan_id and not adopted:
        # The plan before has run out: nobody loses by it what nobody was asked for any more.
        for effect in effects:
            effect.lead_lost, effect.cooperating_lost, effect.reworded = [], [], []
        effects = [effect for effect in effects if not effect.is_nothing]
    by_unit = {effect.department: effect for effect in effects if effect.department is not None}
    answering = Answering.on(timezone.localdate(), departments=by_unit, conferences=[version.conference_id])
    subject = f"计划有新版本：{version.plan.title}"[:200]
    notices = [
        Notice(
            conference_id=version.conference_id,
            recipient=person,
            subject=subject,
            body=_words(by_unit[department]),
            path=f"/plans/{version.pk}/",
        )
        for department, people in answering.of_departments.items()
        for person in people
    ]
    lines = [f"《{version.plan.title}》第{version.number}版已发布，涉及 {len(by_unit)} 个单位。"]
    lines += [
        f"{one.adoption.year.year} 年：承接 {one.carried} 条，其中条款改写待再看 {one.reworded} 条；"
        f"终止 {one.closed} 条（文字保留）；新增 {one.created} 条；"
        f"应报事项终止 {one.duties_closed} 项，新增 {one.duties_created} 项。"
        for one in adopted
    ]
    notices += [
        Notice(
            conference_id=version.conference_id,
            recipient=person,
            subject=subject,
            body="\n".join(lines),
            path=f"/plans/{version.pk}/changes/",
        )
        for person in answering.of_conferences.get(version.conference_id, [])
    ]
    return len(post(notices))


def _words(effect: Effect) -> str:
    kinds = (
        ("新增负责", effect.lead_gained),
        ("新增配合", effect.cooperating_gained),
        ("不再负责", effect.lead_lost),
        ("不再配合", effect.cooperating_lost),
        ("条款文字有改动", effect.reworded),
    )
    lines = []
    for words, paths in kinds:
        if paths:
            shown = "、".join(spoken(path) for path in paths[:_MOST_NAMED])
            more = f"等 {len(paths)} 条" if len(paths) > _MOST_NAMED else ""
            lines.append(f"{words}：{shown}{more}。")
    return "\n".join([f"{effect.unit.name}的责任有变化：", *lines])
