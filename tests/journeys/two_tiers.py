"""A city and two districts below it, with the people who take them through a year, and desks to sit them at.

The city has its real plan; 云阳县 works under the city's, its own having ended in 2020; 两江新区, of 2025-11-06, has just
published one of its own (``DISTRICT_PLAN``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command

from departments.enums import Role
from departments.models import Conference, Department, User
from tests.browser import watch
from tests.factories import DepartmentFactory
from tests.journeys.conftest import PASSWORD, person

CITY, COUNTY, NEW_AREA = "500000", "500235", "5001LJ"
DISTRICT_PLAN = """\
两江新区反对拐卖人口行动实施方案
（2026—2030年）

两江反拐发〔2026〕1号

为防范和打击拐卖人口犯罪，结合新区实际，制定本方案。

一、预防犯罪
（一）加强宣传教育。在中小学校开设反拐安全课，每学期不少于两次。（新区教育局负责，新区公安局、新区妇联配合）
（二）加强重点场所管理。对火车站、汽车站开展常态化巡查。（新区公安局负责，新区教育局配合）

二、救助安置
（一）做好临时救助。对被解救人员提供救助和心理疏导。（新区妇联负责，新区公安局配合）

三、组织实施
（一）新区反拐联席会议各成员单位要在每年12月15日前向新区反拐联席会议办公室报送年度反拐工作情况。

两江新区反拐联席会议
2026年1月4日
"""


@dataclass
class Tiers:
    """The three conferences by code, and the people by what they are called in the tests."""

    conferences: dict[str, Conference]
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def hire(self, name: str, words: str, code: str, role: Role, unit: str = "") -> None:
        department = Department.objects.get(conference=self.conferences[code], code=unit) if unit else None
        self.people[name] = person(name, words, self.conferences[code], role, department)


def two_tiers(folder: Path) -> Tiers:
    """Everybody in post and every plan published; no year is open yet."""
    call_command("load_units", verbosity=0)
    call_command("load_plans", verbosity=0)
    tiers = Tiers({row.code: row for row in Conference.objects.filter(code__in=(CITY, COUNTY, NEW_AREA))})
    for position, name in enumerate(("教育局", "公安局", "妇联")):
        DepartmentFactory(
            conference=tiers.conferences[NEW_AREA],
            code=f"5001LJ-{position}",
            name=f"新区{name}",
            position=position,
            member=True,
        )
    plan = folder / "plan.txt"
    plan.write_text(DISTRICT_PLAN, encoding="utf-8")
    call_command("import_plan", str(plan), conference=NEW_AREA, publish=True, verbosity=0)

    tiers.hire("liaison", "教委联络员", CITY, Role.LIAISON, "500000-jiaowei")
    tiers.hire("head", "教委负责人", CITY, Role.HEAD, "500000-jiaowei")
    tiers.hire("police", "公安局联络员", CITY, Role.LIAISON, "500000-gongan")
    tiers.hire("civil", "民政局联络员", CITY, Role.LIAISON, "500000-minzheng")
    tiers.hire("office", "王清", CITY, Role.OFFICE_STAFF)
    tiers.hire("officehead", "李正", CITY, Role.OFFICE_HEAD)
    tiers.hire("auditor", "赵明", CITY, Role.AUDITOR)
    tiers.hire("county", "云阳办主任", COUNTY, Role.OFFICE_HEAD)
    tiers.hire("countyliaison", "云阳教委联络员", COUNTY, Role.LIAISON, "500235-jiaowei")
    # One login, two roles: in the new area's office, and liaison of its education bureau (below).
    tiers.hire("newarea", "两江办主任", NEW_AREA, Role.OFFICE_HEAD)
    tiers.hire("newstaff", "两江办干部", NEW_AREA, Role.OFFICE_STAFF)
    tiers.hire("newpolice", "新区公安局联络员", NEW_AREA, Role.LIAISON, "5001LJ-1")
    bureau = Department.objects.get(code="5001LJ-0")
    tiers["newstaff"].postings.create(conference=bureau.conference, department=bureau, role=Role.LIAISON)
    return tiers


class Building:
    """Desks with real browsers: ``with building.desk(user) as page`` signs the person in and out again."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address = browser, address

    @contextmanager
    def desk(self, user: User, *, expecting: tuple[str, ...] = ()) -> Iterator[Any]:
        """What the page complains of, other than what is expected, fails the test."""
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
        )
        context.set_default_timeout(15_000)
        problems = watch(context, self.address)
        for text in expecting:
            problems.expect(text)
        page = context.new_page()
        page.goto("/login/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        try:
            yield page
        except Exception:
            # What the person was looking at when it went wrong says more than the line of the test.
            print(page.url, page.inner_text("body")[:3000], sep="\n")
            raise
        finally:
            context.close()
        assert problems.unexpected() == []


def press(page: Any, opened: str, confirmed: str) -> None:
    """The two steps of what cannot be taken back lightly: open what is asked, then confirm it."""
    page.locator("details.confirm > summary", has_text=opened).first.click()
    page.get_by_role("button", name=confirmed).first.click()


def told(page: Any, text: str) -> None:
    """The page that answers says so on top."""
    page.locator(".messages", has_text=text).first.wait_for()


def download(page: Any, click: Any, target: Path) -> Path:
    """Save what the click sends and return where."""
    with page.expect_download() as started:
        click()
    started.value.save_as(target)
    return target
