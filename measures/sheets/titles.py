"""What stands above and below a table: the plan's title, number, years, and who issued it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from measures.reading.lines import Line, Paragraph
from measures.reading.metadata import Heading, read_heading
from measures.reading.numerals import fold, match_label, squeeze
from measures.reading.results import Period

from .grid import Grid
from .layouts import Table
from .rows import MAX_HEADING

_TABLE = (
    r"(?:重点|主要|工作|目标|任务|责任|措施|职责|分工|分解|实施|落实|推进|行动|细化|进展|情况|一览|清单|台账|安排|及|和|暨|与)*"
    r"(?:表|清单|台账|一览表|明细|分工|分解)"
)
_TABLE_TAIL = re.compile(rf"(?P<between>[—―–─\-:：\s]*)(?P<table>{_TABLE})(?P<rest>(?:\([^()]*\))?)\Z")
_PLAN_END = re.compile(r"(?:计划|方案|细则|意见|办法|规划|纲要|要点|措施)(?:\([^()]*\))*》?\Z")
_QUOTED = re.compile(r"\A《(?P<plan>[^《》]{4,120})》")
_ANNEX = re.compile(r"附(?:件|表|录)?\s*\d{0,2}\s*[:：.、]?\Z")
_FIELD = re.compile(
    r"(?:填[报表]|制[表定]|报送|编制|责任|联系|统计|印发|审核|单位|部门|日期|时间|截至|截止|更新|版本|密级|文号|发文|成文)[^:：]{0,8}[:：]|"
    r"(?:19|20)\d\d\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?\Z|[(（]?单位[:：]"
)
_ISSUER_FIELD = re.compile(r"(?:制[表定]|编制|印发|发文)(?:单位|部门|机关)\s*[:：]\s*(?P<organ>[\u4e00-\u9fff]{4,30})")
_CONFERENCE = re.compile(r"(?P<organ>[\u4e00-\u9fff]{2,40}?(?:联席会议|领导小组)(?:办公室)?)")
_YEARS_ALONE = re.compile(r"\(?(?:19|20)\d\d年?(?:[—―–─~～至到-]{1,3}(?:19|20)\d\d年?)?(?:度)?\)?\Z")
_ONE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?:度)?(?!\d|以来|起|前)")
_MAX_TITLE = 200


def is_chapter_title(words: str) -> bool:
    """Whether words above a table, or the name of its sheet, are a chapter's: 「一、健全预防机制」."""
    label = match_label(words)
    if label is None:
        return False
    return label.family in {"part", "chapter", "division", "cn"} or (
        label.family == "(cn)" and len(words) <= MAX_HEADING and "。" not in words
    )


def words_above(table: Table) -> list[str]:
    """The words of the rows above the header, one entry to a cell."""
    return [words for row in range(table.top, table.layout.header_first) for _, words in table.grid.texts(row)]


def read_titles(tables: Sequence[Table], given: str) -> Heading:
    """Title, number, organ, date and years, from what stands above the first table and below the last.

    ``given`` is the title where the sheets have none.
    """
    above = [words for table in tables[:1] for words in words_above(table)]
    below = _below(tables[-1].grid, tables[-1]) if tables else []
    title = _title_of(above) or given.strip()
    heading = read_heading(_paragraphs(above), _paragraphs(below), "\n".join(above))
    organ = heading.issued_by or _organ(above, title)
    period = heading.period if heading.period.start else _period(title, above)
    return Heading(
        title=title[:_MAX_TITLE],
        document_number=heading.document_number,
        issued_by=organ,
        issued_on=heading.issued_on,
        printed_on=heading.printed_on,
        period=period,
        period_conflict=heading.period_conflict,
        only_published=heading.only_published,
    )


def _title_of(above: Sequence[str]) -> str:
    lines: list[str] = []
    for words in above:
        plain = squeeze(fold(words))
        if is_chapter_title(words):
            continue
        if _ANNEX.fullmatch(plain) or _FIELD.match(plain) or len(plain) < 4 or len(plain) > 160:
            continue
        joined = "".join(line.strip() for line in words.split("\n"))
        if lines and _YEARS_ALONE.fullmatch(plain):
            lines[-1] += joined
        elif lines and not (_PLAN_END.search(fold(lines[-1])) or _TABLE_TAIL.search(fold(lines[-1]))):
            if _PLAN_END.search(plain) or _TABLE_TAIL.search(plain):
                lines[-1] += joined
                break
        elif not lines and not _YEARS_ALONE.fullmatch(plain):
            lines.append(joined)
    return _plan_title(lines[0]) if lines else ""


def _plan_title(title: str) -> str:
    """The plan that a table breaks down, if its title says so: 「《…方案》责任分解表」 is about …方案."""
    title = " ".join(title.split())
    folded = fold(title)
    if (quoted := _QUOTED.match(title)) and _TABLE_TAIL.fullmatch(folded[quoted.end() :]):
        return quoted["plan"]
    tail = _TABLE_TAIL.search(folded)
    if tail and _PLAN_END.search(folded[: tail.start()]):
        return (title[: tail.start()] + title[tail.start("rest") :]).strip()
    return title


def _organ(above: Sequence[str], title: str) -> str | None:
    for words in above:
        if found := _ISSUER_FIELD.search(words):
            return found["organ"]
    found = _CONFERENCE.match(squeeze(title))
    return found["organ"] if found else None


def _period(title: str, above: Sequence[str]) -> Period:
    for words in (title, *above):
        plain = squeeze(fold(words))
        if not _FIELD.match(plain) and (found := _ONE_YEAR.search(plain)):
            return Period(int(found[1]), int(found[1]))
    return Period()


def _below(grid: Grid, table: Table) -> list[str]:
    """The words of the last rows that stand alone: a signature and its date."""
    words: list[str] = []
    for row in range(max(table.first, grid.height - 4), grid.height):
        texts = grid.texts(row)
        if len(texts) == 1 and len(texts[0][1]) <= 60:
            words.append(texts[0][1])
    return words


def _paragraphs(cells: Sequence[str]) -> list[Paragraph]:
    """Each line of each cell as a paragraph of its own, for the reader of documents' heads."""
    paragraphs: list[Paragraph] = []
    position = 0
    for words in cells:
        for text in words.split("\n"):
            if text := text.strip():
                paragraph = Paragraph()
                paragraph.add(Line(position, position + len(text), text, 0))
                paragraphs.append(paragraph)
                position += len(text) + 1
    return paragraphs
