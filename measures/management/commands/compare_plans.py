"""``manage.py compare_plans A B [--json]``: what became of every clause of A in B. Changes nothing."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from measures.comparing import Change, ChangeKind, Comparison, Side, compare, marks, words_of
from measures.comparison import NotComparable, sides_of_both
from measures.sheets.words import CHANGES

_MARKS = {"same": "{}", "gained": "{{+{}+}}", "lost": "[-{}-]"}


class Command(BaseCommand):
    help = "逐条比较两份计划：文件（文本、Word、网页、PDF、表格）或已导入版本的编号；不写数据库。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("before", metavar="A", help="原来的计划：文件，或版本编号")
        parser.add_argument("after", metavar="B", help="后来的计划：文件，或版本编号")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, before: str, after: str, **options: Any) -> None:
        # A terminal or pipe with another encoding must not turn a comparison into a traceback.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="replace")
        try:
            comparison = compare(*sides_of_both(before, after))
        except NotComparable as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(comparison.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(summary(comparison))


def summary(comparison: Comparison) -> str:
    """The comparison in lines for a person to read: the counts, then every change that is not SAME."""
    counts = "，".join(f"{name} {comparison.counts[kind]}" for kind, name in CHANGES.items())
    lines = [f"{counts}。"]
    if comparison.is_nothing:
        return f"{lines[0]}\n两份计划没有差别。"
    for change in comparison.changes:
        if change.kind != ChangeKind.SAME:
            lines += ["", *_lines(change)]
    return "\n".join(lines)


def _lines(change: Change) -> list[str]:
    lines = [f"【{CHANGES[change.kind]}】{_place(change.before)} → {_place(change.after)}"]
    for name, gained, lost in (
        ("负责", change.lead_gained, change.lead_lost),
        ("配合", change.cooperating_gained, change.cooperating_lost),
        ("时限", change.dues_gained, change.dues_lost),
    ):
        if gained:
            lines.append(f"  {name}增加：{'、'.join(gained)}")
        if lost:
            lines.append(f"  {name}减少：{'、'.join(lost)}")
    if change.kind in (ChangeKind.NEW, ChangeKind.DROPPED, ChangeKind.MOVED):
        text = words_of(change.after or change.before)
    else:
        text = "".join(
            _MARKS[op].format(_one_line(piece)) for op, piece in marks(_own(change.before), _own(change.after))
        )
    return [*lines, f"  {_one_line(text)}"]


def _place(side: Side | None) -> str:
    return side.path if side else "（无）"


def _own(side: Side | None) -> str:
    """A clause's words less its number: where it stands is said already."""
    return f"{side.heading}{side.text}" if side else ""


def _one_line(text: str) -> str:
    return "".join(text.splitlines())
