"""The papers of an office as official documents: minutes, circulars, letters of supervision, assessments.

Plain Chinese, whatever language the person reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.conf import settings
from django.utils import timezone, translation

from departments.models import Conference
from reporting.assessment_columns import ResultColumn, columns_of, finding_text, name_of, split, value_of
from reporting.circular_texts import span_of
from reporting.documents import letters
from reporting.documents.content import (
    Annex,
    Block,
    Column,
    ColumnKind,
    Document,
    Heading,
    Labelled,
    Paragraph,
    Table,
)
from reporting.documents.cutting import blocks_of
from reporting.documents.wording import chinese_date, listed
from reporting.enums import (
    AssessmentKind,
    AssessmentState,
    AttendanceKind,
    CircularState,
    Finding,
    MeetingState,
    SupervisionKind,
)
from reporting.facts import Facts
from reporting.models import Assessment, AssessmentResult, Attendance, Circular, Meeting, Supervision

# The number that somebody has typed before an item; the document counts by itself.
_NUMBER = re.compile(
    r"\s*(?:\d{1,2}[.、．]|[（(]\d{1,2}[）)]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])\s*"
)


def _items(text: str) -> list[str]:
    """The lines of a text, each an item without its number."""
    return [item for line in text.split("\n") if (item := _NUMBER.sub("", line, count=1).strip())]


# --- Minutes ------------------------------------------------------------------------------------------------------


def minutes_document(meeting: Meeting, rows: Iterable[Attendance]) -> Document:
    """会议纪要: when, where and under whom, what was decided, who came. A draft until it is filed."""
    with translation.override(settings.LANGUAGE_CODE):
        conference, seats = meeting.conference, list(rows)
        filed = timezone.localtime(meeting.filed_at) if meeting.filed_at else None
        document = letters.minutes(
            # Most meetings are called by the name of their conference anyway.
            conference="" if "联席会议" in meeting.title else conference.name,
            meeting=meeting.title.removesuffix("纪要"),
            held_on=meeting.held_on,
            place=meeting.place,
            chair=meeting.chair or conference.office_name,
            present=_attending(seats, AttendanceKind.PRESENT, AttendanceKind.SUBSTITUTE),
            excused=_attending(seats, AttendanceKind.EXCUSED),
            signatory=conference.office_name,
            signed_on=filed.date() if filed else meeting.held_on,
        )
        opening, *people = document.blocks
        agenda = "；".join(item.rstrip("。；") for item in _items(meeting.agenda))
        absent = listed(one.unit for one in _attending(seats, AttendanceKind.ABSENT))
        blocks = (
            opening,
            *((Paragraph(f"会议议题：{agenda}。"),) if agenda else ()),
            # Whoever writes minutes gives them their own headings.
            *blocks_of(meeting.minutes),
            *people,
            *((Labelled("缺席", absent),) if absent else ()),
        )
        return replace(document, blocks=blocks, is_draft=meeting.state != MeetingState.FILED)


def _attending(rows: Iterable[Attendance], *kinds: AttendanceKind) -> list[letters.Attending]:
    return [letters.Attending(row.department.name, _people(row)) for row in rows if row.kind in kinds]


def _people(row: Attendance) -> str:
    if row.kind != AttendanceKind.SUBSTITUTE:
        return row.note
    return f"{row.note}（代）" if row.note else "（委托出席）"


# --- Circulars and supervision ------------------------------------------------------------------------------------


def circular_document(circular: Circular) -> Document:
    """通报, a draft until it is issued."""
    closing = "特此通报。"
    return Document(
        title=circular.title,
        addressee=circular.addressee,
        blocks=blocks_of(circular.body),
        signatory=circular.conference.office_name,
        signed_on=circular.issued_on,
        number=circular.document_number,
        closing="" if circular.body.rstrip().endswith(closing) else closing,
        is_draft=circular.state != CircularState.ISSUED,
    )


def supervision_document(supervision: Supervision) -> Document:
    """挂牌督办通知书 or 警示通知书, to the conference of the area where it has one."""
    with translation.override(settings.LANGUAGE_CODE):
        write = letters.supervision_notice if supervision.kind == SupervisionKind.LISTED else letters.warning_notice
        return write(
            area=supervision.area,
            addressee=_addressee(supervision),
            reasons=supervision.reason,
            demands=[letters.Demand(item) for item in _items(supervision.demands)],
            report_by=supervision.due_on,
            signatory=supervision.conference.office_name,
            signed_on=supervision.opened_on,
            number=supervision.document_number,
        )


def lifting_document(supervision: Supervision) -> Document:
    """解除通知: what had been ordered, and why it may end. Only of one that was lifted."""
    assert supervision.lifted_on is not None  # noqa: S101 - supervision_lifted_with_reason holds in the database
    with translation.override(settings.LANGUAGE_CODE):
        if supervision.kind == SupervisionKind.LISTED:
            return letters.lifting_notice(
                area=supervision.area,
                addressee=_addressee(supervision),
                opened_on=supervision.opened_on,
                findings=supervision.lift_reason,
                signatory=supervision.conference.office_name,
                signed_on=supervision.lifted_on,
                opened_number=supervision.document_number,
            )
        opened_on, lifted_on = chinese_date(supervision.opened_on), chinese_date(supervision.lifted_on)
        return Document(
            title=f"关于解除对{supervision.area}警示的通知",
            addressee=_addressee(supervision),
            blocks=(
                Paragraph(f"{opened_on}对{supervision.area}反拐工作作出的警示，自{lifted_on}起解除。解除依据如下："),
                *blocks_of(supervision.lift_reason),
            ),
            signatory=supervision.conference.office_name,
            signed_on=supervision.lifted_on,
            closing="特此通知。",
        )


def _addressee(supervision: Supervision) -> str:
    return supervision.supervised.name if supervision.supervised is not None else ""


# --- Assessments --------------------------------------------------------------------------------------------------


def assessment_document(assessment: Assessment, results: Iterable[AssessmentResult]) -> Document:
    """The assessment with the tables of units and districts across the sheet; a draft until it is published."""
    with translation.override(settings.LANGUAGE_CODE):
        units, districts = split(results)
        published = assessment.published_at
        return Document(
            title=assessment.title,
            addressee="",
            blocks=tuple(_chapters(assessment, units, districts)),
            signatory=assessment.conference.office_name,
            signed_on=timezone.localtime(published).date() if published else None,
            annexes=tuple(
                Annex(title, (_table(assessment, rows, of_districts=of_districts),))
                for title, rows, of_districts in (
                    ("成员单位评估结果", units, False),
                    ("区县评估结果", districts, True),
                )
                if rows
            ),
            is_draft=assessment.state != AssessmentState.PUBLISHED,
        )


def _chapters(
    assessment: Assessment, units: Sequence[AssessmentResult], districts: Sequence[AssessmentResult]
) -> list[Block]:
    criteria = [str(row.get_kind_display()) for row in assessment.criteria.all() if row.is_used]
    whom = f"{len(units)}个成员单位" + (f"、{len(districts)}个区县" if districts else "")
    counted = assessment.counted_at
    scope = f"评估{span_of(assessment)}反拐工作，评估对象为{whom}，评估指标为{'、'.join(criteria)}。"
    if counted:
        scope += f"数据统计截至{chinese_date(timezone.localtime(counted).date())}。"
    blocks: list[Block] = [Heading(1, "一、评估范围"), Paragraph(scope)]
    if assessment.summary.strip():
        blocks += [Heading(1, "二、总体评价"), *blocks_of(assessment.summary, below=1)]
    blocks.append(Heading(1, f"{'三' if assessment.summary.strip() else '二'}、评估结果"))
    blocks += [Paragraph(line) for line in _outcome([*units, *districts])]
    return blocks


def _outcome(results: Sequence[AssessmentResult]) -> list[str]:
    lines = []
    for finding, words in ((Finding.COMMEND, "拟予表彰"), (Finding.CRITICISE, "拟予通报批评")):
        names = [name_of(row) for row in results if row.finding == finding]
        if names:
            lines.append(f"{words}：{'、'.join(names)}。")
    return [*lines, "各单位情况见附件。"]


def _table(assessment: Assessment, rows: Sequence[AssessmentResult], *, of_districts: bool) -> Table:
    columns = columns_of(assessment, of_districts=of_districts)
    return Table(
        caption="",
        columns=(
            Column("区县" if of_districts else "单位", width=10),
            *(Column(str(column.label), width=4, kind=ColumnKind.NUMBER) for column in columns),
            Column("结论", width=6),
            Column("评议依据", width=16),
        ),
        rows=tuple(_cells(row, columns) for row in rows),
        landscape=True,
    )


def _cells(row: AssessmentResult, columns: Sequence[ResultColumn]) -> tuple[str, ...]:
    facts = Facts.from_json(row.facts)
    values = (value_of(column, row, facts) for column in columns)
    numbers = ("" if value is None else str(value) for value in values)
    return (name_of(row), *numbers, finding_text(row), row.grounds)


def title_of_assessment(conference: Conference, kind: str, first: int, last: int) -> str:
    """What an assessment is called unless its office says otherwise."""
    span = f"{last}年度" if first == last else f"{first}—{last}年"
    words = "阶段性评估" if kind == AssessmentKind.STAGE else "终期评估"
    return f"{conference.name}关于{span}反拐工作{words}情况的报告"
