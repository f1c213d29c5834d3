"""compare_plans: files and versions, for people and for machines, and everything that cannot be compared."""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.loading import load_units
from departments.models import Conference
from measures.comparison import sides_of_version
from measures.loading import load_plans
from measures.models import PlanVersion
from measures.reading import read_plan
from measures.services import store_version

FIXTURES = settings.BASE_DIR / "fixtures"
CITY = FIXTURES / "documents" / "000_chongqing_2021_web.txt"
COPY = FIXTURES / "documents" / "001_chongqing_2021_pdf.txt"
COUNTY = FIXTURES / "documents" / "003_yunyang_2013.txt"
FIVE = {"same": 71, "reworded": 5, "moved": 0, "split": 0, "merged": 0, "new": 0, "dropped": 0}


def run(*arguments: object) -> str:
    output = StringIO()
    call_command("compare_plans", *map(str, arguments), stdout=output)
    return output.getvalue()


def counts(output: str) -> dict[str, int]:
    return {key: value for key, value in json.loads(output).items() if key != "changes"}


@pytest.fixture
def versions(db: None) -> dict[str, PlanVersion]:
    load_units(FIXTURES / "units")
    load_plans(FIXTURES / "documents")
    return {version.source_name: version for version in PlanVersion.objects.all()}


def test_two_copies_as_json():
    found = json.loads(run(CITY, COPY, "--json"))

    changes = found.pop("changes")
    assert found == FIVE
    assert [list(change) for change in changes] == 5 * [
        [
            "kind",
            "from",
            "to",
            "before",
            "after",
            "lead_gained",
            "lead_lost",
            "cooperating_gained",
            "cooperating_lost",
            "dues_gained",
            "dues_lost",
        ]
    ]
    assert [change["from"] for change in changes] == ["二/(五)/1", "四/(三)/4", "四/(三)/5", "五/(二)/1", "七/(三)"]


def test_two_copies_for_people():
    lines = run(CITY, COPY).splitlines()

    assert lines[0] == "不变 71，改写 5，移动 0，拆分 0，合并 0，新增 0，删去 0。"
    assert lines[2:5] == [
        "【改写】二/(五)/1 → 二/(五)/1",
        "  配合增加：市住房城乡建设委",
        "  配合减少：市住房城乡建委",
    ]
    assert "市住房城乡建{+设+}委" in lines[5]
    assert "[-治-]{+医+}疗" in lines[11]


def test_a_file_and_itself():
    assert run(CITY, CITY).splitlines()[1] == "两份计划没有差别。"


def test_workbook_or_document_by_content(tmp_path):
    page = tmp_path / "plan.bin"
    page.write_bytes(COPY.read_text(encoding="utf-8").encode("gb18030"))

    assert counts(run(CITY, page, "--json")) == FIVE


def test_two_versions(versions):
    # The registry knows both ways to write the unit: what is left of that difference is its wording.
    output = run(versions[CITY.name].pk, versions[COPY.name].pk, "--json")

    assert counts(output) == FIVE
    assert [change["cooperating_gained"] for change in json.loads(output)["changes"]] == [[], [], [], [], []]


@pytest.mark.parametrize("flipped", [False, True])
def test_version_and_the_file_that_it_was_read_from(versions, flipped):
    both = [versions[COUNTY.name].pk, COUNTY]

    output = run(*(reversed(both) if flipped else both), "--json")

    assert json.loads(output)["changes"] == []


def test_sides_of_a_version_name_units_as_the_registry_does(versions):
    sides = {side.path: side for side in sides_of_version(versions[COUNTY.name])}

    (lead,) = sides["三/(三)/2/(7)"].lead
    named = versions[COUNTY.name].responsibility_set.get(clause__path="三/(三)/2/(7)", role="lead").department
    assert (lead.key, lead.name) == (f"unit:{named.pk}", named.name)


def test_units_that_are_not_registered_are_compared_by_name(db):
    load_units(FIXTURES / "units")
    text = COUNTY.read_text(encoding="utf-8").replace("卫生局", "卫健中心")
    county = Conference.objects.get(code="500235")
    version = store_version(read_plan(text), conference=county, source_text=text)

    units = {unit.key: unit.name for side in sides_of_version(version) for unit in side.lead}

    assert units["卫健中心"] == "卫健中心"


def test_sides_of_a_version_cost_the_same_queries_however_long_it_is(versions):
    def queries(name: str) -> int:
        version = PlanVersion.objects.select_related("plan").get(source_name=name)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            sides_of_version(version)
        return len(captured)

    assert [queries(name) for name in sorted(versions)] == [3] * 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("没有.txt", "找不到文件「没有.txt」；比较已导入的版本时请给出版本的编号。"),
        ("4711", "没有编号为 4711 的计划版本，也没有这个名称的文件。"),
        ("9" * 40, f"找不到文件「{'9' * 40}」；比较已导入的版本时请给出版本的编号。"),
        ("-1", "找不到文件「-1」；比较已导入的版本时请给出版本的编号。"),
        ("²", "找不到文件「²」；比较已导入的版本时请给出版本的编号。"),
        ("", "「.」不是文件。"),
        (str(FIXTURES), f"「{FIXTURES}」不是文件。"),
    ],
)
def test_neither_file_nor_version(name, message):
    with pytest.raises(CommandError) as refused:
        call_command("compare_plans", "--json", "--", str(CITY), name)

    assert str(refused.value) == message


@pytest.mark.parametrize("data", [b"", b"\0\1\2\3", "一封信。".encode(), b"a\0b" * 100])
def test_file_that_is_no_plan(tmp_path, data):
    file = tmp_path / "file.txt"
    file.write_bytes(data)

    with pytest.raises(CommandError, match=f"「{file}」无法读取："):
        run(CITY, file)


@pytest.mark.parametrize("name", ["a\0b", "长" * 5000])
def test_name_that_no_file_can_have(db, name):
    with pytest.raises(CommandError, match=r"无法读取|找不到文件"):
        run(CITY, name)
