"""What services answer when they do not do what was asked. Every message is for people and says what to do instead."""

from __future__ import annotations

from typing import Generic, TypeVar

from django.db import models
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=models.Model)


class WrongState(Exception):
    """The row is not (or no longer) in a state from which this can be done."""


class YearIsOver(WrongState):
    """The year was closed and archived: its rows are for reading."""

    def __init__(self, year: int) -> None:
        super().__init__(year_is_over(year))


def year_is_over(year: int) -> str:
    return _("%(year)d年度已经关闭归档，不能再修改。") % {"year": year}


class NotReady(Exception):
    """Something is missing before this can be done; it says what."""


class Overtaken(Exception, Generic[Row]):
    """The row has been written since the form was opened; ``current`` is the row as it is now."""

    def __init__(self, current: Row) -> None:
        super().__init__(_("在您填写期间，这份内容已被他人修改。"))
        self.current = current
