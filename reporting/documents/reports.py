"""Annual and consolidated reports as official documents: the working text, and what was filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from django.conf import settings
from django.utils import translation

from reporting.models import AnnualReport, Filing
from reporting.report_structure import Leveled, numbered
from reporting.services.report_material import Material, material_of
from reporting.snapshots import Snapshot

from .content import Block, Document, Heading
from .cutting import blocks_of
from .report_tables import annexes

_CLOSING = "特此报告。"


class Written(Leveled, Protocol):
    """A section of any kind: of the working text, or frozen."""

    heading: str
    body: str


W = TypeVar("W", bound=Written)


def document_of(report: AnnualReport, *, today: date | None = None) -> Document:
    """The report as it stands now, marked as a draft; a constant number of queries.

    Where nobody has written a date, room is left for it; with ``today`` that day stands there, as it will when it is
    filed.
    """
    return compose(report, material_of(report), signed_on=report.dated_on or today, is_draft=True)


def document_of_filing(filing: Filing) -> Document:
    """The document that was filed, whatever was written since. Raises MalformedSnapshot."""
    return Snapshot.from_json(filing.snapshot).document


def compose(report: AnnualReport, material: Material, *, signed_on: date | None, is_draft: bool) -> Document:
    """Put the document together: plain Chinese, whatever language the person reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return Document(
            title=report.title,
            addressee=report.addressee,
            blocks=blocks_of_sections(material.sections),
            signatory=report.signatory,
            signed_on=signed_on,
            number=report.document_number,
            closing=_CLOSING,
            annexes=annexes(material.figures, material.measures, of_conference=report.department_id is None),
            attachments=tuple(file.name for file in material.files),
            is_draft=is_draft,
        )


def blocks_of_sections(sections: Iterable[Written]) -> tuple[Block, ...]:
    """Headings with their texts. What stays empty, with everything below it, is not printed and takes no number."""
    blocks: list[Block] = []
    for number, section in numbered(printed(sections)):
        blocks.append(Heading(section.level, f"{number}{section.heading}"))
        blocks += blocks_of(section.body, below=section.level)
    return tuple(blocks)


def printed(sections: Iterable[W]) -> list[W]:
    """Those that have a text, or stand above one that has."""
    kept: list[W] = []
    # From the end: a heading stays if its own text, or one that is kept below it, is there.
    for section in reversed(list(sections)):
        if section.body.strip() or (kept and kept[-1].level > section.level):
            kept.append(section)
    return kept[::-1]
