"""Files of every kind: what is read from the samples, and how a kind is told."""

from __future__ import annotations

import pytest

from measures.reading import PlanText, read_plan
from measures.sources import MAX_BYTES, Kind, Sheet, Source, Unreadable, read_source, sniff
from scripts.make_samples import NUMBERED
from tests.measures.samples import DOCUMENTS, sample

PLAN = (DOCUMENTS / "000_chongqing_2021_web.txt").read_text(encoding="utf-8")
HALF = (DOCUMENTS / "003_yunyang_2013.txt").read_text(encoding="utf-8").splitlines()[:72]
TABLE_ROWS = [
    ["云山县反对拐卖人口工作责任分解表"],
    ["章节", "序号", "工作任务", "责任分工", "", "完成时限"],
    ["", "", "", "牵头单位", "配合单位"],
    ["一、预防犯罪", "1", "开展宣传教育", "县委宣传部", "县教育局、县妇联", "长期坚持"],
    ["", "2", "加强重点场所管理", "县公安局", "县文化旅游局\n县市场监管局", "2026年12月底前"],
    ["", "3", "加强婚姻登记管理", "县民政局", "同上", "每年12月15日前"],
    ["二、打击犯罪", "4", "侦办拐卖案件", "县公安局", "县检察院，县法院", "长期坚持"],
    ["", "5", "清理网络信息", "县委网信办；县公安局", "", "2027年6月底前"],
]
MERGES = [
    (0, 0, 0, 5),
    (1, 0, 2, 0),
    (1, 1, 2, 1),
    (1, 2, 2, 2),
    (1, 3, 1, 4),
    (1, 5, 2, 5),
    (3, 0, 5, 0),
    (6, 0, 7, 0),
]
TABLE = Sheet("责任分解表", TABLE_ROWS, MERGES, hidden_rows=[5], hidden_columns=[1])
NUMBERS = ["", "一、", "", "二、", "（一）", "1.", "2.", "（二）", "1.", "（三）", "1.", "三、", "（一）"]


def who(plan: PlanText) -> dict[str, tuple[list[str], list[str]]]:
    """Each measure's units by its path."""
    return {
        clause.path: ([party.name for party in clause.lead], [party.name for party in clause.cooperating])
        for clause in plan.clauses
        if clause.is_measure
    }


# --- Documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan.docx", "plan.html"])
def test_a_plan_reads_as_its_text_does(name):
    plan, expected = read_plan(read_source(sample(name)).text), read_plan(PLAN)

    assert who(plan) == who(expected)
    assert len(who(plan)) == 53
    assert (plan.title, plan.document_number, plan.issued_by, plan.issued_on, plan.obligations) == (
        expected.title,
        expected.document_number,
        expected.issued_by,
        expected.issued_on,
        expected.obligations,
    )


def test_a_printed_plan_reads_as_its_text_does():
    """Lines of a pdf end where the paper does."""
    plan, expected = read_plan(read_source(sample("plan.pdf")).text), read_plan("\n".join(HALF))

    assert who(plan) == who(expected)
    assert len(who(plan)) == 18
    assert (plan.title, plan.document_number) == (expected.title, expected.document_number)


def test_a_web_page_is_read_without_its_navigation():
    text = read_source(sample("plan.html")).text

    assert [word for word in ("首页", "领导之窗", "字体", "网站地图", "不是正文", "color") if word in text] == []
    assert text.startswith("索引号：11500242709477420M/2022-00004\n")


@pytest.mark.parametrize("name", ["numbered.docx", "numbered_libreoffice.docx"])
def test_numbers_that_word_generates_are_in_the_text(name):
    source = read_source(sample(name))

    lines = source.text.split("\n")[: len(NUMBERED)]
    assert lines == [number + words for number, (_, words) in zip(NUMBERS, NUMBERED, strict=True)]
    assert source.sheets == [Sheet("表1", TABLE_ROWS, MERGES)]
    assert len(who(read_plan(source.text))) == 5


def test_tables_of_a_document_stand_in_the_text_too():
    lines = read_source(sample("numbered.docx")).text.split("\n")[len(NUMBERED) :]

    assert lines[0] == "云山县反对拐卖人口工作责任分解表"
    assert lines[3] == "一、预防犯罪\t1\t开展宣传教育\t县委宣传部\t县教育局、县妇联\t长期坚持"
    assert lines[4] == "\t2\t加强重点场所管理\t县公安局\t县文化旅游局 县市场监管局\t2026年12月底前"


# --- Tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [("table.xlsx", Kind.XLSX), ("table.xls", Kind.XLS)])
def test_a_workbook_reads_with_its_merged_and_hidden_cells(name, kind):
    assert read_source(sample(name)) == Source(
        kind, sheets=[TABLE, Sheet("说明", [["牵头单位数", "5"]], is_hidden=True)]
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_reads_in_the_encodings_and_separators_in_use(encoding, separator):
    text = f'任务{separator}牵头单位{separator}配合单位\r\n开展宣传{separator}"县公安局\n县法院"{separator}"县{separator}妇联"\r\n\r\n'

    source = read_source(text.encode(encoding), name="文件夹/分解表.csv")

    rows = [["任务", "牵头单位", "配合单位"], ["开展宣传", "县公安局\n县法院", f"县{separator}妇联"]]
    assert source == Source(Kind.CSV, sheets=[Sheet("分解表", rows)])


# --- Text and kinds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_reads_in_the_encodings_in_use(encoding):
    assert read_source(PLAN.encode(encoding), name="计划.txt") == Source(Kind.TEXT, text=PLAN)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plan.docx", Kind.DOCX),
        ("plan.pdf", Kind.PDF),
        ("plan.html", Kind.HTML),
        ("table.xlsx", Kind.XLSX),
        ("table.xls", Kind.XLS),
    ],
)
@pytest.mark.parametrize("claimed", ["", "a.txt", "a.csv", "a.png", "a.xlsx", "a.doc"])
def test_the_name_does_not_tell_the_kind(name, kind, claimed):
    assert sniff(sample(name), claimed) == kind


@pytest.mark.parametrize("document", sorted(path.name for path in DOCUMENTS.glob("*.txt")))
@pytest.mark.parametrize("name", ["", "计划.txt", "计划.csv"])
def test_a_plan_is_no_table_whatever_its_commas(document, name):
    assert sniff((DOCUMENTS / document).read_bytes(), name) == Kind.TEXT


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("任务,牵头单位\n宣传,公安局\n", "", Kind.CSV),
        ("任务,牵头单位\n宣传,公安局\n", "a.txt", Kind.CSV),
        ("责任分解表\n任务,牵头单位\n宣传,公安局\n", "a.csv", Kind.CSV),
        ("公安局\n民政局\n", "a.csv", Kind.CSV),
        ("公安局\n民政局\n", "a.txt", Kind.TEXT),
        ("<!doctype HTML>\n<p>一</p>", "a.csv", Kind.HTML),
        ("<table><tr><td>一</td></tr></table>", "导出.xls", Kind.HTML),
        ("BM市公安局负责宣传工作。", "a.txt", Kind.TEXT),
    ],
)
def test_the_name_breaks_only_ties(text, name, kind):
    assert sniff(text.encode(), name) == kind


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not():
    row = "宣传,公安局".ljust(1022, "长") + "\n"
    data = row.encode()[:1024].ljust(1024)
    assert MAX_BYTES == 20 * 1024 * 1024
    with pytest.raises(Unreadable, match="文件太大"):
        sniff(b"a" * (MAX_BYTES + 1))
    assert sniff(data) == Kind.TEXT
