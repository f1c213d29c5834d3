"""Forms of the end of a year: closing it, and opening it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reporting.forms.fields import PlainTextField
from reporting.services.remaining import Remaining, in_one_line


class CloseYearForm(forms.Form):
    """Who closes says that what is left open is known, and why it is left so."""

    # What was listed as left when the form was opened.
    seen = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    reason = PlainTextField(label=_("未了事项的处理说明"), rows=3, max_length=1000)
    known = forms.BooleanField(
        label=_("我已核对上面的清单，确认关闭本年度"),
        error_messages={"required": _("请先核对清单，再勾选确认。")},
    )

    def __init__(self, *args: Any, left: Sequence[Remaining], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.fields["seen"].initial = in_one_line(left)
        if not left:
            self.fields["reason"].label = _("关闭说明")

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if self.left and not reason:
            raise ValidationError(_("还有未了事项，请写明怎样处理、为什么现在关闭。"), code="required")
        return reason

    def shows(self, left: Sequence[Remaining]) -> None:
        """What is sent from the page that is shown again was written beside this list."""
        self.left = left
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["seen"] = in_one_line(left)
        self.data = sent


class ReopenYearForm(forms.Form):
    reason = PlainTextField(
        label=_("重新打开的理由"),
        required=True,
        rows=3,
        max_length=1000,
        error_messages={"required": _("重新打开必须写明理由。")},
    )
