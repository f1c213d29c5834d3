"""数据 and 指标: what a number means, and the numbers of a unit's year, each entered once for every report."""

from __future__ import annotations

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet
from measures.enums import ObligationKind
from reporting.enums import EntryState, Reporters
from reporting.models.entries import Duty, Progress, ProgressQuerySet, handed_in
from reporting.models.written import Written

# What a number means. With numbers there, another meaning is another indicator (services.figures.dictionary).
MEANING = ("code", "name", "definition", "method", "unit", "is_cumulative", "is_summed")


class IndicatorQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        own = access.conferences
        above = Conference.objects.filter(lower__in=own).values("pk")
        overseen = access.administrator_of | access.auditor_of
        return (
            Q(conference__in=own)
            | Q(conference__in=above, for_districts=True)
            # Who administers a city keeps the dictionaries of its districts in order too.
            | Q(conference__upper__in=overseen)
        )

    def in_force_in(self, year: int) -> IndicatorQuerySet:
        """Those that are asked for in ``year``."""
        return self.filter(Q(starts_year=None) | Q(starts_year__lte=year), Q(ends_year=None) | Q(ends_year__gte=year))


class Indicator(models.Model):
    """指标: the four elements (definition, method, unit, source), and who reports it.

    Its meaning never changes under numbers that were reported: what changes is ended and another one begins.
    """

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="indicators"
    )
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("指标"), max_length=60)
    definition = models.TextField(_("定义"), blank=True)
    method = models.TextField(_("计算方法"), blank=True)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    source = models.CharField(_("资料来源"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("排序"), default=0)
    # Counted from the beginning of the plan; otherwise each year stands for itself.
    is_cumulative = models.BooleanField(_("累计数"), default=False)
    # A share or an average cannot be added up over units.
    is_summed = models.BooleanField(_("可加总"), default=True)
    reporters = models.CharField(_("填报单位"), max_length=16, choices=Reporters.choices, default=Reporters.NAMED)
    departments = models.ManyToManyField(
        Department, verbose_name=_("指定单位"), blank=True, through="IndicatorUnit", related_name="indicators"
    )
    # The clause beside whose entry it is asked for, by its path in the plan; empty: with the annual report only.
    clause_path = models.CharField(_("条款"), max_length=200, blank=True)
    # The units of the districts report it to their own offices, and the sums of the districts are added.
    for_districts = models.BooleanField(_("区县同口径填报"), default=False)
    # A question is asked when the value moves by more than this share of last year's; empty: never.
    asks_above_percent = models.PositiveSmallIntegerField(
        _("变动超过百分之几时询问"), null=True, blank=True, default=50, validators=[MinValueValidator(1)]
    )
    starts_year = models.PositiveSmallIntegerField(_("启用年度"), null=True, blank=True)
    ends_year = models.PositiveSmallIntegerField(_("停用前最后年度"), null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        ordering = ["conference", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                "conference",
                "code",
                name="indicator_code_once",
                violation_error_message=_("本联席会议已有这个代码的指标。"),
            ),
            models.CheckConstraint(
                condition=Q(starts_year=None) | Q(ends_year=None) | Q(ends_year__gte=models.F("starts_year")),
                name="indicator_ends_not_before_start",
                violation_error_message=_("停用年度不能早于启用年度。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name


class IndicatorUnitQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        seen = Indicator.objects.filter(IndicatorQuerySet.scope(access), pk=models.OuterRef("indicator"))
        return Q(models.Exists(seen))


class IndicatorUnit(models.Model):
    """A unit that is named to report an indicator. A row of our own, so that deleting either end asks about it."""

    indicator = models.ForeignKey(Indicator, verbose_name=_("指标"), on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")

    objects = IndicatorUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("指标填报单位")
        verbose_name_plural = _("指标填报单位")
        ordering = ["indicator", "department__position", "pk"]
        constraints = [models.UniqueConstraint("indicator", "department", name="indicator_unit_once")]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.department}"


class FigureSheetQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """One's own; others' once they are handed in (``handed_in``)."""
        return Q(department__in=access.departments) | (
            cls._handed_in() & Q(conference__in=access.office_of | access.auditor_of)
        )

    @staticmethod
    def _handed_in() -> Q:
        reports = Duty.objects.filter(
            kind=ObligationKind.ANNUAL_REPORT,
            department=models.OuterRef("department"),
            year=models.OuterRef("year"),
        )
        # One that a new version of the plan no longer asks for is asked of nobody.
        asked = reports.exclude(state=EntryState.CLOSED)
        return Q(models.Exists(reports.filter(handed_in()))) | Q(~models.Exists(asked))

    def handed_in(self) -> Self:
        """Those that others than the unit may read: it has handed in an annual report, or its plan asks for none."""
        return self.filter(self._handed_in())


class FigureSheet(Written):
    """The numbers of one unit's year. ``lock_version`` grows with every write: the optimistic lock of its form."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="figure_sheets"
    )
    year = models.PositiveSmallIntegerField(_("年度"))

    objects = FigureSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("数据表")
        verbose_name_plural = _("数据表")
        ordering = ["conference", "year", "department__position"]
        constraints = [models.UniqueConstraint("department", "year", name="figure_sheet_once")]

    def __str__(self) -> str:
        return f"{self.department} {self.year}"


class FigureQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        # A number is seen by whoever may read the text, or the sheet, that it belongs to.
        readable = Progress.objects.filter(ProgressQuerySet.text_scope(access), pk=models.OuterRef("progress"))
        sheet = FigureSheet.objects.filter(FigureSheetQuerySet.scope(access), pk=models.OuterRef("sheet"))
        return Q(models.Exists(readable)) | Q(models.Exists(sheet))


class Figure(models.Model):
    """A number: of the dictionary in a unit's sheet, or one of an entry's own. An empty value is not zero.

    「约」, 「余」 and 「万」 stay in ``as_written``.
    """

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    progress = models.ForeignKey(
        Progress, verbose_name=_("进展"), null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    sheet = models.ForeignKey(
        FigureSheet,
        verbose_name=_("数据表"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="figures",
    )
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("指标"), null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    position = models.PositiveSmallIntegerField(_("次序"))
    name = models.CharField(_("名称"), max_length=60)
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    as_written = models.CharField(_("原文写法"), max_length=60, blank=True)
    # Asked for and not to be had: neither empty nor zero.
    cannot_be_counted = models.BooleanField(_("无法统计"), default=False)
    # Why it cannot be counted, or why it moved so far from last year's.
    explanation = models.CharField(_("说明"), max_length=300, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("数据")
        verbose_name_plural = _("数据")
        # By columns of its own: by "progress" and "sheet" it would go by their order, through half the tables of the year.
        ordering = ["progress_id", "sheet_id", "position"]
        constraints = [
            models.UniqueConstraint(
                "progress", "name", name="figure_once", violation_error_message=_("这项指标已经填过。")
            ),
            models.UniqueConstraint("sheet", "indicator", name="figure_once_per_indicator"),
            models.CheckConstraint(
                condition=Q(progress__isnull=False, sheet=None, indicator=None)
                | Q(progress=None, sheet__isnull=False, indicator__isnull=False),
                name="figure_of_entry_or_of_sheet",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0),
                name="figure_not_negative",
                violation_error_message=_("数值不能为负。"),
            ),
            models.CheckConstraint(
                condition=Q(cannot_be_counted=False) | Q(value=None),
                name="figure_that_cannot_be_counted_has_no_value",
                violation_error_message=_("无法统计的指标不能同时填数值。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.as_written}"
