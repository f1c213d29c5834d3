"""What a file is, by its content; and a refusal with advice for every kind that cannot be read."""

from __future__ import annotations

import codecs
import re

from .archive import DAMAGED, ENCRYPTED, kind_of_archive
from .delimited import looks_delimited
from .limits import MAX_BYTES
from .results import Kind, Unreadable

_AS_TEXT = "请换用 Word（.docx）、Excel（.xlsx）或纯文本（.txt）文件后再导入。"
_IMAGE = "这是图片（{}），读不出文字。请换用 Word 版（.docx）或文字版文件后再导入。"
_ARCHIVE = "这是压缩包（{}），不是文档。请先解压，再选择其中的文件导入。"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _IMAGE.format("PNG")),
    (b"\xff\xd8\xff", _IMAGE.format("JPEG")),
    (b"GIF8", _IMAGE.format("GIF")),
    (b"II*\0", _IMAGE.format("TIFF")),
    (b"MM\0*", _IMAGE.format("TIFF")),
    (b"\x1f\x8b", _ARCHIVE.format("gzip")),
    (b"Rar!\x1a\x07", _ARCHIVE.format("rar")),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE.format("7z")),
    (b"BZh", _ARCHIVE.format("bzip2")),
    (b"\xfd7zXZ\0", _ARCHIVE.format("xz")),
    (b"{\\rtf", "这是 RTF 文件。请用 Word 或 WPS 打开，另存为 .docx 后再导入。"),
    (b"\x7fELF", f"这是程序文件，不是文档。{_AS_TEXT}"),
    (b"SQLite format 3\0", f"这是数据库文件，不是文档。{_AS_TEXT}"),
    (b"bplist00", f"这是网页归档（webarchive）。{_AS_TEXT}"),
)
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|table|div|p|span|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(rb"(?:[\w-]+: [^\n]*\n[ \t]?)*content-type:\s*multipart/related", re.IGNORECASE)
# Names of streams in an OLE file, in the order in which they are looked for.
_STREAMS: tuple[tuple[str, str | None], ...] = (
    ("EncryptedPackage", ENCRYPTED),
    ("WordDocument", "这是旧版 Word 或 WPS 文字文件（doc、wps）。请用 Word 或 WPS 打开，另存为 .docx 后再导入。"),
    ("PowerPoint Document", "这是演示文稿（ppt），不是计划或责任分解表。请把文字另存为 .docx 或 .txt 后再导入。"),
    ("_VBA_PROJECT_CUR", "文件含有宏，请另存为 .xlsx 后再导入。"),
    ("Workbook", None),
    ("Book", None),
)


def sniff(data: bytes, name: str = "") -> Kind:
    """What the file is. Raises ``Unreadable`` if it is none of the kinds.

    The name's ending decides only between text and table, and only where the content leaves it open.
    """
    if not data:
        raise Unreadable("文件是空的，没有可读的内容。请核对选错文件没有。")
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"文件太大（{len(data) / 1024 / 1024:.1f} MB），上限是 {MAX_BYTES // 1024 // 1024} MB。"
            "计划和责任分解表通常不到 1 MB，请核对选错文件没有，或删去其中的图片后另存。"
        )
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return kind_of_archive(data)
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    if b"%PDF-" in data[:1024] and not _HTML.match(data[:1024]):
        return Kind.PDF
    _refuse_binary(data)
    return _kind_of_text(data, name)


def _refuse_binary(data: bytes) -> None:
    for mark, message in _MAGIC:
        if data.startswith(mark):
            raise Unreadable(message)
    if data[4:8] == b"ftyp":
        if data[8:12] in _HEIC:
            raise Unreadable(_IMAGE.format("HEIC"))
        raise Unreadable(f"这是视频或音频文件，不是文档。{_AS_TEXT}")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        raise Unreadable(_IMAGE.format("WebP"))
    if data[257:262] == b"ustar":
        raise Unreadable(_ARCHIVE.format("tar"))
    # Two letters alone may begin a text.
    if data.startswith(b"BM") and b"\0" in data[:64]:
        raise Unreadable(_IMAGE.format("BMP"))
    if data.startswith(b"MZ") and b"\0" in data[:64]:
        raise Unreadable(f"这是程序文件，不是文档。{_AS_TEXT}")


def _kind_of_ole(data: bytes) -> Kind:
    """An OLE file by the names in its directory, whose entries lie at multiples of 128 bytes wherever it is."""
    for name, message in _STREAMS:
        encoded = name.encode("utf-16-le") + b"\0\0"
        position = data.find(encoded)
        while position >= 0:
            is_entry = position % 128 == 0 and data[position + 64 : position + 66] == len(encoded).to_bytes(2, "little")
            if is_entry and data[position + 66 : position + 67] in (b"\1", b"\2"):
                if message:
                    raise Unreadable(message)
                return Kind.XLS
            position = data.find(encoded, position + 1)
    if len(data) < 1536:
        raise Unreadable(DAMAGED)
    raise Unreadable(f"这个文件的格式不能读取，或者文件已损坏。{_AS_TEXT}")


def _kind_of_text(data: bytes, name: str) -> Kind:
    head = data[:65536].removeprefix(codecs.BOM_UTF8)
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_wide:
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    elif b"\0" in data:
        raise Unreadable(f"文件里有二进制内容，不是文档，或者已经损坏。{_AS_TEXT}")
    if _MHTML.match(head.lstrip()[:4096].replace(b"\r\n", b"\n")):
        raise Unreadable(
            "这是单个文件网页（mht、mhtml）。请在浏览器里另存为「网页，仅 HTML」，或复制正文到 Word 后再导入。"
        )
    if b"<?mso-application" in head[:1024] or b"schemas-microsoft-com:office:spreadsheet" in head[:4096]:
        raise Unreadable("这是 XML 格式的 Office 文件。请另存为 .xlsx 或 .docx 后再导入。")
    if _HTML.match(head):
        return Kind.HTML
    if head.lstrip().startswith(b"<?xml"):
        raise Unreadable(f"这是 XML 文件，不是文档。{_AS_TEXT}")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return Kind.CSV if looks_delimited(data, ending) else Kind.TEXT
