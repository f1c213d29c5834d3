"""Make a city of full size for measurements."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.models import Conference
from reporting.samples.city import CITY_CODE, DISTRICTS, CityExists, make_city
from reporting.services.years import open_year


class Command(BaseCommand):
    help = "生成一个全规模的测试市（代码以 99 开头），用于性能测量；不能用于正式环境。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--districts", type=int, default=DISTRICTS, help=f"区县个数（1–99），默认 {DISTRICTS}")
        parser.add_argument("--seed", type=int, default=1, help="相同的种子生成相同的数据")
        parser.add_argument("--year", type=int, help="同时开启各联席会议的这一年度")
        parser.add_argument("--force", action="store_true", help="在启用 HTTPS 的环境也照样生成")

    def handle(
        self, *, districts: int, seed: int, year: int | None, force: bool, verbosity: int, **options: Any
    ) -> None:
        if settings.HTTPS and not force:
            raise CommandError(
                "测试市的账号口令是公开的，正式环境（HTTPS=1）不能生成；测量环境请设置 HTTPS=0，或加 --force。"
            )
        if not 1 <= districts <= 99:
            raise CommandError("区县个数应在 1 至 99 之间。")
        began = perf_counter()
        try:
            city = make_city(Path(settings.BASE_DIR) / "fixtures", districts=districts, seed=seed)
        except CityExists as error:
            raise CommandError(str(error)) from error
        if year is not None:
            for conference in Conference.objects.filter(code__startswith=CITY_CODE[:2]).select_related("upper"):
                open_year(conference, year)
        if verbosity:
            self.stdout.write(
                f"联席会议 {city.conferences}，单位 {city.units}，账号 {city.users}，责任 {city.responsibilities}；"
                f"用时 {perf_counter() - began:.1f} 秒"
            )
