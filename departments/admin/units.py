"""单位, their names and seats, and 沿革."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from departments.admin.base import (
    RelatedFilter,
    ScopedForm,
    ScopedInline,
    ScopedModelAdmin,
    YesNoFilter,
    act_on_each,
    changed,
)
from departments.admin.exchange import ExchangePage
from departments.admin.places import period
from departments.enums import NameKind, Role
from departments.models import Department, DepartmentName, Membership, Posting, Succession
from departments.models.places import in_force
from departments.names import search_key
from departments.resources.units import DepartmentResource, SuccessionResource

LIAISONS = (Role.LIAISON, Role.DEPUTY)
SEARCH_HELP = gettext_lazy("任一名称、拼音或首字母，如「市教委」「shijiaowei」「sjw」")


class HasLiaisonFilter(YesNoFilter):
    title = gettext_lazy("联络员")
    parameter_name = "liaison"
    yes = gettext_lazy("已指定")
    no = gettext_lazy("没有")

    def condition(self) -> models.Exists:
        today = timezone.localdate()
        return models.Exists(
            Posting.objects.filter(department=models.OuterRef("pk"), role__in=LIAISONS).in_force_on(today)
        )


class IsMemberFilter(YesNoFilter):
    title = gettext_lazy("现为成员")
    parameter_name = "member"

    def condition(self) -> models.Exists:
        return models.Exists(
            Membership.objects.filter(department=models.OuterRef("pk")).in_force_on(timezone.localdate())
        )


class NameFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Two names that differ only in width or white space are one name; the database would refuse the second."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            if form in self.deleted_forms or not form.cleaned_data.get("name"):
                continue
            key = search_key(form.cleaned_data["name"])
            if key in seen:
                form.add_error("name", _("该单位已登记过这个名称。"))
            seen.add(key)


class NameInline(ScopedInline):
    model = DepartmentName
    formset = NameFormSet
    fields = ("name", "kind", "valid_from", "valid_to")


class SeatFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        seen: set[Any] = set()
        for form in self.forms:
            if form in self.deleted_forms or "starts_on" not in form.cleaned_data:
                continue
            if form.cleaned_data["starts_on"] in seen:
                form.add_error("starts_on", _("该单位在这一天已有成员资格。"))
            seen.add(form.cleaned_data["starts_on"])


class SeatInline(ScopedInline):
    model = Membership
    formset = SeatFormSet
    fields = ("starts_on", "ends_on", "basis")


@admin.register(Department)
class DepartmentAdmin(ExchangePage, ScopedModelAdmin):
    resource_classes = (DepartmentResource,)
    import_notes = (
        gettext_lazy("按编码找到单位；表中没有的单位不受影响，单位不能用导入删除。"),
        gettext_lazy(
            "一格写几个名称时用顿号隔开。名称各列是该类名称的全部：从格中删去的名称，会从登记中删去。没有的列不改。"
        ),
        gettext_lazy("「成员起、成员止」是最近一次成员资格；起期晚于原止期，作为新的一次。"),
    )
    list_display: tuple[str, ...] = ("name", "conference", "liaisons", "note")
    list_filter = (("conference", RelatedFilter), HasLiaisonFilter, IsMemberFilter)
    list_select_related = ("conference",)
    search_fields = ("name",)
    search_help_text = SEARCH_HELP
    autocomplete_fields = ("conference",)
    inlines = (NameInline, SeatInline)
    owned = ("names", "memberships")
    fieldsets = (
        (None, {"fields": ("conference", "code", "name", "position")}),
        (gettext_lazy("存续"), {"fields": (("existed_from", "existed_to"), "note")}),
        (gettext_lazy("人员"), {"fields": ("people",)}),
    )
    readonly_fields = ("people",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # A unit does not move to another conference: its names, seats and years would stay behind.
        return ("people",) if obj is None else ("people", "conference", "code")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A unit is found, and resolved, by its names: the one that pages show is always among them."""
        super().save_related(request, form, formsets, change)
        unit = form.instance
        if not unit.names.written(unit.name).exists():
            unit.names.create(conference_id=unit.conference_id, name=unit.name, kind=NameKind.SHORT)

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        counts = (
            Posting.objects.filter(department__in=rows, role__in=LIAISONS, user__is_active=True)
            .in_force_on(timezone.localdate())
            .order_by()
            .values_list("department")
            .annotate(people=models.Count("user", distinct=True))
        )
        numbers = dict(counts)
        for row in rows:
            row.liaison_count = numbers.get(row.pk, 0)

    @admin.display(description=gettext_lazy("联络员"))
    def liaisons(self, row: Any) -> str:
        return _("%d 人") % row.liaison_count if row.liaison_count else _("没有")

    @admin.display(description=gettext_lazy("现任"))
    def people(self, row: Department) -> str:
        if row.pk is None:
            return "—"
        postings = row.postings.in_force_on(timezone.localdate()).select_related("user")
        return "、".join(f"{posting.user}（{posting.get_role_display()}）" for posting in postings) or _("没有")


class SuccessionForm(ScopedForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        ends = [cleaned.get("predecessor"), cleaned.get("successor")]
        if len({end.conference_id for end in ends if end}) > 1:
            raise forms.ValidationError(_("原单位和承接单位须属于同一联席会议。"))
        return cleaned


@admin.register(Succession)
class SuccessionAdmin(ExchangePage, ScopedModelAdmin):
    form = SuccessionForm
    resource_classes = (SuccessionResource,)
    import_notes = (
        gettext_lazy("按原单位、承接单位和类型找到已有的沿革；表中没有的沿革不受影响。"),
        gettext_lazy("新设只填承接单位编码，撤销只填原单位编码，其余类型两端都填。单位名称各列只供核对。"),
    )
    list_display = ("__str__", "kind", "effective", "conference", "is_confirmed", "note")
    list_filter = ("is_confirmed", "kind", ("conference", RelatedFilter))
    list_select_related = ("predecessor", "successor", "conference")
    search_fields = ("predecessor__name", "successor__name", "note")
    search_help_text = SEARCH_HELP
    autocomplete_fields = ("predecessor", "successor")
    fields = ("kind", "predecessor", "successor", ("effective_on", "effective_text"), "is_confirmed", "note")
    actions = ("confirm",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        units = Department.objects.matching(search_term).values("pk")
        return queryset.filter(Q(predecessor__in=units) | Q(successor__in=units) | Q(note__contains=search_term)), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.conference_id = (obj.successor or obj.predecessor).conference_id
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("时间"), ordering="effective_on")
    def effective(self, row: Succession) -> str:
        return row.effective_text or (str(row.effective_on) if row.effective_on else "—")

    @admin.action(description=gettext_lazy("标记为已核对"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: Any) -> None:
        def act(row: Succession) -> dict[str, Any] | None:
            if row.is_confirmed:
                return None
            row.is_confirmed = True
            row.save(update_fields=["is_confirmed"])
            return changed(is_confirmed=(False, True))

        with transaction.atomic():
            rows = queryset.select_related(None).select_for_update(of=("self",)).order_by("pk")
            done, _refused = act_on_each(self, request, rows, act)
        messages.success(request, ngettext("已核对 %d 条。", "已核对 %d 条。", done) % done)


class CurrentSeatFilter(YesNoFilter):
    title = gettext_lazy("现行有效")
    parameter_name = "current"

    def condition(self) -> Q:
        return in_force(timezone.localdate(), "starts_on", "ends_on")


@admin.register(Membership)
class MembershipAdmin(ScopedModelAdmin):
    list_display = ("department", "conference", "time", "basis")
    list_filter = (CurrentSeatFilter, ("conference", RelatedFilter))
    list_select_related = ("department", "conference")
    search_fields = ("department__name", "basis")
    search_help_text = SEARCH_HELP
    autocomplete_fields = ("department",)
    fields = ("department", ("starts_on", "ends_on"), "basis")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        units = Department.objects.matching(search_term).values("pk")
        return queryset.filter(Q(department__in=units) | Q(basis__contains=search_term)), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("department",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.conference_id = obj.department.conference_id
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("起止"), ordering="starts_on")
    def time(self, row: Membership) -> str:
        return period(row.starts_on, row.ends_on)
