"""What official documents consist of: texts, numbering, cutting free text, titles, placing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.documents.characters import clean, width
from reporting.documents.content import Annex, Column, ColumnKind, Heading, Paragraph, Table
from reporting.documents.cutting import blocks_of
from reporting.documents.placing import annex_label, enclosures_of, signing_of
from reporting.documents.titles import WIDEST, title_lines
from reporting.documents.wording import chinese_date, chinese_numeral, document_number, heading_number
from tests.reporting.official import FULL, SHORT

# --- Characters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("软回车\v分页\f行分隔\u2028段分隔\u2029完", "软回车\n分页\n行分隔\n段分隔\n完"),
        ("响铃\x07删除\x7f单元格\x01", "响铃删除单元格"),
        ("半个\ud83d表情\udc00", "半个表情"),
        ("不是字\ufffe\uffff", "不是字"),
        ("制表\t符和😀👨‍👩‍👧", "制表\t符和😀👨‍👩‍👧"),
        ("　全角空格 ", "　全角空格 "),
    ],
)
def test_characters_that_no_document_can_hold_go_and_others_stay(typed, kept):
    assert clean(typed) == kept


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


def test_every_text_of_a_document_is_clean():
    table = Table("表\x00", (Column("列\x01"),), (("格\x02",),))
    annex = Annex("附\x03", (Paragraph("文\x04"),))
    document = replace(SHORT, title="题\x05", blocks=(table,), annexes=(annex,), copies_to=("抄\x06",))

    assert document == replace(
        SHORT,
        title="题",
        blocks=(Table("表", (Column("列"),), (("格",),)),),
        annexes=(Annex("附", (Paragraph("文"),)),),
        copies_to=("抄",),
    )


def test_width_counts_digits_as_halves():
    assert width("2026年12月5日") == 6.5
    assert width("“反拐”—……") == 7


# --- What cannot be -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 5])
def test_heading_of_a_level_that_there_is_not(level):
    with pytest.raises(ValueError, match="level"):
        Heading(level, "题")


def test_row_with_a_cell_too_few():
    with pytest.raises(ValueError, match="cells"):
        Table("", (Column("甲"), Column("乙")), (("一",),))


# --- Wording --------------------------------------------------------------------------------------------------------


def test_dates_and_numbers_have_no_leading_zeros():
    assert chinese_date(date(2026, 12, 5)) == "2026年12月5日"
    assert document_number("渝反拐办", 2026, 5) == "渝反拐办〔2026〕5号"


@pytest.mark.parametrize(
    ("value", "numeral"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (53, "五十三"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
    ],
)
def test_chinese_numerals(value, numeral):
    assert chinese_numeral(value) == numeral


def test_headings_are_numbered_by_their_level():
    assert [heading_number(level, 12) for level in (1, 2, 3, 4)] == ["十二、", "（十二）", "12.", "（12）"]


# --- Cutting free text ----------------------------------------------------------------------------------------------


def test_lines_become_headings_by_their_form():
    text = "一、基本情况\n\n　　（一）加强领导\r\n1.进社区\n(1)新媒体\n全年工作有序开展。  "

    assert blocks_of(text) == (
        Heading(1, "一、基本情况"),
        Heading(2, "（一）加强领导"),
        Heading(3, "1.进社区"),
        Heading(4, "(1)新媒体"),
        Paragraph("全年工作有序开展。"),
    )


def test_text_behind_a_short_heading_runs_on():
    assert blocks_of("（一）加强领导。召开会议4次。成效明显。") == (
        Heading(2, "（一）加强领导。", "召开会议4次。成效明显。"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "一、2026年以来，我局认真贯彻落实党中央、国务院决策部署，坚持预防为主、打击为要，全面推进各项反拐工作取得实效",
        "1.开展宣传活动15场次，发放材料3000份，接受咨询500余人次，受众覆盖全部乡镇街道；",
        "1.5万名群众参加了活动。",
        "（一）",
        "一是加强领导；二是加强宣传。",
        "3.开展宣传。受众3万人。",
        "2026年全年工作有序开展。",
    ],
)
def test_sentence_with_a_number_before_it_stays_a_paragraph(line):
    assert blocks_of(line) == (Paragraph(line),)


def test_nothing_breaks_out_of_the_heading_that_it_stands_under():
    text = "一、基本情况\n（一）加强领导\n1.进社区"

    assert blocks_of(text, below=2) == (Paragraph("一、基本情况"), Paragraph("（一）加强领导"), Heading(3, "1.进社区"))


def test_pasted_table_becomes_a_table():
    text = "数据如下：\n指标\t数值\n宣传场次\t56\n受众\t35,000\n以上。"

    assert blocks_of(text) == (
        Paragraph("数据如下："),
        Table(
            "",
            (Column("指标", 4), Column("数值", 6, ColumnKind.NUMBER)),
            (("宣传场次", "56"), ("受众", "35,000")),
        ),
        Paragraph("以上。"),
    )


def test_lines_indented_by_tabs_are_no_table():
    assert blocks_of("\t第一段。\n\t第二段。") == (Paragraph("第一段。"), Paragraph("第二段。"))


def test_single_line_with_a_tab_stays_a_paragraph():
    assert blocks_of("联系人\t张三") == (Paragraph("联系人\t张三"),)


@given(st.text(st.sampled_from("一二、（）()1.。；\n\t\v 国字😀"), max_size=60))
def test_cutting_loses_no_character_but_white_space(text):
    def words(block):
        match block:
            case Heading(_, head, run_on):
                return head + run_on
            case Table():
                return "".join(column.title for column in block.columns) + "".join(map("".join, block.rows))
        return block.text

    assert "".join("".join(map(words, blocks_of(text))).split()) == "".join(text.split())


# --- Titles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于催办2026年度反拐工作有关事项的函", ("关于催办2026年度反拐工作有关事项的函",)),
        ("重庆市公安局关于报送2026年度反拐工作情况的报告", ("重庆市公安局", "关于报送2026年度反拐工作情况的报告")),
        (
            "重庆市渝中区打击拐卖妇女儿童犯罪工作联席会议关于2026年反拐工作情况的报告",
            ("重庆市渝中区打击拐卖妇女儿童犯罪工作", "联席会议关于2026年反拐工作情况的报告"),
        ),
        ("自己\n分行", ("自己", "分行")),
    ],
)
def test_title_is_broken_between_words(title, lines):
    assert title_lines(title) == lines


@given(st.text(st.sampled_from("重庆市公安局关于报送2026年度、《》（）的报告"), min_size=1, max_size=100))
def test_lines_of_a_title_fit_and_lose_nothing(title):
    lines = title_lines(title)

    assert "".join(lines) == title.strip()
    assert len(lines) == 1 or all(width(line) <= WIDEST for line in lines)


# --- Enclosures, signatory and date -----------------------------------------------------------------------------------


def test_enclosures_are_numbered_where_there_are_several():
    assert [(line.label, line.number, line.name) for line in enclosures_of(FULL)] == [
        ("附件：", "1.", "数据统计表"),
        ("", "2.", "条款完成情况表"),
        ("", "3.", "工作总结.pdf"),
    ]
    assert annex_label(FULL, 2) == "附件2"


def test_single_enclosure_has_no_number():
    document = replace(SHORT, annexes=(Annex("数据统计表。", ()),))

    assert [(line.label, line.number, line.name) for line in enclosures_of(document)] == [("附件：", "", "数据统计表")]
    assert annex_label(document, 1) == "附件"


def test_sealed_date_keeps_four_characters_free_and_the_signatory_is_centred_over_it():
    signing = signing_of(SHORT)

    assert signing.date_right == 4
    middle_of_date = 28 - 4 - width("2026年12月5日") / 2
    assert (signing.left + 28 - signing.right) / 2 == middle_of_date


def test_long_signatory_keeps_two_characters_free_and_the_date_is_below_its_middle():
    signatory = "重庆市打击拐卖妇女儿童犯罪工作联席会议办公室"
    signing = signing_of(replace(SHORT, signatory=signatory))

    middle = (signing.left + 28) / 2
    assert 28 - middle - width(signatory) / 2 == 2
    assert 28 - signing.date_right - width("2026年12月5日") / 2 == middle


def test_date_without_seal_begins_two_characters_behind_the_signatory():
    signing = signing_of(replace(SHORT, signatory="重庆市反拐工作联席会议", is_sealed=False))

    assert (signing.left, signing.date_left) == (28 - 2 - 11, 28 - 2 - 11 + 2)


def test_date_without_seal_that_is_longer_than_the_signatory_keeps_two_characters_free():
    signing = signing_of(replace(SHORT, signatory="市局", is_sealed=False))

    assert signing.date_left == 28 - 2 - 6.5
    assert signing.left == signing.date_left - 2


def test_date_that_is_not_known_leaves_room_to_write_it():
    assert signing_of(replace(SHORT, signed_on=None)).date == "　　年　月　日"
