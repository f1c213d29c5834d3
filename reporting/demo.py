"""Sample people, and a little of last year's work, for the demo. All of it is made up; none of it is for production.

The accounts share a password that is printed on the screen. A fixture loader, not a service of the product.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.enums import Role
from departments.models import Conference, Event, Membership, Posting, User
from departments.models.events import Action
from measures.models import Responsibility
from reporting.enums import EntryState, ImplementationStatus, YearState
from reporting.models import Figure, Progress, Year
from reporting.services.years import plan_in_force

PASSWORD = "fanguai-demo-2026"  # noqa: S105 - printed on the screen; load_demo refuses to run in production

CITY, COUNTY, CORPS = "500000", "500235", "660000"


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    role: Role
    conference: str
    department: str
    unit: str


_ACCOUNTS = (
    Account("liaison", Role.LIAISON, CITY, "500000-jiaowei", "市教委"),
    Account("deputy", Role.DEPUTY, CITY, "500000-jiaowei", "市教委"),
    Account("head", Role.HEAD, CITY, "500000-jiaowei", "市教委"),
    Account("liaison2", Role.LIAISON, CITY, "500000-minzheng", "市民政局"),
    Account("newcomer", Role.LIAISON, CITY, "500000-sifa", "市司法局"),
    Account("office", Role.OFFICE_STAFF, CITY, "", "市反拐联席会议办公室"),
    Account("officehead", Role.OFFICE_HEAD, CITY, "", "市反拐联席会议办公室"),
    Account("district", Role.OFFICE_STAFF, COUNTY, "", "云阳县反拐联席会议办公室"),
    Account("yyliaison", Role.LIAISON, COUNTY, "500235-jiaowei", "云阳县教委"),
    Account("corps", Role.LIAISON, CORPS, "660000-jiaoyu", "兵团教育局"),
    Account("corpsoffice", Role.OFFICE_STAFF, CORPS, "", "兵团反拐联席会议办公室"),
    # The city's administrator and auditor reach its districts and counties, not the corps beside it.
    Account("admin", Role.ADMINISTRATOR, CITY, "", "市反拐联席会议"),
    Account("auditor", Role.AUDITOR, CITY, "", "市反拐联席会议"),
)
# Must choose a password of its own first: shows what every real account begins with.
_NEWCOMER = "newcomer"

# What the demo prints: username, role, unit.
ACCOUNTS = [(account.username, str(account.role.label), account.unit) for account in _ACCOUNTS]

# Last year's accepted entries, so that this year's form has something beside it: username, clause, texts, figures.
_LAST_YEAR: tuple[tuple[str, str, str, str, str, tuple[tuple[str, int, str], ...]], ...] = (
    (
        "liaison",
        "二/(二)/2",
        "（演示数据，虚构）督促各区县更新控辍保学台账，组织中小学校开展反拐主题班会和应急演练，教职工报告制度纳入校长培训。",
        "部分乡村学校安全课程教师为兼职，课时难以保证。",
        "编印统一的反拐安全课教案，年内覆盖全部寄宿制学校。",
        (("主题班会", 120, "场"), ("培训教职工", 860, "人次")),
    ),
    (
        "liaison",
        "四/(四)/1",
        "（演示数据，虚构）为需要复学的儿童联系就近学校，安排心理健康教师跟踪回访。",
        "",
        "完善异地就学的联系机制。",
        (),
    ),
    (
        "liaison",
        "二/(一)/1",
        "（演示数据，虚构）配合建立线索通报制度，明确学校报告流程和联系人。",
        "",
        "每学期核对一次联系人。",
        (),
    ),
    (
        "liaison2",
        "二/(二)/4",
        "（演示数据，虚构）开展婚姻登记员培训，完善登记信息核验流程。",
        "与出入境信息的共享仍需逐件查询。",
        "推动信息共享接口上线。",
        (("培训登记员", 210, "人次"),),
    ),
)  # fmt: skip


class NothingToShow(Exception):
    """Units or plans are not loaded yet. The message is for people."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What one run made; a second run makes nothing."""

    users: int
    postings: int
    progress: int


@transaction.atomic
def load_demo(today: date | None = None) -> Demo:
    """Create the demo's people and last year's entries where they are missing; leave alone what is there.

    Every unit that sits in one of the three conferences today has a liaison, and every district's office somebody,
    so that reminders reach them all. Accounts other than ``ACCOUNTS`` cannot sign in. Raises NothingToShow.
    """
    today = today or timezone.localdate()
    conferences = {row.code: row for row in Conference.objects.filter(Q(code__in=(CITY, COUNTY, CORPS)))}
    if len(conferences) < 3:
        raise NothingToShow("没有联席会议资料，请先运行 load_units 和 load_plans。")
    posts = _posts(conferences, today)
    users = _create_users(posts)
    postings = _create_postings(posts, users)
    return Demo(len(users.new), postings, _create_last_year(conferences[CITY], users.by_name, today.year - 1))


@dataclass(frozen=True, slots=True)
class _Post:
    username: str
    name: str
    role: Role
    conference_id: int
    department_id: int | None


@dataclass(frozen=True, slots=True)
class _Users:
    by_name: dict[str, User]
    new: list[User]


def _posts(conferences: dict[str, Conference], today: date) -> list[_Post]:
    seats = Membership.objects.filter(conference__in=conferences.values()).in_force_on(today)
    units = {seat.department.code: seat.department for seat in seats.select_related("department")}
    posts = []
    for account in _ACCOUNTS:
        unit = units.get(account.department)
        if account.department and unit is None:
            raise NothingToShow(f"没有成员单位 {account.department}，请先运行 load_units。")
        posts.append(
            _Post(
                account.username,
                f"{unit.name if unit else ''}{account.role.label}",
                account.role,
                conferences[account.conference].pk,
                unit.pk if unit else None,
            )
        )
    served = {post.department_id for post in posts if post.role == Role.LIAISON}
    posts += [
        _Post(f"u-{code}", f"{unit.name}联络员", Role.LIAISON, unit.conference_id, unit.pk)
        for code, unit in units.items()
        if unit.pk not in served
    ]
    staffed = {post.conference_id for post in posts if post.role == Role.OFFICE_STAFF}
    posts += [
        _Post(
            f"o-{district.code.lower()}",
            str(Role.OFFICE_STAFF.label),
            Role.OFFICE_STAFF,
            district.pk,
            None,
        )
        for district in conferences[CITY].lower.all()
        if district.pk not in staffed
    ]
    return posts


def _create_users(posts: Iterable[_Post]) -> _Users:
    names = {post.username: post.name for post in posts}
    known = {user.username: user for user in User.objects.filter(username__in=names)}
    can_sign_in = {account.username for account in _ACCOUNTS}
    # One hash for all: argon2 takes its time on purpose, and the password is the same.
    hashed = make_password(PASSWORD) if can_sign_in - known.keys() else ""
    new = [
        User(
            username=username,
            name=name,
            email=f"{username}@example.test",
            password=hashed if username in can_sign_in else make_password(None),
            must_change_password=username == _NEWCOMER,
        )
        for username, name in names.items()
        if username not in known
    ]
    User.objects.bulk_create(new)
    return _Users(known | {user.username: user for user in new}, new)


def _create_postings(posts: Iterable[_Post], users: _Users) -> int:
    existing = Posting.objects.filter(user__in=users.by_name.values())
    held = set(existing.values_list("user_id", "role", "conference_id", "department_id"))
    new = [
        Posting(
            user=users.by_name[post.username],
            role=post.role,
            conference_id=post.conference_id,
            department_id=post.department_id,
        )
        for post in posts
        if (users.by_name[post.username].pk, post.role, post.conference_id, post.department_id) not in held
    ]
    Posting.objects.bulk_create(new)
    return len(new)


def _create_last_year(city: Conference, users: dict[str, User], year: int) -> int:
    """A closed year with the few entries above and nothing that is owed: reminders must not chase the past.

    The rows are written as they would stand today, with their events; a year that was opened is left alone.
    """
    version = plan_in_force(city, year)
    if version is None or Year.objects.filter(conference=city, year=year).exists():
        return 0
    Year.objects.create(conference=city, year=year, version=version, state=YearState.CLOSED)
    codes = {account.username: account.department for account in _ACCOUNTS}
    named = Responsibility.objects.filter(version=version).named().select_related("clause", "department")
    by_place = {(row.clause.path, row.department.code): row for row in named if row.department}
    submitted_at, reviewed_at = _at(year, 12, 9), _at(year, 12, 12)
    progress, figures, events = [], [], []
    for username, path, work_done, problems, next_steps, numbers in _LAST_YEAR:
        responsibility = by_place.get((path, codes[username]))
        if responsibility is None or responsibility.department_id is None:
            continue
        author, reviewer = users[username], users["office"]
        row = Progress(
            conference=city,
            year=year,
            responsibility=responsibility,
            clause=responsibility.clause,
            department_id=responsibility.department_id,
            role=responsibility.role,
            state=EntryState.ACCEPTED,
            status=ImplementationStatus.CONTINUING,
            work_done=work_done,
            problems=problems,
            next_steps=next_steps,
            lock_version=3,
            updated_at=submitted_at,
            updated_by=author,
            submitted_at=submitted_at,
            submitted_by=author,
            reviewed_at=reviewed_at,
            reviewed_by=reviewer,
        )
        progress.append((row, numbers))
    Progress.objects.bulk_create([row for row, _numbers in progress])
    for row, numbers in progress:
        figures += [
            Figure(
                conference=city,
                progress=row,
                position=position,
                name=name,
                value=value,
                unit=unit,
                as_written=str(value),
            )
            for position, (name, value, unit) in enumerate(numbers)
        ]
        events += [
            _event(row, Action.SUBMIT, EntryState.DRAFT, EntryState.SUBMITTED, row.submitted_by, submitted_at),
            _event(row, Action.ACCEPT, EntryState.SUBMITTED, EntryState.ACCEPTED, row.reviewed_by, reviewed_at),
        ]
    Figure.objects.bulk_create(figures)
    Event.objects.bulk_create(events)
    return len(progress)


def _event(row: Progress, action: Action, before: str, after: str, actor: User | None, at: datetime) -> Event:
    detail: dict[str, Any] = {"work_done": row.work_done, "problems": row.problems, "next_steps": row.next_steps}
    return Event(
        conference_id=row.conference_id,
        department_id=row.department_id,
        at=at,
        actor=actor,
        action=action,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        title=str(row)[:200],
        before=before,
        after=after,
        detail=detail if action == Action.SUBMIT else {},
    )


def _at(year: int, month: int, day: int) -> datetime:
    return timezone.make_aware(datetime.combine(date(year, month, day), time(10)))
