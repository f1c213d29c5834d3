"""Working together: signing, knowing, asking for material, who is first; the review queue; rules of units and plans."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState, SignatureRule
from reporting.models import Duty, InputRequest, Progress
from tests.factories import (
    DutyFactory,
    FirstLeadFactory,
    InputRequestFactory,
    PostingFactory,
    ProgressFactory,
    UnitSettingFactory,
    YearFactory,
)

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

TABLE = """
                                                        anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:acknowledge_many     city_year         POST   in        .        302  302  302     302  .     .          .        302      .        302      .       .     .       .
reporting:progress_acknowledge draft             POST   in        .        302  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_acknowledge submitted         POST   in        .        302  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_acknowledge coop_returned     POST   in        .        .    302  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_acknowledge county_draft      POST   in        .        .    .    .       .    .     .          403      302      403      .        .       .     403     .
reporting:progress_acknowledge abroad_submitted  POST   in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:progress_ask         draft             POST   in        .        409  .    .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_ask         submitted         POST   in        .        409  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:progress_ask         coop_returned     POST   in        .        .    403  .       .    403   403        .        .        .        .        .       .     403     .
reporting:progress_ask         county_draft      POST   in        .        .    .    .       .    .     .          403      409      403      .        .       .     403     .
reporting:progress_ask         abroad_submitted  POST   in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
reporting:input_cancel         city_request      POST   in        .        302  403  .       403  403   403        .        .        .        .        .       .     403     .
reporting:input_cancel         abroad_request    POST   in        .        .    .    .       .    .     .          .        .        .        302      403     .     .       .
reporting:to_sign              lead_unit         GET    in        .        403  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:to_sign              lead_unit         POST   in        .        403  .    .       302  .     .          .        .        .        .        .       .     .       .
reporting:to_sign              coop_unit         GET    in        .        .    403  .       .    .     .          .        .        .        .        .       .     .       .
reporting:to_sign              coop_unit         POST   in        .        .    403  .       .    .     .          .        .        .        .        .       .     .       .
reporting:to_sign              county_unit       GET    in        .        .    .    .       .    .     .          .        403      .        .        .       .     .       .
reporting:to_sign              abroad_unit       GET    in        .        .    .    .       .    .     .          .        .        .        403      .       .     .       .
reporting:unit_settings        lead_unit         GET    in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:unit_settings        lead_unit         POST   in        .        403  .    .       422  .     .          .        .        .        .        .       .     .       .
reporting:unit_settings        coop_unit         GET    in        .        .    200  .       .    .     .          .        .        .        .        .       .     .       .
reporting:unit_settings        coop_unit         POST   in        .        .    403  .       .    .     .          .        .        .        .        .       .     .       .
reporting:unit_settings        county_unit       GET    in        .        .    .    .       .    .     .          .        200      .        .        .       .     .       .
reporting:unit_settings        abroad_unit       GET    in        .        .    .    .       .    .     .          .        .        .        200      .       .     .       .
reporting:first_lead           city_clause_1     POST   in        .        403  403  403     403  302   302        .        .        .        .        .       403   403     403
reporting:first_lead           county_clause_1   POST   in        .        .    .    .       .    403   403        302      403      403      .        .       403   403     403
reporting:first_lead           abroad_clause_1   POST   in        .        .    .    .       .    .     .          .        .        .        403      302     .     .       403
reporting:plan_rule            city_version      POST   in        .        403  403  403     403  302   302        403      403      403      .        .       403   403     403
reporting:plan_rule            county_version    POST   in        .        .    .    .       .    403   403        302      403      403      .        .       403   403     403
reporting:plan_rule            abroad_version    POST   in        .        .    .    .       .    .     .          .        .        .        403      302     .     .       403
reporting:review_queue         city_year         GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:review_queue         city_year         POST   in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:review_queue         county_year       GET    in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:review_queue         county_year       POST   in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
reporting:review_queue         abroad_year       GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
"""

SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
duty            duty_to_sign                .         .        x    .    .       x    x     x          .        .        .        .        .       x     x       x
firstlead       city_first_lead             .         .        x    x    x       x    x     x          .        .        .        .        .       .     x       .
firstlead       abroad_first_lead           .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
inputrequest    city_request                .         .        x    x    .       x    x     x          .        .        .        .        .       .     x       .
inputrequest    abroad_request              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
unitsetting     lead_setting                .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
unitsetting     abroad_setting              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
event           send_back duty_to_sign      .         .        x    .    .       x    .     .          .        .        .        .        .       .     x       .
event           withdraw draft              .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
"""


def _year_of(world: World, row: Any) -> int:
    return int(getattr(row, "year", world.year))


ARGUMENTS = {
    "acknowledge_many": lambda world, row: [row.year],
    "to_sign": lambda world, row: [_year_of(world, row), getattr(row, "department", row).code],
    "unit_settings": lambda world, row: [row.code],
    "first_lead": lambda world, row: [row.pk, world.year],
    "review_queue": lambda world, row: [row.conference.code, row.year],
}
VALID = {
    "input_cancel": lambda world: {"pk": str(world["city_request"].pk)},
    "first_lead": lambda world: {"pk": str(world["city_clause_1"].pk)},
    "plan_rule": lambda world: {"pk": str(world["city_version"].pk)},
}


def key_of(entry: Progress | Duty) -> str:
    """What stands behind an entry's box: the entry, and the version that was read."""
    entry.refresh_from_db()
    return f"{entry._meta.model_name}-{entry.pk}-{entry.lock_version}"


def ask_again(world: World) -> dict[str, Any]:
    """The first request is gone, and the same unit is asked once more."""
    InputRequest.objects.filter(pk=world["city_request"].pk).delete()
    due_on = timezone.localdate() + timedelta(days=3)
    return {"asked": world["coop_returned"].pk, "message": "请提供培训人数", "due_on": due_on}


ACTS = [
    ("coop_returned", "coop", "progress_acknowledge", {}, ["acknowledge"]),
    (
        "city_year",
        "coop",
        "acknowledge_many",
        lambda world: {"entry": f"{world['coop_returned'].pk}-{world['coop_returned'].clause_id}"},
        ["acknowledge"],
        lambda world: world["coop_returned"],
    ),
    ("draft", "lead", "progress_ask", ask_again, ["ask_input"]),
    ("city_request", "lead", "input_cancel", {}, ["cancel_input"], lambda world: world["draft"]),
    (
        "duty_to_sign",
        "head",
        "to_sign",
        lambda world: {"action": "sign", "entry": key_of(world["duty_to_sign"])},
        ["sign"],
    ),
    (
        "duty_to_sign",
        "head",
        "to_sign",
        lambda world: {"action": "send_back", "entry": key_of(world["duty_to_sign"]), "reason": "缺数据"},
        ["send_back"],
    ),
    (
        "lead_unit",
        "head",
        "unit_settings",
        {"signature": SignatureRule.REPORTS},
        ["set_rule"],
        lambda world: world["lead_setting"],
    ),
    ("city_version", "staff", "plan_rule", {"rule": "report"}, ["set_rule"], lambda world: world["city_plan"]),
    (
        "city_year",
        "staff",
        "review_queue",
        lambda world: {"entry": [key_of(world["submitted"])]},
        ["accept"],
        lambda world: world["submitted"],
    ),
]

NULS = [
    ("progress_ask", "draft", "lead", {"message": "\x00", "asked": "\x00", "due_on": "\x00"}),
    ("to_sign", "lead_unit", "head", {"action": "send_back", "entry": "\x00", "reason": "\x00"}),
    ("unit_settings", "lead_unit", "head", {"signature": "\x00"}),
    ("first_lead", "city_clause_1", "staff", {"department": "\x00"}),
    ("plan_rule", "city_version", "staff", {"rule": "\x00"}),
    ("review_queue", "city_year", "staff", {"entry": "\x00"}),
    ("acknowledge_many", "city_year", "coop", {"entry": "\x00"}),
]

FILTERS = ["unit", "kind", "chapter", "page"]


def lists(world: World) -> list[str]:
    return [reverse("reporting:review_queue", args=["500000", world.year])]


# Both pages hold whole entries of two kinds, with their numbers and files and who had a hand in them; the head's has
# last year's words beside them as well.
PAGES = {
    "review_queue": (
        "office",
        # Of one kind: a page of many rows may hold no duty, and costs less then.
        lambda ledger: f"{reverse('reporting:review_queue', args=[ledger.city.code, ledger.year])}?kind=progress",
        19,
    ),
    "to_sign": (
        "head",
        lambda ledger: reverse("reporting:to_sign", args=[ledger.year + 1, ledger.units[0].code]),
        22,
    ),
}


def add_to_ledger(ledger: Ledger) -> None:
    """Next year's entries of one unit wait for its head, with this year's beside them."""
    YearFactory(conference=ledger.city, version=ledger.version, year=ledger.year + 1)
    ledger.people["head"] = PostingFactory(department=ledger.units[0], head=True).user
    for responsibility in ledger.responsibilities:
        if responsibility.department_id == ledger.units[0].pk:
            ProgressFactory(
                responsibility=responsibility,
                year=ledger.year + 1,
                state=EntryState.TO_SIGN,
                work_done="开展宣传。",
                updated_by=ledger.liaisons[0],
            )
    for duty in ledger.duties[:1]:
        DutyFactory(
            obligation=duty.obligation, department=ledger.units[0], year=ledger.year + 1, state=EntryState.TO_SIGN
        )


def add_to(world: World) -> None:
    """The lead unit asks its partner; its head has one report to sign, and has sent it back before."""
    unit_only = ("lead", "head")
    world.things["city_request"] = InputRequestFactory(
        progress=world["draft"],
        asked=world["coop_returned"],
        message=world.secret("材料请求city", *unit_only, "coop"),
        created_by=world.people["lead"],
    )
    world.things["abroad_request"] = InputRequestFactory(
        progress=world["abroad_draft"],
        asked=world["abroad_submitted"],
        message=world.secret("材料请求abroad", "xliaison"),
        created_by=world.people["xliaison"],
    )
    for name, unit in (("city", "lead_unit"), ("abroad", "abroad_unit")):
        world.things[f"{name}_first_lead"] = FirstLeadFactory(
            clause=world[f"{name}_clause_1"], department=world[unit], year=world.year
        )
    world.things["lead_setting"] = UnitSettingFactory(department=world["lead_unit"])
    world.things["abroad_setting"] = UnitSettingFactory(
        department=world["abroad_unit"], signature=SignatureRule.EVERYTHING
    )
    world.things["duty_to_sign"] = duty = DutyFactory(
        obligation=world["city_obligation_3"],
        department=world["lead_unit"],
        year=world.year,
        state=EntryState.TO_SIGN,
        statement=world.secret("待签批内容", *unit_only),
        updated_by=world.people["lead"],
        updated_at=timezone.now(),
    )
    record(
        duty,
        Action.SEND_BACK,
        by=world.people["head"],
        conference=duty.conference_id,
        department=duty.department_id,
        before=EntryState.TO_SIGN,
        after=EntryState.DRAFT,
        reason=world.secret("负责人的话", *unit_only, "auditor"),
    )
