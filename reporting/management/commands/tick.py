"""``manage.py tick``: all that beat does, once, without Celery (for cron, or where no worker may run)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from antitrafficking.tasks import clear_sessions
from reporting.services import clockwork


class Command(BaseCommand):
    help = "把定时任务各运行一次：提醒、邮件、读取待导入的计划、生成文件、封存事件、清理过期会话。"

    def handle(self, *args: Any, **options: Any) -> None:
        run = clockwork.run_reminders()
        delivery = clockwork.run_mail()
        imports = clockwork.run_imports()
        files = clockwork.run_jobs()
        seals = clockwork.run_seals()
        clear_sessions()
        self.stdout.write(
            f"提醒 {len(run.reminders)} 条（此前已发 {run.already_sent} 条），"
            f"邮件 {delivery.sent} 封（失败 {delivery.failed} 封），读取计划 {imports} 份，"
            f"生成文件 {files} 份，封存事件 {seals} 条，过期会话已清理。"
        )
