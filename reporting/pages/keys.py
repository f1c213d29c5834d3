"""Which entries were ticked on a page, each with the version that its reader had in view."""

from __future__ import annotations

import re
from collections.abc import Iterable

_KEY = re.compile(r"(progress|duty)-([0-9]{1,18})-([0-9]{1,9})")
# More boxes than any page has are not read.
_MOST = 500


def keys_in(sent: Iterable[str]) -> dict[tuple[str, int], int]:
    """「progress-12-3」 as (kind, id) → version; whatever reads otherwise is left out."""
    found = (_KEY.fullmatch(key) for key in list(sent)[:_MOST])
    return {(one[1], int(one[2])): int(one[3]) for one in found if one is not None}
