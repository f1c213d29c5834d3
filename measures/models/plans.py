"""计划, 版本 and the questions that a person must answer before a version is published."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference
from departments.scoping import ScopedQuerySet
from measures.enums import VersionState


class PublishedIsImmutable(ValidationError):
    """Raised on any attempt to change or delete what a published version holds; a correction is a new version."""

    def __init__(self) -> None:
        super().__init__(_("已发布的版本不能修改；更正请导入为新版本。"), code="published")


def version_scope(access: Access, to_version: str = "") -> Q:
    """Published texts of one's own conference, of the one above it and of those below it; drafts only for
    administrators and auditors of that conference. ``to_version`` is the path to the version, ending in ``__``.
    """
    conference = f"{to_version}conference"
    published = Q(**{f"{to_version}state": VersionState.PUBLISHED})
    if access.administers_all:
        return Q()
    own = access.conferences
    near = Q(**{f"{conference}__in": own}) | Q(
        **{
            f"{conference}__in": Conference.objects.filter(Q(lower__in=own) | Q(upper__in=access.office_of)).values(
                "pk"
            )
        }
    )
    overseers = access.administrator_of | access.auditor_of
    overseen = Q(**{f"{conference}__in": overseers}) | Q(**{f"{conference}__upper__in": overseers})
    return (near & published) | overseen


class PlanQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q(models.Exists(PlanVersion.objects.filter(version_scope(access), plan=models.OuterRef("pk"))))


class Plan(models.Model):
    """One plan of one conference: the document, whatever texts of it were imported."""

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="plans"
    )
    title = models.CharField(_("题名"), max_length=200)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    starts_year = models.PositiveSmallIntegerField(_("起始年"))
    ends_year = models.PositiveSmallIntegerField(_("终止年"))

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("计划")
        verbose_name_plural = _("计划")
        ordering = ["conference", "-starts_year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_year__gte=F("starts_year")),
                name="plan_ends_not_before_start",
                violation_error_message=_("终止年不能早于起始年。"),
            ),
            models.UniqueConstraint(
                "conference",
                "title",
                name="plan_title_once_per_conference",
                violation_error_message=_("本联席会议已有同名计划。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> str:
        """「2021—2030」."""
        return f"{self.starts_year}—{self.ends_year}"


class PlanVersionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return version_scope(access)

    def update(self, **fields: Any) -> int:
        self._refuse_published()
        return super().update(**fields)

    def delete(self) -> Any:
        self._refuse_published()
        return super().delete()

    def _refuse_published(self) -> None:
        if self.published().exists():
            raise PublishedIsImmutable

    def published(self) -> Self:
        return self.filter(state=VersionState.PUBLISHED)

    def in_force_in(self, year: int) -> Self:
        """Published versions of plans whose period covers ``year``, the latest version first."""
        return (
            self.published()
            .filter(plan__starts_year__lte=year, plan__ends_year__gte=year)
            .order_by("-plan__starts_year", "-number")
        )


class PlanVersion(models.Model):
    """One imported text of a plan. Once published, neither it nor anything it holds changes (see ``save``)."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, verbose_name=_("计划"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本号"))
    state = models.CharField(
        _("状态"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT, editable=False
    )
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    issued_by = models.CharField(_("发文机关"), max_length=100, blank=True)
    issued_on = models.DateField(_("成文日期"), null=True, blank=True)
    # The document as it was read: every clause's start and end are character offsets into it.
    source_text = models.TextField(_("原文"))
    source_name = models.CharField(_("来源文件"), max_length=200, blank=True)
    source_sha256 = models.CharField(_("来源文件摘要"), max_length=64, blank=True)
    # The member list that the document itself prints: full names, in its order.
    members = models.JSONField(_("文中成员名单"), default=list, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("导入时间"), auto_now_add=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("发布人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("计划版本")
        verbose_name_plural = _("计划版本")
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint("plan", "number", name="plan_version_number_once"),
            models.CheckConstraint(
                condition=~Q(state=VersionState.PUBLISHED) | Q(published_at__isnull=False),
                name="plan_version_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.title}（第{self.number}版）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and type(self).objects.filter(pk=self.pk).published().exists():
            raise PublishedIsImmutable
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if self.is_published:
            raise PublishedIsImmutable
        return super().delete(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        return self.state == VersionState.PUBLISHED


class QuestionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        overseers = access.administrator_of | access.auditor_of
        return Q(conference__in=overseers) | Q(conference__upper__in=overseers)

    def open(self) -> Self:
        return self.filter(answered_at=None)


class Question(models.Model):
    """Something in a document that the reader would not decide alone."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, verbose_name=_("版本"), on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(_("类别"), max_length=40)
    path = models.CharField(_("条款"), max_length=200, blank=True)
    message = models.TextField(_("问题"))
    # A blocking question keeps its version from being published until it is answered.
    is_blocking = models.BooleanField(_("须先答复"), default=False)
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("待确认问题")
        verbose_name_plural = _("待确认问题")
        ordering = ["version", "pk"]

    def __str__(self) -> str:
        return self.message[:60]
