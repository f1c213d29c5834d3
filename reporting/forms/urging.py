"""Forms of urging. They validate and return domain values; they save, send and notify nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.forms.fields import LineField, PlainTextField
from reporting.models import Duty
from reporting.models.entries import DutyQuerySet


class UrgeManyForm(forms.Form):
    """The duties to urge about, out of those that the page may offer, and the words that go to all of them."""

    duty = forms.ModelMultipleChoiceField(
        label=_("催办对象"),
        queryset=Duty.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少选择一项。"),
            "invalid_choice": _("所选事项不在本年度的应报事项中，请重新选择。"),
            "invalid_pk_value": _("所选事项不在本年度的应报事项中，请重新选择。"),
        },
    )
    message = PlainTextField(
        label=_("催办内容"),
        rows=4,
        max_length=1000,
        help_text=_("写给所选的每一家，会原样出现在通知、邮件和催办函里。"),
    )

    def __init__(self, data: Any = None, *, offered: DutyQuerySet, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["duty"].queryset = offered  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    """What a letter says beside what was urged: a form of the address bar, each bad value simply ignored."""

    number = LineField(label=_("文号"), max_length=60)
    reply_by = forms.DateField(
        label=_("请于此日前办理"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    each = forms.BooleanField(label=_("每家一份"), required=False)
    # The one that the letter goes to, where it goes to one alone: the id of an Urge.
    urge = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


class UrgeForm(forms.Form):
    """A note to one unit about one duty."""

    message = PlainTextField(label=_("催办内容"), rows=3, max_length=1000)
