"""``manage.py parse_plan FILE [--json]``: show what the reader makes of a document. Touches no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from measures.reading import Clause, Obligation, PlanText, Recurrence, UnreadablePlan, load, read_plan

_RECURRENCES = {
    "annual": "每年",
    "half_yearly": "每半年",
    "quarterly": "每季度",
    "monthly": "每月",
    "at_least": "每年至少",
    "once": "一次性",
    "event": "随时（事件触发）",
    "continuing": "长期",
}


class Command(BaseCommand):
    help = "读取一份计划文本，显示条款、责任和时限义务；不写数据库。"
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="计划文本（.txt，UTF-8 或 GB18030）")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        # A terminal or pipe with another encoding must not turn a readable plan into a traceback.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="replace")
        try:
            plan = read_plan(load(options["file"]))
        except UnreadablePlan as error:
            self.stderr.write(f"无法读取：{error}")
            sys.exit(1)
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(summary(plan))


def summary(plan: PlanText) -> str:
    """The plan in lines for a person to read through beside the document."""
    measures = plan.measures
    lines = [
        plan.title or "（没有找到标题）",
        f"文号：{plan.document_number or '（无）'}",
        f"发文机关：{plan.issued_by or '（未找到）'}",
        f"成文日期：{plan.issued_on or '（未找到）'}",
        f"起止年份：{plan.period.start or '？'}—{plan.period.end or '？'}",
        f"成员单位：{len(plan.members)} 家" + (f"（{'、'.join(plan.members)}）" if plan.members else ""),
        f"条款 {len(plan.clauses)} 条，其中措施 {len(measures)} 条；"
        f"负责 {sum(len(clause.lead) for clause in measures)} 项，"
        f"配合 {sum(len(clause.cooperating) for clause in measures)} 项。",
        "",
        "【措施】",
        *(_measure(clause) for clause in measures),
        "",
        f"【时限义务】{len(plan.obligations)} 项",
        *(_obligation(obligation) for obligation in plan.obligations),
        "",
        f"【待确认】{len(plan.questions)} 项",
        *(f"- {question.path or '全文'}：{question.message}" for question in plan.questions),
    ]
    return "\n".join(lines)


def _measure(clause: Clause) -> str:
    lead = "、".join(party.name for party in clause.lead) or "（未写）"
    cooperating = "、".join(party.name for party in clause.cooperating) or "（无）"
    words = " ".join((clause.heading or clause.text).split())
    return f"- {clause.path} {words[:24]}{'…' if len(words) > 24 else ''}\n    负责：{lead}\n    配合：{cooperating}"


def _obligation(obligation: Obligation) -> str:
    recipients = f"，报送：{'、'.join(obligation.recipients)}" if obligation.recipients else ""
    obliged = obligation.obliged or "（主体未写）"
    when = _when(obligation.recurrence)
    return f"- {obligation.basis} {obliged}：{obligation.title}（{when}{recipients}）"


def _when(recurrence: Recurrence) -> str:
    year = f"{recurrence.year}年" if recurrence.year else ""
    month = f"{recurrence.month}月" if recurrence.month else ""
    day = f"{recurrence.day}日" if recurrence.day else ""
    before = "前" if recurrence.includes_day else ""
    times = f"{recurrence.times}次" if recurrence.times else ""
    undated = "，未写日期" if recurrence.type == "once" and not year else ""
    return f"{_RECURRENCES[recurrence.type]}{year}{month}{day}{before}{times}{undated}"
