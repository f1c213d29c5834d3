"""Whatever becomes of a file on its way: it is read or refused, and nothing else happens."""

from __future__ import annotations

import random
from typing import Any

import pytest

from measures.sources import Source, Unreadable, read_source, sniff
from measures.sources.child import _answer
from tests.measures.samples import sample, unzipped, zipped
from tests.thorough import NIGHTLY

COUNT = 10_000 if NIGHTLY else 250
TABLE = "序号,任务,牵头单位,配合单位\r\n" + "\r\n".join(
    f'{number},"开展第{number}项, 宣传",市公安局,"市妇联\n市民政局"' for number in range(30)
)
ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le", "utf-32", "big5hkscs", "latin-1")
HUGE = (
    b"1048576",
    b"99999999999999999999",
    b"-1",
    b"0",
    b"XFD1048576",
    b"NaN",
    b"1e999",
    b"",
    b"\xff",
    b"&a;",
    b"s",
    b"d",
)


def flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(rng: random.Random, data: bytes) -> bytes:
    first = rng.randrange(len(data))
    return data[:first] if rng.random() < 0.6 else data[:first] + data[first + rng.randint(1, 400) :]


def with_noughts(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + b"\0" * rng.randint(1, 5) + data[place:]


def doubled(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[max(0, place - rng.randint(1, 300)) :]


BYTES = (flipped, cut, with_noughts, doubled)


def odd_workbook(seed: int) -> bytes:
    """The sample with its bytes, its parts or the values in them changed."""
    rng = random.Random(seed)
    data = sample("table.xlsx")
    if rng.random() < 0.25:
        return rng.choice(BYTES)(rng, data)
    parts = unzipped(data)
    name = rng.choice(sorted(parts))
    act = rng.randrange(5)
    if act == 0:
        del parts[name]
    elif act == 1:
        parts[name] = rng.choice(BYTES)(rng, parts[name])
    elif act == 2:
        parts[name] = parts[rng.choice(sorted(parts))]
    else:
        # A value in a sheet or in the workbook becomes another, a few times over.
        name = rng.choice(
            [name for name in sorted(parts) if name.startswith("xl/") and name.endswith((".xml", ".rels"))]
        )
        for _ in range(rng.randint(1, 4)):
            pieces = parts[name].split(b'"')
            if len(pieces) > 3:
                pieces[rng.randrange(1, len(pieces) - 1, 2)] = rng.choice(HUGE)
            parts[name] = b'"'.join(pieces)
    return zipped(dict(parts))


def odd_csv(seed: int) -> bytes:
    rng = random.Random(seed)
    text = TABLE.replace(",", rng.choice([",", ";", "\t"]))
    if rng.random() < 0.3:
        place = rng.randrange(len(text))
        text = (
            text[:place]
            + rng.choice(['"', '""', "\r", "\n\n\n", "\0", "=1+1", "，", "\ud7ff" * 3, "x" * 140_000])
            + text[place:]
        )
    data = text.encode(rng.choice(ENCODINGS), "replace")
    return rng.choice(BYTES)(rng, data) if rng.random() < 0.6 else data


def answer_for(data: bytes) -> dict[str, Any]:
    try:
        sniff(data, "表.xlsx")
    except Unreadable as refusal:
        return {"refusal": str(refusal)}
    return _answer({"task": "xlsx"}, data)


def test_odd_workbooks_are_read_or_refused():
    """What the child process does, without the cost of starting it each time."""
    answers = [answer_for(odd_workbook(seed)) for seed in range(COUNT)]

    failures = {answer["failure"] for answer in answers if "failure" in answer}
    assert failures == set()
    assert {"refusal" in answer for answer in answers} == {True, False}
    assert all(answer["refusal"].endswith("。") for answer in answers if "refusal" in answer)


@pytest.mark.parametrize("seed", range(0, COUNT, 25))
def test_odd_workbooks_through_the_child(seed):
    try:
        outcome: object = read_source(odd_workbook(seed), name="表.xlsx")
    except Unreadable as refusal:
        outcome = refusal

    assert isinstance(outcome, Source | Unreadable)


def test_odd_csv_files_are_read_or_refused():
    outcomes: list[object] = []
    for seed in range(COUNT):
        try:
            outcomes.append(read_source(odd_csv(seed), name="表.csv"))
        except Unreadable as refusal:
            outcomes.append(refusal)

    assert {type(outcome) for outcome in outcomes} == {Source, Unreadable}
    assert all(str(outcome).endswith("。") for outcome in outcomes if isinstance(outcome, Unreadable))


@pytest.mark.parametrize("name", ["plan.docx", "numbered.docx", "table.xls", "plan.pdf", "plan.html"])
def test_odd_files_of_other_kinds_are_read_or_refused(name, caplog):
    for seed in range(max(6, COUNT // 100)):
        rng = random.Random(seed)
        try:
            outcome: object = read_source(rng.choice(BYTES)(rng, sample(name)))
        except Unreadable as refusal:
            outcome = refusal

        assert isinstance(outcome, Source | Unreadable)
