"""The review queue: what waits, the oldest first; many accepted at once, each that was read and may be accepted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState
from reporting.models import Progress, Year
from reporting.services.entries import withdraw_entry
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    YearFactory,
    this_year,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def version(city):
    version = PlanVersionFactory(conference=city)
    for path, heading in (("一", "预防"), ("二", "打击")):
        ClauseFactory(version=version, path=path, label=f"{path}、", heading=heading, parent=None, depth=0)
    return version


@pytest.fixture
def office(client, city):
    client.force_login(PostingFactory(office_staff=True, conference=city).user)
    return client


@pytest.fixture
def queue(city, version):
    """``queue(unit, days_ago)``: something handed in; the year is open."""
    YearFactory(conference=city, version=version, year=this_year())

    def handed_in(unit, days_ago, path="一/1", **fields):
        clause = version.clause_set.filter(path=path).first() or ClauseFactory(version=version, path=path)
        return ProgressFactory(
            responsibility=ResponsibilityFactory(clause=clause, department=unit),
            submitted=True,
            submitted_at=timezone.now() - timedelta(days=days_ago),
            work_done=fields.pop("work_done", "培训三期"),
            **fields,
        )

    return handed_in


def address(city, query=""):
    return reverse("reporting:review_queue", args=[city.code, this_year()]) + query


def units_in(response):
    return [row["unit"] for row in response.context["page"].object_list]


def key_of(entry):
    return f"{entry._meta.model_name}-{entry.pk}-{entry.lock_version}"


def member(city, name):
    return DepartmentFactory(conference=city, name=name)


def plan_duty(unit, **fields):
    obligation = ObligationFactory(clause__version__conference=unit.conference, kind="implementation_plan")
    return DutyFactory(obligation=obligation, department=unit, submitted=True, **fields)


def test_the_oldest_stands_first_and_duties_among_measures(office, city, queue):
    queue(member(city, "市教委"), 1, work_done="近的")
    plan_duty(member(city, "市妇联"), statement="方案", submitted_at=timezone.now() - timedelta(days=2))
    queue(member(city, "市公安局"), 3, path="二/1", work_done="远的")

    response = office.get(address(city))

    assert units_in(response) == ["市公安局", "市妇联", "市教委"]
    for words in ("近的", "方案", "远的"):
        assert words in response.text


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("?kind=progress", ["市公安局", "市教委"]),
        ("?kind=implementation_plan", ["市妇联"]),
        ("?chapter=二", ["市公安局"]),
        ("?chapter=二&kind=implementation_plan", []),
        ("?kind=nonsense&unit=nobody&chapter=九", ["市公安局", "市妇联", "市教委"]),
    ],
)
def test_it_is_narrowed_by_what_one_looks_for(office, city, queue, query, units):
    queue(member(city, "市教委"), 1)
    plan_duty(member(city, "市妇联"), statement="方案", submitted_at=timezone.now() - timedelta(days=2))
    queue(member(city, "市公安局"), 3, path="二/1")

    assert units_in(office.get(address(city, query))) == units


def test_it_is_narrowed_to_one_unit(office, city, queue):
    unit = member(city, "市教委")
    queue(unit, 1)
    queue(member(city, "市公安局"), 3, path="二/1")

    assert units_in(office.get(address(city, f"?unit={unit.code}"))) == ["市教委"]


def test_what_is_not_handed_in_and_what_is_another_conferences_does_not_wait(office, city, queue):
    entry = queue(member(city, "市教委"), 1)
    withdraw_entry(entry, by=PostingFactory(department=entry.department).user)
    ProgressFactory(submitted=True, work_done="别的城市")

    response = office.get(address(city))

    assert units_in(response) == []
    assert "现在没有等待审核的内容。" in response.text


def test_all_that_is_ticked_is_accepted_one_event_each(office, city, queue):
    entries = [queue(member(city, f"第{number}局"), number, path=f"一/{number}") for number in (1, 2)]
    entries.append(plan_duty(member(city, "市妇联"), statement="方案"))

    response = office.post(address(city), {"entry": [key_of(entry) for entry in entries]}, follow=True)

    assert "已通过3项。" in response.text
    for entry in entries:
        entry.refresh_from_db()
        assert entry.state == EntryState.ACCEPTED
        assert [event.action for event in Event.objects.of(entry)] == [Action.ACCEPT]


def test_what_changed_since_it_was_read_is_not_accepted_and_said(office, city, queue):
    good, changed = queue(member(city, "市教委"), 1), queue(member(city, "市公安局"), 2, path="二/1")
    Progress.objects.filter(pk=changed.pk).update(lock_version=changed.lock_version + 2, work_done="换过的话")

    response = office.post(address(city), {"entry": [key_of(good), key_of(changed)]}, follow=True)

    changed.refresh_from_db()
    assert changed.state == EntryState.SUBMITTED
    assert "已通过1项。" in response.text
    assert "未办理：市公安局" in response.text
    assert "在您打开页面以后有了变化" in response.text


def test_what_was_decided_meanwhile_is_not_decided_again(office, city, queue):
    entry = queue(member(city, "市教委"), 1)
    office.post(address(city), {"entry": key_of(entry)})

    response = office.post(address(city), {"entry": key_of(entry)}, follow=True)

    assert "未办理：市教委" in response.text
    assert Event.objects.of(entry).count() == 1


def test_what_one_wrote_oneself_has_no_box_and_is_not_accepted(client, city, queue):
    unit = member(city, "市教委")
    person = PostingFactory(office_staff=True, conference=city).user
    entry = queue(unit, 1, updated_by=person)
    client.force_login(person)

    page = client.get(address(city))
    response = client.post(address(city), {"entry": key_of(entry)}, follow=True)

    entry.refresh_from_db()
    assert key_of(entry) not in page.text
    assert entry.state == EntryState.SUBMITTED
    assert "本人填写、签批或提交的内容须由他人审核。" in response.text


def test_what_was_written_earlier_by_the_reviewer_is_in_the_trail_and_not_accepted(client, city, queue):
    from departments.services import record

    person = PostingFactory(office_staff=True, conference=city).user
    entry = queue(member(city, "市教委"), 1)
    record(entry, Action.START, by=person, conference=city, department=entry.department)
    client.force_login(person)

    client.post(address(city), {"entry": key_of(entry)})

    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED


def test_what_cannot_be_read_here_has_no_box(office, city, queue):
    """An annual report is read on its own page."""
    report = DutyFactory(
        obligation=ObligationFactory(clause__version__conference=city),
        department=member(city, "市教委"),
        submitted=True,
    )

    page = office.get(address(city)).text

    assert key_of(report) not in page
    assert "年度报告请打开查看全文后审核。" in page


def test_entries_of_other_conferences_and_nonsense_are_left_alone(office, city, queue):
    queue(member(city, "市教委"), 1)
    foreign = ProgressFactory(submitted=True)

    response = office.post(
        address(city), {"entry": [key_of(foreign), "progress-x-1", "user-1-1", "progress-99999999999999999-0"]}
    )

    foreign.refresh_from_db()
    assert response.status_code == 302
    assert foreign.state == EntryState.SUBMITTED


def test_nothing_ticked_says_so_and_keeps_what_the_list_was_narrowed_to(office, city, queue):
    unit = member(city, "市教委")
    queue(unit, 1)

    response = office.post(address(city, f"?unit={unit.code}&kind=progress"), {}, follow=True)

    assert "请先勾选要通过的条目。" in response.text
    assert response.redirect_chain == [(address(city, f"?unit={unit.code}&kind=progress"), 302)]


def test_accepting_costs_a_few_queries_a_row(office, city, queue):
    def cost_of(count):
        entries = [
            queue(member(city, f"第{count}-{number}局"), number, path=f"一/{count}-{number}") for number in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            office.post(address(city), {"entry": [key_of(entry) for entry in entries]})
        assert not any(Progress.objects.filter(state=EntryState.SUBMITTED))
        return len([query for query in asked if "SAVEPOINT" not in query["sql"]])

    few, many = cost_of(2), cost_of(12)

    assert (many - few) / 10 <= 3


def test_a_late_one_says_so(office, city, queue):
    unit = member(city, "市教委")
    queue(unit, 0, first_submitted_at=timezone.now())
    DutyFactory(
        obligation=ObligationFactory(clause__version__conference=city),
        department=unit,
        due_on=timezone.localdate() - timedelta(days=4),
    )

    assert "逾期4天报送" in office.get(address(city)).text


def test_in_a_closed_year_nothing_can_be_ticked(office, city, queue):
    entry = queue(member(city, "市教委"), 1)
    Year.objects.update(state="closed")

    page, response = office.get(address(city)).text, office.post(address(city), {"entry": key_of(entry)}, follow=True)

    assert key_of(entry) not in page
    assert "年度已经关闭归档" in response.text
