"""换版: a year that goes over to a new version of its plan, and what that did to every row of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference
from departments.scoping import ScopedQuerySet
from measures.models import Obligation, PlanVersion, Responsibility
from reporting.enums import EntryState
from reporting.models.entries import Duty, Progress
from reporting.models.years import Year


class _AdoptionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        return Q(conference__in=access.office_of | access.auditor_of | access.administrator_of)


class Adoption(models.Model):
    """One year's change from one version to the next. Undone, it stays as a row that says so."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    year = models.ForeignKey(Year, verbose_name=_("年度"), on_delete=models.PROTECT, related_name="adoptions")
    # Empty where the year had no plan of its own until then.
    before = models.ForeignKey(
        PlanVersion, verbose_name=_("原版本"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    after = models.ForeignKey(PlanVersion, verbose_name=_("新版本"), on_delete=models.PROTECT, related_name="adoptions")
    adopted_at = models.DateTimeField(_("换版时间"), default=timezone.now, editable=False)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("撤销人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = _AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("年度换版")
        verbose_name_plural = _("年度换版")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "year", "after", condition=Q(undone_at=None), name="adoption_once_per_year_and_version"
            ),
            models.CheckConstraint(condition=Q(before=None) | ~Q(before=F("after")), name="adoption_changes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.year} → {self.after}"


class Carry(models.Model):
    """What an adoption did to one row: carried on under the new text, or closed (``to_…`` empty).

    It holds what undoing needs, and says years later which words a text answered when it was written.
    """

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    adoption = models.ForeignKey(Adoption, verbose_name=_("年度换版"), on_delete=models.PROTECT, related_name="carries")
    progress = models.ForeignKey(
        Progress,
        verbose_name=_("进展"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="carries",
    )
    from_responsibility = models.ForeignKey(
        Responsibility, verbose_name=_("原责任"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_responsibility = models.ForeignKey(
        Responsibility, verbose_name=_("新责任"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    duty = models.ForeignKey(
        Duty, verbose_name=_("应报事项"), null=True, blank=True, on_delete=models.PROTECT, related_name="carries"
    )
    from_obligation = models.ForeignKey(
        Obligation, verbose_name=_("原义务"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_obligation = models.ForeignKey(
        Obligation, verbose_name=_("新义务"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The kind of the clause's change (measures.comparing.ChangeKind), and the row as it was.
    kind = models.CharField(_("变化"), max_length=10)
    state_before = models.CharField(_("原状态"), max_length=10, choices=EntryState.choices)
    due_before = models.DateField(_("原时限"), null=True, blank=True)
    planned_before = models.DateField(_("原计划时限"), null=True, blank=True)
    looked_before = models.BooleanField(_("原待再看"), default=False)

    objects = _AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("承接")
        verbose_name_plural = _("承接")
        ordering = ["adoption", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__isnull=False, duty=None) | Q(progress=None, duty__isnull=False),
                name="carry_of_progress_or_duty",
            ),
            models.UniqueConstraint("adoption", "progress", name="carry_once_per_progress"),
            models.UniqueConstraint("adoption", "duty", name="carry_once_per_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.progress or self.duty} · {self.kind}"
