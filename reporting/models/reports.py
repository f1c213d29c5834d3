"""年度报告: the text of a unit's or a conference's year, and what was frozen each time that it was filed."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet
from reporting.models.entries import Duty, handed_in
from reporting.models.written import Written


class AnnualReportQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """A unit's own and an office's own always; another's once it is filed, for the office it is owed to."""
        filed = Duty.objects.filter(
            handed_in(), conference__in=access.office_of | access.auditor_of, pk=models.OuterRef("duty")
        )
        of_office = Q(department=None) & Q(conference__in=access.office_of | access.auditor_of)
        return Q(department__in=access.departments) | of_office | Q(models.Exists(filed))

    def of_units(self) -> Self:
        return self.exclude(department=None)

    def of_conferences(self) -> Self:
        return self.filter(department=None)


class AnnualReport(Written):
    """The working text of a report, in sections. ``department`` empty: the conference's own, compiled by its office.

    ``conference`` is the one whose year is reported on. ``duty`` is the obligation that filing it meets; a city's
    consolidated report, which no plan asks for, has none and is filed (定稿) by the head of its office.
    ``lock_version`` guards the head of the report; each section has its own.
    """

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="reports"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    duty = models.OneToOneField(
        Duty, verbose_name=_("应报事项"), null=True, blank=True, on_delete=models.PROTECT, related_name="report"
    )
    title = models.CharField(_("题名"), max_length=200)
    addressee = models.CharField(_("主送"), max_length=300, blank=True)
    signatory = models.CharField(_("署名"), max_length=200, blank=True)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    dated_on = models.DateField(_("成文日期"), null=True, blank=True)
    compiled_at = models.DateTimeField(_("汇编时间"), null=True, blank=True, editable=False)

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("年度报告")
        verbose_name_plural = _("年度报告")
        ordering = ["conference", "-year", "department__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "conference",
                "year",
                condition=Q(department=None, duty=None),
                name="report_of_conference_once",
            ),
            models.CheckConstraint(
                condition=Q(department=None) | Q(duty__isnull=False), name="report_of_unit_answers_a_duty"
            ),
        ]
        indexes = [models.Index(fields=["conference", "year"], name="report_conference_year")]

    def __str__(self) -> str:
        return self.title


class ReportSectionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        readable = AnnualReport.objects.filter(AnnualReportQuerySet.scope(access), pk=models.OuterRef("report"))
        return Q(models.Exists(readable))


class ReportSection(models.Model):
    """One heading of a report and the text below it, edited by itself: two people write two sections at once."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(AnnualReport, verbose_name=_("报告"), on_delete=models.PROTECT, related_name="sections")
    # What it is, whatever its heading says: overview, chapter:二, clause:二/(一)/1, problems, next_steps, …
    key = models.CharField(max_length=80, editable=False)
    position = models.PositiveIntegerField(_("次序"))
    level = models.PositiveSmallIntegerField(_("层级"), default=1)
    heading = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    # What compiling last put there: a body that differs was edited by a person and is not overwritten unasked.
    compiled_body = models.TextField(blank=True, editable=False)
    lock_version = models.PositiveIntegerField(default=0, editable=False)

    objects = ReportSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("报告章节")
        verbose_name_plural = _("报告章节")
        ordering = ["report_id", "position"]
        constraints = [models.UniqueConstraint("report", "key", name="report_section_once")]

    def __str__(self) -> str:
        return self.heading


class FilingQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """Who filed it always; whom it was filed to as long as it was not taken back."""
        own = Q(report__department__in=access.departments) | Q(
            report__department=None, report__conference__in=access.office_of | access.auditor_of
        )
        received = Q(withdrawn_at=None, recipient__in=access.office_of | access.auditor_of)
        return own | received


class Filing(models.Model):
    """What was filed, frozen: a typed JSON snapshot with its SHA-256, from which the Word file is made at any time."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    # The conference whose office received it; a report that goes to nobody above names its own.
    recipient = models.ForeignKey(Conference, verbose_name=_("接收"), on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(AnnualReport, verbose_name=_("报告"), on_delete=models.PROTECT, related_name="filings")
    round = models.PositiveSmallIntegerField(_("第几次报送"))
    snapshot = models.JSONField(_("报送内容"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    # 〔2026〕-like running number of the receipt, unique within the recipient's year; empty for a report that goes to
    # nobody above and so is entered in nobody's register.
    receipt_number = models.CharField(_("回执编号"), max_length=40, blank=True)
    due_on = models.DateField(_("时限"), null=True, blank=True)
    is_late = models.BooleanField(_("逾期"), default=False)
    filed_at = models.DateTimeField(_("报送时间"), default=timezone.now, editable=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("报送人"), on_delete=models.PROTECT, related_name="+"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("签批人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True, editable=False)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("报送")
        verbose_name_plural = _("报送")
        ordering = ["report_id", "-round"]
        constraints = [
            models.UniqueConstraint("report", "round", name="filing_once_per_round"),
            models.UniqueConstraint(
                "recipient", "receipt_number", condition=~Q(receipt_number=""), name="filing_receipt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.receipt_number or self.round}"
