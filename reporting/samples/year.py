"""Two made-up years for the demo: the last one, filed and closed, and this one as far as people have got with it.

Rows are written as they would stand, with the events that led there. What somebody of the demo is to act on is left
to reporting.samples.situations.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from departments.enums import Role
from departments.models import Conference, Department, Event, Posting, User
from departments.models.events import Action
from reporting.enums import EntryState, YearState
from reporting.models import Duty, Figure, FigureSheet, Progress, Year
from reporting.samples.entries import Outcome, People, some_day, store_entries
from reporting.samples.figures import load as load_figures
from reporting.samples.own_words import LAST_YEAR, THIS_YEAR, WRITES_ALL
from reporting.samples.reports import Hands, file_report, meet_duties, reports_owed, settle_report
from reporting.samples.texts import NOTE, texts_of_entry
from reporting.services.figures import number_text, unanswered
from reporting.services.years import open_year, plan_in_force

# How far units have got by now: the share of units, and where their entries stand, by lot.
_PACES: tuple[tuple[float, tuple[tuple[float, EntryState], ...]], ...] = (
    (0.4, ((0.8, EntryState.ACCEPTED), (1.0, EntryState.SUBMITTED))),
    (
        0.8,
        (
            (0.4, EntryState.ACCEPTED),
            (0.5, EntryState.SUBMITTED),
            (0.55, EntryState.RETURNED),
            (0.75, EntryState.DRAFT),
            (1.0, EntryState.OPEN),
        ),
    ),
    (1.0, ((1.0, EntryState.OPEN),)),
)
# Of whom the demo has accounts: how far they are, and whose report was returned.
_PACE_OF = {"500000-minzheng": 0.1, "500000-gongan": 0.1, "500000-weijianwei": 0.1, "500000-sifa": 0.5}
RETURNED_TO = ("500000-minzheng", "500235-jiaowei")
# So many of the units that are through with their entries have filed their reports; so many of these wait for review.
_FILED, _WAITING = 10, 3
# One of the city's units was late last year. Every so many districts filed here.
_LATE, _EVERY = 4, 8
# Units and a county whose people have accounts: they write themselves.
_WITH_ACCOUNTS = ("500000-jiaowei", "500000-minzheng", "500000-sifa", "500235-jiaowei", "500235")
_REASON = f"{NOTE}请补充主要工作的具体做法，数字与数据填报核对一致后再报。"


def load_last_year(city: Conference, county: Conference, year: int) -> int:
    """Both conferences' year with every entry and report accepted, and closed; returns how many rows were made.

    None where a year was opened already: somebody works in it.
    """
    if plan_in_force(city, year) is None or Year.objects.filter(conference__in=(city, county), year=year).exists():
        return 0
    for conference in (city, county):
        open_year(conference, year)
    # This year's dictionary is last year's, too; where this year is not open yet, nobody is asked for numbers.
    for conference in (city, county):
        if Year.objects.filter(conference=conference, year=year + 1).exists():
            load_figures(conference, year + 1, staff_of(conference))
    people = people_of(city, date(year, 12, 10))
    made = store_entries(_accepted(city, year), people)
    made += _last_reports(county, year, people_of(county, date(year, 12, 10)))
    made += _last_reports(city, year, people)
    for conference in (city, county):
        owed = Duty.objects.outstanding().filter(conference=conference, year=year)
        meet_duties(owed, by=staff_of(conference), on=date(year, 12, 20), reason=f"{NOTE}本年度已召开会议、开展评估。")
    settle_report(city, year, by=head_of_office(city), at=_moment(year + 1, 1, 6))
    for conference in (city, county):
        _close(conference, year, by=head_of_office(conference))
    return made


def _accepted(city: Conference, year: int) -> Iterator[tuple[Progress, Outcome]]:
    for row in entries_of(city, year):
        draw = draw_for(row)
        on = some_day(draw, date(year, 11, 20), date(year, 12, 10))
        own = LAST_YEAR.get((row.department.code, row.clause.path))
        outcome = own or Outcome(EntryState.ACCEPTED, texts_of_entry(row.clause.path, draw))
        yield row, replace(outcome, on=on)


def _last_reports(conference: Conference, year: int, people: People) -> int:
    """Reports of some units and districts; most still sent theirs on paper."""
    signers = heads_of_units(conference)
    filed = [duty for duty in reports_owed(conference, year) if _was_filed(duty)]
    for number, duty in enumerate(filed):
        draw = random.Random(f"{duty.owner}-{year}")  # noqa: S311 - sample data
        on = some_day(draw, date(year, 12, 1), date(year, 12, 14))
        if duty.obliged_conference is not None:
            on = some_day(draw, date(year, 12, 18), date(year, 12, 28))
        elif number == _LATE:
            on = date(year, 12, 18)
        file_report(duty, hands_for(duty, people, signers), state=EntryState.ACCEPTED, on=on)
    on_paper = Duty.objects.reports().outstanding().filter(conference=conference, year=year)
    meet_duties(on_paper, by=people.reviewer, on=date(year, 12, 12), reason=f"{NOTE}上年以纸质文件报送，已收存。")
    return len(filed)


def _was_filed(duty: Duty) -> bool:
    """Whether it came as a file: of the units that have accounts here, and some others."""
    if _has_account(duty):
        return True
    if duty.department is not None:
        return duty.conference.upper_id is None and duty.department.position % 3 == 0
    return sum(duty.owner.code.encode()) % _EVERY == 0


def _has_account(duty: Duty) -> bool:
    return duty.owner.code in _WITH_ACCOUNTS


def _close(conference: Conference, year: int, *, by: User) -> None:
    opened_at, closed_at = _moment(year, 1, 5), _moment(year + 1, 1, 8)
    row = Year.objects.get(conference=conference, year=year)
    Year.objects.filter(pk=row.pk).update(
        state=YearState.CLOSED, opened_at=opened_at, closed_at=closed_at, closed_by=by
    )
    Event.objects.create(
        conference=conference,
        at=closed_at,
        actor=by,
        action=Action.CLOSE_YEAR,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        title=str(row),
        before=YearState.OPEN,
        after=YearState.CLOSED,
    )


def bring_forward(conference: Conference, year: int) -> int:
    """Bring an open year as far as people would have got by now; returns how many rows were made.

    Ask ``is_untouched`` first: nothing invented is put beside what somebody has written.
    """
    today = timezone.localdate()
    load_figures(conference, year, staff_of(conference))
    made = store_entries(_so_far(conference, year, today), people_of(conference, today))
    return made + _reports_so_far(conference, year, today)


def is_untouched(conference: Conference, year: int) -> bool:
    """Whether the year is open and nobody has worked in it yet."""
    is_open = Year.objects.filter(conference=conference, year=year, state=YearState.OPEN).exists()
    entries = Progress.objects.filter(conference=conference, year=year).exclude(state=EntryState.OPEN)
    duties = Duty.objects.filter(conference=conference, year=year).exclude(state=EntryState.OPEN)
    return is_open and not entries.exists() and not duties.exists()


def _so_far(conference: Conference, year: int, today: date) -> Iterator[tuple[Progress, Outcome]]:
    for row in entries_of(conference, year):
        draw = draw_for(row)
        outcome = THIS_YEAR.get((row.department.code, row.clause.path)) or Outcome(
            EntryState.OPEN if row.department.code in WRITES_ALL else _state_by_lot(row.department, draw),
            texts_of_entry(row.clause.path, draw),
        )
        if outcome.state != EntryState.OPEN:
            on = some_day(draw, max(date(year, 1, 1), today - timedelta(days=50)), today - timedelta(days=2))
            yield row, replace(outcome, on=on)


def _state_by_lot(unit: Department, draw: random.Random) -> EntryState:
    lot = _PACE_OF.get(unit.code, random.Random(unit.code).random())  # noqa: S311 - sample data
    pace = next(states for share, states in _PACES if lot < share)
    lot = draw.random()
    return next(state for share, state in pace if lot < share)


def _reports_so_far(conference: Conference, year: int, today: date) -> int:
    """Reports of units that are through with their entries, and of some districts."""
    people, signers = people_of(conference, today), heads_of_units(conference)
    owed = reports_owed(conference, year)
    units = _through([duty for duty in owed if duty.department_id is not None], year)
    districts = [duty for duty in owed if duty.department_id is None and not _has_account(duty)]
    filed = [*_with_states(units[:_FILED]), *_with_states(districts[: _FILED // 2])]
    for number, (duty, state) in enumerate(filed):
        if duty.department is not None:
            _answer_the_rest(duty.department, year, people.writers[duty.department.pk])
        on = today - timedelta(days=len(filed) + 2 - number)
        file_report(duty, hands_for(duty, people, signers), state=state, on=on, reason=_REASON)
    return len(filed)


def _with_states(duties: list[Duty]) -> list[tuple[Duty, EntryState]]:
    """The first one was returned, the last ones wait for review, those between are accepted."""
    accepted = max(0, len(duties) - 1 - _WAITING)
    states = [EntryState.RETURNED, *[EntryState.ACCEPTED] * accepted, *[EntryState.SUBMITTED] * _WAITING]
    return list(zip(duties, states, strict=False))


def _through(duties: list[Duty], year: int) -> list[Duty]:
    """Reports whose units have handed in all their entries, or every third where there are none; RETURNED_TO first."""
    entries = Progress.objects.filter(year=year).order_by()
    asked = set(entries.values_list("department", flat=True).distinct())
    unfinished = set(entries.outstanding().values_list("department", flat=True).distinct())
    found = [
        duty
        for number, duty in enumerate(duties)
        if (duty.department_id in asked or number % 3 == 0) and duty.department_id not in unfinished
    ]
    first = [duty for duty in duties if duty.department is not None and duty.department.code in RETURNED_TO]
    return [*first, *(duty for duty in found if duty not in first)]


def _answer_the_rest(unit: Department, year: int, by: User) -> None:
    """The numbers that a unit must have seen to before it files: last year's once more."""
    open_ones = unanswered(unit, year)
    if not open_ones:
        return
    sheet, _made = FigureSheet.objects.get_or_create(
        department=unit,
        year=year,
        defaults={"conference_id": unit.conference_id, "updated_at": timezone.now(), "updated_by": by},
    )
    indicators = [one.indicator for one in open_ones]
    last = Figure.objects.filter(sheet__department=unit, sheet__year=year - 1, indicator__in=indicators)
    values = dict(last.values_list("indicator", "value"))
    Figure.objects.filter(sheet=sheet, indicator__in=indicators).delete()
    for place, indicator in enumerate(indicators):
        value = values.get(indicator.pk) or Decimal(0)
        Figure.objects.create(
            conference_id=unit.conference_id,
            sheet=sheet,
            indicator=indicator,
            position=100 + place,
            name=indicator.name,
            unit=indicator.unit,
            value=value,
            as_written=number_text(value),
        )


# --- Rows and people ------------------------------------------------------------------------------------------------


def entries_of(conference: Conference, year: int) -> list[Progress]:
    rows = Progress.objects.filter(conference=conference, year=year).select_related("clause", "department")
    return list(rows.order_by("pk"))


def draw_for(row: Progress) -> random.Random:
    """Always the same lot for the same unit, clause and year."""
    return random.Random(f"{row.department.code}-{row.clause.path}-{row.year}")  # noqa: S311 - sample data


def people_of(conference: Conference, day: date) -> People:
    """Who writes for each unit on ``day``, and who reviews."""
    return People(_by_unit(conference, Role.LIAISON, day), staff_of(conference))


def heads_of_units(conference: Conference) -> Mapping[int, User]:
    return _by_unit(conference, Role.HEAD, timezone.localdate())


def _by_unit(conference: Conference, role: Role, day: date) -> dict[int, User]:
    rows = Posting.objects.in_force_on(day).filter(conference=conference, role=role).select_related("user")
    return {row.department_id: row.user for row in rows.order_by("-pk") if row.department_id is not None}


def staff_of(conference: Conference) -> User:
    """Somebody of the office."""
    return _in_office(conference, Role.OFFICE_STAFF, Role.OFFICE_HEAD)


def head_of_office(conference: Conference) -> User:
    """The head of the office, or whoever is there."""
    return _in_office(conference, Role.OFFICE_HEAD, Role.OFFICE_STAFF)


def _in_office(conference: Conference, *roles: Role) -> User:
    rows = Posting.objects.filter(conference=conference, role__in=roles).select_related("user").order_by("pk")
    return min(rows, key=lambda row: roles.index(Role(row.role))).user


def hands_for(duty: Duty, people: People, signers: Mapping[int, User]) -> Hands:
    """Who writes what the duty asks for: the unit's liaison, with its head, or the district's office."""
    if duty.department_id is not None:
        return Hands(people.writers[duty.department_id], people.reviewer, signers.get(duty.department_id))
    assert duty.obliged_conference is not None  # noqa: S101 - duty_of_unit_or_of_conference holds in the database
    return Hands(staff_of(duty.obliged_conference), people.reviewer)


def _moment(year: int, month: int, day: int) -> datetime:
    return min(timezone.make_aware(datetime(year, month, day, 10)), timezone.now())
