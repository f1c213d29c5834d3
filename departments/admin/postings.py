"""任职: who is what where, from when to when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from departments.access import access_of
from departments.admin.base import (
    RelatedFilter,
    ScopedForm,
    ScopedInline,
    ScopedModelAdmin,
    YesNoFilter,
    administered,
    overseen,
)
from departments.admin.exchange import ExchangePage
from departments.admin.places import period
from departments.models import Department, Posting, User
from departments.models.places import in_force
from departments.resources.people import PostingResource
from departments.services import CannotHandOver, hand_over


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


class HandOverForm(forms.Form):
    """To whom, and the last day of who leaves."""

    to = forms.ModelChoiceField(label=gettext_lazy("接任的人"), queryset=User.objects.none())
    on = forms.DateField(
        label=gettext_lazy("原任职止"),
        help_text=gettext_lazy("原任职到这一天为止（含当日），接任的人从次日起任职。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, data: Any = None, *, people: Any, widget: forms.Widget, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["to"].widget = widget
        # Setting the choices of a widget comes last: it takes them from the queryset.
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


@admin.register(Posting)
class PostingAdmin(ExchangePage, ScopedModelAdmin):
    form = PostingForm
    resource_classes = (PostingResource,)
    import_notes = (
        gettext_lazy("按「账号、角色、单位或联席会议、任职起」找到已有的任职，只改任职止；找不到的作为新任职。"),
        gettext_lazy("换角色或换单位：原任职填写任职止，另起一行写新任职。任职不能用导入删除。"),
        gettext_lazy("单位的角色填单位编码，反拐办和系统角色填联席会议代码。"),
    )
    list_display = ("user", "role", "department", "conference", "time")
    list_display_links = ("user", "role")
    list_filter = (CurrentPostingFilter, "role", ("conference", RelatedFilter))
    list_select_related = ("user", "department", "conference")
    search_fields = ("user__name", "=user__username", "department__name")
    search_help_text = gettext_lazy("姓名、账号，或单位的任一名称、拼音、首字母")
    autocomplete_fields = ("user", "department", "conference")
    fields = ("user", "department", "conference", "role", ("starts_on", "ends_on"))
    actions = ("hand_over_to",)

    @admin.action(description=gettext_lazy("交接给……"), permissions=["change"])
    def hand_over_to(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """End the chosen postings on a day and begin the same for somebody else on the next, all or none."""
        postings = list(queryset.select_related("user", "department", "conference").order_by("pk"))
        if not all(self.has_change_permission(request, posting) for posting in postings):
            messages.error(request, _("所选任职中有您不能修改的，没有交接。"))
            return None
        form = HandOverForm(
            request.POST if "apply" in request.POST else None,
            people=self.admin_site.get_model_admin(User).choices(request),  # type: ignore[attr-defined]
            widget=AutocompleteSelect(Posting._meta.get_field("user"), self.admin_site),
            initial={"on": timezone.localdate()},
        )
        if form.is_valid():
            try:
                with transaction.atomic():
                    for posting in postings:
                        hand_over(posting, to=form.cleaned_data["to"], on=form.cleaned_data["on"], by=request.user)
            except CannotHandOver as refused:
                form.add_error(None, str(refused))
            else:
                number = len(postings)
                text = ngettext("已交接 %(n)d 项任职给%(who)s。", "已交接 %(n)d 项任职给%(who)s。", number)
                messages.success(request, text % {"n": number, "who": form.cleaned_data["to"]})
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("交接给……"),
            "opts": self.opts,
            "postings": postings,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "form": form,
            "media": self.media + form.media,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/departments/posting/hand_over.html", context, status=status)

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
