"""Somebody else was faster: said by the services of an office's papers, which share its forms."""

from __future__ import annotations

from typing import Generic, TypeVar

from django.db import models
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=models.Model)


class Overtaken(Exception, Generic[Row]):
    """The row has been written since the form was opened; ``current`` is the row as it is now."""

    def __init__(self, current: Row) -> None:
        super().__init__(_("在您填写期间，这份内容已被他人修改。"))
        self.current = current
