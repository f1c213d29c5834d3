"""Drawing up an assessment, marking, publishing: what is stored, refused, told and noted."""

from datetime import date
from decimal import Decimal

import pytest

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import AssessmentKind, AssessmentState, CriterionKind, EntryState, Finding, YearState
from reporting.models import Assessment, AssessmentResult, Notice, Year
from reporting.services.assessment_results import seal_of
from reporting.services.assessments import CriterionInput, draw_up, mark, publish, recount, set_criteria
from reporting.services.refusals import NotReady, Overtaken, WrongState, YearIsOver
from tests.factories import DepartmentFactory
from tests.papers_rows import AssessmentFactory, AssessmentResultFactory, Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_december(clock):
    clock("2026-12-20 10:00")


@pytest.fixture
def office():
    return Office(2026)


def drawn_up(office, **more):
    given = {"kind": AssessmentKind.STAGE, "first": 2026, "last": 2026, "title": "2026年度评估", "by": office.staff}
    return draw_up(office.city, **(given | more))


POINTS = {"timeliness": (30, 5), "completeness": (40, 0), "returns": (10, 2), "extensions": (5, 1), "marks": (15, 0)}


def scored(assessment, office, **changes):
    """Turn points on."""
    criteria = [
        CriterionInput(kind, True, Decimal(points), Decimal(deduction))
        for kind, (points, deduction) in (POINTS | changes).items()
    ]
    version = Assessment.objects.get(pk=assessment.pk).lock_version
    values = {"title": "评估", "summary": "", "is_scored": True}
    set_criteria(assessment, by=office.staff, lock_version=version, values=values, criteria=criteria)


def result_of(assessment, owner):
    whose = {"department": owner} if hasattr(owner, "position") else {"assessed_conference": owner}
    return AssessmentResult.objects.select_related("assessment").get(assessment=assessment, **whose)


def marked(result, office, *, by=None, **more):
    given = {"marks": None, "grounds": "三次逾期。", "finding": Finding.NONE, "lock_version": result.lock_version}
    mark(result, by=by or office.staff, **(given | more))


def published(assessment, office):
    fresh = Assessment.objects.get(pk=assessment.pk)
    publish(fresh, by=office.head, seen=seal_of(fresh, fresh.results.all()))


# --- Drawing up ---------------------------------------------------------------------------------------------------


def test_everybody_has_a_row_with_what_was_counted(office):
    office.duty(due_on=date(2026, 12, 15))
    office.duty(of=office.district, due_on=date(2026, 12, 30))

    assessment = drawn_up(office)

    owners = {
        (row.department or row.assessed_conference): row.facts["duties_missing"] for row in assessment.results.all()
    }
    assert owners == {office.units[0]: 1, office.units[1]: 0, office.district: 0}
    assert assessment.counted_at is not None


def test_there_are_no_points_unless_the_office_wants_them(office):
    assessment = drawn_up(office)

    assert not assessment.is_scored
    assert set(assessment.results.values_list("score", "marks")) == {(None, None)}
    assert list(assessment.criteria.values_list("kind", "is_used", "points")) == [
        (kind, True, Decimal(0)) for kind in CriterionKind.values
    ]


def test_criteria_are_those_of_the_last_assessment_of_the_kind(office):
    open_year_of(office, 2025)
    scored(drawn_up(office, first=2025, last=2025), office)

    assessment = drawn_up(office)

    assert assessment.criteria.get(kind=CriterionKind.TIMELINESS).points == 30
    assert not assessment.is_scored


def open_year_of(office, year):
    return Year.objects.create(conference=office.city, year=year)


def test_second_one_of_the_kind_in_the_year_is_refused(office, refused):
    drawn_up(office)

    with refused(WrongState):
        drawn_up(office)

    assert drawn_up(office, kind=AssessmentKind.FINAL, first=2022).starts_year == 2022
    assert Assessment.objects.count() == 2


def test_drawing_up_is_one_event_of_the_office(office):
    assessment = drawn_up(office)

    event = Event.objects.get()
    assert (event.action, event.object_id, event.department) == (Action.ASSESS, assessment.pk, None)


# --- Counting again -----------------------------------------------------------------------------------------------


def test_recounting_keeps_what_was_said_and_follows_the_ledger(office):
    assessment = drawn_up(office)
    marked(result_of(assessment, office.units[0]), office, finding=Finding.CRITICISE)
    office.duty(due_on=date(2026, 12, 15))
    new = DepartmentFactory(conference=office.city, member=True)

    recount(assessment, by=office.staff)

    first = result_of(assessment, office.units[0])
    assert (first.facts["duties_missing"], first.finding, first.grounds) == (1, Finding.CRITICISE, "三次逾期。")
    assert result_of(assessment, new).facts["duties_owed"] == 0


def test_who_is_assessed_no_longer_goes_unless_something_was_said(office):
    assessment = drawn_up(office)
    marked(result_of(assessment, office.units[0]), office, finding=Finding.COMMEND)
    for unit in office.units:
        unit.memberships.update(ends_on=date(2026, 6, 30))

    recount(assessment, by=office.staff)

    assert [row.department for row in assessment.results.all()] == [office.units[0]]


# --- Points -------------------------------------------------------------------------------------------------------


def test_points_follow_from_facts_marks_and_criteria(office):
    office.duty(due_on=date(2026, 12, 15))
    assessment = drawn_up(office)
    scored(assessment, office)
    assert result_of(assessment, office.units[0]).score is None

    marked(result_of(assessment, office.units[0]), office, marks=Decimal("12.5"))

    # 30 − 5 for what is missing, 40 as nothing was owed, 10, 5, and 12.5 given.
    assert result_of(assessment, office.units[0]).score == Decimal("92.5")
    scored(assessment, office, timeliness=(30, 10))
    assert result_of(assessment, office.units[0]).score == Decimal("87.5")


def test_turning_points_off_takes_them_away(office):
    assessment = drawn_up(office)
    scored(assessment, office, marks=(0, 0))
    version = Assessment.objects.get().lock_version

    values = {"title": "评估", "summary": "", "is_scored": False}
    set_criteria(assessment, by=office.staff, lock_version=version, values=values, criteria=[])

    assert set(assessment.results.values_list("score", flat=True)) == {None}


def test_criteria_of_an_older_form_are_refused(office, refused):
    assessment = drawn_up(office)
    scored(assessment, office)

    with refused(Overtaken) as overtaken:
        set_criteria(assessment, by=office.head, lock_version=0, values={"title": "另一个"}, criteria=[])

    assert overtaken.value.current.updated_by == office.staff
    assert Assessment.objects.get().title == "评估"


# --- Marking ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"marks": Decimal(5)}, {"finding": Finding.COMMEND}])
def test_what_is_said_of_a_unit_needs_its_grounds(office, said):
    result = AssessmentResultFactory(assessment=AssessmentFactory(conference=office.city, year=2026))

    with pytest.raises(ValueError, match="grounds"):
        marked(result, office, grounds=" ", **said)


def test_marks_of_an_older_form_are_refused(office, refused):
    assessment = drawn_up(office)
    seen = result_of(assessment, office.units[0])
    marked(result_of(assessment, office.units[0]), office, grounds="甲", by=office.head)

    with refused(Overtaken) as overtaken:
        marked(seen, office, grounds="乙")

    assert (overtaken.value.current.grounds, overtaken.value.current.updated_by) == ("甲", office.head)


def test_the_unit_does_not_learn_of_its_marks_from_the_trail(office):
    assessment = drawn_up(office)

    marked(result_of(assessment, office.units[0]), office, finding=Finding.CRITICISE)

    event = Event.objects.get(action=Action.MARK)
    assert not Event.objects.visible_to(office.liaisons[0]).exists()
    assert Event.objects.visible_to(office.head).filter(pk=event.pk).exists()


# --- Publishing ---------------------------------------------------------------------------------------------------


def test_publishing_freezes_the_results(office, refused):
    assessment = drawn_up(office)
    published(assessment, office)

    assessment.refresh_from_db()
    assert (assessment.state, assessment.published_by) == (AssessmentState.PUBLISHED, office.head)
    for act in (
        lambda: recount(assessment, by=office.staff),
        lambda: marked(result_of(assessment, office.units[0]), office),
        lambda: scored(assessment, office),
        lambda: published(assessment, office),
    ):
        with refused(WrongState):
            act()


def test_publishing_meets_the_duty_of_the_conference(office):
    duty = office.duty(ObligationKind.STAGE_ASSESSMENT, of=office.city)
    final = office.duty(ObligationKind.FINAL_ASSESSMENT, of=office.city)
    assessment = drawn_up(office)

    published(assessment, office)

    for row in (duty, final, assessment):
        row.refresh_from_db()
    assert (duty.state, final.state, assessment.duty) == (EntryState.ACCEPTED, EntryState.OPEN, duty)
    assert Event.objects.of(duty).get().reason == "《2026年度评估》已公布。"
    assert Event.objects.filter(action=Action.PUBLISH_ASSESSMENT).count() == 1


def test_everybody_assessed_is_told_the_way_to_their_own_result(office):
    office.duty(of=office.district)
    assessment = drawn_up(office)
    published(assessment, office)

    paths = {notice.recipient: notice.path for notice in Notice.objects.all()}
    assert paths == {
        **{
            person: f"/assessments/results/{result_of(assessment, unit).pk}/"
            for person, unit in zip(office.liaisons, office.units, strict=True)
        },
        **dict.fromkeys(
            (office.district_staff, office.district_head),
            f"/assessments/results/{result_of(assessment, office.district).pk}/",
        ),
    }


def test_what_was_not_seen_is_not_published(office, refused):
    assessment = drawn_up(office)
    seen = seal_of(assessment, assessment.results.all())
    marked(result_of(assessment, office.units[0]), office, finding=Finding.CRITICISE)

    with refused(WrongState):
        publish(assessment, by=office.head, seen=seen)

    assert Assessment.objects.get().state == AssessmentState.DRAFT


def test_incomplete_points_are_not_published(office, refused):
    assessment = drawn_up(office)
    scored(assessment, office)
    marked(result_of(assessment, office.units[0]), office, marks=Decimal(10))

    with refused(NotReady) as missing:
        published(assessment, office)

    assert "1个" in str(missing.value)


def test_an_assessment_of_nobody_is_not_published(office, refused):
    with refused(NotReady):
        published(AssessmentFactory(conference=office.city, year=2026), office)


def test_units_and_districts_see_their_own_result_once_it_is_published(office):
    office.duty(of=office.district)
    assessment = drawn_up(office)
    people = (*office.liaisons, office.district_staff)

    def seen():
        return [
            [row.department or row.assessed_conference for row in AssessmentResult.objects.visible_to(person)]
            for person in people
        ]

    assert seen() == [[], [], []]
    published(assessment, office)
    assert seen() == [[office.units[0]], [office.units[1]], [office.district]]


def test_nothing_is_written_in_a_closed_year(office, refused):
    assessment = drawn_up(office)
    Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
    before = Event.objects.count()

    for act in (
        lambda: drawn_up(office, kind=AssessmentKind.FINAL),
        lambda: recount(assessment, by=office.staff),
        lambda: marked(result_of(assessment, office.units[0]), office),
        lambda: scored(assessment, office),
        lambda: published(assessment, office),
    ):
        with refused(YearIsOver):
            act()
    assert Event.objects.count() == before
