"""Load places, conferences, units, names, seats and successions from fixtures/units."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.loading import UnitsNotLoadable, load_units


class Command(BaseCommand):
    help = "载入区划、联席会议、单位、名称、成员资格和沿革；可重复运行，第二次不改动任何数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "units",
            help="资料所在的文件夹",
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, folder: Path, verbosity: int, **options: Any) -> None:
        try:
            changes = load_units(folder)
        except UnitsNotLoadable as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([change.as_dict() for change in changes], ensure_ascii=False))
        elif verbosity:
            for change in changes:
                self.stdout.write(str(change))
            if all(change.is_nothing for change in changes):
                self.stdout.write("与资料一致，没有改动。")
