"""``manage.py verify_events``: whether the trail is as it was written, and where it is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.sealing import seal_events, verify_events


class Command(BaseCommand):
    help = "核对审计记录：重算全部封存，指出第一条被改动、删除或事后插入的事件。先把尚未封存的封存。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--read-only", action="store_true", help="只核对，不封存新的事件")
        parser.add_argument(
            "--contains",
            default="",
            metavar="DIGEST",
            help="以前记下的链尾摘要：现在的链里必须还有它，没有即整链被重造",
        )

    def handle(self, *, read_only: bool, contains: str, **options: Any) -> None:
        # What is wrong must be seen before anything is added behind it.
        found = verify_events(contains=contains)
        if found.problem is None and not read_only and seal_events():
            found = verify_events(contains=contains)
        if found.problem is not None:
            words = (
                f"链里没有摘要 {contains}：封存链被重造"
                if found.problem.event == 0
                else f"{found.problem}。此前 {found.count} 条相符，链尾 {found.head}"
            )
            raise CommandError(words)
        self.stdout.write(f"{found.count} 条事件与封存相符。链尾 {found.head}（记在别处，以后用 --contains 核对）")
