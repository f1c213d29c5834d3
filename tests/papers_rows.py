"""Rows of an office's papers: meetings, assessments, circulars, supervision; and an office to write them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from departments.models import Conference, Department, User
from measures.enums import ObligationKind, Obliged
from reporting.enums import (
    AssessmentKind,
    AssessmentState,
    CircularKind,
    CircularState,
    CriterionKind,
    MeetingState,
    SupervisionKind,
    SupervisionState,
)
from reporting.models import (
    Assessment,
    AssessmentResult,
    Attendance,
    Circular,
    Criterion,
    Duty,
    Meeting,
    Supervision,
    SupervisionStep,
    Year,
)
from reporting.services.meetings import Particulars
from tests.factories import (
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PlanVersionFactory,
    PostingFactory,
    UserFactory,
    YearFactory,
    this_year,
)


class MeetingFactory(DjangoModelFactory):
    """A planned meeting of today, without rows of attendance."""

    class Meta:
        model = Meeting

    class Params:
        filed = factory.Trait(
            state=MeetingState.FILED,
            minutes="一、议定事项。",
            filed_at=factory.LazyFunction(timezone.now),
            filed_by=factory.SubFactory(UserFactory),
        )

    conference = factory.SubFactory(ConferenceFactory)
    held_on = factory.LazyFunction(timezone.localdate)
    year = factory.LazyAttribute(lambda row: row.held_on.year)
    title = factory.Sequence(lambda number: f"第{number}次专题会议")


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    conference = factory.SelfAttribute("meeting.conference")
    department = factory.SubFactory(DepartmentFactory, conference=factory.SelfAttribute("..conference"))


class AssessmentFactory(DjangoModelFactory):
    """A stage assessment that is being drawn up, with all of its criteria."""

    class Meta:
        model = Assessment
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(
            state=AssessmentState.PUBLISHED,
            published_at=factory.LazyFunction(timezone.now),
            published_by=factory.SubFactory(UserFactory),
        )
        final = factory.Trait(kind=AssessmentKind.FINAL)

    conference = factory.SubFactory(ConferenceFactory)
    kind = AssessmentKind.STAGE
    year = factory.LazyFunction(this_year)
    starts_year = factory.SelfAttribute("year")
    title = factory.Sequence(lambda number: f"第{number}次评估")
    created_by = factory.SubFactory(UserFactory)
    counted_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def criteria(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            Criterion.objects.bulk_create(
                Criterion(conference=self.conference, assessment=self, kind=kind, position=position)
                for position, kind in enumerate(CriterionKind.values)
            )


class AssessmentResultFactory(DjangoModelFactory):
    """A unit's; ``of_district=True`` makes it a district's."""

    class Meta:
        model = AssessmentResult

    class Params:
        of_district = factory.Trait(department=None, assessed_conference=factory.SubFactory(ConferenceFactory))

    assessment = factory.SubFactory(AssessmentFactory)
    conference = factory.SelfAttribute("assessment.conference")
    department = factory.SubFactory(DepartmentFactory, conference=factory.SelfAttribute("..conference"))


class CircularFactory(DjangoModelFactory):
    class Meta:
        model = Circular

    class Params:
        issued = factory.Trait(
            state=CircularState.ISSUED,
            issued_on=factory.LazyFunction(timezone.localdate),
            issued_by=factory.SubFactory(UserFactory),
        )

    conference = factory.SubFactory(ConferenceFactory)
    year = factory.LazyFunction(this_year)
    kind = CircularKind.COMMEND
    title = factory.Sequence(lambda number: f"第{number}份通报")
    addressee = "联席会议各成员单位"
    body = "决定予以通报表扬。"
    created_by = factory.SubFactory(UserFactory)


class SupervisionFactory(DjangoModelFactory):
    """Of an area in words; ``supervised=district`` of one with an office."""

    class Meta:
        model = Supervision

    class Params:
        lifted = factory.Trait(
            state=SupervisionState.LIFTED,
            lifted_on=factory.LazyFunction(timezone.localdate),
            lift_reason="整改到位。",
            lifted_by=factory.SubFactory(UserFactory),
        )

    conference = factory.SubFactory(ConferenceFactory)
    year = factory.LazyFunction(this_year)
    kind = SupervisionKind.LISTED
    area = factory.Sequence(lambda number: f"第{number}号市场周边")
    reason = "排查不深入。"
    demands = "1.开展排查。\n2.建立台账。"
    opened_on = factory.LazyFunction(timezone.localdate)
    due_on = factory.LazyAttribute(lambda row: row.opened_on + timedelta(days=60))
    opened_by = factory.SubFactory(UserFactory)


class SupervisionStepFactory(DjangoModelFactory):
    class Meta:
        model = SupervisionStep

    supervision = factory.SubFactory(SupervisionFactory)
    conference = factory.SelfAttribute("supervision.conference")
    text = "已开展排查。"
    created_by = factory.SubFactory(UserFactory)


def particulars(**changes: Any) -> Particulars:
    """A special meeting of today, unless something else is said."""
    given = {
        "kind": "special",
        "title": "反拐工作专题会议",
        "held_on": timezone.localdate(),
        "place": "三楼会议室",
        "chair": "召集人",
        "agenda": "分析研判形势",
    }
    return Particulars(**(given | changes))


class Office:
    """A city in its year, with two member units and their liaisons, a district below, and people in both offices."""

    def __init__(self, year: int | None = None) -> None:
        self.year = year or this_year()
        self.city: Conference = ConferenceFactory()
        self.district: Conference = ConferenceFactory(upper=self.city)
        self.units: list[Department] = [DepartmentFactory(conference=self.city, member=True) for _number in range(2)]
        self.liaisons: list[User] = [PostingFactory(department=unit).user for unit in self.units]
        self.staff: User = PostingFactory(office_staff=True, conference=self.city).user
        self.head: User = PostingFactory(office_head=True, conference=self.city).user
        self.district_staff: User = PostingFactory(office_staff=True, conference=self.district).user
        self.district_head: User = PostingFactory(office_head=True, conference=self.district).user
        self.version = PlanVersionFactory(conference=self.city, plan__conference=self.city)
        self.opened: Year = YearFactory(conference=self.city, year=self.year, version=self.version)
        YearFactory(conference=self.district, year=self.year)

    def duty(self, kind: str = ObligationKind.ANNUAL_REPORT, *, of: Any = None, **fields: Any) -> Duty:
        """A duty owed to the city: of a unit, of a district, or of the city itself."""
        owner = of or self.units[0]
        obligation_fields = {name: fields.pop(name) for name in ("times", "text") if name in fields}
        obliged = Obliged.MEMBERS if isinstance(owner, Department) else Obliged.LOWER_CONFERENCES
        obligation = ObligationFactory(
            clause__version=self.version,
            kind=kind,
            obliged=obliged,
            title=fields.pop("title", "事项"),
            **obligation_fields,
        )
        whose = (
            {"department": owner}
            if isinstance(owner, Department)
            else {"department": None, "obliged_conference": owner}
        )
        given = {"year": self.year, "due_on": date(self.year, 12, 31), **whose, **fields}
        duty: Duty = DutyFactory(obligation=obligation, **given)
        return duty
