"""The administration of the year: states and dates of what is owed, never what units wrote.

Administrators keep units and people in order and need to see who has not reported; the texts are read by the office
and by auditors, on the pages of the product. So Progress has no page here, and appears as counts beside units and
clauses only.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.access import Access, access_of
from departments.admin.base import ReadOnly, RelatedFilter, ScopedModelAdmin, YesNoFilter, overseen
from departments.admin.exchange import ExchangePage
from departments.admin.units import DepartmentAdmin
from departments.models import Conference, Department
from measures.admin.clauses import ClauseAdmin
from measures.models import Clause
from reporting.enums import EntryState
from reporting.lights import days_left_text, light_of
from reporting.models import Duty, Heartbeat, Mail, Progress, Reminder, Urge, WorkDay, Year
from reporting.models.entries import DutyQuerySet
from reporting.resources import ProgressResource

# --- Words for states -----------------------------------------------------------------------------------------------


def in_words(counts: dict[str, int]) -> str:
    """「12/20 · 已报待审 3 · 已退回 1」: how many of all are accepted, and where the others stand."""
    total = sum(counts.values())
    if not total:
        return "—"
    rest = [state for state in reversed(EntryState) if state != EntryState.ACCEPTED and counts.get(state)]
    done = _("审核通过 %(done)d/%(total)d") % {"done": counts.get(EntryState.ACCEPTED, 0), "total": total}
    return " · ".join([done, *(f"{state.label} {counts[state]}" for state in rest)])


def days_left(duty: Duty, today: date) -> str:
    """How long there is still; nothing once the office has it."""
    return days_left_text(duty.due_on, today) if duty.state in EntryState.outstanding() else "—"


def light(duty: Duty, today: date) -> str:
    """The state in its word, in the colour that the pages of the product give it."""
    css = light_of(duty.state, duty.due_on, today).css
    return format_html('<span class="light light-{}">{}</span>', css, duty.get_state_display())


def progress_by(column: str, request: HttpRequest, rows: list[Any], year: int) -> dict[int, dict[str, int]]:
    """Counts of the year's entries by state, for each of ``rows``; ``column`` is how an entry points to them."""
    found = (
        Progress.objects.countable_by(request.user)
        .filter(**{f"{column}__in": [row.pk for row in rows], "year": year})
        .order_by()
        .values_list(column, "state")
        .annotate(number=Count("pk", distinct=True))
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, state, number in found:
        counts[pk][state] = number
    return counts


# --- Units and clauses with their year ------------------------------------------------------------------------------


class DepartmentYearAdmin(DepartmentAdmin):
    """The list of units, and beside each one how it stands this year."""

    list_display = ("name", "conference", "progress", "annual_report", "report_due", "liaisons")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        super().prepare(request, rows)
        today = timezone.localdate()
        counts = progress_by("department", request, rows, today.year)
        reports = (
            Duty.objects.visible_to(request.user)
            .reports()
            .filter(department__in=[row.pk for row in rows], year=today.year)
            .defer("statement")
            .order_by("due_on", "pk")
        )
        first: dict[int, Duty] = {}
        for duty in reports:
            if duty.department_id is not None:
                first.setdefault(duty.department_id, duty)
        for row in rows:
            row.progress_counts = counts.get(row.pk, {})
            row.report = first.get(row.pk)

    @admin.display(description=gettext_lazy("本年进展"))
    def progress(self, row: Any) -> str:
        return in_words(row.progress_counts)

    @admin.display(description=gettext_lazy("年度报告"))
    def annual_report(self, row: Any) -> str:
        return light(row.report, timezone.localdate()) if row.report else "—"

    @admin.display(description=gettext_lazy("报告时限"))
    def report_due(self, row: Any) -> str:
        if row.report is None:
            return "—"
        return f"{row.report.due_on} {days_left(row.report, timezone.localdate())}".removesuffix(" —")


class ClauseYearAdmin(ClauseAdmin):
    """The list of clauses, and beside each one how its entries stand this year."""

    list_display = (*ClauseAdmin.list_display, "progress")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        super().prepare(request, rows)
        counts = progress_by("clause", request, rows, timezone.localdate().year)
        for row in rows:
            row.progress_counts = counts.get(row.pk, {})

    @admin.display(description=gettext_lazy("本年进展"))
    def progress(self, row: Any) -> str:
        return in_words(row.progress_counts)


# The pages of units and clauses know nothing of the year (departments and measures import nothing from here); the
# year's columns come with the year.
for model, page in ((Department, DepartmentYearAdmin), (Clause, ClauseYearAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, page)


# --- The year -------------------------------------------------------------------------------------------------------


@admin.register(Year)
class YearAdmin(ReadOnly, ExchangePage, ScopedModelAdmin):
    """Years, and the progress of the years that the list shows, in a file: states for all, texts by their own rule."""

    list_display = ("year", "conference", "version", "state", "opened_at", "opened_by")
    list_display_links = ("year", "conference")
    list_filter = ("state", "year", ("conference", RelatedFilter))
    fields = ("conference", "year", "version", "state", "opened_at", "opened_by")
    resource_classes = (ProgressResource,)
    sheet_name = gettext_lazy("进展")
    export_note = gettext_lazy(
        "工作开展情况、存在问题、下步措施只对您可以阅读的条目填出；您可以计数而不能阅读的，这几列为空。"
    )
    import_notes = (
        gettext_lazy("用来接收以往的台账：只写入「未启动」的条目，成为该单位的草稿，由该单位核对后提交。"),
        gettext_lazy("单位已经填写的条目不会被覆盖；表中有这样的行，整份文件都不写入。"),
        gettext_lazy(
            "按联席会议、年度、条款编号和单位（编码或任一登记的名称）找到条目；正文不得含身份证号、手机号、银行卡号。"
        ),
    )

    def has_import_permission(self, request: HttpRequest) -> bool:
        access = access_of(request.user)
        return bool(access.administers_all or access.administrator_of)

    def exported_rows(self, request: HttpRequest) -> Any:
        years = super().exported_rows(request).order_by()
        same = years.filter(conference=OuterRef("conference"), year=OuterRef("year"))
        rows = Progress.objects.countable_by(request.user).filter(overseen(access_of(request.user)), Exists(same))
        rows = rows.select_related("conference", "department", "clause")
        return rows.order_by("conference__code", "year", *Progress._meta.ordering, "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("conference", "version__plan", "opened_by")
        return rows.defer("version__source_text", "version__members")


class LateFilter(YesNoFilter):
    title = gettext_lazy("逾期未报")
    parameter_name = "late"

    def condition(self) -> Q:
        return Q(state__in=EntryState.outstanding(), due_on__lt=timezone.localdate())


@admin.register(Duty)
class DutyAdmin(ReadOnly, ScopedModelAdmin):
    list_display = ("who", "title", "period", "due_on", "left", "light", "conference")
    list_display_links = ("who", "title")
    list_filter = ("state", LateFilter, "kind", "year", ("conference", RelatedFilter))
    list_select_related = ("department", "obliged_conference", "conference")
    search_fields = ("title", "department__name")
    search_help_text = gettext_lazy("事项，或单位的任一名称、拼音、首字母")
    _facts = (
        "who",
        "title",
        "kind",
        "period",
        "due_on",
        "planned_on",
        "left",
        "light",
        "conference",
        "recipient_names",
        "submitted_at",
        "submitted_by",
        "reviewed_at",
        "reviewed_by",
    )

    def overseen(self, access: Access) -> Q:
        # What a district owes the city is on the city's list and on the district's.
        return overseen(access) | overseen(access, "obliged_conference")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The texts only where the rule of the texts allows it: submitted ones, to the office and to auditors."""
        if obj is not None and _may_read_text(request, obj):
            return (*self._facts, "statement", "return_reason")
        return self._facts

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        units = Department.objects.matching(search_term).values("pk")
        conferences = Conference.objects.filter(short_name__contains=search_term).values("pk")
        return queryset.filter(
            Q(department__in=units) | Q(obliged_conference__in=conferences) | Q(title__contains=search_term)
        ), False

    @admin.display(description=gettext_lazy("单位"), ordering="department__position")
    def who(self, row: Duty) -> str:
        return str(row.owner)

    @admin.display(description=gettext_lazy("剩余"), ordering="due_on")
    def left(self, row: Duty) -> str:
        return days_left(row, timezone.localdate())

    @admin.display(description=gettext_lazy("状态"), ordering="state")
    def light(self, row: Duty) -> str:
        return light(row, timezone.localdate())

    @admin.display(description=gettext_lazy("报送对象"))
    def recipient_names(self, row: Duty) -> str:
        return "、".join(map(str, row.recipients)) or "—"


def _may_read_text(request: HttpRequest, duty: Duty) -> bool:
    readable = DutyQuerySet.text_scope(access_of(request.user))
    return Duty.objects.visible_to(request.user).filter(readable, pk=duty.pk).exists()


@admin.register(WorkDay)
class WorkDayAdmin(ScopedModelAdmin):
    """The calendar of the whole installation: kept by superusers and by the administrators of topmost conferences."""

    list_display = ("day", "weekday", "is_working", "note")
    list_filter = ("is_working", "day")
    search_fields = ("note",)
    search_help_text = gettext_lazy("说明，如「国庆节」")
    fields = ("day", "is_working", "note")
    ordering = ("-day",)

    def overseen(self, access: Access) -> Q:
        return Q()

    def _may_keep(self, request: HttpRequest) -> bool:
        access = access_of(request.user)
        if access.administers_all:
            return True
        if not hasattr(request, "_keeps_calendar"):
            topmost = Conference.objects.filter(pk__in=access.administrator_of, upper=None)
            request._keeps_calendar = topmost.exists()  # type: ignore[attr-defined]
        return bool(request._keeps_calendar)  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may_keep(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_keep(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_keep(request)

    @admin.display(description=gettext_lazy("星期"))
    def weekday(self, row: WorkDay) -> str:
        return [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")][row.day.weekday()]


# --- What was said to whom, and the clockwork -------------------------------------------------------------------------


class Delivered(ReadOnly, ScopedModelAdmin):
    """What left and whether it arrived, for whoever looks for a mail that did not come; never what it said.

    The models show these rows to the office and to auditors. Whether mail works is the administrators' business, so
    theirs are added; what was written (Notice, Urge) is not.
    """

    def get_queryset(self, request: HttpRequest) -> Any:
        access = access_of(request.user)
        rows = self.model._default_manager
        seen = rows.visible_to(request.user).filter(self.overseen(access))  # type: ignore[attr-defined]
        # An empty condition would vanish from a disjunction instead of letting everything through.
        ours = rows.all() if access.administers_all else rows.filter(self.administered(access))
        shown = rows.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=ours.values("pk")))
        return shown.order_by(*self.opts.ordering)


@admin.register(Reminder)
class ReminderAdmin(Delivered):
    list_display = ("created_at", "recipient", "owner", "subject", "due_on", "step_in_words", "conference")
    list_display_links = ("created_at", "recipient")
    list_filter = ("created_at", ("conference", RelatedFilter))
    list_select_related = ("recipient", "duty__department", "duty__obliged_conference", "conference")
    search_fields = ("recipient__name", "duty__title", "duty__department__name")
    search_help_text = gettext_lazy("收件人、事项或单位")
    fields = ("created_at", "recipient", "owner", "subject", "due_on", "step_in_words", "conference")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("duty__statement")

    @admin.display(description=gettext_lazy("单位"))
    def owner(self, row: Reminder) -> str:
        return str(row.duty.owner)

    @admin.display(description=gettext_lazy("事项"))
    def subject(self, row: Reminder) -> str:
        return row.duty.title

    @admin.display(description=gettext_lazy("提醒时点"))
    def step_in_words(self, row: Reminder) -> str:
        if row.step == Reminder.OVERDUE:
            return _("逾期后")
        return _("提前 %d 天") % row.step if row.step else _("截止当天")


@admin.register(Mail)
class MailAdmin(Delivered):
    list_display = ("recipient", "address", "state", "attempts", "sent_at", "error", "conference")
    list_display_links = ("recipient", "address")
    list_filter = ("state", ("conference", RelatedFilter))
    list_select_related = ("notice__recipient", "conference")
    search_fields = ("address", "notice__recipient__name")
    search_help_text = gettext_lazy("收件人或地址")
    fields = ("recipient", "address", "state", "attempts", "leased_until", "sent_at", "error", "conference")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("notice__subject", "notice__body")

    @admin.display(description=gettext_lazy("收件人"))
    def recipient(self, row: Mail) -> str:
        return str(row.notice.recipient)


@admin.register(Urge)
class UrgeAdmin(ReadOnly, ScopedModelAdmin):
    """Who urged whom, and when. The words are the office's: shown to whom the model shows the row."""

    list_display = ("created_at", "created_by", "owner", "subject", "needs_letter", "conference")
    list_filter = ("created_at", "needs_letter", ("conference", RelatedFilter))
    list_select_related = ("created_by", "duty__department", "duty__obliged_conference", "conference")
    search_fields = ("created_by__name", "duty__title", "duty__department__name")
    search_help_text = gettext_lazy("催办人、事项或单位")
    fields = ("created_at", "created_by", "owner", "subject", "message", "needs_letter", "conference")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("duty__statement")

    def has_module_permission(self, request: HttpRequest) -> bool:
        # An administrator who is nothing else would find an empty list.
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        access = access_of(request.user)
        return super().has_view_permission(request, obj) and bool(access.auditor_of | access.office_of)

    @admin.display(description=gettext_lazy("单位"))
    def owner(self, row: Urge) -> str:
        return str(row.duty.owner)

    @admin.display(description=gettext_lazy("事项"))
    def subject(self, row: Urge) -> str:
        return row.duty.title


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly, ScopedModelAdmin):
    list_display = ("name", "at")
    fields = ("name", "at")

    def overseen(self, access: Access) -> Q:
        return Q()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        access = access_of(request.user)
        return super().has_view_permission(request, obj) and bool(access.administers_all or access.administrator_of)


# The dictionary of indicators has its own module; importing it registers its page.
from reporting import indicator_admin  # noqa: E402, F401
