"""Small forms that the papers of an office share."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.forms.fields import PlainTextField

MOST_OF_A_PAPER = 60_000


class VersionForm(forms.Form):
    """The version of a text that somebody had before them."""

    lock_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is called off."""

    reason = PlainTextField(
        label=_("理由"), required=True, rows=3, max_length=2000, error_messages={"required": _("请写明理由。")}
    )
