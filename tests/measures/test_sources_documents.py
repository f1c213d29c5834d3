"""Word documents, web pages and pdf files in detail."""

from __future__ import annotations

import pytest

from measures.sources import Kind, Sheet, Unreadable, read_source
from tests.measures.samples import W, numbered, paragraph, word


def levels(*definitions: tuple[str, str], extra: str = "") -> str:
    return "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{extra}<w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for index, (format, text) in enumerate(definitions)
    )


def numbering(*abstracts: str, nums: str = "") -> str:
    definitions = "".join(
        f'<w:abstractNum w:abstractNumId="{key}">{content}</w:abstractNum>' for key, content in enumerate(abstracts, 1)
    )
    nums = nums or "".join(
        f'<w:num w:numId="{key}"><w:abstractNumId w:val="{key}"/></w:num>' for key in range(1, len(abstracts) + 1)
    )
    return f"<w:numbering {W}>{definitions}{nums}</w:numbering>"


def styles(content: str) -> str:
    return f"<w:styles {W}>{content}</w:styles>"


def lines(data: bytes) -> list[str]:
    return read_source(data).text.split("\n")


# --- Numbers that Word generates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "text", "printed"),
    [
        ("chineseCounting", "%1、", ["一、", "二、", "十、", "十一、", "二十、", "二十一、"]),
        ("chineseCountingThousand", "第%1章", ["第一章", "第二章", "第十章", "第十一章", "第二十章", "第二十一章"]),
        ("japaneseCounting", "（%1）", ["（一）", "（二）", "（十）", "（十一）", "（二十）", "（二十一）"]),
        ("ideographDigital", "%1、", ["一、", "二、", "一〇、", "一一、", "二〇、", "二一、"]),
        ("decimal", "%1.", ["1.", "2.", "10.", "11.", "20.", "21."]),
        ("decimalFullWidth", "%1．", ["１．", "２．", "１０．", "１１．", "２０．", "２１．"]),
        ("decimalEnclosedCircle", "%1", ["①", "②", "⑩", "⑪", "⑳", "㉑"]),
        ("decimalZero", "%1)", ["01)", "02)", "10)", "11)", "20)", "21)"]),
        ("upperLetter", "%1.", ["A.", "B.", "J.", "K.", "T.", "U."]),
        ("lowerRoman", "%1.", ["i.", "ii.", "x.", "xi.", "xx.", "xxi."]),
        ("ideographTraditional", "%1、", ["甲、", "乙、", "癸、", "甲、", "癸、", "甲、"]),
        ("chineseLegalSimplified", "%1、", ["壹、", "贰、", "壹拾、", "壹拾壹、", "贰拾、", "贰拾壹、"]),
        ("bullet", "\uf06c", ["•"] * 6),
        ("bullet", "——", ["——"] * 6),
        ("none", "", [""] * 6),
    ],
)
def test_formats_of_numbers(format, text, printed):
    document = word("".join(numbered("甲", 1) for _ in range(21)), numbering=numbering(levels((format, text))))

    found = lines(document)

    mark = " 甲" if format == "bullet" else "甲"
    assert [found[index] for index in (0, 1, 9, 10, 19, 20)] == [f"{number}{mark}" for number in printed]


def test_levels_start_again_below_a_new_one_above():
    body = "".join(numbered("项", 1, level) for level in (0, 1, 2, 2, 1, 2, 0, 1, 2))
    document = word(
        body,
        numbering=numbering(
            levels(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%1.%2.%3 "))
        ),
    )

    assert lines(document) == [
        "一、项",
        "（一）项",
        "一.一.1 项",
        "一.一.2 项",
        "（二）项",
        "一.二.1 项",
        "二、项",
        "（一）项",
        "二.一.1 项",
    ]


def test_a_level_that_never_starts_again_counts_on():
    definition = levels(("decimal", "%1章")) + (
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlRestart w:val="0"/><w:isLgl/>'
        '<w:suff w:val="nothing"/><w:lvlText w:val="第%2条"/></w:lvl>'
    )
    body = "".join(numbered("", 1, level) for level in (0, 1, 1, 0, 1))

    assert lines(word(body, numbering=numbering(definition))) == ["1章", "第1条", "第2条", "2章", "第3条"]


def test_lists_share_their_count_unless_one_starts_anew():
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    body = "".join(numbered("", key) for key in (1, 1, 2, 3, 3, 0))

    document = word(body + paragraph("完"), numbering=numbering(levels(("decimal", "%1.")), nums=nums))

    assert lines(document) == ["1.", "2.", "3.", "5.", "6.", "", "完"]


def test_numbers_come_through_styles_and_what_they_are_based_on():
    sheet = styles(
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '</w:pPr></w:style><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:numPr>'
        '<w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Own">'
        '<w:basedOn w:val="H2"/></w:style><w:style w:type="paragraph" w:styleId="Plain"><w:basedOn w:val="H2"/><w:pPr>'
        '<w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
    )
    body = "".join(
        paragraph(text, f'<w:pStyle w:val="{style}"/>')
        for text, style in (("总则", "H1"), ("目的", "H2"), ("依据", "Own"), ("正文", "Plain"), ("附则", "H1"))
    )

    document = word(
        body, styles=sheet, numbering=numbering(levels(("chineseCounting", "%1、"), ("chineseCounting", "（%2）")))
    )

    assert lines(document) == ["一、总则", "（一）目的", "（二）依据", "正文", "二、附则"]


# --- What stands in a document ------------------------------------------------------------------------------------


def test_tracked_changes_are_taken_as_accepted():
    body = (
        '<w:p><w:r><w:t>市公安局</w:t></w:r><w:ins w:id="1"><w:r><w:t>牵头</w:t></w:r></w:ins><w:del w:id="2"><w:r>'
        "<w:delText>配合</w:delText></w:r></w:del><w:r><w:t>负责。</w:t></w:r></w:p>"
        '<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr><w:r><w:t>市民</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>政局配合。</w:t></w:r></w:p>"
    )

    source = read_source(word(body))

    assert source.text == "市公安局牵头负责。\n市民政局配合。"
    assert source.notes == ["文件里有修订痕迹：插入的文字已读入，删除的文字没有读入。请核对是否为定稿。"]


def test_line_breaks_tabs_and_signs_are_kept():
    body = (
        "<w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t><w:noBreakHyphen/><w:t>四</w:t>"
        '<w:sym w:font="Wingdings" w:char="F0FC"/></w:r><w:hyperlink><w:r><w:t>五</w:t></w:r></w:hyperlink>'
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r></w:p>'
    )

    assert read_source(word(body)).text == "一\n二\t三-四•五"


def test_text_boxes_footnotes_contents_and_hidden_words_are_told_of():
    box = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>'
        "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
        "<w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = (
        paragraph("一、总则\t1", '<w:pStyle w:val="TOC1"/>')
        + f'<w:p><w:r><w:t>正文</w:t></w:r>{box}<w:r><w:footnoteReference w:id="2"/></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r></w:p>"
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    sheet = styles('<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>')

    source = read_source(word(body, footnotes=notes, styles=sheet))

    assert source.text == "正文\n框内"
    assert source.notes == [
        "文件里有 1 个文本框，其中的文字放在所在段落之后，请核对位置。",
        "文件里有隐藏的文字，没有读入。",
        "文件里的目录没有读入。",
        "文件里有 1 条脚注，没有放入正文：〔1〕见附件。",
    ]


def test_tables_within_tables_and_merged_cells():
    def cell(content: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"

    inner = f"<w:tbl><w:tr>{cell(paragraph('内1'))}{cell(paragraph('内2'))}</w:tr></w:tbl>"
    first = cell(paragraph("甲"), '<w:vMerge w:val="restart"/>')
    first += cell(paragraph("乙") + paragraph("丙"), '<w:gridSpan w:val="2"/>')
    second = cell(paragraph(""), "<w:vMerge/>") + cell(inner + paragraph("")) + cell(paragraph("丁"))
    body = f"<w:tbl><w:tr>{first}</w:tr><w:tr>{second}</w:tr></w:tbl>"

    source = read_source(word(paragraph("前") + body + paragraph("后")))

    assert source.text == "前\n甲\t乙 丙\n\t内1 内2\t丁\n后"
    assert source.sheets == [
        Sheet("表1", [["甲", "乙\n丙"], ["", "内1\t内2", "丁"]], merges=[(0, 0, 1, 0), (0, 1, 0, 2)]),
        Sheet("表2", [["内1", "内2"]]),
    ]


# --- Web pages ----------------------------------------------------------------------------------------------------


def page(body: str, head: str = "<meta charset='utf-8'>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset='utf-8'>", "utf-8"),
        ("<meta charset='utf-8'>", "gb18030"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=gb2312'>", "gb18030"),
        ("<meta charset='nonsense'>", "utf-8"),
        ("<meta charset='hex'>", "utf-8"),
        ("", "utf-8"),
        ("", "gb18030"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
    ],
)
def test_web_pages_in_the_encodings_in_use(head, encoding):
    data = page("<p>一、开展反拐宣传。</p><p>喆镕㛃</p>", head).encode(encoding)

    assert read_source(data).text == "一、开展反拐宣传。\n喆镕㛃"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>一 \n 二<br>三</p>四<div>五<span> 六</span></div>", "一 二\n三\n四\n五 六"),
        ("<form><p>整页都在表单里<input value='x'><button>提交</button></p></form>", "整页都在表单里"),
        ("<ol><li>甲</li><li value='5'>乙</li><li>丙</li></ol>", "1. 甲\n5. 乙\n6. 丙"),
        ("<ol style='list-style-type:cjk-ideographic' start='9'><li>甲<li>乙</ol>", "九、甲\n十、乙"),
        ("<ol type='a' reversed><li>甲</li><li>乙</li></ol><ul><li>丙</li></ul>", "b. 甲\na. 乙\n丙"),
        ("<pre>一\n  二</pre>", "一\n  二"),
        ("<table><tr><td><p>正文一</p><p>正文二</p></td></tr></table>", "正文一\n正文二"),
        (
            "<table><tr><td>文号</td><td>某发〔2026〕1号</td></tr><tr><td>日期</td><td>今天</td></tr></table>",
            "文号：某发〔2026〕1号\n日期\t今天",
        ),
        ("<p>【字体：大 中 小】</p><p>正文</p><p>打印 | 关闭</p>", "正文"),
        ("<div class='nav'>首页</div><div class='nav'>一。二。三。</div>", "一。二。三。"),
        ("<p>&#19968;&nbsp;二&lt;</p>", "一\u00a0二<"),
    ],
)
def test_blocks_of_a_web_page(body, text):
    assert read_source(page(body).encode()).text == text


def test_tables_of_a_web_page():
    body = (
        "<table><tr><th rowspan=2>任务</th><th colspan=2>责任</th></tr><tr><th>牵头</th><th>配合</th></tr>"
        "<tr><td>宣传</td><td>公安局<br>法院</td><td></td></tr><tr hidden><td>暗</td></tr></table>"
    )

    source = read_source(page(body).encode())

    assert source.kind == Kind.HTML
    assert source.text == "任务\t责任\n牵头\t配合\n宣传\t公安局 法院"
    assert source.sheets == [
        Sheet(
            "表1",
            [["任务", "责任"], ["", "牵头", "配合"], ["宣传", "公安局\n法院"], ["暗"]],
            merges=[(0, 0, 1, 0), (0, 1, 0, 2)],
            hidden_rows=[3],
        )
    ]


def test_a_web_page_that_is_cut_off_is_told_of():
    source = read_source(page("<p>一、总则</p><p>二、分").encode()[:-14])

    assert source.text == "一、总则\n二、分"
    assert source.notes == ["网页没有结尾，可能没有保存完整，请核对最后的内容，或重新保存后再导入。"]


def test_a_web_page_in_no_known_encoding_is_refused():
    with pytest.raises(Unreadable, match="编码无法辨认"):
        read_source(b"<html><body>" + b"\xff\xfe\xfd" * 100)
