"""Files of exchange: what is read, what is refused, and that nothing that is written acts as a formula."""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
from typing import Any

import openpyxl
import pytest
import tablib
from hypothesis import given
from hypothesis import strategies as st

from departments.enums import NameKind, Role, SuccessionKind
from departments.models import Department, Posting, Succession
from departments.resources import formats
from departments.resources.constraints import broken_checks
from departments.resources.formats import CSV, XLSX, read_sheet
from departments.resources.limits import MOST_BYTES, MOST_ROWS, FileRefused
from measures.models import Responsibility
from tests.admin_pages import logged_in
from tests.exchange import address, csv_of, exported, preview, rows_of, words_on, xlsx_of
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    PlanVersionFactory,
    PostingFactory,
    ResponsibilityFactory,
)

HEADERS = ["编码", "联席会议", "名称"]
ROW = ["jiaowei", "500000", "市教委"]


def rezipped(content: bytes, **parts: bytes) -> bytes:
    """The workbook with further parts, or others instead of its own."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return stream.getvalue()


def read(content: bytes) -> list[list[str]]:
    sheet = read_sheet(content)
    assert sheet.faults == []
    return [sheet.headers, *map(list, sheet)]


# --- What is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_csv(encoding):
    assert read(csv_of(HEADERS, ROW, encoding=encoding)) == [HEADERS, ROW]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters_of_csv(delimiter):
    text = "\r\n".join(delimiter.join(row) for row in (HEADERS, ROW))

    assert read(text.encode("utf-16")) == [HEADERS, ROW]


def test_cells_of_a_workbook_are_read_as_people_see_them():
    from datetime import date, datetime

    content = xlsx_of(
        list("甲乙丙丁戊己"), [500000, 12.0, date(2026, 1, 31), datetime(2026, 1, 31), True, "两行\n文字"]
    )

    assert read(content)[1] == ["500000", "12", "2026-01-31", "2026-01-31", "是", "两行\n文字"]


@pytest.mark.parametrize("made", [csv_of, xlsx_of])
def test_rows_keep_the_numbers_that_people_see(made):
    sheet = read_sheet(made([], HEADERS, [], ROW, ["", "", ""], ROW))

    assert sheet.numbers == [4, 6]


def test_leading_rows_and_trailing_empty_columns_do_no_harm():
    assert read(xlsx_of([None, None], [*HEADERS, None, None], [*ROW, None])) == [HEADERS, ROW]


def test_formula_without_a_result_is_no_empty_cell():
    sheet = read_sheet(xlsx_of(HEADERS, ["jiaowei", "=1+1", "市教委"]))

    assert [(fault.row, fault.column, fault.message[:6]) for fault in sheet.faults] == [(2, "联席会议", "这一格是公式")]


def test_cells_that_cannot_be_meant_are_faults():
    sheet = read_sheet(csv_of(HEADERS, ["jiaowei", "#REF!", "市教委", "多出"]))

    assert [(fault.row, fault.column, fault.value) for fault in sheet.faults] == [
        (2, "D", "多出"),
        (2, "联席会议", "#REF!"),
    ]


# --- What is refused ----------------------------------------------------------------------------------------------


def bomb() -> bytes:
    return rezipped(xlsx_of(HEADERS, ROW), **{"xl/media/x.xml": b"0" * 60_000_000})


def entities() -> bytes:
    part = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    return rezipped(xlsx_of(HEADERS, ROW), **{"xl/sharedStrings.xml": part})


def far_away() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "编码"
    workbook.active["XFD1048576"] = "x"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def sheet_of_xml(rows: bytes) -> bytes:
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = b'<worksheet xmlns="' + namespace + b'"><sheetData>' + rows + b"</sheetData></worksheet>"
    # Something that does not pack well, so that the whole is no bomb by its ratio.
    return rezipped(xlsx_of(HEADERS, ROW), **{"xl/worksheets/sheet1.xml": part, "pad": os.urandom(200_000)})


def two_sheets() -> bytes:
    workbook = openpyxl.Workbook()
    for sheet in (workbook.active, workbook.create_sheet()):
        sheet.append(HEADERS)
        sheet.append(ROW)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


BAD = {
    "empty": (b"", "文件是空的"),
    "only a header": (csv_of(HEADERS), "只有表头"),
    "nothing but space": (csv_of([], ["", " "]), "文件里没有内容"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "无法识别的文件"),
    "truncated": (xlsx_of(HEADERS, ROW)[:-200], "文件已损坏"),
    "half": (xlsx_of(HEADERS, ROW)[:900], "文件已损坏"),
    "old or encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "文件已加密或是旧格式"),
    "another archive": (rezipped(xlsx_of(HEADERS, ROW), **{"xl/workbook.xml": b"<x>"}), "Excel 文件已损坏"),
    "macros": (rezipped(xlsx_of(HEADERS, ROW), **{"xl/vbaProject.bin": b"x"}), "文件含有宏"),
    "bomb": (bomb(), "文件解压后过大"),
    "entities": (entities(), "文件内部结构异常"),
    "far away": (far_away(), "第 1048576 行超过 60 列"),
    "a row beyond all rows": (sheet_of_xml(b'<row r="99999999999"><c><v>1</v></c></row>'), "文件内部结构异常"),
    "a column beyond all columns": (sheet_of_xml(b'<row><c r="ZZZZZZ1"><v>1</v></c></row>'), "Excel 文件已损坏"),
    "millions of elements": (sheet_of_xml(b"<row/>" * 3_000_001), "文件解压后过大"),
    "two sheets": (two_sheets(), "工作簿里有 2 张有内容的表"),
    "too many rows": (csv_of(HEADERS, *[ROW] * (MOST_ROWS + 1)), "超过 20000 行"),
    "too wide": (csv_of(["x"] * 61, ["y"]), "第 1 行超过 60 列"),
    "quotes": ('编码,名称\r\n"甲,乙\r\n'.encode(), "CSV 第 "),
    "too large": (b"x" * (MOST_BYTES + 1), "文件超过 5 MB"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BAD)
def test_bad_files_are_refused_with_a_sentence(kind):
    content, said = BAD[kind]
    client = logged_in(PostingFactory(administrator=True).user)

    found = preview(client, Department, content, "单位.xlsx")

    assert found["refused"][0].startswith(said)


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{}, {"file": "no file at all"}])
def test_nothing_chosen(data):
    client = logged_in(PostingFactory(administrator=True).user)

    response = client.post(address(Department, "import"), data)

    assert response.context["form"].errors == {"file": ["请先选择文件。"]}


@given(content=st.binary(max_size=300), start=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_no_bytes_are_too_strange(content, start):
    with contextlib.suppress(FileRefused):
        sheet = read_sheet(start + content)
        assert len(sheet) == len(sheet.numbers)


@given(place=st.integers(0, 5000), byte=st.integers(0, 255))
def test_no_damage_to_a_workbook_is_an_error(place, byte):
    content = bytearray(xlsx_of(HEADERS, ROW))
    content[place % len(content)] = byte

    with contextlib.suppress(FileRefused):
        read_sheet(bytes(content))


# --- What is written ----------------------------------------------------------------------------------------------

ACTIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"]


@pytest.mark.parametrize("value", ACTIVE)
def test_nothing_in_csv_acts_as_a_formula(value):
    content = CSV().export_data(tablib.Dataset([value], headers=["值"]))

    assert rows_of(content)[1] == [f"'{value}"]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com", "0012"])
def test_everything_in_a_workbook_is_a_text(value):
    content = XLSX().export_data(tablib.Dataset([value], headers=["值"]))

    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (value, "s", None)


TEXTS = st.text(
    st.sampled_from("=+-@'\"\t\n,;、甲a0 #")
    | st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")),
    max_size=12,
).filter(lambda text: text.strip() not in formats._ERRORS)


@pytest.mark.parametrize("made_as", [CSV, XLSX])
@given(rows=st.lists(st.tuples(st.just("键"), TEXTS, TEXTS), min_size=1, max_size=5))
def test_what_is_written_is_read_as_it_was(made_as: Any, rows: list[tuple[str, str, str]]):
    content = made_as().export_data(tablib.Dataset(*rows, headers=["键", "甲", "乙"]))

    assert [tuple(row) for row in read_sheet(content)] == rows


@pytest.mark.django_db
def test_export_is_named_in_chinese_and_opens_in_excel():
    city = ConferenceFactory()
    DepartmentFactory(conference=city, name="=cmd|' /C calc'!A0")
    client = logged_in(PostingFactory(administrator=True, conference=city).user)

    response = client.post(address(Department, "export"), {"format": "csv"})

    assert "%E5%8D%95%E4%BD%8D-" in response["Content-Disposition"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert rows_of(exported(client, Department))[1][2] == "'=cmd|' /C calc'!A0"


# --- Constraints in memory ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_checks_in_memory_say_what_the_database_says():
    city = ConferenceFactory()
    unit = DepartmentFactory(conference=city)
    rows: list[Any] = [
        Posting(role=role, department=department, conference=city, starts_on=start, ends_on=end)
        for role in (Role.LIAISON, Role.AUDITOR)
        for department in (unit, None)
        for start, end in (
            (None, None),
            ("2026-01-02", "2026-01-01"),
            ("2026-01-01", "2026-01-02"),
            (None, "2026-01-01"),
        )
    ] + [
        Succession(kind=kind, predecessor=before, successor=after, conference=city)
        for kind in SuccessionKind
        for before in (unit, None)
        for after in (unit, None)
    ]

    for row in rows:
        found = list(broken_checks(row))
        said = [
            str(constraint.violation_error_message)
            for constraint in row._meta.constraints
            if constraint.__class__.__name__ == "CheckConstraint" and _refuses(constraint, row)
        ]
        assert found == said, row.__dict__


def _refuses(constraint: Any, row: Any) -> bool:
    from django.core.exceptions import ValidationError

    try:
        constraint.validate(type(row), row)
    except ValidationError:
        return True
    return False


def test_every_kind_of_name_has_its_column():
    from departments.resources.units import NAME_COLUMNS

    assert set(NAME_COLUMNS) == set(NameKind)


# --- Responsibilities, which are only written ---------------------------------------------------------------------


@pytest.mark.django_db
def test_responsibilities_of_a_version_are_exported():
    city = ConferenceFactory()
    version = PlanVersionFactory(conference=city, plan__title="行动方案", number=2)
    clause = ClauseFactory(version=version, path="二/(一)/1")
    for position, (name, written) in enumerate((("市教委", "市教委"), ("市公安局", "=公安局"))):
        unit = DepartmentFactory(conference=city, name=name)
        ResponsibilityFactory(
            clause=clause, department=unit, as_written=written, position=position, cooperating=bool(position)
        )
    ResponsibilityFactory(clause=clause, department=None, group="members", name="各成员单位", position=2)
    ResponsibilityFactory()
    client = logged_in(PostingFactory(auditor=True, conference=city).user)

    content = exported(client, Responsibility, query=f"?version__id__exact={version.pk}")

    assert rows_of(content) == [
        ["计划", "版本", "条款", "职责", "单位", "集合", "原文写法"],
        ["行动方案", "2", "二/(一)/1", "负责", "市教委", "", "市教委"],
        ["行动方案", "2", "二/(一)/1", "配合", "市公安局", "", "'=公安局"],
        ["行动方案", "2", "二/(一)/1", "负责", "", "members", "各成员单位"],
    ]
    page = words_on(client.get(address(Responsibility, "changelist")))
    assert ("导出" in page, "导入" in page) == (True, False)
