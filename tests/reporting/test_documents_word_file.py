"""The Word file: tables, what people paste, long documents, and that it is sound and always the same."""

import time
import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from hypothesis import given

from reporting.documents.content import Annex, Form, Heading, Paragraph, Table
from reporting.documents.cutting import blocks_of
from reporting.documents.snapshots import from_json, to_json
from reporting.documents.word import to_docx
from tests.reporting.official import FIGURES, FULL, LEDGER, SHORT, W, Word, documents, out_of_order, text_of


@pytest.fixture(scope="module")
def full():
    return Word(FULL)


# --- Tables -----------------------------------------------------------------------------------------------------------


def test_table_repeats_its_head_and_keeps_rows_whole(full):
    rows = full.find("(//w:tbl)[1]/w:tr")

    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_row_longer_than_half_a_page_may_break():
    long = replace(FIGURES, rows=(("1", "长" * 2000, "5"), ("2", "短", "6")))

    rows = Word(replace(SHORT, blocks=(long,))).find("//w:tr")

    assert [row.find(f"{W}trPr") is not None for row in rows] == [True, False, True]


def test_cells_stand_as_their_column_wants(full):
    kinds = full.find("(//w:tbl)[1]/w:tr[2]/w:tc/w:p/w:pPr/w:pStyle/@w:val")
    names = [full.find(f"//w:style[@w:styleId='{kind}']/w:name/@w:val", "word/styles.xml")[0] for kind in kinds]

    assert names == ["表格居中", "表格文字", "表格数字"]
    assert full.value("表格数字", "w:pPr/w:jc/@w:val") == "right"


def test_columns_share_the_width_of_the_text(full):
    widths = [int(width) for width in full.find("(//w:tbl)[1]/w:tblGrid/w:gridCol/@w:w")]

    assert sum(widths) == 11906 - 1588 - 1474
    assert widths == [1263, 5054, 2527]


def test_caption_stands_above_and_note_below(full):
    assert full.texts("表题") == ["表1　数据统计", "表1　数据统计"]
    assert full.texts("表注") == ["注：空白表示没有填报。", "注：空白表示没有填报。", ""]


def test_tables_that_follow_each_other_are_kept_apart():
    word = Word(replace(SHORT, blocks=(FIGURES, replace(FIGURES, caption=""))))

    assert [element.getnext().tag for element in word.find("/w:document/w:body/w:tbl")] == [f"{W}p", f"{W}p"]


# --- The file -----------------------------------------------------------------------------------------------------------


def test_same_document_gives_the_same_bytes():
    assert to_docx(FULL) == to_docx(replace(FULL))


@given(documents)
def test_any_document_is_written_as_the_schema_says_and_the_same_from_its_json(document):
    word = Word(document)

    assert [fault for part in word.parts.values() for fault in out_of_order(part)] == []
    assert word.content == to_docx(from_json(to_json(document)))


@pytest.mark.parametrize(
    "document",
    [
        SHORT,
        FULL,
        replace(FULL, is_draft=True, form=Form.MINUTES),
        replace(SHORT, blocks=(Paragraph("前"), LEDGER, LEDGER, FIGURES, Paragraph("后")), is_sealed=False),
    ],
)
def test_elements_stand_in_the_order_of_the_schema(document):
    assert [fault for part in Word(document).parts.values() for fault in out_of_order(part)] == []


def test_file_says_nothing_of_the_machine(full):
    with zipfile.ZipFile(BytesIO(full.content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = docx.Document(BytesIO(full.content)).core_properties
    assert (core.title, core.author, core.last_modified_by) == (FULL.title, "重庆市公安局", "重庆市公安局")
    assert core.created.isoformat() == core.modified.isoformat() == "2026-12-05T00:00:00+00:00"
    assert core.comments == ""
    assert [name for name in full.names if "app.xml" in name or "thumbnail" in name] == []


def test_draft_says_so_on_every_page_and_below_its_title():
    word = Word(replace(FULL, is_draft=True))

    assert word.texts("公文标题")[0].endswith("\n（草稿）")
    assert text_of(word.parts["word/header1.xml"]) == "草稿　未正式报送"
    assert [len(section.findall(f"{W}headerReference")) for section in word.find("//w:sectPr")] == [2, 2, 2]


# --- What people paste --------------------------------------------------------------------------------------------------


def test_control_characters_are_gone_and_breaks_are_breaks():
    word = Word(replace(SHORT, blocks=(Paragraph("甲\x07乙\v丙\t丁\ud800"),)))

    assert word.texts("公文正文") == ["甲乙\n丙\t丁"]


@pytest.mark.parametrize("text", ["　甲😀👨‍👩‍👧 ", " ", "\t \t"])
def test_emoji_and_white_space_stay(text):
    assert Word(replace(SHORT, blocks=(Paragraph(text),))).texts("公文正文") == [text]


def test_very_long_paragraph_stays_whole():
    text = "长" * 50_000

    assert Word(replace(SHORT, blocks=(Paragraph(text),))).texts("公文正文") == [text]


def test_pasted_table_is_printed_as_one():
    word = Word(replace(SHORT, blocks=blocks_of("指标\t数值\n宣传\t56")))

    assert [text_of(cell) for cell in word.find("//w:tc")] == ["指标", "数值", "宣传", "56"]


def test_markup_in_a_text_is_text():
    word = Word(replace(SHORT, blocks=(Heading(1, "一、<w:b/>&amp;"),)))

    assert word.texts("一级标题") == ["一、<w:b/>&amp;"]


# --- Long documents -----------------------------------------------------------------------------------------------------


def test_progress_counts_blocks_and_rows_to_the_end():
    ledger = replace(LEDGER, rows=LEDGER.rows * 60)
    calls = []

    to_docx(
        replace(SHORT, annexes=(Annex("台账", (ledger,)),)), progress=lambda done, total: calls.append((done, total))
    )

    assert calls == [(50, 123), (100, 123), (123, 123)]


def test_table_of_a_city_is_written_in_time():
    ledger: Table = replace(LEDGER, rows=LEDGER.rows * 4400)

    began = time.process_time()
    content = to_docx(replace(SHORT, annexes=(Annex("台账", (ledger,)),)))

    assert time.process_time() - began < 10
    assert len(content) < 1_000_000
