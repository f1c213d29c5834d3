"""延期: asked for before the deadline, decided with a date; the plan's own date stays beside it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference
from departments.scoping import ScopedQuerySet
from reporting.enums import ExtensionState
from reporting.models.entries import Duty


class ExtensionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return (
            Q(duty__department__in=access.departments)
            | Q(duty__obliged_conference__in=access.office_of)
            | Q(conference__in=access.office_of | access.auditor_of)
        )

    def pending(self) -> ExtensionQuerySet:
        return self.filter(state=ExtensionState.ASKED)

    def granted(self) -> ExtensionQuerySet:
        return self.filter(state=ExtensionState.GRANTED)


class Extension(models.Model):
    """One request and its decision. ``due_on`` is the deadline when it was asked, ``granted_until`` the one after."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    duty = models.ForeignKey(Duty, verbose_name=_("应报事项"), on_delete=models.PROTECT, related_name="extensions")
    state = models.CharField(
        _("状态"), max_length=10, choices=ExtensionState.choices, default=ExtensionState.ASKED, editable=False
    )
    due_on = models.DateField(_("申请时的时限"), editable=False)
    reason = models.TextField(_("延期理由"))
    wanted_until = models.DateField(_("拟完成日期"))
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    granted_until = models.DateField(_("批准至"), null=True, blank=True)
    decision = models.TextField(_("批复意见"), blank=True)
    decided_at = models.DateTimeField(_("批复时间"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("批复人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("延期")
        verbose_name_plural = _("延期")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "duty", condition=Q(state=ExtensionState.ASKED), name="extension_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=ExtensionState.GRANTED)
                | Q(granted_until__isnull=False, granted_until__gt=F("due_on")),
                name="extension_granted_until_a_later_day",
                violation_error_message=_("批准的日期必须晚于原时限。"),
            ),
            models.CheckConstraint(
                condition=Q(wanted_until__gt=F("due_on")),
                name="extension_wanted_until_a_later_day",
                violation_error_message=_("拟完成日期必须晚于现时限。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.wanted_until}"
