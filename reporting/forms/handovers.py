"""The form of a handover. It validates and returns domain values; it saves and notifies nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.forms.fields import PlainTextField
from reporting.services.handovers import Place


class HandoverForm(forms.Form):
    """A note for one of the places where the person works; asked for only where there are several."""

    place = forms.TypedChoiceField(label=_("交接哪里的工作"), coerce=int)
    note = PlainTextField(
        label=_("交接说明"),
        required=True,
        rows=8,
        max_length=10_000,
        help_text=_("写明正在办什么、和谁联系、材料放在哪里、有什么要注意。不写账号密码，不写个案。"),
        error_messages={"required": _("请写明交接说明。")},
    )

    def __init__(self, data: Any = None, *, places: list[Place]) -> None:
        super().__init__(data)
        self.places = places
        field = self.fields["place"]
        field.choices = [(number, str(place)) for number, place in enumerate(places)]  # type: ignore[attr-defined]
        if len(places) == 1:
            field.required, field.widget = False, forms.HiddenInput()

    def clean_place(self) -> Place:
        chosen = self.cleaned_data["place"]
        return self.places[chosen if isinstance(chosen, int) else 0]
