"""What two texts have in common whatever their width and line breaks, and what in them is wording and what is names."""

from __future__ import annotations

import re
import unicodedata

# Invisible characters that survive copying from the web; like white space they say nothing.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_OPENING, _CLOSING = "([{〔【〖〈", ")]}〕】〗〉"
_DEPTH = dict.fromkeys(_OPENING, 1) | dict.fromkeys(_CLOSING, -1)
# How a responsibility in brackets ends, or begins.
_ENDS_WITH_ROLE = re.compile(
    r"(?:负责|配合|牵头|参与|参加|协助|协同|协办|主办|承办|落实|实施|支持|[:：].{1,400})[。.;；,，]?\Z", re.S
)
_BEGINS_WITH_ROLE = re.compile(r"(?:牵头|负责|责任|配合|协办|主办|承办|参与|协同|第一责任)(?:单位|部门)?[:：]")
_SIGN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The key by which texts are compared: one width (NFKC), no white space, and nothing else changed."""
    if text.isascii():
        return "".join(text.split())
    return "".join(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).split())


def wording(folded: str) -> str:
    """A folded text less its responsibility brackets and punctuation: what it says, not who does it."""
    if not any(mark in folded for mark in _OPENING):
        return _SIGN.sub("", folded)
    kept: list[str] = []
    depth = begin = 0
    for index, character in enumerate(folded):
        step = _DEPTH.get(character, 0)
        if step > 0:
            if depth == 0:
                kept.append(folded[begin:index])
                begin = index
            depth += 1
        elif step < 0 and depth:
            depth -= 1
            if depth == 0:
                inside = folded[begin + 1 : index]
                if not _names_roles(inside):
                    kept.append(inside)
                begin = index + 1
    kept.append(folded[begin:])
    return _SIGN.sub("", "".join(kept))


def _names_roles(inside: str) -> bool:
    return len(inside) > 3 and (
        _BEGINS_WITH_ROLE.match(inside) is not None or _ENDS_WITH_ROLE.search(inside) is not None
    )
