"""挂牌督办 and 警示 of an area, and how a supervision is lifted. No particulars of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reporting.documents.content import Block, Document, Heading, Paragraph
from reporting.documents.wording import chinese_date

from .phrases import sentence, we, written

_NO_CASES = "报告材料不得涉及受害人身份信息和具体案情。"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded, and until when."""

    text: str
    due_on: date | None = None


def supervision_notice(
    *,
    area: str,
    addressee: str,
    reasons: str,
    demands: Sequence[Demand],
    report_by: date,
    signatory: str,
    signed_on: date,
    since: date | None = None,
    number: str = "",
    masthead: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """挂牌督办通知书: why, what by when, and when to report; from ``since``, by default from the day it is signed."""
    blocks = (
        Paragraph(
            f"经研究，决定自{chinese_date(since or signed_on)}起对{area}反拐工作挂牌督办。现将有关事项通知如下："
        ),
        Heading(1, "一、督办事由"),
        *written(reasons),
        Heading(1, "二、督办要求"),
        *_demands(demands),
        Heading(1, "三、报告和解除"),
        Paragraph(
            f"请认真制定整改方案，明确责任单位、责任人和完成时限，于{chinese_date(report_by)}前"
            f"将整改落实情况书面报送{we(signatory)}。{_NO_CASES}"
        ),
        Paragraph("整改到位的，可以提出解除挂牌督办的申请；经核查符合要求的，按程序予以解除。"),
    )
    return _notice("反拐工作挂牌督办通知书", addressee, blocks, signatory, signed_on, number, masthead, copies_to)


def warning_notice(
    *,
    area: str,
    addressee: str,
    reasons: str,
    demands: Sequence[Demand],
    report_by: date,
    signatory: str,
    signed_on: date,
    number: str = "",
    masthead: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """警示通知书: what was noticed and what is to be done about it, before it comes to 挂牌督办."""
    blocks = (
        Paragraph(f"经研判，{area}反拐工作存在突出问题，现予以警示，并将有关事项通知如下："),
        Heading(1, "一、警示事由"),
        *written(reasons),
        Heading(1, "二、工作要求"),
        *_demands(demands),
        Heading(1, "三、报告要求"),
        Paragraph(
            f"请于{chinese_date(report_by)}前将整改落实情况书面报送{we(signatory)}。{_NO_CASES}"
            "逾期未整改或者整改不到位的，将予以挂牌督办。"
        ),
    )
    return _notice("反拐工作警示通知书", addressee, blocks, signatory, signed_on, number, masthead, copies_to)


def lifting_notice(
    *,
    area: str,
    addressee: str,
    opened_on: date,
    findings: str,
    signatory: str,
    signed_on: date,
    opened_number: str = "",
    number: str = "",
    masthead: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """解除挂牌督办的通知: what was found when the measures were checked. ``opened_number`` is that of the notice."""
    by = f"（{opened_number}）" if opened_number else ""
    blocks = (
        Paragraph(f"{chinese_date(opened_on)}起，{area}反拐工作被挂牌督办{by}。现将整改核查情况和解除事项通知如下："),
        Heading(1, "一、整改核查情况"),
        *written(findings),
        Heading(1, "二、解除决定"),
        Paragraph(f"经核查，督办要求已经落实。经研究，决定自{chinese_date(signed_on)}起解除对{area}的挂牌督办。"),
        Heading(1, "三、有关要求"),
        Paragraph("请巩固整改成果，健全长效机制，防止问题反弹，持续做好反拐工作。"),
    )
    title = f"关于解除对{area}挂牌督办的通知"
    return _notice(title, addressee, blocks, signatory, signed_on, number, masthead, copies_to)


def _notice(
    title: str,
    addressee: str,
    blocks: tuple[Block, ...],
    signatory: str,
    signed_on: date,
    number: str,
    masthead: str,
    copies_to: tuple[str, ...],
) -> Document:
    return Document(
        title=title,
        addressee=addressee,
        blocks=blocks,
        signatory=signatory,
        signed_on=signed_on,
        number=number,
        masthead=masthead,
        closing="特此通知。",
        copies_to=copies_to,
    )


def _demands(demands: Sequence[Demand]) -> list[Block]:
    written_out = [
        f"{item.text.strip().rstrip('。；，')}，于{chinese_date(item.due_on)}前完成。"
        if item.due_on
        else sentence(item.text)
        for item in demands
    ]
    if len(written_out) == 1:
        return [Paragraph(written_out[0])]
    return [Paragraph(f"{place}.{text}") for place, text in enumerate(written_out, start=1)]
