"""The first draft of a circular: what is said of whom, with the grounds that the assessment gave. Plain Chinese."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from departments.models import Conference
from reporting.assessment_columns import name_of
from reporting.documents import letters
from reporting.documents.content import Document, Heading, Paragraph
from reporting.enums import CircularKind
from reporting.models import Assessment, AssessmentResult


def blank(conference: Conference, kind: CircularKind, year: int) -> tuple[str, str, str]:
    """Title, addressee and text of a circular that somebody writes from the beginning."""
    document = _letter(conference, kind, year, [letters.Cited("（单位）", "（事由）")], basis="")
    return document.title, document.addressee, ""


def from_findings(
    assessment: Assessment, kind: CircularKind, results: Iterable[AssessmentResult]
) -> tuple[str, str, str]:
    """Title, addressee and text that name whom the assessment found so, each with the grounds.

    Raises ValueError without anybody.
    """
    cited = [letters.Cited(name_of(result), result.grounds) for result in results]
    basis = f"{span_of(assessment)}反拐工作{assessment.get_kind_display()}结果"
    document = _letter(assessment.conference, kind, assessment.year, cited, basis=basis)
    return document.title, document.addressee, _text_of(document)


def _letter(
    conference: Conference, kind: CircularKind, year: int, cited: list[letters.Cited], *, basis: str
) -> Document:
    write = letters.commendation if kind == CircularKind.COMMEND else letters.criticism
    return write(
        cited,
        year=year,
        addressee=_addressee(conference),
        signatory=conference.office_name,
        signed_on=timezone.localdate(),
        basis=basis,
    )


def _addressee(conference: Conference) -> str:
    """Whom it is sent to: the districts too, where there are any."""
    districts = Conference.objects.filter(upper=conference.pk).exists()
    return "各区县反拐工作联席会议，联席会议各成员单位" if districts else "联席会议各成员单位"


def _text_of(document: Document) -> str:
    """The letter as text that can be edited and is cut into the same blocks again."""
    lines = []
    for block in document.blocks:
        match block:
            case Heading(text=text, run_on=run_on):
                lines.append(f"{text}{run_on}")
            case Paragraph(text=text):
                lines.append(text)
    return "\n".join(lines)


def span_of(assessment: Assessment) -> str:
    """「2026年度」, or the years of a final assessment."""
    if assessment.starts_year == assessment.year:
        return f"{assessment.year}年度"
    return f"{assessment.starts_year}—{assessment.year}年"
