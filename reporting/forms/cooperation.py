"""Forms of working together: asking for material, signing and sending back, the unit's own rule."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reporting.enums import SignatureRule
from reporting.forms.fields import PlainTextField, refuse_after_next_year


class InputRequestForm(forms.Form):
    """Which cooperating units are asked, for what, by when."""

    asked = forms.MultipleChoiceField(
        label=_("请哪些单位提供"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个单位。")},
    )
    message = PlainTextField(
        label=_("需要什么材料"),
        required=True,
        rows=3,
        max_length=1000,
        error_messages={"required": _("请写明需要什么材料。")},
    )
    due_on = forms.DateField(
        label=_("希望日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请选择希望日期。")},
    )

    def __init__(self, *args: Any, units: dict[int, str], year: int, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "ask_%s")
        super().__init__(*args, **kwargs)
        self.year = year
        self.fields["asked"].choices = [(str(pk), name) for pk, name in units.items()]  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        today = timezone.localdate()
        if day < today:
            raise ValidationError(_("希望日期不能早于今天。"), code="past")
        # A year that is still open long afterwards is still worked on.
        refuse_after_next_year(day, max(self.year, today.year))
        return day


class ReasonForm(forms.Form):
    """Why something goes back: to the liaison by the head, to the unit by the office."""

    # What the reader was looking at: a text that was taken back and handed in anew meanwhile is another one.
    lock_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    reason = PlainTextField(
        label=_("理由"), required=True, rows=3, max_length=2000, error_messages={"required": _("请写明理由。")}
    )


class SignatureRuleForm(forms.Form):
    signature = forms.ChoiceField(
        label=_("哪些内容须负责人签批"), choices=SignatureRule.choices, widget=forms.RadioSelect
    )
