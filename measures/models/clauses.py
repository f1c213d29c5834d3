"""条款 and 责任: the document's tree, verbatim, and who leads and cooperates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet
from measures.enums import ClauseKind, ResponsibilityRole, VersionState
from measures.models.plans import PlanVersion, PublishedIsImmutable, version_scope
from measures.paths import spoken


class FrozenQuerySet(ScopedQuerySet):
    """Rows that belong to a version: bulk changes pass by the ones whose version is frozen, loudly."""

    def _refuse_published(self) -> None:
        if self.exclude(version__state=VersionState.DRAFT).exists():
            raise PublishedIsImmutable

    def update(self, **fields: Any) -> int:
        self._refuse_published()
        return super().update(**fields)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        if PlanVersion.objects.frozen().filter(pk__in={row.version_id for row in rows}).exists():
            raise PublishedIsImmutable
        return super().bulk_create(rows, *args, **kwargs)

    def delete(self) -> Any:
        self._refuse_published()
        return super().delete()

    @classmethod
    def scope(cls, access: Access) -> Q:
        return version_scope(access, "version__")


class Frozen(models.Model):
    """A row that belongs to a version and is as immutable as that."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        PlanVersion, verbose_name=_("版本"), on_delete=models.PROTECT, related_name="%(class)s_set"
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse_published()
        return super().delete(*args, **kwargs)

    def _refuse_published(self) -> None:
        """Ask the database: the version in memory may have been published since it was loaded."""
        if PlanVersion.objects.frozen().filter(pk=self.version_id).exists():
            raise PublishedIsImmutable


class ClauseQuerySet(FrozenQuerySet):
    def measures(self) -> Self:
        """Clauses that carry responsibilities."""
        return self.filter(models.Exists(Responsibility.objects.filter(clause=models.OuterRef("pk"))))


class Clause(Frozen):
    """A node of the document's tree.

    ``label + heading + text`` is the clause's own words (its children's are theirs), as published; ``start`` and
    ``end`` are the character offsets of the same words in the version's ``source_text``. ``path`` is the
    identity: the printed numbers from the root and, where one number has several paragraphs, their order.
    """

    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级条款"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    position = models.PositiveIntegerField(_("文中次序"))
    depth = models.PositiveSmallIntegerField(_("层次"))
    path = models.CharField(_("编号"), max_length=200)
    label = models.CharField(_("印刷编号"), max_length=40, blank=True)
    kind = models.CharField(_("类别"), max_length=12, choices=ClauseKind.choices)
    heading = models.TextField(_("标题"), blank=True)
    text = models.TextField(_("正文"), blank=True)
    start = models.PositiveIntegerField(_("起始字符"))
    end = models.PositiveIntegerField(_("结束字符"))

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("条款")
        verbose_name_plural = _("条款")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint("version", "path", name="clause_path_once_per_version"),
            models.UniqueConstraint("version", "position", name="clause_position_once_per_version"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="clause_ends_not_before_start"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.heading or self.text[:20]}".strip()

    @property
    def spoken_path(self) -> str:
        """The path as people say it: 「二（二）2 第2段」."""
        return spoken(self.path)

    @property
    def chapter(self) -> str:
        """The first printed number of the path: 「二」 of 「二/(一)/1」."""
        return self.path.partition("/")[0]


class ResponsibilityQuerySet(FrozenQuerySet):
    def leading(self) -> Self:
        return self.filter(role=ResponsibilityRole.LEAD)

    def named(self) -> Self:
        """Responsibilities of one unit, not of a group."""
        return self.exclude(department=None)

    def unresolved(self) -> Self:
        """Names that the registry did not know; a version with any cannot be published."""
        return self.filter(department=None, group="")


class Responsibility(Frozen):
    """A clause × a unit (or a group such as 「各成员单位」) × a role, in the document's order and words."""

    clause = models.ForeignKey(
        Clause, verbose_name=_("条款"), on_delete=models.PROTECT, related_name="responsibilities"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="responsibilities",
    )
    group = models.CharField(_("集合"), max_length=100, blank=True)
    role = models.CharField(_("职责"), max_length=12, choices=ResponsibilityRole.choices)
    position = models.PositiveSmallIntegerField(_("文中次序"))
    name = models.CharField(_("全称"), max_length=100)
    as_written = models.CharField(_("原文写法"), max_length=100)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("责任")
        verbose_name_plural = _("责任")
        ordering = ["version", "clause__position", "position"]
        constraints = [
            models.UniqueConstraint("clause", "role", "position", name="responsibility_position_once"),
            models.UniqueConstraint(
                "clause",
                "department",
                name="responsibility_once_per_department",
                violation_error_message=_("该单位在这一条款中已经列名。"),
            ),
            models.CheckConstraint(
                condition=Q(department=None) | Q(group=""),
                name="responsibility_not_unit_and_group",
                violation_error_message=_("一条责任要么属于一个单位，要么属于一个集合。"),
            ),
        ]
        indexes = [models.Index(fields=["version", "department"], name="responsibility_department")]

    def __str__(self) -> str:
        return f"{self.clause.path} {self.name}({self.get_role_display()})"
