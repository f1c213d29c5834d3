"""Numbers written by many at the same moment: one of them is first, nothing is mixed, what is filed stands still."""

import threading
from collections import Counter
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from reporting.models import Duty, Figure, FigureSheet, Indicator
from reporting.services.entries import submit_entry
from reporting.services.figures import SheetInput, lock_of, save_sheet, sheet_of, sheets
from reporting.services.figures.dictionary import change_indicator, end_indicator, hand_out
from reporting.services.refusals import WrongState
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, UserFactory, YearFactory
from tests.figure_rows import IndicatorFactory, report_of_unit

pytestmark = pytest.mark.django_db(transaction=True)

YEAR = 2026


@pytest.fixture
def unit():
    return DepartmentFactory(member=True)


@pytest.fixture
def liaison(unit):
    return PostingFactory(department=unit).user


@pytest.fixture
def indicator(unit):
    return IndicatorFactory(conference=unit.conference, name="宣传场次")


def what_happened(results):
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def saving(unit, liaison, indicator, value, lock_version=0):
    one = SheetInput(indicator.pk, Decimal(value), str(value))
    return partial(save_sheet, sheet_of(unit, YEAR), by=liaison, lock_version=lock_version, inputs=[one])


def test_a_sheet_begun_by_many_at_once_is_begun_once(at_once, unit, liaison, indicator):
    results = at_once(*[saving(unit, liaison, indicator, number) for number in range(1, 7)])

    assert what_happened(results) == {"done": 1, "StaleSheet": 5}
    first = next(number for number, result in enumerate(results, 1) if not isinstance(result, Exception))
    assert (Figure.objects.get().value, FigureSheet.objects.get().lock_version) == (first, 1)
    assert Event.objects.filter(action=Action.FIGURES).count() == 1


def test_of_many_who_change_the_same_version_one_does(at_once, unit, liaison, indicator):
    saving(unit, liaison, indicator, 100)()

    results = at_once(*[saving(unit, liaison, indicator, number, lock_version=1) for number in range(1, 7)])

    assert what_happened(results) == {"done": 1, "StaleSheet": 5}
    assert FigureSheet.objects.get().lock_version == 2


def test_a_number_is_in_before_the_report_is_filed_or_not_at_all(at_once, unit, liaison, indicator):
    report = report_of_unit(unit, YEAR, draft=True)
    saving(unit, liaison, indicator, 1)()

    saved, filed = at_once(
        saving(unit, liaison, indicator, 2, lock_version=1),
        partial(submit_entry, Duty.objects.get(pk=report.pk), by=liaison),
    )

    assert filed is None
    assert lock_of(unit, YEAR)
    refused = isinstance(saved, Exception)
    assert Figure.objects.get().value == (1 if refused else 2)
    if refused:
        assert type(saved).__name__ == "WrongState"


def test_the_first_number_and_another_meaning_do_not_both_happen(at_once, unit, liaison, indicator):
    for _round in range(10):
        Figure.objects.all().delete()
        FigureSheet.objects.all().delete()
        Indicator.objects.filter(pk=indicator.pk).update(name="宣传场次")
        saved, changed = at_once(
            saving(unit, liaison, Indicator.objects.get(pk=indicator.pk), 5),
            partial(change_indicator, indicator, values={"name": "另一项"}, departments=None, by=liaison),
        )

        assert not (isinstance(saved, Exception) and isinstance(changed, Exception))
        figure = Figure.objects.filter(indicator=indicator).first()
        if figure is not None:
            assert figure.name == Indicator.objects.get(pk=indicator.pk).name


@pytest.fixture
def meanwhile(at_once, monkeypatch, unit, liaison, indicator):
    """``meanwhile(act)``: what a first number's saving and ``act`` came to, begun when all but its end was done."""

    def run(act):
        written, done = threading.Event(), threading.Event()
        look = sheets._refuse_changed

        def look_and_wait(*read):
            look(*read)
            written.set()
            # Between the look and the end of the transaction; ``act`` must not come in here.
            done.wait(1)

        def act_then():
            written.wait(10)
            try:
                act()
            finally:
                done.set()

        monkeypatch.setattr(sheets, "_refuse_changed", look_and_wait)
        return at_once(saving(unit, liaison, indicator, 5), act_then)

    return run


def test_a_meaning_waits_for_the_first_number_that_is_not_to_be_seen_yet(meanwhile, liaison, indicator):
    results = meanwhile(partial(change_indicator, indicator, values={"name": "另一项"}, departments=None, by=liaison))

    assert what_happened(results) == {"done": 1, "MeaningIsFixed": 1}
    assert Figure.objects.get().name == Indicator.objects.get().name == "宣传场次"


def test_an_end_waits_for_the_first_number_that_is_not_to_be_seen_yet(meanwhile, liaison, indicator):
    results = meanwhile(partial(end_indicator, indicator, after=YEAR - 1, by=liaison))

    assert what_happened(results) == {"done": 1, "MeaningIsFixed": 1}
    assert (Figure.objects.count(), Indicator.objects.get().ends_year) == (1, None)


def test_an_indicator_that_ended_while_the_page_was_open_takes_no_number(unit, liaison, indicator):
    save = saving(unit, liaison, indicator, 5)
    end_indicator(indicator, after=YEAR - 1, by=liaison)

    with pytest.raises(WrongState, match="停用"):
        save()

    assert not Figure.objects.exists()


# --- The dictionary -----------------------------------------------------------------------------------------------


def test_units_that_are_handed_out_by_several_clicks_are_handed_out_once(at_once):
    district = ConferenceFactory(upper=ConferenceFactory())
    indicator = IndicatorFactory(conference=district.upper, for_districts=True)
    units, by = DepartmentFactory.create_batch(3, conference=district), UserFactory()

    results = at_once(*[partial(hand_out, indicator, district, departments=units, by=by)] * 6)

    assert Counter(results) == {True: 1, False: 5}
    assert indicator.departments.count() == 3


def test_an_indicator_that_is_added_by_two_clicks_is_there_once(at_once):
    conference = ConferenceFactory()
    head = PostingFactory(office_head=True, conference=conference).user
    year = YearFactory(conference=conference).year
    clients = [Client() for _click in range(2)]
    for client in clients:
        client.force_login(head)
    said = {"name": "宣传场次", "unit": "场", "definition": "面向群众。", "reporters": "members", "position": 0}
    path = reverse("reporting:indicator_add", args=[conference.code, year])

    answers = at_once(*[partial(client.post, path, said) for client in clients])

    assert Counter(answer.status_code for answer in answers) == {302: 1, 422: 1}
    assert Indicator.objects.count() == 1
