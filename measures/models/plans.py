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
from departments.scoping import ScopedQuerySet, below
from measures.enums import AnswerKind, VersionState


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
    # Whether cooperating units owe an entry of their own, or only have to confirm that they know; the office decides.
    cooperating_must_report = models.BooleanField(_("配合单位须填报"), default=False)

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
        if self.frozen().exists():
            raise PublishedIsImmutable

    def published(self) -> Self:
        return self.filter(state=VersionState.PUBLISHED)

    def frozen(self) -> Self:
        """Versions that no longer change: published ones, and withdrawn ones, which were."""
        return self.exclude(state=VersionState.DRAFT)

    def withdraw(self) -> int:
        """Take versions out of force: the one change that a published version knows. Its text stays as it is."""
        return super().update(state=VersionState.WITHDRAWN)

    def in_force_in(self, year: int) -> Self:
        """Published versions of plans whose period covers ``year``: of the latest plan, the last that was published."""
        return (
            self.published()
            .filter(plan__starts_year__lte=year, plan__ends_year__gte=year)
            .order_by("-plan__starts_year", "-published_at", "-number")
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
    # The version that its lineage counts from; empty for the first text of a conference.
    follows = models.ForeignKey(
        "self",
        verbose_name=_("承接版本"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="followed_by",
    )
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
        if self.pk and type(self).objects.filter(pk=self.pk).frozen().exists():
            raise PublishedIsImmutable
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if self.is_frozen:
            raise PublishedIsImmutable
        return super().delete(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        return self.state == VersionState.PUBLISHED

    @property
    def is_frozen(self) -> bool:
        return self.state != VersionState.DRAFT


class StagingQuerySet(ScopedQuerySet):
    """Drafts are for those who administer the conference or the one above it, or audit them."""

    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q() if access.administers_all else below(access.administrator_of | access.auditor_of)


class QuestionQuerySet(StagingQuerySet):
    def open(self) -> Self:
        return self.filter(answered_at=None)


class Question(models.Model):
    """Something in a document that the reader would not decide alone.

    It is asked of an import, and stays with the version that the import becomes.
    """

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        PlanVersion,
        verbose_name=_("版本"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    plan_import = models.ForeignKey(
        "measures.PlanImport",
        verbose_name=_("计划导入"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    code = models.CharField(_("类别"), max_length=40)
    # By which an answer is found again when another file raises the same question.
    key = models.CharField(_("问题标识"), max_length=64, blank=True)
    kind = models.CharField(_("答复方式"), max_length=10, choices=AnswerKind.choices, default=AnswerKind.CONFIRM)
    path = models.CharField(_("条款"), max_length=200, blank=True)
    # The document's words that it is about, to be highlighted.
    words = models.CharField(_("原文词句"), max_length=300, blank=True)
    message = models.TextField(_("问题"))
    # What the answer means, by kind; see measures.importing.decisions.
    decision = models.JSONField(_("决定"), null=True, blank=True, editable=False)
    is_remembered = models.BooleanField(_("沿用以前的答复"), default=False, editable=False)
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
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False) | Q(plan_import__isnull=False), name="question_of_something"
            )
        ]

    def __str__(self) -> str:
        return self.message[:60]
