"""Clauses and who answers for them, obligations and their dates."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.admin.base import RelatedFilter, ScopedForm, ScopedInline, ScopedModelAdmin, YesNoFilter
from departments.admin.exchange import ExportPage
from departments.admin.units import SEARCH_HELP
from departments.models import Department
from measures.admin.versions import DraftOnly, excerpt
from measures.models import Clause, Obligation, Responsibility
from measures.resources import ResponsibilityResource


class HasResponsibilitiesFilter(YesNoFilter):
    title = gettext_lazy("列有责任单位")
    parameter_name = "measure"

    def condition(self) -> Any:
        return Q(pk__in=Clause.objects.measures().order_by().values("pk"))


class ResponsibilityForm(ScopedForm):
    """The words of the document stay as they were read; a row that the reader missed brings its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "as_written" in self.fields:
            self.fields["as_written"].disabled = True


class ResponsibilityInline(ScopedInline):
    model = Responsibility
    form = ResponsibilityForm
    classes = ("plain", "narrow")
    fields = ("role", "position", "as_written", "name", "department", "group")
    autocomplete_fields = ("department",)

    def get_queryset(self, request: HttpRequest) -> Any:
        # Who leads stands first in the document, and last in the alphabet.
        rows = super().get_queryset(request).select_related("department", "clause", "version")
        return rows.defer("version__source_text", "version__members").order_by("-role", "position")


class ObligationInline(ScopedInline):
    model = Obligation
    fields = ("position", "title", "kind", "obliged", "recurrence", "year", "month", "day", "includes_day")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An obligation quotes the document; the reader finds it, and here it is only set right.
        return False


class OfVersion(DraftOnly, ScopedModelAdmin):
    """A list of rows of versions, without the versions' long texts."""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("version__plan", "version__conference")
        return rows.defer("version__source_text", "version__members")


@admin.register(Clause)
class ClauseAdmin(OfVersion):
    list_display: tuple[str, ...] = ("path", "words", "kind", "version", "leads")
    list_display_links = ("path", "words")
    list_filter = (("version", RelatedFilter), HasResponsibilitiesFilter, "kind")
    search_fields = ("path", "heading", "text")
    search_help_text = gettext_lazy("编号、正文，或责任单位的任一名称、拼音、首字母")
    # The text is the document's.
    readonly_fields = ("version", "path", "label", "kind", "parent", "heading", "text", "place")
    fields = ("version", "path", "label", "kind", "parent", "heading", "text", "place")
    inlines = (ResponsibilityInline, ObligationInline)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        units = Department.objects.matching(search_term).values("pk")
        named = Responsibility.objects.filter(department__in=units).order_by().values("clause")
        return queryset.filter(
            Q(path__contains=search_term)
            | Q(heading__contains=search_term)
            | Q(text__contains=search_term)
            | Q(pk__in=named)
        ), False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.forms:
            row.instance.version = form.instance.version
        super().save_formset(request, form, formset, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Without one clause the others would no longer add up to the document.
        return False

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        leading = Responsibility.objects.leading().order_by("position").only("clause", "name")
        prefetch_related_objects(rows, Prefetch("responsibilities", queryset=leading, to_attr="leading"))

    @admin.display(description=gettext_lazy("标题或正文"))
    def words(self, row: Clause) -> str:
        return excerpt(row.heading or row.text) or "—"

    @admin.display(description=gettext_lazy("负责"))
    def leads(self, row: Any) -> str:
        return "、".join(responsibility.name for responsibility in row.leading) or "—"

    @admin.display(description=gettext_lazy("在原文中的位置"))
    def place(self, row: Clause) -> str:
        return _("第 %(start)d 至 %(end)d 字符") % {"start": row.start + 1, "end": row.end}


class UnresolvedFilter(YesNoFilter):
    title = gettext_lazy("单位")
    parameter_name = "unresolved"
    yes = gettext_lazy("待确认")
    no = gettext_lazy("已确认")

    def condition(self) -> Q:
        return Q(department=None, group="")


@admin.register(Responsibility)
class ResponsibilityAdmin(ExportPage, OfVersion):
    resource_classes = (ResponsibilityResource,)
    list_display = ("clause_path", "name", "role", "resolved", "as_written", "version")
    list_display_links = ("clause_path", "name")
    list_filter = (("version", RelatedFilter), "role", UnresolvedFilter)
    search_fields = ("name", "as_written", "clause__path")
    search_help_text = SEARCH_HELP
    autocomplete_fields = ("department",)
    readonly_fields = ("version", "clause", "as_written")
    fields = ("version", "clause", "as_written", "role", "position", "name", "department", "group")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("clause", "department")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        units = Department.objects.matching(search_term).values("pk")
        return queryset.filter(
            Q(name__contains=search_term)
            | Q(as_written__contains=search_term)
            | Q(clause__path__contains=search_term)
            | Q(department__in=units)
        ), False

    @admin.display(description=gettext_lazy("条款"), ordering="clause__position")
    def clause_path(self, row: Responsibility) -> str:
        return row.clause.path

    @admin.display(description=gettext_lazy("单位"))
    def resolved(self, row: Responsibility) -> str:
        if row.department:
            return row.department.name
        return _("集合：%s") % row.group if row.group else _("待确认")


@admin.register(Obligation)
class ObligationAdmin(OfVersion):
    list_display = ("title", "clause_path", "kind", "obliged", "deadline", "version")
    list_filter = (("version", RelatedFilter), "kind", "obliged", "recurrence")
    search_fields = ("title", "text", "clause__path")
    search_help_text = gettext_lazy("事项、原文或条款编号")
    readonly_fields = ("version", "clause", "obliged_as_written", "text")
    fieldsets = (
        (None, {"fields": ("version", "clause", "text")}),
        (None, {"fields": ("title", "kind", "obliged_as_written", "obliged")}),
        (
            gettext_lazy("时限"),
            {"fields": ("recurrence", ("year", "month", "day"), "includes_day", "times")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("clause")

    @admin.display(description=gettext_lazy("条款"), ordering="clause__position")
    def clause_path(self, row: Obligation) -> str:
        return row.clause.path

    @admin.display(description=gettext_lazy("时限"))
    def deadline(self, row: Obligation) -> str:
        parts = [str(row.get_recurrence_display())]
        if row.times:
            parts.append(_("%d 次") % row.times)
        if row.year:
            parts.append(_("%d 年") % row.year)
        if row.month and row.day:
            day = _("%(month)d 月 %(day)d 日前") % {"month": row.month, "day": row.day}
            parts.append(day if row.includes_day else _("%s（不含当日）") % day)
        elif row.month:
            parts.append(_("%d 月底前") % row.month)
        return " ".join(parts)
