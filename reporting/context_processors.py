"""What the frame of every page shows: where one can go, what is unread, as whom one works."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from departments.access import Access, access_of
from departments.models import Posting
from reporting.models import Notice

_WORK = ("/work/", "/progress/", "/duty/", "/figures/", "/signing/", "/units/", "/handovers/")
_PAPERS = ("/meetings/", "/assessments/", "/circulars/", "/supervisions/")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``navigation``, ``inbox``, ``standing`` and ``admin_url`` of base.html; nothing for who is not signed in.

    Lazy, so that a page that shows none of it (a file, an error page) asks the database for none of it.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_change_password:
        return {}
    access = access_of(user)
    return {
        "navigation": _entries(request.path, access),
        "inbox": SimpleLazyObject(lambda: _inbox(request)),
        "standing": SimpleLazyObject(lambda: _standing(request)),
        "admin_url": reverse("admin:index") if access.may_enter_admin else None,
    }


def _entries(path: str, access: Access) -> list[dict[str, Any]]:
    entries: list[tuple[str, str, tuple[str, ...]]] = []
    # The papers of an office are its own rooms; who only reads them comes from the own work.
    oversees = bool(access.office_of or access.auditor_of)
    if access.departments or access.office_of:
        entries.append((_("我的工作"), reverse("reporting:work"), _WORK + (() if oversees else _PAPERS)))
    if oversees:
        rooms = ("/board/", "/review/", "/extensions/", "/urges/", *_PAPERS)
        entries.append((_("看板"), reverse("reporting:board_home"), rooms))
    if access.conferences or access.administers_all:
        entries.append((_("计划"), reverse("reporting:plan_list"), ("/plans/",)))
        entries.append((_("记录"), reverse("reporting:events"), ("/events/",)))
    if access.may_enter_admin:
        entries.append((_("系统管理"), reverse("admin:index"), ("/admin/",)))
    base = reverse("reporting:home").rstrip("/")
    return [
        {"label": label, "url": url, "current": any(path.startswith(base + start) for start in starts)}
        for label, url, starts in entries
    ]


def _inbox(request: HttpRequest) -> dict[str, Any]:
    return {"url": reverse("reporting:inbox"), "count": Notice.objects.visible_to(request.user).unread().count()}


def _standing(request: HttpRequest) -> dict[str, str] | None:
    posting = (
        Posting.objects.in_force_on(timezone.localdate())
        .filter(user=request.user.pk)
        .select_related("department", "conference")
        .order_by("pk")
        .first()
    )
    if posting is None:
        return None
    return {
        "unit": str(posting.department or posting.conference.office_name),
        "role": posting.get_role_display(),
        "conference": posting.conference.short_name,
    }
