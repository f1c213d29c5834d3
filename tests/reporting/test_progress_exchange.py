"""Progress in files: facts for those who count, texts by the rule of the texts; ledgers into rows nobody has begun."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from departments.admin.exchange import AdminScope
from departments.enums import NameKind
from departments.models import Conference, Department, DepartmentName, Event, User
from departments.models.events import Action
from measures.enums import ResponsibilityRole
from reporting.enums import EntryState, ImplementationStatus, YearState
from reporting.models import Figure, Progress, Year
from reporting.permissions import can_review
from reporting.resources import ProgressResource
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
)
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    YearFactory,
)

pytestmark = pytest.mark.django_db

LEDGER = ["联席会议", "年度", "条款", "单位", "进展状态", "工作开展情况", "存在问题", "下步措施"]
SECRET = "别人不能读的正文"


@pytest.fixture
def city() -> Conference:
    return ConferenceFactory(code="500000")


@pytest.fixture
def year(city: Conference) -> Year:
    return YearFactory(conference=city, year=2025, version=PlanVersionFactory(conference=city))


@pytest.fixture
def unit(city: Conference) -> Department:
    return DepartmentFactory(conference=city, code="jiaowei", name="市教委", names=["市教育委员会"])


@pytest.fixture
def administrator(city: Conference) -> User:
    return PostingFactory(administrator=True, conference=city).user


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator of the city, at work."""
    return logged_in(administrator)


def entry_of(year: Year, unit: Department, path: str, **fields: object) -> Progress:
    clause = year.version.clause_set.filter(path=path).first() or ClauseFactory(version=year.version, path=path)
    role = fields.pop("role", ResponsibilityRole.LEAD)
    responsibility = ResponsibilityFactory(clause=clause, department=unit, role=role)
    return ProgressFactory(responsibility=responsibility, year=year.year, **fields)


def sheet_of(client: Client) -> list[dict[str, str]]:
    header, *rows = rows_of(exported(client, Year))
    return [dict(zip(header, row, strict=True)) for row in rows]


# --- Export -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "state", "is_read"),
    [
        ("administrator", "draft", False),
        ("administrator", "submitted", False),
        ("administrator", "accepted", False),
        ("auditor", "draft", False),
        ("auditor", "submitted", True),
        ("auditor", "returned", False),
    ],
)
def test_texts_are_exported_to_those_who_may_read_them(city, year, unit, role, state, is_read):
    fields = {"work_done": SECRET, "problems": SECRET, "next_steps": SECRET, "status": ImplementationStatus.DIFFICULT}
    entry = entry_of(year, unit, "二/(一)/1", **{state: True}, **fields)
    Figure.objects.create(conference=city, progress=entry, position=0, name="场次", value=3, as_written="3")
    DutyFactory(obligation__clause__version__conference=city, department=unit, year=2025, due_on=date(2025, 12, 15))
    client = logged_in(PostingFactory(**{role: True}, conference=city).user)

    (row,) = sheet_of(client)

    text = SECRET if is_read else ""
    assert row == {
        "联席会议": "500000",
        "年度": "2025",
        "条款": "二/(一)/1",
        "条款标题": "",
        "单位编码": "jiaowei",
        "单位": "市教委",
        "职责": "负责",
        "状态": EntryState(state).label,
        "报告时限": "2025-12-15",
        "提交日期": localtime(entry.submitted_at).date().isoformat() if entry.submitted_at else "",
        "进展状态": "推进有困难" if is_read else "",
        "工作开展情况": text,
        "存在问题": text,
        "下步措施": text,
        "数据项数": "1" if is_read else "",
        "附件数": "0" if is_read else "",
    }


def test_day_of_submission_is_that_of_the_office(browser, year, unit):
    entry_of(year, unit, "二/(一)/1", submitted=True, submitted_at=datetime(2025, 12, 14, 17, 0, tzinfo=UTC))

    (row,) = sheet_of(browser)

    assert row["提交日期"] == "2025-12-15"


def test_export_has_the_years_of_the_list(browser, city, year, unit):
    district = ConferenceFactory(code="500101", upper=city)
    below = YearFactory(conference=district, year=2025, version=PlanVersionFactory(conference=district))
    earlier = YearFactory(conference=city, year=2024, version=year.version)
    elsewhere = YearFactory(year=2025, version=PlanVersionFactory())
    entry_of(year, unit, "二/(一)/1")
    entry_of(below, DepartmentFactory(conference=district), "一/(一)")
    entry_of(earlier, unit, "二/(二)/1")
    entry_of(elsewhere, DepartmentFactory(conference=elsewhere.conference), "一/(一)")

    everything = [(row["联席会议"], row["年度"]) for row in sheet_of(browser)]
    filtered = rows_of(exported(browser, Year, query="?year=2024"))

    assert everything == [("500000", "2024"), ("500000", "2025"), ("500101", "2025")]
    assert [row[1] for row in filtered] == ["年度", "2024"]


def test_buttons_say_what_the_file_holds(browser, year):
    page = words_on(browser.get(address(Year, "changelist")))

    assert ("导入进展" in page, "导出进展" in page) == (True, True)


# --- Import -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["二/(一)/1", "二（一）1", " 二(一) 1 "])
@pytest.mark.parametrize("name", ["市教委", "市教育委员会"])
def test_ledger_becomes_a_draft_that_the_unit_submits(browser, administrator, city, year, unit, path, name):
    entry = entry_of(year, unit, "二/(一)/1")
    sheet = csv_of(LEDGER, ["500000", "2025", path, name, "推进中", "开展宣传 120 场。", "", "继续推进。"])

    found = imported(browser, Year, sheet)

    assert changes(found) == [
        (2, "进展状态", "未开展", "推进中"),
        (2, "工作开展情况", "", "开展宣传 120 场。"),
        (2, "下步措施", "", "继续推进。"),
    ]
    entry.refresh_from_db()
    assert (entry.state, entry.status, entry.work_done, entry.problems, entry.next_steps) == (
        EntryState.DRAFT,
        ImplementationStatus.IN_PROGRESS,
        "开展宣传 120 场。",
        "",
        "继续推进。",
    )
    assert (entry.updated_by, entry.lock_version) == (administrator, 1)
    events = Event.objects.of(entry).order_by("pk")
    assert [(event.action, event.actor, event.department, event.conference) for event in events] == [
        (Action.START, administrator, unit, city),
        (Action.ADMINISTER, administrator, unit, city),
    ]
    # What is written belongs to the unit, and is not told before it is submitted.
    assert "宣传" not in str([event.detail for event in events])
    assert counts(preview(browser, Year, sheet)) == (0, 0, 1)


def test_nobody_reviews_what_they_imported(city, year, unit, administrator, browser):
    PostingFactory(user=administrator, conference=city, office_head=True)
    entry = entry_of(year, unit, "二/(一)/1")

    imported(browser, Year, csv_of(LEDGER, ["500000", "2025", "二/(一)/1", "市教委", "", "做了。", "", ""]))

    entry.refresh_from_db()
    assert not can_review(User.objects.get(pk=administrator.pk), entry)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "accepted"])
def test_what_a_unit_has_written_is_not_written_over_nor_shown(browser, year, unit, state):
    entry = entry_of(year, unit, "二/(一)/1", **{state: True}, work_done=SECRET)
    empty = entry_of(year, unit, "二/(一)/2")
    row = ["500000", "2025", "二/(一)/1", "市教委", "", "台账里的话", "", ""]

    found = preview(browser, Year, csv_of(LEDGER, row, [*row[:2], "二/(一)/2", *row[3:]]))
    guessed = preview(browser, Year, csv_of(LEDGER, [*row[:5], SECRET, "", ""]))

    assert faults(found) == [(2, "条款", "二/(一)/1")]
    assert (found["ticket"], SECRET in str(found)) == ("", False)
    # A guess that hits gets the same answer as one that misses.
    assert faults(guessed) == [(2, "条款", "二/(一)/1")]
    entry.refresh_from_db()
    empty.refresh_from_db()
    assert (entry.work_done, empty.state) == (SECRET, EntryState.OPEN)


def test_unit_that_begins_after_the_preview_keeps_its_words(browser, year, unit):
    entry = entry_of(year, unit, "二/(一)/1")
    found = preview(browser, Year, csv_of(LEDGER, ["500000", "2025", "二/(一)/1", "市教委", "", "台账里的话", "", ""]))
    Progress.objects.filter(pk=entry.pk).update(state=EntryState.DRAFT, work_done="自己的话", lock_version=1)

    confirm(browser, Year, found)

    entry.refresh_from_db()
    assert (entry.work_done, entry.lock_version) == ("自己的话", 1)


@pytest.mark.parametrize("made_as", ["csv", "xlsx"])
def test_export_read_again_changes_nothing(browser, year, unit, made_as):
    for number, state in enumerate(("draft", "submitted", "returned", "accepted")):
        entry_of(year, unit, f"二/(一)/{number}", **{state: True}, work_done=SECRET)
    entry_of(year, unit, "二/(二)")

    found = preview(browser, Year, exported(browser, Year, made_as))

    assert (found["faults"], counts(found)) == ([], (0, 0, 5))


def test_faults_of_ledgers(browser, city, year, unit):
    district = ConferenceFactory(code="660000")
    YearFactory(conference=district, year=2025)
    YearFactory(conference=city, year=2019, state=YearState.CLOSED)
    entry_of(year, unit, "二/(一)/1")
    other = DepartmentFactory(conference=city, name="市妇联")
    entry_of(year, other, "二/(一)/2")
    good = ["500000", "2025", "二/(一)/1", "市教委", "推进中", "做了。", "", ""]

    found = preview(
        browser,
        Year,
        csv_of(
            LEDGER,
            good,
            ["660000", *good[1:]],
            ["500000", "2018", *good[2:]],
            ["500000", "2019", *good[2:]],
            ["500000", "今年", *good[2:]],
            ["500000", "2025", "九/(一)", "市某局", "已完成", "电话13812345678", "", "长" * 20_001],
            ["500000", "2025", "二/(一)/2", *good[3:]],
            ["500000", "2025", "二/(一)/1", "", *good[4:]],
            good,
            ["500000", "", "", *good[3:]],
        ),
    )

    assert [(fault.row, fault.column) for fault in found["faults"]] == [
        (3, "联席会议"),
        (4, "年度"),
        (5, "年度"),
        (6, "年度"),
        (7, "条款"),
        (7, "单位"),
        (7, "进展状态"),
        (7, "工作开展情况"),
        (7, "下步措施"),
        (8, "条款"),
        (9, "单位"),
        (10, ""),
        (11, "年度"),
        (11, "条款"),
    ]
    assert not Progress.objects.exclude(state=EntryState.OPEN).exists()
    assert not Event.objects.exists()


def test_name_of_two_units_is_not_guessed(browser, city, year, unit):
    entry_of(year, unit, "二/(一)/1")
    namesake = DepartmentFactory(conference=city, code="other")
    DepartmentName.objects.create(department=namesake, conference=city, name="教委", kind=NameKind.ALIAS)
    DepartmentName.objects.create(department=unit, conference=city, name="教委", kind=NameKind.ALIAS)
    row = ["500000", "2025", "二/(一)/1", "教委", "推进中", "做了。", "", ""]

    by_name = preview(browser, Year, csv_of(LEDGER, row))
    by_code = preview(browser, Year, csv_of([*LEDGER, "单位编码"], [*row, "jiaowei"]))
    mixed_up = preview(browser, Year, csv_of([*LEDGER, "单位编码"], [*row[:3], "市某局", *row[4:], "other"]))

    assert faults(by_name) == [(2, "单位", "教委")]
    assert (by_code["faults"], counts(by_code)) == ([], (0, 1, 0))
    assert faults(mixed_up) == [(2, "单位编码", "other")]


@pytest.mark.parametrize("who", ["auditor", "office_head", "liaison"])
def test_import_is_for_administrators(city, year, unit, who):
    given = {"department": unit} if who == "liaison" else {who: True, "conference": city}

    response = logged_in(PostingFactory(**given).user).get(address(Year, "import"))

    assert response.status_code == 403


# --- Price --------------------------------------------------------------------------------------------------------


def test_texts_are_read_of_the_clauses_that_the_sheet_names(administrator, year, unit):
    other = DepartmentFactory(conference=year.conference, name="市民政局")
    named = {entry_of(year, one, "二/(一)/1").pk for one in (unit, other)}
    entry_of(year, unit, "二/(一)/2", work_done=SECRET)
    request = RequestFactory().get("/")
    request.user = administrator
    resource = ProgressResource(AdminScope(site.get_model_admin(Year), request))

    cells = dict.fromkeys(resource.columns, "") | {"conference": "500000", "year": "2025", "path": "二（一）1"}

    resource.look_up([cells])

    assert resource.changeable == named


def test_queries_do_not_grow_with_the_rows(browser, year, unit):
    costs = []
    done = 0
    for number in (3, 30):
        for index in range(done, number):
            entry_of(year, unit, f"二/({index})")
        done = number
        with CaptureQueriesContext(connection) as exporting:
            rows = rows_of(exported(browser, Year))
        for row in rows[1:]:
            row[rows[0].index("工作开展情况")] = "做了。"
        with CaptureQueriesContext(connection) as previewing:
            found = preview(browser, Year, csv_of(*rows))
        assert (found["faults"], found["changed"]) == ([], number)
        costs.append((len(exporting), len(previewing)))

    assert costs[0] == costs[1]
