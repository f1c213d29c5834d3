"""Lights: how an entry stands, as a word, an icon and a colour together (never the colour alone)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.enums import EntryState


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
NOT_STARTED = Light("grey", gettext_lazy("未启动"), 40)


def light_of(state: str, due_on: date | None, today: date) -> Light:
    """The light of an entry in ``state`` that is due on ``due_on`` (None: the plan sets no date)."""
    if state == EntryState.ACCEPTED:
        return ACCEPTED
    if state == EntryState.SUBMITTED:
        return SUBMITTED
    if state == EntryState.CLOSED:
        return CLOSED
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
    if days is not None and days < 30:
        return Light("blue", _("填报中"), 30)
    return Light("green", _("填报中"), 35)


def days_left_text(due_on: date, today: date) -> str:
    """How far the deadline is, beside a light that says what that means: 「还有24天」, 「已过3天」."""
    days = (due_on - today).days
    if days < 0:
        return _("已过%(days)d天") % {"days": -days}
    return _("还有%(days)d天") % {"days": days} if days else _("还有不到1天")
