"""指标 and 数据: the dictionary, a unit's sheet, and the sums over units and districts."""

from reporting.services.figures.asking import Asking, indicators_for
from reporting.services.figures.questions import Question, change_of, percent_text, question_about
from reporting.services.figures.reports import (
    ReportFigure,
    figures_for_conference_report,
    figures_for_report,
    number_text,
    sum_text,
)
from reporting.services.figures.sheets import (
    Sheet,
    SheetInput,
    StaleSheet,
    Unanswered,
    input_of,
    lock_of,
    save_sheet,
    sheet_of,
    sheet_with,
    unanswered,
    unanswered_in,
)
from reporting.services.figures.sums import (
    IndicatorSum,
    NotSummable,
    UnitFigure,
    YearSum,
    over_years,
    several_years,
    sums,
)

__all__ = [
    "Asking",
    "IndicatorSum",
    "NotSummable",
    "Question",
    "ReportFigure",
    "Sheet",
    "SheetInput",
    "StaleSheet",
    "Unanswered",
    "UnitFigure",
    "YearSum",
    "change_of",
    "figures_for_conference_report",
    "figures_for_report",
    "indicators_for",
    "input_of",
    "lock_of",
    "number_text",
    "over_years",
    "percent_text",
    "question_about",
    "save_sheet",
    "several_years",
    "sheet_of",
    "sheet_with",
    "sum_text",
    "sums",
    "unanswered",
    "unanswered_in",
]
