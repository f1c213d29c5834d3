"""Writing a report: its head and its sections, each with a version of its own, so that two people write two at once.

Everybody who writes holds the row that is handed in (the duty; without one, the report), so that nobody's text slips
into a report that is being filed, and none is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Event, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, ReportSection
from reporting.plain_text import as_people_see
from reporting.services.closing import write_in_years
from reporting.services.refusals import WrongState
from reporting.services.reports import is_locked

HEAD_FIELDS = ("title", "addressee", "signatory", "document_number", "dated_on")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the text."""

    title: str
    addressee: str
    signatory: str
    document_number: str
    dated_on: date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The state in which a form showed something: its version, and the digest of what it said."""

    version: int
    digest: str


@dataclass(slots=True)
class Written:
    """What a form is to be shown with from now on: the report's own version, and that of each section by its id."""

    head: Seen | None = None
    sections: dict[int, Seen] = field(default_factory=dict)


class StaleReport(Exception):
    """Somebody else has written what the form changes: ``sections`` as they are now, by id, None for one that is gone.

    ``head`` is the report as it is now, where its head is in question.
    """

    def __init__(self, sections: Mapping[int, ReportSection | None], head: AnnualReport | None) -> None:
        super().__init__(_("在您填写期间，报告已被他人修改。"))
        self.sections = sections
        self.head = head


def plain(text: str) -> str:
    """A text as sections keep it: as a form would give it back, so that showing it changes nothing."""
    return as_people_see(text).strip()


def digest_of(text: str) -> str:
    """Short, for a form to carry: says whether a text is still the one that was shown."""
    return sha256(plain(text).encode()).hexdigest()[:12]


def digest_of_head(head: Head) -> str:
    return digest_of("\x1f".join(str(getattr(head, name) or "") for name in HEAD_FIELDS).replace("\x1f", "\n"))


def head_of(report: AnnualReport) -> Head:
    return Head(**{name: getattr(report, name) for name in HEAD_FIELDS})


def seen_of(section: ReportSection) -> Seen:
    return Seen(section.lock_version, digest_of(section.body))


def seen_of_head(report: AnnualReport) -> Seen:
    return Seen(report.lock_version, digest_of_head(head_of(report)))


def hold(report: AnnualReport) -> AnnualReport:
    """Hold the report to write it, inside the caller's transaction, and return it as it is.

    Raises YearIsOver when its year, or the year of the conference that it is owed to, is closed, and WrongState when
    it is on its way or has arrived.
    """
    # Years before duties, as a new version of a plan holds them.
    asking = report.duty.conference_id if report.duty is not None else None
    write_in_years([(report.conference_id, report.year), (asking, report.year)])
    duty = None
    if report.duty is not None:
        duty = Duty.objects.select_for_update(of=("self",)).get(pk=report.duty.pk)
    held = AnnualReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    held.duty = duty
    if is_locked(held):
        raise WrongState(_locked_text(held))
    return held


def _locked_text(report: AnnualReport) -> str:
    if report.duty is None:
        return _("报告已经定稿，不能修改；如需修改请先重新打开。")
    if report.duty.state == EntryState.ACCEPTED:
        return _("报告已审核通过，不能修改。")
    if report.duty.state == EntryState.CLOSED:
        return _("计划的新版本不再要求这份报告，不能修改。")
    return _("报告已经送出，现在不能修改；如需修改请先撤回。")


@transaction.atomic
def write_report(
    report: AnnualReport,
    *,
    by: User,
    bodies: Mapping[int, str],
    seen: Mapping[int, Seen],
    head: Head | None = None,
    seen_head: Seen | None = None,
) -> Written:
    """Write the sections (by id) and the head that differ from what the form showed; return what it shows now.

    What the person has not touched stays as it is, whoever wrote it meanwhile, and keeps its old mark. Of what both
    touched nothing is written: StaleReport says what is there, and the whole form is refused. Raises WrongState
    (YearIsOver) for a report that is locked, so that what was typed can be shown again.
    """
    held = hold(report)
    current = {section.pk: section for section in held.sections.filter(pk__in=bodies)}
    written = Written()
    stale: dict[int, ReportSection | None] = {}
    changed: list[tuple[ReportSection, str]] = []
    for pk, body in bodies.items():
        section, shown, text = current.get(pk), seen[pk], plain(body)
        if section is not None and section.body == text:
            written.sections[pk] = seen_of(section)
        elif digest_of(text) == shown.digest:
            written.sections[pk] = shown
        elif section is None or section.lock_version != shown.version:
            stale[pk] = section
        else:
            changed.append((section, text))
    stale_head = _write_head(held, head, seen_head, written, refused=bool(stale))
    if stale or stale_head:
        raise StaleReport(stale, held if stale_head else None)
    for section, text in changed:
        ReportSection.objects.filter(pk=section.pk).update(body=text, lock_version=F("lock_version") + 1)
        written.sections[section.pk] = Seen(section.lock_version + 1, digest_of(text))
    head_changed = head is not None and written.head != seen_head
    if changed or head_changed:
        note_hand(held, by=by)
    return written


def _write_head(held: AnnualReport, head: Head | None, seen: Seen | None, written: Written, *, refused: bool) -> bool:
    """Write the head if it was touched; True if somebody else has written it meanwhile."""
    if head is None or seen is None:
        return False
    mine = digest_of_head(head)
    if head == head_of(held):
        written.head = seen_of_head(held)
    elif mine == seen.digest:
        written.head = seen
    elif held.lock_version != seen.version:
        return True
    elif not refused:
        values = {name: getattr(head, name) for name in HEAD_FIELDS}
        AnnualReport.objects.filter(pk=held.pk).update(**values, lock_version=F("lock_version") + 1)
        written.head = Seen(held.lock_version + 1, mine)
    return False


def note_hand(report: AnnualReport, *, by: User) -> None:
    """Note who wrote last, begin what was not begun, and put everybody who writes into the trail once.

    Whoever wrote a report does not review it: that is asked of the trail of the duty.
    """
    now = timezone.now()
    AnnualReport.objects.filter(pk=report.pk).update(updated_at=now, updated_by=by)
    duty = report.duty
    if duty is None:
        if not Event.objects.of(report).filter(actor=by, action=Action.WRITE_REPORT).exists():
            record(report, Action.WRITE_REPORT, by=by, conference=report.conference_id)
        return
    is_new_hand = (
        duty.updated_by_id != by.pk and not Event.objects.of(duty).filter(actor=by, action=Action.START).exists()
    )
    before = duty.state
    after = EntryState.DRAFT if before == EntryState.OPEN else before
    Duty.objects.filter(pk=duty.pk).update(state=after, updated_at=now, updated_by=by)
    duty.state, duty.updated_at, duty.updated_by = after, now, by
    if is_new_hand or before == EntryState.OPEN:
        record(
            duty,
            Action.START,
            by=by,
            conference=duty.conference_id,
            department=duty.department_id,
            before=before,
            after=after,
        )


@transaction.atomic
def restore_section(report: AnnualReport, key: str, *, by: User) -> None:
    """Put back what compiling last found for one section, in place of what a person made of it.

    Raises WrongState for a locked report, and ReportSection.DoesNotExist.
    """
    held = hold(report)
    section = held.sections.get(key=key)
    if section.body == section.compiled_body:
        return
    ReportSection.objects.filter(pk=section.pk).update(body=section.compiled_body, lock_version=F("lock_version") + 1)
    note_hand(held, by=by)
    record(
        held,
        Action.COMPILE,
        by=by,
        conference=held.conference_id,
        department=held.department_id,
        detail={"restored": section.key},
    )
