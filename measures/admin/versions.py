"""The administration of plans: versions and their numbers, clauses and who answers for them, open questions.

Texts come from documents and are not typed here. While a version is a draft, what the reader made of the text can be
set right: which unit a name means, who owes what by when. A published version can only be read.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.admin.base import ReadOnly, RelatedFilter, ScopedInline, ScopedModelAdmin
from measures.enums import VersionState
from measures.models import Clause, Obligation, Plan, PlanVersion, Question, Responsibility


class DraftOnly:
    """Rows of a version: they come by import, and change only while their version is a draft. Mix in first."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or not _version_of(obj).is_frozen)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or not _version_of(obj).is_frozen)


def _version_of(row: Any) -> PlanVersion:
    return row if isinstance(row, PlanVersion) else row.version


def excerpt(text: str, length: int = 40) -> str:
    """The beginning of a text, for a column."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}…"


class VersionInline(ReadOnly, ScopedInline):
    model = PlanVersion
    fields = ("number", "state", "document_number", "issued_on", "published_at")
    readonly_fields = fields
    classes = ()
    show_change_link = True
    verbose_name_plural = gettext_lazy("版本（由导入生成）")


@admin.register(Plan)
class PlanAdmin(ScopedModelAdmin):
    list_display = ("title", "conference", "document_number", "period", "versions_in_words")
    list_filter = (("conference", RelatedFilter),)
    list_select_related = ("conference",)
    search_fields = ("title", "document_number")
    search_help_text = gettext_lazy("题名或文号")
    autocomplete_fields = ("conference",)
    fields = ("conference", "title", "document_number", ("starts_year", "ends_year"))
    inlines = (VersionInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An import makes the plan that it needs.
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Which plan is in force in a year follows from this row; once there are duties, that is settled.
        return super().has_change_permission(request, obj) and (
            obj is None or not obj.versions.filter(state=VersionState.PUBLISHED).exists()
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("conference",)

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        versions = PlanVersion.objects.visible_to(request.user).defer("source_text", "members")
        prefetch_related_objects(rows, Prefetch("versions", queryset=versions, to_attr="seen_versions"))

    @admin.display(description=gettext_lazy("计划期"), ordering="starts_year")
    def period(self, row: Plan) -> str:
        return row.period

    @admin.display(description=gettext_lazy("版本"))
    def versions_in_words(self, row: Any) -> str:
        words = [
            _("第%(number)d版 %(state)s") % {"number": version.number, "state": version.get_state_display()}
            for version in row.seen_versions
        ]
        return "、".join(words) or "—"


@admin.register(PlanVersion)
class PlanVersionAdmin(DraftOnly, ScopedModelAdmin):
    list_display = (
        "__str__",
        "conference",
        "state",
        "clauses",
        "measures",
        "leads",
        "cooperating",
        "obligations",
        "open_questions",
        "published_at",
    )
    list_filter = ("state", ("conference", RelatedFilter))
    search_fields = ("plan__title", "document_number")
    search_help_text = gettext_lazy("题名或文号")
    readonly_fields = (
        "plan",
        "number",
        "state",
        "numbers",
        "source_name",
        "source_sha256",
        "created_at",
        "published_at",
        "published_by",
        "member_names",
        "source_text",
    )
    fieldsets = (
        (None, {"fields": ("plan", "number", "state", "numbers")}),
        (gettext_lazy("发文"), {"fields": ("document_number", "issued_by", "issued_on", "note")}),
        (
            gettext_lazy("来源与发布"),
            {"fields": ("source_name", "source_sha256", "created_at", "published_at", "published_by")},
        ),
        (gettext_lazy("文中成员名单"), {"fields": ("member_names",)}),
        (gettext_lazy("原文"), {"fields": ("source_text",), "classes": ("collapse",)}),
    )
    # In this order: what refers to clauses goes before them.
    owned = ("responsibility_set", "obligation_set", "questions", "clause_set")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("plan", "conference").defer("source_text", "members")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Discard a draft with all that was read from it, clauses from the leaves up: each protects its parent."""
        for name in self.owned[:-1]:
            getattr(obj, name).all().delete()
        for depth in sorted(set(obj.clause_set.order_by().values_list("depth", flat=True)), reverse=True):
            obj.clause_set.filter(depth=depth).delete()
        obj.delete()

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        clauses = _by_version(Clause, rows, clauses=Count("pk"))
        named = _by_version(
            Responsibility,
            rows,
            measures=Count("clause", distinct=True),
            leads=Count("pk", filter=Q(role="lead")),
            cooperating=Count("pk", filter=Q(role="cooperating")),
        )
        obligations = _by_version(Obligation, rows, obligations=Count("pk"))
        questions = _by_version(Question, rows, open_questions=Count("pk", filter=Q(answered_at=None)))
        for row in rows:
            row.counts = {
                name: number
                for counts in (clauses, named, obligations, questions)
                for name, number in counts.get(row.pk, {}).items()
            }

    @admin.display(description=gettext_lazy("条款"))
    def clauses(self, row: Any) -> int:
        return int(row.counts.get("clauses", 0))

    @admin.display(description=gettext_lazy("措施"))
    def measures(self, row: Any) -> int:
        return int(row.counts.get("measures", 0))

    @admin.display(description=gettext_lazy("负责"))
    def leads(self, row: Any) -> int:
        return int(row.counts.get("leads", 0))

    @admin.display(description=gettext_lazy("配合"))
    def cooperating(self, row: Any) -> int:
        return int(row.counts.get("cooperating", 0))

    @admin.display(description=gettext_lazy("时限义务"))
    def obligations(self, row: Any) -> int:
        return int(row.counts.get("obligations", 0))

    @admin.display(description=gettext_lazy("待确认问题"))
    def open_questions(self, row: Any) -> int:
        return int(row.counts.get("open_questions", 0))

    @admin.display(description=gettext_lazy("数目"))
    def numbers(self, row: Any) -> str:
        self.prepare(None, [row])  # type: ignore[arg-type]
        return _(
            "条款 %(clauses)d · 措施 %(measures)d · 负责 %(leads)d · 配合 %(cooperating)d · "
            "时限义务 %(obligations)d · 待确认问题 %(open_questions)d"
        ) % {
            name: row.counts.get(name, 0)
            for name in ("clauses", "measures", "leads", "cooperating", "obligations", "open_questions")
        }

    @admin.display(description=gettext_lazy("文中成员名单"))
    def member_names(self, row: PlanVersion) -> str:
        return "、".join(map(str, row.members)) or "—"


def _by_version(model: type[Model], rows: list[Any], **counts: Count) -> dict[int, dict[str, int]]:
    found = (
        model._default_manager.filter(version__in=[row.pk for row in rows])
        .order_by()
        .values("version")
        .annotate(**counts)
    )
    return {row.pop("version"): row for row in found}
