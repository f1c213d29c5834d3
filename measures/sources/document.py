"""docx: the text as Word prints it, with the numbers that Word generates, and the tables."""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import Any

from lxml import etree

from .archive import DAMAGED, check_parts, open_archive, read_part
from .limits import MAX_CHARACTERS
from .results import Kind, Sheet, Source, Unreadable
from .standalone import set_apart
from .wordnumbering import Numbering, W
from .wordstyles import Styles
from .wordtext import Walker

_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_BLANK_LINES = re.compile(r"\n{3,}")


def read_document(data: bytes) -> Source:
    """The body's paragraphs, a line each, and its tables. Headers and footers are left out. Raises ``Unreadable``."""
    archive = open_archive(data)
    check_parts(archive)
    main = _target(archive, "_rels/.rels", "", "/officeDocument") or "word/document.xml"
    root = _root(archive, main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise Unreadable(DAMAGED)
    relations = posixpath.join(posixpath.dirname(main), "_rels", f"{posixpath.basename(main)}.rels")

    def part(kind: str) -> Any:
        name = _target(archive, relations, posixpath.dirname(main), f"/{kind}")
        return _root(archive, name) if name else None

    styles = Styles.read(part("styles"))
    numbering_root = part("numbering")
    numbering = Numbering.read(numbering_root, styles.lists) if numbering_root is not None else Numbering()
    walker = Walker(styles, numbering, part("footnotes"), part("endnotes"))
    lines: list[str] = []
    flow: list[str | Sheet] = []
    for line in walker.blocks(body):
        lines.append(line)
        if walker.table is None:
            flow.append(line)
        elif not flow or flow[-1] is not walker.table:
            flow.append(walker.table)
    text = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
    if len(text) > MAX_CHARACTERS:
        raise Unreadable("文件的文字太多，不像计划。请核对选错文件没有。")
    if not text.strip():
        raise Unreadable("文件里没有文字（可能全是图片）。请换用有文字的 Word 版或文本版后再导入。")
    if (beside := set_apart(flow)) is not None:
        text = beside
    return Source(Kind.DOCX, text=text, sheets=walker.tables.sheets, notes=walker.notes())


def _root(archive: zipfile.ZipFile, name: str) -> Any:
    data = read_part(archive, name)
    if data is None:
        return None
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise Unreadable(DAMAGED) from None


def _target(archive: zipfile.ZipFile, relations: str, folder: str, kind: str) -> str | None:
    """The part that a relation of this kind leads to."""
    root = _root(archive, relations)
    for element in root if root is not None else ():
        if element.get("Type", "").endswith(kind) and element.get("TargetMode") != "External":
            target = element.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return None
