"""Files that take long: asked for in a browser, made by a worker, fetched when they are there."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference
from departments.scoping import ScopedQuerySet
from reporting.enums import JobKind, JobState
from reporting.models.reports import AnnualReport


def job_file_name(job: Job, filename: str) -> str:
    """Where the file lies: under a random name, outside everything that is served; another for each attempt."""
    return f"jobs/{job.key.hex[:2]}/{job.key.hex}-{job.attempts}"


class JobQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q(conference__in=access.office_of | access.auditor_of)

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=JobState.unfinished())


class Job(models.Model):
    """The row is the truth, the queue only a nudge: a worker claims it with a lease, another takes over a dead one's."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    kind = models.CharField(_("种类"), max_length=10, choices=JobKind.choices)
    report = models.ForeignKey(
        AnnualReport, verbose_name=_("报告"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    # Which part of the whole the file is of, in the words of its maker; empty: all of it.
    scope = models.CharField(_("范围"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    # What it is doing, and how far it is: ``done`` of ``total`` steps.
    stage = models.CharField(_("步骤"), max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.FileField(_("文件"), upload_to=job_file_name, max_length=200, blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    content_type = models.CharField(_("类型"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("字节数"), default=0)
    sha256 = models.CharField(_("摘要"), max_length=64, blank=True)
    error = models.CharField(_("错误"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(_("申请时间"), default=timezone.now, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("文件任务")
        verbose_name_plural = _("文件任务")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "conference",
                "year",
                "kind",
                "scope",
                condition=Q(report=None, state__in=JobState.unfinished()),
                name="job_unfinished_once",
            ),
            models.UniqueConstraint(
                "report",
                "kind",
                condition=Q(report__isnull=False, state__in=JobState.unfinished()),
                name="job_unfinished_once_per_report",
            ),
        ]
        indexes = [models.Index(fields=["state", "leased_until"], name="job_state_lease")]

    def __str__(self) -> str:
        return f"{self.conference} {self.year} {self.get_kind_display()}"

    @property
    def percent(self) -> int:
        """How far it is, for a bar."""
        return min(100, self.done * 100 // self.total) if self.total else 0
