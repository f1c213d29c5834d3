"""Working days: weekdays, corrected by what was published."""

from datetime import date, timedelta

import pytest

from reporting.models import WorkDay
from reporting.working_days import Calendar

FRIDAY = date(2026, 12, 11)


@pytest.mark.parametrize(("offset", "works"), [(0, True), (1, False), (2, False), (3, True), (4, True)])
def test_without_a_published_calendar_weekdays_are_worked(offset, works):
    assert Calendar({}).is_working(FRIDAY + timedelta(days=offset)) is works


@pytest.mark.parametrize(
    ("day", "exceptions", "expected"),
    [
        (date(2026, 12, 11), {}, date(2026, 12, 11)),
        (date(2026, 12, 12), {}, date(2026, 12, 11)),
        (date(2026, 12, 13), {}, date(2026, 12, 11)),
        (date(2026, 12, 14), {}, date(2026, 12, 14)),
        (date(2026, 12, 13), {date(2026, 12, 12): True}, date(2026, 12, 12)),
        (date(2026, 12, 13), {date(2026, 12, 13): True}, date(2026, 12, 13)),
        (date(2026, 12, 14), {date(2026, 12, 14): False}, date(2026, 12, 11)),
        (date(2026, 12, 14), {date(2026, 12, 14): False, date(2026, 12, 11): False}, date(2026, 12, 10)),
        # New Year is a holiday, the weekend after it as well: back over the turn of the year.
        (date(2027, 1, 3), {date(2027, 1, 1): False}, date(2026, 12, 31)),
        (date(2028, 3, 1), {date(2028, 3, 1): False}, date(2028, 2, 29)),
    ],
)
def test_the_last_working_day_by_a_day(day, exceptions, expected):
    assert Calendar(exceptions).last_working_day_by(day) == expected


def test_a_month_without_a_working_day_moves_nothing():
    exceptions = {FRIDAY - timedelta(days=back): False for back in range(40)}

    assert Calendar(exceptions).last_working_day_by(FRIDAY) == FRIDAY


@pytest.mark.django_db
def test_the_calendar_of_a_span_reaches_a_month_back_and_no_further():
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1)):
        WorkDay.objects.create(day=day, is_working=False)

    calendar = Calendar.around(date(2026, 12, 1), date(2026, 12, 31))

    assert calendar.exceptions == {date(2026, 11, 1): False, date(2026, 12, 31): False}


@pytest.mark.django_db
def test_a_span_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        Calendar.around(date(2026, 1, 1), date(2026, 12, 31))
