"""提醒, 催办, 通知 and 邮件: what was said to whom. The row is the truth; sending is catching up with it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference
from departments.scoping import ScopedQuerySet
from reporting.models.entries import Duty


class _OversightQuerySet(ScopedQuerySet):
    """Rows that the office, the auditors and, to see whether it works, the administrators of the conference see."""

    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        return Q(conference__in=access.office_of | access.auditor_of | access.administrator_of)


class UrgeQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        # What one person wrote to another is no matter of whether mail works.
        return Q(conference__in=access.office_of | access.auditor_of)


class Reminder(models.Model):
    """The claim: this person has been told of this duty at this step, once and for all.

    ``step`` is the number of days before the deadline (30, 15, 7, 3, 1, 0), or -1 for overdue. Its notice
    is inserted with it, in one transaction; whoever finds both there sends nothing.
    """

    OVERDUE = -1

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("收件人"), on_delete=models.PROTECT, related_name="reminders"
    )
    duty = models.ForeignKey(Duty, verbose_name=_("应报事项"), on_delete=models.PROTECT, related_name="reminders")
    step = models.SmallIntegerField(_("档次"))
    # The deadline that it spoke of: after an approved extension the steps are reached again.
    due_on = models.DateField(_("时限"), default=timezone.localdate)
    created_at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)

    objects = _OversightQuerySet.as_manager()

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint("recipient", "duty", "due_on", "step", name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.recipient} · {self.duty_id} · {self.step}"


class Urge(models.Model):
    """A reminder by a person, with that person's words."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    duty = models.ForeignKey(Duty, verbose_name=_("应报事项"), on_delete=models.PROTECT, related_name="urges")
    message = models.TextField(_("催办内容"), blank=True)
    # Those urged by one act belong together: one letter to all of them.
    batch = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    # Nobody of the unit could be told in the product: the letter must be printed and delivered.
    needs_letter = models.BooleanField(_("须送达书面催办函"), default=False)
    created_at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("催办人"), on_delete=models.PROTECT, related_name="+"
    )

    objects = UrgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("催办")
        verbose_name_plural = _("催办")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.created_at:%Y-%m-%d}"


class NoticeQuerySet(ScopedQuerySet):
    def visible_to(self, user: object) -> NoticeQuerySet:
        """Only one's own."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.filter(recipient=user)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A message in the product. Its insertion is its delivery, in the transaction that decided it."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("收件人"), on_delete=models.PROTECT, related_name="notices"
    )
    reminder = models.OneToOneField(
        Reminder,
        verbose_name=_("提醒"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notice",
    )
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    # Where to act: a path inside the product.
    path = models.CharField(_("链接"), max_length=300, blank=True)
    is_urgent = models.BooleanField(_("紧急"), default=False)
    created_at = models.DateTimeField(_("时间"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["recipient", "read_at"], name="notice_recipient_read")]

    def __str__(self) -> str:
        return self.subject


class MailState(models.TextChoices):
    PENDING = "pending", _("待发")
    SENT = "sent", _("已发")
    FAILED = "failed", _("发送失败")


class Mail(models.Model):
    """An e-mail that has been decided: written in the transaction that decided it, sent afterwards."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    notice = models.OneToOneField(Notice, verbose_name=_("通知"), on_delete=models.PROTECT, related_name="mail")
    address = models.EmailField(_("收件地址"))
    state = models.CharField(_("状态"), max_length=10, choices=MailState.choices, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    # A worker that takes a mail writes here until when nobody else may; a crash frees it by itself.
    leased_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    error = models.CharField(_("错误"), max_length=300, blank=True)

    objects = _OversightQuerySet.as_manager()

    class Meta:
        verbose_name = _("邮件")
        verbose_name_plural = _("邮件")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MailState.SENT) | Q(sent_at__isnull=False), name="mail_sent_has_time"
            )
        ]
        indexes = [models.Index(fields=["state", "leased_until"], name="mail_state_lease")]

    def __str__(self) -> str:
        return f"{self.address} {self.get_state_display()}"
