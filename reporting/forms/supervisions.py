"""Forms of supervision. They validate and return domain values; they save and notify nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import Conference, Jurisdiction
from reporting.enums import SupervisionKind
from reporting.forms.fields import DayField, LineField, PlainTextField, refuse_after_next_year
from reporting.models import Supervision
from reporting.services.supervision import Order, last_step_day

_NO_CASES = gettext_lazy("只写地区层面的情况和要求，不写个案、姓名和案情细节。")


class SupervisionForm(forms.Form):
    """What is ordered of which area: a division with a conference of its own, another one, or a place in words."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=SupervisionKind.choices)
    place = forms.ChoiceField(
        label=gettext_lazy("区划"),
        required=False,
        help_text=gettext_lazy("本级联席会议的下级：其反拐办会收到通知并在系统中答复。"),
    )
    area = LineField(
        label=gettext_lazy("重点地区"),
        max_length=100,
        help_text=gettext_lazy("选了区划的可不填；更小的范围请写明，如「某镇」「某市场周边」。"),
    )
    reason = PlainTextField(label=gettext_lazy("督办缘由"), required=True, rows=4, help_text=_NO_CASES)
    demands = PlainTextField(label=gettext_lazy("要求采取的措施"), required=True, rows=5, help_text=_NO_CASES)
    opened_on = DayField(label=gettext_lazy("挂牌日期"))
    due_on = DayField(label=gettext_lazy("整改期限"))
    document_number = LineField(label=gettext_lazy("文号"), max_length=60)

    def __init__(self, *args: Any, conference: Conference, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.places = _places_of(conference)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("（另行写明）")),
            *((key, place.name) for key, (place, _conference) in self.places.items()),
        ]
        if not self.places:
            del self.fields["place"]

    def clean_opened_on(self) -> Any:
        day = self.cleaned_data["opened_on"]
        if day.year != self.year:
            raise ValidationError(_("日期须在%(year)d年内。") % {"year": self.year}, code="year")
        if day > timezone.localdate():
            raise ValidationError(_("日期不能晚于今天。"), code="future")
        return day

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        refuse_after_next_year(day, self.year)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("place") and not cleaned.get("area") and "area" in cleaned:
            self.add_error("area", ValidationError(_("请选择区划或写明地区。"), code="required"))
        opened_on, due_on = cleaned.get("opened_on"), cleaned.get("due_on")
        if opened_on and due_on and due_on < opened_on:
            self.add_error("due_on", ValidationError(_("整改期限不能早于挂牌日期。"), code="order"))
        return cleaned

    def order(self) -> Order:
        given = self.cleaned_data
        place, supervised = self.places.get(given.get("place", ""), (None, None))
        return Order(
            kind=given["kind"],
            area=_area_of(place, given["area"]),
            supervised=supervised,
            jurisdiction=place,
            reason=given["reason"],
            demands=given["demands"],
            opened_on=given["opened_on"],
            due_on=given["due_on"],
            document_number=given["document_number"],
        )


def _area_of(place: Jurisdiction | None, words: str) -> str:
    """「某区某镇」: what was typed, within the division that was chosen."""
    if place is None or place.name in words:
        return words
    return f"{place.name}{words}"[:100]


def _places_of(conference: Conference) -> dict[str, tuple[Jurisdiction, Conference | None]]:
    """The divisions directly below that exist today, by code, with their conferences where they have one."""
    below = Jurisdiction.objects.filter(parent=conference.jurisdiction_id).in_force_on(timezone.localdate())
    offices = {row.jurisdiction_id: row for row in conference.lower.select_related("jurisdiction")}
    places = {row.code: (row, offices.pop(row.pk, None)) for row in below}
    # A district under the conference need not be under its division in the tree.
    return places | {row.jurisdiction.code: (row.jurisdiction, row) for row in offices.values()}


class StepForm(forms.Form):
    text = PlainTextField(
        label=gettext_lazy("进展"),
        required=True,
        rows=4,
        max_length=5000,
        help_text=_NO_CASES,
        error_messages={"required": gettext_lazy("请写明做了什么。")},
    )


class LiftForm(forms.Form):
    """Why it may end, and when."""

    lift_reason = PlainTextField(
        label=gettext_lazy("解除依据"),
        required=True,
        rows=3,
        max_length=2000,
        error_messages={"required": gettext_lazy("解除须写明依据。")},
    )
    lifted_on = DayField(label=gettext_lazy("解除日期"))

    def __init__(self, *args: Any, supervision: Supervision, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"lifted_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.opened_on = supervision.opened_on
        self.followed_on = last_step_day(supervision)

    def clean_lifted_on(self) -> Any:
        day = self.cleaned_data["lifted_on"]
        if day < self.opened_on:
            raise ValidationError(_("解除日期不能早于挂牌日期。"), code="order")
        if self.followed_on is not None and day < self.followed_on:
            message = _("解除日期不能早于最近一次记录进展的%(day)s。")
            raise ValidationError(message, code="order", params={"day": self.followed_on.isoformat()})
        if day > timezone.localdate():
            raise ValidationError(_("日期不能晚于今天。"), code="future")
        return day
