"""Load the documents of fixtures/documents as plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from measures.loading import Loaded, PlansNotLoadable, load_plans


class Command(BaseCommand):
    help = "载入已发布的计划原文；同一文件再次运行不会重复载入。"

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.BASE_DIR / "fixtures" / "documents"
        parser.add_argument("folder", nargs="?", type=Path, default=default, help="原文和 plans.json 所在的文件夹")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, folder: Path, verbosity: int, **options: Any) -> None:
        try:
            loaded = load_plans(folder)
        except PlansNotLoadable as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([row.as_dict() for row in loaded], ensure_ascii=False))
        elif verbosity:
            for row in loaded:
                self.write(row, verbosity)

    def write(self, row: Loaded, verbosity: int) -> None:
        self.stdout.write(f"{row.file}：{row.title}")
        already = "" if row.is_new else "（原已载入，没有改动）"
        self.stdout.write(
            f"  第{row.number}版，{row.state}{already}：条款 {row.clauses}，措施 {row.measures}，"
            f"负责 {row.lead}，配合 {row.cooperating}，义务 {row.obligations}，问题 {row.questions}"
        )
        if verbosity > 1:
            self.stdout.write(f"  数据库查询 {row.queries} 次，用时 {row.seconds:.3f} 秒")
        if row.refusal:
            self.stderr.write(f"  未发布：{row.refusal}")
