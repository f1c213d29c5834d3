"""pdf with a text layer: the lines as they are printed, page after page."""

from __future__ import annotations

import pypdfium2

from .archive import DAMAGED
from .limits import MAX_CHARACTERS, MAX_PAGES
from .pdflines import as_text, page_lines
from .results import Kind, Source, Unreadable

_LOCKED = "PDF 有密码，无法读取。请去掉密码，或换用 Word 版（.docx）后再导入。"
_SCAN = "这个 PDF 没有文字，是扫描件或图片。请换用 Word 版（.docx），或用文字识别软件转成文本、核对后再导入。"
_GARBLED = "这个 PDF 里的文字无法辨认（字体没有对应的编码）。请换用 Word 版（.docx）或文本版后再导入。"


def read_pdf(data: bytes) -> Source:
    """The text of all pages. Raises ``Unreadable`` for a scan, a password, damage."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_LOCKED if "password" in str(error).lower() else DAMAGED) from None
    if len(document) > MAX_PAGES:
        raise Unreadable(f"PDF 有 {len(document)} 页，上限是 {MAX_PAGES} 页。请核对选错文件没有。")
    pages = []
    characters = 0
    for index in range(len(document)):
        try:
            pages.append(page_lines(document[index]))
        except pypdfium2.PdfiumError:
            raise Unreadable(f"PDF 第 {index + 1} 页已损坏，无法读取。请重新下载，或换用 Word 版后再导入。") from None
        characters += sum(len(line.text) for line in pages[-1])
        if characters > MAX_CHARACTERS:
            raise Unreadable("文件的文字太多，不像计划。请核对选错文件没有。")
    if not any(pages):
        raise Unreadable(_SCAN)
    text = as_text(pages)
    visible = sum(not character.isspace() for character in text)
    if sum("\ue000" <= character <= "\uf8ff" or character == "\ufffd" for character in text) * 5 > visible:
        raise Unreadable(_GARBLED)
    notes = []
    if empty := [number for number, lines in enumerate(pages, 1) if not lines]:
        shown = "、".join(map(str, empty[:20])) + ("……" if len(empty) > 20 else "")
        notes.append(f"PDF 第 {shown} 页没有文字，可能是空白页或扫描的图片，请核对有没有缺漏。")
    return Source(Kind.PDF, text=text, notes=notes)
