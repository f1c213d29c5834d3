"""应报事项 and 进展: what a unit owes and what it did, both passing through the same review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.access import Access, access_of
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet
from measures.enums import ObligationKind, ResponsibilityRole
from measures.models import Clause, Obligation, Responsibility
from reporting.enums import EntryState, ImplementationStatus, Standing
from reporting.models.written import Written
from reporting.models.years import in_open_year


class EntryQuerySet(ScopedQuerySet):
    """The vocabulary that progress and duties share."""

    def outstanding(self) -> Self:
        """What the unit still owes."""
        return self.filter(state__in=EntryState.outstanding())

    def awaiting_review(self) -> Self:
        return self.filter(state=EntryState.SUBMITTED)

    def with_year(self) -> Self:
        """Each row with ``is_over``: whether its year was closed, so that nothing is done with it any more."""
        return self.annotate(is_over=models.ExpressionWrapper(~in_open_year(), output_field=models.BooleanField()))

    def in_force(self) -> Self:
        """Without what a new version of the plan no longer asks for."""
        return self.exclude(state=EntryState.CLOSED)


def handed_in() -> Q:
    """Rows whose text others than the unit may read: submitted or accepted, now or when they were closed."""
    return Q(state__in=EntryState.shared()) | Q(state=EntryState.CLOSED, closed_from__in=EntryState.shared())


def known() -> Q:
    """Progress of a cooperating unit that knows of its part and, by the rule of the plan, need not report on it.

    A clause that was reworded since (``needs_second_look``) is to be known anew.
    """
    return Q(
        state=EntryState.OPEN,
        role=ResponsibilityRole.COOPERATING,
        acknowledged_at__isnull=False,
        needs_second_look=False,
        clause__version__plan__cooperating_must_report=False,
    )


class Entry(Written):
    """What a unit writes and an office reviews. ``lock_version`` grows with every write: the optimistic lock."""

    # Only on rows of ``with_year()``.
    is_over: bool

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="%(class)s_set"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(
        _("状态"), max_length=10, choices=EntryState.choices, default=EntryState.OPEN, editable=False
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("提交人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # When it was handed in for the first time: what is returned and handed in again was still in time, or was not.
    first_submitted_at = models.DateTimeField(_("首次提交时间"), null=True, blank=True, editable=False)
    # The head of the unit who signed what was handed in, where the unit wants that.
    signed_at = models.DateTimeField(_("签批时间"), null=True, blank=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("签批人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审核人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    return_reason = models.TextField(_("退回理由"), blank=True, editable=False)
    # Where a CLOSED entry stood before: whoever could read its text then still can.
    closed_from = models.CharField(
        _("终止前的状态"), max_length=10, choices=EntryState.choices, blank=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_editable(self) -> bool:
        """Whether the unit may still write; who in the unit may is another question (reporting.permissions)."""
        return self.state in EntryState.editable()


class DutyQuerySet(EntryQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        overseers = access.office_of | access.administrator_of | access.auditor_of
        return (
            Q(department__in=access.departments)
            | Q(conference__in=overseers)
            | Q(obliged_conference__in=overseers)
            # The city sees how its districts' own units stand; the texts are another matter (can_read_text).
            | Q(conference__upper__in=overseers)
        )

    @classmethod
    def text_scope(cls, access: Access) -> Q:
        """Rows whose text and files may be read: one's own always, others' once they are submitted."""
        own = Q(department__in=access.departments) | Q(obliged_conference__in=access.office_of)
        reviewers = access.office_of | access.auditor_of
        return own | (handed_in() & Q(conference__in=reviewers))

    def worked_on_by(self, user: object) -> Self:
        """Rows that have a page for the person: own ones, and those that the own office reviews.

        ``visible_to`` also holds rows that administrators and the office above only count.
        """
        access = access_of(user)
        return self.visible_to(user).filter(
            Q(department__in=access.departments)
            | Q(obliged_conference__in=access.office_of)
            | Q(conference__in=access.office_of | access.auditor_of)
        )

    def overdue_on(self, day: date) -> Self:
        """Still owed after the deadline has passed; the deadline's own day is in time."""
        return self.outstanding().filter(due_on__lt=day)

    def reports(self) -> Self:
        return self.filter(kind=ObligationKind.ANNUAL_REPORT)

    def report_deadlines(self, departments: Iterable[int], year: int) -> dict[int, date]:
        """By when each unit's entries of the year must be in: the (first) annual report that they go into."""
        owed = self.reports().in_force().filter(department__in=set(departments), year=year)
        return dict(owed.order_by().values_list("department").annotate(models.Min("due_on")))


class Duty(Entry):
    """One obligation × one unit (or one district's conference) × one period.

    ``conference`` is the one whose office it is owed to and reviewed by; ``department`` or
    ``obliged_conference`` is who owes it. Reminders, dashboards and reports all read this row.
    """

    obligation = models.ForeignKey(
        Obligation, verbose_name=_("依据义务"), on_delete=models.PROTECT, related_name="duties"
    )
    kind = models.CharField(_("类别"), max_length=24, choices=ObligationKind.choices)
    title = models.CharField(_("事项"), max_length=200)
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="duties",
    )
    obliged_conference = models.ForeignKey(
        Conference,
        verbose_name=_("义务联席会议"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owed_duties",
    )
    period = models.CharField(_("期间"), max_length=10)
    due_on = models.DateField(_("时限"))
    # An approved extension moves due_on; this is the date of the plan and stays.
    planned_on = models.DateField(_("原时限"), editable=False)
    # Names of whom it is reported to, resolved for this unit: 「万州区人民政府」.
    recipients = models.JSONField(_("报送对象"), default=list, blank=True)
    statement = models.TextField(_("报送内容"), blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("应报事项")
        verbose_name_plural = _("应报事项")
        ordering = ["due_on", "department__position", "obliged_conference__code", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=False, obliged_conference=None)
                | Q(department=None, obliged_conference__isnull=False),
                name="duty_of_unit_or_of_conference",
            ),
            models.UniqueConstraint("obligation", "department", "period", name="duty_once_per_unit"),
            models.UniqueConstraint("obligation", "obliged_conference", "period", name="duty_once_per_conference"),
            models.CheckConstraint(
                condition=~Q(state=EntryState.RETURNED) | ~Q(return_reason=""),
                name="duty_returned_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["conference", "year", "state"], name="duty_conference_year_state"),
            models.Index(fields=["state", "due_on"], name="duty_state_due"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} · {self.title}（{self.period}）"

    @property
    def owner(self) -> Department | Conference:
        """Who owes it."""
        owner = self.department or self.obliged_conference
        assert owner is not None  # noqa: S101 - duty_of_unit_or_of_conference holds in the database
        return owner

    def days_left(self, today: date) -> int:
        """Days until the deadline: 0 on the day itself, negative when it has passed."""
        return (self.due_on - today).days


class ProgressQuerySet(EntryQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """Rows whose text may be read, and, for the office, rows still being written: to count and to urge."""
        return (
            cls.text_scope(access)
            | Q(conference__in=access.office_of | access.auditor_of)
            | Q(conference__upper__in=access.auditor_of)
        )

    @classmethod
    def text_scope(cls, access: Access) -> Q:
        """Own unit's rows always; others' once submitted: on a clause that one shares, or as office or auditor."""
        reviewers = access.office_of | access.auditor_of
        seen = Q(conference__in=reviewers) | Q(conference__upper__in=access.auditor_of)
        own = Q(department__in=access.departments)
        if access.departments:
            with_us = Progress.objects.filter(
                clause=models.OuterRef("clause"),
                year=models.OuterRef("year"),
                department__in=access.departments,
            )
            # Where a new version has separated the two, the clause that both answered before.
            was_with_us = Progress.objects.filter(
                carries__from_responsibility__clause=models.OuterRef("clause"),
                year=models.OuterRef("year"),
                department__in=access.departments,
            )
            seen |= Q(models.Exists(with_us)) | (Q(state=EntryState.CLOSED) & Q(models.Exists(was_with_us)))
        return own | (handed_in() & seen)

    def owed(self) -> Self:
        """What units still owe: without what cooperating units know of and need not report on."""
        return self.outstanding().exclude(known())

    def with_standing(self) -> Self:
        """Each row with its ``standing`` (reporting.enums.Standing), by which it is counted and shown."""
        standing = models.Case(models.When(known(), then=models.Value(Standing.KNOWN)), default=models.F("state"))
        return self.annotate(standing=standing)

    def countable_by(self, user: object) -> Self:
        """Rows whose states (never their texts) may be counted: also by administrators and the office above."""
        access = access_of(user)
        if access.administers_all:
            return self
        if access.is_stranger:
            return self.none()
        counting = access.office_of | access.administrator_of | access.auditor_of
        return self.filter(
            Q(department__in=access.departments) | Q(conference__in=counting) | Q(conference__upper__in=counting)
        )


class Progress(Entry):
    """What one unit did on one measure in one year. A row of a group's responsibility names the unit it is for."""

    # Only on rows of ``with_standing()``.
    standing: str

    responsibility = models.ForeignKey(
        Responsibility, verbose_name=_("责任"), on_delete=models.PROTECT, related_name="progress_set"
    )
    clause = models.ForeignKey(Clause, verbose_name=_("条款"), on_delete=models.PROTECT, related_name="progress_set")
    department = models.ForeignKey(
        Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="progress_set"
    )
    role = models.CharField(_("职责"), max_length=12, choices=ResponsibilityRole.choices)
    status = models.CharField(
        _("进展状态"),
        max_length=12,
        choices=ImplementationStatus.choices,
        default=ImplementationStatus.NOT_STARTED,
    )
    # The clause was reworded after the unit had written: the text is to be looked at again.
    needs_second_look = models.BooleanField(_("待再看"), default=False, editable=False)
    # A cooperating unit has read the clause and knows of its part, whether or not it reports on it.
    acknowledged_at = models.DateTimeField(_("知悉时间"), null=True, blank=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("知悉人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    work_done = models.TextField(_("工作开展情况"), blank=True)
    problems = models.TextField(_("存在问题"), blank=True)
    next_steps = models.TextField(_("下步措施"), blank=True)

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("进展")
        verbose_name_plural = _("进展")
        ordering = ["clause__position", "role", "responsibility__position", "department__position"]
        constraints = [
            models.UniqueConstraint("responsibility", "department", "year", name="progress_once"),
            models.CheckConstraint(
                condition=~Q(state=EntryState.RETURNED) | ~Q(return_reason=""),
                name="progress_returned_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "year"], name="progress_department_year"),
            models.Index(fields=["conference", "year", "state"], name="progress_conference_year_state"),
            models.Index(fields=["clause", "year"], name="progress_clause_year"),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.clause.spoken_path}（{self.year}）"
