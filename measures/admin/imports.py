"""Imports, the questions that they raised, and what is remembered of them for the next."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.admin.base import ReadOnly, RelatedFilter, ScopedModelAdmin, YesNoFilter
from departments.models import User
from measures.admin.versions import excerpt
from measures.models import PlanImport, Question, RememberedAnswer, SheetLayout


class OpenFilter(YesNoFilter):
    title = gettext_lazy("答复")
    parameter_name = "open"
    yes = gettext_lazy("待答复")
    no = gettext_lazy("已答复")

    def condition(self) -> Q:
        return Q(answered_at=None)


@admin.register(Question)
class QuestionAdmin(ScopedModelAdmin):
    """What the reader would not decide alone. An answer carries who gave it and when; taking it back reopens.

    A question of an import is answered on the import's page, where the answer is a decision; here it is only read.
    """

    list_display = ("words", "path", "version", "is_blocking", "answered_at", "answered_by")
    list_filter = (OpenFilter, "is_blocking", ("version", RelatedFilter))
    search_fields = ("message", "path", "answer")
    search_help_text = gettext_lazy("问题、条款编号或答复")
    readonly_fields = ("version", "path", "message", "is_blocking", "answered_at", "answered_by")
    fields = ("version", "path", "message", "is_blocking", "answer", "answered_at", "answered_by")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        rows = rows.select_related("version__plan", "version__conference", "answered_by")
        return rows.defer("version__source_text", "version__members")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and (obj.plan_import_id is not None or obj.version.is_frozen):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "answer" in form.changed_data:
            is_answered = bool(obj.answer.strip())
            obj.answered_at = timezone.now() if is_answered else None
            obj.answered_by = request.user if is_answered and isinstance(request.user, User) else None
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("问题"))
    def words(self, row: Question) -> str:
        return excerpt(row.message, 60)


@admin.register(PlanImport)
class PlanImportAdmin(ReadOnly, ScopedModelAdmin):
    """What was handed in; the work itself is done on the import's own pages."""

    list_display = ("__str__", "conference", "state", "file_name", "uploaded_by", "uploaded_at", "page")
    list_filter = ("state", ("conference", RelatedFilter))
    search_fields = ("title", "file_name", "document_number")
    search_help_text = gettext_lazy("题名、文件名或文号")
    fields = (
        "conference",
        "title",
        "document_number",
        "state",
        "file_name",
        "sha256",
        "uploaded_by",
        "uploaded_at",
        "page",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).without_text().select_related("conference", "uploaded_by", "version")

    @admin.display(description=gettext_lazy("打开"))
    def page(self, row: PlanImport) -> str:
        return format_html('<a href="{}">{}</a>', reverse("reporting:plan_import", args=[row.pk]), _("打开导入页"))


class Forgettable(ReadOnly):
    """Rows that an import wrote for the next one, and that may be taken back."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_delete: bool = super(ReadOnly, self).has_delete_permission(request, obj)  # type: ignore[misc]
        return may_delete


@admin.register(RememberedAnswer)
class RememberedAnswerAdmin(Forgettable, ScopedModelAdmin):
    list_display = ("__str__", "conference", "decision", "answered_by", "answered_at")
    list_filter = (("conference", RelatedFilter),)
    search_fields = ("code", "key")
    fields = ("conference", "code", "key", "decision", "answered_by", "answered_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("conference", "answered_by")


@admin.register(SheetLayout)
class SheetLayoutAdmin(Forgettable, ScopedModelAdmin):
    list_display = ("__str__", "conference", "chosen_by", "chosen_at")
    list_filter = (("conference", RelatedFilter),)
    fields = ("conference", "headers", "roles", "chosen_by", "chosen_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("conference", "chosen_by")
