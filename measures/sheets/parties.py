"""Cells of units: 「市公安局、市民政局」, one to a line, 「市公安局（牵头）」, 「牵头单位：… 配合单位：…」."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from measures.reading.names import Mention, read_mentions, split_names
from measures.reading.numerals import clean, fold
from measures.reading.responsibilities import mask_brackets, parse_annotation
from measures.reading.results import Party
from measures.reading.units import PrefixRule, is_group, is_unit_heading, looks_like_unit, without_plates

from . import words as template
from .faults import MAX_UNIT

MAX_LEARNT = 2_000
_MARKS = frozenset(" \n\t")
_STOPS = frozenset("、,;\n")
_NUMBER = re.compile(r"(?:(?<=^)|(?<=[\n、,; ]))(?:\d{1,2}\s?[.、)]|\(\d{1,2}\)|[①-⑳])(?=\s*[^\d\s])|[①-⑳]")
_GAP_BEFORE_BRACKET = re.compile(r"\s+(?=[(（〔【\[])")
# Names of two characters that stand by themselves; any other two are the end of a broken name.
_SHORT_NAMES = frozenset(
    [
        "妇联",
        "残联",
        "侨联",
        "科协",
        "文联",
        "法院",
        "团委",
        "工会",
        "教委",
        "农委",
        "商委",
        "交委",
        "编办",
        "外办",
        "台办",
        "侨办",
        "公安",
        "民政",
        "教育",
    ]
)
_URL = re.compile(r"https?:|www\.|\w@\w|\.(?:com|cn|gov|org)\b", re.IGNORECASE)
_SAYS_ROLE = re.compile(r"负责|牵头|主办|承办|主责|配合|协办|协助|协同|参与|参加|落实|实施|单位|部门|主要")
_CJK = re.compile(r"[\u3400-\u9fff]")
_PLACE_ALONE = re.compile(r"[\u4e00-\u9fff]{1,4}[省市县区州旗]\Z")


@dataclass(slots=True)
class UnitCell:
    """What one cell says: who leads and who cooperates, what of it is no name, and why it cannot be taken at all."""

    mentions: list[Mention] = field(default_factory=list)
    due: list[str] = field(default_factory=list)
    by_analogy: bool = False
    unread: str = ""
    fault: str = ""


def read_units(words: str, role: str) -> UnitCell:
    """The units of one cell of a column whose role is ``lead`` or ``cooperating``."""
    cell = UnitCell(fault=_fault_of(words))
    if cell.fault:
        return cell
    text = even(words)
    folded = fold(text)
    if _SAYS_ROLE.search(folded) and (annotation := parse_annotation(text, folded)) is not None:
        for mention in annotation.mentions:
            if annotation.neutral:
                mention.role = role
        cell.mentions, cell.due, cell.unread = annotation.mentions, annotation.due, annotation.leftover
        cell.by_analogy = annotation.by_analogy
        return cell
    found = read_mentions(text, mask_brackets(folded), 0, len(text), role, cell.due)
    if found:
        cell.mentions = found
    elif not cell.due:
        cell.unread = words
    return cell


def split_exactly(words: str, role: str) -> UnitCell:
    """The units of a template's cell, word for word: joined by 、, or one to a line.

    What people have divided otherwise is read as in any table.
    """
    if not words.strip():
        return UnitCell()
    masked = mask_brackets(fold(words))
    if any(mark in masked for mark in ",; "):
        return read_units(words, role)
    cell = UnitCell(fault=_fault_of(words))
    if cell.fault:
        return cell
    names: list[str] = []
    for line in words.strip("\n").split("\n"):
        masked = mask_brackets(fold(line))
        if "、" in masked and ("\n" not in words or len(split_names(masked)) > 1):
            names += template.split_names(line)
        elif line:
            names.append(line)
    cell.mentions = [Mention(name, role, position == 0) for position, name in enumerate(names)]
    return cell


class FullNames:
    """The full names behind the names of many lists: what lists leave out is learnt from all of them."""

    def __init__(self, lists: Iterable[list[str]], places: tuple[str, ...], members: Sequence[str]) -> None:
        distinct = [list(names) for names in dict.fromkeys(map(tuple, lists)) if names]
        # A table has its habit long before its ten-thousandth row.
        self._rule = PrefixRule.learn(distinct[:MAX_LEARNT], places)
        self._rule.known.update(members)
        # Names that need no list to be complete: most of them, and most are repeated in row after row.
        self._complete: dict[str, Party | None] = {}
        for name in {name for names in distinct for name in names}:
            self._complete[name] = self._alone(name)
        self._rule.known.update(
            party.name for party in self._complete.values() if party is not None and not party.group
        )

    def _alone(self, written: str) -> Party | None:
        group = is_group(written)
        if group or self._rule.prefix_of(without_plates(written)):
            ((name, _),) = self._rule.restore([(written, True)])
            return Party(name, written, group)
        return None

    def parties_of(self, mentions: list[Mention]) -> list[tuple[Mention, Party, bool]]:
        """Each mention of one row as a party with its full name, and whether the name is in doubt."""
        alone = [self._complete.get(mention.as_written) for mention in mentions]
        if None not in alone:
            return [(mention, party, False) for mention, party in zip(mentions, alone, strict=True) if party]
        restored = self._rule.restore([(mention.as_written, mention.starts_group) for mention in mentions])
        return [
            (mention, party or Party(name, mention.as_written, is_group(mention.as_written)), doubt)
            for mention, party, (name, doubt) in zip(mentions, alone, restored, strict=True)
        ]


def even(words: str) -> str:
    """The cell with one kind of separator: a name broken over two lines mended, spaces between units made 、."""
    words = _GAP_BEFORE_BRACKET.sub("", words.strip())
    folded = fold(words)
    if _NUMBER.search(folded):
        words = _blanked(words, folded)
        folded = fold(words)
    if not any(mark in folded for mark in " \n\t。|"):
        return words
    characters = list(words)
    masked = mask_brackets(folded)
    for position, mark in enumerate(masked):
        if mark in "。|":
            characters[position] = "、"
    masked = masked.replace("。", "、").replace("|", "、")
    for found in re.finditer(r"[ \t\n]+", masked):
        before = _piece(masked, found.start(), -1)
        after = _piece(masked, found.end(), 1)
        separator = ""
        if not before or not after:
            separator = (
                "\n"
                if "\n" in found[0] and (before or after) and masked[found.start() - 1 : found.start()] not in _STOPS
                else ""
            )
        elif ":" in before[-1:] or after[0] in ":)" or before[-1] in ":(":
            separator = ""
        elif "\n" in found[0]:
            separator = "\n" if _ends_name(before, after) else ""
        elif _is_name(before) and _is_name(after):
            separator = "、"
        else:
            continue
        for position in range(found.start(), found.end()):
            characters[position] = ""
        characters[found.start()] = separator
    return "".join(characters)


def _ends_name(before: str, after: str) -> bool:
    """Whether a line break stands between two names, and not within one."""
    if is_group(before) or _SAYS_ROLE.search(before) or _SAYS_ROLE.search(after[:4]) or ":" in after:
        return True
    if not looks_like_unit(before) or (len(before) == 1):
        return not looks_like_unit(before + after)
    if len(after) == 2 and after not in _SHORT_NAMES and not is_unit_heading(before):
        return False
    return not (_PLACE_ALONE.match(before) and not _PLACE_ALONE.match(after) and not re.match(r"[市县区省州]", after))


def _is_name(words: str) -> bool:
    return len(words) >= 2 and (looks_like_unit(words) or is_group(words))


def _piece(masked: str, position: int, step: int) -> str:
    """What stands before or after a gap, up to the next separator or gap."""
    if step > 0:
        end = position
        while end < len(masked) and masked[end] not in _STOPS and masked[end] not in _MARKS and end - position < 40:
            end += 1
        return masked[position:end]
    begin = position
    while begin > 0 and masked[begin - 1] not in _STOPS and masked[begin - 1] not in _MARKS and position - begin < 40:
        begin -= 1
    return masked[begin:position]


def _blanked(words: str, folded: str) -> str:
    """「1.市公安局 2.市民政局」 without the numbers."""
    pieces, position = [], 0
    for found in _NUMBER.finditer(folded):
        pieces += [words[position : found.start()], " " * (found.end() - found.start())]
        position = found.end()
    return "".join([*pieces, words[position:]]).strip()


def _fault_of(words: str) -> str:
    folded = fold(words).strip()
    if _URL.search(folded):
        return "单位列里是网址或邮箱，请改为单位名称。"
    if not _CJK.search(folded) and any(character.isalnum() for character in folded):
        return "这不是单位名称，请改为单位名称，多个单位用顿号分开。"
    if len(folded) <= MAX_UNIT:
        return ""
    for begin, end, _ in split_names(mask_brackets(folded)):
        if len(clean(folded[begin:end]).replace("\0", "")) > MAX_UNIT:
            return f"单位名称超过 {MAX_UNIT} 字，请核对是否填错了列，多个单位用顿号分开。"
    for piece in re.split(r"[、,;\n ]", folded):
        if piece.isdigit():
            return "这不是单位名称，请改为单位名称，多个单位用顿号分开。"
    return ""
