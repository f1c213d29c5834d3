"""Forms of circulars. They validate and return domain values; they save and notify nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.enums import CircularKind
from reporting.forms.fields import DayField, LineField, PlainTextField
from reporting.forms.papers import MOST_OF_A_PAPER, VersionForm
from reporting.models import Circular


class NewCircularForm(forms.Form):
    """A circular by itself, or from the findings of an assessment of the year."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=CircularKind.choices)
    assessment = forms.ChoiceField(
        label=gettext_lazy("依据"),
        required=False,
        help_text=gettext_lazy("选评估的，按评估结论和依据起草正文，起草后可以修改。"),
    )

    def __init__(self, *args: Any, assessments: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("不依据评估，另行起草")), *((str(pk), title) for pk, title in assessments.items())]
        self.fields["assessment"].choices = choices  # type: ignore[attr-defined]


class CircularForm(VersionForm):
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=CircularKind.choices)
    title = LineField(label=gettext_lazy("题名"), required=True, max_length=200)
    addressee = LineField(label=gettext_lazy("主送"), max_length=300)
    body = PlainTextField(
        label=gettext_lazy("正文"),
        rows=20,
        max_length=MOST_OF_A_PAPER,
        help_text=gettext_lazy("写明单位和依据，不写个案。标题可写「一、」「（一）」「1.」，Word 文件按公文格式排版。"),
    )

    @classmethod
    def of(cls, circular: Circular) -> CircularForm:
        return cls(initial={name: getattr(circular, name) for name in cls.base_fields})

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "lock_version"}


class IssueForm(forms.Form):
    """Number and date, beside the text that is issued."""

    document_number = LineField(
        label=gettext_lazy("文号"), max_length=60, help_text=gettext_lazy("如：渝反拐办〔2026〕5号。没有的可不填。")
    )
    issued_on = DayField(label=gettext_lazy("印发日期"))

    def __init__(self, *args: Any, circular: Circular, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = circular.year

    @classmethod
    def of_today(cls, circular: Circular) -> IssueForm:
        return cls(circular=circular, initial={"issued_on": timezone.localdate()})

    def clean_issued_on(self) -> Any:
        """In the year of the circular or, issued late, in the next one; today also where the year has not begun."""
        day, today = self.cleaned_data["issued_on"], timezone.localdate()
        if day > today:
            raise ValidationError(_("印发日期不能晚于今天。"), code="future")
        if day < today and day.year not in (self.year, self.year + 1):
            message = _("印发日期须在%(year)d年或%(next)d年内。") % {"year": self.year, "next": self.year + 1}
            raise ValidationError(message, code="year")
        return day
