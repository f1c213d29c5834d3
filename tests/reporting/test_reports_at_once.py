"""Reports in many hands at the same moment: one report, one filing, one number each, and nobody's words lost."""

from collections import Counter
from functools import partial

import pytest

from departments.models import Event
from departments.models.events import Action
from reporting.models import AnnualReport, Duty, Filing, ReportSection
from reporting.services.compiling import begin_report, compile_report
from reporting.services.refusals import WrongState
from reporting.services.report_handing_in import hand_in_report
from reporting.services.report_writing import StaleReport, seen_of, write_report
from reporting.services.reports import conference_report_for, report_for
from reporting.snapshots import Snapshot, is_unchanged
from tests.factories import DepartmentFactory, PostingFactory
from tests.report_rows import YEAR, bodies, fresh, section, town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _now(clock):
    # The clock goes on: waiting for each other takes time.
    clock("2026-12-10 09:30", tick=True)


def what_happened(results):
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def written(report, by, key, text):
    row = section(report, key)
    return partial(write_report, fresh(report), by=by, bodies={row.pk: text}, seen={row.pk: seen_of(row)})


def test_a_report_made_by_four_at_once_is_made_once(at_once):
    city = town()
    duty = city.duty()

    reports = at_once(*[partial(report_for, Duty.objects.get(pk=duty.pk)) for _person in range(4)])

    assert len({report.pk for report in reports}) == 1
    assert AnnualReport.objects.count() == 1
    assert ReportSection.objects.count() == 6


def test_a_conferences_report_made_by_four_at_once_is_made_once(at_once):
    city = town()

    reports = at_once(*[partial(conference_report_for, city.conference, YEAR)] * 4)

    assert len({report.pk for report in reports}) == 1


def test_a_report_begun_by_two_at_once_is_compiled_whole(at_once):
    city = town()
    city.entry("二/(一)", 0, work_done="开展宣传。", state="draft")
    duty = city.duty()

    results = at_once(
        *[partial(begin_report, Duty.objects.get(pk=duty.pk), city.conference, YEAR, by=city.liaisons[0])] * 2
    )

    assert what_happened(results) == {"done": 2}
    assert bodies(AnnualReport.objects.get())["chapter:二"] == "宣传教育。开展宣传。"


def test_filing_twice_at_once_files_once(at_once):
    city = town()
    report = city.report()

    results = at_once(*[partial(hand_in_report, fresh(report), by=city.liaisons[0]) for _click in range(4)])

    assert what_happened(results) == {"done": 1, "WrongState": 3}
    assert Filing.objects.count() == 1
    assert Event.objects.filter(action=Action.SUBMIT).count() == 1


def test_settling_twice_at_once_settles_once(at_once):
    city = town()
    report = begin_report(None, city.conference, YEAR, by=city.staff)

    results = at_once(*[partial(hand_in_report, fresh(report), by=city.chief) for _click in range(4)])

    assert what_happened(results) == {"done": 1, "WrongState": 3}
    assert Filing.objects.count() == 1


def test_eight_units_that_file_at_once_get_eight_numbers(at_once):
    city = town()
    reports = []
    for _number in range(8):
        unit = DepartmentFactory(conference=city.conference, member=True)
        city.units.append(unit)
        city.liaisons.append(PostingFactory(department=unit).user)
        report = city.report(len(city.units) - 1)
        ReportSection.objects.filter(report=report, key="overview").update(body="概况。")
        reports.append((fresh(report), city.liaisons[-1]))

    results = at_once(*[partial(hand_in_report, report, by=person) for report, person in reports])

    assert what_happened(results) == {"done": 8}
    numbers = set(Filing.objects.values_list("receipt_number", flat=True))
    assert numbers == {f"反拐收〔2026〕{number}号" for number in range(1, 9)}


def test_ten_people_write_ten_sections_at_once(at_once):
    city = town()
    report = begin_report(None, city.conference, YEAR, by=city.staff)
    for number in range(10):
        ReportSection.objects.create(
            conference=city.conference, report=report, key=f"clause:{number}", position=50 + number, heading="条款"
        )

    results = at_once(*[written(report, city.staff, f"clause:{number}", f"第{number}节。") for number in range(10)])

    assert what_happened(results) == {"done": 10}
    assert [bodies(report)[f"clause:{number}"] for number in range(10)] == [f"第{number}节。" for number in range(10)]


def test_of_one_section_one_of_ten_is_written_and_nine_are_told(at_once):
    city = town()
    report = begin_report(None, city.conference, YEAR, by=city.staff)

    results = at_once(*[written(report, city.staff, "problems", f"第{number}个。") for number in range(10)])

    assert what_happened(results) == {"done": 1, "StaleReport": 9}
    kept = {next(iter(row.sections.values())).body for row in results if isinstance(row, StaleReport)}
    assert kept == {bodies(report)["problems"]}


def test_what_is_written_while_a_report_is_filed_is_in_the_filing_or_refused(at_once):
    city = town()
    for attempt in range(3):
        report = city.report(0, period=str(attempt))
        ReportSection.objects.filter(report=report, key="overview").update(body="概况。")

        results = at_once(
            partial(hand_in_report, fresh(report), by=city.liaisons[0]),
            written(report, city.liaisons[0], "problems", "正在写的。"),
        )

        filing = Filing.objects.get(report=report)
        frozen = {one.key: one.body for one in Snapshot.from_json(filing.snapshot).sections}
        assert frozen == bodies(report)
        assert is_unchanged(filing.snapshot, filing.sha256)
        assert isinstance(results[1], WrongState) or frozen["problems"] == "正在写的。"


def test_compiling_beside_people_who_write_loses_none_of_their_words(at_once):
    city = town()
    report = city.report()
    city.entry("二/(一)", 0, work_done="开展宣传。", state="draft", problems="缺人。")

    results = at_once(
        partial(compile_report, fresh(report), by=city.liaisons[0]),
        written(report, city.liaisons[0], "problems", "我写的问题。"),
        written(report, city.liaisons[0], "chapter:二", "我写的工作。"),
    )

    for key, text, result in (("problems", "我写的问题。", results[1]), ("chapter:二", "我写的工作。", results[2])):
        assert bodies(report)[key] == text or isinstance(result, StaleReport)
