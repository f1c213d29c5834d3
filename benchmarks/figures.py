"""What is measured, how, and how it is written down."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing: median seconds (None: not a time), queries (None: not counted), and its aim.

    ``aim`` is in seconds; ``limit`` says in words what is no time, and ``is_missed`` whether that was missed.
    """

    name: str
    seconds: float | None = None
    queries: int | None = None
    aim: float | None = None
    peer: str = ""
    other: str = ""
    limit: str = ""
    is_missed: bool = False

    def row(self) -> str:
        """The figure as a line of the table; a missed aim says so."""
        measured = self.other if self.seconds is None else in_words(self.seconds)
        if self.other and self.seconds is not None:
            measured += f" ({self.other})"
        queries = "" if self.queries is None else f"{self.queries:,}"
        limits = [f"≤ {in_words(self.aim)}"] if self.aim is not None else []
        limits += [self.limit] if self.limit else []
        is_late = self.aim is not None and self.seconds is not None and self.seconds > self.aim
        missed = " **missed**" if is_late or self.is_missed else ""
        return f"| {self.name} | {measured} | {queries} | {', '.join(limits)}{missed} | {self.peer} |"


def in_words(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1000:.2f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:g} s" if seconds == int(seconds) else f"{seconds:.2f} s"


def timed(act: Callable[[], object], times: int) -> float:
    """The median of ``times`` runs, in seconds, after one run to warm up."""
    act()
    return statistics.median(once(act) for _turn in range(times))


def side_by_side(acts: list[Callable[[], object]], times: int) -> list[float]:
    """Medians of several acts that are to be compared with one another: run in turns, after one run to warm up."""
    for act in acts:
        act()
    runs = [[once(act) for act in acts] for _turn in range(times)]
    return [statistics.median(column) for column in zip(*runs, strict=True)]


def once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many statements the block sends to the database, as the one element of a list."""
    from django.db import connection

    count = [0]

    def count_one(execute: Callable[..., object], *arguments: object) -> object:
        count[0] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count_one):
        yield count
