"""A walk through the body of a Word document: paragraphs, runs, changes, text boxes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .results import Sheet, Unreadable
from .wordnumbering import Numbering, W
from .wordstyles import Styles, is_on, own_number
from .wordtables import Tables

_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# What was taken away, and what is no text of the document: properties, codes of fields, readings of characters.
_DELETED = {f"{W}del", f"{W}moveFrom"}
_NO_TEXT = {
    f"{W}{name}"
    for name in ("pPr", "rPr", "instrText", "delText", "delInstrText", "sdtPr", "sdtEndPr", "rt", "tblPr", "fldData")
}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}ptab": "\t",
}
_BOX = {f"{W}txbxContent"}
_NESTING = 60
_NOTES_SHOWN = 20


class Walker:
    """Gives the lines of a body in order and remembers what a person should know about them."""

    def __init__(self, styles: Styles, numbering: Numbering, footnotes: Any, endnotes: Any) -> None:
        self.styles, self.numbering = styles, numbering
        self.tables = Tables(self)
        self._notes = {f"{W}footnoteReference": footnotes, f"{W}endnoteReference": endnotes}
        self._footnotes: list[str] = []
        self._insertions = self._deletions = self._boxes = self._hidden = self._contents = 0
        self._waiting_boxes: list[Any] = []
        self._depth = 0
        # The table that the line given last stands in; None for a paragraph of the body.
        self.table: Sheet | None = None

    # --- Blocks ---------------------------------------------------------------------------------------------------

    def blocks(self, container: Any) -> Iterator[str]:
        """The lines of a body, a cell or a text box."""
        self._depth += 1
        if self._depth > _NESTING:
            raise Unreadable("文件的内部结构嵌套太深，无法读取。请复制正文到新的 Word 文件后再导入。")
        # A paragraph whose end was deleted runs on into the next.
        open_end = ""
        for element in container:
            tag = element.tag
            if tag == f"{W}p":
                text, runs_on = self._paragraph(element)
                if text is not None:
                    open_end += text
                    if not runs_on:
                        yield from open_end.split("\n")
                        open_end = ""
                yield from self._boxes_below()
            elif tag == f"{W}tbl":
                if open_end:
                    yield from open_end.split("\n")
                    open_end = ""
                position = len(self.tables.sheets)
                lines = self.tables.lines(element)
                self.table = self.tables.sheets[position]
                yield from lines or [""]
                self.table = None
                yield from self._boxes_below()
            elif tag == f"{W}sdt":
                content = element.find(f"{W}sdtContent")
                if content is not None:
                    yield from self.blocks(content)
            elif tag in (f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag", _ALTERNATE, _CHOICE):
                yield from self.blocks(element)
        if open_end:
            yield from open_end.split("\n")
        self._depth -= 1

    def _paragraph(self, element: Any) -> tuple[str | None, bool]:
        """The text with its number, None for a line of a table of contents; and whether its end was deleted."""
        properties = element.find(f"{W}pPr")
        style = properties.find(f"{W}pStyle") if properties is not None else None
        style_key = style.get(f"{W}val") if style is not None else None
        if style_key in self.styles.contents:
            self._contents += 1
            return None, False
        mark = properties.find(f"{W}rPr") if properties is not None else None
        is_deleted = mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None)
        if is_deleted:
            self._deletions += 1
        text = self.inline(element).rstrip(" \t\n") if not is_deleted else self.inline(element)
        if is_deleted and not text.strip():
            # Deleted altogether, number and all.
            return text, True
        return self._label(properties, style_key) + text, is_deleted

    def _label(self, properties: Any, style: str | None) -> str:
        number, level = own_number(properties)
        if number is None or level is None:
            by_style, style_level, source = self.styles.number_of(style)
            if number is None:
                number = by_style
                if level is None and number is not None and source is not None:
                    level = (
                        style_level
                        if style_level is not None
                        else self.numbering.level_of_style(number, style or source)
                    )
        if number in (None, "0", "-1"):
            return ""
        return self.numbering.label(str(number), level or 0)

    def _boxes_below(self) -> Iterator[str]:
        waiting, self._waiting_boxes = self._waiting_boxes, []
        for box in waiting:
            lines = [line for line in self.blocks(box) if line.strip()]
            self._boxes += bool(lines)
            yield from lines

    # --- Within a paragraph ---------------------------------------------------------------------------------------

    def inline(self, element: Any) -> str:
        """The text of a paragraph or of a part of one."""
        parts: list[str] = []
        self._collect(element, parts, 0)
        return "".join(parts)

    def _collect(self, element: Any, parts: list[str], depth: int) -> None:
        if depth > _NESTING:
            raise Unreadable("文件的内部结构嵌套太深，无法读取。请复制正文到新的 Word 文件后再导入。")
        for child in element:
            tag = child.tag
            if tag in (f"{W}t", _MATH_TEXT):
                parts.append(child.text or "")
            elif tag == f"{W}r":
                if self._is_hidden(child):
                    self._hidden += 1
                else:
                    self._collect(child, parts, depth + 1)
            elif tag in _SIGNS:
                parts.append(_SIGNS[tag])
            elif tag == f"{W}sym":
                parts.append(_symbol(child.get(f"{W}char", "")))
            elif tag in _DELETED:
                self._deletions += 1
            elif tag in _NO_TEXT:
                continue
            elif tag in _BOX:
                self._waiting_boxes.append(child)
            elif tag in self._notes:
                self._footnote(tag, child.get(f"{W}id"))
            elif tag == _ALTERNATE:
                # The same content for newer and for older programs: once is enough.
                choice = child.find(_CHOICE)
                self._collect(choice if choice is not None else child, parts, depth + 1)
            else:
                self._insertions += tag in (f"{W}ins", f"{W}moveTo")
                self._collect(child, parts, depth + 1)

    def _is_hidden(self, run: Any) -> bool:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return False
        own = properties.find(f"{W}vanish")
        if own is not None:
            return is_on(own)
        style = properties.find(f"{W}rStyle")
        return style is not None and style.get(f"{W}val") in self.styles.hidden

    def _footnote(self, tag: str, key: str | None) -> None:
        root = self._notes[tag]
        for note in root if root is not None else ():
            if note.get(f"{W}id") == key:
                text = " ".join(self.inline(paragraph).strip() for paragraph in note.iter(f"{W}p")).strip()
                if text:
                    self._footnotes.append(text)
                return

    # --- What to know ---------------------------------------------------------------------------------------------

    def notes(self) -> list[str]:
        """What a person should know about the reading."""
        notes: list[str] = []
        if self._insertions or self._deletions:
            notes.append("文件里有修订痕迹：插入的文字已读入，删除的文字没有读入。请核对是否为定稿。")
        if self._boxes:
            notes.append(f"文件里有 {self._boxes} 个文本框，其中的文字放在所在段落之后，请核对位置。")
        if self._hidden:
            notes.append("文件里有隐藏的文字，没有读入。")
        if self._contents:
            notes.append("文件里的目录没有读入。")
        if self._footnotes:
            shown = "".join(
                f"〔{number}〕{text[:200]}" for number, text in enumerate(self._footnotes[:_NOTES_SHOWN], 1)
            )
            notes.append(f"文件里有 {len(self._footnotes)} 条脚注，没有放入正文：{shown}")
        return notes


def _symbol(code: str) -> str:
    """w:sym names a sign of a symbol font; only those outside the private area mean something by themselves."""
    try:
        character = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "•" if "\ue000" <= character <= "\uf8ff" else character
