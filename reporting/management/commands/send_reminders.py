"""``manage.py send_reminders``: by hand what beat does, at any moment that one names."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from reporting.services.notices import deliver_mail
from reporting.services.reminders import Run, send_reminders, subject_of


class Command(BaseCommand):
    help = "发送到期提醒：30、15、7、3、1 天前，当日，逾期；每人每事每档只发一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="假定现在是这一时刻，如 2026-12-08T09:00+08:00；不写时区按北京时间")
        parser.add_argument("--dry-run", action="store_true", help="只列出将要发送的，不写入、不发送")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        run = send_reminders(moment(options["now"]), dry_run=options["dry_run"])
        sent = failed = 0
        if not run.dry_run:
            delivery = deliver_mail()
            sent, failed = delivery.sent, delivery.failed
        if options["json"]:
            report = as_json(run) | {"mails": {"sent": sent, "failed": failed}}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        verb = "将发送" if run.dry_run else "已发送"
        for planned in run.reminders:
            self.stdout.write(f"{verb} {planned.recipient} ← {planned.duty.owner} {subject_of(planned)}")
        self.stdout.write(
            f"{verb}提醒 {len(run.reminders)} 条；此前已发 {run.already_sent} 条；"
            f"无人可提醒的事项 {len(run.unreachable)} 项；邮件发出 {sent} 封，失败 {failed} 封。"
        )


def moment(text: str | None) -> datetime | None:
    """The moment that ``--now`` names, in Asia/Shanghai unless it says otherwise."""
    if text is None:
        return None
    try:
        parsed = parse_datetime(text)
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError(f"看不懂时刻「{text}」,请写成 2026-12-08T09:00+08:00。")
    return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)


def as_json(run: Run) -> dict[str, Any]:
    """The run for machines: one object per reminder."""
    return {
        "now": timezone.localtime(run.now).isoformat(),
        "dry_run": run.dry_run,
        "planned": len(run.reminders),
        "sent": 0 if run.dry_run else len(run.reminders),
        "already_sent": run.already_sent,
        "reminders": [
            {
                "recipient": planned.recipient.username,
                "unit": str(planned.duty.owner),
                "duty": planned.duty.pk,
                "title": planned.duty.title,
                "step": "overdue" if planned.step < 0 else planned.step,
                "due_on": planned.duty.due_on.isoformat(),
                "days_left": planned.days_left,
            }
            for planned in run.reminders
        ],
        "unreachable": [{"unit": str(duty.owner), "title": duty.title} for duty in run.unreachable],
    }
