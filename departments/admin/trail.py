"""事件: the trail, to read and to search; never to add to, change or delete here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.access import Access
from departments.admin.base import ReadOnly, RelatedFilter, ScopedModelAdmin
from departments.models import Event

ACTS = {"add": gettext_lazy("新增"), "change": gettext_lazy("修改"), "delete": gettext_lazy("删除")}
# What acts without fields of a model write into ``note``.
NOTES = {
    "initial_password": gettext_lazy("设置初始密码"),
    "reset_password": gettext_lazy("重置密码"),
    "unlock": gettext_lazy("解除登录锁定"),
}


@dataclass(frozen=True)
class Change:
    """One line of what an event changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Described:
    """What an event says, for people: the act, the fields, and the same for rows within the row."""

    act: str
    title: str
    changes: list[Change]
    rows: list[Described]


def described(event: Event) -> Described:
    detail = event.detail if isinstance(event.detail, dict) else {}
    if "act" not in detail and "note" not in detail:
        # Events of the year keep a snapshot of their own shape, which may hold what units wrote.
        return Described(str(event.get_action_display()), "", [], [])
    act = NOTES.get(detail.get("note", "")) or ACTS.get(detail.get("act", ""), event.get_action_display())
    return _described(detail, event.object_type, str(act), "")


def _described(detail: dict[str, Any], label: str, act: str, title: str) -> Described:
    changes = [
        Change(_label(label, name), _words(label, name, before), _words(label, name, after))
        for name, (before, after) in detail.get("fields", {}).items()
    ]
    rows = [
        _described(
            row, row["model"], str(ACTS.get(row["act"], row["act"])), f"{model_name(row['model'])} {row['title']}"
        )
        for row in detail.get("rows", [])
    ]
    return Described(act, title, changes, rows)


def model_name(label: str) -> str:
    """The Chinese name of a model; its label where the model is gone."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def _field(label: str, name: str) -> Any:
    try:
        return apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(label: str, name: str) -> str:
    return str(getattr(_field(label, name), "verbose_name", name))


def _words(label: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(map(str, value)) or "—"
    choices = dict(getattr(_field(label, name), "flatchoices", ()))
    return str(choices.get(value, value))


@admin.register(Event)
class EventAdmin(ReadOnly, ScopedModelAdmin):
    list_display = ("at", "who", "action", "kind", "title", "department", "conference", "address")
    list_display_links = ("at", "title")
    list_filter = ("at", "action", ("conference", RelatedFilter))
    list_select_related = ("actor", "department", "conference")
    search_fields = ("title", "actor__name", "=actor__username", "reason")
    search_help_text = gettext_lazy("对象、操作人或事由")
    fields = (
        "at",
        "who",
        "address",
        "action",
        "kind",
        "title",
        "conference",
        "department",
        "before_words",
        "after_words",
        "reason",
        "content",
    )
    # Sorting by other columns would read the whole trail.
    sortable_by = ("at",)

    def overseen(self, access: Access) -> Q:
        # Event.visible_to is the rule: auditors see all of theirs, an administrator the own acts.
        return Q()

    @admin.display(description=gettext_lazy("操作人"))
    def who(self, event: Event) -> str:
        return str(event.actor) if event.actor else _("系统")

    @admin.display(description=gettext_lazy("类型"))
    def kind(self, event: Event) -> str:
        return model_name(event.object_type)

    @admin.display(description=gettext_lazy("变更前"))
    def before_words(self, event: Event) -> str:
        return _words(event.object_type, "state", event.before)

    @admin.display(description=gettext_lazy("变更后"))
    def after_words(self, event: Event) -> str:
        return _words(event.object_type, "state", event.after)

    @admin.display(description=gettext_lazy("内容"))
    def content(self, event: Event) -> SafeString:
        return render_to_string("admin/includes/event.html", {"said": described(event)})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        # An event has no history of its own.
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
