"""The two tables behind a report: its numbers, and how each measure stands. Computed, never edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from measures.enums import ResponsibilityRole
from measures.paths import spoken
from reporting.enums import EntryState, ImplementationStatus, Standing
from reporting.snapshots import FrozenFigure, FrozenMeasure

from .content import Annex, Column, ColumnKind, Table
from .wording import listed

FIGURES_TITLE, MEASURES_TITLE = "数据统计表", "条款完成情况表"

_NUMBER = Column("序号", 2, ColumnKind.CENTRED)
_NOT_HANDED_IN = "未报"
# A cooperating unit that knows of its part and, by the rule of the plan, need not report on it.
_KNOWN, _NEED_NOT_REPORT = "已知悉", "不需填报"


def annexes(
    figures: Sequence[FrozenFigure], measures: Sequence[FrozenMeasure], *, of_conference: bool
) -> tuple[Annex, ...]:
    """The tables that have rows, in the order in which they are listed below the text. Activate plain Chinese first."""
    found = []
    if figures:
        table = _sums_table(figures) if of_conference else _figures_table(figures)
        found.append(Annex(FIGURES_TITLE, (table,)))
    if measures:
        table = _conference_table(measures) if of_conference else _unit_table(measures)
        found.append(Annex(MEASURES_TITLE, (table,)))
    return tuple(found)


def _figures_table(figures: Iterable[FrozenFigure]) -> Table:
    return Table(
        "",
        (
            _NUMBER,
            Column("指标", 8),
            Column("计量单位", 3, ColumnKind.CENTRED),
            Column("数值", 4, ColumnKind.NUMBER),
            Column("说明", 6),
        ),
        tuple(
            (str(place), figure.name, figure.unit, figure.text, _remark(figure))
            for place, figure in enumerate(figures, 1)
        ),
    )


def _sums_table(figures: Iterable[FrozenFigure]) -> Table:
    return Table(
        "",
        (
            _NUMBER,
            Column("指标", 8),
            Column("计量单位", 3, ColumnKind.CENTRED),
            Column("合计", 4, ColumnKind.NUMBER),
            Column("已报", 2, ColumnKind.NUMBER),
            Column("未报", 2, ColumnKind.NUMBER),
            Column("说明", 4),
        ),
        tuple(
            (
                str(place),
                figure.name,
                figure.unit,
                figure.text,
                str(figure.sources),
                str(figure.missing),
                _remark(figure),
            )
            for place, figure in enumerate(figures, 1)
        ),
        note="“已报”“未报”为填报这一指标的单位（含区县）数；未报的不计入合计。",
    )


def _remark(figure: FrozenFigure) -> str:
    return "；".join(filter(None, ["累计数" if figure.is_cumulative else "", figure.explanation]))


def _unit_table(measures: Iterable[FrozenMeasure]) -> Table:
    return Table(
        "",
        (
            _NUMBER,
            Column("条款", 5),
            Column("主要内容", 9),
            Column("职责", 2, ColumnKind.CENTRED),
            Column("进展状态", 4, ColumnKind.CENTRED),
            Column("填报状态", 4, ColumnKind.CENTRED),
        ),
        tuple(
            (
                str(place),
                spoken(measure.path),
                measure.heading,
                _label(ResponsibilityRole, measure.role),
                _KNOWN if _is_known(measure) else _label(ImplementationStatus, measure.status),
                _NEED_NOT_REPORT if _is_known(measure) else _label(Standing, measure.state),
            )
            for place, measure in enumerate(measures, 1)
        ),
        landscape=True,
    )


def _conference_table(measures: Iterable[FrozenMeasure]) -> Table:
    by_path: dict[str, list[FrozenMeasure]] = {}
    for measure in measures:
        by_path.setdefault(measure.path, []).append(measure)
    return Table(
        "",
        (
            _NUMBER,
            Column("条款", 5),
            Column("主要内容", 6),
            Column("负责单位", 7),
            Column("配合单位", 9),
            Column("应报", 2, ColumnKind.NUMBER),
            Column("通过", 2, ColumnKind.NUMBER),
            Column("进展状态", 7),
        ),
        tuple(
            (
                str(place),
                spoken(path),
                rows[0].heading,
                listed(row.unit for row in rows if row.role == ResponsibilityRole.LEAD),
                listed(row.unit for row in rows if row.role == ResponsibilityRole.COOPERATING),
                str(sum(not _is_known(row) for row in rows)),
                str(sum(row.state == EntryState.ACCEPTED for row in rows)),
                _statuses(rows),
            )
            for place, (path, rows) in enumerate(by_path.items(), 1)
        ),
        landscape=True,
    )


def _statuses(rows: Iterable[FrozenMeasure]) -> str:
    """「长期坚持2，推进中1，未报1，已知悉1」: how many units stand how, in the order of the words."""
    counts = Counter(_KNOWN if _is_known(row) else row.status for row in rows)
    words = [*((status.value, status.label) for status in ImplementationStatus), ("", _NOT_HANDED_IN), (_KNOWN, _KNOWN)]
    return "，".join(f"{label}{counts[value]}" for value, label in words if counts[value])


def _is_known(measure: FrozenMeasure) -> bool:
    return measure.state == Standing.KNOWN


def _label(words: type[ResponsibilityRole] | type[Standing] | type[ImplementationStatus], value: str) -> str:
    labels: dict[str, object] = dict(words.choices)
    return str(labels.get(value, value))
