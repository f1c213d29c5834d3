"""负责人签批: what a unit's head signs before it leaves the unit. The signature itself is an act on the entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation

from departments.enums import Role
from departments.models import Department, Posting, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import SignatureRule
from reporting.models import Duty, Notice, Progress, UnitSetting
from reporting.services.entries import ask_signature, submit_entry
from reporting.services.notices import notify


@dataclass(frozen=True, slots=True)
class Signature:
    """Whether an entry must be signed before it leaves its unit, and whether there is anybody to sign it."""

    is_asked: bool = False
    has_head: bool = False

    @property
    def is_needed(self) -> bool:
        """A unit without a head hands in directly: a rule must not keep it from reporting."""
        return self.is_asked and self.has_head


def signature_of(entry: Progress | Duty) -> Signature:
    """What the unit's own rule says of the entry today. One query; none for what a conference owes."""
    if entry.department_id is None:
        return Signature()
    setting = (
        UnitSetting.objects.filter(department=entry.department_id)
        .annotate(has_head=Exists(heads_in_force().filter(department=OuterRef("department"))))
        .first()
    )
    if setting is None:
        return Signature()
    asking = (
        [SignatureRule.EVERYTHING, SignatureRule.REPORTS] if isinstance(entry, Duty) else [SignatureRule.EVERYTHING]
    )
    return Signature(is_asked=setting.signature in asking, has_head=setting.has_head)


def heads_in_force() -> QuerySet[Posting]:
    """The postings of heads of units who can sign in today."""
    return Posting.objects.in_force_on(timezone.localdate()).filter(role=Role.HEAD, user__is_active=True)


def has_head(department: Department) -> bool:
    """Whether there is anybody who could sign for the unit today."""
    return heads_in_force().filter(department=department).exists()


@transaction.atomic(savepoint=False)
def hand_in(entry: Progress | Duty, *, by: User, seen_clause: int | None = None) -> None:
    """Hand the entry to the office, or put it before the unit's head where the unit wants that, who is told.

    ``entry.state`` says afterwards which of the two it was. Raises WrongState.
    """
    if not signature_of(entry).is_needed:
        submit_entry(entry, by=by, seen_clause=seen_clause)
        return
    ask_signature(entry, by=by, seen_clause=seen_clause)
    _tell_heads(entry, by=by)


def _tell_heads(entry: Progress | Duty, *, by: User) -> None:
    """One notice for all that waits: who has not read the last one yet is not told again of the next entry."""
    unit = entry.department
    assert unit is not None  # noqa: S101 - only a unit has a head
    path = f"/signing/{entry.year}/{unit.code}/"
    heads = heads_in_force().filter(department=unit).exclude(user=by).select_related("user")
    people = {posting.user_id: posting.user for posting in heads}
    told = set(Notice.objects.unread().filter(recipient__in=people, path=path).values_list("recipient", flat=True))
    notify(
        [person for pk, person in people.items() if pk not in told],
        conference_id=entry.conference_id,
        subject=f"待签批：{unit.name}{entry.year}年反拐工作",
        body="联络员已送来填报内容，请签批；签批后报送反拐办。其后送来的也在同一页。",
        path=path,
        is_urgent=True,
    )


def rule_of(department: Department) -> SignatureRule:
    """What the unit's head signs; nothing where nobody has said."""
    said = UnitSetting.objects.filter(department=department).values_list("signature", flat=True).first()
    return SignatureRule(said or SignatureRule.NOTHING)


@transaction.atomic
def set_signature_rule(department: Department, rule: SignatureRule, *, by: User) -> bool:
    """From now on the unit's head signs what ``rule`` says; False if that is so already, and nothing is recorded.

    What waits for a signature goes on waiting: it is signed, sent back or withdrawn by people.
    """
    UnitSetting.objects.get_or_create(department=department, defaults={"conference_id": department.conference_id})
    setting = UnitSetting.objects.select_for_update(of=("self",)).get(department=department)
    before = SignatureRule(setting.signature)
    if before == rule:
        return False
    setting.signature = rule
    setting.save(update_fields=["signature"])
    # What is stored is Chinese, whatever language the head reads.
    with translation.override("zh-hans"):
        reason = f"{before.label} → {rule.label}"
    record(
        setting,
        Action.SET_RULE,
        by=by,
        conference=department.conference_id,
        department=department,
        before=before,
        after=rule,
        reason=reason,
    )
    return True
