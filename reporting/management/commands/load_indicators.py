"""Load the starting dictionary of fixtures/indicators into one conference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.models import Conference
from reporting.indicator_loading import IndicatorsNotLoadable, load_indicators


class Command(BaseCommand):
    help = "载入起始指标字典：只补没有的指标，已有的不动；可重复运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.BASE_DIR / "fixtures" / "indicators" / "indicators.json"
        parser.add_argument("file", nargs="?", type=Path, default=default, help="指标文件")
        parser.add_argument("--conference", required=True, help="联席会议代码，如 500000")

    def handle(self, *, file: Path, conference: str, verbosity: int, **options: Any) -> None:
        found = Conference.objects.filter(code=conference).first()
        if found is None:
            raise CommandError(f"没有代码为 {conference} 的联席会议。")
        try:
            loaded = load_indicators(file, found)
        except IndicatorsNotLoadable as error:
            raise CommandError(str(error)) from error
        if not verbosity:
            return
        above = f"，上级已统一要求 {loaded.from_above}" if loaded.from_above else ""
        self.stdout.write(f"{found.short_name}指标：新增 {len(loaded.added)}，已有 {loaded.known}{above}")
        for name, units in loaded.unresolved.items():
            self.stdout.write(f"「{name}」的填报单位对不上登记的名称，请在指标页指定：{'、'.join(units)}")
