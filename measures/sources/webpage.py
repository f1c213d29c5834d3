"""html as saved from a government site: the text as a reader sees it, without navigation, and the tables."""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree, html

from .limits import MAX_CHARACTERS, Count
from .results import Kind, Source, Unreadable
from .webtext import Page

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w-]{2,30})""", re.IGNORECASE)
# Each declared encoding is read as the larger one that contains it, as browsers do.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "iso-8859-1": "cp1252", "ascii": "utf-8"}
_FRAMES = "这个网页只是框架，正文在另外的文件里。请在浏览器里单独打开正文再保存，或复制正文到 Word 后再导入。"


def read_webpage(data: bytes) -> Source:
    """The page's text, a line to each paragraph, and its tables. Raises ``Unreadable``."""
    text = decode_webpage(data)
    if len(text) > MAX_CHARACTERS:
        raise Unreadable("网页的文字太多，不像计划。请核对选错文件没有。")
    # A declaration of the encoding in a text that is decoded already would be refused.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        raise Unreadable("网页是空的或已损坏，无法读取。请重新保存，或复制正文到 Word 后再导入。") from None
    page = Page(root, Count())
    body = page.text()
    if not body.strip() and not page.sheets:
        raise Unreadable(
            _FRAMES if _has_frames(root) else "网页里没有文字。请核对选错文件没有，或复制正文到 Word 后再导入。"
        )
    if re.search("<html", text[:5000], re.IGNORECASE) and not re.search("</html|</body", text[-5000:], re.IGNORECASE):
        page.notes.append("网页没有结尾，可能没有保存完整，请核对最后的内容，或重新保存后再导入。")
    return Source(Kind.HTML, text=body, sheets=page.sheets, notes=page.notes)


def decode_webpage(data: bytes) -> str:
    """By the byte-order mark, else by what the page declares if that fits, else UTF-8, else GB18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").removeprefix("\ufeff")
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace")
    declared = _DECLARED.search(data[:1024]) or _META.search(data[:8192])
    encodings = ["utf-8", "gb18030"]
    if declared is not None:
        named = declared[1].decode().lower()
        named = _LARGER.get(named, named)
        # Known to Python, and an encoding of text: there are others, such as hex.
        if not named.startswith("utf-16") and _is_text_encoding(named):
            encodings.insert(0, named)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    # A page cut in two or with one wrong byte; a few lost characters are shown as such.
    text = data.decode(encodings[0], "replace")
    if text.count("\ufffd") * 200 > len(text):
        raise Unreadable("网页的编码无法辨认。请在浏览器里打开，复制正文到 Word 后再导入。")
    return text


def _is_text_encoding(name: str) -> bool:
    try:
        return bool(getattr(codecs.lookup(name), "_is_text_encoding", True))
    except LookupError:
        return False


def _has_frames(root: Any) -> bool:
    return next(root.iter("frame", "iframe"), None) is not None
