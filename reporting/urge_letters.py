"""催办函: the letters of one act of urging, for units that nobody reaches in the product, or that need it on paper."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from reporting.documents.content import Document
from reporting.documents.letters import Urged, urge_letter
from reporting.documents.word import to_docx
from reporting.models import Urge

# What is late has to be done within this many days after the letter, unless the office says another day.
_TO_CATCH_UP = timedelta(days=5)
# Zip entries carry a time; the same letters make the same file.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, what it urges about, and a name for its file."""

    document: Document
    urges: tuple[Urge, ...]
    reply_by: date
    name: str


def letters_of(
    urges: Iterable[Urge], *, number: str = "", reply_by: date | None = None, each: bool = False
) -> list[Letter]:
    """One letter to all units, or one to each. Needs the duty with owner, clause and plan loaded, and who urged.

    ``reply_by`` None: by the latest deadline while all lie ahead, else within a few days after the urging.
    """
    rows = list(urges)
    if not each:
        return [_letter(rows, number, reply_by)]
    by_owner: dict[str, list[Urge]] = {}
    for row in rows:
        by_owner.setdefault(str(row.duty.owner), []).append(row)
    return [_letter(own, number, reply_by) for own in by_owner.values()]


def _letter(urges: list[Urge], number: str, reply_by: date | None) -> Letter:
    first = urges[0]
    signed_on = timezone.localdate(first.created_at)
    latest = max(urge.duty.due_on for urge in urges)
    is_late = any(urge.duty.due_on < signed_on for urge in urges)
    by = reply_by or (signed_on + _TO_CATCH_UP if is_late else latest)
    owners = list(dict.fromkeys(str(urge.duty.owner) for urge in urges))
    document = urge_letter(
        [
            Urged(
                unit=str(urge.duty.owner),
                duty=urge.duty.title,
                due_on=urge.duty.due_on,
                basis=urge.duty.obligation.clause.spoken_path,
            )
            for urge in urges
        ],
        year=first.duty.year,
        reply_by=by,
        signatory=first.conference.office_name,
        signed_on=signed_on,
        plan=first.duty.obligation.clause.version.plan.title.strip("《》"),
        number=number,
        note=first.message,
        contact=str(first.created_by),
    )
    whom = owners[0] if len(owners) == 1 else f"{owners[0]}等{len(owners)}家"
    return Letter(document, tuple(urges), by, f"催办函（{whom}）")


def zipped(letters: Iterable[Letter]) -> bytes:
    """The letters as Word files in one zip, numbered in their order so that no two have one name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, letter in enumerate(letters, start=1):
            name = letter.name.replace("/", "／").replace("\\", "＼")
            archive.writestr(zipfile.ZipInfo(f"{place:02}_{name}.docx", _NO_TIME), to_docx(letter.document))
    return file.getvalue()
