"""Opening a year on the real documents."""

from collections import Counter
from datetime import date

import pytest

from departments.models import Conference, Department, Event
from departments.models.events import Action
from measures.enums import ObligationKind
from measures.models import PlanVersion
from reporting.enums import EntryState, YearState
from reporting.models import Duty, Progress, Year
from reporting.services.years import NothingToOpen, YearIsClosed, open_year
from tests.factories import UserFactory
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

REPORT, MEETING = ObligationKind.ANNUAL_REPORT, ObligationKind.MEETING


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00")


# --- The real documents -------------------------------------------------------------------------------------------


def test_city_2026_has_its_duties_and_no_others(city):
    open_year(city, 2026)

    duties = Duty.objects.filter(year=2026)
    counted = Counter(
        (duty.kind, "unit" if duty.department_id else "conference", duty.due_on.isoformat()) for duty in duties
    )
    assert counted == {
        (REPORT, "unit", "2026-12-15"): 34,
        (REPORT, "conference", "2026-12-30"): 37,
        (MEETING, "conference", "2026-12-31"): 37,
        (ObligationKind.STAGE_ASSESSMENT, "conference", "2026-12-31"): 1,
    }


def test_every_duty_starts_open_and_on_the_date_of_the_plan(city):
    open_year(city, 2026)

    states = set(Duty.objects.values_list("state", "lock_version", "period", "conference__code"))
    assert states == {(EntryState.OPEN, 0, "2026", "500000")}
    assert [duty for duty in Duty.objects.all() if duty.due_on != duty.planned_on] == []


def test_members_report_to_the_city_office(city):
    open_year(city, 2026)

    recipients = Duty.objects.exclude(department=None).values_list("recipients", flat=True)
    assert list(recipients) == [["市反拐联席会议办公室"]] * 34


def test_each_member_reports_once(city):
    members = set(Department.objects.filter(conference=city).members_on(date(2026, 12, 15)))

    open_year(city, 2026)

    assert len(members) == 34
    assert {duty.department for duty in Duty.objects.exclude(department=None)} == members


def test_districts_report_to_the_city_and_to_their_own_government(city):
    open_year(city, 2026)

    reports = Duty.objects.filter(kind=REPORT).exclude(obliged_conference=None).select_related("obliged_conference")
    expected = {
        district.code: ["市反拐联席会议", district.government_name]
        for district in Conference.objects.filter(upper=city).exclude(code__in=["500105", "500112"])
    }
    assert {duty.obliged_conference.code: duty.recipients for duty in reports} == expected
    assert expected["500101"] == ["市反拐联席会议", "万州区人民政府"]
    assert len(expected) == 37
    assert all(recipient for recipients in expected.values() for recipient in recipients)


def test_final_assessment_is_due_once_at_the_end_of_2030(city):
    for year in range(2026, 2031):
        open_year(city, year)

    final = Duty.objects.filter(kind=ObligationKind.FINAL_ASSESSMENT)
    assert [(duty.year, duty.due_on, duty.owner) for duty in final] == [(2030, date(2030, 12, 31), city)]


def test_progress_is_one_row_for_each_named_unit_and_each_further_member_of_the_group(city):
    opening = open_year(city, 2026)

    named = set(opening.year.version.responsibility_set.named().values_list("pk", "clause_id", "department_id", "role"))
    group = opening.year.version.responsibility_set.get(group__contains="成员单位")
    already = {department for _pk, clause, department, _role in named if clause == group.clause_id}
    members = set(
        Department.objects.filter(conference=city).members_on(date(2026, 12, 31)).values_list("pk", flat=True)
    )
    expected = named | {(group.pk, group.clause_id, member, group.role) for member in members - already}
    made = set(Progress.objects.values_list("responsibility_id", "clause_id", "department_id", "role"))
    assert made == expected
    assert (len(named), len(members - already)) == (285, 33)
    assert Progress.objects.count() == 318
    assert (opening.progress, opening.progress_created, opening.responsibilities, opening.groups) == (318, 318, 286, 1)


def test_abolished_districts_are_named_and_owe_nothing(city):
    opening = open_year(city, 2026)

    assert opening.notes == ["江北区、渝北区在2026年底前已经撤销，未生成应报事项；过渡期由谁报送请核对。"]
    assert not Duty.objects.filter(obliged_conference__code__in=["500105", "500112"]).exists()


def test_districts_that_stood_to_the_end_of_the_year_owe_it(city):
    """2024: 江北 and 渝北 were there, 两江新区 was not."""
    opening = open_year(city, 2024)

    reports = set(Duty.objects.filter(kind=REPORT).values_list("obliged_conference__code", flat=True))
    assert {"500105", "500112"} <= reports
    assert len(reports - {None}) == 38
    assert opening.notes == []


def test_yunyang_has_no_plan_in_force_and_is_opened_for_the_citys(documents):
    yunyang = Conference.objects.get(code="500235")

    opening = open_year(yunyang, 2026)

    counted = Counter(
        (duty.kind, duty.conference.code, str(duty.due_on), "unit" if duty.department_id else duty.owner.code)
        for duty in Duty.objects.all()
    )
    assert counted == {
        (REPORT, "500235", "2026-12-15", "unit"): 23,
        (REPORT, "500000", "2026-12-30", "500235"): 1,
        (MEETING, "500000", "2026-12-31", "500235"): 1,
    }
    assert {tuple(duty.recipients) for duty in Duty.objects.exclude(department=None)} == {("云阳县反拐联席会议办公室",)}
    assert (opening.year.version, Progress.objects.count()) == (None, 0)
    assert opening.notes == ["本级没有生效的计划，只按上级计划渝府办发〔2021〕152号生成应报事项，不生成条款进展。"]


def test_city_and_county_opened_in_either_order_share_the_countys_two_duties(city):
    yunyang = Conference.objects.get(code="500235")

    county_first = [open_year(yunyang, 2026).duties_created, open_year(city, 2026).duties_created]
    city_first = [open_year(city, 2027).duties_created, open_year(yunyang, 2027).duties_created]

    assert county_first == [25, 107]
    assert city_first == [109, 23]


def test_corps_has_no_dated_duties_but_progress(documents):
    corps = Conference.objects.get(code="660000")

    opening = open_year(corps, 2026)

    version = opening.year.version
    assert Duty.objects.count() == 0
    # 「各成员单位」 means the thirty members, in two clauses; where one of them is named already it is asked once.
    assert Progress.objects.filter(responsibility__group="").count() == version.responsibility_set.named().count()
    assert (Progress.objects.count(), opening.progress_created) == (264, 264)
    assert set(Progress.objects.values_list("conference__code", flat=True)) == {"660000"}


def test_running_again_changes_no_row(city):
    open_year(city, 2026)
    author = UserFactory()
    progress, duty = Progress.objects.order_by("pk")[10], Duty.objects.order_by("pk")[10]
    Progress.objects.filter(pk=progress.pk).update(
        state=EntryState.SUBMITTED, work_done="培训三期", lock_version=4, updated_by=author
    )
    Duty.objects.filter(pk=duty.pk).update(
        state=EntryState.RETURNED, return_reason="缺数据", statement="全年", due_on=date(2027, 1, 8)
    )
    before = rows()

    again = open_year(city, 2026)

    assert rows() == before
    assert (again.duties, again.duties_created, again.progress, again.progress_created) == (109, 0, 318, 0)


def test_running_again_adds_only_what_is_missing(city):
    open_year(city, 2026)
    missing = Duty.objects.order_by("pk").first()
    kept = rows(Duty)["reporting.Duty"][1:]
    Duty.objects.filter(pk=missing.pk).delete()

    again = open_year(city, 2026)

    assert again.duties_created == 1
    after = rows(Duty)["reporting.Duty"]
    assert after[:-1] == kept
    assert (after[-1]["department_id"], after[-1]["obligation_id"]) == (missing.department_id, missing.obligation_id)


def test_opening_is_recorded_once_with_who_and_what(city):
    head = UserFactory()

    opening = open_year(city, 2026, by=head)
    open_year(city, 2026, by=head)

    events = Event.objects.of(opening.year)
    assert [(e.action, e.actor, e.before, e.after, e.detail, e.conference) for e in events] == [
        (Action.OPEN_YEAR, head, "", YearState.OPEN, {"duties": 109, "progress": 318}, city)
    ]


# --- Refusals -----------------------------------------------------------------------------------------------------


def test_a_year_without_any_plan_is_refused_and_leaves_nothing(city, refused):
    before = rows()

    with refused(NothingToOpen) as refusal:
        open_year(city, 2035)

    assert str(refusal.value) == "市反拐联席会议在2035年没有生效的计划，也没有上级计划可依据，无法开启年度。"
    assert rows() == before


def test_a_closed_year_is_refused_and_left_alone(city, refused):
    open_year(city, 2026)
    Year.objects.update(state=YearState.CLOSED)
    Progress.objects.all().delete()
    before = rows()

    with refused(YearIsClosed) as refusal:
        open_year(city, 2026)

    assert str(refusal.value) == "市反拐联席会议 2026已经关闭。"
    assert rows() == before


def test_a_draft_asks_nothing_of_anybody(city):
    """The second text of the same plan is a draft: the year answers to the published one."""
    assert PlanVersion.objects.filter(conference=city, state="draft").exists()

    opening = open_year(city, 2026)

    assert (opening.year.version.number, opening.year.version.state) == (1, "published")
