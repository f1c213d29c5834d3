"""The results of an assessment as a workbook: a sheet of units and one of districts, landscape, ready to print.

Texts are written as texts: whatever somebody has typed is no formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils import translation

from measures.sheets.writing.book import Book, fitting, guess_height, set_up_page
from reporting.assessment_columns import columns_of, finding_text, name_of, split, value_of
from reporting.facts import Facts
from reporting.models import Assessment, AssessmentResult

_TITLE, _HEADER = 0, 1
_NAME_WIDTH, _NUMBER_WIDTH, _FINDING_WIDTH, _GROUNDS_WIDTH = 22.0, 9.5, 16.0, 48.0


def write_results(assessment: Assessment, results: Iterable[AssessmentResult]) -> bytes:
    """The workbook. Raises NotWritable for a text that no cell can hold."""
    units, districts = split(results)
    with translation.override(settings.LANGUAGE_CODE), Book() as book:
        _add_sheet(book, "成员单位", assessment, units, of_districts=False)
        if districts:
            _add_sheet(book, "区县", assessment, districts, of_districts=True)
    return book.data


def _add_sheet(
    book: Book, name: str, assessment: Assessment, rows: Sequence[AssessmentResult], *, of_districts: bool
) -> None:
    columns = columns_of(assessment, of_districts=of_districts)
    last_column = len(columns) + 2
    sheet = book.add_sheet(name)
    widths = [_NAME_WIDTH, *[_NUMBER_WIDTH] * len(columns), _FINDING_WIDTH, _GROUNDS_WIDTH]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for column in range(last_column + 1):
        sheet.put(_TITLE, column, fitting(assessment.title, "题名") if column == 0 else "", book.look("title"))
    sheet.join(_TITLE, 0, _TITLE, last_column)
    sheet.set_row(_TITLE, 36)
    labels = ["区县" if of_districts else "单位", *(str(column.label) for column in columns), "结论", "评议依据"]
    for column, label in enumerate(labels):
        sheet.put(_HEADER, column, label, book.look("header"))
    guess_height(sheet, _HEADER, zip(labels, widths, strict=True))
    for number, result in enumerate(rows, start=_HEADER + 1):
        facts = Facts.from_json(result.facts)
        grounds = fitting(result.grounds, f"「{name_of(result)}」的评议依据")
        guess_height(sheet, number, [(name_of(result), _NAME_WIDTH), (grounds, _GROUNDS_WIDTH)])
        sheet.put(number, 0, name_of(result), book.look("cell"))
        for column, counted in enumerate(columns, start=1):
            value = value_of(counted, result, facts)
            if value is None:
                sheet.put(number, column, "", book.look("figure"))
            else:
                look = "figure" if isinstance(value, Decimal) else "number"
                sheet.write_number(number, column, value, book.look(look))
        sheet.put(number, last_column - 1, finding_text(result), book.look("cell"))
        sheet.put(number, last_column, grounds, book.look("cell"))
    set_up_page(sheet, header_row=_HEADER, last_row=_HEADER + len(rows), last_column=last_column)
