"""Several people at one paper of the office at the same moment: one act happens, nothing is lost."""

from collections import Counter
from datetime import date
from functools import partial

import pytest

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import AttendanceKind, EntryState, Finding, MeetingState, SupervisionState
from reporting.models import Assessment, AssessmentResult, Circular, Duty, Meeting, Notice, Supervision
from reporting.services.assessment_results import seal_of
from reporting.services.assessments import mark, publish
from reporting.services.circulars import issue_circular, write_circular
from reporting.services.meetings import (
    AttendanceInput,
    cancel_meeting,
    file_minutes,
    register_attendance,
    write_minutes,
)
from reporting.services.refusals import Overtaken
from reporting.services.supervision import follow, lift
from tests.papers_rows import (
    AssessmentFactory,
    AssessmentResultFactory,
    AttendanceFactory,
    CircularFactory,
    MeetingFactory,
    Office,
    SupervisionFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def what_happened(results):
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def meeting(office):
    row = MeetingFactory(conference=office.district, minutes="一、议定事项。")
    AttendanceFactory(meeting=row, department=office.units[0], kind=AttendanceKind.PRESENT)
    return row


def test_of_twenty_who_write_the_minutes_each_is_written_or_told(at_once, office, meeting):
    results = at_once(
        *[
            partial(write_minutes, meeting, minutes=f"第{number}人", lock_version=0, by=office.staff)
            for number in range(20)
        ]
    )

    assert what_happened(results) == {"done": 1, "Overtaken": 19}
    winner = next(number for number, result in enumerate(results) if not isinstance(result, Exception))
    assert {r.current.minutes for r in results if isinstance(r, Overtaken)} == {f"第{winner}人"}
    assert Meeting.objects.get().minutes == f"第{winner}人"


def test_minutes_filed_by_four_at_once_are_filed_once_and_meet_the_duty_once(at_once, office, meeting):
    duty = office.duty(ObligationKind.MEETING, of=office.district, text="专题会议")

    results = at_once(*[partial(file_minutes, meeting, lock_version=0, by=office.district_staff)] * 4)

    assert what_happened(results) == {"done": 1, "WrongState": 3}
    assert Event.objects.filter(action=Action.MINUTES).count() == 1
    assert Event.objects.of(duty).count() == 1
    assert Duty.objects.get().state == EntryState.ACCEPTED
    assert Notice.objects.count() == 1


def test_of_filing_and_cancelling_at_once_one_happens(at_once, office, meeting):
    filed, cancelled = at_once(
        partial(file_minutes, meeting, lock_version=0, by=office.district_staff),
        partial(cancel_meeting, meeting, reason="不开了", by=office.district_head),
    )

    assert what_happened([filed, cancelled]) == {"done": 1, "WrongState": 1}
    expected = MeetingState.CANCELLED if isinstance(filed, Exception) else MeetingState.FILED
    assert Meeting.objects.get().state == expected
    assert Event.objects.count() == 1


def test_what_is_filed_has_the_attendance_that_was_registered_before_or_refuses_it(at_once, office, meeting):
    row = meeting.attendances.get()
    rows = [AttendanceInput(pk=row.pk, kind=AttendanceKind.ABSENT, note="")]

    registered, _filed = at_once(
        partial(register_attendance, meeting, rows=rows, lock_version=0, by=office.district_staff),
        partial(file_minutes, meeting, lock_version=0, by=office.district_head),
    )

    kept = Event.objects.get(action=Action.MINUTES).detail["attendance"][office.units[0].name][0]
    row.refresh_from_db()
    assert kept == row.kind
    assert (row.kind == AttendanceKind.PRESENT) is isinstance(registered, Exception)


def test_two_who_mark_one_unit_are_written_or_told(at_once, office):
    result = AssessmentResultFactory(assessment__conference=office.city, department=office.units[0])
    given = {"marks": None, "finding": Finding.CRITICISE, "lock_version": 0}

    results = at_once(
        *[partial(mark, result, by=person, grounds=person.name, **given) for person in (office.staff, office.head)] * 3
    )

    assert what_happened(results) == {"done": 1, "Overtaken": 5}
    assert Event.objects.filter(action=Action.MARK).count() == 1


def test_marks_and_publication_at_once_leave_what_was_published(at_once, office):
    assessment = AssessmentFactory(conference=office.city)
    result = AssessmentResultFactory(assessment=assessment, department=office.units[0])
    row = Assessment.objects.get()
    seal = seal_of(row, row.results.all())

    marked, published = at_once(
        partial(mark, result, by=office.staff, marks=None, grounds="逾期", finding=Finding.CRITICISE, lock_version=0),
        partial(publish, assessment, by=office.head, seen=seal),
    )

    # Whoever is second finds that it is not what was seen any more, or that it is published.
    assert what_happened([marked, published]) == {"done": 1, "WrongState": 1}
    finding = AssessmentResult.objects.get().finding
    assert finding == (Finding.NONE if isinstance(marked, Exception) else Finding.CRITICISE)


def test_publication_by_four_at_once_is_one(at_once, office):
    assessment = AssessmentFactory(conference=office.city)
    AssessmentResultFactory(assessment=assessment, department=office.units[0])
    duty = office.duty(ObligationKind.STAGE_ASSESSMENT, of=office.city)
    row = Assessment.objects.get()
    seal = seal_of(row, row.results.all())

    results = at_once(*[partial(publish, assessment, by=office.head, seen=seal)] * 4)

    assert what_happened(results) == {"done": 1, "WrongState": 3}
    assert Event.objects.filter(action=Action.PUBLISH_ASSESSMENT).count() == 1
    assert Event.objects.of(duty).count() == 1
    assert Notice.objects.count() == 1


def test_of_writing_and_issuing_a_circular_at_once_the_issued_text_is_the_stored_one(at_once, office):
    circular = CircularFactory(conference=office.city, body="原文")
    issue = {"issued_on": date.today(), "document_number": ""}

    results = at_once(
        partial(write_circular, circular, values={"body": "改过"}, lock_version=0, by=office.staff),
        partial(issue_circular, circular, lock_version=0, by=office.head, **issue),
        partial(issue_circular, circular, lock_version=0, by=office.head, **issue),
    )

    assert what_happened(results)["done"] == 1
    issued = Event.objects.filter(action=Action.ISSUE_CIRCULAR).first()
    assert issued is None or issued.detail["body"] == Circular.objects.get().body


def test_of_a_step_and_the_lifting_at_once_nothing_follows_the_end(at_once, office):
    row = SupervisionFactory(conference=office.city, supervised=office.district)

    results = at_once(
        partial(lift, row, reason="整改到位", lifted_on=date.today(), by=office.head),
        *[partial(follow, row, text=f"第{number}步", by=office.district_staff) for number in range(3)],
    )

    assert Supervision.objects.get().state == SupervisionState.LIFTED
    last = Event.objects.order_by("pk").last()
    assert last.action == Action.LIFT
    assert Event.objects.filter(action=Action.FOLLOW).count() == what_happened(results[1:])["done"] == row.steps.count()
