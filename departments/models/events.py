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
    ASK_SIGNATURE = "ask_signature", _("送签")
    SIGN = "sign", _("签批并报送")
    SEND_BACK = "send_back", _("负责人退回修改")
    REOPEN = "reopen", _("重新打开")
    FULFIL = "fulfil", _("事项办结")
    ACKNOWLEDGE = "acknowledge", _("确认知悉")
    ASK_INPUT = "ask_input", _("请求提供材料")
    CANCEL_INPUT = "cancel_input", _("取消材料请求")
    FIRST_LEAD = "first_lead", _("调整第一责任单位")
    SET_RULE = "set_rule", _("更改填报规则")
    FIGURES = "figures", _("填报数据")
    INDICATOR = "indicator", _("维护指标")
    COMPILE = "compile", _("汇编报告")
    WRITE_REPORT = "write_report", _("编写报告")
    FILE = "file", _("报送定稿")
    ASK_EXTENSION = "ask_extension", _("申请延期")
    GRANT_EXTENSION = "grant_extension", _("批准延期")
    REFUSE_EXTENSION = "refuse_extension", _("不同意延期")
    WITHDRAW_EXTENSION = "withdraw_extension", _("撤回延期申请")
    MEETING = "meeting", _("安排会议")
    ATTENDANCE = "attendance", _("登记出席")
    MINUTES = "minutes", _("纪要归档")
    CANCEL_MEETING = "cancel_meeting", _("取消会议")
    ASSESS = "assess", _("开展评估")
    MARK = "mark", _("评议")
    PUBLISH_ASSESSMENT = "publish_assess", _("公布评估")
    CIRCULAR = "circular", _("拟写通报")
    ISSUE_CIRCULAR = "issue_circular", _("印发通报")
    SUPERVISE = "supervise", _("挂牌督办和警示")
    FOLLOW = "follow", _("记录督办进展")
    LIFT = "lift", _("解除督办")
    CLOSE_YEAR = "close_year", _("关闭年度")
    REOPEN_YEAR = "reopen_year", _("重新打开年度")
    MAKE_FILE = "make_file", _("生成文件")
    HAND_OVER = "hand_over", _("工作交接")
    TAKE_OVER = "take_over", _("接收工作")
    CHANGE_PASSWORD = "change_password", _("修改密码")
    LOGIN = "login", _("登录")
    LOCKOUT = "lockout", _("登录锁定")
    ADMINISTER = "administer", _("后台维护")
    EXPORT_ACCOUNT = "export_account", _("导出账号资料")
    ERASE_ACCOUNT = "erase_account", _("注销账号")


# What is only being prepared is for those who prepare and audit it; offices learn of it when it is published.
IN_PREPARATION = ("measures.planimport",)


# What is said between a unit's liaison and its head is the unit's own business; auditors read it.
INSIDE_UNIT = (Action.ASK_SIGNATURE, Action.SEND_BACK)


class EventQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return (
            Q(department__in=access.departments)
            | (Q(conference__in=access.office_of) & ~Q(object_type__in=IN_PREPARATION) & ~Q(action__in=INSIDE_UNIT))
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


class EventSealQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return Q() if access.administers_all or access.auditor_of else Q(pk__in=())


class EventSeal(models.Model):
    """A link of the chain that proves the trail: the digest of one event and of the seal before it.

    Events are sealed a moment after they are written (departments.sealing), so that acts of different people do not
    wait for each other; the order of the chain is that of the seals. ``event_id`` is a number and no foreign key: the
    seal outlives whatever is done to its event, and says that it is gone.
    """

    event_id = models.BigIntegerField(_("事件编号"), unique=True)
    digest = models.CharField(_("摘要"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"), default=timezone.now, editable=False)

    objects = EventSealQuerySet.as_manager()

    class Meta:
        verbose_name = _("事件封存")
        verbose_name_plural = _("事件封存")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event_id} {self.digest[:8]}"
