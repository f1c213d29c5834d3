"""Which characters an official document can hold, and how wide they are printed."""

from __future__ import annotations

import re
import unicodedata

# Line and paragraph separators of other programs: a line break here, as in a text that was pasted from Word.
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What XML cannot hold, and the other control characters, which no printer knows.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_FULL_WIDTH = frozenset("WFA")


def clean(text: str) -> str:
    """The text with every kind of line break as ``\\n`` and without the characters that no document can hold.

    Tabs, emoji and everything else stay. Cleaning twice changes nothing more.
    """
    return _UNPRINTABLE.sub("", _BREAKS.sub("\n", text))


def width(text: str) -> float:
    """How wide the text is printed in Chinese type, in characters: a digit or Latin letter is half a character."""
    return sum(1.0 if unicodedata.east_asian_width(character) in _FULL_WIDTH else 0.5 for character in text)
