"""时限义务: who owes what to whom, how often, by when, by which clause. Deadlines are data of a plan version."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.enums import ObligationKind, Obliged, RecurrenceType
from measures.models.clauses import Clause, Frozen, FrozenQuerySet


class Obligation(Frozen):
    """One dated or undated duty that a clause lays on somebody, in the document's words."""

    clause = models.ForeignKey(Clause, verbose_name=_("依据条款"), on_delete=models.PROTECT, related_name="obligations")
    position = models.PositiveSmallIntegerField(_("次序"))
    kind = models.CharField(_("类别"), max_length=24, choices=ObligationKind.choices)
    title = models.CharField(_("事项"), max_length=200)
    obliged_as_written = models.CharField(_("义务主体（原文）"), max_length=100)
    obliged = models.CharField(_("义务主体"), max_length=24, choices=Obliged.choices)
    # As written: 「同级反拐联席会议办公室」, 「市反拐联席会议」, 「同级人民政府」.
    recipients = models.JSONField(_("报送对象"), default=list, blank=True)
    recurrence = models.CharField(_("周期"), max_length=12, choices=RecurrenceType.choices)
    month = models.PositiveSmallIntegerField(_("月"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(_("日"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("年"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("次数"), null=True, blank=True)
    includes_day = models.BooleanField(_("含当日"), default=True)
    text = models.TextField(_("原文"))

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("时限义务")
        verbose_name_plural = _("时限义务")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint("version", "position", name="obligation_position_once"),
            models.CheckConstraint(
                condition=(Q(month=None) | Q(month__range=(1, 12))) & (Q(day=None) | Q(day__range=(1, 31))),
                name="obligation_month_and_day_exist",
                violation_error_message=_("月份或日期不存在。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def periods(self, year: int) -> list[tuple[str, date]]:
        """The periods of ``year`` and the last day of each on which this can be done in time.

        Returns pairs of a period's name (``2026``, ``2026-H1``, ``2026-Q3``, ``2026-07``) and a date; nothing
        for what has no date in that year: continuing work, what an event triggers, one-off tasks without a date.
        """
        match self.recurrence:
            case RecurrenceType.ANNUAL | RecurrenceType.AT_LEAST:
                return [(str(year), self._last_day(year, self.month or 12))]
            case RecurrenceType.HALF_YEARLY:
                return [(f"{year}-H{half}", self._last_day(year, half * 6)) for half in (1, 2)]
            case RecurrenceType.QUARTERLY:
                return [(f"{year}-Q{quarter}", self._last_day(year, quarter * 3)) for quarter in (1, 2, 3, 4)]
            case RecurrenceType.MONTHLY:
                return [(f"{year}-{month:02}", self._last_day(year, month)) for month in range(1, 13)]
            case RecurrenceType.ONCE if self.year == year:
                return [(str(year), self._last_day(year, self.month or 12))]
            case _:
                return []

    def _last_day(self, year: int, month: int) -> date:
        """The deadline's day in that month, or the month's last day; a 30 February falls on the last of February."""
        length = monthrange(year, month)[1]
        last = date(year, month, min(self.day or length, length))
        return last if self.includes_day else date.fromordinal(last.toordinal() - 1)
