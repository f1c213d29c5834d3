"""Who leads and who cooperates, in every notation that plans use: brackets, labelled lines, role words.

Works on text whose brackets and widths are folded (``numerals.fold``), and gives back slices of the text as written.
What speaks of responsibility and could not be read to the last word is kept in ``Reading.unread``: nothing is lost
in silence.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from .names import MARK, Mention, read_mentions, split_names
from .numerals import PAGE_NUMBER, fold, squeeze
from .roles import (
    ADVERB,
    ASIDE,
    CLOSER,
    COOP_WORDS,
    COOPERATING,
    DUE,
    FIRST_LEADS,
    LEAD,
    LEAD_WORDS,
    NEUTRAL,
    NOT_ROLES,
    ROLE_LABEL,
    UNIT_WORD,
    closers,
    colons,
    mentions_role,
    role_of,
)
from .units import is_group, looks_like_unit, without_plates

_BRACKET = re.compile(r"[()]")
# 「主办：东川县人民政府 承办：…」 under a web page; a plan's own 主办单位 is no single government or its office.
SITE_FOOTER = re.compile(
    r"(?:主办|承办|主管)(?:单位)?:(?:.{0,60}(?:网站|标识码|ICP|备案|地址|电话|版权|邮编)|"
    r"[^各、,;()]{2,24}(?:政府|办公厅|政府办公室|府办|政府办|网信办|大数据\w{1,6})(?:\s|\Z))"
)
_HINT = re.compile(rf"(?:负责|牵头|配合|协办|主办|协助|落实|参与)\s*[。.]?\s*\Z|{UNIT_WORD}\s*:")
_STARTS_ANEW = frozenset("\n。;!?)\0—―–─")
_FURTHER_LABEL = frozenset(",;、 \t\0")
# Brackets that are quotation marks by rights, at the end of a line.
_QUOTED = re.compile(r"[「『〈<《](?P<inner>[^「『〈<《》>〉』」\n]{4,400})[」』〉>》][。.;\s]*(?=\n|\Z)")
# The last sentence of a paragraph, and what makes it a narration: 「由…牵头」, 「…要积极配合」.
_LAST_SENTENCE = re.compile(r"(?:(?<=[。;!?\n])|(?<=——))[—\s]*(?P<words>[^。;!?\n:—]{5,160})[。;]?\s*\Z")
_NARRATES = re.compile(r"由|[要应须将]|积极|主动|密切|通力|[相互]互|协调|等")
_WORDS = re.compile(
    rf"{ADVERB}|{LEAD_WORDS}|{COOP_WORDS}|{UNIT_WORD}|第一责任|主要责任|责任|会同|会商|牵头|以及|其中|以上(?:各项)?(?:工作|任务|措施)?|各(?=[,、;]|$)|"
    r"等(?:\d{1,3}|[一二三四五六七八九十]{1,3})?个?(?:市级|县级|区级|省级|市直|有关|相关|职能|成员|责任|各)*|部门|单位|机构|职责|分工|"
    r"由|和|及|与|并|为|是|请|即|按"
)
_WORD_LEFT = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(slots=True)
class Annotation:
    """The mentions of one bracket or of one block of labelled lines, in the document's order.

    ``by_analogy``: the document's words leave open who only cooperates. ``due``: what it says of time.
    ``leftover``: words of it that became neither a name nor a role.
    """

    mentions: list[Mention] = field(default_factory=list)
    by_analogy: bool = False
    # 「市公安局会同市民政局负责」
    jointly: bool = False
    # Only 责任单位, which cooperate where another bracket of the clause names who leads.
    neutral: bool = False
    labelled_lead: bool = False
    due: list[str] = field(default_factory=list)
    leftover: str = ""


@dataclass(slots=True)
class Reading:
    """Everything one clause says of responsibility.

    ``unread``: brackets that look like a responsibility but could not be read; ``roleless``: brackets that name
    units without a role; ``spans``: the stretches of the text that were read.
    """

    annotations: list[Annotation] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    roleless: list[str] = field(default_factory=list)
    unbalanced: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)


def outermost_brackets(folded: str) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Outermost closed brackets as (open, close) positions, then unclosed openings and unopened closings."""
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    strays: list[int] = []
    for found in _BRACKET.finditer(folded):
        position = found.start()
        if found[0] == "(":
            stack.append(position)
        elif not stack:
            strays.append(position)
        else:
            opened = stack.pop()
            while pairs and pairs[-1][0] > opened:
                pairs.pop()
            pairs.append((opened, position))
    return pairs, stack, strays


def may_name_units(text: str) -> bool:
    """Whether a text can speak of responsibility at all: a bracket or a label."""
    return "单位" in text or "部门" in text or _BRACKET.search(fold(text)) is not None


def read_responsibilities(text: str, furniture: frozenset[str] = frozenset()) -> Reading:
    """All responsibilities in the text of one clause; ``furniture`` are lines that stand on every page."""
    text = _blank_page_numbers(text, furniture)
    folded = fold(text)
    reading = Reading()
    pairs, unclosed, strays = outermost_brackets(folded)
    reading.unbalanced = bool(unclosed or strays)
    read: list[tuple[int, int]] = []
    words_end = len(folded.rstrip("。.; \n"))
    for opened, closed in pairs:
        if ROLE_LABEL.fullmatch(folded, opened, closed + 1):
            continue
        annotation = parse_annotation(text[opened + 1 : closed], folded[opened + 1 : closed])
        if annotation:
            _take(reading, annotation, text, opened, closed + 1)
            read.append((opened, closed + 1))
        elif (due := _due_alone(folded[opened + 1 : closed])) and reading.annotations:
            # 「（市公安局负责）（2022年12月底前完成）」
            reading.annotations[-1].due.append(due)
            reading.spans.append((opened, closed + 1))
            read.append((opened, closed + 1))
        else:
            before = folded[max(0, opened - 8) : opened].rstrip()[-1:]
            _note_unread(
                reading,
                text[opened : closed + 1],
                at_end=closed + 1 >= words_end,
                after_sentence=before in {"。", ";", "!", "\n", ""},
            )
    if unclosed and not reading.annotations:
        _read_unclosed(reading, text, folded, unclosed[0] + 1, len(text))
    elif strays and not reading.annotations and not folded[strays[-1] + 1 :].strip("。. \n"):
        begin = max(folded.rfind(mark, 0, strays[-1]) for mark in "。;!?\n") + 1
        _read_unclosed(reading, text, folded, begin, strays[-1])
    plain = _masked(folded, read)
    for found in _QUOTED.finditer(plain):
        if (annotation := parse_annotation(text[found.start("inner") : found.end("inner")])) is not None:
            _take(reading, annotation, text, *found.span())
        elif _HINT.search(fold(found["inner"])) or ROLE_LABEL.match(fold(found["inner"])):
            reading.unread.append(text[found.start() : found.end()].strip())
    _read_labelled(reading, text, plain)
    if not reading.annotations and not reading.unread:
        _read_last_sentence(reading, text, plain)
    if any(
        m.role == LEAD for annotation in reading.annotations if annotation.labelled_lead for m in annotation.mentions
    ):
        for annotation in reading.annotations:
            for mention in annotation.mentions if annotation.neutral else ():
                mention.role = COOPERATING
    reading.spans.sort()
    return reading


def _read_last_sentence(reading: Reading, text: str, plain: str) -> None:
    """「…取得实效。市公安局负责，市民政局配合。」: units and role words to the last word, and nothing narrated."""
    found = _LAST_SENTENCE.search(plain, max(0, len(plain) - 200))
    if not found or _NARRATES.search(found["words"]) or not closes_with_role(found["words"]):
        return
    annotation = parse_annotation(text[found.start("words") : found.end("words")])
    if annotation is None or annotation.leftover or annotation.by_analogy:
        return
    written = [mention.as_written for mention in annotation.mentions]
    leads = [mention.as_written for mention in annotation.mentions if mention.role == LEAD]
    if any(looks_like_unit(name) for name in leads) and all(looks_like_unit(n) or is_group(n) for n in written):
        _take(reading, annotation, text, *found.span("words"))


def closes_with_role(words: str) -> bool:
    """Whether 负责, 配合 or another role word ends the words."""
    return bool(_HINT.search(words)) and ":" not in words


def _due_alone(inner: str) -> str:
    """What a bracket says of time, if it says nothing else."""
    if len(inner) > 40:
        return ""
    label = ROLE_LABEL.match(inner)
    if label:
        return inner[label.end() :].strip() if label["due"] else ""
    return inner if DUE.fullmatch(inner) or (DUE.match(inner) and re.search(r"完成|[底日]前", inner)) else ""


def _take(reading: Reading, annotation: Annotation, text: str, begin: int, end: int) -> None:
    reading.annotations.append(annotation)
    reading.spans.append((begin, end))
    if annotation.leftover:
        reading.unread.append(annotation.leftover)


def _blank_page_numbers(text: str, furniture: frozenset[str]) -> str:
    """A page number may stand in the middle of a name; blanked at equal length it is in nobody's way."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    alone = [line in furniture or (len(line) <= 16 and bool(PAGE_NUMBER.match(fold(line.strip())))) for line in lines]
    pieces = [lines[0]]
    for at in range(1, len(lines)):
        pieces += [" " if alone[at] or alone[at - 1] else "\n", " " * len(lines[at]) if alone[at] else lines[at]]
    return "".join(pieces)


def _note_unread(reading: Reading, bracket: str, *, at_end: bool, after_sentence: bool) -> None:
    inner = fold(bracket)[1:-1].strip()
    if (NOT_ROLES.search(inner) and not FIRST_LEADS.search(inner)) or CLOSER.fullmatch(inner):
        return
    if (_HINT.search(inner) and len(inner) > 2) or FIRST_LEADS.search(inner) or (at_end and mentions_role(inner)):
        reading.unread.append(bracket)
    elif at_end and len(inner) > 2:
        masked = mask_brackets(inner)
        names = [masked[a:b].strip() for a, b, _ in split_names(masked)]
        if (
            names
            and all(looks_like_unit(name) for name in names)
            and (len(names) > 1 or is_group(names[0]) or (after_sentence and 3 <= len(names[0]) <= 16))
        ):
            reading.roleless.append(bracket)


def _read_unclosed(reading: Reading, text: str, folded: str, begin: int, end: int) -> None:
    if end - begin > 2000:
        return
    annotation = parse_annotation(text[begin:end].rstrip("。. \n"))
    if annotation:
        _take(reading, annotation, text, begin, end)
    elif _HINT.search(folded[begin:end].rstrip("。. \n")):
        reading.unread.append(text[begin:end])


def _read_labelled(reading: Reading, text: str, plain: str) -> None:
    """「牵头单位：…」 outside brackets, on lines of its own or at the end of a sentence."""
    if not (":" in plain or "单位)" in plain or "部门)" in plain):
        return
    labels: list[re.Match[str]] = []
    for match in ROLE_LABEL.finditer(plain):
        if _begins_anew(plain, match.start()) or (
            labels
            and (plain[match.start() - 1] in _FURTHER_LABEL or plain[match.start()] == " ")
            and not re.search("[\n。]", plain[labels[-1].end() : match.start()].strip())
        ):
            labels.append(match)
    if not labels:
        return
    masked = mask_brackets(plain)
    if "(" in plain:
        # A label in brackets, 【责任单位】, is a label and no aside.
        pieces, position = [], 0
        for match in labels:
            pieces += [masked[position : match.start()], match[0].replace(")", ":").replace("(", " ")]
            position = match.end()
        masked = "".join([*pieces, masked[position:]])
    annotation = Annotation()
    failed = _read_roles(annotation, text, masked, labels, len(text), reading.spans)
    if annotation.mentions or annotation.due:
        reading.annotations.append(annotation)
    reading.unread += failed
    if not annotation.mentions and not failed and any(role_of(match) != ASIDE for match in labels):
        reading.unread.append(text[labels[0].start() :])


def _begins_anew(plain: str, position: int) -> bool:
    """Whether nothing, or the end of a sentence, stands before a position. Looks back over eight spaces at most."""
    before = plain[max(0, position - 8) : position].rstrip(" ")
    return position == 0 or (not before and position <= 8) or before[-1:] in _STARTS_ANEW


def parse_annotation(content: str, folded: str | None = None) -> Annotation | None:
    """The inside of one bracket. ``None`` if it does not speak of responsibility or cannot be read with certainty."""
    if not 2 <= len(content) <= 3000:
        return None
    folded = fold(content) if folded is None else folded
    marked = MARK.search(folded) is not None
    if not marked and not mentions_role(folded) and "单位" not in folded and "部门" not in folded:
        return None
    masked = colons(mask_brackets(folded))
    if first_leads := FIRST_LEADS.search(masked):
        masked = masked[: first_leads.start()].ljust(len(masked))
    if not (marked or mentions_role(masked)) or NOT_ROLES.search(masked):
        return None
    annotation = Annotation()
    labels = [
        match
        for match in ROLE_LABEL.finditer(masked)
        if match.start() == 0 or masked[match.start()] == " " or masked[match.start() - 1] in ",;、。. \n"
    ]
    if labels and labels[0].start() == 0:
        if _read_roles(annotation, content, masked, labels, len(content), None):
            return None
    elif not _read_closers(annotation, content, masked, 0, len(masked), None):
        # 「市公安局（牵头），市教育局、市妇联」
        found = read_mentions(content, masked, 0, len(masked), LEAD, annotation.due) if marked else None
        if not found or CLOSER.search(masked):
            return None
        annotation.mentions += found
    names = [mention.as_written for mention in annotation.mentions]
    if not names or not any(looks_like_unit(name) or is_group(name) for name in names):
        return None
    annotation.leftover = squeeze(content) if first_leads else _leftover(masked, annotation)
    return annotation


def _leftover(masked: str, annotation: Annotation) -> str:
    """What of a responsibility became neither a name, a role nor a date: empty if all of it was understood."""
    rest = squeeze(masked).replace("\0", "")
    for words in sorted([*(without_plates(m.as_written) for m in annotation.mentions), *annotation.due], key=len)[::-1]:
        rest = rest.replace(fold(words).replace("\0", ""), "|", 1)
    rest = ROLE_LABEL.sub("|", rest) if ":" in rest else rest
    return "".join(_WORD_LEFT.findall(_WORDS.sub("|", rest)))


def is_annotation_line(line: str) -> bool:
    """Whether a line consists of a responsibility and nothing else."""
    folded = fold(line).strip()
    if SITE_FOOTER.match(folded):
        return False
    if found := ROLE_LABEL.match(folded):
        return bool(found["bracket"] is None or found["close"] or ":" in found[0])
    if folded.startswith("(") and folded.rstrip("。. ;").endswith(")"):
        pairs, unclosed, strays = outermost_brackets(folded)
        if unclosed or strays:
            return False
        between = "".join(folded[a[1] + 1 : b[0]] for a, b in itertools.pairwise(pairs))
        return not between.strip(" 、,;。") and all(parse_annotation(line[a + 1 : b]) is not None for a, b in pairs)
    return False


def mask_brackets(folded: str) -> str:
    """A folded text with all that stands in brackets blanked out at equal length."""
    if "(" not in folded:
        return folded
    return _masked(folded, [(opened, closed + 1) for opened, closed in outermost_brackets(folded)[0]])


def _masked(folded: str, spans: list[tuple[int, int]]) -> str:
    """The text with some stretches blanked out at equal length."""
    pieces, position = [], 0
    for begin, end in spans:
        pieces += [folded[position:begin], "\0" * (end - begin)]
        position = end
    return "".join([*pieces, folded[position:]]) if pieces else folded


def _read_roles(
    annotation: Annotation,
    text: str,
    plain: str,
    labels: list[re.Match[str]],
    end: int,
    spans: list[tuple[int, int]] | None,
) -> list[str]:
    """Names after each label; gives back what stands after a label and is no name.

    With ``spans`` the labels stand on lines outside brackets: a list ends with its line or sentence, and the
    stretches that were read are added to ``spans``.
    """
    has_lead = any(role_of(match) == LEAD for match in labels)
    annotation.labelled_lead = has_lead
    annotation.neutral = not has_lead and any(role_of(match) == NEUTRAL for match in labels)
    failed: list[str] = []
    for index, match in enumerate(labels):
        role = role_of(match)
        stop = labels[index + 1].start() if index + 1 < len(labels) else end
        if spans is not None:
            stop = _list_ends(plain, match.end(), stop)
            spans.append((match.start(), stop))
        said = text[match.end() : stop].strip(" \n,;，；。、")
        if role == ASIDE:
            if match["due"] and said:
                annotation.due.append(squeeze(said))
            continue
        if role == NEUTRAL:
            role = COOPERATING if has_lead else LEAD
        if CLOSER.search(plain, match.end(), stop) and _read_closers(annotation, text, plain, match.end(), stop, role):
            continue
        found = read_mentions(text, plain, match.end(), stop, role, annotation.due)
        if found is None or (not found and said and not DUE.match(fold(said)) and said not in {"/", "无", "—", "-"}):
            failed.append(text[match.start() : stop])
        else:
            annotation.mentions += found
    return failed


def _list_ends(plain: str, begin: int, end: int) -> int:
    """Where the names after a label end: with its sentence or line, unless whole lines of names follow."""
    while begin < end and plain[begin] in " \n":
        begin += 1
    stop = min((at for at in (plain.find(mark, begin, end) for mark in "\n。") if at >= 0), default=end)
    while stop < end and plain[stop] == "\n":
        following = plain.find("\n", stop + 1, end)
        line = plain[stop + 1 : following if following >= 0 else end].strip("。. ")
        names = [line[a:b].strip() for a, b, _ in split_names(line)] if 1 < len(line) <= 200 else []
        if not names or "。" in line or not all(looks_like_unit(name) or is_group(name) for name in names):
            break
        stop = following if following >= 0 else end
    return stop


def _read_closers(annotation: Annotation, text: str, masked: str, begin: int, end: int, default: str | None) -> bool:
    """Names closed by a role word, once or several times. False, and nothing added, if any name is no name."""
    mentions: list[Mention] = []
    due: list[str] = []
    role: str | None = None
    led_by_one = by_analogy = False
    position = begin
    for match in closers(masked, begin, end):
        role = LEAD if match["lead"] else COOPERATING
        found = read_mentions(text, masked, position, match.start(), role, due)
        if found is None or (not found and "\0" in masked[position : match.start()]):
            return False
        leads = "牵头" in match[0] or "主办" in match[0] or "统筹" in match[0]
        if role == LEAD and led_by_one and not leads:
            # 「市公安局牵头，市民政局、市妇联按职责分工负责」: as with 牵头单位 and 责任单位, one leads.
            role = COOPERATING
            for mention in found:
                mention.role = COOPERATING
            by_analogy = True
        led_by_one = led_by_one or (role == LEAD and leads)
        mentions += found
        position = match.end()
    if role is None:
        return False
    if masked[position:end].strip(",;、。. \n"):
        # Names after the last role word: 「市公安局牵头，市民政局、市妇联」; or a date.
        found = read_mentions(
            text, masked, position, end, default if default == LEAD and role != LEAD else COOPERATING, due
        )
        if found is None or not all(
            looks_like_unit(mention.as_written) or is_group(mention.as_written) for mention in found
        ):
            return False
        mentions += found
    annotation.mentions += mentions
    annotation.due += due
    annotation.by_analogy |= by_analogy
    annotation.jointly |= "会同" in masked[begin:end]
    return bool(mentions)
