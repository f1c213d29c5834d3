"""Lights: how an entry stands, as a word, an icon and a colour together (never the colour alone)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reporting.enums import EntryState, Standing


@dataclass(frozen=True, slots=True)
class Light:
    """``css`` is the tag's class, ``text`` its word. ``urgency`` sorts: the smaller, the sooner somebody must act."""

    css: str
    text: str | Promise
    urgency: int = 50


SUBMITTED = Light("cyan", gettext_lazy("已报待审"), 60)
RETURNED = Light("returned", gettext_lazy("已退回"), 5)
ACCEPTED = Light("darkgreen", gettext_lazy("审核通过"), 90)
CLOSED = Light("grey", gettext_lazy("已终止"), 95)
# Known of and not to be reported on: nobody has to act.
KNOWN = Light("grey", gettext_lazy("已知悉"), 92)
# Not handed in when its year was closed: nobody can act any more.
ARCHIVED = Light("grey", gettext_lazy("已归档（未报）"), 70)
NOT_STARTED = Light("grey", gettext_lazy("未启动"), 40)


def light_of(state: str, due_on: date | None, today: date, *, is_over: bool = False) -> Light:
    """The light of an entry in ``state`` (or Standing) that is due on ``due_on`` (None: the plan sets no date).

    ``is_over``: its year was closed (reporting.pages.over). What was handed in keeps its light.
    """
    if state == EntryState.ACCEPTED:
        return ACCEPTED
    if state == EntryState.SUBMITTED:
        return SUBMITTED
    if state == EntryState.CLOSED:
        return CLOSED
    if state == Standing.KNOWN:
        return KNOWN
    if is_over:
        return ARCHIVED
    days = (due_on - today).days if due_on is not None else None
    if days is not None and days < 0:
        return Light("red", _("已逾期"), 0)
    if state == EntryState.RETURNED:
        return RETURNED
    if days == 0:
        return Light("orange", _("今天到期"), 10)
    if days is not None and days <= 7:
        return Light("yellow", _("临近时限"), 20)
    if state == EntryState.OPEN:
        return NOT_STARTED
    if state == EntryState.TO_SIGN:
        return Light("blue", _("待签批"), 30)
    if days is not None and days < 30:
        return Light("blue", _("填报中"), 30)
    return Light("green", _("填报中"), 35)


def days_left_text(due_on: date, today: date) -> str:
    """How far the deadline is, beside a light that says what that means: 「还有24天」, 「已过3天」."""
    days = (due_on - today).days
    if days < 0:
        return _("已过%(days)d天") % {"days": -days}
    return _("还有%(days)d天") % {"days": days} if days else _("还有不到1天")


def extended_text(planned_on: date, due_on: date, granted: int) -> str:
    """「延期1次，原时限12月15日」 where the deadline was moved ``granted`` times; empty where it never was."""
    if not granted:
        return ""
    within = "MONTH_DAY_FORMAT" if planned_on.year == due_on.year else "DATE_FORMAT"
    text = ngettext("延期%(count)d次，原时限%(day)s", "延期%(count)d次，原时限%(day)s", granted)
    return text % {"count": granted, "day": date_format(planned_on, within)}


def late_text(first_submitted_at: datetime | None, due_on: date | None) -> str:
    """「逾期2天报送」 of what was first handed in after its deadline; empty where it was in time, or never was.

    What is returned and handed in again is as late as it was the first time.
    """
    days = days_late(first_submitted_at, due_on)
    return _("逾期%(days)d天报送") % {"days": days} if days else ""


def days_late(first_submitted_at: datetime | None, due_on: date | None) -> int:
    """By how many days the deadline had passed; its own day is in time. Days are those of Shanghai."""
    if first_submitted_at is None or due_on is None:
        return 0
    return max((timezone.localdate(first_submitted_at) - due_on).days, 0)
