"""Tables as text (csv): the encoding, the separator, and the rows."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from io import StringIO

from .limits import MAX_CHARACTERS, Count
from .results import Kind, Sheet, Source, Unreadable

_SEPARATORS = (",", "\t", ";")
_FIELD_LIMIT = 131_072
_SAMPLE = 200_000
# A sentence in a line of text: what comes before a separator is no cell.
_SENTENCE = re.compile(r"[。！？]")


def read_delimited(data: bytes, name: str = "") -> Source:
    """The one table of a csv file, its name that of the file without the ending. Raises ``Unreadable``."""
    text = decode_table(data)
    if "\0" in text:
        raise Unreadable("文件里有二进制内容，不是表格，或者已经损坏。请用 Excel 另存为 .xlsx 后再导入。")
    title = re.split(r"[/\\]", name)[-1].rpartition(".")[0] or "CSV"
    rows: list[list[str]] = []
    count = Count()
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator_of(text), strict=True):
            cells = [cell.strip().replace("\r\n", "\n") for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            count.row(title, len(rows), len(cells), sum(map(len, cells)))
            rows.append(cells)
    except csv.Error as error:
        if "field larger" in str(error):
            message = f"表格第 {len(rows) + 1} 行起有一格超过 {_FIELD_LIMIT} 个字，可能是引号没有成对。"
        else:
            message = f"表格第 {len(rows) + 1} 行起引号没有成对，无法分清单元格。"
        raise Unreadable(f"{message}请用 Excel 打开，另存为 .xlsx 后再导入。") from None
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise Unreadable("表格是空的，没有可读的内容。请核对选错文件没有。")
    return Source(Kind.CSV, sheets=[Sheet(title, rows)])


def decode_table(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 and UTF-32 with one, else GB18030. Raises ``Unreadable``."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        encodings: tuple[str, ...] = ("utf-32",)
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if len(text) > MAX_CHARACTERS:
            raise Unreadable("表格的内容太多。请只留下责任分解表，另存后再导入。")
        return text
    raise Unreadable("表格的编码无法辨认。请用 Excel 打开，另存为 .xlsx 后再导入。")


def separator_of(text: str) -> str:
    """The separator that gives most lines the same number of cells, more than one; a comma if none does."""
    return max(_SEPARATORS, key=lambda separator: _evenness(text[:_SAMPLE], separator))


def looks_delimited(data: bytes, ending: str) -> bool:
    """Whether text is a table: nearly all lines have as many cells, and they are no prose.

    With the ending csv or tsv some unevenness is forgiven, and one column.
    """
    head = data[: _SAMPLE * 2]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        try:
            # The head may end within a character.
            text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
        except UnicodeDecodeError:
            text = head.decode("gb18030", "replace")
    evenness = max(_evenness(text[:_SAMPLE], separator)[0] for separator in _SEPARATORS)
    if ending in ("csv", "tsv"):
        lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()]
        prose = sum(bool(_SENTENCE.search(line)) and not line.startswith('"') for line in lines)
        return evenness >= 0.3 or prose * 2 <= len(lines)
    return evenness >= (0.95 if ending in ("txt", "text") else 0.8)


def _evenness(text: str, separator: str) -> tuple[float, int]:
    """The share of rows that have the commonest number of cells, 0 if that is one; and that number."""
    counts: Counter[int] = Counter()
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            if any(cell.strip() for cell in row):
                counts[len(row)] += 1
            if sum(counts.values()) >= 500:
                break
    except csv.Error:
        return 0.0, 0
    if not counts or sum(counts.values()) < 2:
        # One line alone: a header, if it has cells.
        width = max(counts, default=0)
        return (1.0, width) if width >= 3 else (0.0, 0)
    width, times = counts.most_common(1)[0]
    return (times / sum(counts.values()), width) if width >= 2 else (0.0, 0)
