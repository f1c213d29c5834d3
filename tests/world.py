"""A small world with something of everything in it, for tests that walk the whole site.

Two conferences, a city and a district below it, and a foreign one beside them; somebody of every role; and in every
text that somebody writes a secret of its own, so that a page which shows it can be caught.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from antitrafficking.sessions import SEEN_AT
from departments.enums import Role
from departments.models.events import Action
from departments.services import record
from measures.enums import ObligationKind, Obliged, ResponsibilityRole
from measures.models import Responsibility
from reporting.enums import ImplementationStatus, YearState
from reporting.models import Attachment, Duty, Figure, Progress
from tests.factories import (
    AdoptionFactory,
    CarryFactory,
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    HeartbeatFactory,
    LineageCorrectionFactory,
    LineageFactory,
    MailFactory,
    NoticeFactory,
    ObligationFactory,
    PlanFactory,
    PlanImportFactory,
    PlanVersionFactory,
    PostingFactory,
    ProgressFactory,
    QuestionFactory,
    RememberedAnswerFactory,
    ReminderFactory,
    ResponsibilityFactory,
    SheetLayoutFactory,
    StagedClauseFactory,
    StagedQuestionFactory,
    SuccessionFactory,
    UrgeFactory,
    UserFactory,
    WorkDayFactory,
    YearFactory,
    published,
    this_year,
)

ANONYMOUS = "anonymous"
# In the order of the columns of every table. ``lead`` and ``coop`` answer for the same clauses, ``outside`` sits in
# the same conference and answers for none of them; ``head`` heads the lead unit.
ROLES = (
    ANONYMOUS,
    "stranger",
    "lead",
    "coop",
    "outside",
    "head",
    "staff",
    "officehead",
    "district",
    "dliaison",
    "dauditor",
    "xliaison",
    "xoffice",
    "admin",
    "auditor",
    "super",
)

# Those of them to whom the administration opens.
ADMIN_ROLES = ("admin", "auditor", "dauditor", "super")


class World:
    """The rows by name (``things``), the people by role (``people``), and the secrets with who may read each."""

    def __init__(self) -> None:
        self.year = this_year()
        self.things: dict[str, Any] = {}
        self.people: dict[str, Any] = {ANONYMOUS: AnonymousUser()}
        self.secrets: dict[str, frozenset[str]] = {}
        self._places()
        self._people()
        self._plans()
        self._entries()
        self._duties()
        self._messages()
        self._imports()
        from tests import site  # its areas speak of the world

        for add_to in site.said("add_to"):
            add_to(self)

    def __getitem__(self, name: str) -> Any:
        return self.things[name]

    def name_of(self, row: Any) -> str:
        """What ``things`` calls this row; empty where it is none of them."""
        return self._name_of(row._meta.label_lower, row.pk)

    def name_of_object(self, event: Any) -> str:
        """What ``things`` calls the row that an event is about."""
        return self._name_of(event.object_type, event.object_id)

    def _name_of(self, label: str, pk: int) -> str:
        found = (name for name, row in self.things.items() if (row._meta.label_lower, row.pk) == (label, pk))
        return next(found, "")

    def secret(self, name: str, *readers: str) -> str:
        """Text that only ``readers`` may ever be shown; no secret is the beginning of another."""
        text = f"秘密·{name}·完"
        self.secrets[text] = frozenset(readers)
        return text

    def client(self, role: str) -> Client:
        """Logged in as ``role``, and raising what would be an error page."""
        client = Client()
        if role != ANONYMOUS:
            client.force_login(self.people[role])
            # Seen a while from now: a long test must not write to the session in the middle of what it looks at.
            session = client.session
            session[SEEN_AT] += 1000
            session.save()
        return client

    # --- Who and where ----------------------------------------------------------------------------------------------

    def _places(self) -> None:
        things = self.things
        things["city"] = ConferenceFactory(code="500000")
        things["county"] = ConferenceFactory(code="500235", upper=things["city"])
        things["abroad"] = ConferenceFactory(code="660000")
        for name, conference in (
            ("lead_unit", "city"),
            ("coop_unit", "city"),
            ("outside_unit", "city"),
            ("county_unit", "county"),
            ("abroad_unit", "abroad"),
        ):
            things[name] = DepartmentFactory(conference=things[conference], code=name, member=True)
        for name in ("city", "county", "abroad"):
            unit = next(row for row in things.values() if getattr(row, "conference", None) == things[name])
            things[f"{name}_succession"] = SuccessionFactory(conference=things[name], predecessor=unit, successor=unit)
        things["workday"] = WorkDayFactory()
        things["heartbeat"] = HeartbeatFactory()

    def _people(self) -> None:
        things = self.things
        held: dict[str, tuple[Role, str]] = {
            "lead": (Role.LIAISON, "lead_unit"),
            "lead2": (Role.DEPUTY, "lead_unit"),
            "coop": (Role.LIAISON, "coop_unit"),
            "outside": (Role.LIAISON, "outside_unit"),
            "head": (Role.HEAD, "lead_unit"),
            "staff": (Role.OFFICE_STAFF, "city"),
            "officehead": (Role.OFFICE_HEAD, "city"),
            "district": (Role.OFFICE_STAFF, "county"),
            "dliaison": (Role.LIAISON, "county_unit"),
            "dauditor": (Role.AUDITOR, "county"),
            "xliaison": (Role.LIAISON, "abroad_unit"),
            "xoffice": (Role.OFFICE_HEAD, "abroad"),
            "xadmin": (Role.ADMINISTRATOR, "abroad"),
            "admin": (Role.ADMINISTRATOR, "city"),
            "auditor": (Role.AUDITOR, "city"),
        }
        for name, (role, place) in held.items():
            person = UserFactory(username=name, email=f"{name}@example.test")
            of_unit = place.endswith("_unit")
            PostingFactory(
                user=person,
                role=role,
                department=things[place] if of_unit else None,
                conference=things[place].conference if of_unit else things[place],
            )
            self.people[name] = person
        self.people["stranger"] = UserFactory(username="stranger")
        # Was a liaison until yesterday: a posting that has ended is none.
        PostingFactory(
            user=self.people["stranger"],
            department=things["lead_unit"],
            ends_on=timezone.localdate() - timedelta(days=1),
        )
        self.people["super"] = UserFactory(username="super", is_superuser=True)

    # --- The plans --------------------------------------------------------------------------------------------------

    def _plans(self) -> None:
        things = self.things
        for name, units in (
            ("city", ("lead_unit", "coop_unit")),
            ("county", ("county_unit",)),
            ("abroad", ("abroad_unit",)),
        ):
            plan = PlanFactory(conference=things[name])
            version = PlanVersionFactory(plan=plan, conference=things[name], number=1)
            chapter = ClauseFactory(version=version, path="一", label="一、", heading="总体要求", position=1, depth=0)
            for position, path in enumerate(("一/(一)", "一/(二)", "一/(三)"), start=2):
                clause = ClauseFactory(version=version, path=path, position=position, parent=chapter)
                things[f"{name}_clause_{position - 1}"] = clause
                # Only the first unit answers for the third clause.
                for order, unit in enumerate(units if position < 4 else units[:1]):
                    things[f"{unit}_{position - 1}"] = ResponsibilityFactory(
                        clause=clause,
                        department=things[unit],
                        position=order,
                        role=ResponsibilityRole.COOPERATING if order else ResponsibilityRole.LEAD,
                    )
            for position, (kind, obliged) in enumerate(
                (
                    (ObligationKind.ANNUAL_REPORT, Obliged.MEMBERS),
                    (ObligationKind.ANNUAL_REPORT, Obliged.LOWER_CONFERENCES),
                    (ObligationKind.STAGE_ASSESSMENT, Obliged.CONFERENCE),
                    (ObligationKind.OTHER, Obliged.LOWER_CONFERENCES),
                )
            ):
                things[f"{name}_obligation_{position}"] = ObligationFactory(
                    clause=clause, kind=kind, obliged=obliged, position=position, title=f"第{position}类事项"
                )
            things[f"{name}_question"] = QuestionFactory(version=version, conference=things[name])
            things[f"{name}_lineage"] = LineageFactory(after=chapter)
            things[f"{name}_plan"], things[f"{name}_version"] = plan, published(version)
            things[f"{name}_year"] = YearFactory(conference=things[name], version=version, year=self.year)
        things["city_last_year"] = YearFactory(
            conference=things["city"], version=things["city_version"], year=self.year - 1, state=YearState.CLOSED
        )
        # A text that is being prepared is read by those who prepare it, and by nobody else.
        may_read = {"city": ("admin", "auditor", "super"), "abroad": ("xadmin", "super")}
        for name, readers in may_read.items():
            draft = PlanVersionFactory(plan=things[f"{name}_plan"], conference=things[name], number=2)
            things[f"{name}_draft_version"] = draft
            things[f"{name}_draft_clause"] = ClauseFactory(
                version=draft, path="一", label="", text=self.secret(f"计划草稿{name}", *readers)
            )

    # --- What units write -------------------------------------------------------------------------------------------

    def _entries(self) -> None:
        """Progress of the city's lead unit in every state, of its partner, of a district's unit, of a foreign one."""
        city_reads = ("lead", "head", "staff", "officehead", "auditor")
        own_only = ("lead", "head")
        draft = self._progress("draft", "lead_unit_1", own_only, draft=True, updated_by=self.people["lead"])
        self._progress("submitted", "lead_unit_2", (*city_reads, "coop"), submitted=True, submitted_by="lead")
        self._progress("alone", "lead_unit_3", city_reads, submitted=True, submitted_by="lead")
        self._progress("coop_returned", "coop_unit_1", ("coop",), returned=True, reviewed_by=self.people["staff"])
        self._progress("coop_accepted", "coop_unit_2", (*city_reads, "coop"), accepted=True, submitted_by="coop")
        self._progress("county_draft", "county_unit_1", ("dliaison",), draft=True)
        self._progress(
            "county_submitted", "county_unit_2", ("dliaison", "district", "dauditor", "auditor"), submitted=True
        )
        self._progress("abroad_draft", "abroad_unit_1", ("xliaison",), draft=True)
        self._progress("abroad_submitted", "abroad_unit_2", ("xliaison", "xoffice"), submitted=True)
        # Last year's draft was never handed in: the office must not find it beside this year's text.
        self._progress("old_draft", "lead_unit_2", own_only, draft=True, year=self.year - 1)
        # What was handed in and taken back is a draft again, whatever the trail keeps.
        record(
            draft,
            Action.SUBMIT,
            by=self.people["lead"],
            conference=draft.conference_id,
            department=draft.department_id,
            detail={"work_done": self.secret("已撤回的提交", *own_only)},
        )
        record(
            draft,
            Action.WITHDRAW,
            by=self.people["lead"],
            conference=draft.conference_id,
            department=draft.department_id,
        )

    def _progress(self, name: str, responsibility: str, readers: tuple[str, ...], **fields: Any) -> Progress:
        row: Responsibility = self.things[responsibility]
        if isinstance(fields.get("submitted_by"), str):
            fields["submitted_by"] = fields["updated_by"] = self.people[fields["submitted_by"]]
        entry = ProgressFactory(
            responsibility=row,
            year=fields.pop("year", self.year),
            work_done=self.secret(f"{name}开展情况", *readers),
            problems=self.secret(f"{name}问题", *readers),
            next_steps=self.secret(f"{name}下步", *readers),
            status=ImplementationStatus.DIFFICULT,
            updated_at=timezone.now(),
            **fields,
        )
        Figure.objects.create(
            conference=entry.conference,
            progress=entry,
            position=0,
            name=self.secret(f"{name}指标", *readers),
            value=7,
            as_written=self.secret(f"{name}数值", *readers),
        )
        self._file(f"{name}_file", readers, progress=entry)
        self.things[name] = entry
        return entry

    def _file(self, name: str, readers: tuple[str, ...], **entry: Any) -> None:
        owner = next(iter(entry.values()))
        row = Attachment(
            conference=owner.conference,
            name=f"{self.secret(f'{name}文件名', *readers)}.pdf",
            content_type="application/pdf",
            size=10,
            sha256="0" * 64,
            uploaded_by=self.people["lead"],
            **entry,
        )
        row.file.save("x", ContentFile(self.secret(f"{name}内容", *readers).encode()), save=False)
        row.save()
        self.things[name] = row

    def _duties(self) -> None:
        city_reads = ("lead", "head", "staff", "officehead", "auditor")
        office = ("staff", "officehead")
        self._duty("duty_draft", "city_obligation_0", ("lead", "head"), department="lead_unit", draft=True)
        self._duty(
            "duty_submitted", "city_obligation_0", ("coop", *city_reads[2:]), department="coop_unit", submitted=True
        )
        # What the district's conference owes the city.
        self._duty(
            "county_report", "city_obligation_1", ("district", *city_reads[2:]), obliged="county", submitted=True
        )
        self._duty("county_report_draft", "city_obligation_3", ("district",), obliged="county", draft=True)
        # What the city's conference owes itself.
        self._duty(
            "assessment",
            "city_obligation_2",
            (*office, "auditor"),
            obliged="city",
            submitted=True,
            submitted_by=self.people["staff"],
            updated_by=self.people["staff"],
        )
        self._duty(
            "county_duty",
            "county_obligation_0",
            ("dliaison", "district", "dauditor"),
            department="county_unit",
            submitted=True,
        )
        self._duty("county_duty_draft", "county_obligation_3", ("dliaison",), department="county_unit", draft=True)
        self._duty(
            "abroad_duty", "abroad_obligation_0", ("xliaison", "xoffice"), department="abroad_unit", submitted=True
        )

    def _duty(
        self,
        name: str,
        obligation: str,
        readers: tuple[str, ...],
        *,
        department: str = "",
        obliged: str = "",
        **fields: Any,
    ) -> Duty:
        row = DutyFactory(
            obligation=self.things[obligation],
            department=self.things[department] if department else None,
            obliged_conference=self.things[obliged] if obliged else None,
            year=self.year,
            due_on=date(self.year, 12, 15),
            statement=self.secret(f"{name}报告", *readers),
            updated_at=timezone.now(),
            **fields,
        )
        self._file(f"{name}_file", readers, duty=row)
        self.things[name] = row
        return row

    # --- What was said ----------------------------------------------------------------------------------------------

    def _messages(self) -> None:
        things, people = self.things, self.people
        for place, person, duty in (("city", "lead", "duty_draft"), ("abroad", "xliaison", "abroad_duty")):
            readers = (person,)
            things[f"{place}_reminder"] = ReminderFactory(
                conference=things[place], duty=things[duty], recipient=people[person]
            )
            things[f"{place}_notice"] = NoticeFactory(
                conference=things[place],
                recipient=people[person],
                subject=self.secret(f"{place}通知标题", *readers),
                body=self.secret(f"{place}通知内容", *readers),
                path=f"/duty/{things[duty].pk}/",
            )
            things[f"{place}_mail"] = MailFactory(
                conference=things[place], notice=things[f"{place}_notice"], address=f"{person}@example.test"
            )
            things[f"{place}_urge"] = UrgeFactory(
                created_at=timezone.now() - timedelta(days=2),
                conference=things[place],
                duty=things[duty],
                created_by=people["staff" if place == "city" else "xoffice"],
            )
            for unit in (f"{'lead' if place == 'city' else 'abroad'}_unit",):
                things[f"{place}_event"] = record(
                    things[duty],
                    Action.RETURN,
                    by=people["staff" if place == "city" else "xoffice"],
                    conference=things[place],
                    department=things[unit],
                    reason=self.secret(
                        f"{place}退回事由",
                        *(
                            ("lead", "head", "staff", "officehead", "auditor")
                            if place == "city"
                            else ("xliaison", "xoffice")
                        ),
                    ),
                )

    # --- What is on its way -----------------------------------------------------------------------------------------

    def _imports(self) -> None:
        """A file of each conference, read and not published: for who prepares and audits its plans."""
        things, people = self.things, self.people
        may_read = {
            "city": ("admin", "auditor", "super"),
            "county": ("dauditor", "admin", "auditor", "super"),
            "abroad": ("xadmin", "super"),
        }
        for name, readers in may_read.items():
            row = PlanImportFactory(
                conference=things[name],
                based_on=things[f"{name}_version"],
                title=self.secret(f"待发布题名{name}", *readers),
                file_name=self.secret(f"待发布文件名{name}", *readers),
                file__data=self.secret(f"待发布文件{name}", *readers).encode(),
            )
            StagedClauseFactory(
                plan_import=row,
                path="一",
                text=self.secret(f"待发布条款{name}", *readers),
                lead=[{"name": f"{name}局", "as_written": f"{name}局", "group": False}],
            )
            things[f"{name}_import"] = row
            things[f"{name}_staged"] = row.clauses.get()
            things[f"{name}_asked"] = StagedQuestionFactory(
                plan_import=row, path="一", words=f"{name}局", message=self.secret(f"待发布问题{name}", *readers)
            )
            things[f"{name}_remembered"] = RememberedAnswerFactory(conference=things[name])
            things[f"{name}_layout"] = SheetLayoutFactory(conference=things[name])
            things[f"{name}_correction"] = LineageCorrectionFactory(plan_import=row, before=row.based_on)
            things[f"{name}_import_event"] = record(
                row, Action.IMPORT, by=people["xadmin" if name == "abroad" else "admin"], conference=things[name]
            )
        things["city_failed_import"] = PlanImportFactory(
            failed=True,
            conference=things["city"],
            kind="csv",
            file__data="序号,工作任务\n1,宣传\n".encode(),
            file_name="分解表.csv",
            faults=[
                {"sheet": "分解表", "cell": "B2", "value": "宣传", "message": self.secret("错误", *may_read["city"])}
            ],
        )
        for name, entry in (("city", "draft"), ("abroad", "abroad_draft")):
            things[f"{name}_adoption"] = AdoptionFactory(
                year=things["city_last_year" if name == "city" else "abroad_year"], after=things[f"{name}_version"]
            )
            things[f"{name}_carry"] = CarryFactory(adoption=things[f"{name}_adoption"], progress=things[entry])


@contextmanager
def a_world() -> Iterator[World]:
    """Build the world in a transaction and take everything back at the end, files included."""
    with transaction.atomic():
        world = World()
        yield world
        transaction.set_rollback(True)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is done within is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
