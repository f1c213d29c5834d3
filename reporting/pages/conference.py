"""What a conference tells its members and the districts below it: meetings, circulars, assessments."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from departments.access import Access
from departments.models import Conference
from reporting.models import Year


def conferences_told_of(access: Access) -> QuerySet[Conference]:
    """The conferences that a person is told of as a member, or as the office of a district below."""
    above = Q(lower__in=access.office_of) & ~Q(pk__in=access.office_of)
    return Conference.objects.filter(Q(pk__in=access.member_of) | above).distinct().order_by("code")


def has_conference_year(access: Access, year: int) -> bool:
    """Whether there is a page of the conferences' year for the person."""
    return Year.objects.filter(conference__in=conferences_told_of(access).values("pk"), year=year).exists()


def own_results(access: Access) -> Q:
    """Results of an assessment that are about the person's own units and districts."""
    return Q(department__in=access.departments) | Q(assessed_conference__in=access.office_of)
