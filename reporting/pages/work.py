"""我的工作: what waits for the person, the most pressing first, and the unit's measures by chapter."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from departments.access import access_of
from departments.models import Department, User
from reporting.enums import EntryState, Standing
from reporting.models import Duty, Progress, Year
from reporting.pages.conference import has_conference_year
from reporting.pages.cooperation import asked_of, cooperation_text, to_acknowledge
from reporting.pages.rows import by_chapter, chapter_titles, duty_row, progress_row
from reporting.pages.thread import unanswered_of
from reporting.permissions import can_write
from reporting.services.cooperation import first_leads
from reporting.services.extensions import count_for


def work_context(
    user: User, year: int, today: date, duties: list[Duty], progress: list[Progress], units: list[Department]
) -> dict[str, Any]:
    """The sections of the page, in the order in which they press. ``progress`` needs
    ``with_standing()``, both ``with_year()``."""
    due = Duty.objects.report_deadlines(access_of(user).departments, year)
    first = first_leads((entry.clause_id for entry in progress), year)
    rows = [
        (
            entry,
            progress_row(
                entry,
                due.get(entry.department_id),
                today,
                reverse("reporting:progress", args=[entry.pk]),
                is_own=True,
                first=first.get(entry.clause_id),
                is_over=entry.is_over,
            ),
        )
        for entry in progress
    ]
    granted = count_for(duties)
    duty_rows = [
        (
            duty,
            duty_row(
                duty,
                today,
                reverse("reporting:duty", args=[duty.pk]),
                can_act=can_write(user, duty),
                granted=granted.get(duty.pk, 0),
                is_over=duty.is_over,
            ),
        )
        for duty in duties
    ]
    in_force = [(entry, row) for entry, row in rows if entry.state != EntryState.CLOSED]
    owed: list[Duty | Progress] = [*duties, *progress]
    unknown = {entry.pk for entry in to_acknowledge(user, (entry for entry, _row in in_force if not entry.is_over))}
    return {
        "to_sign": _to_sign(user, year, units, [entry for entry in owed if not entry.is_over]),
        "returned": _returned(user, [(entry, row) for entry, row in [*rows, *duty_rows] if not entry.is_over]),
        "asked": asked_of(user, year, today),
        "duties": [row for _duty, row in duty_rows],
        "acknowledge_url": reverse("reporting:acknowledge_many", args=[year]) if unknown else "",
        "unknown": [
            row | {"id": f"know-{entry.pk}", "key": f"{entry.pk}-{entry.clause_id}"}
            for entry, row in in_force
            if entry.pk in unknown
        ],
        "chapters": by_chapter(
            ((entry.clause, row) for entry, row in in_force),
            chapter_titles(entry.clause.version_id for entry, _row in in_force),
        ),
        # Texts to look at again since their clause was reworded, and those that no clause asks for any more.
        "looks": [row for entry, row in in_force if entry.needs_second_look and not entry.is_over],
        # What was closed before anybody wrote anything concerns nobody any more.
        "closed": [
            row for entry, row in rows if entry.state == EntryState.CLOSED and entry.closed_from != EntryState.OPEN
        ],
        "totals": totals_of([entry for entry, _row in in_force]),
        "cooperation_text": cooperation_text(entry for entry, _row in in_force),
        "rooms": _rooms(user, year, units),
    }


def _to_sign(user: User, year: int, units: list[Department], entries: list[Duty | Progress]) -> list[dict[str, Any]]:
    """For each unit that the person heads, how much waits for the signature."""
    heads = access_of(user).head_of
    waiting = Counter(entry.department_id for entry in entries if entry.state == EntryState.TO_SIGN)
    return [
        {
            "unit": unit.name,
            "count": waiting[unit.pk],
            "url": reverse("reporting:to_sign", args=[year, unit.code]),
        }
        for unit in units
        if unit.pk in heads and waiting[unit.pk]
    ]


def _returned(user: User, rows: list[tuple[Any, dict[str, Any]]]) -> list[dict[str, Any]]:
    """What came back from the office, or from the unit's own head, with the reason."""
    notes = unanswered_of(entry for entry, _row in rows)
    return [
        row | {"title": note["title"], "reason": note["reason"], "can_write": can_write(user, entry)}
        for entry, row in rows
        for note in notes.get((str(entry._meta.model_name), entry.pk), [])[-1:]
    ]


def _rooms(user: User, year: int, units: list[Department]) -> list[dict[str, str]]:
    """Other pages of the unit's work: its numbers, its own rules, what its conference tells it, handing over."""
    several = len(units) > 1
    rooms = []
    # A ledger is of a plan's clauses: a conference that has none of its own has no such file.
    planned = set(
        Year.objects.filter(conference__in={unit.conference_id for unit in units}, year=year)
        .exclude(version=None)
        .values_list("conference", flat=True)
    )
    for unit in units:
        for label, name, args in (
            (_("数据填报"), "figures", [year, unit.code]),
            (_("本单位台账"), "unit_ledger", [year, unit.code]),
            (_("本单位设置"), "unit_settings", [unit.code]),
        ):
            if name == "unit_ledger" and unit.conference_id not in planned:
                continue
            rooms.append(
                {
                    "label": f"{label}（{unit.name}）" if several else label,
                    "url": reverse(f"reporting:{name}", args=args),
                }
            )
    if has_conference_year(access_of(user), year):
        rooms.append({"label": _("联席会议"), "url": reverse("reporting:conference_year", args=[year])})
    rooms.append({"label": _("工作交接"), "url": reverse("reporting:handovers")})
    return rooms


def totals_of(progress: list[Progress]) -> list[dict[str, Any]]:
    """How the unit's measures stand, each once; what waits for the head only where there is any."""
    if not progress:
        return []
    count = Counter(entry.standing for entry in progress)
    shown = [
        (_("措施"), len(progress), True),
        (_("未启动"), count[Standing.OPEN], True),
        (_("已知悉"), count[Standing.KNOWN], bool(count[Standing.KNOWN])),
        (_("填报中"), count[Standing.DRAFT], True),
        (_("待签批"), count[Standing.TO_SIGN], bool(count[Standing.TO_SIGN])),
        (_("退回"), count[Standing.RETURNED], True),
        (_("待审"), count[Standing.SUBMITTED], True),
        (_("通过"), count[Standing.ACCEPTED], True),
    ]
    return [
        {"label": label, "value": value, "url": "", "is_red": label == _("退回") and bool(value)}
        for label, value, is_shown in shown
        if is_shown
    ]
