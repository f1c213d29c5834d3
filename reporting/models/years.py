"""年度, the calendar of working days, and the pulse of the clockwork."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference
from departments.scoping import ScopedQuerySet
from measures.models import PlanVersion
from reporting.enums import YearState


class YearQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        overseers = access.office_of | access.administrator_of | access.auditor_of
        return Q(conference__in=access.conferences) | Q(conference__upper__in=overseers)


class Year(models.Model):
    """A conference's year of work, answered to one plan version (none where no plan of its own is in force)."""

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="years"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    version = models.ForeignKey(
        PlanVersion,
        verbose_name=_("计划版本"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="years",
    )
    state = models.CharField(_("状态"), max_length=10, choices=YearState.choices, default=YearState.OPEN)
    opened_at = models.DateTimeField(_("开启时间"), default=timezone.now, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("开启人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("关闭人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = YearQuerySet.as_manager()

    class Meta:
        verbose_name = _("年度")
        verbose_name_plural = _("年度")
        ordering = ["conference", "-year"]
        constraints = [
            models.UniqueConstraint(
                "conference", "year", name="year_once", violation_error_message=_("这个年度已经开启。")
            )
        ]

    def __str__(self) -> str:
        return f"{self.conference} {self.year}"


def in_open_year(conference: str = "conference") -> Q:
    """The condition that an entry's year (of the conference that it is owed to) is not closed: nothing is written then.

    Every claim of an entry names it, so that a year closes under everybody's hands at once. ``conference`` names
    another conference of the row whose year is asked (see ``in_open_years``).
    """
    closed = Year.objects.filter(
        conference=models.OuterRef(conference), year=models.OuterRef("year"), state=YearState.CLOSED
    )
    return Q(~models.Exists(closed))


def in_open_years() -> Q:
    """For what who owes a duty does with it: neither the year that it is owed in nor the owing conference's is closed.

    A district that has closed and archived its year takes nothing back from the city; the city goes on reviewing.
    """
    return in_open_year() & in_open_year("obliged_conference")


class WorkDayQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        # The calendar is public.
        return Q()


class WorkDay(models.Model):
    """A day that is not what its weekday says: a holiday on a weekday, or a weekend day that is worked (调休)."""

    day = models.DateField(_("日期"), unique=True)
    is_working = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=60, blank=True)

    objects = WorkDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.note}".strip()


class HeartbeatQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q() if access.administers_all or access.administrator_of else Q(pk__in=())


class Heartbeat(models.Model):
    """When a periodic job last ran to its end, so that /readyz can say that the clockwork stands still."""

    name = models.CharField(_("任务"), max_length=40, unique=True)
    at = models.DateTimeField(_("最近运行"))

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("运行心跳")
        verbose_name_plural = _("运行心跳")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
