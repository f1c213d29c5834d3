"""Forms of meetings. They validate and return domain values; they save and notify nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.enums import AttendanceKind, MeetingKind
from reporting.forms.fields import DayField, LineField, PlainTextField
from reporting.forms.papers import MOST_OF_A_PAPER, VersionForm
from reporting.models import Attendance, Meeting
from reporting.services.meetings import AttendanceInput, Particulars


class MeetingForm(forms.Form):
    """What a meeting is, when and where; ``year`` is the year in which it must lie."""

    # What the form was opened with; empty for a meeting that is only being planned.
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("类型"),
        choices=MeetingKind.choices,
        help_text=gettext_lazy("要求「专题会议」的，只有专题会议的纪要归档后才算完成。"),
    )
    title = LineField(label=gettext_lazy("会议名称"), required=True, max_length=200)
    held_on = DayField(label=gettext_lazy("日期"))
    place = LineField(label=gettext_lazy("地点"), max_length=100)
    chair = LineField(label=gettext_lazy("主持"), max_length=100, help_text=gettext_lazy("如：联席会议召集人"))
    agenda = PlainTextField(
        label=gettext_lazy("议程"), rows=4, help_text=gettext_lazy("分析研判形势、制定下一步措施等，每项一行。")
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        self.year = year
        super().__init__(*args, **kwargs)

    @classmethod
    def of(cls, meeting: Meeting) -> MeetingForm:
        now = Particulars.of(meeting)
        initial = {name: getattr(now, name) for name in cls.base_fields if name != "seen"}
        return cls(initial={**initial, "seen": now.seal}, year=meeting.year)

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if day.year != self.year:
            raise ValidationError(_("日期须在%(year)d年内。") % {"year": self.year}, code="year")
        return day

    def particulars(self) -> Particulars:
        return Particulars(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})


class MinutesForm(VersionForm):
    minutes = PlainTextField(
        label=gettext_lazy("纪要"),
        rows=16,
        max_length=MOST_OF_A_PAPER,
        help_text=gettext_lazy(
            "议定事项写明责任单位和时限。标题可写「一、」「（一）」「1.」，Word 文件按公文格式排版。"
        ),
    )

    @classmethod
    def of(cls, meeting: Meeting) -> MinutesForm:
        return cls(initial={"lock_version": meeting.lock_version, "minutes": meeting.minutes})


class _SeatForm(forms.Form):
    """One unit's row."""

    kind = forms.ChoiceField(choices=AttendanceKind.choices)
    note = LineField(max_length=100)

    def __init__(self, row: Attendance, data: Any = None) -> None:
        self.row = row
        super().__init__(data, prefix=f"seat-{row.pk}", initial={"kind": row.kind, "note": row.note})
        for name, label in (("kind", _("出席情况")), ("note", _("出席人或说明"))):
            self.fields[name].label = label
            self.fields[name].widget.attrs["aria-label"] = f"{row.department} {label}"


class AttendanceForm(VersionForm):
    """All units' rows (``seats``) as one form."""

    def __init__(self, meeting: Meeting, rows: Iterable[Attendance], data: Any = None) -> None:
        super().__init__(data, initial={"lock_version": meeting.attendance_version})
        self.seats = [_SeatForm(row, data) for row in rows]

    def is_valid(self) -> bool:
        return super().is_valid() and all([seat.is_valid() for seat in self.seats])

    def inputs(self) -> list[AttendanceInput]:
        return [
            AttendanceInput(pk=seat.row.pk, kind=seat.cleaned_data["kind"], note=seat.cleaned_data["note"])
            for seat in self.seats
        ]
