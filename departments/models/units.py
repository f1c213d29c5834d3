"""单位, their names over time, who succeeded whom, and who is a member of which conference."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from departments.access import Access
from departments.enums import NameKind, SuccessionKind
from departments.models.places import Conference, in_force
from departments.names import initials_of, pinyin_of, search_key
from departments.scoping import ScopedQuerySet, below


def _registry_scope(access: Access, to_conference: str) -> Q:
    """Units of one's own conference; of the conferences below too for those who look after them."""
    if access.administers_all:
        return Q()
    overseers = access.office_of | access.administrator_of | access.auditor_of
    return Q(**{f"{to_conference}__in": access.conferences}) | below(overseers, to_conference)


class DepartmentQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return _registry_scope(access, "conference")

    def members_on(self, day: date) -> Self:
        """Units that sit in their conference on ``day``."""
        current = Membership.objects.filter(in_force(day, "starts_on", "ends_on"), department=models.OuterRef("pk"))
        return self.filter(models.Exists(current))

    def matching(self, text: str) -> Self:
        """Search by any name, in Chinese, pinyin or initials."""
        key = search_key(text)
        if not key:
            return self
        names = DepartmentName.objects.filter(
            Q(search_key__contains=key) | Q(pinyin__contains=key) | Q(initials__startswith=key),
            department=models.OuterRef("pk"),
        )
        return self.filter(models.Exists(names))


class Department(models.Model):
    """A unit that can lead or cooperate, in one jurisdiction. Its names over time are DepartmentName rows.

    ``name`` is the name that pages show today; a unit that no longer exists keeps its last one.
    """

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="departments"
    )
    code = models.CharField(_("编码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    position = models.PositiveIntegerField(_("排序"), default=0)
    existed_from = models.DateField(_("设立日期"), null=True, blank=True)
    existed_to = models.DateField(_("撤销前最后一日"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ["conference", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "conference",
                "name",
                name="department_name_once_per_conference",
                violation_error_message=_("本联席会议中已有同名单位。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DepartmentNameQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return _registry_scope(access, "conference")

    def written(self, name: str) -> Self:
        """Names that read like ``name``, width and white space aside."""
        return self.filter(search_key=search_key(name))


class DepartmentName(models.Model):
    """One name of a unit, with the time in which it was in use. Stored as written; compared by ``search_key``."""

    department = models.ForeignKey(Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="names")
    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("种类"), max_length=10, choices=NameKind.choices)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用前最后一日"), null=True, blank=True)
    search_key = models.CharField(_("检索键"), max_length=100, db_index=True, editable=False)
    pinyin = models.CharField(_("拼音"), max_length=200, editable=False)
    initials = models.CharField(_("首字母"), max_length=60, editable=False)

    objects = DepartmentNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位名称")
        verbose_name_plural = _("单位名称")
        ordering = ["department", "pk"]
        constraints = [
            models.UniqueConstraint(
                "department",
                "search_key",
                name="department_name_once",
                violation_error_message=_("该单位已登记过这个名称。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="department_name_valid_to_not_before_from",
                violation_error_message=_("停用日期不能早于启用日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_keys()
        super().save(*args, **kwargs)

    def fill_keys(self) -> None:
        """Compute what is compared and searched from what is written; bulk inserts call this themselves."""
        self.search_key = search_key(self.name)
        self.pinyin = pinyin_of(self.name)
        self.initials = initials_of(self.name)


class SuccessionQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return _registry_scope(access, "conference")


class Succession(models.Model):
    """Who took over from whom. An unconfirmed row is hearsay until a person has checked it."""

    conference = models.ForeignKey(Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="+")
    predecessor = models.ForeignKey(
        Department,
        verbose_name=_("原单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="succeeded_by",
    )
    successor = models.ForeignKey(
        Department,
        verbose_name=_("承接单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="succeeded_from",
    )
    kind = models.CharField(_("类型"), max_length=10, choices=SuccessionKind.choices)
    effective_on = models.DateField(_("日期"), null=True, blank=True)
    effective_text = models.CharField(_("时间（原文）"), max_length=60, blank=True)
    is_confirmed = models.BooleanField(_("已核对"), default=False)
    note = models.CharField(_("依据与说明"), max_length=300, blank=True)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位沿革")
        verbose_name_plural = _("单位沿革")
        ordering = ["conference", "effective_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=SuccessionKind.CREATE, predecessor=None, successor__isnull=False)
                | Q(kind=SuccessionKind.ABOLISH, predecessor__isnull=False, successor=None)
                | (
                    ~Q(kind__in=[SuccessionKind.CREATE, SuccessionKind.ABOLISH])
                    & Q(predecessor__isnull=False, successor__isnull=False)
                ),
                name="succession_has_the_ends_its_kind_needs",
                violation_error_message=_("新设只填承接单位，撤销只填原单位，其余类型两端都要填。"),
            ),
            models.UniqueConstraint(
                "predecessor",
                "successor",
                "kind",
                name="succession_once",
                violation_error_message=_("这条沿革已经登记。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor or '—'} → {self.successor or '—'}"


class MembershipQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        return _registry_scope(access, "conference")

    def in_force_on(self, day: date) -> Self:
        return self.filter(in_force(day, "starts_on", "ends_on"))


class Membership(models.Model):
    """A unit's seat in its conference over time: what 「各成员单位」 means on a given day."""

    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="memberships"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="memberships"
    )
    starts_on = models.DateField(_("起"), null=True, blank=True)
    ends_on = models.DateField(_("止"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("成员资格")
        verbose_name_plural = _("成员资格")
        ordering = ["conference", "department__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "department",
                "starts_on",
                name="membership_once_per_start",
                violation_error_message=_("该单位在这一天已有成员资格。"),
            ),
            models.UniqueConstraint(
                "department",
                condition=Q(starts_on=None),
                name="membership_once_from_the_beginning",
                violation_error_message=_("该单位已有未写起期的成员资格。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_not_before_start",
                violation_error_message=_("止期不能早于起期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.conference}"
