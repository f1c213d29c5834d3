"""The papers of the demo: made once, and of the kinds that the pages show."""

import pytest

from measures.enums import ObligationKind
from reporting.enums import EntryState, MeetingState
from reporting.models import Assessment, Circular, Meeting, Supervision
from reporting.samples.meetings import load
from tests.papers_rows import Office

pytestmark = pytest.mark.django_db


def test_sample_papers_are_made_once(clock):
    clock("2026-11-20 10:00")
    office = Office(2026)

    assert load(office.city, 2026, office.head) == 5
    assert load(office.city, 2026, office.head) == 0

    assert list(Meeting.objects.order_by("held_on").values_list("state", flat=True)) == [
        MeetingState.FILED,
        MeetingState.PLANNED,
    ]
    assert (Assessment.objects.count(), Circular.objects.count(), Supervision.objects.count()) == (1, 1, 1)
    assert Supervision.objects.get().supervised == office.district


def test_sample_meeting_of_a_district_meets_its_duty(clock):
    clock("2026-11-20 10:00")
    office = Office(2026)
    duty = office.duty(ObligationKind.MEETING, of=office.district, text="每年至少1次专题会议")

    load(office.district, 2026, office.district_head)

    duty.refresh_from_db()
    assert duty.state == EntryState.ACCEPTED


@pytest.mark.parametrize("day", ["2026-01-05", "2026-12-31"])
def test_sample_papers_are_made_on_any_day_of_the_year(clock, day):
    clock(f"{day} 10:00")
    office = Office(2026)

    assert load(office.city, 2026, office.head) > 0
