"""人员 and 任职: who may sign in, and what they are, where, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from departments.access import Access, access_on
from departments.enums import Role
from departments.models.places import Conference, in_force
from departments.models.units import Department
from departments.scoping import ScopedQuerySet, below

# What may be done in the admin, by app: administration and audit are different people's work, and neither of
# them reads or writes what units report.
_ADMINISTRATOR_MAY = {
    "departments": {"view", "add", "change", "delete"},
    "measures": {"view", "add", "change", "delete"},
    "reporting": {"view"},
    "axes": {"view", "delete"},
}
_AUDITOR_MAY = {"departments": {"view"}, "measures": {"view"}, "reporting": {"view"}, "axes": {"view"}}


class UserQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        own = Posting.objects.filter(conference__in=access.conferences, user=models.OuterRef("pk"))
        lower = Posting.objects.filter(below(access.administrator_of | access.auditor_of), user=models.OuterRef("pk"))
        return Q(models.Exists(own)) | Q(models.Exists(lower))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, password, is_superuser=True, must_change_password=False, **fields)


class User(AbstractBaseUser):
    """A person who signs in. All rights come from postings in force, never from flags on this row.

    ``is_superuser`` is the one exception: the first administrator, who sets up everything else.
    """

    username = models.CharField(
        _("账号"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("这个账号已经有人使用。")},
    )
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("电子邮箱"), blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    is_superuser = models.BooleanField(_("超级管理员"), default=False)
    must_change_password = models.BooleanField(_("须修改初始密码"), default=True)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def access(self) -> Access:
        """What today's postings allow; computed once per request, since a request loads its own user."""
        return access_on(self, timezone.localdate())

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens for this person."""
        return self.is_active and self.access.may_enter_admin

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Answer the admin's question 「app.verb_model」 from the postings in force."""
        app_label, _dot, codename = perm.partition(".")
        verb = codename.partition("_")[0]
        if not self.is_active:
            return False
        if (self.access.administers_all or self.access.administrator_of) and verb in _ADMINISTRATOR_MAY.get(
            app_label, ()
        ):
            return True
        return bool(self.access.auditor_of) and verb in _AUDITOR_MAY.get(app_label, ())

    def has_perms(self, perms: Iterable[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(f"{app_label}.view_")


class PostingQuerySet(ScopedQuerySet):
    @classmethod
    def scope(cls, access: Access) -> Q:
        if access.administers_all:
            return Q()
        return Q(conference__in=access.conferences) | below(access.administrator_of | access.auditor_of)

    def in_force_on(self, day: date) -> Self:
        return self.filter(in_force(day, "starts_on", "ends_on"))


class Posting(models.Model):
    """A person's role in a department, or in the conference itself, from one day to another (both included)."""

    user = models.ForeignKey(User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="postings")
    conference = models.ForeignKey(
        Conference, verbose_name=_("联席会议"), on_delete=models.PROTECT, related_name="postings"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="postings",
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    starts_on = models.DateField(_("任职起"), null=True, blank=True)
    ends_on = models.DateField(_("任职止"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["conference", "department__position", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["liaison", "deputy", "head"], department__isnull=False)
                | Q(role__in=["office_staff", "office_head", "administrator", "auditor"], department=None),
                name="posting_department_fits_role",
                violation_error_message=_("联络员、副联络员、单位负责人须填单位；其他角色属于联席会议，不填单位。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="posting_ends_not_before_start",
                violation_error_message=_("任职止期不能早于起期。"),
            ),
        ]
        indexes = [models.Index(fields=["department", "role"], name="posting_department_role")]

    def __str__(self) -> str:
        return f"{self.user} · {self.department or self.conference} · {self.get_role_display()}"

    def clean(self) -> None:
        from django.core.exceptions import ValidationError  # only forms call this

        if self.department_id and self.department and self.department.conference_id != self.conference_id:
            raise ValidationError({"department": _("该单位不属于所选的联席会议。")})
