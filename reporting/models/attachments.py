"""附件: files that prove what an entry says, kept under random names outside everything that is served."""

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
from reporting.models.entries import Duty, DutyQuerySet, Progress, ProgressQuerySet


def storage_name(attachment: Attachment, filename: str) -> str:
    """Where the file lies: nothing of what its sender called it, nothing that a server would execute."""
    return f"attachments/{attachment.key.hex[:2]}/{attachment.key.hex}"


class AttachmentQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        # A file is seen by whoever may read the text it belongs to; the rule of the text is the rule of the file.
        progress = Progress.objects.filter(ProgressQuerySet.text_scope(access), pk=models.OuterRef("progress"))
        duty = Duty.objects.filter(DutyQuerySet.text_scope(access), pk=models.OuterRef("duty"))
        return Q(models.Exists(progress)) | Q(models.Exists(duty))


class Attachment(models.Model):
    """One file of one entry. ``key`` names it in URLs and on disk; ``name`` is what its sender called it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    progress = models.ForeignKey(
        Progress,
        verbose_name=_("进展"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attachments",
    )
    duty = models.ForeignKey(
        Duty,
        verbose_name=_("应报事项"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attachments",
    )
    file = models.FileField(_("文件"), upload_to=storage_name, max_length=200)
    name = models.CharField(_("文件名"), max_length=255)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    uploaded_at = models.DateTimeField(_("上传时间"), default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__isnull=False, duty=None) | Q(progress=None, duty__isnull=False),
                name="attachment_of_progress_or_duty",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def entry(self) -> Progress | Duty:
        entry = self.progress or self.duty
        assert entry is not None  # noqa: S101 - attachment_of_progress_or_duty holds in the database
        return entry
