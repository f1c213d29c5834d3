"""The styles of official documents, named as offices name them. Everything that has a look has a style."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from reporting.documents.content import DEEPEST_LEVEL
from reporting.documents.paper import BODY_POINTS, BODY_SPACING, CHARACTER, CHARACTERS, LINE, characters

from . import fonts
from .xml import NAMESPACES, Element, child, serialized, tag

# Identifiers of the styles; people see the names below. What stands above the text,
MASTHEAD, MASTHEAD_RULED = "OfficialMasthead", "OfficialMastheadRuled"
NUMBER, NUMBER_RULED, ISSUE = "OfficialNumber", "OfficialNumberRuled", "OfficialIssue"
TITLE, DRAFT, ADDRESSEE = "OfficialTitle", "OfficialDraft", "OfficialAddressee"
# the text, with headings as paragraphs of their own and as the beginning of one,
BODY, LABELLED, LABEL = "OfficialBody", "OfficialLabelled", "OfficialLabel"
HEADINGS = {level: f"OfficialLevel{level}" for level in range(1, DEEPEST_LEVEL + 1)}
LEADS = {level: f"OfficialLead{level}" for level in range(1, DEEPEST_LEVEL + 1)}
# tables, in 小四 and in 五号,
CAPTION, TABLE, TABLE_NOTE = "OfficialCaption", "OfficialTable", "OfficialTableNote"
CELLS = {"head": "OfficialHead", "text": "OfficialCell", "number": "OfficialFigure", "centred": "OfficialCentred"}
SMALL = "Small"
# what stands below the text and on every page, and the end of a section.
ENCLOSURES, SIGNATORY, DATE, NOTE = "OfficialEnclosures", "OfficialSignatory", "OfficialDate", "OfficialNote"
ANNEX, ANNEX_TITLE = "OfficialAnnex", "OfficialAnnexTitle"
COPIES, ISSUED, RULE, THIN_RULE = "OfficialCopies", "OfficialIssued", "OfficialRule", "OfficialThinRule"
PAGE_ODD, PAGE_EVEN, DRAFT_HEADER, BREAK = "OfficialPageOdd", "OfficialPageEven", "OfficialDraftHeader", "OfficialBreak"

RED = "FF0000"
CELL_MARGIN = 85
# A character of 4号 in characters of the text.
_COPIES_CHARACTER = 280 / CHARACTER
_SMALL_LINE, _CELL_LINE = 280, 320


@dataclass(frozen=True, slots=True)
class _Look:
    """A paragraph style. Indents in characters, ``before`` and ``after`` in lines, sizes in points."""

    id: str
    name: str
    font: str = ""
    points: float = 0
    align: str = ""
    first_line: float = 0
    left: float = 0
    right: float = 0
    hanging: float = 0
    before: float = 0
    after: float = 0
    # Twips of an exact line; 0 for what is inherited, -1 for as high as the type.
    line: int = 0
    outline: int = 0
    keep_next: bool = False
    page_break: bool = False
    ruled: bool = False
    is_filled: bool = False
    # In characters from the left, for what is pushed to the right.
    right_tab: float = 0
    color: str = ""
    parent: str = "Normal"
    next: str = ""


def _looks() -> list[_Look]:
    looks = [
        _Look(MASTHEAD, "发文机关标志", fonts.TITLE, 48, "center", line=-1, color=RED, next=NUMBER),
        _Look(MASTHEAD_RULED, "发文机关标志（带线）", parent=MASTHEAD, ruled=True, next=TITLE),
        _Look(NUMBER, "发文字号", align="center", next=TITLE),
        _Look(NUMBER_RULED, "发文字号（带线）", parent=NUMBER, ruled=True, next=TITLE),
        _Look(ISSUE, "编发机关和日期", ruled=True, right_tab=CHARACTERS - 1, next=TITLE),
        _Look(TITLE, "公文标题", fonts.TITLE, 22, "center", after=1, keep_next=True, next=ADDRESSEE),
        _Look(ADDRESSEE, "主送机关", next=BODY),
        _Look(BODY, "公文正文", align="both", first_line=2),
        _Look(HEADINGS[1], "一级标题", fonts.HEI, align="both", first_line=2, outline=1, keep_next=True, next=BODY),
        _Look(HEADINGS[2], "二级标题", fonts.KAI, align="both", first_line=2, outline=2, keep_next=True, next=BODY),
        _Look(HEADINGS[3], "三级标题", align="both", first_line=2, outline=3, keep_next=True, next=BODY),
        _Look(HEADINGS[4], "四级标题", align="both", first_line=2, outline=4, keep_next=True, next=BODY),
        _Look(LABELLED, "列项", align="both"),
        _Look(ENCLOSURES, "附件说明"),
        _Look(SIGNATORY, "发文机关署名", align="center", keep_next=True, next=DATE),
        _Look(DATE, "成文日期", align="right"),
        _Look(NOTE, "附注", first_line=2),
        _Look(ANNEX, "附件序号", fonts.HEI, keep_next=True, page_break=True, next=ANNEX_TITLE),
        _Look(ANNEX_TITLE, "附件标题", fonts.TITLE, 22, "center", before=1, after=1, keep_next=True, next=BODY),
        _Look(CAPTION, "表题", fonts.HEI, 12, "center", before=0.5, after=0.2, line=-1, keep_next=True),
        _Look(TABLE_NOTE, "表注", fonts.SONG, 10.5, line=-1, after=0.3),
        _Look(BREAK, "分节", points=1, line=20),
        # 4号; what does not fit in a line goes on below the first character behind the colon.
        _Look(COPIES, "抄送", points=14, left=1 + 3 * _COPIES_CHARACTER, right=1, hanging=3 * _COPIES_CHARACTER, line=480),
        _Look(ISSUED, "印发机关和印发日期", points=14, left=1, right=1, right_tab=CHARACTERS - 1, line=480),
        # As thick as the lines are: 0.35 and 0.25 mm.
        _Look(RULE, "版记粗线", points=1, line=20, is_filled=True),
        _Look(THIN_RULE, "版记细线", points=1, line=14, is_filled=True),
        _Look(PAGE_ODD, "页码（单）", fonts.SONG, 14, "right", right=1, line=280),
        _Look(PAGE_EVEN, "页码（双）", fonts.SONG, 14, "left", left=1, line=280),
        _Look(DRAFT_HEADER, "草稿页眉", fonts.SONG, 10.5, "center", line=280),
        _Look(CELLS["head"], "表头", fonts.HEI, 12, "center", line=_CELL_LINE),
        _Look(CELLS["text"], "表格文字", fonts.SONG, 12, "left", line=_CELL_LINE),
        _Look(CELLS["number"], "表格数字", parent=CELLS["text"], align="right"),
        _Look(CELLS["centred"], "表格居中", parent=CELLS["text"], align="center"),
    ]  # fmt: skip
    names = {look.id: look.name for look in looks}
    return looks + [
        _Look(style + SMALL, f"{names[style]}（小）", points=10.5, line=_SMALL_LINE, parent=style)
        for style in CELLS.values()
    ]


def styles() -> bytes:
    """``word/styles.xml``."""
    root = etree.Element(tag("styles"), nsmap=NAMESPACES)
    _defaults(root)
    normal = _style(root, "paragraph", "Normal", "Normal", default=True)
    _normal_paragraph(child(normal, "pPr"))
    _letters(normal, fonts.BODY, BODY_POINTS)
    _style(root, "character", "DefaultParagraphFont", "Default Paragraph Font", default=True, hidden=True)
    table = _style(root, "table", "TableNormal", "Normal Table", default=True, hidden=True)
    _cell_margins(child(table, "tblPr"), 0, 0)
    _style(root, "numbering", "NoList", "No List", default=True, hidden=True)
    for look in _looks():
        _paragraph_style(root, look)
    for level, (name, font) in enumerate(
        (("一级标题字", fonts.HEI), ("二级标题字", fonts.KAI), ("三级标题字", fonts.BODY), ("四级标题字", fonts.BODY)),
        start=1,
    ):
        _letters(_style(root, "character", LEADS[level], name), font)
    _letters(_style(root, "character", LABEL, "列项名称"), fonts.HEI)
    _letters(_style(root, "character", DRAFT, "草稿标注"), fonts.KAI, BODY_POINTS)
    _table_style(root)
    return serialized(root)


def _defaults(root: Element) -> None:
    defaults = child(root, "docDefaults")
    letters = child(child(defaults, "rPrDefault"), "rPr")
    child(letters, "rFonts", ascii=fonts.BODY, hAnsi=fonts.BODY, eastAsia=fonts.BODY, cs="Times New Roman")
    # The grid of the section says how the page is divided; see ``_normal_paragraph`` for how the text keeps to it.
    child(letters, "snapToGrid", val=0)
    child(letters, "kern", val=2)
    child(letters, "sz", val=2 * BODY_POINTS)
    child(letters, "szCs", val=2 * BODY_POINTS)
    child(letters, "lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    child(defaults, "pPrDefault")
    # Word's own styles stay out of the lists that people choose from.
    child(
        root,
        "latentStyles",
        defLockedState=0,
        defUIPriority=99,
        defSemiHidden=1,
        defUnhideWhenUsed=0,
        defQFormat=0,
        count=376,
    )


def _style(
    root: Element,
    kind: str,
    id: str,
    name: str,
    *,
    default: bool = False,
    hidden: bool = False,
    parent: str = "",
    next: str = "",
) -> Element:
    style = child(root, "style", type=kind, **{"default" if default else "customStyle": 1}, styleId=id)
    child(style, "name", val=name)
    if parent:
        child(style, "basedOn", val=parent)
    if next:
        child(style, "next", val=next)
    child(style, "uiPriority", val=99 if hidden else 1)
    if hidden:
        child(style, "semiHidden")
        child(style, "unhideWhenUsed")
    else:
        child(style, "qFormat")
    return style


def _letters(style: Element, font: str = "", points: float = 0, color: str = "") -> None:
    letters = child(style, "rPr")
    if font:
        child(letters, "rFonts", ascii=font, hAnsi=font, eastAsia=font, cs="Times New Roman")
    if color:
        child(letters, "color", val=color)
    if points:
        child(letters, "spacing", val=BODY_SPACING if points == BODY_POINTS else 0)
        child(letters, "sz", val=round(2 * points))
        child(letters, "szCs", val=round(2 * points))


def _normal_paragraph(properties: Element) -> None:
    child(properties, "widowControl", val=0)
    # Chinese and Western characters stand side by side without extra space, so that the grid holds.
    child(properties, "autoSpaceDE", val=0)
    child(properties, "autoSpaceDN", val=0)
    # LibreOffice gives every character of 16 points two squares of a grid of 15.79. So nothing snaps to the grid:
    # lines have its exact height, and characters stand closer by ``BODY_SPACING``, so that 28 fit; justifying spreads
    # them over the line. That comes out the same in Word, WPS and LibreOffice, whatever stands in for a typeface.
    child(properties, "snapToGrid", val=0)
    child(properties, "spacing", line=LINE, lineRule="exact")


def _paragraph_style(root: Element, look: _Look) -> None:
    style = _style(root, "paragraph", look.id, look.name, parent=look.parent, next=look.next)
    properties = child(style, "pPr")
    if look.keep_next:
        child(properties, "keepNext")
    if look.page_break:
        child(properties, "pageBreakBefore")
    if look.ruled:
        child(child(properties, "pBdr"), "bottom", val="single", sz=12, space=6, color=RED)
    if look.is_filled:
        child(properties, "shd", val="clear", color="auto", fill="000000")
    if look.right_tab:
        child(child(properties, "tabs"), "tab", val="right", pos=characters(look.right_tab))
    spacing(properties, before=look.before, after=look.after, line=look.line)
    indent(
        properties,
        left=look.left,
        right=look.right,
        first_line=look.first_line,
        hanging=look.hanging,
        in_characters=not look.points,
    )
    if look.align:
        child(properties, "jc", val=look.align)
    if look.outline:
        child(properties, "outlineLvl", val=look.outline - 1)
    if look.font or look.points or look.color:
        _letters(style, look.font, look.points, look.color)


def spacing(properties: Element, *, before: float = 0, after: float = 0, line: int = 0) -> None:
    """``w:spacing``: before and after in lines of the text; a line in twips, -1 for as high as its type."""
    attributes: dict[str, str | int] = {}
    for name, lines in (("before", before), ("after", after)):
        if lines:
            attributes |= {name: round(lines * LINE), f"{name}Lines": round(lines * 100)}
    if line:
        attributes |= {"line": line, "lineRule": "exact"} if line > 0 else {"line": 240, "lineRule": "auto"}
    if attributes:
        child(properties, "spacing", **attributes)


def indent(
    properties: Element,
    *,
    left: float = 0,
    right: float = 0,
    first_line: float = 0,
    hanging: float = 0,
    in_characters: bool = True,
) -> None:
    """``w:ind`` by characters of the text, and the same in twips for programs that know no others.

    Without ``in_characters`` in twips alone: Word would count in characters of the paragraph's own size.
    """
    attributes: dict[str, str | int] = {}
    for name, count in (("left", left), ("right", right), ("hanging", hanging), ("firstLine", first_line)):
        if count:
            attributes[name] = characters(count)
            if in_characters:
                attributes[f"{name}Chars"] = round(count * 100)
    if attributes:
        child(properties, "ind", **attributes)


def _table_style(root: Element) -> None:
    style = _style(root, "table", TABLE, "公文表格", parent="TableNormal")
    formats = child(style, "tblPr")
    borders = child(formats, "tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        child(borders, side, val="single", sz=4, space=0, color="auto")
    _cell_margins(formats, CELL_MARGIN, 40)
    child(child(style, "tcPr"), "vAlign", val="center")


def _cell_margins(formats: Element, side: int, above: int) -> None:
    margins = child(formats, "tblCellMar")
    for name, width in (("top", above), ("left", side), ("bottom", above), ("right", side)):
        child(margins, name, w=width, type="dxa")
