"""Rows for tests: one call makes a row and whatever it needs, and says only what the test is about.

city = ConferenceFactory()
district = ConferenceFactory(upper=city)
liaison = PostingFactory(department__conference=district).user
administrator = PostingFactory(administrator=True, conference=city).user
clause = ClauseFactory(version__conference=city)
published(clause.version)
ProgressFactory(responsibility__clause=clause, submitted=True)
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from departments.enums import JurisdictionKind, NameKind, Role, SuccessionKind
from departments.models import (
    Conference,
    Department,
    DepartmentName,
    Jurisdiction,
    Membership,
    Posting,
    Succession,
    User,
)
from measures.enums import (
    AnswerKind,
    ClauseKind,
    ImportState,
    ObligationKind,
    Obliged,
    RecurrenceType,
    ResponsibilityRole,
    VersionState,
)
from measures.models import (
    Clause,
    Lineage,
    LineageCorrection,
    Obligation,
    Plan,
    PlanImport,
    PlanVersion,
    Question,
    RememberedAnswer,
    Responsibility,
    SheetLayout,
    StagedClause,
)
from reporting.enums import EntryState, ExtensionState
from reporting.models import (
    Adoption,
    Carry,
    Duty,
    Extension,
    FirstLead,
    Handover,
    Heartbeat,
    InputRequest,
    Mail,
    Notice,
    Progress,
    Reminder,
    UnitSetting,
    Urge,
    WorkDay,
    Year,
)

PASSWORD = "灯火-阑珊-2026"


def this_year() -> int:
    return timezone.localdate().year


# --- People and units ---------------------------------------------------------------------------------------------


class JurisdictionFactory(DjangoModelFactory):
    class Meta:
        model = Jurisdiction

    code = factory.Sequence(lambda number: f"{500100 + number}")
    name = factory.Sequence(lambda number: f"第{number}区")
    short_name = factory.SelfAttribute("name")
    kind = JurisdictionKind.DISTRICT


class ConferenceFactory(DjangoModelFactory):
    class Meta:
        model = Conference

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    code = factory.SelfAttribute("jurisdiction.code")
    name = factory.LazyAttribute(lambda row: f"{row.jurisdiction.name}反拐工作联席会议")
    short_name = factory.LazyAttribute(lambda row: f"{row.jurisdiction.short_name}反拐联席会议")
    office_name = factory.LazyAttribute(lambda row: f"{row.short_name}办公室")


class DepartmentFactory(DjangoModelFactory):
    """A unit with its name in the registry; ``member=True`` gives it a seat, ``names=[…]`` further names."""

    class Meta:
        model = Department
        skip_postgeneration_save = True

    class Params:
        member = factory.Trait(
            seat=factory.RelatedFactory(
                "tests.factories.MembershipFactory",
                factory_related_name="department",
                conference=factory.SelfAttribute("department.conference"),
            )
        )

    conference = factory.SubFactory(ConferenceFactory)
    code = factory.Sequence(lambda number: f"unit-{number}")
    name = factory.Sequence(lambda number: f"第{number}局")
    position = factory.Sequence(int)

    @factory.post_generation
    def names(self: Any, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        if create:
            for name in dict.fromkeys([self.name, *(extracted or [])]):
                DepartmentName.objects.create(
                    department=self, conference=self.conference, name=name, kind=NameKind.SHORT
                )


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    department = factory.SubFactory(DepartmentFactory)
    conference = factory.SelfAttribute("department.conference")


class SuccessionFactory(DjangoModelFactory):
    class Meta:
        model = Succession

    predecessor = factory.SubFactory(DepartmentFactory)
    conference = factory.SelfAttribute("predecessor.conference")
    successor = factory.SubFactory(DepartmentFactory, conference=factory.SelfAttribute("..conference"))
    kind = SuccessionKind.RENAME


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person-{number}")
    name = factory.Sequence(lambda number: f"人员{number}")
    must_change_password = False
    password = factory.django.Password(PASSWORD)


def _of_the_conference(role: Role) -> factory.Trait:
    return factory.Trait(role=role, department=None, conference=factory.SubFactory(ConferenceFactory))


class PostingFactory(DjangoModelFactory):
    """A liaison of some unit, unless a trait says otherwise."""

    class Meta:
        model = Posting

    class Params:
        deputy = factory.Trait(role=Role.DEPUTY)
        head = factory.Trait(role=Role.HEAD)
        office_staff = _of_the_conference(Role.OFFICE_STAFF)
        office_head = _of_the_conference(Role.OFFICE_HEAD)
        administrator = _of_the_conference(Role.ADMINISTRATOR)
        auditor = _of_the_conference(Role.AUDITOR)

    user = factory.SubFactory(UserFactory)
    department = factory.SubFactory(DepartmentFactory)
    conference = factory.SelfAttribute("department.conference")
    role = Role.LIAISON


# --- The plan -----------------------------------------------------------------------------------------------------


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    conference = factory.SubFactory(ConferenceFactory)
    title = factory.Sequence(lambda number: f"第{number}份反拐行动实施方案")
    starts_year = factory.LazyFunction(lambda: this_year() - 4)
    ends_year = factory.LazyFunction(lambda: this_year() + 5)


class PlanVersionFactory(DjangoModelFactory):
    """A draft. ``published(version)`` publishes it, once it holds its clauses."""

    class Meta:
        model = PlanVersion

    conference = factory.SubFactory(ConferenceFactory)
    plan = factory.SubFactory(PlanFactory, conference=factory.SelfAttribute("..conference"))
    number = factory.Sequence(lambda number: number + 1)
    source_text = "一、总体要求"


def published(version: PlanVersion) -> PlanVersion:
    """Publish ``version`` without asking whether it is ready."""
    PlanVersion.objects.filter(pk=version.pk).update(state=VersionState.PUBLISHED, published_at=timezone.now())
    version.refresh_from_db()
    return version


class OfVersionFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    conference = factory.SelfAttribute("version.conference")


class ClauseFactory(OfVersionFactory):
    class Meta:
        model = Clause

    version = factory.SubFactory(PlanVersionFactory)
    position = factory.Sequence(int)
    depth = 1
    path = factory.Sequence(lambda number: f"二/({number})")
    label = factory.LazyAttribute(lambda row: row.path.rpartition("/")[2])
    kind = ClauseKind.ARTICLE
    text = factory.Sequence(lambda number: f"加强第{number}项宣传教育。")
    start = 0
    end = 10


class ResponsibilityFactory(OfVersionFactory):
    class Meta:
        model = Responsibility

    class Params:
        cooperating = factory.Trait(role=ResponsibilityRole.COOPERATING)
        unresolved = factory.Trait(department=None, name="市某局")

    clause = factory.SubFactory(ClauseFactory)
    version = factory.SelfAttribute("clause.version")
    department = factory.SubFactory(DepartmentFactory, conference=factory.SelfAttribute("..conference"))
    role = ResponsibilityRole.LEAD
    position = factory.Sequence(int)
    name = factory.SelfAttribute("department.name")
    as_written = factory.SelfAttribute("name")


class ObligationFactory(OfVersionFactory):
    """The annual report that every member owes by 15 December."""

    class Meta:
        model = Obligation

    clause = factory.SubFactory(ClauseFactory)
    version = factory.SelfAttribute("clause.version")
    position = factory.Sequence(int)
    kind = ObligationKind.ANNUAL_REPORT
    title = "年度工作报告"
    obliged = Obliged.MEMBERS
    obliged_as_written = "各成员单位"
    recurrence = RecurrenceType.ANNUAL
    month = 12
    day = 15
    text = "各成员单位每年12月15日前报告工作情况。"


class QuestionFactory(OfVersionFactory):
    class Meta:
        model = Question

    version = factory.SubFactory(PlanVersionFactory)
    code = "unresolved_name"
    message = factory.Sequence(lambda number: f"第{number}处单位名称无法确认。")


class LineageFactory(OfVersionFactory):
    """A new clause, unless ``before`` says where it came from. Make it before its version is published."""

    class Meta:
        model = Lineage

    after = factory.SubFactory(ClauseFactory)
    version = factory.SelfAttribute("after.version")
    kind = "new"


# --- Plans on their way -------------------------------------------------------------------------------------------


class PlanImportFactory(DjangoModelFactory):
    """A file that was read and waits for answers; ``ready=True``: for being published."""

    class Meta:
        model = PlanImport

    class Params:
        ready = factory.Trait(state=ImportState.READY)
        reading = factory.Trait(state=ImportState.READING, stage="等待读取")
        failed = factory.Trait(state=ImportState.FAILED, problem="读不出来。")

    conference = factory.SubFactory(ConferenceFactory)
    file = factory.django.FileField(data="一、总体要求".encode(), filename="方案.txt")
    file_name = factory.Sequence(lambda number: f"方案{number}.txt")
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    size = 100
    kind = "txt"
    state = ImportState.QUESTIONS
    title = factory.Sequence(lambda number: f"第{number}份待发布方案")
    starts_year = factory.LazyFunction(this_year)
    ends_year = factory.LazyFunction(this_year)


class OfImportFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    plan_import = factory.SubFactory(PlanImportFactory)
    conference = factory.SelfAttribute("plan_import.conference")


class StagedClauseFactory(OfImportFactory):
    class Meta:
        model = StagedClause

    position = factory.Sequence(lambda number: number + 1)
    path = factory.Sequence(lambda number: f"二/({number})")
    label = factory.LazyAttribute(lambda row: row.path.rpartition("/")[2])
    kind = ClauseKind.ITEM
    text = factory.Sequence(lambda number: f"加强第{number}项宣传教育。")
    start = 0
    end = 10


class StagedQuestionFactory(OfImportFactory):
    """A unit that nobody knows, and whose answer is waited for."""

    class Meta:
        model = Question

    code = "unit_unknown"
    words = factory.Sequence(lambda number: f"市第{number}局")
    key = factory.SelfAttribute("words")
    kind = AnswerKind.UNIT
    message = factory.LazyAttribute(lambda row: f"单位「{row.words}」没有登记。")
    is_blocking = True


class RememberedAnswerFactory(DjangoModelFactory):
    class Meta:
        model = RememberedAnswer

    conference = factory.SubFactory(ConferenceFactory)
    code = "unit_unknown"
    key = factory.Sequence(lambda number: f"市第{number}局")
    decision = factory.LazyFunction(lambda: {"do": "group"})


class SheetLayoutFactory(DjangoModelFactory):
    class Meta:
        model = SheetLayout

    conference = factory.SubFactory(ConferenceFactory)
    signature = factory.Sequence(lambda number: f"{number:064x}")
    roles = factory.LazyFunction(lambda: {"0": "task"})


class LineageCorrectionFactory(OfImportFactory):
    class Meta:
        model = LineageCorrection

    before = factory.SubFactory(PlanVersionFactory)
    after_path = "一"


# --- The year -----------------------------------------------------------------------------------------------------


class YearFactory(DjangoModelFactory):
    class Meta:
        model = Year

    conference = factory.SubFactory(ConferenceFactory)
    year = factory.LazyFunction(this_year)


class EntryFactory(DjangoModelFactory):
    """Not started, unless a trait says otherwise."""

    class Meta:
        abstract = True

    class Params:
        draft = factory.Trait(state=EntryState.DRAFT)
        submitted = factory.Trait(state=EntryState.SUBMITTED, submitted_at=factory.LazyFunction(timezone.now))
        returned = factory.Trait(state=EntryState.RETURNED, return_reason="请补充数据。")
        accepted = factory.Trait(
            state=EntryState.ACCEPTED,
            submitted_at=factory.LazyFunction(timezone.now),
            reviewed_at=factory.LazyFunction(timezone.now),
        )

    year = factory.LazyFunction(this_year)


class ProgressFactory(EntryFactory):
    class Meta:
        model = Progress

    responsibility = factory.SubFactory(ResponsibilityFactory)
    clause = factory.SelfAttribute("responsibility.clause")
    department = factory.SelfAttribute("responsibility.department")
    conference = factory.SelfAttribute("responsibility.conference")
    role = factory.SelfAttribute("responsibility.role")


class DutyFactory(EntryFactory):
    """A unit's annual report; ``of_conference=True`` makes it a district conference's."""

    class Meta:
        model = Duty

    class Params:
        of_conference = factory.Trait(department=None, obliged_conference=factory.SubFactory(ConferenceFactory))

    obligation = factory.SubFactory(ObligationFactory)
    conference = factory.SelfAttribute("obligation.conference")
    department = factory.SubFactory(DepartmentFactory, conference=factory.SelfAttribute("..conference"))
    kind = factory.SelfAttribute("obligation.kind")
    title = factory.SelfAttribute("obligation.title")
    period = factory.LazyAttribute(lambda row: str(row.year))
    due_on = factory.LazyAttribute(lambda row: date(row.year, 12, 15))
    planned_on = factory.SelfAttribute("due_on")


class AdoptionFactory(DjangoModelFactory):
    class Meta:
        model = Adoption

    year = factory.SubFactory(YearFactory)
    conference = factory.SelfAttribute("year.conference")
    after = factory.SubFactory(PlanVersionFactory)


class CarryFactory(DjangoModelFactory):
    """A row that went on unchanged."""

    class Meta:
        model = Carry

    adoption = factory.SubFactory(AdoptionFactory)
    conference = factory.SelfAttribute("adoption.conference")
    progress = factory.SubFactory(ProgressFactory)
    from_responsibility = factory.SelfAttribute("progress.responsibility")
    to_responsibility = factory.SelfAttribute("progress.responsibility")
    kind = "same"
    state_before = EntryState.OPEN


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    duty = factory.SubFactory(DutyFactory)
    conference = factory.SelfAttribute("duty.conference")
    recipient = factory.SubFactory(UserFactory)
    due_on = factory.SelfAttribute("duty.due_on")
    step = 7


class UrgeFactory(DjangoModelFactory):
    class Meta:
        model = Urge

    duty = factory.SubFactory(DutyFactory)
    conference = factory.SelfAttribute("duty.conference")
    created_by = factory.SubFactory(UserFactory)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    conference = factory.SubFactory(ConferenceFactory)
    recipient = factory.SubFactory(UserFactory)
    subject = "年度报告七天后到期"


class MailFactory(DjangoModelFactory):
    class Meta:
        model = Mail

    notice = factory.SubFactory(NoticeFactory)
    conference = factory.SelfAttribute("notice.conference")
    address = factory.Sequence(lambda number: f"person-{number}@example.com")


class WorkDayFactory(DjangoModelFactory):
    class Meta:
        model = WorkDay

    day = factory.Sequence(lambda number: date.fromordinal(date(2026, 1, 1).toordinal() + number))
    is_working = False
    note = "休假"


class HeartbeatFactory(DjangoModelFactory):
    class Meta:
        model = Heartbeat

    name = factory.Sequence(lambda number: f"job-{number}")
    at = factory.LazyFunction(timezone.now)


class ExtensionFactory(DjangoModelFactory):
    """Asked for and not decided, unless a trait says otherwise."""

    class Meta:
        model = Extension

    class Params:
        granted = factory.Trait(
            state=ExtensionState.GRANTED,
            granted_until=factory.SelfAttribute("wanted_until"),
            decided_at=factory.LazyFunction(timezone.now),
            decided_by=factory.SubFactory(UserFactory),
        )
        refused = factory.Trait(
            state=ExtensionState.REFUSED,
            decision="请抓紧，按原时限报送。",
            decided_at=factory.LazyFunction(timezone.now),
            decided_by=factory.SubFactory(UserFactory),
        )

    duty = factory.SubFactory(DutyFactory)
    conference = factory.SelfAttribute("duty.conference")
    due_on = factory.SelfAttribute("duty.due_on")
    wanted_until = factory.LazyAttribute(lambda row: row.due_on + timedelta(days=10))
    reason = "数据还在汇总。"
    asked_by = factory.SubFactory(UserFactory)


class FirstLeadFactory(DjangoModelFactory):
    class Meta:
        model = FirstLead

    clause = factory.SubFactory(ClauseFactory)
    conference = factory.SelfAttribute("clause.conference")
    year = factory.LazyFunction(this_year)
    department = factory.SubFactory(DepartmentFactory, conference=factory.SelfAttribute("..conference"))


class InputRequestFactory(DjangoModelFactory):
    """A lead unit waits for a cooperating one of the same clause."""

    class Meta:
        model = InputRequest

    progress = factory.SubFactory(ProgressFactory)
    conference = factory.SelfAttribute("progress.conference")
    asked = factory.LazyAttribute(
        lambda row: ProgressFactory(
            responsibility=ResponsibilityFactory(clause=row.progress.clause, cooperating=True), year=row.progress.year
        )
    )
    message = "请提供本单位培训人数。"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=5))
    created_by = factory.SubFactory(UserFactory)


class UnitSettingFactory(DjangoModelFactory):
    class Meta:
        model = UnitSetting

    department = factory.SubFactory(DepartmentFactory)
    conference = factory.SelfAttribute("department.conference")


class HandoverFactory(DjangoModelFactory):
    """A note of a unit that nobody has taken over; ``of_office=True`` for an office's."""

    class Meta:
        model = Handover

    class Params:
        of_office = factory.Trait(department=None, conference=factory.SubFactory(ConferenceFactory))
        taken = factory.Trait(taken_at=factory.LazyFunction(timezone.now), taken_by=factory.SubFactory(UserFactory))

    department = factory.SubFactory(DepartmentFactory)
    conference = factory.SelfAttribute("department.conference")
    note = "材料在二号柜。"
    given_by = factory.SubFactory(UserFactory)
