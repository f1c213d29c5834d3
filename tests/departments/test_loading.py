"""The registry that comes with the product: every name of the five documents, the successions, the districts."""

import json
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.loading import UnitsNotLoadable, load_units
from departments.models import Conference, Department, Jurisdiction, Membership, Succession
from departments.registry import Registry
from measures.reading import PlanText, load, read_plan

UNITS = settings.BASE_DIR / "fixtures" / "units"
DOCUMENTS = settings.BASE_DIR / "fixtures" / "documents"
CONFERENCE_OF = {row["file"]: row["conference"] for row in json.loads((DOCUMENTS / "plans.json").read_text())}
IN_2008, IN_2021 = date(2008, 12, 19), date(2021, 12, 29)

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(db: None) -> None:
    load_units(UNITS)


def parsed(file: str) -> PlanText:
    return read_plan(load(DOCUMENTS / file))


def names_in(plan: PlanText) -> set[str]:
    named = [party for clause in plan.measures for party in clause.lead + clause.cooperating]
    return {party.name for party in named if not party.group} | set(plan.members)


def members_on(code: str, day: date) -> set[int]:
    return set(Department.objects.filter(conference__code=code).members_on(day).values_list("pk", flat=True))


# --- Names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("000_chongqing_2021_web.txt", 34),
        ("001_chongqing_2021_pdf.txt", 34),
        ("002_corps_2021.txt", 30),
        ("003_yunyang_2013.txt", 23),
        ("004_chongqing_2008.txt", 27),
    ],
)
def test_every_name_of_a_document_is_one_of_its_members(units, file, named):
    plan = parsed(file)
    assert plan.issued_on is not None
    day = date.fromisoformat(plan.issued_on)
    registry = Registry.of(Conference.objects.get(code=CONFERENCE_OF[file]))

    resolved = {name: registry.resolve(name, on=day) for name in names_in(plan)}

    assert [name for name, unit in resolved.items() if unit is None] == []
    assert set(resolved.values()) == members_on(CONFERENCE_OF[file], day)
    assert len(set(resolved.values())) == named


def test_names_resolve_as_written_too(units):
    """A spreadsheet names units as the document does, without the reader's restored prefixes."""
    for file in ("000_chongqing_2021_web.txt", "001_chongqing_2021_pdf.txt", "003_yunyang_2013.txt"):
        registry = Registry.of(Conference.objects.get(code=CONFERENCE_OF[file]))
        for clause in parsed(file).measures:
            for party in clause.lead + clause.cooperating:
                assert party.group or registry.resolve(party.as_written) is not None, party


@pytest.mark.parametrize(
    "writings",
    [
        ("市住房城乡建委", "市住房城乡建设委", "重庆市住房和城乡建设委员会"),
        ("团市委", "共青团市委", "共青团重庆市委员会"),
        ("市妇儿工委办", "市妇儿工委办公室"),
        ("市高法院", "市高级人民法院", "重庆市高级人民法院"),
        ("市检察院", "市人民检察院"),
    ],
)
def test_variants_are_one_unit(units, writings):
    registry = Registry.of(Conference.objects.get(code="500000"))

    found = {registry.resolve(name) for name in writings}

    assert len(found) == 1
    assert None not in found


def test_no_name_means_two_units(units):
    """Not even without a date: nothing in the files needs one yet."""
    for conference in Conference.objects.all():
        for key, names in Registry.of(conference).names.items():
            assert len({name.department_id for name in names}) == 1, key


def test_units_of_2008_that_live_on_are_the_same_rows(units):
    both = members_on("500000", IN_2008) & members_on("500000", IN_2021)

    assert set(Department.objects.filter(pk__in=both).values_list("name", flat=True)) == {
        "市公安局", "市委宣传部", "市发展改革委", "市教委", "市民政局", "市司法局", "市财政局",
        "市妇儿工委办", "市总工会", "团市委", "市妇联",
    }  # fmt: skip


def test_members_stand_in_the_order_of_the_document(units):
    written = parsed("002_corps_2021.txt").members

    assert list(Department.objects.filter(conference__code="660000").values_list("name", flat=True)) == written


# --- Successions --------------------------------------------------------------------------------------------------


def test_every_unit_of_2008_has_a_successor_in_2021_or_says_why_not(units):
    successors = defaultdict(set)
    for before, after in Succession.objects.exclude(predecessor=None).values_list("predecessor", "successor"):
        successors[before].add(after)
    today = members_on("500000", IN_2021)

    def reaches_today(unit: int) -> bool:
        return unit in today or any(reaches_today(after) for after in successors[unit])

    lost = [pk for pk in members_on("500000", IN_2008) if not reaches_today(pk)]

    assert list(Department.objects.filter(pk__in=lost).values_list("name", flat=True)) == ["市人大常委会法工委"]
    assert "待业务方核对" in Department.objects.get(pk=lost[0]).note


@pytest.mark.parametrize(
    ("before", "after", "is_confirmed"),
    [
        ("市人事局", "市人力社保局", False),
        ("市劳动保障局", "市人力社保局", False),
        ("市文化广电局", "市文化委", True),
        ("市文化委", "市文化旅游委", True),
        ("市文化旅游委", "市广播电视局", True),
        ("市卫生局", "市卫生计生委", False),
        ("市卫生计生委", "市卫生健康委", True),
        ("市综治办", "市委政法委", False),
        ("市扶贫办", "市乡村振兴局", True),
        ("市乡村振兴局", "市农业农村委", False),
        ("民航重庆监管办", "民航重庆监管局", False),
    ],
)
def test_succession(units, before, after, is_confirmed):
    row = Succession.objects.get(predecessor__name=before, successor__name=after)

    assert row.is_confirmed == is_confirmed


def test_a_date_is_given_only_where_the_day_is_known(units):
    dated = Succession.objects.exclude(effective_on=None)

    assert [str(row.effective_on) for row in dated] == [row.effective_text for row in dated]


# --- Districts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "count"), [(date(2025, 11, 5), 38), (date(2025, 11, 6), 37)])
def test_districts_by_date(units, day, count):
    assert Jurisdiction.objects.filter(parent__code="500000").in_force_on(day).count() == count


def test_new_area_waits_for_its_code(units):
    new_area = Jurisdiction.objects.get(name="两江新区")

    assert not new_area.is_confirmed
    assert not new_area.code.isdigit()


def test_abolished_districts_keep_their_conferences_for_the_time_being(units):
    for name in ("江北区", "渝北区"):
        conference = Conference.objects.get(jurisdiction__name=name)

        assert "过渡期原机构继续履职" in conference.note


def test_every_district_reports_to_the_city(units):
    places = Jurisdiction.objects.filter(parent__code="500000")

    assert places.count() == 39
    assert {place.conference.upper.code for place in places} == {"500000"}
    assert Conference.objects.get(code="660000").upper is None


# --- Loading ------------------------------------------------------------------------------------------------------


def test_second_load_changes_nothing(units):
    before = list(Membership.objects.values()) + list(Succession.objects.values())

    changes = load_units(UNITS)

    assert all(change.is_nothing for change in changes)
    assert list(Membership.objects.values()) + list(Succession.objects.values()) == before


def test_load_corrects_what_differs(units):
    Department.objects.filter(code="500000-jiaowei").update(name="写错的名称")
    Conference.objects.filter(code="500235").update(upper=None)

    changes = {change.title: change.updated for change in load_units(UNITS)}

    assert (changes["单位"], changes["联席会议"], changes["成员资格"]) == (1, 1, 0)
    assert Department.objects.get(code="500000-jiaowei").name == "市教委"
    assert Conference.objects.get(code="500235").upper.code == "500000"


def test_load_deletes_nothing(units, tmp_path):
    shutil.copytree(UNITS, tmp_path / "units")
    (tmp_path / "units" / "successions.json").write_text("[]")

    load_units(tmp_path / "units")

    assert Succession.objects.count() == 23


def write_units(folder: Path, count: int) -> Path:
    """A small registry with ``count`` units, each with two names, a seat and a successor."""
    folder.mkdir()
    code = "990001"
    rows = [{"code": f"u{n}", "name": f"单位{n}", "names": {"short": [f"单位{n}", f"全称{n}"]}} for n in range(count)]
    files = {
        "jurisdictions": [{"code": code, "name": "某市", "short_name": "某", "kind": "city"}],
        "conferences": [{"code": code, "name": "某市联席会议", "short_name": "某市", "office_name": "某市办公室"}],
        "departments_some": {
            "conference": code,
            "membership": {"basis": "某文件"},
            "first_position": 1,
            "departments": rows,
        },
        "successions": [
            {"conference": code, "from": f"u{n - 1}", "to": f"u{n}", "kind": "rename", "is_confirmed": True}
            for n in range(1, count)
        ],
    }
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


def test_number_of_queries_does_not_depend_on_the_number_of_units(db, tmp_path):
    few, many = write_units(tmp_path / "few", 20), write_units(tmp_path / "many", 600)
    load_units(few)
    for unit in Department.objects.all():
        unit.note = "改过"
        unit.save()

    with CaptureQueriesContext(connection) as again:
        load_units(few)
    with CaptureQueriesContext(connection) as growing:
        load_units(many)

    assert Department.objects.filter(note="").count() == 600
    assert len(growing) <= len(again) + 4  # the inserts that the first had no need of


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("conferences.json", '"upper": "500000"', '"upper": "999999"', "999999 不在文件里"),
        ("successions.json", '"from": "500000-renshi"', '"from": "500000-nobody"', "500000-nobody"),
        (
            "departments_500000_2008.json",
            '"written": "市教委"',
            '"written": "市财政局"',
            "不是 500000-jiaowei 登记的名称",
        ),
        ("departments_500000_2021.json", '"code": "500000-gongan"', '"code": "500000-sifa"', "重复"),
        ("jurisdictions.json", '"name": "万州区"', '"name": "万州区', "第 3 行不是合法的 JSON"),
        ("jurisdictions.json", '"kind": "county"', '"kind": "郡"', "郡"),
        ("jurisdictions.json", "2025-11-05", "2025-11-31", "无法载入"),
    ],
)
def test_contradictory_files_change_nothing(db, tmp_path, file, old, new, message):
    shutil.copytree(UNITS, tmp_path / "units")
    path = tmp_path / "units" / file
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(UnitsNotLoadable, match=message):
        load_units(tmp_path / "units")

    assert Jurisdiction.objects.count() == 0


def test_command_reports_in_chinese(db, capsys):
    call_command("load_units")
    call_command("load_units")

    out = capsys.readouterr().out
    assert "单位：新增 109，更新 0，不变 0" in out
    assert out.endswith("与资料一致，没有改动。\n")


def test_command_says_what_is_wrong(db, tmp_path):
    with pytest.raises(CommandError, match="无法载入"):
        call_command("load_units", str(tmp_path))
