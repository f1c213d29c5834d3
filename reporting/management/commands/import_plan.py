"""``manage.py import_plan FILE --conference CODE``: what the import pages do, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from departments.models import Conference
from measures.enums import ImportState
from measures.importing.answers import NotOpen, look_again
from measures.importing.private import Refused
from measures.importing.proposal import Proposal
from measures.importing.publication import NotPublishable
from measures.importing.staging import read_now, receive
from measures.models import PlanImport
from measures.services import OpenQuestions, PlanNotStorable, UnresolvedNames
from measures.sheets.words import CHANGES
from measures.sources import MAX_BYTES
from reporting.services.publication import publish_plan


class Command(BaseCommand):
    help = "导入一份计划（Word、PDF、网页、文本或责任分解表），显示问题和与现行版本的变化。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="文件", help="要导入的文件")
        parser.add_argument("--conference", required=True, metavar="代码", help="联席会议代码，如 500000")
        parser.add_argument("--dry-run", action="store_true", help="只看结果，不保存任何内容")
        parser.add_argument("--publish", action="store_true", help="没有待答复的问题时直接发布")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"] and options["publish"]:
            raise CommandError("--dry-run 和 --publish 不能同时使用。")
        path = Path(options["file"])
        conference = Conference.objects.filter(code=options["conference"]).first()
        if conference is None:
            raise CommandError(f"没有代码为「{options['conference']}」的联席会议。")
        data = _read(path)
        try:
            if options["dry_run"]:
                outcome, note = _try(data, path.name, conference)
            else:
                row, _is_new = receive(data, name=path.name, conference=conference)
                note = _read_here(row)
                if options["publish"] and not note:
                    note = _publish(row)
                outcome = Proposal.of(row).outcome()
        except Refused as error:
            if not options["json"]:
                raise CommandError(str(error)) from error
            outcome, note = _refused(str(error)), ""
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False, indent=2))
        else:
            self._tell(outcome, note)
        if note:
            raise CommandError(note)
        if outcome["state"] == ImportState.FAILED:
            raise CommandError("文件没有导入，见上面的错误。")

    def _tell(self, outcome: dict[str, Any], note: str) -> None:
        state = ImportState(outcome["state"]).label
        self.stdout.write(
            f"{state}：条款 {outcome['clauses']}，措施 {outcome['measures']}，"
            f"负责 {outcome['lead']}，配合 {outcome['cooperating']}，时限义务 {outcome['obligations']}。"
        )
        changes = "，".join(f"{words} {outcome['changes'][kind]}" for kind, words in CHANGES.items())
        self.stdout.write(f"与对照版本相比：{changes}。")
        for question in outcome["questions"]:
            mark = "已答复" if question["answer"] else ("须答复" if question["blocking"] else "可核对")
            self.stdout.write(f"[{mark}] {question['message']}")
        for fault in outcome["errors"]:
            place = " ".join(filter(None, [fault["sheet"], fault["cell"], fault["value"]]))
            self.stdout.write(f"[错误] {place} {fault['message']}".replace("  ", " "))


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise CommandError(f"文件太大，上限是 {MAX_BYTES // 1024 // 1024} MB。")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"文件「{path}」无法读取：{error.strerror or error}") from error


def _try(data: bytes, name: str, conference: Conference) -> tuple[dict[str, Any], str]:
    """What an import would give, and in words what is in its way; afterwards it is as if nothing had been."""
    stored, storage = "", None
    try:
        with transaction.atomic():
            row, is_new = receive(data, name=name, conference=conference)
            if is_new:
                stored, storage = str(row.file.name), row.file.storage
            note = _read_here(row)
            outcome = Proposal.of(row).outcome()
            transaction.set_rollback(True)
    finally:
        # Rows are taken back by the database; the file goes once they are gone.
        if storage is not None:
            storage.delete(stored)
    return outcome, note


def _read_here(row: PlanImport) -> str:
    """Read what is left to a worker; returns why not, in words."""
    if row.state != ImportState.READING or read_now(row):
        return ""
    return "后台正在读取这份文件，请稍后用同一命令查看结果。"


def _publish(row: PlanImport) -> str:
    """Publish, if it is not published; returns why not, in words."""
    if row.state == ImportState.PUBLISHED:
        return ""
    try:
        # Staged some time ago, it may have been compared with what is no longer in force.
        look_again(row)
        publish_plan(row, by=None)
    except (NotOpen, NotPublishable, OpenQuestions, UnresolvedNames, PlanNotStorable) as error:
        row.refresh_from_db()
        return str(error)
    row.refresh_from_db()
    return ""


def _refused(message: str) -> dict[str, Any]:
    return {
        "state": ImportState.FAILED.value,
        **dict.fromkeys(("clauses", "measures", "lead", "cooperating", "obligations"), 0),
        "questions": [],
        "errors": [{"sheet": "", "cell": "", "value": "", "message": message}],
        "changes": dict.fromkeys(("same", "reworded", "moved", "split", "merged", "new", "dropped"), 0),
    }
