"""数据表: the numbers of one unit's year, typed once, read by every page and report that needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Department, Event, User
from departments.models.events import Action
from departments.services import record
from reporting.enums import EntryState
from reporting.models import Duty, Figure, FigureSheet, Indicator
from reporting.models.figures import MEANING
from reporting.services.closing import write_in_year
from reporting.services.figures.asking import indicators_for, order_of
from reporting.services.figures.questions import Question, is_answered, question_about
from reporting.services.refusals import WrongState


@dataclass(frozen=True, slots=True)
class SheetInput:
    """What a form gives for one indicator. ``value`` None and ``as_written`` empty: nothing, which is not zero."""

    indicator: int
    value: Decimal | None = None
    as_written: str = ""
    cannot_be_counted: bool = False
    explanation: str = ""

    @property
    def is_empty(self) -> bool:
        return self == SheetInput(self.indicator)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A unit's sheet as it is: what is asked, what is there, and what was there last year, by the indicator's key.

    ``row`` is unsaved, with version 0, while nobody has written.
    """

    department: Department
    year: int
    row: FigureSheet
    indicators: list[Indicator]
    figures: dict[int, Figure]
    last_year: dict[int, Figure]

    def question(self, indicator: Indicator) -> Question | None:
        """What is to be explained about the number that is there."""
        figure, last = self.figures.get(indicator.pk), self.last_year.get(indicator.pk)
        return question_about(indicator, figure.value if figure else None, last.value if last else None)


class StaleSheet(Exception):
    """Somebody else has written since the form was opened; ``current`` is the sheet as it is now."""

    def __init__(self, current: Sheet) -> None:
        super().__init__(_("在您填写期间，数据表已被他人修改。"))
        self.current = current


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A number that must be seen to before the report is filed; ``question`` None: nothing was entered."""

    indicator: Indicator
    question: Question | None
    cannot_be_counted: bool = False

    @property
    def reason(self) -> str:
        """What is missing, for people."""
        if self.cannot_be_counted:
            return _("无法统计的，请说明原因。")
        return str(self.question) if self.question else _("未填；没有的填 0，统计不了的勾选“无法统计”。")


def sheet_of(department: Department, year: int) -> Sheet:
    """The unit's sheet; nothing is written. Seven queries at most; needs ``department.conference``.

    What it has a number of stays in it, asked of the unit by now or not: who reports an indicator may change, the
    years that were reported do not.
    """
    indicators = indicators_for(department, year)
    row = FigureSheet.objects.filter(department=department, year=year).select_related("updated_by").first()
    if row is not None:
        asked = [indicator.pk for indicator in indicators]
        more = Indicator.objects.filter(figures__sheet=row).exclude(pk__in=asked).select_related("conference")
        indicators = sorted([*indicators, *more.order_by()], key=lambda one: order_of(one, department.conference_id))
    return sheet_with(department, year, row, indicators)


def sheet_with(department: Department, year: int, row: FigureSheet | None, indicators: list[Indicator]) -> Sheet:
    """The sheet of which ``row`` and what is asked are known: one query, for its numbers and last year's."""
    found = Figure.objects.filter(
        sheet__department=department, sheet__year__in=(year, year - 1), indicator__in=indicators
    ).select_related("sheet")
    figures: dict[int, dict[int, Figure]] = {year: {}, year - 1: {}}
    for figure in found:
        assert figure.sheet is not None  # noqa: S101 - the filter above
        assert figure.indicator_id is not None  # noqa: S101 - figures of a sheet have one
        figures[figure.sheet.year][figure.indicator_id] = figure
    row = row or FigureSheet(conference_id=department.conference_id, department=department, year=year)
    return Sheet(department, year, row, indicators, figures[year], figures[year - 1])


def lock_of(department: Department, year: int, *, held: bool = False) -> str:
    """Why the unit's numbers cannot be written now, as a sentence; empty where they can.

    They belong to the annual report: before the head, and once it is handed in, both stand still. Where the plan asks
    for several reports in a year, the next one needs them again. ``held``: the reports wait for this transaction.
    """
    reports = Duty.objects.reports().in_force().filter(department=department, year=year)
    if held:
        reports = reports.select_for_update(of=("self",), no_key=True)
    states = list(reports.order_by("pk").values_list("state", flat=True))
    if EntryState.TO_SIGN in states:
        return _("年度报告正在等待负责人签批，数据不能修改；如需修改请先撤回年度报告。")
    if not states or any(state in EntryState.editable() for state in states):
        return ""
    if EntryState.SUBMITTED in states:
        return _("年度报告已经报送，数据不能修改；如需修改请先撤回年度报告。")
    return _("年度报告已审核通过，数据不能修改；如需修改，请反拐办重新打开年度报告。")


@transaction.atomic(savepoint=False)
def save_sheet(sheet: Sheet, *, by: User, lock_version: int, inputs: Sequence[SheetInput]) -> Sheet:
    """Write what the unit typed and return the sheet as it is then, with its new version.

    ``lock_version`` is the one that the form was opened with; indicators without an input stay as they are. What says
    nothing new writes nothing. Raises YearIsOver, WrongState when the report is on its way (``lock_of``), StaleSheet
    when somebody else has written, and ValueError for an indicator that is not asked of the unit.

    Everybody who writes is in the trail once for each sheet; the numbers themselves are frozen when the report is filed.
    """
    asked = {indicator.pk: indicator for indicator in sheet.indicators}
    if unknown := [one.indicator for one in inputs if one.indicator not in asked]:
        raise ValueError(f"not asked of this unit: {unknown}")
    write_in_year(sheet.department.conference_id, sheet.year)
    if locked := lock_of(sheet.department, sheet.year, held=True):
        raise WrongState(locked)
    row = FigureSheet.objects.filter(department=sheet.department, year=sheet.year).first()
    current = sheet_with(sheet.department, sheet.year, row, sheet.indicators)
    changes = list(_changes(current, inputs))
    if not changes:
        return current
    row = _claimed(current, lock_version, by)
    is_new_hand = not Event.objects.of(row).filter(actor=by, action=Action.FIGURES).exists()
    _write(current, row, asked, changes)
    if is_new_hand:
        record(row, Action.FIGURES, by=by, conference=row.conference_id, department=row.department_id)
    return sheet_with(sheet.department, sheet.year, row, sheet.indicators)


def _changes(current: Sheet, inputs: Iterable[SheetInput]) -> Iterator[tuple[SheetInput, Figure | None]]:
    """The inputs that say something else than the figure that is there."""
    for one in inputs:
        figure = current.figures.get(one.indicator)
        if one != (input_of(figure) if figure else SheetInput(one.indicator)):
            yield one, figure


def input_of(figure: Figure) -> SheetInput:
    """What is stored, as a form would give it."""
    assert figure.indicator_id is not None  # noqa: S101 - figures of a sheet have one
    return SheetInput(
        indicator=figure.indicator_id,
        value=figure.value,
        as_written=figure.as_written,
        cannot_be_counted=figure.cannot_be_counted,
        explanation=figure.explanation,
    )


def _claimed(current: Sheet, lock_version: int, by: User) -> FigureSheet:
    """The sheet's row, made if there was none, with its next version; StaleSheet if it is not the one expected."""
    department, year = current.department, current.year
    row, _created = FigureSheet.objects.get_or_create(
        department=department, year=year, defaults={"conference_id": department.conference_id}
    )
    now = timezone.now()
    claimed = FigureSheet.objects.filter(pk=row.pk, lock_version=lock_version).update(
        lock_version=F("lock_version") + 1, updated_at=now, updated_by=by
    )
    if not claimed:
        latest = FigureSheet.objects.select_related("updated_by").get(pk=row.pk)
        raise StaleSheet(sheet_with(department, year, latest, current.indicators))
    row.lock_version, row.updated_at, row.updated_by = lock_version + 1, now, by
    return row


def _write(
    current: Sheet,
    row: FigureSheet,
    asked: dict[int, Indicator],
    changes: Sequence[tuple[SheetInput, Figure | None]],
) -> None:
    places = {indicator.pk: place for place, indicator in enumerate(current.indicators)}
    new: list[Figure] = []
    changed: list[Figure] = []
    gone: list[int] = []
    for one, figure in changes:
        if one.is_empty and figure is not None:
            gone.append(figure.pk)
            continue
        is_new = figure is None
        figure = figure or Figure(conference_id=row.conference_id, sheet=row, indicator=asked[one.indicator])
        # What it was called when it was counted stays beside the number.
        figure.position, figure.name = places[one.indicator], asked[one.indicator].name
        figure.unit = asked[one.indicator].unit
        figure.value, figure.as_written = one.value, one.as_written
        figure.cannot_be_counted, figure.explanation = one.cannot_be_counted, one.explanation
        (new if is_new else changed).append(figure)
    if gone:
        Figure.objects.filter(pk__in=gone).delete()
    if changed:
        fields = ["position", "name", "unit", "value", "as_written", "cannot_be_counted", "explanation"]
        Figure.objects.bulk_update(changed, fields)
    if new:
        Figure.objects.bulk_create(new)
        _refuse_changed((asked[figure.indicator_id] for figure in new if figure.indicator_id is not None), row.year)


def _refuse_changed(read: Iterable[Indicator], year: int) -> None:
    """The first numbers of an indicator are here, so that its meaning is fixed; is it the one that was read?

    Whoever changes a meaning or ends it holds the indicator (dictionary.change_indicator). Held here as well, until
    these rows can be seen: their foreign keys are looked at when the transaction ends, and hold nothing before.
    """
    before = {indicator.pk: indicator for indicator in read}
    held = Indicator.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=before).order_by("pk")
    for now in held:
        if any(getattr(now, name) != getattr(before[now.pk], name) for name in MEANING):
            raise WrongState(_("指标“%(name)s”的含义刚刚有改动，请刷新页面核对后再填。") % {"name": now.name})
        if not (now.starts_year or year) <= year <= (now.ends_year or year):
            raise WrongState(_("指标“%(name)s”刚刚停用，%(year)d年度不再填报。") % {"name": now.name, "year": year})


def unanswered(department: Department, year: int) -> list[Unanswered]:
    """What must be seen to before the unit files its report: no number, or a question without its explanation."""
    sheet = sheet_of(department, year)
    return list(unanswered_in(sheet))


def unanswered_in(sheet: Sheet) -> Iterator[Unanswered]:
    for indicator in sheet.indicators:
        figure, question = sheet.figures.get(indicator.pk), sheet.question(indicator)
        if not is_answered(figure, question):
            yield Unanswered(indicator, question, figure is not None and figure.cannot_be_counted)
