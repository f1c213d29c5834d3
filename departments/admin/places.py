"""区划 and 联席会议."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.access import Access, access_of
from departments.admin.base import RelatedFilter, ScopedForm, ScopedModelAdmin, YesNoFilter
from departments.models import Conference, Jurisdiction, Membership
from departments.models.places import in_force


class InForceFilter(YesNoFilter):
    title = gettext_lazy("现行有效")
    parameter_name = "in_force"

    def condition(self) -> Q:
        return in_force(timezone.localdate())


class JurisdictionForm(ScopedForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        parent = cleaned.get("parent")
        seen = set()
        while parent is not None and parent.pk not in seen:
            if parent.pk == self.instance.pk and self.instance.pk is not None:
                raise ValidationError({"parent": _("上级区划不能是自己或自己的下级。")})
            seen.add(parent.pk)
            parent = parent.parent
        return cleaned


@admin.register(Jurisdiction)
class JurisdictionAdmin(ScopedModelAdmin):
    """Everybody who enters may read the divisions; an administrator keeps the own one and those directly below."""

    form = JurisdictionForm
    list_display = ("name", "code", "kind", "place", "validity", "is_confirmed", "note")
    list_filter = ("kind", "is_confirmed", InForceFilter)
    search_fields = ("name", "short_name", "=code")
    search_help_text = gettext_lazy("名称或区划代码")
    list_select_related = ("parent__parent__parent",)
    autocomplete_fields = ("parent",)
    fields = (
        ("code", "kind"),
        ("name", "short_name"),
        "parent",
        ("valid_from", "valid_to"),
        "is_confirmed",
        "note",
    )

    def overseen(self, access: Access) -> Q:
        return Q()

    def administered(self, access: Access) -> Q:
        if access.administers_all:
            return Q()
        own = access.administrator_of
        return Q(conference__in=own) | Q(conference__upper__in=own) | Q(parent__conference__in=own)

    def conference_of(self, row: Any) -> Conference | None:
        """Of whom it is; for the trail and not for the right, since a division may be without a conference."""
        places = [row.pk, row.parent_id]
        return Conference.objects.filter(jurisdiction__in=places).exclude(jurisdiction=row.pk).first()

    def administers(self, request: HttpRequest, row: Any) -> bool:
        return self.choices(request).filter(pk=row.pk).exists()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        parent = form.base_fields.get("parent")
        if parent is not None and not access_of(request.user).administers_all:
            parent.required = obj is None or obj.parent_id is not None
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Moving a division would move it out of, or into, somebody's care.
        return () if obj is None or access_of(request.user).administers_all else ("code", "parent")

    @admin.display(description=gettext_lazy("所属"))
    def place(self, row: Jurisdiction) -> str:
        names: list[str] = []
        parent = row.parent
        while parent is not None and len(names) < 3:
            names.append(parent.name)
            parent = parent.parent if len(names) < 3 else None
        return " / ".join(reversed(names)) or "—"

    @admin.display(description=gettext_lazy("有效期"), ordering="valid_from")
    def validity(self, row: Jurisdiction) -> str:
        return period(row.valid_from, row.valid_to)


def period(start: Any, end: Any) -> str:
    """「2021-12-29 至 今」; nothing where neither day is known."""
    if start is None and end is None:
        return "—"
    until, now = _("至"), _("今")
    return f"{start or '…'} {until} {end or now}"


class ConferenceForm(ScopedForm):
    def clean_upper(self) -> Conference | None:
        upper: Conference | None = self.cleaned_data["upper"]
        above, seen = upper, set()
        while above is not None and above.pk not in seen:
            if above.pk == self.instance.pk and self.instance.pk is not None:
                raise forms.ValidationError(_("上级联席会议不能是自己或自己的下级。"))
            seen.add(above.pk)
            above = above.upper
        return upper


@admin.register(Conference)
class ConferenceAdmin(ScopedModelAdmin):
    form = ConferenceForm
    list_display = ("short_name", "code", "jurisdiction", "upper", "office_seat", "members")
    list_filter = (("upper", RelatedFilter),)
    search_fields = ("name", "short_name", "=code")
    search_help_text = gettext_lazy("名称或代码")
    list_select_related = ("jurisdiction", "upper")
    autocomplete_fields = ("jurisdiction",)
    fieldsets = (
        (None, {"fields": ("code", "jurisdiction", "name", "short_name", "upper")}),
        (gettext_lazy("办公室"), {"fields": ("office_name", "office_seat", "government_name", "note")}),
    )

    def overseen(self, access: Access) -> Q:
        if access.administers_all:
            return Q()
        overseers = access.administrator_of | access.auditor_of
        return Q(pk__in=overseers) | Q(upper__in=overseers)

    def administered(self, access: Access) -> Q:
        if access.administers_all:
            return Q()
        return Q(pk__in=access.administrator_of) | Q(upper__in=access.administrator_of)

    def administers(self, request: HttpRequest, row: Any) -> bool:
        access = access_of(request.user)
        return access.administers_all or not access.administrator_of.isdisjoint({row.pk, row.upper_id})

    def conference_of(self, row: Any) -> Conference | None:
        """Events are filed above: an event that names a conference would keep it from being deleted for ever."""
        return row.upper

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "upper" and not access_of(request.user).administers_all:
            # What is below the ones below is not this administrator's any more.
            kwargs["queryset"] = Conference.objects.visible_to(request.user).filter(
                pk__in=access_of(request.user).administrator_of
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "upper" in form.base_fields and not access_of(request.user).administers_all:
            form.base_fields["upper"].required = True
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Who stands above whom decides who sees what.
        return () if obj is None or access_of(request.user).administers_all else ("code", "jurisdiction", "upper")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        counts = (
            Membership.objects.filter(conference__in=rows)
            .in_force_on(timezone.localdate())
            .order_by()
            .values_list("conference")
            .annotate(units=models.Count("department", distinct=True))
        )
        numbers = dict(counts)
        for row in rows:
            row.member_count = numbers.get(row.pk, 0)

    @admin.display(description=gettext_lazy("成员单位"))
    def members(self, row: Any) -> str:
        return _("%d 家") % row.member_count
