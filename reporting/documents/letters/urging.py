"""催办函: what is owed, to one unit or to many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reporting.documents.content import Block, Column, ColumnKind, Document, Heading, Paragraph, Table
from reporting.documents.wording import chinese_date, listed

from .phrases import sentence, we, written

_COLUMNS = (
    Column("序号", 7, ColumnKind.CENTRED),
    Column("单位", 16),
    Column("催办事项", 25),
    Column("依据", 14),
    Column("时限", 24, ColumnKind.CENTRED),
    Column("目前情况", 14, ColumnKind.CENTRED),
)


@dataclass(frozen=True, slots=True)
class Urged:
    """One thing that one unit owes; ``basis`` is the clause, as 「第七部分（三）」."""

    unit: str
    duty: str
    due_on: date
    basis: str = ""


def urge_letter(
    urged: Sequence[Urged],
    *,
    year: int,
    reply_by: date,
    signatory: str,
    signed_on: date,
    plan: str = "",
    number: str = "",
    masthead: str = "",
    note: str = "",
    contact: str = "",
    copies_to: tuple[str, ...] = (),
) -> Document:
    """A letter to all units that are named in ``urged``; a table where there are several.

    ``reply_by`` is the day by which to answer, ``plan`` the title of the plan without its marks 《》, ``note`` what
    the sender adds, ``contact`` whom to ask. Lateness is counted on ``signed_on``.
    Raises ValueError if nothing is urged.
    """
    if not urged:
        raise ValueError("nothing is urged")
    units = tuple(dict.fromkeys(item.unit for item in urged))
    by = f"按照《{plan}》和年度工作安排" if plan else "按照年度工作安排"
    owed = "下列单位应当办理的有关事项" if len(units) > 1 else "你单位应当办理的下列事项"
    blocks: list[Block] = [
        Paragraph(f"{by}，{owed}，截至{chinese_date(signed_on)}尚未收到办理情况。现将有关要求函告如下："),
        Heading(1, "一、催办事项"),
        *_items(urged, signed_on, several=len(units) > 1),
        Heading(1, "二、办理要求"),
        Paragraph(f"请于{chinese_date(reply_by)}前办理完毕，并将办理情况报送{we(signatory)}。"),
        Paragraph(
            "原定时限不因催办而顺延。时限尚未届满、因客观原因确需延期的，请在到期前提出书面申请，"
            "写明理由和拟完成时间；未经同意的，仍按原定时限办理。"
        ),
    ]
    if note.strip():
        blocks += [Heading(1, "三、其他事项"), *written(note)]
    return Document(
        title=f"关于催办{year}年度反拐工作有关事项的函",
        addressee=listed(units),
        blocks=tuple(blocks),
        signatory=signatory,
        signed_on=signed_on,
        number=number,
        masthead=masthead,
        closing="特此函告。",
        copies_to=copies_to,
        note=f"联系人：{contact}" if contact else "",
    )


def _items(urged: Sequence[Urged], today: date, *, several: bool) -> list[Block]:
    if several:
        rows = tuple(
            (str(place), item.unit, item.duty, item.basis, chinese_date(item.due_on), _standing(item.due_on, today))
            for place, item in enumerate(urged, start=1)
        )
        return [Table("催办事项清单", _COLUMNS, rows)]
    return [
        Paragraph(f"{place}.{sentence(_item(item, today))}" if len(urged) > 1 else sentence(_item(item, today)))
        for place, item in enumerate(urged, start=1)
    ]


def _item(item: Urged, today: date) -> str:
    basis = f"（{item.basis}）" if item.basis else ""
    return f"{item.duty.rstrip('。；')}{basis}，时限为{chinese_date(item.due_on)}，{_standing(item.due_on, today)}"


def _standing(due_on: date, today: date) -> str:
    days = (today - due_on).days
    if days > 0:
        return f"已逾期{days}日"
    return "当日到期" if days == 0 else f"距到期{-days}日"
