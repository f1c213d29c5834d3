"""人员 and 任职: accounts, initial passwords, lockouts, and who is what where."""

from __future__ import annotations

import secrets
from typing import Any

from axes.conf import settings as axes_settings
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset as lift_lockout
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from departments.access import Access, access_of
from departments.admin.base import (
    RelatedFilter,
    ScopedForm,
    ScopedInline,
    ScopedModelAdmin,
    YesNoFilter,
    act_on_each,
    administered,
    changed,
    overseen,
)
from departments.admin.places import period
from departments.enums import Role
from departments.models import Conference, Department, Posting, User
from departments.models.places import in_force

# Without the letters and digits that look alike on paper or sound alike on the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@sensitive_variables()
def generated_password() -> str:
    """Sixteen random characters in groups of four: about 79 bits, to be said over the telephone once."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(4))


def locked_usernames(usernames: list[str]) -> set[str]:
    """Which of these accounts axes refuses from anywhere now, because of too many wrong passwords."""
    lasts = get_cool_off()
    since = Q(attempt_time__gte=timezone.now() - lasts) if lasts else Q()
    failures = (
        AccessAttempt.objects.filter(since, username__in=usernames)
        .values_list("username")
        .annotate(failures=models.Sum("failures_since_start"))
    )
    return {name for name, number in failures if name and number >= axes_settings.AXES_FAILURE_LIMIT}


# --- Passwords ----------------------------------------------------------------------------------------------------


class InitialPasswordForm(SetPasswordMixin, forms.Form):
    """A password that somebody gets and must replace at once; an empty one means a random one.

    Django's form for this (AdminPasswordChangeForm) can also switch a password off and insists on one otherwise.
    """

    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        ask_for_initial_password(self)

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        cleaned: dict[str, Any] = super().clean() or {}
        both_or_neither(self)
        return cleaned


def ask_for_initial_password(form: forms.BaseForm) -> None:
    form.fields["password1"].required = form.fields["password2"].required = False
    form.fields["password1"].label = _("初始密码")
    form.fields["password2"].label = _("再输一次")
    form.fields["password1"].help_text = _("留空则随机生成，保存后显示一次。本人首次登录时必须修改。")
    form.fields["password2"].help_text = ""


def both_or_neither(form: Any) -> None:
    one, two = form.cleaned_data.get("password1"), form.cleaned_data.get("password2")
    if bool(one) != bool(two) and not form.has_error("password2"):
        form.add_error("password2", _("两次输入的密码不一致。"))


@sensitive_variables()
def set_initial_password(user: User, chosen: str) -> str:
    """Set ``chosen``, or a random password if it is empty, on ``user`` without saving; return a random one, else ""."""
    random = "" if chosen else generated_password()
    user.set_password(chosen or random)
    user.must_change_password = True
    return random


class PersonAddForm(SetPasswordMixin, ScopedForm):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_initial_password(self)

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        cleaned: dict[str, Any] = super().clean() or {}
        both_or_neither(self)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        # The password may be too like the name: only now does the person have one.
        self.validate_password_for_user(self.instance)


class PersonForm(ScopedForm):
    """``by_self`` is set by the admin: a superuser who edits the own account must not shut the last door."""

    by_self = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.by_self and not (cleaned.get("is_active", True) and cleaned.get("is_superuser", True)):
            raise forms.ValidationError(_("不能停用自己的账号，也不能取消自己的超级管理员。请由另一位超级管理员操作。"))
        return cleaned


# --- Postings -----------------------------------------------------------------------------------------------------


class PostingForm(ScopedForm):
    """Whose and where a posting is stays as it was given; it ends, and another begins."""

    fixed = ("user", "conference", "department")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "conference" in self.fields:
            self.fields["conference"].required = False
            self.fields["conference"].help_text = _("填了单位可以不填。")
        if self.instance.pk is not None:
            for name in self.fixed:
                if name in self.fields:
                    self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        unit = cleaned.get("department")
        if "conference" in self.fields and not cleaned.get("conference") and "conference" not in self.errors:
            if unit is None:
                self.add_error("conference", _("请填写联席会议，或填写单位。"))
            else:
                cleaned["conference"] = unit.conference
        return cleaned


class PostingInline(ScopedInline):
    model = Posting
    form = PostingForm
    fields = ("department", "conference", "role", "starts_on", "ends_on")
    autocomplete_fields = ("department", "conference")
    verbose_name_plural = gettext_lazy("任职（不删除：到期填写任职止）")

    def get_queryset(self, request: HttpRequest) -> Any:
        access = access_of(request.user)
        # Whoever changes anything here changes what is shown: an old posting in a conference that the same person
        # only audits must not come back to life.
        may_change = access.administers_all or access.administrator_of
        shown = administered(access) if may_change else overseen(access)
        rows = Posting.objects.visible_to(request.user).filter(shown)
        return rows.select_related("conference", "department", "user")

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        # Somebody without any posting would be seen by nobody, not even by whoever has just added them.
        return 0 if obj is not None or access_of(request.user).administers_all else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_min=True, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CurrentPostingFilter(YesNoFilter):
    title = gettext_lazy("现任")
    parameter_name = "current"

    def condition(self) -> Q:
        return in_force(timezone.localdate(), "starts_on", "ends_on")


@admin.register(Posting)
class PostingAdmin(ScopedModelAdmin):
    form = PostingForm
    list_display = ("user", "role", "department", "conference", "time")
    list_display_links = ("user", "role")
    list_filter = (CurrentPostingFilter, "role", ("conference", RelatedFilter))
    list_select_related = ("user", "department", "conference")
    search_fields = ("user__name", "=user__username", "department__name")
    search_help_text = gettext_lazy("姓名、账号，或单位的任一名称、拼音、首字母")
    autocomplete_fields = ("user", "department", "conference")
    fields = ("user", "department", "conference", "role", ("starts_on", "ends_on"))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        units = Department.objects.matching(search_term).values("pk")
        return queryset.filter(
            Q(user__name__icontains=search_term) | Q(user__username__iexact=search_term) | Q(department__in=units)
        ), False

    def administers(self, request: HttpRequest, row: Any) -> bool:
        return super().administers(request, row) and may_be_posted_by(request, row.user)

    def department_of(self, row: Any) -> int | None:
        department_id: int | None = row.department_id
        return department_id

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("起止"), ordering="starts_on")
    def time(self, row: Posting) -> str:
        return period(row.starts_on, row.ends_on)


def may_be_posted_by(request: HttpRequest, person: User) -> bool:
    """Nobody gives rights to themselves, and only a superuser touches a superuser."""
    if access_of(request.user).administers_all:
        return True
    return person.pk != request.user.pk and not person.is_superuser


# --- People -------------------------------------------------------------------------------------------------------


def has_posting(condition: Q) -> models.Exists:
    return models.Exists(Posting.objects.filter(condition, user=models.OuterRef("pk")))


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("角色")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in Role.values:
            return queryset
        current = in_force(timezone.localdate(), "starts_on", "ends_on")
        return queryset.filter(has_posting(current & Q(role=self.value()) & overseen(access_of(request.user))))


class ConferenceFilter(admin.SimpleListFilter):
    title = gettext_lazy("联席会议")
    parameter_name = "conference"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        page = model_admin.admin_site.get_model_admin(Conference)
        return [(str(row.pk), str(row)) for row in page.get_queryset(request)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value or not value.isdecimal():
            return queryset
        return queryset.filter(has_posting(Q(conference=int(value)) & overseen(access_of(request.user))))


@admin.register(User)
class UserAdmin(ScopedModelAdmin):
    """Accounts are deactivated and never deleted: the trail names them.

    An administrator keeps the accounts of people whose every posting lies in the own scope. Whoever also holds a
    posting elsewhere, at a higher conference for example, is shown and not changed: a reset password would
    otherwise open that other conference.
    """

    form = PersonForm
    add_form = PersonAddForm
    list_display = ("name", "username", "roles", "email", "is_active", "standing", "last_login")
    list_display_links = ("name", "username")
    list_filter = ("is_active", RoleFilter, ConferenceFilter, "must_change_password")
    search_fields = ("name", "username", "email")
    search_help_text = gettext_lazy("姓名、账号或电子邮箱")
    inlines = (PostingInline,)
    readonly_fields = ("last_login", "created_at", "must_change_password", "lockout")
    actions = ("deactivate", "activate", "unlock_selected")
    change_form_template = "admin/departments/user/change_form.html"

    # --- Whose rows ---------------------------------------------------------------------------------------------

    def overseen(self, access: Access) -> Q:
        return Q() if access.administers_all else Q(has_posting(overseen(access)))

    def administered(self, access: Access) -> Q:
        if access.administers_all:
            return Q()
        return Q(has_posting(administered(access))) & Q(is_superuser=False)

    def choices(self, request: HttpRequest) -> Any:
        """People who can be given a posting."""
        people = super().choices(request)
        return people if access_of(request.user).administers_all else people.exclude(pk=request.user.pk)

    def administers(self, request: HttpRequest, row: Any) -> bool:
        access = access_of(request.user)
        if access.administers_all:
            return True
        if not may_be_posted_by(request, row):
            return False
        # The list asks once a row and reads the postings of a page at once (prepare).
        ends = timezone.localdate()
        within = administered(access)
        lasting = row.postings.filter(Q(ends_on=None) | Q(ends_on__gte=ends))
        return row.postings.filter(within).exists() and not lasting.exclude(within).exists()

    def conference_of(self, row: Any) -> Conference | None:
        posting = row.postings.select_related("conference").order_by("ends_on", "pk").last()
        return posting.conference if posting else None

    # --- Forms --------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("username", "name", "email", "password1", "password2")})]
        flags = ("is_active", "is_superuser") if access_of(request.user).administers_all else ("is_active",)
        return [
            (None, {"fields": ("username", "name", "email", flags)}),
            (gettext_lazy("登录"), {"fields": ("lockout", "must_change_password", "last_login", "created_at")}),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            # Only the model's own fields are asked for by name; the two passwords are the form's.
            kwargs |= {"form": self.add_form, "fields": ("username", "name", "email")}
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by_self": obj.pk == request.user.pk})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.shown_once = set_initial_password(obj, form.cleaned_data["password1"])
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        if obj.shown_once:
            return self._show_once(request, obj, obj.shown_once)
        return super().response_add(request, obj, post_url_continue)

    def _show_once(self, request: HttpRequest, person: User, password: str) -> HttpResponse:
        """Show a random password in the answer itself: it is kept nowhere, and loading the page again shows nothing.

        A message would lie in a cookie until the next page, and a redirect could not carry it at all.
        """
        context = {
            **self.admin_site.each_context(request),
            "title": _("初始密码"),
            "subtitle": str(person),
            "opts": self.opts,
            "person": person,
            "password": password,
        }
        return TemplateResponse(request, "admin/departments/user/initial_password.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        person = self.get_object(request, unquote(object_id))
        may_change = person is not None and self.has_change_permission(request, person)
        extra = {
            "may_reset_password": may_change and person.pk != request.user.pk,
            "is_locked": may_change and bool(locked_usernames([person.username])),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    # --- Passwords and lockouts ---------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<path:object_id>/password/",
                self.admin_site.admin_view(self.reset_password),
                name="departments_user_password",
            ),
            path(
                "<path:object_id>/unlock/",
                self.admin_site.admin_view(require_POST(self.unlock)),
                name="departments_user_unlock",
            ),
        ]
        return own + super().get_urls()

    def _person_to_change(self, request: HttpRequest, object_id: str) -> User:
        person = self.get_object(request, unquote(object_id))
        if not isinstance(person, User):
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person

    @method_decorator(sensitive_post_parameters())
    def reset_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give somebody an initial password again. One's own is changed on the account page, knowing the old one."""
        person = self._person_to_change(request, object_id)
        if person.pk == request.user.pk:
            raise PermissionDenied
        form = InitialPasswordForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                random = set_initial_password(person, form.cleaned_data["password1"])
                person.save(update_fields=["password", "must_change_password"])
                self.record_event(request, person, {"note": "reset_password"})
            if random:
                return self._show_once(request, person, random)
            messages.success(request, _("已重置密码，本人下次登录时须修改。"))
            return HttpResponseRedirect(reverse("admin:departments_user_change", args=[person.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("重置密码"),
            "subtitle": str(person),
            "opts": self.opts,
            "person": person,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/departments/user/reset_password.html", context)

    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person_to_change(request, object_id)
        with transaction.atomic():
            act_on_each(self, request, [person], self._unlock)
        messages.success(request, _("已解除登录锁定。"))
        return HttpResponseRedirect(reverse("admin:departments_user_change", args=[person.pk]))

    @staticmethod
    def _unlock(person: User) -> dict[str, Any] | None:
        # An empty name would lift every lockout there is.
        return {"note": "unlock"} if person.username and lift_lockout(username=person.username) else None

    def _act(self, request: HttpRequest, queryset: Any, act: Any, done_text: str) -> None:
        with transaction.atomic():
            done, refused = act_on_each(self, request, queryset.order_by("pk"), act)
        messages.success(request, done_text % done)
        if refused:
            text = ngettext("%d 人不在您的管理范围内，未作修改。", "%d 人不在您的管理范围内，未作修改。", refused)
            messages.warning(request, text % refused)

    def _set_active(self, request: HttpRequest, queryset: Any, active: bool, done_text: str) -> None:
        def act(person: User) -> dict[str, Any] | None:
            if person.is_active == active or person.pk == request.user.pk:
                return None
            person.is_active = active
            person.save(update_fields=["is_active"])
            return changed(is_active=(not active, active))

        self._act(request, queryset, act, done_text)

    @admin.action(description=gettext_lazy("停用账号"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: Any) -> None:
        self._set_active(request, queryset, False, _("已停用 %d 个账号。"))

    @admin.action(description=gettext_lazy("启用账号"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: Any) -> None:
        self._set_active(request, queryset, True, _("已启用 %d 个账号。"))

    @admin.action(description=gettext_lazy("解除登录锁定"), permissions=["change"])
    def unlock_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._act(request, queryset, self._unlock, _("已解除 %d 个账号的登录锁定。"))

    # --- Lists --------------------------------------------------------------------------------------------------

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        postings = (
            Posting.objects.visible_to(request.user)
            .filter(overseen(access_of(request.user)))
            .in_force_on(timezone.localdate())
            .select_related("conference", "department")
        )
        prefetch_related_objects(rows, Prefetch("postings", queryset=postings, to_attr="current_postings"))
        locked = locked_usernames([row.username for row in rows])
        for row in rows:
            row.is_locked = row.username in locked

    @admin.display(description=gettext_lazy("任职"))
    def roles(self, row: Any) -> str:
        words = [
            f"{posting.department or posting.conference} {posting.get_role_display()}"
            for posting in row.current_postings
        ]
        if row.is_superuser:
            words.insert(0, _("超级管理员"))
        return "；".join(words) or "—"

    @admin.display(description=gettext_lazy("登录状态"))
    def standing(self, row: Any) -> str:
        if row.is_locked:
            return _("已锁定")
        return _("待改初始密码") if row.must_change_password else _("正常")

    @admin.display(description=gettext_lazy("登录锁定"))
    def lockout(self, row: User) -> str:
        return _("已锁定") if locked_usernames([row.username]) else _("没有")
