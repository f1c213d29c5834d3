"""Writing an archive: file after file into a zip on disk, each hashed on its way, none of them held in memory."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from reporting.archives.layout import (
    COMMENT_LENGTH,
    COMMENT_PREFIX,
    CONTENTS,
    END_RECORD,
    MANIFEST,
    MANIFEST_DIGEST,
    SCHEMA,
    Names,
)

CHUNK = 1024 * 1024
# These are compressed already; to do it again takes time and saves nothing.
_COMPRESSED = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg", ".zip")
# A zip knows no year before this one.
_FIRST = datetime(1980, 1, 1)


class ArchiveWriter:
    """A new archive at ``path``; ``moment`` is the time that all its files bear."""

    def __init__(self, path: Path, *, moment: datetime) -> None:
        self.names = Names()
        self.files: list[dict[str, Any]] = []
        self._path = path
        self._time = max(moment.replace(tzinfo=None), _FIRST).timetuple()[:6]
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        for name in (CONTENTS, MANIFEST, MANIFEST_DIGEST):
            self.names.path("", name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def add(self, path: str, data: bytes | Iterable[bytes]) -> None:
        """A file by its bytes, or by pieces of them; ``path`` is one that ``names`` has given."""
        with self._file(path) as write:
            for piece in [data] if isinstance(data, bytes) else data:
                write(piece)

    def add_text(self, path: str, text: str) -> None:
        self.add(path, text.encode())

    def add_lines(self, path: str, rows: Iterable[dict[str, Any]]) -> int:
        """JSON Lines; returns how many. They are written as they come."""
        count = 0
        with self._file(path) as write:
            for row in rows:
                write(line_of(row))
                count += 1
        return count

    def add_copy(self, path: str, source: IO[bytes]) -> str:
        """A copy of an open file, piece by piece; returns its digest."""
        self.add(path, iter(lambda: source.read(CHUNK), b""))
        return str(self.files[-1]["sha256"])

    @contextmanager
    def _file(self, path: str) -> Iterator[Any]:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(path), "w", force_zip64=False) as entry:

            def write(piece: bytes) -> None:
                nonlocal size
                entry.write(piece)
                digest.update(piece)
                size += len(piece)

            yield write
        self.files.append({"path": path, "size": size, "sha256": digest.hexdigest()})

    def _info(self, path: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._time)  # type: ignore[arg-type]
        info.compress_type = zipfile.ZIP_STORED if path.lower().endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.create_system = 3
        return info

    def finish(self, about: dict[str, Any], contents: str) -> None:
        """Write what the archive says of itself, and seal it. Nothing can be added afterwards."""
        self.add_text(CONTENTS, contents)
        manifest = {"schema": SCHEMA, **about, "files": self.files}
        data = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        for path, content in (
            (MANIFEST, data),
            (MANIFEST_DIGEST, f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode()),
        ):
            self._zip.writestr(self._info(path), content)
        self._zip.comment = COMMENT_PREFIX + b"0" * 64
        self._zip.close()
        _seal(self._path)


def line_of(row: dict[str, Any]) -> bytes:
    """A row as one line, the same for the same row."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _seal(path: Path) -> None:
    """Put the digest of all that stands before the last record into that record."""
    end = path.stat().st_size - END_RECORD - COMMENT_LENGTH
    with path.open("r+b") as file:
        digest, left = hashlib.sha256(), end
        while left:
            piece = file.read(min(CHUNK, left))
            digest.update(piece)
            left -= len(piece)
        file.seek(end + END_RECORD + len(COMMENT_PREFIX))
        file.write(digest.hexdigest().encode())
