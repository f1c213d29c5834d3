"""Forms of extensions. They validate and return domain values; they save, send and notify nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reporting.forms.fields import PlainTextField
from reporting.models import Duty
from reporting.services.extensions import latest_day

_MOST_CHARACTERS = 2000


class _DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _later_day(day: date | None, duty: Duty) -> date | None:
    """``day`` if the deadline of ``duty`` may be moved to it."""
    if day is None:
        return None
    if day <= duty.due_on:
        raise ValidationError(_("须晚于现时限%(day)s。"), code="not_later", params={"day": duty.due_on.isoformat()})
    if day > latest_day(duty):
        raise ValidationError(_("最迟到%(day)s。"), code="too_far", params={"day": latest_day(duty).isoformat()})
    return day


class ExtensionForm(forms.Form):
    reason = PlainTextField(
        label=_("延期理由"),
        required=True,
        rows=5,
        max_length=_MOST_CHARACTERS,
        help_text=_("写明不能按期完成的原因和已经做到哪一步。"),
        error_messages={"required": _("申请延期必须写明理由。")},
    )
    wanted_until = _DayField(label=_("拟完成日期"), error_messages={"required": _("请写明拟完成日期。")})

    def __init__(self, data: Any = None, *, duty: Duty) -> None:
        super().__init__(data)
        self.duty = duty

    def clean_wanted_until(self) -> date | None:
        return _later_day(self.cleaned_data["wanted_until"], self.duty)


class DecisionForm(forms.Form):
    """Granting needs a day, refusing needs words."""

    granted_until = _DayField(
        label=_("批准延至"), required=False, help_text=_("批准必须写明新的时限，可以与申请的日期不同。")
    )
    decision = PlainTextField(
        label=_("批复意见"), rows=4, max_length=_MOST_CHARACTERS, help_text=_("不同意的，必须写明理由。")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        duty: Duty,
        today: date,
        granting: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.duty, self.today, self.granting = duty, today, granting

    def clean_granted_until(self) -> date | None:
        day: date | None = self.cleaned_data["granted_until"]
        if not self.granting:
            return day
        if day is None:
            raise ValidationError(_("批准必须写明新的时限。"), code="required")
        if day < self.today:
            raise ValidationError(_("新的时限不能早于今天。"), code="past")
        return _later_day(day, self.duty)

    def clean_decision(self) -> str:
        words: str = self.cleaned_data["decision"]
        if not self.granting and not words.strip():
            raise ValidationError(_("不同意必须写明理由。"), code="required")
        return words
