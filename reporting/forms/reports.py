"""Forms of reports: any number of sections, and the head, in one form that carries what it was opened with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reporting.forms.fields import LineField, PlainTextField
from reporting.models import AnnualReport, ReportSection
from reporting.services.report_writing import HEAD_FIELDS, Head, Seen, Written, seen_of, seen_of_head

# A chapter may quote a whole year; a document longer than this is no report any more.
_MOST_CHARACTERS = 100_000
_HEAD = "head"
_MARK = re.compile(r"(head|\d{1,18})\.(\d{1,9})\.([0-9a-f]{12})")


class ReportForm(forms.Form):
    """The sections that a page shows, ``body-<id>`` each, and the head where the page shows that.

    ``lock_version`` says in which version, and with which words, each of them was shown: what the person has not
    touched is not written, and what somebody else has written meanwhile is not overwritten unseen. A field that was
    not sent is none that was emptied: what is stored stays.
    """

    head_fields = HEAD_FIELDS

    lock_version = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    title = LineField(label=_("题名"), required=True, max_length=200)
    addressee = LineField(label=_("主送"), max_length=300)
    signatory = LineField(label=_("署名"), required=True, max_length=200)
    document_number = LineField(label=_("文号"), max_length=60, help_text=_("如“渝教委文〔2026〕5号”；没有的不填。"))
    dated_on = forms.DateField(
        label=_("成文日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("不填的，以报送当天为成文日期。"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        report: AnnualReport,
        sections: Sequence[ReportSection] = (),
        with_head: bool = False,
    ) -> None:
        shown = Written(seen_of_head(report) if with_head else None, {row.pk: seen_of(row) for row in sections})
        stored = {name: getattr(report, name) for name in HEAD_FIELDS} if with_head else {}
        stored |= {name_of(section): section.body for section in sections}
        self.unsent = set() if data is None else {name for name in stored if name not in data}
        if self.unsent:
            data = data.copy()
            for name in self.unsent:
                data[name] = "" if stored[name] is None else str(stored[name])
        super().__init__(data, initial={"lock_version": marks_of(shown)})
        self.year = report.year
        self.with_head = with_head
        self.sections = list(sections)
        for name in HEAD_FIELDS:
            if with_head:
                self.fields[name].initial = getattr(report, name)
            else:
                del self.fields[name]
        for section in sections:
            # What is there may be saved again, however long compiling has made it.
            most = max(_MOST_CHARACTERS, len(section.body))
            self.fields[name_of(section)] = PlainTextField(
                label=section.heading, initial=section.body, max_length=most, rows=_rows_for(section.body)
            )

    def clean_dated_on(self) -> date | None:
        """A report is of its year, or of the year after it, in which most are written."""
        day: date | None = self.cleaned_data["dated_on"]
        if day is not None and day.year not in (self.year, self.year + 1):
            message = _("成文日期须在%(year)d年或%(next)d年内。")
            raise ValidationError(message, code="year", params={"year": self.year, "next": self.year + 1})
        return day

    def clean_lock_version(self) -> dict[str, Seen]:
        """What each part was shown with. A part that the form shows and the mark does not name is none of this page."""
        marks = {
            found[1]: Seen(int(found[2]), found[3])
            for found in map(_MARK.fullmatch, self.cleaned_data["lock_version"].split(" "))
            if found is not None
        }
        shown = {str(section.pk) for section in self.sections} | ({_HEAD} if self.with_head else set())
        if shown - set(marks):
            raise ValidationError(_("页面已经过期，请复制您写的文字，刷新后再填。"), code="expired")
        return marks

    def bodies(self) -> dict[int, str]:
        """The sections that were sent."""
        return {row.pk: self.cleaned_data[name_of(row)] for row in self.sections if name_of(row) not in self.unsent}

    def valid_bodies(self) -> dict[int, str]:
        """Of a form with faults, the sections that were sent and have none."""
        left_out = self.unsent | set(self.errors)
        return {row.pk: self.cleaned_data[name_of(row)] for row in self.sections if name_of(row) not in left_out}

    def seen(self) -> dict[int, Seen]:
        return {section.pk: self.cleaned_data["lock_version"][str(section.pk)] for section in self.sections}

    def head(self) -> Head | None:
        return Head(**{name: self.cleaned_data[name] for name in HEAD_FIELDS}) if self.with_head else None

    def seen_head(self) -> Seen | None:
        return self.cleaned_data["lock_version"][_HEAD] if self.with_head else None

    def still_shown(self, written: Written) -> Written:
        """The marks of the page from now on: of what was written the new ones, of what was not kept those it had."""
        head = written.head or (self.seen_head() if self.with_head else None)
        return Written(head, self.seen() | written.sections)

    def field_of(self, section: ReportSection) -> forms.BoundField:
        return self[name_of(section)]

    def shows(self, sections: Mapping[int, ReportSection], head: AnnualReport | None) -> None:
        """What is sent from this page, which shows these as they are now, was written knowing them."""
        marks = dict(self.cleaned_data["lock_version"])
        marks |= {str(pk): seen_of(section) for pk, section in sections.items()}
        if head is not None:
            marks[_HEAD] = seen_of_head(head)
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["lock_version"] = _joined(marks)
        self.data = data


class ReopenForm(forms.Form):
    reason = PlainTextField(
        label=_("重新打开的理由"),
        required=True,
        rows=3,
        max_length=2000,
        error_messages={"required": _("重新打开必须写明理由。")},
    )


def name_of(section: ReportSection) -> str:
    return f"body-{section.pk}"


def marks_of(shown: Written) -> str:
    """What a form carries about what it shows; also what autosaving answers."""
    marks = {str(pk): seen for pk, seen in shown.sections.items()}
    return _joined(marks | ({_HEAD: shown.head} if shown.head is not None else {}))


def _joined(marks: Mapping[str, Seen]) -> str:
    return " ".join(f"{part}.{seen.version}.{seen.digest}" for part, seen in marks.items())


def _rows_for(body: str) -> int:
    """As tall as what stands in it, within reason: about forty characters a line."""
    lines = sum(1 + len(line) // 40 for line in body.split("\n"))
    return min(max(lines + 1, 4), 24)
