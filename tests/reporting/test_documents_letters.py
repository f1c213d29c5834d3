"""Short official documents: what they say, and what they leave out."""

from datetime import UTC, date, datetime

import pytest

from reporting.documents.content import Column, Document, Form, Heading, Labelled, Paragraph, Table
from reporting.documents.letters import (
    Attending,
    Cited,
    Decision,
    Demand,
    Urged,
    commendation,
    criticism,
    filing_receipt,
    lifting_notice,
    minutes,
    supervision_notice,
    urge_letter,
    warning_notice,
)

OFFICE = "重庆市反拐工作联席会议办公室"
CONFERENCE = "重庆市反拐工作联席会议"
DAY = date(2026, 12, 16)
REPORT = "报送2026年度反拐工作情况"


def words(document: Document) -> list[str]:
    """The texts of the blocks, tables as their rows."""
    lines: list[str] = []
    for block in document.blocks:
        match block:
            case Heading(_, text, run_on):
                lines.append(text + run_on)
            case Paragraph(text):
                lines.append(text)
            case Labelled(label, text):
                lines.append(f"{label}：{text}")
            case Table():
                lines += ["｜".join(row) for row in block.rows]
    return lines


# --- 催办函 -----------------------------------------------------------------------------------------------------------


def urge(*urged, **values):
    return urge_letter(urged, year=2026, reply_by=date(2026, 12, 20), signatory=OFFICE, signed_on=DAY, **values)


def test_letter_to_one_unit_says_what_is_owed_and_until_when():
    letter = urge(
        Urged("市民政局", REPORT, date(2026, 12, 15), "第七部分（三）"), plan="实施细则", number="渝反拐办〔2026〕12号"
    )

    assert letter.title == "关于催办2026年度反拐工作有关事项的函"
    assert (letter.addressee, letter.number, letter.closing) == ("市民政局", "渝反拐办〔2026〕12号", "特此函告。")
    assert words(letter) == [
        "按照《实施细则》和年度工作安排，你单位应当办理的下列事项，截至2026年12月16日尚未收到办理情况。现将有关要求函告如下：",
        "一、催办事项",
        "报送2026年度反拐工作情况（第七部分（三）），时限为2026年12月15日，已逾期1日。",
        "二、办理要求",
        "请于2026年12月20日前办理完毕，并将办理情况报送我办。",
        "原定时限不因催办而顺延。时限尚未届满、因客观原因确需延期的，请在到期前提出书面申请，"
        "写明理由和拟完成时间；未经同意的，仍按原定时限办理。",
    ]


def test_several_things_for_one_unit_are_numbered():
    letter = urge(Urged("市民政局", REPORT, DAY), Urged("市民政局", "报送统计表。", date(2026, 12, 20)))

    assert words(letter)[2:4] == [
        "1.报送2026年度反拐工作情况，时限为2026年12月16日，当日到期。",
        "2.报送统计表，时限为2026年12月20日，距到期4日。",
    ]


def test_letter_to_many_units_has_a_table():
    letter = urge(Urged("市民政局", REPORT, DAY), Urged("市教委", REPORT, date(2026, 12, 1)))

    assert letter.addressee == "市民政局、市教委"
    assert words(letter)[2:4] == [
        "1｜市民政局｜报送2026年度反拐工作情况｜｜2026年12月16日｜当日到期",
        "2｜市教委｜报送2026年度反拐工作情况｜｜2026年12月1日｜已逾期15日",
    ]


def test_note_of_the_letter_is_a_part_of_its_own():
    letter = urge(Urged("市民政局", REPORT, DAY), note="请同步报送电子版", contact="张三")

    assert words(letter)[-2:] == ["三、其他事项", "请同步报送电子版。"]
    assert letter.note == "联系人：张三"


def test_letter_that_urges_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        urge()


# --- 通报 -------------------------------------------------------------------------------------------------------------


def test_commendation_names_units_with_their_grounds():
    notice = commendation(
        [Cited("市公安局", "按时报送，质量较高"), Cited("市民政局", "救助扎实。\n机制健全。")],
        year=2026,
        addressee="各成员单位",
        signatory=CONFERENCE,
        signed_on=DAY,
    )

    assert words(notice)[0].endswith("决定对市公安局等2个单位予以通报表扬。")
    assert words(notice)[2:6] == ["（一）市公安局。按时报送，质量较高。", "（二）市民政局", "救助扎实。", "机制健全。"]


def test_criticism_says_until_when_to_report():
    notice = criticism(
        [Cited("市某局", "经两次催办仍未报送")],
        year=2026,
        addressee="各成员单位",
        signatory=CONFERENCE,
        signed_on=DAY,
        rectify_by=date(2027, 2, 20),
        basis="督促检查情况",
    )

    assert words(notice)[0].startswith("根据督促检查情况，")
    assert "决定对市某局予以通报批评。" in words(notice)[0]
    assert "于2027年2月20日前将整改情况书面报送联席会议办公室" in words(notice)[4]


@pytest.mark.parametrize("kind", [commendation, criticism])
def test_notice_that_names_nobody_is_refused(kind):
    with pytest.raises(ValueError, match="no unit"):
        kind([], year=2026, addressee="各成员单位", signatory=OFFICE, signed_on=DAY)


# --- 会议纪要 -----------------------------------------------------------------------------------------------------------


def test_minutes_have_agenda_decisions_and_who_was_there():
    paper = minutes(
        conference=CONFERENCE,
        meeting="2026年第1次专题会议",
        held_on=date(2026, 3, 5),
        place="市公安局",
        chair="张三",
        signatory=OFFICE,
        signed_on=date(2026, 3, 8),
        agenda=["分析研判形势", "审议工作要点。"],
        decisions=[Decision("开展摸排", "市公安局", date(2026, 6, 30)), Decision("加强宣传")],
        present=[Attending("市公安局", "张三、李四"), Attending("市民政局", "王五")],
        excused=[Attending("市交通局"), Attending("市教委")],
    )

    assert (paper.form, paper.title) == (Form.MINUTES, "重庆市反拐工作联席会议2026年第1次专题会议纪要")
    assert words(paper) == [
        "2026年3月5日，张三在市公安局主持召开重庆市反拐工作联席会议2026年第1次专题会议。现将会议有关情况纪要如下：",
        "一、会议议题",
        "1.分析研判形势。",
        "2.审议工作要点。",
        "二、议定事项",
        "（一）开展摸排。（责任单位：市公安局；完成时限：2026年6月30日）",
        "（二）加强宣传。",
        "出席：市公安局　张三、李四；市民政局　王五",
        "请假：市交通局、市教委",
    ]


def test_minutes_with_text_alone_keep_it_as_typed():
    paper = minutes(
        conference=CONFERENCE,
        meeting="专题会议",
        held_on=DAY,
        place="",
        chair="张三",
        signatory=OFFICE,
        signed_on=DAY,
        text="（一）听取汇报\n会议认为，形势平稳。",
    )

    assert words(paper)[1:] == ["一、会议情况", "（一）听取汇报", "会议认为，形势平稳。"]


# --- 挂牌督办 -----------------------------------------------------------------------------------------------------------

AREA = {
    "area": "云阳县江口镇",
    "addressee": "云阳县反拐工作联席会议",
    "signatory": CONFERENCE,
    "signed_on": date(2026, 6, 1),
}


def test_supervision_says_why_what_and_until_when():
    notice = supervision_notice(
        reasons="基础薄弱",
        demands=[Demand("全面摸排；", date(2026, 8, 31)), Demand("健全制度")],
        report_by=date(2026, 9, 10),
        **AREA,
    )

    assert words(notice)[:6] == [
        "经研究，决定自2026年6月1日起对云阳县江口镇反拐工作挂牌督办。现将有关事项通知如下：",
        "一、督办事由",
        "基础薄弱。",
        "二、督办要求",
        "1.全面摸排，于2026年8月31日前完成。",
        "2.健全制度。",
    ]
    assert "于2026年9月10日前将整改落实情况书面报送联席会议办公室。报告材料不得涉及受害人身份信息" in words(notice)[7]


def test_warning_says_what_follows():
    notice = warning_notice(reasons="宣传不足", demands=[Demand("开展宣传")], report_by=DAY, **AREA)

    assert words(notice)[-1].endswith("逾期未整改或者整改不到位的，将予以挂牌督办。")


def test_lifting_names_the_notice_that_it_ends():
    notice = lifting_notice(
        opened_on=date(2026, 6, 1),
        opened_number="渝反拐督〔2026〕1号",
        findings="均已完成",
        **(AREA | {"signed_on": DAY}),
    )

    assert notice.title == "关于解除对云阳县江口镇挂牌督办的通知"
    assert "（渝反拐督〔2026〕1号）" in words(notice)[0]
    assert "决定自2026年12月16日起解除对云阳县江口镇的挂牌督办。" in words(notice)[4]


# --- 回执 -------------------------------------------------------------------------------------------------------------


def receipt(filed_at: datetime, **values) -> dict[str, str]:
    document = filing_receipt(
        receipt_number="7",
        report_title="某局关于报送2026年度反拐工作情况的报告",
        reporter="某局",
        recipient=OFFICE,
        year=2026,
        filed_at=filed_at,
        due_on=date(2026, 12, 15),
        digest="ab" * 32,
        **values,
    )
    table = next(block for block in document.blocks if isinstance(block, Table))
    assert table.columns == (Column("项目", 8), Column("内容", 22))
    return {row[0]: row[1] for row in table.rows}


def test_receipt_says_what_was_filed_and_when_in_shanghai():
    assert receipt(datetime(2026, 12, 15, 15, 59, 59, tzinfo=UTC), filed_by="李四") == {
        "回执编号": "7",
        "报送单位": "某局",
        "报告名称": "某局关于报送2026年度反拐工作情况的报告",
        "所属年度": "2026年",
        "报送时间": "2026年12月15日23时59分59秒",
        "报送时限": "2026年12月15日",
        "报送情况": "按时报送",
        "报送人": "李四",
        "接收单位": OFFICE,
        "校验码（SHA-256）": f"{'ab' * 16}\n{'ab' * 16}",
    }


def test_filing_after_midnight_is_late():
    assert receipt(datetime(2026, 12, 15, 16, tzinfo=UTC))["报送情况"] == "逾期1日报送"


def test_filing_within_an_extension_is_not_late():
    rows = receipt(datetime(2026, 12, 18, 8, tzinfo=UTC), extended_to=date(2026, 12, 20))

    assert rows["报送情况"] == "按时报送"
    assert rows["报送时限"] == "2026年12月15日（经同意延期至2026年12月20日）"
