"""Loading published documents from fixtures/documents, through the reader, into plans.

``plans.json`` beside the documents says which conference each belongs to and whether it is to be published.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from departments.models import Conference
from measures.enums import ResponsibilityRole, VersionState
from measures.models import PlanVersion
from measures.reading import MAX_BYTES, UnreadablePlan, decode, read_plan
from measures.services import (
    OpenQuestions,
    PlanNotStorable,
    UnresolvedNames,
    digest,
    publish,
    resolve_names,
    store_version,
)


class PlansNotLoadable(Exception):
    """A document is missing, unreadable, or of a conference that is not there. The message is for people."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One document as it now is in the database, and what it took to get it there."""

    file: str
    title: str
    number: int
    state: str
    is_new: bool
    clauses: int
    measures: int
    lead: int
    cooperating: int
    obligations: int
    questions: int
    # Why a version that was to be published is still a draft.
    refusal: str
    queries: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class _QueryCounter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def load_plans(folder: Path) -> list[Loaded]:
    """Load every document that ``plans.json`` names, in its order, each in a transaction of its own.

    A document that is there already (by the digest of its file) is not read again; if it is still a draft though
    it should be published, its names are resolved and publishing is tried again. Raises PlansNotLoadable; the
    documents before the one that failed stay loaded.
    """
    try:
        listed = json.loads((folder / "plans.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise PlansNotLoadable(f"无法读取文件清单 plans.json：{error}") from error
    codes = {row["conference"] for row in listed}
    conferences = {row.code: row for row in Conference.objects.filter(code__in=codes)}
    if missing := sorted(codes - conferences.keys()):
        raise PlansNotLoadable(f"没有联席会议 {'、'.join(missing)}，请先运行 load_units。")
    return [_load(folder / row["file"], row, conferences[row["conference"]]) for row in listed]


def _load(path: Path, row: dict[str, Any], conference: Conference) -> Loaded:
    counter, began = _QueryCounter(), perf_counter()
    refusal = ""
    with connection.execute_wrapper(counter):
        try:
            version, is_new = _stored(path, conference, row["note"])
        except (OSError, UnreadablePlan, PlanNotStorable) as error:
            raise PlansNotLoadable(f"{path.name}：{error}") from error
        if row["publish"] and version.state == VersionState.DRAFT:
            try:
                if not is_new:
                    resolve_names(version)
                publish(version)
            except (UnresolvedNames, OpenQuestions) as error:
                refusal = str(error)
    seconds = perf_counter() - began
    return Loaded(
        file=path.name,
        title=version.plan.title,
        number=version.number,
        state=version.get_state_display(),
        is_new=is_new,
        **counts(version),
        refusal=refusal,
        queries=counter.count,
        seconds=round(seconds, 3),
    )


def _stored(path: Path, conference: Conference, note: str) -> tuple[PlanVersion, bool]:
    """The version of this file, and whether it was not there before."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    sha256 = digest(data)
    known = PlanVersion.objects.filter(conference=conference, source_sha256=sha256)
    if version := known.select_related("plan", "conference").first():
        return version, False
    text = decode(data)
    version = store_version(
        read_plan(text),
        conference=conference,
        source_text=text,
        source_name=path.name,
        source_sha256=sha256,
        note=note,
    )
    return version, True


def counts(version: PlanVersion) -> dict[str, int]:
    """How many rows a version has of each kind, as they are in the database."""
    by_role = version.responsibility_set.aggregate(
        measures=Count("clause", distinct=True),
        lead=Count("pk", filter=Q(role=ResponsibilityRole.LEAD)),
        cooperating=Count("pk", filter=Q(role=ResponsibilityRole.COOPERATING)),
    )
    return {
        "clauses": version.clause_set.count(),
        **by_role,
        "obligations": version.obligation_set.count(),
        "questions": version.questions.count(),
    }
