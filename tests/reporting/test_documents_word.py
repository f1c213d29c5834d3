"""The Word file by its XML: GB/T 9704-2012 says what must be there."""

from dataclasses import replace

import pytest

from reporting.documents.content import Form, Paragraph
from tests.reporting.official import FULL, LEDGER, NAMESPACES, SHORT, W, Word, attributes, text_of


@pytest.fixture(scope="module")
def full():
    return Word(FULL)


@pytest.fixture(scope="module")
def short():
    return Word(SHORT)


# --- The sheet ------------------------------------------------------------------------------------------------------


def test_page_is_a4_with_the_prescribed_margins(short):
    (size,), (margins,) = short.find("//w:pgSz"), short.find("//w:pgMar")

    assert attributes(size) == {"w": "11906", "h": "16838"}
    found = attributes(margins)
    assert {name: found[name] for name in ("top", "left", "right", "bottom", "gutter")} == {
        "top": "2098",
        "left": "1588",
        "right": "1474",
        "bottom": "1984",
        "gutter": "0",
    }


def test_grid_has_22_lines_of_28_characters(short):
    (grid,) = short.find("//w:docGrid")
    pitch, space = int(grid.get(f"{W}linePitch")), int(grid.get(f"{W}charSpace"))

    assert grid.get(f"{W}type") == "linesAndChars"
    assert (16838 - 2098 - 1984) // pitch == 22
    assert (11906 - 1588 - 1474) // ((16 + space / 4096) * 20) == 28
    assert short.value("公文正文", "w:pPr/w:spacing/@w:line") == str(pitch)


def test_wide_table_lies_across_the_sheet_between_upright_pages():
    word = Word(replace(SHORT, blocks=(Paragraph("前"), LEDGER, LEDGER, Paragraph("后"))))

    sheets = [(size.get(f"{W}orient"), size.get(f"{W}w")) for size in word.find("//w:pgSz")]

    assert sheets == [(None, "11906"), ("landscape", "16838"), (None, "11906")]


def test_annex_that_lies_across_begins_on_its_own_sheet(full):
    sections = full.find("//w:sectPr")
    (label,) = [paragraph for paragraph in full.paragraphs("附件序号") if text_of(paragraph) == "附件2"]

    before = [section for section in sections if section in label.xpath("preceding::w:sectPr", namespaces=NAMESPACES)]

    assert len(before) == 1
    assert sections[1].find(f"{W}pgSz").get(f"{W}orient") == "landscape"


# --- Typefaces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("公文标题", "方正小标宋简体", "44"),
        ("发文机关标志", "方正小标宋简体", "96"),
        ("主送机关", "仿宋_GB2312", "32"),
        ("公文正文", "仿宋_GB2312", "32"),
        ("一级标题", "黑体", "32"),
        ("二级标题", "楷体_GB2312", "32"),
        ("三级标题", "仿宋_GB2312", "32"),
        ("四级标题", "仿宋_GB2312", "32"),
        ("附件说明", "仿宋_GB2312", "32"),
        ("发文机关署名", "仿宋_GB2312", "32"),
        ("成文日期", "仿宋_GB2312", "32"),
        ("附件序号", "黑体", "32"),
        ("附件标题", "方正小标宋简体", "44"),
        ("抄送", "仿宋_GB2312", "28"),
        ("页码（单）", "宋体", "28"),
        ("页码（双）", "宋体", "28"),
        ("表题", "黑体", "24"),
        ("表头", "黑体", "24"),
        ("表格文字", "宋体", "24"),
        ("表格数字（小）", "宋体", "21"),
    ],
)
def test_style_has_its_typeface_and_size(full, style, font, half_points):
    for kind in ("eastAsia", "ascii", "hAnsi"):
        assert full.value(style, f"w:rPr/w:rFonts/@w:{kind}") == font
    assert full.value(style, "w:rPr/w:sz/@w:val") == half_points


def test_heading_in_the_line_of_its_text_has_the_typeface_of_its_level(full):
    (line,) = [line for line in full.paragraphs("公文正文") if text_of(line).startswith("（一）")]

    assert [text_of(run) for run in line.findall(f"{W}r")] == ["（一）加强领导。", "召开会议4次。"]
    assert line.xpath("w:r/w:rPr/w:rStyle/@w:val", namespaces=NAMESPACES) == [
        full.style("二级标题字").get(f"{W}styleId")
    ]
    assert full.value("二级标题字", "w:rPr/w:rFonts/@w:eastAsia") == "楷体_GB2312"


def test_nothing_is_bold(full):
    assert [name for name in full.parts if full.parts[name].xpath("//w:b | //w:bCs", namespaces=NAMESPACES)] == []


def test_typefaces_are_declared_with_substitutes_and_not_embedded(full):
    fonts = {font.get(f"{W}name"): font for font in full.find("//w:font", "word/fontTable.xml")}
    substitutes = {name: font.find(f"{W}altName").get(f"{W}val").split(",") for name, font in fonts.items()}

    named = {
        value
        for name in full.parts
        for value in full.parts[name].xpath("//w:rFonts/@w:eastAsia", namespaces=NAMESPACES)
    }
    assert named == set(fonts)
    assert "华文中宋" in substitutes["方正小标宋简体"]
    assert "仿宋" in substitutes["仿宋_GB2312"]
    assert {"楷体", "霞鹜文楷"} <= set(substitutes["楷体_GB2312"])
    assert not [name for name in full.names if "font" in name.lower() and name != "word/fontTable.xml"]


def test_language_is_chinese(full):
    assert full.find("//w:docDefaults//w:lang/@w:eastAsia", "word/styles.xml") == ["zh-CN"]


# --- Paragraphs -----------------------------------------------------------------------------------------------------


def test_paragraphs_begin_two_characters_in(full):
    for style in ("公文正文", "一级标题", "二级标题", "三级标题", "四级标题"):
        assert full.value(style, "w:pPr/w:ind/@w:firstLineChars") == "200"


def test_headings_have_outline_levels_and_nothing_else_has(full):
    levels = {
        style.find(f"{W}name").get(f"{W}val"): style.xpath("w:pPr/w:outlineLvl/@w:val", namespaces=NAMESPACES)
        for style in full.find("//w:style", "word/styles.xml")
    }

    assert {name: found for name, found in levels.items() if found} == {
        "一级标题": ["0"],
        "二级标题": ["1"],
        "三级标题": ["2"],
        "四级标题": ["3"],
    }
    assert full.texts("一级标题") == ["一、基本情况"]
    assert full.texts("四级标题") == ["（1）新媒体"]


def test_styles_are_named_in_chinese_and_none_is_left_over_from_a_template(full):
    names = full.find("//w:style[@w:customStyle]/w:name/@w:val", "word/styles.xml")
    built_in = full.find("//w:style[not(@w:customStyle)]/w:name/@w:val", "word/styles.xml")

    assert [name for name in names if name.isascii()] == []
    assert built_in == ["Normal", "Default Paragraph Font", "Normal Table", "No List"]
    used = {id for part in full.parts.values() for id in part.xpath("//w:pStyle/@w:val", namespaces=NAMESPACES)}
    assert used <= set(full.find("//w:style/@w:styleId", "word/styles.xml"))


def test_title_is_centred_and_broken_between_words(full):
    assert full.value("公文标题", "w:pPr/w:jc/@w:val") == "center"
    assert full.texts("公文标题") == ["重庆市公安局\n关于报送2026年度反拐工作情况的报告"]


def test_addressee_is_flush_left_with_one_colon(short):
    assert short.texts("主送机关") == ["重庆市反拐工作联席会议办公室："]
    assert Word(replace(SHORT, addressee="市政府:")).texts("主送机关") == ["市政府："]
    assert short.value("主送机关", "w:pPr/w:ind/@w:firstLineChars") is None


def test_number_is_centred_between_masthead_and_red_line(full):
    assert full.texts("发文机关标志") == ["重庆市公安局文件"]
    assert full.texts("发文字号（带线）") == ["渝公〔2026〕5号"]
    assert full.value("发文字号（带线）", "w:pPr/w:jc/@w:val") == "center"
    assert full.value("发文字号（带线）", "w:pPr/w:pBdr/w:bottom/@w:color") == "FF0000"


def test_number_without_masthead_has_no_line():
    word = Word(replace(SHORT, number="渝公〔2026〕5号"))

    assert word.texts("发文字号") == ["渝公〔2026〕5号"]
    assert word.value("发文字号", "w:pPr/w:pBdr/w:bottom/@w:color") is None


def test_minutes_have_issuer_and_date_at_the_head_and_no_signatory_at_the_end():
    word = Word(replace(SHORT, form=Form.MINUTES, number="第1期"))

    assert word.texts("编发机关和日期") == ["　重庆市公安局\t2026年12月5日"]
    assert word.texts("发文机关署名") == word.texts("成文日期") == []


# --- The end of the text ----------------------------------------------------------------------------------------------


def test_enclosures_are_listed_a_line_below_the_text_and_aligned(full):
    lines = full.paragraphs("附件说明")

    assert [text_of(line) for line in lines] == ["附件：1.数据统计表", "2.条款完成情况表", "3.工作总结.pdf"]
    assert [line.xpath("string(w:pPr/w:spacing/@w:beforeLines)", namespaces=NAMESPACES) for line in lines] == [
        "100",
        "",
        "",
    ]
    assert [attributes(line.find(f"{W}pPr/{W}ind")) for line in lines] == [
        {"leftChars": "600", "left": "1895", "hangingChars": "400", "hanging": "1263"},
        {"leftChars": "600", "left": "1895", "hangingChars": "100", "hanging": "316"},
        {"leftChars": "600", "left": "1895", "hangingChars": "100", "hanging": "316"},
    ]


def test_date_keeps_four_characters_free_and_the_signatory_is_centred_over_it(short):
    (signatory,), (date,) = short.paragraphs("发文机关署名"), short.paragraphs("成文日期")

    assert text_of(date) == "2026年12月5日"
    assert short.value("成文日期", "w:pPr/w:jc/@w:val") == "right"
    assert date.find(f"{W}pPr/{W}ind").get(f"{W}rightChars") == "400"
    assert short.value("发文机关署名", "w:pPr/w:jc/@w:val") == "center"
    # The middle of the date is 7.25 characters from the edge, so the room to centre in is 14.5 wide.
    assert signatory.find(f"{W}pPr/{W}ind").get(f"{W}leftChars") == "1350"
    assert signatory.find(f"{W}pPr/{W}spacing").get(f"{W}beforeLines") == "200"


def test_signatory_and_date_never_stand_alone_on_a_page(short):
    chain = short.body.findall(f"{W}p")[-3:-1]

    assert text_of(chain[0]) == "全年工作有序开展。"
    assert chain[0].find(f"{W}pPr/{W}keepNext") is not None
    assert short.value("发文机关署名", "w:pPr/w:keepNext/@w:val") is None
    assert short.style("发文机关署名").find(f"{W}pPr/{W}keepNext") is not None


def test_several_signatories_stand_below_each_other():
    word = Word(replace(SHORT, signatory="市公安局\n市民政局"))

    assert word.texts("发文机关署名") == ["市公安局", "市民政局"]


def test_note_stands_in_brackets(full):
    assert full.texts("附注") == ["（联系人：张三）"]


def test_annexes_begin_on_new_pages_with_their_number_flush_left(full):
    assert full.texts("附件序号") == ["附件1", "附件2"]
    assert full.texts("附件标题") == ["数据统计表", "条款完成情况表"]
    assert full.style("附件序号").find(f"{W}pPr/{W}pageBreakBefore") is not None
    assert full.value("附件序号", "w:pPr/w:jc/@w:val") is None
    assert full.value("附件标题", "w:pPr/w:jc/@w:val") == "center"


def test_copies_stand_at_the_foot_of_the_last_page(full):
    assert full.texts("抄送") == ["抄送：市委政法委、市检察院。"]
    assert full.texts("印发机关和印发日期") == ["重庆市公安局办公室\t2026年12月6日印发"]
    frames = full.find("//w:framePr")
    assert len(frames) == 5
    assert {(frame.get(f"{W}vAnchor"), frame.get(f"{W}yAlign")) for frame in frames} == {("margin", "bottom")}


# --- Page numbers -----------------------------------------------------------------------------------------------------


def test_odd_and_even_pages_differ(short):
    assert short.find("//w:evenAndOddHeaders", "word/settings.xml")
    kinds = [reference.get(f"{W}type") for reference in short.find("//w:footerReference")]
    assert kinds == ["default", "even"]
    assert short.find("//w:titlePg") == []


@pytest.mark.parametrize(
    ("part", "style", "side", "edge"),
    [("word/footer1.xml", "页码（单）", "right", "right"), ("word/footer2.xml", "页码（双）", "left", "left")],
)
def test_page_number_stands_between_dashes_a_character_from_the_outer_edge(short, part, style, side, edge):
    footer = short.parts[part]

    assert text_of(footer) == "— 1 —"
    assert footer.xpath("//w:instrText/text()", namespaces=NAMESPACES) == [" PAGE "]
    assert footer.xpath("//w:pStyle/@w:val", namespaces=NAMESPACES) == [short.style(style).get(f"{W}styleId")]
    assert short.value(style, "w:pPr/w:jc/@w:val") == side
    assert short.value(style, f"w:pPr/w:ind/@w:{edge}") == "316"


def test_page_number_of_a_sheet_across_is_turned_and_stands_left_of_the_text(full):
    across = [section for section in full.find("//w:sectPr") if section.find(f"{W}pgSz").get(f"{W}orient")]
    ids = across[0].xpath("w:footerReference/@r:id", namespaces=NAMESPACES)

    assert ids == ["rIdOddAcross", "rIdEvenAcross"]
    for part in ("word/footer3.xml", "word/footer4.xml"):
        assert full.find("//w:textDirection/@w:val", part) == ["tbRl"]
        assert int(full.find("//w:tblpPr/@w:tblpX", part)[0]) < 1984


def test_upright_document_has_no_footers_across(short):
    assert [name for name in short.names if "footer" in name] == ["word/footer1.xml", "word/footer2.xml"]
