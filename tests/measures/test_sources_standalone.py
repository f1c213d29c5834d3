"""Documents that are tables with a title: read by their tables, and never as a text that the table has been poured into."""

from __future__ import annotations

import pytest

from measures.reading import UnreadablePlan, read_plan
from measures.sheets import read_table
from measures.sources import Kind, read_source
from tests.measures.samples import paragraph, word

ROWS = [["序号", "工作任务", "牵头单位", "配合单位"], ["1", "加强宣传", "市公安局", "市妇联"]]
EXPORTED = """<html><head><meta charset="gb2312"></head><body><table border=1>
<tr><td colspan=4><b>东湖市反拐任务分解表</b></td></tr>
<tr><th>序号</th><th>工作任务</th><th>牵头单位</th><th>配合单位</th></tr>
<tr><td>1</td><td>加强宣传</td><td>市公安局</td><td>市妇联、<br>市教育局</td></tr>
<tr><td>2</td><td>完善机制</td><td rowspan=2>市民政局</td><td></td></tr>
<tr><td>3</td><td>排查</td><td>市财政局</td></tr>
</table></body></html>"""


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def named(source) -> list[tuple[str, str, list[str], list[str]]]:
    clauses = read_table(source.sheets).plan.clauses
    return [
        (
            one.path,
            one.heading + one.text,
            [party.name for party in one.lead],
            [party.name for party in one.cooperating],
        )
        for one in clauses
    ]


@pytest.mark.parametrize("name", ["导出.xls", "导出.html"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_html_that_a_system_has_saved_as_xls_is_its_table(name, encoding):
    source = read_source(EXPORTED.encode(encoding), name=name)

    assert (source.kind, source.text) == (Kind.HTML, "")
    assert named(source) == [
        ("1", "加强宣传", ["市公安局"], ["市妇联", "市教育局"]),
        ("2", "完善机制", ["市民政局"], []),
        ("3", "排查", ["市民政局"], ["市财政局"]),
    ]


def test_word_file_with_a_title_above_its_only_table():
    title = "东湖市2026年反拐工作责任分解表"

    source = read_source(word(paragraph("附件") + paragraph(title) + table(ROWS) + paragraph("注：1.按季报送。")))

    assert source.text == f"附件\n{title}\n注：1.按季报送。"
    assert source.sheets[0].rows == [["附件"], [title], *ROWS]
    assert source.sheets[0].merges == [(0, 0, 0, 3), (1, 0, 1, 3)]
    assert read_table(source.sheets).plan.title == title


def test_headings_between_tables_are_the_chapters_of_these():
    body = "".join(paragraph(words) + table(ROWS) for words in ("一、预防", "二、打击"))

    source = read_source(word(body))

    assert [path for path, *_ in named(source)] == ["一", "一/1", "二", "二/1"]
    with pytest.raises(UnreadablePlan):
        read_plan(source.text)


def test_plan_with_clauses_of_its_own_keeps_the_table_in_its_text_and_asks():
    clauses = ["东湖市反拐工作实施方案", "一、总体要求", "落实工作责任。", "二、重点任务", "1.宣传。（市公安局负责）"]

    source = read_source(word("".join(map(paragraph, [*clauses, "附件", "责任分解表"])) + table(ROWS)))

    assert source.text.endswith("序号\t工作任务\t牵头单位\t配合单位\n1\t加强宣传\t市公安局\t市妇联")
    assert source.sheets[0].rows == ROWS
    assert "table_in_text" in {question.code for question in read_plan(source.text).questions}


def test_header_of_a_table_is_no_part_of_the_title():
    lines = ["2026年反拐工作责任分工", *map("\t".join, ROWS), "一、提高认识。要重视。", "二、压实责任。各单位要落实。"]

    plan = read_plan("\n".join(lines))

    assert plan.title == "2026年反拐工作责任分工"
