"""Import and export of units with their names and seats, and of successions."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import pairwise

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.enums import NameKind, SuccessionKind
from departments.models import Conference, Department, DepartmentName, Event, Membership, Succession, User
from tests.admin_pages import logged_in
from tests.exchange import (
    address,
    changes,
    confirm,
    counts,
    csv_of,
    exported,
    faults,
    imported,
    preview,
    rows_of,
    words_on,
    xlsx_of,
)
from tests.factories import ConferenceFactory, DepartmentFactory, MembershipFactory, PostingFactory, SuccessionFactory

pytestmark = pytest.mark.django_db

NEW = ["编码", "联席会议", "名称"]


@pytest.fixture
def city() -> Conference:
    return ConferenceFactory(code="500000")


@pytest.fixture
def administrator(city: Conference) -> User:
    return PostingFactory(administrator=True, conference=city).user


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator of the city, at work."""
    return logged_in(administrator)


def unit_with_everything(city: Conference, **fields: object) -> Department:
    unit = DepartmentFactory(conference=city, existed_from=date(1997, 6, 18), note="承担日常工作", **fields)
    for name, kind in (("重庆市教育委员会", NameKind.FULL), ("教委", NameKind.ALIAS), ("市教育局", NameKind.FORMER)):
        DepartmentName.objects.create(department=unit, conference=city, name=f"{name}{unit.pk}", kind=kind)
    MembershipFactory(department=unit, starts_on=date(2010, 1, 1), ends_on=date(2015, 12, 31))
    MembershipFactory(department=unit, starts_on=date(2021, 12, 29))
    return unit


# --- There and back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made_as", ["csv", "xlsx"])
def test_export_read_again_changes_nothing(browser, city, made_as):
    for name in ("市教委", "=1+1局", "'单引号局", "-负号局"):
        unit_with_everything(city, name=name)
    before = exported(browser, Department, made_as)

    found = preview(browser, Department, before)

    assert (found["faults"], counts(found), found["ticket"]) == ([], (0, 0, 4), "")
    assert rows_of(exported(browser, Department, made_as)) == rows_of(before)


def test_sheet_makes_units_that_export_as_the_sheet(browser, city):
    names = ["全称", "规范简称", "别名", "异写", "曾用名"]
    sheet = [
        [*NEW, "排序", "设立日期", "撤销前最后一日", "说明", *names, "成员", "成员起", "成员止"],
        ["jiaowei", "500000", "市教委", "1", "1997-06-18", "", "", "市教育委员会", "市教委", "教委、教育委", "", ""],
        ["nongwei", "500000", "市农委", "2", "", "2018-10-31", "已并入", "", "市农委", "", "", "农办"],
        ["jichang", "500000", "机场公司", "3", "", "", "", "", "机场公司", "", "", ""],
    ]
    sheet[1] += ["是", "2021-12-29", ""]
    sheet[2] += ["是", "2010-01-01", "2018-10-31"]
    sheet[3] += ["否", "", ""]

    found = imported(browser, Department, csv_of(*sheet))

    assert counts(found) == (3, 0, 0)
    assert rows_of(exported(browser, Department)) == sheet
    assert counts(preview(browser, Department, csv_of(*sheet))) == (0, 0, 3)


def test_unit_is_always_found_by_the_name_that_pages_show(browser, city):
    imported(browser, Department, csv_of(NEW, ["jiaowei", "500000", "市教委"]))

    unit = Department.objects.get(code="jiaowei")

    assert list(unit.names.values_list("name", "kind", "initials")) == [("市教委", "short", "sjw")]
    assert not unit.memberships.exists()


def test_one_changed_cell_is_one_changed_row(browser, city):
    units = [unit_with_everything(city) for _number in range(3)]
    rows = rows_of(exported(browser, Department, "xlsx"))
    rows[2][rows[0].index("说明")] = "已改"

    found = imported(browser, Department, xlsx_of(*rows))

    assert counts(found) == (0, 1, 2)
    assert changes(found) == [(3, "说明", "承担日常工作", "已改")]
    assert [Department.objects.get(pk=unit.pk).note for unit in units] == ["承担日常工作", "已改", "承担日常工作"]
    event = Event.objects.of(units[1]).get()
    assert (event.action, event.conference, event.detail) == (
        "administer",
        city,
        {"act": "change", "fields": {"note": ["承担日常工作", "已改"]}, "rows": []},
    )
    assert event.reason.startswith("由文件「表.csv」第 3 行导入（SHA-256 ")
    assert not LogEntry.objects.exists()


def test_rows_and_columns_that_are_missing_are_left_alone(browser, city):
    kept, changed = unit_with_everything(city), unit_with_everything(city)

    imported(browser, Department, csv_of(["编码", "名称"], [changed.code, "新名"]))

    changed.refresh_from_db()
    assert (changed.name, changed.note, changed.existed_from) == ("新名", "承担日常工作", date(1997, 6, 18))
    assert changed.names.count() == 5
    assert Department.objects.filter(pk=kept.pk, name=kept.name).exists()


def test_names_are_matched_within_the_unit(browser, city):
    unit = DepartmentFactory(conference=city, name="市教委")
    for name in ("教委", "教育委"):
        DepartmentName.objects.create(department=unit, conference=city, name=name, kind=NameKind.ALIAS)
    stays = unit.names.get(name="教委")

    found = imported(browser, Department, csv_of(["编码", "别名", "曾用名"], [unit.code, "市教育委", "教委"]))

    assert changes(found) == [(2, "别名", "教委、教育委", "市教育委"), (2, "曾用名", "", "教委")]
    assert set(unit.names.values_list("name", "kind")) == {
        ("市教委", "short"),
        ("市教育委", "alias"),
        ("教委", "former"),
    }
    assert unit.names.get(name="教委").pk == stays.pk
    detail = Event.objects.of(unit).get().detail
    assert sorted((row["act"], row["title"]) for row in detail["rows"]) == [
        ("add", "市教育委"),
        ("change", "教委"),
        ("delete", "教育委"),
    ]


@pytest.mark.parametrize(
    ("cells", "seats"),
    [
        (["是", "2021-12-29", "2025-06-30"], [(date(2021, 12, 29), date(2025, 6, 30))]),
        (["是", "2022-01-01", ""], [(date(2022, 1, 1), None)]),
        (["", "2021-12-29", ""], [(date(2021, 12, 29), None)]),
    ],
)
def test_dates_of_the_latest_seat_are_kept_in_the_sheet(browser, city, cells, seats):
    unit = DepartmentFactory(conference=city)
    MembershipFactory(department=unit, starts_on=date(2021, 12, 29))

    found = preview(browser, Department, csv_of(["编码", "成员", "成员起", "成员止"], [unit.code, *cells]))
    if found["ticket"]:
        confirm(browser, Department, found)

    assert list(unit.memberships.values_list("starts_on", "ends_on")) == seats


@pytest.mark.parametrize("is_new", [True, False])
def test_dates_alone_make_a_member(browser, city, is_new):
    code = "jiaowei" if is_new else DepartmentFactory(conference=city).code
    sheet = csv_of([*NEW, "成员起"], [code, "500000", "市教委", "2021-12-29"])

    imported(browser, Department, sheet)

    seats = Membership.objects.filter(department__code=code).values_list("starts_on", "ends_on")
    assert list(seats) == [(date(2021, 12, 29), None)]


def test_unit_that_comes_back_gets_another_seat(browser, city):
    unit = DepartmentFactory(conference=city)
    MembershipFactory(department=unit, starts_on=date(2010, 1, 1), ends_on=date(2015, 12, 31))

    imported(browser, Department, csv_of(["编码", "成员", "成员起", "成员止"], [unit.code, "是", "2021-12-29", ""]))

    assert set(unit.memberships.values_list("starts_on", "ends_on")) == {
        (date(2010, 1, 1), date(2015, 12, 31)),
        (date(2021, 12, 29), None),
    }


# --- Faults -------------------------------------------------------------------------------------------------------


def test_all_faults_are_listed_and_nothing_is_written(browser, city):
    unit = DepartmentFactory(conference=city, name="市公安局", member=True)
    other = ConferenceFactory(code="660000", upper=None)
    known = DepartmentFactory(conference=city, name="市妇联")
    foreign = DepartmentFactory(conference=other)
    count = Event.objects.count()

    found = preview(
        browser,
        Department,
        csv_of(
            ["编码", "联席会议", "名称", "设立日期", "排序", "成员", "异写"],
            ["good", "500000", "市民政局", "", "", "", ""],
            ["bad-1", "660000", "", "去年", "一", "也许", ""],
            ["bad-2", "999999", "市司法局", "", "", "", ""],
            [],
            ["good", "500000", "市民政二局", "", "", "", ""],
            ["bad-3", "500000", "市妇联", "", "", "", "市妇联、 市妇联 "],
            [foreign.code, "500000", "别人的单位", "", "", "", ""],
            [unit.code, "660000", "市公安局", "", "", "否", ""],
            ["bad-4", "500000", "长" * 101, "", "", "", ""],
        ),
    )

    assert faults(found) == [
        (3, "联席会议", "660000"),
        (3, "名称", ""),
        (3, "设立日期", "去年"),
        (3, "排序", "一"),
        (3, "成员", "也许"),
        (4, "联席会议", "999999"),
        (6, "", ""),
        (7, "名称", "市妇联"),
        (8, "编码", foreign.code),
        (9, "联席会议", "660000"),
        (10, "名称", "长" * 101),
    ]
    assert found["ticket"] == ""
    by_row = {fault.row: fault.message for fault in found["faults"] if fault.column == "联席会议"}
    # What lies elsewhere is told from what does not exist by nothing.
    assert by_row[3] == by_row[4].replace("999999", "660000")
    assert set(Department.objects.all()) == {unit, known, foreign}
    assert Event.objects.count() == count


def test_seat_is_ended_and_never_deleted(browser, city):
    unit = DepartmentFactory(conference=city, member=True)

    found = preview(browser, Department, csv_of(["编码", "成员"], [unit.code, "否"]))

    assert faults(found) == [(2, "成员", "否")]


def test_unit_does_not_move_to_another_conference(browser, city):
    ConferenceFactory(code="500101", upper=city)
    unit = DepartmentFactory(conference=city)

    found = preview(browser, Department, csv_of(["编码", "联席会议"], [unit.code, "500101"]))

    assert [fault.message for fault in found["faults"]] == ["单位不能改到另一个联席会议。"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (["名称"], "表头缺少「编码」列。"),
        (["编码", "名字"], "不认识的列「名字」"),
        (["编码", "编码"], "表头中「编码」重复"),
        (["编码", "", "名称"], "表头第 B 列是空的"),
    ],
)
def test_headers_are_checked_first(browser, headers, said):
    found = preview(browser, Department, csv_of(headers, ["x", "y", "z"][: len(headers)]))

    assert found["refused"][0].startswith(said)


def test_two_units_exchange_places_in_the_list(browser, city):
    one, two = (DepartmentFactory(conference=city, position=position) for position in (1, 2))

    imported(browser, Department, csv_of(["编码", "排序"], [one.code, 2], [two.code, 1]))

    assert list(Department.objects.order_by("position")) == [two, one]


def test_names_that_change_places_are_refused_without_a_trace(browser, city):
    one, two = (DepartmentFactory(conference=city, name=name) for name in ("甲局", "乙局"))
    found = preview(browser, Department, csv_of(["编码", "名称"], [one.code, "乙局"], [two.code, "甲局"]))
    names = set(DepartmentName.objects.values_list("name", flat=True))

    response = confirm(browser, Department, found)

    # No state between has two units of one name: the database decides, and either way it is all or nothing.
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.name, two.name) in [("甲局", "乙局"), ("乙局", "甲局")]
    if one.name == "甲局":
        assert "与已有的记录冲突，没有导入任何内容" in words_on(response)
        assert set(DepartmentName.objects.values_list("name", flat=True)) == names
        assert not Event.objects.of(one).exists()


# --- Confirming ---------------------------------------------------------------------------------------------------


def test_nothing_is_written_before_it_is_confirmed(browser, city):
    found = preview(browser, Department, csv_of(NEW, ["jiaowei", "500000", "市教委"]))

    assert counts(found) == (1, 0, 0)
    assert not Department.objects.exists()
    assert not Event.objects.exists()


def test_confirming_what_has_changed_meanwhile_shows_it_again(browser, city):
    unit = DepartmentFactory(conference=city, note="原来")
    found = preview(browser, Department, csv_of(["编码", "说明"], [unit.code, "导入"]))
    Department.objects.filter(pk=unit.pk).update(note="他人刚改")

    response = confirm(browser, Department, found)

    unit.refresh_from_db()
    assert unit.note == "他人刚改"
    assert "没有导入任何内容：预览之后数据有变化" in words_on(response)
    again = response.context["preview"]
    assert changes(again) == [(2, "说明", "他人刚改", "导入")]
    confirm(browser, Department, again)
    unit.refresh_from_db()
    assert unit.note == "导入"


def test_confirming_twice_imports_once(browser, city):
    found = preview(browser, Department, csv_of(NEW, ["jiaowei", "500000", "市教委"]))
    confirm(browser, Department, found)

    confirm(browser, Department, found)

    unit = Department.objects.get()
    assert Event.objects.of(unit).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_import_once(at_once):
    city = ConferenceFactory(code="500000")
    unit = DepartmentFactory(conference=city, code="jiaowei", note="原来")
    clients = [logged_in(PostingFactory(administrator=True, conference=city).user) for _number in range(2)]
    sheet = csv_of(["编码", "说明"], ["jiaowei", "导入"])
    found = [preview(client, Department, sheet) for client in clients]

    results = at_once(*(partial(confirm, *each) for each in zip(clients, [Department] * 2, found, strict=True)))

    assert [result.status_code for result in results] == [200, 200]
    assert Event.objects.of(unit).count() == 1


@pytest.mark.parametrize("who", ["another", "forged", "other list", "auditor"])
def test_preview_is_confirmed_by_whoever_saw_it(browser, city, who):
    found = preview(browser, Department, csv_of(NEW, ["jiaowei", "500000", "市教委"]))
    client, model, ticket = browser, Department, found["ticket"]
    match who:
        case "another":
            client = logged_in(PostingFactory(administrator=True, conference=city).user)
        case "auditor":
            client = logged_in(PostingFactory(auditor=True, conference=city).user)
        case "forged":
            ticket = ticket[:-1] + ("A" if ticket[-1] != "A" else "B")
        case "other list":
            model = Succession

    response = client.post(address(model, "process_import"), {"ticket": ticket})

    assert response.status_code == (403 if who == "auditor" else 302)
    assert not Department.objects.exists()


def test_preview_of_this_morning_is_not_confirmed(administrator, city, clock):
    clock("2026-12-15 09:00")
    found = preview(logged_in(administrator), Department, csv_of(NEW, ["jiaowei", "500000", "市教委"]))
    clock("2026-12-15 11:00:01")

    response = logged_in(administrator).post(address(Department, "process_import"), {"ticket": found["ticket"]})

    assert response.url == address(Department, "import")
    assert not Department.objects.exists()


# --- Whose --------------------------------------------------------------------------------------------------------


def test_export_has_the_rows_of_the_list_and_keeps_its_filter(browser, city):
    district = ConferenceFactory(code="500101", upper=city)
    DepartmentFactory(conference=city, code="own")
    DepartmentFactory(conference=district, code="below")
    DepartmentFactory(code="elsewhere")

    everything = [row[0] for row in rows_of(exported(browser, Department))]
    filtered = [row[0] for row in rows_of(exported(browser, Department, query=f"?conference__id__exact={district.pk}"))]

    assert everything == ["编码", "own", "below"]
    assert filtered == ["编码", "below"]


@pytest.mark.parametrize("query", ["?e=1", "?conference__id__exact=abc", "?p=99999999999999999999"])
def test_export_with_a_filter_that_is_none(browser, query):
    response = browser.get(address(Department, "export") + query)

    assert response.status_code in (200, 302)


def test_auditor_exports_and_does_not_import(city):
    DepartmentFactory(conference=city, code="own")
    auditor = logged_in(PostingFactory(auditor=True, conference=city).user)

    rows = rows_of(exported(auditor, Department))
    page = auditor.get(address(Department, "changelist"))

    assert [row[0] for row in rows] == ["编码", "own"]
    assert auditor.get(address(Department, "import")).status_code == 403
    assert ("导出" in words_on(page), "导入" in words_on(page)) == (True, False)


def test_row_that_is_only_audited_is_not_changed(city, administrator, browser):
    audited = ConferenceFactory(code="500200")
    PostingFactory(user=administrator, auditor=True, conference=audited)
    unit = DepartmentFactory(conference=audited, note="原来")

    unchanged = preview(browser, Department, csv_of(["编码", "说明"], [unit.code, "原来"]))
    found = preview(browser, Department, csv_of(["编码", "说明"], [unit.code, "改"]))

    assert counts(unchanged) == (0, 0, 1)
    assert [fault.message for fault in found["faults"]] == ["不在您的管理范围内，不能修改。"]


# --- Price --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Department, Succession])
def test_queries_do_not_grow_with_the_rows(model, browser, city):
    costs = []
    for number in (3, 27):
        for _index in range(number):
            unit_with_everything(city)
        units = list(Department.objects.all())
        for one, two in pairwise(units):
            Succession.objects.get_or_create(
                predecessor=one, successor=two, conference=city, kind=SuccessionKind.RENAME
            )
        with CaptureQueriesContext(connection) as exporting:
            rows = rows_of(exported(browser, model))
        column = rows[0].index("说明" if model is Department else "依据与说明")
        for row in rows[1:]:
            row[column] = "全部改写"
        with CaptureQueriesContext(connection) as previewing:
            found = preview(browser, model, csv_of(*rows))
        assert found["changed"] == len(rows) - 1
        costs.append((len(exporting), len(previewing)))

    assert costs[0] == costs[1]


# --- Successions --------------------------------------------------------------------------------------------------


SUCCESSION = ["原单位编码", "承接单位编码", "类型", "日期", "时间（原文）", "已核对", "依据与说明"]


def test_successions_go_there_and_back(browser, city):
    old, new = DepartmentFactory(conference=city, code="old"), DepartmentFactory(conference=city, code="new")
    sheet = csv_of(
        SUCCESSION,
        ["old", "new", "更名", "2018-10-25", "2018年10月", "是", "机构改革"],
        ["", "new", "新设", "", "", "", ""],
        ["old", "", "撤销", "", "2018 前后", "否", ""],
    )

    imported(browser, Succession, sheet)

    rows = Succession.objects.order_by("kind").values_list("conference__code", "predecessor", "successor", "kind")
    assert list(rows) == [
        ("500000", old.pk, None, "abolish"),
        ("500000", None, new.pk, "create"),
        ("500000", old.pk, new.pk, "rename"),
    ]
    assert counts(preview(browser, Succession, sheet)) == (0, 0, 3)
    assert counts(preview(browser, Succession, exported(browser, Succession, "xlsx"))) == (0, 0, 3)
    renamed = Succession.objects.get(kind="rename")
    assert Event.objects.of(renamed).get().detail["fields"]["note"] == [None, "机构改革"]


def test_succession_is_changed_where_the_sheet_differs(browser, city):
    row = SuccessionFactory(conference=city, predecessor__conference=city, note="听说")
    sheet = csv_of(SUCCESSION, [row.predecessor.code, row.successor.code, "更名", "", "", "是", "听说"])

    found = imported(browser, Succession, sheet)

    assert changes(found) == [(2, "已核对", "否", "是")]
    row.refresh_from_db()
    assert row.is_confirmed


def test_faults_of_successions(browser, city):
    district = ConferenceFactory(code="500101", upper=city)
    DepartmentFactory(conference=city, code="one", name="甲局")
    DepartmentFactory(conference=district, code="below")
    DepartmentFactory(code="elsewhere")

    found = preview(
        browser,
        Succession,
        csv_of(
            ["原单位编码", "承接单位编码", "类型", "原单位"],
            ["one", "below", "更名", ""],
            ["one", "elsewhere", "更名", ""],
            ["one", "", "更名", ""],
            ["one", "one", "改名", ""],
            ["one", "", "撤销", "乙局"],
        ),
    )

    assert [(fault.row, fault.column, fault.message[:12]) for fault in found["faults"]] == [
        (2, "", "原单位和承接单位须属于同"),
        (3, "承接单位编码", "没有单位「elsewhe"),
        (4, "", "新设只填承接单位，撤销只"),
        (5, "类型", "请填下列之一：更名、合并"),
        (6, "原单位", "与登记的「甲局」不符；这"),
    ]
    assert not Succession.objects.exists()
    assert not Membership.objects.exists()
