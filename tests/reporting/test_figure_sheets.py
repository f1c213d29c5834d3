"""Writing a unit's sheet: empty and zero, who comes second, what is locked, what is left in the trail."""

from decimal import Decimal

import pytest

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState, Reporters, YearState
from reporting.models import Duty, Figure, FigureSheet
from reporting.services.figures import (
    SheetInput,
    StaleSheet,
    figures_for_report,
    lock_of,
    save_sheet,
    sheet_of,
    unanswered,
)
from reporting.services.refusals import WrongState, YearIsOver
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, YearFactory
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory, report_of_unit
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

YEAR = 2026


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def unit():
    return DepartmentFactory(member=True)


@pytest.fixture
def liaison(unit):
    return PostingFactory(department=unit).user


@pytest.fixture
def indicator(unit):
    return IndicatorFactory(conference=unit.conference, name="宣传场次")


@pytest.fixture
def write(unit, liaison):
    """``write(input, …)``: save from a form that was opened at this moment, or with ``lock_version``."""

    def written(*inputs, by=liaison, lock_version=None, year=YEAR):
        sheet = sheet_of(unit, year)
        version = sheet.row.lock_version if lock_version is None else lock_version
        return save_sheet(sheet, by=by, lock_version=version, inputs=inputs)

    return written


def of(indicator, value=None, **fields):
    number = None if value is None else Decimal(value)
    return SheetInput(indicator.pk, number, **{"as_written": "" if value is None else str(value)} | fields)


# --- What is stored -----------------------------------------------------------------------------------------------


def test_looking_at_a_sheet_writes_nothing(unit, indicator):
    before = rows(FigureSheet, Figure, Event)

    sheet = sheet_of(unit, YEAR)

    assert (sheet.row.pk, sheet.row.lock_version, sheet.indicators, sheet.figures) == (None, 0, [indicator], {})
    assert rows(FigureSheet, Figure, Event) == before


def test_a_number_is_stored_as_it_was_written_and_as_what_it_is(write, unit, indicator, liaison):
    write(of(indicator, "12000", as_written="约1.2万"))

    figure = Figure.objects.get()
    assert (figure.value, figure.as_written, figure.name, figure.unit) == (Decimal(12000), "约1.2万", "宣传场次", "场")
    assert (figure.conference, figure.sheet.department, figure.sheet.year) == (unit.conference, unit, YEAR)
    assert (figure.sheet.lock_version, figure.sheet.updated_by) == (1, liaison)


def test_zero_is_stored_and_empty_is_not(write, unit):
    zero, empty = (IndicatorFactory(conference=unit.conference) for _number in range(2))

    write(of(zero, "0"), of(empty))

    assert list(Figure.objects.values_list("indicator", "value")) == [(zero.pk, Decimal(0))]


def test_a_number_that_is_emptied_is_gone(write, indicator):
    write(of(indicator, "5", explanation="说明"))

    saved = write(of(indicator))

    assert saved.figures == {}
    assert not Figure.objects.exists()


def test_what_cannot_be_counted_is_neither_empty_nor_zero(write, indicator):
    write(of(indicator, cannot_be_counted=True, explanation="没有台账"))

    figure = Figure.objects.get()
    assert (figure.value, figure.cannot_be_counted, figure.explanation) == (None, True, "没有台账")


def test_indicators_that_are_not_sent_stay_as_they_are(write, unit):
    first, second = (IndicatorFactory(conference=unit.conference) for _number in range(2))
    write(of(first, "1"), of(second, "2"))

    write(of(second, "3"))

    assert dict(Figure.objects.values_list("indicator", "value")) == {first.pk: 1, second.pk: 3}


def test_an_indicator_that_is_not_asked_of_the_unit_is_refused(write, unit, refused):
    foreign = IndicatorFactory(conference=unit.conference, named=[DepartmentFactory(conference=unit.conference)])
    before = rows(FigureSheet, Figure, Event)

    with refused(ValueError):
        write(of(foreign, "1"))

    assert rows(FigureSheet, Figure, Event) == before


def test_saving_what_is_there_already_writes_nothing(write, indicator):
    write(of(indicator, "5"))
    before = rows(FigureSheet, Figure, Event)

    saved = write(of(indicator, "5"))

    assert (saved.row.lock_version, rows(FigureSheet, Figure, Event)) == (1, before)


def test_years_have_sheets_of_their_own_and_the_last_one_stands_beside(write, unit, indicator):
    write(of(indicator, "5"), year=YEAR - 1)
    write(of(indicator, "7"))

    sheet = sheet_of(unit, YEAR)
    assert (sheet.figures[indicator.pk].value, sheet.last_year[indicator.pk].value) == (7, 5)
    assert sheet_of(unit, YEAR - 1).last_year == {}


# --- Two at once --------------------------------------------------------------------------------------------------


def test_who_comes_second_gets_both_numbers_and_changes_nothing(write, indicator, unit, refused):
    write(of(indicator, "5"))
    other = PostingFactory(deputy=True, department=unit).user
    before = rows(FigureSheet, Figure, Event)

    with refused(StaleSheet) as stale:
        write(of(indicator, "9"), by=other, lock_version=0)

    assert stale.value.current.figures[indicator.pk].value == 5
    assert rows(FigureSheet, Figure, Event) == before


def test_both_begin_the_sheet_and_the_second_is_told(unit, indicator, liaison, refused):
    first, second = sheet_of(unit, YEAR), sheet_of(unit, YEAR)
    save_sheet(first, by=liaison, lock_version=0, inputs=[of(indicator, "1")])

    with refused(StaleSheet):
        save_sheet(second, by=liaison, lock_version=0, inputs=[of(indicator, "2")])

    assert Figure.objects.get().value == 1


# --- The trail ----------------------------------------------------------------------------------------------------


def test_everybody_who_writes_is_in_the_trail_once(write, unit, indicator, liaison):
    deputy = PostingFactory(deputy=True, department=unit).user

    for number, person in enumerate((liaison, liaison, deputy, liaison)):
        write(of(indicator, str(number)), by=person)

    events = Event.objects.filter(action=Action.FIGURES).order_by("pk")
    assert list(events.values_list("actor", "conference", "department", "object_id")) == [
        (person.pk, unit.conference_id, unit.pk, FigureSheet.objects.get().pk) for person in (liaison, deputy)
    ]


# --- What is locked -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (EntryState.TO_SIGN, "等待负责人签批"),
        (EntryState.SUBMITTED, "已经报送"),
        (EntryState.ACCEPTED, "已审核通过"),
    ],
)
def test_numbers_stand_still_with_the_report(write, unit, indicator, state, word, refused):
    write(of(indicator, "5"))
    report_of_unit(unit, YEAR, state=state)
    before = rows(FigureSheet, Figure, Event)

    with refused(WrongState) as refusal:
        write(of(indicator, "6"))

    assert word in str(refusal.value)
    assert rows(FigureSheet, Figure, Event) == before


@pytest.mark.parametrize("state", EntryState.editable())
def test_numbers_are_written_while_the_report_is(write, unit, indicator, state):
    report = report_of_unit(unit, YEAR)
    Duty.objects.filter(pk=report.pk).update(state=state, return_reason="补数据")

    write(of(indicator, "5"))

    assert Figure.objects.get().value == 5


def test_the_second_report_of_a_year_needs_the_numbers_again(unit):
    report_of_unit(unit, YEAR, accepted=True, period="2026-1")
    assert lock_of(unit, YEAR)

    report_of_unit(unit, YEAR, period="2026-2")

    assert lock_of(unit, YEAR) == ""


def test_reports_of_other_units_and_years_and_those_no_longer_asked_lock_nothing(unit):
    report_of_unit(DepartmentFactory(conference=unit.conference), YEAR, submitted=True)
    report_of_unit(unit, YEAR - 1, submitted=True)
    report_of_unit(unit, YEAR, state=EntryState.CLOSED, closed_from=EntryState.SUBMITTED)

    assert lock_of(unit, YEAR) == ""


def test_a_closed_year_takes_no_numbers(write, unit, indicator, refused):
    YearFactory(conference=unit.conference, year=YEAR, state=YearState.CLOSED)

    with refused(YearIsOver) as refusal:
        write(of(indicator, "5"))

    assert str(refusal.value) == "2026年度已经关闭归档，不能再修改。"
    assert not FigureSheet.objects.exists()


def test_a_number_stays_in_its_sheet_when_its_unit_is_asked_no_more(write, unit, indicator):
    write(of(indicator, "5"))
    indicator.reporters = Reporters.NAMED
    indicator.save()

    sheet = sheet_of(unit, YEAR)

    assert (sheet.indicators, sheet.figures[indicator.pk].as_written) == ([indicator], "5")
    assert sheet_of(unit, YEAR + 1).indicators == []


# --- Before the report is filed -----------------------------------------------------------------------------------


def test_what_is_unanswered(write, unit):
    conference = unit.conference
    names = ("未填", "零", "无法统计", "无法统计有说明", "变动", "变动有说明", "稳定")
    _empty, zero, bare, told, moved, explained, calm = (
        IndicatorFactory(conference=conference, name=name) for name in names
    )
    last_year = FigureSheetFactory(department=unit, year=YEAR - 1)
    for indicator in (moved, explained, calm):
        FigureFactory(sheet=last_year, indicator=indicator, value=100)
    write(
        of(zero, "0"),
        of(bare, cannot_be_counted=True),
        of(told, cannot_be_counted=True, explanation="没有台账"),
        of(moved, "300"),
        of(explained, "300", explanation="专项行动"),
        of(calm, "120"),
    )

    found = {row.indicator.name: row.reason for row in unanswered(unit, YEAR)}

    assert found == {
        "未填": "未填；没有的填 0，统计不了的勾选“无法统计”。",
        "无法统计": "无法统计的，请说明原因。",
        "变动": "比上年变动 +200%，请说明原因。",
    }


def test_a_unit_that_is_asked_nothing_owes_no_numbers():
    unit = DepartmentFactory(conference=ConferenceFactory())

    assert unanswered(unit, YEAR) == []
    assert figures_for_report(unit, YEAR) == []


def test_the_report_has_every_number_of_the_sheet_answered_or_not(write, unit):
    answered, empty, uncountable = (IndicatorFactory(conference=unit.conference) for _number in range(3))
    write(of(answered, "1200", as_written="约1,200"), of(uncountable, cannot_be_counted=True, explanation="无台账"))

    found = figures_for_report(unit, YEAR)

    assert [(row.code, row.value, row.as_written, row.cannot_be_counted, row.missing) for row in found] == [
        (answered.code, Decimal(1200), "约1,200", False, 0),
        (empty.code, None, "", False, 1),
        (uncountable.code, None, "", True, 0),
    ]
    assert {row.dictionary for row in found} == {unit.conference.code}
