"""Who may do what with the papers of an office: meetings, assessments, circulars, supervision.

The rows come from visible_to; these say what may be done with one of them.
"""

from __future__ import annotations

from django.utils import timezone

from departments.access import access_of
from departments.enums import Role
from departments.models import Posting, User
from reporting.models import AssessmentResult, Supervision


def can_prepare(user: User, conference_id: int) -> bool:
    """Everybody in the office writes, counts, registers and records."""
    return conference_id in access_of(user).office_of


def can_decide(user: User, conference_id: int) -> bool:
    """What binds the office in its name is the head's: publishing, issuing, lifting, opening and closing a year.

    An office without a head in force is not held up: there anybody in it decides.
    """
    access = access_of(user)
    if conference_id in access.office_head_of:
        return True
    return conference_id in access.office_of and not has_office_head(conference_id)


def has_office_head(conference_id: int) -> bool:
    """Whether the conference's office has a head today who can sign in."""
    heads = Posting.objects.in_force_on(timezone.localdate()).filter(
        conference=conference_id, role=Role.OFFICE_HEAD, user__is_active=True
    )
    return heads.exists()


def can_mark(user: User, result: AssessmentResult) -> bool:
    """The office marks everybody but those for whom the person works: nobody marks the own unit or district."""
    return can_prepare(user, result.conference_id) and not is_assessed(user, result)


def is_assessed(user: User, result: AssessmentResult) -> bool:
    """Whether the person works for the unit, or in the office of the district, that the result is about."""
    access = access_of(user)
    if result.department_id is not None:
        return result.department_id in access.departments
    return result.assessed_conference_id in access.office_of


def can_follow(user: User, supervision: Supervision) -> bool:
    """Both offices record what is done: the one that supervises and the one that is supervised."""
    offices = access_of(user).office_of
    return supervision.conference_id in offices or supervision.supervised_id in offices
