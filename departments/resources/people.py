"""Sheets of 人员 and of 任职. No sheet holds a password, and none gives one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from departments.enums import Role
from departments.models import Conference, Department, Posting, User
from departments.resources.base import Change, Imported, SheetResource, SheetResult, added, change_of
from departments.resources.columns import Code, Column, Day, Text, Word, YesNo
from departments.resources.constraints import broken_checks
from departments.resources.formats import Fault


class UserResource(SheetResource):
    """One row a person, found by the account.

    The columns of the posting are for new accounts: somebody without any posting would be seen by nobody but a
    superuser. Whoever exists already gets further postings on the sheet of postings.
    """

    model = User
    key = ("username",)

    username = Column("username", "账号", is_needed=True)
    name = Column("name", "姓名", is_needed=True)
    email = Column("email", "电子邮箱")
    is_active = Column("is_active", "可登录", YesNo(), keeps=True)
    role = Column("first_role", "首个任职", Word(Role))
    department = Column("first_department", "单位编码", Code("单位"))
    conference = Column("first_conference", "联席会议", Code("联席会议"))
    starts_on = Column("first_starts_on", "任职起", Day())

    def look_up(self, rows: list[dict[str, str]]) -> None:
        names = {row["username"] for row in rows}
        found = list(self.held(self.scope.seen(User).filter(username__in=names)))
        self.prepare(found)
        self._found = {row.username: row for row in found}
        self.changeable = self.scope.changeable(found)
        self._postings: dict[int, list[Posting]] = defaultdict(list)
        postings = self.scope.seen(Posting).filter(user__in=found).select_related("conference")
        for posting in postings.order_by("ends_on", "pk"):
            self._postings[posting.user_id].append(posting)
        look_up_places(self, rows)

    def find(self, cells: dict[str, str]) -> models.Model | None:
        return self._found.get(cells["username"])

    def init_instance(self, row: dict[str, Any] | None = None) -> User:
        person = User(must_change_password=True)
        self.prepare([person])
        return person

    def prepare(self, rows: list[Any]) -> None:
        for row in rows:
            row.first_role, row.first_department, row.first_conference, row.first_starts_on = "", None, None, None

    def complete(self, row: Any) -> None:
        if row._state.adding:
            return
        posting = first_posting(row)
        if any(is_same_posting(posting, known) for known in self._postings[row.pk]):
            # The same sheet a second time: the account exists by now, and so does its posting.
            self.prepare([row])

    def check(self, row: Any) -> Iterator[tuple[str, str]]:
        is_posted = bool(row.first_role or row.first_department or row.first_conference or row.first_starts_on)
        if row.pk is not None:
            if is_posted:
                yield "role", _("这几列只用于新账号；已有账号的任职请在「任职」中导入。")
            if row.pk == self.scope.person.pk and not row.is_active:
                yield "is_active", _("不能停用自己的账号。")
        elif is_posted:
            yield from _check_posting(first_posting(row))
        elif not self.scope.administers_all:
            yield "role", _("新账号须同时填写首个任职和所在单位（或联席会议）。")

    def peers(self, rows: list[Any]) -> Iterable[models.Model]:
        return User.objects.filter(username__in={row.username for row in rows})

    def write(self, imported: list[Imported]) -> None:
        new = [one.row for one in imported if one.original is None]
        for person in new:
            # Nobody can sign in before an administrator has set an initial password.
            person.set_unusable_password()
        User.objects.bulk_create(new)
        User.objects.bulk_update(
            [one.row for one in imported if one.original is not None], ["name", "email", "is_active"]
        )
        postings = {person.pk: first_posting(person) for person in new if person.first_role}
        Posting.objects.bulk_create(postings.values())
        for one in imported:
            posting = postings.get(one.row.pk)
            known = self._postings[one.row.pk]
            within: list[Change] = [added(posting)] if posting else []
            change = change_of(one, within)
            change.conference = posting.conference if posting else known[-1].conference if known else None
            self.scope.record(change, one.number)


def first_posting(person: Any) -> Posting:
    """The posting that a row of the sheet of people describes."""
    unit = person.first_department
    return Posting(
        user=person,
        role=person.first_role,
        department=unit,
        conference=person.first_conference or (unit.conference if unit else None),
        starts_on=person.first_starts_on,
    )


def is_same_posting(one: Posting, other: Posting) -> bool:
    return all(
        getattr(one, name) == getattr(other, name) for name in ("role", "department_id", "conference_id", "starts_on")
    )


def look_up_places(sheet: SheetResource, rows: list[dict[str, str]]) -> None:
    """Offer the units and conferences that the rows name, if the person may appoint somebody there."""
    units = sheet.scope.choices(Department).filter(code__in={row["department"] for row in rows})
    sheet.columns["department"].widget.among(units.select_related("conference"))
    conferences = sheet.scope.choices(Conference).filter(code__in={row["conference"] for row in rows})
    sheet.columns["conference"].widget.among(conferences)


def _check_posting(posting: Posting) -> Iterator[tuple[str, str]]:
    """What the form of postings says against ``posting``: pairs of a column and a sentence."""
    if not posting.role:
        yield "role", _("请填写角色。")
    elif posting.conference_id is None:
        yield "department", _("请填写联席会议，或填写单位。")
    else:
        try:
            posting.clean()
        except ValidationError as error:
            yield from (("department", message) for message in error.messages)
        yield from (("", message) for message in broken_checks(posting))


class PostingResource(SheetResource):
    """One row a posting, found by who, as what, where and from when.

    Nothing but its end changes: who becomes something else ends one posting and begins another.
    """

    model = Posting
    key = ("user", "role", "starts_on")

    user = Column("user", "账号", Code("账号", by="username"), is_needed=True)
    name = Column("user__name", "姓名", is_reference=True)
    role = Column("role", "角色", Word(Role), is_needed=True)
    department = Column("department", "单位编码", Code("单位"))
    department_name = Column("department__name", "单位", Text(), is_reference=True)
    conference = Column("conference", "联席会议", Code("联席会议"))
    starts_on = Column("starts_on", "任职起", Day())
    ends_on = Column("ends_on", "任职止", Day())

    def header_faults(self, headers: list[str]) -> list[str]:
        faults = super().header_faults(headers)
        if not {self.header("department"), self.header("conference")} & set(headers):
            faults.append(_("表头须有「单位编码」或「联席会议」列。"))
        return faults

    def look_up(self, rows: list[dict[str, str]]) -> None:
        names = {row["user"] for row in rows}
        found = list(
            self.held(
                self.scope.seen(Posting)
                .filter(user__username__in=names)
                .select_related("user", "department__conference", "conference")
            )
        )
        self.changeable = self.scope.changeable(found)
        self.columns["user"].widget.among(self.scope.choices(User).filter(username__in=names))
        look_up_places(self, rows)
        units = self.columns["department"].widget.rows
        self._homes = {row.department.code: row.conference.code for row in found if row.department}
        self._homes |= {code: unit.conference.code for code, unit in units.items()}
        self._found: dict[tuple[Any, ...], Posting] = {}
        # Who is what where: what must not be the case twice at one time.
        self._held: dict[tuple[Any, ...], list[Posting]] = defaultdict(list)
        for row in found:
            unit = row.department.code if row.department else ""
            self._found.setdefault((row.user.username, row.role, unit, row.conference.code, row.starts_on), row)
            self._held[_held(row)].append(row)

    def row_key(self, cells: dict[str, str]) -> tuple[Any, ...]:
        role, day = self._read("role", cells), self._read("starts_on", cells)
        conference = cells["conference"] or self._homes.get(cells["department"], "")
        return cells["user"], role, cells["department"], conference, day

    def _read(self, name: str, cells: dict[str, str]) -> Any:
        try:
            return self.columns[name].widget.clean(cells[name])
        except ValueError:
            return cells[name]

    def find(self, cells: dict[str, str]) -> models.Model | None:
        return self._found.get(self.row_key(cells))

    def complete(self, row: Any) -> None:
        if row.conference_id is None and row.department is not None:
            row.conference = row.department.conference

    def check(self, row: Any) -> Iterator[tuple[str, str]]:
        if row.conference_id is None:
            yield "department", _("请填写联席会议，或填写单位。")

    def faults_between_rows(self, result: SheetResult) -> Iterator[Fault]:
        yield from super().faults_between_rows(result)
        # Rows that were found are the same objects here, and end as the sheet has it.
        held = defaultdict(list, {place: list(rows) for place, rows in self._held.items()})
        for imported in result.changes:
            row: Posting = imported.instance
            others = held[_held(row)]
            for other in others:
                if other is not row and _overlap(other, row):
                    message = _("此人在同一时间已有同一任职（起期 %(day)s）。") % {"day": other.starts_on or "—"}
                    value = str(self.columns["starts_on"].export(row))
                    yield Fault(imported.number, self.header("starts_on"), value, message)
            if row.pk is None:
                others.append(row)

    def write(self, imported: list[Imported]) -> None:
        Posting.objects.bulk_create([one.row for one in imported if one.original is None])
        Posting.objects.bulk_update([one.row for one in imported if one.original is not None], ["ends_on"])
        for one in imported:
            change = change_of(one)
            change.conference, change.department = one.row.conference, one.row.department
            self.scope.record(change, one.number)


def _held(row: Posting) -> tuple[Any, ...]:
    return row.user_id, row.role, row.department_id, row.conference_id


def _overlap(one: Posting, other: Posting) -> bool:
    return (one.ends_on is None or other.starts_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on is None or one.starts_on <= other.ends_on
    )
