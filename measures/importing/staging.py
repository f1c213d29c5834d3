"""Receiving a file, reading it, and staging what was read: rows that nobody but administrators sees."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from departments.models import Conference, User
from departments.models.events import Action
from departments.services import record
from measures.enums import ImportStage, ImportState
from measures.importing.decisions import question, quoted, recall, unknown_units
from measures.importing.doubts import contradictions
from measures.importing.private import Refused, leave_out_contacts, refuse_people
from measures.importing.proposal import Names, refresh
from measures.importing.resources import StagedClauseResource, dataset
from measures.models import Plan, PlanImport, PlanVersion, Question, SheetLayout, StagedClause
from measures.models.imports import as_parties
from measures.reading import PlanText, UnreadablePlan, read_plan
from measures.services import digest
from measures.sheets import Role, TableText, looks_like_table, read_table
from measures.sheets.writing import write_copy
from measures.sources import Kind, Source, read_source, sniff

logger = logging.getLogger(__name__)

# Above this a file is read by a worker, so that nobody's page waits for it.
READ_AT_ONCE = 200 * 1024
# A worker that has given no sign of life for so long is dead; another takes its import over.
SILENCE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
WORKBOOKS = frozenset({Kind.XLSX, Kind.XLS, Kind.CSV})
# What is stored is read by others, in Chinese like the words of the readers.
_UNEXPECTED = "读取时出现意外错误，已记录；请联系管理员，或把文件另存为其他格式后再导入。"


class Stopped(Exception):
    """The import was withdrawn, or another worker has taken it over, while this one was reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: a plan, its text, and where it came from in a workbook."""

    source: Source
    plan: PlanText
    text: str
    table: TableText | None


def receive(
    data: bytes, *, name: str, conference: Conference, by: User | None = None, plan: Plan | None = None
) -> tuple[PlanImport, bool]:
    """Take a file in, and return its import and whether it is new.

    A file that is on its way already, or is the published text in force, gives the import that is there. A small file
    is read at once; a large one is left READING for a worker (reporting.tasks.read_imports). Raises Refused for what
    is no readable file, and for a file with people's numbers in it; nothing is stored then.
    """
    sha256 = digest(data)
    if known := _known(conference, sha256):
        return known, False
    source = None
    try:
        if len(data) <= READ_AT_ONCE:
            source = read_source(data, name=name)
            if source.kind in WORKBOOKS and leave_out_contacts(source):
                data = write_copy(source.sheets)
                source.kind = Kind.XLSX
                source.notes.append("联系人栏里的号码没有读入，保存的文件里也已去掉。")
            refuse_people(source)
            kind = source.kind
        else:
            kind = sniff(data, name)
    except UnreadablePlan as error:
        raise Refused(str(error)) from error
    except Refused:
        raise
    except Exception as error:
        logger.exception("a file that was handed in could not be read")
        raise Refused(_UNEXPECTED) from error
    row = PlanImport(
        conference=conference,
        plan=plan,
        file_name=_short_name(name),
        sha256=sha256,
        size=len(data),
        kind=kind,
        uploaded_by=by,
        stage=ImportStage.WAITING,
    )
    try:
        with transaction.atomic():
            # Two people with one file: the second waits here and finds what the first has stored.
            Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
            if known := _known(conference, sha256):
                return known, False
            row.file.save("", ContentFile(data), save=False)
            row.save()
            record(row, Action.IMPORT, by=by, conference=conference, after=row.state, detail={"sha256": sha256})
    except BaseException:
        # Around the commit as well: references are checked only then.
        if row.file:
            row.file.delete(save=False)
        raise
    if source is not None:
        _read(row, source)
    return row, True


def read_again(plan_import: PlanImport) -> None:
    """Read the stored file anew, after its columns were mapped otherwise. Raises Stopped if it is not open any more."""
    claimed = PlanImport.objects.filter(
        pk=plan_import.pk, state__in=(ImportState.QUESTIONS, ImportState.READY, ImportState.FAILED)
    ).update(
        state=ImportState.READING,
        stage=ImportStage.WAITING,
        attempts=0,
        seen_at=None,
        lock_version=F("lock_version") + 1,
    )
    if not claimed:
        raise Stopped
    plan_import.refresh_from_db()
    if plan_import.size <= READ_AT_ONCE:
        _read(plan_import, None)


def read_waiting(most: int | None = None) -> int:
    """Read imports that wait, or whose worker died: all, or ``most`` of them; returns how many.

    May run twice at once, or never.
    """
    count = 0
    while (most is None or count < most) and (row := _claim(waiting())):
        _read(row, None)
        count += 1
    return count


def read_now(row: PlanImport) -> bool:
    """Read this import here, if it waits; ``row`` is as it is in the database afterwards.

    Returns False, and reads nothing, while a worker is reading it.
    """
    if claimed := _claim(waiting().filter(pk=row.pk)):
        _read(claimed, None)
    row.refresh_from_db()
    return row.state != ImportState.READING


def waiting() -> QuerySet[PlanImport]:
    """Imports that nobody is reading."""
    return PlanImport.objects.filter(state=ImportState.READING).filter(
        Q(seen_at=None) | Q(seen_at__lt=timezone.now() - SILENCE)
    )


def withdraw(plan_import: PlanImport, *, by: User | None, reason: str = "") -> None:
    """Take an unpublished import back; a worker that is reading it stops. Raises Stopped if it is too late."""
    with transaction.atomic():
        before = PlanImport.objects.select_for_update().get(pk=plan_import.pk).state
        if before not in (*ImportState.unfinished(), ImportState.FAILED):
            raise Stopped
        PlanImport.objects.filter(pk=plan_import.pk).update(
            state=ImportState.WITHDRAWN, lock_version=F("lock_version") + 1
        )
        record(
            plan_import,
            Action.WITHDRAW,
            by=by,
            conference=plan_import.conference_id,
            before=before,
            after=ImportState.WITHDRAWN,
            reason=reason,
        )
    plan_import.state = ImportState.WITHDRAWN


def _known(conference: Conference, sha256: str) -> PlanImport | None:
    same = PlanImport.objects.filter(conference=conference, sha256=sha256)
    # A version that was published after it and withdrawn again has left it in force.
    later = Q(plan=OuterRef("version__plan"), number__gt=OuterRef("version__number"))
    followed = Exists(PlanVersion.objects.published().filter(Q(follows=OuterRef("version")) | later))
    return same.filter(Q(state__in=ImportState.unfinished()) | Q(~followed, state=ImportState.PUBLISHED)).first()


def _short_name(name: str) -> str:
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(character for character in name if character.isprintable()).strip() or "未命名文件"
    return name if len(name) <= 200 else f"{name[:190]}…{name[-8:]}"


def _claim(rows: QuerySet[PlanImport]) -> PlanImport | None:
    """Take the next of ``rows``, which wait, if it was not tried too often already."""
    while True:
        row = rows.order_by("pk").first()
        if row is None:
            return None
        mine = _held(row).filter(seen_at=row.seen_at)
        if row.attempts >= MOST_ATTEMPTS:
            _fail(row, "读取多次中断，没有完成。请另存为较小或较简单的文件后再导入。", among=mine)
            continue
        if mine.update(seen_at=timezone.now(), attempts=row.attempts + 1):
            row.refresh_from_db()
            return row


def _held(row: PlanImport) -> QuerySet[PlanImport]:
    """The row, as long as it is read and nobody has claimed it since ``row`` was fetched."""
    return PlanImport.objects.filter(pk=row.pk, state=ImportState.READING, attempts=row.attempts)


def _pulse(row: PlanImport, stage: str, done: int, total: int = 4) -> None:
    """Say how far it is, and learn whether to go on."""
    if not _held(row).update(stage=stage, done=done, total=total, seen_at=timezone.now()):
        raise Stopped


def _read(row: PlanImport, source: Source | None) -> None:
    """Read and stage one import; what is wrong with the file is its state afterwards, not an exception."""
    try:
        _pulse(row, ImportStage.FILE, 0)
        if source is None:
            source = _source_of(row)
        _pulse(row, ImportStage.CLAUSES, 1)
        reading = understand(source, row)
        _pulse(row, ImportStage.STAGING, 2)
        _stage(row, reading)
    except Stopped:
        logger.info("import %s was stopped while it was read", row.pk)
    except Refused as error:
        _fail_without_file(row, str(error))
    except UnreadablePlan as error:
        _fail(row, str(error))
    except (OperationalError, InterfaceError):
        # It is not the file: the next worker tries again, a few times.
        raise
    except OSError as error:
        logger.warning("import %s: its file cannot be read: %s", row.pk, error)
        _fail(row, "保存的文件读不出来，请重新导入。")
    except Exception:
        # A fault of ours that this file has brought up; it must not keep other files, or a page, from going on.
        logger.exception("import %s could not be read", row.pk)
        _fail(row, _UNEXPECTED)
    row.refresh_from_db()


def _source_of(row: PlanImport) -> Source:
    """The stored file. Raises OSError when it is gone, and what reading and refusing raise."""
    if not row.file:
        raise FileNotFoundError("the file was deleted")
    with row.file.open("rb") as file:
        source = read_source(file.read(), name=row.file_name)
    refuse_people(source)
    return source


def _fail(row: PlanImport, problem: str, *, among: QuerySet[PlanImport] | None = None, **fields: Any) -> bool:
    """End the import with ``problem``, unless it is no longer among the rows (``_held`` by default)."""
    rows = _held(row) if among is None else among
    with transaction.atomic():
        failed = rows.update(
            state=ImportState.FAILED, problem=problem, stage="", lock_version=F("lock_version") + 1, **fields
        )
        if failed:
            _discard(row)
    return bool(failed)


def _fail_without_file(row: PlanImport, problem: str) -> None:
    """Nobody can fetch the file from the moment that the import is failed; it leaves the disk when that is certain."""
    stored, storage = str(row.file.name), row.file.storage
    with transaction.atomic():
        if _fail(row, problem, file=""):
            transaction.on_commit(lambda: storage.delete(stored))


def understand(source: Source, row: PlanImport) -> Reading:
    """A plan out of a file: of a workbook by its columns, of a document by its numbering.

    A Word file whose text is no plan, or names nobody, but whose tables are responsibilities is read as a workbook.
    """
    if source.kind in WORKBOOKS:
        return _of_table(source, row)
    has_table = bool(source.sheets) and looks_like_table(source.sheets)
    try:
        plan = read_plan(source.text)
    except UnreadablePlan:
        if has_table:
            return _of_table(source, row)
        raise
    if has_table and not plan.measures:
        # 「责任分解（见附件）」: who answers for what stands in the table alone.
        return _of_table(source, row)
    return Reading(source, plan, source.text, None)


def _of_table(source: Source, row: PlanImport) -> Reading:
    chosen = {
        layout.signature: {int(column): Role(role) for column, role in layout.roles.items()}
        for layout in SheetLayout.objects.filter(conference=row.conference_id)
    }
    title = row.file_name.rpartition(".")[0] or row.file_name
    table = read_table(source.sheets, roles=chosen, title=title)
    return Reading(source, table.plan, table.source_text, table)


def _stage(row: PlanImport, reading: Reading) -> None:
    """Store everything that was read, or nothing and why."""
    faults = [asdict(fault) for fault in reading.table.faults] if reading.table else []
    layouts = [_layout(layout) for layout in reading.table.layouts] if reading.table else []
    notes = [*reading.source.notes, *(reading.table.notes if reading.table else [])]
    found: dict[str, Any] = dict(layouts=layouts, notes=notes, kind=reading.source.kind)
    if not faults:
        try:
            _store(row, reading, found)
        except _Faulty as faulty:
            faults = faulty.faults
    if faults:
        problem = f"文件里有 {len(faults)} 处错误，没有导入任何内容；请按下面逐处改正后再导入。"
        _fail(row, problem, faults=faults, **found)


class _Faulty(Exception):
    """Values that no column can hold: all of them, as the import shows them. Nothing was stored."""

    def __init__(self, faults: list[dict[str, Any]]) -> None:
        super().__init__(len(faults))
        self.faults = faults


@transaction.atomic
def _store(row: PlanImport, reading: Reading, found: dict[str, Any]) -> None:
    """Clauses, questions and what follows from them in one transaction. Raises _Faulty and Stopped."""
    plan = reading.plan
    _pulse(row, ImportStage.STAGING, 2)
    _discard(row)
    if faults := _store_clauses(row, _rows(reading)):
        raise _Faulty(faults)
    # Read again with other columns, the file says the same of itself; what a person has set right stays.
    row.title = row.title or plan.title[:200]
    row.document_number = row.document_number or (plan.document_number or "")[:60]
    row.issued_by = row.issued_by or (plan.issued_by or "")[:100]
    row.issued_on = row.issued_on or (date.fromisoformat(plan.issued_on) if plan.issued_on else None)
    row.starts_year, row.ends_year = row.starts_year or plan.period.start, row.ends_year or plan.period.end
    row.members = list(plan.members)
    row.obligations = [asdict(obligation) for obligation in plan.obligations]
    row.source_text = reading.text
    row.faults, row.problem, row.stage, row.done, row.total = [], "", "", 4, 4
    row.layouts, row.notes, row.kind = found["layouts"], found["notes"], found["kind"]
    row.lock_version += 1
    row.state = ImportState.QUESTIONS
    row.save()
    names = Names.of(row)
    questions = [
        question(row, asked.code, asked.path, asked.message, quoted(asked.code, asked.message))
        for asked in plan.questions
    ]
    if reading.table is not None:
        questions += contradictions(row, plan)
    questions += unknown_units(
        row,
        [
            (clause.path, party.name, party.as_written)
            for clause in plan.clauses
            for party in (*clause.lead, *clause.cooperating)
            if not party.group and names.resolve(party.name, party.as_written) is None
        ],
    )
    recall(row, questions)
    Question.objects.bulk_create(questions)
    refresh(row)


def _layout(layout: Any) -> dict[str, Any]:
    return {
        "sheet": layout.sheet,
        "signature": layout.signature,
        "rows": layout.rows,
        "columns": [
            {"index": column.index, "header": column.header, "role": column.role.value} for column in layout.columns
        ],
    }


def _rows(reading: Reading) -> list[tuple[Any, ...]]:
    table = reading.table
    rows = []
    for position, clause in enumerate(reading.plan.clauses, 1):
        place = table.places.get(clause.path) if table else None
        rows.append(
            (
                position,
                clause.path,
                clause.label,
                clause.kind,
                clause.heading,
                clause.text,
                clause.start,
                clause.end,
                as_parties(clause.lead),
                as_parties(clause.cooperating),
                table.dues.get(clause.path, "") if table else "",
                place.sheet[:100] if place else "",
                place.row + 1 if place else None,
            )
        )
    return rows


def _store_clauses(row: PlanImport, rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Store all rows; or none, and return what no column could hold, all of it."""
    resource = StagedClauseResource(row)
    result = resource.import_data(dataset(rows), dry_run=False, raise_errors=False, rollback_on_validation_errors=True)
    if result.base_errors:
        raise result.base_errors[0].error
    faults = []
    for invalid in result.invalid_rows:
        values = rows[invalid.number - 1]
        for field, messages in invalid.error.message_dict.items():
            faults.append(
                {
                    "sheet": values[11],
                    "cell": f"第{values[12]}行" if values[12] else values[1][:60],
                    "value": str(dict(zip(resource.get_user_visible_headers(), values, strict=False)).get(field, ""))[
                        :60
                    ],
                    "message": " ".join(messages),
                }
            )
    for number, error in result.row_errors():
        faults += [{"sheet": "", "cell": str(number), "value": "", "message": str(one.error)[:200]} for one in error]
    return faults


def _discard(row: PlanImport) -> None:
    """Nothing of an earlier reading stays."""
    StagedClause.objects.filter(plan_import=row).delete()
    Question.objects.filter(plan_import=row, version=None).delete()
