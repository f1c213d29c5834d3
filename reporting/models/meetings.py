"""会议: the meetings of a conference, who came, and the minutes that meet the duty to hold one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access, access_of
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet
from reporting.enums import AttendanceKind, MeetingKind, MeetingState
from reporting.models.entries import Duty
from reporting.models.written import Written


class MeetingQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """The office and the auditors always; the members what is filed, and when and where one is to be held."""
        return Q(conference__in=access.member_of | access.office_of | access.auditor_of)

    def readable_by(self, user: object) -> MeetingQuerySet:
        """Those whose minutes the person may read: the members once they are filed."""
        access = access_of(user)
        overseen = Q(conference__in=access.office_of | access.auditor_of)
        return self.visible_to(user).filter(overseen | Q(state=MeetingState.FILED))


class Meeting(Written):
    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="meetings"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    # The duty that filing the minutes meets: 「每年至少召开1次专题会议」.
    duty = models.ForeignKey(
        Duty, verbose_name=_("应报事项"), null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    kind = models.CharField(_("类型"), max_length=10, choices=MeetingKind.choices, default=MeetingKind.SPECIAL)
    state = models.CharField(
        _("状态"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED, editable=False
    )
    title = models.CharField(_("会议名称"), max_length=200)
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    chair = models.CharField(_("主持"), max_length=100, blank=True)
    agenda = models.TextField(_("议程"), blank=True)
    minutes = models.TextField(_("纪要"), blank=True)
    # The minutes and the attendance are written by two people at one table: each has a version of its own.
    attendance_version = models.PositiveIntegerField(default=0, editable=False)
    filed_at = models.DateTimeField(_("归档时间"), null=True, blank=True, editable=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("归档人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("会议")
        verbose_name_plural = _("会议")
        ordering = ["conference", "-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MeetingState.FILED) | ~Q(minutes=""), name="meeting_filed_with_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.held_on}）"


class AttendanceQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """One's own unit's; all of them for the office, and for the members once the minutes are filed."""
        filed = Q(conference__in=access.member_of, meeting__state=MeetingState.FILED)
        overseen = Q(conference__in=access.office_of | access.auditor_of)
        return Q(department__in=access.departments) | overseen | filed


class Attendance(models.Model):
    """How one member unit was represented at one meeting."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, verbose_name=_("会议"), on_delete=models.PROTECT, related_name="attendances")
    department = models.ForeignKey(Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("出席"), max_length=10, choices=AttendanceKind.choices, default=AttendanceKind.UNKNOWN)
    note = models.CharField(_("出席人或说明"), max_length=100, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("出席情况")
        verbose_name_plural = _("出席情况")
        ordering = ["meeting", "department__position", "pk"]
        constraints = [models.UniqueConstraint("meeting", "department", name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.department} {self.get_kind_display()}"
