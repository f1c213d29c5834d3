"""会议纪要: minutes of a meeting, in the form that GB/T 9704-2012, 10.3 has for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reporting.documents.content import Block, Document, Form, Heading, Labelled, Paragraph
from reporting.documents.cutting import blocks_of
from reporting.documents.wording import chinese_date, heading_number, listed

from .phrases import sentence


@dataclass(frozen=True, slots=True)
class Attending:
    """A unit and who came for it, as 「张三、李四（代）」."""

    unit: str
    people: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, who does it and until when."""

    text: str
    unit: str = ""
    due_on: date | None = None


def minutes(
    *,
    conference: str,
    meeting: str,
    held_on: date,
    place: str,
    chair: str,
    signatory: str,
    signed_on: date,
    agenda: Sequence[str] = (),
    text: str = "",
    decisions: Sequence[Decision] = (),
    present: Sequence[Attending] = (),
    excused: Sequence[Attending] = (),
    observing: Sequence[Attending] = (),
    recorded_by: str = "",
    number: str = "",
    masthead: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """The minutes of 「{conference}{meeting}」, as of 「2026年第1次专题会议」.

    ``text`` is what was said, as typed; ``number`` as 「〔2026〕1号」 or 「第1期」. Minutes carry no seal: who issues
    them and when stands below the number.
    """
    where = f"在{place}" if place else ""
    opening = f"{chinese_date(held_on)}，{chair}{where}主持召开{conference}{meeting}"
    said = blocks_of(text, below=1)
    parts: list[tuple[str, list[Block]]] = []
    if agenda:
        parts.append(("会议议题", [Paragraph(f"{n}.{sentence(item)}") for n, item in enumerate(agenda, 1)]))
    if said:
        parts.append(("会议情况", list(said)))
    if decisions:
        parts.append(("议定事项", [Paragraph(_decided(n, item)) for n, item in enumerate(decisions, 1)]))
    blocks: list[Block] = [Paragraph(f"{opening}。现将会议有关情况纪要如下：")]
    for n, (name, inside) in enumerate(parts, start=1):
        blocks += [Heading(1, f"{heading_number(1, n)}{name}"), *inside]
    blocks += [
        Labelled(label, _people(attending))
        for label, attending in (("出席", present), ("请假", excused), ("列席", observing))
        if attending
    ]
    if recorded_by:
        blocks.append(Labelled("记录", recorded_by))
    return Document(
        title=f"{conference}{meeting}纪要",
        addressee="",
        blocks=tuple(blocks),
        signatory=signatory,
        signed_on=signed_on,
        number=number,
        masthead=masthead,
        copies_to=copies_to,
        form=Form.MINUTES,
        is_sealed=False,
    )


def _decided(place: int, decision: Decision) -> str:
    """「（一）……。（责任单位：市公安局；完成时限：2026年6月30日）」."""
    tail = [f"责任单位：{decision.unit}"] if decision.unit else []
    if decision.due_on:
        tail.append(f"完成时限：{chinese_date(decision.due_on)}")
    return f"{heading_number(2, place)}{sentence(decision.text)}" + (f"（{'；'.join(tail)}）" if tail else "")


def _people(attending: Sequence[Attending]) -> str:
    """「市公安局、市民政局」, with people 「市公安局　张三、李四；市民政局　王五」."""
    if not any(one.people for one in attending):
        return listed(one.unit for one in attending)
    return "；".join(f"{one.unit}　{one.people}".rstrip("　") for one in attending)
