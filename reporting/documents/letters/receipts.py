"""回执: that a report was received, when, and by which its content can be recognised."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from reporting.documents.content import Column, Document, Paragraph, Table
from reporting.documents.wording import chinese_date

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_COLUMNS = (Column("项目", 8), Column("内容", 22))


def filing_receipt(
    *,
    receipt_number: str,
    report_title: str,
    reporter: str,
    recipient: str,
    year: int,
    filed_at: datetime,
    due_on: date,
    digest: str,
    filed_by: str = "",
    extended_to: date | None = None,
    first_filed_at: datetime | None = None,
    report_number: str = "",
) -> Document:
    """报送回执 from the recipient to who reported. ``filed_at`` is a moment with its zone; it counts in Shanghai.

    Late is what was filed after the day of the deadline, or of the extension; what was returned and is filed again is
    as late as it was the first time (``first_filed_at``). ``digest`` is the report's SHA-256.
    """
    moment = filed_at.astimezone(_SHANGHAI)
    first = first_filed_at.astimezone(_SHANGHAI) if first_filed_at is not None else moment
    late = (first.date() - (extended_to or due_on)).days
    due = chinese_date(due_on) + (f"（经同意延期至{chinese_date(extended_to)}）" if extended_to else "")
    rows = [
        ("回执编号", receipt_number),
        ("报送单位", reporter),
        ("报告名称", report_title),
        ("报告文号", report_number),
        ("所属年度", f"{year}年"),
        ("首次报送时间", _moment_text(first) if first != moment else ""),
        ("报送时间", _moment_text(moment)),
        ("报送时限", due),
        ("报送情况", f"逾期{late}日报送" if late > 0 else "按时报送"),
        ("报送人", filed_by),
        ("接收单位", recipient),
        ("校验码（SHA-256）", "\n".join((digest[:32], digest[32:]))),
    ]
    return Document(
        title="年度报告报送回执",
        addressee=reporter,
        blocks=(
            Paragraph(f"你单位报送的《{report_title}》已收悉。有关信息如下："),
            Table("", _COLUMNS, tuple((name, value) for name, value in rows if value)),
            Paragraph("校验码由报送时的报告内容计算得出，可用于核对所存报告与报送时是否一致。"),
        ),
        signatory=recipient,
        signed_on=moment.date(),
        is_sealed=False,
    )


def _moment_text(moment: datetime) -> str:
    return f"{chinese_date(moment)}{moment:%H时%M分%S秒}"
