"""人员: accounts, who may change them, initial passwords and lockouts."""

from __future__ import annotations

from typing import Any

from axes.utils import reset as lift_lockout
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
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
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from departments.access import Access, access_of
from departments.admin.base import (
    ScopedForm,
    ScopedModelAdmin,
    act_on_each,
    administered,
    administers,
    changed,
    overseen,
)
from departments.admin.exchange import ExchangePage
from departments.admin.passwords import (
    InitialPasswordForm,
    ask_for_initial_password,
    both_or_neither,
    locked_usernames,
    set_initial_password,
)
from departments.admin.postings import PostingInline, may_be_posted_by
from departments.enums import Role
from departments.erasing import CannotErase, erase_account
from departments.models import Conference, Posting, User
from departments.models.places import in_force
from departments.resources.people import UserResource


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
class UserAdmin(ExchangePage, ScopedModelAdmin):
    """Accounts are deactivated and never deleted: the trail names them.

    An administrator keeps the accounts of people whose every posting lies in the own scope. Whoever also holds a
    posting elsewhere, at a higher conference for example, is shown and not changed: a reset password would
    otherwise open that other conference.
    """

    form = PersonForm
    add_form = PersonAddForm
    resource_classes = (UserResource,)
    import_notes = (
        gettext_lazy("按账号找到人员；表中没有的人员不受影响。任何表都不含密码。"),
        gettext_lazy("新账号没有密码，不能登录，直到在其页面「重置密码」设置了初始密码；本人首次登录时必须修改。"),
        gettext_lazy("新账号须同时写明首个任职（角色、单位编码或联席会议）；已有账号的任职在「任职」中导入。"),
    )
    list_display = ("name", "username", "roles", "email", "is_active", "standing", "last_login")
    list_display_links = ("name", "username")
    list_filter = ("is_active", RoleFilter, ConferenceFilter, "must_change_password")
    search_fields = ("name", "username", "email")
    search_help_text = gettext_lazy("姓名、账号或电子邮箱")
    inlines = (PostingInline,)
    readonly_fields = ("last_login", "created_at", "must_change_password", "lockout")
    actions = ("deactivate", "activate", "unlock_selected", "erase")
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
        return row.pk in self.administered_people(request, [row])

    def administered_people(self, request: HttpRequest, people: list[User]) -> set[int]:
        """Those of ``people``, by their keys, whose accounts this person keeps; one query for however many."""
        access = access_of(request.user)
        if access.administers_all:
            return {person.pk for person in people}
        within, outside = set(), set()
        for posting in Posting.objects.filter(user__in=people).select_related("conference"):
            if administers(access, posting.conference):
                within.add(posting.user_id)
            elif posting.ends_on is None or posting.ends_on >= timezone.localdate():
                outside.add(posting.user_id)
        return {person.pk for person in people if may_be_posted_by(request, person)} & (within - outside)

    def changeable(self, request: HttpRequest, rows: list[Any]) -> set[int]:
        return self.administered_people(request, rows) if super().has_change_permission(request) else set()

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

    @admin.action(description=gettext_lazy("注销账号（清除个人资料）"), permissions=["change"])
    def erase(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Asks first: it cannot be undone. All of those who were chosen, or none."""
        people = list(queryset.order_by("pk"))
        if not all(self.has_change_permission(request, person) for person in people):
            messages.error(request, _("所选人员中有不在您管理范围内的，没有注销。"))
            return None
        if "apply" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("注销账号（清除个人资料）"),
                "opts": self.opts,
                "people": people,
                "checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/departments/user/erase.html", context)
        try:
            with transaction.atomic():
                for person in people:
                    erase_account(person, by=request.user, conference=self.conference_of(person))
        except CannotErase as refused:
            messages.error(request, _("没有注销：%(why)s") % {"why": refused})
        else:
            number = len(people)
            messages.success(request, ngettext("已注销 %d 个账号。", "已注销 %d 个账号。", number) % number)
        return None

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
