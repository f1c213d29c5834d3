"""``manage.py verify_archive FILE``: whether the archive of a year is what it was. Needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.archives.verifying import verify


class Command(BaseCommand):
    help = "核对年度档案：逐个文件核对摘要，查出改动、缺失和多出的文件。不需要数据库。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="年度档案（zip）")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(options["file"])
        for note in verdict.notes:
            self.stdout.write(f"说明：{note}")
        if not verdict.is_sound:
            for problem in verdict.problems:
                self.stderr.write(problem)
            raise CommandError(f"档案有问题：{len(verdict.problems)} 处。")
        self.stdout.write(f"档案完整：{verdict.title}，{verdict.files} 个文件，{verdict.size:,} 字节。")
        self.stdout.write(f"整份档案的 SHA-256：{verdict.sha256}（可与系统记录中生成文件的一条核对）")
