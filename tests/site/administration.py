"""The administration. ``own`` is a row of the city, ``foreign`` one of another conference; a row of the whole
installation (a division, a day of the calendar) has no foreign one. All other roles get 403 everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from departments.models import Membership, Posting

if TYPE_CHECKING:
    from tests.world import World

ADMIN_TABLE = """
                                               admin auditor dauditor super
departments_conference     changelist -        200   200     200      200
departments_conference     add        -        200   403     403      200
departments_conference     change     own      200   200     .        200
departments_conference     change     foreign  .     .       .        200
departments_conference     delete     own      200   403     403      200
departments_conference     delete     foreign  .     403     403      200
departments_conference     history    own      200   200     .        200
departments_conference     history    foreign  .     .       .        200
departments_department     changelist -        200   200     200      200
departments_department     add        -        200   403     403      200
departments_department     change     own      200   200     .        200
departments_department     change     foreign  .     .       .        200
departments_department     delete     own      200   403     403      200
departments_department     delete     foreign  .     403     403      200
departments_department     history    own      200   200     .        200
departments_department     history    foreign  .     .       .        200
departments_event          changelist -        200   200     200      200
departments_event          add        -        403   403     403      403
departments_event          change     own      .     200     .        .
departments_event          change     foreign  .     .       .        .
departments_event          delete     own      403   403     403      403
departments_event          delete     foreign  403   403     403      403
departments_event          history    own      .     .       .        .
departments_event          history    foreign  .     .       .        .
departments_jurisdiction   changelist -        200   200     200      200
departments_jurisdiction   add        -        200   403     403      200
departments_jurisdiction   change     own      200   200     200      200
departments_jurisdiction   delete     own      200   403     403      200
departments_jurisdiction   history    own      200   200     200      200
departments_membership     changelist -        200   200     200      200
departments_membership     add        -        200   403     403      200
departments_membership     change     own      200   200     .        200
departments_membership     change     foreign  .     .       .        200
departments_membership     delete     own      200   403     403      200
departments_membership     delete     foreign  .     403     403      200
departments_membership     history    own      200   200     .        200
departments_membership     history    foreign  .     .       .        200
departments_posting        changelist -        200   200     200      200
departments_posting        add        -        200   403     403      200
departments_posting        change     own      200   200     .        200
departments_posting        change     foreign  .     .       .        200
departments_posting        delete     own      403   403     403      403
departments_posting        delete     foreign  403   403     403      403
departments_posting        history    own      200   200     .        200
departments_posting        history    foreign  .     .       .        200
departments_succession     changelist -        200   200     200      200
departments_succession     add        -        200   403     403      200
departments_succession     change     own      200   200     .        200
departments_succession     change     foreign  .     .       .        200
departments_succession     delete     own      200   403     403      200
departments_succession     delete     foreign  .     403     403      200
departments_succession     history    own      200   200     .        200
departments_succession     history    foreign  .     .       .        200
departments_user           changelist -        200   200     200      200
departments_user           add        -        200   403     403      200
departments_user           change     own      200   200     .        200
departments_user           change     foreign  .     .       .        200
departments_user           delete     own      403   403     403      403
departments_user           delete     foreign  403   403     403      403
departments_user           history    own      200   200     .        200
departments_user           history    foreign  .     .       .        200
measures_clause            changelist -        200   200     200      200
measures_clause            add        -        403   403     403      403
measures_clause            change     own      200   200     .        200
measures_clause            change     foreign  .     .       .        200
measures_clause            delete     own      403   403     403      403
measures_clause            delete     foreign  403   403     403      403
measures_clause            history    own      200   200     .        200
measures_clause            history    foreign  .     .       .        200
measures_obligation        changelist -        200   200     200      200
measures_obligation        add        -        403   403     403      403
measures_obligation        change     own      200   200     .        200
measures_obligation        change     foreign  .     .       .        200
measures_obligation        delete     own      403   403     403      403
measures_obligation        delete     foreign  .     403     403      403
measures_obligation        history    own      200   200     .        200
measures_obligation        history    foreign  .     .       .        200
measures_plan              changelist -        200   200     200      200
measures_plan              add        -        403   403     403      403
measures_plan              change     own      200   200     .        200
measures_plan              change     foreign  .     .       .        200
measures_plan              delete     own      200   403     403      200
measures_plan              delete     foreign  .     403     403      200
measures_plan              history    own      200   200     .        200
measures_plan              history    foreign  .     .       .        200
measures_planversion       changelist -        200   200     200      200
measures_planversion       add        -        403   403     403      403
measures_planversion       change     own      200   200     .        200
measures_planversion       change     foreign  .     .       .        200
measures_planversion       delete     own      403   403     403      403
measures_planversion       delete     foreign  .     403     403      403
measures_planversion       history    own      200   200     .        200
measures_planversion       history    foreign  .     .       .        200
measures_question          changelist -        200   200     200      200
measures_question          add        -        403   403     403      403
measures_question          change     own      200   200     .        200
measures_question          change     foreign  .     .       .        200
measures_question          delete     own      403   403     403      403
measures_question          delete     foreign  403   403     403      403
measures_question          history    own      200   200     .        200
measures_question          history    foreign  .     .       .        200
measures_planimport        changelist -        200   200     200      200
measures_planimport        add        -        403   403     403      403
measures_planimport        change     own      200   200     .        200
measures_planimport        change     foreign  .     .       .        200
measures_planimport        delete     own      403   403     403      403
measures_planimport        delete     foreign  403   403     403      403
measures_planimport        history    own      200   200     .        200
measures_planimport        history    foreign  .     .       .        200
measures_rememberedanswer  changelist -        200   200     200      200
measures_rememberedanswer  add        -        403   403     403      403
measures_rememberedanswer  change     own      200   200     .        200
measures_rememberedanswer  change     foreign  .     .       .        200
measures_rememberedanswer  delete     own      200   403     403      200
measures_rememberedanswer  delete     foreign  .     403     403      200
measures_rememberedanswer  history    own      200   200     .        200
measures_rememberedanswer  history    foreign  .     .       .        200
measures_sheetlayout       changelist -        200   200     200      200
measures_sheetlayout       add        -        403   403     403      403
measures_sheetlayout       change     own      200   200     .        200
measures_sheetlayout       change     foreign  .     .       .        200
measures_sheetlayout       delete     own      200   403     403      200
measures_sheetlayout       delete     foreign  .     403     403      200
measures_sheetlayout       history    own      200   200     .        200
measures_sheetlayout       history    foreign  .     .       .        200
measures_responsibility    changelist -        200   200     200      200
measures_responsibility    add        -        403   403     403      403
measures_responsibility    change     own      200   200     .        200
measures_responsibility    change     foreign  .     .       .        200
measures_responsibility    delete     own      403   403     403      403
measures_responsibility    delete     foreign  .     403     403      403
measures_responsibility    history    own      200   200     .        200
measures_responsibility    history    foreign  .     .       .        200
reporting_duty             changelist -        200   200     200      200
reporting_duty             add        -        403   403     403      403
reporting_duty             change     own      200   200     .        200
reporting_duty             change     foreign  .     .       .        200
reporting_duty             delete     own      403   403     403      403
reporting_duty             delete     foreign  403   403     403      403
reporting_duty             history    own      200   200     .        200
reporting_duty             history    foreign  .     .       .        200
reporting_heartbeat        changelist -        200   403     403      200
reporting_heartbeat        add        -        403   403     403      403
reporting_heartbeat        change     own      200   403     403      200
reporting_heartbeat        delete     own      403   403     403      403
reporting_heartbeat        history    own      200   .       .        200
reporting_mail             changelist -        200   200     200      200
reporting_mail             add        -        403   403     403      403
reporting_mail             change     own      200   200     .        200
reporting_mail             change     foreign  .     .       .        200
reporting_mail             delete     own      403   403     403      403
reporting_mail             delete     foreign  403   403     403      403
reporting_mail             history    own      200   200     .        200
reporting_mail             history    foreign  .     .       .        200
reporting_reminder         changelist -        200   200     200      200
reporting_reminder         add        -        403   403     403      403
reporting_reminder         change     own      200   200     .        200
reporting_reminder         change     foreign  .     .       .        200
reporting_reminder         delete     own      403   403     403      403
reporting_reminder         delete     foreign  403   403     403      403
reporting_reminder         history    own      200   200     .        200
reporting_reminder         history    foreign  .     .       .        200
reporting_urge             changelist -        403   200     200      403
reporting_urge             add        -        403   403     403      403
reporting_urge             change     own      403   200     .        403
reporting_urge             change     foreign  403   .       .        403
reporting_urge             delete     own      403   403     403      403
reporting_urge             delete     foreign  403   403     403      403
reporting_urge             history    own      .     200     .        .
reporting_urge             history    foreign  .     .       .        .
reporting_workday          changelist -        200   200     200      200
reporting_workday          add        -        200   403     403      200
reporting_workday          change     own      200   200     200      200
reporting_workday          delete     own      200   403     403      200
reporting_workday          history    own      200   200     200      200
reporting_year             changelist -        200   200     200      200
reporting_year             add        -        403   403     403      403
reporting_year             change     own      200   200     .        200
reporting_year             change     foreign  .     .       .        200
reporting_year             delete     own      403   403     403      403
reporting_year             delete     foreign  403   403     403      403
reporting_year             history    own      200   200     .        200
reporting_year             history    foreign  .     .       .        200
"""

# Lists with a file: everybody who reads the list may export it, administrators import.
EXCHANGED = (
    "departments_department",
    "departments_posting",
    "departments_succession",
    "departments_user",
    "reporting_year",
)
EXPORTED = ("measures_responsibility",)


def admin_rows(world: World) -> dict[str, tuple[Any, Any]]:
    """Model → a row of the city and one of another conference."""
    global_rows = {
        "departments_jurisdiction": (world["city"].jurisdiction, None),
        "reporting_workday": (world["workday"], None),
        "reporting_heartbeat": (world["heartbeat"], None),
    }
    return global_rows | {
        "departments_conference": (world["city"], world["abroad"]),
        "departments_department": (world["lead_unit"], world["abroad_unit"]),
        "departments_posting": tuple(Posting.objects.get(user=world.people[person]) for person in ("lead", "xliaison")),
        "departments_user": (world.people["lead"], world.people["xliaison"]),
        "departments_event": (world["city_event"], world["abroad_event"]),
        "departments_succession": (world["city_succession"], world["abroad_succession"]),
        "departments_membership": tuple(
            Membership.objects.get(department=world[unit]) for unit in ("lead_unit", "abroad_unit")
        ),
        "measures_plan": (world["city_plan"], world["abroad_plan"]),
        "measures_planversion": (world["city_version"], world["abroad_version"]),
        "measures_clause": (world["city_clause_1"], world["abroad_clause_1"]),
        "measures_responsibility": (world["lead_unit_1"], world["abroad_unit_1"]),
        "measures_obligation": (world["city_obligation_0"], world["abroad_obligation_0"]),
        "measures_question": (world["city_question"], world["abroad_question"]),
        "measures_planimport": (world["city_import"], world["abroad_import"]),
        "measures_rememberedanswer": (world["city_remembered"], world["abroad_remembered"]),
        "measures_sheetlayout": (world["city_layout"], world["abroad_layout"]),
        "reporting_year": (world["city_year"], world["abroad_year"]),
        "reporting_duty": (world["duty_draft"], world["abroad_duty"]),
        "reporting_reminder": (world["city_reminder"], world["abroad_reminder"]),
        "reporting_mail": (world["city_mail"], world["abroad_mail"]),
        "reporting_urge": (world["city_urge"], world["abroad_urge"]),
    }
