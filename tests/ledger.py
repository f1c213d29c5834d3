"""The same conference with few rows and with many, for tests that count what a page costs."""

from __future__ import annotations

from departments.models.events import Action
from departments.services import record
from measures.enums import ObligationKind, Obliged, ResponsibilityRole
from reporting.models import Attachment, Figure
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    NoticeFactory,
    ObligationFactory,
    PlanFactory,
    PlanImportFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    StagedClauseFactory,
    StagedQuestionFactory,
    UrgeFactory,
    YearFactory,
    published,
    this_year,
)


class Ledger:
    """A conference of ``size`` clauses, districts, plans and other units than the one that answers for every clause."""

    def __init__(self, size: int) -> None:
        self.size, self.year = size, this_year()
        self.city = ConferenceFactory()
        self.units = [DepartmentFactory(conference=self.city, member=True) for _number in range(size + 1)]
        self.districts = [ConferenceFactory(upper=self.city) for _number in range(size)]
        self.office = PostingFactory(office_head=True, conference=self.city).user
        self.liaisons = [PostingFactory(department=unit).user for unit in self.units]
        for district in self.districts:
            PostingFactory(office_staff=True, conference=district)
        self.administrator = PostingFactory(administrator=True, conference=self.city).user
        self._plan()
        self._year()
        self._imports()
        # Who opens the pages, by the words of tests/site.
        self.people = {"office": self.office, "administrator": self.administrator, "liaison": self.liaisons[0]}
        from tests import site  # its areas speak of the ledger

        for add_to_ledger in site.said("add_to_ledger"):
            add_to_ledger(self)

    def _imports(self) -> None:
        """As many files as clauses; the first has all the questions, of units that nobody knows."""
        self.imports = [PlanImportFactory(conference=self.city, based_on=self.version) for _number in range(self.size)]
        names = [f"市第{number}办公室" for number in range(self.size)]
        parties = [{"name": name, "as_written": name, "group": False} for name in names]
        for number, name in enumerate(names):
            clause = StagedClauseFactory(
                plan_import=self.imports[0],
                path=f"一/({number})",
                text=f"加强第{number}类场所排查，改写过的第{number}句话。",
                lead=parties[:1],
                cooperating=parties,
            )
            StagedQuestionFactory(plan_import=self.imports[0], path=clause.path, words=name)
            StagedQuestionFactory(
                plan_import=self.imports[0], path=clause.path, code="due_unclear", kind="deadline", is_blocking=False
            )
        later = PlanVersionFactory(plan=self.version.plan, conference=self.city, follows=self.version)
        for number in range(self.size):
            ClauseFactory(version=later, path=f"一/({number})", position=number)
        self.later = published(later)

    def _plan(self) -> None:
        for _number in range(self.size):
            plan = PlanFactory(conference=self.city)
            self.version = PlanVersionFactory(plan=plan, conference=self.city)
            published(PlanVersionFactory(plan=plan, conference=self.city))
        self.responsibilities = []
        for number in range(self.size):
            clause = ClauseFactory(version=self.version, path=f"一/({number})", position=number)
            # The first clause is everybody's.
            for order, unit in enumerate(self.units if number == 0 else self.units[:1]):
                role = ResponsibilityRole.COOPERATING if order else ResponsibilityRole.LEAD
                self.responsibilities.append(
                    ResponsibilityFactory(clause=clause, department=unit, position=order, role=role)
                )
        kinds = (
            (ObligationKind.ANNUAL_REPORT, Obliged.MEMBERS),
            (ObligationKind.ANNUAL_REPORT, Obliged.LOWER_CONFERENCES),
        )
        self.obligations = [
            ObligationFactory(clause=clause, kind=kind, obliged=obliged, position=position)
            for position, (kind, obliged) in enumerate(kinds)
        ]
        published(self.version)

    def _year(self) -> None:
        YearFactory(conference=self.city, version=self.version, year=self.year)
        YearFactory(conference=self.city, version=self.version, year=self.year - 1)
        self.entries = []
        for number, responsibility in enumerate(self.responsibilities):
            for year, state in ((self.year, "submitted" if number else "draft"), (self.year - 1, "accepted")):
                entry = ProgressFactory(
                    responsibility=responsibility,
                    year=year,
                    work_done="开展宣传。",
                    updated_by=self.liaisons[0],
                    **{state: True},
                )
                Figure.objects.create(conference=self.city, progress=entry, position=0, name="场次", as_written="7")
                if year == self.year:
                    self.entries.append(entry)
        self.duties = [
            DutyFactory(
                obligation=self.obligations[0], department=unit, submitted=not number or None, draft=bool(number)
            )
            for number, unit in enumerate(self.units)
        ]
        for district in self.districts:
            self.duties.append(
                DutyFactory(obligation=self.obligations[1], department=None, obliged_conference=district, draft=True)
            )
        for number in range(self.size):
            for entry in ({"progress": self.entries[0]}, {"duty": self.duties[0]}):
                Attachment.objects.create(
                    conference=self.city, name=f"{number}.pdf", size=1, uploaded_by=self.liaisons[0], **entry
                )
            for row in (self.entries[0], self.duties[0]):
                record(
                    row,
                    Action.SUBMIT,
                    by=self.liaisons[number],
                    conference=self.city,
                    department=self.units[0],
                )
            NoticeFactory(conference=self.city, recipient=self.liaisons[0])
        for duty in self.duties:
            UrgeFactory(duty=duty, conference=self.city, created_by=self.office)
