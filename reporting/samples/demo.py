"""Sample people, last year's work and this year's so far, for the demo. All of it is made up; none is for production.

The accounts share a password that is printed on the screen. A fixture loader, not a service of the product.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from departments.enums import Role
from departments.models import Conference, Membership, Posting, User
from reporting.samples.situations import arrange_city, arrange_county
from reporting.samples.year import bring_forward, is_untouched, load_last_year

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
    Account("districthead", Role.OFFICE_HEAD, COUNTY, "", "云阳县反拐联席会议办公室"),
    Account("yyliaison", Role.LIAISON, COUNTY, "500235-jiaowei", "云阳县教委"),
    Account("corps", Role.LIAISON, CORPS, "660000-jiaoyu", "兵团教育局"),
    Account("corpsoffice", Role.OFFICE_STAFF, CORPS, "", "兵团反拐联席会议办公室"),
    # The city's administrator and auditor reach its districts and counties, not the corps beside it.
    Account("admin", Role.ADMINISTRATOR, CITY, "", "市反拐联席会议"),
    Account("auditor", Role.AUDITOR, CITY, "", "市反拐联席会议"),
)
# Must choose a password of its own first: shows what every real account begins with. It follows somebody, who has left
# work open and a note about it.
_NEWCOMER, _PREDECESSOR = "newcomer", "u-500000-sifa-before"
_SINCE = timedelta(days=10)

# What the demo prints: username, role, unit.
ACCOUNTS = [(account.username, str(account.role.label), account.unit) for account in _ACCOUNTS]


class NothingToShow(Exception):
    """Units or plans are not loaded yet. The message is for people."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What one run made; a second run makes nothing."""

    users: int
    postings: int
    # Entries and reports of the year that is over, and of the one that goes on.
    last_year: int
    this_year: int


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of the demo by user name, and how much of them is new."""

    by_name: dict[str, User]
    users: int
    postings: int


@transaction.atomic
def load_demo(today: date | None = None) -> Demo:
    """Create the demo's people, last year and this one where they are missing; leave alone what is there.

    This year is filled where it is open and nobody has begun. Raises NothingToShow.
    """
    today = today or timezone.localdate()
    people = load_people(today)
    city, county, corps = _conferences().values()
    last_year = load_last_year(city, county, today.year - 1)
    untouched = [row for row in (city, county, corps) if is_untouched(row, today.year)]
    # The city before its county, which reports what the city asks.
    this_year = sum(bring_forward(row, today.year) for row in untouched)
    if city in untouched:
        arrange_city(city, today.year, people.by_name)
    if county in untouched:
        arrange_county(county, today.year, people.by_name)
    return Demo(people.users, people.postings, last_year, this_year)


@transaction.atomic
def load_people(today: date) -> People:
    """Create the people who are missing.

    Every unit that sits in one of the three conferences today has a liaison, and every district's office somebody,
    so that reminders reach them all. Accounts other than ``ACCOUNTS`` cannot sign in. Raises NothingToShow.
    """
    posts = _posts(_conferences(), today)
    users, new = _create_users(posts)
    return People(users, new, _create_postings(posts, users))


def _conferences() -> dict[str, Conference]:
    found = Conference.objects.in_bulk([CITY, COUNTY, CORPS], field_name="code")
    if len(found) < 3:
        raise NothingToShow("没有联席会议资料，请先运行 load_units 和 load_plans。")
    return {code: found[code] for code in (CITY, COUNTY, CORPS)}


@dataclass(frozen=True, slots=True)
class _Post:
    username: str
    name: str
    role: Role
    conference_id: int
    department_id: int | None
    starts_on: date | None = None
    ends_on: date | None = None


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
                starts_on=today - _SINCE if account.username == _NEWCOMER else None,
            )
        )
    follower = next(post for post in posts if post.username == _NEWCOMER)
    last_day = today - _SINCE - timedelta(days=1)
    posts.append(replace(follower, username=_PREDECESSOR, name=f"原{follower.name}", starts_on=None, ends_on=last_day))
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


def _create_users(posts: Iterable[_Post]) -> tuple[dict[str, User], int]:
    """All of them by user name, and how many are new."""
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
    return known | {user.username: user for user in new}, len(new)


def _create_postings(posts: Iterable[_Post], users: dict[str, User]) -> int:
    existing = Posting.objects.filter(user__in=users.values())
    held = set(existing.values_list("user_id", "role", "conference_id", "department_id"))
    new = [
        Posting(
            user=users[post.username],
            role=post.role,
            conference_id=post.conference_id,
            department_id=post.department_id,
            starts_on=post.starts_on,
            ends_on=post.ends_on,
        )
        for post in posts
        if (users[post.username].pk, post.role, post.conference_id, post.department_id) not in held
    ]
    Posting.objects.bulk_create(new)
    return len(new)
