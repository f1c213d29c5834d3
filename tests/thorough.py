"""How much is tried: ``make nightly`` tries everything, ``make test`` what a change should wait for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def share(things: Iterable[T], number: int, of: int) -> list[T]:
    """Every ``of``-th of ``things``, beginning with that ``number``; by night all of them.

    For crossings of which each side must be met everywhere and each pair need not: with as many shares as there are
    things on the other side, or fewer, nothing on either side goes untried.
    """
    return list(things) if NIGHTLY else list(things)[number % of :: of]
