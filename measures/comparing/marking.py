"""The words of a rewording, marked: what stayed, what was gained, what was lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from .folding import fold

SAME, GAINED, LOST = "same", "gained", "lost"
_OPS = {diff_match_patch.DIFF_EQUAL: SAME, diff_match_patch.DIFF_INSERT: GAINED, diff_match_patch.DIFF_DELETE: LOST}
# Numbers and Latin words are marked whole, everything else by the character.
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)*|[A-Za-z]+|.", re.S)
# Where words longer than a character stand for one while two texts are compared: a plane that no document uses.
_FIRST_STAND_IN, _LAST_STAND_IN = 0x100000, 0x10FFFD
# Words of one text times words of the other up to which all are compared; beyond, sentence by sentence.
_MOST_CELLS = 25_000_000
_SENTENCE = re.compile(r"[^。；;！!？?]*[。；;！!？?]?")


@dataclass(slots=True)
class _Words:
    """A text as words: folded, and as written (white space goes with the word before it).

    Where one written character folds into several words, the first has it as written and ``spans`` says how many
    words it stands for; the others have an empty string.
    """

    folded: list[str]
    written: list[str]
    spans: list[int]


def marks(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as pieces ``(op, text)``, op one of ``same``, ``gained``, ``lost``.

    Differences of width, white space and line breaks alone are not marked. What stayed is shown as ``after``
    writes it: all of same and gained joined is ``after`` (a character such as ㈠, if only a part of it changed, as
    「(一)」), all of same and lost is ``before``, width and white space aside.
    """
    if fold(before) == fold(after):
        return [(SAME, after)] if after else []
    old, new = _words(before), _words(after)
    one, other = _stand_ins(old.folded, new.folded)
    pieces: list[tuple[str, str]] = []
    at_old = at_new = 0
    for op, length in _differences(one, other):
        if op == LOST:
            pieces.append((LOST, _show(old, at_old, at_old + length)))
            at_old += length
            continue
        pieces.append((op, _show(new, at_new, at_new + length)))
        at_new += length
        at_old += length if op == SAME else 0
    return [(op, "".join(text for _, text in group)) for op, group in groupby(pieces, key=lambda piece: piece[0])]


def _words(text: str) -> _Words:
    """``fold``, remembering where everything came from."""
    folded: list[str] = []
    owners: list[int] = []
    written: list[str] = []
    for character in text:
        piece = fold(character)
        if not piece:
            if written:
                written[-1] += character
            else:
                written.append(character)
            continue
        if len(written) == 1 and not folded:
            written[0] += character
        else:
            written.append(character)
        folded.append(piece)
        owners += [len(written) - 1] * len(piece)
    joined = "".join(folded)
    words = _Words([], [], [])
    pending = 0
    shown = -1
    for found in _WORD.finditer(joined):
        end = found.end()
        words.folded.append(found[0])
        pending += 1
        # A word ends where no written character reaches beyond it; only there can what is written be cut.
        if end == len(joined) or owners[end] != owners[end - 1]:
            words.written += ["".join(written[shown + 1 : owners[end - 1] + 1])] + [""] * (pending - 1)
            words.spans += [pending] + [0] * (pending - 1)
            shown, pending = owners[end - 1], 0
    return words


def _show(words: _Words, begin: int, end: int) -> str:
    """Words as written; those of a character that is cut by a change, folded."""
    shown = []
    index = begin
    while index < end:
        span = words.spans[index]
        if span and index + span <= end:
            shown.append(words.written[index])
            index += span
        else:
            shown.append(words.folded[index])
            index += 1
    return "".join(shown)


def _stand_ins(one: list[str], other: list[str]) -> tuple[str, str]:
    """Both as strings with one character to a word."""
    known: dict[str, str] = {}

    def letter(word: str) -> str:
        if len(word) == 1 and ord(word) < _FIRST_STAND_IN:
            return word
        code = _FIRST_STAND_IN + len(known)
        return known.setdefault(word, chr(min(code, _LAST_STAND_IN)))

    return "".join(map(letter, one)), "".join(map(letter, other))


def _differences(one: str, other: str) -> list[tuple[str, int]]:
    """The shortest way from one to the other, tidied so that people can read it: (op, number of words)."""
    if len(one) * len(other) <= _MOST_CELLS:
        differ = diff_match_patch()
        diffs = _edits(one, other)
        # What was lost goes before what was gained in its place.
        differ.diff_cleanupMerge(diffs)
        differ.diff_cleanupSemantic(diffs)
        return [(_OPS[op], len(text)) for op, text in diffs if text]
    # Long texts: what stayed is found by whole sentences.
    ours = [sentence for sentence in _SENTENCE.findall(one) if sentence]
    theirs = [sentence for sentence in _SENTENCE.findall(other) if sentence]
    if len(ours) * len(theirs) > _MOST_CELLS:
        return [(LOST, len(one)), (GAINED, len(other))]
    found: list[tuple[str, int]] = []
    old = new = 0
    for code in Indel.opcodes(ours, theirs):
        if code.tag == "equal":
            stayed = sum(map(len, theirs[code.dest_start : code.dest_end]))
            found += [(LOST, old), (GAINED, new), (SAME, stayed)]
            old = new = 0
            continue
        old += sum(map(len, ours[code.src_start : code.src_end]))
        new += sum(map(len, theirs[code.dest_start : code.dest_end]))
    found += [(LOST, old), (GAINED, new)]
    return [(op, length) for op, length in found if length]


def _edits(one: str, other: str) -> list[tuple[int, str]]:
    edits: list[tuple[int, str]] = []
    for code in Indel.opcodes(one, other):
        if code.tag == "equal":
            edits.append((diff_match_patch.DIFF_EQUAL, other[code.dest_start : code.dest_end]))
            continue
        if code.src_end > code.src_start:
            edits.append((diff_match_patch.DIFF_DELETE, one[code.src_start : code.src_end]))
        if code.dest_end > code.dest_start:
            edits.append((diff_match_patch.DIFF_INSERT, other[code.dest_start : code.dest_end]))
    return edits
