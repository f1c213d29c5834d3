"""The end of a year: what may still be written, and closing, which nobody's hand outruns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from departments.models.events import Action
from departments.services import record
from reporting.enums import JobKind, YearState
from reporting.models import Duty, Job, Notice, Progress, Year
from reporting.services import jobs
from reporting.services.notices import Answering, post
from reporting.services.refusals import YearIsOver
from reporting.services.remaining import Remaining, in_one_line, remaining_in
from reporting.services.years import hold


class YearIsOpen(Exception):
    """The year is open: somebody has reopened it already. The message is for people."""


class LeftChanged(Exception):
    """What is left open is not what the person who closes has seen; ``left`` is what is open now."""

    def __init__(self, left: Sequence[Remaining]) -> None:
        super().__init__(_("在您查看期间，未了事项有变化，请核对下面的清单后再关闭。"))
        self.left = left


def write_in_year(conference_id: int, year: int) -> None:
    """Begin to write something of a year, inside the caller's transaction; raises YearIsOver if it is closed.

    The year's row is held until the transaction ends, so that closing waits for whoever is writing. Entries do not
    need this: their claims name the open year themselves (reporting.models.years.in_open_year). Call it before any
    entry is claimed: closing takes the year first and its entries after it, too.
    """
    write_in_years([(conference_id, year)])


def write_in_years(wanted: Iterable[tuple[int | None, int]]) -> None:
    """The same for what belongs to several years at once, each a conference's id and a number; None is nobody's.

    All are held in one order for everybody, so that nobody waits for anybody in a circle: never hold them one by one.
    """
    places = {(conference, year) for conference, year in wanted if conference is not None}
    which = reduce(or_, (Q(conference=conference, year=year) for conference, year in places), Q(pk=None))
    held = list(Year.objects.select_for_update(no_key=True, of=("self",)).filter(which).order_by("pk"))
    if over := next((row for row in held if row.state == YearState.CLOSED), None):
        raise YearIsOver(over.year)


@transaction.atomic
def close_year(year: Year, *, by: User, reason: str = "", seen: str | None = None) -> list[Remaining]:
    """Close a year: all its rows are for reading from now on. Returns what was left open.

    ``seen`` is what the person was shown as left (``in_one_line``); LeftChanged is raised when it is not so any
    more, YearIsOver when the year is closed already, ValueError when something is left and no reason is given.

    Every entry's ``lock_version`` grows. A claim that waits for its row behind this transaction then finds another
    version than it names, and asks why; without that it would go by the open year that its statement has begun with.
    """
    hold(year.conference)
    row = Year.objects.select_for_update(no_key=True, of=("self",)).select_related("conference").get(pk=year.pk)
    if row.state == YearState.CLOSED:
        raise YearIsOver(row.year)
    # What the conference itself owes to the one above is closed with it, for its own hands.
    owed = Duty.objects.filter(Q(conference=row.conference_id) | Q(obliged_conference=row.conference_id))
    entries = sum(
        rows.filter(year=row.year).update(lock_version=F("lock_version") + 1)
        for rows in (Progress.objects.filter(conference=row.conference_id), owed)
    )
    # Whoever was handing in has ended now: it is among what is counted, and its events are older than the closing.
    left, reason = remaining_in(row), reason.strip()
    if seen is not None and seen != in_one_line(left):
        raise LeftChanged(left)
    if left and not reason:
        raise ValueError("closing with something left open needs its reason")
    Year.objects.filter(pk=row.pk).update(state=YearState.CLOSED, closed_at=timezone.now(), closed_by=by)
    record(
        row,
        Action.CLOSE_YEAR,
        by=by,
        conference=row.conference_id,
        before=YearState.OPEN,
        after=YearState.CLOSED,
        reason=reason,
        detail={"left": dict(left), "entries": entries},
    )
    _tell(row, subject=f"{row.year}年度已关闭归档", body="本年度的填报、报送和审核已经结束，内容只供查阅。")
    year.refresh_from_db()
    return left


@transaction.atomic
def reopen_year(year: Year, *, by: User, reason: str) -> None:
    """Open a closed year again, for a reason. Its archive so far stays; one that is being made is given up.

    Raises ValueError without a reason and YearIsOpen for the second of two.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("reopening a year needs its reason")
    hold(year.conference)
    reopened = Year.objects.filter(pk=year.pk, state=YearState.CLOSED).update(
        state=YearState.OPEN, closed_at=None, closed_by=None
    )
    if not reopened:
        raise YearIsOpen(_("%(year)d年度没有关闭，不需要重新打开。") % {"year": year.year})
    record(
        year,
        Action.REOPEN_YEAR,
        by=by,
        conference=year.conference_id,
        before=YearState.CLOSED,
        after=YearState.OPEN,
        reason=reason,
    )
    archives = Job.objects.unfinished().filter(conference=year.conference_id, year=year.year, kind=JobKind.ARCHIVE)
    for job in archives:
        try:
            jobs.cancel(job, by=by, reason="年度重新打开")
        except jobs.TooLate:
            continue
    _tell(year, subject=f"{year.year}年度已重新打开", body=f"可以继续填报和修改。理由：{reason}")
    year.refresh_from_db()


def _tell(year: Year, *, subject: str, body: str) -> None:
    """Tell whoever answers for a unit that has an entry in the year. In Chinese, like all notices."""
    owed = Duty.objects.filter(conference=year.conference_id, year=year.year).exclude(department=None)
    asked = Progress.objects.filter(conference=year.conference_id, year=year.year)
    units = {
        *owed.values_list("department", flat=True).distinct(),
        *asked.order_by().values_list("department", flat=True).distinct(),
    }
    answering = Answering.on(timezone.localdate(), departments=units, conferences=[])
    people = {person.pk: person for people in answering.of_departments.values() for person in people}
    post(
        [
            Notice(
                conference_id=year.conference_id,
                recipient=person,
                subject=f"{year.conference.short_name}{subject}"[:200],
                body=body,
                path=f"/work/{year.year}/",
            )
            for person in people.values()
        ]
    )
