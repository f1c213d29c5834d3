"""From a file to text, or to a clear refusal."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from measures.unreadable import UnreadablePlan

MAX_BYTES = 5 * 1024 * 1024
MAX_CHARACTERS = MAX_BYTES

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文件"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word 或 Excel 文件（doc、xls、wps）"),
    (b"{\\rtf", "RTF 文件"),
    (b"PK\x03\x04", "压缩包"),
    (b"PK\x05\x06", "压缩包"),
    (b"\x1f\x8b", "压缩包（gzip）"),
    (b"Rar!", "压缩包（rar）"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包（7z）"),
    (b"\x89PNG", "图片（PNG）"),
    (b"\xff\xd8\xff", "图片（JPEG）"),
    (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"),
    (b"\x7fELF", "程序文件"),
    (b"MZ", "程序文件"),
    (b"SQLite format 3", "数据库文件"),
)
_OFFICE_PARTS = ((b"word/", "Word 文件（docx）"), (b"xl/", "Excel 文件（xlsx）"), (b"ppt/", "演示文稿（pptx）"))
_WANTED = "请另存为纯文本（.txt，UTF-8 或 GB18030 编码）后再导入。"

# The commonest characters of Chinese prose and of official papers, simplified and traditional. Text decoded with
# the wrong table keeps next to none of them (at most 4 % where it was tried; real papers are above 25 %).
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国和地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十"
    "民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加月关"
    "二保障市县区省委局厅办府责负配合单位作工条章规划计案措施通知落实织组管理安全教育宣传预防打击犯罪救助受害拐卖妇"
    "女儿童联席议成员各级按照年度报送建立健全完善加强推进服务社会系统强化信息领域项目基础发展改革水平任务目标"
    "個來時國會這發說後們對過經關業應當問動現實將兩間體産產爲為與機員單負責條劃計辦廳區縣務組織處護標準設"
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN_NOISE = re.compile(r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc]")


def load(path: str | Path) -> str:
    """The text of a file on disk. Raises ``UnreadablePlan``; a file over ``MAX_BYTES`` is not read."""
    file = Path(path)
    try:
        if file.is_dir():
            raise UnreadablePlan(f"「{path}」是文件夹，请给出一个文本文件。")
        if not file.exists():
            raise UnreadablePlan(f"找不到文件「{path}」。")
        if not file.is_file():
            raise UnreadablePlan(f"「{path}」不是普通文件。")
        if file.stat().st_size > MAX_BYTES:
            raise UnreadablePlan(_too_large(file.stat().st_size))
        with file.open("rb") as stream:
            # One byte more than allowed, in case the file grew since its size was asked for.
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadablePlan(f"文件「{path}」无法读取：{error}") from error
    return decode(data)


def decode(data: bytes) -> str:
    """Bytes to text with the byte-order mark removed and line ends untouched.

    Takes UTF-8, UTF-16 with a mark, GBK and GB18030. Raises ``UnreadablePlan`` for an empty, oversized or binary
    file and for an encoding that cannot be told.
    """
    if len(data) > MAX_BYTES:
        raise UnreadablePlan(_too_large(len(data)))
    for mark, kind in _MAGIC:
        # Two letters alone ("BM", "MZ") may begin a text: such files must hold a NUL as well.
        if data.startswith(mark) and (len(mark) > 2 or mark == b"\x1f\x8b" or b"\0" in data[:4096]):
            if kind == "压缩包":
                kind = next((office for part, office in _OFFICE_PARTS if part in data), kind)
            raise UnreadablePlan(f"这是{kind}，不是文本。{_WANTED}")
    text = _decode_text(data)
    check_text(text)
    return text


def check_text(text: str) -> None:
    """Raise ``UnreadablePlan`` for text that no plan can look like: empty, oversized, binary or garbled."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadablePlan(_too_large(len(text), "个字"))
    if not text.strip("\ufeff\u200b \t\r\n\f\v\u3000\xa0") or text.isspace():
        raise UnreadablePlan("文件是空的，没有可读的文字。")
    if "\0" in text:
        raise UnreadablePlan(f"文件里有二进制内容，不是文本。{_WANTED}")
    if _is_garbled(text):
        raise UnreadablePlan(f"文件里是乱码，编码无法辨认。{_WANTED}")


def _decode_text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        encodings: tuple[str, ...] = ("utf-32",)
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    elif b"\0" in data:
        raise UnreadablePlan(f"文件里有二进制内容，不是文本。{_WANTED}")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise UnreadablePlan(f"文件的编码无法辨认。{_WANTED}")


def _is_garbled(text: str) -> bool:
    sample = text if len(text) <= 60_000 else text[:30_000] + text[-30_000:]
    characters = len(sample)
    if sample.count("\ufffd") > max(2, characters // 500):
        return True
    if sum(character < " " and not character.isspace() for character in sample) > max(2, characters // 200):
        return True
    ideographs = _CJK.findall(sample)
    if len(_LATIN_NOISE.findall(sample)) > max(20, len(ideographs)):
        return True
    private_use = sum("\ue000" <= character <= "\uf8ff" for character in sample)
    if private_use > max(5, characters // 50):
        return True
    common = sum(character in _COMMON for character in ideographs)
    return len(ideographs) >= 30 and common < len(ideographs) * 0.08


def _too_large(size: int, unit: str = "") -> str:
    shown = f"{size}{unit}" if unit else f"{size / 1024 / 1024:.1f} MB"
    return f"文件太大（{shown}），上限是 {MAX_BYTES // 1024 // 1024} MB。计划文本通常不到 0.1 MB，请核对选错文件没有。"
