"""What the people of the demo find to do: requests, a handover, a signature rule, urging, papers, a report to finish.

Made by the same services as everything that people do, as of now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from departments.models import Conference, Department, User
from measures.enums import ResponsibilityRole
from reporting.enums import CircularState, EntryState, Finding, SignatureRule
from reporting.models import AssessmentResult, Circular, Duty, Extension, Progress
from reporting.samples.meetings import load as load_meetings
from reporting.samples.texts import NOTE
from reporting.services.assessments import mark
from reporting.services.circulars import write_circular
from reporting.services.compiling import begin_report
from reporting.services.extensions import ask_extension, grant_extension
from reporting.services.handovers import Place, write_handover
from reporting.services.inputs import ask_input
from reporting.services.knowing import acknowledge
from reporting.services.reports import report_duty_of
from reporting.services.signing import set_signature_rule
from reporting.services.urging import urge_many

_EDUCATION, _JUSTICE, _FINANCE, _PUBLICITY = (
    f"500000-{name}" for name in ("jiaowei", "sifa", "caizheng", "xuanchuanbu")
)
_PUBLIC_SERVICE, _SCHOOLS = "五/(一)", "五/(二)/1"
# So many units are urged, so many clauses the liaison has yet to say that the unit knows of, so many units are praised.
_URGED, _UNKNOWN, _PRAISED = 3, 3, 3


def arrange_city(city: Conference, year: int, people: Mapping[str, User]) -> None:
    """Give everybody of the city something to do in a year that is open."""
    liaison, office, chief = people["liaison"], people["office"], people["officehead"]
    education, justice = _unit(city, _EDUCATION), _unit(city, _JUSTICE)
    set_signature_rule(education, SignatureRule.EVERYTHING, by=people["head"])
    _acknowledge(education, year, liaison)
    begin_report(_report_of(education, year), city, year, by=liaison)

    before = people["u-500000-sifa-before"]
    _ask_for_time(justice, year, before, days=10, reason=f"{NOTE}联络员调整，相关数据正在重新核对。")
    finance = _unit(city, _FINANCE)
    granted = _ask_for_time(finance, year, people[f"u-{_FINANCE}"], days=12, reason=f"{NOTE}决算数据月底才能汇总。")
    if granted is not None:
        grant_extension(granted, by=chief, until=granted.wanted_until, words="同意，请按期报送。")
    _ask_for_material(_unit(city, _PUBLICITY), education, _PUBLIC_SERVICE, year, people[f"u-{_PUBLICITY}"])
    _ask_for_material(education, justice, _SCHOOLS, year, liaison)
    write_handover(
        Place(city, justice),
        by=before,
        note=f"{NOTE}年报数据由办公室统一提供，公证和法律援助两项请找法律援助中心核对；延期申请已提交，等待批复。",
    )

    owed = Duty.objects.reports().filter(conference=city, year=year, state=EntryState.OPEN).exclude(department=None)
    late = owed.exclude(department__in=(education, justice, finance)).order_by("department__position")[:_URGED]
    urge_many(late, by=office, message=f"{NOTE}请尽快填报进展，按时报送年度报告。")
    load_meetings(city, year, office)
    _mark_and_praise(city, year, office)
    begin_report(None, city, year, by=office)


def arrange_county(county: Conference, year: int, people: Mapping[str, User]) -> None:
    """The same for the county, which is an office for its units and reports to the city."""
    office = people["district"]
    owed = Duty.objects.reports().filter(conference=county, year=year, state=EntryState.OPEN)
    asking = owed.order_by("department__position").select_related("department").first()
    if asking is not None and asking.department is not None:
        writer = people[f"u-{asking.department.code}"]
        _ask_for_time(asking.department, year, writer, days=5, reason=f"{NOTE}分管领导外出，报告须待其审签。")
    load_meetings(county, year, office)
    begin_report(report_duty_of(county, year), county, year, by=office)


def _mark_and_praise(city: Conference, year: int, by: User) -> None:
    """The first findings of the assessment, and the words of the circular that is being drafted."""
    accepted = Duty.objects.reports().filter(conference=city, year=year, state=EntryState.ACCEPTED)
    results = AssessmentResult.objects.filter(
        assessment__conference=city, assessment__year=year, department__in=accepted.values("department")
    )
    praised = list(results.select_related("assessment", "department").order_by("department__position")[:_PRAISED])
    for result in praised:
        grounds = f"{NOTE}进展填报完整，年度报告按时报送并一次通过。"
        mark(result, by=by, lock_version=result.lock_version, marks=None, grounds=grounds, finding=Finding.COMMEND)
    names = "、".join(str(result.department) for result in praised)
    for circular in Circular.objects.filter(conference=city, year=year, state=CircularState.DRAFT, body=""):
        body = f"{NOTE}{year}年以来，{names}等单位高度重视反拐工作，按时报送进展和年度报告，内容完整。现予以通报表扬。"
        write_circular(circular, values={"body": body}, lock_version=circular.lock_version, by=by)


def _unit(conference: Conference, code: str) -> Department:
    return Department.objects.select_related("conference").get(conference=conference, code=code)


def _report_of(unit: Department, year: int) -> Duty:
    owed = Duty.objects.reports().filter(department=unit, year=year)
    return owed.select_related("conference", "department", "obligation").get()


def _acknowledge(unit: Department, year: int, by: User) -> None:
    """Know of what the unit cooperates on, but for the last clauses."""
    rows = Progress.objects.filter(
        department=unit, year=year, role=ResponsibilityRole.COOPERATING, acknowledged_at=None
    ).select_related("clause", "department")
    for row in list(rows.order_by("clause__position"))[:-_UNKNOWN]:
        acknowledge(row, by=by)


def _ask_for_time(unit: Department, year: int, by: User, *, days: int, reason: str) -> Extension | None:
    """Ask for more time; None where the deadline has passed, or the report is on its way."""
    duty = _report_of(unit, year)
    if duty.state not in EntryState.outstanding() or duty.due_on < timezone.localdate():
        return None
    return ask_extension(duty, by=by, reason=reason, until=duty.due_on + timedelta(days=days))


def _ask_for_material(unit: Department, asked: Department, path: str, year: int, by: User) -> None:
    """Ask for the other unit's contribution to a clause, where it has not handed it in."""
    rows = Progress.objects.filter(clause__path=path, year=year, department__in=(unit, asked))
    found = {row.department_id: row for row in rows.select_related("clause", "department")}
    if len(found) < 2 or found[asked.pk].state not in EntryState.outstanding():
        return
    ask_input(
        found[unit.pk],
        found[asked.pk],
        by=by,
        message=f"{NOTE}请提供本年度这一条的做法和数字，供汇总使用。",
        due_on=max(timezone.localdate(), date(year, 1, 1)) + timedelta(days=7),
    )
