"""Points of an assessment, where its office wants points. No published rule gives any: these are the office's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reporting.enums import CriterionKind
from reporting.facts import Facts

_TENTH = Decimal("0.1")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion that is used: its share of the points, and what each occurrence takes off."""

    kind: str
    points: Decimal
    deduction: Decimal


def points_of(rule: Rule, facts: Facts, marks: Decimal | None) -> Decimal | None:
    """The points for one criterion, between nothing and its share; None for marks that nobody has given yet.

    Lateness, returns and extensions take ``deduction`` off for each; completeness is in proportion to what was
    handed in of what was owed, and full where nothing was owed; marks are taken as they are.
    """
    match rule.kind:
        case CriterionKind.TIMELINESS:
            return _after_deductions(rule, facts.not_in_time)
        case CriterionKind.RETURNS:
            return _after_deductions(rule, facts.returns)
        case CriterionKind.EXTENSIONS:
            return _after_deductions(rule, facts.extensions)
        case CriterionKind.COMPLETENESS:
            if not facts.entries_owed:
                return rule.points
            return _rounded(rule.points * facts.entries_in / facts.entries_owed)
        case CriterionKind.MARKS:
            return None if marks is None else min(max(marks, _NOTHING), rule.points)
    raise ValueError(f"no rule for {rule.kind}")


def score_of(rules: Iterable[Rule], facts: Facts, marks: Decimal | None) -> Decimal | None:
    """The sum over the criteria; None as long as one of them has no points."""
    total = _NOTHING
    for rule in rules:
        points = points_of(rule, facts, marks)
        if points is None:
            return None
        total += points
    return _rounded(total)


def _after_deductions(rule: Rule, times: int) -> Decimal:
    return max(_rounded(rule.points - rule.deduction * times), _NOTHING)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, rounding=ROUND_HALF_UP)
