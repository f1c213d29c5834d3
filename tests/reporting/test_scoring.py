"""Points of an assessment, against sums done by hand."""

from decimal import Decimal

import pytest

from reporting.enums import CriterionKind
from reporting.facts import Facts
from reporting.scoring import Rule, points_of, score_of

D = Decimal


def rule(kind, points, deduction="0"):
    return Rule(kind, D(points), D(deduction))


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (Facts(), "30"),
        (Facts(duties_owed=3, duties_in_time=3), "30"),
        # 30 − 5 × 1
        (Facts(duties_owed=3, duties_in_time=2, duties_late=1), "25"),
        # 30 − 5 × (1 + 2)
        (Facts(duties_owed=4, duties_in_time=1, duties_late=1, duties_missing=2), "15"),
        # 30 − 5 × 6 = 0, and 30 − 5 × 7 would be less than nothing
        (Facts(duties_owed=6, duties_missing=6), "0"),
        (Facts(duties_owed=7, duties_missing=7), "0"),
    ],
)
def test_each_late_or_missing_duty_takes_the_deduction_off(facts, points):
    assert points_of(rule(CriterionKind.TIMELINESS, "30", "5"), facts, None) == D(points)


@pytest.mark.parametrize(
    ("owed", "handed_in", "points"),
    [
        (0, 0, "40"),
        (10, 10, "40"),
        (10, 0, "0"),
        # 40 × 7/8
        (8, 7, "35"),
        # 40 × 1/3 = 13.333…
        (3, 1, "13.3"),
        # 40 × 2/3 = 26.666…
        (3, 2, "26.7"),
        # 40 × 1/32 = 1.25, the half goes up
        (32, 1, "1.3"),
    ],
)
def test_completeness_is_in_proportion_to_what_was_handed_in(owed, handed_in, points):
    facts = Facts(entries_owed=owed, entries_in=handed_in)

    assert points_of(rule(CriterionKind.COMPLETENESS, "40"), facts, None) == D(points)


@pytest.mark.parametrize(
    ("kind", "facts", "points"),
    [
        # 10 − 1.5 × 2
        (CriterionKind.RETURNS, Facts(returns=2), "7"),
        # 10 − 1.5 × 3
        (CriterionKind.EXTENSIONS, Facts(extensions=3), "5.5"),
        # 10 − 1.5 × 7 = −0.5
        (CriterionKind.RETURNS, Facts(returns=7), "0"),
        # Of no concern to each other.
        (CriterionKind.RETURNS, Facts(extensions=3), "10"),
    ],
)
def test_each_return_and_extension_takes_its_deduction_off(kind, facts, points):
    assert points_of(rule(kind, "10", "1.5"), facts, None) == D(points)


@pytest.mark.parametrize(("marks", "points"), [("8.5", "8.5"), ("0", "0"), ("12", "10"), (None, None)])
def test_marks_are_taken_as_given_up_to_their_share(marks, points):
    given = points_of(rule(CriterionKind.MARKS, "10"), Facts(), None if marks is None else D(marks))

    assert given == (None if points is None else D(points))


RULES = [
    rule(CriterionKind.TIMELINESS, "30", "5"),
    rule(CriterionKind.COMPLETENESS, "40"),
    rule(CriterionKind.RETURNS, "10", "2"),
    rule(CriterionKind.EXTENSIONS, "5", "1"),
    rule(CriterionKind.MARKS, "15"),
]
FACTS = Facts(
    duties_owed=2,
    duties_in_time=1,
    duties_late=1,
    entries_owed=12,
    entries_in=9,
    entries_accepted=8,
    returns=1,
    extensions=2,
    urges=4,
)


def test_the_score_is_the_sum():
    # 30 − 5 = 25; 40 × 9/12 = 30; 10 − 2 = 8; 5 − 2 = 3; 12.5 given: 78.5 of 100
    assert score_of(RULES, FACTS, D("12.5")) == D("78.5")


def test_there_is_no_score_before_all_is_said():
    assert score_of(RULES, FACTS, None) is None


def test_criteria_that_are_not_used_count_for_nothing():
    assert score_of(RULES[:2], FACTS, None) == D("55")


def test_unknown_criteria_are_no_points():
    with pytest.raises(ValueError, match="no rule"):
        points_of(rule("beauty", "10"), Facts(), None)


def test_facts_survive_being_stored():
    assert Facts.from_json(FACTS.to_json()) == FACTS
    assert Facts.from_json({"returns": 3, "unheard_of": 1}) == Facts(returns=3)
