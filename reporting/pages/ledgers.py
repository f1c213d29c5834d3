"""The page of the ledger: which part one wants, and the ledger itself as it is printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.ledgers.contents import Ledger, Line
from reporting.ledgers.parts import Part
from reporting.pages.filters import Filters

_ALL: list[tuple[str, Any]] = [("", _("全部"))]
# The words of an official document: Chinese, whatever language whoever prints it reads.
_PRINTED_HEADER = (
    "序号",
    "工作任务和具体措施",
    "牵头单位",
    "配合单位",
    "完成时限",
    "进展情况、存在问题、下步措施",
    "完成状态",
)
_PROBLEMS, _NEXT_STEPS = "问题：", "下步："


class LedgerFilters(Filters):
    """The part of the ledger, by the address bar; one that the conference does not have is all of it."""

    chapter = forms.ChoiceField(label=_("章"), required=False)
    unit = forms.ChoiceField(label=_("单位"), required=False)
    districts = forms.ChoiceField(
        label=_("区县"), required=False, choices=[("", _("不含")), ("1", _("附各区县办理状态"))]
    )

    def __init__(self, data: Any, chapters: dict[str, str], units: dict[str, str], *, has_districts: bool) -> None:
        super().__init__(data)
        self.fields["chapter"].choices = [*_ALL, *chapters.items()]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [*_ALL, *units.items()]  # type: ignore[attr-defined]
        if not has_districts:
            del self.fields["districts"]

    def part(self) -> Part:
        """A unit goes before a chapter; the districts stand only beside all of it."""
        if unit := self.value("unit"):
            return Part(unit=unit)
        if chapter := self.value("chapter"):
            return Part(chapter=chapter)
        return Part(districts=bool(self.value("districts")))


def printed(ledger: Ledger) -> dict[str, Any]:
    """The ledger as it stands on paper: all texts, however long."""
    # A chapter of principles has no measure: on paper its heading would stand over nothing.
    measures = [line.clause.path for line in ledger.lines if line.clause.is_measure]
    above = {"/".join(path.split("/")[:depth]) for path in measures for depth in range(1, path.count("/") + 1)}
    return {
        "title": ledger.title,
        "subtitle": ledger.subtitle,
        "header": _PRINTED_HEADER,
        "lines": [
            _line(line)
            for line in ledger.lines
            if line.clause.is_measure or (line.clause.kind in ("chapter", "section") and line.clause.path in above)
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    clause = line.clause
    return {
        "is_heading": not clause.is_measure,
        "number": line.number,
        "label": clause.label,
        "heading": clause.heading,
        "text": clause.text,
        "lead": "、".join(party.as_written for party in clause.lead),
        "cooperating": "、".join(party.as_written for party in clause.cooperating),
        "due": line.due,
        "said": [
            {
                "unit": one.unit,
                "work_done": one.work_done,
                "beside": [
                    (label, text) for label, text in ((_PROBLEMS, one.problems), (_NEXT_STEPS, one.next_steps)) if text
                ],
            }
            for one in line.said
        ],
        "standing": line.standing,
        "note": line.note,
    }
