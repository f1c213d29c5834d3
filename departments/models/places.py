"""区划 and 联席会议: where, and which body."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.enums import JurisdictionKind
from departments.scoping import ScopedQuerySet


def in_force(day: date, start: str = "valid_from", end: str = "valid_to") -> Q:
    """Rows in force on ``day``: both bounds included, an empty bound is open."""
    return (Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": day})) & (
        Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day})
    )


class JurisdictionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        # The divisions of the country are public; only who takes part at all may list them here.
        return Q()

    def in_force_on(self, day: date) -> Self:
        return self.filter(in_force(day))


class Jurisdiction(models.Model):
    """A division of the country, in a tree. The code is that of GB/T 2260, unless ``is_confirmed`` is false."""

    code = models.CharField(
        _("区划代码"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Z]{6,12}$", _("区划代码为六至十二位数字（暂无国标代码的可含大写字母）。"))],
    )
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    kind = models.CharField(_("类别"), max_length=20, choices=JurisdictionKind.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级区划"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    valid_from = models.DateField(_("设立日期"), null=True, blank=True)
    valid_to = models.DateField(_("撤销前最后一日"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("已核对"), default=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = JurisdictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划")
        verbose_name_plural = _("区划")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="jurisdiction_valid_to_not_before_from",
                violation_error_message=_("撤销日期不能早于设立日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConferenceQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        own = access.conferences
        return Q(pk__in=own) | Q(upper__in=own) | Q(lower__in=own)

    def visible_to(self, user: object) -> Self:
        # The join over ``lower`` may meet a conference several times.
        return super().visible_to(user).distinct()


class Conference(models.Model):
    """A joint conference: one per jurisdiction, with an office that reviews its members' reports."""

    jurisdiction = models.OneToOneField(
        Jurisdiction, verbose_name=_("区划"), on_delete=models.PROTECT, related_name="conference"
    )
    code = models.CharField(_("代码"), max_length=12, unique=True)
    name = models.CharField(_("全称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=60)
    upper = models.ForeignKey(
        "self",
        verbose_name=_("上级联席会议"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lower",
    )
    office_name = models.CharField(_("办公室名称"), max_length=100)
    office_seat = models.CharField(_("办公室设在"), max_length=100, blank=True)
    # Who stands above its members' names, written before them where a document leaves the prefix out (「县」).
    government_name = models.CharField(_("同级人民政府"), max_length=100, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = ConferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("联席会议")
        verbose_name_plural = _("联席会议")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name
