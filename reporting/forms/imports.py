"""Forms of the import pages: a file to read, and what a document says of itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from departments.access import access_of
from departments.models import Conference, User
from departments.sensitive import find_sensitive, refusal
from measures.importing.proposal import target_of
from measures.models import Plan, PlanImport
from measures.sources import MAX_BYTES

ACCEPT = ".docx,.txt,.html,.htm,.pdf,.xlsx,.xls,.csv"


def conferences_of(user: User) -> Any:
    """The conferences whose plans ``user`` administers, own ones first."""
    access = access_of(user)
    # Databases disagree on whether nothing comes first.
    rows = Conference.objects.order_by(F("upper__code").asc(nulls_first=True), "code")
    if access.administers_all:
        return rows
    own = access.administrator_of
    return rows.filter(pk__in=own) | rows.filter(upper__in=own)


class PlanFileForm(forms.Form):
    """A file, whose plan it is, and of which plan it is to be a version."""

    conference = forms.ModelChoiceField(label=_("联席会议"), queryset=Conference.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Word（docx）、文本、网页、带文字的 PDF，或责任分解表（xlsx、xls、csv），不超过 20 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        max_length=255,
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的。")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["conference"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = conferences_of(user)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("文件太大，上限是 20 MB。"), code="size")
        if findings := find_sensitive(file.name):
            raise ValidationError(_("文件名%(why)s") % {"why": refusal(findings)}, code="sensitive")
        return file


class HeadingForm(forms.Form):
    """What a document says of itself, to be set right where it was not found or not read well."""

    title = forms.CharField(label=_("题名"), max_length=200, required=False)
    document_number = forms.CharField(label=_("文号"), max_length=60, required=False)
    issued_by = forms.CharField(label=_("发文机关"), max_length=100, required=False)
    issued_on = forms.DateField(
        label=_("成文日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    starts_year = forms.IntegerField(label=_("起始年"), min_value=1990, max_value=2100, required=False)
    ends_year = forms.IntegerField(label=_("终止年"), min_value=1990, max_value=2100, required=False)
    plan = forms.ModelChoiceField(
        label=_("归入计划"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("按文号和题名自动归入；没有的，作为新计划"),
    )

    def __init__(self, *args: Any, plan_import: PlanImport, **kwargs: Any) -> None:
        names = ("title", "document_number", "issued_by", "issued_on", "starts_year", "ends_year", "plan")
        kwargs.setdefault("initial", {name: getattr(plan_import, name) for name in names})
        super().__init__(*args, **kwargs)
        if target_of(plan_import) is not None:
            for name in ("starts_year", "ends_year"):
                self.fields[name].help_text = _("归入已有计划时，起止年份以原计划为准，不会改变。")
        field = self.fields["plan"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Plan.objects.filter(conference=plan_import.conference_id)

    def clean_issued_on(self) -> Any:
        day = self.cleaned_data["issued_on"]
        if day is not None and not 1949 <= day.year <= 2100:
            raise ValidationError(_("年份应在 1949 至 2100 之间。"), code="year")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("title", "document_number", "issued_by"):
            if findings := find_sensitive(cleaned.get(name) or ""):
                self.add_error(name, ValidationError(refusal(findings), code="sensitive"))
        starts, ends = cleaned.get("starts_year"), cleaned.get("ends_year")
        if starts and ends and ends < starts:
            self.add_error("ends_year", ValidationError(_("终止年不能早于起始年。"), code="order"))
        return cleaned
