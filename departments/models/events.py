"""The trail: every change of state, who, when, from where, before, after and why. Rows are only ever added."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access, access_of
from departments.models.places import Conference
from departments.models.units import Department
from departments.scoping import ScopedQuerySet


class Action(models.TextChoices):
    OPEN_YEAR = "open_year", _("开启年度")
    START = "start", _("开始填报")
    SUBMIT = "submit", _("提交")
    WITHDRAW = "withdraw", _("撤回")
    ACCEPT = "accept", _("审核通过")
    RETURN = "return", _("退回")
    URGE = "urge", _("催办")
    ATTACH = "attach", _("上传附件")
    DETACH = "detach", _("删除附件")
    IMPORT = "import", _("导入计划")
    ANSWER = "answer", _("答复导入问题")
    PUBLISH = "publish", _("发布计划")
    UNDO = "undo", _("撤销发布")
    ADOPT = "adopt", _("年度换版")
    CONFIRM = "confirm", _("确认仍然适用")
    CHANGE_PASSWORD = "change_password", _("修改密码")
    LOGIN = "login", _("登录")
    LOCKOUT = "lockout", _("登录锁定")
    ADMINISTER = "administer", _("后台维护")


# What is only being prepared is for those who prepare and audit it; offices learn of it when it is published.
IN_PREPARATION = ("measures.planimport",)


class EventQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return (
            Q(department__in=access.departments)
            | (Q(conference__in=access.office_of) & ~Q(object_type__in=IN_PREPARATION))
            | Q(conference__in=access.auditor_of)
            | Q(conference__upper__in=access.auditor_of)
        )

    def visible_to(self, user: Any) -> EventQuerySet:
        """What the person's roles show, and always the person's own acts."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(Q(actor=user.pk) | self.scope(access_of(user)))

    def of(self, row: models.Model) -> EventQuerySet:
        """The events of one row, newest first."""
        return self.filter(object_type=row._meta.label_lower, object_id=row.pk)


class Event(models.Model):
    """One change of state. The database refuses to change or delete it (departments/append_only.py)."""

    conference = models.ForeignKey(
        Conference,
        verbose_name=_("联席会议"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        Department, verbose_name=_("单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    # Empty when the clock acted and not a person.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    address = models.GenericIPAddressField(_("来源地址"), null=True, blank=True)
    action = models.CharField(_("操作"), max_length=20, choices=Action.choices)
    # The row that changed, by model label and id: a trail must outlive whatever it speaks of.
    object_type = models.CharField(_("对象类型"), max_length=60)
    object_id = models.BigIntegerField(_("对象编号"))
    title = models.CharField(_("对象"), max_length=200, blank=True)
    before = models.CharField(_("变更前"), max_length=20, blank=True)
    after = models.CharField(_("变更后"), max_length=20, blank=True)
    reason = models.TextField(_("事由"), blank=True)
    detail = models.JSONField(_("内容"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("事件")
        verbose_name_plural = _("事件")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="event_object"),
            models.Index(fields=["conference", "-at"], name="event_conference_at"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_action_display()} {self.title}"
