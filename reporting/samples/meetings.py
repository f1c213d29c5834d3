"""Sample papers of an office for the demo: meetings, an assessment, a circular, a supervision. All of it is made up."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from departments.models import Conference, User
from reporting.enums import AssessmentKind, AttendanceKind, CircularKind, MeetingKind, SupervisionKind
from reporting.models import Assessment, Attendance, Circular, Meeting, Supervision
from reporting.paper_documents import title_of_assessment
from reporting.services.assessments import draw_up
from reporting.services.circulars import draft_circular
from reporting.services.meetings import (
    AttendanceInput,
    Particulars,
    file_minutes,
    plan_meeting,
    register_attendance,
    write_minutes,
)
from reporting.services.supervision import Order, follow, open_supervision

_AGENDA = "1.通报上半年反拐工作情况\n2.分析研判形势\n3.研究下一步措施"
_MINUTES = """（演示数据，虚构）会议听取了上半年工作情况汇报，分析了当前形势，议定以下事项。
一、加强重点场所排查
各成员单位按职责对车站、集贸市场、劳务市场开展一次联合排查，十月底前完成。
二、完善信息通报
每季度末通报一次线索移交和办理情况，由反拐办汇总。
三、做好宣传教育
结合开学季、春运等节点开展宣传，覆盖农村和城乡结合部。"""


@transaction.atomic
def load(conference: Conference, year: int, by: User) -> int:
    """Make the papers where the conference has none of the kind in ``year``; returns how many were made.

    The year must be open. A meeting that lies before today is filed, which meets the duty to hold one.
    """
    today = timezone.localdate()
    made = _meetings(conference, year, by, today)
    made += _assessment(conference, year, by)
    return made + _supervision(conference, year, by, today)


def _meetings(conference: Conference, year: int, by: User, today: date) -> int:
    if Meeting.objects.filter(conference=conference, year=year).exists():
        return 0
    made = 0
    held_on, coming_on = date(year, 7, 15), date(year, 12, 10)
    if held_on < today:
        meeting = _plan(conference, year, by, MeetingKind.SPECIAL, f"{year}年反拐工作专题会议", held_on)
        _attend(meeting, by)
        version = write_minutes(meeting, minutes=_MINUTES, lock_version=0, by=by)
        file_minutes(meeting, lock_version=version, by=by)
        made += 1
    if today <= coming_on:
        _plan(conference, year, by, MeetingKind.LIAISONS, f"{year}年第二次联络员会议", coming_on)
        made += 1
    return made


def _plan(conference: Conference, year: int, by: User, kind: MeetingKind, title: str, held_on: date) -> Meeting:
    particulars = Particulars(kind, title, held_on, "办公楼三楼会议室", "联席会议召集人", _AGENDA)
    return plan_meeting(conference, year, particulars=particulars, by=by)


def _attend(meeting: Meeting, by: User) -> None:
    """Nearly everybody came: every seventh sent somebody, every eleventh asked to be excused."""
    rows = []
    for number, row in enumerate(Attendance.objects.filter(meeting=meeting).order_by("department__position", "pk"), 1):
        kind, note = AttendanceKind.PRESENT, "分管负责人"
        if number % 11 == 0:
            kind, note = AttendanceKind.EXCUSED, "另有会议"
        elif number % 7 == 0:
            kind, note = AttendanceKind.SUBSTITUTE, "联络员"
        rows.append(AttendanceInput(pk=row.pk, kind=kind, note=note))
    register_attendance(meeting, rows=rows, lock_version=0, by=by)


def _assessment(conference: Conference, year: int, by: User) -> int:
    made = 0
    if not Assessment.objects.filter(conference=conference, year=year).exists():
        title = title_of_assessment(conference, AssessmentKind.STAGE, year, year)
        draw_up(conference, kind=AssessmentKind.STAGE, first=year, last=year, title=title, by=by)
        made += 1
    if not Circular.objects.filter(conference=conference, year=year).exists():
        draft_circular(conference, year, kind=CircularKind.COMMEND, by=by)
        made += 1
    return made


def _supervision(conference: Conference, year: int, by: User, today: date) -> int:
    if Supervision.objects.filter(conference=conference, year=year).exists() or today.year != year:
        return 0
    supervised = conference.lower.select_related("jurisdiction").order_by("code").last()
    place = supervised.jurisdiction if supervised is not None else None
    opened_on = max(today - timedelta(days=40), date(year, 1, 1))
    order = Order(
        kind=SupervisionKind.LISTED,
        area=f"{place.name}某城乡结合部（演示）" if place is not None else "某城乡结合部（演示）",
        supervised=supervised,
        jurisdiction=place,
        reason="（演示数据，虚构）对出租房屋、劳务市场的排查不深入，信息通报不及时。",
        demands="1.一个月内完成一次联合排查\n2.建立线索移交台账\n3.每半月报送一次整改进展",
        opened_on=opened_on,
        due_on=opened_on + timedelta(days=60),
        document_number="",
    )
    supervision = open_supervision(conference, year, order=order, by=by)
    follow(supervision, text="（演示数据，虚构）已约谈有关负责人，整改方案已收到。", by=by)
    return 1
