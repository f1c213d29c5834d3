"""What the ledger says of one unit, or of one district's conference, over the years of an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts. What is owed and not yet due is in ``duties_owed`` and in none of the three that follow."""

    duties_owed: int = 0
    # By the day on which a duty was handed in for the first time; its deadline is the one that was extended last.
    duties_in_time: int = 0
    duties_late: int = 0
    duties_missing: int = 0
    entries_owed: int = 0
    entries_in: int = 0
    entries_accepted: int = 0
    returns: int = 0
    extensions: int = 0
    urges: int = 0
    # Only districts hold meetings.
    meetings_owed: int = 0
    meetings_held: int = 0

    @property
    def not_in_time(self) -> int:
        """What timeliness takes points off for."""
        return self.duties_late + self.duties_missing

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What is not stored counts as nothing; what is stored and not known any more is left out."""
        return cls(**{field.name: int(stored.get(field.name, 0)) for field in fields(cls)})
