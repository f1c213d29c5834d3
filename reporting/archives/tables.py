"""The rows of a year for machines: JSON Lines, one file a table, as far as the conference's office may read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, FileField, Model, Q, QuerySet
from django.utils import timezone

from departments.access import Access
from departments.models import Department, User
from departments.scoping import ScopedQuerySet
from measures.models import Clause, Obligation, Responsibility
from reporting.models import (
    Adoption,
    AnnualReport,
    Assessment,
    AssessmentResult,
    Attachment,
    Attendance,
    Carry,
    Circular,
    Criterion,
    Duty,
    Extension,
    Figure,
    FigureSheet,
    Filing,
    FirstLead,
    Indicator,
    InputRequest,
    Meeting,
    Progress,
    ReportSection,
    Supervision,
    SupervisionStep,
    Urge,
    Year,
)
from reporting.models.entries import DutyQuerySet, ProgressQuerySet
from reporting.services.entries import TEXT_FIELDS

_AT_ONCE = 500
# Where a row says of which year it is; the conference is its own.
_BY_YEAR: dict[str, tuple[type[Model], str]] = {
    "第一责任单位": (FirstLead, "year"),
    "材料请求": (InputRequest, "progress__year"),
    "延期": (Extension, "duty__year"),
    "催办": (Urge, "duty__year"),
    "数据表": (FigureSheet, "year"),
    "会议": (Meeting, "year"),
    "出席": (Attendance, "meeting__year"),
    "评估": (Assessment, "year"),
    "评估指标": (Criterion, "assessment__year"),
    "评估结果": (AssessmentResult, "assessment__year"),
    "通报": (Circular, "year"),
    "督办": (Supervision, "year"),
    "督办进展": (SupervisionStep, "supervision__year"),
    "换版": (Adoption, "year__year"),
    "承接": (Carry, "adoption__year__year"),
}
_OF_PLAN: dict[str, type[Model]] = {"条款": Clause, "责任": Responsibility, "时限义务": Obligation}
# What has a file of its own, or is no fact but a path on a disk.
_LEFT_OUT = {(Filing, "snapshot"), (ReportSection, "compiled_body")}


def tables_of(year: Year, reader: Access) -> Iterator[tuple[str, QuerySet[Any], tuple[str, ...]]]:
    """Name, rows, and the columns that are empty in rows without ``is_readable``; in the archive's order."""
    conference, number = year.conference_id, year.year
    yield "年度", Year.objects.filter(pk=year.pk), ()
    yield "单位", Department.objects.filter(conference=conference).order_by("pk"), ()
    if year.version_id is not None:
        for name, of_plan in _OF_PLAN.items():
            yield name, of_plan._default_manager.filter(version=year.version_id).order_by("pk"), ()
    for name, entry, scope in (
        ("应报事项", Duty, DutyQuerySet.text_scope),
        ("进展", Progress, ProgressQuerySet.text_scope),
    ):
        rows = entry._default_manager.filter(conference=conference, year=number).order_by("pk")
        readable = ExpressionWrapper(scope(reader), output_field=BooleanField())
        yield name, rows.annotate(is_readable=readable), TEXT_FIELDS[entry]
    for name, (model, path) in _BY_YEAR.items():
        yield name, _seen(model, reader, Q(conference=conference, **{path: number})), ()
    yield "指标", Indicator.objects.filter(conference=conference).in_force_in(number).order_by("pk"), ()
    figures = Q(progress__year=number) | Q(sheet__year=number)
    yield "数据", _seen(Figure, reader, figures & Q(conference=conference)), ()
    reports = _seen(AnnualReport, reader, Q(year=number)).filter(
        Q(conference=conference) | Q(duty__conference=conference)
    )
    yield "年度报告", reports, ()
    yield "报告章节", _seen(ReportSection, reader, Q(report__in=reports.order_by().values("pk"))), ()
    yield "报送", filings_of(year, reader), ()
    yield "附件", attachments_of(year, reader), ()


def filings_of(year: Year, reader: Access) -> QuerySet[Filing]:
    """What was filed to the conference, and its own reports, in the year; what was taken back is not among them."""
    mine = Q(recipient=year.conference_id) | Q(report__department=None, report__conference=year.conference_id)
    return _seen(Filing, reader, mine & Q(report__year=year.year, withdrawn_at=None))


def attachments_of(year: Year, reader: Access) -> QuerySet[Attachment]:
    of_year = Q(progress__year=year.year) | Q(duty__year=year.year)
    return _seen(Attachment, reader, of_year & Q(conference=year.conference_id))


def _seen(model: type[Model], reader: Access, condition: Q) -> QuerySet[Any]:
    rows = model._default_manager.filter(condition)
    assert isinstance(rows, ScopedQuerySet)  # noqa: S101 - every model of the year has a scope
    return rows.filter(rows.scope(reader)).order_by("pk")


class People:
    """Whoever a row speaks of, by number; written at the end, so that numbers have names."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()

    def rows(self) -> Iterator[dict[str, Any]]:
        known = User.objects.filter(pk__in=self.numbers).order_by("pk")
        for number, username, name in known.values_list("pk", "username", "name"):
            yield {"id": number, "username": username, "name": name}


def lines_of(rows: QuerySet[Any], hidden: tuple[str, ...], people: People) -> Iterator[dict[str, Any]]:
    """Each row with its columns as JSON has them; foreign keys are numbers, of files only their digests are told."""
    fields = [
        field
        for field in rows.model._meta.concrete_fields
        if not isinstance(field, FileField) and (rows.model, field.name) not in _LEFT_OUT
    ]
    users = [field.attname for field in fields if field.is_relation and field.related_model is User]
    for row in rows.iterator(chunk_size=_AT_ONCE):
        line = {field.attname: _plain(getattr(row, field.attname)) for field in fields}
        if hidden and not row.is_readable:
            line |= dict.fromkeys(hidden)
        people.numbers.update(number for name in users if (number := line[name]) is not None)
        yield line


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return timezone.localtime(value).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case UUID():
            return str(value)
        case _:
            return value
