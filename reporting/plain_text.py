"""Text as the ledger keeps it, whatever it was pasted from."""

from __future__ import annotations

import re

from reporting.documents.characters import clean

# What Word leaves in copied text without showing it: soft hyphens, spaces and marks of no width. The joiner (U+200D)
# stays: emoji are built with it.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_FIXED_SPACES = re.compile("[\u00a0\u202f]")


def as_people_see(text: str) -> str:
    """The text with one kind of line break and without what no ledger can hold or show; doing it twice changes nothing."""
    return _FIXED_SPACES.sub(" ", _UNSEEN.sub("", clean(text)))
