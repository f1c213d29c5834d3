"""Official documents to test with, and a look into their Word files."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from reporting.documents.content import Annex, Column, ColumnKind, Document, Form, Heading, Labelled, Paragraph, Table
from reporting.documents.word import to_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMESPACES = {"w": W[1:-1], "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}

FIGURES = Table(
    "表1　数据统计",
    (Column("序号", 2, ColumnKind.CENTRED), Column("指标", 8), Column("数值", 4, ColumnKind.NUMBER)),
    (("1", "宣传场次", "56"), ("2", "受众人数", "35,000")),
    note="注：空白表示没有填报。",
)
LEDGER = replace(FIGURES, caption="", landscape=True, note="")

SHORT = Document(
    title="重庆市公安局关于报送2026年度反拐工作情况的报告",
    addressee="重庆市反拐工作联席会议办公室",
    blocks=(Heading(1, "一、基本情况"), Paragraph("全年工作有序开展。")),
    signatory="重庆市公安局",
    signed_on=date(2026, 12, 5),
)
FULL = replace(
    SHORT,
    blocks=(
        Heading(1, "一、基本情况"),
        Heading(2, "（一）加强领导。", "召开会议4次。"),
        Heading(2, "（二）广泛宣传"),
        Heading(3, "1.进社区"),
        Heading(4, "（1）新媒体"),
        Paragraph("全年工作有序开展。"),
        FIGURES,
        Labelled("出席", "市公安局　张三"),
    ),
    closing="特此报告。",
    number="渝公〔2026〕5号",
    masthead="重庆市公安局文件",
    annexes=(Annex("数据统计表", (FIGURES,)), Annex("条款完成情况表", (LEDGER,))),
    attachments=("工作总结.pdf",),
    copies_to=("市委政法委", "市检察院"),
    issued_by="重庆市公安局办公室",
    issued_on=date(2026, 12, 6),
    note="联系人：张三",
)


# --- Any document -----------------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=()), max_size=20)
days = st.none() | st.dates()


@st.composite
def tables(draw):
    columns = draw(
        st.lists(st.builds(Column, texts, st.integers(1, 99), st.sampled_from(ColumnKind)), min_size=1, max_size=3)
    )
    rows = draw(st.lists(st.tuples(*(texts for _ in columns)), max_size=3))
    return Table(draw(texts), tuple(columns), tuple(rows), draw(st.booleans()), draw(texts))


blocks = st.lists(
    st.one_of(
        st.builds(Heading, st.integers(1, 4), texts, texts),
        st.builds(Paragraph, texts),
        st.builds(Labelled, texts, texts),
        tables(),
    ),
    max_size=4,
).map(tuple)
documents = st.builds(
    Document,
    title=texts,
    addressee=texts,
    blocks=blocks,
    signatory=texts,
    signed_on=days,
    number=texts,
    masthead=texts,
    closing=texts,
    annexes=st.lists(st.builds(Annex, texts, blocks), max_size=2).map(tuple),
    attachments=st.lists(texts, max_size=2).map(tuple),
    copies_to=st.lists(texts, max_size=2).map(tuple),
    issued_by=texts,
    issued_on=days,
    note=texts,
    form=st.sampled_from(Form),
    is_sealed=st.booleans(),
    is_draft=st.booleans(),
)


# --- A look into the file -----------------------------------------------------------------------------------------------

# The order that the schema of WordprocessingML prescribes; Word may refuse a file that does not keep it.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr pBdr shd tabs autoSpaceDE autoSpaceDN "
    "snapToGrid spacing ind jc textDirection textAlignment outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b i snapToGrid color spacing w kern position sz szCs highlight u lang",
    "tblPr": "tblStyle tblpPr tblOverlap tblW jc tblInd tblBorders tblLayout tblCellMar tblLook",
    "trPr": "cantSplit trHeight tblHeader",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection vAlign",
    "sectPr": "headerReference footerReference pgSz pgMar pgNumType cols titlePg docGrid",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr trPr tcPr",
    "settings": "zoom bordersDoNotSurroundHeader bordersDoNotSurroundFooter defaultTabStop evenAndOddHeaders "
    "drawingGridVerticalSpacing characterSpacingControl compat themeFontLang decimalSymbol listSeparator",
    "tbl": "tblPr tblGrid tr",
    "font": "altName panose1 charset family pitch sig",
}


class Word:
    """The parts of a Word file as XML, and questions about them."""

    def __init__(self, document: Document) -> None:
        self.content = to_docx(document)
        with zipfile.ZipFile(BytesIO(self.content)) as archive:
            assert archive.testzip() is None
            self.names = archive.namelist()
            self.parts: dict[str, Any] = {name: etree.fromstring(archive.read(name)) for name in self.names}

    @property
    def body(self) -> Any:
        return self.parts["word/document.xml"][0]

    def find(self, path: str, part: str = "word/document.xml") -> list[Any]:
        found: list[Any] = self.parts[part].xpath(path, namespaces=NAMESPACES)
        return found

    def paragraphs(self, style: str) -> list[Any]:
        """The paragraphs of the style that people see under this name."""
        return self.find(f"//w:p[w:pPr/w:pStyle/@w:val='{self.style(style).get(W + 'styleId')}']")

    def texts(self, style: str) -> list[str]:
        return [text_of(paragraph) for paragraph in self.paragraphs(style)]

    def style(self, name: str) -> Any:
        (style,) = self.find(f"//w:style[w:name/@w:val='{name}']", "word/styles.xml")
        return style

    def value(self, style: str, path: str) -> str | None:
        """An attribute of a style or of those that it is based on: ``value("公文正文", "w:rPr/w:sz/@w:val")``."""
        element = self.style(style)
        while element is not None:
            if found := element.xpath(path, namespaces=NAMESPACES):
                return str(found[0])
            parent = element.find(f"{W}basedOn")
            based = (
                []
                if parent is None
                else self.find(f"//w:style[@w:styleId='{parent.get(W + 'val')}']", "word/styles.xml")
            )
            element = based[0] if based else None
        return None


def text_of(element: Any) -> str:
    """What an element says: its texts, tabs and line breaks."""
    signs = {f"{W}tab": "\t", f"{W}br": "\n"}
    return "".join(
        inner.text or "" if inner.tag == f"{W}t" else signs[inner.tag]
        for inner in element.iter(f"{W}t", f"{W}tab", f"{W}br")
        if inner.getparent().tag == f"{W}r"
    )


def attributes(element: Any) -> dict[str, str]:
    """The attributes of ``w:`` by their short names."""
    return {name.removeprefix(W): value for name, value in element.attrib.items()}


def out_of_order(part: Any) -> list[str]:
    """The elements of a part whose children the schema wants in another order, or once."""
    faults = []
    for parent, order in ORDERS.items():
        for element in part.iter(f"{W}{parent}"):
            names = [inner.tag.removeprefix(W) for inner in element if inner.tag != f"{W}style"]
            places = [order.split().index(name) for name in names]
            if places != sorted(places) or (parent not in ("tbl", "sectPr") and len(set(places)) != len(places)):
                faults.append(f"{parent}: {names}")
    return faults
