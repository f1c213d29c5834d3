"""A unit's numbers as pages show them: its sheet, and beside the entry of a clause."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from departments.access import access_of
from departments.models import User
from departments.names import search_key
from measures.paths import spoken
from reporting.forms.figures import SheetForm, SheetRow
from reporting.models import Figure, Indicator, Progress
from reporting.pages.conflict import marked
from reporting.services.figures import (
    Sheet,
    SheetInput,
    StaleSheet,
    Unanswered,
    change_of,
    indicators_for,
    input_of,
    percent_text,
    sheet_with,
    unanswered_in,
)


def written(figure: Figure | None) -> dict[str, Any]:
    """How a number is shown: ``text`` as it was written, or a word that says why there is none (``is_empty``)."""
    if figure is None or (figure.value is None and not figure.cannot_be_counted):
        return {"text": _("未填"), "is_empty": True, "is_uncountable": False}
    text = _("无法统计") if figure.cannot_be_counted else figure.as_written
    return {"text": text, "is_empty": False, "is_uncountable": figure.cannot_be_counted}


def meaning_of(indicator: Indicator) -> list[dict[str, str]]:
    """The four elements and the clause, without what is not filled in."""
    facts = (
        (_("定义"), indicator.definition),
        (_("计算方法"), indicator.method),
        (_("计量单位"), indicator.unit),
        (_("资料来源"), indicator.source),
        (_("对应条款"), spoken(indicator.clause_path) if indicator.clause_path else ""),
    )
    return [{"label": label, "text": text} for label, text in facts if text]


def marks_of(indicator: Indicator) -> list[str]:
    """What is said beside the name of an indicator."""
    words = []
    if indicator.is_cumulative:
        words.append(_("累计数"))
    if not indicator.is_summed:
        words.append(_("不加总"))
    return words


def sheet_groups(sheet: Sheet, form: SheetForm | None) -> list[dict[str, Any]]:
    """The rows of the sheet; those that the conference above asks under a heading of their own."""
    fields = {row.indicator.pk: row for row in form.rows()} if form is not None else {}
    groups: dict[bool, list[dict[str, Any]]] = {}
    own = sheet.department.conference_id
    for indicator in sheet.indicators:
        row = _row(sheet, indicator, fields.get(indicator.pk))
        groups.setdefault(indicator.conference_id != own, []).append(row)
    titles = {True: _("上级联席会议统一要求的指标"), False: _("本级指标")}
    return [
        {"title": titles[is_upper] if len(groups) > 1 or is_upper else "", "rows": rows}
        for is_upper, rows in groups.items()
    ]


def _row(sheet: Sheet, indicator: Indicator, fields: SheetRow | None) -> dict[str, Any]:
    figure, last = sheet.figures.get(indicator.pk), sheet.last_year.get(indicator.pk)
    question, is_unexplained = _question(sheet, indicator)
    return {
        "key": indicator.pk,
        "name": indicator.name,
        "unit": indicator.unit,
        "marks": marks_of(indicator),
        "meaning": meaning_of(indicator),
        "fields": fields,
        "now": written(figure),
        "last": written(last) if last is not None else None,
        "change": change_text(figure, last),
        "question": question,
        "is_unexplained": is_unexplained,
        "explanation": figure.explanation if figure else "",
    }


def _question(sheet: Sheet, indicator: Indicator) -> tuple[str, bool]:
    """What stands above the explanation of a number, and whether that is still to be given."""
    figure, question = sheet.figures.get(indicator.pk), sheet.question(indicator)
    is_unexplained = not (figure and figure.explanation)
    if question is not None:
        return str(question) if is_unexplained else question.fact, is_unexplained
    if figure is not None and figure.cannot_be_counted and is_unexplained:
        return Unanswered(indicator, None, cannot_be_counted=True).reason, True
    return "", False


def change_text(figure: Figure | None, last: Figure | None) -> str:
    change = change_of(figure.value if figure else None, last.value if last else None)
    return percent_text(change) if change is not None else ""


def answered_in(sheet: Sheet) -> dict[str, Any]:
    """How much of the sheet is answered, and what is not."""
    open_rows = list(unanswered_in(sheet))
    return {
        "total": len(sheet.indicators),
        "open": len(open_rows),
        "text": open_text(len(sheet.indicators), len(open_rows)),
        "rows": [{"key": row.indicator.pk, "name": row.indicator.name, "reason": row.reason} for row in open_rows],
    }


def open_text(total: int, still_open: int) -> str:
    if not still_open:
        return _("%(total)d 项指标均已填报。") % {"total": total}
    return _("共 %(total)d 项指标，还有 %(open)d 项未填或须说明。") % {"total": total, "open": still_open}


def autosave_answer(sheet: Sheet) -> dict[str, Any]:
    """What figures.js shows once the numbers are stored: questions and changes by indicator, and how much is open."""
    rows = {row["key"]: row for group in sheet_groups(sheet, None) for row in group["rows"]}
    return {
        "questions": {str(key): row["question"] for key, row in rows.items()},
        "unexplained": [str(key) for key, row in rows.items() if row["is_unexplained"]],
        "changes": {str(key): row["change"] for key, row in rows.items()},
        "answered": answered_in(sheet)["text"],
    }


def sheet_conflict(stale: StaleSheet, mine: list[SheetInput]) -> dict[str, Any]:
    """The indicators in which what I typed and what is stored differ; the shape of pages.conflict."""
    current, fields = stale.current, []
    by_key = {one.indicator: one for one in mine}
    for indicator in current.indicators:
        figure = current.figures.get(indicator.pk)
        theirs, own = input_of(figure) if figure else SheetInput(indicator.pk), by_key.get(indicator.pk)
        if own is None or own == theirs:
            continue
        theirs_html, mine_html = marked(_in_words(theirs), _in_words(own))
        fields.append({"label": indicator.name, "theirs_html": theirs_html, "mine_html": mine_html})
    return {"by": current.row.updated_by or "", "at": current.row.updated_at, "fields": fields}


def _in_words(one: SheetInput) -> str:
    value = _("无法统计") if one.cannot_be_counted else one.as_written or _("未填")
    return f"{value}\n{one.explanation}" if one.explanation else value


def typed_in(form: SheetForm) -> list[dict[str, str]]:
    """What was typed into a form that could not be saved, to be copied."""
    return [{"label": indicator.name, "text": text} for indicator, text in form.typed()]


# --- Beside an entry ----------------------------------------------------------------------------------------------


def figures_beside(progress: Progress, user: User) -> dict[str, Any] | None:
    """The unit's numbers that belong to the entry's clause, to be read beside it; None where there is nothing to say.

    For the unit's own people: ``rows`` as the sheet shows them, and ``repeated``, the entry's own numbers that the
    sheet asks for as well. Needs the entry's clause, its unit with its conference, and its figures. Five queries.
    """
    if progress.department_id not in access_of(user).departments:
        return None
    asked = indicators_for(progress.department, progress.year)
    if not asked:
        return None
    sheet = sheet_with(progress.department, progress.year, None, asked)
    beside = [row for row in sheet.indicators if _is_beside(row, progress)]
    names = {search_key(row.name): row.name for row in sheet.indicators}
    repeated = [names[key] for figure in progress.figures.all() if (key := search_key(figure.name)) in names]
    if not beside and not repeated:
        return None
    return {
        "rows": [_row(sheet, indicator, None) for indicator in beside],
        "repeated": repeated,
        "url": reverse("reporting:figures", args=[progress.year, progress.department.code]),
    }


def _is_beside(indicator: Indicator, progress: Progress) -> bool:
    return indicator.conference_id == progress.conference_id and indicator.clause_path == progress.clause.path


def signed(value: Decimal | None) -> str:
    """A change in percent; empty where there is none."""
    return percent_text(value) if value is not None else ""
