"""Working on one clause together: who is first, who was asked for material, what a unit's head signs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet
from measures.models import Clause
from reporting.enums import InputState, SignatureRule
from reporting.models.entries import Progress


class FirstLeadQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q(conference__in=access.member_of | access.office_of | access.auditor_of)


class FirstLead(models.Model):
    """第一责任单位 of a clause in a year, where the office has chosen another than the first that the text names."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    clause = models.ForeignKey(Clause, verbose_name=_("条款"), on_delete=models.PROTECT, related_name="first_leads")
    department = models.ForeignKey(Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")

    objects = FirstLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("第一责任单位")
        verbose_name_plural = _("第一责任单位")
        ordering = ["conference", "year", "clause__position"]
        constraints = [models.UniqueConstraint("clause", "year", name="first_lead_once")]

    def __str__(self) -> str:
        return f"{self.clause} · {self.department}"


class InputRequestQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        own = access.departments
        return (
            Q(progress__department__in=own)
            | Q(asked__department__in=own)
            | Q(conference__in=access.office_of | access.auditor_of)
        )

    def open(self) -> InputRequestQuerySet:
        return self.filter(state=InputState.ASKED)


class InputRequest(models.Model):
    """A lead unit asks a cooperating one for material, by a date; handing in its own entry answers it."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    progress = models.ForeignKey(
        Progress, verbose_name=_("牵头单位的进展"), on_delete=models.PROTECT, related_name="requests"
    )
    asked = models.ForeignKey(
        Progress, verbose_name=_("配合单位的进展"), on_delete=models.PROTECT, related_name="requests_received"
    )
    message = models.TextField(_("需要的材料"))
    due_on = models.DateField(_("希望日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=InputState.choices, default=InputState.ASKED, editable=False
    )
    created_at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("请求人"), on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("提供或取消时间"), null=True, blank=True, editable=False)

    objects = InputRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("材料请求")
        verbose_name_plural = _("材料请求")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(progress=F("asked")), name="input_request_asks_another"),
            models.UniqueConstraint(
                "progress", "asked", condition=Q(state=InputState.ASKED), name="input_request_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked} {self.due_on}"


class UnitSettingQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q(department__in=access.departments) | Q(conference__in=access.office_of | access.auditor_of)


class UnitSetting(models.Model):
    """How a unit works inside: what its head signs. Who has no row signs nothing."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    department = models.OneToOneField(
        Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="setting"
    )
    signature = models.CharField(
        _("负责人签批"), max_length=12, choices=SignatureRule.choices, default=SignatureRule.NOTHING
    )

    objects = UnitSettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位设置")
        verbose_name_plural = _("单位设置")
        ordering = ["department"]

    def __str__(self) -> str:
        return f"{self.department} · {self.get_signature_display()}"
