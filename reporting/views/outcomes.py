"""What an act on many entries could not do, said one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from reporting.services.bulk import Outcome
from reporting.services.refusals import WrongState

_MOST_NAMED = 10
Row = TypeVar("Row")


def tell_refused(request: HttpRequest, outcome: Outcome) -> None:
    """A sentence for each entry that was left as it is, and why; after ten of them how many there are more."""
    for entry, why in outcome.refused[:_MOST_NAMED]:
        messages.error(request, _("未办理：%(what)s。%(why)s") % {"what": entry, "why": why})
    more = len(outcome.refused) - _MOST_NAMED
    if more > 0:
        messages.error(request, _("另有%(count)d项未办理，请刷新页面查看。") % {"count": more})


def say_refused(request: HttpRequest, refusal: Exception, *typed: str) -> None:
    """Why nothing was done, and what the person had typed for it, so that it can be used elsewhere."""
    messages.error(request, str(refusal))
    for text in filter(None, (words.strip() for words in typed)):
        messages.warning(request, _("您填写的内容没有保存：%(text)s") % {"text": text})


def why_locked(refuse: Callable[[Row], None], row: Row) -> str:
    """The sentence with which a service refuses to write ``row`` now; empty where it does not refuse."""
    try:
        refuse(row)
    except WrongState as wrong:
        return str(wrong)
    return ""
