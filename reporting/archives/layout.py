"""How an archive is laid out: what its parts are called, and which names a file in it may have."""

from __future__ import annotations

import re
import unicodedata

SCHEMA = "fanguai-archive/1"

# What the archive says of itself stands at its end, after all that it speaks of.
CONTENTS = "目录.txt"
MANIFEST = "清单.json"
MANIFEST_DIGEST = "清单.sha256"
EVENTS = "记录/事件.jsonl"

# The comment at the end of the zip is the digest of everything before the record that holds it: a byte that is
# changed between two files, where no file's own digest would find it, is found by this one.
COMMENT_PREFIX = b"sha256:"
COMMENT_LENGTH = len(COMMENT_PREFIX) + 64
END_RECORD = 22

_NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_MOST_CHARACTERS = 80
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")


def safe_name(name: str) -> str:
    """A name as every system can store it, as near to ``name`` as may be; its ending stays."""
    name = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in ("Cf", "Cc", "Cs", "Co")
    )
    name = _NOT_IN_A_NAME.sub("_", name).strip(" .")
    if len(name) > _MOST_CHARACTERS:
        found = _ENDING.search(name)
        ending = found[0] if found else ""
        name = f"{name[: _MOST_CHARACTERS - len(ending) - 1].rstrip(' .')}…{ending}"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name or "未命名"


def what_is_wrong_with(path: str) -> str:
    """Why nobody should store a file under this name, in words; empty where nothing is wrong with it."""
    parts = path.split("/")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "是绝对路径"
    if ".." in parts or "." in parts or "" in parts:
        return "会越出目录"
    if "\\" in path or "\x00" in path:
        return "含有不允许的字符"
    return ""


class Names:
    """The names that an archive has given away, each once, whether or not a system tells capital letters apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._folders: dict[tuple[str, str], str] = {}

    def folder(self, above: str, name: str, key: str) -> str:
        """The folder of what is known by ``key``: the same one each time, another one for another key."""
        known = self._folders.get((above, key))
        if known is None:
            known = self._folders[above, key] = self.path(above, safe_name(name))
        return known

    def path(self, folder: str, name: str) -> str:
        """A path in ``folder`` that was not given away yet: 「总结.pdf」, then 「总结（2）.pdf」."""
        name = safe_name(name)
        found = _ENDING.search(name)
        stem, ending = (name[: found.start()], found[0]) if found else (name, "")
        candidate, count = name, 1
        while (whole := f"{folder}/{candidate}" if folder else candidate).casefold() in self._taken:
            count += 1
            candidate = f"{stem}（{count}）{ending}"
        self._taken.add(whole.casefold())
        return whole
