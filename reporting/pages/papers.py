"""What the pages of an office's papers share: two texts side by side, who did what, and the way to a year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models import Conference, Event
from reporting.models import Year
from reporting.pages.conflict import marked
from reporting.pages.office import office_tabs
from reporting.pages.rows import event_row
from reporting.pages.years import year_tabs

# Label, what is stored by now, what I typed.
Pair = tuple[Any, Any, Any]


def differences(current: Any, pairs: Iterable[Pair]) -> dict[str, Any]:
    """What I typed beside what ``current`` holds, for the fields in which they differ.

    ``current`` is None where it does not say who has written it, and when.
    """
    fields = []
    for label, theirs, mine in pairs:
        if str(theirs) == str(mine):
            continue
        theirs_html, mine_html = marked(str(theirs), str(mine))
        fields.append({"label": label, "theirs_html": theirs_html, "mine_html": mine_html})
    by, at = (current.updated_by, current.updated_at) if current is not None else (None, None)
    return {"by": by or "", "at": at, "fields": fields}


def kept_of(pairs: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    """What was typed into something that is locked by now, to be copied."""
    return [{"label": label, "text": text} for label, text in pairs if text]


def acts_on(row: models.Model) -> list[dict[str, Any]]:
    """The events of one paper, newest first; for those who oversee it."""
    return [event_row(event) for event in Event.objects.of(row).select_related("actor")[:50]]


def frame(conference: Conference, year: int, tab: str) -> dict[str, Any]:
    """What stands around a paper of an office's year: the way back to the list that it is in."""
    labels = {"meetings": _("会议"), "assessments": _("评估"), "supervisions": _("督办"), "circulars": _("通报")}
    around = _around(conference, year, tab)
    url = reverse(f"reporting:{tab}", args=[conference.code, year])
    return around | {"trail": [*around["trail"], {"label": labels[tab], "url": url}]}


def list_frame(conference: Conference, year: int, tab: str) -> dict[str, Any]:
    """What stands around the list itself: the same list of the other years."""
    opened = Year.objects.filter(conference=conference).values_list("year", flat=True)
    years = year_tabs(dict.fromkeys(opened, 0), year, f"reporting:{tab}", conference.code)
    return _around(conference, year, tab) | {"years": years}


def _around(conference: Conference, year: int, tab: str) -> dict[str, Any]:
    current = "assessments" if tab == "circulars" else tab
    return {
        "conference": conference,
        "year": year,
        "trail": [{"label": _("看板"), "url": reverse("reporting:board", args=[conference.code, year])}],
        "tabs": office_tabs(conference.code, year, current),
    }


def reader_frame(conference: Conference, year: int) -> dict[str, Any]:
    """The same for members and districts, who come from their own work."""
    return {
        "conference": conference,
        "year": year,
        "trail": [
            {"label": _("我的工作"), "url": reverse("reporting:work")},
            {"label": _("联席会议"), "url": reverse("reporting:conference_year", args=[year])},
        ],
        "tabs": [],
    }
