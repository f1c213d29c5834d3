"""The few elements of WordprocessingML that everything here is made of, written without detours."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = {"w": W, "r": R}
_W = f"{{{W}}}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TEXT, _TAB, _BREAK = f"{_W}t", f"{_W}tab", f"{_W}br"
_PIECES = re.compile("([\t\n])")
_SHARED = re.compile("[\u00a0-\u2bff]")

Element = Any


def new_document() -> Element:
    """An empty ``w:document``."""
    return etree.Element(f"{_W}document", nsmap=NAMESPACES)


def tag(name: str) -> str:
    """The full name of an element or attribute of ``w:``."""
    return _W + name


def child(parent: Element, name: str, /, **attributes: str | int) -> Element:
    """A new last child ``w:name`` with attributes ``w:…``."""
    return etree.SubElement(parent, _W + name, {_W + key: str(value) for key, value in attributes.items()})


def paragraph(parent: Element, style: str) -> Element:
    """A new paragraph of a style, with its ``w:pPr``."""
    element = child(parent, "p")
    child(child(element, "pPr"), "pStyle", val=style)
    return element


def properties(element: Element) -> Element:
    """The ``w:pPr`` of a paragraph made by ``paragraph``."""
    return element[0]


def keep_with_next(element: Element) -> None:
    """Keep a paragraph made by ``paragraph`` on the page of the next."""
    formats = properties(element)
    if formats.find(tag("keepNext")) is None:
        formats.insert(1, child(formats, "keepNext"))


def run(parent: Element, text: str, style: str = "", *, points: int = 0) -> Element:
    """A new run with the text, in a character style or a size of its own; tabs and line breaks become Word's.

    A hint makes characters that Western and Chinese type share (“”—…·) Chinese ones, one square wide.
    """
    element = child(parent, "r")
    is_shared = _SHARED.search(text) is not None
    if style or points or is_shared:
        formats = child(element, "rPr")
        if style:
            child(formats, "rStyle", val=style)
        if is_shared:
            child(formats, "rFonts", hint="eastAsia")
        if points:
            child(formats, "sz", val=2 * points)
            child(formats, "szCs", val=2 * points)
    for piece in _PIECES.split(text):
        if piece == "\t":
            etree.SubElement(element, _TAB)
        elif piece == "\n":
            etree.SubElement(element, _BREAK)
        elif piece:
            words = etree.SubElement(element, _TEXT)
            words.text = piece
            if piece != piece.strip():
                words.set(_SPACE, "preserve")
    return element


def field(parent: Element, instruction: str, result: str, style: str = "") -> None:
    """A field, as PAGE, with what it shows until it is computed."""
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("result", result), ("end", "")):
        if kind == "result":
            run(parent, text, style)
            continue
        element = run(parent, "", style)
        if kind:
            child(element, "fldChar", fldCharType=kind)
        else:
            words = child(element, "instrText")
            words.text = f" {text} "
            words.set(_SPACE, "preserve")


def serialized(element: Element) -> bytes:
    """The element as an XML file."""
    content: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
