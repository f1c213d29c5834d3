"""Lists of names: where each begins and ends, and what stands between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .numerals import clean, fold
from .roles import ADVERB, COOPERATING, DUE, LEAD
from .units import is_group, looks_like_unit

_SEPARATORS = frozenset("、,;\n")
# 「各州、市人民政府」「各乡镇人民政府、街道办事处」 is one group: what follows the comma shares its 各.
_ALL_OF_A_LEVEL = re.compile(
    r"各(?:有关)?(?:设区|自治)?[省州市县区旗盟乡镇师\0]{1,5}(?:街道|团场)?(?:人民)?(?:政府)?\0*\Z|"
    r"各(?:街道|团场|委|部委|部)(?:办事处)?\Z"
)
_NEXT_LEVEL = re.compile(
    r"(?:(?:设区|自治|县级)?[州市县区旗盟乡镇\0]{1,4}|街道|团场|功能区)(?:人民)?(?:政府|管委会|街道|街道办事处|办事处)?\0*\Z|[委办局厅]\Z"
)
_SPACE = re.compile(r"\s+")
_LEADING = re.compile(
    r"(?:以上[^,、:]{0,10}?由|由|会同|和|与|及|以及|并由|并|其中|请|即|是|为)(?=.)|以上(?:各项)?(?:工作|任务|措施|内容)?:?(?=[市县区省兵各])"
)
_TRAILING = re.compile(rf"(?:{ADVERB}|,|、|;|\s)+$")
_OPEN_END = re.compile(
    r"等(?:\d{1,3}个|[一二三四五六七八九十]{1,3}个)?(?:市级|县级|区级|省级|市直|县直|区直|有关|相关|职能|成员|责任|各)*"
    r"(?:部门|单位|机构|部门\0单位|单位\0部门|部门单位)?(?:按)?$"
)
_UNITS_AND_BODIES = re.compile(r"(?<=部门|单位)[和及、](?=部门|单位)")
_CONJUNCTION = re.compile(r"以及|会同|会商|联合|[和及与/]")
_AND = frozenset({"和", "及", "与", "以及"})
MARK = re.compile(r"\((?:牵头|主办|负责|主要|牵头单位|主责|组长单位|第一责任单位)\)")
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9、·.\-—“”\"'《》\0\s]{1,60}\Z")


@dataclass(slots=True)
class Mention:
    """A name as a bracket gives it, before prefixes are restored."""

    as_written: str
    role: str
    starts_group: bool
    open_ended: bool = False


def split_names(masked: str, begin: int = 0, end: int | None = None) -> list[tuple[int, int, bool]]:
    """Where the names of a list begin and end, and whether a comma or semicolon stands before the name.

    Brackets inside must have been masked. 「和」 separates only after what is a unit by itself, since it is part of
    names such as 文化和旅游局.
    """
    end = len(masked) if end is None else end
    if "部门" in masked or "单位" in masked:
        masked = _UNITS_AND_BODIES.sub("\0", masked)
    pieces: list[tuple[int, int, bool]] = []
    start, starts_group = begin, True
    for position in range(begin, end + 1):
        if position < end and masked[position] not in _SEPARATORS:
            continue
        pieces += _split_conjunctions(masked, start, position, starts_group)
        if position < end:
            starts_group = masked[position] != "、"
        start = position + 1
    pieces = [piece for piece in pieces if masked[piece[0] : piece[1]].strip()]
    joined: list[tuple[int, int, bool]] = []
    for piece in pieces:
        if (
            joined
            and masked[joined[-1][0] : joined[-1][1]].lstrip().startswith("各")
            and _NEXT_LEVEL.match(masked[piece[0] : piece[1]].strip())
            and _ALL_OF_A_LEVEL.match(re.split("[、,]", masked[joined[-1][0] : joined[-1][1]])[0].strip())
        ):
            joined[-1] = (joined[-1][0], piece[1], joined[-1][2])
        else:
            joined.append(piece)
    return joined


def _split_conjunctions(masked: str, start: int, end: int, starts_group: bool) -> list[tuple[int, int, bool]]:
    pieces = []
    for found in _CONJUNCTION.finditer(masked, start, end):
        left, right = masked[start : found.start()].strip(), masked[found.end() : end].strip()
        if not right or len(left) < 3 or not (looks_like_unit(left) or is_group(left)):
            continue
        # 「市工会联合会」 is one name, 「市公安局会同市教育局」 are two.
        if looks_like_unit(right) or is_group(right) if found[0] in _AND else len(right) > 2:
            pieces.append((start, found.start(), starts_group))
            start, starts_group = found.end(), False
    spaced = masked[start:end]
    words = _SPACE.split(spaced.strip())
    if len(words) > 1 and all(len(word) > 2 and looks_like_unit(word) for word in words):
        position = start
        for word in words:
            position = masked.index(word, position)
            pieces.append((position, position + len(word), starts_group))
            position += len(word)
            starts_group = False
    else:
        pieces.append((start, end, starts_group))
    return pieces


def read_mentions(
    text: str, masked: str, begin: int, end: int, role: str, due: list[str] | None = None
) -> list[Mention] | None:
    """The names between two positions; ``None`` if one of them cannot be a name. Deadlines go to ``due``."""
    mentions: list[Mention] = []
    while begin < end and (masked[begin] in ",;、:。. \n"):
        begin += 1
    while (found := _LEADING.match(masked, begin, end)) and not looks_like_unit(masked[begin : begin + 3]):
        begin = found.end()
    segment = masked[begin:end]
    if found := _TRAILING.search(segment):
        segment = segment[: found.start()]
    for start, stop, starts_group in split_names(segment.rstrip("。. ")):
        name, open_ended = segment[start:stop], False
        if (tail := _OPEN_END.search(_UNITS_AND_BODIES.sub("\0", name))) and not name.endswith("高等"):
            name, open_ended = name[: tail.start()], True
        lead = len(name) - len(name.lstrip())
        name = name.strip()
        if not name:
            continue
        if DUE.match(name):
            if due is not None:
                due.append(clean(text[begin + start : begin + stop]))
            continue
        if not _NAME.match(name) or not 0 < len(name.replace("\0", "")) <= 30:
            return None
        written = clean(text[begin + start + lead : begin + start + lead + len(name)])
        own_role = role
        if "(" in fold(written) and MARK.search(fold(written)):
            own_role = LEAD
        mentions.append(Mention(written, own_role, starts_group, open_ended))
    if any(mention.role == LEAD and MARK.search(fold(mention.as_written)) for mention in mentions) and role == LEAD:
        # 「责任部门：市公安局（牵头）、市民政局」: the mark singles out the lead, the others cooperate.
        for mention in mentions:
            if not MARK.search(fold(mention.as_written)):
                mention.role = COOPERATING
    return mentions
