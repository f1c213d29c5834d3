"""Plans, their versions and clauses, and the files that they are imported from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from tests.world import World

TABLE = """
                                                           anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:plan_list         -                        GET   in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
reporting:plan              city_version             GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:plan              county_version           GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:plan              abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:plan              city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan              abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_imports      -                        GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:plan_imports      -                        POST  in        .        .    .    .       .    .     .          .        .        403      .        .       422   403     422
reporting:plan_template     -                        GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   .       200
reporting:plan_import       city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_import       county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:plan_import       abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_progress   city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       204   204     204
reporting:import_progress   county_import            GET   in        .        .    .    .       .    .     .          .        .        204      .        .       204   204     204
reporting:import_progress   abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       204
reporting:import_heading    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       302   302     302
reporting:import_heading    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       409   403     409
reporting:import_heading    county_import            GET   in        .        .    .    .       .    .     .          .        .        302      .        .       302   302     302
reporting:import_heading    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       409   403     409
reporting:import_heading    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_heading    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       409
reporting:import_columns    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       302   302     302
reporting:import_columns    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     403     .
reporting:import_columns    county_import            GET   in        .        .    .    .       .    .     .          .        .        302      .        .       302   302     302
reporting:import_columns    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       .     403     .
reporting:import_columns    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_columns    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:import_answer     city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       302   302     302
reporting:import_answer     city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_answer     county_import            GET   in        .        .    .    .       .    .     .          .        .        302      .        .       302   302     302
reporting:import_answer     county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_answer     abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_answer     abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_reopen     city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_reopen     county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_reopen     abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_preview    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_preview    county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_preview    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_publish    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_publish    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_publish    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_withdraw   city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_withdraw   county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_withdraw   abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_file       city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_file       county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_file       abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_changes    city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_changes    county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_changes    abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_changes_xlsx city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:import_changes_xlsx county_import            GET   in        .        .    .    .       .    .     .          .        .        200      .        .       200   200     200
reporting:import_changes_xlsx abroad_import            GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:import_lineage    city_import              POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:import_lineage    county_import            POST  in        .        .    .    .       .    .     .          .        .        403      .        .       302   403     302
reporting:import_lineage    abroad_import            POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:import_annotated  city_import              GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:import_annotated  city_failed_import       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_export       city_version             GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:plan_export       county_version           GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:plan_export       abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:plan_export       city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_export       abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_changes      city_version             GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:plan_changes      county_version           GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:plan_changes      abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:plan_changes      city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_changes      abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_changes_xlsx city_version             GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:plan_changes_xlsx county_version           GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:plan_changes_xlsx abroad_version           GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       .
reporting:plan_changes_xlsx city_draft_version       GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:plan_changes_xlsx abroad_draft_version     GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
reporting:plan_lineage      city_version             POST  in        .        403  403  403     403  403   403        403      403      403      .        .       .     403     .
reporting:plan_lineage      county_version           POST  in        .        .    .    .       .    403   403        403      403      403      .        .       .     403     .
reporting:plan_lineage      abroad_version           POST  in        .        .    .    .       .    .     .          .        .        .        403      403     .     .       .
reporting:plan_lineage      city_draft_version       POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:plan_lineage      abroad_draft_version     POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:plan_undo         city_version             POST  in        .        403  403  403     403  403   403        403      403      403      .        .       302   403     302
reporting:plan_undo         county_version           POST  in        .        .    .    .       .    403   403        403      403      403      .        .       302   403     302
reporting:plan_undo         abroad_version           POST  in        .        .    .    .       .    .     .          .        .        .        403      403     .     .       302
reporting:plan_undo         city_draft_version       POST  in        .        .    .    .       .    .     .          .        .        .        .        .       302   403     302
reporting:plan_undo         abroad_draft_version     POST  in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       302
reporting:clause            city_clause_1            GET   in        .        200  200  200     200  200   200        200      200      200      .        .       200   200     200
reporting:clause            county_clause_1          GET   in        .        .    .    .       .    200   200        200      200      200      .        .       200   200     200
reporting:clause            abroad_clause_1          GET   in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       200
reporting:clause            city_draft_clause        GET   in        .        .    .    .       .    .     .          .        .        .        .        .       200   200     200
reporting:clause            abroad_draft_clause      GET   in        .        .    .    .       .    .     .          .        .        .        .        .       .     .       200
"""

SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
plan            city_plan                   .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
plan            county_plan                 .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
plan            abroad_plan                 .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
planversion     city_version                .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
planversion     county_version              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
planversion     abroad_version              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
planversion     city_draft_version          .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
planversion     abroad_draft_version        .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
question        city_question               .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
question        county_question             .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
question        abroad_question             .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
question        city_asked                  .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
question        county_asked                .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
question        abroad_asked                .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
clause          chapter of 500000           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          city_clause_1               .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          city_clause_2               .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          city_clause_3               .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
clause          chapter of 500235           .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          county_clause_1             .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          county_clause_2             .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          county_clause_3             .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
clause          chapter of 660000           .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          abroad_clause_1             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          abroad_clause_2             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          abroad_clause_3             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
clause          city_draft_clause           .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
clause          abroad_draft_clause         .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
responsibility  lead_unit_1                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  coop_unit_1                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  lead_unit_2                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  coop_unit_2                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  lead_unit_3                 .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
responsibility  county_unit_1               .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
responsibility  county_unit_2               .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
responsibility  county_unit_3               .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
responsibility  abroad_unit_1               .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
responsibility  abroad_unit_2               .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
responsibility  abroad_unit_3               .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      city_obligation_0           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      city_obligation_1           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      city_obligation_2           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      city_obligation_3           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_0         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_1         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_2         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      county_obligation_3         .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
obligation      abroad_obligation_0         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      abroad_obligation_1         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      abroad_obligation_2         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
obligation      abroad_obligation_3         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
planimport      city_import                 .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
planimport      county_import               .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
planimport      abroad_import               .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
planimport      city_failed_import          .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
stagedclause    city_staged                 .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
stagedclause    county_staged               .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
stagedclause    abroad_staged               .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
rememberedanswer city_remembered             .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
rememberedanswer county_remembered           .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
rememberedanswer abroad_remembered           .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
sheetlayout     city_layout                 .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
sheetlayout     county_layout               .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
sheetlayout     abroad_layout               .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
lineagecorrection city_correction             .         .        .    .    .       .    .     .          .        .        .        .        .       x     x       x
lineagecorrection county_correction           .         .        .    .    .       .    .     .          .        .        x        .        .       x     x       x
lineagecorrection abroad_correction           .         .        .    .    .       .    .     .          .        .        .        .        .       .     .       x
lineage         city_lineage                .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
lineage         county_lineage              .         .        .    .    .       .    x     x          x        x        x        .        .       x     x       x
lineage         abroad_lineage              .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
adoption        city_adoption               .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
adoption        abroad_adoption             .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
carry           city_carry                  .         .        .    .    .       .    x     x          .        .        .        .        .       x     x       x
carry           abroad_carry                .         .        .    .    .       .    .     .          .        .        .        .        x       .     .       x
"""

ARGUMENTS = {
    "clause": lambda world, row: [row.version_id, row.path],
    "import_reopen": lambda world, row: [row.pk, row.questions.get().pk],
}
NAMES = {"clause": lambda world, row: f"chapter of {row.conference.code}"}
NOT_FREE = {"code", "path", "group"}
# Who only reads the import is told so, whatever the question.
REFUSED_FIRST = {"import_reopen"}
OF_ADMINISTRATORS = ("import_", "plan_")


def _a_version(world: World) -> dict[str, str]:
    return {"pk": str(world["city_version"].pk)}


def _a_question(world: World) -> dict[str, str]:
    return {"pk": str(world["city_import"].pk), "question": str(world["city_asked"].pk)}


VALID = {"plan": _a_version, "clause": _a_version, "import_reopen": _a_question}

# Its questions, its clauses, the version before it, the units to choose from, its trail.
MOST_OF_AN_IMPORT = 25

PAGES = {
    "clause": (
        "liaison",
        lambda ledger: reverse("reporting:clause", args=[ledger.version.pk, ledger.entries[0].clause.path]),
    ),
    "plan": ("liaison", lambda ledger: reverse("reporting:plan", args=[ledger.version.pk])),
    "plan_list": ("liaison", lambda ledger: reverse("reporting:plan_list")),
    "plan_imports": ("administrator", lambda ledger: reverse("reporting:plan_imports")),
    "plan_import": (
        "administrator",
        lambda ledger: reverse("reporting:plan_import", args=[ledger.imports[0].pk]),
        MOST_OF_AN_IMPORT,
    ),
    "import_preview": (
        "administrator",
        lambda ledger: reverse("reporting:import_preview", args=[ledger.imports[0].pk]),
    ),
    "import_changes": (
        "administrator",
        lambda ledger: reverse("reporting:import_changes", args=[ledger.imports[0].pk]),
        MOST_OF_AN_IMPORT,
    ),
    "plan_changes": (
        "administrator",
        lambda ledger: reverse("reporting:plan_changes", args=[ledger.later.pk]),
        MOST_OF_AN_IMPORT,
    ),
    "plan_export": ("administrator", lambda ledger: reverse("reporting:plan_export", args=[ledger.later.pk])),
}

ACTS = [("city_import", "admin", "import_withdraw", {}, ["withdraw"])]
