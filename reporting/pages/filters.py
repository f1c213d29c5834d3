"""What lists can be narrowed by. A value that the list does not know narrows nothing and breaks nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from departments.models import Department, DepartmentName
from departments.models.events import Action, EventQuerySet
from departments.names import search_key
from measures.enums import ObligationKind, ResponsibilityRole
from reporting.enums import DUTY_KINDS, EntryState, Standing
from reporting.models import InputRequest
from reporting.models.entries import DutyQuerySet, ProgressQuerySet, known

_ALL: list[tuple[str, Any]] = [("", _("全部"))]
# Beside the states themselves: all that the unit still owes, and what is owed although the deadline has passed.
OUTSTANDING, OVERDUE = "outstanding", "overdue"
# Measures of which another unit waits for material; duties of every kind but the annual report.
ASKED, NO_REPORT = "asked", "no_report"


class Filters(forms.Form):
    """A form of the address bar: always bound, each bad value simply ignored."""

    def value(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, "") or "")

    def address(self) -> str:
        """What the list is narrowed by, for the address of another page: 「who=units&state=overdue」."""
        return urlencode({name: self.value(name) for name in self.fields if self.value(name)})


class BoardFilters(Filters):
    q = forms.CharField(label=_("单位"), required=False, max_length=60)
    chapter = forms.ChoiceField(label=_("章"), required=False)
    role = forms.ChoiceField(label=_("职责"), required=False, choices=[*_ALL, *ResponsibilityRole.choices])

    def __init__(self, data: Any, chapters: dict[str, str], *, has_measures: bool = True) -> None:
        super().__init__(data)
        self.fields["chapter"].choices = [*_ALL, *chapters.items()]  # type: ignore[attr-defined]
        if not has_measures:
            del self.fields["chapter"], self.fields["role"]

    def narrow(self, rows: ProgressQuerySet) -> ProgressQuerySet:
        """The rows of progress that the filters let through."""
        if text := self.value("q"):
            rows = rows.filter(department__in=Department.objects.all().matching(text))
        if chapter := self.value("chapter"):
            rows = rows.filter(Q(clause__path=chapter) | Q(clause__path__startswith=f"{chapter}/"))
        if role := self.value("role"):
            rows = rows.filter(role=role)
        return rows


class RowFilters(BoardFilters):
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            *_ALL,
            (OUTSTANDING, _("未报（含退回）")),
            (OVERDUE, _("逾期未报")),
            (ASKED, _("材料待提供")),
            *Standing.choices,
        ],
    )
    unit = forms.ChoiceField(label=_("单位"), required=False)
    text = forms.CharField(label=_("条款文字"), required=False, max_length=60)
    # What the board was narrowed to: kept behind its numbers, though here one picks a unit from a list.
    q = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    field_order = ["unit", "chapter", "role", "state", "text", "q"]

    def __init__(self, data: Any, chapters: dict[str, str], units: dict[str, str]) -> None:
        super().__init__(data, chapters)
        self.fields["unit"].choices = [*_ALL, *units.items()]  # type: ignore[attr-defined]

    def narrow(self, rows: ProgressQuerySet) -> ProgressQuerySet:
        rows = super().narrow(rows)
        if text := self.value("text"):
            rows = rows.filter(Q(clause__text__contains=text) | Q(clause__heading__contains=text))
        if unit := self.value("unit"):
            rows = rows.filter(department__code=unit)
        match self.value("state"):
            case "":
                return rows
            case "outstanding" | "overdue":
                return rows.owed()
            case "asked":
                return rows.filter(Exists(InputRequest.objects.open().filter(asked=OuterRef("pk"))))
            case "known":
                return rows.filter(known())
            case "open":
                return rows.filter(state=EntryState.OPEN).exclude(known())
            case "draft":
                # As the board counts it: with what waits for the unit's head.
                return rows.filter(state__in=(EntryState.DRAFT, EntryState.TO_SIGN))
            case state:
                return rows.filter(state=state)


class DutyFilters(Filters):
    who = forms.ChoiceField(
        label=_("谁报"), required=False, choices=[*_ALL, ("units", _("成员单位")), ("districts", _("下级联席会议"))]
    )
    kind = forms.ChoiceField(
        label=_("事项"),
        required=False,
        choices=[*_ALL, *((kind.value, kind.label) for kind in DUTY_KINDS), (NO_REPORT, _("年度报告以外"))],
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[*_ALL, (OUTSTANDING, _("未报（含退回）")), (OVERDUE, _("逾期未报")), *EntryState.choices],
    )
    q = forms.CharField(label=_("单位"), required=False, max_length=60)

    def narrow(self, duties: DutyQuerySet, today: date) -> DutyQuerySet:
        match self.value("who"):
            case "units":
                duties = duties.filter(obliged_conference=None)
            case "districts":
                duties = duties.filter(department=None)
        match self.value("kind"):
            case "":
                pass
            case "no_report":
                duties = duties.exclude(kind=ObligationKind.ANNUAL_REPORT)
            case kind:
                duties = duties.filter(kind=kind)
        if text := self.value("q"):
            duties = duties.filter(
                Q(department__in=Department.objects.all().matching(text))
                | Q(obliged_conference__short_name__contains=text)
            )
        match self.value("state"):
            case "":
                return duties
            case "outstanding":
                return duties.outstanding()
            case "overdue":
                return duties.overdue_on(today)
            case state:
                return duties.filter(state=state)


class EventFilters(Filters):
    action = forms.ChoiceField(label=_("操作"), required=False, choices=[*_ALL, *Action.choices])
    since = forms.DateField(label=_("起"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("止"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    q = forms.CharField(label=_("查找"), required=False, max_length=60)

    def narrow(self, events: EventQuerySet) -> EventQuerySet:
        if action := self.value("action"):
            events = events.filter(action=action)
        if since := self.value("since"):
            events = events.filter(at__date__gte=since)
        if until := self.value("until"):
            events = events.filter(at__date__lte=until)
        if text := self.value("q"):
            named = DepartmentName.objects.filter(
                search_key__contains=search_key(text), department=OuterRef("department")
            )
            events = events.filter(Q(title__contains=text) | Q(actor__name__contains=text) | Exists(named))
        return events
