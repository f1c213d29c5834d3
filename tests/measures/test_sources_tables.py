"""Workbooks in detail, and the annotated copies of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from measures.sources import Kind, Sheet, annotate, read_source
from measures.sources.numberformats import shown_number
from tests.measures.samples import sample, saved, workbook
from tests.measures.test_sources import TABLE, TABLE_ROWS


def rows_of(*values: Any, formats: dict[str, str] | None = None) -> list[list[str]]:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(values))
    for place, format in (formats or {}).items():
        sheet[place].number_format = format
    return read_source(saved(book)).sheets[0].rows


def test_values_read_as_they_are_shown():
    rows = rows_of(
        *(1, 2.0, 0.1 + 0.2, -3.5, 12345678901, True, False, date(2026, 12, 31), datetime(2026, 12, 31, 8, 30)),
        *(time(8, 30), timedelta(hours=30), "  文字 \n", "'0012", "#REF!", None, "末"),
    )

    assert rows == [
        [
            *("1", "2", "0.3", "-3.5", "12345678901", "TRUE", "FALSE", "2026-12-31", "2026-12-31 08:30"),
            *("08:30", "30:00:00", "文字", "'0012", "#REF!", "", "末"),
        ]
    ]


@pytest.mark.parametrize(
    ("value", "format", "shown"),
    [
        (date(2026, 12, 1), "yyyy/m/d", "2026-12-01"),
        (date(2026, 12, 1), 'yyyy"年"m"月"d"日"', "2026-12-01"),
        (date(2026, 12, 1), 'yyyy"年"m"月"', "2026年12月"),
        (date(2026, 12, 15), 'm"月"d"日"', "12月15日"),
        (date(2026, 12, 1), "[$-804]yyyy\\年m\\月;@", "2026年12月"),
        (0.5, "0%", "50%"),
        (1.1, "0.00", "1.10"),
        (2.5, "0", "3"),
        (7, "000", "007"),
        (1234.5, "#,##0.00", "1234.50"),
        (12, '[DBNum1][$-804]General"、"', "十二、"),
        (3, '"第"0"条"', "第3条"),
        (5, "[Red]0.0_ ;[Blue]\\-0.0", "5.0"),
    ],
)
def test_formats_of_numbers_and_dates(value, format, shown):
    assert rows_of(value, formats={"A1": format}) == [[shown]]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1e20, "1e+20"), (float("inf"), "#NUM!"), (float("nan"), "#NUM!"), (-0.0, "0"), (1e-7, "1e-07")],
)
def test_odd_numbers(value, shown):
    assert shown_number(value) == shown


def test_rich_text_inline_text_errors_and_escapes():
    book = Workbook()
    book.worksheets[0]["A1"] = CellRichText("市", TextBlock(InlineFont(b=True), "公安局"))
    assert read_source(saved(book)).sheets[0].rows == [["市公安局"]]

    data = workbook(
        '<sheetData><row r="2"><c r="B2" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c>'
        '<c r="C2" t="e"><v>#REF!</v></c><c r="D2" t="s"><v>0</v></c><c r="E2" t="str"><f>A1</f><v>值</v></c></row></sheetData>',
        strings="<si><t>一_x000D_二_x005F_x000D_</t><rPh><t>yi</t></rPh></si>",
    )
    assert read_source(data).sheets == [Sheet("表", [[], ["", "甲乙", "#REF!", "一二_x000D_", "值"]])]


def test_formulas_without_a_value_are_told_of():
    data = workbook(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f></c><c r="C1"><f>A1</f><v>7</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>""</f><v></v></c></row></sheetData>'
    )

    assert read_source(data).sheets == [Sheet("表", [["1", "", "7"]], uncomputed=[(0, 1)])]


def test_rows_and_cells_without_a_place_follow_each_other():
    data = workbook("<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c r='B2'><v>3</v></c></row></sheetData>")

    assert read_source(data).sheets == [Sheet("表", [["1", "2"], ["", "3"]])]


# --- Annotated copies ---------------------------------------------------------------------------------------------

FAULTS = [
    ("责任分解表", "D7", "没有这个单位。"),
    ("责任分解表", "D7", "请核对。"),
    ("责任分解表", "A5", "章节有误。"),
    ("责任分解表", "", "缺少一列。"),
    ("别的表", "B2", "没有这个表。"),
]


@pytest.mark.parametrize("name", ["table.xlsx", "table.xls"])
def test_an_annotated_copy_marks_the_cells_and_reads_as_before(name):
    data = annotate(sample(name), read_source(sample(name)).kind, FAULTS)

    assert read_source(data).sheets == [TABLE, Sheet("说明", [["牵头单位数", "5"]], is_hidden=True)]
    book = load_workbook(BytesIO(data))
    cell = book["责任分解表"]["D7"]
    assert (cell.comment.text, cell.fill.fill_type) == ("没有这个单位。\n请核对。", "solid")
    # A cell within a merged one: the one that is seen is marked.
    assert book["责任分解表"]["A4"].comment.text == "章节有误。"
    assert [[cell.value for cell in row] for row in book["导入问题"]] == [
        ["工作表", "单元格", "内容", "问题"],
        ["责任分解表", "D7", "县公安局", "没有这个单位。"],
        ["责任分解表", "D7", "县公安局", "请核对。"],
        ["责任分解表", "A5", "一、预防犯罪", "章节有误。"],
        ["责任分解表", None, None, "缺少一列。"],
        ["别的表", "B2", None, "没有这个表。"],
    ]


def test_an_annotated_copy_can_be_annotated_again():
    once = annotate(sample("table.xlsx"), Kind.XLSX, FAULTS)

    twice = annotate(once, Kind.XLSX, [("责任分解表", "C6", "重复。")])

    book = load_workbook(BytesIO(twice))
    assert book.sheetnames == ["责任分解表", "说明", "导入问题"]
    assert [cell.value for cell in book["导入问题"][2]] == ["责任分解表", "C6", "加强婚姻登记管理", "重复。"]
    assert read_source(twice).sheets[0] == TABLE


def test_an_annotated_csv_becomes_a_workbook():
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in TABLE_ROWS)

    data = annotate(text.encode("gbk"), Kind.CSV, [("分解表", "D4", "没有这个单位。")])

    assert read_source(data).sheets == [Sheet("分解表", TABLE_ROWS)]
    assert load_workbook(BytesIO(data))["分解表"]["D4"].comment.text == "没有这个单位。"


def test_tables_of_a_document_can_be_annotated():
    data = annotate(sample("numbered.docx"), Kind.DOCX, [("表1", "D4", "没有这个单位。")])

    assert [sheet.rows for sheet in read_source(data).sheets] == [TABLE_ROWS]
    assert load_workbook(BytesIO(data))["表1"]["D4"].comment.text == "没有这个单位。"


def test_names_that_excel_does_not_take_are_changed_and_their_cells_marked():
    name = "某市[2026]年反对拐卖人口工作责任分解表（征求意见稿）*最终版*"

    book = load_workbook(BytesIO(annotate("任务,牵头\n宣传,公安局".encode(), Kind.CSV, [(name, "B2", "有误。")])))

    assert book.sheetnames == ["某市 2026 年反对拐卖人口工作责任分解表（征求意见稿） 最", "导入问题"]
    assert book.worksheets[0]["B2"].comment.text == "有误。"


def test_nothing_becomes_a_formula_in_an_annotated_copy():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")']
    csv = "\n".join(f'"{text.replace(chr(34), chr(34) * 2)}",x' for text in texts)
    for data in (
        annotate(csv.encode(), Kind.CSV, [("表", "A1", "=2+2")]),
        annotate(
            workbook(
                '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1+1</f></c></row></sheetData>',
                strings="<si><t>=1+1</t></si>",
            ),
            Kind.XLSX,
            [("表", "A1", "=2+2"), ("表", "B1", "没有计算。")],
        ),
    ):
        book = load_workbook(BytesIO(data))

        assert {cell.data_type for sheet in book for row in sheet for cell in row if cell.value} == {"s"}
        assert book["表"]["A1"].value == "=1+1"
        assert book["导入问题"]["D2"].value == "=2+2"
    assert book["表"]["B1"].value == "=1+1"


@pytest.mark.parametrize("place", ["", "7", "B", "B0", "B99999999", "ZZZZ9", "B7:C9", "合计", "=A1"])
def test_a_fault_at_no_cell_is_only_listed(place):
    data = annotate(sample("table.xlsx"), Kind.XLSX, [("责任分解表", place, "有误。")])

    assert read_source(data).sheets[0] == TABLE
    assert load_workbook(BytesIO(data))["导入问题"]["D2"].value == "有误。"


def test_a_sheet_of_that_name_that_is_no_list_of_faults_is_read():
    book = Workbook()
    book.worksheets[0].title = "导入问题"
    book.worksheets[0].append(["任务", "牵头单位"])

    data = saved(book)

    assert read_source(data).sheets == [Sheet("导入问题", [["任务", "牵头单位"]])]
    again = annotate(data, Kind.XLSX, [("导入问题", "A1", "有误。")])
    assert [sheet.name for sheet in read_source(again).sheets] == ["导入问题（原）"]
