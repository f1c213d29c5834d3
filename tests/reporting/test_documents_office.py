"""Word files in LibreOffice: pages, lines and characters as they come out on paper."""

from dataclasses import replace
from itertools import pairwise

import pytest

from reporting.documents.content import Annex, Paragraph
from reporting.documents.word import to_docx
from tests.office import pages_of, to_pdf
from tests.reporting.official import FIGURES, FULL, LEDGER, SHORT

pytestmark = [pytest.mark.office, pytest.mark.slow]

# Paragraphs of 166 characters: 26 in the first line, 28 in five more.
DENSE = replace(SHORT, blocks=tuple(Paragraph("国" * 166) for _ in range(20)))
WIDE = replace(SHORT, annexes=(Annex("台账", (replace(LEDGER, rows=LEDGER.rows * 40),)),))
TABLES = replace(SHORT, blocks=(replace(FIGURES, rows=FIGURES.rows * 40, note=""),), signatory="", signed_on=None)


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    documents = {"dense": DENSE, "wide": WIDE, "tables": TABLES, "full": FULL, "draft": replace(FULL, is_draft=True)}
    files = {name: to_docx(document) for name, document in documents.items()}
    return {name: pages_of(path) for name, path in to_pdf(tmp_path_factory.mktemp("office"), files).items()}


def text(letters):
    return "".join(letter.text for letter in letters)


def number_of(page):
    """The page number of an upright page."""
    return text(sorted(page.number, key=lambda letter: letter.left))


def test_pages_are_a4(printed):
    assert {(round(page.width), round(page.height)) for page in printed["dense"]} == {(210, 297)}


def test_full_page_has_22_lines_of_28_characters(printed):
    page = printed["dense"][1]

    assert len(page.lines) == 22
    assert {len(line) for line in page.lines} <= {26, 28}
    assert sum(len(line) == 28 for line in page.lines) >= 18


def test_full_lines_fill_the_width_of_the_text(printed):
    lines = [line for line in printed["dense"][1].lines if len(line) == 28]

    assert all(27.5 < line[0].left < 28.8 for line in lines)
    assert all(182.5 < line[-1].right < 184.8 for line in lines)


def test_lines_are_a_22nd_of_the_text_apart(printed):
    bottoms = [line[0].bottom for line in printed["dense"][1].lines]

    gaps = [below - above for above, below in pairwise(bottoms)]

    assert all(abs(gap - 225 / 22) < 0.3 for gap in gaps)


def test_page_numbers_alternate_between_the_outer_edges(printed):
    pages = printed["dense"]

    assert [number_of(page) for page in pages] == [f"—{place}—" for place in range(1, len(pages) + 1)]
    for place, page in enumerate(pages, start=1):
        left, right = min(letter.left for letter in page.number), max(letter.right for letter in page.number)
        assert (right > 175) if place % 2 else (left < 38)


def test_page_number_is_seven_millimetres_below_the_text(printed):
    dash = next(letter for letter in printed["dense"][0].number if letter.text == "—")

    assert abs((dash.top + dash.bottom) / 2 - (297 - 35 + 7)) < 1.5


def test_head_of_a_table_is_repeated_on_every_page(printed):
    pages = printed["tables"]

    assert len(pages) > 2
    assert [page for page in pages if "序号指标数值" not in "".join(map(text, page.lines))] == []


def test_wide_annex_lies_across_and_its_number_stands_where_the_others_do_when_it_is_turned(printed):
    across = [(place, page) for place, page in enumerate(printed["wide"], start=1) if page.width > page.height]

    assert len(across) > 1
    for place, page in across:
        outside = [letter for letter in page.letters if letter.right < 34]
        assert str(place) in text(outside)
        # Odd: towards the lower edge, which is the right one of the sheet held upright.
        assert (outside[0].top > 105) == bool(place % 2)


def test_document_with_everything_has_its_pages(printed):
    pages = printed["full"]

    assert [page.width > page.height for page in pages].count(True) == 1
    assert "抄送：" in text(pages[-1].letters)
    assert min(letter.top for letter in pages[-1].letters if letter.text == "抄") > 200


def test_draft_says_so_on_every_page(printed):
    assert [page for page in printed["draft"] if "草稿" not in text(page.letters)] == []
