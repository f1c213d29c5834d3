"""Load public holidays and make-up days from fixtures/working_days.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.calendar_loading import CalendarNotLoadable, load_calendar


class Command(BaseCommand):
    help = "载入国务院办公厅公布的放假和调休安排；可重复运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.BASE_DIR / "fixtures" / "working_days.json"
        parser.add_argument("file", nargs="?", type=Path, default=default, help="工作日历文件")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        try:
            change = load_calendar(file)
        except CalendarNotLoadable as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(str(change))
