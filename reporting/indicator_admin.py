"""The administration of the dictionary: for whoever keeps several conferences in order, with import and export.

Which units an indicator names is said on the pages of its office, or in the column 「指定单位」 of the sheet.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max, Min
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.access import access_of
from departments.admin.base import RelatedFilter, ScopedForm, ScopedModelAdmin
from departments.admin.exchange import ExchangePage
from departments.sensitive import find_sensitive, refusal
from reporting.enums import Reporters
from reporting.indicator_resources import IndicatorResource
from reporting.models import Figure, Indicator
from reporting.models.figures import MEANING
from reporting.services.figures.dictionary import has_numbers

_OF_CLAUSES = (Reporters.CLAUSE_LEADS, Reporters.CLAUSE_PARTIES)


class IndicatorAdminForm(ScopedForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("name", "definition", "method", "unit", "source"):
            if findings := find_sensitive(cleaned.get(name) or ""):
                self.add_error(name, ValidationError(refusal(findings), code="sensitive"))
        if cleaned.get("reporters") in _OF_CLAUSES and not cleaned.get("clause_path"):
            self.add_error("clause_path", ValidationError(_("按条款确定填报单位的，请填写条款编号。"), code="required"))
        if self.instance.pk is not None:
            self._check_years(cleaned)
        return cleaned

    def _check_years(self, cleaned: dict[str, Any]) -> None:
        years = Figure.objects.filter(indicator=self.instance).aggregate(
            first=Min("sheet__year"), last=Max("sheet__year")
        )
        first, last = years["first"], years["last"]
        starts_year, ends_year = cleaned.get("starts_year"), cleaned.get("ends_year")
        if first is not None and starts_year is not None and starts_year > first:
            message = _("%(year)d 年已有单位报数，启用年度不能晚于这一年。") % {"year": first}
            self.add_error("starts_year", ValidationError(message, code="years"))
        if last is not None and ends_year is not None and ends_year < last:
            message = _("%(year)d 年已有单位报数，最早从下一年起停用。") % {"year": last}
            self.add_error("ends_year", ValidationError(message, code="years"))


@admin.register(Indicator)
class IndicatorAdmin(ExchangePage, ScopedModelAdmin):
    form = IndicatorAdminForm
    resource_classes = (IndicatorResource,)
    import_notes = (
        gettext_lazy("按联席会议和代码找到指标；表中没有的指标不受影响，指标不能用导入删除。"),
        gettext_lazy("已有单位报数的指标，含义（代码、名称、定义、计算方法、计量单位、累计、加总）不能再改。"),
        gettext_lazy("「指定单位」一格写几个名称时用顿号隔开，须是该联席会议登记的名称。"),
    )
    list_display = ("code", "name", "unit", "reporters", "is_cumulative", "for_districts", "years", "conference")
    list_display_links = ("code", "name")
    list_filter = (("conference", RelatedFilter), "reporters", "is_cumulative", "for_districts")
    list_select_related = ("conference",)
    search_fields = ("code", "name")
    search_help_text = gettext_lazy("代码或指标名称")
    fieldsets = (
        (None, {"fields": ("conference", "code", "name", "unit")}),
        (gettext_lazy("口径"), {"fields": ("definition", "method", "source", ("is_cumulative", "is_summed"))}),
        (gettext_lazy("填报"), {"fields": ("reporters", "units", "clause_path", "for_districts")}),
        (gettext_lazy("其他"), {"fields": ("asks_above_percent", "position", ("starts_year", "ends_year"))}),
    )
    autocomplete_fields = ("conference",)
    readonly_fields = ("units",)

    # Of what the year keeps, administrators change nothing; the dictionary is no part of a year.

    def has_add_permission(self, request: HttpRequest) -> bool:
        access = access_of(request.user)
        return bool(access.administers_all or access.administrator_of)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request) and (obj is None or self.administers(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("units",)
        # What a number means does not change under it.
        return ("units", "conference", *(MEANING if has_numbers(obj) else ()))

    @admin.display(description=gettext_lazy("年度"))
    def years(self, row: Indicator) -> str:
        return f"{row.starts_year or ''}—{row.ends_year or ''}" if row.starts_year or row.ends_year else "—"

    @admin.display(description=gettext_lazy("指定单位"))
    def units(self, row: Indicator) -> str:
        if row.pk is None:
            return _("保存后在反拐办的指标页，或用导入表的「指定单位」列填写。")
        named = row.departments.filter(conference=row.conference_id)
        return "、".join(unit.name for unit in named) or "—"
