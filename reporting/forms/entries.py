"""Forms of what units owe: entries, their figures, duties; and of their return."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reporting.amounts import amount_in, why_refused
from reporting.enums import ImplementationStatus
from reporting.forms.fields import LineField, PlainTextField
from reporting.models import Duty, Progress
from reporting.services.entries import FigureInput


class EntryForm(forms.Form):
    """What all entries share: the version that the form was opened with, and whether it is being handed over."""

    lock_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    # The fields that must not be empty when the entry is submitted; a draft may be as empty as it likes.
    needed_to_submit: tuple[str, ...] = ()

    def __init__(self, *args: Any, submitting: bool = False, **kwargs: Any) -> None:
        self.submitting = submitting
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.submitting:
            for name in self.needed_to_submit:
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, ValidationError(_("提交前请填写此项。"), code="required"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The text to save: cleaned, without what the form was opened with."""
        return {name: value for name, value in self.cleaned_data.items() if not self.fields[name].widget.is_hidden}


class ProgressForm(EntryForm):
    # The clause that stood beside the form; a page that is older than the field does not say.
    clause = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("进展状态"), choices=ImplementationStatus.choices)
    work_done = PlainTextField(
        label=_("工作开展情况"), rows=9, help_text=_("写做了什么、覆盖多少、效果如何；只写汇总情况，不写个案。")
    )
    problems = PlainTextField(label=_("存在问题"), rows=4)
    next_steps = PlainTextField(label=_("下步措施"), rows=4)

    needed_to_submit = ("work_done",)

    @classmethod
    def of(cls, progress: Progress) -> ProgressForm:
        return cls(
            initial={
                "lock_version": progress.lock_version,
                "clause": progress.clause_id,
                "status": progress.status,
                "work_done": progress.work_done,
                "problems": progress.problems,
                "next_steps": progress.next_steps,
            }
        )

    def shows(self, progress: Progress) -> None:
        """What is sent from this page, which is shown again, was written beside the clause as it is now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["clause"] = str(progress.clause_id)
        self.data = data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.submitting and cleaned.get("status") == ImplementationStatus.NOT_STARTED and cleaned.get("work_done"):
            self.add_error("status", ValidationError(_("已写了工作情况，请选择相应的进展状态。"), code="status"))
        return cleaned


class DutyForm(EntryForm):
    statement = PlainTextField(
        label=_("报送内容"),
        rows=14,
        help_text=_("年度工作情况、主要成效、存在的问题和下一步打算。只写汇总情况，不写个案。"),
    )

    needed_to_submit = ("statement",)

    @classmethod
    def of(cls, duty: Duty) -> DutyForm:
        return cls(initial={"lock_version": duty.lock_version, "statement": duty.statement})


class FigureForm(forms.Form):
    name = LineField(label=_("指标"), max_length=60)
    value = LineField(label=_("数值"), max_length=60)
    unit = LineField(label=_("计量单位"), max_length=20)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name, written = cleaned.get("name", ""), cleaned.get("value", "")
        if not name and "name" not in self.errors and (written or cleaned.get("unit")):
            self.add_error("name", ValidationError(_("请写明是什么数据。"), code="required"))
        if written and "value" not in self.errors:
            cleaned["number"] = self._number_in(written, cleaned.get("unit", ""))
        return cleaned

    def _number_in(self, written: str, unit: str) -> Decimal | None:
        value = amount_in(written, unit)
        if why := why_refused(value):
            self.add_error("value", ValidationError(why, code="number"))
        return value


class _FigureSet(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        names = [form.cleaned_data["name"] for form in self.forms if form.cleaned_data.get("name")]
        repeated = {name for name in names if names.count(name) > 1}
        for form in self.forms:
            if form.cleaned_data.get("name") in repeated:
                form.add_error("name", ValidationError(_("这项指标写了两次，请合并。"), code="repeated"))

    def inputs(self) -> list[FigureInput]:
        """The rows that have a name, in their order."""
        return [
            FigureInput(
                name=form.cleaned_data["name"],
                value=form.cleaned_data.get("number"),
                unit=form.cleaned_data.get("unit", ""),
                as_written=form.cleaned_data.get("value", ""),
            )
            for form in self.forms
            if form.cleaned_data.get("name")
        ]


FigureSet = forms.formset_factory(
    FigureForm, formset=_FigureSet, extra=2, max_num=30, absolute_max=40, validate_max=True
)


def figures_of(progress: Progress) -> list[dict[str, Any]]:
    """Initial data of a FigureSet."""
    return [{"name": figure.name, "value": figure.as_written, "unit": figure.unit} for figure in progress.figures.all()]


class ReturnForm(forms.Form):
    # What the reviewer was looking at: a text that was withdrawn and submitted anew meanwhile is another one.
    lock_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    reason = PlainTextField(
        label=_("退回理由"),
        required=True,
        rows=4,
        max_length=2000,
        error_messages={"required": _("退回必须写明理由。")},
    )
