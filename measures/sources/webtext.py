"""A walk through a web page: blocks to lines, lists with their numbers, tables to sheets."""

from __future__ import annotations

import re
from typing import Any

from .counting import LIST_STYLES
from .limits import MAX_COLUMNS, Count
from .results import Sheet
from .standalone import set_apart

# A form is not among them: on many sites the whole page is one.
_DROPPED_NAMES = (
    "script style noscript template head nav footer aside select button input textarea iframe frame object embed "
    "audio video canvas svg math datalist dialog map area link meta title rt rp"
)
_BLOCK_NAMES = (
    "address article blockquote body center dd details dir div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 "
    "header hr html legend li main menu ol p pre section summary table tbody td tfoot th thead tr ul"
)
_DROPPED, _BLOCKS = frozenset(_DROPPED_NAMES.split()), frozenset(_BLOCK_NAMES.split())
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_PLAIN_NAVIGATION = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumb|crumbs?|footer|foot|copyright|share|sidebar|toolbar|pagination)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)", re.IGNORECASE)
_SPACE = re.compile("[ \t\r\n\f]+")
_LINES = re.compile(r"\n{3,}")
# 【字体：大 中 小】 and what stands beside it are for the hand, not for the eye.
_HANDLES = re.compile(
    r"\s*(?:[【\[(（]?\s*字(?:体|号)\s*[:：]?\s*[【\[(（]?\s*(?:(?:特大|超大|大|中|小|默认|[+\-A-])[\s|/、,，·]*){1,5}[】\])）]?"
    r"|[【\[(（]?(?:打印(?:本页|此页)?|关闭(?:窗口|本页)?|收藏(?:本页)?|返回(?:顶部|首页)?|分享(?:到)?|下载)[】\])）]?"
    r"|[\s|｜/])+[：:]?\s*"
)
# The cells in front of a paper's particulars.
_PARTICULARS = re.compile(
    r"(?:索引号|信息索引|文号|发文字号|发文文号|文件编号|发布机构|发文机关|发文单位|制发机关|公开机构|公开责任部门|信息来源"
    r"|成文日期|发文日期|发布日期|生成日期|公开日期|生效日期|实施日期|废止日期|有效性|时效性|效力状态|主题分类|主题词|体裁分类"
    r"|信息分类|组配分类|公文种类|名称|信息名称|标题|文件名称|公开方式|公开范围|关键词|内容概述)"
)
_MAX_DEPTH = 200


class Page:
    """One page; ``text()`` fills ``sheets`` and ``notes``."""

    def __init__(self, root: Any, count: Count) -> None:
        self.root, self.count = root, count
        self.sheets: list[Sheet] = []
        self.notes: list[str] = []
        self._parts: list[str] = []
        # Each table, and which of the parts are its rows.
        self._tables: list[tuple[Sheet, int, int]] = []
        self._is_deep = False

    def text(self) -> str:
        body = self.root.find("body")
        self._walk(body if body is not None else self.root, 0, False)
        if self._is_deep:
            self.notes.append("网页的结构嵌套太深，有的部分没有读入。请核对，或复制正文到 Word 后再导入。")
        text = set_apart(self._flow())
        return text if text is not None else _settled("".join(self._parts))

    def _flow(self) -> list[str | Sheet]:
        """The page in order: its text, and its tables."""
        flow: list[str | Sheet] = []
        position = 0
        for sheet, begin, end in self._tables:
            flow += [_settled("".join(self._parts[position:begin])), sheet]
            position = end
        return [*flow, _settled("".join(self._parts[position:]))]

    # --- Blocks and words -----------------------------------------------------------------------------------------

    def _walk(self, element: Any, depth: int, is_verbatim: bool) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _DROPPED or self._is_hidden(element) or self._is_navigation(element, tag):
            return
        if depth > _MAX_DEPTH:
            self._is_deep = True
            return
        if tag == "br":
            self._parts.append("\n")
            return
        if tag == "table":
            self._break()
            if self._table(element, depth):
                self._break()
                return
        is_block = tag in _BLOCKS
        if is_block:
            self._break()
        if tag == "li":
            self._parts.append(_list_number(element))
        is_verbatim = is_verbatim or tag == "pre"
        self._say(element.text, is_verbatim)
        for child in element:
            self._walk(child, depth + 1, is_verbatim)
            self._say(child.tail, is_verbatim)
        if is_block:
            self._break()

    def _say(self, text: str | None, is_verbatim: bool) -> None:
        if not text:
            return
        text = text.replace("\u200b", "").replace("\ufeff", "")
        if is_verbatim:
            self._parts.append(text.replace("\r\n", "\n"))
            return
        text = _SPACE.sub(" ", text)
        if text[:1] == " " and (not self._parts or self._parts[-1][-1:] in ("\n", " ", "")):
            text = text[1:]
        if text:
            self._parts.append(text)

    def _break(self) -> None:
        while self._parts and not self._parts[-1]:
            self._parts.pop()
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")

    # --- What is no text ------------------------------------------------------------------------------------------

    @staticmethod
    def _is_hidden(element: Any) -> bool:
        return (
            element.get("hidden") is not None
            or bool(_HIDDEN.search(element.get("style") or ""))
            or (element.tag == "input" and element.get("type") == "hidden")
        )

    @staticmethod
    def _is_navigation(element: Any, tag: str) -> bool:
        """A block that is named as navigation and has no sentence in it, or that is nearly all links."""
        if element.get("role") in ("navigation", "banner", "contentinfo", "search"):
            return not _has_sentences(element)
        if tag not in ("div", "ul", "ol", "table", "section", "header", "p", "dl", "td", "span"):
            return False
        if _PLAIN_NAVIGATION.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return not _has_sentences(element)
        links = list(element.iter("a"))
        if len(links) < 3:
            return False
        words = _length("".join(element.itertext()))
        linked = sum(_length("".join(link.itertext())) for link in links)
        return words > 0 and linked >= 0.7 * words and words < 30 * len(links)

    # --- Tables ---------------------------------------------------------------------------------------------------

    def _table(self, table: Any, depth: int) -> bool:
        """Take a table of data as a sheet and as lines with tabs; False for one that only lays out the page."""
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [[cell for cell in row if cell.tag in ("td", "th") and not self._is_hidden(cell)] for row in rows]
        widest = max(map(len, cells), default=0)
        if len(rows) < 2 or widest < 2 or next(table.iterdescendants("table"), None) is not None:
            return False
        if any(len(list(cell.iter("p", "div"))) > 20 for row in cells for cell in row):
            return False
        sheet = Sheet(f"表{len(self.sheets) + 1}", [])
        begin = len(self._parts)
        taken: dict[int, dict[int, bool]] = {}
        for index, (row, row_cells) in enumerate(zip(rows, cells, strict=True)):
            line: list[str] = []
            column = 0
            values: dict[int, str] = {}
            for cell in row_cells:
                while column in taken.get(index, {}):
                    column += 1
                # Of each cell the text alone, with its own lines and lists.
                text = self._cell_text(cell, depth)
                across = _span(cell.get("colspan"), MAX_COLUMNS + 1)
                down = min(_span(cell.get("rowspan"), 65_534), len(rows) - index)
                for below in range(down):
                    taken.setdefault(index + below, {}).update(dict.fromkeys(range(column, column + across), True))
                if across > 1 or down > 1:
                    sheet.merges.append((index, column, index + down - 1, column + across - 1))
                values[column] = text
                line.append(" ".join(text.split()))
                column += across
            shown = [values.get(place, "") for place in range(max(values, default=-1) + 1)]
            while shown and not shown[-1]:
                shown.pop()
            hidden = self._is_hidden(row)
            if hidden:
                sheet.hidden_rows.append(index)
            self.count.row(sheet.name, index, max(len(shown), column), sum(map(len, shown)))
            sheet.rows.append(shown)
            if not hidden:
                self._parts.append((_particulars(row_cells, line) or "\t".join(line).rstrip("\t")) + "\n")
        while sheet.rows and not sheet.rows[-1]:
            sheet.rows.pop()
        if sheet.rows:
            self.sheets.append(sheet)
            self._tables.append((sheet, begin, len(self._parts)))
        return True

    def _cell_text(self, cell: Any, depth: int) -> str:
        outer, self._parts = self._parts, []
        self._say(cell.text, False)
        for child in cell:
            self._walk(child, depth + 1, False)
            self._say(child.tail, False)
        lines = (line.strip(" \u00a0\u3000\t") for line in "".join(self._parts).split("\n"))
        self._parts = outer
        return "\n".join(line for line in lines if line)


def _settled(text: str) -> str:
    """The lines, without those for the hand, and with one blank line at most between two."""
    lines = [line.rstrip(" ") for line in text.split("\n")]
    kept = ["" if line and _HANDLES.fullmatch(line) else line for line in lines]
    return _LINES.sub("\n\n", "\n".join(kept)).strip("\n")


def _particulars(cells: list[Any], texts: list[str]) -> str:
    """「索引号：…」 and so on, a line each, of a row that holds pairs of name and value; else nothing."""
    if len(cells) < 2 or len(cells) % 2:
        return ""
    names = [re.sub(r"[\s\u3000:：\[\]【】]", "", text) for text in texts[::2]]
    if not all(_PARTICULARS.fullmatch(name) or not name for name in names) or not any(names):
        return ""
    return "\n".join(f"{name}：{value}" for name, value in zip(names, texts[1::2], strict=True) if name)


def _has_sentences(element: Any) -> bool:
    return "".join(element.itertext()).count("。") >= 3


def _length(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _span(text: str | None, most: int) -> int:
    return max(1, min(int(text), most)) if text and text.strip().isdigit() and len(text) < 7 else 1


def _list_number(item: Any) -> str:
    """What a browser prints in front of a list item; nothing for a bullet."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    styled = _LIST_STYLE.search(item.get("style") or "") or _LIST_STYLE.search(parent.get("style") or "")
    words = styled[1].lower().split() if styled else []
    if "none" in words:
        return ""
    kind = next((word for word in words if word in LIST_STYLES), parent.get("type") or "1")
    write, mark = LIST_STYLES.get(kind, LIST_STYLES["1"])
    items = [child for child in parent if child.tag == "li"]
    step = -1 if parent.get("reversed") is not None else 1
    value = _whole(parent.get("start"), len(items) if step < 0 else 1) - step
    for other in items:
        value = _whole(other.get("value"), value + step)
        if other is item:
            break
    return f"{write(value)}{mark}"


def _whole(text: str | None, otherwise: int) -> int:
    stripped = (text or "").strip()
    return int(stripped) if re.fullmatch(r"-?\d{1,6}", stripped) else otherwise
