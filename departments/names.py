"""How names of units are compared: the search key, pinyin and initials.

The registry stores names as they are written; only the key made here is folded (full width to half width, case,
white space), and only the key is ever compared.
"""

from __future__ import annotations

import unicodedata

from pypinyin import Style, lazy_pinyin


def search_key(name: str) -> str:
    """Fold ``name`` for comparison: 「市教委 」, 「市教委」 and full-width letters give the same key."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def pinyin_of(name: str) -> str:
    """Full pinyin without tones: 「市教委」 gives ``shijiaowei``."""
    return "".join(lazy_pinyin(name))[:200]


def initials_of(name: str) -> str:
    """First letters: 「市教委」 gives ``sjw``."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))[:60]
