"""Assessments: marks, their publication, circulars and supervision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from reporting.models import Assessment, Circular, Supervision
from reporting.services.assessment_results import seal_of
from tests.factories import this_year
from tests.papers_rows import (
    AssessmentFactory,
    AssessmentResultFactory,
    CircularFactory,
    SupervisionFactory,
    SupervisionStepFactory,
)

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

# city_assessment is published, city_draft the final one that is being drawn up; city_circular is issued.
TABLE = """
                                                   anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:assessments        city_year        GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessments        city_year        POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:assessments        county_year      GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:assessments        county_year      POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:assessments        abroad_year      GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:assessments        abroad_year      POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:assessment         city_assessment  GET  in        .        200  200  200     200  200   200        200      .        .        .        .       .     200     .
reporting:assessment         city_assessment  POST in        .        403  403  403     403  409   409        403      .        .        .        .       .     403     .
reporting:assessment         city_draft       GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment         city_draft       POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:assessment         abroad_draft_assessment GET in  .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:assessment         abroad_draft_assessment POST in .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:assessment_count   city_draft       POST in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:assessment_count   city_assessment  POST in        .        403  403  403     403  302   302        403      .        .        .        .       .     403     .
reporting:assessment_count   abroad_draft_assessment POST in .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:assessment_publish city_draft       POST in        .        .    .    .       .    403   302        .        .        .        .        .       .     403     .
reporting:assessment_publish city_assessment  POST in        .        403  403  403     403  403   302        403      .        .        .        .       .     403     .
reporting:assessment_publish abroad_draft_assessment POST in .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:assessment_xlsx    city_assessment  GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_xlsx    city_draft       GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_word    city_assessment  GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_word    city_draft       GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_print   city_assessment  GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_print   city_draft       GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_result  lead_result      GET  in        .        200  .    .       200  200   200        .        .        .        .        .       .     200     .
reporting:assessment_result  lead_result      POST in        .        403  .    .       403  409   409        .        .        .        .        .       .     403     .
reporting:assessment_result  county_result    GET  in        .        .    .    .       .    200   200        200      .        .        .        .       .     200     .
reporting:assessment_result  county_result    POST in        .        .    .    .       .    409   409        403      .        .        .        .       .     403     .
reporting:assessment_result  lead_draft_result GET in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:assessment_result  lead_draft_result POST in       .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:circulars          city_year        GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:circulars          city_year        POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:circulars          county_year      GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:circulars          county_year      POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:circulars          abroad_year      GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:circulars          abroad_year      POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:circular           city_circular    GET  in        .        200  200  200     200  200   200        200      .        .        .        .       .     200     .
reporting:circular           city_circular    POST in        .        403  403  403     403  409   409        403      .        .        .        .       .     403     .
reporting:circular           city_draft_circular GET in      .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:circular           city_draft_circular POST in     .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:circular           abroad_circular  GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:circular           abroad_circular  POST in        .        .    .    .       .    .     .          .        .        .        403      409     .     .       .
reporting:circular_autosave  city_draft_circular POST in     .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:circular_autosave  abroad_circular  POST in        .        .    .    .       .    .     .          .        .        .        403      422     .     .       .
reporting:circular_word      city_circular    GET  in        .        200  200  200     200  200   200        200      .        .        .        .       .     200     .
reporting:circular_word      city_draft_circular GET in      .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:circular_print     city_circular    GET  in        .        200  200  200     200  200   200        200      .        .        .        .       .     200     .
reporting:circular_print     abroad_circular  GET  in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:supervisions       city_year        GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:supervisions       city_year        POST in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:supervisions       county_year      GET  in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:supervisions       county_year      POST in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:supervisions       abroad_year      GET  in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:supervisions       abroad_year      POST in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:supervision        city_supervision GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:supervision        city_lifted      GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:supervision        abroad_supervision GET in       .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:supervision_step   city_supervision POST in        .        .    .    .       .    422   422        422      .        403      .        .       .     403     .
reporting:supervision_step   abroad_supervision POST in      .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:supervision_lift   city_supervision POST in        .        .    .    .       .    403   422        403      .        403      .        .       .     403     .
reporting:supervision_lift   abroad_supervision POST in      .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:supervision_word   city_supervision GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:supervision_word   abroad_supervision GET in       .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:supervision_print  city_supervision GET  in        .        .    .    .       .    200   200        200      .        200      .        .       .     200     .
reporting:supervision_print  abroad_supervision GET in       .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:lifting_word       city_lifted      GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:lifting_word       city_supervision GET  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:lifting_print      city_lifted      GET  in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:lifting_print      city_supervision GET  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
"""

SCOPES = """
                                             anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
assessment       city_assessment             .         .        x    x    x       x    x     x          x        .        .        .        .       .     x       .
assessment       city_draft                  .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
assessment       abroad_draft_assessment     .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       .
criterion        of city_assessment          .         .        x    x    x       x    x     x          x        .        .        .        .       .     x       .
criterion        of city_draft               .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
criterion        of abroad_draft_assessment  .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       .
assessmentresult lead_result                 .         .        x    .    .       x    x     x          .        .        .        .        .       .     x       .
assessmentresult coop_result                 .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
assessmentresult county_result               .         .        .    .    .       .    x     x          x        .        .        .        .       .     x       .
assessmentresult lead_draft_result           .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
circular         city_circular               .         .        x    x    x       x    x     x          x        .        .        .        .       .     x       .
circular         city_draft_circular         .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
circular         abroad_circular             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
supervision      city_supervision            .         .        .    .    .       .    x     x          x        .        x        .        .       .     x       .
supervision      city_lifted                 .         .        .    .    .       .    x     x          .        .        .        .        .       .     x       .
supervision      abroad_supervision          .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       .
supervisionstep  of city_supervision         .         .        .    .    .       .    x     x          x        .        x        .        .       .     x       .
"""

ARGUMENTS = {
    name: lambda world, row: [row.conference.code, row.year] for name in ("assessments", "circulars", "supervisions")
}
NAMES = {
    "criterion": lambda world, row: f"of {world.name_of(row.assessment)}",
    "supervisionstep": lambda world, row: f"of {world.name_of(row.supervision)}",
}


def _pk_of(thing: str) -> Any:
    return lambda world: {"pk": str(world[thing].pk)}


VALID = {
    **{
        name: _pk_of("city_draft")
        for name in (
            *("assessment", "assessment_count", "assessment_publish"),
            *("assessment_xlsx", "assessment_word", "assessment_print"),
        )
    },
    "assessment_result": _pk_of("lead_draft_result"),
    **{name: _pk_of("city_draft_circular") for name in ("circular", "circular_autosave", "circular_word")},
    "circular_print": _pk_of("city_draft_circular"),
    **{name: _pk_of("city_supervision") for name in ("supervision", "supervision_step", "supervision_lift")},
    **{name: _pk_of("city_supervision") for name in ("supervision_word", "supervision_print")},
    **{name: _pk_of("city_lifted") for name in ("lifting_word", "lifting_print")},
}


def add_to(world: World) -> None:
    members, office = ("lead", "coop", "outside", "head"), ("staff", "officehead", "auditor")
    _assessments(world, members, office)
    _circulars(world, members, office)
    _supervisions(world, office)


def _assessments(world: World, members: tuple[str, ...], office: tuple[str, ...]) -> None:
    told = (*members, *office, "district")
    for name, place, readers, fields in (
        ("city_assessment", "city", told, {"published": True}),
        ("city_draft", "city", office, {"final": True}),
        ("abroad_draft_assessment", "abroad", ("xoffice",), {}),
    ):
        world.things[name] = AssessmentFactory(
            conference=world[place],
            year=world.year,
            title=world.secret(f"{name}题名", *readers),
            summary=world.secret(f"{name}评价", *readers),
            **fields,
        )
    for name, of, owner, readers in (
        ("lead_result", "city_assessment", "lead_unit", ("lead", "head")),
        ("coop_result", "city_assessment", "coop_unit", ("coop",)),
        ("county_result", "city_assessment", "county", ("district",)),
        ("lead_draft_result", "city_draft", "lead_unit", ()),
    ):
        whose = {"of_district": True, "assessed_conference": world[owner]} if owner == "county" else {}
        world.things[name] = AssessmentResultFactory(
            assessment=world[of],
            grounds=world.secret(f"{name}依据", *readers, *office),
            finding="commend",
            **whose or {"department": world[owner]},
        )


def _circulars(world: World, members: tuple[str, ...], office: tuple[str, ...]) -> None:
    for name, place, readers, fields in (
        ("city_circular", "city", (*members, *office, "district"), {"issued": True}),
        ("city_draft_circular", "city", office, {}),
        ("abroad_circular", "abroad", ("xliaison", "xoffice"), {"issued": True}),
    ):
        world.things[name] = CircularFactory(
            conference=world[place],
            year=world.year,
            title=world.secret(f"{name}题名", *readers),
            addressee=world.secret(f"{name}主送", *readers),
            body=world.secret(f"{name}正文", *readers),
            **fields,
        )


def _supervisions(world: World, office: tuple[str, ...]) -> None:
    for name, place, readers, fields in (
        ("city_supervision", "city", (*office, "district", "dauditor"), {"supervised": world["county"]}),
        ("city_lifted", "city", office, {"lifted": True, "lift_reason": world.secret("解除依据", *office)}),
        ("abroad_supervision", "abroad", ("xoffice",), {}),
    ):
        world.things[name] = SupervisionFactory(
            conference=world[place],
            year=world.year,
            area=world.secret(f"{name}地区", *readers),
            reason=world.secret(f"{name}缘由", *readers),
            demands=world.secret(f"{name}措施", *readers),
            **fields,
        )
    SupervisionStepFactory(
        supervision=world["city_supervision"],
        created_by=world.people["district"],
        text=world.secret("督办进展", *office, "district", "dauditor"),
    )


# --- Acts ---------------------------------------------------------------------------------------------------------


def _criteria(world: World) -> dict[str, Any]:
    return {"lock_version": 0, "title": "改写的题名", "summary": "总体较好。", "timeliness-is_used": "on"}


def _seen(world: World) -> dict[str, Any]:
    row = Assessment.objects.get(pk=world["city_draft"].pk)
    return {"seen": seal_of(row, row.results.all())}


def _order(world: World) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "kind": "listed",
        "area": "某市场周边",
        "reason": "排查不深入。",
        "demands": "1.开展排查。",
        "opened_on": today.isoformat(),
        "due_on": today.isoformat(),
    }


_MARKED = {"lock_version": 0, "finding": "criticise", "grounds": "两次\r\n逾期。"}
_TEXT = {"lock_version": 0, "kind": "commend", "title": "通报", "addressee": "各单位", "body": "予以表扬。"}
_ISSUED = {**_TEXT, "action": "issue", "issued_on": "2026-01-05", "document_number": "〔2026〕5号"}

ACTS = [
    (
        "county_year",
        "district",
        "assessments",
        {"kind": "stage"},
        ["assess"],
        lambda world: Assessment.objects.latest("pk"),
    ),
    ("city_draft", "staff", "assessment", _criteria, ["assess"]),
    ("city_draft", "staff", "assessment_count", {}, ["assess"]),
    ("city_draft", "officehead", "assessment_publish", _seen, ["publish_assess"]),
    ("lead_draft_result", "staff", "assessment_result", _MARKED, ["mark"]),
    ("city_year", "staff", "circulars", {"kind": "commend"}, ["circular"], lambda world: Circular.objects.latest("pk")),
    ("city_draft_circular", "officehead", "circular", _ISSUED, ["issue_circular"]),
    ("city_year", "staff", "supervisions", _order, ["supervise"], lambda world: Supervision.objects.latest("pk")),
    ("city_supervision", "staff", "supervision_step", {"text": "已\r\n核查。"}, ["follow"]),
    ("city_supervision", "district", "supervision_step", {"text": "已整改。"}, ["follow"]),
    (
        *("city_supervision", "officehead", "supervision_lift"),
        lambda world: {"lift_reason": "整改到位。", "lifted_on": timezone.localdate().isoformat()},
        ["lift"],
    ),
]

NULS = [
    ("assessments", "county_year", "district", {"kind": "\x00"}),
    ("assessment", "city_draft", "staff", {"lock_version": 0, "title": "\x00", "summary": "\x00"}),
    ("assessment_publish", "city_draft", "officehead", {"seen": "\x00"}),
    ("assessment_result", "lead_draft_result", "staff", {**_MARKED, "grounds": "\x00"}),
    ("circulars", "city_year", "staff", {"kind": "commend", "assessment": "\x00"}),
    ("circular", "city_draft_circular", "officehead", {**_ISSUED, "body": "\x00"}),
    ("circular_autosave", "city_draft_circular", "staff", {**_TEXT, "title": "\x00"}),
    ("supervisions", "city_year", "staff", {"kind": "listed", "area": "\x00"}),
    ("supervision_step", "city_supervision", "staff", {"text": "\x00"}),
    ("supervision_lift", "city_supervision", "officehead", {"lift_reason": "\x00", "lifted_on": "\x00"}),
]


# --- What pages cost ----------------------------------------------------------------------------------------------


def add_to_ledger(ledger: Ledger) -> None:
    """As many circulars, supervisions and steps as clauses, and all units and districts in one assessment."""
    ledger.assessment = AssessmentFactory(conference=ledger.city, year=ledger.year)  # type: ignore[attr-defined]
    ledger.results = [  # type: ignore[attr-defined]
        AssessmentResultFactory(assessment=ledger.assessment, department=unit)  # type: ignore[attr-defined]
        for unit in ledger.units
    ]
    for district in ledger.districts:
        AssessmentResultFactory(assessment=ledger.assessment, of_district=True, assessed_conference=district)  # type: ignore[attr-defined]
    ledger.supervision = SupervisionFactory(conference=ledger.city, supervised=ledger.districts[0])  # type: ignore[attr-defined]
    for district in ledger.districts:
        CircularFactory(conference=ledger.city, year=ledger.year, issued=True)
        SupervisionFactory(conference=ledger.city, supervised=district, year=this_year())
        SupervisionStepFactory(supervision=ledger.supervision)  # type: ignore[attr-defined]


def _of_year(name: str) -> Any:
    return lambda ledger: reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year])


PAGES = {
    "assessments": ("office", _of_year("assessments")),
    "assessment": ("office", lambda ledger: reverse("reporting:assessment", args=[ledger.assessment.pk])),
    "assessment_result": ("office", lambda ledger: reverse("reporting:assessment_result", args=[ledger.results[0].pk])),
    "circulars": ("office", _of_year("circulars")),
    "supervisions": ("office", _of_year("supervisions")),
    "supervision": ("office", lambda ledger: reverse("reporting:supervision", args=[ledger.supervision.pk])),
}
