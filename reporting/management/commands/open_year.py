"""``manage.py open_year 2026 --conference 500000``: make the year's duties and empty progress rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.models import Conference
from reporting.services.years import NothingToOpen, YearIsClosed, open_year


class Command(BaseCommand):
    help = "开启一个年度：按生效计划生成应报事项和空白进展。重复运行不会重复生成。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, help="年度，如 2026")
        parser.add_argument("--conference", required=True, help="联席会议代码(GB/T 2260)，如 500000")

    def handle(self, *args: Any, **options: Any) -> None:
        year = options["year"]
        if not 1990 <= year <= 2100:
            raise CommandError(f"年度应在 1990 至 2100 之间，收到的是 {year}。")
        try:
            conference = Conference.objects.select_related("upper").get(code=options["conference"])
        except Conference.DoesNotExist:
            raise CommandError(f"没有代码为 {options['conference']} 的联席会议。") from None
        try:
            opening = open_year(conference, year)
        except (NothingToOpen, YearIsClosed) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{conference.short_name} {year} 年度：")
        if opening.year.version is not None:
            self.stdout.write(f"  依据 {opening.year.version}")
        self.stdout.write(f"  应报事项 {opening.duties} 项，本次新增 {opening.duties_created} 项")
        self.stdout.write(
            f"  进展 {opening.progress} 条，本次新增 {opening.progress_created} 条"
            f"（责任 {opening.responsibilities} 条，其中集合责任 {opening.groups} 条按成员展开）"
        )
        for note in opening.notes:
            self.stdout.write(f"  注意：{note}")
