"""Forms of the dictionary and of a unit's sheet. They validate and return domain values; they save nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models import Conference, Department
from departments.models.units import DepartmentQuerySet
from departments.names import search_key
from reporting.amounts import amount_in, why_refused
from reporting.enums import Reporters
from reporting.forms.fields import LineField, PlainTextField
from reporting.models import Indicator
from reporting.models.figures import MEANING
from reporting.services.figures import Sheet, SheetInput
from reporting.services.figures.dictionary import why_not_beginning

_OF_CLAUSES = (Reporters.CLAUSE_LEADS, Reporters.CLAUSE_PARTIES)


# --- A unit's sheet -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The fields of one indicator."""

    indicator: Indicator
    value: forms.BoundField
    cannot: forms.BoundField
    why: forms.BoundField

    @property
    def is_wrong(self) -> bool:
        return bool(self.value.errors or self.cannot.errors or self.why.errors)


class SheetForm(forms.Form):
    """Three fields for each indicator that is asked of the unit; what else is sent is not looked at.

    A field that was not sent is none that was emptied: what is stored of it stays (``_completed``).
    """

    lock_version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, sheet: Sheet) -> None:
        initial: dict[str, Any] = {"lock_version": sheet.row.lock_version}
        self.unsent: set[int] = set()
        super().__init__(None if data is None else self._completed(data, sheet), initial=initial)
        self.indicators = sheet.indicators
        for indicator in sheet.indicators:
            value, cannot, why = _names(indicator)
            figure = sheet.figures.get(indicator.pk)
            empty = forms.TextInput(attrs={"placeholder": _("未填"), "autocomplete": "off", "size": 12})
            self.fields[value] = LineField(label=indicator.name, max_length=60, widget=empty)
            self.fields[cannot] = forms.BooleanField(label=_("无法统计"), required=False)
            self.fields[why] = LineField(label=_("说明"), max_length=300)
            if figure is not None:
                initial |= {value: figure.as_written, cannot: figure.cannot_be_counted, why: figure.explanation}

    def _completed(self, data: Any, sheet: Sheet) -> Any:
        """What was sent, with what is stored in the place of fields that a page did not have, or lost."""
        data = data.copy()
        for indicator in sheet.indicators:
            value, cannot, why = _names(indicator)
            if not any(name in data for name in (value, cannot, why)):
                self.unsent.add(indicator.pk)
            figure = sheet.figures.get(indicator.pk)
            if figure is None:
                continue
            # A browser sends no box that is not ticked: that it is empty is said by the number beside it.
            if value not in data and cannot not in data and figure.cannot_be_counted:
                data[cannot] = "on"
            data.setdefault(value, figure.as_written)
            data.setdefault(why, figure.explanation)
        return data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for indicator in self.indicators:
            value, cannot, _why = _names(indicator)
            written = cleaned.get(value)
            if not written:
                continue
            number = amount_in(written, indicator.unit)
            if refusal := why_refused(number):
                self.add_error(value, ValidationError(refusal, code="number"))
            elif cleaned.get(cannot):
                self.add_error(value, ValidationError(_("既填了数值，又选了“无法统计”，请只留一项。"), code="both"))
            else:
                cleaned[f"{value}-number"] = number
        return cleaned

    def rows(self) -> Iterator[SheetRow]:
        for indicator in self.indicators:
            yield SheetRow(indicator, *(self[name] for name in _names(indicator)))

    def inputs(self) -> list[SheetInput]:
        """What was typed, of the indicators whose fields are right: one that is not stays as it is stored."""
        found = []
        for indicator in self.indicators:
            value, cannot, why = _names(indicator)
            if indicator.pk in self.unsent or any(name in self.errors for name in (value, cannot, why)):
                continue
            found.append(
                SheetInput(
                    indicator=indicator.pk,
                    value=self.cleaned_data.get(f"{value}-number"),
                    as_written=self.cleaned_data[value],
                    cannot_be_counted=self.cleaned_data[cannot],
                    explanation=self.cleaned_data[why],
                )
            )
        return found

    def typed(self) -> Iterator[tuple[Indicator, str]]:
        """Everything that was typed, right or wrong, in words."""
        for row in self.rows():
            if row.indicator.pk in self.unsent:
                continue
            words = [str(field.value() or "").strip() for field in (row.value, row.why)]
            words.insert(1, str(row.cannot.label) if row.cannot.value() else "")
            if any(words):
                yield row.indicator, " · ".join(word for word in words if word)


def _names(indicator: Indicator) -> tuple[str, str, str]:
    return f"value-{indicator.pk}", f"cannot-{indicator.pk}", f"why-{indicator.pk}"


# --- The dictionary -----------------------------------------------------------------------------------------------


class IndicatorForm(forms.Form):
    """One indicator. ``fixed``: numbers were reported under its meaning, which is only shown then."""

    name = LineField(label=_("指标"), max_length=60, required=True)
    unit = LineField(label=_("计量单位"), max_length=20, help_text=_("如“人次”“万元”；填报时只填数字。"))
    definition = PlainTextField(label=_("定义"), rows=3, max_length=2000, help_text=_("数的是什么，不数什么。"))
    method = PlainTextField(label=_("计算方法"), rows=2, max_length=2000, help_text=_("怎样数，如何去重，哪一天的数。"))
    source = LineField(label=_("资料来源"), max_length=200)
    is_cumulative = forms.BooleanField(
        label=_("累计数"), required=False, help_text=_("从计划起始年算起的累计；各年不再相加。")
    )
    is_summed = forms.BooleanField(
        label=_("可加总"), required=False, initial=True, help_text=_("比率、平均数不能加总，只列出。")
    )
    reporters = forms.ChoiceField(
        label=_("填报单位"), choices=Reporters.choices, widget=forms.RadioSelect, initial=Reporters.MEMBERS
    )
    departments: forms.ModelMultipleChoiceField[Department] = forms.ModelMultipleChoiceField(
        label=_("指定单位"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("填报单位为“指定单位”时选择。"),
    )
    clause_path = forms.ChoiceField(
        label=_("对应条款"), required=False, help_text=_("选了条款的，填报该条进展时同时列出这项指标。")
    )
    for_districts = forms.BooleanField(
        label=_("区县同口径填报"), required=False, help_text=_("区县的数随区县年度报告报来，计入合计。")
    )
    asks_above_percent = forms.IntegerField(
        label=_("变动超过百分之几时询问"),
        required=False,
        min_value=1,
        max_value=10_000,
        initial=50,
        help_text=_("与上年相比；空着为不询问。"),
    )
    position = forms.IntegerField(label=_("排序"), required=False, min_value=0, max_value=9999, initial=0)
    starts_year = forms.IntegerField(label=_("启用年度"), required=False, min_value=2000, max_value=2100)
    code = LineField(label=_("代码"), max_length=20, help_text=_("空着则自动编号。"))

    def __init__(
        self,
        data: Any = None,
        *,
        conference: Conference,
        departments: DepartmentQuerySet,
        clauses: list[tuple[str, str]],
        indicator: Indicator | None = None,
        fixed: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.conference, self.indicator = conference, indicator
        if indicator is not None:
            initial = {name: getattr(indicator, name) for name in self.base_fields if name != "departments"}
            initial["departments"] = [unit for unit in indicator.departments.filter(conference=conference.pk)]
        super().__init__(data, initial=initial)
        self.fields["departments"].queryset = departments  # type: ignore[attr-defined]
        known = {path for path, _label in clauses}
        kept = indicator.clause_path if indicator is not None and indicator.clause_path not in known else ""
        self.fields["clause_path"].choices = [  # type: ignore[attr-defined]
            ("", _("（不对应条款）")),
            *([(kept, _("%(path)s（本年计划中没有）") % {"path": kept})] if kept else []),
            *clauses,
        ]
        # A page that was opened before the first number came in sends the meaning too: whoever changed it is told.
        for name in MEANING if fixed and (data is None or "name" not in data) else ():
            self.fields[name].disabled = True

    def clean_name(self) -> str:
        """Two indicators of one name would ask for the same number twice."""
        name: str = self.cleaned_data["name"]
        here = Q(conference=self.conference)
        if self.conference.upper_id is not None:
            here |= Q(conference=self.conference.upper_id, for_districts=True)
        asked = Indicator.objects.filter(here, ends_year=None)
        if self.indicator is not None:
            asked = asked.exclude(pk=self.indicator.pk)
        for other in asked:
            if search_key(other.name) != search_key(name):
                continue
            if other.conference_id == self.conference.pk:
                raise ValidationError(_("已有同名的指标；口径要变的，请先停用原来的。"), code="same")
            raise ValidationError(_("上级联席会议已统一要求这项指标，不必另建。"), code="above")
        return name

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"] or self._next_code()
        taken = Indicator.objects.filter(conference=self.conference, code=code)
        if self.indicator is not None:
            taken = taken.exclude(pk=self.indicator.pk)
        if taken.exists():
            raise ValidationError(_("本联席会议已有这个代码的指标。"), code="taken")
        return code

    def _next_code(self) -> str:
        """「Z01」, 「Z02」 …: what nobody has used yet."""
        if self.indicator is not None:
            return self.indicator.code
        used = set(Indicator.objects.filter(conference=self.conference).values_list("code", flat=True))
        return next(code for code in (f"Z{number:02d}" for number in range(1, len(used) + 2)) if code not in used)

    def clean_position(self) -> int:
        return int(self.cleaned_data["position"] or 0)

    def clean_starts_year(self) -> int | None:
        starts_year: int | None = self.cleaned_data["starts_year"]
        if refusal := why_not_beginning(self.conference.pk, starts_year, current=self.indicator):
            raise ValidationError(refusal, code="closed")
        return starts_year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        reporters = cleaned.get("reporters")
        if reporters in _OF_CLAUSES and "clause_path" in cleaned and not cleaned["clause_path"]:
            self.add_error("clause_path", ValidationError(_("按条款确定填报单位的，请选择条款。"), code="required"))
        # A number that the districts alone report names no unit here.
        names_nobody = "departments" in cleaned and not cleaned["departments"] and not cleaned.get("for_districts")
        if reporters == Reporters.NAMED and names_nobody:
            self.add_error("departments", ValidationError(_("请至少指定一个单位。"), code="required"))
        starts_year = cleaned.get("starts_year")
        ends_year = self.indicator.ends_year if self.indicator else None
        if starts_year and ends_year and starts_year > ends_year:
            self.add_error("starts_year", ValidationError(_("启用年度不能晚于停用前最后年度。"), code="years"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The fields of the model."""
        return {name: value for name, value in self.cleaned_data.items() if name != "departments"}

    def named(self) -> list[Department]:
        """The units that the indicator names; none where who reports is said otherwise."""
        if self.cleaned_data["reporters"] != Reporters.NAMED:
            return []
        return list(self.cleaned_data["departments"])


class EndForm(forms.Form):
    """The last year in which an indicator is asked for."""

    after = forms.TypedChoiceField(label=_("最后填报年度"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, year: int) -> None:
        super().__init__(data, initial={"after": year})
        self.fields["after"].choices = [  # type: ignore[attr-defined]
            (year, _("%(year)d 年（下一年起停用）") % {"year": year}),
            (year - 1, _("%(year)d 年（本年起停用）") % {"year": year - 1}),
        ]


class UnitsForm(forms.Form):
    """Which of a district's units report a number that the conference above asks of districts."""

    departments: forms.ModelMultipleChoiceField[Department] = forms.ModelMultipleChoiceField(
        label=_("由哪些单位填报"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, departments: DepartmentQuerySet, named: list[Department]) -> None:
        super().__init__(data, initial={"departments": named})
        self.fields["departments"].queryset = departments  # type: ignore[attr-defined]
