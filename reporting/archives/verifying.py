"""Checking an archive by itself: nothing in it was changed, added, taken away, or would do harm when it is unpacked."""

from __future__ import annotations

import hashlib
import json
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from departments.chain import digest_of, seal_of
from reporting.archives.layout import (
    COMMENT_LENGTH,
    COMMENT_PREFIX,
    END_RECORD,
    EVENTS,
    MANIFEST,
    MANIFEST_DIGEST,
    SCHEMA,
    what_is_wrong_with,
)

_CHUNK = 1024 * 1024
_END = struct.Struct("<4s4H2LH")
_END_MARK, _LOCATOR_MARK, _END64_MARK = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_LOCATOR, _END64 = 20, 56
_LOCAL = struct.Struct("<4s5H3L2H")
# More than any year has; a file that claims more is not read on.
MOST_FILES = 500_000
MOST_DIRECTORY = 256 * 1024 * 1024
MOST_MANIFEST = 256 * 1024 * 1024
_MOST_LINE = 16 * 1024 * 1024
# What a file may unpack to: much where it is small, and never more than so many times what it weighs.
MOST_UNPACKED, MOST_RATIO = 1024**3, 200
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclass(slots=True)
class Verdict:
    """What was found: sentences for people. The archive is sound where there are no ``problems``."""

    problems: list[str] = field(default_factory=list)
    # What is no fault of the archive: files that were missing already when it was made.
    notes: list[str] = field(default_factory=list)
    title: str = ""
    files: int = 0
    size: int = 0
    sha256: str = ""

    @property
    def is_sound(self) -> bool:
        return not self.problems


class _Unreadable(Exception):
    """Nothing more can be said about the file. The message is for people."""


def verify(path: Path) -> Verdict:
    """Check everything in the archive. Reads the file twice and holds none of it in memory."""
    verdict = Verdict()
    try:
        verdict.size = path.stat().st_size
        with path.open("rb") as file:
            _check(file, verdict)
    except _Unreadable as error:
        verdict.problems.append(str(error))
    except OSError as error:
        verdict.problems.append(f"读不出文件：{error.strerror or error}。")
    return verdict


def _check(file: IO[bytes], verdict: Verdict) -> None:
    seal = _sealed(file, verdict)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_end(file, archive, len(entries), verdict)
            _check_entries(entries, archive.start_dir, verdict)
            manifest = _manifest(archive, verdict)
            _check_files(archive, manifest, verdict)
            if verdict.is_sound:
                _check_trail(archive, verdict)
    except _BROKEN as error:
        verdict.problems.append(f"压缩包的目录已损坏，无法读取（{type(error).__name__}）。")
        return
    if not seal and verdict.is_sound:
        verdict.problems.append("压缩包的目录、文件头或填充部分被改动；各文件的内容与清单一致。")


# --- The container ------------------------------------------------------------------------------------------------


def _sealed(file: IO[bytes], verdict: Verdict) -> bool:
    """Whether all that stands before the last record is what its digest says. Raises _Unreadable."""
    end = verdict.size - END_RECORD - COMMENT_LENGTH
    head = file.read(4)
    if head not in (b"PK\x03\x04", _END_MARK):
        raise _Unreadable("这不是 zip 文件，或开头已被改动。")
    if end < 0:
        raise _Unreadable("文件不完整：太小，不是年度档案。")
    file.seek(end)
    last = file.read()
    if not last.startswith(_END_MARK) or last[END_RECORD : END_RECORD + len(COMMENT_PREFIX)] != COMMENT_PREFIX:
        raise _Unreadable("文件被截断，或结尾被改动，或不是本系统的年度档案。")
    if _size_of_directory(file, end, last) > MOST_DIRECTORY:
        raise _Unreadable("压缩包的目录过大，不再检查。")
    file.seek(0)
    digest, whole, left = hashlib.sha256(), hashlib.sha256(), end
    while left:
        piece = file.read(min(_CHUNK, left))
        if not piece:
            raise _Unreadable("文件在读取期间变短了。")
        digest.update(piece)
        whole.update(piece)
        left -= len(piece)
    whole.update(last)
    verdict.sha256 = whole.hexdigest()
    return last[END_RECORD + len(COMMENT_PREFIX) :] == digest.hexdigest().encode()


def _size_of_directory(file: IO[bytes], end: int, last: bytes) -> int:
    """What the directory claims to weigh: it is read into memory as a whole."""
    size: int = _END.unpack(last[:END_RECORD])[5]
    if size == 0xFFFFFFFF and end >= _LOCATOR + _END64:
        file.seek(end - _LOCATOR - _END64)
        record = file.read(_END64)
        size = struct.unpack("<Q", record[40:48])[0] if record.startswith(_END64_MARK) else size
    return size


def _check_end(file: IO[bytes], archive: zipfile.ZipFile, count: int, verdict: Verdict) -> None:
    """The last record says what is so: no digest speaks for its own bytes."""
    end = verdict.size - END_RECORD - COMMENT_LENGTH
    file.seek(max(end - _LOCATOR, 0))
    has_locator = end >= _LOCATOR and file.read(4) == _LOCATOR_MARK
    directory_ends = end - _LOCATOR - _END64 if has_locator else end
    size = directory_ends - archive.start_dir
    expected = _END.pack(
        _END_MARK,
        0,
        0,
        min(count, 0xFFFF),
        min(count, 0xFFFF),
        min(size, 0xFFFFFFFF) if size >= 0 else 0,
        min(archive.start_dir, 0xFFFFFFFF),
        COMMENT_LENGTH,
    )
    file.seek(end)
    if file.read(END_RECORD) != expected:
        verdict.problems.append("压缩包的结尾记录被改动。")


def _check_entries(entries: list[zipfile.ZipInfo], directory: int, verdict: Verdict) -> None:
    """Names that do no harm, each once; files that are files, and that do not lie in one another."""
    if len(entries) > MOST_FILES:
        raise _Unreadable(f"压缩包里有 {len(entries)} 个文件，超过上限，不再检查。")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max(MOST_UNPACKED, MOST_RATIO * verdict.size):
        raise _Unreadable("解压后过大（疑似压缩炸弹），不再检查。")
    seen: Counter[str] = Counter()
    for entry in entries:
        shown = _shown(entry.filename)
        if wrong := what_is_wrong_with(entry.orig_filename):
            verdict.problems.append(f"文件名「{shown}」{wrong}。")
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.is_dir():
            verdict.problems.append(f"「{shown}」不是普通文件。")
        if entry.flag_bits & 1 or entry.compress_type not in _METHODS:
            verdict.problems.append(f"「{shown}」加了密，或用了不认得的压缩方法。")
        seen[unicodedata.normalize("NFC", entry.filename).casefold()] += 1
    verdict.problems += [f"文件名「{_shown(name)}」出现了 {count} 次。" for name, count in seen.items() if count > 1]
    before = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < before or entry.header_offset + entry.compress_size > directory:
            verdict.problems.append(f"「{_shown(entry.filename)}」与另一个文件重叠（疑似压缩炸弹）。")
        before = entry.header_offset + _LOCAL.size + entry.compress_size


def _shown(name: str) -> str:
    """A name as it may be printed: it may have been made up to deceive who reads it."""
    return "".join(character if character.isprintable() else "?" for character in name)[:200]


# --- What it says of itself ---------------------------------------------------------------------------------------


def _manifest(archive: zipfile.ZipFile, verdict: Verdict) -> dict[str, Any]:
    """The list of what must be there. Raises _Unreadable where there is none that can be trusted."""
    names = set(archive.namelist())
    if MANIFEST not in names or MANIFEST_DIGEST not in names:
        raise _Unreadable(f"缺少「{MANIFEST}」或「{MANIFEST_DIGEST}」，不是年度档案。")
    data, digest = _read(archive, MANIFEST, MOST_MANIFEST), _read(archive, MANIFEST_DIGEST, 1000)
    if data is None or digest is None:
        raise _Unreadable(f"「{MANIFEST}」或「{MANIFEST_DIGEST}」已损坏。")
    if digest != f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode():
        raise _Unreadable(f"「{MANIFEST}」与「{MANIFEST_DIGEST}」不符，清单被改动。")
    try:
        manifest = json.loads(data)
        if manifest["schema"] != SCHEMA:
            raise _Unreadable(f"清单的格式「{_shown(str(manifest['schema']))}」不认得，请用较新的程序核对。")
        verdict.title = f"{manifest['conference']['name']} {manifest['year']} 年度"
        for one in manifest["files"]:
            if not (isinstance(one["path"], str) and isinstance(one["size"], int) and isinstance(one["sha256"], str)):
                raise TypeError
        verdict.notes += [_shown(f"{one['path']}：{one['reason']}") for one in manifest["missing"]]
    except (ValueError, KeyError, TypeError):
        raise _Unreadable(f"「{MANIFEST}」的内容不完整。") from None
    found: dict[str, Any] = manifest
    return found


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    data = b""
    try:
        with archive.open(name) as file:
            data = file.read(most + 1)
    except _BROKEN:
        return None
    return data if len(data) <= most else None


def _check_files(archive: zipfile.ZipFile, manifest: dict[str, Any], verdict: Verdict) -> None:
    listed = Counter(one["path"] for one in manifest["files"])
    verdict.problems += [f"清单里「{_shown(path)}」列了 {count} 次。" for path, count in listed.items() if count > 1]
    there = set(archive.namelist())
    for path in sorted(there - set(listed) - {MANIFEST, MANIFEST_DIGEST}):
        verdict.problems.append(f"多出文件「{_shown(path)}」：清单里没有。")
    for one in manifest["files"]:
        path = one["path"]
        if path not in there:
            verdict.problems.append(f"缺少文件「{_shown(path)}」。")
            continue
        verdict.files += 1
        if wrong := _what_is_wrong(archive, path, one["size"], one["sha256"]):
            verdict.problems.append(f"文件「{_shown(path)}」{wrong}")


def _what_is_wrong(archive: zipfile.ZipFile, path: str, size: int, sha256: str) -> str:
    digest, read = hashlib.sha256(), 0
    try:
        with archive.open(path) as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
                read += len(piece)
                # Who wrote more than the list says might go on for ever.
                if read > size:
                    return f"被改动：比清单所列的 {size} 字节长。"
    except _BROKEN:
        return "被改动或已损坏：不能解压。"
    if read != size:
        return f"被改动：清单所列为 {size} 字节，现为 {read} 字节。"
    return "" if digest.hexdigest() == sha256 else "被改动：内容与清单的摘要不符。"


# --- The trail ----------------------------------------------------------------------------------------------------


def _check_trail(archive: zipfile.ZipFile, verdict: Verdict) -> None:
    """Every event against its seal, where it has one: the list of files can be made anew, the seals cannot."""
    if EVENTS not in archive.namelist():
        return
    with archive.open(EVENTS) as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_MOST_LINE), b""), 1):
            if wrong := _what_is_wrong_with_event(line):
                verdict.problems.append(f"「{EVENTS}」第 {number} 行{wrong}")


def _what_is_wrong_with_event(line: bytes) -> str:
    try:
        event = json.loads(line)
        if "detail" in event and digest_of(event["detail"]) != event["detail_sha256"]:
            return "的内容与其摘要不符。"
        seal = event.get("seal")
        if seal is not None and seal_of(seal["previous"], event) != seal["digest"]:
            return "与封存的摘要不符：这一条记录被改动。"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "不是完整的记录。"
    return ""
