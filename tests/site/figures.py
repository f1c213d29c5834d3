"""The dictionary of indicators, the sheets of units, and the sums that an office sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from departments.models.events import Action
from reporting.models import Indicator
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory, file_of_district, frozen

if TYPE_CHECKING:
    from tests.ledger import Ledger
    from tests.world import World

# The lead unit's report is still being written, those of the others are handed in (tests/world.py).
TABLE = """
                                                    anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
reporting:figures           lead_sheet       GET    in        .        200  .    .       200  .     .          .        .        .        .        .       .     .       .
reporting:figures           coop_sheet       GET    in        .        .    200  .       .    200   200        .        .        .        .        .       .     200     .
reporting:figures           county_sheet     GET    in        .        .    .    .       .    .     .          200      200      200      .        .       .     .       .
reporting:figures           abroad_sheet     GET    in        .        .    .    .       .    .     .          .        .        .        200      200     .     .       .
reporting:figures           lead_sheet       POST   in        .        422  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:figures           coop_sheet       POST   in        .        .    409  .       .    403   403        .        .        .        .        .       .     403     .
reporting:figures           county_sheet     POST   in        .        .    .    .       .    .     .          403      409      403      .        .       .     .       .
reporting:figures           abroad_sheet     POST   in        .        .    .    .       .    .     .          .        .        .        409      403     .     .       .
reporting:figures_autosave  lead_sheet       POST   in        .        422  .    .       403  .     .          .        .        .        .        .       .     .       .
reporting:figures_autosave  coop_sheet       POST   in        .        .    422  .       .    403   403        .        .        .        .        .       .     403     .
reporting:figures_autosave  county_sheet     POST   in        .        .    .    .       .    .     .          403      422      403      .        .       .     .       .
reporting:figures_autosave  abroad_sheet     POST   in        .        .    .    .       .    .     .          .        .        .        422      403     .     .       .
reporting:figure_sums       city_year        GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:figure_sums       county_year      GET    in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:figure_sums       abroad_year      GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:figure_matrix     city_year        GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:figure_matrix     county_year      GET    in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:figure_matrix     abroad_year      GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:figure_sums_xlsx  city_year        GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:figure_sums_xlsx  county_year      GET    in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:figure_sums_xlsx  abroad_year      GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:indicators        city_year        GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:indicators        county_year      GET    in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:indicators        abroad_year      GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:indicators_suggested city_year     POST   in        .        .    .    .       .    302   302        .        .        .        .        .       .     403     .
reporting:indicators_suggested county_year   POST   in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
reporting:indicators_suggested abroad_year   POST   in        .        .    .    .       .    .     .          .        .        .        .        302     .     .       .
reporting:indicator_add     city_year        GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     403     .
reporting:indicator_add     county_year      GET    in        .        .    .    .       .    .     .          200      .        403      .        .       .     .       .
reporting:indicator_add     abroad_year      GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:indicator_add     city_year        POST   in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:indicator_add     county_year      POST   in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:indicator_add     abroad_year      POST   in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:indicator         city_indicator   GET    in        .        .    .    .       .    200   200        .        .        .        .        .       .     200     .
reporting:indicator         county_indicator GET    in        .        .    .    .       .    .     .          200      .        200      .        .       .     .       .
reporting:indicator         abroad_indicator GET    in        .        .    .    .       .    .     .          .        .        .        .        200     .     .       .
reporting:indicator         city_indicator   POST   in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:indicator         county_indicator POST   in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:indicator         abroad_indicator POST   in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:indicator_end     city_indicator   POST   in        .        .    .    .       .    422   422        .        .        .        .        .       .     403     .
reporting:indicator_end     county_indicator POST   in        .        .    .    .       .    .     .          422      .        403      .        .       .     .       .
reporting:indicator_end     abroad_indicator POST   in        .        .    .    .       .    .     .          .        .        .        .        422     .     .       .
reporting:indicator_units   city_indicator   POST   in        .        .    .    .       .    .     .          302      .        403      .        .       .     .       .
"""

SCOPES = """
                                            anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
indicator       city_indicator              .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
indicator       city_only_indicator         .         .        x    x    x       x    x     x          .        .        .        .        .       x     x       x
indicator       county_indicator            .         .        .    .    .       .    .     .          x        x        x        .        .       x     x       x
indicator       abroad_indicator            .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
indicatorunit   of city_indicator           .         .        x    x    x       x    x     x          x        x        x        .        .       x     x       x
indicatorunit   of abroad_indicator         .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       x
figuresheet     lead_sheet                  .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
figuresheet     coop_sheet                  .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
figuresheet     county_sheet                .         .        .    .    .       .    .     .          x        x        x        .        .       .     .       .
figuresheet     abroad_sheet                .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
figure          of lead_sheet               .         .        x    .    .       x    .     .          .        .        .        .        .       .     .       .
figure          of coop_sheet               .         .        .    x    .       .    x     x          .        .        .        .        .       .     x       .
figure          of county_sheet             .         .        .    .    .       .    .     .          x        x        x        .        .       .     .       .
figure          of abroad_sheet             .         .        .    .    .       .    .     .          .        .        .        x        x       .     .       .
"""

ADMIN_TABLE = """
                                               admin auditor dauditor super
reporting_indicator        changelist -        200   200     200      200
reporting_indicator        add        -        200   403     403      200
reporting_indicator        change     own      200   200     .        200
reporting_indicator        change     foreign  .     .       .        200
reporting_indicator        delete     own      200   403     403      200
reporting_indicator        delete     foreign  .     403     403      200
reporting_indicator        history    own      200   200     .        200
reporting_indicator        history    foreign  .     .       .        200
"""
EXCHANGED = ("reporting_indicator",)


def admin_rows(world: World) -> dict[str, tuple[Any, Any]]:
    return {"reporting_indicator": (world["city_indicator"], world["abroad_indicator"])}


def add_to(world: World) -> None:
    """A number of each unit, with its reason; what the city asks of its districts, and what it asks here alone."""
    things = world.things
    for name in ("city", "county", "abroad"):
        things[f"{name}_indicator"] = IndicatorFactory(conference=things[name], for_districts=name == "city")
    for place, unit in (("city", "lead_unit"), ("abroad", "abroad_unit")):
        things[f"{place}_indicator"].departments.add(things[unit])
    things["city_only_indicator"] = IndicatorFactory(conference=things["city"])
    readers = {
        "lead": ("lead", "head"),
        "coop": ("coop", "staff", "officehead", "auditor"),
        "county": ("dliaison", "district", "dauditor"),
        "abroad": ("xliaison", "xoffice"),
    }
    for name, who in readers.items():
        unit = things[f"{name}_unit"]
        sheet = FigureSheetFactory(department=unit, year=world.year, updated_at=timezone.now())
        place = "city" if unit.conference == things["city"] else name
        FigureFactory(
            sheet=sheet,
            indicator=things[f"{place}_indicator"],
            as_written=world.secret(f"{name}数据", *who),
            explanation=world.secret(f"{name}数据说明", *who),
        )
        things[f"{name}_sheet"] = sheet


def _of_year(world: World, row: Any) -> list[Any]:
    return [row.conference.code, row.year]


def _of_indicator(world: World, row: Any) -> list[Any]:
    return [row.conference.code, world.year, row.pk]


ARGUMENTS = {
    "figures": lambda world, row: [row.year, row.department.code],
    "figures_autosave": lambda world, row: [row.year, row.department.code],
    "figure_sums": _of_year,
    "figure_matrix": _of_year,
    "figure_sums_xlsx": _of_year,
    "indicators": _of_year,
    "indicator_add": _of_year,
    "indicators_suggested": _of_year,
    "indicator": _of_indicator,
    "indicator_end": _of_indicator,
    # What the city asks of its districts is handed out on a district's own pages.
    "indicator_units": lambda world, row: ["500235", world.year, row.pk],
}
NAMES = {"indicatorunit": lambda world, row: f"of {world.name_of(row.indicator)}"}
VALID = {
    "indicator": lambda world: {"pk": str(world["city_indicator"].pk)},
    "indicator_end": lambda world: {"pk": str(world["city_indicator"].pk)},
    "indicator_units": lambda world: {"code": "500235", "pk": str(world["city_indicator"].pk)},
}


def _typed(world: World) -> dict[str, Any]:
    return {"lock_version": 0, f"value-{world['city_indicator'].pk}": "12", f"why-{world['city_indicator'].pk}": "说明"}


_MEANING = {"name": "新指标", "reporters": "members", "is_summed": "on"}

ACTS = [
    ("lead_sheet", "lead", "figures", _typed, [Action.FIGURES]),
    ("lead_sheet", "lead", "figures_autosave", _typed, [Action.FIGURES]),
    (
        *("city_year", "staff", "indicator_add"),
        lambda world: _MEANING | {"starts_year": world.year},
        [Action.INDICATOR],
        lambda world: Indicator.objects.get(name="新指标"),
    ),
    ("city_only_indicator", "staff", "indicator", _MEANING, [Action.INDICATOR]),
    ("city_only_indicator", "officehead", "indicator_end", lambda world: {"after": world.year}, [Action.INDICATOR]),
    (
        *("city_indicator", "district", "indicator_units"),
        lambda world: {"departments": [world["county_unit"].pk]},
        [Action.INDICATOR],
    ),
]

NULS = [
    ("figures", "lead_sheet", "lead", {"lock_version": "\x00"}),
    ("figures_autosave", "lead_sheet", "lead", {"lock_version": "\x00"}),
    ("indicator_add", "city_year", "staff", {"name": "\x00", "reporters": "members"}),
    ("indicator_end", "city_indicator", "staff", {"after": "\x00"}),
]


# --- What pages cost ------------------------------------------------------------------------------------------------


def add_to_ledger(ledger: Ledger) -> None:
    """As many indicators as clauses, reported by every unit and every district, this year and last."""
    indicators = [
        IndicatorFactory(conference=ledger.city, for_districts=True, clause_path=ledger.entries[0].clause.path)
        for _number in range(ledger.size)
    ]
    for unit in ledger.units:
        for year in (ledger.year, ledger.year - 1):
            sheet = FigureSheetFactory(department=unit, year=year)
            for indicator in indicators:
                FigureFactory(sheet=sheet, indicator=indicator)
    for district in ledger.districts:
        duty = next(duty for duty in ledger.duties if duty.obliged_conference == district)
        file_of_district(ledger.city, district, [frozen(row, 5) for row in indicators], duty=duty)
    ledger.indicators = indicators  # type: ignore[attr-defined]


def _office(ledger: Ledger, name: str, *more: Any) -> str:
    return reverse(f"reporting:{name}", args=[ledger.city.code, ledger.year, *more])


PAGES = {
    "figures": ("liaison", lambda ledger: reverse("reporting:figures", args=[ledger.year, ledger.units[0].code])),
    "figure_sums": ("office", lambda ledger: _office(ledger, "figure_sums")),
    "figure_matrix": ("office", lambda ledger: _office(ledger, "figure_matrix")),
    "figure_sums_xlsx": ("office", lambda ledger: _office(ledger, "figure_sums_xlsx")),
    "indicators": ("office", lambda ledger: _office(ledger, "indicators")),
    "indicator": ("office", lambda ledger: _office(ledger, "indicator", ledger.indicators[0].pk), 20),  # type: ignore[attr-defined]
}
