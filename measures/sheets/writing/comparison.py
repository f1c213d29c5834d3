"""A comparison of two plans as a workbook to hand round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from measures.comparing.folding import fold
from measures.comparing.marking import GAINED, LOST, SAME, marks
from measures.comparing.results import Change, ChangeKind, Comparison, Side, words_of
from measures.sheets import words

from .book import Book, fitting, guess_height, set_up_page

# Stretches of a text: (same, gained or lost; words).
Marks = Sequence[tuple[str, str]]

_SHEET, _UNITS_SHEET, _SUMMARY = "逐条对照", "单位增减", "汇总"
_HEADER = (
    "变化",
    "原编号",
    "新编号",
    "原文",
    "新文",
    "负责增加",
    "负责减少",
    "配合增加",
    "配合减少",
    "时限变化",
)
_WIDTHS = (9, 11, 11, 46, 46, 15, 15, 15, 15, 15)
_UNITS_WIDTHS = (26, 36, 36, 36, 36)
_SUMMARY_WIDTHS = (16, 10, 64)
_UNITS_HEADER = ("单位", "新增负责", "减少负责", "新增配合", "减少配合")
_HEADER_ROW = 2
_BEFORE, _AFTER = 3, 4
_LEGEND = "红色加下划线的是新文增加的字，蓝色加删除线的是原文删去的字。"
_FOLDED = "没有变化的 {n} 条已收起，点表格左上角的「2」全部展开。"
_MEANINGS = {
    ChangeKind.SAME: "文字和单位都没有变化（全角、半角和空格的不同不算）",
    ChangeKind.REWORDED: "同一条，文字有改动",
    ChangeKind.MOVED: "同一条，编号或位置有变化",
    ChangeKind.SPLIT: "原来的一条分成了几条，每一条各占一行",
    ChangeKind.MERGED: "原来的几条并成了一条，每一条各占一行",
    ChangeKind.NEW: "原来没有的",
    ChangeKind.DROPPED: "现在没有了的",
}
_MARKED: dict[str, dict[str, Any]] = {
    GAINED: {"font_color": "#C00000", "underline": 1},
    LOST: {"font_color": "#1F4E9E", "font_strikeout": True},
}
_TINTS = {ChangeKind.NEW: "#EAF4E4", ChangeKind.DROPPED: "#F3F3F3"}
# Excel refuses cells of very many stretches; such a text has little left in common and reads better without marks.
_MOST_STRETCHES = 400


def write_comparison(
    comparison: Comparison,
    *,
    before_title: str,
    after_title: str,
    name_path: Callable[[str], str] = str,
) -> bytes:
    """The comparison clause by clause, what each unit gains and loses, and the counts, as a workbook.

    ``name_path`` says a clause's path as people do. Raises ``NotWritable``, naming the clause, for text that no cell
    can hold.
    """
    with Book() as book:
        changes, units, summary = (book.add_sheet(name) for name in (_SHEET, _UNITS_SHEET, _SUMMARY))
        _write_changes(book, changes, comparison, (before_title, after_title), name_path)
        _write_units(book, units, comparison, name_path)
        _write_summary(book, summary, comparison, (before_title, after_title))
    return book.data


def _write_changes(
    book: Book,
    sheet: Any,
    comparison: Comparison,
    titles: tuple[str, str],
    name_path: Callable[[str], str],
) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    folded = [_is_unchanged(change) for change in comparison.changes]
    if comparison.changes and all(folded):
        legend = "两份文本逐条一致，没有变化。"
        folded = [False] * len(folded)
    else:
        legend = _LEGEND + (_FOLDED.format(n=sum(folded)) if any(folded) else "")
    compared = f"原文本：{fitting(titles[0], '原文本的题名')}\n新文本：{fitting(titles[1], '新文本的题名')}\n{legend}"
    for row, (text, look, height) in enumerate(((_SHEET, "title", 36), (fitting(compared, "题名"), "hint", 54))):
        sheet.set_row(row, height)
        sheet.merge_range(row, 0, row, len(_HEADER) - 1, "", book.look(look))
        sheet.put(row, 0, text, book.look(look))
    _write_header(book, sheet, _HEADER_ROW, _HEADER, is_above_folded=folded[:1] == [True])

    sheet.outline_settings(visible=True, symbols_below=False)
    for index, (change, is_folded) in enumerate(zip(comparison.changes, folded, strict=True)):
        options: dict[str, Any] = {}
        if is_folded:
            options = {"level": 1, "hidden": True}
        elif folded[index + 1 : index + 2] == [True]:
            options = {"collapsed": True}
        _write_change(book, sheet, _HEADER_ROW + 1 + index, change, name_path, options)

    last = _HEADER_ROW + max(len(comparison.changes), 1)
    set_up_page(sheet, header_row=_HEADER_ROW, last_row=last, last_column=len(_HEADER) - 1)
    sheet.autofilter(_HEADER_ROW, 0, last, len(_HEADER) - 1)


def _is_unchanged(change: Change) -> bool:
    return change.kind == ChangeKind.SAME and not any(
        (
            change.lead_gained,
            change.lead_lost,
            change.cooperating_gained,
            change.cooperating_lost,
            change.dues_gained,
            change.dues_lost,
        )
    )


def _write_change(
    book: Book,
    sheet: Any,
    row: int,
    change: Change,
    name_path: Callable[[str], str],
    options: dict[str, Any],
) -> None:
    paths = [name_path(side.path) if side else "" for side in (change.before, change.after)]
    where = f"条款「{paths[1] or paths[0]}」的"
    base = "unchanged" if change.kind == ChangeKind.SAME else "cell"
    tint = {"bg_color": _TINTS[change.kind]} if change.kind in _TINTS else {}
    look = book.look(base, **tint)
    kind = words.CHANGES[change.kind] + ("（人工指定）" if change.is_manual else "")
    dues = [f"增加：{due}" for due in change.dues_gained] + [f"减少：{due}" for due in change.dues_lost]
    plain = (
        kind,
        *paths,
        _shown(change.before),
        _shown(change.after),
        "、".join(change.lead_gained),
        "、".join(change.lead_lost),
        "、".join(change.cooperating_gained),
        "、".join(change.cooperating_lost),
        "\n".join(dues),
    )
    guess_height(sheet, row, zip(plain, _WIDTHS, strict=True), options)
    marked = dict(zip((_BEFORE, _AFTER), _stretches(change), strict=True))
    for column, text in enumerate(plain):
        fitting(text, f"{where}{_HEADER[column]}")
        if column in marked and any(op != SAME for op, _ in marked[column]):
            _write_marked(book, sheet, row, column, marked[column], look)
        elif column:
            sheet.put(row, column, text, look)
        else:
            is_bold = change.kind != ChangeKind.SAME
            sheet.put(row, column, text, book.look(base, align="center", bold=is_bold, **tint))


def _stretches(change: Change) -> tuple[Marks, Marks]:
    """What the cells 原文 and 新文 show, stretch by stretch.

    Of a split clause only what its parts add is marked, since what one part lost stands in another; and the other
    way round for clauses that were merged.
    """
    before, after = _shown(change.before), _shown(change.after)
    plain = [(SAME, before)], [(SAME, after)]
    if change.kind == ChangeKind.SAME or not before or not after or before == after:
        return plain
    found = marks(before, after)
    if len(found) > _MOST_STRETCHES:
        return plain
    old = _cut(before, [(op, text) for op, text in found if op != GAINED])
    new = _cut(after, [(op, text) for op, text in found if op != LOST])
    return (
        plain[0] if change.kind == ChangeKind.SPLIT else old,
        plain[1] if change.kind == ChangeKind.MERGED else new,
    )


def _cut(text: str, stretches: Marks) -> Marks:
    """The text itself in those stretches: marks show what is the same as the text after writes it.

    Where the two cannot be laid side by side, for instance because of accents, the stretches stay as they are.
    """
    lengths = [len(fold(character)) for character in text]
    wanted = [len(fold(part)) for _, part in stretches]
    if sum(lengths) != sum(wanted):
        return stretches
    pieces: list[tuple[str, str]] = []
    position = used = needed = 0
    for (op, _), length in zip(stretches, wanted, strict=True):
        needed += length
        begin = position
        # White space goes with what stands before it, as in the marks.
        while position < len(text) and (used < needed or not lengths[position]):
            used += lengths[position]
            position += 1
        if piece := text[begin:position]:
            if pieces and pieces[-1][0] == op:
                piece = pieces.pop()[1] + piece
            pieces.append((op, piece))
    return pieces


def _shown(side: Side | None) -> str:
    """A clause's printed words less control characters, which the stretches of a cell cannot hold."""
    return "".join(c for c in words_of(side) if (c >= " " or c in "\t\n") and c not in "\ufffe\uffff")


def _write_marked(book: Book, sheet: Any, row: int, column: int, stretches: Marks, look: Any) -> None:
    if len(stretches) == 1:
        # To Excel a cell of one stretch is no rich text: the whole cell takes its look.
        sheet.put(row, column, stretches[0][1], book.look("cell", **_MARKED[stretches[0][0]]))
        return
    fragments: list[Any] = []
    for op, part in stretches:
        fragments += [book.words(**_MARKED[op]), part] if op in _MARKED else [part]
    sheet.write_rich_string(row, column, *fragments, look)


def _write_units(book: Book, sheet: Any, comparison: Comparison, name_path: Callable[[str], str]) -> None:
    """Per unit the clauses that it gains and loses, in the order in which the comparison first names it."""
    found: dict[str, tuple[list[str], ...]] = {}
    for change in comparison.changes:
        before, after = (side.path if side else "" for side in (change.before, change.after))
        for index, (names, path) in enumerate(
            (
                (change.lead_gained, after or before),
                (change.lead_lost, before or after),
                (change.cooperating_gained, after or before),
                (change.cooperating_lost, before or after),
            )
        ):
            for name in names:
                paths = found.setdefault(name, ([], [], [], []))[index]
                if name_path(path) not in paths:
                    paths.append(name_path(path))

    for column, width in enumerate(_UNITS_WIDTHS):
        sheet.set_column(column, column, width)
    _write_header(book, sheet, 0, _UNITS_HEADER)
    for row, (name, columns) in enumerate(found.items(), 1):
        cells = [name, *("、".join(paths) for paths in columns)]
        guess_height(sheet, row, zip(cells, _UNITS_WIDTHS, strict=True))
        for column, cell in enumerate(cells):
            fitting(cell, f"单位「{name[:20]}」的{_UNITS_HEADER[column]}")
            sheet.put(row, column, cell, book.look("cell" if column else "bold"))
    if not found:
        sheet.merge_range(1, 0, 1, len(_UNITS_HEADER) - 1, "", book.look("cell"))
        sheet.put(1, 0, "各单位的负责和配合都没有变化。", book.look("cell"))
    last = max(len(found), 1)
    set_up_page(sheet, header_row=0, last_row=last, last_column=len(_UNITS_HEADER) - 1)
    sheet.autofilter(0, 0, last, len(_UNITS_HEADER) - 1)


def _write_summary(book: Book, sheet: Any, comparison: Comparison, titles: tuple[str, str]) -> None:
    for column, width in enumerate(_SUMMARY_WIDTHS):
        sheet.set_column(column, column, width)
    for row, (name, title) in enumerate(zip(("原文本", "新文本"), titles, strict=True)):
        guess_height(sheet, row, [(title, sum(_SUMMARY_WIDTHS[1:]))], least=20)
        sheet.put(row, 0, name, book.look("header"))
        sheet.merge_range(row, 1, row, 2, "", book.look("cell"))
        sheet.put(row, 1, title, book.look("cell"))
    header_row = 3
    _write_header(book, sheet, header_row, ("变化", "数量", "说明"))
    rows = [(words.CHANGES[kind], comparison.counts[kind], _MEANINGS[kind]) for kind in ChangeKind]
    rows.append(("合计", len(comparison.changes), "逐条对照的行数"))
    rows += [
        (name, _total(getattr(change, field) for change in comparison.changes), "一个单位在一条上算一次")
        for name, field in (
            ("负责增加", "lead_gained"),
            ("负责减少", "lead_lost"),
            ("配合增加", "cooperating_gained"),
            ("配合减少", "cooperating_lost"),
        )
    ]
    for row, (name, count, meaning) in enumerate(rows, header_row + 1):
        guess_height(sheet, row, [(meaning, _SUMMARY_WIDTHS[2])], least=20)
        sheet.put(row, 0, name, book.look("bold"))
        sheet.write_number(row, 1, count, book.look("number"))
        sheet.put(row, 2, meaning, book.look("cell"))
    set_up_page(sheet, header_row=header_row, last_row=header_row + len(rows), last_column=2)


def _total(groups: Iterable[Sequence[str]]) -> int:
    return sum(len(group) for group in groups)


def _write_header(book: Book, sheet: Any, row: int, header: Sequence[str], *, is_above_folded: bool = False) -> None:
    sheet.set_row(row, 24, None, {"collapsed": True} if is_above_folded else {})
    for column, text in enumerate(header):
        sheet.put(row, column, text, book.look("header"))
