"""The document as a page: what it shows, and how Chromium prints it."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from lxml import html

from reporting.documents.content import Form, Paragraph
from reporting.documents.page import page_of
from tests.conftest import ROOT
from tests.office import pages_of
from tests.reporting.official import FIGURES, FULL, LEDGER, SHORT


def render(document):
    return render_to_string("reporting/documents/official.html", {"document": page_of(document)})


def texts(document, path):
    return [" ".join(element.text_content().split()) for element in html.fromstring(render(document)).xpath(path)]


@pytest.mark.parametrize("document", [SHORT, FULL, replace(FULL, form=Form.MINUTES), replace(FULL, is_draft=True)])
def test_page_needs_nothing_that_is_not_there(document):
    assert "特此报告。" in render(replace(document, closing="特此报告。"))


def test_page_has_headings_of_their_levels():
    found = html.fromstring(render(FULL)).xpath("//*[@role='heading']")

    assert [(element.get("aria-level"), element.text_content()) for element in found] == [
        ("2", "重庆市公安局关于报送2026年度反拐工作情况的报告"),
        ("3", "一、基本情况"),
        ("4", "（二）广泛宣传"),
        ("5", "1.进社区"),
        ("6", "（1）新媒体"),
        ("2", "数据统计表"),
        ("2", "条款完成情况表"),
    ]


def test_page_lists_enclosures_and_copies():
    assert texts(FULL, "//ol[@class='official-enclosures']/li") == [
        "附件：1.数据统计表",
        "2.条款完成情况表",
        "3.工作总结.pdf",
    ]
    assert texts(FULL, "//footer/p") == ["抄送：市委政法委、市检察院。", "重庆市公安局办公室 2026年12月6日印发"]


def test_tables_of_the_page_name_their_columns():
    (table, *_) = html.fromstring(render(FULL)).xpath("//table")

    assert [cell.text for cell in table.xpath("thead//th[@scope='col']")] == ["序号", "指标", "数值"]
    assert [cell.get("class") for cell in table.xpath("tbody/tr[1]/td")] == [
        "is-centred",
        "is-text",
        "is-number",
    ]


def test_widths_of_columns_are_classes_that_the_style_sheet_has():
    css = (ROOT / "static" / "css" / "official.css").read_text(encoding="utf-8")

    classes = {element.get("class") for element in html.fromstring(render(FULL)).xpath("//col")}

    assert classes == {"official-share-15", "official-share-60", "official-share-30"}
    assert all(f".{name} {{" in css for name in classes)


def test_markup_in_a_text_is_text():
    assert "&lt;script&gt;" in render(replace(SHORT, blocks=(Paragraph("<script>"),)))


def test_page_without_signatory_has_none():
    assert texts(replace(SHORT, signatory="", signed_on=None), "//p[@class='official-date']") == []


@pytest.mark.browser
def test_printed_page_is_the_sheet_of_the_standard(browser, tmp_path):
    document = replace(
        FULL,
        masthead="",
        number="",
        blocks=(*(Paragraph("国" * 28 * 6) for _ in range(12)), replace(LEDGER, rows=LEDGER.rows * 20), FIGURES),
    )

    pages = printed(browser, document, tmp_path)

    assert {(round(page.width), round(page.height)) for page in pages} == {(210, 297), (297, 210)}
    full = pages[1]
    lines = [line for line in full.lines if len(line) == 28]
    assert len(full.lines) == 22
    assert len(lines) > 15
    assert all(28 <= line[0].left < 29 and 182 < line[-1].right < 184.5 for line in lines)


@pytest.mark.browser
def test_printed_page_numbers_alternate(browser, tmp_path):
    pages = printed(browser, replace(SHORT, blocks=tuple(Paragraph("国" * 600) for _ in range(3))), tmp_path)

    assert ["".join(letter.text for letter in page.number) for page in pages] == ["—1—", "—2—", "—3—", "—4—"]
    assert [page.number[0].left > 105 for page in pages] == [True, False, True, False]


@pytest.mark.browser
def test_printed_draft_says_so_on_every_page(browser, tmp_path):
    pages = printed(browser, replace(SHORT, is_draft=True, blocks=(Paragraph("国" * 900),)), tmp_path)

    assert ["草稿" in "".join(letter.text for letter in page.letters if letter.bottom < 37) for page in pages] == [
        True,
        True,
    ]


def printed(browser, document, folder: Path):
    sheets = ("base", "document", "official", "print")
    links = "".join(
        f'<link rel="stylesheet" href="{(ROOT / "static" / "css" / f"{name}.css").as_uri()}">' for name in sheets
    )
    page_file = folder / "page.html"
    page_file.write_text(
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{links}</head><body><header class="masthead">不印</header>'
        f'<main><div class="frame">{render(document)}</div></main><footer class="foot">不印</footer></body></html>',
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.pdf(path=folder / "page.pdf", prefer_css_page_size=True)
    page.close()
    return pages_of(folder / "page.pdf")
