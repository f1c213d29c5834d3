"""What stands in the responsibility ledger, who may read what there, and how it looks on paper."""

import re
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.utils import translation

from measures.enums import ClauseKind
from reporting.enums import EntryState, JobKind, JobState
from reporting.ledgers.contents import count_rows, ledger_of
from reporting.ledgers.making import ledger_file
from reporting.ledgers.parts import Part, as_office, as_unit
from reporting.ledgers.workbook import DISTRICTS_SHEET, NUMBERS_SHEET, ROWS_SHEET, SHEET, together, write_ledger
from reporting.models import Figure, FirstLead
from reporting.pages.ledgers import printed
from reporting.services.jobs import ask, run_waiting
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DutyFactory,
    ObligationFactory,
    ProgressFactory,
    UserFactory,
    YearFactory,
)
from tests.year_rows import Town

pytestmark = pytest.mark.django_db

DRAFT, HANDED_IN = "还没有报的正文", "已经报的正文"


@pytest.fixture
def town():
    return Town()


def ledger(town, part=None, reader=None):
    return ledger_of(town.year, part or Part(), reader or as_office(town.city))


def book_of(town, part=None, reader=None):
    return openpyxl.load_workbook(BytesIO(write_ledger(ledger(town, part, reader))))


def cells(sheet, first=1):
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]


def everything(book):
    return "\n".join(str(cell) for sheet in book for row in cells(sheet) for cell in row)


# --- What stands in it --------------------------------------------------------------------------------------------


def test_on_paper_no_heading_stands_over_nothing(town):
    ClauseFactory(
        version=town.version, path="一", label="一、", heading="指导思想", text="", kind=ClauseKind.CHAPTER, depth=0
    )

    lines = printed(ledger(town))["lines"]

    assert [line["heading"] for line in lines if line["is_heading"]] == ["预防犯罪", "保障"]
    assert len([line for line in lines if not line["is_heading"]]) == 2
    assert "指导思想" in [line.clause.heading for line in ledger(town).lines]


def test_a_clause_has_its_words_its_units_and_what_they_did(town, clock):
    clock("2026-12-20 09:00")
    town.year.year = 2026
    town.year.save()
    for entry in town.entries:
        entry.year = 2026
        entry.save()
    town.write(0, "开展宣传120场。", EntryState.ACCEPTED, problems="人手不足。", next_steps="增加人手。")
    town.write(1, "进校园。", EntryState.SUBMITTED)

    sheet = book_of(town)[SHEET]

    assert sheet["A1"].value == "东湖市反拐工作联席会议2026年度责任分解台账"
    assert sheet["A2"].value == f"截至2026年12月20日；依据{town.version}；只列已报待审和审核通过的内容。"
    header, chapter, first, *_others = cells(sheet, 3)
    assert [word.replace("\n", "") for word in header] == [
        *("序号", "章节", "条款标识", "类别", "编号（条款编号）", "标题（工作任务）", "正文（具体措施）", "牵头单位"),
        *("配合单位", "完成时限", "进展情况", "存在问题", "下步措施", "完成状态", "备注"),
    ]
    assert chapter[:7] == ["", "二、预防犯罪", "二", "章", "二、", "预防犯罪", ""]
    assert first == [
        *("1", "二、预防犯罪", "二/(一)", "条", "(一)", "", "加强宣传。", "市公安局", "市教委", ""),
        *("【市公安局】开展宣传120场。\n【市教委】进校园。", "【市公安局】人手不足。", "【市公安局】增加人手。"),
        *("审核通过1、已报待审1", ""),
    ]


def test_a_clause_says_its_own_deadline(town):
    clause = town.entries[0].clause
    ObligationFactory(clause=clause, obliged="clause_leads", text="2026年6月底前")

    assert [line.due for line in ledger(town).lines] == ["", "2026年6月底前", "", ""]


def test_the_first_responsible_unit_is_noted_where_the_office_has_changed_it(town):
    FirstLead.objects.create(
        conference=town.city, year=town.year.year, clause=town.entries[0].clause, department=town.schools
    )

    assert ledger(town).lines[1].note == "第一责任单位：市教委"


def test_entries_that_the_plan_no_longer_asks_for_are_left_out(town):
    town.write(0, HANDED_IN, EntryState.CLOSED, closed_from=EntryState.ACCEPTED)

    assert HANDED_IN not in everything(book_of(town))
    assert count_rows(town.year, Part()) == 2


def test_a_unit_has_a_row_for_each_measure_with_its_deadline(town):
    DutyFactory(conference=town.city, department=town.schools)

    rows = ledger(town).rows

    assert [(row.unit, row.path, row.role, row.state, row.due_on[5:]) for row in rows] == [
        ("市公安局", "二/(一)", "负责", "未启动", ""),
        ("市教委", "二/(一)", "配合", "未启动", "12-15"),
        ("市教委", "三/(一)", "负责", "未启动", "12-15"),
    ]


def test_figures_stand_on_a_sheet_of_their_own(town):
    entry = town.write(0, HANDED_IN, EntryState.ACCEPTED)
    values = {"conference": town.city, "progress": entry}
    Figure.objects.create(**values, position=0, name="场次", value=120, unit="场", as_written="约120")
    Figure.objects.create(**values, position=1, name="人次", cannot_be_counted=True, explanation="没有登记")

    rows = cells(book_of(town)[NUMBERS_SHEET], 2)

    assert rows == [
        ["市公安局", "二（一）", "场次", 120, "场", "约120", ""],
        ["市公安局", "二（一）", "人次", "", "", "无法统计", "没有登记"],
    ]


def test_whoever_reads_in_english_gets_it_in_chinese(town):
    with translation.override("en"):
        book = book_of(town)

    assert book[ROWS_SHEET]["H2"].value == "未启动"
    assert book[SHEET]["N5"].value == "未启动2"


# --- Parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "paths", "rows"),
    [
        (Part(), ["二", "二/(一)", "三", "三/(一)"], 3),
        (Part(chapter="三"), ["三", "三/(一)"], 1),
        (Part(unit="gongan"), ["二", "二/(一)"], 1),
        (Part(unit="jiaowei"), ["二", "二/(一)", "三", "三/(一)"], 2),
        (Part(unit="nobody"), [], 0),
        (Part(chapter="九"), [], 0),
    ],
)
def test_a_part_has_its_clauses_and_the_headings_above_them(part, paths, rows, town):
    found = ledger(town, part)

    assert [line.clause.path for line in found.lines] == paths
    assert (len(found.rows), count_rows(town.year, part)) == (rows, rows)
    assert write_ledger(found)


@pytest.mark.parametrize("part", [Part(), Part(chapter="二"), Part(unit="jiaowei"), Part(districts=True)])
def test_a_part_is_the_same_after_a_job_has_named_it(part):
    assert Part.of(str(part)) == part


def test_the_districts_rows_say_how_they_stand_and_nothing_else(town):
    district = ConferenceFactory(upper=town.city)
    entry = ProgressFactory(
        responsibility__clause__version__conference=district, submitted=True, work_done=HANDED_IN, year=town.year.year
    )
    ProgressFactory(work_done="别的市", year=town.year.year)

    book = book_of(town, Part(districts=True))

    assert [row[:1] + row[5:] for row in cells(book[DISTRICTS_SHEET], 2)] == [
        [district.code, entry.department.name, "负责", "已报待审", *[""] * 8]
    ]
    assert HANDED_IN not in everything(book)
    assert count_rows(town.year, Part(districts=True)) == 4


# --- Who reads what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "is_read"),
    [("draft", False), ("to_sign", False), ("returned", False), ("submitted", True), ("accepted", True)],
)
def test_the_office_reads_what_was_handed_in(state, is_read, town):
    entry = town.write(0, HANDED_IN, state, status="difficult", return_reason="补充")
    Figure.objects.create(conference=town.city, progress=entry, position=0, name="场次", as_written="7")

    book = book_of(town)

    assert (HANDED_IN in everything(book)) == is_read
    assert ("推进有困难" in everything(book)) == is_read
    assert (NUMBERS_SHEET in book.sheetnames) == is_read


def test_a_unit_reads_its_own_drafts_and_no_others(town):
    town.write(0, "别家的草稿", EntryState.DRAFT)
    town.write(1, DRAFT, EntryState.DRAFT)

    told = everything(book_of(town, Part(unit="jiaowei"), as_unit(town.schools)))

    assert DRAFT in told
    assert "别家的草稿" not in told


# --- Long texts, strange texts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "1.10", "TRUE"])
def test_no_text_becomes_a_formula(text, town):
    town.write(0, text, EntryState.ACCEPTED)

    book = book_of(town)

    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert book[ROWS_SHEET]["L2"].value == text


def test_of_long_texts_the_beginnings_stand_in_the_table_and_all_of_them_beside_it(town):
    town.write(0, "甲" * 20_000, EntryState.ACCEPTED)
    town.write(1, "乙" * 30, EntryState.ACCEPTED)

    book = book_of(town)

    cell = book[SHEET]["K5"].value
    assert cell == f"【市公安局】{'甲' * 210}…\n【市教委】{'乙' * 30}\n（全文见「单位进展」页）"
    assert book[ROWS_SHEET]["L2"].value == "甲" * 20_000


def test_a_text_that_no_cell_holds_is_cut_and_says_so(town):
    town.write(0, "😀" * 20_000, EntryState.ACCEPTED)

    text = book_of(town)[ROWS_SHEET]["L2"].value

    assert text.endswith("😀…（超过单元格上限，全文见系统）")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_texts_of_many_units_share_the_room():
    from reporting.ledgers.contents import Said

    said = [Said(f"第{number}局", "丙" * 100, "", "") for number in range(30)]

    text = together(said, "work_done", 420)

    assert text.count("【") == 30
    assert text.endswith("丙…\n（全文见「单位进展」页）")


# --- On paper -----------------------------------------------------------------------------------------------------


def test_every_sheet_is_landscape_a4_with_its_headings_on_every_page(town):
    data = write_ledger(ledger(town))

    with ZipFile(BytesIO(data)) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)]
        workbook = archive.read("xl/workbook.xml").decode()
    for xml in sheets:
        assert re.search(r'<pageSetup paperSize="9"[^>]*orientation="landscape"', xml)
        assert '<pageSetUpPr fitToPage="1"' in xml
        assert "<oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页" in xml
        assert "责任分解台账</oddHeader>" in xml
        assert '<pane ySplit="' in xml
        assert "<autoFilter" in xml
    assert re.search(r'Print_Titles"[^>]*>责任分解台账!\$3:\$3<', workbook)
    assert re.search(r'Print_Area"[^>]*>责任分解台账!\$A\$1:\$O\$7<', workbook)


def test_identities_are_there_for_an_import_and_out_of_a_readers_way(town):
    sheet = book_of(town)[SHEET]

    assert [sheet.column_dimensions[letter].hidden for letter in "BCDE"] == [False, True, True, False]


# --- As a job -----------------------------------------------------------------------------------------------------


def test_a_worker_makes_it_as_the_office_reads_it(town, files):
    town.write(0, DRAFT, EntryState.DRAFT)
    job = ask(JobKind.LEDGER, conference=town.city, year=town.year.year, by=UserFactory(), scope="districts")

    run_waiting()

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    assert job.file_name == f"东湖市反拐联席会议{town.year.year}年度责任分解台账（含各区县）.xlsx"
    with job.file.open("rb") as file:
        assert DRAFT not in everything(openpyxl.load_workbook(BytesIO(file.read())))


def test_a_year_without_a_plan_has_no_ledger(files):
    year = YearFactory()
    job = ask(JobKind.LEDGER, conference=year.conference, year=year.year, by=UserFactory())

    run_waiting()

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "这个年度没有自己的计划，没有责任分解台账。")


def test_queries_do_not_grow_with_the_rows(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        ledger_file(town.year, Part(), as_office(town.city))
