"""通报: commendation and criticism of units, with the grounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reporting.documents.content import Block, Document, Heading, Paragraph
from reporting.documents.cutting import blocks_of
from reporting.documents.wording import chinese_date, heading_number

from .phrases import sentence, we

_BASIS = "年度反拐工作评估结果"


@dataclass(frozen=True, slots=True)
class Cited:
    """A unit and why it is named; the grounds are free text."""

    unit: str
    grounds: str


def commendation(
    cited: Sequence[Cited],
    *,
    year: int,
    addressee: str,
    signatory: str,
    signed_on: date,
    basis: str = "",
    number: str = "",
    masthead: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """通报表扬. ``basis`` is what it rests on, by default the year's assessment. Raises ValueError without units."""
    blocks = (
        Paragraph(
            f"根据{basis or f'{year}{_BASIS}'}，下列单位认真履行反拐工作职责，任务落实较好。"
            f"为表扬先进、推动工作，决定对{_counted(cited)}予以通报表扬。"
        ),
        Heading(1, "一、表扬单位及事由"),
        *_citations(cited),
        Heading(1, "二、有关要求"),
        Paragraph(
            "希望受到表扬的单位珍惜荣誉、再接再厉，继续做好各项反拐工作。"
            "其他成员单位要学习先进、对照职责、补齐短板，确保计划确定的各项任务落到实处。"
        ),
    )
    return Document(
        title=f"关于对{year}年度反拐工作成绩突出单位予以表扬的通报",
        addressee=addressee,
        blocks=blocks,
        signatory=signatory,
        signed_on=signed_on,
        number=number,
        masthead=masthead,
        closing="特此通报。",
        copies_to=copies_to,
    )


def criticism(
    cited: Sequence[Cited],
    *,
    year: int,
    addressee: str,
    signatory: str,
    signed_on: date,
    rectify_by: date | None = None,
    basis: str = "",
    number: str = "",
    masthead: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """通报批评. ``rectify_by`` is the day by which to report what was mended. Raises ValueError without units."""
    report = f"，于{chinese_date(rectify_by)}前将整改情况书面报送{we(signatory)}" if rectify_by else ""
    blocks = (
        Paragraph(
            f"根据{basis or f'{year}{_BASIS}'}，下列单位履行反拐工作职责不到位，工作落实不力。"
            f"为严肃工作纪律、压实工作责任，决定对{_counted(cited)}予以通报批评。"
        ),
        Heading(1, "一、批评单位及事由"),
        *_citations(cited),
        Heading(1, "二、整改要求"),
        Paragraph(f"受到批评的单位要深刻反思、查找原因，制定整改措施，明确责任和时限{report}。"),
        Paragraph("其他成员单位要引以为戒、举一反三，切实履行职责，按时保质完成各项反拐工作任务。"),
    )
    return Document(
        title=f"关于对{year}年度反拐工作落实不力单位予以批评的通报",
        addressee=addressee,
        blocks=blocks,
        signatory=signatory,
        signed_on=signed_on,
        number=number,
        masthead=masthead,
        closing="特此通报。",
        copies_to=copies_to,
    )


def _counted(cited: Sequence[Cited]) -> str:
    """「市公安局」, or 「市公安局等3个单位」."""
    if not cited:
        raise ValueError("no unit is cited")
    return cited[0].unit if len(cited) == 1 else f"{cited[0].unit}等{len(cited)}个单位"


def _citations(cited: Sequence[Cited]) -> list[Block]:
    """（一）市公安局。And the grounds: in the same line if they are one paragraph, else below it."""
    blocks: list[Block] = []
    for place, citation in enumerate(cited, start=1):
        head = f"{heading_number(2, place)}{citation.unit}"
        grounds = blocks_of(citation.grounds, below=2)
        match grounds:
            case (Paragraph(text),):
                blocks.append(Heading(2, f"{head}。", sentence(text)))
            case _:
                blocks += [Heading(2, head), *grounds]
    return blocks
