"""Rows of the dictionary, of units' sheets and of filed reports: factories as in tests/factories.py."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from departments.models import Conference, User
from measures.enums import Obliged
from reporting.enums import Reporters
from reporting.models import AnnualReport, Duty, Figure, FigureSheet, Filing, Indicator
from tests.factories import ConferenceFactory, DepartmentFactory, DutyFactory, ObligationFactory, UserFactory, this_year


class IndicatorFactory(DjangoModelFactory):
    """Reported by every member; ``named=[…]`` by these units only."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    conference = factory.SubFactory(ConferenceFactory)
    code = factory.Sequence(lambda number: f"Z{number}")
    name = factory.Sequence(lambda number: f"第{number}项指标")
    definition = "数的是什么。"
    unit = "场"
    position = factory.Sequence(int)
    reporters = Reporters.MEMBERS

    @factory.post_generation
    def named(self: Any, create: bool, extracted: list[Any] | None, **kwargs: Any) -> None:
        if create and extracted is not None:
            self.departments.set(extracted)
            self.reporters = Reporters.NAMED
            self.save(update_fields=["reporters"])


class FigureSheetFactory(DjangoModelFactory):
    class Meta:
        model = FigureSheet

    department = factory.SubFactory(DepartmentFactory, member=True)
    conference = factory.SelfAttribute("department.conference")
    year = factory.LazyFunction(this_year)


class FigureFactory(DjangoModelFactory):
    """A number in a unit's sheet."""

    class Meta:
        model = Figure

    class Params:
        uncountable = factory.Trait(value=None, as_written="", cannot_be_counted=True, explanation="没有台账。")

    sheet = factory.SubFactory(FigureSheetFactory)
    conference = factory.SelfAttribute("sheet.conference")
    indicator = factory.SubFactory(IndicatorFactory, conference=factory.SelfAttribute("..conference"))
    position = factory.SelfAttribute("indicator.position")
    name = factory.SelfAttribute("indicator.name")
    unit = factory.SelfAttribute("indicator.unit")
    value = 7
    as_written = factory.LazyAttribute(lambda row: "" if row.value is None else str(row.value))


def frozen(indicator: Indicator, value: Any, **more: Any) -> dict[str, Any]:
    """A number as the snapshot of a filing keeps it."""
    return {
        "dictionary": indicator.conference.code,
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "value": None if value is None else str(value),
        "as_written": "" if value is None else str(value),
        "cannot_be_counted": False,
        **more,
    }


def file_of_district(
    city: Conference, district: Conference, figures: list[dict[str, Any]], *, year: int = 0, **fields: Any
) -> Filing:
    """The report that a district has filed to the city, with these numbers; ``round=2`` once more."""
    year = year or this_year()
    by: User = fields.pop("filed_by", None) or UserFactory()
    round_ = fields.pop("round", 1)
    duty = fields.pop("duty", None) or duty_of_district(city, district, year)
    report, _made = AnnualReport.objects.get_or_create(
        duty=duty, defaults={"conference": district, "year": year, "title": "年度反拐工作情况的报告"}
    )
    return Filing.objects.create(
        conference=district,
        recipient=city,
        report=report,
        round=round_,
        snapshot={"schema": "antitrafficking/annual-report", "version": 1, "figures": figures},
        sha256="0" * 64,
        receipt_number=f"{district.code}-{year}-{round_}",
        filed_by=by,
        **fields,
    )


def duty_of_district(city: Conference, district: Conference, year: int = 0, **fields: Any) -> Duty:
    year = year or this_year()
    found = Duty.objects.filter(conference=city, obliged_conference=district, year=year).first()
    if found is not None:
        return found
    obligation = ObligationFactory(obliged=Obliged.LOWER_CONFERENCES, clause__version__conference=city)
    row: Duty = DutyFactory(
        obligation=obligation,
        department=None,
        obliged_conference=district,
        year=year,
        **({"submitted": True} | fields),
    )
    return row


def report_of_unit(department: Any, year: int = 0, **state: Any) -> Duty:
    """The annual report that a unit owes, in some state: ``submitted=True``."""
    obligation = ObligationFactory(clause__version__conference=department.conference)
    row: Duty = DutyFactory(obligation=obligation, department=department, year=year or this_year(), **state)
    return row
