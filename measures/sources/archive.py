"""The zip container of docx and xlsx: looked at before anything in it is parsed."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from .limits import MAX_ENTRIES, MAX_RATIO, MAX_ROWS, MAX_UNPACKED, too_many_rows
from .results import Kind, Unreadable

DAMAGED = "文件已损坏或不完整，无法读取。请重新下载，或用原来的软件打开后另存，再导入。"
ENCRYPTED = "文件有密码，无法读取。请在 Word、Excel 或 WPS 里去掉密码后另存，再导入。"
_BOMB = (
    "文件的压缩内容异常（疑似压缩炸弹），已拒绝。请用 Word、Excel 或 WPS 打开，"
    "删除多余的行和工作表（包括末尾的空行）后另存，再导入。"
)
_STRANGE = "文件的内部结构异常，已拒绝。请用 Word、Excel 或 WPS 打开后另存，再导入。"
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)

_CHUNK = 1024 * 1024
# The parts by which a kind is told are read outside the child process.
_MAX_CONTENTS = 4 * 1024 * 1024
_MAIN_PARTS = (
    (re.compile(rb"wordprocessingml\.(?:document|template)\.main\+xml"), Kind.DOCX),
    (re.compile(rb"spreadsheetml\.(?:sheet|template)\.main\+xml"), Kind.XLSX),
)
_USUAL_PARTS = {"word/document.xml": Kind.DOCX, "xl/workbook.xml": Kind.XLSX}
_SAVE_AS = {Kind.DOCX: ".docx", Kind.XLSX: ".xlsx"}
_MACRO = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
# Five bytes each, and four are carried over: none is counted twice.
_ROW_MARKS = (b"<row ", b"<row>", b":row ", b":row>")


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The container, its directory checked. Raises ``Unreadable`` for bombs, passwords, strange paths, damage."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        entries = archive.infolist()
    except _ERRORS:
        raise Unreadable(DAMAGED) from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1):
        raise Unreadable(_BOMB)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(ENCRYPTED)
    names = [entry.filename for entry in entries]
    if any(name.startswith("/") or ".." in re.split(r"[/\\]", name) for name in names):
        raise Unreadable(_STRANGE)
    if len({name.lower() for name in names}) < len(names):
        # Two parts of one name: one reader sees the first, another the last.
        raise Unreadable(_STRANGE)
    return archive


def read_part(archive: zipfile.ZipFile, name: str, most: int = MAX_UNPACKED) -> bytes | None:
    """One part of a container, unpacked; None if it is not there. Never more than the directory announces."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > most:
        raise Unreadable(_STRANGE)
    return b"".join(_chunks(archive, entry))


def kind_of_archive(data: bytes) -> Kind:
    """DOCX or XLSX. Raises ``Unreadable`` for every other zip file, and for one with macros."""
    archive = open_archive(data)
    names = archive.namelist()
    kind: Kind | None = None
    if (contents := read_part(archive, "[Content_Types].xml", _MAX_CONTENTS)) is not None:
        kind = next((kind for pattern, kind in _MAIN_PARTS if pattern.search(contents)), None)
        kind = kind or next((kind for part, kind in _USUAL_PARTS.items() if part in names), None)
        if _MACRO.search(contents) or any(name.lower().endswith(_MACRO_PARTS) for name in names):
            if b"sheet.binary" in contents or "xl/workbook.bin" in names:
                raise Unreadable("这是二进制工作簿（xlsb），可能含有宏。请另存为 .xlsx 后再导入。")
            kind = kind or (Kind.DOCX if b"ms-word" in contents else Kind.XLSX)
            raise Unreadable(f"文件含有宏，请另存为 {_SAVE_AS[kind]} 后再导入。")
        if "xl/workbook.bin" in names:
            raise Unreadable("这是二进制工作簿（xlsb），可能含有宏。请另存为 .xlsx 后再导入。")
        if kind is None and any(name.startswith("ppt/") for name in names):
            raise Unreadable("这是演示文稿（pptx），不是计划或责任分解表。请把文字另存为 .docx 或 .txt 后再导入。")
    if kind is not None:
        return kind
    if (mimetype := read_part(archive, "mimetype", _MAX_CONTENTS)) is not None and b"opendocument" in mimetype:
        wanted = ".xlsx" if b"spreadsheet" in mimetype else ".docx"
        raise Unreadable(f"这是 OpenDocument 文件（odt、ods）。请另存为 {wanted} 后再导入。")
    if "OFD.xml" in names:
        raise Unreadable("这是版式文件（ofd），暂不能读取。请换用 Word 版，或复制文字另存为 .txt 后再导入。")
    if any(name in names for name in ("word/document.xml", "xl/workbook.xml")):
        raise Unreadable(DAMAGED)
    raise Unreadable("这是压缩包，不是文档。请先解压，再选择其中的文件导入。")


def check_parts(archive: zipfile.ZipFile) -> None:
    """Unpack every part once, without parsing, and refuse declarations of entities and sheets without end.

    Also finds damage anywhere in the container before a result is begun: each part's checksum is compared.
    """
    for entry in archive.infolist():
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        is_sheet = bool(_SHEET.fullmatch(entry.filename))
        rows, tail = 0, b""
        for chunk in _chunks(archive, entry):
            if not is_xml:
                continue
            # The end of the chunk before goes along, so that what lies across the border is seen.
            if any(word in tail + chunk for word in _DECLARATIONS):
                raise Unreadable(_STRANGE)
            if is_sheet:
                window = tail[-4:] + chunk
                rows += sum(window.count(mark) for mark in _ROW_MARKS)
                if rows > MAX_ROWS:
                    raise Unreadable(too_many_rows("工作表"))
            tail = chunk[-40:]


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    left = entry.file_size
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Unreadable(_BOMB)
                yield chunk
    except _ERRORS:
        raise Unreadable(DAMAGED) from None
