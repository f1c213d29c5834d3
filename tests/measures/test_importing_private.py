"""Numbers of people in files of plans: left out of contact columns, refused anywhere else, never stored."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import Workbook

from measures.importing.private import Refused
from measures.importing.staging import receive
from measures.models import PlanImport
from measures.sources import read_source
from tests.factories import ConferenceFactory

MOBILE = "13812345678"
IDENTITY = "11010519491231002X"
HEADER = ["序号", "工作任务", "牵头单位", "联系人及电话"]


@pytest.fixture
def conference(db):
    return ConferenceFactory()


def workbook(*rows):
    book = Workbook()
    for row in (["反拐工作责任分解表（2031—2035年）"], HEADER, *rows):
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def kept(row):
    with row.file.open("rb") as file:
        return file.read()


def stored_files():
    return {path.name for path in (Path(settings.MEDIA_ROOT) / "imports").glob("*")}


def test_numbers_in_a_contact_column_are_left_out_of_the_stored_file(conference):
    row, _is_new = receive(
        workbook([1, "开展宣传", "市公安局", f"张三 {MOBILE}"], [2, "加强排查", "市民政局", "李四 63150000"]),
        name="任务.xlsx",
        conference=conference,
    )

    assert [cells[3:] for cells in read_source(kept(row)).sheets[0].rows[2:]] == [[], ["李四 63150000"]]
    assert MOBILE not in str(list(PlanImport.objects.values()))
    assert "联系人栏里的号码没有读入，保存的文件里也已去掉。" in row.notes


def test_identities_in_a_contact_column_are_left_out_too(conference):
    row, _is_new = receive(workbook([1, "开展宣传", "市公安局", IDENTITY]), name="任务.xlsx", conference=conference)

    assert IDENTITY not in str(read_source(kept(row)))
    assert IDENTITY not in str(list(PlanImport.objects.values()))


def test_numbers_elsewhere_are_refused_by_their_cells(conference):
    before = stored_files()
    data = workbook([1, f"联系张三{MOBILE}", "市公安局", MOBILE], [2, "加强排查", f"市民政局{IDENTITY}", ""])

    with pytest.raises(Refused) as refused:
        receive(data, name="任务.xlsx", conference=conference)

    assert str(refused.value) == (
        "文件里有个人号码，没有保存：工作表「Sheet」B3 有手机号；工作表「Sheet」C4 有身份证号。请删除后再导入。"
    )
    assert not PlanImport.objects.exists()
    assert stored_files() == before


def test_a_number_in_a_document_is_refused(conference):
    before = stored_files()
    text = f"反拐工作实施方案（2031—2035年）\n一、开展宣传。联系人{MOBILE}。（市公安局负责）\n二、加强排查。（市民政局负责）"

    with pytest.raises(Refused, match="手机号"):
        receive(text.encode(), name="方案.txt", conference=conference)

    assert not PlanImport.objects.exists()
    assert stored_files() == before
