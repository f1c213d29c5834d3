"""Reports under the published plans: who reports after a change of places."""

import pytest

from departments.models import Conference
from reporting.models import Duty, Filing, ReportSection
from reporting.services.reports import report_for
from reporting.services.years import open_year
from tests.factories import PostingFactory
from tests.report_rows import as_user, at, hand_in_from

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


def test_districts_whose_places_were_merged_report_by_their_days(city):
    """江北 and 渝北 were abolished on 6 November 2025, 两江新区 took their place."""
    open_year(city, 2026)
    office = PostingFactory(office_staff=True, conference=city).user
    new, *old = (Conference.objects.get(code=code) for code in ("5001LJ", "500105", "500112"))

    page = as_user(office).get(at("districts", "500000", 2026))

    names = {row["name"] for row in page.context["rows"]}
    assert len(names) == 37
    assert "两江新区" in names
    assert not names & {"江北区", "渝北区"}
    writer = PostingFactory(office_staff=True, conference=new).user
    duty = Duty.objects.reports().get(obliged_conference=new, year=2026)
    assert as_user(writer).post(at("duty", duty.pk), {"action": "start"}).status_code == 302
    report = report_for(duty)
    assert (report.signatory, report.addressee) == (
        "两江新区反拐联席会议",
        "市反拐联席会议、两江新区人民政府",
    )
    ReportSection.objects.filter(report=report, key="overview").update(body="新区情况。")
    assert hand_in_from(as_user(writer), report).status_code == 302
    assert Filing.objects.get().recipient == city
    assert not Duty.objects.filter(obliged_conference__in=old, year=2026).exists()
