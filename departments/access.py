"""What a person's current postings allow: the one place from which every rule of visibility starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from departments.enums import Role

if TYPE_CHECKING:
    from departments.models import Conference, User


@dataclass(frozen=True, slots=True)
class Access:
    """The ids of departments and conferences in which a person holds each kind of role today.

    Rights are the union over all postings in force. A person without any posting has no rights at all; a
    superuser administers every conference (``administers_all``) but reads nobody's entries.
    """

    # Departments whose entries this person writes and files (liaison, deputy).
    liaison_of: frozenset[int] = frozenset()
    # Departments that this person heads.
    head_of: frozenset[int] = frozenset()
    # Conferences in whose office this person works, and those whose office this person heads.
    office_of: frozenset[int] = frozenset()
    office_head_of: frozenset[int] = frozenset()
    administrator_of: frozenset[int] = frozenset()
    auditor_of: frozenset[int] = frozenset()
    # Conferences that the departments of liaison_of and head_of belong to.
    member_of: frozenset[int] = frozenset()
    administers_all: bool = False

    @property
    def departments(self) -> frozenset[int]:
        """The person's own units."""
        return self.liaison_of | self.head_of

    @property
    def conferences(self) -> frozenset[int]:
        """Every conference in which the person has any posting."""
        return self.member_of | self.office_of | self.administrator_of | self.auditor_of

    @property
    def is_stranger(self) -> bool:
        return not self.conferences and not self.administers_all

    def administers(self, conference: Conference) -> bool:
        """Whether the person may change plans, units and people of ``conference``: its own or the upper's administrator."""
        own = {conference.pk, conference.upper_id}
        return self.administers_all or not self.administrator_of.isdisjoint(own)

    @property
    def may_enter_admin(self) -> bool:
        """Administrators, and auditors to read."""
        return self.administers_all or bool(self.administrator_of or self.auditor_of)


NOBODY = Access()


def access_on(user: User, day: date) -> Access:
    """Compute ``user``'s access on ``day`` (a date in Asia/Shanghai) in one query."""
    by_role: dict[str, set[int]] = {role: set() for role in Role.values}
    member_of: set[int] = set()
    for role, department_id, conference_id in user.postings.in_force_on(day).values_list(
        "role", "department_id", "conference_id"
    ):
        if role in Role.of_departments():
            by_role[role].add(department_id)
            member_of.add(conference_id)
        else:
            by_role[role].add(conference_id)
    return Access(
        liaison_of=frozenset(by_role[Role.LIAISON] | by_role[Role.DEPUTY]),
        head_of=frozenset(by_role[Role.HEAD]),
        office_of=frozenset(by_role[Role.OFFICE_STAFF] | by_role[Role.OFFICE_HEAD]),
        office_head_of=frozenset(by_role[Role.OFFICE_HEAD]),
        administrator_of=frozenset(by_role[Role.ADMINISTRATOR]),
        auditor_of=frozenset(by_role[Role.AUDITOR]),
        member_of=frozenset(member_of),
        administers_all=user.is_superuser,
    )


def access_of(user: object) -> Access:
    """The access of whoever makes a request; an anonymous or deactivated person has none."""
    access = getattr(user, "access", NOBODY)
    return access if isinstance(access, Access) and getattr(user, "is_active", False) else NOBODY
