"""What is frozen when a report is filed: its document, and beside it, typed, what the document was made of.

The stored form is JSON with texts, whole numbers, booleans and nulls only, so that it has one canonical form and one
digest whatever database it lay in. Readers outside this module get values, never the JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from reporting.documents.content import Document
from reporting.documents.snapshots import digest_json, from_json, to_json

SCHEMA = "antitrafficking/annual-report"
VERSION = 1


class MalformedSnapshot(ValueError):
    """What is stored is no snapshot of ours, or of a version that this program does not know."""


@dataclass(frozen=True, slots=True)
class FrozenSection:
    key: str
    level: int
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class FrozenFigure:
    """A number as it was filed (reporting.services.figures.ReportFigure). Without a value there is none, which is not zero.

    ``dictionary`` is the code of the conference in whose dictionary ``code`` is. In a conference's report it is the sum
    of ``sources`` units and districts, and ``missing`` of those asked are not in it.
    """

    dictionary: str
    code: str
    name: str
    unit: str
    value: Decimal | None
    as_written: str = ""
    cannot_be_counted: bool = False
    explanation: str = ""
    is_cumulative: bool = False
    last_year: Decimal | None = None
    sources: int = 1
    missing: int = 0

    @property
    def text(self) -> str:
        """What stands in a table of an official document."""
        return "无法统计" if self.cannot_be_counted else self.as_written or "—"


@dataclass(frozen=True, slots=True)
class FrozenMeasure:
    """How one unit stood on one measure, ``state`` being its standing (reporting.enums.Standing).

    ``status`` is empty where the unit had not handed in its entry, and where it only had to know of the measure.
    """

    path: str
    heading: str
    unit: str
    role: str
    state: str
    status: str


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file that went with the report."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A report as it was filed. ``unit_code`` is empty for a conference's own."""

    year: int
    conference_code: str
    conference_name: str
    unit_code: str
    unit_name: str
    recipients: tuple[str, ...]
    round: int
    due_on: date | None
    document: Document
    sections: tuple[FrozenSection, ...] = ()
    figures: tuple[FrozenFigure, ...] = ()
    measures: tuple[FrozenMeasure, ...] = ()
    files: tuple[FrozenFile, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "schema": SCHEMA,
            "version": VERSION,
            "year": self.year,
            "conference": {"code": self.conference_code, "name": self.conference_name},
            "unit": {"code": self.unit_code, "name": self.unit_name} if self.unit_code else None,
            "recipients": list(self.recipients),
            "round": self.round,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "document": to_json(self.document),
            "sections": [_plain(section) for section in self.sections],
            "figures": [_plain(figure) for figure in self.figures],
            "measures": [_plain(measure) for measure in self.measures],
            "files": [_plain(file) for file in self.files],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form. Raises MalformedSnapshot."""
        if not isinstance(stored, Mapping) or (stored.get("schema"), stored.get("version")) != (SCHEMA, VERSION):
            raise MalformedSnapshot("not a snapshot of this schema and version")
        try:
            unit = stored["unit"] or {"code": "", "name": ""}
            return cls(
                year=int(stored["year"]),
                conference_code=stored["conference"]["code"],
                conference_name=stored["conference"]["name"],
                unit_code=unit["code"],
                unit_name=unit["name"],
                recipients=tuple(stored["recipients"]),
                round=int(stored["round"]),
                due_on=date.fromisoformat(stored["due_on"]) if stored["due_on"] else None,
                document=from_json(stored["document"]),
                sections=tuple(FrozenSection(**section) for section in stored["sections"]),
                figures=tuple(
                    FrozenFigure(**{**row, "value": _decimal(row["value"]), "last_year": _decimal(row["last_year"])})
                    for row in stored["figures"]
                ),
                measures=tuple(FrozenMeasure(**measure) for measure in stored["measures"]),
                files=tuple(FrozenFile(**file) for file in stored["files"]),
            )
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise MalformedSnapshot(str(error)) from error


def _plain(row: FrozenSection | FrozenFigure | FrozenMeasure | FrozenFile) -> dict[str, Any]:
    """The fields of a row; a number is written out as text, so that no database rounds it."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in values.items()}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def is_unchanged(stored: Mapping[str, Any], sha256: str) -> bool:
    """Whether what is stored is what was filed: its digest computed anew is the one noted then."""
    return digest_json(dict(stored)) == sha256
