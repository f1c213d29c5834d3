"""The same act on many entries: each by itself, so that one which cannot be done holds up none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from departments.models import User
from reporting.models import Duty, Progress
from reporting.services.entries import accept_entry, refuse_closed_year, sign_entry
from reporting.services.refusals import WrongState, YearIsOver


@dataclass(slots=True)
class Outcome:
    """What was done, and of each that was not, why. The reasons are for people."""

    done: list[Progress | Duty] = field(default_factory=list)
    refused: list[tuple[Progress | Duty, str]] = field(default_factory=list)


def accept_many(entries: Iterable[Progress | Duty], *, by: User, seen: Mapping[Any, int], may: set[Any]) -> Outcome:
    """The office accepts each of ``entries`` that it has read and may review; one event each.

    ``seen`` is the version of each that was on the page, ``may`` those that the person may review; both by ``key_of``.
    """
    return _each(
        entries, accept_entry, by=by, seen=seen, may=may, forbidden=_("本人填写、签批或提交的内容须由他人审核。")
    )


def sign_many(entries: Iterable[Progress | Duty], *, by: User, seen: Mapping[Any, int], may: set[Any]) -> Outcome:
    """The head signs each of ``entries`` that was read, which hands it in; one event each. Words as ``accept_many``."""
    return _each(
        entries, sign_entry, by=by, seen=seen, may=may, forbidden=_("本人填写的内容须由本单位其他负责人签批。")
    )


def key_of(entry: Progress | Duty) -> tuple[str, int]:
    """What names an entry among others of both kinds."""
    return str(entry._meta.model_name), entry.pk


def _why_changed(entry: Progress | Duty) -> str:
    """Closing a year makes every version of its entries another one."""
    try:
        refuse_closed_year(entry, owing=False)
    except YearIsOver as over:
        return str(over)
    return _("在您打开页面以后有了变化，请看过最新内容再办理。")


def _each(
    entries: Iterable[Progress | Duty],
    act: Callable[..., None],
    *,
    by: User,
    seen: Mapping[Any, int],
    may: set[Any],
    forbidden: str,
) -> Outcome:
    outcome = Outcome()
    for entry in entries:
        if key_of(entry) not in may:
            outcome.refused.append((entry, forbidden))
        elif seen.get(key_of(entry)) != entry.lock_version:
            outcome.refused.append((entry, _why_changed(entry)))
        else:
            try:
                with transaction.atomic():
                    act(entry, by=by)
            except WrongState as wrong:
                outcome.refused.append((entry, str(wrong)))
            else:
                outcome.done.append(entry)
    return outcome
