"""交接: what a liaison leaves to the next one. The work belongs to the unit and passes by itself; the note is this."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.models import Conference, Department
from departments.scoping import ScopedQuerySet


class HandoverQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        """The people of the unit, or of the office; and, that somebody sees whether it happened, its auditors."""
        of_office = Q(department=None, conference__in=access.office_of)
        return Q(department__in=access.departments) | of_office | Q(conference__in=access.auditor_of)

    def open(self) -> HandoverQuerySet:
        return self.filter(taken_at=None)


class Handover(models.Model):
    """A note from who leaves to who comes, of a unit or (``department`` empty) of a conference's office.

    ``open_work`` is what was open when it was written: typed rows for people to read, not what is open now.
    """

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handovers",
    )
    note = models.TextField(_("交接说明"))
    open_work = models.JSONField(_("未了事项"), default=list)
    given_at = models.DateTimeField(_("交接时间"), default=timezone.now, editable=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("交出人"), on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(_("接收时间"), null=True, blank=True, editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("接收人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("交接")
        verbose_name_plural = _("交接")
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.department or self.conference} {timezone.localdate(self.given_at)}"
