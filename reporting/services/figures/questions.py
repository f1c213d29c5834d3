"""When a number raises a question: it moved far from last year's, or a count since the beginning went down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from reporting.models import Figure, Indicator


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained. ``percent`` is the change against last year, None where last year's number was zero."""

    percent: Decimal | None
    is_fall: bool = False

    def __str__(self) -> str:
        """The question, for people."""
        if self.is_fall:
            return _("累计数比上年减少，请说明原因。")
        if self.percent is None:
            return _("上年为 0，请说明原因。")
        return _("比上年变动 %(percent)s，请说明原因。") % {"percent": percent_text(self.percent)}

    @property
    def fact(self) -> str:
        """What raised it, beside an explanation that is there."""
        if self.is_fall:
            return _("累计数比上年减少。")
        if self.percent is None:
            return _("上年为 0。")
        return _("比上年变动 %(percent)s。") % {"percent": percent_text(self.percent)}


def change_of(value: Decimal | None, last: Decimal | None) -> Decimal | None:
    """By how many percent ``value`` differs from ``last``; None where there is nothing to compare, or zero."""
    if value is None or not last:
        return None
    return ((value - last) * 100 / last).quantize(Decimal("0.1"))


def percent_text(percent: Decimal) -> str:
    """「+25%」, 「−12.5%」."""
    sign = "+" if percent > 0 else "−" if percent < 0 else ""
    return f"{sign}{abs(percent).normalize():f}%"


def question_about(indicator: Indicator, value: Decimal | None, last: Decimal | None) -> Question | None:
    """The question that ``value`` raises beside last year's, if it does.

    Numbers that are exactly at the share set for the indicator raise none. From zero and to zero always do, whatever
    the share: something began or ended. Where no share is set nothing is asked, but for a count since the beginning
    that went down, which cannot be.
    """
    if value is None or last is None or value == last:
        return None
    if indicator.is_cumulative and value < last:
        return Question(change_of(value, last), is_fall=True)
    if indicator.asks_above_percent is None:
        return None
    # The exact numbers, not the rounded share that is shown.
    if not value or not last or abs(value - last) * 100 > indicator.asks_above_percent * last:
        return Question(change_of(value, last))
    return None


def is_answered(figure: Figure | None, question: Question | None) -> bool:
    """Whether a number is there, or the reason why it is not, and the reason for what is in question."""
    if figure is None or (figure.value is None and not figure.cannot_be_counted):
        return False
    return bool(figure.explanation) or (question is None and not figure.cannot_be_counted)
