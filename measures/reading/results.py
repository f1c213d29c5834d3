"""What reading a plan yields: plain values, no model and no database.

Every offset counts characters (code points) of the text that was given to ``read_plan``, from 0, end exclusive.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Party:
    """One unit, or group of units, as one clause names it.

    ``name`` has inherited prefixes restored and plates in brackets left out; ``as_written`` is the document's words.
    """

    name: str
    as_written: str
    group: bool = False


@dataclass(slots=True)
class Clause:
    """One paragraph of the document under its printed number.

    ``path`` is unique in the document: printed numbers from the outermost in, joined by ``/``, ``#n`` for the n-th
    paragraph under one number, ``~n`` for the n-th use of a number that should have been used once.
    ``label + heading + text`` is everything printed in ``source[start:end]``, white space aside.
    """

    path: str
    label: str
    kind: str
    heading: str
    text: str
    start: int
    end: int
    lead: list[Party] = field(default_factory=list)
    cooperating: list[Party] = field(default_factory=list)

    @property
    def is_measure(self) -> bool:
        return bool(self.lead or self.cooperating)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When an obligation falls due.

    ``type``: annual, half_yearly, quarterly, monthly, at_least (``times`` a year), once, event or continuing.
    ``day`` is the last day of the month where the document says 月底. ``includes_day`` is true for 「…日前」: the
    day itself is still in time. ``None`` stands for what the document does not say.
    """

    type: str
    month: int | None = None
    day: int | None = None
    year: int | None = None
    times: int | None = None
    includes_day: bool | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes what, to whom and by when; ``basis`` is the path of the clause that says so."""

    kind: str
    title: str
    obliged: str
    recipients: tuple[str, ...]
    recurrence: Recurrence
    basis: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person must decide. ``code`` is stable, ``message`` names the clause and its words."""

    code: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Period:
    """First and last year of the plan, both inclusive."""

    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class PlanText:
    """A plan as read; nothing in it has been matched against the registry of units."""

    title: str
    document_number: str | None
    issued_by: str | None
    issued_on: str | None
    period: Period
    members: list[str]
    clauses: list[Clause]
    obligations: list[Obligation]
    questions: list[Question]

    @property
    def measures(self) -> list[Clause]:
        return [clause for clause in self.clauses if clause.is_measure]

    def as_dict(self) -> dict[str, Any]:
        """The JSON contract of ``parse_plan --json``: field names are keys, in the order of the fields."""
        return asdict(self)
