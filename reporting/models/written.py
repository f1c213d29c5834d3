"""What people write and others may be writing at the same moment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Written(models.Model):
    """A row with its version, and who wrote it last.

    ``lock_version`` grows with every write. Whoever writes says which version was before them; a claim (``UPDATE …
    WHERE lock_version = …``) finds no row for a version that is gone.
    """

    lock_version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(_("最近修改"), null=True, blank=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("修改人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        abstract = True
