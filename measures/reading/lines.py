"""Lines to paragraphs: undoing the line and page breaks that copying from a PDF leaves behind."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from .numerals import PAGE_NUMBER, Label, fold, match_label
from .responsibilities import is_annotation_line
from .roles import ROLE_LABEL, mentions_role
from .tables import is_row, read_header, serial_of
from .units import is_group, looks_like_unit

# Where each paragraph is one line, only a page break leaves a line unfinished, and such a line is long; a heading
# without a full stop is not. In half-width columns.
UNBROKEN_WIDTH = 76
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_NARROW = re.compile("[\x00-\u1fff]")
_WORD = re.compile(r"\S+")
_TERMINAL = frozenset("。！？；…：!?;:")
_SENTENCE_ENDS = _TERMINAL - frozenset("：:；;")
_PAUSE = re.compile("[，,]")
_NEVER_FIRST = frozenset(",.、。;:!?)》”’」』%")
_NEVER_LAST = frozenset(",、(《“‘「『")
_WITHIN_TEXT = re.compile(r"[项款条种类次期是级度]|和|及|至")
_ENUMERATED_PROSE = re.compile(r"(?:[一二三四五六七八九十]{1,2}是|首先[,，]|其次[,，]|最后[,，])")
# 「以上任务由…」 and 「（以上工作牵头单位：…）」 speak of all the items above.
_OF_ALL_ABOVE = re.compile(r"[(\[【（]?(?:以上|上述)(?:各项|各条|\d|[一二三四五六七八九十]|工作|任务|措施|内容|由)")
_SIGNS = re.compile(
    r"(?:局|厅|办|办公厅|办公室|政府|委员会|联席会议|领导小组)\Z|(?:日|日印发)\Z|\A\(?(?:附件|此件|抄送|联系人)"
)
_LABEL = re.compile(rf"(?:^|[\s(。;,、]){ROLE_LABEL.pattern}")
_BARE_LABEL = re.compile(rf"(?:^|[\s(。;,、]){ROLE_LABEL.pattern}\s*\Z")
_NAME_MARKS = re.compile(r"[、，,；;：:\s]+")
_DATE = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[一二三四五六七八九〇零○]{4}年.{1,3}月.{1,3}日")
_ROLE = re.compile(r"负责|配合|牵头|协助|协办|主办|单位|部门")


@dataclass(slots=True)
class Line:
    """One printed line without the white space around it; ``start`` and ``end`` are offsets of the source."""

    start: int
    end: int
    text: str
    indent: int
    label: Label | None = None
    # In half-width columns.
    width: int = 0
    # Blank lines above it.
    gap: int = 0
    # A responsibility that stands apart from the last of several items, and is of all of them.
    of_all_above: bool = False
    # A row of a flattened table: what its cells hold.
    columns: tuple[str, ...] = ()
    # Begins on a line of its own although it belongs to the paragraph above (a responsibility, a page number).
    attached: bool = False

    # A page number, or a line that stands beside it on every page.
    is_page_number: bool = False


@dataclass(slots=True)
class Paragraph:
    lines: list[Line] = field(default_factory=list)
    open_brackets: int = 0

    @property
    def label(self) -> Label | None:
        return self.lines[0].label

    @property
    def start(self) -> int:
        return self.lines[0].start

    @property
    def end(self) -> int:
        return self.lines[-1].end

    @property
    def text(self) -> str:
        """The lines joined; a line that stands alone keeps its line break."""
        parts: list[str] = []
        alone = False
        for line in self.lines:
            if parts and (alone or line.attached):
                parts.append("\n")
            elif parts and parts[-1][-1].isascii() and parts[-1][-1].isalnum() and line.text[:1].isascii():
                parts.append(" ")
            parts.append(line.text)
            alone = line.is_page_number
        return "".join(parts)

    @property
    def last(self) -> Line:
        return next((line for line in reversed(self.lines) if not line.is_page_number), self.lines[-1])

    def add(self, line: Line) -> None:
        self.lines.append(line)
        for character in fold(line.text):
            if character == "(":
                self.open_brackets += 1
            elif character == ")" and self.open_brackets:
                self.open_brackets -= 1


def split_lines(source: str, pattern: re.Pattern[str] = _LINE) -> list[Line]:
    """Every line that prints something, in order."""
    lines: list[Line] = []
    for found in pattern.finditer(source):
        raw = found.group()
        text = raw.strip()
        if text:
            lead = raw[: len(raw) - len(raw.lstrip())]
            start = found.start() + len(lead)
            indent = sum(2 if character == "\u3000" else 4 if character == "\t" else 1 for character in lead)
            gap = max(0, source.count("\n", lines[-1].end, start) - 1) if lines else 0
            width = 2 * len(text) - len(_NARROW.findall(text))
            line = Line(start, start + len(text), text, indent, match_label(text), width, gap)
            line.is_page_number = len(text) <= 16 and bool(PAGE_NUMBER.match(fold(text)))
            lines.append(line)
    furniture = page_furniture(lines)
    for line in lines if furniture else ():
        if line.text in furniture:
            line.label, line.is_page_number = None, True
    return lines


def page_furniture(lines: list[Line]) -> frozenset[str]:
    """Lines that are printed on every page: at least three times, each time beside a page number."""
    if sum(line.is_page_number for line in lines) < 3:
        return frozenset()
    count = Counter(line.text for line in lines if line.width <= 80 and not line.is_page_number)
    beside = Counter(
        other.text
        for line, other in [*itertools.pairwise(lines), *zip(lines[1:], lines, strict=False)]
        if line.is_page_number and not other.is_page_number
    )
    return frozenset(text for text, times in count.items() if times >= 3 and beside[text] >= times)


def has_lost_line_breaks(lines: list[Line]) -> bool:
    """Whether copying has run a whole paper into one line, so that only spaces tell its paragraphs apart."""
    return sum(line.label is not None for line in lines) < 2 and any(len(line.text) > 400 for line in lines)


def read_paragraphs(source: str) -> list[Paragraph]:
    """The paragraphs of the source, each led by its number if it has one. No character is left out."""
    lines = split_lines(source)
    if has_lost_line_breaks(lines):
        lines = split_lines(source, _WORD)
    _mark_rows(lines)
    joiner = _Joiner(lines)
    paragraphs: list[Paragraph] = []
    for index, line in enumerate(lines):
        if paragraphs and joiner.is_of_all_above(paragraphs, line):
            line.of_all_above = True
        if paragraphs and not line.of_all_above and joiner.continues(paragraphs[-1], line, index):
            line.label = None
            paragraphs[-1].add(line)
        else:
            paragraph = Paragraph()
            paragraph.add(line)
            paragraphs.append(paragraph)
    return paragraphs


def _mark_rows(lines: list[Line]) -> None:
    """Give the rows of flattened tables a number of their own, whatever their first cell looks like."""
    columns: tuple[str, ...] | None = None
    for line, following in itertools.zip_longest(lines, lines[1:]):
        if header := read_header(line.text):
            columns, line.label = header, None
        elif columns and is_row(line.text, columns):
            value, length = serial_of(line.text, columns)
            line.columns = columns[1:] if length else columns
            line.label = Label("row", value, str(value) if length else "行", length)
        elif not line.is_page_number and not (
            # 「一	预防工作」 heads the rows below it.
            columns and line.width <= 40 and following is not None and is_row(following.text, columns)
        ):
            columns = None


class _Joiner:
    """Decides whether a line goes on with the paragraph above, from what the whole document looks like."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.last_value: dict[str, int] = {}
        long_enough = [line for line in lines if line.width >= 8]
        widths = sorted(line.width for line in long_enough)
        widest = widths[int(len(widths) * 0.95)] if widths else 0
        full = [line for line in long_enough if line.width >= widest * 0.85]
        broken = sum(line.text[-1] not in _TERMINAL for line in full)
        # A hard-wrapped text: most lines are as wide as the page, and break anywhere.
        self.hard_wrapped = (
            len(lines) >= 8 and widest <= 140 and len(full) >= 0.35 * len(lines) and broken * 3 >= len(full)
        )
        self.full_width = int(widest * 0.85) if self.hard_wrapped else UNBROKEN_WIDTH
        self.widest = widest
        gaps = sorted(line.gap for line in lines)
        self.usual_gap = gaps[len(gaps) // 2] if gaps else 0
        indented = sum(line.indent >= 2 for line in lines)
        self.indents = 0.1 * len(lines) <= indented <= 0.9 * len(lines)

    def continues(self, above: Paragraph, line: Line, index: int) -> bool:
        last = above.last
        unfinished = self._is_unfinished(above, last)
        if line.columns or (last.columns and not line.is_page_number):
            return False
        if "\t" in line.text and read_header(line.text):
            # A table's header belongs to no title above it.
            return False
        if line.label is not None:
            if self._number_fits(line, last, unfinished):
                if line.label.value is not None:
                    self.last_value[line.label.family] = line.label.value
                return False
            if not unfinished:
                return False
        if line.is_page_number:
            line.attached = True
            return True
        if is_annotation_line(line.text) or self._wraps_annotation(line, index):
            line.attached = above.open_brackets == 0
            return True
        if _ENUMERATED_PROSE.match(line.text):
            # Each of 一是…（…） 二是…（…） is a measure of its own, and none is part of a heading.
            goes_on = last.text[-1] in _TERMINAL
            line.attached = goes_on
            return goes_on
        if self._lists_names(above, last, line, index):
            return True
        first = fold(line.text[0])
        if first in _NEVER_FIRST:
            return True
        if above.open_brackets and fold(last.text[-1]) not in _SENTENCE_ENDS and self._closes_soon(index):
            return True
        if fold(last.text[-1]) in _NEVER_LAST:
            return True
        if self.indents and line.indent >= 2 and last.indent < line.indent + 8:
            return False
        if unfinished or (self._continues_flush(above, line) and fold(last.text[-1]) not in _TERMINAL):
            return True
        # In a hard-wrapped text a sentence may end exactly at the margin; indentation then tells paragraphs apart.
        if self.indents:
            return self.hard_wrapped and line.indent < 2 and last.width >= self.full_width
        return self._ends_at_the_margin(above, last, line)

    def _wraps_annotation(self, line: Line, index: int) -> bool:
        """Whether a responsibility begins the line and is broken over the lines below it."""
        if fold(line.text[0]) != "(" or not mentions_role(
            fold("".join(one.text for one in self.lines[index : index + 5]))
        ):
            return False
        text = line.text
        for after in self.lines[index + 1 : index + 5]:
            if after.label is not None:
                return False
            text += after.text
            if is_annotation_line(text):
                return True
        return False

    def _ends_at_the_margin(self, above: Paragraph, last: Line, line: Line) -> bool:
        """Without indentation: a line filled to the last column, below another such line, goes on."""
        return (
            self.hard_wrapped
            and min(line.width for line in above.lines[-2:]) >= self.widest - 3
            and (len(above.lines) > 1 or above.label is not None)
            and line.gap <= self.usual_gap
            and not (line.width < self.full_width and _SIGNS.search(line.text))
            and not (fold(last.text.rstrip("。；"))[-1:] == ")" and self._ends_in_responsibility(above))
        )

    def is_of_all_above(self, paragraphs: list[Paragraph], line: Line) -> bool:
        """Whether a responsibility is of the heading above the items and not of the last item, by its layout.

        None of the items may name anybody itself, and the line must stand apart from them: after a blank line
        where there are few, at a lesser indentation, or by its own words.
        """
        if line.label is not None:
            return False
        says_so = bool(_OF_ALL_ABOVE.match(line.text))
        item = paragraphs[-1].lines[0]
        apart = line.gap > max(self.usual_gap, paragraphs[-1].last.gap) or line.indent + 2 <= item.indent
        if not says_so and not (apart and is_annotation_line(line.text)):
            return False
        items = 0
        for paragraph in reversed(paragraphs):
            label = paragraph.label
            if label is None or item.label is None or label.family != item.label.family:
                break
            if not says_so and _ROLE.search(paragraph.text):
                return False
            items += 1
        return items >= 2

    def _lists_names(self, above: Paragraph, last: Line, line: Line, index: int) -> bool:
        """Whether a line goes on with the units of 「责任单位：」 above: after the bare label, or after more of them."""
        if line.label is not None or len(line.text) > 120:
            return False
        if _BARE_LABEL.search(fold(last.text[-24:])):
            return True
        if any(_DATE.search(fold(after.text)) for after in self.lines[index + 1 : index + 4]) and _SIGNS.search(
            line.text
        ):
            # An organ above a date signs the paper.
            return False
        if last.width >= self.full_width or not any(_LABEL.search(fold(one.text)) for one in above.lines[-12:]):
            return False
        pieces = _NAME_MARKS.split(f"{last.text[-20:]}、{line.text}".strip("。；）)"))
        names = [
            piece.strip(" 　(（") for piece in pieces[-1 - len(_NAME_MARKS.findall(line.text.strip("。；）)"))) - 1 :]
        ]
        line.attached = all(2 < len(name) < 20 and (looks_like_unit(name) or is_group(name)) for name in names)
        return line.attached

    def _continues_flush(self, above: Paragraph, line: Line) -> bool:
        """In a hard-wrapped text with indented paragraphs a line at the margin begins none."""
        return self.hard_wrapped and self.indents and line.indent < 2 <= above.lines[0].indent <= 8

    def _is_unfinished(self, above: Paragraph, last: Line) -> bool:
        final = last.text[-1]
        if final in _TERMINAL:
            return False
        if last.width < self.full_width:
            # No heading has a comma: a line with one, and without an end, goes on below.
            return (
                above.label is not None and not last.columns and bool(_PAUSE.search(last.text)) and fold(final) != ")"
            )
        if final in "”’」』》" and len(last.text) > 1 and last.text[-2] in _TERMINAL:
            return False
        if fold(final) == ")":
            return not self._ends_in_responsibility(above)
        return True

    @staticmethod
    def _ends_in_responsibility(above: Paragraph) -> bool:
        text = fold(above.lines[-2].text + above.lines[-1].text if len(above.lines) > 1 else above.lines[-1].text)
        depth = 0
        for position in range(len(text) - 1, -1, -1):
            if text[position] == ")":
                depth += 1
            elif text[position] == "(":
                depth -= 1
                if depth == 0:
                    before = text[position - 1 : position]
                    return before in _TERMINAL or bool(_ROLE.search(text, position))
        return True

    def _number_fits(self, line: Line, last: Line, unfinished: bool) -> bool:
        """Whether what looks like a number at the start of a line is one, and not the middle of a sentence."""
        label = line.label
        if label is None or label.value is None:
            return label is not None
        if not unfinished and fold(last.text[-1]) not in _NEVER_LAST:
            return True
        if _WITHIN_TEXT.match(line.text, label.length):
            return False
        return label.value == 1 or label.value == self.last_value.get(label.family, 0) + 1

    def _closes_soon(self, index: int) -> bool:
        """Whether the bracket that is open above closes in this line or the next few, before another number."""
        depth = 0
        for line in self.lines[index : index + 6]:
            if line.label is not None:
                return False
            for character in fold(line.text):
                if character == "(":
                    depth += 1
                elif character == ")":
                    depth -= 1
                    if depth < 0:
                        return True
        return False
