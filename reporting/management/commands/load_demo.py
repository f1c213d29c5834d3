"""Load the demo's people, last year's work and this year's so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from reporting.calendar_loading import load_calendar
from reporting.samples.demo import ACCOUNTS, PASSWORD, NothingToShow, load_demo


class Command(BaseCommand):
    help = "载入演示账号和虚构的上年度、本年度工作（本年度须已开启且无人填报）；账号口令是公开的，不能用于正式环境。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="在启用 HTTPS 的环境也照样载入")

    def handle(self, *, force: bool, verbosity: int, **options: Any) -> None:
        if settings.HTTPS and not force:
            raise CommandError(
                "演示账号的口令是公开的，正式环境（HTTPS=1）不能载入；确实是演示环境时请设置 HTTPS=0，或加 --force。"
            )
        try:
            with transaction.atomic():
                load_calendar(Path(settings.BASE_DIR) / "fixtures" / "working_days.json")
                demo = load_demo()
        except NothingToShow as error:
            raise CommandError(str(error)) from error
        if not verbosity:
            return
        self.stdout.write(f"账号：新增 {demo.users}；任职：新增 {demo.postings}")
        self.stdout.write(f"进展和报告：上年度新增 {demo.last_year}，本年度新增 {demo.this_year}")
        self.stdout.write(f"口令：{PASSWORD}")
        for username, role, unit in ACCOUNTS:
            self.stdout.write(f"  {username}\t{role}\t{unit}")
