"""The administration of plans: versions and their numbers, clauses and who answers for them, open questions.

Texts come from documents and are not typed here. While a version is a draft, what the reader made of the text can be
set right: which unit a name means, who owes what by when. A published version can only be read.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.admin.base import ReadOnly, RelatedFilter, ScopedForm, ScopedInline, ScopedModelAdmin, YesNoFilter
from departments.admin.units import SEARCH_HELP
from departments.models import Department, User
from measures.enums import VersionState
from measures.models import Clause, Obligation, Plan, PlanVersion, Question, Responsibility


class DraftOnly:
    """Rows of a version: they come by import, and change only while their version is a draft. Mix in first."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or not _version_of(obj).is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or not _version_of(obj).is_published)


def _version_of(row: Any) -> PlanVersion:
    return row if isinstance(row, PlanVersion) else row.version


def excerpt(text: str, length: int = 40) -> str:
    """The beginning of a text, for a column."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}…"


# --- Plans and versions -------------------------------------------------------------------------------------------


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


# --- Clauses, responsibilities, obligations -------------------------------------------------------------------------


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
class ResponsibilityAdmin(OfVersion):
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


# --- Questions ----------------------------------------------------------------------------------------------------


class OpenFilter(YesNoFilter):
    title = gettext_lazy("答复")
    parameter_name = "open"
    yes = gettext_lazy("待答复")
    no = gettext_lazy("已答复")

    def condition(self) -> Q:
        return Q(answered_at=None)


@admin.register(Question)
class QuestionAdmin(ScopedModelAdmin):
    """What the reader would not decide alone. An answer carries who gave it and when; taking it back reopens."""

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
