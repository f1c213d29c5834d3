"""The form of a file that is handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reporting.uploads import ACCEPT, UploadRefused, check_upload


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("选择文件"),
        help_text=_("PDF、Word(docx)、Excel(xlsx)、PNG、JPG、纯文本(txt),每个不超过20MB。不得含受害人信息。"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": _("请先选择文件。"), "empty": _("文件是空的。")},
    )

    def clean_file(self) -> Any:
        try:
            self.checked = check_upload(self.cleaned_data["file"])
        except UploadRefused as refused:
            raise ValidationError(str(refused), code="refused") from None
        return self.cleaned_data["file"]
