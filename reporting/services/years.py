"""Opening a year: every duty and every empty progress row, made in advance in one idempotent step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from departments.models import Conference, Department, Event, Membership, User
from departments.models.events import Action
from departments.services import record
from measures.enums import Obliged, RecurrenceType
from measures.models import Obligation, PlanVersion, Responsibility
from reporting.enums import DUTY_KINDS, YearState
from reporting.models import Duty, Progress, Year
from reporting.models.entries import DutyQuerySet
from reporting.services.naming import day_of


class NothingToOpen(Exception):
    """No plan in force obliges anybody of the conference in that year. The message is for people."""


class YearIsClosed(Exception):
    """The year was closed; reopening it is the office head's decision, not a side effect."""


@dataclass(slots=True)
class Opening:
    """What opening a year did: how many rows are there now, how many of them this run made, what to know."""

    year: Year
    duties: int = 0
    duties_created: int = 0
    progress: int = 0
    progress_created: int = 0
    # Responsibilities of the version, and how many of them name a group that was spread over its members.
    responsibilities: int = 0
    groups: int = 0
    notes: list[str] = field(default_factory=list)


def plan_in_force(conference: Conference, year: int) -> PlanVersion | None:
    """The latest published version of the conference's own plan whose period covers ``year``."""
    return PlanVersion.objects.filter(conference=conference).in_force_in(year).select_related("plan").first()


def _version_of_year(conference: Conference, year: int) -> PlanVersion | None:
    """What a conference's year answers to: the version it was opened for, else the one it would be opened for."""
    opened = (
        Year.objects.filter(conference=conference, year=year).exclude(version=None).select_related("version").first()
    )
    return opened.version if opened else plan_in_force(conference, year)


def hold(conference: Conference) -> None:
    """Wait for whoever else opens a year, publishes or undoes here, and make the next ones wait, until the end.

    A district's opening also waits for its city's, which makes the same rows. All are held at once and in one order,
    so that none waits for the other in a circle: call it before anything else is locked.
    """
    together = Conference.objects.filter(pk__in=[conference.pk, conference.upper_id]).order_by("pk")
    list(together.select_for_update(no_key=True).values_list("pk", flat=True))


@transaction.atomic
def open_year(conference: Conference, year: int, *, by: User | None = None) -> Opening:
    """Create the year's duties and empty progress rows; run again, or twice at once, it adds only what is missing.

    Rows that exist are left as they are, answered or not. A year stays with the version that it was opened for: a
    corrected text that is published meanwhile asks nobody twice. A conference without a plan of its own in force is
    opened for what the plan of the conference above asks of it and its members. Raises NothingToOpen when neither
    exists and YearIsClosed for a closed year.
    """
    hold(conference)
    version, upper_version = _basis(conference, year)
    opened, _created = Year.objects.select_related("version").get_or_create(
        conference=conference, year=year, defaults={"version": version, "opened_by": by}
    )
    if opened.state == YearState.CLOSED:
        raise YearIsClosed(_("%(year)s已经关闭。") % {"year": opened})
    if opened.version_id is None and version is not None:
        Year.objects.filter(pk=opened.pk).update(version=version)
        opened.version = version

    opening = Opening(opened)
    members = _members_of(conference, year)
    _create_duties(opening, conference, opened.version, upper_version, members)
    if opened.version is not None:
        _create_progress(opening, opened.version, members)
    elif members:
        _note_that_nothing_is_asked(opening, upper_version)
    is_first = not Event.objects.of(opened).filter(action=Action.OPEN_YEAR).exists()
    if is_first or opening.duties_created or opening.progress_created:
        record(
            opened,
            Action.OPEN_YEAR,
            by=by,
            conference=conference,
            after=YearState.OPEN,
            detail={"duties": opening.duties_created, "progress": opening.progress_created},
        )
    return opening


def preview_opening(conference: Conference, year: int) -> Opening:
    """What ``open_year`` would make now, and nothing made. Raises NothingToOpen and YearIsClosed as it does."""
    version, upper_version = _basis(conference, year)
    opened = Year.objects.select_related("version").filter(conference=conference, year=year).first()
    if opened is not None and opened.state == YearState.CLOSED:
        raise YearIsClosed(_("%(year)s已经关闭。") % {"year": opened})
    opening = Opening(opened or Year(conference=conference, year=year, version=version))
    version = opening.year.version or version
    members = _members_of(conference, year)
    there = set(_duties_of(opening).values_list("obligation_id", "department_id", "obliged_conference_id", "period"))
    wanted = {
        (duty.obligation_id, duty.department_id, duty.obliged_conference_id, duty.period)
        for duty in _wanted_duties(opening, conference, version, upper_version, members)
    }
    opening.duties, opening.duties_created = len(there | wanted), len(wanted - there)
    if version is not None:
        rows, existing = _wanted_progress(opening, version, members)
        opening.progress, opening.progress_created = len(existing) + len(rows), len(rows)
    elif members:
        _note_that_nothing_is_asked(opening, upper_version)
    return opening


def _basis(conference: Conference, year: int) -> tuple[PlanVersion | None, PlanVersion | None]:
    """The conference's own version and the one of the conference above that the year answers to."""
    version = plan_in_force(conference, year)
    upper_version = _version_of_year(conference.upper, year) if conference.upper else None
    if version is None and upper_version is None:
        raise NothingToOpen(
            _("%(conference)s在%(year)s年没有生效的计划，也没有上级计划可依据，无法开启年度。")
            % {"conference": conference.short_name, "year": year}
        )
    return version, upper_version


def _note_that_nothing_is_asked(opening: Opening, upper_version: PlanVersion | None) -> None:
    opening.notes.append(
        _("本级没有生效的计划，只按上级计划%(number)s生成应报事项，不生成条款进展。")
        % {"number": upper_version.document_number if upper_version else ""}
    )


def _members_of(conference: Conference, year: int) -> list[Department]:
    """The units that sit in the conference during ``year``: what 「各成员单位」 means then, in the list's order.

    A year is asked for on its last day or today, whichever comes first, so that reopening an old year does not
    hand it units that did not exist then.
    """
    seats = Membership.objects.filter(conference=conference).in_force_on(day_of(year)).select_related("department")
    return [seat.department for seat in seats.order_by("department__position", "pk")]


def _create_duties(
    opening: Opening,
    conference: Conference,
    version: PlanVersion | None,
    upper_version: PlanVersion | None,
    members: list[Department],
) -> None:
    duties = _wanted_duties(opening, conference, version, upper_version, members)
    before = _duties_of(opening).count()
    Duty.objects.bulk_create(duties, ignore_conflicts=True)
    opening.duties = _duties_of(opening).count()
    opening.duties_created = opening.duties - before


def _wanted_duties(
    opening: Opening,
    conference: Conference,
    version: PlanVersion | None,
    upper_version: PlanVersion | None,
    members: list[Department],
) -> list[Duty]:
    """All that the year asks of anybody, whether it is there already or not; nothing is written."""
    year = opening.year.year
    duties: list[Duty] = []
    if version is not None:
        duties += _own_duties(opening, conference, version, members)
    upper = conference.upper
    # What is owed to a conference whose year is closed is not asked any more.
    if upper_version is not None and upper is not None and not _is_closed(upper, year):
        duties += _duties_from_above(conference, upper, upper_version, members, year, version is None)
    return _not_asked_by_another_version(duties, opening)


def _is_closed(conference: Conference, year: int) -> bool:
    return Year.objects.filter(conference=conference, year=year, state=YearState.CLOSED).exists()


def _not_asked_by_another_version(duties: list[Duty], opening: Opening) -> list[Duty]:
    """Without what an earlier or a corrected text of the same plan has asked of the same unit for the same period.

    A district may have been opened for one version and the city, after a correction, for the next.
    """

    def what(duty: Duty) -> tuple[object, ...]:
        plan = duty.obligation.version.plan_id
        return plan, duty.kind, duty.title, duty.department_id, duty.obliged_conference_id, duty.period

    asked = {what(row): row.obligation_id for row in _duties_of(opening).select_related("obligation__version")}
    return [duty for duty in duties if asked.get(what(duty), duty.obligation_id) == duty.obligation_id]


def _duties_of(opening: Opening) -> DutyQuerySet:
    """The year's duties owed to the conference or by it."""
    conference = opening.year.conference
    return Duty.objects.filter(Q(conference=conference) | Q(obliged_conference=conference), year=opening.year.year)


def _own_duties(
    opening: Opening, conference: Conference, version: PlanVersion, members: list[Department]
) -> list[Duty]:
    """What the conference's own plan asks of its members, of itself and of the conferences below."""
    year = opening.year.year
    duties: list[Duty] = []
    districts: list[Conference] | None = None
    leads: dict[int, list[Department]] = {}
    for obligation in version.obligation_set.filter(kind__in=DUTY_KINDS).select_related("version"):
        periods = obligation.periods(year)
        if obligation.obliged in (Obliged.MEMBERS, Obliged.MEMBERS_EVERY_LEVEL):
            duties += _for_units(obligation, conference, members, year, periods)
        elif obligation.obliged == Obliged.CLAUSE_LEADS:
            # What recurs is the year's own progress and report; a date of its own is a duty of its own.
            if obligation.recurrence == RecurrenceType.ONCE and periods:
                leads = leads or _leads(version, members)
                duties += _for_units(obligation, conference, leads.get(obligation.clause_id, []), year, periods)
        elif obligation.obliged == Obliged.CONFERENCE:
            duties += _for_conferences(obligation, conference, [conference], year, periods)
        elif obligation.obliged == Obliged.LOWER_CONFERENCES:
            if districts is None:
                districts = _districts(opening, conference)
            duties += _for_conferences(obligation, conference, districts, year, periods)
    return duties


def _duties_from_above(
    conference: Conference,
    upper: Conference,
    upper_version: PlanVersion,
    members: list[Department],
    year: int,
    without_own_plan: bool,
) -> list[Duty]:
    """What the plan above asks of this conference, and of its members where it speaks of 「各级」 members.

    A conference's own plan goes before the plan above: with one, the members' report is that plan's business.
    """
    duties: list[Duty] = []
    for obligation in upper_version.obligation_set.filter(kind__in=DUTY_KINDS).select_related("version"):
        periods = obligation.periods(year)
        if obligation.obliged == Obliged.LOWER_CONFERENCES:
            duties += _for_conferences(obligation, upper, [conference], year, periods)
        elif obligation.obliged == Obliged.MEMBERS_EVERY_LEVEL and without_own_plan:
            duties += _for_units(obligation, conference, members, year, periods)
    return duties


def _leads(version: PlanVersion, members: list[Department]) -> dict[int, list[Department]]:
    """By clause, the units that lead it: those named, or all members where it names them together."""
    leads: dict[int, list[Department]] = {}
    for responsibility in version.responsibility_set.leading().select_related("department").order_by("position"):
        units = leads.setdefault(responsibility.clause_id, [])
        if responsibility.department is not None:
            units.append(responsibility.department)
        elif "成员单位" in responsibility.group:
            units += [member for member in members if member not in units]
    return leads


def _districts(opening: Opening, conference: Conference) -> list[Conference]:
    """The conferences below whose division exists on the year's last day; the abolished ones are named in a note."""
    last_day = date(opening.year.year, 12, 31)
    standing, abolished = [], []
    for district in conference.lower.select_related("jurisdiction").order_by("code"):
        place = district.jurisdiction
        if place.valid_from is not None and place.valid_from > last_day:
            continue
        if place.valid_to is not None and place.valid_to < last_day:
            abolished.append(place)
        else:
            standing.append(district)
    if abolished:
        opening.notes.append(
            _("%(names)s在%(year)s年底前已经撤销，未生成应报事项；过渡期由谁报送请核对。")
            % {"names": "、".join(place.name for place in abolished), "year": opening.year.year}
        )
    return standing


def _for_units(
    obligation: Obligation,
    owed_to: Conference,
    units: list[Department],
    year: int,
    periods: list[tuple[str, date]],
) -> list[Duty]:
    recipients = [recipient_name(written, owed_to, owed_to) for written in obligation.recipients]
    return [
        Duty(
            conference=owed_to,
            year=year,
            obligation=obligation,
            kind=obligation.kind,
            title=obligation.title,
            department=unit,
            period=period,
            due_on=due_on,
            planned_on=due_on,
            recipients=recipients,
        )
        for period, due_on in periods
        for unit in units
    ]


def _for_conferences(
    obligation: Obligation,
    owed_to: Conference,
    conferences: list[Conference],
    year: int,
    periods: list[tuple[str, date]],
) -> list[Duty]:
    return [
        Duty(
            conference=owed_to,
            year=year,
            obligation=obligation,
            kind=obligation.kind,
            title=obligation.title,
            obliged_conference=obliged,
            period=period,
            due_on=due_on,
            planned_on=due_on,
            recipients=[recipient_name(written, owed_to, obliged) for written in obligation.recipients],
        )
        for period, due_on in periods
        for obliged in conferences
    ]


def recipient_name(written: str, owed_to: Conference, obliged: Conference) -> str:
    """Whom the document's words mean for this unit: 「同级人民政府」 is the government of the unit's own level.

    ``owed_to`` is the conference that the duty is owed to, ``obliged`` the one whose level 「同级」 means. Words
    that name somebody else stay as written.
    """
    if "政府" in written:
        return obliged.government_name if written.startswith(("同级", "本级")) and obliged.government_name else written
    if "联席会议" in written and "办公室" in written:
        return (obliged if written.startswith(("同级", "本级")) else owed_to).office_name
    return written


def _create_progress(opening: Opening, version: PlanVersion, members: list[Department]) -> None:
    rows, there = _wanted_progress(opening, version, members)
    Progress.objects.bulk_create(rows, ignore_conflicts=True)
    opening.progress = Progress.objects.filter(conference=version.conference_id, year=opening.year.year).count()
    opening.progress_created = opening.progress - len(there)


def _wanted_progress(
    opening: Opening, version: PlanVersion, members: list[Department]
) -> tuple[list[Progress], set[tuple[int, int]]]:
    """The empty rows that the year lacks, and the responsibilities with their units of those that are there.

    One row per responsibility of a unit; a group's responsibility is one row for each member. A member that the
    clause names already (as its lead, say) is not asked twice. Nothing is written.
    """
    year = opening.year.year
    responsibilities = list(Responsibility.objects.filter(version=version).order_by("clause__position", "position"))
    named: dict[int, set[int]] = {}
    for responsibility in responsibilities:
        if responsibility.department_id is not None:
            named.setdefault(responsibility.clause_id, set()).add(responsibility.department_id)
    existing = Progress.objects.filter(conference=version.conference_id, year=year)
    # A year that goes over to a new version has nearly all of its rows: these are not made in order to be refused.
    there = set(existing.order_by().values_list("responsibility_id", "department_id"))
    rows: list[Progress] = []
    for responsibility in responsibilities:
        if responsibility.department_id is not None:
            units = [responsibility.department_id]
        elif "成员单位" in responsibility.group:
            opening.groups += 1
            already = named.setdefault(responsibility.clause_id, set())
            units = [member.pk for member in members if member.pk not in already]
            already.update(units)
        else:
            # 「各区县」 and the like are no units of this conference: their own ledgers answer.
            opening.groups += 1
            continue
        rows += [
            Progress(
                conference_id=version.conference_id,
                year=year,
                responsibility=responsibility,
                clause_id=responsibility.clause_id,
                department_id=unit,
                role=responsibility.role,
            )
            for unit in units
            if (responsibility.pk, unit) not in there
        ]
    opening.responsibilities = len(responsibilities)
    return rows, there
