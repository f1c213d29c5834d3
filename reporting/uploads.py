"""What may be attached: six kinds of file, told by their content, without macros, bombs or people's numbers.

Every refusal is an UploadRefused with words for the person who chose the file. Nothing of a refused file is kept.
"""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from departments.sensitive import check_character, find_sensitive, looks_like_identity, refusal
from measures.reading import MAX_BYTES as MOST_OF_TEXT
from measures.reading import decode
from measures.sources import Kind, Unreadable, read_source, sniff
from measures.unreadable import UnreadablePlan
from reporting.content_types import DOCX, XLSX

# Extension → content type. What the browser claims the type to be is not asked.
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": DOCX,
    "xlsx": XLSX,
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
}
ACCEPT = ",".join(f".{extension}" for extension in CONTENT_TYPES)

_MOST_ENTRIES = 2000
_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_RATIO = 200
# How much of a document is searched for numbers; a longer one is refused, not skipped.
_MOST_SEARCHED = 20 * 1024 * 1024

# What the list of contents of an Office file says that its main part is.
_MAIN_PARTS = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_PROGRAMS = (".bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".scr", ".ps1", ".hta", ".com", ".msi", ".jar")
_USUAL_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
# Parts that are searched, and documents within the document, whose parts are.
_TEXTS = (".xml", ".vml", ".htm", ".html", ".txt", ".rtf", ".rels")
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".zip")
_ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
# Settings of printers are the one binary part that every Excel writes.
_HARMLESS_PART = re.compile(r"xl/printerSettings/[^/]+\.bin")

_SPACE = re.compile(r"<(?:\w+:)?(?:tab|br|cr)\b[^<>]*>")
_HYPHEN = re.compile(r"<(?:\w+:)?noBreakHyphen\b[^<>]*>")
# Formatting cuts a number into runs: what closes a run vanishes, what closes anything else parts two numbers.
_END_OF_RUN = r"(?:t|r|rPr|rFonts|ins|del|delText|hyperlink|smartTag|sdt|sdtPr|sdtContent|fldSimple|proofErr)"
_END_OF_ANYTHING_ELSE = re.compile(rf"</(?!(?:\w+:)?{_END_OF_RUN}\s*>)[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
# Attributes in which people's words stand: names of sheets, words instead of a picture, who commented, links.
DOCXY = (
    "name",
    "descr",
    "title",
    "alt",
    "Target",
    "author",
    "displayName",
    "tooltip",
    "display",
    "prompt",
    "location",
)
DOCXS_IN_TAGS = re.compile(rf"""\b(?:{"|".join(DOCXY)})\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
# Excel writes a long number that somebody typed as a number as 1.10101199003E+17.
_POWER_OF_TEN = re.compile(r"(?<![\d.])([1-9])\.(\d{4,17})[eE]\+?(1\d)(?!\d)")

# Controls, marks without width or that turn the direction, line separators, halves of characters; and separators of
# folders, which have been taken away by then and must not come back.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class UploadRefused(Exception):
    """The file is not taken; the message says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file that may be stored: ``name`` is safe to show and to send, ``content_type`` is what it really is."""

    name: str
    content_type: str
    size: int
    sha256: str


def check_upload(upload: UploadedFile) -> CheckedUpload:
    """Look at the whole file and return what to store it as. Raises UploadRefused."""
    name = safe_name(upload.name or "")
    if findings := find_sensitive(name):
        # Names stand in the trail, from which nothing is taken away.
        raise UploadRefused(_("文件名%(why)s") % {"why": refusal(findings)})
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in CONTENT_TYPES:
        raise UploadRefused(_("只能上传 PDF、Word(docx)、Excel(xlsx)、PNG、JPG、纯文本(txt)文件。"))
    size = upload.size or 0
    if not size:
        raise UploadRefused(_("文件是空的。"))
    if size > settings.ATTACHMENT_MAX_BYTES:
        raise UploadRefused(
            _("文件超过%(limit)d MB,请压缩或拆分后再上传。") % {"limit": settings.ATTACHMENT_MAX_BYTES // 1024**2}
        )
    content_type = CONTENT_TYPES[extension]
    stream = upload.file
    if extension == "txt" and stream is not None:
        _search_text(stream)
    elif stream is None or _content_type_of(stream) != content_type:
        raise UploadRefused(
            _("文件内容与扩展名“.%(extension)s”不符，请用原来的软件另存后再上传。") % {"extension": extension}
        )
    if extension == "pdf":
        _search_pdf(stream)
    digest = sha256()
    stream.seek(0)
    while chunk := stream.read(1024 * 1024):
        digest.update(chunk)
    stream.seek(0)
    return CheckedUpload(name, content_type, size, digest.hexdigest())


def _search_text(stream: IO[bytes]) -> None:
    """Refuse what is no plain text that can be read (UTF-8, GB18030, UTF-16 with a mark), or holds people's numbers.

    A text has no mark of its own: it is one if it is nothing else. Pages and programs are refused under this ending
    too, although nobody's browser would open them as such.
    """
    stream.seek(0)
    data = stream.read(MOST_OF_TEXT + 1)
    if len(data) > MOST_OF_TEXT:
        raise UploadRefused(_("文件内容过大，请拆分后再上传。"))
    try:
        if sniff(data, "attachment.txt") not in (Kind.TEXT, Kind.CSV):
            raise Unreadable("something else")
        text = decode(data)
    except (Unreadable, UnreadablePlan):
        raise UploadRefused(
            _("这不是纯文本，或编码无法辨认；请用记事本打开，另存为 UTF-8 编码的 txt 后再上传。")
        ) from None
    if findings := find_sensitive(text):
        raise UploadRefused(refusal(findings[:5]))


def _search_pdf(stream: IO[bytes]) -> None:
    """Refuse a PDF whose text holds numbers of people, or that a password keeps from being looked into.

    A scan has no text; what is in a picture cannot be searched here.
    """
    stream.seek(0)
    data = stream.read()
    try:
        source = read_source(data, name="attachment.pdf")
    except Unreadable as error:
        if b"/Encrypt" in data:
            raise UploadRefused(_("文件已加密，请去掉密码后再上传。")) from error
        return
    if findings := find_sensitive(source.text):
        raise UploadRefused(refusal(findings[:5]))


def safe_name(name: str) -> str:
    """The name without folders, control characters and direction marks, at most 120 characters, ending kept."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(character for character in name if unicodedata.category(character) not in _UNSAFE_CATEGORIES)
    name = name.strip(" .") or _("附件")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:110]}{dot}{extension[:9]}" if dot else name[:120]


def _content_type_of(stream: IO[bytes]) -> str | None:
    stream.seek(0)
    head = stream.read(16)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"PK\x03\x04"):
        return _office_type_of(stream)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # What Office wraps a document in that has a password; also what .doc and .xls are.
        raise UploadRefused(_("文件已加密或是旧格式，请去掉密码、另存为 docx 或 xlsx 后再上传。"))
    return None


def _office_type_of(stream: IO[bytes]) -> str | None:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            return _checked_office_type(archive, _Budget(_MOST_SEARCHED))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise UploadRefused(_("文件已损坏或加密，无法读取。")) from None


def _checked_office_type(archive: zipfile.ZipFile, budget: _Budget, *, within: bool = False) -> str | None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED or unpacked / packed > _MOST_RATIO:
        raise UploadRefused(_("压缩内容异常（疑似压缩炸弹），已拒绝。"))
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused(_("文件已加密，请去掉密码后再上传。"))
    # Two parts of one name: a reader of the file may see the one that was not looked at.
    if any(name.startswith("/") or ".." in name.split("/") for name in names) or len(set(names)) < len(names):
        raise UploadRefused(_("文件内部路径异常，已拒绝。"))
    if any(name.lower().endswith(_PROGRAMS) and not _HARMLESS_PART.fullmatch(name) for name in names):
        raise UploadRefused(_("文件含有宏或程序，已拒绝；请另存为不含宏的格式。"))
    if "[Content_Types].xml" not in names:
        return None
    contents = budget.read(archive, "[Content_Types].xml")
    if b"macroEnabled" in contents:
        raise UploadRefused(_("文件含有宏或程序，已拒绝；请另存为不含宏的格式。"))
    for name in sorted(names):
        if name.lower().endswith(_TEXTS):
            _refuse_numbers_of_people(budget.read(archive, name))
        elif name.lower().endswith(_DOCUMENTS):
            # A chart brings its workbook along; a document in that document is nobody's chart.
            if within:
                raise UploadRefused(_("文件内部结构异常，已拒绝。"))
            with zipfile.ZipFile(BytesIO(budget.read(archive, name))) as inner:
                _checked_office_type(inner, budget, within=True)
    return next((known for words, known in _MAIN_PARTS.items() if words in contents), None) or next(
        (known for part, known in _USUAL_MAIN_PARTS.items() if part in names), None
    )


@dataclass(slots=True)
class _Budget:
    """How much may still be unpacked and searched."""

    left: int

    def read(self, archive: zipfile.ZipFile, name: str) -> bytes:
        with archive.open(name) as stream:
            # Never trust the declared size: read at most the limit and one byte.
            content = stream.read(self.left + 1)
        if len(content) > self.left:
            raise UploadRefused(_("文件内容过大，请拆分后再上传。"))
        self.left -= len(content)
        return content


def _refuse_numbers_of_people(part: bytes) -> None:
    # XML is UTF-8 unless its first bytes say UTF-16. It is searched as text and never parsed.
    text = part.decode(_ENCODINGS.get(part[:2], "utf-8"), "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UploadRefused(_("文件内部结构异常，已拒绝。"))
    # Links are full of long numbers that may pass for a card's by chance; the others have more to go by.
    in_tags = [finding for finding in find_sensitive(_words_in_tags(text)) if finding.kind != "bank_card"]
    if findings := [*find_sensitive(_text_of(text)), *in_tags]:
        raise UploadRefused(refusal(findings[:5]))


def _words_in_tags(xml: str) -> str:
    # The cells of a large sheet have none of them, which is seen much sooner than searched.
    if not any(name in xml for name in DOCXY):
        return ""
    text = "\n".join(double or single for double, single in DOCXS_IN_TAGS.findall(xml))
    return html.unescape(text) if "&#" in text else text


def _text_of(xml: str) -> str:
    """The words of a part as a reader sees them: runs joined, cells and paragraphs apart, long numbers in full."""
    text = _HYPHEN.sub("-", _SPACE.sub(" ", xml))
    text = _TAG.sub("", _END_OF_ANYTHING_ELSE.sub("\n", text))
    if "&#" in text:
        text = html.unescape(text)
    return _POWER_OF_TEN.sub(_in_full, text)


def _in_full(found: re.Match[str]) -> str:
    """The digits of 「1.10101199003E+17」, with an identity number's check character where Excel has lost it."""
    digits = str(int(Decimal(f"{found[1]}.{found[2]}e{found[3]}")))
    # Excel keeps fifteen digits of a number, which holds the birthday; the rest has become zeros.
    if looks_like_identity(digits) and digits.endswith("00"):
        digits = digits[:17] + check_character(digits[:17])
    return digits
