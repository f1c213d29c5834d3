"""评估, 通报 and 督办: how units and districts did, what is said of it, and which areas are watched."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference, Department, Jurisdiction
from departments.scoping import ScopedQuerySet
from reporting.enums import (
    AssessmentKind,
    AssessmentState,
    CircularKind,
    CircularState,
    CriterionKind,
    Finding,
    SupervisionKind,
    SupervisionState,
)
from reporting.models.entries import Duty
from reporting.models.written import Written


def _overseers(access: Access) -> frozenset[int]:
    return access.office_of | access.auditor_of


class AssessmentQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        published = Q(state=AssessmentState.PUBLISHED)
        below = Conference.objects.filter(lower__in=access.office_of).values("pk")
        return Q(conference__in=_overseers(access)) | (
            published & (Q(conference__in=access.member_of) | Q(conference__in=below))
        )


class Assessment(Written):
    """A stage assessment of one year, or the final one of a plan (``starts_year`` to ``year``).

    Facts are counted from the ledger when it is drawn up, and again on demand until it is published.
    """

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="assessments"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=AssessmentKind.choices)
    year = models.PositiveSmallIntegerField(_("年度"))
    starts_year = models.PositiveSmallIntegerField(_("起始年度"))
    duty = models.ForeignKey(
        Duty, verbose_name=_("应报事项"), null=True, blank=True, on_delete=models.PROTECT, related_name="assessments"
    )
    title = models.CharField(_("题名"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=AssessmentState.choices, default=AssessmentState.DRAFT, editable=False
    )
    # No published rule gives points: off unless the office turns it on.
    is_scored = models.BooleanField(_("计分"), default=False)
    summary = models.TextField(_("总体评价"), blank=True)
    counted_at = models.DateTimeField(_("统计时间"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("建立人"), on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("公布人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估")
        verbose_name_plural = _("评估")
        ordering = ["conference", "-year", "kind"]
        constraints = [
            models.UniqueConstraint(
                "conference",
                "kind",
                "year",
                name="assessment_once_per_year",
                violation_error_message=_("这一年度的评估已经建立。"),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=models.F("starts_year")), name="assessment_ends_not_before_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CriterionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        seen = Assessment.objects.filter(AssessmentQuerySet.scope(access), pk=models.OuterRef("assessment"))
        return Q(models.Exists(seen))


class Criterion(models.Model):
    """One thing that an assessment looks at, with its share of the points where there are points."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("评估"), on_delete=models.PROTECT, related_name="criteria"
    )
    kind = models.CharField(_("指标"), max_length=14, choices=CriterionKind.choices)
    position = models.PositiveSmallIntegerField(_("次序"))
    is_used = models.BooleanField(_("采用"), default=True)
    points = models.DecimalField(_("分值"), max_digits=5, decimal_places=1, default=0)
    # What one late report, one return, one extension takes off, never below nothing.
    deduction = models.DecimalField(_("每次扣分"), max_digits=5, decimal_places=1, default=0)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估指标")
        verbose_name_plural = _("评估指标")
        ordering = ["assessment_id", "position"]
        constraints = [
            models.UniqueConstraint("assessment", "kind", name="criterion_once"),
            models.CheckConstraint(condition=Q(points__gte=0, deduction__gte=0), name="criterion_not_negative"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AssessmentResultQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        published = Q(assessment__state=AssessmentState.PUBLISHED)
        own = Q(department__in=access.departments) | Q(assessed_conference__in=access.office_of)
        return Q(conference__in=_overseers(access)) | (published & own)


class AssessmentResult(Written):
    """How one unit, or one district's conference, did: counted facts, the office's marks with their grounds."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, verbose_name=_("评估"), on_delete=models.PROTECT, related_name="results")
    department = models.ForeignKey(
        Department, verbose_name=_("单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assessed_conference = models.ForeignKey(
        Conference, verbose_name=_("区县"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # reporting.facts.Facts as JSON: duties_owed, duties_late, entries_owed, entries_in, returns, extensions, …
    facts = models.JSONField(_("统计"), default=dict)
    marks = models.DecimalField(_("评议分"), max_digits=5, decimal_places=1, null=True, blank=True)
    grounds = models.TextField(_("评议依据"), blank=True)
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=1, null=True, blank=True)
    finding = models.CharField(_("结论"), max_length=10, choices=Finding.choices, default=Finding.NONE)

    objects = AssessmentResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估结果")
        verbose_name_plural = _("评估结果")
        ordering = ["assessment_id", "department__position", "assessed_conference__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=False, assessed_conference=None)
                | Q(department=None, assessed_conference__isnull=False),
                name="result_of_unit_or_of_conference",
            ),
            models.UniqueConstraint("assessment", "department", name="result_once_per_unit"),
            models.UniqueConstraint("assessment", "assessed_conference", name="result_once_per_conference"),
            models.CheckConstraint(
                condition=Q(marks=None) | ~Q(grounds=""),
                name="result_marked_with_grounds",
                violation_error_message=_("评议分须写明依据。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department or self.assessed_conference} · {self.assessment}"


class CircularQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        issued = Q(state=CircularState.ISSUED)
        below = Conference.objects.filter(lower__in=access.office_of).values("pk")
        return Q(conference__in=_overseers(access)) | (
            issued & (Q(conference__in=access.member_of) | Q(conference__in=below))
        )


class Circular(Written):
    """通报: a commendation or a criticism as a document, drawn from an assessment or written by itself."""

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="circulars"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("评估"), null=True, blank=True, on_delete=models.PROTECT, related_name="circulars"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=CircularKind.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=CircularState.choices, default=CircularState.DRAFT, editable=False
    )
    title = models.CharField(_("题名"), max_length=200)
    addressee = models.CharField(_("主送"), max_length=300, blank=True)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    body = models.TextField(_("正文"), blank=True)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("拟稿人"), on_delete=models.PROTECT, related_name="+"
    )
    issued_on = models.DateField(_("印发日期"), null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("签发人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = _("通报")
        verbose_name_plural = _("通报")
        ordering = ["conference", "-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=CircularState.ISSUED) | Q(issued_on__isnull=False),
                name="circular_issued_has_date",
            )
        ]

    def __str__(self) -> str:
        return self.title


class SupervisionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q(conference__in=_overseers(access)) | Q(supervised__in=_overseers(access))


class Supervision(models.Model):
    """挂牌督办 or 警示 of an area: opened with measures demanded, followed, lifted. It says nothing of any case."""

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="supervisions"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    # The conference of the area, where it has one of its own; its office sees the row and answers to it.
    supervised = models.ForeignKey(
        Conference,
        verbose_name=_("被督办联席会议"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supervised_by",
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, verbose_name=_("区划"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    area = models.CharField(_("重点地区"), max_length=100)
    kind = models.CharField(_("种类"), max_length=10, choices=SupervisionKind.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=SupervisionState.choices, default=SupervisionState.OPEN, editable=False
    )
    reason = models.TextField(_("督办缘由"))
    demands = models.TextField(_("要求采取的措施"))
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    opened_on = models.DateField(_("挂牌日期"))
    due_on = models.DateField(_("整改期限"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("挂牌人"), on_delete=models.PROTECT, related_name="+"
    )
    lifted_on = models.DateField(_("解除日期"), null=True, blank=True, editable=False)
    lift_reason = models.TextField(_("解除依据"), blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("解除人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("督办和警示")
        verbose_name_plural = _("督办和警示")
        ordering = ["conference", "state", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("opened_on")),
                name="supervision_due_not_before_opened",
                violation_error_message=_("整改期限不能早于挂牌日期。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=SupervisionState.LIFTED) | (Q(lifted_on__isnull=False) & ~Q(lift_reason="")),
                name="supervision_lifted_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.get_kind_display()}"


class SupervisionStepQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        seen = Supervision.objects.filter(SupervisionQuerySet.scope(access), pk=models.OuterRef("supervision"))
        return Q(models.Exists(seen))


class SupervisionStep(models.Model):
    """What was done about it and found, in time; both the supervising and the supervised office write. Only added."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    supervision = models.ForeignKey(Supervision, verbose_name=_("督办"), on_delete=models.PROTECT, related_name="steps")
    text = models.TextField(_("进展"))
    created_at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("记录人"), on_delete=models.PROTECT, related_name="+"
    )

    objects = SupervisionStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("督办进展")
        verbose_name_plural = _("督办进展")
        ordering = ["supervision", "pk"]

    def __str__(self) -> str:
        return f"{self.supervision_id} {self.created_at:%Y-%m-%d}"
