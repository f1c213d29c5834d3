"""The Word file around the text: its parts, opened and saved by python-docx, and the same bytes every time."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import docx
from lxml import etree

from reporting.documents.content import Document
from reporting.documents.paper import ACROSS, CHARACTER_SPACE, LINE, Sheet, characters, millimetres

from . import styles
from .fonts import font_table
from .xml import NAMESPACES, Element, R, child, field, paragraph, run, serialized, tag

_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."

# Parts beside the text, by the identifiers of their relationships, which sections refer to.
ODD, EVEN, ODD_ACROSS, EVEN_ACROSS, HEADER = "rIdOdd", "rIdEven", "rIdOddAcross", "rIdEvenAcross", "rIdHeader"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_DRAFT = "草稿　未正式报送"


def write_package(document: Document, text: Element, *, has_landscape: bool) -> bytes:
    """The file: the ``w:document`` with our styles, settings, fonts, page numbers and properties."""
    opened = docx.Document(BytesIO(_template(text, _parts(document, has_landscape=has_landscape))))
    _describe(opened.core_properties, document)
    written = BytesIO()
    opened.save(written)
    return _repacked(written)


def _parts(document: Document, *, has_landscape: bool) -> dict[str, tuple[str, str, str, bytes]]:
    """What stands beside the text: relationship, type, identifier and content by file name."""
    parts = {
        "styles.xml": (f"{_RELATIONSHIP}styles", f"{_TYPE}styles+xml", "rIdStyles", styles.styles()),
        "settings.xml": (f"{_RELATIONSHIP}settings", f"{_TYPE}settings+xml", "rIdSettings", _settings()),
        "fontTable.xml": (f"{_RELATIONSHIP}fontTable", f"{_TYPE}fontTable+xml", "rIdFonts", font_table()),
        "footer1.xml": (f"{_RELATIONSHIP}footer", f"{_TYPE}footer+xml", ODD, _footer(styles.PAGE_ODD)),
        "footer2.xml": (f"{_RELATIONSHIP}footer", f"{_TYPE}footer+xml", EVEN, _footer(styles.PAGE_EVEN)),
    }
    if has_landscape:
        odd, even = _footer_across(styles.PAGE_ODD), _footer_across(styles.PAGE_EVEN)
        parts["footer3.xml"] = (f"{_RELATIONSHIP}footer", f"{_TYPE}footer+xml", ODD_ACROSS, odd)
        parts["footer4.xml"] = (f"{_RELATIONSHIP}footer", f"{_TYPE}footer+xml", EVEN_ACROSS, even)
    if document.is_draft:
        parts["header1.xml"] = (f"{_RELATIONSHIP}header", f"{_TYPE}header+xml", HEADER, _header())
    return parts


def _repacked(written: BytesIO) -> bytes:
    """The same file with its parts in a fixed order and without the time of writing."""
    result = BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        # The list of types comes first: programs that read the file as a stream expect it there.
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            target.writestr(entry, source.read(name))
    return result.getvalue()


def add_section(parent: Element, sheet: Sheet, *, is_draft: bool) -> None:
    """``w:sectPr``: the sheet, its page numbers and its grid of lines and characters."""
    section = child(parent, "sectPr")
    landscape = sheet is ACROSS
    if is_draft:
        for kind in ("default", "even"):
            child(section, "headerReference", type=kind).set(f"{{{R}}}id", HEADER)
    for kind, upright, across in (("default", ODD, ODD_ACROSS), ("even", EVEN, EVEN_ACROSS)):
        child(section, "footerReference", type=kind).set(f"{{{R}}}id", across if landscape else upright)
    size = child(section, "pgSz", w=sheet.width, h=sheet.height)
    if landscape:
        size.set(tag("orient"), "landscape")
    margins = {name: getattr(sheet, name) for name in ("top", "right", "bottom", "left", "footer")}
    child(section, "pgMar", **margins, header=millimetres(20), gutter=0)
    child(section, "cols", space=425)
    child(section, "docGrid", type="linesAndChars", linePitch=LINE, charSpace=CHARACTER_SPACE)


def _template(text: Element, parts: dict[str, tuple[str, str, str, bytes]]) -> bytes:
    """A Word file of the text and these parts."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = [
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>',
        *(f'<Override PartName="/word/{name}" ContentType="{kind}"/>' for name, (_, kind, _, _) in parts.items()),
    ]
    relations = [
        f'<Relationship Id="{id}" Type="{relation}" Target="{name}"/>' for name, (relation, _, id, _) in parts.items()
    ]
    to_document = f'<Relationship Id="rId1" Type="{_RELATIONSHIP}officeDocument" Target="word/document.xml"/>'
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}content-types">{"".join(types)}</Types>')
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}relationships">{to_document}</Relationships>')
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}relationships">{"".join(relations)}</Relationships>',
        )
        archive.writestr("word/document.xml", serialized(text))
        for name, (_, _, _, content) in parts.items():
            archive.writestr(f"word/{name}", content)
    return written.getvalue()


def _describe(properties: Any, document: Document) -> None:
    """Title, signatory and the date of signing; nothing of who or what wrote the file."""
    day = document.signed_on or document.issued_on
    moment = datetime.combine(day, time(), UTC) if day else datetime(2000, 1, 1, tzinfo=UTC)
    signatory = document.signatory.replace("\n", "、")[:255]
    properties.title = " ".join(document.title.split("\n"))[:255]
    properties.author = properties.last_modified_by = signatory
    properties.created = properties.modified = moment
    properties.revision = 1
    properties.language = "zh-CN"


def _settings() -> bytes:
    root = etree.Element(tag("settings"), nsmap=NAMESPACES)
    child(root, "zoom", percent=100)
    child(root, "bordersDoNotSurroundHeader")
    child(root, "bordersDoNotSurroundFooter")
    child(root, "defaultTabStop", val=characters(2))
    child(root, "evenAndOddHeaders")
    child(root, "drawingGridVerticalSpacing", val=LINE)
    # Punctuation keeps its square, or the lines would have more than 28 characters.
    child(root, "characterSpacingControl", val="doNotCompress")
    compatible = child(root, "compat")
    for name in (
        "spaceForUL",
        "balanceSingleByteDoubleByteWidth",
        "doNotLeaveBackslashAlone",
        "ulTrailSpace",
        "doNotExpandShiftReturn",
        "adjustLineHeightInTable",
        "useFELayout",
    ):
        child(compatible, name)
    for name, value in (
        ("compatibilityMode", 15),
        ("overrideTableStyleFontSizeAndJustification", 1),
        ("enableOpenTypeFeatures", 1),
        ("doNotFlipMirrorIndents", 1),
        ("differentiateMultirowTableHeaders", 1),
    ):
        child(compatible, "compatSetting", name=name, uri="http://schemas.microsoft.com/office/word", val=value)
    child(root, "themeFontLang", val="en-US", eastAsia="zh-CN")
    child(root, "decimalSymbol", val=".")
    child(root, "listSeparator", val=",")
    return serialized(root)


def _page_number(parent: Element, style: str) -> None:
    line = paragraph(parent, style)
    run(line, "— ")
    field(line, "PAGE", "1")
    run(line, " —")


def _footer(style: str) -> bytes:
    root = etree.Element(tag("ftr"), nsmap=NAMESPACES)
    _page_number(root, style)
    return serialized(root)


def _footer_across(style: str) -> bytes:
    """The page number of a page across the sheet: where the others have it when the sheet is held upright.

    That is left of the text, the digits turned: a column of its own that hangs on the page.
    """
    root = etree.Element(tag("ftr"), nsmap=NAMESPACES)
    column = millimetres(8)
    table = child(root, "tbl")
    formats = child(table, "tblPr")
    child(
        formats, "tblpPr", horzAnchor="page", vertAnchor="page", tblpX=ACROSS.left - millimetres(11), tblpY=ACROSS.top
    )
    child(formats, "tblW", w=column, type="dxa")
    child(formats, "tblLayout", type="fixed")
    child(child(table, "tblGrid"), "gridCol", w=column)
    row = child(table, "tr")
    child(child(row, "trPr"), "trHeight", val=ACROSS.text_height, hRule="exact")
    cell = child(row, "tc")
    formats = child(cell, "tcPr")
    child(formats, "tcW", w=column, type="dxa")
    child(formats, "textDirection", val="tbRl")
    child(formats, "vAlign", val="center")
    _page_number(cell, style)
    paragraph(root, styles.BREAK)
    return serialized(root)


def _header() -> bytes:
    root = etree.Element(tag("hdr"), nsmap=NAMESPACES)
    run(paragraph(root, styles.DRAFT_HEADER), _DRAFT)
    return serialized(root)
