"""Which years are over: their pages show what was, and offer nothing to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reporting.enums import YearState
from reporting.models import Year


def is_over(conference: int, year: int) -> bool:
    """Whether the conference's year was closed and archived."""
    return Year.objects.filter(conference=conference, year=year, state=YearState.CLOSED).exists()


def over_words(year: int) -> str:
    """Why nothing can be done in a year that is over."""
    return _("%(year)d年度已经关闭归档，不能再修改。") % {"year": year}
