"""Forms of assessments. They validate and return domain values; they save and notify nothing."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.enums import AssessmentKind, CriterionKind, Finding
from reporting.forms.fields import LineField, PlainTextField
from reporting.forms.papers import MOST_OF_A_PAPER, VersionForm
from reporting.models import Assessment, AssessmentResult, Criterion
from reporting.services.assessments import CriterionInput


class NewAssessmentForm(forms.Form):
    """A stage assessment of the year, or the final one of the plan.

    ``is_final_year``: the plan ends with this year, or asks for its final assessment in it. Otherwise a final one
    needs a second word.
    """

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=AssessmentKind.choices)
    is_certain = forms.BooleanField(label=gettext_lazy("仍要建立终期评估"), required=False)

    def __init__(self, *args: Any, is_final_year: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_final_year = is_final_year
        if is_final_year or not self.is_bound:
            del self.fields["is_certain"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_early = cleaned.get("kind") == AssessmentKind.FINAL and not self.is_final_year
        if is_early and not cleaned.get("is_certain"):
            message = _("计划还没有到期，本年度也没有终期评估的要求。确需现在建立的，请勾选后再提交。")
            self.add_error("is_certain", ValidationError(message, code="early"))
        return cleaned


class AssessmentForm(VersionForm):
    """What the assessment is called and says; the criteria are CriterionForms beside it."""

    title = LineField(label=gettext_lazy("题名"), required=True, max_length=200)
    is_scored = forms.BooleanField(
        label=gettext_lazy("计分"),
        required=False,
        help_text=gettext_lazy("没有公开的评分细则，默认不计分；需要计分的，分值和扣分由本级自定。"),
    )
    summary = PlainTextField(label=gettext_lazy("总体评价"), rows=8, max_length=MOST_OF_A_PAPER)

    @classmethod
    def of(cls, assessment: Assessment) -> AssessmentForm:
        return cls(initial={name: getattr(assessment, name) for name in cls.base_fields})

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "lock_version"}


class CriterionForm(forms.Form):
    """One criterion. Points and deduction count only where the assessment is scored."""

    is_used = forms.BooleanField(required=False)
    points = forms.DecimalField(required=False, min_value=0, max_value=1000, max_digits=5, decimal_places=1)
    deduction = forms.DecimalField(required=False, min_value=0, max_value=1000, max_digits=5, decimal_places=1)

    def __init__(self, row: Criterion, data: Any = None) -> None:
        self.row = row
        # A form without points was opened while there were none: those that are stored stay.
        self.has_points = data is None or f"{row.kind}-points" in data
        initial = {"is_used": row.is_used, "points": row.points, "deduction": row.deduction}
        super().__init__(data, prefix=row.kind, initial=initial)
        labels = (("is_used", _("采用")), ("points", _("分值")), ("deduction", _("每次扣分")))
        for name, label in labels:
            self.fields[name].label = label
            self.fields[name].widget.attrs["aria-label"] = f"{row.get_kind_display()} {label}"

    @property
    def takes_deduction(self) -> bool:
        """Whether anything is taken off for each time; completeness and marks are not counted in times."""
        return self.row.kind not in (CriterionKind.COMPLETENESS, CriterionKind.MARKS)

    @property
    def given_points(self) -> Decimal:
        """What was typed, or what is stored where nothing could be typed."""
        return (self.cleaned_data["points"] or Decimal(0)) if self.has_points else self.row.points

    @property
    def given_deduction(self) -> Decimal:
        if not self.takes_deduction:
            return Decimal(0)
        return (self.cleaned_data["deduction"] or Decimal(0)) if self.has_points else self.row.deduction


class CriterionForms:
    """All criteria, as one form. ``is_scored`` is what the form beside it says."""

    def __init__(self, rows: Iterable[Criterion], data: Any = None) -> None:
        self.forms = [CriterionForm(row, data) for row in rows]

    def is_valid(self, *, is_scored: bool) -> bool:
        if not all([form.is_valid() for form in self.forms]):
            return False
        used = [form for form in self.forms if form.cleaned_data["is_used"]]
        for form in used if is_scored else []:
            if form.has_points and not form.cleaned_data["points"]:
                form.add_error("points", ValidationError(_("计分的指标须填分值。"), code="required"))
        return not any(form.errors for form in self.forms)

    @property
    def shows_points(self) -> bool:
        """Whether the form that was sent had points in it."""
        return any(form.is_bound and form.has_points for form in self.forms)

    def inputs(self) -> list[CriterionInput]:
        return [
            CriterionInput(
                kind=form.row.kind,
                is_used=form.cleaned_data["is_used"],
                points=form.given_points,
                deduction=form.given_deduction,
            )
            for form in self.forms
        ]


class MarkForm(VersionForm):
    """The office's marks, where there are points for them, and what it comes to. Either needs its grounds."""

    marks = forms.DecimalField(
        label=gettext_lazy("评议分"), required=False, min_value=0, max_digits=5, decimal_places=1
    )
    finding = forms.ChoiceField(label=gettext_lazy("结论"), choices=Finding.choices, widget=forms.RadioSelect)
    grounds = PlainTextField(
        label=gettext_lazy("评议依据"),
        rows=6,
        max_length=5000,
        help_text=gettext_lazy("写明依据的事实，只写汇总情况，不写个案。通报的初稿引用这里的文字。"),
    )

    def __init__(self, *args: Any, most: Decimal | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        if most is None:
            del self.fields["marks"]
        else:
            self.fields["marks"].help_text = _("满分%(most)s分。") % {"most": most}

    @classmethod
    def of(cls, result: AssessmentResult, *, most: Decimal | None) -> MarkForm:
        return cls(initial={name: getattr(result, name) for name in cls.base_fields}, most=most)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        marks = cleaned.get("marks")
        if marks is not None and self.most is not None and marks > self.most:
            self.add_error("marks", ValidationError(_("不能超过满分%(most)s分。") % {"most": self.most}, code="most"))
        says_something = marks is not None or cleaned.get("finding", Finding.NONE) != Finding.NONE
        if says_something and "grounds" in cleaned and not cleaned["grounds"]:
            self.add_error("grounds", ValidationError(_("评议分和结论须写明依据。"), code="required"))
        return cleaned
